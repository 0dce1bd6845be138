"""A small story of two customers, of which every saved exploration has something to say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph_cdp.engine import Engine
from graph_cdp.model import DAY, Company, Observation, Order, OrderLine, Rejection

ANN, BEN, FAMILY = "email:ann@x.pl", "email:бен@x.pl", "email:family@x.pl"
TEA, CUP = OrderLine("1", "T", "Tea", "drinks", 2.0, 3.1), OrderLine("2", "C", "Cup", "kitchen", 1.0, 7.0)
DAYS = 19_783 * DAY  # 2024-03-01


def seen(day: int, *keys: str, name: str = "seen", kind: str = "login", **more: Any) -> Observation:
    return Observation("", "web", "", kind, name, tuple(sorted(keys)), DAYS + day * DAY, DAYS, **more)


def bought(day: int, number: str, *keys: str, lines: tuple[OrderLine, ...], **more: Any) -> Observation:
    total = sum(line.quantity * (line.price or 0) for line in lines)
    order = Order(f"order:web/{number}", lines, total=total, currency="PLN", **more)
    return seen(day, order.key, *keys, name="Order Completed", kind="purchase", order=order)


STORY = [
    seen(0, ANN, "user_id:1", "cookie:c1"),
    seen(0, "cookie:c2", name="page"),
    seen(1, BEN, "user_id:2", company=Company("company:web/7", {"name": "Łódzka Manufaktura"})),
    seen(2, "user_id:2", "cookie:c2"),
    seen(3, "user_id:2", "cookie:c1"),
    seen(4, FAMILY, "user_id:1"),
    seen(4, FAMILY, "user_id:2"),
    seen(5, "user_id:1", name="Product Added"),
    bought(5, "1", "user_id:1", lines=(TEA,), brand="Lumia"),
    bought(6, "2", "user_id:1", "loyalty_card:9", lines=(CUP,), brand="Bosko", store="Mall"),
    bought(7, "3", "user_id:2", lines=(TEA, CUP), brand="Lumia", store="Mall"),
    seen(8, "user_id:2", name="Product Added"),
    seen(9, "user_id:2", "cookie:c2", name="Checkout Started"),
    Rejection("web", "f:1", "not valid JSON (line 1)", "{", DAYS),
    Rejection("web", "f:2", "not valid JSON (line 2)", "[", DAYS),
    Rejection("pos", "g:1", "15 columns instead of 13", "a;b", DAYS),
]


def tell(engine: Engine) -> None:
    """Absorbs the story, each part of it alone."""
    for number, item in enumerate(STORY):
        named = f"story {number}"
        engine.absorb([replace(item, uid=named, message_id=named) if isinstance(item, Observation) else item])
