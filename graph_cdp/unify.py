"""A customer in the shapes of Segment's Profile API: traits, external ids, events, metadata, links.

Programs written for that API read the same fields here; a space is whatever name they have for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from graph_cdp import lookup
from graph_cdp.crowd import Crowd
from graph_cdp.errors import NotFoundError
from graph_cdp.profiling import Asked, profile_of
from graph_cdp.reading import Reading
from graph_cdp.state import Place
from graph_cdp.store.graph import Graph
from graph_cdp.store.questions import Snapshot

Row = dict[str, Any]
Result = TypeVar("Result")
CALLS: Final = frozenset(("identify", "page", "screen", "group", "alias"))
_PAGE: Final = 200
_READ: Final = "traits,orders,predictions"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a customer's events that is wanted; `after` is the time and uid of the one to go on after."""

    names: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    since: str = ""
    until: str = "~"
    rising: bool = False
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Unify:
    """Reads customers in Segment's shapes. Every method raises `NotFoundError`, for shared identifiers too."""

    graph: Graph
    crowd: Crowd
    today: Callable[[], date]

    def traits(self, key: str, kind: str = "") -> dict[str, Row]:
        """`{name: {value, source_id, updated_at}}`: what was told, segments as `audience`, predictions as computed.

        `kind` is `audience` or `computed_trait` for these alone.
        """

        def read(graph: Snapshot, reading: Reading, found: Row) -> dict[str, Row]:
            customer = str(found["customer"])
            profile = profile_of(reading, customer, str(found["kind"]), Asked(self.today(), _READ))
            parts = {
                "audience": self._audiences(graph, found),
                "computed_trait": _computed(profile),
                "": {name: _trait(one["value"], one["source"], one["at"]) for name, one in profile["traits"].items()},
            }
            wanted = [parts[kind]] if kind else [parts["audience"], parts["computed_trait"], parts[""]]
            return {name: one for part in wanted for name, one in sorted(part.items())}

        return self._of(key, read)

    def external_ids(self, key: str) -> list[Row]:
        """Every identifier that is the customer's own, the oldest first."""

        def read(graph: Snapshot, reading: Reading, found: Row) -> list[Row]:
            rows = graph.ask("read/member_details", id=str(found["customer"]))
            own = [row for row in rows if not row["shared"] and row["namespace"] not in ("order", "record")]
            return [_external_id(row) for row in sorted(own, key=lambda row: (row["first_seen"] or "~", row["key"]))]

        return self._of(key, read)

    def events(self, key: str, asked: Part, limit: int) -> tuple[list[Row], Place | None]:
        """A page of the customer's own events, and the place to go on after, None at the end."""

        def read(graph: Snapshot, reading: Reading, found: Row) -> tuple[list[Row], Place | None]:
            rows = _owned(graph, reading, str(found["customer"]), asked, limit + 1)
            shown = rows[:limit]
            place = ((shown[-1]["at"] or "", shown[-1]["uid"])) if len(rows) > limit else None
            return [_event(row, str(found["customer"])) for row in shown], place

        return self._of(key, read)

    def metadata(self, key: str) -> Row:
        """When the customer was first and last heard of, by which message of which source."""

        def read(graph: Snapshot, reading: Reading, found: Row) -> Row:
            customer = str(found["customer"])
            first = _owned(graph, reading, customer, Part(rising=True), 1)
            last = _owned(graph, reading, customer, Part(), 1)
            return {
                **{"created_at": _of(first, "at"), "updated_at": _of(last, "at"), "expires_at": None},
                **{"first_message_id": _of(first, "message_id"), "first_source_id": _of(first, "source")},
                **{"last_message_id": _of(last, "message_id"), "last_source_id": _of(last, "source")},
            }

        return self._of(key, read)

    def links(self, key: str) -> list[Row]:
        """The companies that the customer works for, as linked accounts."""

        def read(graph: Snapshot, reading: Reading, found: Row) -> list[Row]:
            return [_account(row) for row in graph.ask("read/employers", id=str(found["customer"]))]

        return self._of(key, read)

    def _of(self, key: str, read: Callable[[Snapshot, Reading, Row], Result]) -> Result:
        named = "phone:" + key.partition(":")[2] if key.startswith("phone_number:") else key

        def within(graph: Snapshot) -> Result:
            found = lookup.found(graph, named)
            if found["kind"] == "shared":
                raise NotFoundError("several customers have this identifier, so it is nobody's profile")
            terms = self.crowd.in_force.now(graph.ask)
            return read(graph, Reading(graph, terms.policy, terms.decided), found)

        return self.graph.reading(within)

    def _audiences(self, graph: Snapshot, found: Row) -> dict[str, Row]:
        """Each segment as a trait: whether the customer is in it, and since when that is so."""
        standing = self.crowd.segments_of(graph, str(found["customer"]), str(found["kind"]))
        inside = {row["name"]: row["entered"] for row in standing.inside()}
        since = inside | {row["name"]: row["left"] for row in standing.left()}
        return {name: _trait(name in inside, "graph-cdp", since.get(name)) for name in self.crowd.segment_names()}


