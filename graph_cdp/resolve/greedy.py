"""The canonical greedy join: links in one total order, each joins its two sides unless a rule forbids it.

Works on any hashable members, on dense integers in the batch and on keys in the stream: it is the same function.
A rule here is a limit: a member belongs to at most one limited group, and a customer may hold so many of a group.
Joining is forbidden when both sides hold members of a group and together more than its limit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from graph_cdp.policy import broken_limits

Member = TypeVar("Member", bound=Hashable)
Group = TypeVar("Group", bound=Hashable)


def join(
    members: Iterable[Member],
    pairs: Iterable[tuple[Member, Member]],
    group_of: Mapping[Member, Group],
    limits: Mapping[Group, int],
) -> dict[Member, Member]:
    """Each member's representative after joining `pairs` in the order given.

    `group_of` has the limited members only. Which member represents a side is an accident; that two members have the
    same one is the answer.
    """
    parent = {member: member for member in members}
    size = dict.fromkeys(parent, 1)
    held: dict[Member, dict[Group, int]] = {member: {group: 1} for member, group in group_of.items()}
    nothing: dict[Group, int] = {}

    def root(member: Member) -> Member:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for a, b in pairs:
        keep, gone = root(a), root(b)
        if keep == gone:
            continue
        if broken_limits(held.get(keep, nothing), held.get(gone, nothing), limits):
            continue
        if size[keep] < size[gone]:
            keep, gone = gone, keep
        parent[gone] = keep
        size[keep] += size[gone]
        for group, count in held.pop(gone, nothing).items():
            kept = held.setdefault(keep, {})
            kept[group] = kept.get(group, 0) + count
    return {member: root(member) for member in parent}
