"""Rows of orders and what was said of them -> sales: what was bought, and what came back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from graph_cdp.project.facts import Fact, about, number_of, text_of
from graph_cdp.project.money import UNKNOWN, currency, sane
from graph_cdp.vocabulary import meaning_of

Row = Mapping[str, Any]

CANCELLED: Final = "cancelled"
_BACK: Final = frozenset(("refunded", "returned"))
# What messages say of products beside what a line keeps, and what they call it.
_OF_A_PRODUCT: Final = {"color": ("color", "colour"), "size": ("size",), "brand": ("brand",)}


@dataclass(slots=True)
class Sale:
    """One order: what it was worth, and what of that came back. `net` counts; a cancelled one is worth nothing.

    One with a total below zero is no order but a return, as tills write it: what came back, under a number of its own.
    """

    key: str
    at: str | None
    status: str | None
    total: float | None
    currency: str
    said_currency: str | None
    brand: str | None = None
    store: str | None = None
    channel: str | None = None
    payment_method: str | None = None
    refunded: float = 0.0
    cancelled: bool = False
    whole_back: bool = False
    odd_refunds: list[str] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Whether it is an order of which something was kept."""
        return not self.cancelled and not self.whole_back and not self.is_return

    @property
    def is_return(self) -> bool:
        """Whether it only says what came back."""
        return not self.cancelled and (self.total or 0.0) < 0

    @property
    def net(self) -> float:
        """What the customer paid in the end; below zero for a return."""
        if self.is_return:
            return self.total or 0.0
        return max(0.0, (self.total or 0.0) - self.refunded) if self.counts else 0.0


def sales(rows: Iterable[Row], facts: Iterable[Fact]) -> list[Sale]:
    """The orders of a customer, the newest first."""
    found: dict[str, Sale] = {}
    for row in rows:
        sale = found.get(row["key"]) or found.setdefault(row["key"], _sale(row))
        if row["sku"] is not None:
            sale.lines.append(_line(row))
    told: dict[str, list[Fact]] = defaultdict(list)
    for fact in about(facts, "order"):
        if fact.order in found:
            told[fact.order].append(fact)
    for key, sale in found.items():
        _finish(sale, told[key])
    return sorted(found.values(), key=lambda sale: (sale.at or "", sale.key), reverse=True)


def worth_of(row: Row, told: Sequence[Fact]) -> Sale:
    """An order without its lines; `row` has `key, at, status, amount, currency`, `told` what came back of it."""
    amount = sane(row["amount"])
    sale = Sale(row["key"], row["at"], row["status"], amount, currency(row["currency"]), row["currency"])
    settle(sale, told)
    return sale


def _sale(row: Row) -> Sale:
    return Sale(
        key=row["key"],
        at=row["at"],
        status=row["status"],
        total=sane(row["total"]),
        currency=currency(row["currency"]),
        said_currency=row["currency"],
        brand=_name(row["brand"]),
        store=_name(row["store"]),
        channel=row["channel"],
    )


def _line(row: Row) -> dict[str, Any]:
    quantity = sane(row["quantity"])
    facts = {"quantity": 1.0 if quantity is None else quantity, "price": sane(row["price"])}
    return {name: row[name] for name in ("sku", "name", "category")} | facts


def _name(key: str | None) -> str | None:
    return None if key is None else key.partition(":")[2].rpartition("/")[2]


def _finish(sale: Sale, told: Sequence[Fact]) -> None:
    attributes = _attributes(told)
    for line in sale.lines:
        line.update(attributes.get(line["sku"], {}))
    if sale.total is None:
        priced = [line["price"] * line["quantity"] for line in sale.lines if line["price"] is not None]
        sale.total = round(sum(priced), 2) if priced else None
    sale.payment_method = next((said for fact in reversed(told) if (said := fact.text("payment_method"))), None)
    sale.brand = sale.brand or next((fact.brand for fact in reversed(told) if fact.brand), None)
    settle(sale, told)


def settle(sale: Sale, told: Sequence[Fact]) -> None:
    """Takes off the sale what was said to have come back of it."""
    status = meaning_of(sale.status or "")
    said = status.what if status else (sale.status or "").casefold()
    refunds = [fact for fact in told if fact.meaning.what == "refunded"]
    sale.odd_refunds = [code for fact in refunds if (code := _other_currency(sale, fact))]
    back = [fact for fact in refunds if not _other_currency(sale, fact)]
    sale.cancelled = said in (CANCELLED, "canceled") or any(fact.meaning.what == CANCELLED for fact in told)
    amounts = [_taken_back(fact) for fact in back]
    if (sale.total or 0.0) < 0:
        return  # nothing comes back of a return
    if None in amounts or (said in _BACK and not refunds):
        sale.refunded, sale.whole_back = sale.total or 0.0, True
    elif back:
        sale.refunded = round(min(sum(amount for amount in amounts if amount), sale.total or 0.0), 2)
        sale.whole_back = sale.total is not None and sale.refunded >= sale.total


