"""One message id with two contents, on both servers: both are kept, and the sender of the second is told."""

from __future__ import annotations

from typing import Any

from graph_cdp.engine import Engine
from graph_cdp.ingest.warnings import REPEATED
from tests.store.conftest import Open


def message(plan: str, message_id: str = "m", **more: Any) -> dict[str, Any]:
    said = {"type": "identify", "userId": "42", "messageId": message_id, "traits": {"plan": plan}}
    return {**said, "timestamp": "2026-03-01T10:00:00Z", **more}


def told(engine: Engine, *messages: dict[str, Any], source: str = "web") -> list[tuple[str, bool]]:
    return [(reply.outcome, REPEATED in reply.warnings) for reply in engine.accept(messages, source)]


def test_another_content_is_kept_and_told_however_many_came_between(open_engine: Open) -> None:
    assert told(open_engine(), message("a")) == [("created", False)]
    engine = open_engine()  # another process remembers nothing
    assert told(engine, message("a"), message("b"), message("a", "n")) == [
        ("duplicate", False),
        ("known", True),
        ("known", False),
    ]
    assert engine.status()["counts"]["observations"] == 3


def test_two_contents_in_one_batch_are_told_too(engine: Engine) -> None:
    assert told(engine, message("a"), message("b")) == [("created", False), ("known", True)]


def test_another_source_numbers_by_itself(engine: Engine) -> None:
    assert told(engine, message("a")) == [("created", False)]
    assert told(engine, message("b"), source="app") == [("known", False)]
