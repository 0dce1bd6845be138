"""What one event costs on graphs of growing size, what a relink costs that changes nothing, and the pure side alone.

A graph is made from a generated links file: resolved in memory, and written by the statements that ingesting uses.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import polars as pl

from benchmarks import component, graphs, links
from benchmarks.results import Result
from graph_cdp.engine import Engine
from graph_cdp.model import Observation
from graph_cdp.resolve import tables
from graph_cdp.state import Writes
from graph_cdp.store.statements import statement
from tests import servers
from tests.servers import Server

SIZES: Final = (100_000, 1_000_000)
EVENTS: Final = 60
_WARM: Final = 20
_CHUNK: Final = 2_000
_SEED: Final = 7
_NOW: Final = 1_780_000_000_000_000


def measure(most: int) -> Result:
    """Events on graphs of up to so many links on both servers, and a component of 10,000 identifiers in memory."""
    rows, runs = [], {}
    sizes = [size for size in SIZES if size < most] + [most]
    for name in ("neo4j", "embedded"):
        first: dict[str, float] = {}
        for size in sizes:
            try:
                with _server(name) as server:
                    found = _on(server, size)
            except servers.NoNeo4jError as missing:
                rows.append([name, f"{size:,}", f"not here: {missing}", "-", "-", "-"])
                continue
            runs[f"{name}, {size:,} links"] = found
            for what, (wall, outside) in found.items():
                base = first.setdefault(what, wall)
                rows.append([name, f"{size:,}", what, f"{wall:,.1f}", f"{outside:,.1f}", f"{wall / base:.2f}"])
    for what, spent in component.measure().items():
        rows.append(["none", "-", what, f"{spent:,.1f}", "0.0", "-"])
        runs[what] = {"ms": spent}
    return Result(
        "growth",
        f"One event on graphs of up to {most:,} links",
        ["server", "links", "what", "ms", "of which outside this process", "of the smallest graph"],
        rows,
        [
            f"medians of {EVENTS} events of each sort, one transaction an event, after {_WARM} that are not counted",
            "targets: the largest graph at most 1.5x of the smallest; in memory at most 50 ms; a relink that changes"
            " nothing at most 1.5x of reading the same rows over Bolt",
        ],
        runs,
    )


@contextmanager
def _server(name: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        run = servers.run_embedded if name == "embedded" else servers.find_neo4j().run
        with run(Path(folder)) as server:
            servers.clear(server)
            yield server


def _on(server: Server, size: int) -> dict[str, tuple[float, float]]:
    """Milliseconds by what was done, in all and outside this process."""
    with Engine.open(server.url, server.user, server.password, id_secret="benchmark") as engine:
        rows = _generated(size)
        fill(engine, rows)
        found = {"bare reading": _timed(lambda: _read(server)), "relink, nothing to do": _timed(engine.relink)}
        for what, events in _events(rows).items():
            for event in events[:_WARM]:
                engine.absorb([event])
            each = [_timed(lambda event=event: engine.absorb([event])) for event in events[_WARM:]]
            found[what] = (median(wall for wall, _ in each), median(outside for _, outside in each))
        return found


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    start, own = time.perf_counter(), time.process_time()
    work()
    wall = (time.perf_counter() - start) * 1e3
    return wall, max(0.0, wall - (time.process_time() - own) * 1e3)


def _generated(size: int) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "links.parquet"
        links.write(file, links=size)
        return tables.evidence_of(pl.read_parquet(file), "links.parquet")


def fill(engine: Engine, rows: pl.DataFrame) -> None:
    """Writes the links and what they make into an empty graph, by the statements that ingesting uses."""
    made = graphs.held(rows, engine.policy, engine.customer_id)
    parts = {"new_nodes": made.nodes, "new_links": made.links, "created": made.customers, "moves": made.moves}
    for what, states in parts.items():
        _write(engine, what, states)


def _write(engine: Engine, what: str, states: Sequence[Any]) -> None:
    policy = engine.policy
    for start in range(0, len(states), _CHUNK):
        writes = Writes(**{what: tuple(states[start : start + _CHUNK])})
        engine.graph.write(lambda transaction, writes=writes: transaction.write(writes, policy, engine.customer_id))


def _read(server: Server) -> int:
    """Reads what a relink needs, and no more: identifiers with their customers, customers, links."""
    whole = {"after": "", "until": "\U0010ffff"}
    names = ("read/held_identifiers", "read/held", "read/links_in_range")
    with servers.driver_of(server) as driver, driver.session(database="neo4j") as session:
        return sum(1 for name in names for _ in session.run(statement(name), whole))


def _events(rows: pl.DataFrame) -> dict[str, list[Observation]]:
    """Events of each sort about people whom the graph knows, drawn at random but always the same."""
    rng = random.Random(_SEED)
    logins = rows.filter((pl.col("kind") == "login") & pl.col("a").str.starts_with("anonymous_id:"))
    pairs = rng.sample(list(logins.select("a", "b").iter_rows()), 4 * (EVENTS + _WARM))
    known, new, one, other = (pairs[start::4] for start in range(4))
    return {
        "known: a login as before": [_login(cookie, user) for cookie, user in known],
        "joined: a login with a new cookie": [_login(f"anonymous_id:new-{user}", user) for _, user in new],
        "created: two identifiers that nobody knows": [
            _login(f"anonymous_id:fresh-{user}", f"email:fresh-{user.partition(':')[2]}@example.pl") for _, user in one
        ],
        "merged or refused: a cookie with another's account": [
            _login(cookie, user) for (cookie, _), (_, user) in zip(one, other, strict=True)
        ],
    }


def _login(one: str, other: str) -> Observation:
    name = f"{one} {other}"
    return Observation(name, "benchmark", name, "login", "Signed In", tuple(sorted((one, other))), _NOW, _NOW)
