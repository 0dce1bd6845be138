"""R6: segments computed and kept current by the system: who came into one, who left it, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graph_cdp.engine import Engine
from graph_cdp.policy import Policy
from tests.api.conftest import Api
from tests.mission.shopping import identify, message, order, send
from tests.mission.test_y7 import user_of

POLICY = """
[namespaces.user_id]
trust = 1
unique = true
[segments.kitchen]
condition = 'any lines[category = "kitchen"]'
[segments.krakow]
condition = 'traits.city = "Kraków"'
[segments.lately]
title = "Bought within a quarter"
condition = "any orders in the last 90 days"
[segments.never_bought]
condition = "no orders"
[segments.spent]
condition = "sum(total of orders) >= 40"
"""


@pytest.fixture(scope="module")
def api(each_engine: Engine, each_api: Api) -> Api:
    each_engine.relink(Policy(POLICY))
    taken_back = order("ben", "2025-03-10", "Lumia", 0, 1)
    number = taken_back["properties"]["order_id"]
    send(
        each_api,
        [
            message("ann", "2025-03-11", "Order Cancelled", order_id="unknown"),
            message("ben", "2025-03-20", "Order Cancelled", order_id=number),
            order("ann", "2025-02-10", "Lumia", 1),
            taken_back,
            identify("ann", "2025-05-01", city="Gdynia"),
            identify("ann", "2025-01-01", city="Kraków"),
            identify("ben", "2025-01-01", city="Kraków"),
        ],
    )
    return each_api


def left(api: Api, name: str, **asked: Any) -> dict[str, tuple[str | None, str]]:
    """Who has left a segment, by the user id: since when they were in it, and until when."""
    answer = api.http.get(f"/segments/{name}/members", params={"state": "left", **asked})
    assert answer.status_code == 200, answer.text
    return {user_of(api, row["customer_id"]): (row["entered"], row["left"]) for row in answer.json()["items"]}


def test_who_left_as_time_passed_or_an_order_was_cancelled_has_the_moment(api: Api) -> None:
    assert left(api, "lately") == {
        "ann": ("2025-02-10T12:00:00Z", "2025-05-11T12:00:00Z"),
        "ben": ("2025-03-10T12:00:00Z", "2025-03-20T12:00:00Z"),
    }
    assert left(api, "spent") == {"ben": ("2025-03-10T12:00:00Z", "2025-03-20T12:00:00Z")}
    assert left(api, "kitchen") == {"ben": ("2025-03-10T12:00:00Z", "2025-03-20T12:00:00Z")}


def test_who_says_something_else_of_themselves_leaves_when_it_was_said(api: Api) -> None:
    assert left(api, "krakow") == {"ann": ("2025-01-01T08:00:00Z", "2025-05-01T08:00:00Z")}


def test_who_was_in_it_from_the_first_has_no_date_of_entering(api: Api) -> None:
    assert left(api, "never_bought") == {"ann": (None, "2025-02-10T12:00:00Z")}


def test_a_profile_lists_what_was_left_beside_what_it_is_in(api: Api) -> None:
    profile = api.http.get("/profiles/user_id:ben").json()
    assert [row["name"] for row in profile["segments"]] == ["krakow", "never_bought"]
    assert profile["left_segments"] == [
        {"name": "kitchen", "title": "", "entered": "2025-03-10T12:00:00Z", "left": "2025-03-20T12:00:00Z"},
        {
            "name": "lately",
            "title": "Bought within a quarter",
            "entered": "2025-03-10T12:00:00Z",
            "left": "2025-03-20T12:00:00Z",
        },
        {"name": "spent", "title": "", "entered": "2025-03-10T12:00:00Z", "left": "2025-03-20T12:00:00Z"},
    ]


def test_the_dates_are_those_between_the_profiles_of_two_days(api: Api) -> None:
    """Each day has the segments that the dates of today say."""
    day, url = "2025-{:02}-{:02}T18:00:00Z", "/profiles/user_id:{}?as_of={}&include=segments,left_segments"
    for user in ("ann", "ben"):
        today = api.http.get(url.format(user, "2026-01-01T00:00:00Z")).json()
        spans = {row["name"]: (row["entered"] or "", row["left"]) for row in today["left_segments"]}
        for then in (day.format(month, date) for month in range(1, 7) for date in (9, 10, 11, 19, 20)):
            profile = api.http.get(url.format(user, then)).json()
            inside, gone = ({row["name"] for row in profile[part]} for part in ("segments", "left_segments"))
            expected = {name for name, (begin, end) in spans.items() if begin <= then < end}
            assert inside & spans.keys() - {"never_bought"} == expected - {"never_bought"}, (user, then)
            assert gone >= {name for name, (_, end) in spans.items() if end <= then}, (user, then)


def test_who_left_is_listed_page_by_page_and_exported(api: Api, each_engine: Engine, tmp_path: Path) -> None:
    first = api.http.get("/segments/lately/members", params={"state": "left", "limit": 1}).json()
    asked = {"state": "left", "limit": 1, "cursor": first["next"]}
    rest = api.http.get("/segments/lately/members", params=asked).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (1, 1, None)
    assert each_engine.export_segment("lately", tmp_path / "left.csv", left=True) == 2
    table = pl.read_csv(tmp_path / "left.csv")
    assert table.columns == ["customer_id", "entered", "left"]
    assert table.to_dicts() == [*first["items"], *rest["items"]]


def test_a_state_that_there_is_not_is_refused(api: Api) -> None:
    assert api.http.get("/segments/lately/members", params={"state": "gone"}).status_code == 400


def test_after_a_merge_it_is_as_if_it_had_been_one_and_after_a_split_as_before(api: Api, each_engine: Engine) -> None:
    before = left(api, "lately"), left(api, "krakow")
    decision = each_engine.decide("same", "user_id:ann", "user_id:ben", "one household", "eve").decision.id
    assert left(api, "lately") == {"ann": ("2025-02-10T12:00:00Z", "2025-05-11T12:00:00Z")}
    each_engine.undo(decision, "they are two", "eve")
    assert (left(api, "lately"), left(api, "krakow")) == before