def _trait(value: Any, source: str, at: str | None) -> Row:
    return {"value": value, "source_id": source, "updated_at": at}


def _computed(profile: Row) -> dict[str, Row]:
    """What is worked out of the customer: orders, and what to expect as far as a model was fitted."""
    figures = {"orders_count": profile["orders"]["count"]}
    expected = profile.get("predictions")
    if expected:
        figures |= {f"predicted_{name}": (expected[name] or {}).get("value") for name in _PREDICTED}
    at = expected["at"] if expected else None
    return {name: _trait(value, "graph-cdp", at) for name, value in figures.items() if value is not None}


_PREDICTED: Final = ("alive", "expected_purchases", "expected_value", "risk_of_loss", "best_channel")


def _external_id(row: Row) -> Row:
    return {
        "source_id": min(row["sources"], default=""),
        "collection": "users",
        "id": row["value"],
        "type": row["namespace"],
        "created_at": row["first_seen"],
        "encoding": "none",
    }


def _event(row: Row, customer: str) -> Row:
    type_ = row["name"] if row["name"] in CALLS else "track"
    return {
        "external_ids": [
            {"collection": "users", "type": key.partition(":")[0], "id": key.partition(":")[2], "encoding": "none"}
            for key in row["keys"]
            if not key.startswith("order:")
        ],
        "type": type_,
        "message_id": row["message_id"],
        "source_id": row["source"],
        "timestamp": row["at"],
        "properties": json.loads(row["properties"] or "{}"),
        "traits": json.loads(row["traits"] or "{}"),
        "event": row["name"],
        "related": {"users": customer},
    }


def _account(row: Row) -> Row:
    source, _, name = row["key"].partition(":")[2].rpartition("/")
    one = {"id": name, "type": "group_id", "source_id": source, "collection": "accounts", "encoding": "none"}
    return {"to_collection": "accounts", "external_ids": [one]}


def _of(rows: Sequence[Row], name: str) -> Any:
    return rows[0][name] if rows else None


def _owned(graph: Snapshot, reading: Reading, customer: str, asked: Part, limit: int) -> list[Row]:
    """Events of others at the same identifiers are read past."""
    own = reading.owner(frozenset(row["key"] for row in graph.ask("read/members", ids=[customer])))
    made: list[Row] = []
    at, uid = asked.after or (("", "") if asked.rising else ("~", ""))
    while len(made) < limit:
        rows = _page(graph, customer, asked, (at, uid))
        made += [row for row in rows if own(row) is not None]
        if len(rows) < _PAGE:
            break
        at, uid = rows[-1]["at"] or "", rows[-1]["uid"]
    return made[:limit]


def _page(graph: Snapshot, customer: str, asked: Part, after: Place) -> list[Row]:
    names, but, (at, uid) = list(asked.names), list(asked.but), after
    since, until = asked.since, asked.until
    if asked.rising:
        return graph.ask(
            "read/events_up", id=customer, since=since, until=until, names=names, but=but, at=at, uid=uid, limit=_PAGE
        )
    return graph.ask(
        "read/events_down", id=customer, since=since, until=until, names=names, but=but, at=at, uid=uid, limit=_PAGE
    )
