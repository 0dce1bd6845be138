"""A customer as conditions see one: what happened, oldest first, and the profile at a moment, made when asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Row = Mapping[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
ALWAYS: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened, at a time in days since 1970; undated ones before all others."""

    at: float
    row: Row


@dataclass(frozen=True, slots=True)
class Subject:
    """One customer. `profile` gives the profile as it was at a time; the one of `now` is made once.

    `coming` is the time of the first thing that lies after `now` and is not seen yet.
    """

    customer_id: str
    now: float
    items: Mapping[str, list[Item]]
    profile: Callable[[float], Row]
    coming: float = float("inf")
    _made: dict[float, Row] = field(default_factory=dict)

    def profile_at(self, now: float) -> Row:
        """The profile at a time."""
        if now not in self._made:
            self._made[now] = self.profile(now)
        return self._made[now]


def days_of(text: str | None) -> float:
    """A time in RFC 3339, or a day, in days since 1970; `ALWAYS` without one."""
    if not text:
        return ALWAYS
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ALWAYS
    return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _EPOCH) / _DAY


def time_of(days: float) -> str | None:
    """The time as RFC 3339 in UTC by the second; None for `ALWAYS`."""
    if days == ALWAYS:
        return None
    return (_EPOCH + timedelta(seconds=round(days * 86_400))).strftime("%Y-%m-%dT%H:%M:%SZ")


def subject_of(
    customer_id: str, now: datetime, orders: Iterable[Row], events: Iterable[Row], profile: Callable[[float], Row]
) -> Subject:
    """The customer with these orders, each with its `lines`, and events; what comes after `now` is not seen."""
    until = (now - _EPOCH) / _DAY
    bought, seen = _sorted(orders), _sorted(events)
    later = [item.at for some in (bought, seen) for item in _cut(some, until)]
    inherited = ("brand", "store", "channel", "currency", "at")
    lines = [
        Item(order.at, {**line, **{name: order.row.get(name) for name in inherited}})
        for order in bought
        for line in order.row.get("lines", ())
    ]
    items = {"orders": bought, "lines": lines, "events": seen}
    return Subject(customer_id, until, items, profile, min(later, default=float("inf")))


def _cut(items: list[Item], until: float) -> list[Item]:
    """Takes what lies after a time off the end; what was taken."""
    kept = bisect_right(items, until, key=lambda item: item.at)
    later = items[kept:]
    del items[kept:]
    return later


def _sorted(rows: Iterable[Row]) -> list[Item]:
    return sorted((Item(days_of(row.get("at")), row) for row in rows), key=lambda item: item.at)
