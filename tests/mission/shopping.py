"""A small town of shoppers, sent as a shop would send them: the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.api.conftest import Api

BRANDS = ("Lumia", "Bosko", "Verano")
PRODUCTS = {
    "Lumia": [("L1", "Tea", "drinks", 20.0), ("L2", "Cup", "kitchen", 35.0)],
    "Bosko": [("B1", "Boots", "shoes", 220.0), ("B2", "Laces", "shoes", 10.0)],
    "Verano": [("V1", "Towel", "beach", 60.0), ("V2", "Hat", "beach", 45.0)],
}


def message(user: str, day: str, name: str, **properties: Any) -> dict[str, Any]:
    """A track message of a user at noon of a day."""
    return {
        "type": "track",
        "messageId": f"{user} {day} {name} {properties.get('order_id', '')}",
        "userId": user,
        "timestamp": f"{day}T12:00:00Z",
        "event": name,
        "properties": properties,
    }


def order(user: str, day: str, brand: str, *skus: int, channel: str = "web") -> dict[str, Any]:
    """An order of products of one brand, by their number in its list."""
    lines = [
        {"sku": sku, "name": name, "category": category, "price": price, "quantity": 1}
        for sku, name, category, price in (PRODUCTS[brand][number] for number in skus or (0,))
    ]
    facts = {"brand": brand, "currency": "PLN", "channel": channel, "products": lines}
    total = sum(line["price"] for line in lines)
    return message(user, day, "Order Completed", order_id=f"{user}-{brand}-{day}", total=total, **facts)


def identify(user: str, day: str, **traits: Any) -> dict[str, Any]:
    """What a user says of themselves."""
    return {"type": "identify", "messageId": f"{user} {day} said", "userId": user, "timestamp": f"{day}T08:00:00Z"} | {
        "traits": traits
    }


def town(people: int = 80, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Orders of many over the year 2025: some come back often, some once, some never."""
    chance = random.Random(seed)
    for number in range(people):
        user, brand = f"town-{number:03}", BRANDS[number % 3]
        for _ in range(1 + chance.choice((0, 0, 0, 1, 2, 3, 5, 8))):
            month, day = chance.randint(1, 12), chance.randint(1, 28)
            yield order(user, f"2025-{month:02}-{day:02}", brand, chance.randint(0, 1))


def send(api: Api, messages: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> None:
    """Sends messages in batches."""
    waiting = list(messages)
    for start in range(0, len(waiting), 200):
        api.send("batch", {"batch": waiting[start : start + 200]})
