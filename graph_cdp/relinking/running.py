"""Carrying a relink out: again and again, until a reading finds nothing that differs.

The graph says that a relink is under way from the moment its policy is in force until the end, so that one that was
killed is taken up. Whatever was written by then no longer differs, and is not written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl

from graph_cdp.errors import EvidenceMovedError, StoreError
from graph_cdp.policy import Policy
from graph_cdp.relinking import hanging, units
from graph_cdp.relinking.job import Job, under_way
from graph_cdp.relinking.looking import CustomerId, Look, look
from graph_cdp.relinking.writing import Writer
from graph_cdp.store import evidence
from graph_cdp.store.evidence import Progress
from graph_cdp.store.graph import Graph
from graph_cdp.store.transaction import Transaction

_PASSES: Final = 20
_PATIENT_PASSES: Final = 5


@dataclass(slots=True)
class _Run:
    graph: Graph
    customer_id: CustomerId
    progress: Progress
    job: Job
    done: int = 0
    total: int = 0
    wrote: bool = False

    def note(self, transaction: Transaction) -> None:
        """Says in the graph how far the relink is."""
        self.job.keep(transaction)

    def write(self, work: Callable[[Transaction], bool], size: int = 0) -> None:
        """One transaction; `size` units are done then."""
        self.job = self.job.at(self.done, self.total)
        self.wrote |= self.graph.write(work)
        self.done += size
        self.progress(self.done, self.total)


def carry_out(graph: Graph, looks: list[Look], customer_id: CustomerId, progress: Progress) -> None:
    """Puts the policy of the one look in `looks` in force, and writes what differs until nothing does.

    `looks` is empty then: a large graph is not held in memory twice, as it was and as it is. Raises
    `EvidenceMovedError` where another relink puts another policy in force meanwhile.
    """
    policy, rebuild = looks[0].policy, looks[0].told is not None
    unfinished = under_way(graph) is not None
    job = Job.begun(policy, rebuild=rebuild)
    enacted = graph.write(partial(_enact, policy, job))
    run = _Run(graph, customer_id, progress, job)
    try:
        keys = _until_nothing_differs(run, looks, settled=not enacted)
        if enacted or unfinished or rebuild:
            _bring_tiers(run, policy, keys)
    except BaseException:
        with suppress(StoreError):
            graph.write(run.job.given_up().keep)
        raise
    graph.write(run.job.end)


def _enact(policy: Policy, job: Job, transaction: Transaction) -> bool:
    """Whether another policy was in force before."""
    before = transaction.run("read/setting", name="policy")[0]["value"]
    transaction.enact(policy)
    job.keep(transaction)
    return bool(before != policy.text)


def _until_nothing_differs(run: _Run, looks: list[Look], *, settled: bool) -> pl.Series:
    """The keys that there are in the end.

    `settled`: every writer was under this policy already when the look was taken, so that it may find nothing to do.
    """
    policy, rebuild = looks[0].policy, looks[0].told is not None
    # Under a policy that was in force before, those who bring evidence keep in order what is never at rest.
    lenient = rebuild and settled
    for number in range(_PASSES):
        found = looks.pop()
        skipped = _pass(run, found, patient=number < _PATIENT_PASSES)
        if settled and not run.wrote and not (skipped and (number < _PATIENT_PASSES or not lenient)):
            return found.members.keys
        del found
        looks.append(look(run.graph, policy, run.customer_id, run.progress, rebuild=rebuild))
        settled = True
    raise EvidenceMovedError("the evidence moves faster than it can be resolved (stop the loads and relink again)")


def _pass(run: _Run, found: Look, *, patient: bool) -> bool:
    """Writes what differs from one reading; whether anything was left for the next.

    Units that others change at each reading are resolved from what is there, once patience is at its end.
    """
    writer = Writer(found, run.customer_id, run.note)
    run.done, run.total, run.wrote = 0, units.count(found), False
    hanging.take_off(found, run.write)
    for batch in units.batches(found):
        run.write(partial(writer.units, batch), len(batch))
    for unit in [] if patient else list(writer.left.values()):
        run.write(partial(writer.anew, unit))
    for links in units.loose_links(found):
        run.write(partial(writer.links, links))
    hanging.hang(found, run.write)
    return writer.skipped


def _bring_tiers(run: _Run, policy: Policy, keys: pl.Series) -> None:
    """Gives links the tier of their kind, range by range."""
    tier = policy.tier
    off = sorted({row["kind"] for row in run.graph.ask("read/kinds") if row["tier"] != tier(row["kind"])})
    rows = [{"kind": kind, "tier": tier(kind)} for kind in off]
    for after, until in evidence.ranges(keys) if rows else ():
        run.write(partial(_tiered, after, until, rows))


def _tiered(after: str, until: str, rows: list[dict[str, Any]], transaction: Transaction) -> bool:
    transaction.run("write/tiers", after=after, until=until, rows=rows)
    return False
