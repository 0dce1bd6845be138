"""Orders and what they are of: lines to products, the store, the brand. What was said last holds, in any order.

A shop's message lists the whole order; a till's export has one row a line. A whole list replaces an older whole list;
a row replaces an older row of its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_cdp.model import Observation, Order, OrderLine, rfc3339
from graph_cdp.store.transaction import Transaction

Row = dict[str, Any]


@dataclass(slots=True)
class _Held:
    """What the graph holds of one order; `lines` has (whole, version) by line number."""

    version: str = ""
    listed: str = ""
    store: str | None = None
    brand: str | None = None
    lines: dict[str, tuple[bool, str]] = field(default_factory=dict)


def record_orders(transaction: Transaction, observations: Iterable[Observation]) -> None:
    """Brings the orders of `observations`, whose nodes exist, up to date."""
    seen = sorted(((version_of(one), one) for one in observations if one.order), key=lambda pair: pair[0])
    said = [(version, one, one.order) for version, one in seen if one.order]
    if not said:
        return
    held = _held(transaction, sorted({order.key for _, _, order in said}))
    transaction.describe("Product", (_product(v, one, line) for v, one, order in said for line in order.lines))
    transaction.describe("Store", (_place(v, order.key, "store", order.store) for v, _, order in said if order.store))
    transaction.describe("Brand", (_place(v, "", "brand", order.brand) for v, _, order in said if order.brand))
    _write_lines(transaction, said, held)
    _write_orders(transaction, said, held)


def product_key(source: str, sku: str) -> str:
    """Products are numbered by their source."""
    return f"product:{source}/{sku}"


def version_of(seen: Observation) -> str:
    """Sorts what is said of one thing: the later version holds, undated ones lose, ties go by content."""
    return f"{rfc3339(seen.occurred_at) or ''}|{seen.uid}"


def _held(transaction: Transaction, keys: Sequence[str]) -> dict[str, _Held]:
    held: dict[str, _Held] = defaultdict(_Held)
    for row in transaction.run("read/orders", keys=list(keys)):
        order = held[row["key"]]
        order.version, order.listed = row["version"] or "", row["listed"] or ""
        order.store, order.brand = row["store"], row["brand"]
        if row["number"] is not None:
            order.lines[row["number"]] = (row["whole"], row["line_version"])
    return held


def _product(version: str, seen: Observation, line: OrderLine) -> Row:
    name = line.name or line.sku
    # By the day, so that a product that sells all day is written once a day.
    return {
        "key": product_key(seen.source, line.sku),
        "version": f"{version[:10]}|{name}|{line.category or ''}",
        "sku": line.sku,
        "name": name,
        "category": line.category,
        "caption": name,
    }


def _place(version: str, order: str, what: str, name: str) -> Row:
    return {"key": _place_key(order, what, name), "version": version[:10] + "|", "name": name, "caption": name}


def _place_key(order: str, what: str, name: str) -> str:
    """Brands are known by name alone; stores are numbered by the source, which stands in the order's key."""
    source = order.partition(":")[2].partition("/")[0]
    return f"{what}:{source}/{name}" if source else f"{what}:{name}"


def _write_lines(
    transaction: Transaction, said: Sequence[tuple[str, Observation, Order]], held: dict[str, _Held]
) -> None:
    drop: set[tuple[str, str]] = set()
    make: dict[tuple[str, str], Row] = {}
    for version, seen, order in said:
        now = held[order.key]
        if order.whole and order.lines:
            if version <= now.listed:
                continue
            now.listed = version
            old = [number for number, (whole, _) in now.lines.items() if whole]
            for number in old:
                _forget(now, order.key, number, drop, make)
        for line in order.lines:
            known = now.lines.get(line.number)
            if known is not None and known[1] >= version:
                continue
            _forget(now, order.key, line.number, drop, make)
            now.lines[line.number] = (order.whole, version)
            make[order.key, line.number] = _line_row(version, seen, order, line)
    if drop:
        transaction.run("write/drop_lines", rows=[{"key": key, "number": number} for key, number in sorted(drop)])
    if make:
        transaction.run("write/lines", rows=[make[place] for place in sorted(make)])


def _forget(now: _Held, key: str, number: str, drop: set[tuple[str, str]], make: dict[tuple[str, str], Row]) -> None:
    """Takes a line away: out of what is to be made, or out of the graph."""
    if now.lines.pop(number, None) is not None and make.pop((key, number), None) is None:
        drop.add((key, number))


def _line_row(version: str, seen: Observation, order: Order, line: OrderLine) -> Row:
    properties = {
        "number": line.number,
        "quantity": line.quantity,
        "price": line.price,
        "name": line.name or line.sku,
        "whole": order.whole,
        "version": version,
    }
    return {"key": order.key, "product": product_key(seen.source, line.sku), "line": properties}


def _write_orders(
    transaction: Transaction, said: Sequence[tuple[str, Observation, Order]], held: dict[str, _Held]
) -> None:
    rows: dict[str, Row] = {}
    for version, seen, order in said:
        if version > held[order.key].version:
            rows[order.key] = _order_row(version, seen, order)
    for key, row in rows.items():
        row["listed"] = held[key].listed or None
    if not rows:
        return
    transaction.run("write/orders", rows=[rows[key] for key in sorted(rows)])
    moved = [key for key, row in sorted(rows.items()) if _places(row) != (held[key].store, held[key].brand)]
    placed_before = [key for key in moved if held[key].store or held[key].brand]
    if placed_before:
        transaction.run("write/drop_places", keys=placed_before)
    for name, what in (("write/at_stores", "store"), ("write/of_brands", "brand")):
        placed = [{"key": key, what: rows[key][what]} for key in moved if rows[key][what]]
        if placed:
            transaction.run(name, rows=placed)


def _places(row: Row) -> tuple[str | None, str | None]:
    return row["store"], row["brand"]


def _order_row(version: str, seen: Observation, order: Order) -> Row:
    return {
        "key": order.key,
        "version": version,
        "at": rfc3339(seen.occurred_at),
        "status": seen.name,
        "total": order.total,
        "currency": order.currency,
        "channel": order.channel,
        "store": _place_key(order.key, "store", order.store) if order.store else None,
        "brand": _place_key("", "brand", order.brand) if order.brand else None,
    }
