"""A part of the graph as it was at a moment, in memory: answers the questions that reading a profile asks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from itertools import combinations
from typing import Any, Final

import polars as pl

from graph_cdp.link.claims import said
from graph_cdp.model import NEVER, UNDATED, Link, Span, namespace_of, sighting_of, value_of
from graph_cdp.past.orders import orders_of
from graph_cdp.past.shown import Shown
from graph_cdp.past.walk import epochs_then
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.claims import merged
from graph_cdp.resolve.decided import Decided
from graph_cdp.rules import holding_of, said_by, together
from graph_cdp.store import codec
from graph_cdp.store.contacts import contact_of
from graph_cdp.store.questions import LinkRow, Questions
from graph_cdp.store.shapes import Step

Row = dict[str, Any]
Event = Mapping[str, Any]

_LINKS: Final = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}
_AT_LAST: Final = UNDATED - 1
_TOLD: Final = {"key": pl.String, "trait": pl.String, "at": pl.Int64, "value": pl.String}


class Then(Questions):
    """What some observations make of the keys in them, under a policy and decisions.

    Right for those keys of which all observations are among them. `graph` is the one of today, which knows the names
    of companies and what products are.
    """

    def __init__(
        self,
        graph: Questions,
        events: Iterable[Event],
        policy: Policy,
        decided: Decided,
        customer_id: Callable[[str], str],
    ) -> None:
        told = list(events)
        self._epochs = epochs_then(told, policy)
        self._today, self._policy = graph, policy
        self.decided = decided = decided.meaning(lambda key: self._epochs.meant(key, policy))
        self._events = {event["uid"]: self._named(event) for event in told}
        self._nodes: dict[str, tuple[Span, frozenset[str]]] = {}
        self._links: dict[tuple[str, str, str], Link] = {}
        self._claims: dict[str, list[tuple[str, int, str | None]]] = defaultdict(list)
        for event in self._events.values():
            self._take(event)
        members = bulk.resolve(self._rows(), policy, decided, self._told())
        keys = members.keys.to_list()
        self._home: dict[str, str] = dict(zip(keys, members.ids(customer_id), strict=True))
        self._shared = {key for key, shared in zip(keys, members.shared.tolist(), strict=True) if shared}
        self._members: dict[str, list[str]] = defaultdict(list)
        for key, home in self._home.items():
            self._members[home].append(key)

    def _named(self, event: Event) -> Event:
        """The event with the keys of epochs."""
        at = codec.instant(event["at"], UNDATED)
        return {**event, "keys": list(self._epochs.names(event["keys"], at))} if self._epochs.later else event

    def _take(self, event: Event) -> None:
        span = Span.at(codec.instant(event["at"], UNDATED))
        usable = sorted({key for key in event["keys"] if not self._policy.is_blocked(key)})
        for key in usable:
            before, sources = self._nodes.get(key, (Span(), frozenset()))
            self._nodes[key] = before | span, sources | {event["source"]}
        for a, b in combinations(usable, 2):
            held = self._links.get((a, b, event["kind"]), Link(a, b, event["kind"]))
            self._links[a, b, event["kind"]] = Link(
                a, b, event["kind"], held.span | span, held.sources | {event["source"]}
            )
        traits = json.loads(event["traits"] or "{}")
        if words := said(event["keys"], traits, codec.instant(event["at"], UNDATED), self._policy):
            self._claims[words[0]] += [(trait, at, value) for trait, (at, value) in words[1].items()]

    def _rows(self) -> pl.DataFrame:
        rows: list[tuple[str, str | None, str, int | None]] = [
            (key, None, "", _dated(span.first)) for key, (span, _) in self._nodes.items()
        ]
        rows += [(link.a, link.b, link.kind, _dated(link.span.first)) for link in self._links.values()]
        return pl.DataFrame(rows, schema=_LINKS, orient="row")

    def _told(self) -> pl.DataFrame:
        rows = [
            (key, trait, None if at == NEVER else at, value)
            for key, words in self._claims.items()
            for trait, at, value in words
        ]
        return pl.DataFrame(rows, schema=_TOLD, orient="row")

    def customer_of(self, key: str) -> Row | None:
        """`{key, customer, kind, shared}` of an identifier, None where nothing had been seen of it."""
        value, sighting = value_of(key), sighting_of(key)
        name = self._epochs.name(value, _AT_LAST if sighting is None else sighting)
        home = self._home.get(name)
        facts = {"key": name, "kind": self._kind(home), "shared": name in self._shared} if home else {}
        return {"customer": home, **facts} if home else None

    def _kind(self, customer: str) -> str:
        return "shared" if self._shared.issuperset(self._members[customer]) else "person"

    def links_of_customers(self, ids: Collection[str]) -> list[LinkRow]:
        """Every link at members of these customers, in the order of the keys."""
        return [
            LinkRow(
                link,
                {link.a: self._home[link.a], link.b: self._home[link.b]},
                frozenset(key for key in (link.a, link.b) if key in self._shared),
            )
            for _, link in sorted(self._links.items())
            if self._home[link.a] in ids or self._home[link.b] in ids
        ]

    def shared_among(self, keys: Collection[str]) -> set[str]:
        """Which of the keys were shared identifiers."""
        return self._shared.intersection(keys)

    def known_among(self, keys: Collection[str]) -> set[str]:
        """Which of the keys had been seen."""
        return self._home.keys() & set(keys)

    def nodes(self, name: str, /, **parameters: Any) -> list[Row]:
        """The nodes that a walk begins at."""
        return [
            *self._shown.named("Identifier", parameters["keys"]),
            *self._shown.named("Customer", parameters["customers"]),
        ]

    def steps(self, name: str, /, **parameters: Any) -> list[Step]:
        """The steps away from the nodes that a walk has come to."""
        places = (("Identifier", "keys"), ("Customer", "customers"), ("Event", "events"))
        each = parameters["each"]
        return [step for label, names in places for step in self._shown.around(label, parameters[names], each)]

    @cached_property
    def _shown(self) -> Shown:
        links = [link for _, link in sorted(self._links.items())]
        events = sorted(self._events.values(), key=lambda event: (event["at"] or "", event["uid"]), reverse=True)
        return Shown(self._identifiers(sorted(self._home)), self._home, links, events)

    def ask(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of the reading statement `name`, of those that a profile and its explanations ask."""
        return self._answers[name](**parameters)

    def together(self, name: str, /, **parameters: Any) -> list[Row]:
        """As `ask`: here no records come over a wire."""
        return self.ask(name, **parameters)

    @cached_property
    def _answers(self) -> Mapping[str, Callable[..., list[Row]]]:
        return {
            "read/member_details": lambda id: self._identifiers(sorted(self._members.get(id, ()))),
            "read/member_keys": lambda id: [{"key": key} for key in self._members.get(id, ())],
            "read/members": lambda ids: [{"id": id, "key": key} for id in ids for key in self._members.get(id, ())],
            "read/identifiers": lambda keys: self._identifiers(key for key in keys if key in self._home),
            "read/holdings": lambda ids: [{"id": id, **self._holding(id)} for id in ids],
            "read/telling": self._telling,
            "read/employers": self._employers,
            "read/sharers": self._sharers,
            "read/contacts": self._contacts,
            "read/companies": lambda keys: self._today.ask("read/companies", keys=keys),
            "read/customer_orders": self._customer_orders,
            "read/timeline": self._timeline,
            "read/members_of_many": lambda ids: self._of_many(ids, self._answers["read/member_details"]),
            "read/events_of_many": lambda ids: self._of_many(ids, self._newest_first),
            "read/orders_of_many": lambda ids: self._of_many(ids, self._customer_orders),
            "read/employers_of_many": lambda ids: self._of_many(ids, self._employers),
            "read/setting": lambda name: self._today.ask("read/setting", name=name),
        }

    def _identifiers(self, keys: Iterable[str]) -> list[Row]:
        rows = []
        for key in keys:
            namespace, _, value = value_of(key).partition(":")
            seen = codec.seen(*self._nodes[key])
            claims = codec.claims_texts(self._last_words(key))
            rows.append(
                {"key": key, "namespace": namespace, "value": value, **seen, "claims": claims}
                | {"shared": key in self._shared}
            )
        return rows

    def _sharers(self, keys: list[str], degree: int) -> list[Row]:
        """The customers that are linked with shared identifiers, of those with few links."""
        rows = []
        for key in keys:
            ends = [link.b if link.a == key else link.a for link in self._links.values() if key in (link.a, link.b)]
            homes = {self._home[end] for end in ends if end not in self._shared}
            rows += [{"key": key, "customer": home} for home in sorted(homes) if len(ends) <= degree]
        return rows

    def _holding(self, customer: str) -> Row:
        held = []
        for key in self._members.get(customer, ()):
            said = said_by(key, self._last_words(key), self.decided.apart(key), self._policy)
            held.append(holding_of(key, self._nodes[key][0].first, said, self._policy))
        return codec.holding_row(together(held))

    def _last_words(self, key: str) -> dict[str, tuple[int, str | None]]:
        words: dict[str, tuple[int, str | None]] = {}
        for trait, at, value in self._claims.get(key, ()):
            words = merged(words, {trait: (at, value)})
        return words

    def _of(self, customer: str) -> list[Row]:
        """The events observed with members of a customer, with those of their keys that were shared."""
        own = set(self._members.get(customer, ()))
        return [
            {**event, "shared": [key for key in event["keys"] if key in self._shared]}
            for _, event in sorted(self._events.items())
            if own.intersection(event["keys"])
        ]

    @staticmethod
    def _of_many(ids: Iterable[str], answer: Callable[[str], list[Row]]) -> list[Row]:
        return [{**row, "id": id} for id in ids for row in answer(id)]

    def _newest_first(self, id: str) -> list[Row]:
        return sorted(self._of(id), key=_moment, reverse=True)

    def _telling(self, id: str, topics: Collection[str]) -> list[Row]:
        told = [event for event in self._of(id) if event["topic"] in topics]
        return sorted(told, key=_moment)

    def _employers(self, id: str) -> list[Row]:
        own = set(self._members.get(id, ()))
        told = [event for event in self._of(id) if event["company"]]
        named = {event["company"] for event in told if contact_of(event["keys"], self._policy) in own}
        return self._today.ask("read/companies", keys=sorted(named)) if named else []

    def _contacts(self, keys: Collection[str], limit: int) -> list[Row]:
        """As far as their observations are among those that are known here."""
        found = {
            (event["company"], self._home[contact], contact)
            for event in self._events.values()
            if event["company"] in keys and (contact := contact_of(event["keys"], self._policy))
        }
        rows = [{"company": at, "id": home, "kind": self._kind(home), "keys": [key]} for at, home, key in sorted(found)]
        return list({(row["company"], row["id"]): row for row in rows}.values())[:limit]

    def _customer_orders(self, id: str) -> list[Row]:
        own = {key for key in self._members.get(id, ()) if self._policy.base(namespace_of(key)) == "order"}
        told = [event for event in self._of(id) if event["order"]]
        return orders_of(told, own, self._categories) if own else []

    def _categories(self, products: list[str]) -> dict[str, str]:
        rows = self._today.ask("read/categories", keys=products)
        return {row["key"]: row["category"] for row in rows}

    def _timeline(self, id: str, limit: int, **window: Any) -> list[Row]:
        wanted = [event for event in self._of(id) if _within(event, window)]
        wanted.sort(key=_moment, reverse=True)
        return wanted[:limit]


def _moment(event: Event) -> str:
    return f"{event['at'] or ''} {event['uid']}"


def _within(event: Event, window: Mapping[str, Any]) -> bool:
    types = window["types"]
    of_type = not types or any(event[part] in types for part in ("name", "kind", "topic"))
    return window["since"] <= _moment(event) < window["until"] and of_type


def _dated(at: int) -> int | None:
    return None if at == UNDATED else at
