"""Fifty segments of the made-up crowd, each as a condition and as DuckDB says the same of exported tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from benchmarks.crowd import BRANDS, CATEGORIES, CITIES, Message

Segment = tuple[str, str]
_ORDERS: Final = "(SELECT {} FROM orders o WHERE o.customer = c.customer AND {})"
_EVENTS: Final = "(SELECT {} FROM events e WHERE e.customer = c.customer AND {})"
_LINES: Final = "(SELECT {} FROM lines l WHERE l.customer = c.customer AND {})"


def segments() -> list[Segment]:
    """`condition, predicate`; `now` in the predicate is the moment of the question."""
    return [*_by_brand(), *_by_city(), *_by_category(), *_by_time()]


def _since(days: int) -> str:
    return f"happened > now - INTERVAL {days} DAY"


def _by_brand() -> Iterator[Segment]:
    for brand, other in zip(BRANDS, BRANDS[1:] + BRANDS[:1], strict=True):
        of, of_other = f"brand = '{brand}'", f"brand = '{other}'"
        count = _ORDERS.format("count(*)", f"{of} AND {_since(365)}")
        yield f'at least 2 orders[brand = "{brand}"] in the last 365 days', f"{count} >= 2"
        yield (
            f'any orders[brand = "{brand}"] and no orders[brand = "{other}"]',
            f"EXISTS {_ORDERS.format('1', of)} AND NOT EXISTS {_ORDERS.format('1', of_other)}",
        )
        yield f'sum(total of orders[brand = "{brand}"]) > 100', f"{_ORDERS.format('sum(total)', of)} > 100"
        yield f'count(orders[brand = "{brand}"]) >= 2', f"{_ORDERS.format('count(*)', of)} >= 2"


def _by_city() -> Iterator[Segment]:
    for city in CITIES:
        yield f'traits.city = "{city}"', f"city = '{city}'"
        bought = _ORDERS.format("1", _since(180))
        yield (
            f'traits.city = "{city}" and any orders in the last 180 days',
            f"city = '{city}' AND EXISTS {bought}",
        )


def _by_category() -> Iterator[Segment]:
    viewed = "name = 'Product Viewed'"
    for category in CATEGORIES:
        of = f"category = '{category}'"
        yield (
            f'sum(quantity of lines[category = "{category}"]) >= 3',
            f"{_LINES.format('sum(quantity)', of)} >= 3",
        )
        yield (
            f'any events "Product Viewed"[properties.category = "{category}"]',
            f"EXISTS {_EVENTS.format('1', f'{of} AND {viewed}')}",
        )


def _by_time() -> Iterator[Segment]:
    for days in (30, 90, 180, 365):
        newest = _ORDERS.format("max(happened)", "true")
        yield f"days_since(orders) > {days}", f"{newest} <= now - INTERVAL {days + 1} DAY"
    for days in (2, 7, 30):
        soon = f"o.happened > e.happened AND o.happened <= e.happened + INTERVAL {days} DAY"
        follows = f"SELECT 1 FROM orders o WHERE o.customer = e.customer AND {soon}"
        left = f"name = 'Product Added' AND e.happened + INTERVAL {days} DAY <= now AND NOT EXISTS ({follows})"
        yield f'any events "Product Added" then no orders within {days} days', f"EXISTS {_EVENTS.format('1', left)}"
    for days in (10, 30, 90):
        near = f"p.name <> o.name AND p.happened >= o.happened AND p.happened <= o.happened + INTERVAL {days} DAY"
        pair = f"SELECT 1 FROM orders p WHERE p.customer = o.customer AND {near}"
        yield f"at least 2 orders within {days} days", f"EXISTS {_ORDERS.format('1', f'EXISTS ({pair})')}"


def tables(messages: Iterator[Message]) -> Mapping[str, pl.DataFrame]:
    """The crowd as a warehouse has it: customers, orders, lines, events."""
    rows: dict[str, list[dict[str, Any]]] = {"customers": [], "orders": [], "lines": [], "events": []}
    for one in messages:
        told = {"customer": one["userId"], "happened": one["timestamp"], "name": one["messageId"]}
        if one["type"] == "identify":
            rows["customers"].append({"customer": one["userId"], "city": one["traits"]["city"]})
        elif one["event"] == "Order Completed":
            order = one["properties"]
            rows["orders"].append(told | {name: order[name] for name in ("total", "brand", "channel")})
            rows["lines"] += [told | line for line in order["products"]]
        if one["type"] == "track":
            said = one["properties"].get("category")
            rows["events"].append(told | {"name": one["event"], "category": said})
    return {
        name: table if name == "customers" else table.with_columns(pl.col("happened").str.to_datetime(time_zone="UTC"))
        for name, found in rows.items()
        if (table := pl.DataFrame(found, infer_schema_length=None)) is not None
    }
