"""What every test can ask for: a graph server, the embedded one and Neo4j in turn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests import servers


def pytest_configure(config: pytest.Config) -> None:
    """End the run at once where a Neo4j is required and there is none."""
    if not servers.neo4j_required():
        return
    try:
        servers.find_neo4j()
    except servers.NoNeo4jError as reason:
        pytest.exit(f"GRAPH_CDP_REQUIRE_NEO4J is set and there is no Neo4j: {reason}", returncode=1)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which servers the run will use."""
    return servers.stores_found()


@pytest.fixture(params=["embedded", "neo4j"], scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A running server that tests share: what one wrote, another finds, unless `servers.clear` came between."""
    directory = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        with servers.run_embedded(directory) as running:
            yield running
        return
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(servers.find_neo4j().run(directory))
        except servers.NoNeo4jError as reason:
            if servers.neo4j_required():
                pytest.fail(f"Neo4j is required: {reason}", pytrace=False)
            pytest.skip(f"no Neo4j: {reason}")
        yield running
