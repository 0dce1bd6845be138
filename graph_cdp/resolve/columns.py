"""The evidence on dense integers: keys interned in text order, the links between them as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph_cdp.model import UNDATED
from graph_cdp.policy import Policy
from graph_cdp.resolve.interning import Ints, interned
from graph_cdp.resolve.keyrules import namespaces_of, starts_of

Bools = NDArray[np.bool_]


class NoKeyError(ValueError):
    """A text among the ends of links that is no key. Finding which one costs more than all other checks together."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The usable evidence on integers: `first` of each key, and the joining links with `a < b`."""

    keys: pl.Series
    first: Ints
    a: Ints
    b: Ints
    tier: Ints
    seen: Ints


def is_key(text: pl.Expr) -> pl.Expr:
    """Whether a text, which may be null, is `namespace:value`."""
    return text.str.contains(r"(?s)^[a-z][a-z0-9_.]*:.").fill_null(False)


def columns_of(links: pl.DataFrame, policy: Policy) -> Columns:
    """The usable part of a table of links. Raises `NoKeyError` if an end of a link is no key."""
    # Where every row is a link nothing is copied.
    both, alone = links, links.clear()
    if links["b"].null_count():
        both, alone = links.filter(pl.col("b").is_not_null()), links.filter(pl.col("b").is_null())
    keys, code = interned(pl.concat([both["a"], both["b"], alone["a"]]))
    _check(keys)
    one, other, lone = np.split(code, [len(both), 2 * len(both)])
    seen = _times(both)
    first = np.full(len(keys), UNDATED, dtype=np.int64)
    for ends, times in ((one, seen), (other, seen), (lone, _times(alone))):
        np.minimum.at(first, ends, times)
    tiers = {kind: policy.tier(kind) for kind in both["kind"].unique() if policy.joins(kind)}
    tier = both["kind"].replace_strict(tiers, default=0, return_dtype=pl.Int64).to_numpy()
    a, b = np.minimum(one, other), np.maximum(one, other, out=other)
    return _without_blocked(Columns(keys, first, *where((tier > 0) & (a != b), a, b, tier, seen)), policy)


def _check(keys: pl.Series) -> None:
    """Raises `NoKeyError` unless all of sorted texts are keys, which they are if each namespace begins with one."""
    if keys.null_count() or not pl.select(is_key(pl.lit(keys.gather(starts_of(keys)))).all()).item():
        raise NoKeyError("a text among the ends of links is no key")


def _times(rows: pl.DataFrame) -> Ints:
    return rows["first_seen"].fill_null(UNDATED).to_numpy().astype(np.int64)


def _without_blocked(columns: Columns, policy: Policy) -> Columns:
    if not policy.blocks:
        return columns
    blocked = _blocked(columns.keys, policy)
    if not blocked.any():
        return columns
    renumbered = np.cumsum(~blocked) - 1
    kept = ~(blocked[columns.a] | blocked[columns.b])
    links = where(kept, renumbered[columns.a], renumbered[columns.b], columns.tier, columns.seen)
    return Columns(columns.keys.filter(pl.Series(~blocked)), columns.first[~blocked], *links)


def where(wanted: Bools, *columns: Ints) -> list[Ints]:
    """The wanted rows of each column; the columns themselves, uncopied, where every row is wanted."""
    return list(columns) if wanted.all() else [column[wanted] for column in columns]


def _blocked(keys: pl.Series, policy: Policy) -> Bools:
    names, namespace = namespaces_of(keys)
    blocked: list[bool] = []
    for name, size in zip(names, np.bincount(namespace).tolist(), strict=True):
        blocked += map(policy.blocks_key_of(name), keys.slice(len(blocked), size).to_list())
    return np.array(blocked, dtype=np.bool_)


def rows_of(keys: pl.Series, named: pl.Series) -> dict[str, int]:
    """The row of each of some keys, for those that are there."""
    at = keys.search_sorted(named).to_list() if len(named) else []
    return {key: row for key, row in zip(named, at, strict=True) if row < len(keys) and keys[row] == key}
