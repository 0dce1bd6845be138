"""Customers of the graph as conditions see them, a page at a time, in the order of their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from graph_cdp.audience.subject import Subject, days_of, subject_of, time_of
from graph_cdp.crowd.page import Page
from graph_cdp.intake import Terms
from graph_cdp.profiling import PARTS, Asked, Sheet
from graph_cdp.project.facts import Fact
from graph_cdp.project.orders import Sale
from graph_cdp.reading import Reading
from graph_cdp.store.graph import Graph
from graph_cdp.store.questions import Questions

Row = dict[str, Any]
PAGE: Final = 250


class Parts(dict[str, Any]):
    """The profile of a customer, of which only those parts are made that are looked at."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet.head())
        self._sheet = sheet

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in PARTS

    def __missing__(self, name: str) -> Any:
        self[name] = self._sheet.part(name)
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The part of this name, `default` where there is none."""
        if name in self:
            return self[name]
        return default


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
        sheet = Sheet(reading, id, kind, Asked(self.now.date()))
        owned = reading.owner(sheet.own)
        events = reading.facts(row for row in page.events(id) if owned(row) is not None)
        orders = [_order(sale) for sale in sheet.bought if sale.counts]
        return subject_of(id, self.now, orders, map(_event, events), self._profile(page, sheet))

    def _profile(self, page: Page, present: Sheet) -> Callable[[float], Row]:
        now = days_of(self.now.isoformat())

        def made(at: float) -> Row:
            until = None if at >= now else time_of(at)
            if until is None:
                return Parts(present)
            then = page.then(present.customer, until[:-1] + ".999999Z")
            reading = Reading(then, self.terms.policy, self.terms.decided, until)
            return Parts(Sheet(reading, present.customer, present.kind, Asked(date.fromisoformat(until[:10]))))

        return made


def _order(sale: Sale) -> Row:
    """An order as conditions see it; its total is what was paid in the end."""
    names = ("key", "at", "status", "currency", "brand", "store", "channel", "payment_method", "lines")
    return {name: getattr(sale, name) for name in names} | {"total": None if sale.total is None else sale.net}


def _event(fact: Fact) -> Row:
    return {
        **{"at": fact.at, "name": fact.name, "source": fact.source, "kind": fact.kind},
        **{"topic": fact.meaning.topic or None, "brand": fact.brand, "properties": fact.properties},
    }
