"""What a transaction reads of the graph and what it writes back: the shapes that resolving and storing agree on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol

from graph_cdp.errors import UsageError
from graph_cdp.model import NOWHEN, UNDATED, Link, Span, micros, rfc3339
from graph_cdp.rules import NOTHING, Holding

ChangeName = Literal["created", "merged", "split", "re-keyed", "removed", "erased"]
Outcome = Literal["rejected", "duplicate", "merged", "refused", "created", "joined", "known"]
OUTCOMES: Final[tuple[str, ...]] = ("created", "joined", "known", "merged", "refused", "duplicate", "rejected")


Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Letters:
    """Which dead letters: of a source (of all where empty), with these parts of reason and place, between two times.

    Times are texts in RFC 3339, the end excluded.
    """

    source: str = ""
    reason: str = ""
    place: str = ""
    since: str = ""
    until: str = "~"

    @classmethod
    def between(cls, since: str, until: str, **others: str) -> Letters:
        """Those between two dates or times in ISO 8601, UTC where they have no zone. Raises `UsageError`."""
        try:
            first, last = (_text(datetime.fromisoformat(one)) if one else None for one in (since, until))
        except ValueError:
            raise UsageError("no time: give a date or a time, as in 2026-01-31 or 2026-01-31T09:30:00Z") from None
        return cls(since=first or "", until=last or "~", **others)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a timeline: times as texts, the end excluded; events of these names or kinds, of all without any.

    `after` is the time and the uid of the event that a page goes on after.
    """

    since: str = ""
    until: str = "~"
    types: tuple[str, ...] = ()
    after: Place = ("~", "")

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None, types: Iterable[str], after: Place | None) -> Window:
        """The window between two moments (UTC where they have no zone). Raises `UsageError` for one without a year."""
        window = cls(_text(since) or "", _text(until) or "~", tuple(types))
        return replace(window, after=after) if after else window


def _text(moment: datetime | None) -> str | None:
    try:
        return rfc3339(micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))) if moment else None
    except OverflowError:
        raise UsageError("a time before the year 1 or after the year 9999") from None


@dataclass(frozen=True, slots=True)
class NodeState:
    """One identifier as the graph holds it. `customer` is the id of the customer it is a member of, None when new.

    `partners` counts, for each group that the policy counts, the distinct keys it has joining links with; `degree`
    counts all its links, so that a link is looked for at the end that has fewer. `claims` has, of each trait that the
    policy compares, when and what the identifier said last (`NEVER` where undated, None where it took it back).
    `later` has, for the first epoch of a recycled value, when the others begin.
    """

    key: str
    span: Span = NOWHEN
    sources: frozenset[str] = frozenset()
    shared: bool = False
    partners: Mapping[str, int] = field(default_factory=dict)
    degree: int = 0
    claims: Mapping[str, tuple[int, str | None]] = field(default_factory=dict)
    customer: str | None = None
    later: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerState:
    """One customer as the graph holds it.

    `anchor` is (first_seen, key) of the member that gives the id; `held` is what rules look at.
    """

    id: str
    anchor: tuple[int, str]
    size: int
    held: Holding = NOTHING
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A part of the graph: identifiers, links between them, and the customers of all of them."""

    nodes: tuple[NodeState, ...] = ()
    links: tuple[Link, ...] = ()
    customers: tuple[CustomerState, ...] = ()


@dataclass(frozen=True, slots=True)
class Retold:
    """One observation that the graph has, as far as it says who is who."""

    uid: str
    source: str
    kind: str
    keys: tuple[str, ...]
    occurred_at: int = UNDATED
    traits: Mapping[str, Any] = field(default_factory=dict)
    company: str | None = None


class Reader(Protocol):
    """What resolving may ask of the graph while it decides."""

    def start(self, keys: Collection[str], pairs: Collection[tuple[str, str]]) -> Neighbourhood:
        """The identifiers `keys`, the links between the keys of each pair, and the customers."""

    def observed(self, keys: Collection[str]) -> Sequence[Retold]:
        """Every observation of these identifiers."""

    def wholes(self, customers: Collection[str]) -> Neighbourhood:
        """All members of `customers`, every link at them, what is at the other ends, and the customers of all."""

    def around(self, keys: Collection[str]) -> Neighbourhood:
        """The identifiers `keys`, every link at them, what is at the other ends, and the customers of all."""

    def members(self, customers: Collection[str]) -> Mapping[str, list[str]]:
        """The keys of all members of each of `customers`."""


@dataclass(frozen=True, slots=True)
class Move:
    """The identifier `key` leaves the customer `before` (None: it is new) for the customer `after`."""

    key: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change feed: from now on `keys` belong to `customer_id`, or where that is None to nobody."""

    change: ChangeName
    customer_id: str | None
    previous: tuple[str, ...]
    keys: tuple[str, ...]
    cause: str


@dataclass(frozen=True, slots=True)
class Writes:
    """Everything that a transaction has to write so that the graph says what was decided.

    `kept` pairs the id that a customer node has with the state that it gets, whose id may be another one; `gone` are
    customer nodes to delete after their members have moved. `degrees` has the number of links at every end of a changed
    link. `gone_nodes` are identifiers to delete before everything else, each with the key that its id leads to, and
    `retold` is what hangs on those that take their place.
    """

    new_nodes: tuple[NodeState, ...] = ()
    changed_nodes: tuple[NodeState, ...] = ()
    new_links: tuple[Link, ...] = ()
    changed_links: tuple[Link, ...] = ()
    degrees: Mapping[str, int] = field(default_factory=dict)
    created: tuple[CustomerState, ...] = ()
    kept: tuple[tuple[str, CustomerState], ...] = ()
    gone: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    changes: tuple[Change, ...] = ()
    gone_nodes: Mapping[str, str] = field(default_factory=dict)
    retold: tuple[Retold, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is something to write at all."""
        evidence = (self.new_nodes, self.changed_nodes, self.new_links, self.changed_links, self.gone_nodes)
        return any((*evidence, self.kept, self.moves))

    def homes(self) -> Callable[[str, str], str]:
        """Tells the id of a key's customer after the writing from the key and the id of its customer before."""
        moved = {move.key: move.after for move in self.moves}
        renamed = {before: state.id for before, state in self.kept}
        return lambda key, home: moved.get(key) or renamed.get(home, home)


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one message: the answer that its sender gets.

    `warnings` say what of a message that was kept could not be used, or is other than the sender may think.
    """

    message_id: str
    outcome: Outcome
    customer_id: str | None = None
    refused: tuple[Mapping[str, Any], ...] = ()
    reason: str | None = None
    warnings: tuple[str, ...] = ()
