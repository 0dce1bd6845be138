"""Rows of databases: SQLite always, PostgreSQL where there is one."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from graph_cdp.engine import Engine
from graph_cdp.errors import InputError, MappingError, UsageError
from graph_cdp.ingest import Asked
from tests import postgres, servers
from tests.commands import run

MAPPING = """
source = "{source}"
time = "changed"
[identifiers]
record = "id"
email = "mail"
[traits]
city = "town"
balance = "balance"
"""
CREATE = "CREATE TABLE people (id INTEGER PRIMARY KEY, mail TEXT, town TEXT, balance NUMERIC(9,2), changed TIMESTAMP)"
INSERT = "INSERT INTO people VALUES ({0}, 'p{0}@{1}.test', 'Łódź', 1.50, {2})"
DAYS = "'2026-03-{:02} 10:00:00'"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("databases")
    with servers.run_embedded(folder / "store") as server, Engine.open(server.url) as opened:
        yield opened


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/people.db"
        return
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(postgres.run())
        except postgres.NoPostgresError as reason:
            if postgres.required():
                pytest.fail(f"PostgreSQL is required: {reason}", pytrace=False)
            pytest.skip(f"no PostgreSQL: {reason}")
        yield running


def execute(url: str, *statements: str) -> None:
    made = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with made.begin() as connection:
        for statement in statements:
            connection.execute(sqlalchemy.text(statement.replace(":", r"\:")))
    made.dispose()


@pytest.fixture
def people(url: str) -> str:
    rows = [INSERT.format(number, source_of(url), DAYS.format(number)) for number in range(1, 6)]
    execute(url, "DROP TABLE IF EXISTS people", CREATE, *rows)
    return url


def source_of(url: str) -> str:
    return url.partition(":")[0]


def mapping_of(folder: Path, source: str) -> Path:
    (folder / "m.toml").write_text(MAPPING.format(source=source))
    return folder / "m.toml"


def load(engine: Engine, asked: Asked, mapping: Path) -> Counter[str]:
    batches = engine.load(engine.read(asked, mapping))
    return Counter(reply.outcome for batch in batches for _, reply in batch)


def test_a_table_is_loaded_and_only_what_is_new_the_next_time(engine: Engine, people: str, tmp_path: Path) -> None:
    asked, mapping = Asked(people, table="people", watermark="changed"), mapping_of(tmp_path, source_of(people))
    assert load(engine, asked, mapping) == {"created": 5}
    # What has the value that was the last one is read again, for rows with it may have come since.
    assert load(engine, asked, mapping) == {"duplicate": 1}
    late = [INSERT.format(6, source_of(people), DAYS.format(5)), INSERT.format(7, source_of(people), "NULL")]
    execute(people, *late)
    assert load(engine, asked, mapping) == {"duplicate": 1, "created": 2}
    traits = engine.profile(f"record:{source_of(people)}/1")["traits"]
    assert (traits["city"]["value"], float(traits["balance"]["value"])) == ("Łódź", 1.5)
    assert traits["city"]["at"] == "2026-03-01T10:00:00.000000Z"


def test_two_databases_with_one_mapping_are_each_loaded_whole(engine: Engine, tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "shops")
    for number, name in ((9, "one"), (1, "two")):
        url = f"sqlite:///{tmp_path}/{name}.db"
        execute(url, CREATE, INSERT.format(number, "shops", DAYS.format(number)))
        assert load(engine, Asked(url, table="people", watermark="id"), mapping) == {"created": 1}


def test_a_load_that_breaks_off_before_its_end_keeps_no_more_than_was_committed(
    engine: Engine, people: str, tmp_path: Path
) -> None:
    mapping = mapping_of(tmp_path, f"broken_{source_of(people)}")
    asked = Asked(people, query="SELECT * FROM people WHERE id < 100", watermark="id")
    broken = engine.load(engine.read(asked, mapping))
    assert len(next(broken)) == 5
    broken.close()
    assert load(engine, asked, mapping) == {"duplicate": 5}
    assert load(engine, asked, mapping) == {"duplicate": 1}


def test_a_query_is_loaded_whatever_stands_in_it(engine: Engine, people: str, tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, f"query_{source_of(people)}")
    query = "SELECT id, mail, 'a:b' AS town, balance, changed FROM people WHERE mail LIKE 'p1%';"
    assert load(engine, Asked(people, query=query), mapping) == {"joined": 1}
    city = engine.profile(f"record:query_{source_of(people)}/1")["traits"]["city"]
    # The other town was said at the same time, and more often.
    assert "a:b" in [city["value"], *(other["value"] for other in city["runner_ups"])]


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"table": "nothing"}, InputError, "nothing"),
        ({"query": "SELECT id FROM people"}, MappingError, 'is the column "'),
        ({"table": "people", "watermark": "nowhere"}, InputError, "nowhere|no column"),
        ({}, UsageError, "--table NAME or --query SQL"),
    ],
)
def test_what_cannot_be_read_is_said(
    engine: Engine, people: str, tmp_path: Path, asked: dict[str, str], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        load(engine, Asked(people, **asked), mapping_of(tmp_path, "x"))


def test_a_database_that_is_not_there_is_not_made(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load(engine, Asked(f"sqlite:///{tmp_path}/none.db", table="t"), mapping_of(tmp_path, "x"))
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("url", ["postgresql://tester:hidden@127.0.0.1:1/none", "nodatabase://x", "nodatabase://[x"])
def test_an_address_that_leads_nowhere_is_said_without_its_password(engine: Engine, tmp_path: Path, url: str) -> None:
    with pytest.raises((InputError, UsageError)) as refused:
        load(engine, Asked(url, table="t"), mapping_of(tmp_path, "x"))
    assert "hidden" not in str(refused.value)


def test_the_command_takes_a_url_and_its_mapping_says_the_table(engine: Engine, tmp_path: Path) -> None:
    execute(f"sqlite:///{tmp_path}/p.db", CREATE, INSERT.format(1, "cmd", "NULL"), INSERT.format(2, "cmd", "NULL"))
    mapping_of(tmp_path, "cmd").write_text('table = "people"\nwatermark = "id"\n' + MAPPING.format(source="cmd"))
    with servers.run_embedded(tmp_path / "store") as server:
        arguments = ("ingest", "sqlite:///p.db", "--mapping", "m.toml")
        first, again = (run(*arguments, cwd=tmp_path, store=server.url) for _ in range(2))
    assert "2 created" in first.out
    assert ("1 duplicate" in again.out, "only what is new since the last load" in again.out) == (True, True)
