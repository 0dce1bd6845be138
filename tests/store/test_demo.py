"""The demo, as a newcomer runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.commands import Said, run

LINES_OF_TWO_SCREENS = 90


class Shown(NamedTuple):
    said: Said
    left: list[Path]
    servers: list[Path]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("demo")
    temporary = folder / "tmp"
    temporary.mkdir()
    said = run("demo", "--people", 60, cwd=folder, env={"TMPDIR": str(temporary), "COLUMNS": "80"})
    yield Shown(said, [path for path in folder.rglob("*") if path != temporary], processes_in(temporary))


def processes_in(folder: Path) -> list[Path]:
    """The processes whose working directory lies in `folder`, removed or not: the keeper and its server do."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            directory = str(link.readlink())
        except OSError:
            continue
        if directory.startswith(str(folder)):
            found.append(link)
    return found


def test_it_ends_well_and_says_nothing_else(shown: Shown) -> None:
    assert (shown.said.status, shown.said.err) == (0, "")


def test_it_shows_the_customer_who_met_all_three_brands(shown: Shown) -> None:
    assert "Zofia Wójcik, a customer of all three brands" in shown.said.out


def test_it_says_that_no_customer_holds_two_people(shown: Shown) -> None:
    assert "No customer holds two people" in shown.said.out


def test_it_takes_two_screens_at_most(shown: Shown) -> None:
    assert len(shown.said.out.splitlines()) <= LINES_OF_TWO_SCREENS


def test_no_line_is_wider_than_the_screen(shown: Shown) -> None:
    assert max(map(len, shown.said.out.splitlines())) <= 80


def test_it_leaves_no_file_behind(shown: Shown) -> None:
    assert shown.left == []


def test_it_leaves_no_server_behind(shown: Shown) -> None:
    assert shown.servers == []


def test_its_facts_can_be_had_as_json(tmp_path: Path) -> None:
    assert run("demo", "--people", 50, "--json", cwd=tmp_path).json["score"]["swallowing"] == 0
