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
            for closed in _bought(fact, found):
                cart = found.pop(closed)
                cart.stage, cart.at = "bought", fact.at
                done.append(cart)
    rows = [_row(cart) for cart in (*found.values(), *done)]
    return sorted(rows, key=lambda row: (row["at"] or "", row["cart"]), reverse=True)[:_MOST]


def _name(fact: Fact) -> str:
    return fact.text("cart_id", "checkout_id") or fact.source


def _bought(order: Fact, found: Mapping[str, _Cart]) -> list[str]:
    """The carts that an order is made of: the one that it names and the source's own.

    If it names none, those of its source in which something of it lies, or else the one that was last touched.
    """
    named = [name for name in dict.fromkeys((_name(order), order.source)) if name in found]
    if named:
        return named
    of_source = [name for name, cart in found.items() if cart.source == order.source]
    if order.text("cart_id", "checkout_id") or not of_source:
        return []
    wanted = {_sku(product) for product in _listed(order)}
    return [name for name in of_source if not wanted.isdisjoint(found[name].products)] or [
        max(of_source, key=lambda name: (found[name].at or "", name))
    ]


def _listed(fact: Fact) -> list[object]:
    products = fact.properties.get("products")
    return products if isinstance(products, list) else []


def _sku(product: object) -> str | None:
    return text_of(product, "sku", "product_id", "name") if isinstance(product, Mapping) else None


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
    sku = _sku(product)
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
