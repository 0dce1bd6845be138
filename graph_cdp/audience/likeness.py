"""Lookalikes: who is most like a group, and in what.

A customer is a set of figures between 0 and 1: the share of the products bought in each category and brand, of the
orders in each channel and price band, and the rank among all customers in recency, frequency and worth. The likeness
is the cosine between the figures of the customer and the mean of the group's: 1 for the same proportions, 0 for nothing
in common. Customers without an order have no figures and are like nobody.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log10, sqrt
from typing import Any, Final

from graph_cdp.audience.subject import ALWAYS, Item, Subject

Figures = Mapping[str, float]
REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class Shopper:
    """What likeness looks at of one customer; `spent` by currency."""

    customer_id: str
    shares: Figures
    days_since: float
    orders: int
    spent: Mapping[str, float]


def shopper_of(subject: Subject) -> Shopper | None:
    """What likeness looks at, None for a customer without a dated order."""
    orders = [item for item in subject.items["orders"] if item.at != ALWAYS]
    if not orders:
        return None
    spent: Counter[str] = Counter()
    for item in orders:
        spent[str(item.row.get("currency"))] += item.row.get("total") or 0
    shares = {
        **_shares("category", subject.items["lines"]),
        **_shares("brand", orders),
        **_shares("channel", orders),
        **_bands(orders),
    }
    return Shopper(subject.customer_id, shares, subject.now - orders[-1].at, len(orders), spent)


def _shares(name: str, items: list[Item]) -> dict[str, float]:
    counted = Counter(str(item.row[name]) for item in items if item.row.get(name))
    return {f"{name} {value}": count / counted.total() for value, count in counted.items()}


def _bands(orders: list[Item]) -> dict[str, float]:
    """Orders by the power of ten of their worth, each half of it by itself."""
    counted: Counter[str] = Counter()
    for item in orders:
        if (total := item.row.get("total") or 0) > 0:
            step = int(log10(total) * 2 + 100) - 100
            counted[f"{10 ** (step / 2):.0f}-{10 ** ((step + 1) / 2):.0f} {item.row.get('currency')}"] += 1
    return {f"price {band}": count / counted.total() for band, count in counted.items()}


def lookalikes(shoppers: Iterable[Shopper], group: frozenset[str], limit: int) -> list[dict[str, Any]]:
    """Those who are not in the group and most like it, the most like first: `customer_id, likeness, because`."""
    known = sorted(shoppers, key=lambda one: one.customer_id)
    figures = _ranked(known)
    middle = _mean([figures[one.customer_id] for one in known if one.customer_id in group])
    if not middle:
        return []
    rated = [
        (likeness(figures[one.customer_id], middle), one.customer_id) for one in known if one.customer_id not in group
    ]
    best = sorted(rated, key=lambda pair: (-pair[0], pair[1]))[:limit]
    return [
        {"customer_id": name, "likeness": round(value, 4), "because": _because(figures[name], middle)}
        for value, name in best
        if value > 0
    ]


def likeness(one: Figures, other: Figures) -> float:
    """The cosine of two sets of figures."""
    product = sum(value * other.get(name, 0.0) for name, value in one.items())
    lengths = sqrt(sum(value * value for value in one.values()) * sum(value * value for value in other.values()))
    return product / lengths if lengths else 0.0


def _ranked(known: list[Shopper]) -> dict[str, dict[str, float]]:
    """The figures of all, with their ranks; worth is ranked within each currency."""
    recent = sorted(-one.days_since for one in known)
    often = sorted(one.orders for one in known)
    spent: dict[str, list[float]] = defaultdict(list)
    for one in known:
        for currency, amount in one.spent.items():
            spent[currency].append(amount)
    for amounts in spent.values():
        amounts.sort()
    return {
        one.customer_id: {
            **one.shares,
            "recency": _rank(recent, -one.days_since),
            "frequency": _rank(often, one.orders),
            "worth": max((_rank(spent[currency], amount) for currency, amount in one.spent.items()), default=0.0),
        }
        for one in known
    }


def _rank(ordered: list[Any], value: float) -> float:
    """The share of those who are below, and half of those who are equal."""
    return (bisect_left(ordered, value) + bisect_right(ordered, value)) / (2 * len(ordered))


def _mean(figures: list[dict[str, float]]) -> dict[str, float]:
    names = sorted({name for one in figures for name in one})
    return {name: sum(one.get(name, 0.0) for one in figures) / len(figures) for name in names}


def _because(one: Figures, middle: Figures) -> list[str]:
    """What the customer and the group have most in common."""
    common = sorted(one, key=lambda name: (-one[name] * middle.get(name, 0.0), name))
    return [
        f"{name}: {one[name]:.0%}, in the group {middle[name]:.0%}" for name in common[:REASONS] if middle.get(name)
    ]
