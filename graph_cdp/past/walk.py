"""Which observations of a moment can matter to some keys: those of the raw component in which the keys were then.

It need not lie inside the component of today: an identifier may have become shared since. So it is found by walking
over the observations themselves, which stops at identifiers that were shared then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from graph_cdp.epochs import Epochs, parted
from graph_cdp.model import UNDATED, Span, namespace_of, value_of
from graph_cdp.past.moment import Moment
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import Decided
from graph_cdp.store import codec
from graph_cdp.store.questions import Questions

Event = Mapping[str, Any]


def walked(
    graph: Questions, keys: Collection[str], moment: Moment, policy: Policy, decided: Decided
) -> dict[str, Event]:
    """The observations, by uid, of all keys that joining links and decisions connected with `keys` by then."""
    events: dict[str, Event] = {}
    decided = decided.meaning(value_of)
    found = frontier = set(map(value_of, keys))
    while frontier:
        asked = sorted(frontier | _later_epochs(graph, frontier, policy))
        rows = graph.ask("read/observed_by", keys=asked, happened=moment.happened, told=moment.told)
        events |= {row["uid"]: row for row in rows}
        met = _met(frontier, rows, policy)
        reached = {other for key, others in met.items() if not _shared(key, others, policy) for other in others}
        frontier = (reached | _decided_with(frontier, decided)) - found
        found = found | frontier
    return events


def _met(keys: Collection[str], rows: Iterable[Event], policy: Policy) -> dict[str, set[str]]:
    """The usable keys that each of `keys`, of recycled values each epoch, has joining links with."""
    met: dict[str, set[str]] = defaultdict(set)
    epochs = epochs_then(rows, policy)
    for row in rows:
        if policy.joins(row["kind"]):
            usable = [key for key in row["keys"] if not policy.is_blocked(key)]
            for key in usable:
                if key in keys:
                    name = epochs.name(key, codec.instant(row["at"], UNDATED))
                    met[name].update(other for other in usable if other != key)
    return met


def _later_epochs(graph: Questions, keys: Collection[str], policy: Policy) -> set[str]:
    """The keys of the later epochs that these values have today."""
    recycled = sorted(key for key in keys if policy.rest(namespace_of(key)))
    rows = graph.ask("read/homes", keys=recycled) if recycled else []
    return set(Epochs({row["key"]: codec.later_of(row["later"]) for row in rows if row["later"]}).all_keys())


def epochs_then(events: Iterable[Event], policy: Policy) -> Epochs:
    """The epochs of the values of which all observations are among these."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for event in events if policy.rests else ():
        for key in event["keys"]:
            if policy.rest(namespace_of(key)) and not policy.is_blocked(key):
                spans[key].append(Span.at(codec.instant(event["at"], UNDATED)))
    parts = {key: parted(seen, policy.rest(namespace_of(key)) or 0) for key, seen in spans.items()}
    return Epochs({key: tuple(span.first for span in epochs[1:]) for key, epochs in parts.items() if epochs[1:]})


def _shared(key: str, partners: Iterable[str], policy: Policy) -> bool:
    counts: dict[str, int] = defaultdict(int)
    for partner in partners:
        if group := policy.partner_group(namespace_of(key), partner):
            counts[group[0]] += 1
            if counts[group[0]] > group[1]:
                return True
    return False


def _decided_with(keys: Iterable[str], decided: Decided) -> set[str]:
    return {other for key in keys for other in decided.same.get(key, ())}
