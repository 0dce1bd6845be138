"""Everything at once: the whole evidence as columns, resolved in memory on dense integers.

The same function as `greedy.join` on every raw component: a component that as a whole breaks no rule is one customer,
and only the others need the greedy. Keys are interned in text order, so that comparing two integers compares the keys
and the keys of one namespace stand side by side.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from graph_cdp.model import EPOCH_OF_A_VALUE, UNDATED
from graph_cdp.policy import CONTRADICTION, DECISION, Policy
from graph_cdp.resolve import claims, components
from graph_cdp.resolve.breaches import over_limits, told_apart
from graph_cdp.resolve.columns import Columns, columns_of, rows_of, where
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.interning import Ints
from graph_cdp.resolve.keyrules import KeyRules, partners_of
from graph_cdp.resolve.members import Members
from graph_cdp.resolve.repair import Repair


def resolve(
    links: pl.DataFrame, policy: Policy, decided: Decided = UNDECIDED, told: pl.DataFrame | None = None
) -> Members:
    """The customers that the evidence, the decisions and the policy make.

    `links` has the columns `a, b, kind` (text) and `first_seen` (microseconds, null where undated); a row with a null
    `b` says when the key `a` was seen. `told` has what keys say of their traits: `key, trait, value` (text, null where
    a trait is taken back) and `at` (microseconds, null where undated). The order of the rows, their multiplicity and
    which end stands first do not matter. Raises `NoKeyError` if an end of a link is no key.
    """
    return resolved(columns_of(links, policy), policy, decided, told)


def resolved(
    columns: Columns, policy: Policy, decided: Decided = UNDECIDED, told: pl.DataFrame | None = None
) -> Members:
    """The same of links that are columns already, so that who has very many can let go of their table."""
    rules = KeyRules(columns.keys, policy)
    partners = partners_of(columns.a, columns.b, rules)
    shared = np.zeros(len(columns.keys), dtype=np.bool_)
    shared[partners.filter(pl.col("count") > pl.col("bears"))["row"].to_numpy()] = True
    word = _told(columns.keys, policy, told)
    said = _said(columns.keys, decided, word)
    live = ~(shared[columns.a] | shared[columns.b])
    root = components.roots(len(columns.keys), *_with(decided, columns.keys, where(live, columns.a, columns.b)))
    customer, count = components.numbered(root)
    broken = over_limits(customer, count, rules, columns.first) | told_apart(customer, count, said)
    # Where a decision joins what rules allow too, the order of joining does not matter; where they do not, it does.
    if broken.any():
        Repair(columns, live, rules, said, decided, policy).carry_out(broken[customer], root)
        customer, count = components.numbered(root)
    return Members(
        columns.keys,
        customer,
        _anchors(customer, count, columns.first),
        shared,
        partners,
        _held(customer, rules, columns.first),
        _at_home(pl.concat([said, _values(columns.keys, rules)]), customer),
        word,
    )


def _held(customer: Ints, rules: KeyRules, first: Ints) -> pl.DataFrame:
    limited = (rules.group >= 0) & ~rules.of_values
    group = rules.group[limited]
    return pl.DataFrame(
        {
            "customer": customer[limited],
            "group": pl.Series(rules.limit_names, dtype=pl.String).gather(group),
            "windowed": rules.windowed[limited],
            "first": first[limited],
        }
    )


def _values(keys: pl.Series, rules: KeyRules) -> pl.DataFrame:
    """What members of a group in which values are counted say, as `_said`: their value."""
    rows = np.flatnonzero(rules.of_values)
    names = pl.Series(rules.limit_names, dtype=pl.String).gather(rules.group[rows])
    value = keys.gather(rows).str.replace(EPOCH_OF_A_VALUE, "")
    return pl.DataFrame({"row": rows, "group": names, "value": value})


def _at_home(said: pl.DataFrame, customer: Ints) -> pl.DataFrame:
    return said.with_columns(pl.Series("customer", customer[said["row"].to_numpy()], dtype=pl.Int64))


def _told(keys: pl.Series, policy: Policy, told: pl.DataFrame | None) -> pl.DataFrame:
    """What counts of what keys say of the traits that the policy compares: `row, trait, value, at`."""
    if told is None or not policy.contradictions:
        return pl.DataFrame(schema={"row": pl.Int64, "trait": pl.String, "value": pl.String, "at": pl.Int64})
    latest = claims.latest(told.filter(pl.col("trait").is_in(list(policy.contradictions))))
    places = pl.DataFrame({"key": keys}).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    return latest.join(places, on="key").select("row", "trait", "value", "at")


def _said(keys: pl.Series, decided: Decided, word: pl.DataFrame) -> pl.DataFrame:
    """What keys say, as rules look at it: `row, group, value`."""
    places = rows_of(keys, pl.Series(sorted(decided.keys), dtype=pl.String))
    rows = [(row, f"{DECISION}{name}", key) for key, row in places.items() for name in decided.apart(key)]
    said = pl.DataFrame(rows, schema={"row": pl.Int64, "group": pl.String, "value": pl.String}, orient="row")
    named = word.select("row", pl.concat_str(pl.lit(CONTRADICTION), "trait").alias("group"), "value")
    return pl.concat([said, named.filter(pl.col("value").is_not_null())])


def _with(decided: Decided, keys: pl.Series, ends: list[Ints]) -> list[Ints]:
    """The ends of links, and those of the decisions that say `same` of two keys that were seen."""
    rows = rows_of(keys, pl.Series(sorted(decided.same), dtype=pl.String))
    pairs = [(rows[a], rows[b]) for a in rows for b in decided.same[a] if b in rows and a < b]
    if not pairs:
        return ends
    return [
        np.concatenate([end, np.array(side, dtype=np.int64)])
        for end, side in zip(ends, zip(*pairs, strict=True), strict=True)
    ]


def _anchors(customer: Ints, count: int, first: Ints) -> Ints:
    """For each customer its member with the smallest (first, key)."""
    oldest = np.full(count, UNDATED, dtype=np.int64)
    np.minimum.at(oldest, customer, first)
    rows = np.flatnonzero(first == oldest[customer])[::-1]
    anchors = np.empty(count, dtype=np.int64)
    # Of several values for one place the last one stays: the smallest key.
    anchors[customer[rows]] = rows
    return anchors
