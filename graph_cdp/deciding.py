"""What stewards decide: making decisions, taking them back, and how it stands with each."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from graph_cdp.errors import ConflictingError, NotFoundError
from graph_cdp.model import Decision, micros, rfc3339
from graph_cdp.policy import Policy
from graph_cdp.resolve.decided import Decided
from graph_cdp.resolve.recycling import epochs_named, recycled
from graph_cdp.resolve.stream import Stream
from graph_cdp.state import Neighbourhood, Place, Writes
from graph_cdp.store import decisions
from graph_cdp.store.graph import Graph
from graph_cdp.store.reads import Reads
from graph_cdp.store.transaction import Transaction

CustomerId = Callable[[str], str]
Row = dict[str, Any]

_LIST: Final = "graph-cdp decisions lists them"


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that was stored, and what it changed."""

    decision: Decision
    changes: tuple[Row, ...]


def make(graph: Graph, wanted: Decision, policy: Callable[[str], Policy], customer_id: CustomerId) -> Made:
    """Stores a decision, dated now, and resolves what it changes, in one transaction.

    Raises `NotFoundError` where an undo names no decision, `ConflictingError` where it was taken back already.
    """
    dated = replace(wanted, id=wanted.id or secrets.token_hex(8), at=micros(datetime.now(UTC)))
    return graph.write(partial(_make, dated, policy, customer_id))


def _make(wanted: Decision, policy: Callable[[str], Policy], customer_id: CustomerId, transaction: Transaction) -> Made:
    # First, so that whoever resolves at the same time finds the decision, or is found.
    held = transaction.hold_everybody_up()
    in_force, number = policy(held["policy"]), (held["decisions"] or 0) + 1
    before = Decided(map(decisions.decision_of, transaction.run("read/decisions", after=0)))
    # Of two in one microsecond, or after the clock was set back, the one that was made later is the later one.
    latest = max((one.at for one in before.all), default=0)
    decision = replace(wanted, at=max(wanted.at, latest + 1))
    about = _about(decision, before)
    decisions.keep(transaction, decision, number)

    def resolve(reads: Reads) -> tuple[bool, Writes]:
        decided = Decided([*before.all, decision])
        epochs, named = recycled([], in_force, decided, Neighbourhood(), reads), epochs_named(about, in_force, reads)
        meant = [named.meant(key, in_force) for key in about]
        stream = Stream(in_force, customer_id, reads, reads.start(meant, []), epochs.knows(in_force, decided))
        stream.decide(meant, f"decision {decision.id}")
        writes = stream.writes()
        return writes.anything, writes

    writes = transaction.decide(resolve)
    transaction.write(writes, in_force, customer_id)
    transaction.append(writes.changes, in_force, number)
    changes = [
        {"change": one.change, "customer_id": one.customer_id, "previous": list(one.previous), "keys": list(one.keys)}
        for one in writes.changes
    ]
    return Made(decision, tuple(changes))


def _about(decision: Decision, before: Decided) -> list[str]:
    """The keys that a decision is about, for an undo those of the decision that comes or goes with it."""
    made = {one.id: one for one in before.all}
    if decision.verdict == "undo":
        if decision.of not in made:
            raise NotFoundError(f"there is no decision of that id ({_LIST})")
        if by := before.undone_by(decision.of):
            raise ConflictingError(f"this decision was taken back already (to bring it back: graph-cdp undo {by})")
    while decision.verdict == "undo":
        decision = made[decision.of]
    return [decision.a, decision.b]


def listed(decided: Decided, states: Mapping[str, str], limit: int, after: Place | None) -> list[Row]:
    """Decisions after the time and the id of one, the latest first, with their states by id."""
    wanted = [one for one in decided.all if after is None or _is_after(one, after)][:limit]
    return [
        {
            "id": one.id,
            "verdict": one.verdict,
            "a": one.a or None,
            "b": one.b or None,
            "of": one.of or None,
            "at": rfc3339(one.at),
            "author": one.author,
            "because": one.because,
            "state": states[one.id],
        }
        for one in wanted
    ]


def _is_after(one: Decision, place: Place) -> bool:
    at = rfc3339(one.at) or ""
    return at < place[0] or (at == place[0] and one.id > place[1])
