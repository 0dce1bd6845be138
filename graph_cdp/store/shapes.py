"""Nodes, relationships and values of the graph as JSON has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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


def steps(records: Iterable[neo4j.Record]) -> Iterator[Step]:
    """The steps in records of other `nodes`, each once, and `steps`.

    Those name a node, the start of the relationship and the other node by their ids, then the relationship by its id,
    type and properties: one that the driver makes costs more, and does not always know its ends.
    """
    nodes: dict[str, Row] = {}
    relationships: dict[str, Row] = {}
    for record in records:
        nodes |= {other.element_id: node(other) for other in record["nodes"] if other.element_id not in nodes}
        for left, start, other, id_, type_, properties in record["steps"]:
            if id_ not in relationships:
                ends = {"start": start, "end": other if start == left else left}
                relationships[id_] = {"id": id_, "type": type_, **ends, "properties": _properties(properties)}
            yield Step(left, relationships[id_], nodes[other])


def _properties(said: Mapping[str, Any]) -> Row:
    # A walk has properties by the thousand, of which nearly all are as they are.
    return {name: value if type(value) in _AS_THEY_ARE else plain(value) for name, value in said.items()}


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
    shape = next((shape for kind, shape in _SHAPES if isinstance(value, kind)), None)
    return shape(value) if shape else value


def _path(found: neo4j.graph.Path) -> Row:
    return {
        "nodes": [node(one) for one in found.nodes],
        "relationships": [relationship(one) for one in found.relationships],
    }


def _plain_each(value: Any) -> list[Any]:
    return [plain(one) for one in value]


_AS_THEY_ARE: Final = frozenset((str, bool, int, type(None)))

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
