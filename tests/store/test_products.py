"""What a product is, is said by everybody's orders: the latest word holds, and a bare number takes nothing back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from graph_cdp.engine import Engine
from graph_cdp.past import Moment
from graph_cdp.policy import Policy
from tests import servers

POLICY = """
[segments.shod]
condition = 'any lines[category = "Shoes"]'
"""


@pytest.fixture(scope="module")
def engine(server: servers.Server) -> Iterator[Engine]:
    servers.clear(server)
    with Engine.open(server.url, server.user, server.password, policy=Policy(POLICY), id_secret="secret") as engine:
        yield engine


def order(user: str, number: str, at: str, sku: str, **said: Any) -> dict[str, Any]:
    line = {"product_id": sku, "price": 10, "quantity": 1, **said}
    properties = {"order_id": number, "total": 10, "currency": "PLN", "products": [line]}
    return {
        "type": "track",
        "messageId": number,
        "userId": user,
        "event": "Order Completed",
        "timestamp": f"{at}T00:00:00Z",
        "properties": properties,
    }


def preferred(engine: Engine, user: str) -> list[str]:
    return [row["value"] for row in engine.profile(f"user_id:{user}")["preferences"]["category"]]


def names(engine: Engine, sku: str) -> list[dict[str, Any]]:
    rows = engine.graph.ask("read/bought_products", id=engine.profile(f"user_id:ann-{sku}")["customer_id"], limit=9)
    return [{"name": row["name"], "category": row["category"]} for row in rows]


@pytest.mark.parametrize("turn", range(6))
def test_a_bare_number_takes_neither_name_nor_category_away_in_any_order(engine: Engine, turn: int) -> None:
    sku = f"sku-{turn}"
    told = [
        order(f"ann-{sku}", f"{sku}-1", "2026-06-01", sku, name="Red shoe", category="Shoes"),
        order(f"ben-{sku}", f"{sku}-2", "2026-06-03", sku),
        order(f"cat-{sku}", f"{sku}-3", "2026-06-02", sku, name="Scarlet shoe"),
    ]
    for one in list(permutations(told))[turn]:
        engine.accept([one])
    assert names(engine, sku) == [{"name": "Scarlet shoe", "category": "Shoes"}]
    assert [preferred(engine, f"{who}-{sku}") for who in ("ann", "ben", "cat")] == [["Shoes"]] * 3


def test_segments_follow_what_an_order_of_somebody_else_says_of_a_product(engine: Engine) -> None:
    def shod() -> set[str]:
        return {row["customer_id"] for row in engine.crowd.members("shod", 999)}

    def ids(*users: str) -> set[str]:
        return {engine.profile(f"user_id:{user}")["customer_id"] for user in users}

    engine.accept([order("dan", "d1", "2026-06-01", "boot"), order("eve", "e1", "2026-06-02", "boot")])
    before = shod()
    engine.accept([order("fay", "f1", "2026-06-03", "boot", category="Shoes")])
    assert shod() == before | ids("dan", "eve", "fay")
    engine.accept([order("gus", "g1", "2026-06-04", "boot", category="Boots")])
    assert shod() == before


def test_as_of_now_products_are_what_they_are_now(engine: Engine) -> None:
    engine.accept([order("ivo", "i1", "2026-06-01", "hat"), order("jan", "j1", "2026-06-02", "hat", category="Hats")])
    now = Moment.of(datetime(2030, 1, 1, tzinfo=UTC), None)
    then = engine.profile("user_id:ivo", now)
    assert [row["value"] for row in then["preferences"]["category"]] == preferred(engine, "ivo") == ["Hats"]
