"""What one link changes between customers of any size, answered from what lies near its ends.

Two answers need no more than that, and both are exact; where neither holds, the customers are resolved anew.

A link is refused for certain when what surely stood on its two sides at its turn breaks a rule together. Within one
customer every live link that had its turn earlier has joined by then, and sides only grow: so any part of a side that
these links hold together, found by walking from an end, forbids what the whole side forbids.

A part is taken out of a customer and leaves it as it is when it holds nothing that rules look at (so that it never
stood in anybody's way) and the rest needs none of its links to hold together (each key of the rest that it is linked
with was linked with an earlier one of them before). What its links make of it is then found link by link, as if each
had just been told: evidence counts in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from graph_cdp.model import Link
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.ranking import Rank, rank
from graph_cdp.resolve.workspace import Node, Workspace
from graph_cdp.rules import Holding, broken, together
from graph_cdp.state import Reader

# How far a walk goes: rounds of reading, links at one key, keys on one side, keys that a part is linked with.
_ROUNDS: Final = 4
_LINKS: Final = 200
_KEYS: Final = 400
_ENDS: Final = 12


@dataclass(slots=True, eq=False)
class _Side:
    """What surely stood at one end of a link when its turn came, as far as it was walked; `edge` is still to walk."""

    keys: set[str]
    edge: set[str]
    held: Holding

    @property
    def whole(self) -> bool:
        """Whether nothing else stood there."""
        return not self.edge

    @property
    def small(self) -> bool:
        """Whether walking on is worth it."""
        return len(self.keys) <= _KEYS


class Nearby:
    """Settles single links in a workspace that is resolved but for them."""

    def __init__(self, work: Workspace, policy: Policy, decided: Decided, reader: Reader) -> None:
        self._work, self._policy, self._decided, self._reader = work, policy, decided, reader

    def settle(self, link: Link, cause: str) -> set[str]:
        """Brings about what the link changes; where that is not to be told from nearby, the keys to resolve anew."""
        sides = self._walked(link)
        if sides is None:
            return set()
        for side in sides:
            if side.whole and (undone := self._move(side.keys, cause)) is not None:
                return undone
        return {link.a, link.b}

    def frees(self, key: str, cause: str) -> set[str] | None:
        """Takes out of its customer an identifier that joins nobody from now on, and what it alone had held in.

        The keys to resolve anew; None where that changes the rest, so that nothing was done.
        """
        return self._move({key} | self._hanging_on(key), cause) if self._is_walkable(key) else None

    def _walked(self, link: Link) -> tuple[_Side, _Side] | None:
        """What stood at the two ends of a link at its turn; None where that refused it."""
        turn = rank(link, self._policy)
        one, other = self._begun(link.a), self._begun(link.b)
        for _ in range(_ROUNDS):
            if broken(one.held, other.held, self._policy, turn[0]):
                return None
            sides = [side for side in (one, other) if side.small]
            steps = [(side, {key for key in side.edge if self._is_walkable(key)}) for side in sides]
            if not any(keys for _, keys in steps):
                break
            self._read(key for _, keys in steps for key in keys)
            for side, keys in steps:
                self._step(side, keys, turn)
        return None if broken(one.held, other.held, self._policy, turn[0]) else (one, other)

    def _begun(self, key: str) -> _Side:
        return _Side({key}, {key}, self._work.held_by(self._work.nodes[key]))

    def _is_walkable(self, key: str) -> bool:
        return self._work.nodes[key].degree <= _LINKS

    def _read(self, keys: Iterable[str]) -> None:
        """Reads all links at these keys."""
        nodes = self._work.nodes
        if unread := sorted(key for key in keys if not nodes[key].complete):
            self._work.load(self._reader.around(unread))
            for key in unread:
                nodes[key].complete = True

    def _step(self, side: _Side, keys: set[str], turn: Rank) -> None:
        """Adds what links of these keys had joined before the turn."""
        reached = {
            other
            for key in keys
            for other in self._inside(key)
            if other not in side.keys and self._turn(key, other) < turn
        }
        side.edge = (side.edge - keys) | reached
        side.keys |= reached
        side.held = together([side.held, *(self._work.held_by(self._work.nodes[key]) for key in reached)])

    def _inside(self, key: str) -> Iterator[str]:
        """The live neighbours of a key in its own customer."""
        work = self._work
        customer = work.customer(work.nodes[key])
        for other in work.neighbours(key):
            node = work.nodes[other]
            if not node.shared and work.customer(node) is customer:
                yield other

    def _strongest(self, a: str, b: str) -> Link:
        return self._work.pairs[min(a, b), max(a, b)].strongest(self._policy)

    def _turn(self, a: str, b: str) -> Rank:
        return rank(self._strongest(a, b), self._policy)

    def _hanging_on(self, key: str) -> set[str]:
        """The members of its customer that are with the rest by this one alone and hold nothing, as far as few."""
        self._read({key})
        ends = set(self._inside(key))
        if not 0 < len(ends) <= _ENDS:
            return set()
        sides = {frozenset(self._closed(end, key)) for end in ends}
        loose = sorted((side for side in sides if not self._holds(side)), key=len)
        # What holds something is the rest, or what is too large to tell, or else the largest side.
        there_is_a_rest = len(loose) < len(sides) or not loose[0]
        return set().union(*(loose if there_is_a_rest else loose[:-1]))

    def _holds(self, keys: Iterable[str]) -> bool:
        """Whether some of these hold anything that rules look at."""
        return any(self._work.held_by(self._work.nodes[key]) for key in keys)

    def _closed(self, start: str, without: str) -> set[str]:
        """All that one member leads to inside its customer but for another; empty where these are many."""
        side = edge = {start}
        for _ in range(_ROUNDS):
            if not all(map(self._is_walkable, edge)):
                return set()
            self._read(edge)
            edge = {other for key in edge for other in self._inside(key)} - side - {without}
            side = side | edge
            if not edge:
                return side
        return set()

    def _move(self, part: set[str], cause: str) -> set[str] | None:
        """Lets all links of a part of a customer join it anew; the keys to resolve anew, None where it has to stay."""
        if not self._take_out(part, cause):
            return None
        links = {(min(key, other), max(key, other)) for key in part for other in self._work.neighbours(key)}
        for a, b in sorted(links, key=lambda pair: self._turn(*pair)):
            if not self._joins_or_stays(self._work.nodes[a], self._work.nodes[b]):
                return part
        return set()

    def _joins_or_stays(self, a: Node, b: Node) -> bool:
        """Takes the links of a pair as if they had just been told; False where what they change lies further off."""
        work = self._work
        one, other = work.customer(a), work.customer(b)
        if a.shared or b.shared or one is other:
            return True
        if not broken(one.held, other.held, self._policy):
            work.merge(one, other)
            return True
        return self._walked(self._strongest(a.key, b.key)) is None

    def _take_out(self, part: set[str], cause: str) -> bool:
        """Makes each of a part of a customer one of its own, if the rest stays as it is; all of its links are read."""
        work = self._work
        if any(key in self._decided.same for key in part) or self._holds(part) or not self._is_held_without(part):
            return False
        return work.take_out(part, cause)

    def _is_held_without(self, part: set[str]) -> bool:
        """Whether the rest of the customer was never held together by the part."""
        self._read(part)
        links = ((self._turn(key, end), end) for key in part for end in self._inside(key) if end not in part)
        first: dict[str, Rank] = {}
        for turn, end in sorted(links):
            first.setdefault(end, turn)
        ends = list(first)
        if len(ends) > _ENDS:
            return False
        self._work.load(self._reader.start(ends, [(min(pair), max(pair)) for pair in combinations(ends, 2)]))
        return all(
            any(one in self._work.neighbours(end) and self._turn(one, end) < first[end] for one in ends[:number])
            for number, end in enumerate(ends)
            if number
        )
