"""What customers are worth and may be asked: rows Y10, E3, R8, M8, M10, Q2, Q3."""

from __future__ import annotations

import json
from pathlib import Path

from tests import servers
from tests.commands import run
from tests.docs.examples import messages
from tests.mission.conftest import Shop


def test_y10_consent_by_channel_with_time_source_and_wording(olena: dict) -> None:
    consent = olena["consent"]
    assert {channel: row["state"] for channel, row in consent.items()} == {
        "email": "granted",
        "phone": "withdrawn",
        "sms": "withdrawn",
    }
    assert (consent["phone"]["at"], consent["phone"]["source"]) == ("2026-03-06T09:00:00.000000Z", "call_centre")
    assert olena["channels"]["allowed"] == ["email"]


def test_y10_the_wording_that_was_agreed_to_is_kept(shop: Shop) -> None:
    then = shop.profile("user_id:42", as_of="2026-03-05T12:00:00Z", include="consent")
    assert (then["consent"]["phone"]["state"], then["consent"]["phone"]["wording"]) == (
        "granted",
        "Zgadzam się na kontakt telefoniczny",
    )


def test_y10_a_person_gets_everything_that_is_held_with_sources_and_times(
    shop: Shop, server: servers.Server, tmp_path: Path
) -> None:
    held = shop.http.get("/profiles/user_id:42/access").json()
    told = [message for message in messages("events.md") if message.get("userId") == "42"]
    assert len(held["observations"]) >= len(told)
    form = next(one for one in held["observations"] if one["source"] == "form")
    assert (form["at"], form["traits"]["last_name"]) == ("2026-03-01T08:05:00.000000Z", "Шевченко")
    assert all(one["received_at"] for one in held["observations"])
    assert {"loyalty_card:9001", "user_id:42"} <= {row["key"] for row in held["identifiers"]}
    assert held["profile"]["person"]["name"] == "Олена Шевченко"
    assert held["links"] and held["changes"]
    (tmp_path / "olena").mkdir(mode=0o755)
    signed = {"GRAPH_CDP_STORE_USER": server.user, "GRAPH_CDP_STORE_PASSWORD": server.password} if server.user else {}
    said = run(
        "access",
        "user_id:42",
        "--to",
        tmp_path / "olena",
        cwd=tmp_path,
        store=server.url,
        env={
            "GRAPH_CDP_ID_SECRET": "secret",
            **signed,
        },
    )
    assert said.status == 0, said.err
    lines = (tmp_path / "olena" / "observations.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["uid"] for line in lines] == [one["uid"] for one in held["observations"]]
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "olena").iterdir()} == {0}


def test_y10_nothing_of_others_is_among_it(shop: Shop) -> None:
    shared = shop.http.get("/profiles/record:b2c%2F1/access").json()
    assert {one["source"] for one in shared["observations"]} <= {"b2c", "site"}
    assert "Романова" not in json.dumps(shared, ensure_ascii=False)


def test_r8_points_level_vouchers_given_and_used(olena: dict) -> None:
    loyalty = olena["loyalty"]
    klub = loyalty["programmes"]["Klub"]
    assert (klub["level"], klub["earned"], klub["spent"], klub["balance"]) == ("silver", 120, 50, 70)
    assert klub["expiring"] == [{"points": 70, "expires_at": "2027-03-02"}]
    voucher = loyalty["vouchers"][0]
    assert (voucher["code"], voucher["state"], voucher["value"], voucher["order"]) == ("WIOSNA10", "used", 10, "A-1")
    assert (loyalty["member"], loyalty["cards"]) == (True, ["9001"])


def test_m8_preferences_by_category_brand_price_band_and_colour(olena: dict) -> None:
    likes = {name: [(row["value"], row["share"]) for row in rows] for name, rows in olena["preferences"].items()}
    assert likes["category"] == [("Scarves", 0.667), ("Shirts", 0.333)]
    assert likes["brand"] == [("Bosko", 0.667), ("Lumia", 0.333)]
    assert likes["price_band"] == [("50-100 PLN", 1.0)]
    assert likes["color"] == [("red", 1.0)]
    assert olena["preferences"]["category"][1]["trend"] == 1.0


def test_m10_rfm_by_brand_and_over_all_activity_categories_and_place(olena: dict) -> None:
    rfm = olena["rfm"]
    assert (rfm["recency_days"], rfm["frequency"], rfm["monetary"], rfm["score"]) == (22, 2, 200.0, "522")
    assert (rfm["brands"]["Bosko"]["recency_days"], rfm["brands"]["Bosko"]["status"]) == (30, "new")
    assert olena["activity"]["days_30"] >= 10
    assert olena["places"]["delivered_to"][0]["city"] == "Kraków"


def test_m10_brands_scores_bands_activity_categories_declared_data_place_and_predictions_in_one_view(
    shop: Shop, olena: dict
) -> None:
    brands = {name: row["rfm"]["score"] for name, row in by_brand(shop, olena).items()}
    assert set(brands) == set(olena["brands"]) == {"Bosko", "Lumia"}
    assert {name: row["score"] for name, row in olena["rfm"]["brands"].items()} == brands
    assert olena["preferences"]["price_band"] and olena["preferences"]["category"]
    assert olena["traits"]["interests"]["source"] == "form"
    assert (olena["places"]["declared"][0]["city"], olena["places"]["delivered_to"][0]["city"]) == ("Kraków", "Kraków")
    assert {"activity", "predictions", "scores"} <= set(olena)


def by_brand(shop: Shop, olena: dict) -> dict[str, dict]:
    return {name: shop.profile("user_id:42", brand=name, include="rfm") for name in olena["brands"]}


def test_q2_how_often_the_customer_buys_and_comes(olena: dict) -> None:
    assert olena["orders"]["days_between"] == 8.0
    assert olena["orders"]["average"] == {"PLN": 100.0}
    assert olena["activity"]["events_90"] >= 30


def test_q3_the_value_of_the_customer_so_far(olena: dict) -> None:
    assert olena["orders"]["revenue"] == {"PLN": 200.0}
