"""Somebody's own Cypher: looked at, then run in READ mode with limits on rows, bytes, time and how many at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any, Final

import neo4j
from neo4j.exceptions import ClientError, Neo4jError, TransientError

from graph_cdp.errors import BusyError, NotHereError, QueryRefusedError, QueryStoppedError, UsageError
from graph_cdp.store import plans, shapes
from graph_cdp.store.connection import Connection, said_plainly

AT_ONCE: Final = 4
MOST_BYTES: Final = 8 * 2**20
_FETCHED: Final = 100
_PLACE: Final = re.compile(r"\(line (\d+), column (\d+) \(offset: \d+\)\)")
_QUOTED: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`""", re.DOTALL)
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_USE: Final = re.compile(r"(?<![.\w$:])USE\b(?!\s*[:,.)=\]}]|\s*$)", re.IGNORECASE)
_TIME: Final = ("TransactionTimedOut", "Terminated", "LockClientStopped", "TransactionMarkedAsFailed")
_MEMORY: Final = ("OutOfMemory", "MemoryPool", "TransactionMemoryLimit")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Free:
    """Runs free Cypher on a server; the embedded one has no mode in which it only reads, so there it is refused."""

    connection: Connection
    _places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    def run(self, text: str, parameters: Mapping[str, Any], limit: int, seconds: float) -> Row:
        """`{columns, rows, truncated}` of at most `limit` rows.

        Raises `QueryRefusedError` for what does more than read, `QueryStoppedError` where it needs too much time or
        memory, `UsageError` for what is no Cypher, `BusyError`, `NotHereError`.
        """
        if self.connection.exclusive:
            raise NotHereError("the embedded server cannot run a query that is sure to only read (use Neo4j)")
        if not self._places.acquire(blocking=False):
            raise BusyError(f"{AT_ONCE} queries run already (try again when one has ended)")
        try:
            with said_plainly(self.connection.server), _said(), self._session() as session:
                self._check(session, text, parameters, seconds)
                with session.begin_transaction(timeout=seconds) as transaction:
                    # Never committed: whatever it did would be taken back.
                    return _taken(transaction.run(_own(text), dict(parameters)), limit)
        finally:
            self._places.release()

    def _session(self) -> neo4j.Session:
        return self.connection.driver.session(
            database=self.connection.database, default_access_mode=neo4j.READ_ACCESS, fetch_size=_FETCHED
        )

    def _check(self, session: neo4j.Session, text: str, parameters: Mapping[str, Any], seconds: float) -> None:
        # What stands in quotes goes first, for it may look like a comment.
        if _USE.search(_COMMENT.sub(" ", _QUOTED.sub("''", text))):
            raise QueryRefusedError("USE leads to another database")
        with session.begin_transaction(timeout=seconds) as transaction:
            summary = transaction.run(_own(f"EXPLAIN\n{text}"), dict(parameters)).consume()
        if summary.plan is None or summary.query_type != "r":
            raise QueryRefusedError("it does more than read")
        if reason := plans.refusal(summary.plan):
            raise QueryRefusedError(reason)


def _own(text: str) -> Any:
    """The text as the driver takes it, whose types allow none but those of the program itself."""
    return text


def _taken(result: neo4j.Result, limit: int) -> Row:
    rows: list[list[Any]] = []
    size, truncated = 0, False
    for record in result:
        row = [shapes.plain(value) for value in record.values()]
        size += len(json.dumps(row))
        if len(rows) >= limit or size > MOST_BYTES:
            truncated = True
            break
        rows.append(row)
    return {"columns": list(result.keys()), "rows": rows, "truncated": truncated}


@contextmanager
def _said() -> Iterator[None]:
    """Turns what the server says of a query into what its sender can use."""
    try:
        yield
    except (ClientError, TransientError) as error:
        code = error.code or ""
        if any(sign in code for sign in _MEMORY):
            raise QueryStoppedError("it needs more memory than the server gives one query (ask for less)") from None
        if any(sign in code for sign in _TIME):
            raise QueryStoppedError("it took longer than it may (begin at a key, or ask for less)") from None
        if code.startswith("Neo.ClientError.Procedure"):
            raise QueryRefusedError("procedures are not called here") from None
        if not code.startswith(("Neo.ClientError.Statement", "Neo.ClientError.Transaction.Invalid")):
            raise
        raise UsageError(f"query: {_sentence(error)}") from None


def _sentence(error: Neo4jError) -> str:
    """The first line of what the server says, its line counted without the EXPLAIN before it."""
    said = (error.message or "no reason given").strip().partition("\n")[0][:300]
    return _PLACE.sub(lambda place: f"(line {max(int(place[1]) - 1, 1)}, column {place[2]})", said)
