"""What stewards decide, on both servers: joins and splits whatever the rules say, taken back without a trace."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import ConflictingError, KeyFormatError, NotFoundError, UsageError
from graph_cdp.model import DAY, Observation
from graph_cdp.offline import Named, given_in
from graph_cdp.policy import Policy
from graph_cdp.resolve import tables
from graph_cdp.resolve.identity import hasher
from tests.store.conftest import SECRET, Open

RULES = """
[namespaces.user_id]
trust = 1
unique = true
[namespaces.phone]
shared_above = { user_id = 1 }
[kinds]
login = { tier = 1 }
form = { tier = 3 }
[[contradictions]]
trait = "birth_date"
tier = 2
"""
ANN, BEN = "user_id:ann", "user_id:ben"
COOKIE, PHONE = "cookie:c1", "phone:+48601234567"
customer_id = hasher(SECRET)


def seen(*keys: str, day: int = 0, kind: str = "login", **traits: object) -> Observation:
    name = f"{day} {keys} {traits}"
    return Observation(name, "web", name, kind, "seen", tuple(sorted(keys)), day * DAY, day * DAY, traits)


@pytest.fixture
def engine(open_engine: Open) -> Engine:
    return open_engine(RULES)


def members(engine: Engine) -> dict[str, str]:
    return {row["key"]: row["customer_id"] for row in engine.members()}


def together(engine: Engine, *keys: str) -> bool:
    found = members(engine)
    return len({found[key] for key in keys}) == 1


def test_a_steward_joins_what_a_rule_keeps_apart(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), seen(BEN, COOKIE, day=1)])
    assert not together(engine, ANN, BEN)
    made = engine.decide("same", ANN, BEN, "she married", "eve")
    assert [change["change"] for change in made.changes] == ["merged"]
    assert together(engine, ANN, BEN, COOKIE)


def test_a_steward_parts_what_links_join(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE)])
    engine.decide("different", ANN, COOKIE, "a borrowed tablet", "eve")
    assert not together(engine, ANN, COOKIE)
    engine.absorb([seen(ANN, COOKIE, day=1)])
    assert not together(engine, ANN, COOKIE)


def test_the_sender_of_a_link_that_a_decision_refuses_is_told(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE)])
    made = engine.decide("different", ANN, COOKIE, "a borrowed tablet", "eve")
    reply = engine.absorb([seen(ANN, COOKIE, day=1)])[0]
    assert (reply.outcome, reply.refused) == (
        "refused",
        ({"link": [COOKIE, ANN], "rule": f"decision {made.decision.id}"},),
    )


def test_taking_a_decision_back_leaves_everything_as_it_was(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), seen(BEN, day=1)])
    before = members(engine), engine.profile(ANN), engine.profile(BEN)
    made = engine.decide("same", ANN, BEN, "she married", "eve")
    engine.undo(made.decision.id, "a mistake", "eve")
    assert (members(engine), engine.profile(ANN), engine.profile(BEN)) == before


def test_an_undo_is_taken_back_like_any_decision(engine: Engine) -> None:
    engine.absorb([seen(ANN), seen(BEN, day=1)])
    made = engine.decide("same", ANN, BEN, "she married", "eve")
    undo = engine.undo(made.decision.id, "", "eve")
    engine.undo(undo.decision.id, "it was right", "eve")
    assert together(engine, ANN, BEN)


def test_a_decision_about_a_key_that_nobody_has_seen_waits_for_it(engine: Engine) -> None:
    engine.absorb([seen(ANN)])
    engine.decide("same", ANN, COOKIE, "she told us", "eve")
    assert engine.decisions()[0]["state"] == "sleeping"
    engine.absorb([seen(COOKIE, day=1)])
    assert together(engine, ANN, COOKIE)
    assert engine.decisions()[0]["state"] == "in force"


def test_the_latest_decision_outranks_the_earlier_and_gives_way_when_it_is_taken_back(engine: Engine) -> None:
    engine.absorb([seen(ANN), seen(BEN, day=1)])
    engine.decide("same", ANN, BEN, "she married", "eve")
    later = engine.decide("different", ANN, BEN, "two sisters", "eve")
    assert not together(engine, ANN, BEN)
    assert [row["state"] for row in engine.decisions()] == ["in force", "contradicted"]
    engine.undo(later.decision.id, "", "eve")
    assert together(engine, ANN, BEN)


def test_a_customer_id_stands_for_its_anchor(engine: Engine) -> None:
    engine.absorb([seen(ANN), seen(BEN, day=1)])
    made = engine.decide("same", customer_id(ANN), customer_id(BEN), "she married", "eve")
    assert (made.decision.a, made.decision.b) == (ANN, BEN)


def test_a_decision_gives_a_shared_identifier_an_owner_and_joins_nobody_else(engine: Engine) -> None:
    engine.absorb([seen(ANN, PHONE), seen(BEN, PHONE, day=1)])
    engine.decide("same", ANN, PHONE, "it is hers", "eve")
    assert together(engine, ANN, PHONE)
    assert not together(engine, ANN, BEN)


def test_decisions_outlive_a_relink_and_another_policy(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), seen(BEN, day=1)])
    engine.decide("same", ANN, BEN, "she married", "eve")
    engine.decide("different", ANN, COOKIE, "a borrowed tablet", "eve")
    engine.relink()
    engine.relink(Policy(""))
    assert together(engine, ANN, BEN)
    assert not together(engine, ANN, COOKIE)


def test_why_names_the_decision_on_the_path(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), seen(BEN, day=1)])
    engine.decide("same", ANN, BEN, "she married", "eve")
    path = engine.why(COOKIE, BEN)["path"]
    assert [(link["kind"], link["tier"]) for link in path] == [("login", 1), ("decision", 0)]


def test_why_names_the_decision_between_two_customers(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE)])
    made = engine.decide("different", ANN, COOKIE, "a borrowed tablet", "eve")
    answer = engine.why(ANN, COOKIE)
    rule = f"decision {made.decision.id}"
    assert answer["refused"] == [{"link": [COOKIE, ANN], "rule": rule}]
    assert answer["values"] == {rule: [COOKIE, ANN]}


def test_what_is_decided_twice_or_never_seen_is_refused_with_the_remedy(engine: Engine) -> None:
    engine.absorb([seen(ANN), seen(BEN, day=1)])
    made = engine.decide("same", ANN, BEN, "she married", "eve")
    undo = engine.undo(made.decision.id, "", "eve")
    with pytest.raises(ConflictingError, match=f"graph-cdp undo {undo.decision.id}"):
        engine.undo(made.decision.id, "", "eve")
    with pytest.raises(NotFoundError, match="there is no decision of that id"):
        engine.undo("nonsense", "", "eve")
    with pytest.raises(UsageError, match="one and the same key"):
        engine.decide("same", ANN, ANN, "", "eve")
    with pytest.raises(NotFoundError, match="no customer was ever given this id"):
        engine.decide("same", ANN, "0" * 32, "", "eve")
    with pytest.raises(KeyFormatError):
        engine.decide("same", ANN, "email:nobody", "", "eve")
    assert len(engine.decisions()) == 2


def test_who_contradict_one_another_stay_apart_until_the_word_is_taken_back(engine: Engine) -> None:
    crm, erp = "record:crm/1", "record:erp/1"
    engine.absorb([seen(crm, birth_date="1990-01-01"), seen(erp, day=1, birth_date="1991-01-01")])
    reply = engine.absorb([seen(crm, erp, day=2, kind="form")])[0]
    assert reply.refused == ({"link": [crm, erp], "rule": "contradiction birth_date"},)
    said = [f"{crm} says 1990-01-01", f"{erp} says 1991-01-01"]
    assert engine.why(crm, erp)["values"] == {"contradiction birth_date": said}
    engine.absorb([seen(erp, day=3, birth_date=None)])
    assert together(engine, crm, erp)


def test_a_stronger_link_than_the_contradiction_joins_all_the_same(engine: Engine) -> None:
    crm, erp = "record:crm/1", "record:erp/1"
    engine.absorb([seen(crm, birth_date="1990-01-01"), seen(erp, day=1, birth_date="1991-01-01")])
    engine.absorb([seen(crm, erp, day=2, kind="login")])
    assert together(engine, crm, erp)


def test_a_review_asks_about_refused_links_contradicted_decisions_and_bridges(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), seen(BEN, COOKIE, day=1)])
    parts = [[f"cookie:{name}{n}" for n in range(3)] for name in "xy"]
    engine.absorb([seen(*parts[0], day=2), seen(*parts[1], day=2), seen("cookie:x0", "cookie:y0", day=3, kind="form")])
    engine.decide("same", "cookie:p", "cookie:q", "", "eve")
    engine.decide("different", "cookie:p", "cookie:q", "", "eve")
    engine.absorb([seen("cookie:p", day=4), seen("cookie:q", day=4)])
    found = engine.review(20)
    assert [item["what"] for item in found] == ["contradicted decision", "refused link", "bridge"]
    assert [side["customer_id"] for side in found[1]["sides"]] == [customer_id(COOKIE), customer_id(BEN)]
    assert (found[1]["rule"], found[1]["links"]) == ("unique user_id", 1)
    assert [side["keys"] for side in found[2]["sides"]] == parts
    assert engine.review(1) == found[:1]


def test_a_review_has_room_for_what_is_rare_beside_what_is_often(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), *(seen(f"user_id:other{n}", COOKIE, day=1) for n in range(6))])
    engine.decide("same", "cookie:p", "cookie:q", "", "eve")
    engine.decide("different", "cookie:p", "cookie:q", "", "eve")
    engine.absorb([seen("cookie:p", day=4), seen("cookie:q", day=4)])
    engine.absorb([seen(*(f"device:{n}" for n in range(5)), day=1), *(seen(f"device:one{n}") for n in range(500))])
    whole = [item["what"] for item in engine.review(20)]
    assert whole == ["contradicted decision", *["refused link"] * 6, "large customer"]
    assert [item["what"] for item in engine.review(4)] == [
        "contradicted decision",
        "refused link",
        "refused link",
        "large customer",
    ]


def test_a_review_asks_about_customers_that_grew_past_the_usual(engine: Engine) -> None:
    engine.absorb([seen(f"cookie:{n}") for n in range(200)])
    engine.absorb([seen(*(f"device:{n}" for n in range(5)), day=1)])
    found = engine.review(20)
    assert [(item["what"], item["sides"][0]["members"]) for item in found] == [("large customer", 5)]


def test_nothing_deserves_a_look_in_an_empty_store(engine: Engine) -> None:
    assert engine.review(20) == []


def test_exported_links_decisions_and_records_resolve_to_the_same_members(engine: Engine, tmp_path: Path) -> None:
    crm, erp = "record:crm/1", "record:erp/1"
    engine.absorb([seen(ANN, COOKIE), seen(BEN, COOKIE, day=1), seen(ANN, PHONE, day=2), seen(BEN, PHONE, day=3)])
    engine.absorb([seen(crm, birth_date="1990-01-01"), seen(erp, day=1, birth_date="1991-01-01")])
    engine.absorb([seen(crm, erp, day=2, kind="form")])
    engine.undo(engine.decide("same", ANN, BEN, "she married", "eve").decision.id, "", "eve")
    engine.decide("different", ANN, COOKIE, "a borrowed tablet", "eve")
    paths = {name: tmp_path / f"{name}.csv" for name in ("links", "decisions", "records", "members")}
    for name, path in paths.items():
        engine.export(name, path)
    given = given_in(Named(paths["links"], paths["decisions"], paths["records"]))
    assert tables.resolve(given, Policy(RULES), SECRET)[0].equals(pl.read_csv(paths["members"], infer_schema=False))


def test_profiles_warn_of_refused_links_with_the_rule_on_both_sides(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), seen(BEN, COOKIE, day=1)])
    warning = {"warning": "refused link", "link": [COOKIE, BEN], "rule": "unique user_id"}
    assert engine.profile(ANN)["warnings"] == [{**warning, "other": customer_id(BEN)}]
    assert engine.profile(BEN)["warnings"] == [{**warning, "other": customer_id(COOKIE)}]


def test_a_profile_warns_of_what_its_identifiers_contradict_one_another_in(engine: Engine) -> None:
    crm, erp = "record:crm/1", "record:erp/1"
    engine.absorb([seen(crm, birth_date="1990-01-01"), seen(erp, day=1, birth_date="1991-01-01")])
    engine.decide("same", crm, erp, "a typing error", "eve")
    said = {"warning": "contradiction", "trait": "birth_date", "values": ["1990-01-01", "1991-01-01"]}
    assert engine.profile(crm)["warnings"] == [said]


def test_why_says_what_falls_apart_without_the_weakest_link_or_a_given_one(engine: Engine) -> None:
    engine.absorb([seen(ANN, COOKIE), seen(COOKIE, PHONE, day=1, kind="form")])
    weakest = engine.why(ANN, PHONE)["falls_apart"]
    assert weakest == {"without": [COOKIE, PHONE], "parts": [[COOKIE, ANN], [PHONE]]}
    given = engine.why(ANN, PHONE, without=(ANN, COOKIE))["falls_apart"]
    assert given == {"without": [COOKIE, ANN], "parts": [[ANN], [COOKIE, PHONE]]}
    with pytest.raises(NotFoundError, match="joins these two keys"):
        engine.why(ANN, PHONE, without=(ANN, PHONE))


def test_a_question_that_a_steward_has_answered_is_not_asked_again(engine: Engine) -> None:
    parts = [[f"cookie:{name}{n}" for n in range(3)] for name in "xy"]
    engine.absorb([seen(*parts[0]), seen(*parts[1]), seen("cookie:x0", "cookie:y0", day=1, kind="form")])
    engine.absorb([seen(ANN, COOKIE, day=2), seen(BEN, COOKIE, day=3)])
    asked = engine.review(20)
    assert [item["what"] for item in asked] == ["refused link", "bridge"]
    engine.decide("different", asked[0]["a"], asked[0]["b"], "two sisters", "eve")
    engine.decide("same", asked[1]["a"], asked[1]["b"], "she told us", "eve")
    assert engine.review(20) == []
