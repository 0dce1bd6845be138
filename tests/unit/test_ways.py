"""The way between two members, the steps that nothing leads round, and sides, beside networkx."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.resolve.ways import Sides, cuts, way

MEMBERS = st.sampled_from("abcdefgh")
PAIRS = st.lists(st.tuples(MEMBERS, MEMBERS).filter(lambda pair: pair[0] < pair[1]), unique=True, max_size=16)


def graph_of(pairs: list[tuple[str, str]]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from("ab")
    graph.add_weighted_edges_from((a, b, place) for place, (a, b) in enumerate(pairs))
    return graph


@given(PAIRS)
def test_the_way_is_that_in_the_minimum_spanning_tree(pairs):
    graph = graph_of(pairs)
    tree = nx.minimum_spanning_tree(graph)
    expected = nx.shortest_path(tree, "a", "b") if nx.has_path(graph, "a", "b") else None
    assert way("a", "b", pairs) == expected


@given(PAIRS)
def test_the_steps_that_nothing_leads_round_are_bridges(pairs):
    members = way("a", "b", pairs)
    if members is not None:
        bridges = {frozenset(bridge) for bridge in nx.bridges(graph_of(pairs))}
        steps = list(pairwise(members))
        assert cuts(members, pairs) == [n for n, step in enumerate(steps) if frozenset(step) in bridges]


@given(PAIRS)
def test_a_member_is_with_all_that_it_can_reach(pairs):
    sides, graph = Sides(pairs), graph_of(pairs)
    for member in sorted(graph):
        assert sides.with_(member) == sorted(nx.node_connected_component(graph, member))


def test_a_long_way_is_found_without_a_deep_recursion():
    chain = [(f"{n:05}", f"{n + 1:05}") for n in range(20_000)]
    members = way("00000", "20000", chain)
    assert members is not None
    assert len(cuts(members, chain)) == 20_000
