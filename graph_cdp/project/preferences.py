"""What a customer likes: the shares of what was bought, and how they move."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from graph_cdp.project.facts import Fact, shares
from graph_cdp.project.orders import Sale

MOST: Final = 10
_STEPS: Final = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Weighed = Iterable[tuple[str | None, float]]
Weigh = Callable[[Sale], Weighed]


def preferences(found: Sequence[Sale], recent: Iterable[Fact]) -> dict[str, list[dict[str, Any]]]:
    """The shares of categories, brands, colours and so on in what was bought and kept, and in what was looked at."""
    kept = sorted((sale for sale in found if sale.counts), key=lambda sale: (sale.at or "", sale.key))
    older, newer = kept[: len(kept) // 2], kept[len(kept) // 2 :]
    views = [fact for fact in recent if fact.meaning.topic in ("", "cart", "favourite")]
    return {
        **{name: _preferred(weigh, older, newer) for name, weigh in _WAYS.items()},
        "viewed_category": shares(Counter(said for fact in views if (said := fact.text("category"))))[:MOST],
        "viewed_brand": shares(Counter(fact.brand for fact in views if fact.brand))[:MOST],
    }


def _preferred(weigh: Weigh, older: Sequence[Sale], newer: Sequence[Sale]) -> list[dict[str, Any]]:
    before, after = _weighed(weigh, older), _weighed(weigh, newer)
    both = {value: before.get(value, 0.0) + after.get(value, 0.0) for value in before.keys() | after.keys()}
    rows = shares(both)[:MOST]
    was, became = sum(before.values()), sum(after.values())
    for row in rows:
        now, then = (part.get(row["value"], 0.0) for part in (after, before))
        row["trend"] = round(now / became - then / was, 3) if was and became else None
    return rows


def _weighed(weigh: Weigh, found: Iterable[Sale]) -> dict[str, float]:
    counted: dict[str, float] = defaultdict(float)
    for sale in found:
        for value, weight in weigh(sale):
            if value is not None and weight > 0:
                counted[value] += weight
    return counted


def price_band(price: float, currency: str) -> str:
    """The band of a price: 100-200 PLN."""
    at = bisect_right(_STEPS, price)
    low = _STEPS[at - 1] if at else 0
    return f"{low}-{_STEPS[at]} {currency}" if at < len(_STEPS) else f"{low}+ {currency}"


def _of_lines(name: str) -> Weigh:
    return lambda sale: ((line.get(name), line["quantity"]) for line in sale.lines)


def _of_sale(name: str) -> Weigh:
    return lambda sale: [(getattr(sale, name), 1.0)]


def _brands(sale: Sale) -> Weighed:
    return [(line.get("brand") or sale.brand, line["quantity"]) for line in sale.lines] or [(sale.brand, 1.0)]


def _bands(sale: Sale) -> Weighed:
    priced = [line for line in sale.lines if line["price"] is not None]
    return [(price_band(line["price"], sale.currency), line["quantity"]) for line in priced]


def _hour(sale: Sale) -> Weighed:
    return [(sale.at[11:13], 1.0)] if sale.at else []


def _weekday(sale: Sale) -> Weighed:
    return [(_DAYS[datetime.fromisoformat(sale.at).weekday()], 1.0)] if sale.at else []


_WAYS: Final[dict[str, Weigh]] = {
    "category": _of_lines("category"),
    "brand": _brands,
    "color": _of_lines("color"),
    "size": _of_lines("size"),
    "price_band": _bands,
    "hour": _hour,
    "weekday": _weekday,
    "channel": _of_sale("channel"),
    "payment": _of_sale("payment_method"),
    "store": _of_sale("store"),
}
