"""What the figures of earlier days are made of."""

from __future__ import annotations

from datetime import date

from graph_cdp.project.facts import Fact, facts_of
from graph_cdp.project.scores import as_told, rows_until

ROWS = [
    {"key": "order:web/2", "at": "2026-03-02T10:00:00Z", "status": "Order Cancelled"},
    {"key": "order:web/1", "at": "2026-03-01T10:00:00Z", "status": "Order Completed"},
    {"key": "order:web/0", "at": None, "status": None},
]


def told(name: str, order: str) -> Fact:
    row = {"uid": name, "at": None, "source": "web", "name": name, "kind": "purchase", "keys": ["user_id:1", order]}
    return facts_of([row | {"properties": "{}"}], lambda _: None)[0]


def test_the_orders_of_a_day_are_those_until_its_end_and_undated_ones() -> None:
    assert rows_until(ROWS, date(2026, 3, 1)) == ROWS[1:]


def test_an_order_has_the_status_that_was_told_last() -> None:
    by_then = [told("Order Completed", "order:web/2"), told("Order Completed", "order:web/1")]
    statuses = [row["status"] for row in as_told(ROWS, by_then)]
    assert statuses == ["Order Completed", "Order Completed", None]


def test_orders_whose_status_is_that_of_today_are_the_same_rows() -> None:
    assert as_told(ROWS, [told("Order Cancelled", "order:web/2")]) == ROWS
    assert as_told(ROWS, [])[0] is ROWS[0]
