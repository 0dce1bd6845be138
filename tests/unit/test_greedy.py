"""The greedy join: links in order, each joins its sides unless a limit forbids it."""

from __future__ import annotations

from collections import defaultdict

from graph_cdp.model import UNDATED, Link, Span
from graph_cdp.policy import Policy
from graph_cdp.resolve import greedy
from graph_cdp.resolve.ranking import rank, ranked_pairs
from graph_cdp.rules import Holding

POLICY = Policy(
    """
min_tier = 3
[namespaces.user_id]
trust = 1
[namespaces.email]
trust = 4
[kinds]
login = { tier = 1 }
form = { tier = 3 }
weak = { tier = 4 }
"""
)


def sides(members: str, pairs: list[str], group_of: dict[str, str] | None = None, **limits: int) -> list[str]:
    """The sides that joining makes, each as its letters in order."""
    policy = Policy("".join(f"[namespaces.{group}]\nlimit = {limit}\n" for group, limit in limits.items()))
    held = {member: Holding({group: 1}) for member, group in (group_of or {}).items()}
    root = greedy.join(members, [(pair[0], pair[1], 1) for pair in pairs], held, policy)
    found: dict[str, list[str]] = defaultdict(list)
    for member in sorted(root):
        found[root[member]].append(member)
    return sorted("".join(side) for side in found.values())


def link(a: str, b: str, kind: str = "login", first: int = 0) -> Link:
    return Link(a, b, kind, Span.at(first))


def test_a_member_without_links_is_a_side_of_its_own() -> None:
    assert sides("ab", []) == ["a", "b"]


def test_links_join_their_ends() -> None:
    assert sides("abcd", ["ab", "cd", "bc"]) == ["abcd"]


def test_a_link_inside_one_side_changes_nothing() -> None:
    assert sides("abc", ["ab", "bc", "ac"]) == ["abc"]


def test_a_limit_keeps_two_sides_apart() -> None:
    assert sides("abc", ["ab", "bc"], {"a": "u", "c": "u"}, u=1) == ["ab", "c"]


def test_the_earlier_link_wins() -> None:
    assert sides("abc", ["bc", "ab"], {"a": "u", "c": "u"}, u=1) == ["a", "bc"]


def test_a_limit_of_two_lets_two_together_and_no_third() -> None:
    assert sides("abcd", ["ad", "bd", "cd"], dict.fromkeys("abc", "u"), u=2) == ["abd", "c"]


def test_sides_that_hold_one_too_many_together_stay_apart() -> None:
    assert sides("abcd", ["ab", "cd", "bc"], dict.fromkeys("abcd", "u"), u=3) == ["ab", "cd"]


def test_groups_are_counted_each_for_itself() -> None:
    assert sides("abcd", ["ab", "bc", "cd"], {"a": "u", "c": "v"}, u=1, v=1) == ["abcd"]


def test_after_a_refusal_later_links_still_join() -> None:
    assert sides("abcd", ["ab", "bc", "cd"], {"a": "u", "c": "u"}, u=1) == ["ab", "cd"]


def test_a_refused_side_may_join_by_another_that_holds_nothing() -> None:
    assert sides("abcd", ["ac", "bd", "cd"], {"a": "u", "b": "u"}, u=1) == ["ac", "bd"]


def test_the_stronger_tier_comes_first_however_late() -> None:
    strong, weak = link("email:a", "email:b", "login", 9), link("email:a", "email:b", "form", 1)
    assert rank(strong, POLICY) < rank(weak, POLICY)


def test_within_a_tier_the_older_link_comes_first() -> None:
    assert rank(link("email:a", "email:b", first=1), POLICY) < rank(link("user_id:1", "user_id:2", first=2), POLICY)


def test_an_undated_link_comes_last_in_its_tier_and_before_the_next() -> None:
    undated = rank(link("email:a", "email:b", first=UNDATED), POLICY)
    assert rank(link("email:a", "email:b", first=2**61), POLICY) < undated
    assert undated < rank(link("email:a", "email:b", "form", 0), POLICY)


def test_at_one_time_the_link_of_trusted_ends_comes_first() -> None:
    assert rank(link("email:a", "user_id:1"), POLICY) < rank(link("email:a", "email:b"), POLICY)


def test_of_equal_trust_the_better_worst_end_comes_first() -> None:
    assert rank(link("email:z", "user_id:9"), POLICY) < rank(link("cookie:a", "user_id:1"), POLICY)


def test_all_else_equal_the_text_decides() -> None:
    assert rank(link("email:a", "email:b"), POLICY) < rank(link("email:a", "email:c"), POLICY)


def test_links_are_taken_in_canonical_order_each_at_its_own_tier() -> None:
    links = [link("email:a", "email:b", "form", 0), link("email:a", "email:c"), link("email:a", "email:b", "login", 5)]
    ends = [("email:a", "email:c", 1), ("email:a", "email:b", 1), ("email:a", "email:b", 3)]
    assert list(ranked_pairs(links, POLICY)) == ends


def test_links_weaker_than_the_weakest_tier_are_not_taken() -> None:
    assert list(ranked_pairs([link("email:a", "email:b", "weak")], POLICY)) == []


def test_what_is_decided_is_joined_first_whatever_the_rules_say() -> None:
    policy = Policy("[namespaces.u]\nunique = true\n")
    held = {member: Holding({"u": 1}) for member in "abc"}
    root = greedy.join("abcd", [("a", "d", 1), ("c", "d", 1)], held, policy, [("a", "b")])
    assert root["a"] == root["b"] == root["d"] != root["c"]


def test_contradictions_keep_apart_from_their_tier_downwards() -> None:
    policy = Policy('[[contradictions]]\ntrait = "birth_date"\ntier = 2\n')
    held = {member: Holding(said={"contradiction/birth_date": frozenset(member)}) for member in "abc"}
    root = greedy.join("abc", [("a", "b", 1), ("b", "c", 2)], held, policy)
    assert root["a"] == root["b"] != root["c"]
