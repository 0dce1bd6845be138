"""Which components, taken as a whole, break a rule: these the greedy has to take apart."""

from __future__ import annotations

import numpy as np
import polars as pl

from graph_cdp.resolve.columns import Bools
from graph_cdp.resolve.interning import Ints
from graph_cdp.resolve.keyrules import KeyRules


def over_limits(customer: Ints, count: int, rules: KeyRules, first: Ints) -> Bools:
    """Which components hold more of a limited group than a customer may, ever or within its window."""
    broken = np.zeros(count, dtype=np.bool_)
    width = len(rules.limit_names)
    if not width:
        return broken
    limited = rules.group >= 0
    cell = customer[limited] * width + rules.group[limited]
    held = np.bincount(cell, minlength=count * width).reshape(count, width)
    broken |= np.any((held > rules.limit) & (rules.window == 0), axis=1)
    for group in np.flatnonzero(rules.window):
        crowded = _crowded(customer, first, rules.group == group, int(rules.limit[group]), int(rules.window[group]))
        broken[crowded] = True
    return broken


def _crowded(customer: Ints, first: Ints, members: Bools, limit: int, window: int) -> Ints:
    """The components that have more than `limit` of some members first seen within one window."""
    home, seen = customer[members], first[members]
    order = np.lexsort((seen, home))
    home, seen = home[order], seen[order]
    early, late = slice(None, max(len(home) - limit, 0)), slice(limit, None)
    together = (home[early] == home[late]) & (seen[late] - seen[early] < window)
    crowded: Ints = home[late][together]
    return crowded


def told_apart(customer: Ints, count: int, said: pl.DataFrame) -> Bools:
    """Which components have members that say different things."""
    apart = np.zeros(count, dtype=np.bool_)
    if len(said):
        homes = said.with_columns(pl.Series("customer", customer[said["row"].to_numpy()]))
        differ = homes.group_by("customer", "group").agg(pl.col("value").n_unique().alias("values"))
        apart[differ.filter(pl.col("values") > 1)["customer"].to_numpy()] = True
    return apart
