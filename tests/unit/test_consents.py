"""What is not surely a consent grants nothing, and its sender is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph_cdp.audience.contacts import agreed
from graph_cdp.ingest.segment import observe
from graph_cdp.ingest.warnings import warnings_of
from graph_cdp.policy import Policy
from graph_cdp.project.consent import allowed, consent
from graph_cdp.project.facts import facts_of
from graph_cdp.vocabulary import CHANNELS

POLICY = Policy("")


def found(*said: tuple[str, dict[str, Any]], today: str = "~") -> dict[str, Any]:
    rows = [
        {
            "uid": str(day),
            "at": f"2026-03-{day:02}T00:00:00.000000Z",
            "source": "web",
            "name": name,
            "kind": "identify",
            "keys": ["user_id:1"],
            "properties": json.dumps(told if name != "identify" else {}),
            "traits": json.dumps(told if name == "identify" else {}),
        }
        for day, (name, told) in enumerate(said, 1)
    ]
    return consent(facts_of(rows, lambda _: None), POLICY.consent, today=today)


def warned(name: str, said: dict[str, Any]) -> tuple[str, ...]:
    call = (
        {"type": "identify", "traits": said}
        if name == "identify"
        else {"type": "track", "event": name, "properties": said}
    )
    message = {**call, "userId": "1", "timestamp": "2026-03-01T00:00:00Z"}
    return warnings_of(observe(message, policy=POLICY, received_at=0))


UNREAD = [{}, {"channel": "fax"}, {"channel": ""}, {"channel": {"a": 1}}, {"channels": []}, {"channel": 5}]


@pytest.mark.parametrize("said", UNREAD)
def test_a_consent_given_without_a_channel_grants_nothing_and_is_told(said: dict[str, Any]) -> None:
    before = ("Consent Withdrawn", {"channel": "email"})
    assert allowed(found(before, ("Consent Given", said))) == []
    (warning,) = warned("Consent Given", said)
    assert warning.startswith("properties.channel: no channel (there are email, sms")
    assert warning.endswith("nothing is granted")


@pytest.mark.parametrize("said", UNREAD)
def test_a_consent_withdrawn_without_a_channel_withdraws_every_channel_and_is_told(said: dict[str, Any]) -> None:
    before = ("Consent Given", {"channels": list(CHANNELS)})
    after = found(before, ("Consent Withdrawn", said))
    assert {row["state"] for row in after.values()} == {"withdrawn"}
    assert set(after) == set(CHANNELS)
    assert warned("Consent Withdrawn", said)[0].endswith("every channel is withdrawn")


def test_a_list_of_channels_grants_each_that_there_is() -> None:
    said = {"channel": ["E-Mail", "phone call", "fax"]}
    assert allowed(found(("Consent Given", said))) == ["email", "phone"]
    assert len(warned("Consent Given", said)) == 1


def test_a_consent_for_a_purpose_that_cannot_be_read_grants_nothing() -> None:
    said = {"channel": "email", "purpose": {"a": 1}}
    assert found(("Consent Given", said)) == {}
    assert warned("Consent Given", said) == ("properties.purpose: no text: nothing is granted",)
    assert found(("Consent Withdrawn", said))["email"]["state"] == "withdrawn"


@pytest.mark.parametrize("spelled", ["Marketing", " MARKETING ", "маркетинг", None])
def test_a_purpose_is_one_whatever_its_capitals(spelled: str | None) -> None:
    given = ("Consent Given", {"channel": "sms", "purpose": "marketing"})
    assert allowed(found(given, ("Consent Withdrawn", {"channel": "sms", "purpose": spelled}))) == []


def test_consent_to_another_purpose_than_marketing_allows_no_mailing() -> None:
    profile = {"consent": found(("Consent Given", {"channel": "email", "purpose": "transactional"}))}
    assert allowed(profile["consent"]) == []
    assert not agreed(profile, "email")
    assert profile["consent"]["email"]["state"] is None
    assert profile["consent"]["email"]["purposes"]["transactional"]["state"] == "granted"


def test_a_newsletter_means_e_mail_whatever_else_is_said() -> None:
    assert allowed(found(("Newsletter Subscribed", {"channel": "fax"}))) == ["email"]
    assert found(("Newsletter Subscribed", {}), ("Unsubscribed", {}))["email"]["state"] == "withdrawn"
    assert warned("Unsubscribed", {}) == ()


def test_answers_that_say_neither_yes_nor_no_and_unknown_channels_are_left_out_and_told() -> None:
    said = {"consent": {"email": "maybe", "fax": True, "sms": "tak", "push": None}, "consent_phone": "perhaps"}
    assert allowed(found(("identify", said))) == ["sms"]
    assert set(found(("identify", said))) == {"sms"}
    assert warned("identify", said) == (
        "traits.consent.email: neither yes nor no: nothing is granted or withdrawn",
        f"traits.consent.fax: no channel (there are {', '.join(CHANNELS)}): left out",
        "traits.consent_phone: neither yes nor no: nothing is granted or withdrawn",
    )


def test_a_consent_that_is_one_word_for_no_channel_is_told() -> None:
    assert warned("identify", {"consent": "yes"}) == ("traits.consent: no object of channels with yes or no: left out",)


def test_a_trait_may_say_for_which_purpose_it_is() -> None:
    said = {"consent": {"email": {"state": "granted", "purpose": "Transactional"}}}
    assert allowed(found(("identify", said))) == []


def test_categories_of_a_site_are_no_channels() -> None:
    said = {"consent": {"categoryPreferences": {"Advertising": True, "email": True, "analytics": False}}}
    site = found(("Segment Consent Preference Updated", said))
    assert allowed(site) == ["email"]
    assert (site["site"]["state"], sorted(site["site"]["purposes"])) == ("withdrawn", ["advertising", "analytics"])


@pytest.mark.parametrize(("today", "state"), [("2026-03-01", "withdrawn"), ("2026-03-02", "granted")])
def test_what_is_granted_from_a_later_day_on_is_not_granted_yet(today: str, state: str) -> None:
    said = [("Consent Withdrawn", {"channel": "sms"}), ("Consent Given", {"channel": "sms"})]
    assert found(*said, today=today)["sms"]["state"] == state


def test_what_is_withdrawn_from_a_later_day_on_is_withdrawn() -> None:
    said = [("Consent Given", {"channel": "sms"}), ("Consent Withdrawn", {"channel": "sms"})]
    assert found(*said, today="2026-03-01")["sms"]["state"] == "withdrawn"
