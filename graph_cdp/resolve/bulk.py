"""Everything at once: the whole evidence as columns, resolved in memory on dense integers.

The same function as `greedy.join` on every raw component: a component that as a whole breaks no limit is one customer,
and only the others need the greedy. Keys are interned in text order, so that comparing two integers compares the keys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph_cdp.model import UNDATED, namespace_of
from graph_cdp.policy import Policy
from graph_cdp.resolve import greedy
from graph_cdp.resolve.members import Members

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """The usable evidence on integers: `first` of each key, and the joining links with `a < b`."""

    keys: pl.Series
    first: Ints
    a: Ints
    b: Ints
    tier: Ints
    seen: Ints


def resolve(links: pl.DataFrame, policy: Policy) -> Members:
    """The customers that the evidence and the policy make.

    `links` has the columns `a, b, kind` (text) and `first_seen` (microseconds, null where undated); a row with a null
    `b` says when the key `a` was seen. The order of the rows, their multiplicity and which end stands first do not
    matter.
    """
    columns = _columns(links, policy)
    rules = _Rules(columns.keys, policy)
    partners = _partners(columns, rules)
    shared = np.zeros(len(columns.keys), dtype=np.bool_)
    shared[partners.filter(pl.col("count") > pl.col("bears"))["row"].to_numpy()] = True
    live = ~(shared[columns.a] | shared[columns.b])
    count, customer = _components(len(columns.keys), columns.a[live], columns.b[live])
    broken = _broken(customer, count, rules)
    if broken.any():
        customer, count = _repair(columns, live, rules, customer, broken)
    limited = rules.group >= 0
    held = pl.DataFrame(
        {
            "customer": customer[limited],
            "group": pl.Series(rules.limit_names, dtype=pl.String).gather(rules.group[limited]),
        }
    )
    return Members(columns.keys, customer, _anchors(customer, count, columns.first), shared, partners, held)


def _columns(links: pl.DataFrame, policy: Policy) -> Columns:
    both = links.filter(pl.col("b").is_not_null())
    alone = links.filter(pl.col("b").is_null())
    named = pl.concat([both["a"], both["b"], alone["a"]])
    keys = named.unique().sort()
    code = named.cast(pl.Enum(keys)).to_physical().to_numpy().astype(np.int64)
    one, other, lone = np.split(code, [len(both), 2 * len(both)])
    seen = _times(both)
    first = np.full(len(keys), UNDATED, dtype=np.int64)
    for ends, times in ((one, seen), (other, seen), (lone, _times(alone))):
        np.minimum.at(first, ends, times)
    tiers = {kind: policy.tier(kind) for kind in both["kind"].unique() if policy.joins(kind)}
    tier = both["kind"].replace_strict(tiers, default=0, return_dtype=pl.Int64).to_numpy()
    usable = (tier > 0) & (one != other)
    low, high = np.minimum(one, other)[usable], np.maximum(one, other)[usable]
    return _without_blocked(Columns(keys, first, low, high, tier[usable], seen[usable]), policy)


def _times(rows: pl.DataFrame) -> Ints:
    return rows["first_seen"].fill_null(UNDATED).to_numpy().astype(np.int64)


def _without_blocked(columns: Columns, policy: Policy) -> Columns:
    if not policy.blocks:
        return columns
    blocked = np.fromiter(map(policy.is_blocked, columns.keys), np.bool_, len(columns.keys))
    if not blocked.any():
        return columns
    renumbered = np.cumsum(~blocked) - 1
    kept = ~(blocked[columns.a] | blocked[columns.b])
    return Columns(
        columns.keys.filter(pl.Series(~blocked)),
        columns.first[~blocked],
        renumbered[columns.a[kept]],
        renumbered[columns.b[kept]],
        columns.tier[kept],
        columns.seen[kept],
    )


class _Rules:
    """The policy's answers for every key, worked out once a namespace and looked up by integer."""

    def __init__(self, keys: pl.Series, policy: Policy) -> None:
        self.policy = policy
        spaces = _spaces(keys)
        self.names = spaces.unique().sort()
        self.space = spaces.cast(pl.Enum(self.names)).to_physical().to_numpy().astype(np.int64)
        samples = [f"{name}/" if name.startswith("record:") else f"{name}:" for name in self.names]
        self.trust = np.array([policy.trust(namespace_of(sample)) for sample in samples], dtype=np.int64)
        limits = [policy.limit_group(sample) for sample in samples]
        self.limit_names = sorted({limit[0] for limit in limits if limit})
        self.limit_of = {limit[0]: limit[1] for limit in limits if limit}
        groups = [self.limit_names.index(limit[0]) if limit else -1 for limit in limits]
        self.group = np.array(groups, dtype=np.int64)[self.space] if groups else np.empty(0, np.int64)
        self.limit = np.array([self.limit_of[name] for name in self.limit_names], dtype=np.int64)
        self.bears = np.array([[self._bears(one, other) for other in samples] for one in samples], dtype=np.int64)

    def _bears(self, one: str, other: str) -> int:
        """How many partners like `other` a key like `one` bears; 0 where they are not counted."""
        found = self.policy.partner_group(namespace_of(one), other)
        return found[1] if found else 0


