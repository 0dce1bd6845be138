"""An address in one text is taken apart where it is certain, and stays whole elsewhere."""

from __future__ import annotations

import pytest

from graph_cdp.addresses import taken_apart


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Długa 5, Kraków", "Długa 5|Kraków"),
        ("ul. Długa 5/7, 31-147 Kraków", "ul. Długa 5/7|Kraków|31-147"),
        ("31-147 Kraków, ul. Długa 5", "ul. Długa 5|Kraków|31-147"),
        ("ul. Długa 5 31-147 Kraków", "ul. Długa 5|Kraków|31-147"),
        ("Hlavná 5, 040 01 Košice", "Hlavná 5|Košice|040 01"),
        ("04001 Košice, Hlavná 5, Slovensko", "Hlavná 5|Košice|04001||SK"),
        ("Vodičkova 12, 110 00 Praha 1", "Vodičkova 12|Praha 1|110 00"),
        ("01001, м. Київ, вул. Хрещатик, 1", "вул. Хрещатик, 1|Київ|01001"),
        ("вул. Хрещатик 1, Київ, 01001", "вул. Хрещатик 1|Київ|01001"),
        ("101000, г. Москва, ул. Ленина, д. 5", "ул. Ленина, д. 5|Москва|101000"),
        ("Московская обл., 141400, г. Химки, ул. Ленина 5", "Московская обл., ул. Ленина 5|Химки|141400"),
        ("Москва, ул. Ленина 5", "ул. Ленина 5|Москва"),
        ("10 Downing Street, London SW1A 2AA", "10 Downing Street|London|SW1A 2AA"),
        ("10 Downing Street, London, SW1A 2AA, UK", "10 Downing Street|London|SW1A 2AA||GB"),
        ("123 Main St, Springfield, IL 62704, USA", "123 Main St|Springfield|62704|IL|US"),
        ("12345 Broadway, New York, NY 10001", "12345 Broadway|New York|10001|NY"),
        ("12345 Main Street, Boston", "12345 Main Street|Boston"),
        ("Długa 10-120, Kraków", "Długa 10-120|Kraków"),
        ("00-950 Warszawa", "|Warszawa|00-950"),
    ],
)
def test_what_is_certain_is_taken_apart(text: str, parts: str) -> None:
    names = ("street", "city", "postal_code", "region", "country")
    assert taken_apart(text) == {name: part for name, part in zip(names, parts.split("|"), strict=False) if part}


@pytest.mark.parametrize(
    "text",
    ["Kraków", "Długa 5", "Kraków, Długa 5", "Plac Nowy, Kraków", "Flat 5, Rose Court", "Building 7, Oxford Road",
     "ul. Prosta 7, Warszawa, woj. mazowieckie", "12345 Broadway", "a" * 1_000 + " 5, Kraków"],
)  # fmt: skip
def test_what_is_not_certain_stays_whole(text: str) -> None:
    assert taken_apart(text) == {"street": text}


def test_nothing_is_no_address() -> None:
    assert taken_apart(" , ") == {}
