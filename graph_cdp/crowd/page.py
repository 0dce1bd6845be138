"""A few hundred customers read at once, in memory: answers what reading a profile asks, without a question each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from graph_cdp.store.questions import LinkRow, Questions

Row = dict[str, Any]
Grouped = Mapping[str, list[Row]]


class Page(Questions):
    """The customers `ids` as `graph` has them, until a moment if one is given: later events and orders are not seen.

    What is not held here is asked of the graph.
    """

    def __init__(self, graph: Questions, ids: Sequence[str], until: str = "~", read: Page | None = None) -> None:
        self.ids, self._graph, self._until = list(ids), graph, until
        self._members: Grouped = read._members if read else self._grouped("read/members_of_many")
        self._events: Grouped = self._before(read._events if read else self._grouped("read/events_of_many"))
        self._orders: Grouped = self._before(read._orders if read else self._grouped("read/orders_of_many"))
        self._held: dict[str, list[Row]] = read._held if read else {}

    def then(self, id: str, until: str) -> Page:
        """One of the customers until a moment, by the identifiers that it has today."""
        return Page(self._graph, [id], until, self)

    def events(self, id: str) -> list[Row]:
        """All events at members of a customer, those of others too, newest first."""
        return self._events.get(id, [])

    def orders(self, id: str) -> list[Row]:
        """The orders of a customer, a row for each line, newest first."""
        return self._orders.get(id, [])

    def members(self, id: str) -> list[Row]:
        """The identifiers of a customer."""
        return self._members.get(id, [])

    def _grouped(self, name: str) -> Grouped:
        return _by_id(self._graph.ask(name, ids=self.ids))

    def _before(self, rows: Grouped) -> Grouped:
        if self._until == "~":
            return rows
        return {id: [row for row in rows.get(id, []) if (row["at"] or "") <= self._until] for id in self.ids}

    @cached_property
    def _links(self) -> Mapping[str, list[LinkRow]]:
        found: dict[str, list[LinkRow]] = defaultdict(list)
        for row in self._graph.links_of_customers(self.ids):
            for home in set(row.customers.values()):
                found[home].append(row)
        return found

    @cached_property
    def _employers(self) -> Grouped:
        return self._grouped("read/employers_of_many")

    @cached_property
    def _holdings(self) -> Grouped:
        return self._grouped("read/holdings")

    def links_of_customers(self, ids: Collection[str]) -> list[LinkRow]:
        """Every link at members of these customers, in the order of the keys."""
        if len(ids) == 1 and next(iter(ids)) in self.ids:
            return self._links.get(next(iter(ids)), [])
        return self._graph.links_of_customers(ids)

    def ask(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of the reading statement `name`."""
        known = self._answers.get(name)
        if known is None or not set(self._asked(parameters)) <= set(self.ids):
            return self._remembered(name, parameters)
        return known(**parameters)

    def _asked(self, parameters: Mapping[str, Any]) -> list[str]:
        return list(parameters["ids"]) if "ids" in parameters else [parameters["id"]]

    def _remembered(self, name: str, parameters: Mapping[str, Any]) -> list[Row]:
        """What is the same for all of the page, such as a setting, is asked once."""
        asked = f"{name} {sorted(parameters.items())!r}"
        if asked not in self._held:
            self._held[asked] = self._graph.ask(name, **parameters)
        return self._held[asked]

    @cached_property
    def _answers(self) -> Mapping[str, Callable[..., list[Row]]]:
        return {
            "read/member_details": self.members,
            "read/members": lambda ids: [{"id": id, "key": row["key"]} for id in ids for row in self.members(id)],
            "read/telling": lambda id, topics: [row for row in self.events(id) if row["topic"] in topics][::-1],
            "read/employers": lambda id: self._employers.get(id, []),
            "read/customer_orders": self.orders,
            "read/timeline": self._timeline,
            "read/holdings": lambda ids: [row for id in ids for row in self._holdings.get(id, [])],
        }

    def _timeline(self, id: str, limit: int, **window: Any) -> list[Row]:
        return [row for row in self.events(id) if _within(row, window)][:limit]


def _within(event: Row, window: Mapping[str, Any]) -> bool:
    types = window["types"]
    of_type = not types or any(event[part] in types for part in ("name", "kind", "topic"))
    return bool(window["since"] <= f"{event['at'] or ''} {event['uid']}" < window["until"] and of_type)


def _by_id(rows: Sequence[Row]) -> Grouped:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["id"]].append(row)
    return found
