"""Values that are recycled, message by message: in every order what all at once makes of it, and nothing in vain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import permutations

import polars as pl
import pytest

from graph_cdp.epochs import epochs_among
from graph_cdp.model import DAY, Decision, Observation, epoch_key
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.recycling import Recycling, recycled
from graph_cdp.state import Neighbourhood
from tests.laws.evidence import rows_of
from tests.laws.ledger import Ledger
from tests.laws.test_pure_laws import bulk_members

RULES = """
[namespaces.user_id]
trust = 1
unique = true
[namespaces.phone]
trust = 2
limit = 1
recycled_after = "10d"
[namespaces.device]
recycled_after = "10d"
"""
POLICY = Policy(RULES)
PHONE, DEVICE, ANN, BEN, EVA = "phone:+48601234567", "device:d", "user_id:ann", "user_id:ben", "user_id:eva"


def seen(day: int, *keys: str) -> Observation:
    name = f"{day} {keys}"
    return Observation(name, "web", name, "login", "seen", tuple(sorted(keys)), day * DAY)


STORY = [seen(0, ANN, PHONE, DEVICE), seen(30, BEN, PHONE, DEVICE), seen(24, PHONE, EVA), seen(9, DEVICE, "cookie:c")]


class Asked(Ledger):
    """A graph that notes what it was asked for."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.asked: list[Collection[str]] = []

    def start(self, keys: Collection[str], pairs: Collection[tuple[str, str]]) -> Neighbourhood:
        self.asked.append(keys)
        return super().start(keys, pairs)

    def observed(self, keys: Collection[str]) -> list:
        self.asked.append(keys)
        return super().observed(keys)


def of(graph: Ledger, *fresh: Observation, decided: Decided = UNDECIDED) -> Recycling:
    start = graph.start({key for one in fresh for key in one.keys}, [])
    if isinstance(graph, Asked):
        graph.asked.clear()
    return recycled(fresh, graph.policy, decided, start, graph)


@pytest.mark.parametrize("verdict", ["same", "different", None])
def test_in_every_order_and_with_a_decision_at_any_time_as_all_at_once(verdict: str | None) -> None:
    meant = epoch_key(PHONE, 26 * DAY)
    decided = [Decision("d", verdict, *sorted([meant, EVA if verdict == "different" else "cookie:c"]), at=1)]
    decided = decided if verdict else []
    whole = bulk_members(rows_of(STORY), POLICY, decided=decided)
    for order in permutations(STORY):
        for place in range(len(STORY) + 1) if decided else [0]:
            ledger = Ledger(POLICY)
            for number, one in enumerate(order):
                if decided and number == place:
                    ledger.decide(decided[0])
                ledger.ingest([one])
            if decided and place == len(STORY):
                ledger.decide(decided[0])
            assert ledger.member_of == whole
            assert ledger.replayed() == ledger.member_of


def test_a_sighting_within_an_epoch_or_after_all_leaves_them_as_they_are() -> None:
    graph = Ledger(POLICY)
    graph.ingest(STORY)
    for day in (5, 27, 35, 90):
        assert of(graph, seen(day, PHONE)).anew == frozenset()


def test_one_that_begins_an_epoch_earlier_or_joins_two_has_them_told_anew() -> None:
    graph = Ledger(POLICY)
    graph.ingest(STORY)
    earlier, joining = of(graph, seen(20, PHONE)), of(graph, *(seen(day, PHONE) for day in (8, 16)))
    assert earlier.anew == joining.anew == {PHONE}
    assert earlier.gone == {PHONE, epoch_key(PHONE, 24 * DAY)}
    assert {one.keys for one in earlier.retold} >= {tuple(sorted([epoch_key(PHONE, 20 * DAY), EVA]))}


def test_what_is_told_again_has_the_other_recycled_values_by_their_epochs_too() -> None:
    graph = Ledger(POLICY)
    graph.ingest(STORY)
    told = of(graph, seen(20, PHONE)).retold
    later = epoch_key(DEVICE, 30 * DAY)
    assert [later in one.keys for one in told if BEN in one.keys] == [True]


def test_nothing_is_asked_where_nothing_is_recycled() -> None:
    graph = Asked(Policy("[namespaces.user_id]\nunique = true\n"))
    graph.ingest(STORY)
    decided = Decided([Decision("d", "same", ANN, BEN, at=1)])
    found = of(graph, *STORY, decided=decided)
    assert graph.asked == []
    assert (list(found.named), found.anew, found.touched) == (STORY, frozenset(), frozenset())
    assert found.knows(graph.policy, decided) is decided


def test_what_the_graph_was_asked_for_is_not_asked_again() -> None:
    graph = Asked(POLICY)
    graph.ingest(STORY[:1])
    of(graph, seen(3, PHONE), seen(3, "phone:+48601234568"))
    assert graph.asked == []


