"""Customers of the graph as conditions see them, a page at a time, in the order of their ids."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from graph_cdp.audience.subject import Subject, Version, days_of, subject_of
from graph_cdp.crowd.page import Page
from graph_cdp.crowd.retold import versions
from graph_cdp.intake import Terms
from graph_cdp.model import rfc3339
from graph_cdp.profiling import PARTS, Asked, Sheet
from graph_cdp.project import orders
from graph_cdp.project.facts import Fact
from graph_cdp.project.orders import Sale
from graph_cdp.reading import Reading
from graph_cdp.store.graph import Graph
from graph_cdp.store.questions import Questions
from graph_cdp.vocabulary import ANY, meaning_of

Row = dict[str, Any]
PAGE: Final = 1_000
_MICROSECONDS: Final = 86_400_000_000


@contextmanager
def uncollected() -> Iterator[None]:
    """Keeps the garbage collector from walking again and again over what is just being made, half of the time else."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Parts(dict[str, Any]):
    """What is made of a customer or an event when it is looked at, beside what is there already."""

    def __init__(self, there: Row, made: Mapping[str, Any], make: Callable[[str], Any]) -> None:
        super().__init__(there)
        self._made, self._make = made, make

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._made

    def __missing__(self, name: str) -> Any:
        self[name] = self._make(name)
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The part of this name, `default` where there is none."""
        if name in self:
            return self[name]
        return default


@dataclass(frozen=True, slots=True)
class PageReading(Reading):
    """Reads a page; an event is taken apart once, however many parts of a profile look at it."""

    apart: dict[str, Fact] = field(default_factory=dict, compare=False)

    def facts(self, rows: Iterable[Row]) -> list[Fact]:
        """What rows of events tell, the oldest first."""
        return sorted(map(self.fact, rows), key=lambda fact: fact.moment)

    def fact(self, row: Row) -> Fact:
        """What the row of an event tells."""
        if row["uid"] not in self.apart:
            [self.apart[row["uid"]]] = Reading.facts(self, [row])
        return self.apart[row["uid"]]


@dataclass(frozen=True, slots=True)
class People:
    """The persons of a graph under what is in force, as they are at the moment `now`."""

    graph: Graph
    terms: Terms
    now: datetime

    @property
    def days(self) -> float:
        """The moment in days since 1970."""
        return days_of(self.now.isoformat())

    def all(self, after: str = "") -> Iterator[Subject]:
        """Every customer after an id; shared identifiers are nobody's and not among them."""
        for page in self.pages(after):
            yield from page

    def pages(self, after: str = "") -> Iterator[list[Subject]]:
        """The same by the thousand; the next page is read while one is looked at."""
        kinds = self._kinds(after)
        with ThreadPoolExecutor(max_workers=1) as ahead:
            coming = ahead.submit(self._next, kinds)
            while found := coming.result():
                coming = ahead.submit(self._next, kinds)
                yield self._subjects(*found)

    def order_values(self) -> Iterator[Row]:
        """`{customer, key, at, status, currency, amount}` of every order of a person."""
        for kinds in self._kinds(""):
            yield from self.graph.together("read/order_values", ids=sorted(kinds))

    def _kinds(self, after: str) -> Iterator[dict[str, str]]:
        """The ids after one with their kinds, by the thousand; asked for less often, for finding the place is dear."""
        while rows := self.graph.ask("read/customers", after=after, limit=10 * PAGE):
            for start in range(0, len(rows), PAGE):
                yield {str(row["customer_id"]): str(row["kind"]) for row in rows[start : start + PAGE]}
            after = rows[-1]["customer_id"]

    def _next(self, pages: Iterator[dict[str, str]]) -> tuple[dict[str, str], Page] | None:
        kinds = next(pages, None)
        if kinds is None:
            return None
        with uncollected():
            return kinds, Page(self.graph, sorted(kinds))

    def those(self, ids: Sequence[str], each: int | None = None) -> Iterator[list[Subject]]:
        """Those of the customers with these ids that there are, page by page of at most `each`."""
        step = min(each or PAGE, PAGE)
        for start in range(0, len(ids), step):
            rows = self.graph.ask("read/persons", ids=list(ids[start : start + step]))
            kinds = {str(row["customer_id"]): str(row["kind"]) for row in rows}
            yield self.of(kinds, self.graph) if kinds else []

    def of(self, kinds: dict[str, str], graph: Questions) -> list[Subject]:
        """These customers, each with its kind, read at once. One that has just become part of another is left out."""
        return self._subjects(kinds, Page(graph, sorted(kinds)))

    def _subjects(self, kinds: Mapping[str, str], page: Page) -> list[Subject]:
        reading = PageReading(page, self.terms.policy, self.terms.decided)
        with uncollected():
            return [self._subject(reading, page, id, kinds[id]) for id in page.ids if page.members(id)]

    def _subject(self, reading: PageReading, page: Page, id: str, kind: str) -> Subject:
        sheet = Sheet(reading, id, kind, Asked(self.now.date()))
        owned = reading.owner(sheet.own)
        own = [row for row in reversed(page.events(id)) if owned(row) is not None]
        bought = orders.sales(page.orders(id), [reading.fact(row) for row in own if _of_order(row)])
        kept = [_order(sale) for sale in bought if sale.counts]
        subject = subject_of(id, self.now, kept, (_event(row, reading) for row in own), self._profile(page, sheet))
        return replace(subject, retold=partial(self._retold, page, reading, id, own))

    def _retold(self, page: Page, reading: PageReading, id: str, own: list[Row]) -> Iterator[Version]:
        mine = {row["uid"] for row in own}

        def fact(event: Row) -> Fact | None:
            return reading.fact(event) if event["uid"] in mine and _of_order(event) else None

        return versions(self.graph, page.orders(id), page.events(id), fact, _order)

    def _profile(self, page: Page, present: Sheet) -> Callable[[float], Row]:
        def made(at: float) -> Row:
            if at >= self.days:
                return _parts(present)
            # By the microsecond, as the times of events are: a second later or earlier something else was known.
            until = rfc3339(round(at * _MICROSECONDS)) or ""
            reading = Reading(page.then(present.customer, until), self.terms.policy, self.terms.decided, until)
            return _parts(Sheet(reading, present.customer, present.kind, Asked(date.fromisoformat(until[:10]))))

        return made


def _parts(sheet: Sheet) -> Parts:
    return Parts(sheet.head(), PARTS, sheet.part)


def _of_order(event: Row) -> bool:
    meaning = meaning_of(event["name"])
    return meaning is not None and meaning.topic == "order" and event["topic"] in ("order", ANY)


def _order(sale: Sale) -> Row:
    """An order as conditions see it; its total is what was paid in the end."""
    names = ("key", "at", "status", "currency", "brand", "store", "channel", "payment_method", "lines")
    return {name: getattr(sale, name) for name in names} | {"total": None if sale.total is None else sale.net}


_INSIDE: Final[Mapping[str, Callable[[Fact], Any]]] = {
    "brand": lambda fact: fact.brand,
    "properties": lambda fact: fact.properties,
}


def _event(row: Row, reading: PageReading) -> Row:
    """An event as conditions see it; what stands in its properties is taken out only where it is looked at."""
    meaning = meaning_of(row["name"])
    there = {name: row[name] for name in ("at", "name", "source", "kind")} | {
        "topic": meaning.topic if meaning else None,
        "says traits": (row["traits"] or "{}") != "{}",
    }
    return Parts(there, _INSIDE, lambda name: _INSIDE[name](reading.fact(row)))
