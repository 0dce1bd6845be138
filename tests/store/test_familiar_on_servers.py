"""Visitors who are back: their evidence is not read again, and who they are now is."""

from __future__ import annotations

import pytest

from graph_cdp.engine import Engine
from graph_cdp.model import DAY, Observation
from graph_cdp.policy import Policy
from graph_cdp.state import Window
from graph_cdp.store.reads import Reads
from tests.store.conftest import Open

ANN, BEN = ("cookie:a", "user_id:1"), ("cookie:b", "user_id:2")


def seen(*keys: str, uid: str, day: int = 0, kind: str = "device") -> Observation:
    return Observation(uid, "web", uid, kind, "seen", tuple(sorted(keys)), day * DAY, 0)


def members(engine: Engine) -> dict[str, str]:
    return {row["key"]: row["customer_id"] for row in engine.members()}


def test_who_is_back_on_the_same_day_is_known_without_reading_links(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = engine.absorb([seen(*ANN, uid="1")])
    monkeypatch.setattr(Reads, "start", lambda *_: pytest.fail("the evidence was read"))
    [again] = engine.absorb([seen(*ANN, uid="2")])
    assert (again.outcome, again.customer_id) == ("known", first.customer_id)
    assert len(engine.timeline("cookie:a", Window(), 10)["items"]) == 2


def test_the_answer_has_the_customer_that_others_of_the_batch_made(engine: Engine) -> None:
    engine.absorb([seen(*BEN, uid="1", day=1), seen(*ANN, uid="2", day=2)])
    back, joined = engine.absorb([seen(*ANN, uid="3", day=2), seen("cookie:a", "cookie:b", uid="4", day=3)])
    assert (back.outcome, joined.outcome) == ("known", "refused")
    engine.absorb([seen("cookie:c", uid="5", day=4), seen("device:d", uid="6")])
    back, joined = engine.absorb([seen("cookie:c", uid="7", day=4), seen("cookie:c", "device:d", uid="8", day=5)])
    assert (back.outcome, joined.outcome) == ("known", "merged")
    assert back.customer_id == joined.customer_id == members(engine)["cookie:c"]


def test_a_link_that_another_engine_has_had_refused_meanwhile_is_said_to_be(open_engine: Open) -> None:
    one, other = open_engine(), open_engine()
    one.absorb([seen("cookie:a", "user_id:1", uid="1", day=2)])
    # An older sighting of another account takes the cookie away.
    other.absorb([seen("cookie:a", "user_id:2", uid="2", day=1)])
    [reply] = one.absorb([seen("cookie:a", "user_id:1", uid="3", day=2)])
    assert reply.outcome == "refused"
    assert reply.customer_id == members(one)["user_id:1"]


def test_under_another_policy_nothing_is_familiar(open_engine: Open) -> None:
    one, other = open_engine(""), open_engine()
    one.absorb([seen("cookie:a", "email:a@x.pl", uid="1")])
    other.relink(Policy('[blocked]\nemail = ["a@x.pl"]'))
    one.absorb([seen("cookie:a", "email:a@x.pl", uid="2")])
    assert set(members(one)) == {"cookie:a"}
    other.relink(Policy(""))
    assert set(members(one)) == {"cookie:a", "email:a@x.pl"}
    assert one.relink(rebuild=True).summary["identifiers_moved"] == 0
