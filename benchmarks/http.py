"""Questions over HTTP beside the same questions asked of the driver alone, in turn, and fifty clients at once."""

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
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final, LiteralString, cast
from urllib.parse import quote

import neo4j

from benchmarks.results import Result
from graph_cdp import samples
from graph_cdp.engine import Engine
from graph_cdp.predict.model import KEPT_AS
from graph_cdp.project.presence import RECENT
from graph_cdp.store.statements import statement
from graph_cdp.vocabulary import TELLING
from tests import servers
from tests.servers import Server

KEY, EAGER, COOKIE, CLIENTS = "user_id:busy", "user_id:eager", "anonymous_id:busy-7", 50
PATHS: Final = {
    "profile of 20 identifiers and 50 orders": f"/profiles/{quote(KEY)}",
    "profile of 20 identifiers, 50 orders, 500 events": f"/profiles/{quote(EAGER)}",
    "neighbours at depth 2": f"/graph/neighbours/{quote(KEY)}?depth=2",
    "why": f"/why?a={quote(KEY)}&b={quote(COOKIE)}",
}
_PEOPLE: Final = 150
# As the walk has them by default.
_LIMIT: Final = 200
_EACH: Final = 20


def measure(rounds: int) -> Result:
    """The medians of so many rounds of each question on every server that can be had."""
    rows, runs = [], {}
    for name in ("embedded", "neo4j"):
        try:
            found = _on(name, rounds)
        except servers.NoNeo4jError as missing:
            rows.append([name, "-", "-", "-", f"not here: {missing}", "-", "-", "-", "-"])
            continue
        runs[name] = found
        rows += [_row(name, question, times) for question, times in found.items()]
    return Result(
        "http",
        f"Questions over HTTP beside the bare driver, medians of {rounds:,} rounds",
        [
            *("server", "question", "driver, ms", "HTTP, ms", "of the driver", f"p99 of {CLIENTS} clients, ms"),
            *("HTTP again, ms", "of one row, x", f"p99 of {CLIENTS} clients, ms"),
        ],
        rows,
        [
            "the driver reads the same rows, gathered as lists by one statement (neighbours: by two)",
            f"the API is a process of its own; HTTP and driver take turns; {CLIENTS} clients ask without a pause",
            "HTTP: made anew each time (GRAPH_CDP_KEPT_MB=0); HTTP again: kept, as nothing has happened since",
            "of one row: HTTP again beside the driver reading the number of the last transaction",
        ],
        runs,
    )


def _row(name: str, question: str, times: Mapping[str, float]) -> list[str]:
    bare, http_, again = times["bare"], times["http"], times["again"]
    cold = [f"{bare:.1f}", f"{http_:.1f}", f"{http_ / bare:.2f}", f"{times['p99']:,.0f}"]
    return [name, question, *cold, f"{again:.1f}", f"{again / times['row']:.1f}", f"{times['p99 again']:,.0f}"]


