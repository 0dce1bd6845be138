"""Orders as some observations tell them: what the store would hold if it had been told no more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from graph_cdp.store.orders import observation_of, record_orders

Row = dict[str, Any]

_FACTS = ("at", "status", "total", "currency", "brand", "store", "channel")


def orders_of(
    events: Iterable[Mapping[str, Any]],
    keys: Collection[str],
    categories: Callable[[list[str]], Mapping[str, str]] = lambda _: {},
) -> list[Row]:
    """The rows of `read/customer_orders` for these orders, newest first; one without lines has one row.

    `categories` tells of products which they are of: what a product is, is said by everybody's orders, and is of today.
    """
    held = _Held()
    record_orders(held, [seen for seen in map(observation_of, events) if seen.order and seen.order.key in keys])
    known = categories(sorted(held.products))
    rows = []
    for key, order in held.orders.items():
        facts = {"key": key, **{name: order.get(name) for name in _FACTS}}
        lines = [
            {**line, "category": known.get(product)}
            for (of, _), (product, line) in sorted(held.lines.items())
            if of == key
        ]
        nothing = dict.fromkeys(("sku", "name", "category", "quantity", "price", "number"))
        rows += [facts | line for line in lines] or [facts | nothing]
    rows.sort(key=lambda row: (row["key"], row["number"] or ""))
    rows.sort(key=lambda row: row["at"] or "", reverse=True)
    return rows


class _Held:
    """Takes what would be written of orders into memory. All is told at once, so that nothing is read or taken back."""

    def __init__(self) -> None:
        self.orders: dict[str, Row] = {}
        self.lines: dict[tuple[str, str], tuple[str, Row]] = {}
        self.products: dict[str, str] = {}

    def describe(self, label: str, rows: Iterable[Mapping[str, Any]]) -> None:
        if label == "Product":
            self.products |= {row["key"]: row["sku"] for row in rows}

    def categorise(self, rows: Iterable[Mapping[str, Any]]) -> None: ...

    def run(self, name: str, label: str = "", /, **parameters: Any) -> list[Any]:
        if name == "write/orders":
            self.orders |= {row["key"]: row for row in parameters["rows"]}
        elif name == "write/lines":
            for row in parameters["rows"]:
                product, line = row["product"], row["line"]
                facts = {part: line[part] for part in ("name", "quantity", "price", "number")}
                self.lines[row["key"], line["number"]] = product, {"sku": self.products[product], **facts}
        return []
