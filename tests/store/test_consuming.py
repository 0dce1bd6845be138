"""Messages of Kafka, on a real broker: offsets follow the graph, whatever dies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from graph_cdp.engine import Engine
from graph_cdp.errors import InputError, UsageError
from graph_cdp.ingest import Topics
from tests import kafka_broker, servers
from tests.commands import path_of_child, run
from tests.store.processes import within

PARTITIONS = 2
FAST = {"session.timeout.ms": "1000", "heartbeat.interval.ms": "200"}
# Takes the first batch, which is in the graph by then, and is gone before its offsets are committed.
KILLED = """
import os, signal, sys
from graph_cdp.engine import Engine
from graph_cdp.ingest import Topics
with Engine.open(sys.argv[1]) as engine:
    options = {"session.timeout.ms": "1000", "heartbeat.interval.ms": "200"}
    batch = next(engine.consume(Topics(sys.argv[2], "killed", options)))
    print(len(batch), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


# One member of a group, until it is ended; it says how much it has taken each time.
MEMBER = """
import sys
from graph_cdp.engine import Engine
from graph_cdp.ingest import Topics
with Engine.open(sys.argv[1]) as engine:
    options = {"session.timeout.ms": "1000", "heartbeat.interval.ms": "200"}
    for batch in engine.consume(Topics(sys.argv[2], "shared", options)):
        if batch:
            print(len(batch), flush=True)
"""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(kafka_broker.run(tmp_path_factory.mktemp("kafka")))
        except kafka_broker.NoKafkaError as reason:
            if kafka_broker.required():
                pytest.fail(f"Kafka is required: {reason}", pytrace=False)
            pytest.skip(f"no Kafka: {reason}")
        yield running


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    with servers.run_embedded(tmp_path_factory.mktemp("consuming") / "store") as server:
        yield server


@pytest.fixture
def engine(embedded: servers.Server) -> Iterator[Engine]:
    with Engine.open(embedded.url) as opened:
        yield opened


@pytest.fixture
def send(broker: str) -> Callable[..., str]:
    """Puts messages into a new topic; its URL."""

    def sent(name: str, *values: bytes | None) -> str:
        admin = AdminClient({"bootstrap.servers": broker})
        admin.create_topics([NewTopic(name, PARTITIONS, 1)])[name].result(30)
        url = f"kafka://{broker}/{name}"
        produce(url, *values)
        return url

    return sent


def produce(url: str, *values: bytes | None) -> None:
    """Puts messages into the partitions of a topic in turn."""
    broker, _, topic = url.removeprefix("kafka://").partition("/")
    producer = Producer({"bootstrap.servers": broker})
    for number, value in enumerate(values):
        producer.produce(topic, value, partition=number % PARTITIONS)
    assert producer.flush(30) == 0


def message(name: str) -> bytes:
    sent = {"type": "track", "event": "Seen", "userId": name, "messageId": name, "timestamp": "2026-01-01T00:00:00Z"}
    return json.dumps(sent).encode()


def consumed(engine: Engine, url: str, group: str) -> Counter[str]:
    with Topics(url, group, FAST) as topics:
        return Counter(reply.outcome for batch in engine.consume(topics, until_end=True) for _, reply in batch)


def committed(url: str, group: str) -> int:
    broker, _, topic = url.removeprefix("kafka://").partition("/")
    consumer = Consumer({"bootstrap.servers": broker, "group.id": group})
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    with contextlib.closing(consumer):
        return sum(max(0, one.offset) for one in consumer.committed(partitions, timeout=30))


def test_messages_become_customers_and_are_not_read_again(engine: Engine, send: Callable[..., str]) -> None:
    url = send("plain", *(message(f"plain{number}") for number in range(25)))
    assert consumed(engine, url, "plain") == {"created": 25}
    assert committed(url, "plain") == 25
    assert consumed(engine, url, "plain") == {}
    # Another group reads everything anew, which the graph knows.
    assert consumed(engine, url, "other") == {"duplicate": 25}


def test_a_consumer_killed_between_graph_and_offsets_loses_and_doubles_nothing(
    engine: Engine, embedded: servers.Server, send: Callable[..., str]
) -> None:
    url = send("killed", *(message(f"killed{number}") for number in range(1500)))
    before = len(engine.customers(10_000))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, embedded.url, url], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    stored = int(killed.stdout)
    assert (len(engine.customers(10_000)) - before, committed(url, "killed")) == (stored, 0)
    assert consumed(engine, url, "killed") == {"duplicate": stored, "created": 1500 - stored}
    assert (len(engine.customers(10_000)) - before, committed(url, "killed")) == (1500, 1500)


@contextlib.contextmanager
def member(store: str, url: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", MEMBER, store, url]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path_of_child()}
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def test_of_two_consumers_in_one_group_one_may_be_killed(
    engine: Engine, embedded: servers.Server, send: Callable[..., str]
) -> None:
    url, before, sent = send("shared"), engine.status()["counts"]["observations"], 0

    def more() -> None:
        nonlocal sent
        produce(url, *(message(f"shared{number}") for number in range(sent, sent + 40)))
        sent += 40

    with member(embedded.url, url) as one, member(embedded.url, url) as other, ThreadPoolExecutor(2) as pool:
        heard = [pool.submit(child.stdout.readline) for child in (one, other) if child.stdout]
        while not all(future.done() for future in heard):
            more()
            time.sleep(0.3)
        more()
        one.kill()
        more()
        assert within(60, lambda: committed(url, "shared") == sent)
    assert engine.status()["counts"]["observations"] - before == sent


def test_what_cannot_be_used_is_a_dead_letter_and_does_not_stop_the_rest(
    engine: Engine, send: Callable[..., str]
) -> None:
    url = send("broken", b"{", message("broken1"), b"5", None, message("broken2"))
    assert consumed(engine, url, "broken") == {"created": 2, "rejected": 2}
    assert {row["place"] for row in engine.rejected(100)} >= {"kafka:broken/0:0", "kafka:broken/0:1"}
    assert committed(url, "broken") == 5


def test_flat_messages_are_rows_by_a_mapping(
    embedded: servers.Server, send: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "m.toml").write_text('source = "flat"\n[identifiers]\nrecord = "id"\nemail = "mail"\n')
    url = send("flat", b'{"id": 1, "mail": "flat@x.pl"}')
    said = run("consume", url, "--mapping", "m.toml", "--until-end", "--json", cwd=tmp_path, store=embedded.url)
    assert (said.status, said.json["created"]) == (0, 1)


@pytest.mark.parametrize(
    ("url", "options", "error", "says"),
    [
        ("kafka://{broker}/nowhere", {}, InputError, "there is no topic nowhere"),
        ("kafka://127.0.0.1:1/topic", {"socket.connection.setup.timeout.ms": "1000"}, InputError, "no broker answers"),
        ("kafka://{broker}", {}, UsageError, "no topic: give kafka://HOST:PORT/TOPIC"),
        ("kafka://{broker}/plain", {"no.such": "x"}, UsageError, "no.such"),
    ],
)
def test_what_cannot_be_consumed_is_said(
    broker: str, url: str, options: dict[str, str], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Topics(url.format(broker=broker), "group", options)
