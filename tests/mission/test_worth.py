"""What customers are worth and may be asked: rows Y10, E3, R8, M8, M10, Q2, Q3."""

from __future__ import annotations

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


def test_q2_how_often_the_customer_buys_and_comes(olena: dict) -> None:
    assert olena["orders"]["days_between"] == 8.0
    assert olena["orders"]["average"] == {"PLN": 100.0}
    assert olena["activity"]["events_90"] >= 30


def test_q3_the_value_of_the_customer_so_far(olena: dict) -> None:
    assert olena["orders"]["revenue"] == {"PLN": 200.0}
