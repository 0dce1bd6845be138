"""Only who has agreed is exported, and platforms get hashes of what they compare."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from graph_cdp.audience.contacts import addresses, checked_channel
from graph_cdp.audience.platforms import google, google_email, google_name, meta, meta_name, meta_phone
from graph_cdp.errors import UsageError


def profile(**consent: str) -> dict[str, Any]:
    identifiers = [
        ("email", "Ann.Nowak+shop@Gmail.com", False),
        ("email", "family@x.pl", True),
        ("phone", "+48601234567", False),
        ("user_id", "42", False),
        ("shop_a.device", "D1", False),
    ]
    traits = {
        "first_name": "Anna-Maria",
        "last_name": " O'Żak ",
        "birth_date": "1990-05-04",
        "sex": "female",
        "address": {"city": "Nowy Sącz", "postalCode": "33-300", "country": "PL"},
    }
    return {
        "identifiers": [{"namespace": name, "value": value, "shared": shared} for name, value, shared in identifiers],
        "traits": {name: {"value": value} for name, value in traits.items()},
        "consent": {channel: {"state": state} for channel, state in consent.items()},
    }


def sha(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("state", ["withdrawn", "conflict", ""])
def test_without_consent_there_is_no_address(state: str) -> None:
    assert addresses(profile(email=state), "email") == []
    assert addresses(profile(sms="granted"), "email") == []


def test_an_address_that_is_shared_is_nobodys() -> None:
    assert addresses(profile(email="granted"), "email") == ["Ann.Nowak+shop@Gmail.com"]


def spelled(*rows: tuple[str, list[str], str, bool]) -> dict[str, Any]:
    """A profile with these addresses: value, sources, last seen, shared."""
    names = ("namespace", "value", "sources", "last_seen", "shared")
    return profile(email="granted") | {
        "identifiers": [dict(zip(names, ("email", *row), strict=True)) for row in rows],
    }


def test_a_mailbox_has_one_row_with_the_address_that_was_given() -> None:
    made = ("jankowalski@gmail.com", ["normalisation"], "", False)
    given = ("jan.kowalski+promo@gmail.com", ["normalisation", "web"], "2026-01-01", False)
    later = ("jan.kowalski@gmail.com", ["normalisation", "web"], "2026-02-01", False)
    assert addresses(spelled(made, given), "email") == [given[0]]
    assert addresses(spelled(given, made, later), "email") == [later[0]]
    assert len(google(spelled(made, given, later))) == len(meta(spelled(made, given, later))) == 1


def test_a_mailbox_that_is_shared_is_nobodys_under_any_spelling() -> None:
    made = ("jankowalski@gmail.com", ["normalisation"], "", True)
    assert addresses(spelled(made, ("jan.kowalski@gmail.com", ["web"], "2026-01-01", False)), "email") == []


def test_a_device_of_a_sources_own_space_is_reached_by_push() -> None:
    assert addresses(profile(push="granted"), "push") == ["D1"]


def test_an_unknown_channel_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean email"):
        checked_channel("emial")


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("Cloudy.SanFrancisco+shopping@Gmail.com", "cloudysanfrancisco@gmail.com"),
        (" user.name+NYC@Example.com ", "user.name+nyc@example.com"),
        ("a.b@googlemail.com", "ab@googlemail.com"),
    ],
)
def test_google_compares_mailboxes(value: str, normal: str) -> None:
    assert google_email(value) == normal


def test_names_lose_capitals_and_punctuation() -> None:
    assert (google_name(" O'Żak  Nowak "), meta_name("Anna-Maria O'Żak")) == ("ożak nowak", "annamariaożak")


def test_meta_wants_digits_alone() -> None:
    assert meta_phone("+48 601-234-567") == "48601234567"


def test_google_gets_hashes_and_a_plain_place() -> None:
    assert google(profile(email="granted", phone="granted")) == [
        {
            "Email": sha("annnowak@gmail.com"),
            "Phone": sha("+48601234567"),
            "First Name": sha("annamaria"),
            "Last Name": sha("ożak"),
            "Country": "PL",
            "Zip": "33-300",
        }
    ]


def test_meta_gets_hashes_alone() -> None:
    (row,) = meta(profile(email="granted"))
    assert row == {
        "email": sha("ann.nowak+shop@gmail.com"),
        "phone": "",
        "fn": sha("annamaria"),
        "ln": sha("ożak"),
        "ct": sha("nowysącz"),
        "zip": sha("33300"),
        "country": sha("pl"),
        "dob": sha("19900504"),
        "gen": sha("f"),
    }


def test_a_whole_name_is_taken_apart_and_titles_are_left_out() -> None:
    one = profile(email="granted")
    one["traits"] |= {"first_name": {"value": "dr Anna"}, "last_name": {"value": "Nowak"}}
    other = profile(email="granted")
    del other["traits"]["first_name"], other["traits"]["last_name"]
    other["traits"]["full_name"] = {"value": "Nowak, Pani Anna"}
    assert [(row["fn"], row["ln"]) for row in (*meta(one), *meta(other))] == [(sha("anna"), sha("nowak"))] * 2


def test_who_has_agreed_to_nothing_is_on_no_platform() -> None:
    assert google(profile()) == meta(profile(email="withdrawn")) == []


@pytest.mark.parametrize(
    "country", ["Slovensko", "Słowacja", "slovakia", "SVK", "Словаччина", "sk", "Slovenská republika"]
)
def test_a_country_is_known_to_a_platform_by_its_name_and_its_codes(country: str) -> None:
    one = profile(email="granted")
    one["traits"]["address"]["value"] = {"city": "Nitra", "country": country}
    assert google(one)[0]["Country"] == "SK"
    assert meta(one)[0]["country"] == sha("sk")


def test_a_platform_gets_the_parts_of_an_address_in_one_text() -> None:
    one = profile(email="granted")
    one["traits"]["address"]["value"] = "ul. Długa 5, 33-300 Nowy Sącz, Polska"
    assert (google(one)[0]["Zip"], google(one)[0]["Country"]) == ("33-300", "PL")
    assert meta(one)[0]["ct"] == sha("nowysącz")


WOMEN = ["K", "kobieta", "жінка", "Ж", "жен.", "Ž", "žena", "Ženské", "ż", "F", "Woman", "Ž"]
MEN = ["M", "muž", "м", "Мужской", "чоловік", "ч.", "mężczyzna", "male"]


@pytest.mark.parametrize(("words", "sex"), [(WOMEN, "f"), (MEN, "m"), (["other", ""], "")])
def test_words_for_the_sexes_reach_a_platform_in_each_language(words: list[str], sex: str) -> None:
    one = profile(email="granted")
    for said in words:
        one["traits"]["sex"]["value"] = said
        assert meta(one)[0]["gen"] == (sha(sex) if sex else "")
