"""Epochs of recycled values: a phone number that rests for years is somebody else's when it comes again.

The sightings of a value that lie further apart than its namespace's `recycled_after` are different epochs, each a key
of its own. The first has the plain key, which undated sightings belong to as well; a later one is named by its first
sighting. Ends count by the day, so that what is kept of an epoch tells as much as all its sightings do. Which epoch a
sighting belongs to is told by the names alone: the last one that had begun by then.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from graph_cdp.model import (
    DAY,
    EPOCH_OF_A_VALUE,
    UNDATED,
    Span,
    epoch_key,
    namespace_of,
    sighting_of,
    value_of,
)
from graph_cdp.policy import Policy


def parted(spans: Iterable[Span], rest: int) -> list[Span]:
    """The epochs of a value, the earliest first; each span was seen without a rest in it."""
    epochs: list[Span] = []
    for span in sorted((one for one in spans if one.first != UNDATED), key=lambda one: (one.first, one.last)):
        if epochs and span.first - epochs[-1].last <= rest:
            epochs[-1] |= span
        else:
            epochs.append(span)
    return epochs


@dataclass(frozen=True, slots=True)
class Epochs:
    """`later` has, for each value that has more than one epoch, when its later ones begin, in order."""

    later: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def name(self, key: str, at: int | None) -> str:
        """The key of the epoch of `key` in which `at` lies."""
        later = self.later.get(key)
        if not later or at is None or at == UNDATED:
            return key
        begun = bisect_right(later, at)
        return epoch_key(key, later[begun - 1]) if begun else key

    def names(self, keys: Iterable[str], at: int | None) -> tuple[str, ...]:
        """The keys, in text order, each as that of its epoch."""
        if not self.later:
            return tuple(keys)
        return tuple(sorted(self.name(key, at) for key in keys))

    def all_keys(self) -> list[str]:
        """The keys of all later epochs."""
        return [epoch_key(value, first) for value, later in sorted(self.later.items()) for first in later]

    def meant(self, key: str, policy: Policy) -> str:
        """The key that a decision means which names a value and, for a recycled one, a sighting of it."""
        sighting = sighting_of(key)
        if sighting is None:
            return key
        value = value_of(key)
        return self.name(value, sighting) if policy.rest(namespace_of(key)) else value

    @classmethod
    def named(cls, keys: Iterable[str]) -> Epochs:
        """The epochs that the keys of all epochs tell of."""
        later: dict[str, list[int]] = {}
        for key in keys:
            if (first := sighting_of(key)) is not None:
                later.setdefault(value_of(key), []).append(first)
        return cls({value: tuple(sorted(firsts)) for value, firsts in later.items()})


ONE_EPOCH: Final = Epochs()


def epochs_among(keys: pl.Series, policy: Policy) -> Epochs:
    """The epochs that keys tell of, of values that the policy takes for recycled: others may just look like it."""
    named = keys.filter(keys.str.contains(EPOCH_OF_A_VALUE)) if policy.rests else ()
    return Epochs.named(key for key in named if policy.rest(namespace_of(key)))


# Columns that stand beside others for a while.
_ROW, _VALUE, _BEGUN, _NAME = "number of the row", "value that is recycled", "when its epoch began", "name of its epoch"
_NAMESPACE: Final = "^([^:]*):"


def epochs_of(seen: pl.DataFrame, rest: Callable[[str], int | None]) -> Epochs:
    """The epochs of all values: `seen` has `key, first, last`, microseconds, null where undated, `last` by the day."""
    if not len(seen):
        return ONE_EPOCH
    whole = seen.group_by("key").agg((pl.col("first").max() - pl.col("last").min()).alias("width"))
    namespace = pl.col("key").str.extract(_NAMESPACE, 1)
    rests = {name: rest(name) for name in whole.select(namespace.unique()).to_series() if name is not None}
    limit = namespace.replace_strict(rests, return_dtype=pl.Int64).alias("rest")
    # Few are as wide as that, and only these have to be sorted.
    wide = whole.filter(pl.col("width") > limit).select("key", limit)
    begun = (
        seen.filter(pl.col("first").is_not_null())
        .join(wide, on="key")
        .sort("key", "first", "last")
        .filter(pl.col("first") - pl.col("last").cum_max().shift(1).over("key") > pl.col("rest"))
        .group_by("key", maintain_order=True)
        .agg("first")
    )
    return Epochs({key: tuple(later) for key, later in begun.iter_rows()})


def renamed(table: pl.DataFrame, column: str, at: str, epochs: Epochs) -> pl.DataFrame:
    """The table with the keys in `column` each as that of the epoch in which the time in the column `at` lies."""
    if not epochs.later:
        return table
    recycled = (
        table.select(column, at)
        .with_row_index(_ROW)
        .filter(pl.col(column).is_in(list(epochs.later)) & pl.col(at).is_not_null())
    )
    begun = [(key, first) for key, later in epochs.later.items() for first in later]
    starts = pl.DataFrame(begun, schema={_VALUE: pl.String, _BEGUN: pl.Int64}, orient="row").sort(_BEGUN)
    # Both are sorted by time alone, which is all that it takes within each value.
    by_value: Any = {"by_left": column, "by_right": _VALUE, "check_sortedness": False}
    inside = recycled.sort(at).join_asof(starts, left_on=at, right_on=_BEGUN, **by_value)
    time = pl.from_epoch(_BEGUN, time_unit="us").dt.strftime("%Y-%m-%dT%H:%M:%S.%6fZ")
    named = inside.filter(pl.col(_BEGUN).is_not_null()).select(
        _ROW, pl.concat_str(column, pl.lit("@"), time).alias(_NAME)
    )
    place = np.arange(len(table), dtype=np.uint32)
    place[named[_ROW].to_numpy()] = np.arange(len(table), len(table) + len(named))
    # Not by a join, which would make the whole table anew for the few.
    return table.with_columns(pl.concat([table[column], named[_NAME]]).gather(pl.Series(place)).alias(column))


def split(links: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, Epochs]:
    """A table of evidence with the keys of epochs, and the epochs.

    `links` has `a, b, kind, first_seen` as `bulk.resolve` takes them, and `last_seen` where that is known.
    """
    if not policy.rests:
        return links, ONE_EPOCH
    last = pl.col("last_seen" if "last_seen" in links.columns else "first_seen").fill_null(pl.col("first_seen"))
    span = pl.col("first_seen").alias("first"), last.alias("last")
    may_be = _of_namespaces(policy.rests)
    seen = pl.concat([links.select(pl.col(end).alias("key"), *span).filter(may_be("key")) for end in ("a", "b")])
    epochs = epochs_of(recycled_among(seen, policy), policy.rest)
    return renamed(renamed(links, "a", "first_seen", epochs), "b", "first_seen", epochs), epochs


def recycled_among(seen: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The rows of `key, first, last` whose keys may be recycled, `last` by the day."""
    rows = seen.filter(_of_namespaces(policy.rests)("key"))
    # A space of one of these namespaces may have a table of its own, which says nothing of it.
    namespace = pl.col("key").str.extract(_NAMESPACE, 1)
    spaces = [name for name in rows.select(namespace.unique()).to_series() if name and policy.rest(name)]
    return rows.filter(namespace.is_in(spaces)).with_columns(pl.col("last") - pl.col("last") % DAY)


def _of_namespaces(names: Iterable[str]) -> Callable[[str], pl.Expr]:
    """Whether the keys in a column are of one of these namespaces, or of a space of one."""
    pattern = rf"^(?:[a-z0-9_.]*\.)?(?:{'|'.join(map(re.escape, names))}):"
    return lambda column: pl.col(column).str.contains(pattern)
