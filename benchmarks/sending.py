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
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from benchmarks import bare, processor
from benchmarks.results import Result
from graph_cdp import ingest, samples
from graph_cdp.model import Observation
from graph_cdp.policy import Policy, default_policy
from tests import servers
from tests.servers import Server
from tests.store.serving import messages_in

Message = dict[str, Any]
Call = tuple[str, bytes]

BATCH, SENDERS, CLIENTS, SINGLES = 100, 16, 50, 2_000
BARE_BATCHES: Final = (500, 1_000)
STEPS, WARM_UP = 5, 10_000
_MESSAGES_OF_A_PERSON: Final = 12
_MERGE, _CREATE = "bare merge", "bare create of events"
_NEW, _KNOWN = f"batches of {BATCH}", f"batches of {BATCH}, known visitors"
_ALONE: Final = "single messages"
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


@dataclass(slots=True)
class Run:
    """What came of one way to write so many messages: seconds, how long answers took, processor seconds by process."""

    messages: int
    seconds: float = 0.0
    p50: float | None = None
    p99: float | None = None
    spent: dict[str, float] = field(default_factory=dict)
    floor: str = ""

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    @property
    def cost(self) -> float:
        """Processor seconds of all processes for 10,000 messages."""
        return sum(self.spent.values()) / self.messages * 10_000


Runs = dict[str, Run]


@dataclass(frozen=True, slots=True)
class Running:
    """A server with the process that it is."""

    server: Server
    process: int


def measure(amount: int) -> Result:
    """So many messages on every server that can be had, on a graph that grows from nothing."""
    rows, kept = [], {}
    policy = default_policy()
    messages, warm = _messages(amount, 1), _messages(min(WARM_UP, amount), 2)
    for name in ("neo4j", "embedded"):
        try:
            runs = _on(name, messages, warm, policy)
        except servers.NoNeo4jError as missing:
            rows.append([name, f"not here: {missing}", *("-" * 7)])
            continue
        kept |= {
            f"{name}, {what}": {"rate": run.rate, "p50": run.p50, "p99": run.p99, "spent": run.spent}
            for what, run in runs.items()
        }
        rows += [[name, what, *_cells(run, runs)] for what, run in runs.items()]
    return Result(
        "sending",
        f"{len(messages):,} messages sent over HTTP",
        ["server", "what", "messages/s", "p50, ms", "p99, ms", "CPU s server", "CPU s others", "of bare", "CPU / bare"],
        rows,
        [
            f"batches of {BATCH} from {SENDERS} connections; single messages from {CLIENTS} clients without a pause",
            "client, API and server share the machine; the API reads, resolves and answers, the bare write does not",
            f"every server is warmed up with {len(warm):,} messages of other people, which are taken away again",
            "known visitors: the same but for orders once more under new ids, beside a bare CREATE of the events",
            "CPU s: processor seconds for 10,000 messages; others are the API and the client, or the client alone",
        ],
        kept,
    )


def _cells(run: Run, runs: Runs) -> list[str]:
    times = ["-" if taken is None else f"{taken:,.0f}" for taken in (run.p50, run.p99)]
    each = 10_000 / run.messages
    server = run.spent["server"] * each
    floor = runs.get(run.floor)
    ratios = [f"{run.rate / floor.rate:.2f}", f"{run.cost / floor.cost:.2f}"] if floor else ["-", "-"]
    return [f"{run.rate:,.0f}", *times, f"{server:.2f}", f"{run.cost - server:.2f}", *ratios]


