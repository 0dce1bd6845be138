"""Funnels: in which stage customers are, how they move between stages, and how long they stay.

A customer is in the last stage whose condition holds. Movements are a pure function of what happened, as the moments
of entering a segment are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from graph_cdp.audience.dates import moments_of, nothing
from graph_cdp.audience.groups import Funnel, Segment
from graph_cdp.audience.subject import ALWAYS, Subject
from graph_cdp.audience.weigh import compiled

# Of a customer no more moments are looked at than the newest so many.
MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in one stage (None: in none), from a moment until another; until now where `until` is None."""

    stage: int | None
    since: float
    until: float | None = None


def stays(funnel: Funnel, subject: Subject) -> list[Stay]:
    """The stages that a customer has been in, one after the other, the present one last; at least one."""
    tests = [compiled(stage.condition) for stage in funnel.stages]
    moments = sorted({at for stage in funnel.stages for at in moments_of(stage.condition, subject)})[-MOST:]
    found = [Stay(_last(test(nothing(subject), ALWAYS) for test in tests), ALWAYS)]
    for at in [*moments, subject.now]:
        stage = _last(test(subject, at) for test in tests)
        if found[-1].stage != stage:
            found[-1] = Stay(found[-1].stage, found[-1].since, at)
            found.append(Stay(stage, at))
    return found


def _last(answers: Iterable[bool]) -> int | None:
    return max((number for number, holds in enumerate(answers) if holds), default=None)


@dataclass(slots=True)
class _Stage:
    """What is counted of one stage."""

    now: int = 0
    reached: int = 0
    entered: int = 0
    left: int = 0
    days: list[float] = field(default_factory=list)


def report(funnel: Funnel, subjects: Iterable[Subject], days: float) -> dict[str, Any]:
    """How many are in each stage now and have ever been in it or a later one, and who moved in the last `days`.

    `median_days` is the time in the stage of those who left it and of those who are in it still.
    """
    stages, moves, total = [_Stage() for _ in funnel.stages], Counter[tuple[int | None, int | None]](), 0
    for subject in subjects:
        total += 1
        _take(stays(funnel, subject), stages, moves, subject.now, days)
    names = [stage.name for stage in funnel.stages]
    return {
        "name": funnel.name,
        "title": funnel.title,
        "days": days,
        "customers": total,
        "stages": [_row(*three) for three in zip(funnel.stages, stages, [None, *stages], strict=False)],
        "movements": [
            {"from": None if a is None else names[a], "to": None if b is None else names[b], "count": count}
            for (a, b), count in sorted(moves.items(), key=lambda move: (-move[1], str(move[0])))
        ],
    }


def _take(
    found: list[Stay], stages: list[_Stage], moves: Counter[tuple[int | None, int | None]], now: float, days: float
) -> None:
    furthest = max((stay.stage for stay in found if stay.stage is not None), default=-1)
    for stage in stages[: furthest + 1]:
        stage.reached += 1
    if found[-1].stage is not None:
        stages[found[-1].stage].now += 1
    before: int | None = None
    for stay in found:
        recent = stay.since > now - days
        if recent and stay.since != ALWAYS and stay.stage != before:
            moves[before, stay.stage] += 1
            if stay.stage is not None:
                stages[stay.stage].entered += 1
            if before is not None:
                stages[before].left += 1
        if stay.stage is not None and stay.since != ALWAYS:
            stages[stay.stage].days.append((now if stay.until is None else stay.until) - stay.since)
        before = stay.stage


def _row(one: Segment, stage: _Stage, before: _Stage | None) -> dict[str, Any]:
    share = stage.reached / before.reached if before and before.reached else None
    return {
        "name": one.name,
        "words": one.explained,
        "now": stage.now,
        "reached": stage.reached,
        "share_of_stage_before": None if share is None else round(share, 4),
        "entered": stage.entered,
        "left": stage.left,
        "median_days": round(median(stage.days), 1) if stage.days else None,
    }
