"""Y7, R6, Q6: segments by purchase frequency, basket, reaction to campaigns, and anything else; kept current."""

from __future__ import annotations

import pytest

from tests.api.conftest import Api
from tests.mission.shopping import identify, message, order, send

POLICY = '''
[namespaces.user_id]
trust = 1
unique = true

[segments.frequent]
title = "Bought thrice within half a year"
condition = "at least 3 orders within 183 days"

[segments.big_baskets]
condition = 'average(total of orders[currency = "PLN"]) >= 200'

[segments.readers]
condition = 'count(events "Email Opened") / count(events "Email Delivered") >= 0.5'

[segments.lumia_never_bosko]
condition = """
at least 2 orders[brand = "Lumia"] within 90 days
and no orders[brand = "Bosko"]
"""

[segments.krakow]
condition = 'traits.city = "kraków" and not traits.newsletter = false'

[segments.lapsed]
condition = "any orders and days_since(orders) > 180"

[segments.cart_left]
condition = 'any events "Product Added" then no orders within 2 days'
'''


@pytest.fixture(scope="module")
def api(each_engine, each_api: Api) -> Api:
    from graph_cdp.policy import Policy

    each_engine.relink(Policy(POLICY))
    send(
        each_api,
        [
            order("ann", "2025-01-10", "Lumia"),
            order("ann", "2025-03-01", "Lumia"),
            order("ann", "2025-04-02", "Verano"),
            identify("ann", "2025-01-01", city="Kraków"),
            order("ben", "2025-01-10", "Bosko"),
            order("ben", "2025-02-10", "Lumia"),
            order("ben", "2025-03-10", "Lumia"),
            identify("ben", "2025-01-01", city="Kraków", newsletter=False),
            message("cyd", "2025-02-01", "Email Delivered"),
            message("cyd", "2025-02-01", "Email Opened"),
            message("cyd", "2025-03-01", "email_delivered"),
            message("dan", "2025-02-01", "Email Delivered"),
            message("eve", "2025-05-01", "Product Added", sku="L1"),
            message("fay", "2025-05-01", "Product Added", sku="L1"),
            order("fay", "2025-05-02", "Lumia"),
            order("hal", "2025-01-10", "Bosko"),
        ],
    )
    return each_api


def members(api: Api, name: str) -> dict[str, str | None]:
    """Who is in a segment, by the user id, and since when."""
    answer = api.http.get(f"/segments/{name}/members", params={"limit": 1000})
    assert answer.status_code == 200, answer.text
    return {user_of(api, row["customer_id"]): row["entered"] for row in answer.json()["items"]}


def user_of(api: Api, customer: str) -> str:
    found = api.http.get(f"/customers/{customer}", params={"include": "identifiers"}).json()["identifiers"]
    return next(row["value"] for row in found if row["namespace"] == "user_id")


def test_by_frequency_with_the_day_of_entering(api: Api) -> None:
    assert members(api, "frequent") == {"ann": "2025-04-02T12:00:00Z", "ben": "2025-03-10T12:00:00Z"}


def test_by_average_basket(api: Api) -> None:
    assert members(api, "big_baskets") == {"hal": "2025-01-10T12:00:00Z"}


def test_by_reaction_to_campaigns(api: Api) -> None:
    assert members(api, "readers") == {"cyd": "2025-02-01T12:00:00Z"}


def test_twice_in_one_brand_and_never_in_another(api: Api) -> None:
    assert members(api, "lumia_never_bosko") == {"ann": "2025-03-01T12:00:00Z"}


def test_by_what_a_profile_says_in_any_alphabet_and_case(api: Api) -> None:
    assert set(members(api, "krakow")) == {"ann"}


def test_time_alone_brings_customers_into_a_segment(api: Api) -> None:
    found = members(api, "lapsed")
    assert found["ann"] == "2025-09-30T12:00:00Z"
    assert set(found) == {"ann", "ben", "fay", "hal"}


def test_what_did_not_follow_counts_when_its_time_has_passed(api: Api) -> None:
    assert members(api, "cart_left") == {"eve": "2025-05-03T12:00:00Z"}


def test_the_list_counts_each_segment_and_says_it_in_words(api: Api) -> None:
    listed = {row["name"]: row for row in api.http.get("/segments").json()["items"]}
    assert listed["frequent"]["count"] == 2
    assert listed["lumia_never_bosko"]["words"] == (
        'there are at least 2 orders (of which the brand is "Lumia") within 90 days of one another '
        'and there are no orders (of which the brand is "Bosko")'
    )


def test_a_message_changes_segment_profile_and_count_at_the_next_read(api: Api) -> None:
    assert "gus" not in members(api, "frequent")
    before = {row["name"]: row["count"] for row in api.http.get("/segments").json()["items"]}["frequent"]
    send(api, [order("gus", f"2025-0{month}-01", "Verano") for month in (1, 2, 3)])
    profile = api.http.get("/profiles/user_id:gus").json()
    assert {row["name"]: row["entered"] for row in profile["segments"]} == {
        "frequent": "2025-03-01T12:00:00Z",
        "lapsed": "2025-08-29T12:00:00Z",
    }
    after = {row["name"]: row["count"] for row in api.http.get("/segments").json()["items"]}["frequent"]
    assert after == before + 1


def test_a_profile_of_a_day_has_the_segments_of_that_day(api: Api) -> None:
    then = api.http.get("/profiles/user_id:ann?as_of=2025-03-15T00:00:00Z&include=segments").json()
    assert [row["name"] for row in then["segments"]] == ["krakow", "lumia_never_bosko"]


def test_a_segment_is_listed_page_by_page(api: Api) -> None:
    first = api.http.get("/segments/lapsed/members", params={"limit": 1}).json()
    rest = api.http.get("/segments/lapsed/members", params={"limit": 100, "cursor": first["next"]}).json()
    assert len(first["items"]) == 1
    assert rest["next"] is None
    assert first["items"][0] not in rest["items"]


def test_a_condition_is_counted_before_it_is_saved(api: Api) -> None:
    tried = api.http.get("/segments/try", params={"condition": 'any orders[brand = "Bosko"]'}).json()
    assert tried["count"] == 2
    assert tried["words"] == 'there is an order (of which the brand is "Bosko")'


def test_a_typo_is_answered_with_the_nearest_name(api: Api) -> None:
    answer = api.http.get("/segments/try", params={"condition": 'any orders[brnad = "Bosko"]'})
    assert answer.status_code == 400
    assert "orders have no brnad (did you mean brand?)" in answer.json()["detail"]


def test_an_unknown_segment_is_answered_with_those_that_there_are(api: Api) -> None:
    answer = api.http.get("/segments/frequnet/members")
    assert answer.status_code == 404
    assert "frequent" in answer.json()["detail"]
