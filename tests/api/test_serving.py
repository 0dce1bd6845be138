"""The process: what it says, what it logs, how it ends, and what it answers when things fail."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import pytest
from graph_cdp_api.keys import Keys
from graph_cdp_api.serve import listening

from graph_cdp.engine import Engine
from tests import servers
from tests.api.conftest import Api, running
from tests.commands import COMMAND, path_of_child

PROGRAM = """
import sys
from functools import partial
from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from graph_cdp_api.serve import serve
serve(Settings(), partial(Engine.open, sys.argv[1], id_secret="secret"), "127.0.0.1", 0)
print("ended in order")
"""
BODY = b'{"userId": "drained"}'
PRIVATE = "private-value-4711"


@dataclass
class Process:
    child: subprocess.Popen
    port: int = 0
    said: list[str] = field(default_factory=list)

    def end(self, number: signal.Signals) -> tuple[str, list[dict]]:
        """What it said at last, and its log, after a signal."""
        self.child.send_signal(number)
        out, err = self.child.communicate(timeout=60)
        return out, [json.loads(line) for line in err.splitlines()]


@contextlib.contextmanager
def serving(store: servers.Server, log: IO[str] | None = None, **environment: str) -> Iterator[Process]:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, store.url],
        env={**os.environ, "PYTHONPATH": path_of_child(), **environment},
        stdout=subprocess.PIPE,
        stderr=log or subprocess.PIPE,
        text=True,
    )
    try:
        process = Process(child)
        assert child.stdout is not None
        process.said = [child.stdout.readline() for _ in range(5)]
        process.port = int(re.search(r"listens on http://127\.0\.0\.1:(\d+)", process.said[0])[1])
        yield process
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_before_the_end(store: servers.Server, number: signal.Signals):
    with serving(store) as process, socket.create_connection(("127.0.0.1", process.port), 30) as half_sent:
        head = f"POST /v1/identify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(BODY)}\r\n\r\n"
        half_sent.sendall(head.encode() + BODY[:5])
        assert httpx.get(f"http://127.0.0.1:{process.port}/healthz").status_code == 200
        process.child.send_signal(number)
        _wait_until_refused(process.port)
        half_sent.sendall(BODY[5:])
        answer = b"".join(iter(lambda: half_sent.recv(65536), b""))
        out, _ = process.child.communicate(timeout=60)
        assert answer.startswith(b"HTTP/1.1 200")
        assert (process.child.returncode, out) == (0, "ended in order\n")


def _wait_until_refused(port: int) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            socket.create_connection(("127.0.0.1", port), 5).close()


@pytest.fixture(scope="module")
def keyless(store: servers.Server) -> Iterator[Process]:
    with serving(store) as process:
        yield process


@pytest.mark.skipif(not shutil.which("curl"), reason="the commands that it shows are for curl")
def test_it_says_how_to_try_it_and_that_works(keyless: Process):
    commands = [line.partition(":")[2].strip() for line in keyless.said if "curl" in line]
    written, read = (json.loads(subprocess.check_output(["/bin/sh", "-c", f"{one} -s"])) for one in commands)
    assert written["customer_id"] == read["customer_id"]


def test_it_says_that_no_keys_are_set(keyless: Process):
    assert "no keys are set: only this machine" in "".join(keyless.said)


@pytest.mark.parametrize("target", [b"/profiles/user_id:\xc5\xbc", b"*", b"http://localhost/healthz?", b"/%", b"//"])
def test_an_odd_request_line_is_answered(keyless: Process, target: bytes):
    with socket.create_connection(("127.0.0.1", keyless.port), 30) as raw:
        raw.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b"".join(iter(lambda: raw.recv(65536), b"")).startswith(b"HTTP/1.1 4")


def test_keys_are_counted_and_not_told(store: servers.Server):
    with serving(store, GRAPH_CDP_WRITE_KEYS="web=w-secret", GRAPH_CDP_API_KEYS="crm=r-secret") as process:
        said = "".join(process.said)
        assert "1 write keys, 1 API keys" in said
        assert "secret" not in said


def test_the_log_has_routes_and_request_ids_and_no_values(store: servers.Server):
    with serving(store) as process:
        base = f"http://127.0.0.1:{process.port}"
        ids = [
            httpx.get(f"{base}/profiles/user_id:{PRIVATE}").headers["x-request-id"],
            httpx.get(f"{base}/why", params={"a": f"user_id:{PRIVATE}", "b": "user_id:x"}).headers["x-request-id"],
            httpx.post(f"{base}/v1/track", json={"userId": PRIVATE, PRIVATE: 1}).headers["x-request-id"],
            httpx.get(f"{base}/{PRIVATE}").headers["x-request-id"],
            httpx.post(f"{base}/v1/track", content=f"{PRIVATE}").headers["x-request-id"],
        ]
        out, log = process.end(signal.SIGTERM)
        lines = [line for line in log if line["message"] == "request"]
        assert [line["request_id"] for line in lines] == ids
        assert [line["route"] for line in lines] == ["/profiles/{key}", "/why", "/v1/track", None, "/v1/track"]
        assert PRIVATE not in json.dumps(log) + out


def test_the_demo_stays_up_over_its_samples_and_leaves_nothing_behind(tmp_path: Path):
    command = [str(COMMAND), "demo", "--people", "50", "--serve", "--port", "0"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
    child = subprocess.Popen(command, env={**kept, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        said = next(line for line in child.stdout if "listens on" in line)
        base = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        found = httpx.get(f"{base}/search", params={"q": "Zofia"}, timeout=30).json()["items"][0]
        assert httpx.get(f"{base}/customers/{found['customer_id']}", timeout=30).json()["orders"]["count"] >= 5
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
        assert child.returncode == 0
        assert list(tmp_path.iterdir()) == []
    finally:
        child.kill()
        child.communicate()


def test_many_readers_and_writers_at_once_are_all_answered(api: Api):
    def both(number: int) -> bool:
        stored = httpx.post(f"{base}/v1/identify", json={"userId": f"crowd-{number}"}, timeout=60).json()
        found = httpx.get(f"{base}/profiles/user_id:crowd-{number}", timeout=60).json()
        return bool(stored["customer_id"] == found["customer_id"])

    base = f"http://127.0.0.1:{api.port}"
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(both, range(48)))


@pytest.fixture(scope="module")
def dead(store: servers.Server) -> Iterator[tuple[Api, Engine]]:
    """An API whose store has gone."""
    with Engine.open(store.url, id_secret="secret") as engine, running(engine, Keys()) as api:
        engine.close()
        yield api, engine


def test_a_store_that_has_gone_is_a_problem_document_with_when_to_try_again(dead: tuple[Api, Engine]):
    answer = dead[0].http.get("/customers")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"] == "urn:graph-cdp:problem:store-unavailable"
    assert "bolt:" not in answer.text


def test_a_store_that_has_gone_makes_the_process_unready_and_leaves_it_alive(dead: tuple[Api, Engine]):
    assert [dead[0].http.get(path).status_code for path in ("/readyz", "/healthz")] == [503, 200]


def test_a_sender_learns_in_segments_shape_that_the_store_has_gone(dead: tuple[Api, Engine]):
    answer = dead[0].http.post("/v1/identify", json={"userId": "1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")


def test_a_failure_of_our_own_tells_nothing_and_names_the_log(dead: tuple[Api, Engine], monkeypatch, caplog):
    monkeypatch.setattr(dead[1], "graph", None)
    answer = dead[0].http.get(f"/profiles/user_id:{PRIVATE}/timeline")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:graph-cdp:problem:internal")
    assert answer.headers["x-request-id"]
    assert PRIVATE not in answer.text + caplog.text


def test_no_packet_of_an_answer_waits_for_the_one_before_to_be_acknowledged() -> None:
    with listening("127.0.0.1", 0, local=True) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
