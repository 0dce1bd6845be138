"""When a customer came into a group, or left it: the moments at which the answer of a condition changes.

A pure function of what happened: between two moments at which something happens, or at which it passes out of a time
that the condition looks at, nothing changes. What a profile says that moves with the calendar alone (an age, a risk)
is looked at when something happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from graph_cdp.audience import tree
from graph_cdp.audience.subject import ALWAYS, Subject
from graph_cdp.audience.weigh import Holds, chosen, compiled

MOST: Final = 400


def changed(condition: tree.Condition, subject: Subject) -> tuple[bool, float | None]:
    """Whether the condition holds now, and since when that is so: `ALWAYS` where it never was otherwise.

    None where the moment lies further back than is looked: at the last 400 moments at which it could have changed.
    """
    holds, now = compiled(condition), holds_now(condition, subject)
    moments = sorted(moments_of(condition, subject), reverse=True)
    for number, moment in enumerate(moments[:MOST]):
        # Just before the moment: the state of the moment before this one, or of the time before everything.
        earlier = moments[number + 1] if number + 1 < len(moments) else ALWAYS
        if _before(holds, subject, earlier) != now:
            return now, moment
    return now, ALWAYS if len(moments) <= MOST else None


def holds_now(condition: tree.Condition, subject: Subject) -> bool:
    """Whether the condition holds now."""
    return compiled(condition)(subject, subject.now)


def _before(holds: Holds, subject: Subject, moment: float) -> bool:
    return holds(subject, moment) if moment != ALWAYS else holds(nothing(subject), ALWAYS)


def nothing(subject: Subject) -> Subject:
    """The customer before anything happened but what has no date."""
    items = {kind: [item for item in found if item.at == ALWAYS] for kind, found in subject.items.items()}
    return Subject(subject.customer_id, ALWAYS, items, lambda _: {})


def moments_of(condition: tree.Condition, subject: Subject) -> set[float]:
    """The times until now at which the answer may change."""
    found: set[float] = set()
    for items, windows in watched(condition):
        times = {item.at for item in chosen(items)(subject, subject.now) if item.at != ALWAYS}
        found |= {at + window for at in times for window in (0.0, *windows)}
    if tree.reads_profile(condition):
        found |= {item.at for part in subject.items.values() for item in part if item.at != ALWAYS}
    return {at for at in found if at <= subject.now}


def watched(condition: tree.Condition) -> list[tuple[tree.Items, tuple[float, ...]]]:
    """The items that a condition looks at, whenever they happened, each with the times after which that changes it."""
    windows: dict[tree.Items, set[float]] = {}
    for node, spans in _looked_at(condition):
        plain = tree.Items(node.kind, node.names, node.where)
        own = {node.span.last} if node.span.last is not None else set()
        windows.setdefault(plain, set()).update(spans, own)
    return [(items, tuple(sorted(spans))) for items, spans in windows.items()]


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
