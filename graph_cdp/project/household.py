"""Whom a customer lives or uses things with: people who share an identifier, without being one customer for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]


def household(customer: str, sharers: Iterable[Row], most: int) -> list[dict[str, Any]]:
    """`{customer_id, by}` of each other customer: the keys that both are linked with, sorted.

    `sharers` has `key, customer` for every customer that a shared identifier is linked with. One that more than `most`
    customers share says nothing of anybody: a kiosk, a shop's own number.
    """
    of: dict[str, set[str]] = defaultdict(set)
    for row in sharers:
        of[row["key"]].add(row["customer"])
    by: dict[str, set[str]] = defaultdict(set)
    for key, customers in of.items():
        for other in customers - {customer} if len(customers) <= most else ():
            by[other].add(key)
    return [{"customer_id": other, "by": sorted(keys)} for other, keys in sorted(by.items())]
