"""All evidence of a graph as tables, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from graph_cdp.model import UNDATED
from graph_cdp.store import codec
from graph_cdp.store.graph import Graph

# The columns that say what a customer holds of that which rules look at.
HOLDING: Final = ("held", "held_seen", "held_said")
_ROWS: Final[dict[str, Any]] = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}
_NODES: Final[dict[str, Any]] = {
    "key": pl.String,
    "before": pl.String,
    "shared": pl.Boolean,
    "partners": pl.List(pl.String),
    "claims": pl.List(pl.String),
}
_CUSTOMERS: Final[dict[str, Any]] = {
    "id": pl.String,
    "size": pl.Int64,
    "anchor": pl.String,
    "kind": pl.String,
    "held": pl.List(pl.String),
    "held_seen": pl.List(pl.String),
    "held_said": pl.List(pl.String),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """`rows` is what `bulk.resolve` takes, `nodes` and `customers` are what the graph has made of it so far."""

    rows: pl.DataFrame
    nodes: pl.DataFrame
    customers: pl.DataFrame


def read(graph: Graph) -> Evidence:
    """The links, identifiers and customers of the graph."""
    nodes, rows = [], []
    for row in graph.each("read/all_members"):
        nodes.append((row["key"], row["customer"], row["shared"], row["partners"], row["claims"] or []))
        rows.append((row["key"], None, "", _micros(row)))
    rows += [(row["a"], row["b"], row["kind"], _micros(row)) for row in graph.each("read/all_links")]
    customers = [
        (row["id"], row["size"], row["anchor"], row["kind"], *(row[name] or [] for name in HOLDING))
        for row in graph.each("read/held")
    ]
    return Evidence(
        pl.DataFrame(rows, schema=_ROWS, orient="row"),
        pl.DataFrame(nodes, schema=_NODES, orient="row"),
        pl.DataFrame(customers, schema=_CUSTOMERS, orient="row"),
    )


def _micros(row: dict[str, Any]) -> int | None:
    first = codec.instant(row["first_seen"], UNDATED)
    return None if first == UNDATED else first
