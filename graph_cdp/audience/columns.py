"""Whether conditions hold of many customers at once: columns in place of one customer after the other.

The answers are those of `weigh`, which also weighs whatever is no column. What happened to all customers of a page
stands in one row, the customers in their order and within each the oldest first; a condition on it is a mask over that
row, and is worked out once however many conditions speak of the same things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph_cdp.audience import tree, weigh
from graph_cdp.audience.dates import watched
from graph_cdp.audience.subject import ALWAYS, Item, Subject, days_of

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
# A number of each customer, and of whom it is known.
Numbers = tuple[Floats, Bools]

_COMPARE: Final[dict[str, Callable[[Floats, Floats], Bools]]] = {
    "=": np.equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_ARITHMETIC: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
_MOMENT: Final = 1e-6
_NUMERIC: Final = frozenset(("sum", "average", "distinct"))


Path = tuple[str, ...]
# What stands at a path: the distinct findings, and of each item or customer which of them it has.
Coded = tuple[list[tuple[Any, ...]], NDArray[np.int64]]
_PLAIN: Final = (str, float, int, bool)


def _coded(rows: Iterable[Any], path: Path) -> Coded | None:
    """What stands at a path of rows; None where anything but plain values does. True and 1 are two values."""
    known: dict[tuple[Any, ...], int] = {}
    codes, found = [], list[tuple[Any, ...]]()
    for row in rows:
        values = _at(row, path)
        if not all(isinstance(value, _PLAIN) for value in values if value is not None):
            return None
        code = known.setdefault((values, *map(type, values)), len(known))
        if code == len(found):
            found.append(values)
        codes.append(code)
    return found, np.array(codes, dtype=np.int64)


def _at(row: Any, path: Path) -> tuple[Any, ...]:
    """What `weigh.at` finds, sooner where one plain value or a trait stands there."""
    there = row
    for name in path:
        if not isinstance(there, dict) or name not in there:
            return tuple(weigh.at(row, path))
        there = there[name]
    if isinstance(there, dict) and "value" in there:
        there = there["value"]
    return (there,) if isinstance(there, _PLAIN) else tuple(weigh.at(row, path))


def _nested(path: Path, values: tuple[Any, ...]) -> Any:
    """A row at whose path these values stand."""
    row: Any = list(values)
    for name in reversed(path):
        row = {name: row}
    return row


class _Row:
    """All items of one kind, of all customers of a page."""

    def __init__(self, subjects: Sequence[Subject], kind: str) -> None:
        found = [subject.items[kind] for subject in subjects]
        self.items: list[Item] = [item for some in found for item in some]
        self.owner = np.repeat(np.arange(len(found)), [len(some) for some in found])
        self.at = np.fromiter((item.at for item in self.items), np.float64, len(self.items))
        self._coded: dict[Path, Coded | None] = {}

    def coded(self, path: Path) -> Coded | None:
        """What stands at a path of the items."""
        if path not in self._coded:
            self._coded[path] = _coded((item.row for item in self.items), path)
        return self._coded[path]


class Columns:
    """The customers of a page, all of one moment."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self.subjects = list(subjects)
        self._now = self.subjects[0].now if self.subjects else 0.0
        self._rows: dict[str, _Row] = {}
        self._masks: dict[tuple[tree.Items, float], Bools] = {}
        self._profiles: dict[Path, Coded | None] = {}
        self._figures: dict[tuple[tree.Figured, float], list[Sequence[Any]]] = {}

    def holds(self, condition: tree.Condition) -> Bools:
        """Of each customer in their order whether the condition holds."""
        everybody = np.ones(len(self.subjects), dtype=np.bool_)
        return self._test(condition, everybody) if self.subjects else everybody

    def due(self, condition: tree.Condition) -> Floats:
        """Of each customer the first time after now at which its windows may change the answer, infinite without one.

        As long as nothing happens. What moves with the day or at any time (`moving.mover`) is not told here.
        """
        found = np.array([one.coming for one in self.subjects], dtype=np.float64)
        for items, windows in watched(condition):
            row = self._row(items.kind)
            dated = self._mask(items, self._now) & (row.at != ALWAYS)
            for window in windows:
                # A little later, when the sums of times are rounded whichever way.
                passed = row.at[dated] + (window + _MOMENT)
                ahead = passed > self._now
                np.minimum.at(found, row.owner[dated][ahead], passed[ahead])
        return found

    def _test(self, condition: tree.Condition, among: Bools) -> Bools:
        """As `holds`; of those who are not `among` the answer may be anything."""
        match condition:
            case tree.All(parts):
                found = among.copy()
                for part in sorted(parts, key=tree.reads_profile):
                    found &= self._test(part, found)
                return found
            case tree.Some(parts):
                found = np.zeros_like(among)
                for part in sorted(parts, key=tree.reads_profile):
                    found |= self._test(part, among & ~found)
                return found
            case tree.Not(part):
                return ~self._test(part, among)
            case tree.Happened():
                return self._happened(condition, among)
        found_by_number = self._by_number(condition)
        return self._one_by_one(condition, among) if found_by_number is None else found_by_number

    def _one_by_one(self, condition: tree.Condition, among: Bools) -> Bools:
        field, holds, found = _field_of(condition), weigh.compiled(condition), np.zeros_like(among)
        # Of a few it is not worth while to make profiles of all.
        most = field is not None and (field.path in self._profiles or 2 * among.sum() > len(among))
        if field is not None and most and (coded := self._profile(field.path)) is not None:
            return _of_values(coded, lambda values: holds(_known(field.path, values), self._now))
        for number in np.flatnonzero(among):
            found[number] = holds(self.subjects[number], self._now)
        return found

    def _profile(self, path: Path) -> Coded | None:
        """What stands at a path of the profiles."""
        if path not in self._profiles:
            self._profiles[path] = _coded((one.profile_at(self._now) for one in self.subjects), path)
        return self._profiles[path]

    def _happened(self, condition: tree.Happened, among: Bools) -> Bools:
        mask, row = self._mask(condition.items, self._now), self._row(condition.items.kind)
        dated = mask & (row.at != ALWAYS)
        if condition.steps:
            return self._one_by_one(condition, among & self._any(row, dated))
        if condition.within is not None:
            at, owner, apart = row.at[dated], row.owner[dated], condition.least - 1
            first = len(at) - apart
            together = (owner[apart:] == owner[:first]) & (at[apart:] - at[:first] <= condition.within)
            found = np.zeros_like(among)
            found[owner[apart:][together]] = True
            return found
        count = self._counted(row, mask)
        most = np.inf if condition.most is None else condition.most
        return (condition.least <= count) & (count <= most)

    def _counted(self, row: _Row, mask: Bools) -> Floats:
        return np.bincount(row.owner[mask], minlength=len(self.subjects)).astype(np.float64)

    def _any(self, row: _Row, mask: Bools) -> Bools:
        return self._counted(row, mask) > 0

    def _row(self, kind: str) -> _Row:
        if kind not in self._rows:
            self._rows[kind] = _Row(self.subjects, kind)
        return self._rows[kind]

    def _mask(self, items: tree.Items, now: float) -> Bools:
        """Which items are meant until a time."""
        asked = items, now
        if asked not in self._masks:
            self._masks[asked] = self._chosen(items, now)
        return self._masks[asked]

    def _chosen(self, items: tree.Items, now: float) -> Bools:
        row, span = self._row(items.kind), items.span
        mask: Bools = row.at <= now
        if span.last is not None:
            mask &= row.at > now - span.last
        if span.since is not None:
            mask &= row.at >= days_of(span.since)
        if span.before is not None:
            mask &= row.at < days_of(span.before)
        if items.names:
            wanted = frozenset(map(weigh.folded, items.names))
            mask &= self._named(row, wanted)
        return mask if items.where is None else mask & self._where(items.where, row, mask, now)

    def _named(self, row: _Row, wanted: frozenset[str]) -> Bools:
        """Which items are called like this; one without a name is called None."""
        if (coded := row.coded(("name",))) is not None:
            return _of_values(coded, lambda values: weigh.folded(str(values[0] if values else None)) in wanted)
        names = (weigh.folded(str(item.row.get("name"))) for item in row.items)
        return np.array([name in wanted for name in names], dtype=np.bool_)

    def _where(self, condition: tree.Condition, row: _Row, among: Bools, now: float) -> Bools:
        """Of which items what stands in brackets holds; of those that are not `among` the answer may be anything."""
        match condition:
            case tree.All(parts):
                found = among.copy()
                for part in parts:
                    found &= self._where(part, row, found, now)
                return found
            case tree.Some(parts):
                found = np.zeros_like(among)
                for part in parts:
                    found |= self._where(part, row, among & ~found, now)
                return found
            case tree.Not(part):
                return ~self._where(part, row, among, now)
        test, field = weigh.of_item(condition), _field_of(condition)
        if field is not None and (coded := row.coded(field.path)) is not None:
            some, path = self.subjects[0], field.path
            return _of_values(coded, lambda values: test(some, now, Item(ALWAYS, _nested(path, values))))
        found = np.zeros_like(among)
        for number in np.flatnonzero(among):
            found[number] = test(self.subjects[row.owner[number]], now, row.items[number])
        return found

    def _by_number(self, condition: tree.Condition) -> Bools | None:
        """The answer where only numbers are compared, None where they are none."""
        match condition:
            case tree.Compared(left, sign, right):
                return _compared(self._numbers(left, self._now), sign, self._numbers(right, self._now))
            case tree.Between(value, low, high):
                number = self._numbers(value, self._now)
                above = _compared(number, ">=", self._numbers(low, self._now))
                below = _compared(number, "<=", self._numbers(high, self._now))
                return None if above is None or below is None else above & below
            case tree.Known(value):
                told = self._numbers(value, self._now)
                return None if told is None else told[1]
        return None

    def _numbers(self, value: tree.Value, now: float) -> Numbers | None:
        """The number that each customer has there; None where it may be no number."""
        everybody = np.ones(len(self.subjects), dtype=np.bool_)
        match value:
            case tree.Literally(float() as told):
                return np.full(len(self.subjects), told), everybody
            case tree.Count(items):
                return self._counted(self._row(items.kind), self._mask(items, now)), everybody
            case tree.DaysSince(items):
                return self._days_since(items, now)
            case tree.Figured(figure) if figure in _NUMERIC:
                return _first_of(self._figured(value, now))
            case tree.Change(value=inner) if isinstance(inner, tree.Count) or inner.figure in _NUMERIC:
                return self._change(value, now)
            case tree.Arithmetic(operator, left, right):
                return _calculated(operator, self._numbers(left, now), self._numbers(right, now))
        return None

    def _days_since(self, items: tree.Items, now: float) -> Numbers:
        row = self._row(items.kind)
        dated = self._mask(items, now) & (row.at != ALWAYS)
        newest = np.full(len(self.subjects), ALWAYS)
        # Within each customer the newest stands last, and of several values the last one is kept.
        newest[row.owner[dated]] = row.at[dated]
        known = newest != ALWAYS
        return np.floor(now - np.where(known, newest, now)), known

    def _figured(self, value: tree.Figured, now: float) -> list[Sequence[Any]]:
        asked = value, now
        if asked not in self._figures:
            row, found = self._row(value.items.kind), defaultdict[int, list[Any]](list)
            for number in np.flatnonzero(self._mask(value.items, now)):
                found[int(row.owner[number])] += weigh.at(row.items[number].row, value.field.path)
            self._figures[asked] = [weigh.figure(value.figure, found[i]) for i in range(len(self.subjects))]
        return self._figures[asked]

    def _change(self, value: tree.Change, now: float) -> Numbers | None:
        inner = weigh.spanned(value)
        recent, before = self._numbers(inner, now), self._numbers(inner, now - value.days)
        return _calculated("-" if value.what == "growth" else "/", recent, before)


