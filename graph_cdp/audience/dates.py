"""When a customer came into a group, and left it: the moments at which the answer of a condition changes.

A pure function of what happened: between two moments at which something happens, or at which it passes out of a time
that the condition looks at, nothing changes. What moves with the calendar alone (an age, a risk) is looked at when
something happens and right before the next thing does, and where two such answers differ, the time between is halved
until the second is found at which they do. What the calendar moves there and back between two things is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any, Final

from graph_cdp.audience import tree
from graph_cdp.audience.moving import Mover, mover
from graph_cdp.audience.subject import ALWAYS, Subject
from graph_cdp.audience.weigh import Holds, chosen, compiled, steady

MOST: Final = 400
_SECONDS: Final = 86_400
# So little after a moment has everything passed that passes at it, whichever way sums of times were rounded.
_SOON: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in a group: since when (`ALWAYS`: as far as there are dates), and until when (None: still)."""

    entered: float | None
    left: float | None = None


def stay(condition: tree.Condition, subject: Subject) -> Stay | None:
    """The last time in the group: the present one, or the one that has ended; None of who never was in it.

    `entered` is None where it lies further back than is looked: at the last 400 moments at which the answer could have
    changed. Who left before those is not told from who never was in it. Nobody leaves a group before anything is known
    of them: that somebody who came with a first order had none before says nothing.
    """
    found = changes(condition, subject)
    if holds_now(condition, subject):
        return Stay(next(found))
    left = next(found)
    return None if left is None or left <= subject.beginning else Stay(next(found), left)


def changes(condition: tree.Condition, subject: Subject) -> Iterator[float | None]:
    """The times at which the answer became another, the newest first; at last `ALWAYS`, or None where looking ends."""
    holds = compiled(condition)
    moments = sorted(moments_of(condition, subject))
    ends, now = [*moments[1:], subject.now], holds(subject, subject.now)
    drifts = mover(condition) is not Mover.WINDOWS
    for moment, end in list(zip(moments, ends, strict=False))[-MOST:][::-1]:
        if drifts:
            # Of two changes, by the calendar and by what happened then, the later one comes first.
            last = _second(end) - 1
            if end < subject.now and moment < last / _SECONDS and holds(subject, last / _SECONDS) != now:
                yield end
                now = not now
        if drifts or end < subject.now:
            was = holds(subject, min(moment + _SOON, (moment + end) / 2))
            if was != now:
                yield _between(holds, subject, (moment, end), was) if drifts else end
                now = was
    if len(moments) > MOST:
        yield None
        return
    if moments and holds(nothing(subject), ALWAYS) != now:
        yield moments[0]
    yield ALWAYS


def _between(holds: Holds, subject: Subject, moments: tuple[float, float], was: bool) -> float:
    """The second between two moments at which the answer becomes another, the later one where there is none."""
    first, last = _second(moments[0]), _second(moments[1]) - 1
    if last <= first or holds(subject, last / _SECONDS) == was:
        return moments[1]
    while last - first > 1:
        half = (first + last) // 2
        if holds(subject, half / _SECONDS) == was:
            first = half
        else:
            last = half
    return last / _SECONDS


def _second(at: float) -> int:
    """The first whole second since 1970 that is not before a time."""
    return ceil(round(at * _SECONDS, 4))


def holds_now(condition: tree.Condition, subject: Subject) -> bool:
    """Whether the condition holds now."""
    return compiled(condition)(subject, subject.now)


def nothing(subject: Subject) -> Subject:
    """The customer before anything happened but what has no date."""
    told = subject.known_at(ALWAYS).items
    items = {kind: [item for item in found if item.at == ALWAYS] for kind, found in told.items()}
    return Subject(subject.customer_id, ALWAYS, items, lambda _: {})


def moments_of(condition: tree.Condition, subject: Subject) -> set[float]:
    """The times until now at which the answer may change."""
    found: set[float] = set()
    for items, windows in watched(condition):
        told = subject if items.kind == "events" else subject.ever
        times = {item.at for item in chosen(items)(told, subject.now) if item.at != ALWAYS}
        found |= {at + window for at in times for window in (0.0, *windows)}
        if told is not subject:
            found |= {version.since for version in subject.versions if version.since != ALWAYS}
    parts = tree.parts_read(condition)
    if parts == {"traits"}:
        found.update(subject.said)
    elif parts:
        found |= {item.at for part in subject.items.values() for item in part if item.at != ALWAYS}
    return {at for at in found if at <= subject.now}


@lru_cache(maxsize=1024)
def watched(condition: tree.Condition) -> tuple[tuple[tree.Items, tuple[float, ...]], ...]:
    """The items that a condition looks at, whenever they happened, each with the times after which that changes it."""
    windows: dict[tree.Items, set[float]] = {}
    for node, spans in _looked_at(condition):
        plain = tree.Items(node.kind, node.names, node.where if steady(node.where) else None)
        own = {node.span.last} if node.span.last is not None else set()
        ago = {one.days for one in tree.walk(node.where) if isinstance(one, tree.Ago)}
        windows.setdefault(plain, set()).update(spans, own, ago)
    return tuple((items, tuple(sorted(spans))) for items, spans in windows.items())


def _looked_at(node: Any) -> Iterator[tuple[tree.Items, tuple[float, ...]]]:
    numbers = tuple(
        days
        for one in tree.walk(node)
        if isinstance(one, tree.Literally) and isinstance(one.value, float)
        for days in (one.value, one.value + 1, float(int(one.value) + 1))
        if 0 < days < 36_500
    )
    for one in tree.walk(node):
        match one:
            case tree.DaysSince(items):
                yield items, numbers
            case tree.Count(items) | tree.Figured(items=items):
                yield items, ()
            case tree.Change(value=value, days=days):
                yield value.items, (days, 2 * days)
            case tree.Happened(items, steps=steps):
                spans = tuple(step.within for step in steps if step.within is not None)
                for one_items in (items, *(step.items for step in steps)):
                    yield one_items, spans
