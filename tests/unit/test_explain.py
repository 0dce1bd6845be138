"""Why two keys are one customer, and why two customers are not."""

from __future__ import annotations

from graph_cdp.model import Decision, Link, Span
from graph_cdp.policy import Policy
from graph_cdp.resolve import explain
from graph_cdp.resolve.decided import Decided

POLICY = Policy(
    """
min_tier = 3
[namespaces.user_id]
unique = true
[namespaces.email]
limit = 2
[kinds]
login = { tier = 1 }
form = { tier = 3 }
weak = { tier = 4 }
[[contradictions]]
trait = "birth_date"
tier = 3
"""
)
A, B, C, D = (f"cookie:{name}" for name in "abcd")


def link(a: str, b: str, kind: str = "login", first: int = 0) -> Link:
    return Link(a, b, kind, Span.at(first))


def joined(a: str, b: str, *links: Link) -> explain.Joined:
    found = explain.joined(a, b, links, POLICY)
    assert found is not None
    return found


def apart(one: list[str], other: list[str], links: list[Link], born: str | None = None) -> explain.Apart:
    """Why two customers are two; the members of the first were born on `born`, those of the second on another day."""
    first = [explain.Member(key, 0, {"birth_date": (0, born)}) for key in one]
    second = [explain.Member(key, 0, {"birth_date": (0, born and "1991-01-01")}) for key in other]
    return explain.apart(first, second, links, POLICY)


def test_a_direct_link_is_its_own_path() -> None:
    only = link(A, B)
    assert joined(A, B, only) == explain.Joined((only,), only, (only,))


def test_a_path_runs_from_the_first_key_to_the_second() -> None:
    first, second = link(A, B), link(B, C)
    assert joined(A, C, second, first).path == (first, second)
    assert joined(C, A, second, first).path == (second, first)


def test_a_strong_way_round_is_preferred_to_a_weak_short_cut() -> None:
    first, second = link(A, B), link(B, C)
    assert joined(A, C, link(A, C, "form"), first, second).path == (first, second)


def test_the_weakest_link_is_named() -> None:
    weak = link(B, C, "form")
    assert joined(A, D, link(A, B), weak, link(C, D)).weakest == weak


def test_within_a_tier_the_youngest_link_is_the_weakest() -> None:
    young = link(A, B, first=9)
    assert joined(A, C, young, link(B, C, first=1)).weakest == young


def test_of_two_links_between_two_keys_the_better_is_named() -> None:
    better = link(A, B, "login", 5)
    assert joined(A, B, link(A, B, "form"), better).path == joined(A, B, better, link(A, B, "form")).path == (better,)


def test_a_link_that_can_be_gone_round_is_no_bridge() -> None:
    bridge = link(C, D)
    assert joined(A, D, link(A, B), link(B, C), link(A, C), bridge).bridges == (bridge,)


def test_links_weaker_than_the_weakest_tier_join_nothing() -> None:
    assert explain.joined(A, B, [link(A, B, "weak")], POLICY) is None


def test_keys_without_a_path_are_not_joined() -> None:
    assert explain.joined(A, D, [link(A, B), link(C, D)], POLICY) is None


def test_a_key_without_links_is_not_joined() -> None:
    assert explain.joined(A, B, [], POLICY) is None


def test_a_refused_link_is_named_with_its_rule() -> None:
    refused = link(A, B)
    found = apart([A, "user_id:1"], [B, "user_id:2"], [refused])
    assert found.refused == ((refused, "unique user_id"),)


def test_the_values_that_break_a_rule_are_named() -> None:
    found = apart([A, "user_id:1"], [B, "user_id:2"], [link(A, B)])
    assert found.values == {"unique user_id": ("user_id:1", "user_id:2")}


def test_all_broken_rules_are_named() -> None:
    one, other = ["user_id:1", "email:a", "email:b"], ["user_id:2", "email:c"]
    found = apart(one, other, [link("email:a", "email:c")])
    assert found.refused[0][1] == "limit email 2, unique user_id"


def test_refused_links_come_strongest_first() -> None:
    strong, weak = link(A, B), link(A, B, "form")
    found = apart([A], [B], [weak, strong])
    assert [refused for refused, _ in found.refused] == [strong, weak]


def test_links_that_join_nothing_anyway_are_not_refused() -> None:
    assert apart([A], [B], [link(A, B, "weak")]).refused == ()


def test_a_contradiction_names_who_says_what() -> None:
    found = apart([A], [B], [link(A, B, "form")], born="1990-01-01")
    assert found.refused[0][1] == "contradiction birth_date"
    assert found.values == {"contradiction birth_date": (f"{A} says 1990-01-01", f"{B} says 1991-01-01")}


