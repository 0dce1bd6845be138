"""Reading the newest events of a customer, and those that tell more, does not read the others on Neo4j."""

from __future__ import annotations

import pytest

from graph_cdp.engine import Engine
from graph_cdp.store.statements import statement
from tests import servers

GIVEN = {"id": "x", "since": "", "until": "~", "types": [], "limit": 20, "topics": ["consent"]}
GIVEN |= {"keys": ["x"], "ids": [], "model": "m"}


def operators(plan: dict) -> list[str]:
    return [plan["operatorType"], *(name for child in plan.get("children", ()) for name in operators(child))]


@pytest.mark.parametrize("name", ["read/timeline", "read/telling", "read/sheet"])
def test_events_are_found_by_an_index_in_the_order_of_the_question(
    name: str, store: servers.Server, engine: Engine
) -> None:
    if store.name != "neo4j":
        pytest.skip("the embedded server has no index of relationships that it reads by")
    # The usual customer has few events, so that a planner left alone would walk over all events of the one with many.
    said = [{"type": "page"}, {"type": "track", "event": "Consent Given"}]
    engine.accept([{**said[n % 2], "anonymousId": f"v{n // 2}", "messageId": f"{n}"} for n in range(200)])
    with servers.driver_of(store) as driver:
        # A plan that was made for an empty store scans; counting anew makes it the one of a store in use.
        driver.execute_query("CALL db.prepareForReplanning(60)", database_="neo4j")
        plan = driver.execute_query(f"EXPLAIN {statement(name)}", GIVEN, database_="neo4j").summary.plan
    found = [one.partition("@")[0] for one in operators(plan)]
    assert "DirectedRelationshipIndexSeek" in found, " ".join(found)
    # Newest first is the index's own order: what was found is cut off, and never sorted as a whole.
    assert name == "read/telling" or "Limit" in found


def test_one_who_has_many_events_has_the_profile_of_one_who_has_few(engine: Engine) -> None:
    for who, pages in (("few", 5), ("many", 400)):
        said = [
            {"type": "page", "userId": who, "timestamp": f"2026-01-01T00:{n // 60:02}:{n % 60:02}Z"}
            for n in range(pages)
        ]
        engine.accept(
            [{"type": "identify", "userId": who, "timestamp": "2025-01-01T00:00:00Z", "traits": {"city": "Lwów"}}]
        )
        engine.accept(said)
        engine.accept(
            [{"type": "track", "event": "Note Added", "userId": who, "properties": {"text": "n", "note_id": "1"}}]
        )
    few, many = (engine.profile(f"user_id:{who}") for who in ("few", "many"))
    assert (few["traits"], few["notes"]) == (many["traits"], many["notes"])
    assert many["activity"]["complete"] is False or many["activity"]["days_90"] == few["activity"]["days_90"]
    assert len(many["timeline"]) == 20
