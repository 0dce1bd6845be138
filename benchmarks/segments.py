"""Counting fifty segments beside DuckDB on exported tables, and what keeping them up adds to taking messages in."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb

from benchmarks import crowd, fifty
from benchmarks.processes import processor_seconds
from benchmarks.results import Result
from graph_cdp.crowd.asking import Crowd
from graph_cdp.engine import Engine
from graph_cdp.policy import Policy
from tests import servers
from tests.servers import Server

MORE: Final = 10_000
BATCH: Final = 1_000
ASKED_EVERY: Final = (1, 10)
Rows = list[list[str]]


def measure(customers: int) -> Result:
    """Fills each server with so many customers, and measures on it."""
    moment, runs = datetime.now(UTC), dict[str, Any]()
    rows = [_row("DuckDB, exported tables", customers, *_duckdb(customers, moment, runs))]
    for name in ("embedded", "neo4j"):
        with tempfile.TemporaryDirectory() as folder:
            run = servers.run_embedded if name == "embedded" else servers.find_neo4j().run
            with run(Path(folder)) as server:
                rows += _of_server(server, customers, folder, moment, runs)
    return Result(
        "segments",
        f"Fifty segments over {customers:,} customers",
        ["what", "wall s", "CPU s", "of that"],
        rows,
        [
            "a recount reads every customer anew; DuckDB reads its Parquet files anew and answers fifty queries",
            f"kept up: {MORE:,} messages of random customers in batches of {BATCH:,}, without a question and with one "
            "after every so many messages; CPU of this process and of the server together",
            "the counts of both are compared, and equal",
        ],
        runs,
    )


def _row(what: str, customers: int, wall: float, cpu: float, share: str = "") -> list[str]:
    return [what, f"{wall:,.2f}", f"{cpu:,.2f}", share or f"{customers / wall:,.0f} customers/s"]


def policy() -> Policy:
    """The fifty segments as a policy."""
    found = enumerate(condition for condition, _ in fifty.segments())
    described = "".join(f"[segments.s{number:02}]\ncondition = '''{text}'''\n" for number, text in found)
    return Policy("[namespaces.user_id]\ntrust = 1\nunique = true\n" + described)


def _duckdb(customers: int, moment: datetime, runs: dict[str, Any]) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        for name, table in fifty.tables(crowd.messages(customers)).items():
            table.write_parquet(Path(folder) / f"{name}.parquet")
        at, start, used = f"TIMESTAMPTZ '{moment.isoformat()}'", time.perf_counter(), time.process_time()
        with duckdb.connect() as base:
            for name in ("customers", "orders", "lines", "events"):
                base.execute(f"CREATE TABLE {name} AS SELECT * FROM '{folder}/{name}.parquet'")
            runs["duckdb"] = [
                base.execute(f"SELECT count(*) FROM customers c WHERE {said.replace('now', at)}").fetchall()[0][0]
                for _, said in fifty.segments()
            ]
        return time.perf_counter() - start, time.process_time() - used


def _of_server(server: Server, customers: int, folder: str, moment: datetime, runs: dict[str, Any]) -> Rows:
    name = server.name.partition(" ")[0]
    with Engine.open(server.url, server.user, server.password, policy=policy()) as engine:
        for _ in engine.ingest(crowd.items(crowd.messages(customers), engine.policy), 2 * BATCH):
            pass
        # Windows of time move on while a server is filled: both are asked about one moment.
        asked = Crowd(engine.graph, engine.crowd.in_force, clock=lambda: moment)
        wall, cpu = _timed(lambda: runs.update({name: asked.segments()}), folder)
        runs[name] = [row["count"] for row in runs[name]]
        if runs[name] != runs["duckdb"]:
            raise SystemExit(f"{name} and DuckDB count otherwise: {list(zip(runs[name], runs['duckdb'], strict=True))}")
        rows = [_row(f"{name}: recount", customers, wall, cpu)]
        return rows + _kept_up(name, engine, asked, customers, folder)


def _kept_up(name: str, engine: Engine, asked: Crowd, customers: int, folder: str) -> Rows:
    told = list(islice(crowd.messages(customers, seed=2), MORE * (2 + len(ASKED_EVERY))))
    random.Random(1).shuffle(told)
    parts = [told[start : start + MORE] for start in range(0, len(told), MORE)]
    _timed(lambda: _take(engine, asked, parts[0], 0), folder)  # a server gets faster over its first minutes
    bare = _timed(lambda: _take(engine, asked, parts[1], 0), folder)
    asked.segments()
    rows = [_row(f"{name}: ingest alone", MORE, *bare, share="1.00")]
    for every, part in zip(ASKED_EVERY, parts[2:], strict=True):
        wall, cpu = _timed(lambda part=part, every=every: _take(engine, asked, part, every), folder)
        said = f"{name}: ingest, counts asked for each {every * BATCH:,}"
        rows.append(_row(said, MORE, wall, cpu, f"{cpu / bare[1]:.2f}"))
    return rows


def _take(engine: Engine, asked: Crowd, told: list[crowd.Message], every: int) -> None:
    items = crowd.items(iter(told), engine.policy)
    for number, _ in enumerate(engine.ingest(items, BATCH), start=1):
        if every and number % every == 0:
            asked.segments()


def _timed(work: Any, folder: str) -> tuple[float, float]:
    start, used = time.perf_counter(), processor_seconds(folder)
    work()
    return time.perf_counter() - start, processor_seconds(folder) - used
