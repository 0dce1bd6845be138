"""A customer as conditions see one: what happened, oldest first, and the profile at a moment, made when asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Row = Mapping[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
ALWAYS: Final = float("-inf")
_EVER: Final = float("inf")
# Whether an event says traits; one of which it is not known may.
_SAID: Final = "says traits"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened, at a time in days since 1970; undated ones before all others."""

    at: float
    row: Row


@dataclass(frozen=True, slots=True)
class Version:
    """What an order was from a time on, until the next version of it: None where nothing was kept of it."""

    since: float
    key: str
    order: Row | None


@dataclass(frozen=True, slots=True)
class Subject:
    """One customer. `profile` gives the profile as it was at a time; the one of `now` is made once.

    `coming` is the time of the first thing that lies after `now` and is not seen yet. `retold` gives the versions of
    those orders of which more was told after they were made: cancelled, sent back, changed.
    """

    customer_id: str
    now: float
    items: Mapping[str, list[Item]]
    profile: Callable[[float], Row]
    coming: float = float("inf")
    retold: Callable[[], Iterable[Version]] = tuple
    # What has been worked out: profiles by their time, customers by the version of their orders, chosen items.
    _made: dict[float, Row] = field(default_factory=dict)
    _known: dict[float, Subject] = field(default_factory=dict)
    _versions: list[list[Version]] = field(default_factory=list)
    chosen: dict[object, tuple[list[float], list[Item]]] = field(default_factory=dict)

    def profile_at(self, now: float) -> Row:
        """The profile at a time."""
        if now not in self._made:
            self._made[now] = self.profile(now)
        return self._made[now]

    def traits_at(self, now: float) -> Row:
        """The profile of a time as far as its traits go: that of the last time before at which something said one."""
        if now >= self.now:
            return self.profile_at(now)
        place = bisect_right(self.said, now)
        return self.profile_at(self.said[place - 1] if place else now)

    @property
    def said(self) -> list[float]:
        """The times of the events that say traits, the oldest first."""
        if _SAID not in self.chosen:
            some = [item for item in self.items["events"] if item.at != ALWAYS and item.row.get(_SAID, True)]
            self.chosen[_SAID] = [item.at for item in some], some
        return self.chosen[_SAID][0]

    @property
    def versions(self) -> list[Version]:
        """Every version until now of the orders that have several, the oldest first."""
        if not self._versions:
            found = (version for version in self.retold() if version.since <= self.now)
            self._versions.append(sorted(found, key=lambda version: version.since))
        return self._versions[0]

    @property
    def beginning(self) -> float:
        """The time of the first thing that is known of the customer; `ALWAYS` where something has no time."""
        return min((item.at for items in self.ever.items.values() for item in items), default=self.now)

    def known_at(self, now: float) -> Subject:
        """The customer with the orders as they were at a time: one that was cancelled later still counts."""
        if now >= self.now or not self.versions:
            return self
        place = bisect_right(self.versions, now, key=lambda version: version.since)
        since = self.versions[place - 1].since if place else ALWAYS
        if since not in self._known:
            latest = {version.key: version.order for version in self.versions[:place]}
            self._known[since] = self._with(latest.values())
        return self._known[since]

    @property
    def ever(self) -> Subject:
        """The customer with every version of each order, as if they were so many orders."""
        if not self.versions:
            return self
        if _EVER not in self._known:
            self._known[_EVER] = self._with(version.order for version in self.versions)
        return self._known[_EVER]

    def _with(self, versions: Iterable[Row | None]) -> Subject:
        retold = {version.key for version in self.versions}
        rows = [item.row for item in self.items["orders"] if item.row["key"] not in retold]
        items = {**self.items, **_bought([*rows, *(row for row in versions if row is not None)])}
        return replace(self, items=items, retold=tuple, _versions=[], _known={}, chosen={})


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
    customer_id: str,
    now: datetime,
    orders: Iterable[Row],
    events: Iterable[Row],
    profile: Callable[[float], Row],
) -> Subject:
    """The customer with these orders, each with its `lines`, and events; what comes after `now` is not seen."""
    until = (now - _EPOCH) / _DAY
    items = {**_bought(orders), "events": _sorted(events)}
    later = [item.at for some in items.values() for item in _cut(some, until)]
    return Subject(customer_id, until, items, profile, min(later, default=float("inf")))


def _bought(orders: Iterable[Row]) -> dict[str, list[Item]]:
    """Orders and the lines in them."""
    bought = _sorted(orders)
    inherited = ("brand", "store", "channel", "currency", "at")
    lines = [
        Item(order.at, {**line, **{name: order.row.get(name) for name in inherited}})
        for order in bought
        for line in order.row.get("lines", ())
    ]
    return {"orders": bought, "lines": lines}


def _cut(items: list[Item], until: float) -> list[Item]:
    """Takes what lies after a time off the end; what was taken."""
    kept = bisect_right(items, until, key=lambda item: item.at)
    later = items[kept:]
    del items[kept:]
    return later


def _sorted(rows: Iterable[Row]) -> list[Item]:
    return sorted((Item(days_of(row.get("at")), row) for row in rows), key=lambda item: item.at)
