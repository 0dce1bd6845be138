"""The vocabulary of events: the page and the code say the same."""

from __future__ import annotations

import re

import pytest

from graph_cdp.ingest import observe
from graph_cdp.policy import default_policy
from graph_cdp.vocabulary import CHANNELS, meaning_of
from tests.docs.examples import messages, page

_ROWS = re.findall(r"^\| (\w+) \| (.*?) \| .* \|$", page("events.md"), re.MULTILINE)
_NAMED = [
    (topic, name)
    for topic, names in _ROWS
    if topic not in ("topic", "view", "message", "voucher", "loyalty")
    for name in re.findall(r"`([^`]+)`", names)
]
_MESSAGES = messages("events.md")


@pytest.mark.parametrize(("topic", "name"), _NAMED, ids=[name for _, name in _NAMED])
def test_every_name_of_the_page_has_its_meaning(topic: str, name: str) -> None:
    meaning = meaning_of(name)
    assert meaning and meaning.topic == {"experiment": "campaign"}.get(topic, topic)


@pytest.mark.parametrize("step", ["Sent", "Delivered", "Opened", "Link Clicked", "Bounced", "Marked as Spam"])
@pytest.mark.parametrize(
    ("sender", "channel"),
    [("Email", "email"), ("Web Push", "web_push"), ("SMS", "sms"), ("Voice Message", "voice"), ("Letter", "post")],
)
def test_a_message_is_told_by_its_channel_and_its_step(sender: str, channel: str, step: str) -> None:
    meaning = meaning_of(f"{sender} {step}")
    assert meaning and (meaning.topic, meaning.channel) == ("message", channel)
    assert channel in CHANNELS


def test_the_spelling_of_a_name_does_not_matter() -> None:
    assert meaning_of("push_notification-TAPPED") == meaning_of("Push Notification Tapped")
    assert meaning_of("Points Earned") == meaning_of("points_earned") != meaning_of("Points Spent")


def test_a_name_of_a_companys_own_means_nothing() -> None:
    assert meaning_of("Webinar Attended") is None


@pytest.mark.parametrize("message", _MESSAGES, ids=[f"{one['type']} {one.get('event', '')}" for one in _MESSAGES])
def test_every_example_of_the_page_is_taken_without_a_refusal(message: dict) -> None:
    seen = observe(message, policy=default_policy(), received_at=0)
    assert seen.keys and not seen.refusals
