"""What a plan says: how many customers are merged and split, by which rules, examples with their why, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Final

import polars as pl

from graph_cdp.model import UNDATED, Link, Span, namespace_of, rfc3339
from graph_cdp.policy import Policy
from graph_cdp.relinking.looking import Look
from graph_cdp.relinking.plan import Plan
from graph_cdp.resolve import explain
from graph_cdp.rules import NOTHING, Holding, broken
from graph_cdp.store import codec
from graph_cdp.store.evidence import HOLDING

EXAMPLES: Final = 10
# A customer with more keys than this is no example to learn from, and its path would take long to find.
_TELLING: Final = 20_000
_LARGE: Final = 0.05
_FEW: Final = 200
_MANY_SHARED: Final = 0.2
_TELLING_SIDES: Final = 20
_NO_LINK: Final = "no link that may join"
_NO_LONGER: Final = "links that may join now"

Row = dict[str, Any]


def plan_of(found: Look, current: Policy, store: str) -> Plan:
    """The plan that carries out what was found, and what it says to people; `current` is the policy in force."""
    summary = _Summary(found, current).facts()
    return Plan(found.policy, store, found.fingerprint, found.told is not None, summary)


@dataclass(frozen=True)
class _Summary:
    found: Look
    current: Policy

    def facts(self) -> Row:
        table, people = self.found.table, self.people
        moved = table.filter(pl.col("before").ne_missing(pl.col("after")))
        before, after = (table[name].drop_nulls().unique() for name in ("before", "after"))
        return {
            "policy": self.found.policy.fingerprint,
            "customers_before": people["before"].n_unique(),
            "customers_after": table.filter(~pl.col("shared_now"))["after"].drop_nulls().n_unique(),
            "merged": len(self.merged),
            "split": len(self.split),
            "untouched": people["before"].n_unique() - people.join(moved, on="key", how="semi")["before"].n_unique(),
            "identifiers": table["key"].n_unique(),
            "identifiers_moved": moved["key"].n_unique(),
            "newly_shared": len(table.filter(pl.col("shared_now") & ~pl.col("shared").fill_null(False))),
            "no_longer_shared": len(table.filter(pl.col("shared") & ~pl.col("shared_now"))),
            "ids_kept": round(before.is_in(after.implode()).sum() / len(before), 4) if len(before) else 1.0,
            "by_rule": self._by_rule(),
            "largest_merge": self._head(self.merged, "size"),
            "largest_split": self._head(self.split, "size"),
            "largest_customer": self.largest,
            "blocked": self._blocked(),
            "rebuilt": self._rebuilt(),
            "warnings": list(_warnings(self)),
            "examples": {
                "merged": [self._merge(row) for row in self.merged.head(EXAMPLES).to_dicts()],
                "split": [self._split(row) for row in self.split.head(EXAMPLES).to_dicts()],
            },
        }

    @cached_property
    def people(self) -> pl.DataFrame:
        """The identifiers that were not shared, of those that were there."""
        return self.found.table.filter(~pl.col("shared") & pl.col("before").is_not_null())

    @property
    def largest(self) -> int:
        """How many identifiers the largest customer will have."""
        return max(self.found.customers["size"].to_list(), default=0)

    @property
    def _staying(self) -> pl.DataFrame:
        return self.people.filter(~pl.col("shared_now") & pl.col("after").is_not_null())

    @cached_property
    def merged(self) -> pl.DataFrame:
        """`after, previous, size` of the customers that are several today, the largest first."""
        return _gathered(self._staying, "after", "before", "previous")

    @cached_property
    def split(self) -> pl.DataFrame:
        """`before, into, size` of the customers that will be several, the largest first."""
        return _gathered(self._staying, "before", "after", "into")

    @staticmethod
    def _head(table: pl.DataFrame, column: str) -> int:
        return int(table[column][0]) if len(table) else 0

    def _by_rule(self) -> dict[str, dict[str, int]]:
        """By rule, how many customers it splits, and how many it merges because it no longer stands between them."""
        split: Counter[str] = Counter()
        merged: Counter[str] = Counter()
        for row in self.split.iter_rows(named=True):
            split.update(self._apart(row["before"], row["into"]))
        for row in self.merged.iter_rows(named=True):
            merged.update(self._were_apart(row["previous"]))
        return {rule: {"split": split[rule], "merged": merged[rule]} for rule in sorted(split | merged)}

    def _apart(self, before: str, into: list[str]) -> set[str]:
        """The rules of the new policy that keep the parts of a customer apart."""
        held = [self._held_now.get(part, NOTHING) for part in into]
        found = _broken(held, self.found.policy)
        return found | self._sharing.get(before, set()) or {_NO_LINK}

    def _were_apart(self, previous: list[str]) -> set[str]:
        """The rules of the policy in force that keep customers apart which the new one joins."""
        found = _broken([self._held.get(name, NOTHING) for name in previous], self.current)
        return found or {_NO_LONGER}

    @cached_property
    def _held(self) -> dict[str, Holding]:
        return _held_of(self.found.held.customers, self.merged["previous"])

    @cached_property
    def _held_now(self) -> dict[str, Holding]:
        return _held_of(self.found.customers, self.split["into"])

    @cached_property
    def _sharing(self) -> dict[str, set[str]]:
        """By customer the rules that make its identifiers shared."""
        newly = self.people.filter("shared_now").select("key", "before")
        rows = self.found.members.partners.filter(pl.col("count") > pl.col("bears"))
        named = rows.with_columns(self.found.members.keys.gather(rows["row"]).alias("key")).join(newly, on="key")
        rules: dict[str, set[str]] = {}
        for key, before, group, bears in named.select("key", "before", "group", "bears").iter_rows():
            rules.setdefault(before, set()).add(f"{namespace_of(key)} shared_above {group} {bears}")
        return rules

    def _merge(self, row: Row) -> Row:
        """An example of a merge, with the strongest path between two of the customers that are joined."""
        told: Row = {"customer_id": row["after"], "previous": row["previous"], "identifiers": row["size"], "why": None}
        ends = [self._anchor[name] for name in row["previous"] if name in self._anchor][:2]
        if row["size"] <= _TELLING and len(ends) == 2:
            told["why"] = self._path(ends[0], ends[1], row["after"])
        return told

    def _path(self, a: str, b: str, customer: str) -> Row | None:
        keys = self.found.table.filter(pl.col("after") == customer)["key"].implode()
        rows = self.found.rows.filter(pl.col("a").is_in(keys) & pl.col("b").is_in(keys))
        links = [
            Link(min(one, other), max(one, other), kind, Span(UNDATED if first is None else first))
            for one, other, kind, first in rows.iter_rows()
        ]
        said = explain.words(self.found.decided, set(keys.item()))
        answer = explain.joined(a, b, links, self.found.policy, said)
        if answer is None:
            return None
        return {"path": [self._link(link) for link in answer.path], "weakest": self._link(answer.weakest)}

    def _link(self, link: Link) -> Row:
        tier = explain.tier(link, self.found.policy)
        return {"a": link.a, "b": link.b, "kind": link.kind, "tier": tier, "first_seen": rfc3339(link.span.first)}

    @cached_property
    def _anchor(self) -> dict[str, str]:
        wanted = self.merged.head(EXAMPLES)["previous"].explode().implode()
        rows = self.found.held.customers.filter(pl.col("id").is_in(wanted))
        return dict(rows.select("id", "anchor").iter_rows())

    def _split(self, row: Row) -> Row:
        """An example of a split, with the rules that keep the parts apart."""
        rules = sorted(self._apart(row["before"], row["into"]))
        return {"customer_id": row["before"], "into": row["into"], "identifiers": row["size"], "rules": rules}

    def _blocked(self) -> dict[str, int]:
        """How many identifiers are blocked from now on, and how many no longer are."""
        gone = self.found.table.filter(pl.col("after").is_null())["key"]
        fresh = self.found.nodes.filter(~pl.col("known"))["key"] if self.found.told else gone.clear()
        return {
            "newly": sum(map(self.found.policy.is_blocked, gone)),
            "no_longer": sum(map(self.current.is_blocked, fresh)),
        }

    def _rebuilt(self) -> Row | None:
        """What the observations say otherwise than the graph did; what other blocked values explain is left out."""
        if not self.found.told:
            return None
        nodes, links, told = self.found.nodes, self.found.links, self.found.told
        speaking = [nodes["key"], links["a"], links["b"], told.unhung["key"], told.mishung["key"]]
        ours = self._usable_before_and_after(pl.concat(speaking))
        held = self.found.table.filter(pl.col("before").is_null() & pl.col("shared").is_not_null())
        return {
            **_differences("identifiers", nodes.filter(pl.col("key").is_in(ours))),
            **_differences("links", links.filter(pl.col("a").is_in(ours) & pl.col("b").is_in(ours))),
            "identifiers_without_customer": len(held),
            "identifiers_in_two_customers": int(self.found.held.nodes["key"].is_duplicated().sum()),
            "events_unhung": len(told.unhung.filter(pl.col("key").is_in(ours))),
            "events_mishung": len(told.mishung.filter(pl.col("key").is_in(ours))),
        }

    def _usable_before_and_after(self, keys: pl.Series) -> pl.Series:
        blocks, blocked = self.found.policy.is_blocked, self.current.is_blocked
        usable = [key for key in keys.unique() if not (blocks(key) or blocked(key))]
        return pl.Series(usable, dtype=pl.String).implode()


def _gathered(table: pl.DataFrame, by: str, gathered: str, name: str) -> pl.DataFrame:
    """`by`, the several of `gathered` under `name`, and `size`: how many keys; the largest first."""
    made = table.group_by(by).agg(pl.col(gathered).unique().sort().alias(name), pl.len().alias("size"))
    return made.filter(pl.col(name).list.len() > 1).sort(["size", by], descending=[True, False])


def _differences(what: str, table: pl.DataFrame) -> dict[str, int]:
    known, told = pl.col("known"), pl.col("told")
    return {
        f"{what}_missing": len(table.filter(~known)),
        f"{what}_unobserved": len(table.filter(~told)),
        f"{what}_seen_otherwise": len(table.filter(known & told)),
    }


def _held_of(customers: pl.DataFrame, ids: pl.Series) -> dict[str, Holding]:
    wanted = customers.filter(pl.col("id").is_in(ids.explode().implode()))
    return {row["id"]: codec.holding_of(row) for row in wanted.select("id", *HOLDING).iter_rows(named=True)}


def _broken(sides: Iterable[Holding], policy: Policy) -> set[str]:
    """The rules that stand between any two of some sides, of which the first are looked at."""
    pairs = combinations(list(sides)[:_TELLING_SIDES], 2)
    return {policy.rule_name(group) for one, other in pairs for group in broken(one, other, policy)}


def _warnings(made: _Summary) -> Iterator[str]:
    """What a reader should look at before such a policy is put in force."""
    found = made.found
    keys = len(found.members.keys)
    if keys < _FEW:
        return
    if (largest := made.largest) > _LARGE * keys:
        held = f"{largest:,} of all {keys:,} identifiers"
        yield f"one customer would have {held}: is a rule missing (limit, shared_above)?"
    linked = len(found.rows.filter(pl.col("b").is_not_null()))
    if linked and largest == 1:
        yield "nothing is joined at all: is min_tier too strong, or does shared_above bear too little?"
    shared = float(found.members.shared.mean())
    if shared > _MANY_SHARED:
        yield f"{shared:.0%} of all identifiers would be shared and join nobody: does shared_above bear too little?"
