"""The API with a key for servers and one for web pages, and the SDKs, which are not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from graph_cdp_api.keys import Keys

from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from tests import servers
from tests.api.conftest import Api, running
from tests.browser import driver
from tests.sdk import installed


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    keys = Settings(write_keys="server=w-secret", public_write_keys="page=p-public", api_keys="crm=r-secret")
    with (
        servers.run_embedded(tmp_path_factory.mktemp("sdk")) as store,
        Engine.open(store.url, id_secret="secret") as engine,
        running(engine, Keys.of(keys)) as api,
    ):
        yield api


def _or_skip(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except installed.NoSdkError as reason:
        if installed.required():
            pytest.fail(f"GRAPH_CDP_REQUIRE_SDKS is set: {reason}", pytrace=False)
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def node_modules() -> Path:
    return _or_skip(installed.node_modules)


@pytest.fixture(scope="session")
def sdk_python() -> Path:
    return _or_skip(installed.python)


@pytest.fixture(scope="session")
def chromium() -> str:
    try:
        return driver.chromium()
    except driver.NoBrowserError as reason:
        if driver.browser_required():
            pytest.fail(f"GRAPH_CDP_REQUIRE_BROWSER is set: {reason}", pytrace=False)
        pytest.skip(str(reason))
