"""Resolving everything that a graph holds anew: what it would change, and carrying it out.

The evidence is read once, resolved in memory, and only what differs is written, customer by customer with those that it
exchanges members with, each such unit in a transaction of its own under the locks of everybody. What other writers
changed meanwhile is found by looking again, until nothing differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from graph_cdp import words
from graph_cdp.errors import EvidenceMovedError, InputError, PolicyError
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk, components
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.members import Members
from graph_cdp.resolve.workspace import Workspace
from graph_cdp.resolve.writes import writes_of
from graph_cdp.state import Change, Writes
from graph_cdp.store import codec, decisions, evidence
from graph_cdp.store.graph import Graph
from graph_cdp.store.transaction import Reads, Transaction

EXAMPLES: Final = 10
_UNITS: Final = 500
_PASSES: Final = 10

CustomerId = Callable[[str], str]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a relink changes: made from one state of the evidence, and only good for it."""

    policy: Policy
    evidence: str
    summary: dict[str, Any]

    def save(self, path: Path) -> None:
        """Writes the plan as JSON."""
        content = {"plan": 1, "evidence": self.evidence, "policy": self.policy.text, "summary": self.summary}
        try:
            path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        except OSError as broken:
            raise InputError(str(path), f"cannot be written: {broken.strerror}") from None

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Reads a plan. Raises `InputError` for a file that is none."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["plan"] != 1 or not isinstance(content["policy"], str):
                raise KeyError
            return cls(Policy(content["policy"], str(path)), content["evidence"], content["summary"])
        except OSError as broken:
            raise InputError(str(path), f"cannot be read: {broken.strerror}") from None
        except (ValueError, KeyError, TypeError):
            raise InputError(str(path), "is no plan", "make one with graph-cdp relink --dry-run --to PLAN") from None


@dataclass(frozen=True, slots=True)
class Unit:
    """Customers that exchange members and are written together: the keys of each, and what is known of the keys."""

    groups: dict[str, list[str]]
    shared: frozenset[str]
    partners: dict[str, list[str]]
    claims: dict[str, list[str]]


def plan(graph: Graph, current: Policy, policy: Policy, customer_id: CustomerId) -> Plan:
    """What resolving everything under `policy` would change."""
    _same_blocked(current, policy)
    held = evidence.read(graph)
    if any(map(policy.is_blocked, held.nodes["key"])):
        raise _other_blocked()
    table = _compared(held, _resolved(graph, held, policy), customer_id)
    return Plan(policy, _fingerprint(held), _summary(table))


def check(made: Plan, now: Plan) -> None:
    """Raises `EvidenceMovedError` unless both plans are of the same evidence."""
    if made.evidence != now.evidence:
        raise EvidenceMovedError(
            "the evidence or the customers are others than when this plan was made (it may have been applied already), "
            "so nothing was done (make a new one with "
            "graph-cdp relink --dry-run --to PLAN)"
        )


def carry_out(graph: Graph, made: Plan, customer_id: CustomerId, progress: Progress) -> None:
    """Resolves everything under the plan's policy, which is in force from now on, and writes what differs."""
    policy = made.policy
    graph.write(lambda transaction: transaction.enact(policy))
    for _ in range(_PASSES):
        held = evidence.read(graph)
        units = list(_units(held, _resolved(graph, held, policy), customer_id))
        if not units:
            return
        for start in range(0, len(units), _UNITS):
            graph.write(partial(_write_units, units[start : start + _UNITS], policy, customer_id))
            progress(min(start + _UNITS, len(units)), len(units))
    raise EvidenceMovedError("the evidence moves faster than it can be resolved (stop the loads and relink again)")


def _resolved(graph: Graph, held: evidence.Evidence, policy: Policy) -> Members:
    decided = Decided(map(decisions.decision_of, graph.ask("read/decisions", after=0)))
    return bulk.resolve(held.rows, policy, decided, words.told(graph, policy) if policy.contradictions else None)


def _same_blocked(current: Policy, policy: Policy) -> None:
    if current.blocked != policy.blocked:
        raise _other_blocked()


def _other_blocked() -> PolicyError:
    return PolicyError(
        "[blocked]",
        "this policy blocks other values than the one in force, and blocked values have no links to resolve",
        "leave it as it is, or load the data into a new store under this policy",
    )


def _compared(held: evidence.Evidence, members: Members, customer_id: CustomerId) -> pl.DataFrame:
    """`key, before, after` and whether the key's shared flag or count of partners differs."""
    nodes = members.nodes(customer_id)
    table = held.nodes.join(nodes, on="key", how="left", suffix="_now")
    changed = (pl.col("shared") != pl.col("shared_now")) | _differ("partners") | _differ("claims")
    return table.with_columns(changed.alias("changed"))


def _differ(name: str) -> pl.Expr:
    return pl.col(name).list.join("\n").ne_missing(pl.col(f"{name}_now").list.join("\n"))