def _other_currency(sale: Sale, fact: Fact) -> str | None:
    """The currency of a refund where it is not that of the order: what it is worth in that, nobody has said."""
    code = currency(fact.text("currency"))
    return code if UNKNOWN not in (code, sale.currency) and code != sale.currency else None


def _taken_back(fact: Fact) -> float | None:
    """The amount that a refund names; None where it is the whole order."""
    amount = fact.number("refund", "refunded", "total", "revenue", "value")
    if amount is not None:
        return abs(amount)
    products = [one for one in fact.properties.get("products") or () if isinstance(one, Mapping)]
    priced = [(number_of(one, "price") or 0.0) * (number_of(one, "quantity") or 1.0) for one in products]
    return abs(sum(priced)) or None


def _attributes(told: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """What messages say of products beside what a line keeps, by their numbers."""
    found: dict[str, dict[str, Any]] = {}
    for fact in told:
        for one in fact.properties.get("products") or ():
            if isinstance(one, Mapping) and (sku := text_of(one, "sku", "product_id", "name")):
                said = {name: value for name, words in _OF_A_PRODUCT.items() if (value := text_of(one, *words))}
                found.setdefault(sku, {}).update(said)
    return found


def orders(found: Sequence[Sale], last: int = 20) -> dict[str, Any]:
    """How many orders, what they were worth, and the newest with their lines."""
    kept = [sale for sale in found if sale.counts]
    times = sorted(sale.at for sale in kept if sale.at)
    revenue = revenue_of(found)
    counted = Counter(sale.currency for sale in kept if sale.total is not None)
    refunded: dict[str, float] = defaultdict(float)
    for sale in found:
        if back := -sale.net if sale.is_return else sale.refunded:
            refunded[sale.currency] += back
    return {
        "count": len(kept),
        "revenue": revenue,
        "refunded": {code: round(amount, 2) for code, amount in sorted(refunded.items())},
        "average": {code: round(amount / counted[code], 2) for code, amount in revenue.items() if counted[code]},
        "cancelled": sum(sale.cancelled for sale in found),
        "first_at": times[0] if times else None,
        "last_at": times[-1] if times else None,
        "days_between": days_between(times),
        "last": [_shown(sale) for sale in found[:last]],
    }


def revenue_of(found: Iterable[Sale]) -> dict[str, float]:
    """What sales were worth, by currency, returns taken off."""
    revenue: dict[str, float] = defaultdict(float)
    for sale in found:
        if sale.total is not None and (sale.counts or sale.is_return):
            revenue[sale.currency] += sale.net
    return {code: round(amount, 2) for code, amount in sorted(revenue.items())}


def days_between(times: Sequence[str]) -> float | None:
    """The mean number of days between times in their order; None with fewer than two days."""
    days = sorted({at[:10] for at in times})
    if len(days) < 2:
        return None
    return round((date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days / (len(days) - 1), 1)


def unknown_currencies(found: Iterable[Sale]) -> list[dict[str, Any]]:
    """A warning for each currency that is none, with the number of its orders."""
    odd = Counter(sale.said_currency for sale in found if sale.currency == UNKNOWN and sale.said_currency)
    return [{"warning": "unknown currency", "currency": said, "orders": count} for said, count in sorted(odd.items())]


def refunds_in_other_currencies(found: Iterable[Sale]) -> list[dict[str, Any]]:
    """A warning for each refund that could not be taken off its order."""
    return [
        {"warning": "refund in another currency", "order": sale.key, "currency": code}
        for sale in found
        for code in sale.odd_refunds
    ]


def _shown(sale: Sale) -> dict[str, Any]:
    return {
        "key": sale.key,
        "at": sale.at,
        "status": sale.status,
        "total": None if sale.total is None else float(sale.total),
        "refunded": sale.refunded,
        "currency": sale.said_currency if sale.currency == UNKNOWN else sale.currency,
        "brand": sale.brand,
        "store": sale.store,
        "channel": sale.channel,
        "payment_method": sale.payment_method,
        "lines": sale.lines,
    }
