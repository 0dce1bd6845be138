"""What is read ahead of a customer is what each of its statements answers, on both servers."""

from __future__ import annotations

from typing import Any

import pytest

from graph_cdp.engine import Engine
from graph_cdp.store.ahead import Ahead
from graph_cdp.vocabulary import TELLING

NEWEST = 7
ASKED: dict[str, dict[str, Any]] = {
    "read/member_details": {},
    "read/customer_links": {"ids": True},
    "read/telling": {"topics": list(TELLING)},
    "read/customer_orders": {},
    "read/timeline": {"since": "", "until": "~", "types": [], "limit": NEWEST + 1},
    "read/employers": {},
    "read/holdings": {"ids": True},
}


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
    return {**more, "ids": [customer]} if "ids" in more else {**more, "id": customer}


def in_order(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Links come in no order."""
    return sorted(rows, key=str) if name == "read/customer_links" else rows


def test_what_is_read_ahead_is_what_each_statement_answers(engine: Engine, busy: str):
    ahead = Ahead(engine.graph, busy, TELLING, NEWEST)
    for name in ASKED:
        answer = engine.graph.ask(name, **given(name, busy))
        assert answer, name
        assert in_order(name, ahead.ask(name, **given(name, busy))) == in_order(name, answer)


def test_what_was_not_read_ahead_is_asked_for(engine: Engine, busy: str):
    ahead = Ahead(engine.graph, busy, TELLING, NEWEST)
    other = str(engine.profile("user_id:b")["customer_id"])
    for name in ASKED:
        assert ahead.ask(name, **given(name, other)) == engine.graph.ask(name, **given(name, other))
    assert ahead.ask("read/in_force") == engine.graph.ask("read/in_force")


def test_a_profile_in_parts_is_that_of_the_whole(engine: Engine, busy: str):
    whole = engine.profile(busy)
    for name in whole.keys() - {"customer_id", "kind", "as_of", "on"}:
        assert engine.profile(busy, None, name)[name] == whole[name], name