def test_a_decision_follows_the_sighting_that_it_means_when_epochs_move() -> None:
    graph = Ledger(POLICY)
    graph.ingest(STORY)
    meant = epoch_key(PHONE, 20 * DAY)
    decided = Decided([Decision("d", "same", *sorted([meant, "cookie:c"]), at=1)])
    first, later = PHONE, epoch_key(PHONE, 20 * DAY)
    moved = of(graph, seen(20, PHONE), decided=decided)
    assert moved.meant == {first, later}
    assert moved.touched >= {first, later, epoch_key(PHONE, 24 * DAY)}
    assert moved.knows(POLICY, decided).keys == {later, "cookie:c"}
    stays = of(graph, seen(27, PHONE), decided=decided)
    assert stays.meant == frozenset()
    assert stays.knows(POLICY, decided).keys == {first, "cookie:c"}


def test_all_epochs_of_a_value_that_has_several_are_read_and_of_others_none() -> None:
    graph = Ledger(POLICY)
    graph.ingest(STORY)
    assert of(graph, seen(27, PHONE)).touched == {PHONE, epoch_key(PHONE, 24 * DAY)}
    assert of(graph, seen(27, "phone:+48601234568")).touched == frozenset()


SHARED = """
[namespaces.phone]
recycled_after = "10d"
[namespaces.email]
shared_above = { phone = 1 }
[namespaces.record]
shared_above = { phone = 2 }
[kinds]
weak = { tier = 9 }
"""
# The number of the first is that of the second as soon as it was seen in between: the mailbox has one number then.
MAILBOX = [
    seen(0, PHONE, "email:a", "record:crm/1"),
    seen(18, PHONE, "email:a", "cookie:c"),
    seen(9, PHONE),
    seen(0, "email:a", "cookie:d"),
]


def evidence(graph: Ledger) -> tuple:
    nodes = {key: replace(node, customer=None) for key, node in graph.nodes.items()}
    return graph.member_of, graph.customers, nodes, graph.links


def test_what_is_told_again_keeps_its_words_and_its_sources() -> None:
    policy = Policy(f'{RULES}[[contradictions]]\ntrait = "birth_date"\n')
    made = [
        replace(seen(0, PHONE), traits={"birth_date": "1990-01-01"}),
        replace(seen(30, PHONE, "cookie:c"), traits={"birth_date": "1991-01-01"}, source="app"),
        replace(seen(40, PHONE, "cookie:c"), traits={"birth_date": None}),
        replace(seen(22, PHONE, "cookie:d"), traits={"birth_date": "1992-01-01"}),
        replace(seen(11, PHONE, "cookie:e"), source="app"),
    ]
    for told in (made[:3], made[:4], made):
        whole = Ledger(policy)
        whole.ingest(told)
        for order in permutations(told):
            ledger = Ledger(policy)
            for one in order:
                ledger.ingest([one])
            assert evidence(ledger) == evidence(whole)


def test_an_id_of_an_epoch_that_has_gone_leads_to_the_one_in_which_its_sighting_lies() -> None:
    graph = Ledger(POLICY)
    graph.ingest(STORY)
    graph.ingest([seen(20, PHONE)])
    assert graph.written.gone_nodes == {PHONE: PHONE, epoch_key(PHONE, 24 * DAY): epoch_key(PHONE, 20 * DAY)}


@pytest.mark.parametrize("text", [SHARED, f"min_tier = 5\n{SHARED}"])
def test_whoever_is_shared_by_two_epochs_is_not_when_they_become_one(text: str) -> None:
    policy = Policy(text)
    made = [*MAILBOX, replace(seen(0, PHONE, "email:b"), kind="weak"), seen(0, "email:b", "record:crm/1")]
    whole = Ledger(policy)
    whole.ingest(made)
    assert not whole.nodes["email:a"].shared
    for number, order in enumerate(permutations(made)):
        if number % 7:
            continue
        ledger = Ledger(policy)
        for one in order:
            ledger.ingest([one])
        assert evidence(ledger) == evidence(whole)


def test_a_customer_of_which_an_identifier_goes_is_told_by_those_that_stay() -> None:
    graph = Ledger(POLICY)
    graph.ingest([seen(30, PHONE, ANN), *(seen(30, ANN, f"cookie:{number}") for number in range(4))])
    graph.ingest([seen(20, PHONE, BEN)])
    assert graph.member_of == bulk_members(
        rows_of([seen(30, PHONE, ANN), *(seen(30, ANN, f"cookie:{n}") for n in range(4)), seen(20, PHONE, BEN)]), POLICY
    )
    assert len(graph.written.moves) <= 2


def test_a_value_that_ends_like_an_epoch_is_one_only_where_the_policy_recycles_its_namespace() -> None:
    keys = pl.Series([epoch_key(PHONE, 9 * DAY), epoch_key(PHONE, 5 * DAY), epoch_key("cookie:c", 9 * DAY), ANN])
    assert epochs_among(keys, POLICY).later == {PHONE: (5 * DAY, 9 * DAY)}
    assert epochs_among(keys, Policy("")).later == {}
