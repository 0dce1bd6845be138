"""Pictures of figures are well-formed, say what they show, and are the same every time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from graph_cdp import charts

STAGE = {"words": "there is an order", "median_days": 2.5, "share_of_stage_before": None, "entered": 1, "left": 0}
FUNNEL = {
    "name": "shop",
    "title": "From <visit> & cart",
    "stages": [
        {**STAGE, "name": "visitor", "now": 5, "reached": 10},
        {**STAGE, "name": "żółty", "now": 2, "reached": 4, "share_of_stage_before": 0.4},
    ],
}
GRID = {"customers": 7, "without_orders": 3, "cells": [{"r": 5, "f": 1, "customers": 7, "share": 1.0}]}
EVENTS = [
    {"at": "2026-01-01T10:00:00.000000Z", "name": "Order Completed", "source": "web"},
    {"at": "2026-02-01T10:00:00.000000Z", "name": "Лист \x00 прочитано", "source": "mailer"},
    {"at": None, "name": "undated", "source": "crm"},
]


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: charts.rfm_grid(GRID), ["7 customers with orders, 3 without", "100.0%"]),
        (lambda: charts.funnel(FUNNEL), ["From <visit> & cart", "żółty", "40%", "2 now, 4 came as far, 2.5 days"]),
        (lambda: charts.timeline("Ann", EVENTS), ["Order Completed (1)", "2026-01-01", "2026-02-01"]),
        (lambda: charts.timeline("Ann", []), ["nothing with a date"]),
        (lambda: charts.rfm_grid({"customers": 0, "without_orders": 0, "cells": []}), ["0 customers with orders"]),
    ],
)
def test_a_picture_is_xml_says_what_it_shows_and_is_always_the_same(draw: Callable[[], str], said: list[Any]) -> None:
    drawn = draw()
    texts = " ".join("".join(node.itertext()) for node in ElementTree.fromstring(drawn).iter())
    assert [text for text in said if text not in texts] == []
    assert drawn == draw()


def test_an_undated_event_has_no_place_on_a_timeline() -> None:
    assert "undated" not in charts.timeline("Ann", EVENTS)
