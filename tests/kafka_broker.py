"""One broker of Apache Kafka in KRaft mode, on a local JVM, with jars from Maven."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from graph_cdp.store.keeper import ending_with_parent
from tests import jars, servers

_POM = Path(__file__).parent / "kafka" / "pom.xml"
_VERSION = "4.1.0"
_CLUSTER = "4L6g3nShT-eMCtK--X86sw"
_SECONDS_FOR_START = 180
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={home}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
"""


class NoKafkaError(Exception):
    """There is no Kafka to test on, and why."""


def required() -> bool:
    """Whether a missing Kafka is a failure."""
    return os.environ.get("GRAPH_CDP_REQUIRE_KAFKA") == "1"


@contextlib.contextmanager
def run(home: Path) -> Iterator[str]:
    """The address `HOST:PORT` of a running broker. Raises NoKafkaError."""
    try:
        jars.check_java()
        lib = jars.fetched(_POM, f"kafka-{_VERSION}")
    except jars.NoJarsError as reason:
        raise NoKafkaError(str(reason)) from None
    port = servers.free_port()
    (home / "server.properties").write_text(_PROPERTIES.format(port=port, controller=servers.free_port(), home=home))
    java = ["java", "-Xms64m", "-Xmx256m", "-XX:-UsePerfData", "-cp", f"{lib}/*"]
    formatted = [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(home / "server.properties")]
    subprocess.run(formatted, check=True, capture_output=True, timeout=120, cwd=home)
    with (home / "console.log").open("w") as console:
        broker = subprocess.Popen(
            [*java, "kafka.Kafka", str(home / "server.properties")],
            stdout=console,
            stderr=console,
            cwd=home,
            preexec_fn=ending_with_parent(),  # noqa: PLW1509 (no thread of a test runs yet)
        )
    try:
        _wait_for(f"127.0.0.1:{port}", broker, home / "console.log")
        yield f"127.0.0.1:{port}"
    finally:
        broker.kill()
        broker.wait()


def _wait_for(address: str, broker: subprocess.Popen[bytes], log: Path) -> None:
    waiting = Retrying(
        retry=retry_if_exception_type(KafkaException), stop=stop_after_delay(_SECONDS_FOR_START), wait=wait_fixed(0.2)
    )
    try:
        waiting(_ask, address, broker)
    except (RetryError, ChildProcessError):
        raise NoKafkaError(f"Kafka did not start: {log.read_text()[-500:]}") from None


def _ask(address: str, broker: subprocess.Popen[bytes]) -> None:
    if broker.poll() is not None:
        raise ChildProcessError
    AdminClient({"bootstrap.servers": address, "log_level": 0}).list_topics(timeout=2)
