"""What is remembered of message ids."""

from __future__ import annotations

from graph_cdp.ingest.repeats import REPEATED, Repeats
from graph_cdp.model import Observation, Rejection
from graph_cdp.state import Reply

KNOWN = Reply("m", "known")


def seen(uid: str, message_id: str = "m", source: str = "web") -> Observation:
    return Observation(uid, source, message_id, "identify", "identify", ("user_id:1",))


def test_another_content_of_the_same_source_is_told() -> None:
    told = Repeats().told([seen("1"), seen("1"), seen("2"), seen("3", source="app"), seen("4", "n")], [KNOWN] * 5)
    assert [reply.warnings for reply in told] == [(), (), (REPEATED,), (), ()]


def test_what_was_rejected_has_no_message_id() -> None:
    told = Repeats().told([Rejection("web", "http", "why", "")] * 2, [KNOWN] * 2)
    assert told == [KNOWN] * 2


def test_what_came_long_ago_is_forgotten() -> None:
    repeats = Repeats(remembered=2)
    repeats.told([seen("1", "a"), seen("1", "b"), seen("1", "a"), seen("1", "c")], [KNOWN] * 4)
    told = repeats.told([seen("2", "a"), seen("2", "b")], [KNOWN] * 2)
    assert [reply.warnings for reply in told] == [(REPEATED,), ()]
