"""Spellings of one mailbox on both servers: one customer, unless the policy says otherwise."""

from __future__ import annotations

import pytest

from graph_cdp.model import DAY, Observation
from graph_cdp.policy import Policy
from tests.store.conftest import Open

APART = "min_tier = 5\n[kinds]\nequivalent = { tier = 9 }\n"
MADE = [
    Observation(str(day), "web", str(day), "login", "seen", keys, day * DAY, day * DAY)
    for day, keys in enumerate([("email:an.na@gmail.com", "user_id:1"), ("cookie:c", "email:anna+shop@gmail.com")], 1)
]


@pytest.mark.parametrize("turn", [1, -1])
def test_two_spellings_are_one_customer_in_any_order(open_engine: Open, turn: int) -> None:
    engine = open_engine()
    replies = [reply for one in MADE[::turn] for reply in engine.absorb([one])]
    assert len(replies) == 2
    assert len({row["customer_id"] for row in engine.members()}) == 1
    path = engine.why("user_id:1", "cookie:c")["path"]
    assert [link["kind"] for link in path] == ["login", "equivalent", "equivalent", "login"]
    assert engine.plan_relink(rebuild=True).summary["identifiers_moved"] == 0
    assert {reply.outcome for reply in engine.absorb(MADE)} == {"duplicate"}


def test_a_policy_may_take_them_for_different_ones(open_engine: Open) -> None:
    engine = open_engine(APART)
    engine.absorb(MADE)
    homes = {row["key"]: row["customer_id"] for row in engine.members()}
    assert homes["user_id:1"] != homes["cookie:c"]
    engine.relink(Policy(""))
    assert len({row["customer_id"] for row in engine.members()}) == 1
