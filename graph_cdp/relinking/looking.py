"""Resolving everything that a graph holds anew, in memory: what it has, what it should have, and where these differ."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from graph_cdp import words
from graph_cdp.epochs import ONE_EPOCH, Epochs, epochs_among
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk, components
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.members import Members
from graph_cdp.store import decisions, evidence, observed
from graph_cdp.store.evidence import BETWEEN, HOLDING, Evidence, Progress
from graph_cdp.store.graph import Graph
from graph_cdp.store.observed import Told

CustomerId = Callable[[str], str]

_HASHED: Final = 50_000
_SPAN: Final = ("first", "last", "sources")


@dataclass(frozen=True)
class Look:
    """One reading of a graph, resolved under a policy.

    `table` has a row for each identifier: `key, before, after` (null where it is in no customer yet, or is to be in
    none), its `shared` flag, counted `partners` and `claims`, and under names with `_now` what they should be. `told`
    is there where the evidence was made anew from the observations. `decided` are the decisions up to the number
    `decisions`, about the keys of `epochs`.
    """

    policy: Policy
    held: Evidence
    told: Told | None
    members: Members
    table: pl.DataFrame
    customers: pl.DataFrame
    decisions: int | None = None
    decided: Decided = UNDECIDED
    epochs: Epochs = ONE_EPOCH

    @property
    def rows(self) -> pl.DataFrame:
        """The evidence that was resolved."""
        return self.told.rows if self.told else self.held.rows

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all evidence and memberships, in an order of their own."""
        digest = hashlib.sha256(str(self.decisions).encode())
        held = self.held.nodes.select("key", "before", pl.col("claims").list.join(BETWEEN))
        says = self.table.select("key", pl.col("claims_now").list.join(BETWEEN)).sort("key")
        for table in (self.rows, held, says):
            for part in table.iter_slices(_HASHED):
                digest.update(part.write_csv(include_header=False).encode())
        return digest.hexdigest()

    @cached_property
    def nodes(self) -> pl.DataFrame:
        """The identifiers that were seen otherwise than the observations say: `key`, and both spans with their sources.

        A null `known` is for an identifier that is missing, a null `told` for one that no observation speaks of. The
        number of links is compared where all links are there.
        """
        if not self.told or not self.held.seen:
            return _NO_NODES
        diff = _differing(self.held.seen.nodes, self.told.seen.nodes, ["key"], (*_SPAN, "degree"))
        ends = pl.concat([self.links["a"], self.links["b"]]).unique()
        known = pl.col("known") & pl.col("told")
        same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_told")) for name in _SPAN)
        return diff.filter(~(known & same & pl.col("key").is_in(ends.implode())))

    @cached_property
    def links(self) -> pl.DataFrame:
        """The links that are otherwise than the observations say: `a, b, kind`, and both spans with their sources."""
        if not self.told or not self.held.seen:
            return _NO_LINKS
        return _differing(self.held.seen.links, self.told.seen.links, ["a", "b", "kind"], _SPAN)

    @cached_property
    def units(self) -> pl.DataFrame:
        """`table` with the number of each key's `unit`: customers that exchange members are written together.

        Only the units in which something differs, sorted by unit and key.
        """
        if not len(self.table):
            return self.table.with_columns(pl.lit(0).alias("unit"))
        wrong = self.held.customers.join(self.customers, on="id", how="left", suffix="_now").filter(
            pl.any_horizontal(
                *(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in _OF_CUSTOMERS), *map(_differ, HOLDING)
            )
        )
        table = self.table.with_columns(pl.Series("unit", _connected(self.table["before"], self.table["after"])))
        inner = self.within(table)
        touched = table.filter(
            pl.col("before").ne_missing(pl.col("after"))
            | pl.col("shared").ne_missing(pl.col("shared_now"))
            | _differ("partners")
            | _differ("claims")
            | pl.col("before").is_in(wrong["id"].implode()).fill_null(False)
            | pl.col("key").is_in(self.nodes["key"].implode())
            | pl.col("key").is_in(inner["a"].implode())
        )
        return table.filter(pl.col("unit").is_in(touched["unit"].unique().implode())).sort("unit", "key")

    def within(self, table: pl.DataFrame) -> pl.DataFrame:
        """The differing links both ends of which are in one unit of `table`, with the `unit`."""
        unit = table.select("key", "unit").unique("key")
        ends = self.links.join(unit, left_on="a", right_on="key").join(unit, left_on="b", right_on="key", suffix="_b")
        return ends.filter(pl.col("unit") == pl.col("unit_b")).drop("unit_b")


