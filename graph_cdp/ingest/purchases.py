"""The order that an order event tells of."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from graph_cdp.ingest.content import part_of_key
from graph_cdp.ingest.keys import Keys
from graph_cdp.model import Order, OrderLine
from graph_cdp.normalise import Unusable, price, text

_CHANNELS = {"browser": "web", "web": "web", "mobile": "app", "ios": "app", "android": "app"}


def order_of(properties: Mapping[str, Any], body: Mapping[str, Any], is_reversal: bool, keys: Keys) -> Order | None:
    """The order of the event, whose key is added to `keys`; None where the event does not say which order it is.

    Of a reversal (a refund) only the order is taken: its sums and products are those taken back.
    """
    name = "order_id" if properties.get("order_id") is not None else "orderId"
    key = keys.add("order", properties.get(name), f"properties.{name}")
    if key is None:
        return None
    if is_reversal:
        return Order(key, whole=False)
    products = properties.get("products")
    if products is not None and not isinstance(products, list):
        keys.refuse("properties.products", "no list of products")
    total, beside = _total(properties, keys)
    return Order(
        key=key,
        lines=_lines(products, keys) if isinstance(products, list) else (),
        whole=isinstance(products, list),
        total=total,
        currency=keys.currency(name_of(properties, "currency"), "properties.currency") or beside or _beside(products),
        brand=part_of_key(name_of(properties, "brand")),
        store=part_of_key(name_of(properties, "store", "shop")),
        channel=_channel(properties, body),
    )


def name_of(said: Mapping[str, Any], *names: str) -> str | None:
    """The first of the values called `names` that is a text or a number, as text."""
    for name in names:
        value = said.get(name)
        if isinstance(value, str):
            if plain := value.strip():
                return plain
        elif value is not None:
            with suppress(Unusable):
                return text(value)
    return None


def _lines(products: list[Any], keys: Keys) -> tuple[OrderLine, ...]:
    lines = (_line(product, position, keys) for position, product in enumerate(products, start=1))
    return tuple(line for line in lines if line is not None)


def _line(product: object, position: int, keys: Keys) -> OrderLine | None:
    place = f"properties.products[{position - 1}]"
    sku = part_of_key(name_of(product, "sku", "product_id", "name")) if isinstance(product, dict) else None
    if sku is None or not isinstance(product, dict):
        keys.refuse(place, "a product needs sku, product_id or name")
        return None
    quantity = keys.amount(product.get("quantity"), f"{place}.quantity")
    return OrderLine(
        number=str(position),
        sku=sku,
        name=name_of(product, "name"),
        category=name_of(product, "category"),
        quantity=1.0 if quantity is None else quantity,
        price=keys.amount(product.get("price"), f"{place}.price"),
    )


def _total(properties: Mapping[str, Any], keys: Keys) -> tuple[float | None, str | None]:
    """What the order was worth, and the currency that stands beside that."""
    for name in ("total", "revenue", "value"):
        if properties.get(name) is not None:
            return keys.price(properties[name], f"properties.{name}")
    return None, None


def _beside(products: object) -> str | None:
    """The first currency that stands beside a price."""
    for product in products if isinstance(products, list) else ():
        with suppress(Unusable):
            if isinstance(product, dict) and (code := price(product.get("price"))[1]):
                return code
    return None


def _channel(properties: Mapping[str, Any], body: Mapping[str, Any]) -> str | None:
    """The channel that the event names, else the one that its sender gives away."""
    if named := name_of(properties, "channel"):
        return named
    context = body.get("context") or {}
    device = context.get("device")
    hints = (device.get("type") if isinstance(device, dict) else None, body.get("channel"))
    for hint in hints:
        if isinstance(hint, str) and (known := _CHANNELS.get(hint.lower())):
            return known
    return "web" if "page" in context or "userAgent" in context else None
