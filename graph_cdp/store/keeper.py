"""The process that keeps one embedded server running for as long as a client holds a connection to it.

`python -m graph_cdp.store.keeper DIR` returns when Bolt answers and leaves the keeper in the background, or fails with
one sentence on stderr. An flock on `keeper.lock`, held by the keeper and inherited by java, lasts until both have
ended: so one directory never has two servers, whichever of them was killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import hmac
import importlib.util
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from graph_cdp.errors import StoreError

USER = "root"
PASSWORD = "password"  # noqa: S105 - the name of a file
STATE = "keeper.json"
LOG = "server.log"
WELCOME = b"+"

_SECONDS_FOR_FIRST_CLIENT = 10.0
_SECONDS_AFTER_LAST_CLIENT = 0.4
_SECONDS_FOR_PREDECESSOR = 30.0
_SECONDS_FOR_START = 40.0
_PR_SET_PDEATHSIG = 1


class _NotYetError(Exception):
    """The server does not answer so far."""


def main() -> int:
    """Leave a keeper of the directory named on the command line in the background; 0 when its server answers."""
    directory = Path(sys.argv[1])
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        _keep(directory, writing)
        return 0
    os.close(writing)
    with os.fdopen(reading) as pipe:
        report = pipe.read()
    if report == "ready":
        return 0
    sys.stderr.write(report or f"{directory}: the keeper of the embedded server died (see {directory / LOG})")
    return 1


def _keep(directory: Path, report: int) -> None:
    os.umask(0o077)
    _speak_to(Path(os.devnull))
    with contextlib.ExitStack() as running:
        with os.fdopen(report, "w") as pipe:
            try:
                java, bolt = running.enter_context(_server(directory))
                listener, token = _publish(bolt, java.pid)
            except StoreError as error:
                pipe.write(str(error))
                return
            except OSError as error:
                pipe.write(f"{directory}: {error.strerror} (make room and the directory writable)")
                return
            pipe.write("ready")
        asyncio.run(_serve(listener, token, java))


def _speak_to(file: Path) -> None:
    """Point stdout and stderr, which java inherits, at a file made empty."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


