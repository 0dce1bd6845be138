"""The laws on the pure functions, against a plain reference."""

from __future__ import annotations

import networkx as nx
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.epochs import renamed, split
from graph_cdp.model import Decision, Observation
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.identity import hasher
from graph_cdp.resolve.members import Members
from graph_cdp.store import codec
from tests.laws import reference
from tests.laws.evidence import (
    CROWDED,
    POLICIES,
    TALKED_OF,
    crowd,
    decisions,
    hung,
    observations,
    plain,
    policies,
    rows_of,
    rules_of,
    said_of,
    talk,
)
from tests.laws.ledger import Ledger

customer_id = hasher("secret")
SCHEMA = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}


TOLD = {"key": pl.String, "trait": pl.String, "at": pl.Int64, "value": pl.String}


# A relink that blocks or recycles other values makes the evidence anew, and leaves none of this to the stream.
RELINKED = [policy for policy in POLICIES if "[blocked]" not in policy and "recycled_after" not in policy]


def bulk_of(rows, policy: Policy, said=(), decided=()) -> Members:
    evidence, epochs = split(pl.DataFrame(rows, schema=SCHEMA, orient="row"), policy)
    told = renamed(pl.DataFrame(list(said), schema=TOLD, orient="row"), "key", "at", epochs)
    meant = Decided(decided).meaning(lambda key: epochs.meant(key, policy))
    return bulk.resolve(evidence, policy, meant, told)


def bulk_members(rows, policy: Policy, said=(), decided=()) -> dict[str, str]:
    members = bulk_of(rows, policy, said, decided)
    return dict(zip(members.keys, members.ids(customer_id), strict=True))


def expected(made, policy: str, decided=()) -> dict[str, str]:
    anchors = reference.resolve(rows_of(made), rules_of(policy), said_of(made, policy), plain(decided))
    return {key: customer_id(anchor) for key, anchor in anchors.items()}


@given(observations(), policies, decisions())
def test_the_batch_gives_what_the_definition_says(made, policy, decided):
    found = bulk_members(rows_of(made), Policy(policy), said_of(made, policy), decided)
    assert found == expected(made, policy, decided)


@given(observations(), policies, decisions())
def test_the_batch_keeps_of_keys_and_customers_what_streaming_keeps(made, policy, decided):
    ledger = Ledger(Policy(policy))
    ledger.ingest(made)
    for one in decided:
        ledger.decide(one)
    members = bulk_of(rows_of(made), Policy(policy), said_of(made, policy), decided)
    nodes = {
        row["key"]: (row["after"], row["shared"], codec.counted(row["partners"]), codec.claims_of(row["claims"]))
        for row in members.nodes(customer_id).iter_rows(named=True)
    }
    assert nodes == {
        key: (ledger.member_of[key], node.shared, node.partners, node.claims) for key, node in ledger.nodes.items()
    }
    customers = {
        row["id"]: (row["size"], row["anchor"], row["kind"], codec.holding_of(row))
        for row in members.customers(customer_id).iter_rows(named=True)
    }
    assert customers == {
        name: (state.size, state.anchor[1], state.kind, state.held) for name, state in ledger.customers.items()
    }


@given(observations(most=30), policies, decisions(), st.data())
def test_streaming_in_any_order_and_batching_gives_what_the_definition_says(made, policy, decided, data):
    ledger = Ledger(Policy(policy))
    shuffled = data.draw(st.permutations(made))
    waiting = list(decided)
    while shuffled or waiting:
        if waiting and (not shuffled or data.draw(st.booleans())):
            ledger.decide(waiting.pop(0))
            continue
        size = data.draw(st.integers(1, len(shuffled)))
        ledger.ingest(shuffled[:size])
        shuffled = shuffled[size:]
    assert ledger.member_of == expected(made, policy, decided)
    assert ledger.replayed() == ledger.member_of


@given(st.one_of(crowd(), hung()), st.sampled_from([CROWDED, CROWDED, *POLICIES]), decisions(most=2), st.data())
def test_what_is_settled_near_a_link_of_large_customers_is_what_resolving_all_anew_gives(made, policy, decided, data):
    ledger = Ledger(Policy(policy), foresees=data.draw(st.booleans()))
    waiting = list(decided)
    size = data.draw(st.integers(1, 4))
    for start in range(0, len(made), size):
        if waiting and data.draw(st.booleans()):
            ledger.decide(waiting.pop(0))
        ledger.ingest(made[start : start + size])
    held = decided[: len(decided) - len(waiting)]
    assert ledger.member_of == bulk_members(rows_of(made), Policy(policy), said_of(made, policy), held)
    assert ledger.member_of == expected(made, policy, held)
    assert ledger.replayed() == ledger.member_of


@given(talk(), st.sampled_from(TALKED_OF), st.data())
def test_words_taken_back_and_said_anew_part_and_join_as_the_definition_says(made, policy, data):
    ledger = Ledger(Policy(policy))
    for seen in data.draw(st.permutations(made)):
        ledger.ingest([seen])
    assert ledger.member_of == expected(made, policy)
    assert bulk_members(rows_of(made), Policy(policy), said_of(made, policy)) == expected(made, policy)


@given(observations(most=30), st.sampled_from(RELINKED), st.sampled_from(RELINKED), decisions())
def test_what_was_resolved_under_another_policy_is_resolved_anew_as_the_definition_says(made, before, policy, decided):
    ledger = Ledger(Policy(before))
    ledger.ingest(made)
    for decision in decided:
        ledger.decide(decision)
    ledger.resolve_anew(Policy(policy))
    assert ledger.member_of == expected(made, policy, decided)


@given(observations(), policies, decisions())
def test_taking_a_decision_back_restores_what_was_before(made, policy, decided):
    ledger = Ledger(Policy(policy))
    ledger.ingest(made)
    before = dict(ledger.member_of), dict(ledger.customers), dict(ledger.nodes)
    for one in decided:
        ledger.decide(one)
    standing = [one for one in decided if one.verdict != "undo"]
    for number, one in enumerate(standing):
        ledger.decide(Decision(f"u{number}", "undo", of=one.id, at=100 + number))
    for number, one in enumerate(one for one in decided if one.verdict == "undo"):
        ledger.decide(Decision(f"v{number}", "undo", of=one.id, at=200 + number))
    assert (ledger.member_of, ledger.customers, ledger.nodes) == before


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
