"""Mappings that are guessed from the names of columns and their content."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from graph_cdp.errors import InputError
from graph_cdp.ingest import guess, load_mapping, read
from graph_cdp.ingest.headings import Role, role_of
from graph_cdp.model import Observation
from graph_cdp.policy import default_policy

CUSTOMERS = {
    "en.csv": [
        "customer id,first name,surname,date of birth,gender,"
        "email address,mobile phone,loyalty card,town,newsletter,updated at",
        "17,Ann,Smith,1987-04-03,F,ann@shop.test,07400 123456,9001,Leeds,yes,2026-03-01 10:00",
        "18,Tom,Evans,,M,,07400 123457,9002,York,no,2026-03-02 10:00",
    ],
    "pl.csv": [
        "ID klienta;Imię;Nazwisko;Data urodzenia;Płeć;Adres e-mail;"
        "Nr telefonu;Karta lojalnościowa;Miejscowość;Zgoda e-mail;Data modyfikacji",
        "17;Anna;Wójcik;3.04.1987;K;anna@sklep.test;601 234 567;9001;Łódź;tak;1.03.2026 10:00",
        "18;Tomasz;Żak;;M;;601 234 568;9002;Kraków;nie;2.03.2026 10:00",
    ],
    "ru.csv": [
        "Номер клиента;Имя;Фамилия;Дата рождения;Пол;"
        "Электронная почта;Телефон;Номер карты;Город;Согласие на почту;Дата изменения",
        "17;Анна;Иванова;03.04.1987;Ж;anna@magazin.test;8 912 345 67 89;9001;Тула;да;01.03.2026 10:00",
        "18;Олег;Титов;;М;;8 912 345 67 80;9002;Псков;нет;02.03.2026 10:00",
    ],
    "uk.csv": [
        "Номер клієнта;Ім'я;Прізвище;Дата народження;Стать;"
        "Електронна пошта;Мобільний телефон;Номер картки;Місто;Згода пошта;Дата зміни",
        "17;Олена;Шевченко;03.04.1987;Ж;olena@kramnytsia.test;050 123 45 67;9001;Київ;так;01.03.2026 10:00",
        "18;Остап;Бойко;;Ч;;050 123 45 68;9002;Львів;ні;02.03.2026 10:00",
    ],
    "sk.csv": [
        "Číslo zákazníka;Meno;Priezvisko;Dátum narodenia;Pohlavie;"
        "E-mailová adresa;Telefónne číslo;Vernostná karta;Mesto;Súhlas e-mail;Dátum zmeny",
        "17;Anna;Kováčová;3.4.1987;Ž;anna@predajna.test;0905 123 456;9001;Žilina;áno;1.3.2026 10:00",
        "18;Ján;Ďurica;;M;;0905 123 457;9002;Košice;nie;2.3.2026 10:00",
    ],
}
PHONES = {
    "en": "+447400123456",
    "pl": "+48601234567",
    "ru": "+79123456789",
    "uk": "+380501234567",
    "sk": "+421905123456",
}


def guessed(folder: Path, name: str, data: str) -> dict[str, Any]:
    (folder / name).write_text(data)
    return tomllib.loads(guess(folder / name))


def loaded(folder: Path, name: str, data: str) -> list[Observation]:
    (folder / name).write_text(data)
    (folder / "m.toml").write_text(guess(folder / name))
    mapping = load_mapping(folder / "m.toml")
    seen = list(read(folder / name, policy=default_policy(), mapping=mapping, received_at=7))
    assert all(isinstance(one, Observation) and not one.refusals for one in seen), seen
    return [one for one in seen if isinstance(one, Observation)]


@pytest.mark.parametrize("name", CUSTOMERS)
def test_a_table_of_customers_is_understood_in_each_language(tmp_path: Path, name: str) -> None:
    first, consent, second, refusal = loaded(tmp_path, name, "\n".join(CUSTOMERS[name]))
    source = name.removesuffix(".csv")
    assert first.keys[1:] == ("loyalty_card:9001", f"phone:{PHONES[source]}", f"record:{source}/17")
    assert second.keys[-1] == f"record:{source}/18"
    assert set(first.traits) == {"first_name", "last_name", "birth_date", "sex", "city"}
    assert first.traits["birth_date"] == "1987-04-03"
    assert (consent.name, refusal.name) == ("Consent Given", "Consent Withdrawn")
    assert second.occurred_at - first.occurred_at == 24 * 60 * 60 * 1_000_000


def test_receipts_are_lines_of_orders(tmp_path: Path) -> None:
    header = "Nr paragonu;Karta;Data zakupu;Kod produktu;Produkt;Ilość;Cena;Kwota;Waluta;Sklep\n"
    data = header + "R1;9001;1.03.2026;S1;Szal;2;9,99;19,98;PLN;Łódź\n"
    (seen,) = loaded(tmp_path, "paragony.csv", data)
    assert seen.order is not None and seen.order.lines[0].name == "Szal"
    assert (seen.order.key, seen.order.total, seen.kind) == ("order:paragony/R1", 19.98, "pos")


def test_several_numbers_in_a_cell_are_several_identifiers(tmp_path: Path) -> None:
    found = guessed(tmp_path, "t.csv", "id,phones\n1,+48601234567; +48602234567\n2,+48601234568\n")
    assert found["identifiers"]["phone"] == {"column": "phones", "split": ";"}


def test_content_outranks_a_name_that_says_nothing(tmp_path: Path) -> None:
    found = guessed(tmp_path, "t.csv", "a,b\nann@x.pl,+48601234567\n,+48601234568\n")
    assert found["identifiers"] == {"email": "a", "phone": "b"}


def test_an_id_that_does_not_tell_rows_apart_is_no_record(tmp_path: Path) -> None:
    found = guessed(tmp_path, "t.csv", "id,email\n1,a@x.pl\n1,b@x.pl\n")
    assert (found["identifiers"], found["traits"]) == ({"email": "email"}, {"id": "id"})


def test_a_day_above_twelve_says_which_is_the_month(tmp_path: Path) -> None:
    data = "email,date\na@x.pl,{}/04/2026\nb@x.pl,03/{}/2026\n"
    assert guessed(tmp_path, "t.csv", data.format(13, "04"))["day_first"] is True
    assert "day_first" not in guessed(tmp_path, "t.csv", data.format("03", 13))


def test_where_nothing_says_which_is_the_month_the_doubt_is_written_down(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("email,date\na@x.pl,03/04/2026\n")
    assert "# whether 03/04/2026 is in March or in April cannot be seen" in guess(tmp_path / "t.csv")


@pytest.mark.parametrize(("name", "data"), [("t.csv", "colour,size\nred,5\n"), ("t.ndjson", "{}\n")])
def test_where_no_mapping_can_be_guessed_it_is_said(tmp_path: Path, name: str, data: str) -> None:
    (tmp_path / name).write_text(data)
    with pytest.raises(InputError, match=r"no column looks like an identifier|is no table"):
        guess(tmp_path / name)


@pytest.mark.parametrize(
    ("role", "headings"),
    [
        (
            Role("identifiers", "phone"),
            "Telefón;tel.;tel. kom.;Č. tel.;č. telefónu;nr telefonu komorkowego;Моб. тел.;Ном. тел.;Mobile No.;Phone #",
        ),
        (Role("identifiers", "email"), "E-maily;e-mail;Эл. почта;Ел. пошта;Emailova adresa"),
        (Role("traits", "first_name"), "Імʼя;Ім’я;Ім'я;Ім`я;Imie;Krstne meno;І\u043c\u02bcя"),
        (Role("traits", "birth_date"), "Data ur.;Дата рожд.;Dátum nar.;Datum narodenia;Д. р.;Дата нар."),
        (Role("traits", "full_name"), "Прізвище, імʼя;Ф.И.О.;П.І.Б.;Nazwisko, imie"),
        (Role("consent", "email"), "Suhlas e-mail;Zgoda na e-mail"),
    ],
)
def test_abbreviations_plurals_and_headings_without_diacritics_are_known(role: Role, headings: str) -> None:
    assert {heading: role_of(heading) for heading in headings.split(";")} == dict.fromkeys(headings.split(";"), role)


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("customerEmail", Role("identifiers", "email")),
        ("Telefon domowy", Role("identifiers", "phone")),
        ("ФИО", Role("traits", "full_name")),
        ("Zgoda SMS", Role("consent", "sms")),
        ("colour", None),
    ],
)
def test_a_heading_is_known_by_its_words(heading: str, role: Role | None) -> None:
    assert role_of(heading) == role
