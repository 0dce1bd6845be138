"""What may be taken as said already, and when all of that is forgotten."""

from __future__ import annotations

import pytest

from graph_cdp.familiar import Familiar
from graph_cdp.model import DAY, UNDATED, Observation, Order
from graph_cdp.policy import Policy

UNDER = ("the policy", 1)
POLICY = Policy(
    """
[namespaces.phone]
recycled_after = "730d"
[[contradictions]]
trait = "birth_date"
[blocked]
email = ["test@test.com"]
"""
)


def seen(*keys: str, at: int = 5 * DAY, order: Order | None = None, **more: object) -> Observation:
    said = {"source": "web", "kind": "device", **more}
    return Observation("u", said["source"], "m", said["kind"], "seen", keys, at, 0, said.get("traits", {}), {}, order)


def learned(*observations: Observation) -> Familiar:
    familiar = Familiar()
    familiar.learn(observations, POLICY, UNDER)
    return familiar


def test_who_comes_again_on_the_same_day_is_familiar() -> None:
    assert learned(seen("cookie:1")).knows(seen("cookie:1", at=6 * DAY - 1), UNDER)


@pytest.mark.parametrize(
    "other",
    [
        seen("cookie:1", at=6 * DAY),
        seen("cookie:1", at=5 * DAY - 1),
        seen("cookie:1", source="app"),
        seen("cookie:1", kind="login"),
        seen("cookie:1", "user_id:2"),
        seen("user_id:2"),
    ],
)
def test_another_day_source_kind_or_identifier_is_news(other: Observation) -> None:
    assert not learned(seen("cookie:1"), seen("user_id:2", "user_id:3")).knows(other, UNDER)


def test_all_between_two_sightings_is_familiar() -> None:
    familiar = learned(seen("cookie:1"), seen("cookie:1", at=9 * DAY))
    assert familiar.knows(seen("cookie:1", at=7 * DAY), UNDER)
    assert familiar.knows(seen("cookie:1", at=UNDATED), UNDER)


@pytest.mark.parametrize(
    "more",
    [
        seen("cookie:1", order=Order("order:web/1")),
        seen("cookie:1", traits={"birth_date": "1990-01-01"}),
        seen("cookie:1", "phone:+48601234567"),
        seen("email:test@test.com"),
    ],
)
def test_orders_compared_traits_recycled_and_blocked_values_are_always_looked_at(more: Observation) -> None:
    assert not learned(more).knows(more, UNDER)


def test_other_decisions_make_all_forgotten() -> None:
    familiar = learned(seen("cookie:1"))
    familiar.learn([seen("cookie:2")], POLICY, ("the policy", 2))
    assert not familiar.knows(seen("cookie:1"), UNDER)
    assert not familiar.knows(seen("cookie:1"), ("the policy", 2))
    assert familiar.knows(seen("cookie:2"), ("the policy", 2))


def test_what_came_last_is_held_and_the_oldest_goes() -> None:
    familiar = Familiar(most=4)
    for number in range(9):
        familiar.learn([seen(f"cookie:{number}")], POLICY, UNDER)
    held = [number for number in range(9) if familiar.knows(seen(f"cookie:{number}"), UNDER)]
    assert held == list(range(held[0], 9))
    assert 2 <= len(held) <= 4