def test_a_decision_that_joins_is_a_part_of_the_path_and_stronger_than_any_link() -> None:
    word = Link(A, B, "decision", Span.at(9))
    found = explain.joined(A, C, [link(A, C, "form"), link(B, C)], POLICY, [word])
    assert found is not None
    assert found.path == (word, link(B, C))


def test_what_falls_apart_without_a_bridge_is_told_by_side() -> None:
    links = [link(A, B), link(B, C), link(C, D)]
    assert explain.parts_without((C, B), links, POLICY) == [[C, D], [A, B]]


def test_nothing_falls_apart_where_there_is_a_way_round() -> None:
    assert explain.parts_without((A, B), [link(A, B), link(B, C), link(A, C)], POLICY) == [[A, B, C]]


def test_a_steward_s_word_holds_what_a_link_no_longer_does() -> None:
    word = Link(A, B, "decision", Span.at(9))
    assert explain.parts_without((B, C), [link(A, C), link(B, C)], POLICY, [word]) == [[A, B, C]]


def test_keys_that_no_joining_link_joins_are_told_as_such() -> None:
    assert explain.parts_without((A, C), [link(A, B), link(A, C, "weak")], POLICY) is None


DECIDED = Decided(
    [Decision("d1", "same", A, B, at=9, author="eva"), Decision("d2", "different", C, D, at=5, author="jan")]
)


def test_a_word_that_joins_is_shown_as_a_link_of_its_author_at_its_time_and_stronger_than_all() -> None:
    (word,) = explain.words(DECIDED, {A, B, C, D})
    assert word == Link(A, B, "decision", Span.at(9), frozenset(["eva"]))
    assert explain.words(DECIDED, {A, C, D}) == []
    tiers = [explain.tier(one, POLICY) for one in (word, link(A, B), link(A, B, "form"))]
    assert tiers == [0, 1, 3]


def test_a_younger_word_still_comes_before_an_older_link_of_a_trusted_pair() -> None:
    policy = Policy("[namespaces.cookie]\ntrust = 1\n[kinds]\nlogin = { tier = 1 }\n")
    word, old = Link(A, B, "decision", Span.at(9)), link(A, B, first=1)
    for links in ([old], [old, old]):
        found = explain.joined(A, B, links, policy, [word])
        assert found is not None
        assert found.path == (word,)


def test_of_two_words_on_a_path_the_younger_is_the_weakest_and_a_link_is_weaker_than_both() -> None:
    words = [Link(A, B, "decision", Span.at(9)), Link(B, C, "decision", Span.at(5))]
    found = explain.joined(A, C, [], POLICY, words)
    assert found is not None
    assert found.weakest == words[0]
    found = explain.joined(A, D, [link(C, D)], POLICY, words)
    assert found is not None
    assert found.weakest == link(C, D)


def test_of_two_links_of_a_pair_seen_at_one_time_the_stronger_is_named_whatever_else_differs() -> None:
    with_sources = Link(A, B, "login", Span.at(5), frozenset(["web"]))
    assert joined(A, B, with_sources, link(A, B, "login", 5)).path == (with_sources,)


def test_a_contradiction_refuses_only_links_as_weak_as_its_tier() -> None:
    strong, weak = link(A, B), link(A, B, "form")
    found = apart([A], [B], [strong, weak], born="1990-01-01")
    assert found.refused == ((strong, ""), (weak, "contradiction birth_date"))


def test_only_those_who_say_something_are_named_in_a_contradiction() -> None:
    members = [explain.Member(A, 0, {"birth_date": (0, "1990-01-01")}), explain.Member(D, 0, {})]
    others = [explain.Member(B, 0, {"birth_date": (0, "1991-01-01")})]
    values = explain.apart(members, others, [link(A, B, "form")], POLICY).values
    assert values == {"contradiction birth_date": (f"{A} says 1990-01-01", f"{B} says 1991-01-01")}


def test_a_decision_that_keeps_two_keys_apart_is_named_with_them() -> None:
    ones, others = [[explain.Member(key, 0, {}) for key in keys] for keys in ((A, C), (B, D))]
    found = explain.apart(ones, others, [link(A, B)], POLICY, DECIDED)
    assert found.refused == ((link(A, B), "decision d2"),)
    assert found.values == {"decision d2": (C, D)}


def test_what_crowds_a_window_is_named() -> None:
    policy = Policy('[namespaces.user_id]\nlimit = 1\nlimit_window = "1d"\n')
    ones, others = [[explain.Member(f"user_id:{name}", at, {})] for name, at in (("1", 5), ("2", 6))]
    found = explain.apart(ones, others, [link("user_id:1", "user_id:2")], policy)
    assert found.values == {"limit user_id 1 in 1d": ("user_id:1", "user_id:2")}
