"""What stewards' decisions say together."""

from __future__ import annotations

from graph_cdp.model import Decision
from graph_cdp.resolve.decided import Decided

A, B, C = "cookie:a", "cookie:b", "cookie:c"
ALL = {A, B, C}


def same(name: str, at: int, a: str = A, b: str = B) -> Decision:
    return Decision(name, "same", a, b, at=at)


def different(name: str, at: int, a: str = A, b: str = B) -> Decision:
    return Decision(name, "different", a, b, at=at)


def undo(name: str, at: int, of: str) -> Decision:
    return Decision(name, "undo", of=of, at=at)


def states(*made: Decision, seen: set[str] = ALL) -> dict[str, str]:
    return dict(Decided(made).states(seen))


def test_a_decision_is_in_force_once_both_keys_are_seen() -> None:
    assert states(same("d", 1)) == {"d": "in force"}
    assert states(same("d", 1), seen={A}) == {"d": "sleeping"}


def test_of_two_that_contradict_one_another_the_later_counts() -> None:
    assert states(same("d", 1), different("e", 2)) == {"d": "contradicted", "e": "in force"}
    assert states(different("d", 1), same("e", 2)) == {"d": "contradicted", "e": "in force"}


def test_a_contradicted_decision_comes_back_when_the_later_is_taken_back() -> None:
    assert states(same("d", 1), different("e", 2), undo("u", 3, "e"))["d"] == "in force"


def test_an_undo_of_an_undo_works() -> None:
    made = same("d", 1), undo("u", 2, "d"), undo("v", 3, "u")
    assert states(*made[:2]) == {"d": "undone", "u": "in force"}
    assert states(*made) == {"d": "in force", "u": "undone", "v": "in force"}


def test_later_words_chain_over_a_third_key() -> None:
    made = different("d", 1, A, C), same("e", 2, A, B), same("f", 3, B, C)
    assert states(*made)["d"] == "contradicted"


def test_an_earlier_word_that_would_close_a_chain_is_contradicted() -> None:
    made = same("d", 1, A, B), same("e", 2, B, C), different("f", 3, A, C)
    assert states(*made) == {"d": "contradicted", "e": "in force", "f": "in force"}


def test_a_block_needs_both_keys_to_be_there() -> None:
    decided = Decided([same("d", 1), same("e", 2, B, C)])
    assert decided.blocks(ALL) == [(B, C), (A, B)]
    assert decided.blocks({A, B}) == [(A, B)]


def test_what_was_taken_back_names_no_key() -> None:
    assert Decided([different("d", 1), undo("u", 2, "d")]).keys == frozenset()
