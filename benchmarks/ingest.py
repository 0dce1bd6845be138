"""Ingesting generated messages on each server, beside a bare UNWIND MERGE of the same nodes and links."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import bare
from benchmarks.results import Result
from graph_cdp import ingest, samples
from graph_cdp.engine import BATCH, Engine
from graph_cdp.model import Observation
from graph_cdp.policy import Policy, default_policy
from tests import servers
from tests.servers import Server

BARE_BATCHES: Final = (500, 1000, 5000)
WARM_UP: Final = 5000
_MESSAGES_OF_A_PERSON: Final = 12
_SEED, _OTHER_SEED = 1, 2

Write = Callable[[Server, Sequence[Observation], Sequence[Observation]], float]


def measure(amount: int) -> Result:
    """Engine.ingest and the bare merge of so many messages on every server that can be had."""
    policy = default_policy()
    start = time.perf_counter()
    messages = _messages(amount, _SEED, policy)
    read = len(messages) / (time.perf_counter() - start)
    warm = _messages(min(WARM_UP, amount), _OTHER_SEED, policy)
    rows, runs = [], {}
    for name in ("embedded", "neo4j"):
        try:
            rates = _rates(name, messages, warm, policy)
        except servers.NoNeo4jError as missing:
            rows.append([name, "-", "-", "-", f"not here: {missing}"])
            continue
        runs[name] = rates
        rows += _rows(name, rates, len(messages))
    return Result(
        "ingest",
        f"Ingest of {len(messages):,} messages",
        ["server", "writes", "messages/s", "seconds", "of the bare merge"],
        rows,
        [
            f"a fresh store for each, constraints on, warmed with {len(warm):,} messages of other people, who go again",
            "the bare merge writes identifiers, links and events; rows prepared beforehand, best batch size counts",
            f"both start from observations; reading and normalising the messages runs at {read:,.0f}/s beside that",
        ],
        runs,
    )


def _messages(amount: int, seed: int, policy: Policy) -> list[Observation]:
    with tempfile.TemporaryDirectory() as folder:
        samples.write(Path(folder), people=max(50, amount // _MESSAGES_OF_A_PERSON), seed=seed)
        files = [Path(folder) / "app.ndjson", Path(folder) / "web.ndjson"]
        items = [item for file in files for item in ingest.read(file, policy=policy, received_at=0)]
    return [item for item in items if isinstance(item, Observation)][:amount]


def _rates(name: str, messages: Sequence[Observation], warm: Sequence[Observation], policy: Policy) -> dict[str, float]:
    """Messages a second of each way to write."""
    ways: dict[str, Write] = {f"bare merge, batches of {size:,}": partial(_bare, policy, size) for size in BARE_BATCHES}
    ways[f"Engine.ingest, batches of {BATCH:,}"] = _engine
    rates = {}
    for way, write in ways.items():
        with _server(name) as server:
            rates[way] = round(len(messages) / write(server, warm, messages), 1)
    return rates


@contextmanager
def _server(name: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        run = servers.run_embedded if name == "embedded" else servers.find_neo4j().run
        with run(Path(folder)) as server:
            servers.clear(server)
            yield server


def _bare(
    policy: Policy, size: int, server: Server, warm: Sequence[Observation], messages: Sequence[Observation]
) -> float:
    prepared = bare.calls(messages, policy, size)
    with servers.driver_of(server) as driver:
        bare.constrain(driver)
        bare.merge(driver, bare.calls(warm, policy, size))
        _forget(server)
        start = time.perf_counter()
        bare.merge(driver, prepared)
        return time.perf_counter() - start


def _engine(server: Server, warm: Sequence[Observation], messages: Sequence[Observation]) -> float:
    with Engine.open(server.url, server.user, server.password) as engine:
        for _ in engine.ingest(warm):
            pass
    _forget(server)
    with Engine.open(server.url, server.user, server.password) as engine:
        start = time.perf_counter()
        for _ in engine.ingest(messages):
            pass
        return time.perf_counter() - start


def _forget(server: Server) -> None:
    """Takes away those that it was warmed up with: names and numbers of theirs may be those of others."""
    with servers.driver_of(server) as driver:
        driver.execute_query("MATCH (n) WHERE NOT n:Migration DETACH DELETE n", database_="neo4j")


def _rows(name: str, rates: dict[str, float], amount: int) -> list[list[str]]:
    best = max(rate for way, rate in rates.items() if way.startswith("bare"))
    return [[name, way, f"{rate:,.0f}", f"{amount / rate:,.1f}", f"{rate / best:.2f}"] for way, rate in rates.items()]
