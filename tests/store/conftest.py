"""Engines on the servers that the tests share, each test on an empty one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from graph_cdp.engine import Engine
from graph_cdp.policy import Policy
from tests import servers

SECRET = "secret"

Open = Callable[..., Engine]


@pytest.fixture(scope="module")
def cleared(server: servers.Server) -> servers.Server:
    """The server, with nothing on it when the first test of a module begins."""
    servers.clear(server)
    return server


@pytest.fixture
def store(cleared: servers.Server) -> servers.Server:
    """The server without data; its schema stays, for to make that anew takes a second."""
    empty(cleared)
    return cleared


@pytest.fixture
def open_engine(store: servers.Server) -> Iterator[Open]:
    """Opens engines on one store, as many as a test wants: `open_engine(policy_text)`."""
    with contextlib.ExitStack() as stack:
        yield lambda policy=None: stack.enter_context(engine_on(store, policy))


@pytest.fixture
def engine(open_engine: Open) -> Engine:
    """An engine on an empty store, under the shipped policy."""
    return open_engine()


def engine_on(server: servers.Server, policy: str | None = None) -> Engine:
    """An engine on a server as it is; `policy` is used where the server has none."""
    given = None if policy is None else Policy(policy)
    return Engine.open(server.url, server.user, server.password, policy=given, id_secret=SECRET)


def empty(server: servers.Server) -> None:
    """Deletes the data of a server that was cleared before, and not what marks it as one for tests."""
    with servers.driver_of(server) as driver:
        driver.execute_query(
            "MATCH (n) WHERE NOT n:Migration AND NOT n:GraphCdpTestStore DETACH DELETE n", database_="neo4j"
        )
