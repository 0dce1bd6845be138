"""Values that are somebody else's after a rest: two people of one phone number, years apart, on both servers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from graph_cdp import offline
from graph_cdp.engine import Engine
from graph_cdp.errors import NotFoundError
from graph_cdp.model import Observation, micros, value_of
from graph_cdp.past import Moment
from graph_cdp.policy import Policy
from graph_cdp.resolve.identity import hasher
from tests.store.conftest import SECRET, Open

RULES = """
[namespaces.user_id]
trust = 1
unique = true
[namespaces.phone]
trust = 2
limit = 1
recycled_after = "730d"
"""
PLAIN = RULES.replace('recycled_after = "730d"', "").replace("limit = 1", "")
PHONE, ANN, BEN, EVA = "phone:+48601234567", "user_id:ann", "user_id:ben", "cookie:eva"
LATER = f"{PHONE}@2023-05-04T00:00:00.000000Z"
customer_id = hasher(SECRET)


def seen(*keys: str, on: str, **more) -> Observation:
    at = micros(datetime.fromisoformat(on).replace(tzinfo=UTC))
    return Observation(f"{on} {keys}", "web", f"{on} {keys}", "login", "seen", tuple(sorted(keys)), at, at, **more)


STORY = [
    seen(ANN, PHONE, on="2019-03-01", traits={"name": "Ann"}),
    seen(PHONE, on="2019-08-01"),
    seen(BEN, PHONE, on="2023-05-04", traits={"name": "Ben"}),
    seen(PHONE, "cookie:c", on="2023-06-01"),
]


@pytest.fixture
def engine(open_engine: Open) -> Engine:
    return open_engine(RULES)


def members(engine: Engine) -> dict[str, str]:
    return {row["key"]: row["customer_id"] for row in engine.members()}


def test_a_number_that_rested_for_years_is_somebody_elses(engine: Engine) -> None:
    engine.absorb(STORY)
    ann, ben = (customer_id(key) for key in (PHONE, LATER))
    assert members(engine) == {ANN: ann, PHONE: ann, BEN: ben, LATER: ben, "cookie:c": ben}


@pytest.mark.parametrize("turn", [1, -1])
def test_in_whatever_order_and_one_by_one(engine: Engine, turn: int) -> None:
    for one in STORY[::turn]:
        engine.absorb([one])
    assert set(members(engine)) == {ANN, PHONE, BEN, LATER, "cookie:c"}
    assert members(engine)[LATER] == members(engine)[BEN] != members(engine)[ANN]


def test_the_number_leads_to_whom_it_belongs_now_and_with_a_time_to_whom_it_belonged_then(engine: Engine) -> None:
    engine.absorb(STORY)
    assert engine.profile(PHONE)["traits"]["name"]["value"] == "Ben"
    assert engine.profile(f"{PHONE}@2020-01-01T00:00:00.000000Z")["traits"]["name"]["value"] == "Ann"
    assert engine.profile(LATER)["customer_id"] == engine.profile(BEN)["customer_id"]
    assert {row["value"] for row in engine.profile(ANN)["identifiers"]} == {"+48601234567", "ann"}


def test_each_has_the_history_of_its_own_years(engine: Engine) -> None:
    engine.absorb(STORY)
    assert [row["at"][:10] for row in engine.profile(ANN)["timeline"]] == ["2019-08-01", "2019-03-01"]
    assert [row["at"][:10] for row in engine.profile(BEN)["timeline"]] == ["2023-06-01", "2023-05-04"]


def test_as_of_a_day_in_between_it_was_the_first_ones(engine: Engine) -> None:
    engine.absorb(STORY)
    moment = Moment.named("2020-01-01")
    assert moment
    assert engine.profile(PHONE, moment)["customer_id"] == engine.profile(ANN, moment)["customer_id"]
    with pytest.raises(NotFoundError, match="nothing was known of this key as of 2020"):
        engine.profile(BEN, moment)
    now = Moment.named("2024-01-01")
    assert now
    assert engine.profile(PHONE, now)["customer_id"] == engine.profile(BEN)["customer_id"]


def test_a_sighting_told_late_brings_the_years_together_again(engine: Engine) -> None:
    engine.absorb(STORY)
    engine.absorb([seen(PHONE, on="2021-06-01")])
    assert set(members(engine)) == {ANN, PHONE, BEN, "cookie:c"}
    assert [change["keys"] for change in engine.changes(0, 100) if change["change"] == "removed"] == [[LATER]]
    assert engine.plan_relink(rebuild=True).summary["identifiers_moved"] == 0


def test_an_earlier_first_sighting_moves_the_name_and_old_ids_lead_on(engine: Engine) -> None:
    engine.absorb(STORY)
    old = engine.profile(PHONE)["customer_id"]
    engine.absorb([seen(PHONE, on="2023-04-01")])
    assert f"{PHONE}@2023-04-01T00:00:00.000000Z" in members(engine)
    assert engine.profile(old)["traits"]["name"]["value"] == "Ben"


def test_of_one_value_a_customer_may_have_many_epochs(engine: Engine) -> None:
    engine.absorb([*STORY, seen(ANN, PHONE, on="2026-01-01")])
    names = [key for key, home in members(engine).items() if value_of(key) == PHONE and home == members(engine)[ANN]]
    assert len(names) == 2


def test_a_decision_means_the_sighting_that_it_was_made_about(engine: Engine) -> None:
    engine.absorb(STORY[:2])
    made = engine.decide("same", PHONE, EVA, "she says so", "steward")
    assert made.decision.b == f"{PHONE}@2019-03-01T00:00:00.000000Z"
    engine.absorb([*STORY[2:], seen(EVA, on="2024-01-01")])
    assert members(engine)[EVA] == members(engine)[ANN] != members(engine)[BEN]
    assert engine.decisions()[0]["state"] == "in force"


def test_why_names_the_epoch(engine: Engine) -> None:
    engine.absorb(STORY)
    assert engine.why(PHONE, BEN)["path"][0]["b"] == BEN or engine.why(PHONE, BEN)["path"][0]["a"] == LATER
    assert engine.why(ANN, BEN)["path"] is None


def test_a_relink_finds_the_epochs_in_what_is_there_and_takes_them_away_again(open_engine: Open) -> None:
    engine = open_engine(PLAIN)
    engine.absorb(STORY)
    assert len(set(members(engine).values())) == 2
    engine.relink(Policy(RULES))
    recycled = members(engine)
    assert set(recycled) == {ANN, PHONE, BEN, LATER, "cookie:c"}
    engine.absorb([seen(PHONE, on="2023-07-01")])
    assert members(engine) == recycled
    engine.relink(Policy(PLAIN))
    assert set(members(engine)) == {ANN, PHONE, BEN, "cookie:c"}


def test_the_exported_links_resolve_to_the_members(engine: Engine, tmp_path: Path) -> None:
    engine.absorb([*STORY, seen(ANN, PHONE, on="2019-12-01")])
    engine.export("links", tmp_path / "links.csv")
    engine.export("members", tmp_path / "members.csv")
    offline.resolve_file(offline.Named(tmp_path / "links.csv"), tmp_path / "resolved.csv", Policy(RULES), SECRET)
    assert pl.read_csv(tmp_path / "resolved.csv").equals(pl.read_csv(tmp_path / "members.csv"))


def test_a_duplicate_is_answered_with_the_customer_of_its_time(engine: Engine) -> None:
    engine.absorb(STORY)
    again = engine.absorb([seen(PHONE, on="2019-08-01"), seen(PHONE, "cookie:c", on="2023-06-01")])
    assert [reply.outcome for reply in again] == ["duplicate", "duplicate"]
    assert [reply.customer_id for reply in again] == [members(engine)[ANN], members(engine)[BEN]]
