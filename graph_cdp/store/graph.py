"""The graph as the engine uses it: opening, transactions, settings, and every question that is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, TypeVar

import neo4j
import polars as pl

from graph_cdp.store.connection import Connection, open_connection
from graph_cdp.store.free import Free
from graph_cdp.store.migrations import migrate
from graph_cdp.store.questions import Questions, Snapshot
from graph_cdp.store.statements import statement
from graph_cdp.store.transaction import Transaction

Result = TypeVar("Result")
Row = dict[str, Any]

_PART: Final = 20_000


class Graph(Questions):
    """One store, open. Close it, or use it as a context manager."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.free = Free(connection)

    @classmethod
    def open(cls, url: str, user: str | None = None, password: str | None = None) -> Graph:
        """The store behind `url`; its schema is not touched. Raises `UsageError` or `StoreError`."""
        return cls(open_connection(url, user, password))

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the server."""
        self._connection.close()

    @property
    def server(self) -> str:
        """Name and version of the server."""
        return self._connection.server

    def migrate(self) -> list[str]:
        """Brings the schema up to date; the migrations that were applied now."""
        return migrate(self._connection)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """What `work` returns, committed as a whole; done again from the start where another writer was in the way."""
        exclusive = self._connection.exclusive

        def settled(raw: neo4j.Transaction) -> Result:
            transaction = Transaction(raw, exclusive=exclusive)
            result = work(transaction)
            transaction.settle()
            return result

        return self._connection.write(settled)

    def setting(self, name: str) -> str | None:
        """A setting that the graph keeps."""
        rows = self.ask("read/setting", name=name)
        return rows[0]["value"] if rows else None

    def first_setting(self, name: str, value: str) -> str:
        """The setting's value, which is `value` if the graph had none."""
        rows = self.write(lambda transaction: transaction.run("write/first_setting", name=name, value=value))
        return str(rows[0]["value"])

    def records(self, name: str, /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of the reading statement `name`, as the driver has them."""
        return self._connection.read(statement(name), **parameters)

    def reading(self, work: Callable[[Snapshot], Result]) -> Result:
        """What `work` reads; read anew from the start where it raises `ConflictError`."""
        return self._connection.reading(lambda raw: work(Snapshot(raw)))

    def each(self, name: str, /, **parameters: Any) -> Iterator[Row]:
        """The rows of the reading statement `name`, as they come."""
        return (row.data() for row in self._connection.stream(statement(name), **parameters))

    def table(self, name: str, schema: Mapping[str, Any], /, **parameters: Any) -> pl.DataFrame:
        """The rows of the reading statement `name`, its columns named and typed by `schema`.

        They become columns part by part, so that they never all stand in memory as objects.
        """
        rows = (row.values() for row in self._connection.stream(statement(name), **parameters))
        parts = [pl.DataFrame(schema=dict(schema))]
        while part := list(islice(rows, _PART)):
            parts.append(pl.DataFrame(part, schema=dict(schema), orient="row"))
        return pl.concat(parts)
