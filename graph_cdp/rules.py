"""What a customer holds of that which rules look at, and which rules a join of two customers would break.

A rule forbids sets of members: more of a group than its limit, or two members that say different things. Joining is
forbidden when such a set lies in the union of the two sides and has members on both: what one side holds already is no
new breach.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from graph_cdp.alike import alike
from graph_cdp.model import value_of
from graph_cdp.policy import CONTRADICTION, DECISION, VALUES, Policy

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Holding:
    """What the members of one customer hold.

    `counts` has the members of each group that is limited for ever, `times` the first sightings, in order, of those of
    each group that is limited within a window. `said` has what its members say: the values of traits that may
    contradict, by `contradiction/TRAIT`, for each decision that keeps two keys apart, `decision/ID`, which of the two
    keys are among them, and the values of each limited namespace whose values are recycled, by `values/NAMESPACE`.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    said: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.counts or self.times or self.said)

    def __or__(self, other: Holding) -> Holding:
        """What two customers hold together."""
        if not self or not other:
            return self or other
        counts = dict(self.counts)
        for group, count in other.counts.items():
            counts[group] = counts.get(group, 0) + count
        return Holding(
            counts,
            {name: tuple(sorted((*one, *two))) for name, one, two in _both(self.times, other.times, ())},
            {name: one | two for name, one, two in _both(self.said, other.said, _NOTHING)},
        )


NOTHING: Final = Holding()
_NOTHING: Final[frozenset[str]] = frozenset()


def _both(one: Mapping[str, Kind], other: Mapping[str, Kind], nothing: Kind) -> Iterator[tuple[str, Kind, Kind]]:
    for name in one.keys() | other.keys():
        yield name, one.get(name, nothing), other.get(name, nothing)


def holding_of(key: str, first_seen: int, said: Mapping[str, str], policy: Policy) -> Holding:
    """What a customer of this one key holds; `said` is what the key says, by group."""
    limit = policy.limit_group(key)
    values = {name: frozenset([value]) for name, value in said.items()}
    if limit is None:
        return Holding(said=values) if values else NOTHING
    group = limit[0]
    if group.startswith(VALUES):
        return Holding(said={**values, group: frozenset([value_of(key)])})
    if policy.window(group) is None:
        return Holding({group: 1}, said=values)
    return Holding(times={group: (first_seen,)}, said=values)


def together(holdings: Iterable[Holding]) -> Holding:
    """What many customers hold together."""
    counts: Counter[str] = Counter()
    times: dict[str, list[int]] = {}
    said: dict[str, set[str]] = {}
    for one in holdings:
        counts.update(one.counts)
        for group, seen in one.times.items():
            times.setdefault(group, []).extend(seen)
        for group, values in one.said.items():
            said.setdefault(group, set()).update(values)
    return Holding(
        dict(counts),
        {group: tuple(sorted(seen)) for group, seen in times.items()},
        {group: frozenset(values) for group, values in said.items()},
    )


def broken(one: Holding, other: Holding, policy: Policy, tier: int | None = None) -> list[str]:
    """The groups that forbid joining two sides by a link of `tier`; without a tier, by a link of any."""
    if not one or not other:
        return []
    found = _over(one.counts, other.counts, policy.limits)
    if one.times and other.times:
        found += [
            group
            for group in sorted(one.times.keys() & other.times.keys())
            if _crowded(one.times[group], other.times[group], policy.limits[group], policy.window(group) or 0)
        ]
    if one.said and other.said:
        found += [
            group
            for group in sorted(one.said.keys() & other.said.keys())
            if contradict(one.said[group], other.said[group], group, policy)
            and (tier is None or policy.keeps_apart_from(group) <= tier)
        ]
    return found


def contradict(one: Iterable[str], other: Iterable[str], group: str, policy: Policy) -> bool:
    """Whether some of what one side says in a group cannot stand beside what the other says."""
    least = policy.alike(group)
    if least is None:
        return len({*one, *other}) > policy.bears(group)
    there = list(other)
    return any(x != y and alike(x, y) < least for x in one for y in there)


def rules_between(one: Holding, other: Holding, policy: Policy, tier: int | None = None) -> str:
    """The names of the rules that forbid a join, as answers show them; empty where none does."""
    return ", ".join(sorted(map(policy.rule_name, broken(one, other, policy, tier))))


def _over(one: Mapping[str, int], other: Mapping[str, int], limits: Mapping[str, int]) -> list[str]:
    if len(one) > len(other):
        one, other = other, one
    return [group for group, held in one.items() if group in other and held + other[group] > limits[group]]


def _crowded(one: tuple[int, ...], other: tuple[int, ...], limit: int, window: int) -> bool:
    """Whether some window of time holds more than `limit` of both together, and some of each."""
    # A window may as well begin with a sighting: moved later until it does, it loses none.
    for start in (*one, *other):
        held = _within(one, start, window), _within(other, start, window)
        if all(held) and sum(held) > limit:
            return True
    return False


def _within(times: tuple[int, ...], start: int, window: int) -> int:
    return bisect_left(times, start + window) - bisect_left(times, start)


def compared(value: Any) -> str | None:
    """A value of a trait as it is compared: without case and without blanks around it; None where it says nothing."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return text.strip().casefold() or None


def said_by(
    key: str, claims: Mapping[str, tuple[int, str | None]], apart: Iterable[str], policy: Policy
) -> dict[str, str]:
    """What a key says, by group: its claims of traits that the policy compares, and the decisions that name it."""
    said = {f"{DECISION}{name}": key for name in apart}
    for trait, (_, value) in claims.items():
        if value is not None and trait in policy.contradictions:
            said[f"{CONTRADICTION}{trait}"] = value
    return said
