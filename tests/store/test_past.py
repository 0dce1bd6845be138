"""The graph as it was: what had happened, or had been told, by a moment, on both servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import NotFoundError, UsageError
from graph_cdp.model import DAY, UNDATED, Observation, Order, OrderLine
from graph_cdp.past import Moment
from graph_cdp.resolve.identity import hasher
from graph_cdp.store import exports
from tests.store.conftest import SECRET, Open

RULES = """
[namespaces.user_id]
trust = 1
unique = true
[namespaces.phone]
shared_above = { user_id = 1 }
"""
ANN, BEN, COOKIE, PHONE = "user_id:ann", "user_id:ben", "cookie:c1", "phone:+48601234567"
customer_id = hasher(SECRET)


def seen(*keys: str, day: int | None = 0, told: int | None = None, **more) -> Observation:
    at = UNDATED if day is None else day * DAY
    name = f"{day} {told} {keys} {more}"
    received = (told if told is not None else day or 0) * DAY
    return Observation(name, "web", name, "login", "seen", tuple(sorted(keys)), at, received, **more)


def by(day: int | None = None, told: int | None = None) -> Moment:
    times = (None if one is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=one) for one in (day, told))
    moment = Moment.of(*times)
    assert moment is not None
    return moment


def keys(profile: dict) -> set[str]:
    return {row["key"] for row in profile["identifiers"]}


@pytest.fixture
def engine(open_engine: Open) -> Engine:
    return open_engine(RULES)


def test_a_profile_is_as_it_was_before_customers_became_one(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=1), seen(COOKIE, day=2), seen(ANN, COOKIE, day=5)])
    assert keys(engine.profile(ANN, by(4))) == {ANN}
    assert engine.profile(COOKIE, by(4))["customer_id"] == customer_id(COOKIE)
    assert keys(engine.profile(ANN, by(5))) == keys(engine.profile(ANN)) == {ANN, COOKIE}
    assert engine.profile(ANN, by(5))["as_of"] == "1970-01-06T00:00:00.000000Z"


def test_what_happened_early_and_was_told_late_counts_by_the_question(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=1), seen(ANN, COOKIE, day=2, told=9)])
    assert keys(engine.profile(ANN, by(3))) == {ANN, COOKIE}
    assert keys(engine.profile(ANN, by(told=3))) == {ANN}


def test_the_component_of_that_day_may_reach_past_the_one_of_today(engine: Engine) -> None:
    engine.absorb([seen(COOKIE, PHONE, day=1), seen(ANN, PHONE, day=2)])
    assert keys(engine.profile(COOKIE)) == {COOKIE, PHONE, ANN}
    engine.absorb([seen(BEN, PHONE, day=5)])
    assert [row["key"] for row in engine.profile(COOKIE)["identifiers"] if not row["shared"]] == [COOKIE]
    assert keys(engine.profile(COOKIE, by(4))) == {COOKIE, PHONE, ANN}


def test_traits_orders_and_timeline_are_those_of_that_day(engine: Engine) -> None:
    order = "order:web/1"
    engine.absorb(
        [
            seen(ANN, day=1, traits={"city": "Kraków"}),
            seen(ANN, order, day=2, order=Order(order, (OrderLine("1", "A", "Tea", None, 2.0, 5.0),), currency="PLN")),
            seen(ANN, day=6, traits={"city": "Gdańsk"}),
            seen(ANN, order, day=7, order=Order(order, (OrderLine("1", "B", "Cup", None, 1.0, 9.0),), currency="PLN")),
        ]
    )
    then = engine.profile(ANN, by(3))
    assert then["traits"]["city"]["value"] == "Kraków"
    assert then["orders"]["revenue"] == {"PLN": 10.0}
    assert [line["sku"] for line in then["orders"]["last"][0]["lines"]] == ["A"]
    assert [row["at"][:10] for row in then["timeline"]] == ["1970-01-03", "1970-01-02"]
    engine.today = lambda: by(8).day
    now = {**engine.profile(ANN), "as_of": None}
    assert {**engine.profile(ANN, by(8)), "as_of": None} == now


def test_why_answers_for_that_day(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=1), seen(COOKIE, day=1), seen(ANN, COOKIE, day=5), seen(BEN, COOKIE, day=6)])
    assert engine.why(ANN, COOKIE, by(2)) == {
        "path": None,
        "refused": [],
        "values": {},
        "shared": [],
        "shared_between": [],
    }
    assert [link["kind"] for link in engine.why(ANN, COOKIE, by(5))["path"]] == ["login"]


def test_decisions_count_from_the_day_on_which_they_were_made(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=1), seen(BEN, day=1)])
    before = datetime.now(UTC)
    engine.decide("same", ANN, BEN, "she married", "eve")
    assert keys(engine.profile(ANN, Moment.of(before))) == {ANN}
    assert keys(engine.profile(ANN, Moment.of(datetime.now(UTC)))) == {ANN, BEN}


def test_all_members_are_exported_as_they_were(engine: Engine, tmp_path: Path) -> None:
    engine.absorb([seen(ANN, day=1), seen(COOKIE, day=2), seen(ANN, COOKIE, day=5, told=9)])
    to = tmp_path / "members.csv"
    engine.export("members", to, by(4))
    assert dict(pl.read_csv(to).iter_rows()) == {ANN: customer_id(ANN), COOKIE: customer_id(COOKIE)}
    engine.export("members", to, by(5))
    assert dict(pl.read_csv(to).iter_rows()) == dict.fromkeys((ANN, COOKIE), customer_id(ANN))
    engine.export("members", to, by(5, told=8))
    assert len(set(dict(pl.read_csv(to).iter_rows()).values())) == 2
    with pytest.raises(UsageError, match="'changes' cannot be exported as of a moment"):
        engine.export("changes", tmp_path / "changes.csv", by(5))


def test_every_table_of_a_moment_is_the_one_that_was_exported_then(open_engine: Open, tmp_path: Path) -> None:
    engine = open_engine(f'{RULES}recycled_after = "30d"\n[[contradictions]]\ntrait = "city"\ntier = 2\n')
    line = OrderLine("1", "A", "Tea", None, 2.0, 5.0)
    engine.absorb(
        [
            seen(ANN, PHONE, day=1, traits={"city": "Kraków"}),
            seen(BEN, PHONE, day=90),
            seen(COOKIE, PHONE, day=91),
            seen(ANN, "order:web/1", day=92, order=Order("order:web/1", (line,), currency="PLN")),
        ]
    )
    then = exported(engine, tmp_path)
    engine.absorb([seen(ANN, COOKIE, day=93), seen(BEN, "order:web/1", day=94), seen(PHONE, day=60, told=95)])
    assert exported(engine, tmp_path) != then
    assert exported(engine, tmp_path, by(told=92)) == then


def test_the_graph_around_a_key_is_as_it_was(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=1), seen(COOKIE, PHONE, day=2), seen(ANN, COOKIE, day=5), seen(BEN, PHONE, day=9)])
    then = engine.neighbours(COOKIE, 2, 100, by(6))
    properties = [node["properties"] for node in then["nodes"]]
    assert {one["key"] for one in properties if "key" in one} == {ANN, COOKIE, PHONE}
    assert {one["id"] for one in properties if "id" in one} == {customer_id(ANN)}
    kinds = [way["type"] for way in then["relationships"]]
    assert (kinds.count("LINK"), kinds.count("MEMBER_OF"), kinds.count("OBSERVED")) == (2, 3, 5)
    assert all({way["start"], way["end"]} <= {node["id"] for node in then["nodes"]} for way in then["relationships"])
    assert engine.neighbours(COOKIE, 1, 1, by(6))["truncated"]
    with pytest.raises(NotFoundError, match="nothing was known of this key"):
        engine.neighbours(BEN, 1, 10, by(6))


def exported(engine: Engine, folder: Path, moment: Moment | None = None) -> dict[str, str]:
    found = {}
    for what in exports.OF_A_MOMENT:
        engine.export(what, folder / f"{what}.csv", moment)
        found[what] = (folder / f"{what}.csv").read_text()
    return found


def test_undated_evidence_happened_when_it_was_told(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=1), seen(ANN, COOKIE, day=None, told=5)])
    assert keys(engine.profile(ANN, by(4))) == {ANN}
    assert keys(engine.profile(ANN, by(5))) == {ANN, COOKIE}


def test_before_the_first_evidence_the_day_is_named(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=5)])
    with pytest.raises(NotFoundError, match="first evidence is of 1970-01-06T00:00:00"):
        engine.profile(ANN, by(4))


def test_a_customer_id_leads_to_its_anchor_of_that_day(engine: Engine) -> None:
    engine.absorb([seen(ANN, day=1), seen(COOKIE, day=2), seen(ANN, COOKIE, day=5)])
    assert keys(engine.profile(customer_id(COOKIE), by(4))) == {COOKIE}
