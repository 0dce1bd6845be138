"""The record in the graph of a relink that is under way: a relink that was killed is known by it, and taken up."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from graph_cdp.model import micros, rfc3339
from graph_cdp.policy import Policy
from graph_cdp.store.graph import Graph
from graph_cdp.store.transaction import Transaction

_NAME: Final = "relink"
_NOBODY: Final = 0
# A relink says that it goes on with every transaction; reading a large graph between two of them takes its time.
_PATIENCE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Job:
    """A relink under way. `rebuild`: its evidence is made anew from the observations; `done` of `total` are units."""

    id: str
    policy: str
    rebuild: bool
    started: str
    by: str
    pid: int
    process: str
    beat: str
    done: int = 0
    total: int | None = None

    @classmethod
    def begun(cls, policy: Policy, *, rebuild: bool) -> Job:
        """A job of this process that begins now."""
        by = f"{_user()}@{socket.gethostname()}"
        return cls(secrets.token_hex(8), policy.fingerprint, rebuild, _now(), by, os.getpid(), _process(), _now())

    def at(self, done: int, total: int) -> Job:
        """The job, so far."""
        return replace(self, beat=_now(), done=done, total=total)

    def given_up(self) -> Job:
        """The job that this process does not go on with."""
        return replace(self, pid=_NOBODY, process="")

    def keep(self, transaction: Transaction) -> None:
        """Says in the graph that the job is under way."""
        transaction.run("write/setting", name=_NAME, value=json.dumps(asdict(self)))

    def end(self, transaction: Transaction) -> None:
        """Takes the record out of the graph, unless another job has begun since."""
        rows = transaction.run("read/setting", name=_NAME)
        if rows and json.loads(rows[0]["value"])["id"] == self.id:
            transaction.run("write/drop_setting", name=_NAME)
            # It may have hung observations elsewhere, of customers that stay as they were.
            transaction.touch_everybody()

    @property
    def abandoned(self) -> bool:
        """Whether nobody works on it any more."""
        if self.by.rpartition("@")[2] == socket.gethostname():
            # A process may have the number of an earlier one: in a container they all have the same few.
            return self.process != _process() and (self.pid in (_NOBODY, os.getpid()) or not _runs(self.pid))
        return datetime.now(UTC) - datetime.fromisoformat(self.beat) > _PATIENCE

    def facts(self) -> Mapping[str, Any]:
        """What `status` says of it."""
        names = ("policy", "rebuild", "started", "by", "done", "total")
        return {name: getattr(self, name) for name in names} | {"abandoned": self.abandoned}


def under_way(graph: Graph) -> Job | None:
    """The relink that has begun and not ended."""
    text = graph.setting(_NAME)
    return Job(**json.loads(text)) if text else None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@cache
def _process() -> str:
    """Tells this process from all others."""
    return secrets.token_hex(8)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _now() -> str:
    return rfc3339(micros(datetime.now(UTC))) or ""
