"""The text of a condition -> its tree, checked: every name known, every type fitting, or the line and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, v_args
from lark.exceptions import VisitError

from graph_cdp.audience import names, tree
from graph_cdp.errors import UsageError

HOUR: Final = 1 / 24
_UNITS: Final = {"day": 1.0, "week": 7.0, "hour": HOUR}
LONGEST: Final = 10_000
_NUMERIC: Final = frozenset(("sum", "average"))
_ORDERED: Final = frozenset(("<", "<=", ">", ">="))
_TEXTUAL: Final = frozenset(("contains", "starts with", "ends with"))


class ConditionError(UsageError):
    """A text that is no condition: on which of its lines, and why."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(f"line {line} of the condition: {reason}")


@lru_cache(maxsize=1024)
def parse(text: str) -> tree.Condition:
    """The condition that a text says. Raises `ConditionError`."""
    if len(text) > LONGEST:
        raise ConditionError(1, f"longer than {LONGEST:,} characters")
    try:
        made: tree.Condition = _Builder().transform(_grammar().parse(text))
    except UnexpectedInput as unexpected:
        raise _syntax(unexpected, text) from None
    except VisitError as wrong:
        place: Any = wrong.obj
        raise ConditionError(getattr(getattr(place, "meta", place), "line", 1), str(wrong.orig_exc)) from None
    except RecursionError:
        raise ConditionError(1, "nested too deeply") from None
    return made


