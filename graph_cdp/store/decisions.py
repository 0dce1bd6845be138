"""Decisions of stewards: one node each, never edited, and numbered: who knows some reads only the new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_cdp.model import UNDATED, Decision
from graph_cdp.store import codec
from graph_cdp.store.transaction import Transaction


def decision_of(row: Mapping[str, Any]) -> Decision:
    """The decision in a row of `read/decisions`."""
    texts: dict[str, Any] = {name: row[name] or "" for name in ("id", "verdict", "a", "b", "of", "author", "because")}
    return Decision(**texts, at=codec.instant(row["at"], UNDATED))


def keep(transaction: Transaction, decision: Decision, number: int) -> None:
    """Stores a decision as the one of that number."""
    row = {"number": number, **codec.decision_row(decision), "caption": decision.verdict}
    transaction.run("write/decision", row=row, number=number)
