"""Errors name columns, never what a table without a header has in their place."""

from graph_cdp.files import column_names


def test_columns_are_named() -> None:
    assert column_names(["imie", "e-mail", "telefon 2"]) == "imie, e-mail, telefon 2"


def test_values_in_the_place_of_names_are_counted_and_not_repeated() -> None:
    assert column_names(["id", "ann@example.com", "+48 601 234 567"]) == (
        "id and 2 that look like values: is the header missing?"
    )
