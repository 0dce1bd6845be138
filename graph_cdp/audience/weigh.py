"""Whether a condition holds of a customer at a moment: trees made into functions, once for each condition."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from graph_cdp.audience import tree
from graph_cdp.audience.subject import ALWAYS, Item, Subject, days_of, time_of

Holds = Callable[[Subject, float], bool]
# A value of a customer at a time, or of an item: all that there is at its place, nothing where it is unknown.
Values = Callable[[Subject, float, Item | None], Sequence[Any]]
Test = Callable[[Subject, float, Item | None], bool]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": lambda a, b: b in a,
    "starts with": lambda a, b: a.startswith(b),
    "ends with": lambda a, b: a.endswith(b),
}
_SPELLING: Final = re.compile(r"[\s_-]+")


@lru_cache(maxsize=1024)
def compiled(condition: tree.Condition) -> Holds:
    """The function that answers whether the condition holds of a customer at a time in days since 1970.

    Of a time before now, of the orders as they were then.
    """
    test = _test(condition)
    return lambda subject, now: test(subject.known_at(now), now, None)


@lru_cache(maxsize=1024)
def of_item(condition: tree.Condition) -> Test:
    """The function that answers whether a condition in brackets holds of an item of a customer."""
    return _test(condition)


def folded(name: str) -> str:
    """The name of an event as it is compared: capitals, blanks, `_` and `-` do not matter."""
    return _SPELLING.sub("", name).casefold()


def steady(where: tree.Condition | None) -> bool:
    """Whether what stands in brackets holds of an item at any time, or at none."""
    return where is None or not any(isinstance(one, tree.Ago | tree.Items) for one in tree.walk(where))


def chosen(items: tree.Items) -> Callable[[Subject, float], list[Item]]:
    """The function that finds the items of a customer until a time, oldest first."""
    matched = _matched(tree.Items(items.kind, items.names, items.where))
    last, since, before = items.span.last, days_of(items.span.since), days_of(items.span.before)

    def found(subject: Subject, now: float) -> list[Item]:
        times, some = matched(subject, now)
        begin = bisect_left(times, since) if last is None else bisect_right(times, now - last)
        end = bisect_right(times, now)
        return some[begin : end if before == ALWAYS else min(end, bisect_left(times, before))]

    return found


@lru_cache(maxsize=4096)
def _matched(items: tree.Items) -> Callable[[Subject, float], tuple[list[float], list[Item]]]:
    """The function that finds the items whenever they happened, with their times; once for each customer if it can."""
    match, remembers, asked = _match(items), steady(items.where), object()

    def matched(subject: Subject, now: float) -> tuple[list[float], list[Item]]:
        if remembers and (known := subject.chosen.get(asked)) is not None:
            return known
        some = [item for item in subject.items[items.kind] if match(subject, now, item)]
        found = [item.at for item in some], some
        if remembers:
            subject.chosen[asked] = found
        return found

    return matched


def _match(items: tree.Items) -> Test:
    """Whether an item has one of the names, and what stands in brackets holds of it."""
    of_name = frozenset(map(folded, items.names))
    where = _test(items.where) if items.where else None

    def match(subject: Subject, now: float, item: Item | None) -> bool:
        named = not of_name or (item is not None and folded(str(item.row.get("name"))) in of_name)
        return named and (where is None or where(subject, now, item))

    return match


def _test(condition: tree.Condition) -> Test:
    match condition:
        case tree.All(parts):
            # A profile is dear to make: what may do without it is asked first.
            tests = [_test(part) for part in sorted(parts, key=tree.reads_profile)]
            return lambda subject, now, item: all(test(subject, now, item) for test in tests)
        case tree.Some(parts):
            tests = [_test(part) for part in sorted(parts, key=tree.reads_profile)]
            return lambda subject, now, item: any(test(subject, now, item) for test in tests)
        case tree.Not(part):
            inner = _test(part)
            return lambda subject, now, item: not inner(subject, now, item)
        case tree.Compared(left, sign, right):
            return _compared(_values(left), sign, _values(right))
        case tree.Among(value, options):
            one_of = [_compared(_values(value), "=", _values(option)) for option in options]
            return lambda subject, now, item: any(test(subject, now, item) for test in one_of)
        case tree.Between(value, low, high):
            above, below = (_compared(_values(value), sign, _values(end)) for sign, end in ((">=", low), ("<=", high)))
            return lambda subject, now, item: above(subject, now, item) and below(subject, now, item)
        case tree.Known(value):
            read = _values(value)
            return lambda subject, now, item: bool(read(subject, now, item))
        case tree.Happened():
            return _happened(condition)


def _compared(left: Values, sign: str, right: Values) -> Test:
    if sign == "!=":
        equal = _compared(left, "=", right)
        return lambda subject, now, item: bool(left(subject, now, item)) and not equal(subject, now, item)
    compare = _COMPARE[sign]

    def test(subject: Subject, now: float, item: Item | None) -> bool:
        found = left(subject, now, item)
        return bool(found) and any(_one(compare, one, other) for other in right(subject, now, item) for one in found)

    return test


def _one(compare: Callable[[Any, Any], bool], one: Any, other: Any) -> bool:
    """Two values of one type compared, texts without regard to case; a number in a text counts as one."""
    if isinstance(one, bool) or isinstance(other, bool):
        return isinstance(one, bool) and isinstance(other, bool) and bool(compare(one, other))
    if isinstance(one, str) and isinstance(other, str):
        return bool(compare(one.casefold(), other.casefold()))
    try:
        return bool(compare(float(one), float(other)))
    except (TypeError, ValueError):
        return False


def _values(value: tree.Value) -> Values:
    match value:
        case tree.Literally(told):
            held = (told,)
            return lambda subject, now, item: held
        case tree.Ago(days):
            return lambda subject, now, item: (time_of(now - days) or "",)
        case tree.Field(path, of_item=True):
            return lambda subject, now, item: list(at(item.row if item else {}, path))
        case tree.Field(("traits", *_) as path):
            return lambda subject, now, item: list(at(subject.traits_at(now), path))
        case tree.Field(path):
            return lambda subject, now, item: list(at(subject.profile_at(now), path))
        case tree.Count(items):
            find = chosen(items)
            return lambda subject, now, item: (len(find(subject, now)),)
        case tree.DaysSince(items):
            return _days_since(items)
        case tree.Figured():
            return _figured(value)
        case tree.Change():
            return _change(value)
        case tree.Arithmetic():
            return _arithmetic(value)


def at(row: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at a path, all of it where a list is on the way; a trait stands for its value."""
    if row is None:
        return
    if isinstance(row, list | tuple):
        for one in row:
            yield from at(one, path)
    elif not path:
        value = row["value"] if isinstance(row, dict) and "value" in row else row
        yield from value if isinstance(value, list) else (value,)
    elif isinstance(row, dict):
        if path[0] in row:
            yield from at(row[path[0]], path[1:])
        elif isinstance(row.get("value"), dict | list):
            yield from at(row["value"], path)


