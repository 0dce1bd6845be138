"""What cannot be used of a row that is kept is told at the end of the load: where, why, how often, and no value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph_cdp.ingest.tally import Tally
from graph_cdp.model import Observation, Refusal
from tests import servers
from tests.commands import Said, run

TABLE = """id,mail,born,zgoda
1,ann@b.pl,1990-02-30,tak
2,brak,1990-01-01,maybe
3,eve@b.pl,1990-02-31,nie
"""
MAPPING = """source = "crm"
[identifiers]
record = "id"
email = "mail"
[traits]
birth_date = "born"
[consent]
sms = "zgoda"
"""
REFUSED = [
    {"file": "crm.csv", "place": "born", "reason": "no date, or one that does not exist", "count": 2, "rows": [2, 4]},
    {"file": "crm.csv", "place": "mail", "reason": "no e-mail address", "count": 1, "rows": [3]},
    {"file": "crm.csv", "place": "zgoda", "reason": "neither yes nor no", "count": 1, "rows": [3]},
]


@dataclass(frozen=True, slots=True)
class Desk:
    folder: Path
    store: str

    def run(self, *arguments: object) -> Said:
        return run(*arguments, cwd=self.folder, store=self.store)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("refused")
    (folder / "crm.csv").write_text(TABLE)
    (folder / "crm.toml").write_text(MAPPING)
    with servers.run_embedded(folder / "store") as server:
        yield Desk(folder, server.url)


def test_machines_are_told_what_was_refused_by_place_and_reason_beside_the_outcomes(desk: Desk) -> None:
    answer = desk.run("ingest", "crm.csv", "--json").json
    assert sorted(answer["refused_values"], key=lambda row: row["place"]) == REFUSED


def test_people_are_told_what_was_refused_with_its_rows_and_without_the_values(desk: Desk) -> None:
    said = desk.run("ingest", "crm.csv")
    assert "4 values of what was kept are not used" in said.err
    assert "crm.csv: born: no date, or one that does not exist: 2 (row 2, 4)" in said.err
    assert [value for value in ("1990-02-30", "brak", "maybe") if value in said.err + said.out] == []


def test_a_load_counts_rows_as_people_do_and_says_how_many_consents_stood_in_them(desk: Desk) -> None:
    assert "3 messages and rows with 2 consents in them in" in desk.run("ingest", "crm.csv").out


def test_a_tally_stays_small_whatever_is_refused() -> None:
    tally = Tally()
    for number in range(3_000):
        refusals = (Refusal(f"traits.{number}", "no text"), Refusal("born", "no date"))
        tally.take(number, [Observation("u", "s", "m", "k", "n", ("user_id:1",), refusals=refusals)])
    assert len(tally.refused) <= 1_001
    assert sum(one.count for one in tally.refused.values()) == 6_000
    assert tally.refused["born", "no date"].count == 3_000
    assert max(len(one.rows) for one in tally.refused.values()) <= 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nofile.csv",), "nofile.csv: there is no such file"),
        (("kafka://b:9092/t",), "topics are read by graph-cdp consume"),
        (
            ("--guess", "sqlite:///till.db"),
            "sqlite:///till.db: a mapping is guessed from files alone (write it by hand",
        ),
        (("sqlite:///till.db",), "sqlite:///till.db: a table needs a mapping"),
    ],
)
def test_what_cannot_be_loaded_is_told_with_what_to_do_instead(
    desk: Desk, arguments: tuple[str, ...], says: str
) -> None:
    said = desk.run("ingest", *arguments)
    assert (said.status, says in said.err) == (1, True)
    assert "--guess" not in said.err
