"""What people write around values: extensions, several numbers, months and countries in words, currencies."""

from __future__ import annotations

import pytest

from graph_cdp.locales import currency
from graph_cdp.normalise import Unusable, amount, calendar_date, identifier, is_doubtful, price, region
from graph_cdp.phones import numbers_in


@pytest.mark.parametrize(
    "raw",
    ["+48 22 123 45 67 ext. 5", "+48 22 123 45 67 wew. 5", "+48221234567;ext=5", "+48 22 123 45 67 внутр. 5",
     "+48 22 123 45 67 доб. 5", "+48 22 123 45 67, klapka 5"],
)  # fmt: skip
def test_an_extension_is_understood_in_each_language_and_no_part_of_the_key(raw: str) -> None:
    assert identifier("phone", raw) == "phone:+48221234567"


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("601 234 567 / 602 234 567", ["601 234 567", "602 234 567"]),
        ("+48601234567; +48602234567", ["+48601234567", "+48602234567"]),
        ("601234567 lub 602234567", ["601234567", "602234567"]),
        ("8 912 345 67 89, 8 912 345 67 80", ["8 912 345 67 89", "8 912 345 67 80"]),
        ("0905/123 456", ["0905/123 456"]),
        ("+48 22 123 45 67; ext=5", ["+48 22 123 45 67; ext=5"]),
        (601234567, [601234567]),
        (None, [None]),
    ],
)
def test_two_numbers_in_one_field_are_two(raw: object, numbers: list[object]) -> None:
    assert numbers_in(raw) == numbers


@pytest.mark.parametrize(
    "raw",
    ["3 marca 2026 r.", "3 mar 2026", "3 марта 2026 г.", "3 березня 2026 року", "3. marca 2026", "March 3, 2026",
     "3 March 2026", "3.03.2026", "2026-03-03", "20260303"],
)  # fmt: skip
def test_a_month_may_be_written_in_words(raw: str) -> None:
    assert calendar_date(raw) == "2026-03-03"


@pytest.mark.parametrize("raw", ["31 kwietnia 2026", "30 февраля 2026", "3 nonsense 2026", "marca 2026"])
def test_a_date_that_does_not_exist_is_refused_in_words_too(raw: str) -> None:
    with pytest.raises(Unusable):
        calendar_date(raw)


@pytest.mark.parametrize(
    ("raw", "doubtful"),
    [("03/04/2026", True), ("03-04-2026", True), ("03.04.2026", False), ("13/04/2026", False), ("04/04/2026", False),
     ("2026-03-04", False), (5, False)],
)  # fmt: skip
def test_a_date_is_in_doubt_where_day_and_month_may_be_exchanged(raw: object, doubtful: bool) -> None:
    assert is_doubtful(raw) == doubtful


@pytest.mark.parametrize(
    ("raw", "code"),
    [("pl", "PL"), ("POL", "PL"), ("Polska", "PL"), ("Россия", "RU"), ("Україна", "UA"), ("Slovensko", "SK"),
     ("united kingdom", "GB"), ("UK", "GB"), ("Czech Republic", "CZ"), ("Poland?", None), (5, None), ("", None)],
)  # fmt: skip
def test_a_country_is_known_by_its_code_or_its_name(raw: object, code: str | None) -> None:
    assert region(raw) == code


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("12,50 zł", (12.5, "PLN")),
        ("1 234,56 PLN", (1234.56, "PLN")),
        ("€ 1.234,50", (1234.5, "EUR")),
        ("$12.50", (12.5, "USD")),
        ("100 грн.", (100.0, "UAH")),
        ("1 500 руб.", (1500.0, "RUB")),
        ("-5 Kč", (-5.0, "CZK")),
        ("12.50", (12.5, None)),
        (3, (3.0, None)),
    ],
)
def test_an_amount_may_have_its_currency_beside_it(raw: object, read: tuple[float, str | None]) -> None:
    assert (price(raw), amount(raw)) == (read, read[0])


@pytest.mark.parametrize("raw", ["12 kg", "free", "zł", "PLN 5 EUR", "5 % off"])
def test_an_amount_of_something_else_is_refused(raw: str) -> None:
    with pytest.raises(Unusable):
        amount(raw)


@pytest.mark.parametrize("mark", ["zł", "PLN", "pln", "zl"])
def test_one_currency_has_one_code(mark: str) -> None:
    assert currency(mark) == "PLN"
