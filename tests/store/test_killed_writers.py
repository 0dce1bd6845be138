"""The API and the server killed at random moments under load: all that was acknowledged is there, and nothing twice.

`make chaos` kills a hundred of them; GRAPH_CDP_KILLS says how many, GRAPH_CDP_KILLS_SEED when.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph_cdp import samples
from graph_cdp.engine import Engine
from tests import servers
from tests.store.conftest import engine_on
from tests.store.processes import servers_in, within
from tests.store.serving import ApiProcess, Message, Sender, messages_in, parts
from tests.store.test_killed_relinks import customers_that_are_not_whole, memberships, replayed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

# On each of two servers: half of them the API, half of them the server.
KILLS = int(os.environ.get("GRAPH_CDP_KILLS", "10")) // 2
SEED = os.environ.get("GRAPH_CDP_KILLS_SEED") or secrets.token_hex(4)
SENDERS = 4
BATCH = 5
PEOPLE_A_KILL, MESSAGES_A_KILL = 5, 60


@dataclass
class Victim:
    """A store that can be killed; `revive` where it does not come back by itself."""

    server: servers.Server
    kill: Callable[[], None]
    revive: Callable[[], None]


@contextlib.contextmanager
def embedded_victim(folder: Path) -> Iterator[Victim]:
    def kill() -> None:
        for process in servers_in(folder):
            os.kill(process, signal.SIGKILL)

    yield Victim(servers.Server("embedded", f"embedded:{folder}"), kill, lambda: None)


@contextlib.contextmanager
def neo4j_victim(folder: Path) -> Iterator[Victim]:
    try:
        with servers.run_jvm(folder) as jvm:
            yield Victim(jvm.server, jvm.kill, jvm.start)
    except servers.NoNeo4jError as reason:
        if servers.neo4j_required():
            pytest.fail(f"Neo4j is required: {reason}", pytrace=False)
        pytest.skip(f"no Neo4j on a local JVM: {reason}")


@pytest.fixture(params=[embedded_victim, neo4j_victim], ids=["embedded", "neo4j"])
def victim(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Victim]:
    (tmp_path / "store").mkdir()
    with request.param(tmp_path / "store") as made:
        yield made


@pytest.fixture
def api(victim: Victim, tmp_path: Path) -> Iterator[ApiProcess]:
    made = ApiProcess(victim.server, tmp_path / "api.log")
    made.start()
    yield made
    made.kill()


def test_what_was_acknowledged_is_there_once_whoever_was_killed(
    victim: Victim, api: ApiProcess, tmp_path: Path
) -> None:
    print(f"GRAPH_CDP_KILLS_SEED={SEED}")
    chance = random.Random(SEED)
    samples.write(tmp_path, people=max(50, PEOPLE_A_KILL * KILLS), seed=5)
    messages = messages_in(tmp_path / "app.ndjson", tmp_path / "web.ndjson")
    chance.shuffle(messages)
    del messages[MESSAGES_A_KILL * KILLS :]
    senders = [Sender(api) for _ in range(SENDERS)]
    with ThreadPoolExecutor(SENDERS) as pool:
        sent = [pool.submit(one.send, parts(messages[at::SENDERS], BATCH)) for at, one in enumerate(senders)]
        for number, after in enumerate(sorted(chance.sample(range(len(messages) * 9 // 10), KILLS))):
            wait_until_acknowledged(after, senders, sent)
            time.sleep(chance.uniform(0, 0.1))
            (kill_the_api if number % 2 else kill_the_server)(victim, api)
        for future in sent:
            future.result(120)
    assert api.end() == 0
    check(victim.server, messages)


def wait_until_acknowledged(count: int, senders: list[Sender], sent: list[Future[None]]) -> None:
    def reached() -> bool:
        return any(future.done() for future in sent) or sum(one.acknowledged for one in senders) >= count

    assert within(120, reached)


def kill_the_api(_: Victim, api: ApiProcess) -> None:
    api.kill()
    api.start()


def kill_the_server(victim: Victim, _: ApiProcess) -> None:
    victim.kill()
    victim.revive()


def check(server: servers.Server, messages: list[Message]) -> None:
    """Every message is there once, and the customers are those that all observations give from scratch."""
    with engine_on(server) as engine:
        wanted = {message["messageId"] for message in messages}
        assert sorted(held(engine, server)) == sorted(wanted - rejected(engine))
        assert customers_that_are_not_whole(server) == []
        assert replayed(engine) == memberships(engine)
        summary = engine.plan_relink(rebuild=True).summary
        assert (summary["identifiers_moved"], sum(summary["rebuilt"].values())) == (0, 0)


def held(engine: Engine, server: servers.Server) -> list[str]:
    with servers.driver_of(server) as driver, driver.session(database="neo4j") as session:
        return [row["id"] for row in session.run("MATCH (e:Event) RETURN e.message_id AS id")]


def rejected(engine: Engine) -> set[str]:
    """The ids of the messages that are dead letters."""
    return {json.loads(row["raw"])["messageId"] for row in engine.rejected(1000)}
