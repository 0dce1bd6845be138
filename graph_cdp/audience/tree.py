"""What a condition is made of. Frozen values; the modules beside this one read, weigh and explain them.

Durations are days. A condition is true or false of a customer at a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

Kind = Literal["orders", "lines", "events"]
Figure = Literal["sum", "average", "smallest", "largest", "distinct", "first", "latest"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">=", "contains", "starts with", "ends with"]


@dataclass(frozen=True, slots=True)
class Literally:
    """A value as it was written: a text, a number, a day (`is_day`, as 2026-01-31), true or false."""

    value: str | float | bool
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class Ago:
    """The moment so many days before now."""

    days: float


@dataclass(frozen=True, slots=True)
class Field:
    """A place in the profile, or within brackets in an order, a line or an event."""

    path: tuple[str, ...]
    of_item: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The part of time that is looked at: the `last` days, from a day on, or before one."""

    last: float | None = None
    since: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Orders, lines of orders or events: of these names, if any are given, of which `where` holds."""

    kind: Kind
    names: tuple[str, ...] = ()
    where: Condition | None = None
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the items there are."""

    items: Items


@dataclass(frozen=True, slots=True)
class DaysSince:
    """The whole days since the newest of the items."""

    items: Items


@dataclass(frozen=True, slots=True)
class Figured:
    """A figure over one field of the items; of texts `distinct`, `first` and `latest`."""

    figure: Figure
    field: Field
    items: Items


@dataclass(frozen=True, slots=True)
class Change:
    """A value over the last days beside the same over as many days before: divided by it (`trend`), or less it."""

    what: Literal["trend", "growth"]
    value: Count | Figured
    days: float


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers made one."""

    operator: Literal["+", "-", "*", "/"]
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Compared:
    """Two values compared; a field with many values is so if one of them is, and `!=` if none of them is equal."""

    left: Value
    operator: Comparison
    right: Value


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a value is one of several."""

    value: Value
    options: tuple[Literally, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Whether a value lies between two, both included."""

    value: Value
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a value is there at all."""

    value: Value


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: items that come after those before, or that do not (`never`), within some days."""

    items: Items
    within: float | None = None
    never: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """So many items, at `least` and at `most`, all `within` some days of one another, and what followed on them."""

    items: Items
    least: int = 1
    most: int | None = None
    within: float | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    part: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the parts."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts."""

    parts: tuple[Condition, ...]


Value = Literally | Ago | Field | Count | DaysSince | Figured | Change | Arithmetic
Condition = Compared | Among | Between | Known | Happened | Not | All | Some
Node = Value | Condition | Items | Step | Span


@lru_cache(maxsize=1024)
def reads_profile(node: Condition) -> bool:
    """Whether a condition looks at anything but what happened."""
    return bool(parts_read(node))


@lru_cache(maxsize=1024)
def parts_read(node: Condition) -> frozenset[str]:
    """The parts of the profile that a condition looks at."""
    return frozenset(one.path[0] for one in walk(node) if isinstance(one, Field) and not one.of_item)


def below(node: Any) -> Iterator[Any]:
    """The nodes that stand right below one."""
    for name in getattr(node, "__slots__", ()):
        part = getattr(node, name)
        yield from (
            one for one in (part if isinstance(part, tuple) else (part,)) if hasattr(one, "__dataclass_fields__")
        )


def walk(node: Any) -> Iterator[Any]:
    """A node and all below it."""
    yield node
    for one in below(node):
        yield from walk(one)