def _on(name: str, rounds: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        run = servers.run_embedded if name == "embedded" else servers.find_neo4j().run
        with run(Path(folder)) as server:
            servers.clear(server)
            customer = _fill(server)
            with _served(server, kept=0) as cold, _served(server, kept=64) as kept, servers.driver_of(server) as driver:
                ports = {"http": cold, "again": kept}
                return {question: _times(ports, driver, question, customer, rounds) for question in PATHS}


def _fill(server: Server) -> str:
    """Loads other people and one busy customer; its id."""
    with Engine.open(server.url, server.user, server.password) as engine, tempfile.TemporaryDirectory() as folder:
        samples.write(Path(folder), people=_PEOPLE, seed=1)
        for _ in engine.ingest(engine.read(Path(folder) / "web.ndjson")):
            pass
        engine.accept(list(_busy("busy")))
        engine.accept([*_busy("eager"), *_viewed("eager", 432)])
        found = [engine.profile(key) for key in (KEY, EAGER)]
        assert [(len(one["identifiers"]), one["orders"]["count"]) for one in found] == [(20, 50)] * 2
        return str(found[0]["customer_id"])


def _busy(user: str) -> Iterator[dict[str, Any]]:
    """Somebody with 20 identifiers and 50 orders, of whom 68 events tell."""
    phone = "+48601000001" if user == "busy" else "+48601000002"
    traits = {"email": f"{user}@example.com", "phone": phone, "first_name": "Ann", "last_name": "Busy"}
    yield {"type": "identify", "userId": user, "traits": traits, "timestamp": "2026-01-01T00:00:00Z"}
    for number in range(17):
        yield {"type": "identify", "userId": user, "anonymousId": f"{user}-{number}"}
    for number in range(50):
        products = [{"product_id": f"P-{number}-{line}", "name": "Tea", "price": 9.9} for line in range(2)]
        order = {"order_id": f"{user}-{number}", "total": 19.8, "currency": "PLN", "products": products}
        at = f"2026-02-{number % 28 + 1:02}T{number % 24:02}:00:00Z"
        yield {"type": "track", "userId": user, "event": "Order Completed", "timestamp": at, "properties": order}


def _viewed(user: str, times: int) -> Iterator[dict[str, Any]]:
    """So many products that were looked at."""
    for number in range(times):
        at = f"2026-03-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00Z"
        seen = {"product_id": f"P-{number % 50}-0", "name": "Tea", "price": 9.9, "category": "drinks"}
        yield {"type": "track", "userId": user, "event": "Product Viewed", "timestamp": at, "properties": seen}


@contextmanager
def _served(server: Server, kept: int) -> Iterator[int]:
    """The port of the API in a process of its own, which keeps so many megabytes of answers."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
    given["GRAPH_CDP_KEPT_MB"] = str(kept)
    command = [Path(sys.executable).with_name("graph-cdp"), "serve", "--port", "0", "--store", server.url]
    child = subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", child.stdout.readline())
        assert found is not None
        yield int(found[1])
    finally:
        child.terminate()
        child.wait()


def _times(
    ports: Mapping[str, int], driver: neo4j.Driver, question: str, customer: str, rounds: int
) -> dict[str, float]:
    with driver.session(database="neo4j", default_access_mode=neo4j.READ_ACCESS) as session:
        asked: dict[str, Callable[[], Any]] = {
            "bare": lambda: session.execute_read(_bare, question, customer),
            "row": lambda: session.execute_read(_one_row),
        }
        for name, port in ports.items():
            asked[name] = _asker(http.client.HTTPConnection("127.0.0.1", port), PATHS[question])
        taken: dict[str, list[float]] = {name: [] for name in asked}
        for number in range(rounds + rounds // 4):
            for name, ask in asked.items():
                started = time.perf_counter()
                ask()
                if number >= rounds // 4:  # what comes before that warms all of them up
                    taken[name].append((time.perf_counter() - started) * 1000)
    p99 = {
        "p99": _p99(ports["http"], PATHS[question], rounds),
        "p99 again": _p99(ports["again"], PATHS[question], rounds),
    }
    return {name: median(each) for name, each in taken.items()} | p99


def _asker(connection: http.client.HTTPConnection, path: str) -> Callable[[], Any]:
    def ask() -> Any:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return json.loads(body)

    return ask


def _p99(port: int, path: str, rounds: int) -> float:
    """The slowest hundredth of the answers to clients that ask at once."""
    own = threading.local()

    def once(_: int) -> float:
        if not hasattr(own, "ask"):
            own.ask = _asker(http.client.HTTPConnection("127.0.0.1", port), path)
        started = time.perf_counter()
        own.ask()
        return (time.perf_counter() - started) * 1000

    with ThreadPoolExecutor(CLIENTS) as pool:
        return quantiles(list(pool.map(once, range(max(rounds, 4 * CLIENTS)))), n=100)[98]


Ask = Callable[[str, dict[str, Any]], list[neo4j.Record]]


def _bare(transaction: neo4j.ManagedTransaction, question: str, customer: str) -> None:
    """The rows that the answer is made of, by as few statements as will do, with nothing made of them."""
    _STATEMENTS[question](lambda text, given: list(transaction.run(cast(LiteralString, text), given)), customer)


def _one_row(transaction: neo4j.ManagedTransaction) -> None:
    list(transaction.run(cast(LiteralString, statement("read/last_touch"))))


def _bare_profile(key: str) -> Callable[[Ask, str], None]:
    """All rows by one statement."""
    whole = statement("read/sheet")
    given = {"keys": [key], "ids": [], "model": KEPT_AS, "topics": list(TELLING), "limit": RECENT + 1}

    def ask_all(ask: Ask, _: str) -> None:
        ask(whole, given)

    return ask_all


def _bare_neighbours(ask: Ask, customer: str) -> None:
    """A statement for each step away, as the second begins where the first has led to."""
    around = statement("read/neighbours")
    found = ask(around, {"keys": [KEY], "customers": [], "events": [], "each": _LIMIT})
    others = [other for record in found for other in record["nodes"]]
    keys = [properties["key"] for _, labels, properties in others if "Identifier" in labels]
    events = [properties["uid"] for _, labels, properties in others if "Event" in labels]
    ask(around, {"keys": keys, "customers": [customer], "events": events, "each": _EACH})


def _bare_why(ask: Ask, _: str) -> None:
    """The links of the customer of both, by one statement."""
    ask(_LINKS_OF_BOTH, {"key": KEY, "other": COOKIE})


_LINKS_OF_BOTH: Final = """
MATCH (:Identifier {key: $key})-[:MEMBER_OF]->(c:Customer)<-[:MEMBER_OF]-(:Identifier {key: $other})
MATCH (c)<-[:MEMBER_OF]-(a:Identifier)-[l:LINK]-(b:Identifier)-[:MEMBER_OF]->(d:Customer)
WHERE d.id <> c.id OR a.key < b.key
RETURN collect([a.key, b.key, l.kind, l.tier, l.first_seen, a.shared, b.shared, d.id]) AS links"""
_STATEMENTS: Final[Mapping[str, Callable[[Ask, str], None]]] = dict(
    zip(PATHS, (_bare_profile(KEY), _bare_profile(EAGER), _bare_neighbours, _bare_why), strict=True)
)
