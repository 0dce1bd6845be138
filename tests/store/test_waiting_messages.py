"""What waits when the API is told to end or the disk is full: answered, and what was acknowledged is there once."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests import servers
from tests.store.conftest import engine_on
from tests.store.processes import within
from tests.store.serving import ApiProcess, Message, Sender
from tests.store.test_embedded_in_trouble import small_disk

__all__ = ["small_disk"]
REQUESTS, IN_ONE = 60, 50


def batch(number: int, size: int, text: str = "") -> list[Message]:
    """Messages of visitors who come back, with ids of their own."""
    return [
        {
            "type": "track",
            "event": "Seen",
            "messageId": f"{number}-{one}",
            "anonymousId": f"c{number}-{one // 2}",
            "timestamp": "2026-03-01T10:00:00Z",
            "properties": {"text": text},
        }
        for one in range(size)
    ]


def held(server: servers.Server) -> list[str]:
    with servers.driver_of(server) as driver, driver.session(database="neo4j") as session:
        return [row["id"] for row in session.run("MATCH (e:Event) RETURN e.message_id AS id")]


@pytest.fixture
def api(store: servers.Server, tmp_path: Path) -> Iterator[ApiProcess]:
    made = ApiProcess(store, tmp_path / "api.log")
    made.start()
    yield made
    made.kill()


def test_an_api_that_is_told_to_end_does_what_waits_first(store: servers.Server, api: ApiProcess) -> None:
    acknowledged: list[str] = []

    def send(number: int) -> bool:
        messages = batch(number, IN_ONE)
        try:
            answer = httpx.post(f"{api.url}/v1/batch", json={"batch": messages}, timeout=120)
        except httpx.TransportError:
            return False
        assert answer.status_code in (200, 503), answer.text
        if answer.status_code == 200:
            acknowledged.extend(message["messageId"] for message in messages)
        return answer.status_code == 200

    with ThreadPoolExecutor(REQUESTS) as pool:
        sent = [pool.submit(send, number) for number in range(REQUESTS)]
        assert within(60, lambda: bool(acknowledged))
        before = len(acknowledged)
        assert api.end() == 0
        taken = sum(future.result() for future in sent)
    assert len(acknowledged) == taken * IN_ONE
    assert len(acknowledged) - before >= 500, "hardly anything waited"
    found = held(store)
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)


def test_a_full_disk_is_answered_with_503_until_there_is_room_again(small_disk: Path, tmp_path: Path) -> None:
    server = servers.Server("embedded", f"embedded:{small_disk / 'store'}")
    api = ApiProcess(server, tmp_path / "api.log")
    api.start()
    sender, batches = Sender(api), (batch(number, 20, "x" * 20_000) for number in itertools.count())
    count = 120
    try:
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(sender.send, itertools.islice(batches, count))
            assert within(120, lambda: 503 in sender.statuses)
            subprocess.run(["mount", "-o", "remount,size=600m", small_disk], check=True)
            sending.result(240)
        assert sender.acknowledged == count * 20
        assert api.end() == 0
    finally:
        api.kill()
    with engine_on(server) as engine:
        assert engine.status()["counts"]["observations"] == count * 20
        assert engine.plan_relink(rebuild=True).summary["identifiers_moved"] == 0
