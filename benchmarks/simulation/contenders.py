"""What makes customers of observations: no rules, the rules of two products as they document them, and ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from typing import Final

import polars as pl

from benchmarks.simulation.population import DAY
from benchmarks.simulation.visits import Observation
from graph_cdp.epochs import renamed
from graph_cdp.epochs import split as epochs_in
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk

Customers = Mapping[str, Hashable]
_SCHEMA: Final = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}
_TOLD: Final = {"key": pl.String, "trait": pl.String, "value": pl.String, "at": pl.Int64}


@dataclass(frozen=True, slots=True)
class Seen:
    """Observations in the order of their arrival, and the same as `graph-cdp resolve` takes them."""

    observations: Sequence[Observation]
    links: pl.DataFrame

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> Seen:
        """Every pair of keys that were seen together, and when each key was seen."""
        rows: list[tuple[str, str | None, str, int]] = []
        for each in observations:
            rows += [(key, None, "", each.at) for key in each.keys]
            rows += [(a, b, each.kind, each.at) for a, b in combinations(each.keys, 2)]
        return cls(observations, pl.DataFrame(rows, schema=_SCHEMA, orient="row"))

    def shuffled(self, seed: int) -> Seen:
        """The same in another order."""
        order = list(self.observations)
        Random(seed).shuffle(order)
        return Seen(order, self.links.sample(fraction=1, shuffle=True, seed=seed))


def names(observations: Sequence[Observation], policy: Policy) -> pl.DataFrame:
    """The names as `bulk.resolve` takes them: each said by the most trusted key of its observation that is no order."""
    rows = [
        (
            min(each.keys, key=lambda key: (_type(key) == "order", policy.trust(_type(key)), key)),
            "first_name",
            each.name,
            each.at,
        )
        for each in observations
        if each.name
    ]
    return pl.DataFrame(rows, schema=_TOLD, orient="row")


def ours(seen: Seen, policy: Policy) -> Customers:
    """The customers that graph-cdp makes under a policy; without rules: plain connected components."""
    links, epochs = epochs_in(seen.links, policy)
    told = renamed(names(seen.observations, policy), "key", "at", epochs) if policy.contradictions else None
    members = bulk.resolve(links, policy, told=told)
    anchors = members.keys.gather(members.anchor).gather(members.customer)
    return dict(zip(members.keys.to_list(), anchors.to_list(), strict=True))


@dataclass(slots=True)
class _Profile:
    """Identifiers with when each was last seen, and the profile that this one was merged into."""

    seen: dict[str, int] = field(default_factory=dict)
    into: _Profile | None = None
    born: int = 0


def _today(profile: _Profile) -> _Profile:
    while profile.into is not None:
        if profile.into.into is not None:
            profile.into = profile.into.into
        profile = profile.into
    return profile


def _type(key: str) -> str:
    return key.partition(":")[0]


_IDENTIFIERS: Final = ("user_id", "email", "anonymous_id", "device", "loyalty_card", "phone")


def _identifiers(each: Observation) -> list[str]:
    """What these products would be told to take as identifiers: everything but orders, the strongest first."""
    return sorted(
        (key for key in each.keys if _type(key) in _IDENTIFIERS), key=lambda k: (_IDENTIFIERS.index(_type(k)), k)
    )


def segment(seen: Seen, *, windows: bool) -> Customers:
    """Segment Unify, as https://segment.com/docs/unify/identity-resolution/identity-resolution-onboarding/ has it.

    An event goes to the profiles that match any of its identifiers, which become one. If the profile would hold more
    than one user_id, or more than five of another type, the identifier of the lowest priority on the event is demoted
    and the rest tried again. Priorities are the default: user_id, email, the others by alphabet. `windows` are those
    that the page recommends: five weekly of anonymous_id, five annually of e-mail, phone, card and device.
    """
    profiles: dict[str, _Profile] = {}
    for each in seen.observations:
        keys = _identifiers(each)
        while keys:
            found = list({id(p): p for key in keys if key in profiles for p in [_today(profiles[key])]}.values())
            held: dict[str, int] = {}
            for profile in found:
                held |= profile.seen
            for key in keys:
                held[key] = max(held.get(key, each.at), each.at)
            if not _too_many(held, each.at, windows) or len(keys) == 1:
                _settle(profiles, found, held)
                break
            keys.pop()
    return {key: id(_today(profile)) for key, profile in profiles.items()}


_WINDOWS: Final = {"anonymous_id": 7 * DAY}


def _too_many(seen: Mapping[str, int], now: int, windows: bool) -> bool:
    counts: Counter[str] = Counter()
    for key, at in seen.items():
        kind = _type(key)
        if not windows or kind == "user_id" or now - at <= _WINDOWS.get(kind, 365 * DAY):
            counts[kind] += 1
    return any(count > (1 if kind == "user_id" else 5) for kind, count in counts.items())


def _settle(profiles: dict[str, _Profile], found: list[_Profile], seen: dict[str, int]) -> None:
    keep = found[0] if found else _Profile()
    keep.seen = seen
    for profile in found[1:]:
        profile.into = keep
    for key in seen:
        profiles.setdefault(key, keep)


def snowplow(seen: Seen) -> Customers:
    """Snowplow Identities, as https://docs.snowplow.io/docs/identities/concepts/unique-identifiers/ has it.

    An event joins the ids that its identifiers are linked to, unless they or the event hold two values of user_id, the
    one type that is marked as unique. Then an event with a user_id goes to that user's id, a new one for a new user,
    and all its identifiers are linked to it as well. An identifier that several users' ids are linked to is nobody's:
    it joins nothing any more.
    """
    homes: dict[str, list[_Profile]] = {}
    for number, each in enumerate(seen.observations):
        keys = _identifiers(each)
        found = [_snowplow_ids(homes, key) for key in keys]
        sure = {id(ids[0]): ids[0] for ids in found if len(ids) == 1}
        users = {key for profile in sure.values() for key in profile.seen if _type(key) == "user_id"}
        own = {key for key in keys if _type(key) == "user_id"}
        if len(users | own) <= 1:
            joined = sorted(sure.values(), key=lambda profile: profile.born)
        else:
            joined = [profile for profile in sure.values() if own and own <= profile.seen.keys()]
            if not own:
                continue
        keep = joined[0] if joined else _Profile(born=number)
        for profile in joined[1:]:
            profile.into = keep
            keep.seen |= profile.seen
        for key, ids in zip(keys, found, strict=True):
            if len(ids) <= 1 or own:
                keep.seen[key] = each.at
                homes.setdefault(key, []).append(keep)
    return {key: id(ids[0]) if len(ids) == 1 else key for key in homes for ids in [_snowplow_ids(homes, key)]}


def _snowplow_ids(homes: dict[str, list[_Profile]], key: str) -> list[_Profile]:
    return list({id(p): p for home in homes.get(key, ()) for p in [_today(home)]}.values())
