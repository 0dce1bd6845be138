"""Thousands of payloads at the open door: each is taken or refused with a reason, and the server stays as it was."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.api.test_serving import Process, serving
from tests.fuzz.payloads import Payload, payload

PAYLOADS = int(os.environ.get("GRAPH_CDP_FUZZ_PAYLOADS", "10000" if os.environ.get("CI") == "true" else "1000"))
SEED = int(os.environ.get("GRAPH_CDP_FUZZ_SEED", secrets.randbits(32)))
CLIENTS = 4  # at once: requests that wait share a transaction, as they do in life
SECONDS = 20.0  # for one payload: what takes longer hangs
GROWTH_MIB = 96  # what caches may take that fill up
KEY = "w-secret"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    keys = {"GRAPH_CDP_WRITE_KEYS": f"web={KEY}", "GRAPH_CDP_API_KEYS": "crm=r-secret"}
    with (
        servers.run_embedded(tmp_path_factory.mktemp("fuzz")) as store,
        (tmp_path_factory.mktemp("log") / "log").open("w") as log,
        serving(store, log, **keys) as process,
    ):
        yield process


def resident(process: Process) -> float:
    """MiB of memory that the server's process holds."""
    for line in Path(f"/proc/{process.child.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


class Door:
    """A client that keeps its connection while the server does."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)

    def send(self, one: Payload) -> tuple[int, bytes]:
        if self._connection.sock is None:
            self._connection.connect()
            # Head and body go in two packets, the second of which would wait 40 ms for the word about the first.
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.request("POST", f"/v1/{one.path}", one.body, one.headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def wrong_with(status: int, body: bytes) -> str | None:
    """What an answer breaks of what is promised, None for nothing."""
    if status not in (200, 400, 401):
        return f"status {status}"
    answer: Any = json.loads(body)
    if answer["success"] is not (status == 200):
        return "success is not what the status says"
    if status != 200:
        return None if answer["message"] else "no reason"
    for told in answer.get("messages", [answer]):
        if told.get("outcome") == "rejected" and not told["reason"]:
            return "rejected without a reason"
    return None


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_every_payload_is_answered_and_the_server_stays_as_it_was(process: Process):
    print(f"GRAPH_CDP_FUZZ_SEED={SEED} GRAPH_CDP_FUZZ_PAYLOADS={PAYLOADS}")
    quarter = PAYLOADS // 4
    answered = sent_by_all(process, range(quarter))
    warm = resident(process)
    answered += sent_by_all(process, range(quarter, PAYLOADS))
    assert answered.total() == PAYLOADS
    assert answered[200] > PAYLOADS // 3 and answered[400] > PAYLOADS // 20, answered
    growth = resident(process) - warm
    print(f"{dict(answered)}, grown by {growth:.0f} MiB from {warm:.0f}")
    assert growth < GROWTH_MIB


def sent_by_all(process: Process, numbers: range) -> Counter[int]:
    """How often the payloads of these numbers, sent by several clients at once, were answered with which status."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        each = pool.map(lambda first: sent(process, numbers[first::CLIENTS]), range(CLIENTS))
        return sum(each, Counter())


def sent(process: Process, numbers: range) -> Counter[int]:
    door, answered = Door(process.port), Counter[int]()
    for number in numbers:
        one = payload(SEED, number, KEY)
        status, body = door.send(one)
        answered[status] += 1
        wrong = wrong_with(status, body)
        assert wrong is None, f"payload {number} of seed {SEED} ({one.path}, {one.what}): {wrong}: {body[:500]!r}"
    return answered


def test_after_all_that_a_message_is_taken_and_read_back(process: Process):
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=SECONDS)
    message = {"userId": "after all", "writeKey": KEY, "timestamp": "2026-03-01T10:00:00Z"}
    connection.request("POST", "/v1/identify", json.dumps(message))
    stored = json.loads(connection.getresponse().read())
    connection.request("GET", "/profiles/user_id:after%20all", headers={"Authorization": "Bearer r-secret"})
    assert json.loads(connection.getresponse().read())["customer_id"] == stored["customer_id"]
