"""A profile is a function of what was said: no order, no merge, no split and no server leaves a trace in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest

from graph_cdp.engine import Engine
from tests import servers
from tests.docs.examples import messages

TODAY = date(2026, 4, 1)
OTHER = "anonymous_id:lives-apart"


def told() -> list[dict[str, Any]]:
    """The examples of docs/events.md, each with an id of its own."""
    return [{**message, "messageId": f"m{number}"} for number, message in enumerate(messages("events.md"))]


def apart() -> list[dict[str, Any]]:
    """What the same person did before anybody knew who it was: without links to the account."""
    return [
        {"type": "track", "anonymousId": "lives-apart", "messageId": f"a{number}", **message}
        for number, message in enumerate(
            [
                {"event": "Consent Given", "timestamp": "2026-03-20T00:00:00Z", "properties": {"channel": "phone"}},
                {
                    "event": "Email Opened",
                    "timestamp": "2026-03-20T01:00:00Z",
                    "properties": {"email_id": "z", "campaign_name": "spring"},
                },
                {
                    "event": "Note Added",
                    "timestamp": "2026-03-20T02:00:00Z",
                    "properties": {"text": "asked for red", "note_id": "n9"},
                },
                {
                    "event": "Order Completed",
                    "timestamp": "2026-03-20T03:00:00Z",
                    "properties": {"order_id": "G-1", "total": "30,50", "currency": "zł", "brand": "Lumia"},
                },
            ]
        )
    ]


LINK = {
    "type": "identify",
    "userId": "42",
    "anonymousId": "lives-apart",
    "messageId": "link",
    "timestamp": "2026-03-01T07:00:00Z",
}


@pytest.fixture
def engine(server: servers.Server) -> Iterator[Engine]:
    servers.clear(server)
    with Engine.open(server.url, server.user, server.password, id_secret="secret") as engine:
        engine.today = lambda: TODAY
        yield engine


def shown(engine: Engine, key: str = "user_id:42") -> str:
    return json.dumps(engine.profile(key), ensure_ascii=False)


def test_put_together_from_two_it_is_as_if_it_had_always_been_one(engine: Engine) -> None:
    engine.accept([*told(), *apart()])
    two = engine.profile("user_id:42"), engine.profile(OTHER)
    engine.accept([LINK])
    late = shown(engine)
    one = json.loads(late)
    assert one["orders"]["count"] == sum(profile["orders"]["count"] for profile in two)
    assert (one["consent"]["phone"]["state"], two[1]["consent"]["phone"]["state"]) == ("withdrawn", "granted")
    assert {note["note_id"] for note in one["notes"]} == {"n-1", "n9"}
    with servers_cleared(engine) as anew:
        anew.accept([LINK, *told(), *apart()])
        assert shown(anew) == late


def test_after_a_split_each_has_what_it_had(engine: Engine) -> None:
    engine.accept([*told(), *apart()])
    before = shown(engine), shown(engine, OTHER)
    made = engine.decide("same", "user_id:42", OTHER, "she says so", "ann")
    assert json.loads(shown(engine))["orders"]["count"] == 3
    engine.undo(made.decision.id, "she did not", "ann")
    assert (shown(engine), shown(engine, OTHER)) == before


def test_shuffled_input_changes_no_byte(engine: Engine) -> None:
    sent = [*told(), *apart(), LINK]
    engine.accept(sent)
    once = shown(engine)
    for seed in (1, 2):
        with servers_cleared(engine) as anew:
            Random(seed).shuffle(sent)
            for start in range(0, len(sent), 7):
                anew.accept(sent[start : start + 7])
            assert shown(anew) == once


class servers_cleared:  # noqa: N801 (reads as a function)
    """The engine on an emptied store: data go, the schema and the secret stay."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Engine:
        with self._engine.graph._connection.driver.session(database=self._engine.graph._connection.database) as session:
            session.run(
                "MATCH (n) WHERE NOT n:Migration AND NOT n:GraphCdpTestStore AND NOT n:Setting DETACH DELETE n"
            ).consume()
        self._engine._intake.familiar.forget()
        return self._engine

    def __exit__(self, *_: object) -> None:
        pass
