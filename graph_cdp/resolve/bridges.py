"""Single links that hold two large parts of a customer together: where a wrong join would show first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph_cdp.model import Link
from graph_cdp.policy import Policy
from graph_cdp.resolve.ranking import rank


@dataclass(frozen=True, slots=True)
class Bridge:
    """A link without which a customer falls into two parts: the keys on the side of each of its ends."""

    link: Link
    one: frozenset[str]
    other: frozenset[str]

    @property
    def smaller(self) -> int:
        """How many keys the smaller part has."""
        return min(len(self.one), len(self.other))


def bridges(links: Iterable[Link], policy: Policy, least: int, decided: Iterable[tuple[str, str]] = ()) -> list[Bridge]:
    """The bridges among the accepted `links` of one customer with `least` keys on either side, the gravest first.

    Pairs that are `decided` to be the same hold together whatever else goes.
    """
    import networkx as nx  # noqa: PLC0415 - a third of a second that no other command should wait for

    best: dict[tuple[str, str], Link] = {}
    for link in sorted(links, key=lambda one: rank(one, policy)):
        if policy.joins(link.kind):
            best.setdefault((link.a, link.b), link)
    answered = set(decided)
    graph: nx.Graph[str] = nx.Graph([*best.keys(), *answered])
    found = []
    for pair in list(nx.bridges(graph)):
        a, b = sorted(pair)
        if (a, b) in answered:
            continue
        graph.remove_edge(a, b)
        one = frozenset(nx.node_connected_component(graph, a))
        graph.add_edge(a, b)
        other = frozenset(graph.nodes) - one
        if min(len(one), len(other)) >= least:
            found.append(Bridge(best[a, b], one, other))
    return sorted(found, key=lambda bridge: (-bridge.smaller, -policy.tier(bridge.link.kind), bridge.link.a))
