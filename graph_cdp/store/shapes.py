"""Nodes, relationships and values of the graph as JSON has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import neo4j
import neo4j.graph
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

Row = dict[str, Any]


class Step(NamedTuple):
    """The id of a node, one of its relationships, and the node at the other end."""

    node: str
    relationship: Row
    other: Row


def steps(rows: Iterable[Mapping[str, Any]]) -> Iterator[Step]:
    """The steps in rows of other `nodes`, each once, and `steps`.

    Those name a node, the start of the relationship and the other node by their ids, then the relationship by its id,
    type and properties. Nodes and relationships that the driver makes cost more, are not freed before the next
    collection, and do not always know their ends.
    """
    nodes: dict[str, Row] = {}
    relationships: dict[str, Row] = {}
    for row in rows:
        for values in row["nodes"]:
            if values[0] not in nodes:
                nodes[values[0]] = node_of(values)
        for left, start, other, id_, type_, properties in row["steps"]:
            if id_ not in relationships:
                end = other if start == left else left
                shown = {"id": id_, "type": type_, "start": start, "end": end, "properties": _properties(properties)}
                relationships[id_] = shown
            yield Step(left, relationships[id_], nodes[other])


def node_of(values: Sequence[Any]) -> Row:
    """As `node`, of an id, labels and properties."""
    id_, labels, properties = values
    return {"id": id_, "labels": list(_in_order(frozenset(labels))), "properties": _properties(properties)}


def _properties(said: Mapping[str, Any]) -> Row:
    # A walk has properties by the thousand, of which nearly all are as they are.
    others = {name: plain(value) for name, value in said.items() if type(value) not in _AS_THEY_ARE}
    return {**said, **others}


def node(found: neo4j.graph.Node) -> Row:
    """`{id, labels, properties}`; the id is the server's own, the label that says most comes first."""
    return {
        "id": found.element_id,
        "labels": list(_in_order(found.labels)),
        "properties": _properties(dict(found.items())),
    }


@lru_cache(maxsize=1_024)
def _in_order(labels: frozenset[str]) -> list[str]:
    return sorted(labels, key=lambda label: (label == "Identifier", label))


def relationship(found: neo4j.graph.Relationship) -> Row:
    """`{id, type, start, end, properties}`."""
    start, end = found.nodes
    return {
        "id": found.element_id,
        "type": found.type,
        "start": start.element_id if start else None,
        "end": end.element_id if end else None,
        "properties": _properties(dict(found.items())),
    }


def plain(value: Any) -> Any:
    """Any value that a statement returns: times and bytes as texts; a number that JSON does not have is null."""
    if type(value) in _AS_THEY_ARE:
        return value
    if type(value) is float:
        return _finite(value)
    if type(value) is list and _AS_THEY_ARE.issuperset(map(type, value)):
        return value
    shape = next((shape for kind, shape in _SHAPES if isinstance(value, kind)), None)
    return shape(value) if shape else value


def _path(found: neo4j.graph.Path) -> Row:
    return {
        "nodes": [node(one) for one in found.nodes],
        "relationships": [relationship(one) for one in found.relationships],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _plain_each(value: Any) -> list[Any]:
    return [plain(one) for one in value]


_AS_THEY_ARE: Final = frozenset((str, bool, int, type(None)))

# In this order: points and durations are tuples too.
_SHAPES: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (float, _finite),
    (neo4j.graph.Node, node),
    (neo4j.graph.Relationship, relationship),
    (neo4j.graph.Path, _path),
    (dict, lambda value: {str(name): plain(one) for name, one in value.items()}),
    ((bytes, bytearray), lambda value: value.hex()),
    ((Date, DateTime, Time, Duration), lambda value: value.iso_format()),
    (Point, lambda value: {"srid": value.srid, "coordinates": [*value]}),
    ((list, tuple), _plain_each),
)
