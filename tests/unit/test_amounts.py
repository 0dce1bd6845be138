"""Sums of money: what is beyond all sense, what came back as an order of its own, and the currency beside an amount."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from graph_cdp.audience.likeness import shopper_of
from graph_cdp.audience.subject import Item, Subject
from graph_cdp.ingest.mapping import Mapping
from graph_cdp.ingest.rows import Rows
from graph_cdp.ingest.segment import observe
from graph_cdp.model import Observation
from graph_cdp.normalise import Unusable, amount
from graph_cdp.policy import Policy
from graph_cdp.project.brands import brands
from graph_cdp.project.facts import facts_of
from graph_cdp.project.orders import orders, sales, worth_of
from graph_cdp.project.rfm import rfm
from graph_cdp.viewing import Rfm

POLICY = Policy("")
REFUND = {
    "uid": "u",
    "at": "2026-03-02T10:00:00.000000Z",
    "source": "till",
    "name": "Order Refunded",
    "kind": "purchase",
    "keys": ["order:till/1"],
}


def bought(number: int, total: float | None, *, price: float | None = None, quantity: float = 1.0) -> dict[str, Any]:
    """The row of an order of one line."""
    return {
        "key": f"order:till/{number}",
        "at": f"2026-03-{number:02}T10:00:00.000000Z",
        "status": "Order Completed",
        "total": total,
        "currency": "PLN",
        **dict.fromkeys(("brand", "store", "channel", "name", "category", "number")),
        "sku": "A",
        "quantity": quantity,
        "price": price,
    }


def completed(**said: Any) -> Observation:
    message = {"type": "track", "event": "Order Completed", "userId": "1", "properties": {"order_id": "7", **said}}
    return observe(message, policy=POLICY, received_at=0)


def told(seen: Observation) -> list[tuple[str, str]]:
    return [(refusal.place, refusal.reason) for refusal in seen.refusals]


@pytest.mark.parametrize("raw", [1.1e15, -1.1e15, "9999999999999999", 1e308, "1" * 400, 10**30])
def test_what_is_larger_than_any_amount_is_refused(raw: object) -> None:
    with pytest.raises(Unusable):
        amount(raw)


def test_the_largest_amount_is_one() -> None:
    assert amount(-1e15) == -1e15


def test_the_sender_is_told_of_each_place_with_an_amount_beyond_all_sense() -> None:
    seen = completed(total=1e308, products=[{"sku": "A", "price": 1e200, "quantity": 1e200}])
    reason = "larger than any amount (1e15)"
    places = ("properties.products[0].quantity", "properties.products[0].price", "properties.total")
    assert sorted(told(seen)) == sorted((place, reason) for place in places)
    assert seen.order is not None
    assert (seen.order.total, seen.order.lines[0].price, seen.order.lines[0].quantity) == (None, None, 1.0)


def test_sums_of_what_an_older_version_took_in_are_numbers_of_json() -> None:
    rows = [bought(1, 1.2e308), bought(2, 1.2e308), bought(3, None, price=1e200, quantity=1e200), bought(4, 5.0)]
    found = orders(sales(rows, []))
    assert found["revenue"] == {"PLN": 5.0}
    json.dumps(found, allow_nan=False)
    assert worth_of({**bought(1, None), "amount": float("inf")}, []).net == 0.0


def test_likeness_is_worked_out_of_the_largest_and_the_smallest_amounts() -> None:
    rows = [Item(1.0, {"currency": "PLN", "total": total}) for total in (1e15, 5e-324)]
    subject = Subject("1", 2.0, {"orders": rows, "lines": []}, lambda _: {})
    assert shopper_of(subject) is not None


def test_an_order_below_zero_is_a_return_that_is_taken_off_and_counts_as_no_order() -> None:
    found = sales([bought(1, 100.0), bought(2, -100.0)], [])
    shown = orders(found)
    assert (shown["count"], shown["revenue"], shown["refunded"]) == (1, {"PLN": 0.0}, {"PLN": 100.0})
    assert shown["last_at"] == bought(1, 0)["at"]
    scored = rfm(found, date(2026, 3, 5), Rfm())
    assert (scored["frequency"], scored["monetary"], scored["status"]) == (1, 0.0, "new")


def test_lines_that_came_back_make_a_return_too() -> None:
    shown = orders(sales([bought(1, 31.0), bought(2, None, price=10.5, quantity=-1.0)], []))
    assert (shown["count"], shown["revenue"], shown["average"]) == (1, {"PLN": 20.5}, {"PLN": 20.5})


def test_who_only_brings_back_has_no_order_and_no_average() -> None:
    found = sales([bought(1, -5.0)], [])
    shown = orders(found)
    assert (shown["count"], shown["revenue"], shown["average"]) == (0, {"PLN": -5.0}, {})
    assert rfm(found, date(2026, 3, 5), Rfm())["status"] == "prospect"


@pytest.mark.parametrize(("status", "net"), [("Order Returned", -5.0), ("Order Refunded", -5.0), ("cancelled", 0.0)])
def test_a_return_says_what_came_back_whatever_it_is_called(status: str, net: float) -> None:
    [sale] = sales([{**bought(1, -5.0), "status": status}], [])
    assert (sale.net, sale.counts) == (net, False)


def test_the_revenue_of_a_brand_has_its_returns_taken_off() -> None:
    found = sales([{**bought(1, 30.0), "brand": "brand:Lumia"}, {**bought(2, -10.0), "brand": "brand:Lumia"}], [])
    assert brands([], found)["Lumia"]["orders"] == {"count": 1, "revenue": {"PLN": 20.0}}


@pytest.mark.parametrize(
    ("total", "number", "code"),
    [("1 234,56 zł", 1234.56, "PLN"), ("40 zł", 40.0, "PLN"), ("€ 12", 12.0, "EUR"), ("12 USD", 12.0, "USD")],
)
def test_a_currency_in_the_amount_is_that_of_the_order(total: str, number: float, code: str) -> None:
    for name in ("total", "revenue", "value"):
        seen = completed(**{name: total})
        assert seen.order is not None
        assert (seen.order.total, seen.order.currency, told(seen)) == (number, code, [])


def test_the_currency_that_is_named_comes_before_that_of_the_amount_and_this_before_that_of_a_price() -> None:
    def code(**said: Any) -> str | None:
        order = completed(products=[{"sku": "A"}, {"sku": "B", "price": "3 EUR"}], **said).order
        return order.currency if order else None

    assert (code(total="40 zł", currency="CZK"), code(total="40 zł"), code()) == ("CZK", "PLN", "EUR")


@pytest.mark.parametrize("named", ["ZZZ", 5, "złot"])
def test_the_sender_is_told_of_a_currency_that_nobody_knows(named: object) -> None:
    seen = completed(total=3, currency=named)
    assert told(seen) == [("properties.currency", "no currency that is known")]
    assert seen.order is not None and seen.order.currency == str(named)


@pytest.mark.parametrize("products", ["x", 5, {"sku": "A"}])
def test_the_sender_is_told_that_products_are_no_list(products: object) -> None:
    assert told(completed(products=products)) == [("properties.products", "no list of products")]


def test_a_refund_may_be_told_with_its_currency_beside_the_number() -> None:
    [refund] = facts_of([{**REFUND, "properties": json.dumps({"total": "1 040,00 zł"})}], lambda _: None)
    sale = worth_of({**bought(1, None), "amount": 2_000.0}, [refund])
    assert (sale.refunded, sale.whole_back) == (1040.0, False)


def test_the_rows_of_a_table_tell_of_a_currency_that_nobody_knows_and_take_one_from_a_price() -> None:
    mapping = Mapping.model_validate(
        {
            "source": "till",
            "identifiers": {"loyalty_card": "card"},
            "order": {"id": "id", "currency": "code", "line": {"sku": "sku", "price": "price"}},
        }
    )
    row = {"card": "9", "id": "1", "sku": "A", "price": "12,50 zł"}
    seen = Rows(mapping, policy=POLICY).observe({**row, "code": "ZZZ"}, received_at=0)
    assert told(seen) == [("code", "no currency that is known")]
    beside = Rows(mapping, policy=POLICY).observe(row, received_at=0).order
    assert beside is not None and beside.currency == "PLN"
