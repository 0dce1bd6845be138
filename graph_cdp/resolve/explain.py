"""Why two keys are one customer, or why they are not: questions to the links, answered by graph theory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_cdp.model import Link
from graph_cdp.policy import Policy, broken_limits
from graph_cdp.resolve.ranking import Rank, rank


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


def joined(a: str, b: str, links: Iterable[Link], policy: Policy) -> Joined | None:
    """How the accepted `links` of one customer join `a` and `b`; None if they do not."""
    import networkx as nx  # noqa: PLC0415 - a third of a second that no other command should wait for

    best: dict[tuple[str, str], tuple[Rank, Link]] = {}
    for link in links:
        if policy.joins(link.kind):
            ranked = rank(link, policy), link
            best[link.a, link.b] = min(best.get((link.a, link.b), ranked), ranked, key=lambda pair: pair[0])
    graph: nx.Graph[str] = nx.Graph()
    ordered = sorted(best.values(), key=lambda pair: pair[0])
    graph.add_weighted_edges_from((link.a, link.b, place) for place, (_, link) in enumerate(ordered))
    if a not in graph or b not in graph or not nx.has_path(graph, a, b):
        return None
    tree = nx.minimum_spanning_tree(graph)
    path = [best[min(pair), max(pair)][1] for pair in nx.utils.pairwise(nx.shortest_path(tree, a, b))]
    cuts = {frozenset(pair) for pair in nx.bridges(graph)}
    return Joined(
        tuple(path),
        max(path, key=lambda link: rank(link, policy)),
        tuple(link for link in path if frozenset((link.a, link.b)) in cuts),
    )


def apart(one: Iterable[str], other: Iterable[str], links: Iterable[Link], policy: Policy) -> Apart:
    """The refused `links` between two customers with the keys `one` and `other`, and why they are refused."""
    first, second = _by_group(one, policy), _by_group(other, policy)
    counts = [{group: len(keys) for group, keys in side.items()} for side in (first, second)]
    broken = sorted(broken_limits(counts[0], counts[1], policy.limits))
    rules = ", ".join(policy.rule_name(group) for group in broken)
    refused = sorted((link for link in links if policy.joins(link.kind)), key=lambda link: rank(link, policy))
    return Apart(
        tuple((link, rules) for link in refused),
        {policy.rule_name(group): (*sorted(first[group]), *sorted(second[group])) for group in broken},
    )


def _by_group(keys: Iterable[str], policy: Policy) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key in keys:
        if limit := policy.limit_group(key):
            groups.setdefault(limit[0], []).append(key)
    return groups