def _compared(left: Numbers | None, sign: str, right: Numbers | None) -> Bools | None:
    if left is None or right is None or sign not in (*_COMPARE, "!="):
        return None
    if sign == "!=":
        different: Bools = left[1] & ~(right[1] & (left[0] == right[0]))
        return different
    both: Bools = left[1] & right[1]
    return both & _COMPARE[sign](left[0], right[0])


def _calculated(operator: str, left: Numbers | None, right: Numbers | None) -> Numbers | None:
    if left is None or right is None:
        return None
    known = left[1] & right[1]
    if operator == "/":
        known = known & (right[0] != 0)
    with np.errstate(all="ignore"):
        return _ARITHMETIC[operator](left[0], right[0]), known


def _first_of(found: list[Sequence[Any]]) -> Numbers:
    known = np.array([bool(one) for one in found], dtype=np.bool_)
    return np.array([float(one[0]) if one else 0.0 for one in found], dtype=np.float64), known


def _of_values(coded: Coded, test: Callable[[tuple[Any, ...]], bool]) -> Bools:
    """Of which items or customers `test` holds, asked once for each distinct finding."""
    found, codes = coded
    answers: Bools = np.array([test(values) for values in found], dtype=np.bool_)[codes]
    return answers


def _known(path: Path, values: tuple[Any, ...]) -> Subject:
    """Somebody of whom nothing is known but these values at a path of the profile."""
    return Subject("", ALWAYS, {}, lambda _: _nested(path, values))


@lru_cache(maxsize=1024)
def _field_of(condition: tree.Condition) -> tree.Field | None:
    """The one field that a condition looks at, None where it looks at more or at what happened."""
    nodes = list(tree.walk(condition))
    if any(isinstance(one, tree.Items) for one in nodes):
        return None
    fields = {one for one in nodes if isinstance(one, tree.Field)}
    return fields.pop() if len(fields) == 1 else None