def _days_since(items: tree.Items) -> Values:
    find = chosen(items)

    def read(subject: Subject, now: float, item: Item | None) -> Sequence[Any]:
        dated = [one.at for one in find(subject, now) if one.at != ALWAYS]
        return (int(now - dated[-1]),) if dated else ()

    return read


def _figured(value: tree.Figured) -> Values:
    find, path = chosen(value.items), value.field.path

    def read(subject: Subject, now: float, item: Item | None) -> Sequence[Any]:
        return figure(value.figure, [found for one in find(subject, now) for found in at(one.row, path)])

    return read


def figure(which: tree.Figure, found: list[Any]) -> Sequence[Any]:
    """A figure over values, nothing where there are none to make it of."""
    if which == "distinct":
        return (len({str(one).casefold() for one in found}),)
    if which in ("first", "latest"):
        return (found[0 if which == "first" else -1],) if found else ()
    if which in ("smallest", "largest"):
        return (min(found, key=_order) if which == "smallest" else max(found, key=_order),) if found else ()
    numbers = [float(one) for one in found if isinstance(one, int | float)]
    if which == "sum":
        return (sum(numbers),)
    return (sum(numbers) / len(numbers),) if numbers else ()


def _order(value: Any) -> tuple[bool, Any]:
    """Numbers before texts."""
    return (True, str(value)) if isinstance(value, str) else (False, value)


def spanned(value: tree.Change) -> tree.Count | tree.Figured:
    """What a change compares: the value over so many days."""
    inner = value.value
    items = tree.Items(inner.items.kind, inner.items.names, inner.items.where, tree.Span(last=value.days))
    return tree.Count(items) if isinstance(inner, tree.Count) else tree.Figured(inner.figure, inner.field, items)


def _change(value: tree.Change) -> Values:
    read = _values(spanned(value))

    def changed(subject: Subject, now: float, item: Item | None) -> Sequence[Any]:
        recent, before = read(subject, now, item), read(subject, now - value.days, item)
        if not recent or not before:
            return ()
        if value.what == "growth":
            return (recent[0] - before[0],)
        return (recent[0] / before[0],) if before[0] else ()

    return changed


_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _arithmetic(value: tree.Arithmetic) -> Values:
    left, right, calculate = _values(value.left), _values(value.right), _ARITHMETIC[value.operator]

    def read(subject: Subject, now: float, item: Item | None) -> Sequence[Any]:
        try:
            one, other = float(left(subject, now, item)[0]), float(right(subject, now, item)[0])
            return (calculate(one, other),)
        except (IndexError, TypeError, ValueError, ZeroDivisionError, OverflowError):
            return ()

    return read


def _happened(condition: tree.Happened) -> Test:
    find = chosen(condition.items)
    steps = [(step, chosen(step.items)) for step in condition.steps]

    def test(subject: Subject, now: float, item: Item | None) -> bool:
        found = find(subject, now)
        if steps:
            return any(_followed(one.at, steps, subject, now) for one in found if one.at != ALWAYS)
        if condition.within is not None:
            return _together(found, condition.least, condition.within)
        return condition.least <= len(found) and (condition.most is None or len(found) <= condition.most)

    return test


def _together(found: list[Item], least: int, within: float) -> bool:
    """Whether so many dated items lie within some days of one another."""
    times = [item.at for item in found if item.at != ALWAYS]
    return any(later - first <= within for first, later in zip(times, times[least - 1 :], strict=False))


def _followed(
    after: float, steps: list[tuple[tree.Step, Callable[[Subject, float], list[Item]]]], subject: Subject, now: float
) -> bool:
    """Whether what has to follow on a time did; what must not follow, not until its time has passed."""
    if not steps:
        return True
    (step, find), rest = steps[0], steps[1:]
    until = now if step.within is None else min(now, after + step.within)
    later = [item.at for item in find(subject, now) if after < item.at <= until]
    if step.never:
        return not later and now >= after + (step.within or 0) and _followed(after, rest, subject, now)
    return any(_followed(at, rest, subject, now) for at in later)
