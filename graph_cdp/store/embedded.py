"""The embedded graph server of a data directory: started by the first client, joined by others, gone after the last.

The server runs under a keeper process of its own (`graph_cdp.store.keeper`), which counts clients by their open
connections: a client that was killed leaves as surely as one that closed its lease.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from neo4j.exceptions import DriverError, Neo4jError

from graph_cdp.errors import StoreError
from graph_cdp.store.keeper import PASSWORD, STATE, USER, WELCOME, ask


@dataclass(frozen=True, slots=True)
class Lease:
    """A running embedded server, which stays for as long as this process holds the lease."""

    uri: str
    user: str
    password: str = field(repr=False)
    writer_lock: Path
    _connection: socket.socket = field(repr=False, compare=False)

    def close(self) -> None:
        """Leave; the server stops about a second after its last client has left. May be called twice."""
        try:
            # A forked child has the socket too, and must not keep the server on behalf of this process.
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        finally:
            self._connection.close()


def join(directory: Path, *, timeout: float = 60.0) -> Lease:
    """Join the embedded server of a data directory, made and started where need be; Bolt answers on return.

    Waits `timeout` seconds at most. Raises StoreError if the directory cannot be used or the server does not start.
    """
    directory = directory.absolute()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(directory / "join.lock", timeout=timeout, mode=0o600):
            return _connect(directory) or _start(directory, timeout)
    except (Timeout, subprocess.TimeoutExpired):
        raise StoreError(
            f"{directory}: the embedded server was not ready within {timeout:.0f} s "
            "(try again when the machine is less busy)"
        ) from None
    except OSError as error:
        raise StoreError(
            f"{directory}: cannot be the data directory: {error.strerror} (name a directory that you may write to)"
        ) from None


def wait_until_stopped(directory: Path, timeout: float = 30.0) -> None:
    """Returns when no server of this data directory runs any more, or after `timeout` seconds."""
    with contextlib.suppress(Timeout, OSError), FileLock(directory / "keeper.lock", timeout=timeout):
        pass


def _connect(directory: Path) -> Lease | None:
    """Become a client of the keeper, if one is there and stays."""
    try:
        state = json.loads((directory / STATE).read_text())
        connection = socket.create_connection(("127.0.0.1", state["port"]), timeout=5)
    except (FileNotFoundError, ConnectionError, TimeoutError, ValueError):
        return None
    password = (directory / PASSWORD).read_text()
    try:
        connection.sendall(f"{state['token']}\n".encode())
        if connection.recv(1) != WELCOME:
            raise ConnectionResetError
        # A server that was just killed is not missed by its keeper yet.
        ask(state["bolt"], password)
    except (ConnectionError, TimeoutError, DriverError, Neo4jError):
        connection.close()
        return None
    connection.settimeout(None)
    uri = f"bolt://127.0.0.1:{state['bolt']}"
    return Lease(uri, USER, password, directory / "writer.lock", connection)


def _start(directory: Path, timeout: float) -> Lease:
    done = subprocess.run(
        # -P and the path: the keeper finds the modules that this process found, and none in the working directory.
        [sys.executable, "-P", "-m", "graph_cdp.store.keeper", str(directory)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # Ctrl-C in the terminal of one client must not reach the server of all.
        start_new_session=True,
        timeout=timeout,
        check=False,
        text=True,
    )
    lease = _connect(directory) if done.returncode == 0 else None
    if lease is None:
        raise StoreError(done.stderr.strip() or f"{directory}: the embedded server ended at once (try again)")
    return lease
