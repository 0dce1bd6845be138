"""Observations as those of the epochs that their values are in, and what has to be told anew where epochs change.

A sighting in an epoch, or later than all, leaves the epochs that there are as they are. One that begins an epoch
earlier, stands before the first, or brings two together, changes what their keys are called: then everything that was
observed with the value is told again under the new keys.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from graph_cdp.epochs import ONE_EPOCH, Epochs, parted
from graph_cdp.model import UNDATED, Observation, Span, epoch_key, namespace_of, value_of
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import Decided
from graph_cdp.state import Neighbourhood, Reader, Retold

Known = Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Recycling:
    """What epochs make of some observations: `named` with the keys of epochs.

    `anew` are the values that are told anew, `gone` the keys that they had, and `retold` all that was observed with
    them. `meant` are keys that decisions are about now, or were, and `touched` all keys that have to be read for it.
    """

    named: Sequence[Observation]
    epochs: Epochs = ONE_EPOCH
    anew: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    retold: tuple[Retold, ...] = ()
    meant: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()

    def knows(self, policy: Policy, decided: Decided) -> Decided:
        """The decisions about the keys that they mean."""
        return decided.meaning(lambda key: self.epochs.meant(key, policy)) if decided.names_sightings else decided


def epochs_named(keys: Iterable[str], policy: Policy, reader: Reader) -> Epochs:
    """The epochs that the graph has of the values in keys."""
    values = {value for key in keys if policy.rest(namespace_of(value := value_of(key)))}
    return Epochs.named(name for names in _known(values, Neighbourhood(), reader).values() for name in names)


def recycled(
    fresh: Sequence[Observation], policy: Policy, decided: Decided, start: Neighbourhood, reader: Reader
) -> Recycling:
    """What the epochs of the values in `fresh`, and in decisions, make of it.

    `start` has the first epochs of the values in `fresh`, as far as the graph has them.
    """
    seen: dict[str, list[Span]] = {}
    for one in fresh if policy.rests else ():
        for value in _values(one.keys, policy):
            seen.setdefault(value, []).append(Span.at(one.occurred_at))
    decisive = {value for value in decided.values_with_sightings if policy.rest(namespace_of(value))}
    if not seen and not decided.names_sightings:
        return Recycling(fresh)
    known = _known(seen.keys() | decisive, start, reader, asked=seen.keys())
    epochs = {
        value: parted([*names.values(), *seen.get(value, ())], _rest(value, policy)) for value, names in known.items()
    }
    anew = frozenset(value for value in seen if _changes(value, known[value], epochs[value]))
    gone = frozenset(name for value in anew for name in known[value])
    told = reader.observed(gone) if gone else ()
    others = {value for one in told for value in _values(one.keys, policy)} - known.keys()
    for value, names in _known(others, Neighbourhood(), reader).items():
        epochs[value] = parted(names.values(), _rest(value, policy))
    now, before = _begun(epochs), Epochs.named(name for names in known.values() for name in names)
    meant = frozenset(
        key
        for one in decided.keys
        if before.meant(one, policy) != now.meant(one, policy)
        for key in (before.meant(one, policy), now.meant(one, policy))
    )
    several = {name for value, names in known.items() if value in now.later for name in (value, *names)}
    return Recycling(
        [replace(one, keys=now.names(one.keys, one.occurred_at)) for one in fresh] if now.later else fresh,
        now,
        anew,
        gone,
        tuple(replace(one, keys=now.names(one.keys, one.occurred_at)) for one in told),
        meant,
        gone | meant | several,
    )


def _begun(epochs: Mapping[str, Sequence[Span]]) -> Epochs:
    return Epochs({value: tuple(span.first for span in spans[1:]) for value, spans in epochs.items() if spans[1:]})


def _rest(value: str, policy: Policy) -> int:
    return policy.rest(namespace_of(value)) or 0


def _values(keys: Iterable[str], policy: Policy) -> set[str]:
    return {key for key in keys if policy.rest(namespace_of(key)) and not policy.is_blocked(key)}


def _known(
    values: AbstractSet[str], start: Neighbourhood, reader: Reader, asked: AbstractSet[str] = frozenset()
) -> dict[str, dict[str, Span]]:
    """The epochs of each value that there are, by their keys; `start` has the first ones of those that were `asked`."""
    found: dict[str, dict[str, Span]] = {value: {} for value in values}
    read = {node.key: node for node in start.nodes}
    unread = sorted(values - read.keys() - asked)
    read |= {node.key: node for node in (reader.start(unread, []).nodes if unread else ())}
    first = [read[value] for value in sorted(values) if value in read]
    later = {epoch_key(node.key, begun): node.key for node in first for begun in node.later}
    for node in (*first, *(reader.start(sorted(later), []).nodes if later else ())):
        found[later.get(node.key, node.key)][node.key] = node.span
    return found


def _changes(value: str, known: Known, epochs: Sequence[Span]) -> bool:
    """Whether an epoch that there is has another key from now on, or has become one with another."""
    dated = {name: span for name, span in known.items() if span.first != UNDATED}
    names = []
    for span in dated.values():
        number = bisect_right([epoch.first for epoch in epochs], span.first) - 1
        names.append(value if number == 0 else epoch_key(value, epochs[number].first))
    return names != list(dated)
