"""Raw values to keys, amounts and times."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_cdp.errors import KeyFormatError
from graph_cdp.model import micros, rfc3339
from graph_cdp.normalise import LONGEST, Unusable, amount, calendar_date, identifier, is_namespace, moment, parse_key

NAMESPACES = ("email", "phone", "user_id", "loyalty_card", "cookie", "ios.id", "shop_a.user_id", "shop_a.email", "dog")
IDENTIFIERS = st.one_of(
    st.text(max_size=40),
    st.emails(),
    st.from_regex(r"\+?[0-9 ()\-]{5,16}", fullmatch=True),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
)


def reason(namespace: str, raw: object, **hints: str) -> str:
    with pytest.raises(Unusable) as refused:
        identifier(namespace, raw, **hints)
    return refused.value.reason


def at(raw: object, **how: object) -> str | None:
    return rfc3339(moment(raw, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (" Ann@Example.COM ", "email:ann@example.com"),
        ("ann@shop.test", "email:ann@shop.test"),
        ("ann@printer.local", "email:ann@printer.local"),
        ("ANN@BÜCHER.de", "email:ann@bücher.de"),
        ("ann@xn--bcher-kva.de", "email:ann@bücher.de"),
        ("zofia+a.b@poczta.pl", "email:zofia+a.b@poczta.pl"),
    ],
)
def test_an_email_address_is_lower_case_with_its_domain_in_unicode(raw: str, key: str) -> None:
    assert identifier("email", raw) == key


@pytest.mark.parametrize(
    "raw", ["null", "ann", "ann@", "@example.com", "ann@localhost", "a b@example.com", 5, "a@b@c.pl"]
)
def test_what_is_no_email_address_is_refused(raw: object) -> None:
    assert reason("email", raw) == "no e-mail address"


@pytest.mark.parametrize(
    ("raw", "country", "key"),
    [
        ("+7 495 231 20-02", None, "phone:+74952312002"),
        ("601 234 567", "PL", "phone:+48601234567"),
        (601234567, "PL", "phone:+48601234567"),
        ("0501234567", "UA", "phone:+380501234567"),
        ("0905/123 456", "SK", "phone:+421905123456"),
        ("07911 123456", "GB", "phone:+447911123456"),
        ("0048 601 234 567", None, "phone:+48601234567"),
        ("0048 601 234 567", "PL", "phone:+48601234567"),
        ("+44 (0)7911 123456", None, "phone:+447911123456"),
        ("8 (495) 231-20-02 доб. 12", "RU", "phone:+74952312002"),
        ("tel. 601 234 567 x12", "PL", "phone:+48601234567"),
        ("+48 601 234 567 wew. 12", None, "phone:+48601234567"),
        ("tel:+48601234567;ext=12", None, "phone:+48601234567"),
        ("+48 601 234 567 (mama)", None, "phone:+48601234567"),
        ("+1-800-FLOWERS", None, "phone:+18003569377"),
    ],
)
def test_a_phone_number_is_international_without_its_extension(raw: object, country: str | None, key: str) -> None:
    assert identifier("phone", raw, country=country) == key


@pytest.mark.parametrize("country", [None, "XX", "pl"])
def test_a_national_number_without_a_known_country_is_refused(country: str | None) -> None:
    assert reason("phone", "601234567", country=country) == "a national phone number of no known country"  # type: ignore[arg-type]


def test_a_number_of_an_impossible_length_is_refused() -> None:
    assert reason("phone", "+48 601") == "a phone number of an impossible length"


def test_a_local_number_is_refused_for_every_town_has_it() -> None:
    assert reason("phone", "231-20-02", country="RU") == "a phone number without its area code"


@pytest.mark.parametrize("raw", ["+4860123457O", "+48 6O1 234 567", "+48 601 234 567 A"])
def test_a_number_with_letters_among_its_digits_is_refused_for_it_would_be_anothers(raw: str) -> None:
    assert reason("phone", raw, country="PL") == "letters among the digits of a phone number"


def test_what_is_no_number_is_no_phone() -> None:
    assert reason("phone", "null", country="PL") == "no phone number"


@pytest.mark.parametrize(("raw", "value"), [(" A-1 ", "A-1"), (42, "42"), (42.0, "42"), ("null", "null"), (-7, "-7")])
def test_an_opaque_identifier_is_kept_as_it_is_written(raw: object, value: str) -> None:
    assert identifier("user_id", raw) == f"user_id:{value}"


def test_an_opaque_identifier_is_nfc() -> None:
    assert identifier("user_id", "Zoe\u0308") == "user_id:Zo\u00eb"


def test_hours_that_are_there_twice_or_not_at_all_are_times() -> None:
    assert rfc3339(moment("2026-03-29 02:30", timezone="Europe/Warsaw")) == "2026-03-29T01:30:00.000000Z"
    assert rfc3339(moment("2026-10-25 02:30", timezone="Europe/Warsaw")) == "2026-10-25T00:30:00.000000Z"
    assert rfc3339(moment("2018-11-04", timezone="America/Sao_Paulo")) == "2018-11-04T03:00:00.000000Z"
    assert rfc3339(moment("1900-06-01 12:00", timezone="Europe/Warsaw")) == "1900-06-01T10:36:00.000000Z"


@pytest.mark.parametrize("namespace", ["user_id", "device", "shop_a.cookie", "record", "phone", "email"])
def test_a_value_that_would_be_taken_for_an_epoch_of_another_is_refused(namespace: str) -> None:
    with pytest.raises(Unusable):
        identifier(namespace, "48601234567@2020-01-01T00:00:00.000000Z", country="PL", source="crm")


@pytest.mark.parametrize("raw", [True, None, [], {}, ["a"], b"a"])
def test_what_is_neither_text_nor_number_is_refused(raw: object) -> None:
    assert reason("user_id", raw) == "neither text nor a number"


@pytest.mark.parametrize("raw", ["", "   ", "\t\n"])
def test_an_empty_value_is_refused(raw: str) -> None:
    assert reason("anonymous_id", raw) == "empty"


@pytest.mark.parametrize("raw", ["a\x00b", "a\nb", "\ud800", "a\x7f"])
def test_control_characters_and_broken_unicode_are_refused(raw: str) -> None:
    assert reason("cookie", raw) == "holds control characters or broken Unicode"


@pytest.mark.parametrize("raw", [1.5, float("nan"), float("inf"), 2.0**53])
def test_a_number_that_is_not_exact_is_refused(raw: float) -> None:
    assert reason("user_id", raw) == "a number with decimals, or too large to be exact"


@pytest.mark.parametrize("raw", ["x" * (LONGEST + 1), 10**600])
def test_a_value_that_is_too_long_is_refused(raw: object) -> None:
    assert reason("user_id", raw) == "longer than 512 characters"


def test_a_loyalty_card_has_no_blanks_and_hyphens_and_is_upper_case() -> None:
    assert identifier("loyalty_card", " 90-01 a2 ") == "loyalty_card:9001A2"


def test_a_record_and_an_order_are_those_of_their_source() -> None:
    keys = {identifier("record", 7, source="crm"), identifier("order", "A/1", source="web")}
    assert keys == {"record:crm/7", "order:web/A/1"}


@pytest.mark.parametrize("source", ["", "a/b", "a b", "a:b", "x" * 65])
def test_a_record_of_a_source_without_a_proper_name_is_refused(source: str) -> None:
    assert "source" in reason("record", "7", source=source)


def test_a_space_is_normalised_as_the_namespace_that_it_is_one_of() -> None:
    assert identifier("shop_a.email", "Ann@Example.com") == "shop_a.email:ann@example.com"


def test_an_unknown_namespace_is_opaque() -> None:
    assert identifier("chip.number", " Dog 1 ") == "chip.number:Dog 1"


@pytest.mark.parametrize("namespace", ["", "Email", "a b", "a:b", ".a", "a.", "1a", "ż"])
def test_what_is_no_namespace_is_refused(namespace: str) -> None:
    assert reason(namespace, "1").startswith("its type is no namespace")


@given(st.sampled_from(NAMESPACES), IDENTIFIERS, st.sampled_from([None, "PL", "RU", "US", "IT"]))
@example("loyalty_card", "\u0149-\u0390", None)
@example("email", "\u0130@example.com", None)
def test_a_normalised_value_stays_itself(namespace: str, raw: object, country: str | None) -> None:
    try:
        key = identifier(namespace, raw, country=country)
    except Unusable:
        return
    assert identifier(namespace, key.partition(":")[2], country=country) == key
    assert parse_key(key, country=country) == key


@given(st.sampled_from(["record", "order"]), st.text(max_size=20), st.text(max_size=20))
def test_the_key_of_a_record_read_again_is_itself(namespace: str, source: str, raw: str) -> None:
    try:
        key = identifier(namespace, raw, source=source)
    except Unusable:
        return
    assert parse_key(key) == key


@given(st.sampled_from(NAMESPACES), st.text(min_size=6, alphabet="#ąЖ%&\x00"))
def test_a_reason_never_repeats_the_value(namespace: str, raw: str) -> None:
    try:
        identifier(namespace, raw)
    except Unusable as refused:
        assert raw not in refused.reason


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("email:Ann@Example.com", "email:ann@example.com"),
        (" Phone: +48 601 234 567 ", "phone:+48601234567"),
        ("record:crm/K-1", "record:crm/K-1"),
        ("user_id:a:b", "user_id:a:b"),
    ],
)
def test_a_key_may_be_typed_as_people_type(typed: str, key: str) -> None:
    assert parse_key(typed) == key


def test_a_typed_national_phone_number_needs_a_country() -> None:
    assert parse_key("phone:601234567", country="PL") == "phone:+48601234567"
    with pytest.raises(KeyFormatError, match="no known country"):
        parse_key("phone:601234567")


@pytest.mark.parametrize("typed", ["ann@example.com", "", ":", "Żaba:1", "email:", "email:null", "record:7", "a b:c"])
def test_a_text_that_is_no_key_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(KeyFormatError, match=r"(namespace:value, for example email:ann@example\.com|record:SOURCE/ID)"):
        parse_key(typed)


def test_the_refusal_of_a_key_does_not_repeat_the_value() -> None:
    with pytest.raises(KeyFormatError) as refused:
        parse_key("email:secretperson")
    assert "secretperson" not in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "time"),
    [
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678000Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000000Z"),
        ("2026-01-02", "2026-01-02T00:00:00.000000Z"),
        ("12 March 2026 10:00", "2026-03-12T10:00:00.000000Z"),
        ("2026/03/04 10:00", "2026-03-04T10:00:00.000000Z"),
        (1700000000, "2023-11-14T22:13:20.000000Z"),
        (1700000000123, "2023-11-14T22:13:20.123000Z"),
        ("1700000000", "2023-11-14T22:13:20.000000Z"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000000Z"),
        (date(2026, 1, 2), "2026-01-02T00:00:00.000000Z"),
    ],
)
def test_a_time_is_read_in_the_usual_spellings(raw: object, time: str) -> None:
    assert at(raw) == time


def test_a_time_without_an_offset_is_taken_in_the_zone_that_is_given() -> None:
    assert at("2026-07-01 10:00", timezone="Europe/Warsaw") == "2026-07-01T08:00:00.000000Z"


def test_the_day_is_first_where_that_is_said_and_in_dates_with_dots() -> None:
    assert at("03/04/2026", day_first=True) == at("03.04.2026") == "2026-04-03T00:00:00.000000Z"


def test_a_year_that_stands_first_outweighs_day_first() -> None:
    assert at("2026.03.04", day_first=True) == "2026-03-04T00:00:00.000000Z"


@pytest.mark.parametrize("raw", ["13/04/2026", "2026-02-30", "31.02.2026", "0000-01-01", "99.99.2026"])
def test_an_impossible_date_is_refused(raw: str) -> None:
    with pytest.raises(Unusable):
        moment(raw)


@pytest.mark.parametrize("raw", ["10:30", "2026", "Feb 2026", "Monday", "now", "5 March"])
def test_nothing_is_filled_in_from_today(raw: str) -> None:
    with pytest.raises(Unusable):
        moment(raw)


@pytest.mark.parametrize(
    "raw", ["03.04.26", "0001-01-01", "9999-12-31T23:59:59Z", 5, -1, 10**30, True, None, [], "", "EST"]
)
def test_what_is_no_time_is_refused(raw: object) -> None:
    with pytest.raises(Unusable):
        moment(raw)


def test_a_zone_by_name_is_refused_for_it_may_be_several() -> None:
    with pytest.raises(Unusable):
        moment("12 March 2026 10:00 EST")


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_time_written_in_iso_8601_is_read_exactly(when: datetime) -> None:
    assert moment(when.isoformat()) == micros(when)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.from_regex(r"[0-9./:T\- ]{4,20}", fullmatch=True)))
def test_a_time_is_read_or_refused_whatever_is_written(raw: object) -> None:
    with suppress(Unusable):
        assert isinstance(moment(raw), int)


def test_a_calendar_date_is_written_with_the_year_first() -> None:
    assert calendar_date("3.4.1987") == calendar_date("1987-04-03T00:00:00Z") == "1987-04-03"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1 234,50", 1234.5),
        ("1\u00a0234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("-3,5", -3.5),
        (7, 7.0),
    ],
)
def test_an_amount_may_have_a_comma_or_a_point_before_its_decimals(raw: object, number: float) -> None:
    assert amount(raw) == number


@pytest.mark.parametrize(
    "raw", ["", "x", "1e5", "nan", float("nan"), float("inf"), 10**400, "1 23", "1,2,3", True, None]
)
def test_what_is_no_amount_is_refused(raw: object) -> None:
    with pytest.raises(Unusable):
        amount(raw)


def test_a_namespace_has_sixty_four_characters_at_most() -> None:
    assert is_namespace("a" * 64)
    assert not is_namespace("a" * 65)


@pytest.mark.parametrize("raw", ["2,90001E+12", "2.90001E+12", "4E+11", " 2,9e+12 "])
@pytest.mark.parametrize("namespace", ["loyalty_card", "user_id", "order", "phone"])
def test_a_number_that_a_spreadsheet_has_rounded_is_nobodys(namespace: str, raw: str) -> None:
    with pytest.raises(Unusable):
        identifier(namespace, raw, country="PL", source="till")


@pytest.mark.parametrize("raw", ["2E5", "E+5", "12-e+3", "1e-5"])
def test_what_only_looks_a_little_like_a_rounded_number_is_taken(raw: str) -> None:
    assert identifier("user_id", raw) == f"user_id:{raw}"
