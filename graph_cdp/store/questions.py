"""Reading statements, and the questions that are asked with one of them; by a `Graph`, or by a `Snapshot` of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import neo4j

from graph_cdp.epochs import Epochs
from graph_cdp.model import Link, epoch_key, sighting_of, value_of
from graph_cdp.store import codec, shapes
from graph_cdp.store.statements import statement

Result = TypeVar("Result")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link, the customer that each of its ends is a member of, and which of the ends are shared."""

    link: Link
    customers: Mapping[str, str]
    shared: frozenset[str]


class Questions:
    """What can be asked of whatever answers statements."""

    def records(self, name: str, /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of the reading statement `name`, as the driver has them."""
        raise NotImplementedError

    def ask(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of the reading statement `name`.

        One that returns nothing but `rows` gathers them in a list: the driver takes its time for each record.
        """
        records = self.records(name, **parameters)
        columns = records[0].keys() if records else []
        if columns == ["rows"]:
            return list(records[0]["rows"])
        return [dict(zip(columns, record.values(), strict=True)) for record in records]

    def together(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of a statement that answers with all of them in one record: its `columns`, and `rows` of values.

        Records by the thousand cost more than what is in them.
        """
        [record] = self.records(name, **parameters)
        columns, rows = record["columns"], record["rows"]
        return [dict(zip(columns, values, strict=True)) for values in rows]

    def nodes(self, name: str, /, **parameters: Any) -> list[Row]:
        """The nodes that a statement returns."""
        return [shapes.node_of(row["node"]) for row in self.ask(name, **parameters)]

    def steps(self, name: str, /, **parameters: Any) -> list[shapes.Step]:
        """The steps that a statement gathers: ids of nodes with their relationships to others."""
        return list(shapes.steps(self.ask(name, **parameters)))

    def customer_of(self, key: str) -> Row | None:
        """`{key, customer, kind, shared}` of an identifier, None where the graph does not know it.

        A recycled value leads to its latest epoch, with a time (`phone:+48601234567@2023-05-04T…`) to the one of then.
        """
        rows = self.ask("read/customer_of_key", key=key)
        name = key if rows and value_of(key) != key else self._epoch(key, rows[0]["later"] if rows else None)
        if name != key:
            rows = self.ask("read/customer_of_key", key=name)
        return {part: rows[0][part] for part in ("key", "customer", "kind", "shared")} if rows else None

    def customers_of(self, keys: Collection[str]) -> dict[str, Row | None]:
        """As `customer_of`, of several keys: those whose value has one epoch are asked for together."""
        there = {row["key"]: row for row in self.ask("read/homes", keys=sorted(set(keys)))}
        plain = {key for key, row in there.items() if value_of(key) == key and not row["later"]}
        return {key: there[key] if key in plain else self.customer_of(key) for key in keys}

    def _epoch(self, key: str, later: list[str] | None) -> str:
        """The key of the epoch that a key means; `later` is when those begin that follow one of this very key."""
        value, sighting = value_of(key), sighting_of(key)
        if value == key:
            return epoch_key(key, codec.later_of(later)[-1]) if later else key
        rows = self.ask("read/customer_of_key", key=value)
        return Epochs({value: codec.later_of(rows[0]["later"] if rows else None)}).name(value, sighting)

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
            key, other = row["key"], row["other"]
            link = codec.link_of(row, key, other)
            shared = [end for end, is_shared in ((key, row["shared"]), (other, row["other_shared"])) if is_shared]
            found[link.a, link.b, link.kind] = LinkRow(
                link, {key: row["id"], other: row["other_customer"]}, frozenset(shared)
            )
        return [found[name] for name in sorted(found)]

    def shared_among(self, keys: Collection[str]) -> set[str]:
        """Which of the keys are shared identifiers."""
        return {row["key"] for row in self.ask("read/shared_among", keys=sorted(keys))} if keys else set()

    def known_among(self, keys: Collection[str]) -> set[str]:
        """Which of the keys the graph knows."""
        return {row["key"] for row in self.ask("read/identifiers", keys=sorted(keys))} if keys else set()


class Snapshot(Questions):
    """One reading session: each of its statements sees what was committed before it.

    Neither server holds a reader's view still, not even in a transaction, so whoever needs several answers of one
    moment asks the first again at the end, and raises `ConflictError` where it has changed: then all is read anew.
    """

    def __init__(self, session: neo4j.Session) -> None:
        self._session = session

    def records(self, name: str, /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of the reading statement `name`, as the driver has them."""
        return list(self._session.run(statement(name), parameters))
