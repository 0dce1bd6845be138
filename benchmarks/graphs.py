"""What a graph holds after a table of links was ingested, made in memory at once instead of event by event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from graph_cdp.model import Link, Span
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.state import CustomerState, Move, NodeState
from graph_cdp.store import codec

SOURCES: Final = frozenset(["benchmark"])


@dataclass(frozen=True, slots=True)
class Held:
    """The identifiers, links and customers, and where each identifier belongs."""

    nodes: list[NodeState]
    links: list[Link]
    customers: list[CustomerState]
    moves: list[Move]


def held(rows: pl.DataFrame, policy: Policy, customer_id: Callable[[str], str]) -> Held:
    """What `rows` (as `bulk.resolve` takes them, every time known, no row twice) make under a policy."""
    members = bulk.resolve(rows, policy)
    nodes = members.nodes(customer_id).join(_spans(rows), on="key", how="left")
    firsts = nodes.select(pl.col("key").alias("anchor"), "first")
    customers = members.customers(customer_id).join(firsts, on="anchor", how="left")
    usable = nodes["key"].implode()
    links = rows.filter(pl.col("a").is_in(usable) & pl.col("b").is_in(usable))
    return Held(
        [_node(row) for row in nodes.iter_rows(named=True)],
        [_link(row) for row in links.iter_rows(named=True)],
        [_customer(row) for row in customers.iter_rows(named=True)],
        [Move(key, None, home) for key, home in nodes.select("key", "after").iter_rows()],
    )


def _spans(rows: pl.DataFrame) -> pl.DataFrame:
    """`key, first, last, degree` of every key, in microseconds."""
    ends = pl.concat([rows.select(pl.col(end).alias("key"), "first_seen") for end in ("a", "b")])
    seen = pl.col("first_seen")
    return ends.group_by("key").agg(seen.min().alias("first"), seen.max().alias("last"), pl.len().alias("degree"))


def _node(row: dict[str, Any]) -> NodeState:
    span, partners = Span.of(row["first"], row["last"]), codec.counted(row["partners"])
    return NodeState(row["key"], span, SOURCES, row["shared"], partners, row["degree"])


def _link(row: dict[str, Any]) -> Link:
    a, b = sorted((row["a"], row["b"]))
    return Link(a, b, row["kind"], Span.at(row["first_seen"]), SOURCES)


def _customer(row: dict[str, Any]) -> CustomerState:
    return CustomerState(row["id"], (row["first"], row["anchor"]), row["size"], codec.holding_of(row), row["kind"])
