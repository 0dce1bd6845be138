"""How the figures of a customer move: each as it stands, and by how much it has changed of late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    since = (day - timedelta(days=_WINDOW)).isoformat()
    return sum(channel_used(fact) is not None and since < (fact.at or "")[:10] <= day.isoformat() for fact in facts)


def until(facts: Iterable[Fact], day: date) -> list[Fact]:
    """What was told by the end of a day; undated facts always were."""
    last = day.isoformat()
    return [fact for fact in facts if (fact.at or "")[:10] <= last]


def orders_until(rows: Iterable[Row], facts: Sequence[Fact], day: date) -> list[dict[str, Any]]:
    """The rows of orders of that day, each with the status that it had by then, as far as `facts` tell."""
    last, said = day.isoformat(), {fact.order: fact.name for fact in facts if fact.meaning.topic == "order"}
    return [{**row, "status": said.get(row["key"], row["status"])} for row in rows if (row["at"] or "")[:10] <= last]
