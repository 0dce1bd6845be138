"""The questions about many customers, one short method each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import compress, islice
from math import inf
from typing import Any, Final

import polars as pl

from graph_cdp import lookup
from graph_cdp.audience import funnels, groups
from graph_cdp.audience.columns import Columns
from graph_cdp.audience.contacts import checked_channel
from graph_cdp.audience.dates import Stay, holds_now, stay
from graph_cdp.audience.grid import grid
from graph_cdp.audience.groups import Segment
from graph_cdp.audience.likeness import lookalikes, shopper_of
from graph_cdp.audience.moving import Mover, mover
from graph_cdp.audience.subject import Subject, time_of
from graph_cdp.audience.tree import Condition
from graph_cdp.audience.words import explain
from graph_cdp.crowd import exporting
from graph_cdp.crowd.learning import bought
from graph_cdp.crowd.people import People
from graph_cdp.crowd.recommending import recommended
from graph_cdp.crowd.roll import Roll, Rolls
from graph_cdp.errors import UsageError
from graph_cdp.intake import InForce
from graph_cdp.policy import Policy
from graph_cdp.predict import model
from graph_cdp.predict.history import days_of
from graph_cdp.predict.model import KEPT_AS, Model
from graph_cdp.store.graph import Graph
from graph_cdp.store.questions import Questions, Snapshot
from graph_cdp.store.transaction import Transaction

Row = dict[str, Any]
EXAMPLES: Final = 5
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Crowd:
    """All customers of a store, under the policy in force at the moment of the question."""

    graph: Graph
    in_force: InForce
    rolls: Rolls = field(default_factory=Rolls)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def fit_predictions(self, at: date | None = None) -> Row:
        """Fits the model of how customers buy from all orders until a day, today without one, and keeps it.

        It takes the place of the one before. Raises `ConflictingError` where too few bought to learn from.
        """
        made = model.fit(days_of(bought(self.people())), at or datetime.now(UTC).date())

        def keep(transaction: Transaction) -> None:
            transaction.run("write/setting", name=KEPT_AS, value=made.text())
            transaction.touch_everybody()

        self.graph.write(keep)
        return made.facts()

    def prediction_model(self) -> Row | None:
        """The model that was fitted last: its date, from how many customers, its parameters."""
        text = self.graph.setting(KEPT_AS)
        return Model.of(text).facts() if text else None

    def segments(self) -> list[Row]:
        """The segments of the policy in force, each with its condition, that in words, and how many are in it now."""
        if not groups.segments_of(self._policy):
            return []
        return self.rolls.ask(self.people(), _counted)

    def segment_names(self) -> list[str]:
        """The names of the segments of the policy in force."""
        return list(groups.segments_of(self._policy))

    def try_condition(self, text: str) -> Row:
        """What a condition would make: how many customers of how many, the condition in words, some of those.

        Nothing is kept. Raises `UsageError` for a text that is no condition.
        """
        from graph_cdp.audience.language import parse  # noqa: PLC0415 - its parser is slow to load and seldom needed

        condition, total, found = parse(text), 0, list[str]()
        for page in self.people().pages():
            total += len(page)
            found += [one.customer_id for one in held(condition, page)]
        return {
            "condition": text,
            "words": explain(condition),
            "count": len(found),
            "total": total,
            "examples": found[:EXAMPLES],
        }

    def members(self, name: str, limit: int, after: str = "", *, left: bool = False) -> list[Row]:
        """Who is in a segment, or has `left` it, after a customer's id in the order of ids.

        `{customer_id, entered}`, of who left `{customer_id, entered, left}`. `entered` is null where the customer
        always was in it, as far as there are dates. Raises `NotFoundError`.
        """
        one = groups.segment(self._policy, name)
        if left:
            gone = islice(self._gone(one, after), limit)
            return [{"customer_id": subject.customer_id, **_dates(was)} for subject, was in gone]
        found = islice(self._in(one, after, limit), limit)
        return [{"customer_id": subject.customer_id, "entered": _since(one, subject)} for subject in found]

    def _gone(self, one: Segment, after: str = "") -> Iterator[tuple[Subject, Stay]]:
        """Who has left a segment. What happened to everybody who is not in it is gone through, so it takes long."""
        for page in self.people().pages(after):
            for subject, inside in zip(page, Columns(page).holds(one.condition), strict=True):
                was = None if inside else stay(one.condition, subject)
                if was is not None:
                    yield subject, was

    def subjects(self, name: str) -> Iterator[Subject]:
        """The customers of a segment, in the order of their ids. Raises `NotFoundError`."""
        one = groups.segment(self._policy, name)
        return self._in(one)

    def _in(self, one: Segment, after: str = "", limit: int | None = None) -> Iterator[Subject]:
        """The customers of a segment; at least so many of them where there are so many."""
        people = self.people()
        # To find a few by looking costs less than to weigh everybody for the first time.
        if limit is not None and not self.rolls.kept:
            pages: Iterable[list[Subject]] = people.pages(after)
        else:
            pages = people.those(self.rolls.ask(people, lambda roll: roll.members(one.name, after)), limit)
        return (subject for page in pages for subject in held(one.condition, page))

    def export(
        self, name: str, channel: str | None = None, platform: str | None = None, *, left: bool = False
    ) -> pl.DataFrame:
        """A segment as a table: `customer_id, entered`; or its addresses for a channel; or hashes for a platform.

        With `left` the same of those who have left it, and without channel and platform also when. Without consent for
        the channel nobody is in the table. Raises `NotFoundError`, and `UsageError` for a channel or platform that
        there is not.
        """
        if channel and platform:
            raise UsageError("give a channel or a platform, not both")
        one = groups.segment(self._policy, name)
        if channel:
            checked_channel(channel)
        if platform:
            exporting.checked_platform(platform)
        if channel or platform:
            some = (subject for subject, _ in self._gone(one)) if left else self._in(one)
            return exporting.for_channel(some, channel) if channel else exporting.for_platform(some, str(platform))
        if left:
            return exporting.listed(
                ({"customer_id": who.customer_id, **_dates(was)} for who, was in self._gone(one)), left=True
            )
        return exporting.listed({"customer_id": who.customer_id, "entered": _since(one, who)} for who in self._in(one))

    def funnels(self) -> list[Row]:
        """The funnels of the policy in force: `{name, title, stages: [{name, condition, words}]}`."""
        return [
            {
                "name": one.name,
                "title": one.title,
                "stages": [
                    {"name": stage.name, "condition": stage.text, "words": stage.explained} for stage in one.stages
                ],
            }
            for one in groups.funnels_of(self._policy).values()
        ]

    def funnel(self, name: str, days: float = 30) -> Row:
        """How many are in each stage, and who moved between which in the last `days`. Raises `NotFoundError`."""
        return funnels.report(groups.funnel(self._policy, name), self.people().all(), days)

    def rfm(self) -> Row:
        """How many customers there are of each recency and frequency score: `{customers, without_orders, cells}`."""
        return grid(one.profile_at(one.now)["rfm"] for one in self.people().all())

    def lookalikes(self, name: str, limit: int) -> list[Row]:
        """The customers most like those of a segment who are not in it: `{customer_id, likeness, because}`.

        Raises `NotFoundError`.
        """
        one, group, shoppers = groups.segment(self._policy, name), set(), []
        for page in self.people().pages():
            shoppers += [shopper for subject in page if (shopper := shopper_of(subject))]
            group |= {subject.customer_id for subject in held(one.condition, page)}
        return lookalikes(shoppers, frozenset(group), limit)

    def recommendations(self, key: str, limit: int) -> Row:
        """`{customer_id, kind, items}`: what the customer that a key leads to may want next, with reasons.

        Raises `NotFoundError`.
        """

        def read(graph: Snapshot) -> Row:
            found = lookup.found(graph, key)
            items = recommended(graph, str(found["customer"]), limit) if found["kind"] != "shared" else []
            return {"customer_id": found["customer"], "kind": found["kind"], "items": items}

        return self.graph.reading(read)

    def segments_of(self, graph: Questions, id: str, kind: str, now: datetime | None = None) -> Standing:
        """The segments that a customer is in or has left, or was and had then; none for a shared identifier."""
        terms = self.in_force.now(graph.ask if now is None else self.graph.ask)
        described = groups.segments_of(terms.policy)
        if not described or kind == "shared":
            return Standing()
        people = People(self.graph, terms, now or datetime.now(UTC))
        return Standing(people.of({id: kind}, graph), tuple(described.values()))

    def people(self) -> People:
        """The customers of this moment."""
        return People(self.graph, self.in_force.now(self.graph.ask), self.clock())

    @property
    def _policy(self) -> Policy:
        return self.in_force.now(self.graph.ask).policy


def held(condition: Condition, page: list[Subject]) -> Iterator[Subject]:
    """Those of a page of whom a condition holds."""
    return compress(page, Columns(page).holds(condition))


def _counted(roll: Roll) -> list[Row]:
    return [{**_described(one), "count": count} for one, count in zip(roll.segments, roll.counts, strict=True)]


def _described(one: Segment) -> Row:
    return {"name": one.name, "title": one.title, "condition": one.text, "words": one.explained}


def _since(one: Segment, subject: Subject) -> str | None:
    was = stay(one.condition, subject)
    return None if was is None else _dates(was)["entered"]


def _dates(was: Stay) -> Row:
    return {"entered": None if was.entered is None else time_of(was.entered)} | (
        {} if was.left is None else {"left": time_of(was.left)}
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer, or nobody, beside segments."""

    subjects: Sequence[Subject] = ()
    segments: tuple[Segment, ...] = ()

    @property
    def until(self) -> float:
        """The Unix time until which this holds while nothing happens; 0 where anything may move it at any time."""
        conditions = [one.condition for one in self.segments if self.subjects]
        if Mover.ANYTHING in map(mover, conditions):
            return 0.0
        page = Columns(list(self.subjects))
        return min((float(page.due(one).min()) * _DAY for one in conditions), default=inf)

    def inside(self) -> list[Row]:
        """The segments that the customer is in: `{name, title, entered}`."""
        return [
            {"name": one.name, "title": one.title, "entered": _since(one, subject)}
            for subject in self.subjects
            for one in self.segments
            if holds_now(one.condition, subject)
        ]

    def left(self) -> list[Row]:
        """The segments that the customer was in and is not any more: `{name, title, entered, left}`."""
        return [
            {"name": one.name, "title": one.title, **_dates(was)}
            for subject in self.subjects
            for one in self.segments
            if not holds_now(one.condition, subject) and (was := stay(one.condition, subject))
        ]
