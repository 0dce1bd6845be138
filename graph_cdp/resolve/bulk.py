"""Everything at once: the whole evidence as columns, resolved in memory on dense integers.

The same function as `greedy.join` on every raw component: a component that as a whole breaks no limit is one customer,
and only the others need the greedy. Keys are interned in text order, so that comparing two integers compares the keys
and the keys of one namespace stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph_cdp.model import UNDATED, namespace_of
from graph_cdp.policy import Policy
from graph_cdp.resolve import components, greedy
from graph_cdp.resolve.interning import Ints, interned
from graph_cdp.resolve.members import Members

Bools = NDArray[np.bool_]


class NoKeyError(ValueError):
    """A text that stands where a key should, `namespace:value`."""


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


def resolve(links: pl.DataFrame, policy: Policy) -> Members:
    """The customers that the evidence and the policy make.

    `links` has the columns `a, b, kind` (text) and `first_seen` (microseconds, null where undated); a row with a null
    `b` says when the key `a` was seen. The order of the rows, their multiplicity and which end stands first do not
    matter. Raises `NoKeyError` if an end of a link is no key.
    """
    columns = _columns(links, policy)
    rules = _Rules(columns.keys, policy)
    partners = _partners(columns, rules)
    shared = np.zeros(len(columns.keys), dtype=np.bool_)
    shared[partners.filter(pl.col("count") > pl.col("bears"))["row"].to_numpy()] = True
    live = ~(shared[columns.a] | shared[columns.b])
    root = components.roots(len(columns.keys), *_where(live, columns.a, columns.b))
    customer, count = components.numbered(root)
    broken = _broken(customer, count, rules)[customer]
    if broken.any():
        _repair(columns, live, rules, broken, root)
        customer, count = components.numbered(root)
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
    keys, code = interned(pl.concat([both["a"], both["b"], alone["a"]]))
    _check(keys)
    one, other, lone = np.split(code, [len(both), 2 * len(both)])
    seen = _times(both)
    first = np.full(len(keys), UNDATED, dtype=np.int64)
    for ends, times in ((one, seen), (other, seen), (lone, _times(alone))):
        np.minimum.at(first, ends, times)
    tiers = {kind: policy.tier(kind) for kind in both["kind"].unique() if policy.joins(kind)}
    tier = both["kind"].replace_strict(tiers, default=0, return_dtype=pl.Int64).to_numpy()
    pairs = (np.minimum(one, other), np.maximum(one, other), tier, seen)
    return _without_blocked(Columns(keys, first, *_where((tier > 0) & (one != other), *pairs)), policy)


def _check(keys: pl.Series) -> None:
    """Raises `NoKeyError` unless all of sorted texts are keys, which they are if each namespace begins with one."""
    if keys.null_count() or not pl.select(is_key(pl.lit(keys.gather(_starts(keys)))).all()).item():
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
    links = _where(kept, renumbered[columns.a], renumbered[columns.b], columns.tier, columns.seen)
    return Columns(columns.keys.filter(pl.Series(~blocked)), columns.first[~blocked], *links)


def _where(wanted: Bools, *columns: Ints) -> list[Ints]:
    """The wanted rows of each column; the columns themselves, uncopied, where every row is wanted."""
    return list(columns) if wanted.all() else [column[wanted] for column in columns]


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
        groups = [self.limit_names.index(limit[0]) if limit else -1 for limit in limits]
        self.group = np.array(groups, dtype=np.int64)[self.space]


def _bears(policy: Policy, one: str, other: str) -> int:
    """How many partners of the namespace `other` a key of `one` bears; 0 where they are not counted."""
    found = policy.partner_group(one, f"{other}:")
    return found[1] if found else 0


def _namespaces(keys: pl.Series) -> tuple[list[str], Ints]:
    """The namespaces of sorted keys, and for each key the number of its own."""
    starts = _starts(keys)
    names = [namespace_of(keys[start]) for start in starts]
    return names, np.repeat(np.arange(len(names)), np.diff([*starts, len(keys)]))


def _starts(keys: pl.Series) -> list[int]:
    """Where in sorted keys the namespaces begin."""
    starts = []
    start = 0
    while start < len(keys):
        starts.append(start)
        # Nothing stands between the last key of a namespace and the namespace with the character after the colon.
        start = int(keys.search_sorted(f"{namespace_of(keys[start])};"))
    return starts


def _spaces(keys: pl.Series, namespaces: list[str], namespace: Ints) -> tuple[list[str], Ints]:
    """The names of the spaces, and for each key the number of its own."""
    if "record" not in namespaces:
        return namespaces, namespace
    records = namespace == namespaces.index("record")
    sources, source = interned(keys.filter(pl.Series(records)).str.extract("^record:([^/]*)", 1))
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


def _broken(customer: Ints, count: int, rules: _Rules) -> Bools:
    """Which components hold more of a limited group than a customer may."""
    broken = np.zeros(count, dtype=np.bool_)
    width = len(rules.limit_names)
    if not width:
        return broken
    limited = rules.group >= 0
    held = np.bincount(customer[limited] * width + rules.group[limited], minlength=count * width)
    over: Bools = np.any(held.reshape(count, width) > rules.limit, axis=1)
    return over


def _repair(columns: Columns, live: Bools, rules: _Rules, broken: Bools, root: Ints) -> None:
    """Takes the components of the `broken` members apart by the greedy: writes their sides into `root`."""
    taken = live & broken[columns.a]
    a, b = columns.a[taken], columns.b[taken]
    trust = rules.trust[rules.namespace]
    best, worst = np.minimum(trust[a], trust[b]), np.maximum(trust[a], trust[b])
    order = np.lexsort((b, a, worst, best, columns.seen[taken], columns.tier[taken]))
    members = np.flatnonzero(broken)
    group = rules.group[members]
    sides = greedy.join(
        members.tolist(),
        zip(a[order].tolist(), b[order].tolist(), strict=True),
        dict(zip(members[group >= 0].tolist(), group[group >= 0].tolist(), strict=True)),
        dict(enumerate(rules.limit.tolist())),
    )
    root[members] = np.fromiter(sides.values(), np.int64, len(sides))


def _anchors(customer: Ints, count: int, first: Ints) -> Ints:
    """For each customer its member with the smallest (first, key)."""
    oldest = np.full(count, UNDATED, dtype=np.int64)
    np.minimum.at(oldest, customer, first)
    rows = np.flatnonzero(first == oldest[customer])[::-1]
    anchors = np.empty(count, dtype=np.int64)
    # Of several values for one place the last one stays: the smallest key.
    anchors[customer[rows]] = rows
    return anchors
