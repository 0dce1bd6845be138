"""Each brand's part of a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from graph_cdp.errors import UsageError
from graph_cdp.project.facts import Fact
from graph_cdp.project.orders import Sale, revenue_of


def brands(facts: Iterable[Fact], sales: Sequence[Sale]) -> dict[str, dict[str, Any]]:
    """Orders, revenue, events, and when a brand was first and last dealt with."""
    told = list(facts)
    rows = {}
    for brand in named(told, sales):
        bought = [sale for sale in sales if sale.brand == brand]
        kept = [sale for sale in bought if sale.counts]
        own = [fact for fact in told if fact.brand == brand]
        times = sorted([sale.at for sale in kept if sale.at] + [fact.at for fact in own if fact.at])
        rows[brand] = {
            "orders": {"count": len(kept), "revenue": revenue_of(bought)},
            "first_at": times[0] if times else None,
            "last_at": times[-1] if times else None,
            "events": len(own),
        }
    return rows


def named(facts: Iterable[Fact], sales: Iterable[Sale]) -> list[str]:
    """The brands that there are."""
    return sorted({fact.brand for fact in facts if fact.brand} | {sale.brand for sale in sales if sale.brand})


def wanted(brand: str, there: Sequence[str]) -> str:
    """The brand as it is written, whatever its capitals. Raises `UsageError` where there is nothing of it."""
    for name in there:
        if name.casefold() == brand.strip().casefold():
            return name
    known = ", ".join(there) or "none at all"
    raise UsageError(f"brand: no order and no event of this customer bears it (there are {known})")
