"""Names of people, as they are written in five languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.alike import alike
from graph_cdp.names import Name, taken_apart, untitled


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jan Kowalski", Name("Jan", "Kowalski")),
        ("Pan dr Jan Kowalski", Name("Jan", "Kowalski", title="Pan dr")),
        ("Kowalski, Jan", Name("Jan", "Kowalski")),
        ("Kowalski, dr Jan", Name("Jan", "Kowalski", title="dr")),
        ("Kowalski Jan", Name("Jan", "Kowalski")),
        ("KOWALSKI Jan", Name("Jan", "KOWALSKI")),
        ("JAN KOWALSKI", Name("JAN", "KOWALSKI")),
        (
            "Pani prof. dr hab. Anna Maria Nowak-Zielińska",
            Name("Anna Maria", "Nowak-Zielińska", title="Pani prof. dr hab."),
        ),
        ("Ковальчук Олена Ігорівна", Name("Олена", "Ковальчук", "Ігорівна")),
        ("Олена Ігорівна Ковальчук", Name("Олена", "Ковальчук", "Ігорівна")),
        ("Шевченко, Тарас Григорович", Name("Тарас", "Шевченко", "Григорович")),
        ("Иванов Пётр Сергеевич", Name("Пётр", "Иванов", "Сергеевич")),
        ("Анна Сергеевна Абрамович", Name("Анна", "Абрамович", "Сергеевна")),
        ("Марина Гриб", Name("Марина", "Гриб")),
        ("Яков Шульц", Name("Яков", "Шульц")),
        ("г-н Пётр Иванов", Name("Пётр", "Иванов", title="г-н")),
        ("Пані Оксана Шевченко", Name("Оксана", "Шевченко", title="Пані")),
        ("Mrs. Mary van der Berg", Name("Mary", "van der Berg", title="Mrs.")),
        ("John Smith Jr.", Name("John", "Smith")),
        ("John Smith, PhD", Name("John", "Smith")),
        ("Ing. Jana Nováková", Name("Jana", "Nováková", title="Ing.")),
        ("Nováková Jana", Name("Jana", "Nováková")),
        ("Madonna", Name("Madonna")),
        ("Pan", Name("Pan")),
        ("", Name()),
    ],
)
def test_a_name_is_taken_apart(written: str, name: Name) -> None:
    assert taken_apart(written) == name


def test_the_usual_order_is_that_of_given_and_family_name() -> None:
    assert {taken_apart(said).usual for said in ("Kowalski, Jan", "Pan Jan Kowalski", "Jan Kowalski")} == {
        "Jan Kowalski"
    }


@pytest.mark.parametrize(
    ("written", "plain"), [("dr Jan", "Jan"), ("Pani Anna", "Anna"), ("Jan", "Jan"), ("Pan", "Pan")]
)
def test_a_title_is_no_part_of_a_given_name(written: str, plain: str) -> None:
    assert untitled(written) == plain


@pytest.mark.parametrize("other", ["Kowalski, Jan", "Pan Jan Kowalski", "KOWALSKI Jan", "Kowalski Jan", "Ян Ковальски"])
def test_names_are_alike_in_any_order_and_with_any_title(other: str) -> None:
    assert alike("Jan Kowalski", other) > 0.85


def test_other_names_stay_other_names() -> None:
    assert alike("Pan Jan", "Pan Piotr") < 0.7
    assert alike("Jan Kowalski", "Piotr Nowak") < 0.7


@given(st.text(max_size=40))
def test_anything_is_taken_apart_and_no_word_is_made_up(written: str) -> None:
    name = taken_apart(written)
    words = {*written.replace(",", " ").split()}
    for part in (name.given, name.family, name.patronymic, name.title):
        assert {*part.split()} <= words