def _messages(amount: int, seed: int) -> list[Message]:
    with tempfile.TemporaryDirectory() as folder:
        samples.write(Path(folder), people=max(50, amount // _MESSAGES_OF_A_PERSON), seed=seed)
        found = messages_in(Path(folder) / "app.ndjson", Path(folder) / "web.ndjson")
    # Without the sender's clock, which would be corrected by the time of the measurement.
    return [{name: value for name, value in one.items() if name != "sentAt"} for one in found][:amount]


def _on(name: str, messages: Sequence[Message], warm: Sequence[Message], policy: Policy) -> Runs:
    tried = [_bare(name, size, messages, warm, policy) for size in BARE_BATCHES]
    runs = max(tried, key=lambda found: found[_MERGE].rate)
    with _server(name) as running:
        with _serving(running, 1_000) as (port, processes):
            _send(port, processes, _batches(warm), SENDERS)
            _send(port, processes, _batches(_again(warm, "w")), SENDERS)
        _forget(running.server)
        with _serving(running, 1_000) as (port, processes):
            for part, what in _parts(messages, _NEW):
                runs[what] = _send(port, processes, _batches(part), SENDERS, what.replace(_NEW, _MERGE))
            runs[_KNOWN] = _send(port, processes, _batches(_again(_visits(messages), "b")), SENDERS, _CREATE)
            runs[_ALONE] = _send(port, processes, _singles(_again(messages, "on")[:SINGLES]), CLIENTS)
        with _serving(running, 1) as (port, processes):
            singles = _singles(_again(messages, "off")[:SINGLES])
            runs[f"{_ALONE}, without group commit"] = _send(port, processes, singles, CLIENTS)
    runs |= {_NEW: _together(runs, _NEW, _MERGE)}
    return runs


def _parts(messages: Sequence[Any], what: str) -> Iterator[tuple[Sequence[Any], str]]:
    size = -(-len(messages) // STEPS)
    for start in range(0, len(messages), size):
        part = messages[start : start + size]
        yield part, f"{what}, to {start + len(part):,}"


def _together(runs: Runs, what: str, floor: str) -> Run:
    parts = [run for name, run in runs.items() if name.startswith(f"{what}, to ")]
    whole = Run(sum(run.messages for run in parts), sum(run.seconds for run in parts), floor=floor)
    whole.spent = {name: sum(run.spent[name] for run in parts) for name in parts[0].spent}
    return whole


@contextmanager
def _server(name: str) -> Iterator[Running]:
    with tempfile.TemporaryDirectory() as folder:
        run = servers.run_embedded if name == "embedded" else servers.find_neo4j().run
        with run(Path(folder)) as server:
            servers.clear(server)
            yield Running(server, processor.server_on(Path(folder)))


def _forget(server: Server) -> None:
    """Takes away those that it was warmed up with: names and numbers of theirs may be those of others."""
    with servers.driver_of(server) as driver:
        driver.execute_query("MATCH (n) WHERE NOT n:Migration DETACH DELETE n", database_="neo4j")


def _bare(name: str, size: int, messages: Sequence[Message], warm: Sequence[Message], policy: Policy) -> Runs:
    runs: Runs = {}
    with _server(name) as running, servers.driver_of(running.server) as driver:
        processes = {"server": running.process, "client": os.getpid()}

        def timed(transactions: Sequence[Sequence[bare.Call]], amount: int) -> Run:
            run, started = Run(amount), time.perf_counter()
            with processor.measured(processes, run.spent):
                bare.merge(driver, transactions)
            run.seconds = time.perf_counter() - started
            return run

        bare.constrain(driver)
        bare.merge(driver, bare.calls(_observations(warm, policy), policy, size))
        bare.merge(driver, _events(_observations(_again(warm, "w"), policy), policy, size))
        _forget(running.server)
        for part, what in _parts(messages, _MERGE):
            seen = _observations(part, policy)
            runs[what] = timed(bare.calls(seen, policy, size), len(seen))
        again = _observations(_again(_visits(messages), "b"), policy)
        runs[_CREATE] = timed(_events(again, policy, size), len(again))
    runs[_MERGE] = _together(runs, _MERGE, "")
    return runs


def _events(seen: Sequence[Observation], policy: Policy, size: int) -> list[list[bare.Call]]:
    """The creating of the events alone, which takes no message twice."""
    once = list({one.uid: one for one in seen}.values())
    return [[(bare.CREATED_EVENTS, each[-1][1])] for each in bare.calls(once, policy, size)]


def _observations(messages: Sequence[Message], policy: Policy) -> list[Observation]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "messages.ndjson"
        file.write_text("".join(json.dumps(message) + "\n" for message in messages))
        return [one for one in ingest.read(file, policy=policy, received_at=0) if isinstance(one, Observation)]


def _again(messages: Sequence[Message], mark: str) -> list[Message]:
    return [{**one, "messageId": f"{one['messageId']}-{mark}"} for one in messages]


def _visits(messages: Sequence[Message]) -> list[Message]:
    """Those that are about no order, of which more is written than the event."""
    return [one for one in messages if "order_id" not in one.get("properties", {})]


def _batches(messages: Sequence[Message]) -> list[tuple[int, Call]]:
    parts = [messages[at : at + BATCH] for at in range(0, len(messages), BATCH)]
    return [(len(part), ("batch", json.dumps({"batch": part}).encode())) for part in parts]


def _singles(messages: Sequence[Message]) -> list[tuple[int, Call]]:
    return [(1, (str(one["type"]), json.dumps(one).encode())) for one in messages]


@contextmanager
def _serving(running: Running, together: int) -> Iterator[tuple[int, dict[str, int]]]:
    """The port of an API in a process of its own, which commits so many messages together, and all processes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
    command = [sys.executable, "-c", _PROGRAM, running.server.url, str(together)]
    child = subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", child.stdout.readline())
        assert found is not None
        yield int(found[1]), {"server": running.process, "api": child.pid, "client": os.getpid()}
    finally:
        child.terminate()
        child.wait()


def _send(
    port: int, processes: dict[str, int], calls: Sequence[tuple[int, Call]], clients: int, floor: str = ""
) -> Run:
    """Sends it all from so many connections at once."""
    own = threading.local()

    def send(call: Call) -> float:
        if not hasattr(own, "post"):
            own.post = _poster(http.client.HTTPConnection("127.0.0.1", port))
        started = time.perf_counter()
        own.post(*call)
        return (time.perf_counter() - started) * 1_000

    run = Run(sum(size for size, _ in calls), floor=floor)
    with ThreadPoolExecutor(clients) as pool, processor.measured(processes, run.spent):
        started = time.perf_counter()
        taken = list(pool.map(send, [call for _, call in calls]))
        run.seconds = time.perf_counter() - started
    shares = quantiles(taken, n=100)
    run.p50, run.p99 = shares[49], shares[98]
    return run


def _poster(connection: http.client.HTTPConnection) -> Callable[[str, bytes], None]:
    def post(call: str, body: bytes) -> None:
        while True:
            connection.request("POST", f"/v1/{call}", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != http.client.TOO_MANY_REQUESTS:
                assert answer.status == http.client.OK, said
                return
            time.sleep(0.1)

    return post
