"""The parts of a profile, each a pure function of facts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from graph_cdp.policy import Policy
from graph_cdp.project.carts import carts
from graph_cdp.project.consent import consent
from graph_cdp.project.facts import Fact, facts_of, place_of
from graph_cdp.project.loyalty import loyalty
from graph_cdp.project.messages import counts
from graph_cdp.project.money import currency
from graph_cdp.project.orders import refunds_in_other_currencies, worth_of
from graph_cdp.project.person import birth_date, born_in_future, person, places
from graph_cdp.project.sentiment import sentiment
from graph_cdp.project.traits import traits

TODAY = "2026-04-01"


def told(day: int, name: str, *, key: str = "user_id:1", source: str = "web", traits: Any = None, **said: Any) -> dict:
    return {
        "uid": f"{day} {name} {key} {source} {said} {traits}",
        "at": f"2026-03-{day:02}T00:00:00.000000Z",
        "source": source,
        "name": name,
        "kind": "identify",
        "keys": [key],
        "traits": json.dumps(traits or {}),
        "properties": json.dumps(said),
    }


def facts(*rows: dict) -> list[Fact]:
    return facts_of(rows, lambda source: None)


def test_an_order_closes_the_cart_of_its_source_once() -> None:
    rows = facts(told(1, "Product Added", sku="A"), told(2, "Order Completed"), told(3, "Product Added", sku="B"))
    assert [(cart["stage"], [one["sku"] for one in cart["products"]]) for cart in carts(rows)] == [
        ("cart", ["B"]),
        ("bought", ["A"]),
    ]


def added(number: int, cart: str, sku: str) -> dict:
    return told(number, "Product Added", cart_id=cart, sku=sku)


def test_an_order_that_names_no_cart_is_made_of_those_in_which_its_products_lie() -> None:
    order = told(3, "Order Completed", products=[{"sku": "A"}])
    rows = facts(added(1, "c1", "A"), added(2, "c2", "B"), order)
    assert {cart["cart"]: cart["stage"] for cart in carts(rows)} == {"c1": "bought", "c2": "cart"}


def test_an_order_of_other_products_is_made_of_the_cart_that_was_last_touched() -> None:
    rows = facts(added(1, "c1", "A"), added(2, "c2", "B"), told(3, "Order Completed"))
    assert {cart["cart"]: cart["stage"] for cart in carts(rows)} == {"c1": "cart", "c2": "bought"}


def test_an_order_that_names_another_cart_leaves_the_rest() -> None:
    rows = facts(added(1, "c1", "A"), told(2, "Order Completed", cart_id="c9", products=[{"sku": "A"}]))
    assert [cart["stage"] for cart in carts(rows)] == ["cart"]


CONSENTS = [
    told(1, "Consent Given", key="email:a", channel="sms"),
    told(2, "Consent Withdrawn", key="email:b", channel="sms"),
    told(3, "Consent Given", key="email:c", channel="sms"),
]


@pytest.mark.parametrize(
    ("merge", "state"), [("most_restrictive", "withdrawn"), ("latest", "granted"), ("review", "conflict")]
)
def test_where_identifiers_disagree_the_policy_says_which_consent_counts(merge: str, state: str) -> None:
    policy = Policy(f'[consent]\nmerge = "{merge}"\n').consent
    assert consent(facts(*CONSENTS), policy)["sms"]["state"] == state


def test_a_later_word_on_the_same_identifier_takes_the_place_of_the_earlier() -> None:
    rows = facts(told(1, "Consent Withdrawn", channel="sms"), told(2, "Consent Given", channel="sms"))
    assert consent(rows, Policy("").consent)["sms"]["state"] == "granted"


def test_the_word_of_a_trusted_source_comes_before_a_newer_one_if_the_policy_says_so() -> None:
    rows = facts(
        told(1, "identify", source="crm", traits={"city": "Łódź"}),
        told(2, "identify", source="web", traits={"city": "Lodz"}),
        told(3, "identify", source="web", traits={"city": "Lodz"}),
    )
    by_trust = traits(rows, Policy("[sources.crm]\ntrust = 1\n"))["city"]
    assert (by_trust["value"], [one["value"] for one in by_trust["runner_ups"]]) == ("Łódź", ["Lodz"])
    assert traits(rows, Policy(""))["city"]["value"] == "Lodz"
    often = Policy('[survivorship.traits]\ncity = ["frequent"]\n')
    assert traits(rows[::-1], often)["city"]["value"] == "Lodz"


def test_of_what_was_said_at_one_time_the_most_frequent_word_counts() -> None:
    rows = facts(
        *(told(1, "identify", key=f"user_id:{number}", traits={"city": "Lublin"}) for number in (1, 2)),
        told(1, "identify", key="user_id:3", traits={"city": "Łódź"}),
    )
    assert traits(rows, Policy(""))["city"]["value"] == "Lublin"


def test_a_null_takes_back_what_was_said_before_it() -> None:
    rows = facts(told(1, "identify", traits={"city": "Łódź"}), told(2, "identify", traits={"city": None}))
    assert traits(rows, Policy("")) == {}


def test_a_birth_date_in_the_future_is_a_warning_and_the_runner_up_counts() -> None:
    from datetime import date

    rows = facts(
        told(1, "identify", traits={"birth_date": "1990-05-04"}),
        told(2, "identify", traits={"birth_date": "2990-05-04"}),
    )
    found = traits(rows, Policy(""))
    assert birth_date(found, date(2026, 4, 1)) == date(1990, 5, 4)
    assert [warning["value"] for warning in born_in_future(found, date(2026, 4, 1))] == ["2990-05-04"]


def test_a_refund_in_another_currency_is_not_taken_off_and_is_a_warning() -> None:
    row = {"key": "order:web/1", "at": None, "status": "Order Refunded", "amount": 100.0, "currency": "zł"}
    back = [told(2, "Order Refunded", total=10, currency="EUR"), told(3, "Order Refunded", total=30, currency="PLN")]
    sale = worth_of(row, facts(*back))
    assert (sale.net, sale.counts) == (70.0, True)
    assert refunds_in_other_currencies([sale]) == [
        {"warning": "refund in another currency", "order": "order:web/1", "currency": "EUR"}
    ]


def test_steps_without_ids_are_at_least_those_after_them() -> None:
    done = counts(facts(told(1, "Email Opened"), told(2, "Email Link Clicked"), told(3, "Email Link Clicked")))
    assert (done["sent"], done["delivered"], done["opened"], done["clicked"]) == (2, 2, 2, 2)


def test_points_that_have_expired_are_gone() -> None:
    rows = facts(told(1, "Points Earned", points=10, expires_at="2026-03-31"), told(2, "Points Earned", points=5))
    assert loyalty(rows, [], {}, TODAY)["programmes"]["loyalty"]["balance"] == 5


@pytest.mark.parametrize(
    ("said", "code"), [("zł", "PLN"), ("руб.", "RUB"), ("eur", "EUR"), ("XXQ", "unknown"), (None, "unknown")]
)
def test_currencies_are_brought_to_their_codes(said: str | None, code: str) -> None:
    assert currency(said) == code


@pytest.mark.parametrize(
    ("text", "praises"),
    [
        ("Świetna koszula, bardzo polecam!", True),
        ("Nie polecam, fatalna jakość", False),
        ("Отличное качество, спасибо", True),
        ("Ужасный магазин, обман", False),
        ("Чудова сукня, дякую", True),
        ("Жахлива доставка", False),
        ("Výborný obchod, odporúčam", True),
        ("Vôbec nie som spokojná, balík meškal", False),
        ("Great quality, love it", True),
        ("Not good at all", False),
    ],
)
def test_praise_and_blame_are_told_apart_in_five_languages(text: str, praises: bool) -> None:
    found = sentiment(text)
    assert found is not None and (found > 0) == praises


def test_a_text_that_neither_praises_nor_blames_has_no_sentiment() -> None:
    assert sentiment("Где мой заказ?") is None


def test_an_address_in_one_text_is_taken_apart_in_places() -> None:
    (place,) = places({"address": {"value": "Długa 5, Kraków", "at": None}}, [], [], [])["declared"]
    assert place == {"street": "Długa 5", "city": "Kraków", "count": 1, "at": None}


@pytest.mark.parametrize("half", [{"latitude": 50}, {"longitude": 20}, {"latitude": 91, "longitude": 20}])
def test_half_a_position_is_no_place(half: dict[str, float]) -> None:
    assert place_of(half) == {}
    assert place_of({**half, "city": "Łódź"}) == {"city": "Łódź"}
    assert place_of({"latitude": 50, "longitude": -20}) == {"latitude": 50, "longitude": -20}


@pytest.mark.parametrize("country", ["Slovensko", "Słowacja", "Slovakia", "SVK", "Словаччина", "sk"])
def test_a_declared_country_is_one_however_it_is_written(country: str) -> None:
    found = {"country": {"value": country, "at": None}}
    assert [row["country"] for row in places(found, [], [], [])["declared"]] == ["SK"]
    assert places({"country": {"value": "Atlantis", "at": None}}, [], [], [])["declared"][0]["country"] == "Atlantis"


@pytest.mark.parametrize(
    ("said", "sex"), [("Ž", "female"), ("žena", "female"), ("muž", "male"), ("M", "male"), ("?", "?")]
)
def test_the_sex_is_one_word_whatever_the_language(said: str, sex: str) -> None:
    assert person({"sex": {"value": said, "at": None}}, [], date(2026, 4, 1))["sex"] == sex


def test_a_property_called_type_is_shown_as_it_was_sent_by_whichever_release_it_was_kept() -> None:
    row = {**told(1, "Viewed"), "properties": json.dumps({"type": "track", "properties.type": "gift"})}
    [fact] = facts(row)
    assert fact.properties["type"] == "gift"


def test_points_that_are_taken_back_are_taken_off() -> None:
    rows = facts(told(1, "Points Earned", points=100), told(2, "Points Earned", points=-30))
    row = loyalty(rows, [], {}, "2026-01-01")["programmes"]["loyalty"]
    assert (row["balance"], row["earned"]) == (70, 70)


def test_points_that_a_till_tells_with_a_minus_are_spent() -> None:
    rows = facts(told(1, "Points Earned", points=100), told(2, "Points Spent", points=-30))
    row = loyalty(rows, [], {}, "2026-01-01")["programmes"]["loyalty"]
    assert (row["balance"], row["spent"]) == (70, 30)