@cache
def _grammar() -> Lark:
    text = files("graph_cdp.audience").joinpath("segments.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def _syntax(unexpected: UnexpectedInput, text: str) -> ConditionError:
    if isinstance(unexpected, UnexpectedEOF) or (
        getattr(unexpected, "token", None) is not None and unexpected.token.type == "$END"  # type: ignore[attr-defined]
    ):
        missing = _hint(unexpected) or " (a value or a bracket is missing at its end)"
        return ConditionError(text.count("\n") + 1, f"ends too early{missing}")
    seen = text[unexpected.pos_in_stream or 0 :].split(maxsplit=1)
    what = seen[0][:20] if seen else ""
    before = text[: unexpected.pos_in_stream or 0].split()
    after = f" after {before[-1][:20]!r}" if before else ""
    hint = _hint(unexpected)
    return ConditionError(max(unexpected.line, 1), f"{what!r} cannot stand here{after}{hint}")


def _hint(unexpected: UnexpectedInput) -> str:
    if isinstance(unexpected, UnexpectedCharacters):
        return " (texts stand in quotes, days as 2026-01-31, names are letters, digits, _ and -)"
    expected = set(getattr(unexpected, "expected", ()))
    if "COMPARISON" in expected:
        return " (a comparison is expected: =, !=, <, <=, >, >=, contains, starts with, in, between, is known)"
    if "UNIT" in expected:
        return " (a unit is expected: days, weeks or hours)"
    if "KIND" in expected:
        return " (orders, lines or events are expected)"
    return ""


def checked_number(value: tree.Value, kind: str | None) -> None:
    """Raises `ValueError` for a value that can be no number."""
    if type_of(value, kind) not in ("number", "any"):
        raise ValueError("a number is expected, and this is none")


def type_of(value: tree.Value, kind: str | None) -> names.Type:
    """The type of a value, as far as it is known before it is read."""
    match value:
        case tree.Literally(is_day=True) | tree.Ago():
            return "time"
        case tree.Literally(value=bool()):
            return "truth"
        case tree.Literally(value=str()):
            return "text"
        case tree.Field(path):
            return names.type_of(path, kind, names.PROFILE)
        case tree.Figured(figure):
            return "any" if figure in ("first", "latest", "smallest", "largest") else "number"
    return "number"


_FIT: Final[Mapping[names.Type, frozenset[names.Type]]] = {
    "number": frozenset(("number", "any")),
    "text": frozenset(("text", "any", "time")),
    "time": frozenset(("time", "any", "text")),
    "truth": frozenset(("truth", "any")),
    "any": frozenset(("number", "text", "time", "truth", "any")),
}


def check(condition: tree.Condition, kind: str | None = None) -> tree.Condition:
    """The condition itself. Raises `ValueError` where a name is unknown or two types do not go together."""
    match condition:
        case tree.Compared(left, operator, right):
            _check_pair(left, right, kind)
            if operator in _TEXTUAL and not {type_of(left, kind), type_of(right, kind)} <= {"text", "any", "time"}:
                raise ValueError(f"{operator} compares texts, and this is none")
            if operator in _ORDERED and "truth" in (type_of(left, kind), type_of(right, kind)):
                raise ValueError(f"true and false are compared with = and !=, not with {operator}")
        case tree.Among(value, options):
            for option in options:
                _check_pair(value, option, kind)
        case tree.Between(value, low, high):
            _check_pair(value, low, kind)
            _check_pair(value, high, kind)
        case tree.Known(value):
            type_of(value, kind)
        case tree.Not(part):
            check(part, kind)
        case tree.All(parts) | tree.Some(parts):
            for part in parts:
                check(part, kind)
        case tree.Happened() if kind:
            raise ValueError("within brackets stand comparisons of one thing's fields, not other things that happened")
    return condition


def _check_pair(left: tree.Value, right: tree.Value, kind: str | None) -> None:
    one, other = type_of(left, kind), type_of(right, kind)
    if other not in _FIT[one]:
        raise ValueError(f"{_shown(left)} is {_A[one]} and {_shown(right)} is {_A[other]}: they cannot be compared")


_A: Final = {"number": "a number", "text": "a text", "time": "a time", "truth": "true or false", "any": "anything"}


def _shown(value: tree.Value) -> str:
    match value:
        case tree.Field(path):
            return ".".join(path)
        case tree.Literally(value=told):
            return repr(told)
    return "the other side"


def _text(token: Token) -> str:
    return str(token)[1:-1]


@v_args(inline=True)
class _Builder(Transformer[Any, tree.Condition]):
    """Makes the tree from the leaves up. Fields are known to be of an item once their brackets close."""

    def start(self, made: tree.Condition) -> tree.Condition:
        return check(made)

    def either(self, *parts: tree.Condition) -> tree.Condition:
        return parts[0] if len(parts) == 1 else tree.Some(parts)

    def both(self, *parts: tree.Condition) -> tree.Condition:
        return parts[0] if len(parts) == 1 else tree.All(parts)

    def negated(self, part: tree.Condition) -> tree.Condition:
        return tree.Not(part)

    def compared(self, left: tree.Value, operator: Token, right: tree.Value) -> tree.Condition:
        return tree.Compared(left, str(operator), right)  # type: ignore[arg-type]

    def contains(self, left: tree.Value, right: tree.Value) -> tree.Condition:
        return tree.Compared(left, "contains", right)

    def starts(self, left: tree.Value, right: tree.Value) -> tree.Condition:
        return tree.Compared(left, "starts with", right)

    def ends(self, left: tree.Value, right: tree.Value) -> tree.Condition:
        return tree.Compared(left, "ends with", right)

    def among(self, value: tree.Value, *options: tree.Literally) -> tree.Condition:
        return tree.Among(value, options)

    def between(self, value: tree.Value, low: tree.Value, high: tree.Value) -> tree.Condition:
        return tree.Between(value, low, high)

    def known(self, value: tree.Value) -> tree.Condition:
        return tree.Known(value)

    def missing(self, value: tree.Value) -> tree.Condition:
        return tree.Not(tree.Known(value))

    def happened(self, amount: tuple[int, int | None], items: tree.Items, span: Any, within: Any, *steps: Any) -> Any:
        least, most = amount
        if within is not None and (most is not None or least < 2):
            raise ValueError('"within" holds several things together: give it with "at least 2" or more')
        if steps and amount != (1, None):
            raise ValueError('"then" follows on one thing: begin with "any"')
        return tree.Happened(_spanned(items, span), least, most, within, steps)

    def any_(self) -> tuple[int, int | None]:
        return 1, None

    def none(self) -> tuple[int, int | None]:
        return 0, 0

    def least(self, number: Token) -> tuple[int, int | None]:
        return int(number), None

    def most(self, number: Token) -> tuple[int, int | None]:
        return 0, int(number)

    def exactly(self, number: Token) -> tuple[int, int | None]:
        return int(number), int(number)

    def followed(self, items: tree.Items, within: float | None) -> tree.Step:
        return tree.Step(items, within)

    def unfollowed(self, items: tree.Items, within: float) -> tree.Step:
        return tree.Step(items, within, never=True)

    def plus(self, left: tree.Value, right: tree.Value) -> tree.Value:
        return _arithmetic("+", left, right)

    def minus(self, left: tree.Value, right: tree.Value) -> tree.Value:
        return _arithmetic("-", left, right)

    def times(self, left: tree.Value, right: tree.Value) -> tree.Value:
        return _arithmetic("*", left, right)

    def divided(self, left: tree.Value, right: tree.Value) -> tree.Value:
        return _arithmetic("/", left, right)

    def count(self, items: tree.Items, span: tree.Span | None) -> tree.Value:
        return tree.Count(_spanned(items, span))

    def days_since(self, items: tree.Items, span: tree.Span | None) -> tree.Value:
        return tree.DaysSince(_spanned(items, span))

    def figure(self, figure: Token, field: tree.Field, items: tree.Items, span: tree.Span | None) -> tree.Value:
        name: Any = str(figure).lower()
        if name in _NUMERIC:
            checked_number(field, items.kind)
        type_of(field, items.kind)
        return tree.Figured(name, tree.Field(field.path, of_item=True), _spanned(items, span))

    def change(self, what: Token, value: tree.Value, days: float) -> tree.Value:
        if not isinstance(value, tree.Count | tree.Figured) or value.items.span != tree.Span():
            raise ValueError(f"{what} takes a count, sum or the like, without a time of its own")
        if isinstance(value, tree.Figured) and value.figure in ("first", "latest"):
            raise ValueError(f"{what} takes numbers, and {value.figure} is none")
        kind: Any = str(what).lower()
        return tree.Change(kind, value, days)

    def ago(self, days: float) -> tree.Value:
        return tree.Ago(days)

    def items(self, kind: Token, called: tuple[str, ...] | None, where: tree.Condition | None) -> tree.Items:
        of: Any = str(kind).lower()
        if called and of != "events":
            raise ValueError(f"{of} have no names of their own: give a condition in brackets")
        if where is not None:
            check(where, of)
        return tree.Items(of, called or (), _of_item(where) if where is not None else None)

    def names(self, *called: Token) -> tuple[str, ...]:
        return tuple(_text(one) for one in called)

    def last(self, days: float) -> tree.Span:
        return tree.Span(last=days)

    def since(self, day: Token) -> tree.Span:
        return tree.Span(since=_day(day))

    def before(self, day: Token) -> tree.Span:
        return tree.Span(before=_day(day))

    def days(self, number: Token, unit: Token) -> float:
        found = float(number) * _UNITS[str(unit).lower().rstrip("s")]
        if not 0 < found <= 36_500:
            raise ValueError("a time must be more than nothing and less than a hundred years")
        return found

    def path(self, *parts: Token) -> tree.Field:
        return tree.Field(tuple(_text(part) if part.type == "STRING" else str(part) for part in parts))

    def text(self, token: Token) -> tree.Literally:
        return tree.Literally(_text(token))

    def number(self, token: Token) -> tree.Literally:
        return tree.Literally(float(token))

    def date(self, token: Token) -> tree.Literally:
        return tree.Literally(_day(token), is_day=True)

    def yes(self) -> tree.Literally:
        return tree.Literally(True)

    def no_(self) -> tree.Literally:
        return tree.Literally(False)


def _day(token: Token) -> str:
    try:
        return date.fromisoformat(str(token)).isoformat()
    except ValueError:
        raise ValueError(f"there is no day {token}") from None


def _spanned(items: tree.Items, span: tree.Span | None) -> tree.Items:
    return tree.Items(items.kind, items.names, items.where, span) if span else items


def _arithmetic(operator: Any, left: tree.Value, right: tree.Value) -> tree.Value:
    for side in (left, right):
        if isinstance(side, tree.Literally | tree.Ago):
            checked_number(side, None)
    return tree.Arithmetic(operator, left, right)


def _of_item(node: Any) -> Any:
    """The same with its fields taken from the item."""
    match node:
        case tree.Field(path):
            return tree.Field(path, of_item=True)
        case tree.Compared(left, operator, right):
            return tree.Compared(_of_item(left), operator, _of_item(right))
        case tree.Among(value, options):
            return tree.Among(_of_item(value), options)
        case tree.Between(value, low, high):
            return tree.Between(_of_item(value), _of_item(low), _of_item(high))
        case tree.Known(value) | tree.Not(value):
            return type(node)(_of_item(value))
        case tree.All(parts) | tree.Some(parts):
            return type(node)(tuple(_of_item(part) for part in parts))
        case tree.Arithmetic(operator, left, right):
            return tree.Arithmetic(operator, _of_item(left), _of_item(right))
    return node
