"""Customers of the graph as conditions see them, a page at a time, in the order of their ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from graph_cdp.audience.subject import Subject, days_of, subject_of, time_of
from graph_cdp.crowd.page import Page
from graph_cdp.intake import Terms
from graph_cdp.project import profile as view
from graph_cdp.reading import Reading
from graph_cdp.store.graph import Graph
from graph_cdp.store.questions import Questions

Row = dict[str, Any]
PAGE: Final = 250


@dataclass(frozen=True, slots=True)
class People:
    """The persons of a graph under what is in force, as they are at the moment `now`."""

    graph: Graph
    terms: Terms
    now: datetime

    def all(self, after: str = "") -> Iterator[Subject]:
        """Every customer after an id; shared identifiers are nobody's and not among them."""
        while rows := self.graph.ask("read/customers", after=after, limit=PAGE):
            after = str(rows[-1]["customer_id"])
            yield from self.of({str(row["customer_id"]): str(row["kind"]) for row in rows}, self.graph)

    def of(self, kinds: dict[str, str], graph: Questions) -> Iterator[Subject]:
        """These customers, each with its kind, read at once. One that has just become part of another is left out."""
        page = Page(graph, sorted(kinds))
        for id in page.ids:
            if page.members(id):
                yield self._subject(page, id, kinds[id])

    def _subject(self, page: Page, id: str, kind: str) -> Subject:
        reading = Reading(page, self.terms.policy, self.terms.decided)
        own = reading.owner(frozenset(row["key"] for row in page.members(id)))
        orders = view.orders(page.orders(id), last=10**9)["last"]
        events = [_event(event) for event in page.events(id) if own(event) is not None]
        return subject_of(id, self.now, orders, events, self._profile(page, id, kind))

    def _profile(self, page: Page, id: str, kind: str) -> Callable[[float], Row]:
        present = days_of(self.now.isoformat())

        def made(at: float) -> Row:
            until = None if at >= present else time_of(at)
            then = page.then(id, until[:-1] + ".999999Z") if until else page
            return Reading(then, self.terms.policy, self.terms.decided, until).profile(id, kind)

        return made


def _event(row: Row) -> Row:
    return {
        **{name: row[name] for name in ("at", "name", "source", "kind")},
        "properties": json.loads(row["properties"] or "{}"),
    }
