"""A customer read ahead: the statements that nearly every profile needs, answered by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import neo4j

from graph_cdp.state import Window
from graph_cdp.store.questions import Questions

Row = dict[str, Any]


class Ahead(Questions):
    """A graph that knows already what was read ahead of one customer; everything else it is asked for.

    The answers are those of the moment at which this was made, in one statement instead of eight. Who makes more than
    one view of it asks for `read/member_keys` at the end, which is always read anew.
    """

    def __init__(self, graph: Questions, customer: str, topics: Sequence[str], newest: int) -> None:
        self._graph = graph
        found = graph.ask("read/sheet", id=customer, topics=list(topics), limit=newest + 1)
        row = found[0] if found else {}
        window = Window()
        page = {"since": window.since, "until": window.until, "types": [], "limit": newest + 1}
        asked: dict[str, tuple[str, Mapping[str, Any]]] = {
            "members": ("read/member_details", {"id": customer}),
            "links": ("read/customer_links", {"ids": [customer]}),
            "telling": ("read/telling", {"id": customer, "topics": list(topics)}),
            "orders": ("read/customer_orders", {"id": customer}),
            "newest": ("read/timeline", {"id": customer, **page}),
            "employers": ("read/employers", {"id": customer}),
            "holdings": ("read/holdings", {"ids": [customer]}),
        }
        self._known: dict[str, tuple[Mapping[str, Any] | None, list[Row]]] = {
            name: (given, row.get(column, [])) for column, (name, given) in asked.items()
        }

    def records(self, name: str, /, **parameters: Any) -> list[neo4j.Record]:
        """The rows of the reading statement `name`, as the driver has them: always read anew."""
        return self._graph.records(name, **parameters)

    def ask(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of the reading statement `name`."""
        given, rows = self._known.get(name, (None, []))
        return list(rows) if parameters == given else self._graph.ask(name, **parameters)
