"""M11: cross-brand groups: very active in two or more brands, in one only, hardly active anywhere."""

from __future__ import annotations

import pytest

from graph_cdp.policy import Policy
from tests.api.conftest import Api
from tests.mission.shopping import order, send
from tests.mission.test_y7 import members

POLICY = """
[namespaces.user_id]
unique = true
[segments.across_brands]
condition = '''
count(orders[brand = "Lumia"] since 2025-01-01) >= 3 and count(orders[brand = "Bosko"] since 2025-01-01) >= 3
or count(orders[brand = "Lumia"] since 2025-01-01) >= 3 and count(orders[brand = "Verano"] since 2025-01-01) >= 3
or count(orders[brand = "Bosko"] since 2025-01-01) >= 3 and count(orders[brand = "Verano"] since 2025-01-01) >= 3
'''
[segments.one_brand]
condition = "count(orders since 2025-01-01) >= 3 and distinct(brand of orders since 2025-01-01) = 1"
[segments.hardly_anywhere]
condition = "count(orders since 2025-01-01) <= 1"
"""


@pytest.fixture(scope="module")
def api(each_engine, each_api: Api) -> Api:
    each_engine.relink(Policy(POLICY))
    send(each_api, [order("two", f"2025-0{month}-01", brand) for month in (1, 2, 3) for brand in ("Lumia", "Verano")])
    send(each_api, [order("one", f"2025-0{month}-01", "Bosko") for month in (1, 2, 3)])
    send(each_api, [order("rare", "2025-01-01", "Bosko"), order("old", "2024-01-01", "Lumia")])
    return each_api


def test_very_active_in_two_brands(api: Api) -> None:
    assert members(api, "across_brands") == {"two": "2025-03-01T12:00:00Z"}


def test_active_in_one_brand_only(api: Api) -> None:
    assert members(api, "one_brand") == {"one": "2025-03-01T12:00:00Z"}


def test_hardly_active_anywhere(api: Api) -> None:
    assert set(members(api, "hardly_anywhere")) == {"rare", "old"}
