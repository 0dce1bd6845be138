"""The canonical greedy join: links in one total order, each joins its two sides unless a rule forbids it.

Works on any hashable members, on dense integers in the batch and on keys in the stream: it is the same function.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from graph_cdp.policy import Policy
from graph_cdp.rules import NOTHING, Holding, broken

Member = TypeVar("Member", bound=Hashable)


def join(
    members: Iterable[Member],
    pairs: Iterable[tuple[Member, Member, int]],
    holdings: Mapping[Member, Holding],
    policy: Policy,
    blocks: Iterable[tuple[Member, Member]] = (),
) -> dict[Member, Member]:
    """Each member's representative after joining `pairs`, with the tiers of their links, in the order given.

    `holdings` has the members that hold anything of what rules look at. The pairs of `blocks` are joined first,
    whatever the rules say. Which member represents a side is an accident; that two members have the same one is the
    answer.
    """
    parent = {member: member for member in members}
    size = dict.fromkeys(parent, 1)
    held = dict(holdings)

    def root(member: Member) -> Member:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def unite(keep: Member, gone: Member) -> None:
        if size[keep] < size[gone]:
            keep, gone = gone, keep
        parent[gone] = keep
        size[keep] += size[gone]
        if gone in held:
            held[keep] = held.get(keep, NOTHING) | held.pop(gone)

    for a, b in blocks:
        one, other = root(a), root(b)
        if one != other:
            unite(one, other)
    for a, b, tier in pairs:
        one, other = root(a), root(b)
        if one != other and not (one in held and other in held and broken(held[one], held[other], policy, tier)):
            unite(one, other)
    return {member: root(member) for member in parent}
