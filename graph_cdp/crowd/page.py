"""Some thousand customers read at once, in memory: answers what reading a profile asks, without a question each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from graph_cdp.model import value_of
from graph_cdp.store.questions import LinkRow, Questions
from graph_cdp.vocabulary import meaning_of

Row = dict[str, Any]
Grouped = Mapping[str, list[Row]]


class Page(Questions):
    """The customers `ids` as `graph` has them, until a moment if one is given: later events and orders are not seen.

    What is not held here is asked of the graph.
    """

    def __init__(self, graph: Questions, ids: Sequence[str], until: str = "~", read: Page | None = None) -> None:
        self.ids, self._graph, self._until = list(ids), graph, until
        self._members: Grouped = read._members if read else self._grouped("read/members_of_many", _by_key)
        self._events: Grouped = self._before(read._events if read else self._read_events())
        self._orders: Grouped = self._restated(self._before(read._orders if read else self._read_orders()))
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

    def _grouped(self, name: str, order: Callable[[Row], Any], *, reverse: bool = False) -> Grouped:
        return _by_id(sorted(self._graph.together(name, ids=self.ids), key=order, reverse=reverse))

    def _read_orders(self) -> Grouped:
        found = self._graph.together("read/orders_of_many", ids=self.ids)
        found.sort(key=lambda row: (row["key"], row["number"] or ""))
        return _by_id(sorted(found, key=lambda row: row["at"] or "", reverse=True))

    def _read_events(self) -> Grouped:
        found = self._grouped("read/events_of_many", _moment, reverse=True)
        odd = [row for id, rows in found.items() for row in self._with_others(id, rows)]
        uids = sorted({row["uid"] for row in odd})
        shared: dict[str, list[str]] = defaultdict(list)
        for row in self._graph.ask("read/shared_of_events", uids=uids) if uids else ():
            shared[row["uid"]].append(row["key"])
        for row in odd:
            row["shared"] = shared.get(row["uid"], [])
        return found

    def _with_others(self, id: str, rows: Iterable[Row]) -> Iterator[Row]:
        """The events of which it has to be asked which of their keys are shared; of the others none is."""
        members = self.members(id)
        alone = not any(row["shared"] or row.get("later") or value_of(row["key"]) != row["key"] for row in members)
        own = frozenset(row["key"] for row in members)
        for row in rows:
            if "shared" not in row:
                if not alone or not own.issuperset(row["keys"]):
                    yield row
                row["shared"] = []

    def _before(self, rows: Grouped) -> Grouped:
        if self._until == "~":
            return rows
        return {id: [row for row in rows.get(id, []) if (row["at"] or "") <= self._until] for id in self.ids}

    def _restated(self, rows: Grouped) -> Grouped:
        """Orders with the status that they had by then."""
        if self._until == "~":
            return rows
        said = {
            key: event["name"]
            for id in self.ids
            for event in reversed(self.events(id))
            if (meaning := meaning_of(event["name"])) and meaning.topic == "order"
            for key in event["keys"]
        }
        return {
            id: [{**row, "status": said.get(row["key"], row["status"])} for row in found] for id, found in rows.items()
        }

    @cached_property
    def _links(self) -> Mapping[str, list[LinkRow]]:
        found: dict[str, list[LinkRow]] = defaultdict(list)
        for row in self._graph.links_of_customers(self.ids):
            for home in set(row.customers.values()):
                found[home].append(row)
        return found

    @cached_property
    def _employers(self) -> Grouped:
        return _by_id(self._graph.ask("read/employers_of_many", ids=self.ids))

    @cached_property
    def _holdings(self) -> Grouped:
        return _by_id(self._graph.ask("read/holdings", ids=self.ids))

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


def _by_key(row: Row) -> str:
    return str(row["key"])


def _moment(event: Row) -> tuple[str, str]:
    return event["at"] or "", event["uid"]


def _within(event: Row, window: Mapping[str, Any]) -> bool:
    types = window["types"]
    of_type = not types or any(event[part] in types for part in ("name", "kind", "topic"))
    return bool(window["since"] <= f"{event['at'] or ''} {event['uid']}" < window["until"] and of_type)


def _by_id(rows: Sequence[Row]) -> Grouped:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["id"]].append(row)
    return found
