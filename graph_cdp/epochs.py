"""Epochs of recycled values: a phone number that rests for years is somebody else's when it comes again.

The sightings of a value that lie further apart than its namespace's `recycled_after` are different epochs, each a key
of its own. The first has the plain key, which undated sightings belong to as well; a later one is named by its first
sighting. Ends count by the day, so that what is kept of an epoch tells as much as all its sightings do. Which epoch a
sighting belongs to is told by the names alone: the last one that had begun by then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from graph_cdp.model import DAY, UNDATED, Span, epoch_key, namespace_of, sighting_of, value_of
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
_NAME: Final = "name of its epoch"


def epochs_of(seen: pl.DataFrame, rest: Callable[[str], int | None]) -> Epochs:
    """The epochs of all values: `seen` has `key, first, last`, microseconds, null where undated, `last` by the day."""
    if not len(seen):
        return ONE_EPOCH
    whole = seen.group_by("key").agg(pl.col("last").min().alias("start"), pl.col("first").max().alias("end"))
    rests = {name: rest(name) for name in seen["key"].str.extract("^([^:]*):", 1).unique() if name is not None}
    limit = pl.col("key").str.extract("^([^:]*):", 1).replace_strict(rests, return_dtype=pl.Int64)
    wide = whole.filter(pl.col("end") - pl.col("start") > limit)["key"]
    later: dict[str, tuple[int, ...]] = {}
    for (key,), rows in seen.filter(pl.col("key").is_in(wide.implode()) & pl.col("first").is_not_null()).group_by(
        "key"
    ):
        spans = [Span(first, last) for first, last in rows.select("first", "last").iter_rows()]
        epochs = parted(spans, rest(namespace_of(str(key))) or 0)
        if len(epochs) > 1:
            later[str(key)] = tuple(epoch.first for epoch in epochs[1:])
    return Epochs(later)


def renamed(table: pl.DataFrame, column: str, at: str, epochs: Epochs) -> pl.DataFrame:
    """The table with the keys in `column` each as that of the epoch in which the time in the column `at` lies."""
    if not epochs.later:
        return table
    recycled = table.filter(pl.col(column).is_in(list(epochs.later))).select(column, at).unique()
    names = [epochs.name(key, moment) for key, moment in recycled.iter_rows()]
    named = recycled.with_columns(pl.Series(_NAME, names, dtype=pl.String))
    both = table.join(named, on=[column, at], how="left", nulls_equal=True, maintain_order="left")
    return both.with_columns(pl.coalesce(_NAME, column).alias(column)).drop(_NAME)


def split(links: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, Epochs]:
    """A table of evidence with the keys of epochs, and the epochs.

    `links` has `a, b, kind, first_seen` as `bulk.resolve` takes them, and `last_seen` where that is known.
    """
    if not policy.rests:
        return links, ONE_EPOCH
    last = pl.col("last_seen" if "last_seen" in links.columns else "first_seen")
    spans = links.with_columns(last.fill_null(pl.col("first_seen")).alias("last"))
    span = pl.col("first_seen").alias("first"), pl.col("last")
    seen = pl.concat([spans.select(pl.col(end).alias("key"), *span) for end in ("a", "b")])
    epochs = epochs_of(recycled_among(seen, policy), policy.rest)
    return renamed(renamed(links, "a", "first_seen", epochs), "b", "first_seen", epochs), epochs


def recycled_among(seen: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The rows of keys that may be recycled."""
    namespaces = seen.select(pl.col("key").str.extract("^([^:]*):", 1).unique()).to_series()
    wanted = [name for name in namespaces if name is not None and policy.rest(name)]
    starts = pl.any_horizontal(*(pl.col("key").str.starts_with(f"{name}:") for name in wanted)) if wanted else False
    return seen.filter(starts).with_columns(pl.col("last") - pl.col("last") % DAY)
