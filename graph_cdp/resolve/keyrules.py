"""What a policy says of every key at once, looked up by integer."""

from __future__ import annotations

import numpy as np
import polars as pl

from graph_cdp.model import namespace_of
from graph_cdp.policy import VALUES, Policy
from graph_cdp.resolve.interning import Ints, interned


class KeyRules:
    """The policy's answers for every key, worked out once a namespace or a space and looked up by integer.

    A space is what partners are counted by: a namespace, and of records each source, under the name of its group.
    `of_values` marks the keys of which a limit counts the distinct values, which are no more than the keys.
    """

    def __init__(self, keys: pl.Series, policy: Policy) -> None:
        namespaces, self.namespace = namespaces_of(keys)
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
        of_values = np.array([name.startswith(VALUES) for name in self.limit_names], dtype=np.bool_)
        self.of_values = np.isin(self.group, np.flatnonzero(of_values))


def _bears(policy: Policy, one: str, other: str) -> int:
    """How many partners of the namespace `other` a key of `one` bears; 0 where they are not counted."""
    found = policy.partner_group(one, f"{other}:")
    return found[1] if found else 0


def namespaces_of(keys: pl.Series) -> tuple[list[str], Ints]:
    """The namespaces of sorted keys, and for each key the number of its own."""
    starts = starts_of(keys)
    names = [namespace_of(keys[start]) for start in starts]
    return names, np.repeat(np.arange(len(names)), np.diff([*starts, len(keys)]))


def starts_of(keys: pl.Series) -> list[int]:
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


def partners_of(a: Ints, b: Ints, rules: KeyRules) -> pl.DataFrame:
    """How many distinct partners each key has of each group that counts for it: `row, group, count, bears`."""
    width, size = len(rules.spaces), len(rules.namespace)
    tallies = [np.empty(0, np.int64)]
    if rules.bears.any():
        low, high = np.divmod(_distinct(a * size + b), size)
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