@contextlib.contextmanager
def _server(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    os.chdir(directory)
    _end_orphan()
    lock = _lock(directory)
    _speak_to(Path(LOG))
    command = _command()
    password = _password()
    java = subprocess.Popen(
        command,
        # In the C locale java finds no path with a letter beyond ASCII.
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        pass_fds=(lock,),
        preexec_fn=ending_with_parent(),  # noqa: PLW1509 (this process has one thread)
    )
    try:
        yield java, _bolt_port(directory, java, password)
    finally:
        # Before java ends, so that nobody is sent to a server that is about to go.
        Path(STATE).unlink(missing_ok=True)
        _stop(java)


def _lock(directory: Path) -> int:
    lock = os.open("keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    waiting = Retrying(
        retry=retry_if_exception_type(BlockingIOError),
        stop=stop_after_delay(_SECONDS_FOR_PREDECESSOR),
        wait=wait_fixed(0.05),
    )
    try:
        waiting(fcntl.flock, lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except RetryError:
        raise StoreError(
            f"{directory}: an earlier embedded server has not ended within {_SECONDS_FOR_PREDECESSOR:.0f} s "
            "(end the java process that has this directory as its working directory)"
        ) from None
    return lock


def _command() -> list[str]:
    found = importlib.util.find_spec("arcadedb_embedded")
    home = Path(found.origin).parent if found and found.origin else Path()
    if not found or not (home / "jre/bin/java").exists():
        raise StoreError(
            "arcadedb-embedded: the package or its Java is missing "
            "(install arcadedb-embedded, or name a Neo4j server as the store)"
        )
    settings = {
        "server.rootPath": ".",
        "server.rootPasswordPath": PASSWORD,
        "server.defaultDatabases": f"neo4j[{USER}]",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": "0",
        "bolt.host": "127.0.0.1",
        "bolt.port": "0",
        "bolt.defaultDatabase": "neo4j",
        "serverMetrics": "false",
        # 0, its default, acknowledges a commit before it is on the disk.
        "txWalFlush": "1",
    }
    return [
        str(home / "jre/bin/java"),
        "-Xmx1g",
        "-XX:-UsePerfData",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-Djava.awt.headless=true",
        *(f"-Darcadedb.{name}={value}" for name, value in settings.items()),
        "-cp",
        str(home / "jars/*"),
        "com.arcadedb.server.ArcadeDBServer",
    ]


def _password() -> str:
    file = Path(PASSWORD)
    if not file.exists():
        # The server goes on with the password that it was made with, however this file came to be lost.
        Path("config/server-users.jsonl").unlink(missing_ok=True)
        _write(file, secrets.token_urlsafe(24))
    return file.read_text()


def _write(file: Path, text: str) -> None:
    """Write it whole or not at all."""
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.replace(file)


def ending_with_parent() -> Callable[[], object] | None:
    """What makes the kernel end java when its keeper was killed; None where only the next keeper can do that."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_orphan() -> None:
    """End the java of a killed keeper where the kernel did not."""
    if sys.platform == "linux":
        return
    try:
        orphan = int(json.loads(Path(STATE).read_text())["java"])
    except (OSError, ValueError, KeyError):
        return
    asked = subprocess.run(["ps", "-o", "command=", "-p", str(orphan)], capture_output=True, text=True, check=False)
    if "com.arcadedb.server.ArcadeDBServer" in asked.stdout:
        os.kill(orphan, signal.SIGTERM)


def _bolt_port(directory: Path, java: subprocess.Popen[bytes], password: str) -> int:
    """Wait until the server answers a query, and return its port."""
    waiting = Retrying(
        retry=retry_if_exception_type((_NotYetError, DriverError, Neo4jError)),
        stop=stop_after_delay(_SECONDS_FOR_START),
        wait=wait_fixed(0.05),
    )
    try:
        return waiting(_answering_port, java, password)
    except (RetryError, ChildProcessError):
        raise StoreError(
            f"{directory}: the embedded server did not start, its last words: {_last_words()} "
            f"(remove that cause; the whole log is {directory / LOG})"
        ) from None


def _answering_port(java: subprocess.Popen[bytes], password: str) -> int:
    if java.poll() is not None:
        raise ChildProcessError
    # The server chooses free ports itself (no other program can take them in between) and tells them in its log alone.
    told = re.search(r"BOLT connections on \S*?:(\d+)", Path(LOG).read_text(errors="replace"))
    if told is None:
        raise _NotYetError
    ask(int(told[1]), password)
    return int(told[1])


def ask(port: int, password: str) -> None:
    """Send the embedded server a query. Raises DriverError or Neo4jError if it does not answer."""
    driver = GraphDatabase.driver(
        f"bolt://127.0.0.1:{port}", auth=(USER, password), connection_timeout=5, connection_acquisition_timeout=5
    )
    with driver, driver.session(database="neo4j") as session:
        session.run("RETURN 1").consume()


def _last_words() -> str:
    """The line of the log that says most about a failure: the innermost cause, else the last one."""
    lines: list[str] = re.findall(r"^\S.*", Path(LOG).read_text(errors="replace"), re.MULTILINE)
    causes = [line for line in lines if re.match(r"Caused by: |Error occurred|OpenJDK .*warning", line)]
    return (causes or lines or ["none"])[-1]


def _publish(bolt: int, java: int) -> tuple[socket.socket, str]:
    """Tell clients where the keeper listens and what they have to say to it."""
    listener, token = socket.create_server(("127.0.0.1", 0)), secrets.token_urlsafe(24)
    _write(Path(STATE), json.dumps({"port": listener.getsockname()[1], "token": token, "bolt": bolt, "java": java}))
    return listener, token


async def _serve(listener: socket.socket, token: str, java: subprocess.Popen[bytes]) -> None:
    """Count the clients until the last one has left, the server has died or the keeper is told to end."""
    clients = set[asyncio.StreamWriter]()
    until = time.monotonic() + _SECONDS_FOR_FIRST_CLIENT

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal until
        with contextlib.suppress(ConnectionError, TimeoutError), contextlib.closing(writer):
            said = await asyncio.wait_for(reader.readline(), 5)
            if java.poll() is not None or not hmac.compare_digest(said.strip(), token.encode()):
                return
            clients.add(writer)
            try:
                writer.write(WELCOME)
                await reader.read()
            finally:
                clients.discard(writer)
                until = time.monotonic() + _SECONDS_AFTER_LAST_CLIENT

    told_to_end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_end.set)
    async with await asyncio.start_server(client, sock=listener):
        while java.poll() is None and not told_to_end.is_set() and (clients or time.monotonic() < until):
            await asyncio.sleep(0.05)


def _stop(java: subprocess.Popen[bytes]) -> None:
    java.terminate()
    try:
        java.wait(10)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()


if __name__ == "__main__":
    sys.exit(main())
