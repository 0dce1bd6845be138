"""What the change feed says of moved keys."""

from __future__ import annotations

from graph_cdp.resolve.changes import describe
from graph_cdp.state import Change, Move


def told(moves: str, lived: str = "", lives: str = "") -> list[tuple[str, str, str, str]]:
    """Changes as (name, customer, previous, keys), from moves spelled `key:before>after` with one letter each."""
    made = [Move(text[0], text[2].replace("-", "") or None, text[4]) for text in moves.split()]
    causes = {move.after: f"cause of {move.after}" for move in made}
    return [
        (change.change, change.customer_id, "".join(change.previous), "".join(change.keys))
        for change in describe(made, lived=set(lived), lives=set(lives), causes=causes)
    ]


def test_new_keys_in_a_new_customer_are_created() -> None:
    assert told("a:->A b:->A", lives="A") == [("created", "A", "", "ab")]


def test_a_new_key_in_a_known_customer_is_merged_into_it() -> None:
    assert told("b:->A", lived="A", lives="A") == [("merged", "A", "", "b")]


def test_a_customer_that_goes_into_another_is_merged() -> None:
    assert told("b:B>A", lived="AB", lives="A") == [("merged", "A", "B", "b")]


def test_two_customers_that_go_into_a_third_are_one_change() -> None:
    assert told("b:B>A c:C>A", lived="ABC", lives="A") == [("merged", "A", "BC", "bc")]


def test_two_customers_that_make_a_new_one_are_merged() -> None:
    assert told("a:A>C b:B>C", lived="AB", lives="C") == [("merged", "C", "AB", "ab")]


def test_a_customer_with_another_id_and_the_same_keys_is_rekeyed() -> None:
    assert told("a:A>B b:A>B", lived="A", lives="B") == [("re-keyed", "B", "A", "ab")]


def test_keys_that_leave_a_customer_that_lives_on_are_split_off() -> None:
    assert told("b:A>B", lived="A", lives="AB") == [("split", "B", "A", "b")]


def test_a_customer_that_falls_into_two_others_is_split() -> None:
    assert told("a:A>B b:A>C", lived="A", lives="BC") == [("split", "B", "A", "a"), ("split", "C", "A", "b")]


def test_keys_that_change_from_one_living_customer_to_another_are_split_off() -> None:
    assert told("b:A>B", lived="AB", lives="AB") == [("split", "B", "A", "b")]


def test_changes_are_sorted_by_customer_and_their_keys_by_text() -> None:
    assert told("z:->B b:->A a:->A", lives="AB") == [("created", "A", "", "ab"), ("created", "B", "", "z")]


def test_no_moves_are_no_changes() -> None:
    assert told("") == []


def test_a_change_names_its_cause() -> None:
    made = describe([Move("a", None, "A")], lived=[], lives=["A"], causes={"A": "message web/m1"})
    assert made == [Change("created", "A", (), ("a",), "message web/m1")]
