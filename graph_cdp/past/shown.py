"""A part of the past as nodes and relationships, as a walk through the graph of today finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph_cdp.model import Link, namespace_of
from graph_cdp.store import codec
from graph_cdp.store.shapes import Step

Row = dict[str, Any]


class Shown:
    """Identifiers, customers and events as the graph shows them; ids of nodes and relationships are made of names."""

    def __init__(
        self,
        identifiers: Iterable[Row],
        homes: Mapping[str, str],
        links: Iterable[Link],
        events: Iterable[Mapping[str, Any]],
    ) -> None:
        self._steps: dict[str, list[Step]] = {}
        self._nodes = {node["id"]: node for node in map(_identifier, identifiers)}
        members: dict[str, list[str]] = {}
        for key, home in homes.items():
            members.setdefault(home, []).append(key)
        self._nodes |= {node["id"]: node for node in map(_customer, members, members.values())}
        for key, home in sorted(homes.items()):
            self._join(("Identifier", key), "MEMBER_OF", ("Customer", home))
        for link in links:
            facts = {"kind": link.kind, **codec.seen(link.span, link.sources)}
            self._join(("Identifier", link.a), "LINK", ("Identifier", link.b), link.kind, facts)
        for event in events:
            node = _event(event)
            self._nodes[node["id"]] = node
            for key in event["keys"]:
                if key in homes:
                    self._join(("Event", event["uid"]), "OBSERVED", ("Identifier", key))

    def named(self, label: str, names: Iterable[str]) -> list[Row]:
        """The nodes of a label with these names."""
        return [self._nodes[place] for name in names if (place := _id(label, name)) in self._nodes]

    def around(self, label: str, names: Iterable[str], each: int) -> Iterator[Step]:
        """The steps away from these nodes, so many at most of each type of relationship."""
        for name in names:
            taken: dict[str, int] = {}
            for step in self._steps.get(_id(label, name), ()):
                kind = step.relationship["type"]
                taken[kind] = taken.get(kind, 0) + 1
                if taken[kind] <= each:
                    yield step

    def _join(
        self, start: tuple[str, str], kind: str, end: tuple[str, str], more: str = "", facts: Row | None = None
    ) -> None:
        one, other = _id(*start), _id(*end)
        way = {
            "id": f"{one} {kind} {more} {other}",
            "type": kind,
            "start": one,
            "end": other,
            "properties": facts or {},
        }
        for near, far in ((one, other), (other, one)):
            self._steps.setdefault(near, []).append(Step(near, way, self._nodes[far]))


def _id(label: str, name: str) -> str:
    return f"{label}/{name}"


def _identifier(row: Row) -> Row:
    properties = {
        name: row[name] for name in ("key", "namespace", "value", "first_seen", "last_seen", "sources", "shared")
    }
    labels = ["Identifier", codec.label_of(namespace_of(row["key"]))]
    return {"id": _id("Identifier", row["key"]), "labels": labels, "properties": properties | {"caption": row["value"]}}


def _customer(name: str, keys: list[str]) -> Row:
    properties = {"id": name, "size": len(keys), "caption": name}
    return {"id": _id("Customer", name), "labels": ["Customer"], "properties": properties}


def _event(event: Mapping[str, Any]) -> Row:
    facts = ("uid", "source", "kind", "name", "at", "properties")
    properties = {name: event[name] for name in facts} | {"keys": list(event["keys"]), "caption": event["name"]}
    return {"id": _id("Event", event["uid"]), "labels": ["Event"], "properties": properties}
