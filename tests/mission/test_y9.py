"""Y9: product recommendations from the profile, by walking the graph; with reasons."""

from __future__ import annotations

import pytest

from tests.api.conftest import Api
from tests.mission.shopping import identify, order, send


@pytest.fixture(scope="module")
def api(each_api: Api) -> Api:
    send(each_api, [order(f"both-{n}", "2025-01-01", "Lumia", 0, 1) for n in range(3)])
    send(each_api, [order("tea", "2025-01-01", "Lumia", 0), order("tea-too", "2025-01-02", "Lumia", 0)])
    send(each_api, [order("tea-too", "2025-01-03", "Verano", 0), order("boots", "2025-01-03", "Bosko", 0)])
    send(each_api, [identify("nothing", "2025-01-01", city="Kraków")])
    return each_api


def recommended(api: Api, user: str) -> list[dict]:
    answer = api.http.get(f"/profiles/user_id:{user}/recommendations")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_bought_together_and_by_customers_alike(api: Api) -> None:
    found = recommended(api, "tea")
    assert [row["name"] for row in found] == ["Cup", "Towel"]
    assert found[0]["because"] == ["in 3 of 5 orders with Tea", "bought by 3 of 4 customers who bought the same"]
    assert found[1]["because"] == ["bought by 1 of 4 customers who bought the same"]
    assert found[0]["score"] == 1.35


def test_what_was_bought_is_not_recommended(api: Api) -> None:
    assert [row["name"] for row in recommended(api, "both-0")] == ["Towel"]


def test_nothing_is_made_up_for_who_bought_nothing(api: Api) -> None:
    assert recommended(api, "nothing") == recommended(api, "boots") == []


def test_an_unknown_customer_is_404(api: Api) -> None:
    assert api.http.get("/profiles/user_id:nobody/recommendations").status_code == 404
