"""M9: predictions: the next purchase, the risk of losing the customer, the best channel. Q3: the value to expect.

M7: scores with their change over 7, 30 and 90 days.
"""

from __future__ import annotations

from datetime import date

import pytest

from graph_cdp.crowd.learning import bought
from tests.api.conftest import Api
from tests.mission.shopping import message, order, send, town


@pytest.fixture(scope="module")
def api(each_api: Api, each_engine) -> Api:
    send(each_api, town())
    send(each_api, [order("loyal", f"2025-{month:02}-10", "Lumia", channel="app") for month in range(1, 13)])
    send(each_api, [order("once", "2025-12-01", "Bosko")])
    send(each_api, [order("rising", day, "Lumia") for day in ("2025-11-20", "2025-12-05", "2025-12-28")])
    send(each_api, [order("back", day, "Lumia", 1) for day in ("2025-03-01", "2025-06-01", "2025-09-01")])
    send(each_api, [came_back("back", "2025-09-09", "back-Lumia-2025-09-01", 15.0)])
    each_engine.crowd.fit_predictions(date(2025, 12, 31))
    return each_api


def came_back(user: str, day: str, number: str, refund: float) -> dict:
    return message(user, day, "Order Refunded", order_id=number, total=refund, currency="PLN")


def expected(api: Api, user: str, part: str = "predictions") -> dict:
    answer = api.http.get(f"/profiles/user_id:{user}?as_of=2025-12-31T00:00:00Z&include={part}")
    assert answer.status_code == 200, answer.text
    return answer.json()[part]


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
    assert (model["at"], model["customers"]) == ("2025-12-31", 84)
    assert set(model["worth"]) == {"PLN"}


def test_what_came_back_of_an_order_is_taken_off_what_is_expected(api: Api, each_engine) -> None:
    assert "2 later purchases of 27.50 on average" in expected(api, "back")["expected_value"]["why"]
    home = api.http.get("/profiles/user_id:back?include=person").json()["customer_id"]
    learned = {row["at"][:10]: row["amount"] for row in bought(each_engine.crowd.people()) if row["customer"] == home}
    assert learned == {"2025-03-01": 35.0, "2025-06-01": 35.0, "2025-09-01": 20.0}


def test_m7_scores_are_shown_with_their_change_over_7_30_and_90_days(api: Api) -> None:
    rising = expected(api, "rising", "scores")
    assert rising["frequency"] == {"value": 3, "days_7": 1, "days_30": 2, "days_90": None}
    assert rising["recency"] == {"value": 5, "days_7": 0, "days_30": 0, "days_90": None}
    assert rising["activity"] == {"value": 2, "days_7": 1, "days_30": 1, "days_90": 2}
    assert rising["expected_purchases"]["days_30"] > 0
    loyal = expected(api, "loyal", "scores")
    assert loyal["alive"]["value"] == expected(api, "loyal")["alive"]["value"]
    assert loyal["expected_purchases"]["days_7"] < 0


def test_m7_a_score_of_a_day_is_the_one_that_the_profile_of_that_day_had(api: Api) -> None:
    now = expected(api, "rising", "scores")
    then = api.http.get("/profiles/user_id:rising?as_of=2025-12-24T23:59:59Z&include=scores").json()["scores"]
    for name, row in now.items():
        if row["days_7"] is not None:
            assert row["value"] - row["days_7"] == pytest.approx(then[name]["value"], abs=2e-4)