_OF_CUSTOMERS: Final = ("size", "anchor", "kind")
_NO_NODES: Final = pl.DataFrame(schema={"key": pl.String})
_NO_LINKS: Final = pl.DataFrame(schema={"a": pl.String, "b": pl.String, "kind": pl.String})


def look(graph: Graph, policy: Policy, customer_id: CustomerId, progress: Progress, *, rebuild: bool) -> Look:
    """Reads the graph once and resolves all that it holds under `policy`.

    `progress` hears of the reading, and once more when all is resolved: it may end the work by raising.
    With `rebuild` the evidence is made anew from the observations. That is done in any case where the graph has
    identifiers that the policy blocks.
    """
    held = evidence.read(graph, progress, seen=rebuild)
    # After what is held: so whatever is held of sound data has its observation among those read here.
    told = observed.read(graph, policy, progress) if rebuild else None
    # Before the decisions: what was told and decided meanwhile is found by those who write, and by the next reading.
    number = graph.ask("read/in_force")[0]["decisions"]
    made = map(decisions.decision_of, graph.ask("read/decisions", after=0))
    decided = Decided(one for one, _ in zip(made, range(number or 0), strict=False))
    # The one place where evidence is resolved.
    rows = told.rows if told else held.rows
    epochs = epochs_among(rows["a"].filter(rows["b"].is_null()), policy)
    decided = decided.meaning(lambda key: epochs.meant(key, policy))
    said = words.told(graph, policy, epochs) if policy.contradictions else None
    members = bulk.resolve(rows, policy, decided, said)
    progress(len(held.nodes), len(held.nodes))
    table = held.nodes.join(members.nodes(customer_id), on="key", how="full", coalesce=True, suffix="_now")
    if not rebuild and table["after"].null_count():
        return look(graph, policy, customer_id, progress, rebuild=True)
    return Look(policy, held, told, members, table, members.customers(customer_id), number, decided, epochs)


def _differ(name: str) -> pl.Expr:
    """Whether two columns of lists differ; a graph keeps no empty ones."""
    now = pl.col(f"{name}_now").list.join(BETWEEN)
    return pl.col(name).list.join(BETWEEN).fill_null("").ne_missing(now.fill_null(""))


def _differing(known: pl.DataFrame, told: pl.DataFrame, names: list[str], columns: tuple[str, ...]) -> pl.DataFrame:
    both = known.with_columns(pl.lit(True).alias("known")).join(
        told.with_columns(pl.lit(True).alias("told")), on=names, how="full", coalesce=True, suffix="_told"
    )
    both = both.with_columns(pl.col("known").fill_null(False), pl.col("told").fill_null(False))
    differs = [pl.col(name).ne_missing(pl.col(f"{name}_told")) for name in columns]
    return both.filter(pl.any_horizontal(~pl.col("known"), ~pl.col("told"), *differs))


def _connected(before: pl.Series, after: pl.Series) -> np.ndarray[Any, Any]:
    """Numbers the connected parts of the graph between the customers of before and of after."""
    alone = pl.int_range(len(before), eager=True).cast(pl.String)
    one, other = (
        column.zip_with(column.is_not_null(), mark + alone).rank("dense").to_numpy().astype(np.int64) - 1
        for column, mark in ((before, "before "), (after, "after "))
    )
    size = int(one.max()) + 1
    roots = components.roots(size + int(other.max()) + 1, one, other + size)
    return np.asarray(roots[one])
