"""Times, spans and keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.model import DAY, NEVER, NOWHEN, UNDATED, Span, micros, namespace_of, rfc3339

moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
spans = st.one_of(
    st.just(NOWHEN), st.tuples(st.integers(0, 10 * DAY), st.integers(0, 10 * DAY)).map(lambda ends: Span.of(*ends))
)


def test_the_epoch_is_zero() -> None:
    assert micros(datetime(1970, 1, 1, tzinfo=UTC)) == 0


def test_a_time_in_another_zone_is_the_same_moment() -> None:
    warsaw = timezone(timedelta(hours=2))
    assert micros(datetime(2024, 6, 1, 14, tzinfo=warsaw)) == micros(datetime(2024, 6, 1, 12, tzinfo=UTC))


def test_a_time_is_written_in_utc_with_six_decimals() -> None:
    assert rfc3339(1_500_000) == "1970-01-01T00:00:01.500000Z"


@pytest.mark.parametrize("absent", [UNDATED, NEVER])
def test_an_undated_time_is_written_as_nothing(absent: int) -> None:
    assert rfc3339(absent) is None


@given(moments)
def test_what_is_written_is_read_back_exactly(moment: datetime) -> None:
    assert datetime.fromisoformat(rfc3339(micros(moment)) or "") == moment


@given(moments, moments)
def test_written_times_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    assert (one < other) == ((rfc3339(micros(one)) or "") < (rfc3339(micros(other)) or ""))


@given(spans, spans, spans)
def test_the_union_of_spans_does_not_depend_on_order(a: Span, b: Span, c: Span) -> None:
    assert (a | b) | c == c | (b | a)


@given(spans)
def test_a_span_seen_again_is_the_same(span: Span) -> None:
    assert span | span == span | NOWHEN == span


def test_a_span_keeps_its_beginning_exactly_and_its_end_by_the_day() -> None:
    assert Span.at(DAY + 5) == Span(DAY + 5, DAY)


def test_an_undated_sighting_is_the_empty_span() -> None:
    assert Span.at(UNDATED) == NOWHEN


def test_a_span_is_shown_to_end_no_earlier_than_it_began() -> None:
    assert Span.at(DAY + 5).until == DAY + 5


def test_a_span_over_days_is_shown_to_end_on_the_last() -> None:
    assert Span.of(5, 3 * DAY + 9).until == 3 * DAY


def test_an_empty_span_never_ends() -> None:
    assert NOWHEN.until == NEVER


def test_a_day_before_the_epoch_begins_at_its_midnight() -> None:
    assert Span.at(-1).last == -DAY


@pytest.mark.parametrize(
    ("key", "namespace"),
    [
        ("email:a@x.pl", "email"),
        ("shop.user_id:1", "shop.user_id"),
        ("record:crm/1", "record"),
        ("url:http://x", "url"),
    ],
)
def test_the_namespace_is_what_stands_before_the_first_colon(key: str, namespace: str) -> None:
    assert namespace_of(key) == namespace
