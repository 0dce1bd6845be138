"""Statements that nearly every profile, every reason and every walk needs, answered by one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import neo4j

from graph_cdp.state import Window
from graph_cdp.store.questions import Questions

Row = dict[str, Any]
# Of each statement what it is given, and what it answers.
Known = Mapping[str, tuple[Mapping[str, Any], list[Row]]]

_LINK: Final = (
    *("id", "key", "other", "kind", "first_seen", "last_seen", "sources", "shared", "other_customer", "other_shared"),
)

_AT_THE_END: Final = "read/member_keys"


class Ahead(Questions):
    """A graph that knows already what was read ahead by one statement; everything else it is asked for.

    The answers are those of the moment at which that was read. Who makes more than one view of a customer asks for
    `read/member_keys` at the end: that is read anew if anything else was, for the statement itself ends with it.
    """

    def __init__(self, graph: Questions, known: Known) -> None:
        self._graph, self._known = graph, known
        self._alone = True

    def records(self, name: str, /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of the reading statement `name`, as the driver has them: always read anew."""
        self._alone = False
        return self._graph.records(name, **parameters)

    def ask(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of the reading statement `name`."""
        given, rows = self._known.get(name, (None, []))
        if parameters == given and (self._alone or name != _AT_THE_END):
            return list(rows)
        self._alone = False
        return self._graph.ask(name, **parameters)

    def knows(self, customer: str) -> bool:
        """Whether it is this customer that was read ahead."""
        return self._known.get("read/member_details", ({}, []))[0] == {"id": customer}


@dataclass(frozen=True, slots=True)
class Whole:
    """How much is read ahead of a customer: the events of `topics`, the `newest` ones, the model kept as `model`."""

    topics: Sequence[str]
    newest: int
    model: str

    def of_key(self, graph: Questions, key: str) -> Ahead:
        """The customer of an identifier: of a recycled value that of its first epoch."""
        row = self._asked(graph, [key], [])
        home = {"read/customer_of_key": ({"key": key}, row["home"])} if row else {}
        return Ahead(graph, {**home, **self._known(row)})

    def of_customer(self, graph: Questions, customer: str) -> Ahead:
        """The customer with this id."""
        return Ahead(graph, self._known(self._asked(graph, [], [customer])))

    def _asked(self, graph: Questions, keys: list[str], ids: list[str]) -> Row | None:
        topics, limit = list(self.topics), self.newest + 1
        rows = graph.ask("read/sheet", keys=keys, ids=ids, model=self.model, topics=topics, limit=limit)
        return rows[0] if rows else None

    def _known(self, row: Row | None) -> Known:
        if row is None:
            return {}
        customer, window = row["home"][0]["customer"], Window()
        page = {"since": window.since, "until": window.until, "types": [], "limit": self.newest + 1}
        return {
            "read/in_force": ({}, row["in_force"]),
            "read/setting": ({"name": self.model}, [kept for kept in row["settings"] if kept["value"] is not None]),
            "read/member_details": ({"id": customer}, row["members"]),
            "read/customer_links": ({"ids": [customer]}, row["links"]),
            "read/telling": ({"id": customer, "topics": list(self.topics)}, row["telling"]),
            "read/customer_orders": ({"id": customer}, row["orders"]),
            "read/timeline": ({"id": customer, **page}, row["newest"]),
            "read/employers": ({"id": customer}, row["employers"]),
            "read/holdings": ({"ids": [customer]}, row["holdings"]),
            _AT_THE_END: ({"id": customer}, row["still"]),
        }


def joined(graph: Questions, keys: Collection[str]) -> Ahead:
    """What it takes to say why identifiers are one customer, where their values have one epoch each."""
    asked = sorted(set(keys))
    [row] = graph.ask("read/why", keys=asked)
    customers = sorted({home["customer"] for home in row["homes"]})
    links = [dict(zip(_LINK, values, strict=True)) for values in row["links"]]
    return Ahead(
        graph,
        {
            "read/in_force": ({}, row["in_force"]),
            "read/homes": ({"keys": asked}, row["homes"]),
            "read/customer_links": ({"ids": customers}, links),
        },
    )


def surrounded(graph: Questions, key: str, each: int) -> Ahead:
    """What it takes to begin a walk at an identifier; of a recycled value at its first epoch."""
    beginning = {"keys": [key], "customers": []}
    rows = graph.ask("read/surroundings", key=key, each=each)
    known: Known = {
        "read/customer_of_key": ({"key": key}, [home for row in rows for home in row["home"]]),
        "read/beginning": (beginning, [{"node": row["node"]} for row in rows]),
        "read/neighbours": (
            {**beginning, "events": [], "each": each},
            [{"nodes": row["nodes"], "steps": row["steps"]} for row in rows],
        ),
    }
    return Ahead(graph, known)