def _units(held: evidence.Evidence, members: Members, customer_id: CustomerId) -> Iterator[Unit]:
    """The groups of customers that have to be written together, those of which nothing differs left out."""
    table = _compared(held, members, customer_id)
    if not len(table):
        return
    wrong = held.customers.join(members.customers(customer_id), on="id", how="left", suffix="_now").filter(
        pl.any_horizontal(
            pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in ("size", "anchor", "kind", *evidence.HOLDING)
        )
    )
    table = table.with_columns(
        (
            pl.col("changed") | (pl.col("before") != pl.col("after")) | pl.col("before").is_in(wrong["id"].implode())
        ).alias("changed"),
        pl.Series("unit", _connected(table["before"], table["after"])),
    )
    touched = table.filter(pl.col("unit").is_in(table.filter("changed")["unit"].unique().implode()))
    for unit in touched.sort("unit", "key").partition_by("unit"):
        yield Unit(
            dict(unit.group_by("after").agg("key").iter_rows()),
            frozenset(unit.filter("shared_now")["key"]),
            dict(unit.select("key", "partners_now").iter_rows()),
            dict(unit.select("key", "claims_now").iter_rows()),
        )


def _connected(before: pl.Series, after: pl.Series) -> np.ndarray[Any, Any]:
    """Numbers the connected parts of the graph between the customers of before and of after."""
    one, other = (column.rank("dense").to_numpy().astype(np.int64) - 1 for column in (before, after))
    size = int(one.max()) + 1
    roots = components.roots(size + int(other.max()) + 1, one, other + size)
    return np.asarray(roots[one])


def _write_units(units: list[Unit], policy: Policy, customer_id: CustomerId, transaction: Transaction) -> None:
    in_force = transaction.run("read/in_force")[0]
    decided = Decided(map(decisions.decision_of, transaction.run("read/decisions", after=0)))
    if in_force["policy"] != policy.text:
        raise EvidenceMovedError("another relink has put another policy in force meanwhile (relink again)")
    changes: list[Change] = []
    for unit in units:
        writes = transaction.decide(partial(_regrouped, unit, policy, decided, customer_id))
        if writes is not None:
            transaction.write(writes, policy, customer_id)
            changes += writes.changes
    transaction.append(changes, policy, in_force["decisions"])


def _regrouped(
    unit: Unit, policy: Policy, decided: Decided, customer_id: CustomerId, reads: Reads
) -> tuple[bool, Writes | None]:
    """What puts the members of a unit into its groups; None where they are not the members that were read."""
    keys = sorted(key for group in unit.groups.values() for key in group)
    start = reads.start(keys, [])
    members = reads.members([customer.id for customer in start.customers])
    if sorted(key for group in members.values() for key in group) != keys:
        return False, None
    work = Workspace(policy, decided)
    work.load(start)
    for node in work.nodes.values():
        node.shared = node.key in unit.shared
        node.partners = codec.counted(unit.partners[node.key])
        node.claims = codec.claims_of(unit.claims[node.key])
    work.regroup([[work.nodes[key] for key in group] for group in unit.groups.values()], f"policy {policy.fingerprint}")
    return True, writes_of(work, customer_id, reads)


def _fingerprint(held: evidence.Evidence) -> str:
    """SHA-256 of all evidence and memberships, in an order of their own."""
    digest = hashlib.sha256()
    for table in (held.rows, held.nodes.select("key", "before")):
        digest.update(table.sort(table.columns).write_csv().encode())
    return digest.hexdigest()


def _summary(table: pl.DataFrame) -> dict[str, Any]:
    people = table.filter(~pl.col("shared") & ~pl.col("shared_now"))
    into = people.group_by("before").agg(pl.col("after").unique().sort(), pl.len().alias("size"))
    out_of = people.group_by("after").agg(pl.col("before").unique().sort(), pl.len().alias("size"))
    split = into.filter(pl.col("after").list.len() > 1).sort(["size", "before"], descending=[True, False])
    merged = out_of.filter(pl.col("before").list.len() > 1).sort(["size", "after"], descending=[True, False])
    before, after = set(table["before"]), set(table["after"])
    return {
        "customers_before": len(set(table.filter(~pl.col("shared"))["before"])),
        "customers_after": len(set(table.filter(~pl.col("shared_now"))["after"])),
        "merged": len(merged),
        "split": len(split),
        "untouched": len(into) - len(table.filter(pl.col("before") != pl.col("after"))["before"].unique()),
        "identifiers_moved": len(table.filter(pl.col("before") != pl.col("after"))),
        "newly_shared": len(table.filter(pl.col("shared_now") & ~pl.col("shared"))),
        "no_longer_shared": len(table.filter(pl.col("shared") & ~pl.col("shared_now"))),
        "ids_kept": round(len(before & after) / len(before), 4) if before else 1.0,
        "examples": {
            "merged": [
                {"customer_id": row["after"], "previous": row["before"]} for row in merged.head(EXAMPLES).to_dicts()
            ],
            "split": [{"customer_id": row["before"], "into": row["after"]} for row in split.head(EXAMPLES).to_dicts()],
        },
    }
