"""Taking components that break a rule apart by the greedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from graph_cdp.policy import Policy
from graph_cdp.resolve import greedy
from graph_cdp.resolve.columns import Bools, Columns, rows_of
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.interning import Ints
from graph_cdp.resolve.keyrules import KeyRules
from graph_cdp.rules import Holding, holding_of


@dataclass(frozen=True, slots=True)
class Repair:
    """Takes components that break a rule apart by the greedy."""

    columns: Columns
    live: Bools
    rules: KeyRules
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
        counted = ~self.rules.windowed[members] & ~self.rules.of_values[members]
        plain = (group >= 0) & counted & ~speaks[members]
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
        rows = rows_of(self.columns.keys, pl.Series(sorted(self.decided.keys), dtype=pl.String))
        inside = {key: row for key, row in rows.items() if broken[row]}
        return [(inside[a], inside[b]) for a, b in self.decided.blocks(inside)]
