"""Orders are what was said of them, in whatever order it came."""

from __future__ import annotations

from itertools import permutations

from graph_cdp.model import Observation, Order, OrderLine

DAY = 24 * 60 * 60 * 1_000_000
KEYS = ("order:web/1", "user_id:1")


def told(day: int, name: str, order: Order) -> Observation:
    return Observation(f"{day}{name}", "web", f"{day}", "purchase", name, KEYS, day * DAY, 0, order=order)


def lines(*numbers: str) -> tuple[OrderLine, ...]:
    return tuple(OrderLine(number, f"sku-{number}", price=10.0) for number in numbers)


MESSAGES = [
    told(1, "row", Order(KEYS[0], lines("1"), whole=False, brand="Bosko")),
    told(2, "Order Completed", Order(KEYS[0], lines("1", "2"), total=20.0, currency="PLN", store="S1")),
    told(3, "Order Updated", Order(KEYS[0], lines("2"), total=10.0, store="S2")),
    told(4, "Order Refunded", Order(KEYS[0], whole=False)),
]


def held(engine) -> list[dict]:
    return engine.profile("user_id:1")["orders"]["last"]


def test_what_was_said_last_of_an_order_holds_in_any_order_of_arrival(store, open_engine) -> None:
    from tests.store.conftest import empty

    answers = []
    for arrived in permutations(MESSAGES):
        empty(store)
        engine = open_engine("")
        for message in arrived:
            engine.absorb([message])
        answers.append(held(engine))
        engine.close()
    assert all(answer == answers[0] for answer in answers)
    order = answers[0][0]
    assert (order["status"], order["total"], order["currency"]) == ("Order Refunded", 10.0, "PLN")
    assert (order["brand"], order["store"]) == ("Bosko", "S2")
    assert [line["sku"] for line in order["lines"]] == ["sku-2"]
