"""What stewards' decisions say together: the latest outrank the earlier ones, and any may be taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final, Literal

from graph_cdp.model import Decision, value_of

State = Literal["in force", "contradicted", "sleeping", "undone"]


class Decided:
    """All decisions that there are. `same` has for each key those that it is said to be the same customer as.

    Decisions about keys that nobody has seen sleep: they are kept, and count from the day on which both are seen.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self.all: tuple[Decision, ...] = tuple(sorted(decisions, key=_latest_first))
        self._valid = _valid(self.all)
        self.same: Mapping[str, frozenset[str]] = _neighbours(one for one in self._valid if one.verdict == "same")
        self._apart: dict[str, list[str]] = defaultdict(list)
        for one in self._valid:
            if one.verdict == "different":
                self._apart[one.a].append(one.id)
                self._apart[one.b].append(one.id)

    def __bool__(self) -> bool:
        return bool(self._valid)

    def meaning(self, name: Callable[[str], str]) -> Decided:
        """The same decisions about the keys that `name` says their keys mean now."""
        meant = {key: name(key) for key in self.keys}
        if all(key == now for key, now in meant.items()):
            return self
        return Decided(
            replace(one, a=min(ends), b=max(ends)) if one.a else one
            for one in self.all
            for ends in [(meant.get(one.a, one.a), meant.get(one.b, one.b))]
        )

    def apart(self, key: str) -> Collection[str]:
        """The ids of the decisions that say of this key that it is another customer than some other key."""
        return self._apart.get(key, ())

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key that a decision which was not taken back is about."""
        return frozenset(key for one in self._valid for key in (one.a, one.b))

    @cached_property
    def values_with_sightings(self) -> frozenset[str]:
        """The values, which may be recycled, of keys that name a sighting of one."""
        return frozenset(value for key in self.keys if (value := value_of(key)) != key)

    @property
    def names_sightings(self) -> bool:
        """Whether some decision is about a value at a time."""
        return bool(self.values_with_sightings)

    def undone_by(self, name: str) -> str | None:
        """The id of the undo that takes the decision of this id back; None while it stands."""
        return next((one.id for one in _standing(self.all) if one.verdict == "undo" and one.of == name), None)

    def blocks(self, keys: Collection[str]) -> list[tuple[str, str]]:
        """The pairs of `keys` that are the same customer whatever the rules say."""
        return [(one.a, one.b) for one in self.joining(keys)]

    def joining(self, keys: Collection[str]) -> list[Decision]:
        """The decisions that join `keys`, the latest first."""
        return [one for one, state in self._judged(keys) if state == "in force" and one.verdict == "same"]

    def states(self, seen: Collection[str]) -> dict[str, State]:
        """How it stands with each decision, by its id, where `seen` are the keys that the evidence has."""
        found: dict[str, State] = {one.id: "undone" for one in self.all}
        found |= {one.id: "in force" for one in _standing(self.all) if one.verdict == "undo"}
        return found | {one.id: state for one, state in self._judged(seen)}

    def _judged(self, keys: Collection[str]) -> list[tuple[Decision, State]]:
        parent: dict[str, str] = {}
        judged: list[tuple[Decision, State]] = []
        apart: list[tuple[str, str]] = []

        def block(key: str) -> str:
            while (above := parent.setdefault(key, key)) != key:
                parent[key] = key = parent[above]
            return key

        for one in self._valid:
            if not (one.a in keys and one.b in keys):
                judged.append((one, "sleeping"))
                continue
            a, b = block(one.a), block(one.b)
            if one.verdict == "different":
                judged.append((one, "contradicted" if a == b else "in force"))
                apart += [(one.a, one.b)] * (a != b)
            elif any({block(x), block(y)} == {a, b} for x, y in apart if a != b):
                judged.append((one, "contradicted"))
            else:
                parent[a] = b
                judged.append((one, "in force"))
        return judged


def _latest_first(one: Decision) -> tuple[int, str]:
    return -one.at, one.id


def _standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that were not taken back; an undo that was taken back itself takes nothing back."""
    undone: set[str] = set()
    standing = []
    # An undo is later than what it takes back, so that nothing is judged before all that could take it back.
    for one in decisions:
        if one.id in undone:
            continue
        standing.append(one)
        if one.verdict == "undo":
            undone.add(one.of)
    return standing


def _valid(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    return tuple(one for one in _standing(decisions) if one.verdict != "undo" and one.a != one.b)


def _neighbours(decisions: Iterable[Decision]) -> dict[str, frozenset[str]]:
    beside: dict[str, set[str]] = defaultdict(set)
    for one in decisions:
        beside[one.a].add(one.b)
        beside[one.b].add(one.a)
    return {key: frozenset(others) for key, others in beside.items()}


UNDECIDED: Final = Decided()
