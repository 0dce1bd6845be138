"""The graph around a node, and the way between two: bounded, however large the graph is and whatever hangs on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from graph_cdp.store.questions import Questions
from graph_cdp.store.shapes import Step

_LEAST_EACH: Final = 20
_LINKS_EACH: Final = 100
_MOST_LINKS: Final = 10_000
# What a walk may leave a node by: its label, and the property that it is found by. Products, shops, brands and
# companies are known to so many that they are shown and not left.
_LEFT: Final = {"Identifier": "key", "Customer": "id", "Event": "uid"}
_EVIDENCE: Final = frozenset(("MEMBER_OF", "LINK", "WORKS_FOR", "RELATED"))

Row = dict[str, Any]
Name = tuple[str, str]


@dataclass(slots=True)
class Walk:
    """Nodes and relationships by their ids, in the order in which they were met."""

    limit: int
    nodes: dict[str, Row] = field(default_factory=dict)
    relationships: dict[str, Row] = field(default_factory=dict)
    truncated: bool = False

    def take(self, step: Step) -> list[Row]:
        """Adds a step away from a node that is here; the node that it leads to, if that is new."""
        new = step.other["id"] not in self.nodes
        if new and len(self.nodes) >= self.limit:
            self.truncated = True
            return []
        self.nodes.setdefault(step.other["id"], step.other)
        self.relationships.setdefault(step.relationship["id"], step.relationship)
        return [step.other] if new else []

    def answer(self) -> Row:
        """The part of the graph as it is told."""
        nodes, relationships = list(self.nodes.values()), list(self.relationships.values())
        return {"nodes": nodes, "relationships": relationships, "truncated": self.truncated}


def neighbours(graph: Questions, start: Name, depth: int, limit: int) -> Row:
    """What is at most `depth` relationships away from `start` (label and name), at most `limit` nodes."""
    walk = _begun(graph, start, limit)
    left, frontier = {start}, [start]
    for _ in range(depth):
        if not frontier or walk.truncated:
            break
        new = [node for step in _around(graph, walk, frontier) for node in walk.take(step)]
        frontier = [name for name in map(_name, new) if name and name not in left]
        left.update(frontier)
    return walk.answer()


def _begun(graph: Questions, start: Name, limit: int) -> Walk:
    """A walk that is at its beginning, and nowhere where that is not in the graph."""
    label, name = start
    named = {place: [name] if place == label else [] for place in _LEFT}
    found = graph.nodes("read/beginning", keys=named["Identifier"], customers=named["Customer"])
    return Walk(limit, {node["id"]: node for node in found})


def _around(graph: Questions, walk: Walk, frontier: list[Name]) -> Iterator[Step]:
    """The steps away from each node of the frontier, so many at most of evidence and of what was seen or bought."""
    each = _each(walk.limit, len(frontier))
    taken: Counter[tuple[str, bool]] = Counter()
    named = {label: [name for its, name in frontier if its == label] for label in _LEFT}
    rows = graph.steps(
        "read/neighbours", keys=named["Identifier"], customers=named["Customer"], events=named["Event"], each=each + 1
    )
    for step in rows:
        place = step.node, step.relationship["type"] in _EVIDENCE
        taken[place] += 1
        if taken[place] > each:
            walk.truncated = True
        else:
            yield step


def _each(limit: int, places: int) -> int:
    return max(_LEAST_EACH, limit // places)


def each_of_one(limit: int) -> int:
    """How much `neighbours` asks for next to the node that it begins at; one more, to see whether there is more."""
    return _each(limit, 1) + 1


def _name(node: Row) -> Name | None:
    """The label and the name that a node is left by; None for what is shown and not left."""
    label = next((label for label in node["labels"] if label in _LEFT), None)
    properties = node["properties"]
    return None if label is None or properties.get("shared") else (label, str(properties[_LEFT[label]]))


@dataclass(slots=True)
class _Side:
    """What is reached from one end: of each node the step that led there, and those reached last with their keys."""

    reached: dict[str, Step | None]
    frontier: dict[str, str]

    def leave(self, steps: Iterable[Step]) -> None:
        """The nodes reached now, in the place of those that were left."""
        self.frontier = {}
        for step in steps:
            if step.other["id"] not in self.reached:
                self.reached[step.other["id"]] = step
                self.frontier[step.other["id"]] = str(step.other["properties"]["key"])

    def back(self, id_: str) -> Iterator[Step]:
        """The steps from a node that was reached to the end that this side began at."""
        while (step := self.reached[id_]) is not None:
            yield step
            id_ = step.node


def path(graph: Questions, start: str, end: str, longest: int) -> Row:
    """A shortest way between two identifiers over links and employers, of at most `longest` relationships.

    Without one both lists are empty; `truncated` says that not everything was looked at, so that there may be one.
    """
    ends = [_begun(graph, ("Identifier", key), 1).nodes for key in (start, end)]
    if start == end:
        return Walk(1, ends[0]).answer()
    sides = [
        _Side(dict.fromkeys(nodes), dict.fromkeys(nodes, key)) for nodes, key in zip(ends, (start, end), strict=True)
    ]
    read, cut = 0, False
    for _ in range(longest):
        near, far = sorted(sides, key=lambda side: len(side.frontier))
        if not near.frontier or read >= _MOST_LINKS:
            break
        steps = graph.steps("read/ways", keys=list(near.frontier.values()), each=_LINKS_EACH, limit=_MOST_LINKS)
        read += len(steps)
        cut |= read >= _MOST_LINKS or any(n >= _LINKS_EACH for n in Counter(step.node for step in steps).values())
        near.leave(steps)
        if met := next((id_ for id_ in near.frontier if id_ in far.reached), None):
            return _told(ends[0] | ends[1], [*near.back(met), *far.back(met)])
    return Walk(0, truncated=cut).answer()


def _told(ends: dict[str, Row], steps: list[Step]) -> Row:
    walk = Walk(len(ends) + len(steps), ends)
    for step in steps:
        walk.take(step)
    return walk.answer()
