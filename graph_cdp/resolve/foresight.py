"""Which identifiers a batch of links will have resolved anew, most likely: a guess that saves readings one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph_cdp.model import Link, namespace_of
from graph_cdp.policy import Policy
from graph_cdp.resolve.workspace import Customer, Workspace
from graph_cdp.rules import Holding, broken, holding_of

Pair = tuple[str, str]


@dataclass(slots=True, eq=False)
class _Side:
    """Customers and new keys that the batch joins, with a known key of each of these customers."""

    held: Holding
    members: list[Customer | str]
    known: set[str] = field(default_factory=set)


def foreseen(links: Iterable[Link], work: Workspace, policy: Policy) -> set[str]:
    """Known keys of customers between which a rule will stand, and those that will become shared."""
    pairs = {(link.a, link.b) for link in links if policy.joins(link.kind)}
    new = sorted(pair for pair in pairs if not (pair in work.pairs and work.pairs[pair].links))
    return _kept_apart(new, work, policy) | _nearly_shared(new, work, policy)


def _kept_apart(pairs: Iterable[Pair], work: Workspace, policy: Policy) -> set[str]:
    found: set[str] = set()
    sides: dict[Customer | str, _Side] = {}
    for a, b in pairs:
        if any(key in work.nodes and work.nodes[key].shared for key in (a, b)):
            continue
        one, other = _side(a, sides, work, policy), _side(b, sides, work, policy)
        if one is other:
            continue
        if broken(one.held, other.held, policy):
            found |= one.known | other.known
            continue
        if len(one.members) < len(other.members):
            one, other = other, one
        one.held, one.known = one.held | other.held, one.known | other.known
        one.members += other.members
        sides |= dict.fromkeys(other.members, one)
    return found


def _side(key: str, sides: dict[Customer | str, _Side], work: Workspace, policy: Policy) -> _Side:
    node = work.nodes.get(key)
    member = key if node is None else work.customer(node)
    if member not in sides:
        held = holding_of(key, 0, {}, policy) if isinstance(member, str) else member.held
        sides[member] = _Side(held, [member], set() if node is None else {key})
    return sides[member]


def _nearly_shared(pairs: Iterable[Pair], work: Workspace, policy: Policy) -> set[str]:
    partners = Counter[Pair]()
    found = set()
    for pair in pairs:
        for key, partner in (pair, pair[::-1]):
            node, counted = work.nodes.get(key), policy.partner_group(namespace_of(key), partner)
            if node is None or node.shared or counted is None:
                continue
            partners[key, counted[0]] += 1
            if node.partners.get(counted[0], 0) + partners[key, counted[0]] > counted[1]:
                found.add(key)
    return found
