"""The laws on the pure functions, against a plain reference."""

from __future__ import annotations

import networkx as nx
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.model import Observation
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.identity import hasher
from tests.laws import reference
from tests.laws.evidence import observations, policies, rows_of, rules_of
from tests.laws.ledger import Ledger

customer_id = hasher("secret")
SCHEMA = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}


def bulk_members(rows, policy: Policy) -> dict[str, str]:
    members = bulk.resolve(pl.DataFrame(rows, schema=SCHEMA, orient="row"), policy)
    return dict(zip(members.keys, members.ids(customer_id), strict=True))


def expected(made, policy: str) -> dict[str, str]:
    return {key: customer_id(anchor) for key, anchor in reference.resolve(rows_of(made), rules_of(policy)).items()}


@given(observations(), policies)
def test_the_batch_gives_what_the_definition_says(made, policy):
    assert bulk_members(rows_of(made), Policy(policy)) == expected(made, policy)


@given(observations(most=30), policies, st.data())
def test_streaming_in_any_order_and_batching_gives_what_the_definition_says(made, policy, data):
    ledger = Ledger(Policy(policy))
    shuffled = data.draw(st.permutations(made))
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        ledger.ingest(shuffled[:size])
        shuffled = shuffled[size:]
    assert ledger.member_of == expected(made, policy)
    assert ledger.replayed() == ledger.member_of


@given(observations(), policies, st.randoms(use_true_random=False))
def test_rows_in_any_order_doubled_and_turned_give_the_same_customers(made, policy, random):
    rows = rows_of(made)
    turned = [
        (b, a, kind, first) if b and random.random() < 0.5 else (a, b, kind, first) for a, b, kind, first in rows * 2
    ]
    random.shuffle(turned)
    assert bulk_members(turned, Policy(policy)) == bulk_members(rows, Policy(policy))


@given(observations())
def test_every_customer_id_ever_issued_is_the_own_id_of_one_of_todays_keys(made):
    from tests.laws.evidence import POLICIES

    ledger = Ledger(Policy(POLICIES[1]))
    issued = set()
    for seen in made:
        ledger.ingest([seen])
        issued |= set(ledger.customers)
    assert issued <= {customer_id(key) for key in ledger.nodes}


@settings(max_examples=max(2_000, settings.default.max_examples))
@given(observations())
def test_without_rules_customers_are_connected_components(made):
    graph = nx.Graph()
    for a, b, *_ in rows_of(made):
        graph.add_node(a)
        if b is not None:
            graph.add_edge(a, b)
    members = bulk_members(rows_of(made), Policy(""))
    customers: dict[str, set[str]] = {}
    for key, home in members.items():
        customers.setdefault(home, set()).add(key)
    assert sorted(map(sorted, customers.values())) == sorted(map(sorted, nx.connected_components(graph)))


def test_two_parts_of_one_customer_split_in_one_batch_do_not_take_the_same_node() -> None:
    text = "[namespaces.user_id]\nunique = true\n[namespaces.phone]\nshared_above = { user_id = 1 }\n"
    messages = [
        ("user_id:1", "phone:+48601234567"),
        ("anonymous_id:c1", "phone:+48601234567"),
        ("anonymous_id:c1", "device:d1"),
        ("phone:+48601234567", "user_id:2"),
        ("user_id:1", "user_id:3"),
    ]
    made = [
        Observation(f"u{n}", "web", f"m{n}", "login", "seen", tuple(sorted(keys))) for n, keys in enumerate(messages)
    ]
    ledger = Ledger(Policy(text))
    ledger.ingest(made[:3])
    ledger.ingest(made[3:])
    assert ledger.member_of == expected(made, text)
    assert ledger.replayed() == ledger.member_of
