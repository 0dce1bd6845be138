"""What every test can ask for: a graph server, the embedded one and Neo4j in turn."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests import servers

settings.register_profile("dev", max_examples=100, deadline=None, print_blob=True)
settings.register_profile("ci", max_examples=2_000, deadline=None, print_blob=True)
settings.register_profile("many", max_examples=100_000, deadline=None, print_blob=True)
# For `make mutants`: the same few examples each time, and no search for the smallest one that fails.
settings.register_profile(
    "mutants", max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
# Servers of tests live for minutes: what the second compiler of Java would save later it takes twice over at once.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev")
settings.load_profile(PROFILE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give random tests a seed that the header names; end the run at once where a Neo4j is required and missing."""
    # With a seed Hypothesis forgets the examples that failed before, which are worth more on a developer's machine.
    if PROFILE in ("ci", "many") and config.getoption("hypothesis_seed") is None:
        config.option.hypothesis_seed = str(secrets.randbits(32))
    if not servers.neo4j_required():
        return
    try:
        servers.find_neo4j()
    except servers.NoNeo4jError as reason:
        pytest.exit(f"GRAPH_CDP_REQUIRE_NEO4J is set and there is no Neo4j: {reason}", returncode=1)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which servers the run will use, and how it can be repeated."""
    seed = config.getoption("hypothesis_seed")
    return [servers.stores_found(), f"hypothesis: {PROFILE}" + (f", --hypothesis-seed={seed}" if seed else "")]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], servers.Server]]:
    """The servers by name, each brought up when it is first asked for, and up until the run ends."""
    with contextlib.ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(_brought_up(name, tmp_path_factory.mktemp(name))))


@pytest.fixture(params=["embedded", "neo4j"], scope="session")
def server(request: pytest.FixtureRequest, running: Callable[[str], servers.Server]) -> servers.Server:
    """A running server that tests share: what one wrote, another finds, unless `servers.clear` came between."""
    try:
        return running(request.param)
    except servers.NoNeo4jError as reason:
        if servers.neo4j_required():
            pytest.fail(f"Neo4j is required: {reason}", pytrace=False)
        pytest.skip(f"no Neo4j: {reason}")


def _brought_up(name: str, directory: Path) -> AbstractContextManager[servers.Server]:
    return servers.run_embedded(directory) if name == "embedded" else servers.find_neo4j().run(directory)
