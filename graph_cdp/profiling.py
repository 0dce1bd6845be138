"""The profile of a customer: every part of it made when it is asked for, of what the graph says now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, Protocol

from graph_cdp import lookup, normalise
from graph_cdp.predict.model import KEPT_AS, Model
from graph_cdp.predict.outlook import outlook
from graph_cdp.project import (
    brands,
    carts,
    channels,
    companies,
    consent,
    hand,
    household,
    loyalty,
    messages,
    orders,
    person,
    preferences,
    presence,
    profile,
    rfm,
    scores,
    traits,
    voice,
)
from graph_cdp.project.facts import Fact
from graph_cdp.project.orders import Sale
from graph_cdp.project.scores import Figures
from graph_cdp.reading import Reading
from graph_cdp.state import Window
from graph_cdp.store.ahead import Whole
from graph_cdp.store.questions import LinkRow, Questions
from graph_cdp.vocabulary import TELLING

Row = dict[str, Any]

_SHEET: Final = Whole(TELLING, presence.RECENT, KEPT_AS)
TIMELINE: Final = 20
MOST_CONTACTS: Final = 20
# How many links a shared identifier of a household has with each of its people, at most.
LINKS_EACH: Final = 30
# What a customer does with a message that is an answer to it.
_ANSWERS: Final = ("opened", "clicked", "replied")


class Standing(Protocol):
    """Where a customer stands beside the segments of the policy."""

    def inside(self) -> list[Row]:
        """Those that the customer is in."""

    def left(self) -> list[Row]:
        """Those that the customer was in and is not any more."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a profile: from which day ages count, for which parts (all without any) and which brand."""

    today: date
    include: str = ""
    brand: str = ""
    segments: Callable[[Questions, str, str], Standing | None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class _ByThen:
    """What figures of a day are made of: all orders, those that are asked about with their facts, and the mood."""

    bought: Sequence[Sale]
    mine: Sequence[Sale]
    facts: Sequence[Fact]
    mood: float | None


class Sheet:
    """One customer, part by part. Each thing is read once, and only if a part needs it."""

    def __init__(self, reading: Reading, customer: str, kind: str, asked: Asked) -> None:
        self._reading, self._asked = reading, asked
        self.customer, self.kind = customer, kind

    @property
    def _today(self) -> date:
        return self._asked.today

    @cached_property
    def members(self) -> list[Row]:
        """The identifiers of the customer."""
        return self._reading.members(self.customer)

    @cached_property
    def own(self) -> frozenset[str]:
        """Their keys."""
        return frozenset(row["key"] for row in self.members)

    @cached_property
    def _around(self) -> list[LinkRow]:
        return self._reading.graph.links_of_customers([self.customer])

    @cached_property
    def _beside(self) -> list[str]:
        """Shared identifiers that members are linked with."""
        return sorted({key for row in self._around for key in row.shared} - self.own)

    @cached_property
    def told(self) -> list[Fact]:
        """What the customer's events tell, the oldest first."""
        return self._reading.telling(self.customer, self.own)

    @cached_property
    def _newest(self) -> list[Fact]:
        rows, _ = self._reading.newest(self.customer, self.own, Window(), presence.RECENT)
        # Those that tell more were taken apart already; what is newest has neither traits nor a company.
        known = {fact.uid: fact for fact in self.__dict__.get("told", ())}
        new = self._reading.facts(row for row in rows if row["uid"] not in known)
        there = [known[row["uid"]] for row in rows if row["uid"] in known]
        return sorted([*new, *there], key=lambda fact: fact.moment)

    @cached_property
    def bought(self) -> list[Sale]:
        """All orders of the customer, the newest first."""
        return orders.sales(self._order_rows, self.told)

    @cached_property
    def _order_rows(self) -> list[Row]:
        return self._reading.graph.ask("read/customer_orders", id=self.customer)

    @cached_property
    def _brand(self) -> str:
        there = brands.named((*self.told, *self._newest), self.bought)
        return brands.wanted(self._asked.brand, there) if self._asked.brand.strip() else ""

    def _branded(self, facts: Iterable[Fact], sales: Sequence[Sale]) -> list[Fact]:
        if not self._brand:
            return list(facts)
        keys = {sale.key for sale in sales}
        return [fact for fact in facts if fact.brand == self._brand or fact.order in keys]

    @cached_property
    def sales(self) -> list[Sale]:
        """The orders that are asked about."""
        return [sale for sale in self.bought if self._brand in ("", sale.brand)]

    @cached_property
    def facts(self) -> list[Fact]:
        """The facts that are asked about."""
        return self._branded(self.told, self.sales)

    @cached_property
    def recent(self) -> list[Fact]:
        """The newest events that are asked about, the oldest first."""
        return self._branded(self._newest, self.sales)

    @cached_property
    def traits(self) -> Row:
        """The traits, whichever brand is asked about."""
        return traits.traits(self.told, self._reading.policy)

    @cached_property
    def identifiers(self) -> list[Row]:
        """The identifiers as they are shown."""
        shared = self._reading.graph.ask("read/identifiers", keys=self._beside) if self._beside else []
        return profile.identifiers(self.members, shared)

    @cached_property
    def consent(self) -> Row:
        """The consents, whichever brand is asked about."""
        shared = frozenset(row["key"] for row in self.members if row["shared"])
        shared |= frozenset(self._beside)
        return consent.consent(self.told, self._reading.policy.consent, shared, self._today.isoformat())

    @cached_property
    def channels(self) -> Row:
        """The channels."""
        allowed = consent.allowed(self.consent)
        made = channels.channels(self.facts, self.sales, self.recent, self.traits, allowed)
        return made | {"loyalty_member": self.loyalty["member"]}

    @cached_property
    def loyalty(self) -> Row:
        """Programmes, points and vouchers."""
        return loyalty.loyalty(self.facts, self.identifiers, self.traits, self._today.isoformat())

    @cached_property
    def person(self) -> Row:
        """Who it is."""
        return person.person(self.traits, self.identifiers, self._today)

    def company(self) -> Row | None:
        """The company that the person works for: the one that was named last, the first by key of several."""
        employers = self._reading.graph.ask("read/employers", id=self.customer)
        named = {fact.company: fact.at or "" for fact in self.told if fact.company}
        if not employers:
            return None
        newest = max(employers, key=lambda row: named.get(row["key"], ""))
        return company_of(self._reading, newest, self._asked, {self.customer: self})

    def household(self) -> list[Row]:
        """The people who share something with the customer, each with the keys that they share."""
        policy = self._reading.policy
        keys = [key for key in self._beside if policy.relates(key)]
        most = policy.household.most
        rows = self._reading.graph.ask("read/sharers", keys=keys, degree=most * LINKS_EACH) if keys else []
        return household.household(self.customer, rows, most)

    @cached_property
    def _model(self) -> Model | None:
        kept = self._reading.graph.ask("read/setting", name=KEPT_AS)
        return Model.of(kept[0]["value"]) if kept else None

    def _outlook(self, told: Sequence[Fact], bought: Iterable[Sale], day: date) -> Row | None:
        if self._model is None:
            return None
        kept = [
            {"at": sale.at, "currency": sale.currency, "amount": sale.net, "channel": sale.channel}
            for sale in bought
            if sale.counts
        ]
        sent = [
            {
                "channel": name,
                "sent": max(row["sent"], row["delivered"]),
                "answered": max(row[step] for step in _ANSWERS),
            }
            for name, row in messages.by_channel(told).items()
            if name in consent.allowed(self.consent) or name not in self.consent
        ]
        return outlook(self._model, kept, sent, day)

    @cached_property
    def predictions(self) -> Row | None:
        """What to expect of the customer under the model that was fitted last, whichever brand is asked about."""
        return self._outlook(self.told, self.bought, self._today)

    @cached_property
    def scores(self) -> Row:
        """How the figures stand and move, of the identifiers that are the customer's now."""
        return scores.scores(self._figures, self._today)

    @cached_property
    def _by_then(self) -> dict[tuple[int, int], _ByThen]:
        """By how many facts and rows of orders there were: two days with as many of both had the same."""
        return {}

    def _figures(self, day: date) -> Figures:
        told = scores.until(self.told, day)
        rows = scores.rows_until(self._order_rows, day)
        name = len(told), len(rows)
        if name not in self._by_then:
            self._by_then[name] = self._made_of(told, self._bought_of(rows, told))
        then = self._by_then[name]
        scored = rfm.rfm(then.mine, day, self._reading.policy.rfm)
        return scores.figures(scored, then.facts, then.mood, self._outlook(told, then.bought, day), day)

    def _bought_of(self, rows: Sequence[Mapping[str, Any]], told: Sequence[Fact]) -> list[Sale]:
        """The orders of a day, which are those of today where nothing has changed since."""
        then = scores.as_told(rows, told)
        same = len(told) == len(self.told) and then == self._order_rows
        return self.bought if same else orders.sales(then, told)

    def _made_of(self, told: Sequence[Fact], bought: Sequence[Sale]) -> _ByThen:
        mine = [sale for sale in bought if self._brand in ("", sale.brand)]
        facts = self._branded(told, mine)
        return _ByThen(bought, mine, facts, voice.voice(facts)["sentiment"]["mean"])

    @cached_property
    def _standing(self) -> Standing | None:
        return self._asked.segments(self._reading.graph, self.customer, self.kind)

    def segments(self) -> list[Row]:
        """The segments that the customer is in."""
        return self._standing.inside() if self._standing else []

    def left_segments(self) -> list[Row]:
        """The segments that the customer was in and is not any more."""
        return self._standing.left() if self._standing else []

    def warnings(self) -> list[Row]:
        """What a reader should know."""
        held = {row["key"] for row in self.members if row["shared"] and self.kind != "shared"}
        return [
            *self._reading.warnings(self.customer, sorted({*self._beside, *held}), self._around),
            *consent.conflicts(self.consent),
            *person.born_in_future(self.traits, self._today),
            *orders.unknown_currencies(self.bought),
            *orders.refunds_in_other_currencies(self.bought),
        ]

    def contact(self) -> Row:
        """The customer as somebody who works for a company."""
        preferred = channels.preferred(self.traits, messages.by_channel(self.told), consent.allowed(self.consent))
        return companies.contact(self.customer, self.traits, self.person, preferred)

    def part(self, name: str) -> Any:
        """One part of the profile."""
        return PARTS[name](self)

    def head(self) -> Row:
        """Who it is and of when."""
        return {
            "customer_id": self.customer,
            "kind": self.kind,
            "as_of": self._reading.as_of,
            "on": self._today.isoformat(),
        }


PARTS: Final[Mapping[str, Callable[[Sheet], Any]]] = {
    "identifiers": lambda sheet: sheet.identifiers,
    "traits": lambda sheet: sheet.traits,
    "person": lambda sheet: sheet.person,
    "places": lambda sheet: person.places(sheet.traits, sheet.told, sheet.bought, sheet._newest),
    "company": Sheet.company,
    "household": Sheet.household,
    "orders": lambda sheet: orders.orders(sheet.sales),
    "rfm": lambda sheet: rfm.rfm(sheet.sales, sheet._today, sheet._reading.policy.rfm),
    "preferences": lambda sheet: preferences.preferences(sheet.sales, sheet.recent),
    "brands": lambda sheet: brands.brands(
        {fact.uid: fact for fact in (*sheet.told, *sheet._newest)}.values(), sheet.bought
    ),
    "channels": lambda sheet: sheet.channels,
    "campaigns": lambda sheet: messages.campaigns(sheet.facts, sheet.sales),
    "consent": lambda sheet: sheet.consent,
    "loyalty": lambda sheet: sheet.loyalty,
    "voice": lambda sheet: voice.voice(sheet.facts),
    "carts": lambda sheet: carts.carts(sheet.facts),
    "favourites": lambda sheet: carts.favourites(sheet.facts),
    "visits": lambda sheet: presence.visits(sheet.facts),
    "activity": lambda sheet: presence.activity(sheet.recent, sheet._today),
    "notes": lambda sheet: hand.notes(sheet.told),
    "switches": lambda sheet: hand.switches(sheet.told),
    "scores": lambda sheet: sheet.scores,
    "predictions": lambda sheet: sheet.predictions,
    "segments": Sheet.segments,
    "left_segments": Sheet.left_segments,
    "warnings": Sheet.warnings,
    "timeline": lambda sheet: profile.timeline(sheet.recent[::-1][:TIMELINE]),
}


def profile_of(reading: Reading, customer: str, kind: str, asked: Asked) -> Row:
    """The parts of a customer's profile that are asked for.

    Raises `UsageError` for a part or a brand that there is not, `ConflictError` where the customer changes meanwhile.
    """
    wanted = profile.parts_of(asked.include, list(PARTS))
    sheet = Sheet(reading, customer, kind, asked)
    made = sheet.head()
    if asked.brand:
        made["brand"] = sheet._brand
    made |= {name: sheet.part(name) for name in wanted}
    reading.unchanged(customer, sheet.own)
    return made


def profile_today(graph: Questions, key: str, asked: Asked, reading: Callable[[Questions], Reading]) -> Row:
    """As `profile_of`, of whom a key or a customer id leads to; in few statements where all parts are wanted.

    Raises `NotFoundError` too.
    """
    if asked.include.strip(" ,"):
        found = lookup.found(graph, key)
        return profile_of(reading(graph), str(found["customer"]), str(found["kind"]), asked)
    ahead = _SHEET.of_key(graph, normalise.parse_key(key)) if ":" in key else None
    found = lookup.found(ahead or graph, key)
    customer = str(found["customer"])
    if ahead is None or not ahead.knows(customer):
        ahead = _SHEET.of_customer(graph, customer)
    return profile_of(reading(ahead), customer, str(found["kind"]), asked)


def company_of(reading: Reading, row: Row, asked: Asked, known: Mapping[str, Sheet]) -> Row:
    """A company with its contacts and their orders; `known` are sheets that are there already."""
    sheets = contacts_of(reading, row["key"], asked, known)
    return companies.company(
        row, [sheet.contact() for sheet in sheets], [sale for sheet in sheets for sale in sheet.bought]
    )


def contacts_of(reading: Reading, key: str, asked: Asked, known: Mapping[str, Sheet]) -> list[Sheet]:
    """The people of a company, each part by part; `known` are sheets that are there already."""
    rows = reading.graph.ask("read/contacts", keys=[key], limit=MOST_CONTACTS)
    there = [row["id"] for row in rows if row["kind"] != "shared"]
    return [known.get(name) or Sheet(reading, name, "person", asked) for name in there or list(known)]
