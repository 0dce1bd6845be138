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
        """Adds a step; the nodes of it that are new."""
        new = [node for node in (step.node, step.other) if node["id"] not in self.nodes]
        if len(self.nodes) + len(new) > self.limit:
            self.truncated = True
            return []
        self.nodes |= {node["id"]: node for node in new}
        self.relationships.setdefault(step.relationship["id"], step.relationship)
        return new

    def answer(self) -> Row:
        """The part of the graph as it is told."""
        nodes, relationships = list(self.nodes.values()), list(self.relationships.values())
        return {"nodes": nodes, "relationships": relationships, "truncated": self.truncated}


def neighbours(graph: Questions, start: Name, depth: int, limit: int) -> Row:
    """What is at most `depth` relationships away from `start` (label and name), at most `limit` nodes."""
    walk = Walk(limit)
    left, frontier = {start}, [start]
    for _ in range(depth):
        if not frontier or walk.truncated:
            break
        new = [node for step in _around(graph, walk, frontier) for node in walk.take(step)]
        frontier = [name for name in map(_name, new) if name and name not in left]
        left.update(frontier)
    return walk.answer()


def _around(graph: Questions, walk: Walk, frontier: list[Name]) -> Iterator[Step]:
    """The steps away from each node of the frontier, so many at most of evidence and of what was seen or bought."""
    each = max(_LEAST_EACH, walk.limit // len(frontier))
    taken: Counter[tuple[str, bool]] = Counter()
    named = {label: [name for its, name in frontier if its == label] for label in _LEFT}
    rows = graph.steps(
        "read/neighbours", keys=named["Identifier"], customers=named["Customer"], events=named["Event"], each=each + 1
    )
    for step in rows:
        place = step.node["id"], step.relationship["type"] in _EVIDENCE
        taken[place] += 1
        if taken[place] > each:
            walk.truncated = True
        else:
            yield step


def _name(node: Row) -> Name | None:
    """The label and the name that a node is left by; None for what is shown and not left."""
    label = next((label for label in node["labels"] if label in _LEFT), None)
    properties = node["properties"]
    return None if label is None or properties.get("shared") else (label, str(properties[_LEFT[label]]))


@dataclass(slots=True)
class _Side:
    """What is reached from one end: of each key the step that led there, and the keys reached last."""

    reached: dict[str, Step | None]
    frontier: list[str]

    def leave(self, steps: Iterable[Step]) -> None:
        """The keys reached now, in the place of those that were left."""
        self.frontier = []
        for step in steps:
            key = str(step.other["properties"]["key"])
            if key not in self.reached:
                self.reached[key] = step
                self.frontier.append(key)

    def back(self, key: str) -> Iterator[Step]:
        """The steps from a key that was reached to the end that this side began at."""
        while (step := self.reached[key]) is not None:
            yield step
            key = str(step.node["properties"]["key"])


def path(graph: Questions, start: str, end: str, longest: int) -> Row:
    """A shortest way between two identifiers over links and employers, of at most `longest` relationships.

    Without one both lists are empty; `truncated` says that not everything was looked at, so that there may be one.
    """
    if start == end:
        return Walk(1, {node["id"]: node for node in _itself(graph, start)}).answer()
    sides = _Side({start: None}, [start]), _Side({end: None}, [end])
    read, cut = 0, False
    for _ in range(longest):
        near, far = sorted(sides, key=lambda side: len(side.frontier))
        if not near.frontier or read >= _MOST_LINKS:
            break
        steps = graph.steps("read/ways", keys=near.frontier, each=_LINKS_EACH, limit=_MOST_LINKS)
        read += len(steps)
        cut |= read >= _MOST_LINKS or any(n >= _LINKS_EACH for n in Counter(step.node["id"] for step in steps).values())
        near.leave(steps)
        if met := next((key for key in near.frontier if key in far.reached), None):
            return _told([*near.back(met), *far.back(met)])
    return Walk(0, truncated=cut).answer()


def _itself(graph: Questions, key: str) -> list[Row]:
    return [step.node for step in graph.steps("read/neighbours", keys=[key], customers=[], events=[], each=1)]


def _told(steps: list[Step]) -> Row:
    walk = Walk(2 * len(steps))
    for step in steps:
        walk.take(step)
    return walk.answer()
