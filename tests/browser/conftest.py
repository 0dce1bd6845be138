"""One Neo4j with its Browser, to which the story was told, and one open page of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph_cdp.engine import Engine
from tests import servers
from tests.browser import driver
from tests.store.story import tell


@pytest.fixture(scope="session")
def chromium() -> str:
    try:
        return driver.chromium()
    except driver.NoBrowserError as reason:
        if driver.browser_required():
            pytest.fail(f"GRAPH_CDP_REQUIRE_BROWSER is set: {reason}", pytrace=False)
        pytest.skip(str(reason))


# Only as long as the tests of this folder: Playwright may be started once at a time, and others need it too.
@pytest.fixture(scope="package")
def neo4j(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    try:
        with servers.run_with_browser(tmp_path_factory.mktemp("browser")) as server:
            with Engine.open(server.url, id_secret="secret") as engine:
                tell(engine)
            yield server
    except servers.NoNeo4jError as reason:
        if servers.neo4j_required():
            pytest.fail(f"Neo4j is required: {reason}", pytrace=False)
        pytest.skip(f"no Neo4j: {reason}")


@pytest.fixture(scope="package")
def shown(neo4j: servers.Server) -> Iterator[driver.Neo4jBrowser]:
    assert neo4j.browser
    with driver.opened(neo4j.browser, neo4j.url) as shown:
        yield shown
