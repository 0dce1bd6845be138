"""Rows that say several things: identifiers in one cell, events, consents."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

from graph_cdp.errors import MappingError
from graph_cdp.ingest import load_mapping, read
from graph_cdp.ingest.tally import Tally
from graph_cdp.model import Observation, Refusal, Rejection, rfc3339
from graph_cdp.policy import default_policy

CRM = """
source = "crm"
country = "PL"
time = "changed"
[identifiers]
record = "id"
phone = { column = "phones", split = ";" }
[consent]
email = "mailing"
phone = { column = "calls", purpose = "surveys", wording = "We may call", time = "agreed" }
"""
HEADER = "id,phones,mailing,calls,agreed,changed\n"
SURVEY = """
source = "survey"
name = { column = "what" }
[identifiers]
email = "mail"
[properties]
survey_name = { value = "Spring" }
score = "points"
type = "form"
"""


def load(folder: Path, data: str, mapping: str = CRM) -> list[Observation]:
    (folder / "t.csv").write_text(data)
    (folder / "m.toml").write_text(mapping)
    seen = list(read(folder / "t.csv", policy=default_policy(), mapping=load_mapping(folder / "m.toml"), received_at=7))
    return [one for one in seen if isinstance(one, Observation)]


def test_a_cell_may_hold_several_identifiers(tmp_path: Path) -> None:
    (seen,) = load(tmp_path, HEADER + "1,601234567; 602 234 567;,,,,\n")
    assert seen.keys == ("phone:+48601234567", "phone:+48602234567", "record:crm/1")


def test_of_several_in_a_cell_the_wrong_one_alone_is_refused_naming_the_column(tmp_path: Path) -> None:
    (seen,) = load(tmp_path, HEADER + "1,601234567;12,,,,\n")
    assert (seen.keys[0], [one.place for one in seen.refusals]) == ("phone:+48601234567", ["phones"])


def test_a_consent_is_an_event_of_its_own_with_its_own_time(tmp_path: Path) -> None:
    row, email, phone = load(tmp_path, HEADER + "1,,tak,N,2026-02-01,2026-03-01\n")
    assert (row.name, email.name, phone.name) == ("crm", "Consent Given", "Consent Withdrawn")
    assert dict(email.properties) == {"type": "track", "channel": "email"}
    assert dict(phone.properties) == {
        "type": "track", "channel": "phone", "purpose": "surveys", "wording": "We may call",
    }  # fmt: skip
    assert [rfc3339(one.occurred_at) for one in (row, email, phone)] == [
        f"2026-{day}T00:00:00.000000Z" for day in ("03-01", "03-01", "02-01")
    ]
    assert row.keys == email.keys == phone.keys == ("record:crm/1",)
    assert len({one.uid for one in (row, email, phone)}) == 3


def test_an_empty_consent_says_nothing_and_an_unreadable_one_is_refused(tmp_path: Path) -> None:
    (row,) = load(tmp_path, HEADER + "1,,maybe,,,\n")
    assert row.refusals == (Refusal("mailing", "neither yes nor no"),)


def test_a_row_may_be_an_event_with_properties(tmp_path: Path) -> None:
    seen, unnamed = load(tmp_path, "mail,what,points,form\na@x.pl,Survey Answered,9,web\nb@x.pl,,,\n", SURVEY)
    assert (seen.name, unnamed.name) == ("Survey Answered", "survey")
    assert dict(seen.properties) == {"type": "web", "survey_name": "Spring", "score": "9"}


@pytest.mark.parametrize(("lacking", "said"), [("calls", r"consent\.phone"), ("agreed", r"consent\.phone")])
def test_a_column_of_a_consent_that_is_not_there_is_named(tmp_path: Path, lacking: str, said: str) -> None:
    with pytest.raises(MappingError, match=rf'm\.toml:\d+: {said} is the column "{lacking}"'):
        load(tmp_path, HEADER.replace(lacking, "other"))


def test_two_numbers_in_a_field_are_two_identifiers_without_being_told(tmp_path: Path) -> None:
    mapping = 'source = "crm"\ncountry = { column = "land" }\n[identifiers]\nphone = "tel"\n'
    (seen,) = load(tmp_path, "tel,land\n601 234 567 / 602 234 567,Polska\n", mapping)
    assert seen.keys == ("phone:+48601234567", "phone:+48602234567")


@pytest.mark.parametrize(("said", "noted"), [("", 1), ("day_first = true\n", 0), ("day_first = false\n", 0)])
def test_a_date_in_doubt_is_noted_unless_the_mapping_says_which_is_the_day(
    tmp_path: Path, said: str, noted: int
) -> None:
    mapping = said + 'source = "crm"\n[identifiers]\nrecord = "id"\n[traits]\nbirth_date = "born"\n'
    (seen,) = load(tmp_path, "id,born\n1,03/04/1987\n", mapping)
    assert len(seen.refusals) == noted
    assert seen.traits["birth_date"] == ("1987-04-03" if "true" in said else "1987-03-04")


def test_the_currency_of_an_order_may_stand_beside_its_sum(tmp_path: Path) -> None:
    mapping = 'source = "pos"\n[identifiers]\nloyalty_card = "card"\n[order]\nid = "no"\ntotal = "sum"\n'
    (seen,) = load(tmp_path, 'card,no,sum\n9001,R1,"12,50 zł"\n', mapping)
    assert seen.order is not None and (seen.order.total, seen.order.currency) == (12.5, "PLN")


def test_a_tally_says_in_which_column_values_stood_that_the_policy_blocks(tmp_path: Path) -> None:
    (seen, consent) = load(tmp_path, HEADER + "1,+48000000000,yes,,,\n")
    tally = Tally()
    tally.take(2, [seen, consent])
    reason = "the policy blocks this value, which says of no one person who it is (phone)"
    assert {place: one.count for place, one in tally.refused.items()} == {("phones", reason): 1}


TILL = """
source = "till"
[identifiers]
loyalty_card = "card"
[traits]
points = "points"
[order]
id = "receipt"
total = "total"
"""


@pytest.mark.parametrize("label", ["Razem", "SUMA:", "Итого", "усього", "Spolu", " Total "])
def test_a_row_of_totals_at_the_bottom_is_no_order_and_is_told(tmp_path: Path, label: str) -> None:
    (tmp_path / "t.csv").write_text(f"card,receipt,total,points\n9,1,5,\n,{label},5,\n")
    (tmp_path / "m.toml").write_text(TILL)
    kept, total = read(
        tmp_path / "t.csv", policy=default_policy(), mapping=load_mapping(tmp_path / "m.toml"), received_at=7
    )
    assert isinstance(kept, Observation) and isinstance(total, Rejection)
    assert (total.place, total.reason) == (f"{tmp_path}/t.csv:3", "receipt: a row of totals, which is no order")


@pytest.mark.parametrize("number", ["Total-1", "Razem 5", "SUM1", "5"])
def test_an_order_whose_number_has_such_a_word_in_it_is_one(tmp_path: Path, number: str) -> None:
    (seen,) = load(tmp_path, f"card,receipt,total,points\n9,{number},5,\n", TILL)
    assert seen.order is not None


def test_a_number_that_is_none_is_no_value_of_a_column(tmp_path: Path) -> None:
    rows = polars.DataFrame({"card": ["9"], "receipt": ["1"], "total": [float("nan")], "points": [float("nan")]})
    rows.write_parquet(tmp_path / "t.parquet")
    (tmp_path / "m.toml").write_text(TILL)
    (seen,) = read(
        tmp_path / "t.parquet", policy=default_policy(), mapping=load_mapping(tmp_path / "m.toml"), received_at=7
    )
    assert isinstance(seen, Observation) and seen.order is not None
    assert (dict(seen.traits), seen.order.total, seen.refusals) == ({}, None, ())
