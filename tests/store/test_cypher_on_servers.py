"""Both servers understand every statement, and answer with the columns that its head names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from graph_cdp.model import Company, Observation, Order, OrderLine, Rejection
from graph_cdp.store.statements import statement
from tests import cypher, servers
from tests.store.conftest import engine_on

EMAIL, PHONE, ORDER, SHARED = "email:a@x.pl", "phone:+48601234567", "order:web/1", "email:family@x.pl"
LONE = "email:lone@x.pl"
AT = "2024-01-01T00:00:00.000000Z"
LINE = {"number": "1", "quantity": 1.0, "price": 2.0, "name": "Tea", "whole": True, "version": "v"}
SEEN = {"first_seen": AT, "last_seen": AT, "sources": ["web"]}
IDENTIFIER = {**SEEN, "key": "email:new@x.pl", "shared": False, "partners": ["user_id=1"]}
LINK = {"a": EMAIL, "b": PHONE, "link": {"kind": "login", "tier": 1, **SEEN}}
CUSTOMER = {"id": "new", "kind": "person", "size": 1, "anchor": EMAIL, "first_seen": AT, "held": ["email=1"]}
JOB = {"id": "j1", "kind": "relink", "state": "running", "created_at": AT, "cancel": False}

TYPICAL: dict[str, Any] = {
    "after": 0,
    "at": AT,
    "changes": {"done": 1},
    "checksum": "0",
    "count": 2,
    "job": {**JOB, "id": "j2"},
    "key": EMAIL,
    "keys": [EMAIL, PHONE, ORDER, SHARED],
    "kind": "login",
    "customers": [],
    "born": "here",
    "degree": 99,
    "each": 5,
    "events": [],
    "limit": 5,
    "name": "policy",
    "pairs": [[EMAIL, PHONE]],
    "happened": "~",
    "last": "\U0010ffff",
    "since": "",
    "skip": 0,
    "text": "a",
    "told": "~",
    "tier": 1,
    "row": {"number": 99, "since": AT, "fingerprint": "f", "text": ""},
    "types": [],
    "uid": "",
    "uids": ["u1"],
    "until": "~",
    "value": "text",
    "values": ["{"],
    "version": 999,
    "what": "nothing",
}
PARTICULAR: dict[str, dict[str, Any]] = {
    "read/alike_customers": {"id": "nobody", "keys": ["product:web/1"]},
    "read/events_down": {"at": "~", "but": [], "names": []},
    "read/events_up": {"at": "", "but": [], "names": []},
    "read/bought_together": {"keys": ["product:web/1"]},
    "read/buried": {"uids": ["e1c32f6a8d606f57270f1ac744c1b498"]},
    "read/customers": {"after": ""},
    **{f"read/{name}_in_range": {"after": ""} for name in ("links", "seen_links", "observations")},
    "read/known_messages": {"rows": [{"uid": "u9", "source": "web", "message_id": "u1"}]},
    "read/lone_identifiers": {"keys": [LONE]},
    "read/dead_letters": {"at": "", "source": "", "reason": "", "place": "", "since": "", "until": "~"},
    "read/events_until": {"after": ""},
    "read/identifiers_until": {"after": ""},
    "read/search_traits": {"after": ""},
    "read/search_values": {"after": ""},
    "read/telling": {"topics": ["said", "order"]},
    "read/sheet": {"ids": [], "model": "predictions", "topics": ["said", "order"]},
    "read/shared_of_events": {"uids": ["u2"]},
    "read/job": {"id": "j1"},
    "read/job_plan": {"id": "j1"},
    "read/jobs": {"at": "~"},
    "read/orders": {"keys": [ORDER]},
    "write/at_stores": {"rows": [{"key": ORDER, "store": "store:web/Mall"}]},
    "write/cancel_job": {"id": "j1"},
    "write/changes": {
        "rows": [
            {"seq": 99, "at": AT, "change": "created", "customer_id": "x", "previous": [], "keys": [], "cause": "c"}
        ]
    },
    "write/customers": {"rows": []},
    "read/companies": {"keys": ["company:web/1"]},
    "read/contacts": {"keys": ["company:web/1"]},
    "read/decisions": {"after": 0},
    "write/decision": {"row": {"id": "d9", "number": 9}, "number": 9},
    "write/dead_letters": {"rows": [{"uid": "d", "source": "web", "place": "f:1", "reason": "r", "raw": "", "at": AT}]},
    "read/buyers": {"keys": ["product:web/1"]},
    "read/categories": {"keys": ["product:web/1"]},
    "write/categories": {"rows": [{"key": "product:web/1", "version": "z", "category": "tea"}]},
    "write/claim_categories": {"rows": [{"key": "product:web/1", "version": "z"}]},
    "write/claim_companies": {"rows": [{"key": "company:web/1", "tells": True}]},
    "write/companies": {"rows": [{"key": "company:web/1", "said": "{}", "traits": None, "caption": "1"}]},
    "write/claim": {"rows": [{"key": "email:b@x.pl", "version": "v"}]},
    "write/describe": {"rows": [{"key": EMAIL, "version": "v"}]},
    "write/drop_lines": {"rows": [{"key": ORDER, "number": "1"}]},
    "write/events": {"rows": [{"event": {"uid": "u9", "name": "seen", "keys": [EMAIL]}, "keys": [EMAIL]}]},
    "write/former": {"rows": [{"cid": "x", "heir": "y"}]},
    "write/gone_links": {"rows": [{"a": EMAIL, "b": PHONE, "kind": "login"}]},
    "write/hang": {"rows": [{"uid": "u1", "key": SHARED}]},
    "write/later": {"rows": [{"key": EMAIL, "later": [AT]}]},
    "write/identifiers": {"rows": [{**IDENTIFIER, "key": EMAIL}]},
    "write/join": {"rows": [{"key": EMAIL, "id": "new"}]},
    "write/leave_customers": {"rows": [{"key": EMAIL, "id": "x"}]},
    "write/leave_company": {"rows": [{"key": EMAIL, "company": "company:web/1"}]},
    "write/lines": {"rows": [{"key": ORDER, "product": "product:web/1", "line": LINE}]},
    "write/links": {"rows": [LINK]},
    "write/new_customers": {"rows": [CUSTOMER]},
    "write/new_identifiers": {"rows": [{**IDENTIFIER, "namespace": "email", "value": "new@x.pl", "cid": "c"}]},
    "write/new_links": {"rows": [LINK]},
    "write/of_brands": {"rows": [{"key": ORDER, "brand": "brand:Lumia"}]},
    "write/orders": {"rows": [{"key": ORDER, "version": "v2", "total": 3.0}]},
    "write/rename_customers": {"rows": [{"before": "x", "after": "y"}]},
    "write/tiers": {"after": "", "rows": [{"kind": "login", "tier": 2}]},
    "write/unhang": {"rows": [{"uid": "u1", "key": EMAIL}]},
    "write/works_for": {"rows": [{"key": EMAIL, "company": "company:web/1"}]},
}


@pytest.fixture(scope="module")
def filled(cleared: servers.Server) -> Iterator[tuple[neo4j.Session, str]]:
    """A session on a store with a little of everything, and the id of a customer."""
    lines = (OrderLine("1", "1", "Tea", "drinks", 1.0, 2.0), OrderLine("2", "2", "Cup", "kitchen", 1.0, 2.0))
    order = Order(ORDER, lines, brand="Lumia", store="Mall", total=4.0)
    company = Company("company:web/1", {"name": "Company"})
    with engine_on(cleared) as engine, servers.driver_of(cleared) as driver:
        engine.absorb(
            [
                seen("u1", (EMAIL, ORDER, PHONE), order=order, company=company, traits={"first_name": "Ann"}),
                seen("u2", (SHARED, "user_id:1")),
                seen("u3", (SHARED, "user_id:2")),
                seen("u4", ("cookie:refused", "user_id:1")),
                seen("u5", ("cookie:refused", "user_id:2")),
                Observation("u6", "web", "u6", "login", "Order Refunded", (EMAIL, ORDER), 1, 1),
                Rejection("web", "f:1", "broken", "{"),
            ]
        )
        engine.decide("same", EMAIL, PHONE, "they say so", "ann")
        engine.graph.write(lambda transaction: transaction.run("write/new_job", job=JOB))
        with driver.session(database="neo4j") as session:
            customer = engine.profile(EMAIL)["customer_id"]
            session.run(
                "CREATE (:Former {cid: $id, heir: $id}) CREATE (:Identifier:Email {key: $key})", id=customer, key=LONE
            )
            yield session, customer


def seen(uid: str, keys: tuple[str, ...], **more: Any) -> Observation:
    return Observation(uid, "web", uid, "login", "seen", keys, 1, 1, **more)


@pytest.mark.parametrize("name", cypher.names())
def test_a_statement_is_understood(name: str, filled: tuple[neo4j.Session, str]) -> None:
    session, customer = filled
    session.run(f"EXPLAIN {statement(name, 'Email')}", given(name, customer)).consume()


@pytest.mark.parametrize("name", cypher.names())
def test_a_statement_answers_with_its_columns(name: str, filled: tuple[neo4j.Session, str]) -> None:
    session, customer = filled
    with session.begin_transaction() as transaction:
        result = transaction.run(statement(name, "Email"), given(name, customer))
        columns, rows = result.keys(), list(result)
        transaction.rollback()
    assert columns == cypher.contract(name).returns
    # The embedded server names no columns where it has no rows.
    assert rows or not columns


def given(name: str, customer: str) -> dict[str, Any]:
    every = TYPICAL | {"id": customer, "ids": [customer]} | PARTICULAR.get(name, {})
    return {param: every[param] for param in cypher.contract(name).params}
