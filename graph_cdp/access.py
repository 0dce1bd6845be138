"""Everything that is held of one person, as it came and as it is shown: what the person may ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from graph_cdp.model import rfc3339
from graph_cdp.profiling import Asked, profile_of
from graph_cdp.reading import Reading
from graph_cdp.state import Window
from graph_cdp.store.questions import Questions

Row = dict[str, Any]

PARTS: Final = ("identifiers", "links", "observations", "decisions", "changes", "rejected")
_PAGE: Final = 500
# Shorter values would be found in half of all dead letters.
_TELLING: Final = 5
_AS_JSON: Final = ("traits", "properties", "context", "order")


def held(reading: Reading, customer: str, kind: str, asked: Asked) -> Row:
    """`profile` and all that it was made of: `identifiers, links, observations, decisions, changes, rejected`.

    Observations are those that are the customer's own, the oldest first, whole, each with its source and when it
    happened and was received; what happened at an identifier that others use too and is theirs is not among them.
    Dead letters are those that have one of the values in them. Raises `ConflictError` where the customer changes
    meanwhile.
    """
    graph, members = reading.graph, reading.members(customer)
    own = frozenset(row["key"] for row in members)
    return {
        "customer_id": customer,
        "kind": kind,
        "profile": profile_of(reading, customer, kind, asked),
        "identifiers": [_without(row, "claims", "later") for row in members],
        "links": _links(graph, customer, own),
        "observations": list(_observations(reading, customer, own)),
        "decisions": [_without(row, "number") for row in graph.ask("read/decisions_about", keys=sorted(own))],
        "changes": graph.ask("read/changes_of", id=customer, keys=sorted(own)),
        "rejected": graph.ask("read/letters_with", values=_values(members)),
    }


def _links(graph: Questions, customer: str, own: frozenset[str]) -> list[Row]:
    links = (row.link for row in graph.links_of_customers([customer]))
    return [
        {
            **{"a": link.a, "b": link.b, "kind": link.kind, "sources": sorted(link.sources)},
            **{"first_seen": rfc3339(link.span.first), "last_seen": rfc3339(link.span.until)},
        }
        for link in links
        if own & {link.a, link.b}
    ]


def _observations(reading: Reading, customer: str, own: frozenset[str]) -> Iterator[Row]:
    uids: list[str] = []
    window: Window | None = Window()
    while window is not None:
        rows, place = reading.newest(customer, own, window, _PAGE)
        uids += [row["uid"] for row in rows]
        window = Window(after=place) if place else None
    uids.reverse()
    for start in range(0, len(uids), _PAGE):
        page = uids[start : start + _PAGE]
        found = {row["uid"]: row for row in reading.graph.ask("read/observations", uids=page)}
        yield from (_told(found[uid]) for uid in page if uid in found)


def _told(row: Row) -> Row:
    return row | {name: json.loads(row[name]) for name in _AS_JSON if row[name]}


def _values(members: Sequence[Row]) -> list[str]:
    return sorted({value for row in members if len(value := str(row["value"]).casefold()) >= _TELLING})


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}
