"""What a stream of messages holds of the graph, and what it asks of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph_cdp.link.exact import links_of
from graph_cdp.model import DAY, Link, Observation, Span
from graph_cdp.policy import Policy
from graph_cdp.resolve.stream import Stream
from graph_cdp.resolve.workspace import Workspace
from graph_cdp.state import CustomerState, Neighbourhood, NodeState
from tests.laws.ledger import Ledger

POLICY = Policy(
    """
min_tier = 5
[namespaces.user_id]
unique = true
[kinds]
weak = { tier = 6 }
[blocked]
any = ["null"]
"""
)
A, B, C = "cookie:a", "cookie:b", "cookie:c"


def seen(*keys: str, at: int = DAY, kind: str = "login", source: str = "web") -> Observation:
    name = f"{keys} {at}"
    return Observation(name, source, name, kind, "seen", tuple(sorted(keys)), at)


def part(*links: tuple[str, str, str]) -> Neighbourhood:
    nodes = tuple(NodeState(key, Span.at(1), degree=1, customer=key) for key in (A, B, C))
    homes = tuple(CustomerState(key, (1, key), 1) for key in (A, B, C))
    return Neighbourhood(nodes, tuple(Link(a, b, kind, Span.at(1)) for a, b, kind in links), homes)


def test_only_links_that_may_join_lead_to_neighbours() -> None:
    work = Workspace(POLICY)
    work.load(part((A, B, "weak"), (A, C, "login")))
    assert (work.neighbours(A), work.neighbours(B)) == ({C}, set())
    assert work.beside({A}) == {C}
    assert work.beside({A, B, C}) == set()


def test_a_link_that_may_join_beside_one_that_may_not_makes_neighbours() -> None:
    work = Workspace(POLICY)
    work.load(part((A, B, "weak"), (A, B, "login"), (A, C, "weak")))
    assert work.neighbours(A) == work.beside({A}) == {B}
    assert sorted(link.kind for link in work.links_among({A, B})) == ["login", "weak"]
    assert {link.kind for link in work.links_among({A, C})} <= {"weak"}


def test_what_was_read_before_is_not_taken_again_and_what_was_let_go_does_not_come_back() -> None:
    work = Workspace(POLICY)
    work.load(part((A, B, "login")))
    work.nodes[B].shared = True
    work.pair(A, B).add(Link(A, B, "login", Span.at(0)))
    work.forget(C)
    work.load(part((A, C, "login"), (A, B, "login"), (B, C, "login"), (A, B, "form")))
    assert work.nodes[B].shared
    assert C not in work.nodes
    assert set(work.pairs) == {(A, B)}
    assert work.pair(A, B).of("login") == Link(A, B, "login", Span.at(0) | Span.at(1))
    assert [link.kind for link in work.pair(A, B).changed()] == ["login"]
    assert work.pair(A, B).new() == []


def test_what_a_pair_is_seen_by_again_is_neither_new_nor_changed() -> None:
    work = Workspace(POLICY)
    work.load(part((A, B, "login")))
    pair = work.pair(A, B)
    assert not pair.touched
    pair.add(Link(A, B, "login", Span.at(1)))
    pair.add(Link(A, B, "form", Span.at(9)))
    assert pair.touched
    assert (pair.changed(), pair.new()) == ([], [Link(A, B, "form", Span.at(9))])
    pair.drop("login")
    assert [link.kind for link in pair.links] == ["form"]


@pytest.fixture
def knows() -> Callable[[Observation], bool]:
    ledger = Ledger(POLICY)
    ledger.ingest([seen(A, B), seen(A, "cookie:null"), seen(C, B, kind="weak")])
    ledger.ingest([seen("user_id:1", A), seen("user_id:2", C)])
    stream = Stream(POLICY, ledger.customer_id, ledger, ledger.start(ledger.nodes, {(A, B), (B, C)}))
    return lambda one: stream.knows(one, links_of(one, POLICY))


def test_a_visitor_who_is_back_on_the_same_day_is_known(knows: Callable[[Observation], bool]) -> None:
    assert knows(seen(A, B))
    assert knows(seen(A, B, at=DAY + 5))
    assert knows(seen(A, "cookie:null"))


def test_whatever_says_something_new_is_not_known(knows: Callable[[Observation], bool]) -> None:
    news = [seen(A, B, at=0), seen(A, B, at=3 * DAY), seen(A, B, source="app"), seen(A, B, kind="form")]
    news += [seen(A, "cookie:new"), seen("cookie:null"), seen(A, C), seen(C, B, kind="weak")]
    assert not any(map(knows, news))
