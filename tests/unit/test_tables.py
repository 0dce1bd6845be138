"""Resolving a table of links as people have them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from graph_cdp.errors import InputError, UsageError
from graph_cdp.offline import Named, resolve_file
from graph_cdp.policy import Policy
from graph_cdp.resolve import tables
from graph_cdp.resolve.identity import hasher

A, B, C = "email:a@x.pl", "phone:+48601234567", "user_id:1"
LINKS = {"a": [A, B], "b": [B, C], "kind": ["login", "login"]}
customer_id = hasher("secret")


def resolved(
    columns: dict, policy: str = "", decisions: dict | None = None, records: dict | None = None
) -> dict[str, str]:
    given = tables.Given(
        tables.Table(tables.evidence_of(pl.DataFrame(columns), "links.csv"), "links.csv"),
        decisions and tables.Table(pl.DataFrame(decisions), "decisions.csv"),
        records and tables.Table(pl.DataFrame(records), "records.csv"),
    )
    table, _ = tables.resolve(given, Policy(policy), "secret")
    return dict(table.iter_rows())


def times(column: pl.Series) -> list[int | None]:
    table = pl.DataFrame({"a": [A] * len(column), "b": [B] * len(column), "kind": ["login"] * len(column)})
    return tables.evidence_of(table.with_columns(column.alias("first_seen")), "links.csv")["first_seen"].to_list()


def refusal(columns: dict, **more: dict) -> str:
    with pytest.raises(InputError) as refused:
        resolved(columns, **more)
    return str(refused.value)


def test_linked_keys_have_one_customer() -> None:
    assert resolved(LINKS) == dict.fromkeys((A, B, C), customer_id(A))


def test_members_are_sorted_by_key() -> None:
    assert list(resolved({"a": [C, A], "b": [B, B], "kind": ["login"] * 2})) == [A, B, C]


def test_the_anchor_is_the_member_seen_first() -> None:
    seen = ["2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z"]
    assert set(resolved({**LINKS, "first_seen": seen}).values()) == {customer_id(B)}


@pytest.mark.parametrize("empty", ["", None])
def test_a_row_with_an_empty_b_says_when_a_key_was_seen(empty: str | None) -> None:
    columns = {
        "a": [A, B],
        "b": [B, empty],
        "kind": ["login", ""],
        "first_seen": ["2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z"],
    }
    assert resolved(columns) == dict.fromkeys((A, B), customer_id(B))


def test_a_key_that_was_only_seen_is_a_customer_of_its_own() -> None:
    assert resolved({"a": [A], "b": pl.Series([None], dtype=pl.String), "kind": [""]}) == {A: customer_id(A)}


def test_b_may_be_empty_everywhere() -> None:
    assert resolved({"a": [A, C], "b": [None, None], "kind": [None, None]}) == {A: customer_id(A), C: customer_id(C)}


def test_a_link_of_a_key_with_itself_joins_nothing() -> None:
    assert resolved({"a": [A], "b": [A], "kind": ["login"]}) == {A: customer_id(A)}


def test_other_columns_do_not_matter() -> None:
    assert resolved({**LINKS, "sources": ["[]", "[]"], "state": ["joined", "refused"]}) == resolved(LINKS)


def test_a_table_without_rows_has_no_members() -> None:
    assert resolved({name: pl.Series([], dtype=pl.String) for name in ("a", "b", "kind")}) == {}


def test_a_table_whose_keys_are_all_blocked_has_no_members() -> None:
    assert resolved({"a": ["user_id:null"], "b": [""], "kind": [""]}, '[blocked]\nany = ["null"]\n') == {}


def test_the_policy_holds() -> None:
    columns = {"a": [A, A], "b": ["user_id:1", "user_id:2"], "kind": ["login", "login"]}
    assert len(set(resolved(columns, "[namespaces.user_id]\nunique = true\n").values())) == 2


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T12:00:00Z",
        "2024-01-01T12:00:00.000000Z",
        "2024-01-01T12:00:00+00:00",
        "2024-01-01T14:00:00+02:00",
        "2024-01-01T12:00:00.0Z",
    ],
)
def test_a_time_may_be_any_rfc_3339_text(text: str) -> None:
    assert times(pl.Series([text])) == [1_704_110_400_000_000]


def test_a_time_may_be_microseconds() -> None:
    assert times(pl.Series([1_704_110_400_000_000])) == [1_704_110_400_000_000]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_time_may_be_a_datetime(unit: str) -> None:
    moment = pl.Series([datetime(2024, 1, 1, 12)], dtype=pl.Datetime(unit))
    assert times(moment) == [1_704_110_400_000_000]


def test_a_datetime_in_another_zone_is_the_same_moment() -> None:
    moment = datetime(2024, 1, 1, 14, tzinfo=timezone(timedelta(hours=2))).astimezone(UTC)
    assert times(pl.Series([moment]).dt.convert_time_zone("Europe/Warsaw")) == [1_704_110_400_000_000]


@pytest.mark.parametrize("absent", [pl.Series(["", None]), pl.Series([None, None], dtype=pl.Int64)])
def test_an_empty_time_is_undated(absent: pl.Series) -> None:
    assert times(absent) == [None, None]


def test_a_table_without_times_is_undated() -> None:
    assert tables.evidence_of(pl.DataFrame(LINKS), "links.csv")["first_seen"].to_list() == [None, None]


@pytest.mark.parametrize("broken", ["yesterday", "2024-13-01T00:00:00Z", "2024-01-01", "01.02.2024"])
def test_a_broken_time_names_its_line(broken: str) -> None:
    said = refusal({**LINKS, "first_seen": ["2024-01-01T00:00:00Z", broken]})
    assert said == "links.csv:3: first_seen is no RFC 3339 time (as in 2026-01-31T09:30:00Z)"


def test_a_broken_time_after_empty_ones_names_its_line() -> None:
    assert refusal({**LINKS, "first_seen": ["", "soon"]}).startswith("links.csv:3: ")


@pytest.mark.parametrize("missing", ["a", "b", "kind"])
def test_a_missing_column_is_named(missing: str) -> None:
    said = refusal({name: column for name, column in LINKS.items() if name != missing})
    assert re.match(rf"links\.csv: no column {missing} among .*a links file has a, b, kind", said)


def test_a_column_of_numbers_is_no_key() -> None:
    assert "the column b is Int64, not text" in refusal({**LINKS, "b": [1, 2]})


@pytest.mark.parametrize("key", ["ann@x.pl", ":x", "email:", "E-mail:x"])
def test_a_text_that_is_no_key_names_its_line_and_not_itself(key: str) -> None:
    said = refusal({**LINKS, "b": [B, key]})
    assert said.startswith("links.csv:3: b is no key")
    assert key not in said.replace("namespace:value, as in email:ann@example.com", "")


def test_an_empty_a_names_its_line() -> None:
    assert refusal({**LINKS, "a": [A, ""]}).startswith("links.csv:3: a is no key")


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
def test_files_of_every_ending_give_the_same_members(ending: str, tmp_path: Path) -> None:
    table = pl.DataFrame({**LINKS, "first_seen": ["2024-01-02T00:00:00Z", None]})
    links, to = tmp_path / f"links.{ending}", tmp_path / "members.csv"
    {"parquet": table.write_parquet, "csv": table.write_csv, "ndjson": table.write_ndjson}[ending](links)
    assert resolve_file(Named(links), to, Policy(""), "secret") == (3, 1)
    assert to.read_text() == "key,customer_id\n" + "".join(f"{key},{customer_id(A)}\n" for key in (A, B, C))


def test_a_file_of_an_unknown_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown ending"):
        resolve_file(Named(tmp_path / "links.csv"), tmp_path / "members.txt", Policy(""), "secret")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"links\.csv"):
        resolve_file(Named(tmp_path / "links.csv"), tmp_path / "members.csv", Policy(""), "secret")


RULES = '[kinds]\nlogin = { tier = 2 }\n[[contradictions]]\ntrait = "birth_date"\ntier = 2\n'


def test_keys_that_contradict_one_another_stay_apart() -> None:
    records = {"key": [A, C], "birth_date": ["1990-01-01", "1991-01-01"]}
    assert len(set(resolved(LINKS, RULES, records=records).values())) == 2


def test_an_empty_cell_says_nothing() -> None:
    records = {"key": [A, C], "birth_date": ["1990-01-01", " "]}
    assert len(set(resolved(LINKS, RULES, records=records).values())) == 1


def test_of_what_a_key_says_the_latest_counts() -> None:
    records = {
        "key": [A, A, C],
        "birth_date": ["1991-01-01", "1990-01-01", "1991-01-01"],
        "at": ["2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z", None],
    }
    assert len(set(resolved(LINKS, RULES, records=records).values())) == 1


def test_case_and_blanks_contradict_nobody() -> None:
    records = {"key": [A, C], "birth_date": ["X ", " x"]}
    assert len(set(resolved(LINKS, RULES, records=records).values())) == 1


def test_a_decision_keeps_apart_what_links_join() -> None:
    decisions = {"verdict": ["different"], "a": [A], "b": [C]}
    assert len(set(resolved(LINKS, decisions=decisions).values())) == 2


def test_a_decision_joins_what_no_link_leads_to() -> None:
    other = "user_id:2"
    decisions = {"verdict": ["same", "same"], "a": [A, other], "b": [other, "email:never@seen.pl"]}
    links = {"a": [A, other], "b": [B, None], "kind": ["login", ""]}
    assert len(set(resolved(links, decisions=decisions).values())) == 1


def test_a_later_row_outranks_an_earlier_one() -> None:
    decisions = {"verdict": ["different", "same"], "a": [A, C], "b": [C, A]}
    assert len(set(resolved(LINKS, decisions=decisions).values())) == 1


def test_a_decision_may_be_taken_back() -> None:
    decisions = {
        "id": ["d1", "d2"],
        "verdict": ["different", "undo"],
        "a": [A, None],
        "b": [C, None],
        "of": [None, "d1"],
    }
    assert len(set(resolved(LINKS, decisions=decisions).values())) == 1


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        ({"verdict": ["same"], "a": [A]}, "decisions.csv: no column b among verdict, a"),
        ({"verdict": ["maybe"], "a": [A], "b": [B]}, "decisions.csv:2: verdict is none of same, different, undo"),
        ({"verdict": ["same"], "a": ["ann"], "b": [B]}, "decisions.csv:2: a or b is no key"),
        ({"verdict": ["same"], "a": [A], "b": [B], "at": ["soon"]}, "decisions.csv:2: at is no RFC 3339 time"),
    ],
)
def test_a_wrong_decision_is_named_with_its_place(decisions: dict, said: str) -> None:
    assert refusal(LINKS, decisions=decisions).startswith(said)


def test_records_without_a_key_are_refused() -> None:
    assert refusal(LINKS, records={"birth_date": ["1990-01-01"]}).startswith(
        "records.csv: no column key among birth_date"
    )


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        (
            {"id": ["d", "d"], "verdict": ["same"] * 2, "a": [A, A], "b": [B, C]},
            "decisions.csv:3: another row has this id",
        ),
        (
            {"id": ["d", "u"], "verdict": ["same", "undo"], "a": [A, ""], "b": [B, ""], "of": ["", "x"]},
            "decisions.csv:3: takes back no earlier decision",
        ),
        ({"verdict": ["same"], "a": [A], "b": [B], "at": [None]}, "decisions.csv:2: at is empty"),
    ],
)
def test_decisions_that_do_not_hang_together_are_refused(decisions: dict, said: str) -> None:
    assert refusal(LINKS, decisions=decisions).startswith(said)
