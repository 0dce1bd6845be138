"""What is read ahead of a customer is what each of its statements answers, on both servers."""

from __future__ import annotations

from typing import Any

import pytest

from graph_cdp.engine import Engine
from graph_cdp.store.ahead import Ahead, Whole, joined, surrounded
from graph_cdp.vocabulary import TELLING

NEWEST, SETTING = 7, "policy"
ASKED: dict[str, dict[str, Any]] = {
    "read/member_details": {},
    "read/customer_links": {"ids": True},
    "read/telling": {"topics": list(TELLING)},
    "read/customer_orders": {},
    "read/timeline": {"since": "", "until": "~", "types": [], "limit": NEWEST + 1},
    "read/employers": {},
    "read/holdings": {"ids": True},
    "read/member_keys": {},
    "read/in_force": {},
    "read/setting": {"name": SETTING},
}
OF_ALL = ("read/in_force", "read/setting")
WHOLE = Whole(TELLING, NEWEST, SETTING)


@pytest.fixture
def busy(engine: Engine) -> str:
    """A customer with a little of everything: orders, a shared mailbox, a refused link, an employer, undated events."""
    for user in ("a", "b", "c"):
        engine.accept([{"type": "identify", "userId": user, "traits": {"email": "all@example.com", "city": "Łódź"}}])
    engine.accept([{"type": "group", "userId": "a", "groupId": "acme", "traits": {"name": "Acme"}}])
    engine.accept([{"type": "identify", "userId": user, "anonymousId": "kiosk"} for user in ("a", "b")])
    for number in range(12):
        at = {"timestamp": f"2026-01-{number + 1:02}T10:00:00Z"} if number % 3 else {}
        lines = [{"product_id": f"p-{line}", "name": "Tea", "price": 3.5} for line in range(number % 3)]
        order = {"order_id": f"o-{number}", "total": 7, "currency": "PLN", "products": lines}
        engine.accept([{"type": "track", "userId": "a", "event": "Order Completed", "properties": order, **at}])
        engine.accept([{"type": "page", "userId": "a", "anonymousId": f"a-{number % 4}", **at}])
    return str(engine.profile("user_id:a")["customer_id"])


def given(name: str, customer: str) -> dict[str, Any]:
    more = ASKED[name]
    if name in OF_ALL:
        return more
    return {**more, "ids": [customer]} if "ids" in more else {**more, "id": customer}


def in_order(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Links and the keys of members come in no order."""
    return sorted(rows, key=str) if name in ("read/customer_links", "read/member_keys") else rows


def check(ahead: Ahead, engine: Engine, customer: str) -> None:
    for name in ASKED:
        answer = engine.graph.ask(name, **given(name, customer))
        assert answer, name
        assert in_order(name, ahead.ask(name, **given(name, customer))) == in_order(name, answer)


def test_what_is_read_ahead_of_a_customer_is_what_each_statement_answers(engine: Engine, busy: str):
    check(WHOLE.of_customer(engine.graph, busy), engine, busy)


def test_what_is_read_ahead_of_a_key_is_what_each_statement_answers(engine: Engine, busy: str):
    ahead = WHOLE.of_key(engine.graph, "user_id:a")
    check(ahead, engine, busy)
    assert ahead.customer_of("user_id:a") == engine.graph.customer_of("user_id:a")
    assert ahead.customer_of("user_id:b") == engine.graph.customer_of("user_id:b")


def test_what_was_not_read_ahead_is_asked_for(engine: Engine, busy: str):
    other = str(engine.profile("user_id:b")["customer_id"])
    for ahead in (WHOLE.of_customer(engine.graph, busy), WHOLE.of_key(engine.graph, "user_id:nobody")):
        for name in ASKED:
            assert ahead.ask(name, **given(name, other)) == engine.graph.ask(name, **given(name, other))
    assert not ahead.ask("read/customer_of_key", key="user_id:nobody")


def test_who_is_a_member_at_the_end_is_asked_for_if_anything_else_was(engine: Engine, busy: str):
    def members() -> set[str]:
        return {row["key"] for row in ahead.ask("read/member_keys", id=busy)}

    ahead = WHOLE.of_customer(engine.graph, busy)
    before = members()
    engine.accept([{"type": "identify", "userId": "a", "anonymousId": "new"}])
    ahead.ask("read/telling", **given("read/telling", busy))
    assert members() == before
    ahead.ask("read/identifiers", keys=["user_id:a"])
    assert members() == before | {"anonymous_id:new"}


def test_a_setting_that_is_not_kept_is_none(engine: Engine, busy: str):
    assert Whole(TELLING, NEWEST, "no such").of_customer(engine.graph, busy).ask("read/setting", name="no such") == []


@pytest.mark.parametrize("keys", [("user_id:a", "anonymous_id:a-1"), ("user_id:a", "user_id:b"), ("user_id:nobody",)])
def test_what_is_read_ahead_of_keys_is_what_each_statement_answers(engine: Engine, busy: str, keys: tuple[str, ...]):
    ahead = joined(engine.graph, keys)
    homes = engine.graph.ask("read/homes", keys=sorted(keys))
    assert ahead.customers_of(keys) == engine.graph.customers_of(keys)
    assert ahead.ask("read/homes", keys=sorted(keys)) == homes
    customers = {home["customer"] for home in homes}
    assert ahead.links_of_customers(customers) == engine.graph.links_of_customers(customers)
    assert ahead.ask("read/in_force") == engine.graph.ask("read/in_force")


@pytest.mark.parametrize("key", ["user_id:a", "email:all@example.com", "user_id:nobody"])
@pytest.mark.parametrize("each", [3, 200])
def test_what_is_read_ahead_of_a_walk_is_what_each_statement_answers(engine: Engine, busy: str, key: str, each: int):
    ahead, beginning = surrounded(engine.graph, key, each), {"keys": [key], "customers": []}
    around = {**beginning, "events": [], "each": each}
    assert ahead.customer_of(key) == engine.graph.customer_of(key)
    assert ahead.nodes("read/beginning", **beginning) == engine.graph.nodes("read/beginning", **beginning)
    assert ahead.steps("read/neighbours", **around) == engine.graph.steps("read/neighbours", **around)
    assert bool(ahead.ask("read/neighbours", **around)) == (key != "user_id:nobody")


def test_a_profile_in_parts_is_that_of_the_whole(engine: Engine, busy: str):
    whole = engine.profile(busy)
    for name in whole.keys() - {"customer_id", "kind", "as_of", "on"}:
        assert engine.profile(busy, None, name)[name] == whole[name], name
