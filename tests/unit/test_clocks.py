"""Times as senders say them, and as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph_cdp.ingest import again, observe
from graph_cdp.model import Observation, rfc3339
from graph_cdp.normalise import moment
from graph_cdp.policy import default_policy

RECEIVED = moment("2026-03-01T12:00:00Z")
SAID = "2026-03-01T09:00:00.000000Z"


def see(live: bool = True, **more: Any) -> Observation:
    message = {"type": "track", "event": "Seen", "userId": "42", "timestamp": SAID, **more}
    return observe(message, policy=default_policy(), received_at=RECEIVED, live=live)


def test_a_clock_two_hours_behind_is_put_right() -> None:
    seen = see(sentAt="2026-03-01T10:00:00Z")
    assert (rfc3339(seen.occurred_at), seen.clock) == ("2026-03-01T11:00:00.000000Z", 7_200_000_000)


@pytest.mark.parametrize("sent", ["2026-03-01T11:59:00Z", "2026-03-01T12:01:00Z", None])
def test_a_clock_at_most_a_minute_off_is_believed(sent: str | None) -> None:
    assert (rfc3339(see(sentAt=sent).occurred_at), see(sentAt=sent).clock) == (SAID, 0)


def test_what_is_not_live_is_never_put_right() -> None:
    assert rfc3339(see(live=False, sentAt="2026-03-01T10:00:00Z").occurred_at) == SAID


def test_the_uid_knows_nothing_of_the_clock() -> None:
    assert see(sentAt="2020-01-01").uid == see(live=False).uid


@pytest.mark.parametrize(("place", "hours"), [("http", 11), ("import", 9), ("events.ndjson:7", 9)])
def test_a_dead_letter_taken_again_is_dated_as_it_would_have_been_at_first(place: str, hours: int) -> None:
    message = {"type": "page", "userId": "42", "timestamp": SAID, "sentAt": "2026-03-01T10:00:00Z"}
    letter = {"uid": "u", "place": place, "raw": json.dumps(message), "source": "web", "at": rfc3339(RECEIVED)}
    (taken,) = again(letter, default_policy())
    assert isinstance(taken, Observation)
    assert rfc3339(taken.occurred_at) == f"2026-03-01T{hours:02}:00:00.000000Z"
