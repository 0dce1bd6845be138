"""The schema's steps: what was applied is checked, what broke off is done again, and data are never touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import StoreError
from graph_cdp.model import Observation
from graph_cdp.store.migrations import shipped
from tests import servers
from tests.store.conftest import engine_on
from tests.store.story import ANN, tell


def run(server: servers.Server, statement: str, **parameters: Any) -> None:
    with servers.driver_of(server) as driver:
        driver.execute_query(statement, parameters, database_="neo4j")


@pytest.fixture
def told(cleared: servers.Server) -> Iterator[servers.Server]:
    """A store with the story in it; in the end its migrations are as they were."""
    with engine_on(cleared) as engine:
        tell(engine)
    yield cleared
    run(cleared, "MATCH (m:Migration) DETACH DELETE m")
    engine_on(cleared).close()


def data(engine: Engine) -> tuple[Any, ...]:
    return engine.status()["counts"], sorted(map(str, engine.members())), engine.profile(ANN)["orders"]


def test_a_changed_file_a_newer_release_and_a_migration_that_broke_off_lose_nothing(told: servers.Server) -> None:
    with engine_on(told) as engine:
        before = data(engine)
        assert engine.migrated == []
    version = max(migration.version for migration in shipped())

    run(told, "MATCH (m:Migration {version: $version}) SET m.checksum = 'another'", version=version)
    with pytest.raises(
        StoreError, match=rf"migration {version} was changed after it had been applied \(restore the file"
    ):
        engine_on(told)

    run(told, "MATCH (m:Migration {version: $version}) DELETE m", version=version)
    with engine_on(told) as engine:
        assert [name[:4] for name in engine.migrated] == [f"V{version:03}"]
        assert data(engine) == before

    run(told, "CREATE (:Migration {version: 999, checksum: 'x'})")
    with pytest.raises(
        StoreError, match=r"the store has migration 999 of a newer release \(use that release, or another"
    ):
        engine_on(told)

    run(told, "MATCH (m:Migration {version: 999}) DELETE m")
    with engine_on(told) as engine:
        assert data(engine) == before


def test_texts_of_an_older_store_are_found_without_their_diacritics(told: servers.Server) -> None:
    said = {"last_name": "Śliwińska", "city": "Київ"}
    with engine_on(told) as engine:
        engine.absorb([Observation("o1", "crm", "o1", "identify", "identify", ("user_id:żuk",), traits=said)])
    run(told, "MATCH (n) WHERE n.folded IS NOT NULL REMOVE n.folded")
    run(told, "MATCH (m:Migration {version: 15}) DELETE m")
    with engine_on(told) as engine:
        found = {text: [row["trait"] for row in engine.search(text, 5)[0]] for text in ("SLIWINSKA", "киів", "zuk")}
    assert found == {"SLIWINSKA": ["last_name"], "киів": ["city"], "zuk": [None]}


def test_a_migration_of_which_only_a_part_was_done_is_done_again(cleared: servers.Server) -> None:
    """The server died between two statements: the first is applied, and nothing says so."""
    servers.clear(cleared)
    first = next(shipped())
    run(cleared, first.statements()[1])
    with engine_on(cleared) as engine:
        assert len(engine.migrated) == len(list(shipped()))
        tell(engine)
        assert engine.plan_relink().summary["identifiers_moved"] == 0
