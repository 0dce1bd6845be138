"""What people do in an online shop once they are there: look, fill a cart, buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from graph_cdp.samples.people import Person, chance
from graph_cdp.samples.products import Product
from graph_cdp.samples.segment import Session

_PAYMENTS: Final = ("card", "blik", "transfer")


def look(session: Session, catalogue: Sequence[Product], currency: str = "PLN") -> None:
    """One or two products are looked at; one may land in the cart."""
    rng = session.stream.rng
    for product in rng.sample(catalogue, rng.randrange(1, 3)):
        session.track("Product Viewed", **as_properties(product, currency))
    if chance(rng, 0.25):
        session.track("Product Added", **as_properties(rng.choice(catalogue), currency), quantity=1)


def buy(
    session: Session, catalogue: Sequence[Product], currency: str = "PLN", *, contact: Mapping[str, str] | None = None
) -> None:
    """An order of one to three products. A guest's order carries the `contact`."""
    rng = session.stream.rng
    lines = [
        as_properties(product, currency) | {"quantity": rng.choice((1, 1, 1, 2, 3))}
        for product in rng.sample(catalogue, rng.randrange(1, 4))
    ]
    total = round(sum(line["price"] * line["quantity"] for line in lines), 2)
    order = {"order_id": session.stream.order_id(), "brand": session.stream.brand, "total": total}
    order |= {"currency": currency, "products": lines, "payment_method": _PAYMENTS[len(lines) % len(_PAYMENTS)]}
    for line in lines[:1]:
        session.track("Product Added", **line)
    session.track("Checkout Started", **order)
    session.track("Order Completed", **order, **(contact or {}))


def as_properties(product: Product, currency: str) -> dict[str, Any]:
    """The properties of an event about one product."""
    return {
        "product_id": product.sku.replace("-", "").lower(),
        "sku": product.sku,
        "name": product.name,
        "category": product.category,
        "brand": product.brand,
        "color": product.color,
        "size": product.size,
        "price": product.price(currency),
        "currency": currency,
    }


def currency(person: Person) -> str:
    """The currency that the person pays in."""
    return "EUR" if person.country == "SK" else "PLN"
