"""Relinks on both servers: what they say before, what they write, and what they mend."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_cdp import relinking
from graph_cdp.engine import Engine
from graph_cdp.errors import EvidenceMovedError, NotFoundError
from graph_cdp.model import DAY, Company, Observation, Order, OrderLine
from graph_cdp.policy import Policy
from graph_cdp.resolve.identity import hasher
from tests import servers
from tests.laws import reference
from tests.laws.evidence import POLICIES, observations, rows_of, rules_of
from tests.store.conftest import SECRET, Open, empty, engine_on

UNIQUE = "[namespaces.user_id]\nunique = true\n"
SHARING = "[namespaces.phone]\nshared_above = { user_id = 1 }\n"
PHONE, COOKIE = "phone:+48601234567", "cookie:1"
customer_id = hasher(SECRET)


def seen(uid: str, *keys: str, day: int = 0, **more: Any) -> Observation:
    return Observation(uid, "web", uid, "login", "seen", tuple(sorted(keys)), day * DAY, 0, **more)


def members(engine: Engine) -> dict[str, str]:
    return {row["key"]: row["customer_id"] for row in engine.members()}


def run(server: servers.Server, statement: str, **parameters: Any) -> list[dict[str, Any]]:
    with servers.driver_of(server) as driver, driver.session(database="neo4j") as session:
        return session.run(statement, parameters).data()


def blocking(*values: str) -> Policy:
    listed = ", ".join(f'"{value}"' for value in values)
    return Policy(f"[blocked]\nany = [{listed}]\n")


# What a plan says


def test_a_relink_that_changes_nothing_has_nothing_to_write(open_engine: Open) -> None:
    engine = open_engine(UNIQUE)
    engine.absorb([seen("1", "user_id:1", COOKIE), seen("2", "user_id:2", COOKIE, day=1)])
    look = relinking.look(engine.graph, engine.policy, customer_id, relinking.quiet, rebuild=False)
    assert look.units.is_empty()


def test_a_split_names_the_rule_that_keeps_its_parts_apart(open_engine: Open) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:1", COOKIE), seen("2", "user_id:2", COOKIE)])
    summary = engine.plan_relink(Policy(UNIQUE)).summary
    assert summary["by_rule"] == {"unique user_id": {"split": 1, "merged": 0}}
    assert [example["rules"] for example in summary["examples"]["split"]] == [["unique user_id"]]


def test_a_split_by_a_shared_identifier_names_the_sharing(open_engine: Open) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:1", PHONE), seen("2", "user_id:2", PHONE)])
    summary = engine.plan_relink(Policy(SHARING)).summary
    assert (summary["split"], summary["newly_shared"]) == (1, 1)
    assert summary["by_rule"] == {"phone shared_above user_id 1": {"split": 1, "merged": 0}}


def test_a_merge_is_explained_by_the_path_that_joins_and_the_rule_that_stood_between(open_engine: Open) -> None:
    engine = open_engine(UNIQUE)
    engine.absorb([seen("1", "user_id:1", COOKIE), seen("2", "user_id:2", COOKIE, day=1)])
    summary = engine.plan_relink(Policy("")).summary
    [example] = summary["examples"]["merged"]
    assert [(link["a"], link["b"]) for link in example["why"]["path"]] == [(COOKIE, "user_id:2")]
    assert summary["by_rule"] == {"unique user_id": {"split": 0, "merged": 1}}


def test_a_policy_that_would_join_nearly_everybody_is_warned_of(open_engine: Open) -> None:
    engine = open_engine(UNIQUE)
    engine.absorb([seen(str(number), f"user_id:{number}", PHONE) for number in range(250)])
    assert engine.plan_relink().summary["warnings"] == []
    [warning] = engine.plan_relink(Policy("")).summary["warnings"]
    assert warning.startswith("one customer would have 251 of all 251 identifiers")


def test_a_policy_that_would_join_nobody_is_warned_of(open_engine: Open) -> None:
    engine = open_engine("")
    engine.absorb([seen(str(number), f"user_id:{number}", f"cookie:{number}") for number in range(150)])
    [warning] = engine.plan_relink(Policy("min_tier = 1\n")).summary["warnings"]
    assert warning.startswith("nothing is joined at all")


def test_a_plan_for_another_store_is_refused(open_engine: Open, store: servers.Server) -> None:
    first = open_engine("")
    plan = first.plan_relink()
    empty(store)
    with engine_on(store, "") as other, pytest.raises(EvidenceMovedError, match="made for another store"):
        other.apply(plan)


def test_a_plan_is_only_applied_to_the_evidence_that_it_was_made_from(open_engine: Open, tmp_path: Path) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:1", COOKIE), seen("2", "user_id:2", COOKIE)])
    engine.plan_relink(Policy(UNIQUE)).save(tmp_path / "plan.json")
    plan = engine.load_plan(tmp_path / "plan.json")
    engine.absorb([seen("3", "user_id:3", COOKIE)])
    with pytest.raises(EvidenceMovedError, match="nothing was done"):
        engine.apply(plan)
    assert engine.policy == Policy("")


def test_a_plan_is_applied_as_it_was_kept(open_engine: Open, tmp_path: Path) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:1", COOKIE), seen("2", "user_id:2", COOKIE), seen("3", "user_id:null", COOKIE)])
    made = engine.plan_relink(blocking("null"), rebuild=True)
    made.save(tmp_path / "plan.json")
    assert engine.apply(engine.load_plan(tmp_path / "plan.json")).summary == made.summary
    assert sorted(members(engine)) == [COOKIE, "user_id:1", "user_id:2"]


# Policies


def test_the_history_has_every_policy_since_when_it_was_in_force(open_engine: Open) -> None:
    engine = open_engine("")
    engine.relink(Policy(UNIQUE))
    engine.relink(Policy(UNIQUE))
    engine.relink(Policy(""))
    history = engine.policies()
    assert [(row["text"], row["in_force"]) for row in history] == [("", False), (UNIQUE, False), ("", True)]
    assert sorted(row["since"] for row in history) == [row["since"] for row in history]
    assert engine.policy_of(Policy(UNIQUE).fingerprint) == Policy(UNIQUE)
    with pytest.raises(NotFoundError):
        engine.policy_of("nothing")


def test_links_have_the_tiers_of_the_policy_in_force(open_engine: Open, store: servers.Server) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:1", COOKIE)])
    engine.relink(Policy("[kinds]\nlogin = { tier = 2 }\n"))
    assert run(store, "MATCH ()-[l:LINK]->() RETURN l.tier AS tier") == [{"tier": 2}]


# Blocked values


def test_a_value_no_longer_blocked_gets_its_identifier_links_and_events(open_engine: Open) -> None:
    engine = open_engine(blocking("null").text)
    engine.absorb([seen("1", "user_id:null", COOKIE), seen("2", "user_id:null", "device:d", day=1)])
    assert sorted(members(engine)) == [COOKIE, "device:d"]
    summary = engine.relink(Policy("")).summary
    assert (summary["merged"], summary["blocked"]) == (1, {"newly": 0, "no_longer": 1})
    assert len(set(members(engine).values())) == 1
    assert len(engine.profile("user_id:null")["timeline"]) == 2
    assert sum(engine.plan_relink(rebuild=True).summary["rebuilt"].values()) == 0


def test_a_value_that_is_blocked_from_now_on_loses_its_identifier_and_joins_nobody(open_engine: Open) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:null", COOKIE), seen("2", "user_id:null", "device:d", day=1)])
    engine.relink(blocking("null"))
    assert sorted(members(engine)) == [COOKIE, "device:d"]
    assert len(set(members(engine).values())) == 2
    [removed] = [change for change in engine.changes(0, 100) if change["change"] == "removed"]
    assert (removed["customer_id"], removed["keys"]) == (None, ["user_id:null"])


def test_the_id_of_a_blocked_anchor_leads_to_those_that_it_was_with(open_engine: Open) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:null", day=0), seen("2", "user_id:null", COOKIE, day=1)])
    issued = members(engine)[COOKIE]
    assert issued == customer_id("user_id:null")
    engine.relink(blocking("null"))
    assert engine.profile(issued)["customer_id"] == members(engine)[COOKIE] != issued
    engine.relink(Policy(""))
    assert engine.profile(issued)["customer_id"] == issued


def test_an_order_that_is_no_longer_blocked_has_all_that_was_said_of_it(open_engine: Open) -> None:
    engine = open_engine(blocking("7").text)
    order = Order("order:web/7", (OrderLine("1", "s", "Tea", price=2.0),), total=2.0, currency="PLN", store="Mall")
    engine.absorb([seen("1", "order:web/7", COOKIE, order=order)])
    assert engine.profile(COOKIE)["orders"]["count"] == 0
    engine.relink(Policy(""))
    [found] = engine.profile(COOKIE)["orders"]["last"]
    assert (found["total"], found["store"], [line["name"] for line in found["lines"]]) == (
        2.0,
        "Mall",
        ["Tea"],
    )
    engine.relink(blocking("7"))
    assert engine.profile(COOKIE)["orders"]["count"] == 0
    engine.relink(Policy(""))
    assert engine.profile(COOKIE)["orders"]["last"] == [found]


def test_the_contact_of_a_company_is_the_most_telling_key_that_is_not_blocked(
    open_engine: Open, store: servers.Server
) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:null", "email:a@x.pl", company=Company("company:web/1", {"name": "Tea"}))])
    contacts = "MATCH (i:Identifier)-[:WORKS_FOR]->(:Company) RETURN i.key AS key"
    for policy, contact in ((blocking("null"), "email:a@x.pl"), (Policy(""), "user_id:null")):
        engine.relink(policy)
        assert run(store, contacts) == [{"key": contact}]
        assert engine.profile("email:a@x.pl")["company"]["name"] == "Tea"


# Damage


DAMAGE = {
    "a deleted link": ("MATCH ()-[l:LINK {kind: 'login'}]->() DELETE l", "links_missing"),
    "a link that nobody observed": (
        "MATCH (a:Identifier {key: 'cookie:1'}) MATCH (b:Identifier {key: 'user_id:9'}) "
        "CREATE (a)-[:LINK {kind: 'form', tier: 5, sources: ['web']}]->(b)",
        "links_unobserved",
    ),
    "a link that begins too early": (
        "MATCH ()-[l:LINK]->() SET l.first_seen = '1969-01-01T00:00:00.000000Z'",
        "links_seen_otherwise",
    ),
    "an identifier that begins too early": (
        "MATCH (i:Identifier {key: 'user_id:1'}) SET i.first_seen = '1969-01-01T00:00:00.000000Z'",
        "identifiers_seen_otherwise",
    ),
    "a wrong number of links": (
        "MATCH (i:Identifier {key: 'user_id:1'}) SET i.degree = 7",
        "identifiers_seen_otherwise",
    ),
    "a missing membership": (
        "MATCH (:Identifier {key: 'user_id:1'})-[m:MEMBER_OF]->() DELETE m",
        "identifiers_without_customer",
    ),
    "two memberships": (
        "MATCH (i:Identifier {key: 'user_id:1'}) MATCH (:Identifier {key: 'user_id:9'})-[:MEMBER_OF]->(c) "
        "CREATE (i)-[:MEMBER_OF]->(c)",
        "identifiers_in_two_customers",
    ),
    "a missing identifier": ("MATCH (i:Identifier {key: 'user_id:1'}) DETACH DELETE i", "identifiers_missing"),
    "an event off its identifier": ("MATCH (:Event {uid: '1'})-[o:OBSERVED]->() DELETE o", "events_unhung"),
    "an event on another identifier": (
        "MATCH (e:Event {uid: '1'}) MATCH (i:Identifier {key: 'user_id:9'}) CREATE (e)-[:OBSERVED]->(i)",
        "events_mishung",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_differs_from_the_observations_is_said_and_mended(
    damage: str, open_engine: Open, store: servers.Server
) -> None:
    statement, said = DAMAGE[damage]
    engine = open_engine(UNIQUE)
    engine.absorb([seen("1", "user_id:1", COOKIE), seen("2", COOKIE, "device:d", day=1), seen("3", "user_id:9", day=2)])
    before, timeline = members(engine), engine.profile("device:d")["timeline"]
    run(store, statement)
    assert engine.relink(rebuild=True).summary["rebuilt"][said] > 0
    assert members(engine) == before
    assert engine.profile("device:d")["timeline"] == timeline
    summary = engine.plan_relink(rebuild=True).summary
    assert (sum(summary["rebuilt"].values()), summary["identifiers_moved"]) == (0, 0)


def test_a_customer_without_members_is_deleted(open_engine: Open, store: servers.Server) -> None:
    engine = open_engine("")
    engine.absorb([seen("1", "user_id:1", COOKIE)])
    run(store, "CREATE (:Customer {id: 'nobody', kind: 'person', size: 3})")
    engine.relink()
    assert [row["customer_id"] for row in engine.customers(10)] == [members(engine)[COOKIE]]


# While others write


@pytest.mark.parametrize("begin", [0, 1])
def test_what_is_sent_while_values_are_blocked_and_unblocked_is_not_lost(begin: int, store: servers.Server) -> None:
    policies = [POLICIES[1], POLICIES[2]]

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(observations(most=40), st.sampled_from([0, 10]))
    def come_together(made: list[Observation], known: int) -> None:
        empty(store)
        with engine_on(store, policies[begin]) as engine, engine_on(store, "") as sender:
            engine.absorb(made[:known])
            with ThreadPoolExecutor(1) as pool:
                sent = pool.submit(lambda: [sender.absorb([one]) for one in made[known:]])
                for policy in (policies[1 - begin], policies[begin], policies[1 - begin]):
                    engine.relink(Policy(policy))
                sent.result()
            expected = reference.resolve(rows_of(made), rules_of(policies[1 - begin]))
            assert members(engine) == {key: customer_id(anchor) for key, anchor in expected.items()}
            assert sum(engine.plan_relink(rebuild=True).summary["rebuilt"].values()) == 0

    come_together()
