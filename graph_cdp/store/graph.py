"""The graph as the engine uses it: opening, transactions, settings, and every question that is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

import polars as pl

from graph_cdp.model import Link
from graph_cdp.store import codec
from graph_cdp.store.connection import Connection, open_connection
from graph_cdp.store.migrations import migrate
from graph_cdp.store.statements import statement
from graph_cdp.store.transaction import Transaction

Result = TypeVar("Result")
Row = dict[str, Any]

_PART: Final = 20_000


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link, the customer that each of its ends is a member of, and which of the ends are shared."""

    link: Link
    customers: Mapping[str, str]
    shared: frozenset[str]


class Graph:
    """One store, open. Close it, or use it as a context manager."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
        return self._connection.write(lambda raw: work(Transaction(raw, exclusive=exclusive)))

    def setting(self, name: str) -> str | None:
        """A setting that the graph keeps."""
        rows = self.ask("read/setting", name=name)
        return rows[0]["value"] if rows else None

    def first_setting(self, name: str, value: str) -> str:
        """The setting's value, which is `value` if the graph had none."""
        rows = self.write(lambda transaction: transaction.run("write/first_setting", name=name, value=value))
        return str(rows[0]["value"])

    def ask(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of the reading statement `name`."""
        return [row.data() for row in self._connection.read(statement(name), **parameters)]

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

    def customer_of(self, key: str) -> Row | None:
        """`{customer, kind, shared}` of an identifier, None where the graph does not know it."""
        rows = self.ask("read/customer_of_key", key=key)
        return rows[0] if rows else None

    def customer_by_id(self, customer_id: str) -> Row | None:
        """`{customer, kind, key}`: where an id, ever issued, leads today; None for one that never was."""
        asked: set[str] = set()
        while customer_id not in asked:
            if rows := self.ask("read/customer_of_id", id=customer_id):
                return rows[0]
            asked.add(customer_id)
            heirs = self.ask("read/heir", id=customer_id)
            customer_id = heirs[0]["heir"] if heirs and heirs[0]["heir"] else customer_id
        return None

    def links_of_customers(self, ids: Collection[str]) -> list[LinkRow]:
        """Every link at members of these customers, in the order of the keys."""
        found: dict[tuple[str, str, str], LinkRow] = {}
        for row in self.ask("read/customer_links", ids=sorted(ids)):
            a, b = sorted((row["key"], row["other"]))
            shared = {row["key"]: row["shared"], row["other"]: row["other_shared"]}
            found[a, b, row["kind"]] = LinkRow(
                codec.link_of(row, a, b),
                {row["key"]: row["id"], row["other"]: row["other_customer"]},
                frozenset(key for key, is_shared in shared.items() if is_shared),
            )
        return [found[name] for name in sorted(found)]

    def shared_among(self, keys: Collection[str]) -> set[str]:
        """Which of the keys are shared identifiers."""
        return {row["key"] for row in self.ask("read/shared_among", keys=sorted(keys))} if keys else set()

    def known_among(self, keys: Collection[str]) -> set[str]:
        """Which of the keys the graph knows."""
        return {row["key"] for row in self.ask("read/identifiers", keys=sorted(keys))} if keys else set()
