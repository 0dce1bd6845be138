"""Carts and at which stage they were left; favourites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graph_cdp.project.facts import Fact, about, number_of, plain, text_of

_STAGES: Final = {
    "added": "cart",
    "removed": "cart",
    "viewed": "viewed",
    "checkout": "checkout",
    "step": "checkout",
    "payment": "payment",
    "abandoned": "abandoned",
}
_MOST: Final = 10


@dataclass(slots=True)
class _Cart:
    name: str
    source: str
    stage: str = "cart"
    reached: str = "cart"
    step: str | None = None
    at: str | None = None
    brand: str | None = None
    payment_method: str | None = None
    value: float | None = None
    products: dict[str, dict[str, Any]] = field(default_factory=dict)


def carts(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """The carts of a customer, the newest first: by id, and without one a cart a source, until it is bought."""
    found: dict[str, _Cart] = {}
    done: list[_Cart] = []
    for fact in about(facts, "cart", "order"):
        name = _name(fact)
        if fact.meaning.topic == "cart":
            _move(found.setdefault(name, _Cart(name, fact.source)), fact)
        elif fact.meaning.what == "completed":
            for closed in [one for one in dict.fromkeys((name, fact.source)) if one in found]:
                cart = found.pop(closed)
                cart.stage, cart.at = "bought", fact.at
                done.append(cart)
    rows = [_row(cart) for cart in (*found.values(), *done)]
    return sorted(rows, key=lambda row: (row["at"] or "", row["cart"]), reverse=True)[:_MOST]


def _name(fact: Fact) -> str:
    return fact.text("cart_id", "checkout_id") or fact.source


def _move(cart: _Cart, fact: Fact) -> None:
    stage = _STAGES[fact.meaning.what]
    cart.stage = stage
    if stage != "abandoned":
        cart.reached = stage
    cart.at = fact.at
    cart.step = fact.text("step") or cart.step
    cart.brand = fact.brand or cart.brand
    cart.payment_method = fact.text("payment_method") or cart.payment_method
    if (value := fact.number("value", "total")) is not None:
        cart.value = value
    listed = fact.properties.get("products")
    if isinstance(listed, list) and listed:
        cart.products = {}
    for product in listed if isinstance(listed, list) else [fact.properties]:
        _take(cart, product, fact.meaning.what)


def _take(cart: _Cart, product: object, what: str) -> None:
    sku = text_of(product, "sku", "product_id", "name") if isinstance(product, Mapping) else None
    if sku is None or not isinstance(product, Mapping):
        return
    quantity = number_of(product, "quantity") or 1.0
    held = cart.products.get(sku)
    if what == "removed":
        left = (held or {}).get("quantity", 0) - quantity
        if held and left > 0:
            held["quantity"] = plain(left)
        else:
            cart.products.pop(sku, None)
    elif held and what == "added":
        held["quantity"] = plain(held["quantity"] + quantity)
    else:
        cart.products[sku] = product_of(product, sku) | {"quantity": plain(quantity)}


def product_of(said: Mapping[str, Any], sku: str) -> dict[str, Any]:
    """What is known of a product in a cart or among the favourites."""
    return {
        "sku": sku,
        "name": text_of(said, "name"),
        "category": text_of(said, "category"),
        "price": number_of(said, "price"),
    }


def _row(cart: _Cart) -> dict[str, Any]:
    priced = [one["price"] * one["quantity"] for one in cart.products.values() if one["price"] is not None]
    value = cart.value if cart.value is not None else sum(priced) if priced else None
    return {
        "cart": cart.name,
        "stage": cart.stage,
        "reached": cart.reached,
        "step": cart.step,
        "at": cart.at,
        "source": cart.source,
        "brand": cart.brand,
        "payment_method": cart.payment_method,
        "value": None if value is None else plain(value),
        "products": list(cart.products.values()),
    }


def favourites(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The products on the wish list, the newest first."""
    found: dict[str, dict[str, Any]] = {}
    for fact in about(facts, "favourite"):
        sku = fact.text("sku", "product_id", "name")
        if sku is not None:
            found.pop(sku, None)
            if fact.meaning.what == "added":
                found[sku] = product_of(fact.properties, sku) | {"at": fact.at, "source": fact.source}
    return list(reversed(found.values()))
