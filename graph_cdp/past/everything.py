"""All that a graph held at a moment, made in memory from the observations of then, for the tables that are exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from graph_cdp import words
from graph_cdp.epochs import epochs_among
from graph_cdp.model import NEVER, UNDATED, Span
from graph_cdp.past.moment import Moment
from graph_cdp.past.orders import orders_of
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.decided import Decided
from graph_cdp.store import codec, observed
from graph_cdp.store.evidence import BETWEEN
from graph_cdp.store.graph import Graph

Row = dict[str, Any]


class Everything:
    """The graph of a moment as the exported tables ask it; `decided` are the decisions of then."""

    def __init__(
        self, graph: Graph, moment: Moment, policy: Policy, decided: Decided, customer_id: Callable[[str], str]
    ) -> None:
        self._graph, self._decided, self._customer_id = graph, decided, customer_id
        self._known = observed.Known(moment.happened, moment.told)
        self._told = observed.read(graph, policy, lambda done, all_: None, self._known)
        epochs = epochs_among(self._told.seen.nodes["key"], policy)
        said = words.told(graph, policy, epochs, self._known) if policy.contradictions else None
        meant = decided.meaning(lambda key: epochs.meant(key, policy))
        self._members = bulk.resolve(self._told.rows, policy, meant, said)

    def each(self, name: str, /, **_: Any) -> Iterator[Row]:
        """The rows of the reading statement `name`, of those that exports ask."""
        return self._answers[name]()

    @cached_property
    def _answers(self) -> Mapping[str, Callable[[], Iterator[Row]]]:
        return {
            "read/all_members": self._all_members,
            "read/all_links": self._all_links,
            "read/all_orders": self._all_orders,
            "read/held": self._held,
            "read/held_identifiers": lambda: self._members.nodes(self._customer_id).iter_rows(named=True),
            "read/decisions": self._decisions,
        }

    @cached_property
    def _homes(self) -> dict[str, str]:
        keys, ids = self._members.keys.to_list(), self._members.ids(self._customer_id).to_list()
        return dict(zip(keys, ids, strict=True))

    def _all_members(self) -> Iterator[Row]:
        shared = dict(zip(self._members.keys.to_list(), self._members.shared.tolist(), strict=True))
        for row in self._told.seen.nodes.iter_rows(named=True):
            key = row["key"]
            yield {"key": key, "customer": self._homes[key], "shared": shared[key], **_seen(row)}

    def _all_links(self) -> Iterator[Row]:
        for row in self._told.seen.links.iter_rows(named=True):
            yield {"a": row["a"], "b": row["b"], "kind": row["kind"], **_seen(row)}

    def _all_orders(self) -> Iterator[Row]:
        events = self._graph.each("read/order_events", happened=self._known.happened, told=self._known.told)
        facts = {row["key"]: row for row in orders_of(events, self._homes.keys())}
        return ({**row, "customer": self._homes[key]} for key, row in facts.items())

    def _held(self) -> Iterator[Row]:
        first = dict(self._told.seen.nodes.select("key", "first").iter_rows())
        for row in self._members.customers(self._customer_id).iter_rows(named=True):
            yield {**row, "first_seen": codec.seen(_span(first[row["anchor"]], None), frozenset())["first_seen"]}

    def _decisions(self) -> Iterator[Row]:
        return (codec.decision_row(one) for one in reversed(self._decided.all))


def _span(first: int | None, last: int | None) -> Span:
    return Span(UNDATED if first is None else first, NEVER if last is None else last)


def _seen(row: Mapping[str, Any]) -> Row:
    sources = frozenset(row["sources"].split(BETWEEN)) if row["sources"] else frozenset()
    return codec.seen(_span(row["first"], row["last"]), sources)
