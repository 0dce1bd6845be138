"""What two customers hold, and which rules a join of them would break."""

from __future__ import annotations

import pytest

from graph_cdp.model import DAY, UNDATED
from graph_cdp.policy import Policy
from graph_cdp.rules import Holding, broken, holding_of, rules_between, said_by, together

POLICY = Policy(
    """
[namespaces.user_id]
unique = true
[namespaces.email]
limit = 2
[namespaces.phone]
limit = 2
limit_window = "10d"
[[contradictions]]
trait = "birth_date"
tier = 3
"""
)


def of(*keys: str, day: int = 0, born: str | None = None, apart: tuple[str, ...] = ()) -> Holding:
    claims = {"birth_date": (0, born)}
    held = (holding_of(key, day * DAY, said_by(key, claims, apart, POLICY), POLICY) for key in keys)
    return together(held)


def test_limits_that_are_not_broken_are_not_named() -> None:
    assert broken(of("user_id:1", "email:a"), of("user_id:2", "email:b"), POLICY) == ["user_id"]


def test_a_group_that_only_one_side_holds_breaks_nothing() -> None:
    assert broken(of("user_id:1", "user_id:2", "user_id:3"), of("email:a"), POLICY) == []


def test_which_side_is_named_first_does_not_matter() -> None:
    one, other = of("user_id:1"), of("user_id:2", "email:a", "email:b")
    assert broken(one, other, POLICY) == broken(other, one, POLICY) == ["user_id"]


def test_a_sliding_limit_counts_what_was_first_seen_within_its_window() -> None:
    old, new = together([of("phone:1"), of("phone:2", day=1)]), of("phone:3", day=9)
    assert broken(old, new, POLICY) == ["phone"]


def test_a_sliding_limit_ends_with_its_window() -> None:
    assert broken(together([of("phone:1"), of("phone:2")]), of("phone:3", day=10), POLICY) == []


def test_a_window_that_one_side_overfills_alone_is_no_new_breach() -> None:
    assert broken(together([of("phone:1"), of("phone:2"), of("phone:3")]), of("phone:4", day=50), POLICY) == []


def test_undated_sightings_share_a_window() -> None:
    undated = [holding_of(f"phone:{n}", UNDATED, {}, POLICY) for n in range(3)]
    assert broken(together(undated[:2]), undated[2], POLICY) == ["phone"]


@pytest.mark.parametrize(("tier", "refused"), [(2, False), (3, True), (5, True), (None, True)])
def test_a_contradiction_refuses_links_from_its_tier_on(tier: int | None, refused: bool) -> None:
    one, other = of("record:crm/1", born="1990-01-01"), of("record:erp/1", born="1991-01-01")
    assert bool(broken(one, other, POLICY, tier)) == refused


def test_who_says_nothing_contradicts_nobody() -> None:
    assert broken(of("record:crm/1", born="1990-01-01"), of("record:erp/1"), POLICY) == []


def test_who_says_the_same_contradicts_nobody() -> None:
    one, other = of("record:crm/1", born="1990-01-01"), of("record:erp/1", born="1990-01-01")
    assert broken(one, other, POLICY) == []


def test_a_side_at_odds_with_itself_contradicts_the_other_too() -> None:
    torn = together([of("record:crm/1", born="1990-01-01"), of("record:crm/2", born="1991-01-01")])
    assert broken(torn, of("record:erp/1", born="1990-01-01"), POLICY) == ["contradiction/birth_date"]


def test_a_decision_keeps_its_two_keys_apart_at_every_tier() -> None:
    assert broken(of("cookie:1", apart=("d1",)), of("cookie:2", apart=("d1",)), POLICY, 1) == ["decision/d1"]


def test_rules_are_named_as_people_know_them() -> None:
    one = of("user_id:1", "phone:1", "phone:2", born="1990-01-01", apart=("d1",))
    other = of("user_id:2", "phone:3", born="1991-01-01", apart=("d1",))
    names = "contradiction birth_date, decision d1, limit phone 2 in 10d, unique user_id"
    assert rules_between(one, other, POLICY) == names


def test_what_two_sides_hold_together_does_not_depend_on_their_order() -> None:
    one, other = of("user_id:1", "phone:1", born="1990-01-01"), of("phone:2", "email:a", day=3)
    assert one | other == other | one == together([other, one])


def test_whoever_holds_nothing_adds_nothing() -> None:
    one = of("user_id:1", "phone:1")
    assert one | Holding() == Holding() | one == one
