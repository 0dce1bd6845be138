"""Many customers weighed at once: the same answers as one after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.audience.columns import Columns
from graph_cdp.audience.dates import holds_now
from graph_cdp.audience.language import ConditionError, parse
from graph_cdp.audience.subject import Subject, subject_of

NOW = datetime(2026, 6, 30, tzinfo=UTC)
BRANDS = ("A", "b", "Łódź", "7")
NAMES = ("Product Added", "email_opened", "x")


def day(ago: int | None) -> str | None:
    return None if ago is None else (NOW - timedelta(hours=6 * ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


AGO = st.none() | st.integers(-4, 160)
ODD = st.sampled_from([None, True, 1, 1.0, "1", "red", "RED", ["red", "blue"], {"value": "red"}])
LINE = st.fixed_dictionaries(
    {
        "sku": st.sampled_from("st"),
        "quantity": st.sampled_from([1.0, 2.0]),
        "price": st.sampled_from([3.0, 10.0, None]),
        "color": ODD,
    }
)
ORDER = st.fixed_dictionaries(
    {
        "at": AGO.map(day),
        "brand": st.none() | st.sampled_from(BRANDS),
        "total": st.none() | st.sampled_from([0.0, 9.99, 10.0, 30.1]),
        "currency": st.just("PLN"),
        "lines": st.lists(LINE, max_size=2),
    }
)
EVENT = st.fixed_dictionaries(
    {
        "at": AGO.map(day),
        "name": st.sampled_from(NAMES),
        "source": st.sampled_from(["web", "app"]),
        "properties": st.fixed_dictionaries({}, optional={"color": ODD, "value": st.integers(-1, 40)}),
    }
)
TRAITS = st.fixed_dictionaries({}, optional={"city": ODD, "age": st.integers(20, 40)})


@st.composite
def customers(draw: st.DrawFn) -> list[Subject]:
    def one(number: int) -> Subject:
        traits = {"traits": draw(TRAITS)}
        bought, seen = draw(st.lists(ORDER, max_size=5)), draw(st.lists(EVENT, max_size=5))
        return subject_of(str(number), NOW, bought, seen, lambda _: traits)

    return [one(number) for number in range(draw(st.integers(1, 5)))]


def one_of(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


SIGN = one_of("=", "!=", "<", "<=", ">", ">=")
FIELD = st.builds(
    lambda *parts: " ".join(parts),
    one_of("total", "brand", "currency", "at"),
    SIGN,
    one_of("10", "9.99", '"a"', '"7"', "7", "2026-06-20", "5 days ago", "total", "count(orders)"),
)
OF_LINE = st.builds(
    lambda *parts: " ".join(parts), one_of("color", "price", "price * quantity", "sku"), SIGN, one_of("1", '"red"', "6")
)
OF_EVENT = st.builds(
    lambda *parts: " ".join(parts),
    one_of("properties.color", "properties.value", "name", "source"),
    SIGN,
    one_of('"Red"', "1", "true", '"x"'),
)


def joined(some: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(some, one_of(" and ", " or ", " and not "), some).map("".join)
    return some | pair


ITEMS = st.one_of(
    st.just("orders"),
    joined(FIELD).map(lambda where: f"orders[{where}]"),
    joined(OF_LINE).map(lambda where: f"lines[{where}]"),
    joined(OF_EVENT).map(lambda where: f"events[{where}]"),
    one_of('events "product_added"', 'events "Email Opened", "X"', 'lines[color is known or sku in ("T", "u")]'),
    one_of("orders[total between 9 and 11]", 'orders[brand contains "d"]', "lines[color = true]"),
)
SPAN = one_of("", "", " in the last 10 days", " since 2026-06-12", " before 2026-06-20", " in the last 36 hours")
SPANNED = st.builds(lambda items, span: items + span, ITEMS, SPAN)
FIGURE = st.one_of(
    SPANNED.map(lambda items: f"count({items})"),
    SPANNED.map(lambda items: f"days_since({items})"),
    st.builds(
        lambda figure, span: f"{figure}(total of orders{span})",
        one_of("sum", "average", "smallest", "largest", "distinct", "first", "latest"),
        SPAN,
    ),
    st.builds(lambda change, items: f"{change}(count({items}), 9 days)", one_of("trend", "growth"), ITEMS),
    one_of("growth(sum(total of orders), 4 days)", "trend(average(total of orders), 8 days)", "traits.age"),
    one_of("distinct(color of lines)", "first(brand of orders)"),
)
NUMBER = one_of("0", "1", "2", "3", "10", "0.5", "30")
CHECK = st.one_of(
    st.builds(lambda amount, items: f"{amount} {items}", one_of("any", "no", "at most 2", "exactly 1"), SPANNED),
    st.builds(
        lambda least, items, days: f"at least {least} {items} within {days} days", one_of("2", "3"), SPANNED, NUMBER
    ),
    st.builds(lambda first, then: f"any {first} then {then} within 5 days", ITEMS, ITEMS),
    st.builds(lambda first, then: f"any {first} then no {then} within 5 days", ITEMS, ITEMS),
    st.builds(lambda *parts: " ".join(parts), FIGURE, SIGN, NUMBER),
    st.builds(lambda *parts: " ".join(parts), FIGURE, one_of("+", "-", "*", "/"), FIGURE, SIGN, FIGURE),
    st.builds(lambda value, low: f"{value} between {low} and 12", FIGURE, NUMBER),
    st.builds(lambda value: f"{value} in (1, 2)", FIGURE),
    st.builds(lambda value, how: f"{value} is {how}", FIGURE, one_of("known", "missing")),
    one_of('traits.city = "red"', "traits.city != true", "traits.age >= 30", "traits.city is missing"),
)
CONDITION = st.recursive(
    CHECK,
    lambda inner: st.builds(
        lambda one, word, other: f"({one}) {word} ({other})", inner, one_of("and", "or", "and not", "or not"), inner
    ),
    max_leaves=4,
)


@given(customers(), st.lists(CONDITION, min_size=1, max_size=5))
def test_many_at_once_are_answered_as_one_after_the_other(crowd: list[Any], texts: list[str]) -> None:
    page = Columns(crowd)
    for text in texts:
        try:
            condition = parse(text)
        except ConditionError:
            continue
        assert page.holds(condition).tolist() == [holds_now(condition, one) for one in crowd], text


def test_nobody_is_in_a_page_of_nobody() -> None:
    for text in ("any orders", 'any orders[brand = "A"]', "traits.city is known", "sum(total of orders) > 1"):
        assert Columns([]).holds(parse(text)).tolist() == []
