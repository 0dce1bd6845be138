"""What a customer may want next, by walking the graph from what was bought. No walk is longer than its bounds.

Two ways lead to a product: orders that hold it beside something that the customer bought, and customers who bought the
same things. Products that everybody buys are read no further than so many of their orders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from graph_cdp.store.questions import Questions

Row = dict[str, Any]
# So many of the customer's products, orders of each of these, and customers alike are looked at.
PRODUCTS: Final = 20
ORDERS: Final = 200
ALIKE: Final = 50


def recommended(graph: Questions, id: str, limit: int) -> list[Row]:
    """Products that the customer has not bought, the best first: `product, name, category, score, because`.

    The score adds the share of orders in which it stood beside one of the customer's own to the share of the
    customers alike who bought it.
    """
    own = {row["key"]: row["name"] for row in graph.ask("read/bought_products", id=id, limit=10 * PRODUCTS)}
    begin = list(own)[:PRODUCTS]
    if not begin:
        return []
    beside, alike = _together(graph, begin, own), _alike(graph, id, begin)
    made = []
    for key in sorted((beside.keys() | alike.keys()) - own.keys()):
        parts = [part for part in (beside.get(key), alike.get(key)) if part]
        said = {name: parts[0][name] for name in ("name", "category")}
        score = round(sum(part["share"] for part in parts), 4)
        made.append({"product": key, **said, "score": score, "because": [part["because"] for part in parts]})
    return sorted(made, key=lambda row: (-row["score"], row["product"]))[:limit]


def _together(graph: Questions, begin: list[str], own: Mapping[str, str]) -> dict[str, Row]:
    """Of each product the one of the customer's own that it stands beside most."""
    best: dict[str, Row] = {}
    for row in graph.ask("read/bought_together", keys=begin, each=ORDERS):
        share = row["together"] / row["orders"]
        if row["key"] not in best or share > best[row["key"]]["share"]:
            because = f"in {row['together']} of {row['orders']} orders with {own[row['with']]}"
            best[row["key"]] = {**row, "share": share, "because": because}
    return best


def _alike(graph: Questions, id: str, begin: list[str]) -> dict[str, Row]:
    """Of each product the share of the customers alike who bought it."""
    found = graph.ask("read/alike_customers", id=id, keys=begin, each=ORDERS, limit=ALIKE)
    if not found:
        return {}
    buyers: dict[str, list[Row]] = defaultdict(list)
    for row in graph.ask("read/bought_by", ids=sorted(row["customer"] for row in found), each=ORDERS):
        buyers[row["key"]].append(row)
    return {
        key: {
            **rows[0],
            "share": len(rows) / len(found),
            "because": f"bought by {len(rows)} of {len(found)} customers who bought the same",
        }
        for key, rows in buyers.items()
    }
