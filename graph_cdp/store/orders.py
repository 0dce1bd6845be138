"""Orders and what they are of: lines to products, the store, the brand. What was said last holds, in any order.

A shop's message lists the whole order; a till's export has one row a line. A whole list replaces every line that is
older; a row replaces an older line of its number.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from graph_cdp.model import UNDATED, Observation, Order, OrderLine, rfc3339
from graph_cdp.store.codec import instant

Row = dict[str, Any]

_PLACES: Final = (
    ("store", "write/leave_stores", "write/at_stores"),
    ("brand", "write/leave_brands", "write/of_brands"),
)
_UNDATED: Final = "0000-00-00"  # before every date, and as long as one


@dataclass(slots=True)
class _Held:
    """What the graph holds of one order: `said` has the version of each fact, `lines` of each line by number."""

    said: dict[str, str] = field(default_factory=dict)
    at: str | None = None
    listed: str = ""
    store: str | None = None
    brand: str | None = None
    lines: dict[str, str] = field(default_factory=dict)


class Book(Protocol):
    """What orders are written to: a transaction, or whatever takes its place."""

    def run(self, name: str, label: str = "", /, **parameters: Any) -> list[Any]:
        """The rows of the statement `name`."""

    def describe(self, label: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Brings the entities of one label up to date."""

    def categorise(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Gives products the categories that were said last of them."""


def observation_of(row: Mapping[str, Any]) -> Observation:
    """What a stored event says of an order, as the observation that it was."""
    told = json.loads(row["order"])
    order = Order(**{**told, "lines": tuple(OrderLine(**line) for line in told["lines"])})
    at = instant(row["at"], UNDATED)
    return Observation(row["uid"], row["source"], "", "", row["name"], tuple(row["keys"]), at, order=order)


def record_orders(transaction: Book, observations: Iterable[Observation]) -> None:
    """Brings the orders of `observations`, whose nodes exist, up to date."""
    seen = sorted(((version_of(one), one) for one in observations if one.order), key=lambda pair: pair[0])
    said = [(version, one, one.order) for version, one in seen if one.order]
    if not said:
        return
    held = _held(transaction, sorted({order.key for _, _, order in said}))
    transaction.describe("Product", (_product(v, one, line) for v, one, order in said for line in order.lines))
    transaction.categorise(
        _category(v, one, line) for v, one, order in said for line in order.lines if line.category is not None
    )
    transaction.describe("Store", (_place(v, order.key, "store", order.store) for v, _, order in said if order.store))
    transaction.describe("Brand", (_place(v, "", "brand", order.brand) for v, _, order in said if order.brand))
    _write_lines(transaction, said, held)
    _write_orders(transaction, said, held)


def product_key(source: str, sku: str) -> str:
    """Products are numbered by their source."""
    return f"product:{source}/{sku}"


def version_of(seen: Observation) -> str:
    """Sorts what is said of one thing: the later version holds, undated ones lose, ties go by content."""
    return f"{rfc3339(seen.occurred_at) or _UNDATED}|{seen.uid}"


def _held(transaction: Book, keys: Sequence[str]) -> dict[str, _Held]:
    held: dict[str, _Held] = defaultdict(_Held)
    for row in transaction.run("read/orders", keys=list(keys)):
        order = held[row["key"]]
        order.said = json.loads(row["said"] or "{}")
        order.at, order.listed = row["at"], row["listed"] or ""
        order.store, order.brand = row["store"], row["brand"]
        if row["number"] is not None:
            order.lines[row["number"]] = row["line_version"]
    return held


def _product(version: str, seen: Observation, line: OrderLine) -> Row:
    """What a line says of its product. One that only has its number takes no name back, so it is the oldest of all."""
    name = line.name or line.sku
    return {
        "key": product_key(seen.source, line.sku),
        # By the day, so that a product that sells all day is written once a day.
        "version": f"{version[:10]}|{name}" if line.name else "",
        "sku": line.sku,
        "name": name,
        "caption": name,
    }


def _category(version: str, seen: Observation, line: OrderLine) -> Row:
    """The category that a line says its product is of."""
    key = product_key(seen.source, line.sku)
    return {"key": key, "version": f"{version[:10]}|{line.category}", "category": line.category}


def _place(version: str, order: str, what: str, name: str) -> Row:
    return {"key": _place_key(order, what, name), "version": version[:10] + "|", "name": name, "caption": name}


def _place_key(order: str, what: str, name: str) -> str:
    """Brands are known by name alone; stores are numbered by the source, which stands in the order's key."""
    source = order.partition(":")[2].partition("/")[0]
    return f"{what}:{source}/{name}" if source else f"{what}:{name}"


def _write_lines(transaction: Book, said: Sequence[tuple[str, Observation, Order]], held: dict[str, _Held]) -> None:
    drop: set[tuple[str, str]] = set()
    make: dict[tuple[str, str], Row] = {}
    for version, seen, order in said:
        now = held[order.key]
        if order.whole and order.lines:
            if version <= now.listed:
                continue
            now.listed = version
            for number in [number for number, older in now.lines.items() if older < version]:
                _forget(now, order.key, number, drop, make)
        elif version <= now.listed:
            continue
        for line in order.lines:
            known = now.lines.get(line.number)
            if known is not None and known >= version:
                continue
            _forget(now, order.key, line.number, drop, make)
            now.lines[line.number] = version
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
        "version": version,
    }
    return {"key": order.key, "product": product_key(seen.source, line.sku), "line": properties}


def _write_orders(transaction: Book, said: Sequence[tuple[str, Observation, Order]], held: dict[str, _Held]) -> None:
    rows: dict[str, Row] = {}
    for version, seen, order in said:
        now = held[order.key]
        row = rows.setdefault(order.key, {"key": order.key})
        for name, value in _facts(seen, order).items():
            if value is not None and version > now.said.get(name, ""):
                now.said[name], row[name] = version, value
        now.at = row["at"] = min(filter(None, (now.at, rfc3339(seen.occurred_at))), default=None)
    for key, row in rows.items():
        row |= {"said": json.dumps(held[key].said, sort_keys=True), "listed": held[key].listed or None}
    transaction.run("write/orders", rows=[rows[key] for key in sorted(rows)])
    _write_places(transaction, rows, held)


def _write_places(transaction: Book, rows: dict[str, Row], held: dict[str, _Held]) -> None:
    for what, drop, place in _PLACES:
        moved = [key for key, row in sorted(rows.items()) if row.get(what) not in (None, getattr(held[key], what))]
        if left := [key for key in moved if getattr(held[key], what)]:
            transaction.run(drop, keys=left)
        if moved:
            transaction.run(place, rows=[{"key": key, what: rows[key][what]} for key in moved])


def _facts(seen: Observation, order: Order) -> Row:
    """What an observation says of an order. Of each fact what was said last holds; silence takes nothing back."""
    return {
        "status": seen.name,
        "total": order.total,
        "currency": order.currency,
        "channel": order.channel,
        "store": _place_key(order.key, "store", order.store) if order.store else None,
        "brand": _place_key("", "brand", order.brand) if order.brand else None,
    }
