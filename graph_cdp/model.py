"""The nouns of identity resolution. Frozen values, no input or output.

Observations and a steward's decisions are the only truth that is kept; links, spans and customers are derived from
them. Every undirected pair of keys has one spelling: the smaller key first.

Times are whole microseconds since 1970-01-01T00:00:00Z. Evidence without a time begins at `UNDATED` (after every
date) and ends at `NEVER` (before every date), so that `min` and `max` need no special case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

UNDATED: Final = 2**62
NEVER: Final = -(2**62)
DAY: Final = 24 * 60 * 60 * 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH: Final = _EPOCH.replace(tzinfo=None)
_MICROSECOND: Final = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """The aware `moment` in microseconds since the epoch."""
    return (moment - _EPOCH) // _MICROSECOND


def rfc3339(at: int) -> str | None:
    """`at` as RFC 3339 in UTC with six decimals, so that the texts sort as the times do; None where undated."""
    if at in (UNDATED, NEVER):
        return None
    return (_NAIVE_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds") + "Z"


def namespace_of(key: str) -> str:
    """The namespace of a key `namespace:value`."""
    return key.partition(":")[0]


EPOCH_OF_A_VALUE: Final = r"@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
_EPOCH_OF_A_VALUE: Final = re.compile(EPOCH_OF_A_VALUE)


def value_of(key: str) -> str:
    """The key without the time that tells a later epoch of a recycled value from the first one."""
    return _EPOCH_OF_A_VALUE.sub("", key)


def sighting_of(key: str) -> int | None:
    """The first sighting in the name of a later epoch of a recycled value; None for every other key."""
    named = _EPOCH_OF_A_VALUE.search(key)
    return micros(datetime.fromisoformat(named[0][1:])) if named else None


def epoch_key(value: str, first_seen: int) -> str:
    """The key of a later epoch of a value, which it is named by: `phone:+48601234567@2023-05-04T10:00:00.000000Z`."""
    return f"{value}@{rfc3339(first_seen)}"


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something was seen. The union of spans is order-free; the empty span is its neutral element.

    `first` is exact, `last` is kept by the day, as the midnight (UTC) that begins it.
    """

    first: int = UNDATED
    last: int = NEVER

    def __or__(self, other: Span) -> Span:
        return Span(min(self.first, other.first), max(self.last, other.last))

    def covers(self, other: Span) -> bool:
        """Whether the union with `other` is this span."""
        return self.first <= other.first and other.last <= self.last

    @property
    def until(self) -> int:
        """The end as it is shown: never before the beginning. `NEVER` where undated."""
        return self.last if self.first == UNDATED else max(self.first, self.last)

    @classmethod
    def at(cls, moment: int) -> Span:
        """The span of one sighting, its end by the day; empty where the moment is `UNDATED`."""
        return cls() if moment == UNDATED else cls.of(moment, moment)

    @classmethod
    def of(cls, first: int, last: int) -> Span:
        """The span from `first` to the day of `last`: so a visitor who is back on the same day changes nothing."""
        return cls(first, last if last == NEVER else last - last % DAY)


NOWHEN: Final = Span()


@dataclass(frozen=True, slots=True)
class Link:
    """Evidence that two keys belong to one customer: `a < b`, and a kind that the policy gives a tier."""

    a: str
    b: str
    kind: str
    span: Span = NOWHEN
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """A steward's word: that two keys are the same customer or different ones, or that a decision is taken back.

    `a < b` are the keys; an `undo` has none and names in `of` the decision that it takes back. Never edited.
    """

    id: str
    verdict: Literal["same", "different", "undo"]
    a: str = ""
    b: str = ""
    of: str = ""
    at: int = UNDATED
    author: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One product of an order. `number` tells the lines of one order apart."""

    number: str
    sku: str
    name: str | None = None
    category: str | None = None
    quantity: float = 1.0
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What one observation says of an order.

    `whole` is true where the observation lists every line (a shop's "Order Completed"), false where it is one line of
    several (a row of a till's export).
    """

    key: str
    lines: tuple[OrderLine, ...] = ()
    whole: bool = True
    total: float | None = None
    currency: str | None = None
    brand: str | None = None
    store: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """A company that the person of an observation works for."""

    key: str
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value that cannot be an identifier: where it stood and why. The value itself stays out of it."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that a source told us: a message, a row.

    `uid` is made of source, message id and content: a retry has the same one, another content under the same message
    id has another. `keys` are all its normalised keys in text order, blocked ones too. `received_at` decides nothing
    about who is who. `clock` is by how many microseconds the sender's clock was behind: `occurred_at` is the time as
    sent and that. `context` says under which circumstances it was seen: page, browser, place, library. `blocked` says
    where values stood that the policy blocks; the sender is told, and nothing of it is kept, for the next may not.
    """

    uid: str
    source: str
    message_id: str
    kind: str
    name: str
    keys: tuple[str, ...]
    occurred_at: int = UNDATED
    received_at: int = UNDATED
    traits: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    order: Order | None = None
    company: Company | None = None
    refusals: tuple[Refusal, ...] = ()
    clock: int = 0
    context: Mapping[str, Any] = field(default_factory=dict)
    blocked: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """An observation that cannot be used as it stands: kept as a dead letter. `raw` is the text as it came."""

    source: str
    place: str
    reason: str
    raw: str
    received_at: int = UNDATED


Item = Observation | Rejection
