"""M9: predictions: the next purchase, the risk of losing the customer, the best channel. Q3: the value to expect."""

from __future__ import annotations

from datetime import date

import pytest

from tests.api.conftest import Api
from tests.mission.shopping import order, send, town


@pytest.fixture(scope="module")
def api(each_api: Api, each_engine) -> Api:
    send(each_api, town())
    send(each_api, [order("loyal", f"2025-{month:02}-10", "Lumia", channel="app") for month in range(1, 13)])
    send(each_api, [order("once", "2025-12-01", "Bosko")])
    each_engine.crowd.fit_predictions(date(2025, 12, 31))
    return each_api


def expected(api: Api, user: str) -> dict:
    answer = api.http.get(f"/profiles/user_id:{user}?as_of=2025-12-31T00:00:00Z&include=predictions")
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"]


def test_a_profile_says_what_to_expect_with_the_date_of_the_model_and_why(api: Api) -> None:
    found = expected(api, "loyal")
    assert found["model_at"] == "2025-12-31"
    assert found["expected_purchases"]["value"] > 3
    assert found["expected_value"]["currency"] == "PLN"
    assert found["next_purchase"]["from"] > "2025-12-31"
    assert found["next_purchase"]["from"] <= found["next_purchase"]["likely"] <= found["next_purchase"]["to"]
    assert found["best_channel"]["value"] == "app"
    assert "came back on 11 later days" in found["risk_of_loss"]["why"]


def test_a_loyal_customer_is_worth_more_than_one_who_came_once(api: Api) -> None:
    loyal, once = expected(api, "loyal"), expected(api, "once")
    assert loyal["expected_purchases"]["value"] > 2 * once["expected_purchases"]["value"]
    assert 0 <= loyal["risk_of_loss"]["value"] < 0.5


def test_silence_raises_the_risk_of_loss(api: Api) -> None:
    today = api.http.get("/profiles/user_id:loyal?include=predictions").json()["predictions"]
    assert today["risk_of_loss"]["value"] > expected(api, "loyal")["risk_of_loss"]["value"]


def test_the_model_is_shown_with_its_date(api: Api) -> None:
    model = api.http.get("/predictions").json()
    assert (model["at"], model["customers"]) == ("2025-12-31", 82)
    assert set(model["worth"]) == {"PLN"}
