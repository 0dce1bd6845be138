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


def engine_on(server: servers.Server, policy: str | None = None, secret: str = SECRET) -> Engine:
    """An engine on a server as it is; `policy` is used where the server has none."""
    given = None if policy is None else Policy(policy)
    return Engine.open(server.url, server.user, server.password, policy=given, id_secret=secret)


@pytest.fixture
def open_engine(server: servers.Server) -> Iterator[Open]:
    """Opens engines on the server, which is empty before the first: `open_engine(policy_text)`."""
    servers.clear(server)
    with contextlib.ExitStack() as stack:
        yield lambda policy=None: stack.enter_context(engine_on(server, policy))


@pytest.fixture
def engine(open_engine: Open) -> Engine:
    """An engine on an empty server, under the shipped policy."""
    return open_engine()
