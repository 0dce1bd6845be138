"""Questions to the graph that take more than one statement: the profile of a customer, and why two keys are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph_cdp.epochs import Epochs
from graph_cdp.errors import NotFoundError, StoreError
from graph_cdp.model import UNDATED, Link, namespace_of, rfc3339, value_of
from graph_cdp.policy import CONTRADICTION, Policy
from graph_cdp.project import profile as view
from graph_cdp.project.facts import Fact, facts_of
from graph_cdp.resolve import explain
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.rules import NOTHING, contradict, rules_between
from graph_cdp.state import Place, Window
from graph_cdp.store import codec
from graph_cdp.store.connection import ConflictError
from graph_cdp.store.questions import LinkRow, Questions
from graph_cdp.vocabulary import TELLING

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads a graph under the policy in force."""

    graph: Questions
    policy: Policy
    decided: Decided = UNDECIDED
    as_of: str | None = None
    recycled: set[str] = field(default_factory=set, compare=False)

    def timeline(self, customer: str, window: Window, limit: int) -> tuple[list[Row], Place | None]:
        """The customer's own events in a window, newest first, and the place to go on after, None at the end.

        Raises `ConflictError` where the customer changes meanwhile.
        """
        own = frozenset(row["key"] for row in self.members(customer))
        rows, place = self.newest(customer, own, window, limit)
        self.unchanged(customer, own)
        return view.timeline(reversed(self.facts(rows))), place

    def facts(self, rows: Iterable[Row]) -> list[Fact]:
        """What rows of events tell, the oldest first."""
        return facts_of(rows, lambda source: self.policy.source(source).brand)

    def telling(self, customer: str, members: frozenset[str]) -> list[Fact]:
        """Those of a customer's own events that say more than that something was looked at, the oldest first."""
        owned = self.owner(members)
        rows = self.graph.ask("read/telling", id=customer, topics=list(TELLING))
        return self.facts(row for row in rows if owned(row) is not None)

    def members(self, customer: str) -> list[Row]:
        """The identifiers of a customer. Raises `ConflictError` where there are none any more."""
        members = self.graph.ask("read/member_details", id=customer)
        if not members:
            raise ConflictError
        self.recycled.update(row["key"] for row in members if row.get("later"))
        return members

    def unchanged(self, customer: str, members: frozenset[str]) -> None:
        """Raises `ConflictError` where a customer has other identifiers by now."""
        if {row["key"] for row in self.graph.ask("read/member_keys", id=customer)} != members:
            raise ConflictError

    def owner(self, members: frozenset[str]) -> view.Owner:
        """Whether an event is the customer's own, by its keys and those of them that are shared."""

        epochs = self._epochs(members)

        def owned(event: Mapping[str, Any]) -> str | None:
            if not event["shared"] and not epochs.later and members.issuperset(event["keys"]):
                return str(event["keys"][0])
            keys = epochs.names(event["keys"], codec.instant(event["at"], UNDATED)) if epochs.later else event["keys"]
            usable = [key for key in keys if not self.policy.is_blocked(key)]
            return view.owner(usable, members, frozenset(event["shared"]), self._trust)

        return owned

    def _epochs(self, members: Iterable[str]) -> Epochs:
        """The epochs of those values of members that have several; events of the past name them already."""
        names = [key for key in members if self.policy.rest(namespace_of(key))] if self.as_of is None else []
        values = sorted({value_of(key) for key in names if value_of(key) != key or key in self.recycled})
        rows = self.graph.ask("read/homes", keys=values) if values else []
        return Epochs({row["key"]: codec.later_of(row["later"]) for row in rows if row["later"]})

    def _trust(self, key: str) -> int:
        trust: int = self.policy.trust(namespace_of(key))
        return trust

    def newest(
        self, customer: str, members: frozenset[str], window: Window, limit: int
    ) -> tuple[list[Row], Place | None]:
        """The rows of a customer's own events in a window, and the place to go on after, None at the end.

        Events of others at the same identifiers are read past.
        """
        made: list[Row] = []
        owned, place = self.owner(members), window.after
        while page := self._page(customer, window, place, limit):
            made += [event for event in page if owned(event) is not None]
            place = _place(page[-1])
            if len(made) > limit or len(page) <= limit:
                break
        more = len(made) > limit
        return made[:limit], _place(made[limit - 1]) if more else None

    def _page(self, customer: str, window: Window, after: Place, limit: int) -> list[Row]:
        return self.graph.ask(
            "read/timeline",
            id=customer,
            since=window.since,
            until=min(window.until, f"{after[0]} {after[1]}"),
            types=list(window.types),
            limit=limit + 1,
        )

    def warnings(self, customer: str, shared: list[str], around: list[LinkRow]) -> list[Row]:
        """What a reader should know: shared identifiers, what its members contradict one another in, refused links."""
        warnings: list[Row] = [{"warning": "shared identifier", "key": key} for key in shared]
        refused = [
            (row.link, (set(row.customers.values()) - {customer}).pop())
            for row in around
            if not row.shared and self.policy.joins(row.link.kind) and set(row.customers.values()) != {customer}
        ]
        asked = sorted({customer} | {other for _, other in refused})
        held = {row["id"]: codec.holding_of(row) for row in self.graph.ask("read/holdings", ids=asked)}
        own = held.get(customer, NOTHING)
        for group, values in sorted(own.said.items()):
            if group.startswith(CONTRADICTION) and len(values) > 1 and contradict(values, values, group, self.policy):
                trait = group.removeprefix(CONTRADICTION)
                warnings.append({"warning": "contradiction", "trait": trait, "values": sorted(values)})
        for link, other in refused:
            rule = rules_between(own, held.get(other, NOTHING), self.policy, self.policy.tier(link.kind))
            warnings.append({"warning": "refused link", "link": [link.a, link.b], "other": other, "rule": rule})
        return warnings

    def why(self, homes: Mapping[str, str], without: tuple[str, str] | None = None) -> Row:
        """How two keys, given with their customers, are joined, or the rules that keep them apart.

        Beside a path stands what falls apart if the links between the two keys `without` go, or the weakest on it.
        Raises `ConflictError` where a customer changes meanwhile, `NotFoundError` where nothing joins those two keys.
        """
        customers = set(homes.values())
        links = self.graph.links_of_customers(customers)
        if {row.customers.get(key, home) for row in links for key, home in homes.items()} - customers:
            raise ConflictError
        if len(customers) == 1:
            inner = [row.link for row in links if set(row.customers.values()) == customers and not row.shared]
            return self._joined(list(homes), inner, customers.pop(), without)
        return self._apart(list(homes.values()), links) | {
            "shared": sorted(self.graph.shared_among(list(homes))),
            "shared_between": _shared_between(customers, links),
        }

    def _joined(self, keys: list[str], links: list[Link], customer: str, without: tuple[str, str] | None) -> Row:
        if len(keys) == 1:
            return {"path": [], "weakest": None, "bridges": []}
        a, b = keys
        words = self._decided_in(customer)
        answer = explain.joined(a, b, links, self.policy, words)
        if answer is None:
            raise StoreError("the graph has them as one customer without a path of links: run graph-cdp relink")
        return {
            "path": [self._link(link) for link in answer.path],
            "weakest": self._link(answer.weakest),
            "bridges": [self._link(link) for link in answer.bridges],
            "falls_apart": self._parts(without or (answer.weakest.a, answer.weakest.b), links, words),
        }

    def _parts(self, pair: tuple[str, str], links: list[Link], words: list[Link]) -> Row:
        parts = explain.parts_without(pair, links, self.policy, words)
        if parts is None:
            raise NotFoundError("no link of this customer joins these two keys (the path names those that do)")
        return {"without": sorted(pair), "parts": parts}

    def _decided_in(self, customer: str) -> list[Link]:
        """What stewards say joins the members of a customer, as links."""
        if not self.decided:
            return []
        members = {row["key"] for row in self.graph.ask("read/member_keys", id=customer)}
        return explain.words(self.decided, members)

    def _side(self, customer: str) -> list[explain.Member]:
        return [
            explain.Member(row["key"], codec.instant(row["first_seen"], UNDATED), codec.claims_of(row["claims"]))
            for row in self.members(customer)
        ]

    def _apart(self, homes: list[str], links: list[LinkRow]) -> Row:
        one, other = map(self._side, homes)
        between = [row.link for row in links if set(row.customers.values()) == set(homes) and not row.shared]
        answer = explain.apart(one, other, between, self.policy, self.decided)
        return {
            "path": None,
            "refused": [{"link": [link.a, link.b], "rule": rule} for link, rule in answer.refused],
            "values": {rule: list(keys) for rule, keys in answer.values.items()},
        }

    def _link(self, link: Link) -> Row:
        tier, first = explain.tier(link, self.policy), rfc3339(link.span.first)
        return {"a": link.a, "b": link.b, "kind": link.kind, "tier": tier, "first_seen": first}


def _shared_between(customers: set[str], links: Iterable[LinkRow]) -> list[str]:
    """The shared identifiers that all of these customers are linked with."""
    met: dict[str, set[str]] = defaultdict(set)
    for row in links:
        for key in row.shared:
            met[key] |= set(row.customers.values()) & customers
    return sorted(key for key, whose in met.items() if whose == customers)


def _place(event: Row) -> Place:
    return event["at"] or "", event["uid"]