def _spaces(keys: pl.Series) -> pl.Series:
    """What the rules tell keys apart by: the namespace, and for records their source."""
    pattern = r"^(record:[^/]*|[^:]*)"
    return keys.str.extract(pattern, 1)


def _partners(columns: Columns, rules: _Rules) -> pl.DataFrame:
    """How many distinct partners each key has of each group that counts for it: `row, group, count, bears`."""
    width = len(rules.names)
    tallies = [np.empty(0, np.int64)]
    if rules.bears.any():
        pairs = np.unique(columns.a * len(columns.keys) + columns.b)
        low, high = np.divmod(pairs, len(columns.keys))
        for ends, partners in ((low, high), (high, low)):
            counted = rules.bears[rules.space[ends], rules.space[partners]] > 0
            tallies.append(ends[counted] * width + rules.space[partners[counted]])
    met, counts = np.unique(np.concatenate(tallies), return_counts=True)
    row, space = np.divmod(met, max(width, 1))
    groups = rules.names.str.replace(":", "/", literal=True)
    return pl.DataFrame(
        {"row": row, "group": groups.gather(space), "count": counts, "bears": rules.bears[rules.space[row], space]}
    )


def _components(size: int, a: Ints, b: Ints) -> tuple[int, Ints]:
    graph = coo_array((np.ones(len(a), dtype=np.bool_), (a, b)), shape=(size, size))
    count, labels = connected_components(graph, directed=False)
    return count, labels.astype(np.int64)


def _broken(customer: Ints, count: int, rules: _Rules) -> Bools:
    """Which components hold more of a limited group than a customer may."""
    broken = np.zeros(count, dtype=np.bool_)
    width = len(rules.limit_names)
    if not width:
        return broken
    limited = rules.group >= 0
    held = np.bincount(customer[limited] * width + rules.group[limited], minlength=count * width)
    return (held.reshape(count, width) > rules.limit).any(axis=1)


def _repair(columns: Columns, live: Bools, rules: _Rules, customer: Ints, broken: Bools) -> tuple[Ints, int]:
    """The customers after the greedy has taken apart every broken component."""
    taken = live & broken[customer[columns.a]]
    a, b = columns.a[taken], columns.b[taken]
    trust = rules.trust[rules.space]
    best, worst = np.minimum(trust[a], trust[b]), np.maximum(trust[a], trust[b])
    order = np.lexsort((b, a, worst, best, columns.seen[taken], columns.tier[taken]))
    members = np.flatnonzero(broken[customer])
    group = rules.group[members]
    root = greedy.join(
        members.tolist(),
        zip(a[order].tolist(), b[order].tolist(), strict=True),
        dict(zip(members[group >= 0].tolist(), group[group >= 0].tolist(), strict=True)),
        dict(enumerate(rules.limit.tolist())),
    )
    relabelled = customer.copy()
    relabelled[members] = len(broken) + np.fromiter(root.values(), np.int64, len(root))
    names, dense = np.unique(relabelled, return_inverse=True)
    return dense.astype(np.int64), len(names)


def _anchors(customer: Ints, count: int, first: Ints) -> Ints:
    """For each customer its member with the smallest (first, key)."""
    order = np.lexsort((np.arange(len(customer)), first, customer))
    anchors = np.zeros(count, dtype=np.int64)
    starts = np.flatnonzero(np.diff(customer[order], prepend=-1))
    anchors[customer[order][starts]] = order[starts]
    return anchors
