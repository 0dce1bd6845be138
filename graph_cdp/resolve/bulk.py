"""Everything at once: the whole evidence as columns, resolved in memory on dense integers.

The same function as `greedy.join` on every raw component: a component that as a whole breaks no rule is one customer,
and only the others need the greedy. Keys are interned in text order, so that comparing two integers compares the keys
and the keys of one namespace stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph_cdp.model import UNDATED, namespace_of
from graph_cdp.policy import CONTRADICTION, DECISION, Policy
from graph_cdp.resolve import claims, components, greedy
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.members import Members
from graph_cdp.rules import Holding, holding_of

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


def resolve(
    links: pl.DataFrame, policy: Policy, decided: Decided = UNDECIDED, told: pl.DataFrame | None = None
) -> Members:
    """The customers that the evidence, the decisions and the policy make.

    `links` has the columns `a, b, kind` (text) and `first_seen` (microseconds, null where undated); a row with a null
    `b` says when the key `a` was seen. `told` has what keys say of their traits: `key, trait, value` (text, null where
    a trait is taken back) and `at` (microseconds, null where undated). The order of the rows, their multiplicity and
    which end stands first do not matter.
    """
    columns = _columns(links, policy)
    rules = _Rules(columns.keys, policy)
    partners = _partners(columns, rules)
    shared = np.zeros(len(columns.keys), dtype=np.bool_)
    shared[partners.filter(pl.col("count") > pl.col("bears"))["row"].to_numpy()] = True
    word = _told(columns.keys, policy, told)
    said = _said(columns.keys, decided, word)
    same = _same(columns.keys, decided)
    live = ~(shared[columns.a] | shared[columns.b])
    a, b = np.concatenate([columns.a[live], same[0]]), np.concatenate([columns.b[live], same[1]])
    root = components.roots(len(columns.keys), a, b)
    customer, count = components.numbered(root)
    broken = _broken(customer, count, rules, columns.first) | _told_apart(customer, count, said)
    # Where a decision joins what rules allow too, the order of joining does not matter; where they do not, it does.
    if broken.any():
        _Repair(columns, live, rules, said, decided, policy).carry_out(broken[customer], root)
        customer, count = components.numbered(root)
    return Members(
        columns.keys,
        customer,
        _anchors(customer, count, columns.first),
        shared,
        partners,
        _held(customer, rules, columns.first),
        said.with_columns(pl.Series("customer", customer[said["row"].to_numpy()], dtype=pl.Int64)),
        word,
    )


def _held(customer: Ints, rules: _Rules, first: Ints) -> pl.DataFrame:
    limited = rules.group >= 0
    group = rules.group[limited]
    return pl.DataFrame(
        {
            "customer": customer[limited],
            "group": pl.Series(rules.limit_names, dtype=pl.String).gather(group),
            "windowed": rules.windowed[limited],
            "first": first[limited],
        }
    )


def _told(keys: pl.Series, policy: Policy, told: pl.DataFrame | None) -> pl.DataFrame:
    """What counts of what keys say of the traits that the policy compares: `row, trait, value, at`."""
    if told is None or not policy.contradictions:
        return pl.DataFrame(schema={"row": pl.Int64, "trait": pl.String, "value": pl.String, "at": pl.Int64})
    latest = claims.latest(told.filter(pl.col("trait").is_in(list(policy.contradictions))))
    places = pl.DataFrame({"key": keys}).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    return latest.join(places, on="key", how="inner").select("row", "trait", "value", "at").sort("row", "trait")


def _said(keys: pl.Series, decided: Decided, word: pl.DataFrame) -> pl.DataFrame:
    """What keys say, as rules look at it: `row, group, value`."""
    places = _rows_of(keys, pl.Series(sorted(decided.keys), dtype=pl.String))
    rows = [(row, f"{DECISION}{name}", key) for key, row in places.items() for name in decided.apart(key)]
    said = pl.DataFrame(rows, schema={"row": pl.Int64, "group": pl.String, "value": pl.String}, orient="row")
    named = word.select("row", pl.concat_str(pl.lit(CONTRADICTION), "trait").alias("group"), "value")
    return pl.concat([said, named.filter(pl.col("value").is_not_null())])


def _same(keys: pl.Series, decided: Decided) -> tuple[Ints, Ints]:
    """The ends of the decisions that say `same`, where both were seen."""
    rows = _rows_of(keys, pl.Series(sorted(decided.same), dtype=pl.String))
    pairs = [(rows[a], rows[b]) for a in rows for b in decided.same[a] if b in rows and a < b]
    ends = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)
    return ends[:, 0], ends[:, 1]


def _rows_of(keys: pl.Series, named: pl.Series) -> dict[str, int]:
    """The row of each of some keys, for those that are there."""
    at = keys.search_sorted(named).to_list() if len(named) else []
    return {key: row for key, row in zip(named, at, strict=True) if row < len(keys) and keys[row] == key}


def _columns(links: pl.DataFrame, policy: Policy) -> Columns:
    both = links.filter(pl.col("b").is_not_null())
    alone = links.filter(pl.col("b").is_null())
    keys, code = _interned(pl.concat([both["a"], both["b"], alone["a"]]))
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


def _interned(named: pl.Series) -> tuple[pl.Series, Ints]:
    """The distinct texts in order, and for each of `named` its place among them."""
    keys = named.unique().sort()
    places = pl.DataFrame({"key": keys}).with_row_index("place")
    code = named.to_frame("key").join(places, on="key", how="left", maintain_order="left")["place"]
    return keys, code.to_numpy().astype(np.int64)


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
    return Columns(
        columns.keys.filter(pl.Series(~blocked)),
        columns.first[~blocked],
        renumbered[columns.a[kept]],
        renumbered[columns.b[kept]],
        columns.tier[kept],
        columns.seen[kept],
    )


def _blocked(keys: pl.Series, policy: Policy) -> Bools:
    names, namespace = _namespaces(keys)
    blocked: list[bool] = []
    for name, size in zip(names, np.bincount(namespace).tolist(), strict=True):
        blocked += map(policy.blocks_key_of(name), keys.slice(len(blocked), size).to_list())
    return np.array(blocked, dtype=np.bool_)


class _Rules:
    """The policy's answers for every key, worked out once a namespace or a space and looked up by integer.

    A space is what partners are counted by: a namespace, and of records each source, under the name of its group.
    """

    def __init__(self, keys: pl.Series, policy: Policy) -> None:
        namespaces, self.namespace = _namespaces(keys)
        self.trust = np.array([policy.trust(name) for name in namespaces], dtype=np.int64)
        bears = [_bears(policy, one, other) for one in namespaces for other in namespaces]
        self.bears = np.array(bears, dtype=np.int64).reshape(len(namespaces), len(namespaces))
        self.spaces, self.space = _spaces(keys, namespaces, self.namespace)
        self.home = np.array([namespaces.index(name.partition("/")[0]) for name in self.spaces], dtype=np.int64)
        limits = [policy.limit_group(_sample(name)) for name in self.spaces]
        self.limit_names = sorted({limit[0] for limit in limits if limit})
        self.limit = np.array([policy.limits[name] for name in self.limit_names], dtype=np.int64)
        self.window = np.array([policy.window(name) or 0 for name in self.limit_names], dtype=np.int64)
        groups = [self.limit_names.index(limit[0]) if limit else -1 for limit in limits]
        self.group = np.array(groups, dtype=np.int64)[self.space]
        self.windowed = np.isin(self.group, np.flatnonzero(self.window))


def _bears(policy: Policy, one: str, other: str) -> int:
    """How many partners of the namespace `other` a key of `one` bears; 0 where they are not counted."""
    found = policy.partner_group(one, f"{other}:")
    return found[1] if found else 0


def _namespaces(keys: pl.Series) -> tuple[list[str], Ints]:
    """The namespaces of sorted keys, and for each key the number of its own."""
    names: list[str] = []
    starts = np.empty(0, dtype=np.int64)
    start = 0
    while start < len(keys):
        names.append(namespace_of(keys[start]))
        starts = np.append(starts, start)
        # Nothing stands between the last key of a namespace and the namespace with the character after the colon.
        start = int(keys.search_sorted(f"{names[-1]};"))
    return names, np.repeat(np.arange(len(names)), np.diff(starts, append=len(keys)))


def _spaces(keys: pl.Series, namespaces: list[str], namespace: Ints) -> tuple[list[str], Ints]:
    """The names of the spaces, and for each key the number of its own."""
    if "record" not in namespaces:
        return namespaces, namespace
    records = namespace == namespaces.index("record")
    sources, source = _interned(keys.filter(pl.Series(records)).str.extract("^record:([^/]*)", 1))
    space = namespace.copy()
    space[records] = len(namespaces) + source
    return [*namespaces, *(f"record/{name}" for name in sources)], space


def _sample(space: str) -> str:
    """The beginning of all keys of a space."""
    return space.replace("/", ":", 1) + "/" if space.startswith("record/") else f"{space}:"


def _partners(columns: Columns, rules: _Rules) -> pl.DataFrame:
    """How many distinct partners each key has of each group that counts for it: `row, group, count, bears`."""
    width = len(rules.spaces)
    tallies = [np.empty(0, np.int64)]
    if rules.bears.any():
        low, high = np.divmod(_distinct(columns.a * len(columns.keys) + columns.b), len(columns.keys))
        for ends, partners in ((low, high), (high, low)):
            counted = rules.bears[rules.namespace[ends], rules.namespace[partners]] > 0
            tallies.append(ends[counted] * width + rules.space[partners[counted]])
    met, counts = np.unique(np.concatenate(tallies), return_counts=True)
    row, space = np.divmod(met, max(width, 1))
    return pl.DataFrame(
        {
            "row": row,
            "group": pl.Series(rules.spaces, dtype=pl.String).gather(space),
            "count": counts,
            "bears": rules.bears[rules.namespace[row], rules.home[space]],
        }
    )


def _distinct(numbers: Ints) -> Ints:
    """The distinct numbers, sorted: sorting is many times faster than the hashing of `np.unique`."""
    ordered = np.sort(numbers)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]


def _broken(customer: Ints, count: int, rules: _Rules, first: Ints) -> Bools:
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


def _told_apart(customer: Ints, count: int, said: pl.DataFrame) -> Bools:
    """Which components have members that say different things."""
    apart = np.zeros(count, dtype=np.bool_)
    if len(said):
        homes = said.with_columns(pl.Series("customer", customer[said["row"].to_numpy()]))
        differ = homes.group_by("customer", "group").agg(pl.col("value").n_unique().alias("values"))
        apart[differ.filter(pl.col("values") > 1)["customer"].to_numpy()] = True
    return apart


@dataclass(frozen=True, slots=True)
class _Repair:
    """Takes components that break a rule apart by the greedy."""

    columns: Columns
    live: Bools
    rules: _Rules
    said: pl.DataFrame
    decided: Decided
    policy: Policy

    def carry_out(self, broken: Bools, root: Ints) -> None:
        """Writes into `root` the sides of the members that are in `broken` components."""
        members = np.flatnonzero(broken)
        sides = greedy.join(
            members.tolist(), self._pairs(broken), self._holdings(members), self.policy, self._blocks(broken)
        )
        root[members] = np.fromiter(sides.values(), np.int64, len(sides))

    def _pairs(self, broken: Bools) -> Iterator[tuple[int, int, int]]:
        columns = self.columns
        taken = self.live & broken[columns.a]
        a, b, tier = columns.a[taken], columns.b[taken], columns.tier[taken]
        trust = self.rules.trust[self.rules.namespace]
        best, worst = np.minimum(trust[a], trust[b]), np.maximum(trust[a], trust[b])
        order = np.lexsort((b, a, worst, best, columns.seen[taken], tier))
        return zip(a[order].tolist(), b[order].tolist(), tier[order].tolist(), strict=True)

    def _holdings(self, members: Ints) -> dict[int, Holding]:
        group = self.rules.group[members]
        speaks = np.zeros(len(self.columns.keys), dtype=np.bool_)
        speaks[self.said["row"].to_numpy()] = True
        plain = (group >= 0) & ~self.rules.windowed[members] & ~speaks[members]
        prototypes = [Holding({name: 1}) for name in self.rules.limit_names]
        held = {member: prototypes[g] for member, g in zip(members[plain].tolist(), group[plain].tolist(), strict=True)}
        others = members[(speaks[members] | (group >= 0)) & ~plain]
        told = self._told() if speaks.any() else {}
        for member in others.tolist():
            key = self.columns.keys[member]
            held[member] = holding_of(key, int(self.columns.first[member]), told.get(member, {}), self.policy)
        return held

    def _told(self) -> dict[int, dict[str, str]]:
        told: dict[int, dict[str, str]] = {}
        for row, group, value in self.said.iter_rows():
            told.setdefault(row, {})[group] = value
        return told

    def _blocks(self, broken: Bools) -> list[tuple[int, int]]:
        rows = _rows_of(self.columns.keys, pl.Series(sorted(self.decided.keys), dtype=pl.String))
        inside = {key: row for key, row in rows.items() if broken[row]}
        return [(inside[a], inside[b]) for a, b in self.decided.blocks(inside)]


def _anchors(customer: Ints, count: int, first: Ints) -> Ints:
    """For each customer its member with the smallest (first, key)."""
    oldest = np.full(count, UNDATED, dtype=np.int64)
    np.minimum.at(oldest, customer, first)
    rows = np.flatnonzero(first == oldest[customer])[::-1]
    anchors = np.empty(count, dtype=np.int64)
    # Of several values for one place the last one stays: the smallest key.
    anchors[customer[rows]] = rows
    return anchors
