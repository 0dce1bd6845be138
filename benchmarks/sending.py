"""Messages sent over HTTP: in batches and one by one, new and known visitors, beside the bare writes of the same."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from benchmarks import bare
from benchmarks.results import Result
from graph_cdp import ingest, samples
from graph_cdp.model import Observation
from graph_cdp.policy import Policy, default_policy
from tests import servers
from tests.servers import Server
from tests.store.serving import messages_in

Message = dict[str, Any]

BATCH, SENDERS, CLIENTS, SINGLES = 100, 4, 50, 2_000
BARE_BATCHES: Final = (500, 1_000)
_MESSAGES_OF_A_PERSON: Final = 12
_PROGRAM: Final = """
import sys
from contextlib import contextmanager
from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from graph_cdp_api.serve import serve

@contextmanager
def opened():
    with Engine.open(sys.argv[1]) as engine:
        engine.gathering.together = int(sys.argv[2])
        yield engine

serve(Settings(), opened, "127.0.0.1", 0)
"""


def measure(amount: int) -> Result:
    """So many messages on every server that can be had, on a graph that grows from nothing."""
    rows, runs = [], {}
    policy = default_policy()
    messages = _messages(amount)
    for name in ("neo4j", "embedded"):
        try:
            found = _on(name, messages, policy)
        except servers.NoNeo4jError as missing:
            rows.append([name, f"not here: {missing}", "-", "-", "-", "-"])
            continue
        runs[name] = found
        rows += [[name, what, *cells] for what, cells in _cells(found)]
    return Result(
        "sending",
        f"{len(messages):,} messages sent over HTTP",
        ["server", "what", "messages/s", "p50, ms", "p99, ms", "of the bare write"],
        rows,
        [
            f"batches of {BATCH} from {SENDERS} connections; single messages from {CLIENTS} clients without a pause",
            "client, API and server share the machine; the API reads, resolves and answers, the bare write does not",
            "known visitors: the same messages once more under new ids, beside a bare CREATE of the events",
        ],
        runs,
    )


def _cells(found: dict[str, dict[str, float]]) -> Iterator[tuple[str, list[str]]]:
    for what, one in found.items():
        floor = found.get(str(_FLOORS.get(what)), {}).get("rate")
        ratio = f"{one['rate'] / floor:.2f}" if floor else "-"
        times = [f"{one[name]:,.0f}" if name in one else "-" for name in ("p50", "p99")]
        yield what, [f"{one['rate']:,.0f}", *times, ratio]


_MERGE, _CREATE = "bare merge", "bare create of events"
_NEW, _KNOWN = f"batches of {BATCH}", f"batches of {BATCH}, known visitors"
_FLOORS: Final = {_NEW: _MERGE, _KNOWN: _CREATE}


def _messages(amount: int) -> list[Message]:
    with tempfile.TemporaryDirectory() as folder:
        samples.write(Path(folder), people=max(50, amount // _MESSAGES_OF_A_PERSON), seed=1)
        found = messages_in(Path(folder) / "app.ndjson", Path(folder) / "web.ndjson")
    # Without the sender's clock, which would be corrected by the time of the measurement.
    return [{name: value for name, value in one.items() if name != "sentAt"} for one in found][:amount]


def _on(name: str, messages: Sequence[Message], policy: Policy) -> dict[str, dict[str, float]]:
    with _server(name) as server:
        found = _bare(server, messages, policy)
    with _server(name) as server:
        with _serving(server, 1_000) as port:
            found[_NEW] = _sent(port, "batch", _batches(messages), SENDERS, BATCH)
            found[_KNOWN] = _sent(port, "batch", _batches(_again(messages, "b")), SENDERS, BATCH)
            found["single messages"] = _sent(port, "track", _again(messages, "on")[:SINGLES], CLIENTS, 1)
        with _serving(server, 1) as port:
            singles = _again(messages, "off")[:SINGLES]
            found["single messages, without group commit"] = _sent(port, "track", singles, CLIENTS, 1)
    return found


@contextmanager
def _server(name: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        run = servers.run_embedded if name == "embedded" else servers.find_neo4j().run
        with run(Path(folder)) as server:
            servers.clear(server)
            yield server


def _bare(server: Server, messages: Sequence[Message], policy: Policy) -> dict[str, dict[str, float]]:
    seen = _observations(messages, policy)
    with servers.driver_of(server) as driver:
        bare.constrain(driver)
        best = 0.0
        for size in BARE_BATCHES:
            prepared = bare.calls(seen, policy, size)
            for _ in range(2):  # the first warms the server up
                driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
                started = time.perf_counter()
                bare.merge(driver, prepared)
                best = max(best, len(seen) / (time.perf_counter() - started))
        again = _observations(_again(messages, "b"), policy)
        prepared = [[calls[-1]] for calls in bare.calls(again, policy, BARE_BATCHES[-1])]
        events = [[(bare.CREATED_EVENTS, rows) for _, rows in calls] for calls in prepared]
        started = time.perf_counter()
        bare.merge(driver, events)
        created = len(again) / (time.perf_counter() - started)
    return {_MERGE: {"rate": best}, _CREATE: {"rate": created}}


def _observations(messages: Sequence[Message], policy: Policy) -> list[Observation]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "messages.ndjson"
        file.write_text("".join(json.dumps(message) + "\n" for message in messages))
        return [one for one in ingest.read(file, policy=policy, received_at=0) if isinstance(one, Observation)]


def _again(messages: Sequence[Message], mark: str) -> list[Message]:
    return [{**one, "messageId": f"{one['messageId']}-{mark}"} for one in messages]


def _batches(messages: Sequence[Message]) -> list[Message]:
    return [{"batch": messages[at : at + BATCH]} for at in range(0, len(messages), BATCH)]


@contextmanager
def _serving(server: Server, together: int) -> Iterator[int]:
    """The port of an API in a process of its own, which commits so many messages together."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
    command = [sys.executable, "-c", _PROGRAM, server.url, str(together)]
    child = subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", child.stdout.readline())
        assert found is not None
        yield int(found[1])
    finally:
        child.terminate()
        child.wait()


def _sent(port: int, call: str, bodies: Sequence[Message], clients: int, size: int) -> dict[str, float]:
    """Messages a second, and how long the answers took in milliseconds."""
    own = threading.local()

    def send(body: Message) -> float:
        if not hasattr(own, "post"):
            own.post = _poster(http.client.HTTPConnection("127.0.0.1", port), f"/v1/{call}")
        started = time.perf_counter()
        own.post(json.dumps(body).encode())
        return (time.perf_counter() - started) * 1_000

    with ThreadPoolExecutor(clients) as pool:
        started = time.perf_counter()
        taken = list(pool.map(send, bodies))
        seconds = time.perf_counter() - started
    shares = quantiles(taken, n=100)
    return {"rate": len(bodies) * size / seconds, "p50": shares[49], "p99": shares[98]}


def _poster(connection: http.client.HTTPConnection, path: str) -> Callable[[bytes], None]:
    def post(body: bytes) -> None:
        while True:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != http.client.TOO_MANY_REQUESTS:
                assert answer.status == http.client.OK, said
                return
            time.sleep(0.1)

    return post
