"""Tables of the graph, whole and sorted, with the columns that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

import polars as pl

from graph_cdp.model import namespace_of, rfc3339, value_of
from graph_cdp.policy import Policy
from graph_cdp.rules import Holding, rules_between
from graph_cdp.store import codec

_LINKS: Final = dict.fromkeys(
    ("a", "b", "kind", "tier", "first_seen", "last_seen", "sources", "state", "rule"), pl.String
) | {"tier": pl.Int64}
_ORDERS: Final = dict.fromkeys(
    ("key", "customer_id", "at", "status", "total", "currency", "brand", "store", "channel"), pl.String
) | {"total": pl.Float64}
_CUSTOMERS: Final = {"customer_id": pl.String, "kind": pl.String, "members": pl.Int64, "first_seen": pl.String}
_CHANGES: Final = {
    "seq": pl.Int64,
    "at": pl.String,
    "change": pl.String,
    "customer_id": pl.String,
    "previous": pl.String,
    "keys": pl.String,
    "cause": pl.String,
}
_DECISIONS: Final = dict.fromkeys(("id", "at", "verdict", "a", "b", "of", "author", "because"), pl.String)
_PAGE: Final = 50_000


class Tables(Protocol):
    """What answers the statements of whole tables: a graph, or one of the past."""

    def each(self, name: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The rows of the reading statement `name`."""


def members(graph: Tables, policy: Policy) -> pl.DataFrame:
    """`key, customer_id` of every identifier, sorted by key."""
    rows = ((row["key"], row["customer"]) for row in graph.each("read/all_members"))
    return _table(rows, {"key": pl.String, "customer_id": pl.String}).sort("key")


def links(graph: Tables, policy: Policy) -> pl.DataFrame:
    """Every link, and for each key a row with an empty `b` that says when it was seen.

    `state` is joined, refused, shared (an end is a shared identifier) or weak (weaker than `min_tier`); `rule` names
    for a refused link the rules that the two customers together would break. Epochs of a recycled value are rows of
    the value, each with its own span, from which `resolve` finds them.
    """
    nodes = {row["key"]: row for row in graph.each("read/all_members")}
    held = {row["id"]: codec.holding_of(row) for row in graph.each("read/held")}
    rows: list[tuple[Any, ...]] = [
        (row["a"], row["b"], row["kind"], policy.tier(row["kind"]), *_seen(row), *_state(row, nodes, held, policy))
        for row in graph.each("read/all_links")
    ]
    rows += [(key, "", "", None, *_seen(row), "", "") for key, row in nodes.items()]
    if policy.rests:
        rows = [(*_values(row[:2], policy), *row[2:]) for row in rows]
    return _table(rows, _LINKS).sort("a", "b", "kind", "first_seen")


def _values(ends: Iterable[str], policy: Policy) -> list[str]:
    """The ends of a link without the times that name epochs, the smaller first; an empty one last."""
    values = [value_of(key) if policy.rest(namespace_of(key)) else key for key in ends]
    return sorted(values, key=lambda key: (not key, key))


def customers(graph: Tables, policy: Policy) -> pl.DataFrame:
    """Every customer that is no shared identifier, sorted by id."""
    rows = [(row["id"], row["kind"], row["size"], row["first_seen"]) for row in graph.each("read/held")]
    return _table((row for row in rows if row[1] != "shared"), _CUSTOMERS).sort("customer_id")


def changes(graph: Tables, policy: Policy) -> pl.DataFrame:
    """The whole change feed in its order; `previous` and `keys` are JSON."""
    rows: list[tuple[Any, ...]] = []
    while page := list(graph.each("read/changes", after=rows[-1][0] if rows else 0, limit=_PAGE)):
        rows += [
            (
                *(row[name] for name in ("seq", "at", "change", "customer_id")),
                _json(row["previous"]),
                _json(row["keys"]),
                row["cause"],
            )
            for row in page
        ]
    return _table(rows, _CHANGES)


def orders(graph: Tables, policy: Policy) -> pl.DataFrame:
    """Every order with the customer that it is of, sorted by key."""
    columns = ("key", "customer", "at", "status", "total", "currency", "brand", "store", "channel")
    return _table((tuple(row[name] for name in columns) for row in graph.each("read/all_orders")), _ORDERS).sort("key")


def decided(graph: Tables, policy: Policy) -> pl.DataFrame:
    """Every decision in the order in which they were made; `resolve --decisions` takes this table."""
    rows = (tuple(row[name] for name in _DECISIONS) for row in graph.each("read/decisions", after=0))
    return _table(rows, _DECISIONS)


def records(graph: Tables, policy: Policy) -> pl.DataFrame:
    """What identifiers say of the traits that the policy compares, a column each; `resolve --records` takes it."""
    traits = sorted(policy.contradictions)
    said: dict[tuple[str, str | None], dict[str, str]] = {}
    for row in graph.each("read/held_identifiers"):
        for trait, (at, value) in codec.claims_of(row["claims"]).items():
            if value is not None:
                said.setdefault((row["key"], rfc3339(at)), {})[trait] = value
    rows = ((key, at, *map(words.get, traits)) for (key, at), words in said.items())
    return _table(rows, dict.fromkeys(("key", "at", *traits), pl.String)).sort("key", "at")


# What evidence of a moment makes. The feed of changes tells what was written, which no moment changes.
OF_A_MOMENT: Final = ("members", "links", "customers", "orders", "decisions", "records")
TABLES: Final[Mapping[str, Callable[[Tables, Policy], pl.DataFrame]]] = {
    "members": members,
    "links": links,
    "customers": customers,
    "changes": changes,
    "orders": orders,
    "decisions": decided,
    "records": records,
}


def _table(rows: Iterable[tuple[Any, ...]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _seen(row: Mapping[str, Any]) -> tuple[str | None, str | None, str]:
    return row["first_seen"], row["last_seen"], _json(row["sources"])


def _state(
    row: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]], held: Mapping[str, Holding], policy: Policy
) -> tuple[str, str]:
    a, b = nodes.get(row["a"]), nodes.get(row["b"])
    if a is None or b is None or a["shared"] or b["shared"]:
        return "shared", ""
    if not policy.joins(row["kind"]):
        return "weak", ""
    if a["customer"] == b["customer"]:
        return "joined", ""
    one, other = (held[end["customer"]] for end in (a, b))
    return "refused", rules_between(one, other, policy, policy.tier(row["kind"]))
