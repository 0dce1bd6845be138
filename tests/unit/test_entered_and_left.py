"""When customers came into a group and left it, beside a slow look at one moment after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.audience.dates import MOST, Stay, holds_now, stay
from graph_cdp.audience.language import parse
from graph_cdp.audience.subject import ALWAYS, Subject, Version, days_of, subject_of
from tests.unit.test_segments import NOW, customer, day, event, order

LAST = days_of(NOW.isoformat())


def ago(days: float) -> float:
    return LAST - days


def said(condition: str, one: Subject) -> tuple[float | None, float | None] | None:
    """Since how many days before now, and until how many before now; None where never or still."""
    found = stay(parse(condition), one)
    return found and tuple(None if at in (None, ALWAYS) else round(LAST - at, 6) for at in (found.entered, found.left))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("any orders in the last 10 days", (40, 20)),  # the window of the order 30 days ago ended by time alone
        ("any orders in the last 15 days", (40, 15)),
        ("any orders in the last 35 days", (40, None)),
        ("count(orders in the last 12 days) >= 2", (30, 28)),
        ("days_since(orders) <= 4", (30, 25)),
        ('any events "x" then no orders within 8 days', (42, None)),
        ("no events", (None, 50)),  # it was known of no event but what is told of the order before
        ("sum(total of orders) < 15", (None, 30)),
        ("trend(count(orders), 12 days) > 0.5", (28, 18)),
        ('any orders[brand = "B"]', None),
        ("any orders", (40, None)),
        ("no orders and any events", (50, 40)),
        ("any orders[at > 5 days ago]", (30, 25)),
    ],
)
def test_somebody_is_in_a_group_from_one_day_to_another(condition: str, expected: Any) -> None:
    one = customer(event(50, "x"), order(40), order(30))
    if condition == "no events":
        one = customer(order(60), event(50, "x"), order(40), order(30))
    assert said(condition, one) == expected


def test_who_came_back_has_the_dates_of_the_last_time() -> None:
    one = customer(order(50), order(20))
    assert said("any orders in the last 10 days", one) == (20, 10)
    assert said("any orders in the last 10 days", customer(order(50), order(5))) == (5, None)


def test_nobody_leaves_before_they_are_known() -> None:
    assert said("no orders", customer(order(20))) is None
    assert said("no orders", customer(event(30, "x"), order(20))) == (None, 20)


def test_who_has_no_dates_was_there_always() -> None:
    undated = {"at": None, "name": "x", "source": "web", "kind": "login", "properties": {}}
    assert said("no orders", customer(undated, order(20))) == (None, 20)


def test_the_calendar_alone_moves_somebody_out_at_a_second() -> None:
    """Somebody is 30 at the noon of ten days ago: looked at when something happens, and now."""

    def profile(at: float) -> dict[str, Any]:
        return {"person": {"age": 29 if at < ago(9.5) else 30}}

    one = replace(customer(event(20, "x"), event(15, "x")), profile=profile)
    assert said("person.age < 30", one) == (20, 9.5)
    assert said("person.age >= 30", one) == (9.5, None)
    told_after = replace(customer(event(20, "x"), event(2, "x")), profile=profile)
    assert said("person.age < 30", told_after) == (20, 9.5)


def test_further_back_than_is_looked_nobody_is_said_to_have_left() -> None:
    events = [event(1 + number / 10, "x") for number in range(MOST + 5)]
    one = customer(order(90), *events)
    assert stay(parse("any orders and count(events) < 2"), one) is None
    assert stay(parse("any orders and count(events) > 2"), one) == Stay(None)


def test_an_order_counts_until_it_is_cancelled() -> None:
    bought = [order(20, key="b")]
    versions = [
        Version(ago(40), "a", order(40, key="a")),
        Version(ago(33), "a", None),
        Version(ago(20), "b", order(20, key="b", total=50.0)),
        Version(ago(12), "b", order(20, key="b", total=10.0)),
    ]
    one = replace(customer(*bought), retold=lambda: versions)
    assert said("any orders and count(orders) = 1", one) == (20, None)
    assert said("no orders", one) == (33, 20)
    assert said("sum(total of orders) > 30", one) == (20, 12)
    assert said("any orders in the last 5 days", one) == (20, 15)
    assert said("any orders before 2026-05-25", one) == (40, 33)


CONDITIONS = [
    "at least 2 orders within 10 days",
    "any orders in the last 15 days",
    "any orders in the last 36 hours",
    "count(orders in the last 7 days) >= 2",
    "count(orders) = 1",
    "no orders",
    'any events "x" then orders within 5 days',
    'any events "x" then no orders within 5 days',
    'any events "x" then no orders within 12 hours then orders within 3 days',
    "days_since(orders) > 6",
    "days_since(orders) >= 0.5",
    "trend(count(orders), 8 days) > 1",
    "no orders in the last 10 days and any events",
    "sum(total of orders in the last 20 days) < 25",
    "days_since(orders) between 3 and 9",
    "days_since(orders) * 2 > 12",
    "any orders[at > 5 days ago]",
    "any orders[at > 12 hours ago] or days_since(events) < 3",
    "any orders[total > 15] and not any orders in the last 4 days",
    'latest(brand of orders) = "B"',
]
PAST = 0.1  # so long before each half day lies what happens, and what passes; at half days it is looked
HALF_DAYS = st.integers(2, 120).map(lambda half: half / 2 + PAST)


@st.composite
def told_orders(draw: st.DrawFn) -> list[tuple[float, dict[str, Any] | None]]:
    """An order as it was from days to days before now, the first version at its own time."""
    at = draw(HALF_DAYS)
    key, brand = str(draw(st.integers(0, 10**9))), draw(st.sampled_from("AB"))
    found: list[tuple[float, dict[str, Any] | None]] = [(at, order(at, brand, 10.0, key=key))]
    if at > 1 and draw(st.booleans()):
        later = draw(st.integers(1, int(at * 2) - 1)) / 2 + PAST
        found.append((later, draw(st.sampled_from([None, order(at, brand, 20.0, key=key)]))))
    return found


ORDERS = st.lists(told_orders(), max_size=5, unique_by=lambda versions: versions[0][1]["key"])
EVENTS = st.lists(HALF_DAYS.map(lambda days: event(days, "x")), max_size=5)


def quick(orders: list[Any], events: list[Any]) -> Subject:
    """The customer of now, with what its orders were before."""
    kept = [versions[-1][1] for versions in orders if versions[-1][1]]
    retold = [
        Version(ago(since), versions[0][1]["key"], row)
        for versions in orders
        if len(versions) > 1
        for since, row in versions
    ]
    return replace(subject_of("c", NOW, kept, events, lambda _: {}), retold=lambda: retold)


def of_then(orders: list[Any], events: list[Any], days: float) -> Subject:
    """The customer as it was so many days before now: nothing is known of what came later."""
    kept = [[row for since, row in versions if since > days] for versions in orders]
    seen = [one for one in events if one["at"] <= day(days)]
    bought = [rows[-1] for rows in kept if rows and rows[-1]]
    one = subject_of("c", NOW, bought, seen, lambda _: {})
    return replace(one, now=ago(days), items={kind: list(items) for kind, items in one.items.items()})


def spans_of(answers: list[bool], orders: list[Any], events: list[Any]) -> tuple[Any, Any] | None:
    """Since when and until when, by the answers of each half day from long before anything happened until now."""
    known = max([*(one[0][0] for one in orders), *(round(LAST - days_of(one["at"]), 6) for one in events)], default=0)
    days = [90 - step / 2 for step in range(1, 181)]
    pairs = zip(days, answers, answers[1:], strict=False)
    moves = [round(ago_of + PAST, 6) for ago_of, before, now in pairs if before != now]
    if answers[-1]:
        return (moves[-1] if moves else None), None
    if not moves or moves[-1] >= known:
        return None
    return (moves[-2] if len(moves) > 1 else None), moves[-1]


def looked_at_each_moment(condition: str, orders: list[Any], events: list[Any]) -> tuple[Any, Any] | None:
    """By a look each half day."""
    answers = [holds_now(parse(condition), of_then(orders, events, 90 - step / 2)) for step in range(181)]
    return spans_of(answers, orders, events)


@given(st.sampled_from(CONDITIONS), ORDERS, EVENTS)
def test_entering_and_leaving_are_what_a_look_at_each_moment_finds(condition: str, orders: Any, events: Any) -> None:
    assert said(condition, quick(orders, events)) == looked_at_each_moment(condition, orders, events)


WORDS = st.lists(st.tuples(HALF_DAYS, st.sampled_from([None, None, "A", "B"])), max_size=8)
OF_TRAITS = [
    'traits.city = "A"',
    "traits.city is missing",
    'traits.city = "A" and any orders in the last 15 days',
    'not traits.city = "B" or count(events) > 3',
    'traits.city != "B" and days_since(orders) > 4',
]


@given(st.sampled_from(OF_TRAITS), ORDERS, WORDS)
def test_of_traits_it_is_looked_only_where_something_said_one(condition: str, orders: Any, words: Any) -> None:
    events = [event(days, "x") | {"says traits": city is not None} for days, city in words]

    def profile(at: float) -> dict[str, Any]:
        said = sorted((-days, city) for days, city in words if city and ago(days) <= at + 1e-6)
        return {"traits": {"city": {"value": said[-1][1]}} if said else {}}

    def then(days: float) -> Subject:
        return replace(of_then(orders, events, days), profile=lambda _: profile(ago(days)))

    one = replace(quick(orders, events), profile=profile)
    answers = [holds_now(parse(condition), then(90 - step / 2)) for step in range(181)]
    assert said(condition, one) == spans_of(answers, orders, events)
