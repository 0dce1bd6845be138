"""A made-up crowd of shoppers, the same every time: accounts, cookies, orders, carts, messages, and fifty segments."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from graph_cdp.intake import observed
from graph_cdp.model import Item
from graph_cdp.policy import Policy

BRANDS: Final = ("Lumia", "Bosko", "Verano", "Nordi")
CITIES: Final = ("Kraków", "Łódź", "Warszawa", "Gdańsk", "Київ", "Bratislava")
CATEGORIES: Final = ("shoes", "shirts", "drinks", "kitchen", "beach", "books")
START: Final = datetime(2025, 1, 1, tzinfo=UTC)
DAYS: Final = 600
Message = dict[str, Any]


def messages(people: int, seed: int = 1) -> Iterator[Message]:
    """About seven messages a person: what they say of themselves, orders, carts, pages, e-mails."""
    for number in range(people):
        yield from _of(number, seed, random.Random(f"{seed} {number}"))


def items(found: Iterator[Message], policy: Policy) -> Iterator[Item]:
    """The same as observations."""
    return (observed(message, None, policy, 0, live=False) for message in found)


def _of(number: int, seed: int, chance: random.Random) -> Iterator[Message]:
    user = {"userId": f"u{number}", "anonymousId": f"a{number}"}
    traits = {
        "email": f"u{number}@shop.test",
        "city": chance.choice(CITIES),
        "birth_date": f"{chance.randint(1950, 2005)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
        "newsletter": chance.random() < 0.5,
    }
    yield _sent(f"{seed}-{number}-0", user, chance, type="identify", traits=traits)
    count = 0
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 6))):
        count += 1
        name = f"{seed}-{number}-{count}"
        yield _track(name, user, chance, "Order Completed", **_order(name, chance))
    for _ in range(chance.choice((1, 2, 3, 4, 6))):
        count += 1
        seen = chance.choice(("Product Viewed", "Product Viewed", "Product Added", "Email Delivered", "Email Opened"))
        said = {"category": chance.choice(CATEGORIES), "email_id": f"e{count}"}
        yield _track(f"{seed}-{number}-{count}", user, chance, seen, **said)


def _track(name: str, user: Message, chance: random.Random, event: str, **properties: Any) -> Message:
    return _sent(name, user, chance, type="track", event=event, properties=properties)


def _sent(name: str, user: Message, chance: random.Random, **said: Any) -> Message:
    at = START + timedelta(days=chance.random() * DAYS)
    return {"messageId": name, "timestamp": at.isoformat(timespec="milliseconds"), **user, **said}


def _order(name: str, chance: random.Random) -> Message:
    products = [
        {
            "sku": f"S{(sku := chance.randint(1, 400))}",
            "category": CATEGORIES[sku % len(CATEGORIES)],
            "price": float(10 + sku % 90),
            "quantity": chance.randint(1, 3),
        }
        for _ in range(chance.choice((1, 1, 2)))
    ]
    total = sum(line["price"] * line["quantity"] for line in products)
    facts = {"brand": chance.choice(BRANDS), "currency": "PLN", "channel": chance.choice(("web", "app", "shop"))}
    return {"order_id": name, "total": total, "products": products, **facts}
