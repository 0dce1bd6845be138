"""Who is in which segment, kept by this process and brought up to date by whom something was told about since.

It may be thrown away at any time: what it says is what a recount says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np

from graph_cdp.audience.columns import Columns
from graph_cdp.audience.groups import Segment, segments_of
from graph_cdp.audience.moving import Mover, mover
from graph_cdp.audience.subject import Subject
from graph_cdp.crowd.people import PAGE, People, uncollected
from graph_cdp.predict.model import KEPT_AS
from graph_cdp.store.transaction import EVERYBODY

Answer = TypeVar("Answer")

# So often is counted anew what moves at any time although nothing happens.
SECONDS: Final = 60.0
_DAY: Final = 86_400.0


@dataclass(slots=True)
class Roll:
    """The customers of one moment, each with the segments that it is in: a bit for each, in the order of `segments`."""

    segments: list[Segment]
    mark: Any
    touches: int
    made: float
    seen: float
    held: dict[str, int] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    # When windows of time move somebody although nothing happens, the next first; and the next of each customer.
    due: list[tuple[float, str]] = field(default_factory=list)
    next: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counts = [0] * len(self.segments)

    @property
    def movers(self) -> set[Mover]:
        """What moves any of the segments."""
        return {mover(one.condition) for one in self.segments}

    def take(self, subjects: list[Subject]) -> None:
        """Weighs customers, anew where they are known."""
        with uncollected():
            self._take(subjects)

    def _take(self, subjects: list[Subject]) -> None:
        page, ids = Columns(subjects), [one.customer_id for one in subjects]
        held, due = np.zeros(len(ids), dtype=object), np.full(len(ids), np.inf)
        for number, one in enumerate(self.segments):
            held += page.holds(one.condition).astype(object) * (1 << number)
            due = np.minimum(due, page.due(one.condition))
        for id, bits, when in zip(ids, held, due, strict=True):
            self._put(id, int(bits))
            if when < self.next.get(id, np.inf):
                self.next[id] = float(when)
                heappush(self.due, (float(when), id))

    def leave(self, ids: Iterable[str]) -> None:
        """Takes out customers that there are no more."""
        for id in ids:
            self._put(id, 0)
            self.held.pop(id, None)

    def _put(self, id: str, bits: int) -> None:
        changed = self.held.get(id, 0) ^ bits
        self.held[id] = bits
        while changed:
            number = (changed & -changed).bit_length() - 1
            self.counts[number] += 1 if bits >> number & 1 else -1
            changed &= changed - 1

    def moved(self, now: float) -> set[str]:
        """Those whom time may have moved until now, who are not told again."""
        found = set()
        while self.due and self.due[0][0] <= now:
            found.add(heappop(self.due)[1])
        for id in found:
            self.next.pop(id, None)
        return found & self.held.keys()

    def members(self, name: str, after: str = "") -> list[str]:
        """The ids of those in a segment, after one, in their order."""
        number = [one.name for one in self.segments].index(name)
        return sorted(id for id, bits in self.held.items() if bits >> number & 1 and id > after)


class Rolls:
    """The roll of this process, of which the newest is kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: Roll | None = None

    @property
    def kept(self) -> bool:
        """Whether there is a roll already, so that bringing it up to date may cost little."""
        return self._kept is not None

    def ask(self, people: People, question: Callable[[Roll], Answer]) -> Answer:
        """What the roll of this moment answers, under the segments of the policy in force."""
        with self._lock:
            # Where reading fails, part of it may have been brought up to date, and it is good for nothing.
            roll, self._kept = self._kept, None
            self._kept = _followed(roll, people) or _anew(people)
            return question(self._kept)


def _followed(roll: Roll | None, people: People) -> Roll | None:
    """The roll brought up to date; None where that takes as long as making it anew, or is not possible."""
    if roll is None or roll.mark != _mark(people) or _is_old(roll, people):
        return None
    rows = people.graph.ask("read/touches", after=roll.touches)
    touched = {id for row in rows for id in row["customers"]}
    if EVERYBODY in touched or (rows and rows[0]["number"] != roll.touches + 1):
        return None
    if touched and Mover.ANYTHING in roll.movers:
        return None
    wanted = touched | roll.moved(people.days)
    if len(wanted) > max(PAGE, len(roll.held) // 2):
        return None
    there = set()
    for subjects in people.those(sorted(wanted)):
        there |= {one.customer_id for one in subjects}
        roll.take(subjects)
    roll.leave(wanted - there)
    roll.seen = people.days
    roll.touches = rows[-1]["number"] if rows else roll.touches
    return roll


def _mark(people: People) -> Any:
    """What is another whenever everybody has to be looked at again."""
    return people.terms.policy.text, people.graph.setting(KEPT_AS)


def _is_old(roll: Roll, people: People) -> bool:
    now = people.days
    if now < roll.seen:
        return True  # the clock was set back
    if Mover.ANYTHING in roll.movers and (now - roll.made) * _DAY >= SECONDS:
        return True
    return Mover.DAY in roll.movers and int(now) != int(roll.made)


def _anew(people: People) -> Roll:
    rows = people.graph.ask("read/last_touch")
    # Asked before anybody is read: what is told meanwhile is followed later.
    segments = list(segments_of(people.terms.policy).values())
    roll = Roll(segments, _mark(people), rows[0]["number"] if rows else 0, people.days, people.days)
    for page in people.pages():
        roll.take(page)
    return roll
