"""How the figures of a customer move: each as it stands, and by how much it has changed of late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from graph_cdp.project.channels import channel_used
from graph_cdp.project.facts import Fact

Row = Mapping[str, Any]
Figures = Mapping[str, float | None]

SPANS: Final = (7, 30, 90)
_WINDOW: Final = 30
_OF_RFM: Final = {"recency": "r", "frequency": "f", "monetary": "m"}
_OF_MODEL: Final = ("alive", "expected_purchases", "expected_value")


def scores(on: Callable[[date], Figures], today: date) -> dict[str, dict[str, float | None]]:
    """`{value, days_7, days_30, days_90}` of each figure: how it stands on a day, less how it stood so long before.

    A change is None where the figure was not there on one of the two days.
    """
    now = on(today)
    then = {days: on(today - timedelta(days=days)) for days in SPANS}
    return {
        name: {"value": value} | {f"days_{days}": _change(value, then[days][name]) for days in SPANS}
        for name, value in now.items()
    }


def _change(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else round(now - then, 4)


def figures(scored: Row, facts: Iterable[Fact], mood: float | None, outlook: Row | None, day: date) -> Figures:
    """The figures of a day: scores of recency, frequency and worth, activity, mood, and what a model expects.

    `activity` is what the customer did itself in the thirty days until then.
    """
    expected = {name: (outlook or {}).get(name) or {} for name in _OF_MODEL}
    return {
        **{name: scored[score] for name, score in _OF_RFM.items()},
        "activity": _actions(facts, day),
        "sentiment": mood,
        **{name: row.get("value") for name, row in expected.items()},
    }


def _actions(facts: Iterable[Fact], day: date) -> int:
    since, last = (day - timedelta(days=_WINDOW)).isoformat(), day.isoformat()
    return sum(since < (fact.at or "")[:10] <= last and channel_used(fact) is not None for fact in facts)


def until(facts: Iterable[Fact], day: date) -> list[Fact]:
    """What was told by the end of a day; undated facts always were."""
    last = day.isoformat()
    return [fact for fact in facts if (fact.at or "")[:10] <= last]


def rows_until(rows: Iterable[Row], day: date) -> list[Row]:
    """The rows of orders of that day; undated ones always were."""
    last = day.isoformat()
    return [row for row in rows if (row["at"] or "")[:10] <= last]


def as_told(rows: Iterable[Row], facts: Iterable[Fact]) -> list[Row]:
    """Rows of orders with the statuses that they had when no more than `facts` was told of them."""
    said = {fact.order: fact.name for fact in facts if fact.meaning.topic == "order"}
    statuses = ((row, said.get(row["key"], row["status"])) for row in rows)
    # Nearly all have the status of today: that they are the same rows is seen at once.
    return [row if row["status"] == status else {**row, "status": status} for row, status in statuses]
