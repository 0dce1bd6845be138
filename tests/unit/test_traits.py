"""Traits, campaigns and contexts of messages: what is kept under which name."""

from __future__ import annotations

from typing import Any

import pytest

from graph_cdp.ingest import observe
from graph_cdp.ingest.traits import one_name
from graph_cdp.model import Observation
from graph_cdp.policy import default_policy


def see(**more: Any) -> Observation:
    message = {"type": "track", "event": "Seen", "userId": "42", **more}
    return observe(message, policy=default_policy(), received_at=7)


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("firstName", "first_name"),
        ("first_name", "first_name"),
        ("FirstName", "first_name"),
        ("isVIP", "is_vip"),
        ("VIPLevel", "vip_level"),
        ("postalCode", "postal_code"),
        ("shoeSize2Left", "shoe_size2_left"),
        ("birthday", "birth_date"),
        ("birthDate", "birth_date"),
        ("dateOfBirth", "birth_date"),
        ("VIP", "VIP"),
        ("email", "email"),
        ("First Name", "First Name"),
        ("Nike-Air", "Nike-Air"),
        ("імʼя", "імʼя"),
        ("", ""),
    ],
)
def test_a_trait_has_one_name(given: str, ours: str) -> None:
    assert one_name(given) == ours
    assert one_name(ours) == ours


def test_traits_of_the_person_and_of_the_address_are_renamed_and_no_deeper() -> None:
    traits = {"lastName": "Nowak", "address": {"postalCode": "30-001"}, "sizes": {"shoeSize": 40}}
    assert dict(see(traits=traits).traits) == {
        "last_name": "Nowak",
        "address": {"postal_code": "30-001"},
        "sizes": {"shoeSize": 40},
    }


def test_of_two_spellings_ours_holds_and_the_sender_is_told() -> None:
    seen = see(traits={"firstName": "Anna", "first_name": "Ann", "lastName": "N", "last_name": "N"})
    assert dict(seen.traits) == {"first_name": "Ann", "last_name": "N"}
    assert [refusal.place for refusal in seen.refusals] == ["traits.firstName"]


def test_of_two_foreign_spellings_the_first_by_alphabet_holds_whatever_their_order() -> None:
    either = [
        {"birthday": "1990-01-01", "birthDate": "1980-01-01"},
        {"birthDate": "1980-01-01", "birthday": "1990-01-01"},
    ]
    assert {see(traits=traits).traits["birth_date"] for traits in either} == {"1980-01-01"}


def test_a_null_of_any_spelling_takes_the_trait_back() -> None:
    assert dict(see(traits={"firstName": None, "birthday": None}).traits) == {"first_name": None, "birth_date": None}


def test_traits_of_a_company_are_renamed_too() -> None:
    seen = see(type="group", groupId="acme", traits={"employeeCount": 7})
    assert seen.company is not None and seen.company.traits == {"employee_count": 7}


SPRING = {"name": "spring", "source": "news", "content": "top"}
QUERY = "utm_campaign=spring&utm_source=news&utm_content=top&utm_=x&q=1"


@pytest.mark.parametrize(
    "more",
    [
        {"context": {"campaign": SPRING}},
        {"context": {"page": {"search": f"?{QUERY}"}}},
        {"context": {"page": {"url": f"https://shop.example/a?{QUERY}#top"}}},
        {"properties": {"url": f"https://shop.example/?{QUERY}"}},
        {"properties": {"search": f"?{QUERY}"}},
        {"context": {"campaign": SPRING, "page": {"search": "?utm_campaign=other"}}},
    ],
)
def test_the_campaign_is_that_of_the_context_or_of_the_pages_address(more: dict[str, Any]) -> None:
    assert see(**more).properties["campaign"] == SPRING


@pytest.mark.parametrize(
    "url", ["https://shop.example/?q=utm", "http://[", "?utm_=", 5, None, "https://x/?" + "&utm_a=1" * 500, "utm_"]
)
def test_an_address_that_names_no_campaign_makes_none(url: object) -> None:
    assert "campaign" not in see(properties={"url": url}, context={"page": url}).properties


def test_the_context_is_kept_beside_what_has_a_place_of_its_own() -> None:
    context = {"page": {"path": "/"}, "locale": "pl-PL", "traits": {"city": "Łódź"}, "campaign": {"name": "spring"}}
    assert dict(see(context=context).context) == {"page": {"path": "/"}, "locale": "pl-PL"}


def test_what_the_sender_wants_done_with_a_message_is_kept() -> None:
    assert dict(see(integrations={"All": False}).context) == {"integrations": {"All": False}}
    own = {"integrations": {"CRM": True}}
    assert dict(see(context=own, integrations={"All": False}).context) == own
    assert dict(see(integrations={}).context) == {}
