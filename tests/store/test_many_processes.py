"""Processes by the half dozen on one Neo4j, and a network that is cut: as if one had written, and nothing lost."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from graph_cdp import samples
from tests import servers
from tests.commands import COMMAND
from tests.store.conftest import SECRET, engine_on
from tests.store.proxy import proxy_to
from tests.store.serving import ApiProcess, Message, Sender, messages_in, parts
from tests.store.test_killed_writers import check, wait_until_acknowledged

PROCESSES = 4
SECONDS_CUT = 10


@pytest.fixture
def neo4j(store: servers.Server) -> servers.Server:
    if store.name != "neo4j":
        pytest.skip("the embedded server has one writer at a time, and no network")
    return store


@pytest.fixture
def messages(tmp_path: Path) -> list[Message]:
    samples.write(tmp_path, people=50, seed=7)
    return messages_in(tmp_path / "app.ndjson", tmp_path / "web.ndjson")


@contextlib.contextmanager
def apis(server: servers.Server, count: int, folder: Path) -> Iterator[list[ApiProcess]]:
    with contextlib.ExitStack() as running:
        made = [ApiProcess(server, folder / f"api-{number}.log") for number in range(count)]
        for one in made:
            running.callback(one.kill)
            one.start()
        yield made


def test_four_apis_and_two_loads_of_the_same_messages_come_to_what_one_would(
    neo4j: servers.Server, messages: list[Message], tmp_path: Path
) -> None:
    some = messages[:240]
    with engine_on(neo4j), apis(neo4j, PROCESSES, tmp_path) as running:
        loads = [load(neo4j, tmp_path / f"load-{number}.ndjson", some) for number in range(2)]
        with ThreadPoolExecutor(PROCESSES) as pool:
            sent = [
                pool.submit(Sender(api).send, parts(shuffled(some, number), 20)) for number, api in enumerate(running)
            ]
            for future in sent:
                future.result(180)
        for one in loads:
            said, _ = one.communicate(timeout=180)
            assert one.returncode == 0, said
    check(neo4j, some)


def load(server: servers.Server, file: Path, messages: list[Message]) -> subprocess.Popen[str]:
    """A process that loads the messages from a file, in an order of its own."""
    file.write_text("".join(json.dumps(message) + "\n" for message in shuffled(messages, hash(file.name))))
    settings = {"STORE": server.url, "STORE_USER": server.user, "STORE_PASSWORD": server.password, "ID_SECRET": SECRET}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_CDP_")}
    given = {f"GRAPH_CDP_{name}": value for name, value in settings.items() if value}
    return subprocess.Popen(
        [str(COMMAND), "ingest", str(file), "--json"],
        env={**kept, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def shuffled(messages: list[Message], seed: int) -> list[Message]:
    return random.Random(seed).sample(messages, len(messages))


def test_a_network_cut_for_ten_seconds_loses_nothing(
    neo4j: servers.Server, messages: list[Message], tmp_path: Path
) -> None:
    some = messages[:80]
    with proxy_to(int(neo4j.url.rpartition(":")[2])) as proxy:
        behind = replace(neo4j, url=f"bolt://127.0.0.1:{proxy.port}")
        with engine_on(neo4j), apis(behind, 1, tmp_path) as (api,), ThreadPoolExecutor(2) as pool:
            senders = [Sender(api), Sender(api)]
            sent = [pool.submit(one.send, parts(some[at::2], 4)) for at, one in enumerate(senders)]
            wait_until_acknowledged(20, senders, sent)
            proxy.cut()
            time.sleep(SECONDS_CUT)
            proxy.mend()
            for future in sent:
                future.result(120)
    assert {503, 200} == {status for one in senders for status in one.statuses}
    check(neo4j, some)
