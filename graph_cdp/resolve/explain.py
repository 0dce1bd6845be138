"""Why two keys are one customer, or why they are not: questions to the links, answered by graph theory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from graph_cdp.model import Link, Span
from graph_cdp.policy import CONTRADICTION, Policy
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.ranking import Rank, rank
from graph_cdp.resolve.ways import Sides, cuts, way
from graph_cdp.rules import Holding, broken, holding_of, rules_between, said_by, together

# How a steward's word that two keys are the same is shown among the links of a path.
BY_DECISION: Final = "decision"


@dataclass(frozen=True, slots=True)
class Joined:
    """The path between two keys whose weakest link is as strong as any path has it.

    `bridges` are the links on it without which the two keys would fall apart.
    """

    path: tuple[Link, ...]
    weakest: Link
    bridges: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """The links between two customers that rules refuse, each with the rule and the values that it is broken by."""

    refused: tuple[tuple[Link, str], ...]
    values: Mapping[str, tuple[str, ...]]


def joined(a: str, b: str, links: Iterable[Link], policy: Policy, decided: Iterable[Link] = ()) -> Joined | None:
    """How the accepted `links` of one customer join `a` and `b`, and stewards' words, which are stronger than any link.

    None if they do not.
    """
    best: dict[tuple[str, str], tuple[Rank, Link]] = {(word.a, word.b): (_rank_of_word(word), word) for word in decided}
    for link in links:
        if policy.joins(link.kind):
            ranked = rank(link, policy), link
            best[link.a, link.b] = min(best.get((link.a, link.b), ranked), ranked, key=lambda pair: pair[0])
    pairs = sorted(best, key=lambda pair: best[pair][0])
    members = way(a, b, pairs)
    if members is None:
        return None
    path = [best[min(pair), max(pair)] for pair in pairwise(members)]
    return Joined(
        tuple(link for _, link in path),
        max(path, key=lambda ranked: ranked[0])[1],
        tuple(path[place][1] for place in cuts(members, pairs)),
    )


def parts_without(
    pair: tuple[str, str], links: Iterable[Link], policy: Policy, decided: Iterable[Link] = ()
) -> list[list[str]] | None:
    """What falls apart if the accepted links between two keys go: the keys on each side, the side of `pair[0]` first.

    One list where other links hold all together, None where no link that joins leads from one to the other.
    """
    pairs = {(link.a, link.b) for link in links if policy.joins(link.kind)} | {(word.a, word.b) for word in decided}
    without = pairs - {pair, pair[::-1]}
    if len(without) == len(pairs):
        return None
    sides = Sides(without)
    parts = [sides.with_(end) for end in pair]
    return parts if parts[0] != parts[1] else parts[:1]


def words(decided: Decided, keys: Collection[str]) -> list[Link]:
    """What stewards say joins these keys, as links."""
    return [Link(one.a, one.b, BY_DECISION, Span.at(one.at), frozenset([one.author])) for one in decided.joining(keys)]


def tier(link: Link, policy: Policy) -> int:
    """The tier of a link; a steward's word is stronger than the strongest."""
    return 0 if link.kind == BY_DECISION else policy.tier(link.kind)


def _rank_of_word(word: Link) -> Rank:
    return 0, word.span.first, 0, 0, word.a, word.b


@dataclass(frozen=True, slots=True)
class Member:
    """One key of a customer with what rules look at: its first sighting and what it said of its traits."""

    key: str
    first_seen: int
    claims: Mapping[str, tuple[int, str | None]]


def apart(
    one: Sequence[Member], other: Sequence[Member], links: Iterable[Link], policy: Policy, decided: Decided = UNDECIDED
) -> Apart:
    """The refused `links` between two customers with the members `one` and `other`, and why they are refused."""
    sides = [[(member, _held(member, policy, decided)) for member in side] for side in (one, other)]
    first, second = (together(held for _, held in side) for side in sides)
    refused = sorted((link for link in links if policy.joins(link.kind)), key=lambda link: rank(link, policy))
    members = [*sides[0], *sides[1]]
    return Apart(
        tuple((link, rules_between(first, second, policy, policy.tier(link.kind))) for link in refused),
        {policy.rule_name(group): _values(group, members) for group in broken(first, second, policy)},
    )


def _held(member: Member, policy: Policy, decided: Decided) -> Holding:
    said = said_by(member.key, member.claims, decided.apart(member.key), policy)
    return holding_of(member.key, member.first_seen, said, policy)


def _values(group: str, members: Iterable[tuple[Member, Holding]]) -> tuple[str, ...]:
    """The keys that break a rule, with what they say where that is what breaks it."""
    found = []
    for member, held in members:
        if group.startswith(CONTRADICTION):
            found += [f"{member.key} says {value}" for value in held.said.get(group, ())]
        elif group in held.counts or group in held.times or group in held.said:
            found.append(member.key)
    return tuple(sorted(found))
