"""All evidence that a graph holds, as columns: read once, the links in ranges of keys; no row stays an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from graph_cdp.store.graph import Graph

Progress = Callable[[int, int], None]

# The columns that say what a customer holds of that which rules look at.
HOLDING: Final = ("held", "held_seen", "held_said")
RANGE: Final = 20_000
BETWEEN: Final = "\n"
_END: Final = "\U0010ffff"
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%6fZ"
_DAY: Final = 24 * 60 * 60 * 1_000_000
_ROWS: Final[dict[str, Any]] = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.String}
_NODES: Final[dict[str, Any]] = {
    "key": pl.String,
    "before": pl.String,
    "first_seen": pl.String,
    "shared": pl.Boolean,
    "partners": pl.List(pl.String),
    "claims": pl.List(pl.String),
    "later": pl.List(pl.String),
}
_CUSTOMERS: Final[dict[str, Any]] = {
    "id": pl.String,
    "kind": pl.String,
    "size": pl.Int64,
    "anchor": pl.String,
    "first_seen": pl.String,
    "held": pl.List(pl.String),
    "held_seen": pl.List(pl.String),
    "held_said": pl.List(pl.String),
}
_SPAN: Final[dict[str, Any]] = {"first": pl.String, "last": pl.String, "sources": pl.List(pl.String)}
_SEEN_NODES: Final[dict[str, Any]] = {"key": pl.String, **_SPAN, "degree": pl.Int64}
_SEEN_LINKS: Final[dict[str, Any]] = {"a": pl.String, "b": pl.String, "kind": pl.String, **_SPAN}


@dataclass(frozen=True, slots=True)
class Seen:
    """When and by whom everything was seen.

    `nodes` has `key, first, last, sources, degree`, `links` has `a, b, kind, first, last, sources`: times in
    microseconds, `last` by the day, null where undated; `sources` sorted and joined by `BETWEEN`.
    """

    nodes: pl.DataFrame
    links: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Evidence:
    """`rows` is what `bulk.resolve` takes, `nodes` and `customers` are what the graph has made of it so far.

    `before` is null for an identifier that is in no customer; one in two customers has two rows. `seen` is there where
    it was asked for.
    """

    rows: pl.DataFrame
    nodes: pl.DataFrame
    customers: pl.DataFrame
    seen: Seen | None = None


def read(graph: Graph, progress: Progress, *, seen: bool = False) -> Evidence:
    """The identifiers, links and customers of the graph; with `seen` also by whom and until when."""
    nodes = graph.table("read/held_identifiers", _NODES).sort("key", "before")
    keys = nodes["key"].unique(maintain_order=True)
    progress(0, len(keys))
    customers = graph.table("read/held", _CUSTOMERS).drop("first_seen")
    links, told = _links(graph, keys, progress, seen=seen)
    alone = nodes.select(
        pl.col("key").alias("a"),
        pl.lit(None, pl.String).alias("b"),
        pl.lit("").alias("kind"),
        micros("first_seen").alias("first_seen"),
    )
    rows = pl.concat([alone, links])
    return Evidence(
        rows, nodes.drop("first_seen"), customers, Seen(_seen_nodes(graph), told) if told is not None else None
    )


def _links(
    graph: Graph, keys: pl.Series, progress: Progress, *, seen: bool
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """The links as `bulk.resolve` takes them, and where that is asked for also when and by whom each was seen."""
    parts = []
    for number, (after, until) in enumerate(ranges(keys)):
        if seen:
            part = graph.table("read/seen_links_in_range", _SEEN_LINKS, after=after, until=until)
            parts.append(_spans(part.sort("a", "b", "kind")))
        else:
            part = graph.table("read/links_in_range", _ROWS, after=after, until=until)
            parts.append(part.with_columns(micros("first_seen")).sort("a", "b", "kind"))
        progress(min((number + 1) * RANGE, len(keys)), len(keys))
    told = pl.concat(parts)
    if not seen:
        return told, None
    return told.select("a", "b", "kind", pl.col("first").alias("first_seen")), told


def _seen_nodes(graph: Graph) -> pl.DataFrame:
    return _spans(graph.table("read/seen_identifiers", _SEEN_NODES))


def _spans(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(
        micros("first"), day(micros("last")), pl.col("sources").list.sort().list.join(BETWEEN).fill_null("")
    )


def ranges(keys: pl.Series) -> Iterator[tuple[str, str]]:
    """Ranges `(after, until]` that hold all texts there are, each about `RANGE` of the sorted `keys`.

    The bounds are ASCII: other texts each server sorts in its own way.
    """
    plain = keys.filter(keys.str.contains(r"^[\x20-\x7e]*$"))
    after = ""
    for until in [*plain.gather_every(RANGE, RANGE), _END]:
        yield after, until
        after = until


def micros(column: str) -> pl.Expr:
    """A column of stored times in microseconds."""
    return pl.col(column).str.to_datetime(_TIME, time_unit="us", time_zone="UTC").dt.epoch("us").alias(column)


def day(times: pl.Expr) -> pl.Expr:
    """The midnight that begins the day of each of `times`."""
    return times - times % _DAY
