"""The answer of resolving everything at once, as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph_cdp.model import NEVER


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to whom: one row a key, in key order.

    `customer` numbers the customers, `anchor` is for each customer the row of its anchor, `shared` marks the keys that
    join nobody. Blocked keys are not among them. What was counted on the way: `partners` (`row, group, count, bears`),
    `held` (`customer, group, windowed, first`, a row for each limited member), `said` (`customer, row, group, value`)
    and `told` (`row, trait, value, at`).
    """

    keys: pl.Series
    customer: NDArray[np.int64]
    anchor: NDArray[np.int64]
    shared: NDArray[np.bool_]
    partners: pl.DataFrame
    held: pl.DataFrame
    said: pl.DataFrame
    told: pl.DataFrame

    def names(self, customer_id: Callable[[str], str]) -> pl.Series:
        """The id of each customer, by its number."""
        return pl.Series(list(map(customer_id, self.keys.gather(self.anchor).to_list())), dtype=pl.String)

    def ids(self, customer_id: Callable[[str], str]) -> pl.Series:
        """The customer id of each key."""
        return self.names(customer_id).gather(self.customer)

    def nodes(self, customer_id: Callable[[str], str]) -> pl.DataFrame:
        """`key, after, shared, partners, claims` of each key; the last two as the graph spells them."""
        table = pl.DataFrame({"key": self.keys, "after": self.ids(customer_id), "shared": pl.Series(self.shared)})
        partners = self.partners.select("row", pl.format("{}={}", "group", "count").alias("text"))
        table = _with_texts(table, partners, "row", "partners")
        word = pl.concat_str("trait", pl.col("at").fill_null(NEVER), "value", separator="=", ignore_nulls=True)
        return _with_texts(table, self.told.select("row", word.alias("text")), "row", "claims")

    def customers(self, customer_id: Callable[[str], str]) -> pl.DataFrame:
        """`id, size, anchor, kind, held, held_seen, held_said` of each customer; the last as the graph spells them."""
        size = np.bincount(self.customer, minlength=len(self.anchor))
        shared = np.bincount(self.customer[self.shared], minlength=len(self.anchor)) == size
        table = pl.DataFrame(
            {
                "id": self.names(customer_id),
                "size": size,
                "anchor": self.keys.gather(self.anchor),
                "kind": pl.Series(shared).replace_strict({True: "shared", False: "person"}, return_dtype=pl.String),
            }
        )
        held = self.held.filter(~pl.col("windowed")).group_by("customer", "group").agg(pl.len().alias("count"))
        table = _with_texts(table, held.select("customer", _spelled("group", "count")), "customer", "held")
        seen = self.held.filter("windowed").select("customer", _spelled("group", "first"))
        table = _with_texts(table, seen, "customer", "held_seen")
        said = self.said.select("customer", _spelled("group", "value")).unique()
        return _with_texts(table, said, "customer", "held_said")


def _spelled(name: str, value: str) -> pl.Expr:
    return pl.format("{}={}", name, value).alias("text")


def _with_texts(table: pl.DataFrame, texts: pl.DataFrame, number: str, name: str) -> pl.DataFrame:
    """`table` with a column of lists of sorted texts; `texts` says by row number which `text` there is."""
    ordered = texts.select(pl.col(number).cast(pl.Int64), "text").sort("text")
    lists = ordered.group_by(number, maintain_order=True).agg(pl.col("text").alias(name))
    numbered = table.with_columns(pl.int_range(pl.len()).alias(number))
    return numbered.join(lists, on=number, how="left").drop(number).with_columns(pl.col(name).fill_null([]))
