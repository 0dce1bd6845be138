"""What is written after resolving messages: enough, and nothing that the graph does not need."""

from __future__ import annotations

from dataclasses import replace

from graph_cdp.model import Observation
from graph_cdp.policy import Policy
from tests.laws.ledger import Ledger


def seen(*keys: str, at: int) -> Observation:
    name = f"{keys} {at}"
    return Observation(name, "web", name, "login", "Signed In", tuple(sorted(keys)), at, at)


def test_a_link_that_is_seen_earlier_is_written_again_with_the_number_of_links_at_its_ends() -> None:
    ledger = Ledger(Policy(""))
    ledger.ingest([seen("email:a", "user_id:1", at=9), seen("email:a", "user_id:2", at=9)])
    ledger.ingest([seen("email:a", "user_id:1", at=5)])
    assert ledger.links["email:a", "user_id:1", "login"].span.first == 5
    assert ledger.written.degrees == {"email:a": 2, "user_id:1": 1}


def test_two_customers_that_take_in_others_at_once_take_all_their_members_along() -> None:
    ledger = Ledger(Policy(""))
    ledger.ingest([seen(f"user_id:{name}", f"email:{name}{number}", at=1) for name in "abcd" for number in range(3)])
    ledger.ingest([seen("user_id:a", "user_id:b", at=2), seen("user_id:c", "user_id:d", at=2)])
    homes = {key: home for key, home in ledger.member_of.items() if key.startswith("email:")}
    assert {name: homes[f"email:{name}{number}"] for name in "ac" for number in range(3)} == {
        name: homes[f"email:{other}{number}"] for name, other in ("ab", "cd") for number in range(3)
    }
    assert len(set(homes.values())) == 2


def test_of_a_customer_that_splits_the_smaller_part_moves() -> None:
    ledger = Ledger(Policy("[namespaces.device]\nshared_above = { user_id = 1 }\n"))
    ledger.ingest([seen("user_id:1", "device:d", at=9)])
    ledger.ingest([seen("device:d", f"cookie:{number}", at=1) for number in range(3)])
    ledger.ingest([seen("user_id:1", f"email:{number}", at=9) for number in range(6)])
    ledger.ingest([seen("device:d", "user_id:2", at=9)])
    moved = {move.key for move in ledger.written.moves}
    assert moved == {"device:d", "user_id:2", *(f"cookie:{number}" for number in range(3))}
    assert len(ledger.written.kept) == 1


def test_nothing_is_written_of_customers_that_were_looked_at_and_stay_as_they_are() -> None:
    ledger = Ledger(Policy("[namespaces.user_id]\nunique = true\n"))
    ledger.ingest([seen("user_id:1", "email:a", at=1), seen("user_id:2", "email:b", at=1)])
    ledger.ingest([seen("email:a", "email:b", at=9)])
    assert ledger.written.kept == ledger.written.moves == ledger.written.changes == ()
    assert [link.b for link in ledger.written.new_links] == ["email:b"]


def test_a_rule_holds_for_values_with_a_colon_in_them() -> None:
    ledger = Ledger(Policy("[namespaces.user_id]\nunique = true\n"))
    made = [seen("user_id:shop:1", "device:d", at=5), seen("user_id:shop:2", "device:d", at=9)]
    ledger.ingest([*made, seen("user_id:shop:2", "device:d", at=1)])
    assert ledger.member_of["user_id:shop:1"] != ledger.member_of["user_id:shop:2"] == ledger.member_of["device:d"]


def test_a_change_names_the_message_that_brought_it_about() -> None:
    ledger = Ledger(Policy("[namespaces.device]\nshared_above = { user_id = 1 }\n"))
    ledger.ingest([seen("user_id:1", "device:d", at=9)])
    ledger.ingest([seen("device:d", "cookie:c", at=1)])
    last = seen("device:d", "user_id:2", at=9)
    ledger.ingest([last])
    assert {change.cause for change in ledger.written.changes} == {f"message web/{last.message_id}"}
    assert len(ledger.written.changes) > 1


def test_all_who_saw_an_identifier_are_kept_and_each_once() -> None:
    ledger = Ledger(Policy(""))
    ledger.ingest([seen("email:a", "user_id:1", at=5)])
    assert ledger.nodes["email:a"].sources == {"web"}
    for source in ("app", "web"):
        ledger.ingest([replace(seen("email:a", "user_id:1", at=5), source=source)])
    assert ledger.nodes["email:a"].sources == {"web", "app"}


def test_partners_are_counted_at_the_end_that_counts_them_whichever_comes_first() -> None:
    ledger = Ledger(Policy("[namespaces.user_id]\nshared_above = { device = 1, phone = 1 }\n"))
    ledger.ingest([seen(f"device:{number}", "user_id:1", at=number) for number in range(2)])
    ledger.ingest([seen("user_id:2", f"phone:{number}", at=number) for number in range(2)])
    assert ledger.nodes["user_id:1"].partners == {"device": 2}
    assert ledger.nodes["user_id:1"].shared is ledger.nodes["user_id:2"].shared is True
    assert not ledger.nodes["device:1"].partners


def test_who_is_new_moves_to_whom_the_graph_has_however_many_they_are() -> None:
    ledger = Ledger(Policy(""))
    ledger.ingest([seen("email:a", at=1)])
    ledger.ingest([seen("user_id:1", "cookie:c", "cookie:d", at=0), seen("user_id:1", "email:a", at=2)])
    assert [before for before, _ in ledger.written.kept] == [ledger.customer_id("email:a")]
    assert ledger.written.created == ledger.written.gone == ()
