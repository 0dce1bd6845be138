"""An API in a process of its own, to be killed, and senders that do as SDKs do: the same again until it is taken."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.commands import path_of_child
from tests.servers import Server
from tests.store.conftest import SECRET

Message = dict[str, Any]

PROGRAM = """
import sys
from functools import partial
from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from graph_cdp_api.serve import serve
url, user, password, secret = (part or None for part in sys.argv[1:5])
serve(Settings(), partial(Engine.open, url, user, password, id_secret=secret), "127.0.0.1", 0)
"""


class ApiProcess:
    """An API over a store; `url` is where it listens since it was started last."""

    def __init__(self, server: Server, log: Path) -> None:
        self._arguments = [server.url, server.user or "", server.password or "", SECRET]
        self._log = log
        self.url = ""
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        with self._log.open("a") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *self._arguments],
                env={**os.environ, "PYTHONPATH": path_of_child()},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._child.stdout
        said = self._child.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said + self._log.read_text()[-2000:]
        self.url = found[0]

    def kill(self) -> None:
        """Ends it at once."""
        if self._child:
            self._child.kill()
            self._child.communicate()

    def end(self) -> int:
        """Ends it in order; its exit status."""
        assert self._child
        self._child.terminate()
        self._child.communicate(timeout=60)
        return self._child.returncode


class Sender:
    """Sends batches to an API wherever it listens now, each until it is acknowledged."""

    def __init__(self, api: ApiProcess) -> None:
        self._api = api
        self.acknowledged = 0
        self.statuses: list[int] = []

    def send(self, batches: Iterable[Sequence[Message]]) -> None:
        with httpx.Client(timeout=30) as client:
            for batch in batches:
                while not self._taken(client, batch):
                    time.sleep(0.05)
                self.acknowledged += len(batch)

    def _taken(self, client: httpx.Client, batch: Sequence[Message]) -> bool:
        try:
            answer = client.post(f"{self._api.url}/v1/batch", json={"batch": batch})
        except httpx.TransportError:
            return False
        self.statuses.append(answer.status_code)
        assert answer.status_code in (200, 429, 503), answer.text
        assert answer.status_code == 200 or answer.headers["retry-after"]
        return answer.status_code == 200


def messages_in(*files: Path) -> list[Message]:
    """The messages of files that have one a line, but for broken lines and those without an id of their own."""
    return [message for file in files for message in _parsed(file) if isinstance(message.get("messageId"), str)]


def _parsed(file: Path) -> Iterator[Message]:
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict):
            yield message


def parts(messages: Sequence[Message], size: int) -> list[Sequence[Message]]:
    return [messages[at : at + size] for at in range(0, len(messages), size)]
