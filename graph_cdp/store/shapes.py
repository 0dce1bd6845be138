"""Nodes, relationships and values of the graph as JSON has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import neo4j
import neo4j.graph
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """The id of a node, one of its relationships, and the node at the other end."""

    node: str
    relationship: Row
    other: Row


def steps(rows: Iterable[Sequence[Any]]) -> Iterator[Step]:
    """The steps in rows of a node's id, the id of the start, the relationship and the other node.

    What comes again is made once. A relationship does not always know its ends by itself.
    """
    nodes: dict[str, Row] = {}
    relationships: dict[str, Row] = {}
    for left, start, way, other in rows:
        if way.element_id not in relationships:
            end = other.element_id if start == left else left
            relationships[way.element_id] = relationship(way) | {"start": start, "end": end}
        if other.element_id not in nodes:
            nodes[other.element_id] = node(other)
        yield Step(left, relationships[way.element_id], nodes[other.element_id])


def node(found: neo4j.graph.Node) -> Row:
    """`{id, labels, properties}`; the id is the server's own, the label that says most comes first."""
    return {
        "id": found.element_id,
        "labels": sorted(found.labels, key=lambda label: (label == "Identifier", label)),
        "properties": {name: plain(value) for name, value in found.items()},
    }


def relationship(found: neo4j.graph.Relationship) -> Row:
    """`{id, type, start, end, properties}`."""
    start, end = found.nodes
    return {
        "id": found.element_id,
        "type": found.type,
        "start": start.element_id if start else None,
        "end": end.element_id if end else None,
        "properties": {name: plain(value) for name, value in found.items()},
    }


def plain(value: Any) -> Any:
    """Any value that a statement returns: times and bytes as texts; a number that JSON does not have is null."""
    if value is None or type(value) in _AS_THEY_ARE:
        return value
    shape = next((shape for kind, shape in _SHAPES if isinstance(value, kind)), None)
    return shape(value) if shape else value


def _path(found: neo4j.graph.Path) -> Row:
    return {
        "nodes": [node(one) for one in found.nodes],
        "relationships": [relationship(one) for one in found.relationships],
    }


def _plain_each(value: Any) -> list[Any]:
    return [plain(one) for one in value]


_AS_THEY_ARE: Final = frozenset((str, bool, int))

# In this order: points and durations are tuples too.
_SHAPES: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (float, lambda value: value if math.isfinite(value) else None),
    (neo4j.graph.Node, node),
    (neo4j.graph.Relationship, relationship),
    (neo4j.graph.Path, _path),
    (dict, lambda value: {str(name): plain(one) for name, one in value.items()}),
    ((bytes, bytearray), lambda value: value.hex()),
    ((Date, DateTime, Time, Duration), lambda value: value.iso_format()),
    (Point, lambda value: {"srid": value.srid, "coordinates": [*value]}),
    ((list, tuple), _plain_each),
)
