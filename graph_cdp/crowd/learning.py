"""What all customers bought, as models learn from it: by the same rules as each customer's own orders are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from graph_cdp.crowd.people import People
from graph_cdp.project.facts import facts_of
from graph_cdp.project.orders import worth_of

Row = dict[str, Any]


def bought(people: People) -> Iterator[Row]:
    """`customer, at, currency, amount` of every order of which something was kept, what came back taken off."""
    back: dict[str, list[Row]] = defaultdict(list)
    for row in people.graph.each("read/orders_taken_back"):
        back[row["order"]].append(row)
    for row in people.order_values():
        sale = worth_of(row, facts_of(back.get(row["key"], ()), lambda source: None))
        if sale.counts:
            yield {"customer": row["customer"], "at": sale.at, "currency": sale.currency, "amount": sale.net}
