"""Conditions: what they mean, since when they hold, and what is said of one that is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.audience import names
from graph_cdp.audience.dates import holds_now, stay
from graph_cdp.audience.groups import checked
from graph_cdp.audience.language import ConditionError, parse
from graph_cdp.audience.subject import Subject, subject_of
from graph_cdp.audience.words import explain
from graph_cdp.errors import PolicyError
from graph_cdp.policy import Policy
from graph_cdp.profiling import PARTS

NOW = datetime(2026, 6, 30, tzinfo=UTC)


def day(ago: float) -> str:
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def order(ago: float, brand: str = "A", total: float = 10.0, **more: Any) -> dict[str, Any]:
    return {"at": day(ago), "brand": brand, "total": total, "currency": "PLN", "lines": [], **more}


def event(ago: float, name: str, **properties: Any) -> dict[str, Any]:
    return {"at": day(ago), "name": name, "source": "web", "kind": "login", "properties": properties}


def customer(*happened: dict[str, Any], **profile: Any) -> Subject:
    orders = [one for one in happened if "total" in one]
    events = [one for one in happened if "total" not in one]
    return subject_of("c", NOW, orders, events, lambda _: profile)


def holds(condition: str, one: Subject) -> bool:
    return holds_now(parse(condition), one)


LINES = [{"sku": "1", "name": "Tea", "category": "drinks", "quantity": 2.0, "price": 3.0}]


@pytest.mark.parametrize(
    "condition",
    [
        "any orders",
        "count(orders) = 3 and not count(orders) > 3",
        'at least 2 orders[brand = "a"] within 20 days and no orders[brand = "C"]',
        'exactly 2 orders[brand = "A"]',
        'at most 1 orders[brand = "B"]',
        "any orders in the last 10 days",
        "no orders in the last 4 days",
        "any orders before 2026-06-11 and any orders since 2026-06-25",
        "sum(total of orders) = 60 and average(total of orders) = 20",
        "smallest(total of orders) = 10 and largest(total of orders) = 30",
        'latest(brand of orders) = "A" and first(brand of orders) = "A"',
        "distinct(brand of orders) = 2",
        "days_since(orders) = 5",
        "trend(count(orders), 12 days) = 2 and growth(count(orders), 12 days) = 1",
        'any lines[category = "Drinks" and price < 5 and brand = "A"]',
        'sum(quantity of lines[name starts with "te"]) = 2',
        'any orders[brand = "B"] then orders[brand = "A"] within 7 days',
        'any orders[brand = "B"] then no orders[brand = "C"] within 7 days',
        'not any orders[brand = "A"] then orders[brand = "B"] within 3 days',
        'any events "product_viewed"[properties.category = "shoes"]',
        'count(events "Email Opened") / count(events "Email Delivered", "Email Bounced") = 0.5',
        'traits.city in ("Łódź", "kraków")',
        "traits.age between 30 and 40 and traits.vip = true",
        'identifiers.namespace = "phone" and not identifiers.namespace = "email"',
        'traits.email is missing and traits.city is known and traits.city != "Gdańsk"',
        "traits.signed_up > 30 days ago and traits.signed_up < 2026-06-30",
        'traits.interests = "running" and traits.address.city contains "rak"',
        'traits."first name" ends with "na"',
        "1 + 2 * 3 = 7 and 2 - 0.5 = 1.5",
        "traits.size = 42 # sizes are texts in some sources",
    ],
)
def test_a_condition_holds(condition: str) -> None:
    one = customer(
        order(20, "A", 10.0, lines=LINES),
        order(10, "B", 20.0),
        order(5, "A", 30.0),
        event(3, "Product Viewed", category="Shoes"),
        event(2, "Email Delivered"),
        event(2, "Email Bounced"),
        event(1, "email opened"),
        traits={
            "city": {"value": "Kraków", "source": "web", "at": None},
            "age": {"value": 34},
            "vip": {"value": True},
            "signed_up": {"value": "2026-06-10"},
            "interests": {"value": ["reading", "running"]},
            "address": {"value": {"city": "Kraków"}},
            "first name": {"value": "Anna"},
            "size": {"value": "42"},
        },
        identifiers=[{"namespace": "phone"}, {"namespace": "user_id"}],
    )
    assert holds(condition, one)


@pytest.mark.parametrize(
    ("condition", "line", "reason"),
    [
        ('any orders[brnd = "A"]', 1, "orders have no brnd (did you mean brand?)"),
        ('trats.city = "x"', 1, "a profile has no trats (did you mean traits?)"),
        ("identifiers.namespce = 'x'", 1, "identifiers have no namespce (did you mean namespace?)"),
        ('any orders[total = "x"]', 1, "total is a number and 'x' is a text"),
        ("count(orders) = true", 1, "they cannot be compared"),
        ("sum(brand of orders) > 3", 1, "a number is expected"),
        ("any order", 1, "orders, lines or events are expected"),
        ("count(orders) > 1 and\nany lines[catgory = 'x']", 2, "did you mean category?"),
        ("any orders within 3 days", 1, '"within" holds several things together'),
        ("count(orders) >", 1, "ends too early"),
        ("any orders since 2026-02-30", 1, "there is no day 2026-02-30"),
        ("any orders in the last 0 days", 1, "more than nothing"),
        ("at least 2 orders then orders", 1, '"then" follows on one thing'),
        ('any orders "A"', 1, "orders have no names of their own"),
        ("any orders[any events]", 1, "stand comparisons"),
        ("trend(count(orders in the last 3 days), 3 days) > 1", 1, "without a time of its own"),
        ("traits.city", 1, "a comparison is expected"),
        ("", 1, "ends too early"),
        ("a" * 10_001, 1, "longer than"),
    ],
)
def test_a_text_that_is_no_condition_is_refused_with_line_and_reason(condition: str, line: int, reason: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(condition)
    assert refused.value.line == line
    assert reason in refused.value.reason


def test_the_conditions_of_the_guide_are_conditions() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "segments.md").read_text(encoding="utf-8")
    policies = [part.partition("```")[0] for part in guide.split("```toml\n")[1:]]
    assert len(policies) == 3
    for text in policies:
        found = checked(Policy(text))
        assert found.segments or found.funnels


def test_brackets_are_read_or_refused_however_deep() -> None:
    try:
        assert holds_now(parse("(" * 4000 + "any orders" + ")" * 4000), customer(order(1)))
    except ConditionError as refused:
        assert "deep" in refused.reason


def test_a_policy_with_a_wrong_condition_names_its_line() -> None:
    text = '[segments.good]\ncondition = "any orders"\n\n[segments.bad]\ntitle = "x"\ncondition = "any ordrs"\n'
    with pytest.raises(PolicyError, match=r"^mine\.toml:6: segments\.bad: 'ordrs' cannot stand here"):
        checked(Policy(text, "mine.toml"))


def test_a_funnel_with_a_wrong_stage_names_its_line() -> None:
    stages = [f'[[funnels.f.stages]]\nname = "{name}"\ncondition = "{name}"\n' for name in ("any orders", "oh")]
    text = "".join(stages)
    with pytest.raises(PolicyError, match=r"^mine\.toml:6: funnels\.f: ends too early"):
        checked(Policy(text, "mine.toml"))


def test_a_condition_is_explained_in_words() -> None:
    assert explain(parse('any events "Product Added" then no orders within 36 hours or not traits.vip = true')) == (
        'there is an event "Product Added" and after it no order within 1.5 days '
        "or it is not so that traits.vip is true"
    )


CONDITIONS = [
    "at least 2 orders within 10 days",
    "any orders in the last 15 days",
    "count(orders in the last 7 days) >= 2",
    'any events "x" then orders within 5 days',
    'any events "x" then no orders within 5 days',
    "days_since(orders) > 6",
    "trend(count(orders), 8 days) > 1",
    "no orders in the last 10 days and any events",
    "sum(total of orders in the last 20 days) < 25",
    "days_since(orders) between 3 and 9",
]
HAPPENED = st.lists(
    st.one_of(
        st.integers(1, 60).map(order),
        st.integers(1, 60).map(lambda ago: event(ago, "x")),
    ),
    max_size=8,
)


@given(st.sampled_from(CONDITIONS), HAPPENED, st.randoms())
def test_the_order_in_which_things_are_told_changes_nothing(condition: str, happened: list[Any], chance: Any) -> None:
    shuffled = list(happened)
    chance.shuffle(shuffled)
    assert stay(parse(condition), customer(*happened)) == stay(parse(condition), customer(*shuffled))


def test_a_condition_may_speak_of_every_part_of_a_profile_but_of_lists_for_readers() -> None:
    assert names.PROFILE.keys() - {"customer_id"} == PARTS.keys() - {"segments", "left_segments", "timeline"}
