"""The saved explorations say truly what they take and return, are bounded, and refuse what does not fit them."""

from __future__ import annotations

import re

import pytest

from graph_cdp.errors import KeyFormatError, NotFoundError, UsageError
from graph_cdp.store import explorations
from graph_cdp.store.explorations import Exploration
from graph_cdp.store.statements import folder, statement
from tests import cypher

EVERY = list(explorations.shipped().values())
each = pytest.mark.parametrize("exploration", EVERY, ids=lambda one: one.name)


def test_there_are_at_least_twelve() -> None:
    assert len(EVERY) >= 12


@each
def test_the_head_has_a_title_a_sentence_parameters_with_defaults_and_columns(exploration: Exploration) -> None:
    lines = statement(f"browse/{exploration.name}").splitlines()
    default = r"\w+ = (\d+|'[^']*')"
    assert re.fullmatch(r"// [A-Z][^.]*", lines[0])
    assert re.fullmatch(r"// [A-Z].*\.", lines[1])
    assert re.fullmatch(rf"// params: {default}(, {default})*", lines[2])
    assert re.fullmatch(r"// returns: \w+(, \w+)*", lines[3])
    assert not lines[4].startswith("//")


@each
def test_the_declared_parameters_are_those_used(exploration: Exploration) -> None:
    names = [parameter.name for parameter in exploration.parameters]
    assert sorted(names) == sorted(set(re.findall(r"\$(\w+)", exploration.body)))


@each
def test_the_declared_columns_are_those_returned(exploration: Exploration) -> None:
    assert list(exploration.columns) == cypher.returned(exploration.body)


@each
def test_the_file_holds_one_statement_that_only_reads(exploration: Exploration) -> None:
    assert ";" not in exploration.body
    assert not re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|CALL|LOAD|FOREACH)\b", exploration.body)


@each
def test_the_answer_is_bounded(exploration: Exploration) -> None:
    ends = re.findall(r"RETURN .*?(?=\bUNION\b|\Z)", exploration.body, re.DOTALL)
    assert all("LIMIT $limit" in end for end in ends)


@each
def test_the_search_begins_at_an_index_or_is_one_pass_over_a_label(exploration: Exploration) -> None:
    """So that a graph of a million nodes is never walked as a whole: what a pass finds is counted or cut off."""
    first = exploration.body.partition("\n")[0]
    by_index = re.search(r"\{(key|id): \$\w+\}|seq > 0", exploration.body.partition("RETURN")[0])
    assert by_index or "LIMIT $scan" in exploration.body or re.fullmatch(r"MATCH \(\w*:\w+( \{.*\})?\).*", first)


@each
def test_a_default_may_be_given(exploration: Exploration) -> None:
    defaults = {parameter.name: parameter.default for parameter in exploration.parameters}
    assert exploration.checked(defaults) == exploration.checked({}) == defaults


def test_what_is_given_takes_the_place_of_a_default() -> None:
    asked = explorations.find("customer").checked({"key": " Email:Ann@Example.com", "limit": "7"})
    assert asked == {"key": "email:ann@example.com", "limit": 7}


def test_a_day_and_a_text_are_taken_as_they_are() -> None:
    assert explorations.find("new_customers").checked({"day": "2024-02-29"})["day"] == "2024-02-29"
    assert explorations.find("companies").checked({"name": "Łódź"})["name"] == "Łódź"


@pytest.mark.parametrize("limit", [0, 1001, -1, "", "1e3", "٣", "5.0", True, "9" * 30])
def test_a_limit_is_a_number_from_1_to_1000(limit: int | str) -> None:
    with pytest.raises(UsageError, match=r"^limit: give a whole number from 1 to 1,000$"):
        explorations.find("customer").checked({"limit": limit})


@pytest.mark.parametrize("day", ["2023-02-29", "2023-2-1", "20230201", "yesterday", ""])
def test_a_day_is_one_of_the_calendar(day: str) -> None:
    with pytest.raises(UsageError, match=r"^day: give a day as 2024-01-09$"):
        explorations.find("new_customers").checked({"day": day})


def test_a_key_has_a_namespace() -> None:
    with pytest.raises(KeyFormatError):
        explorations.find("why").checked({"other_key": "ann@example.com"})


def test_an_unknown_parameter_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match=r"^customer has no parameter of that name \(it has key, limit\)$"):
        explorations.find("customer").checked({"ann@example.com": "1"})


@pytest.mark.parametrize("name", ["", "nothing", "../read/counts", "Customer"])
def test_an_unknown_name_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(
        NotFoundError, match=r"^no exploration has this name \(there are abandoned_carts, actions, also_bought, "
    ):
        explorations.find(name)


def test_every_file_of_the_folder_is_an_exploration() -> None:
    assert {path.name for path in (folder() / "browse").iterdir()} == {f"{one.name}.cypher" for one in EVERY}
