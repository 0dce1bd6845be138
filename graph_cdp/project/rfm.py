"""How recently, how often and for how much a customer buys, scored by the steps of the policy."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from graph_cdp.project.orders import Sale, revenue_of
from graph_cdp.viewing import Rfm


def rfm(found: Sequence[Sale], today: date, steps: Rfm) -> dict[str, Any]:
    """The scores over all and by brand."""
    named = sorted({sale.brand for sale in found if sale.brand})
    brands = {brand: _scored([sale for sale in found if sale.brand == brand], today, steps) for brand in named}
    return _scored(found, today, steps) | {"brands": brands}


def _scored(found: Sequence[Sale], today: date, steps: Rfm) -> dict[str, Any]:
    kept = [sale for sale in found if sale.counts]
    last = max((sale.at for sale in kept if sale.at), default=None)
    recency = None if last is None else max(0, (today - date.fromisoformat(last[:10])).days)
    code = _main_currency(kept)
    monetary = revenue_of(found).get(code, 0.0) if code else None
    row = {
        "recency_days": recency,
        "frequency": len(kept),
        "monetary": monetary,
        "currency": code,
        "status": _status(len(kept), recency, steps),
    }
    if not kept:
        return row | {"r": None, "f": None, "m": None, "score": None}
    r = None if recency is None else 5 - bisect_right(steps.recency_days, recency - 1)
    f = 1 + bisect_right(steps.frequency, len(kept) - 1)
    m = 1 + bisect_right(steps.monetary.get(code or "", steps.monetary_else), monetary or 0.0)
    return row | {"r": r, "f": f, "m": m, "score": f"{r or 1}{f}{m}"}


def _main_currency(kept: Sequence[Sale]) -> str | None:
    counted = Counter(sale.currency for sale in kept if sale.total is not None)
    return min(counted, key=lambda code: (-counted[code], code), default=None)


def _status(orders: int, recency: int | None, steps: Rfm) -> str:
    if not orders:
        return "prospect"
    if recency is not None and recency > steps.lapsed_after_days:
        return "lapsed"
    return "new" if orders == 1 else "returning"
