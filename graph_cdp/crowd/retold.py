"""Orders of which more was told after they were made: what each was from one telling to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graph_cdp.audience.subject import Version, days_of
from graph_cdp.past.orders import orders_of
from graph_cdp.project.facts import Fact
from graph_cdp.project.orders import Sale, sales
from graph_cdp.store.questions import Questions

Row = dict[str, Any]


def versions(
    graph: Questions,
    orders: Sequence[Row],
    events: Sequence[Row],
    fact: Callable[[Row], Fact | None],
    shown: Callable[[Sale], Row],
) -> Iterator[Version]:
    """The versions of those orders of a customer that were told of at several times, by all events with their keys.

    `fact` is what an event tells of an order, None where that is not the customer's to tell.
    """
    told = _told({row["key"] for row in orders}, events)
    known_of: dict[str, str | None] = {}
    uids = sorted({event["uid"] for some in told.values() for event in some})
    rows = {row["uid"]: row for row in graph.ask("read/told_orders", uids=uids)} if uids else {}

    def categories(products: list[str]) -> dict[str, str]:
        if missing := [product for product in products if product not in known_of]:
            known_of.update(dict.fromkeys(missing))
            known_of.update((row["key"], row["category"]) for row in graph.ask("read/categories", keys=missing))
        return {product: category for product in products if (category := known_of[product]) is not None}

    for key, some in told.items():
        for at in sorted({event["at"] or "" for event in some}):
            known = [event for event in some if (event["at"] or "") <= at]
            held = orders_of((rows[event["uid"]] for event in known if event["uid"] in rows), [key], categories)
            facts = [said for event in known if (said := fact(event)) is not None]
            found = [sale for sale in sales(held, facts) if sale.counts]
            yield Version(days_of(at), key, shown(found[0]) if found else None)


def _told(keys: set[str], events: Sequence[Row]) -> Mapping[str, list[Row]]:
    """The events that tell of each of these orders, of those of which some do at several times, the oldest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for event in sorted(events, key=lambda event: (event["at"] or "", event["uid"])):
        for key in keys.intersection(event["keys"]):
            found[key].append(event)
    return {key: some for key, some in sorted(found.items()) if len({event["at"] for event in some}) > 1}
