"""The answer of resolving everything at once, as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to whom: one row a key, in key order.

    `customer` numbers the customers, `anchor` is for each customer the row of its anchor, `shared` marks the keys that
    join nobody. Blocked keys are not among them. `partners` (`row, group, count, bears`) and `held` (`customer, group`,
    a row for each limited member) are what was counted on the way.
    """

    keys: pl.Series
    customer: NDArray[np.int64]
    anchor: NDArray[np.int64]
    shared: NDArray[np.bool_]
    partners: pl.DataFrame
    held: pl.DataFrame

    def names(self, customer_id: Callable[[str], str]) -> pl.Series:
        """The id of each customer, by its number."""
        return pl.Series(list(map(customer_id, self.keys.gather(self.anchor).to_list())), dtype=pl.String)

    def ids(self, customer_id: Callable[[str], str]) -> pl.Series:
        """The customer id of each key."""
        return self.names(customer_id).gather(self.customer)

    def nodes(self, customer_id: Callable[[str], str]) -> pl.DataFrame:
        """`key, after, shared, partners` of each key; `partners` as the graph spells them, `group=count`."""
        table = pl.DataFrame({"key": self.keys, "after": self.ids(customer_id), "shared": pl.Series(self.shared)})
        return _with_counts(table, self.partners.select("row", "group", "count"), "row", "partners")

    def customers(self, customer_id: Callable[[str], str]) -> pl.DataFrame:
        """`id, size, anchor, kind, held` of each customer; `held` as the graph spells it."""
        shared = np.zeros(len(self.anchor), dtype=np.bool_)
        shared[self.customer[self.shared]] = True
        table = pl.DataFrame(
            {
                "id": self.names(customer_id),
                "size": np.bincount(self.customer, minlength=len(self.anchor)),
                "anchor": self.keys.gather(self.anchor),
                "kind": pl.Series(shared).replace_strict({True: "shared", False: "person"}, return_dtype=pl.String),
            }
        )
        counts = self.held.group_by("customer", "group").agg(pl.len().alias("count"))
        return _with_counts(table, counts, "customer", "held")


def _with_counts(table: pl.DataFrame, counts: pl.DataFrame, number: str, name: str) -> pl.DataFrame:
    """`table` with a column of sorted texts `group=count`; `counts` says by row number what is counted."""
    texts = counts.sort("group").select(pl.col(number).cast(pl.Int64), pl.format("{}={}", "group", "count").alias(name))
    lists = texts.group_by(number, maintain_order=True).agg(name)
    numbered = table.with_columns(pl.int_range(pl.len()).alias(number))
    return numbered.join(lists, on=number, how="left").drop(number).with_columns(pl.col(name).fill_null([]))
