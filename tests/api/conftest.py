"""The API on a real socket over the embedded store, which the tests share: each speaks of people of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from graph_cdp_api.keys import Keys
from graph_cdp_api.serve import config, listening

from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from tests import servers

WRITE_KEYS = "web=w-secret,app=a-secret"
API_KEYS = "crm=r-secret,ops=o-secret:steward+jobs"


@dataclass(frozen=True)
class Answer:
    outcome: str
    customer_id: str | None
    body: dict


@dataclass(frozen=True)
class Api:
    """A running API and a client of it."""

    port: int
    http: httpx.Client

    def send(self, call: str, message: object, **options) -> Answer:
        answer = self.http.post(f"/v1/{call}", json=message, **options)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["success"] is True
        return Answer(body.get("outcome", ""), body.get("customer_id"), body)


@contextlib.contextmanager
def running(engine: Engine, keys: Keys) -> Iterator[Api]:
    with listening("127.0.0.1", 0, local=True) as listener:
        server = uvicorn.Server(config(engine, keys))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        port = listener.getsockname()[1]
        try:
            while not server.started:
                time.sleep(0.01)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                yield Api(port, client)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    with servers.run_embedded(tmp_path_factory.mktemp("api")) as server:
        yield server


@pytest.fixture(scope="session")
def engine(store: servers.Server) -> Iterator[Engine]:
    with Engine.open(store.url, id_secret="secret") as engine:
        yield engine


@pytest.fixture(scope="session")
def api(engine: Engine) -> Iterator[Api]:
    """Without keys: open to this machine."""
    with running(engine, Keys()) as api:
        yield api


@pytest.fixture(scope="session")
def locked(engine: Engine) -> Iterator[Api]:
    """With the keys above."""
    with running(engine, Keys.of(Settings(write_keys=WRITE_KEYS, api_keys=API_KEYS))) as api:
        yield api


@pytest.fixture(scope="module")
def each_engine(server: servers.Server) -> Iterator[Engine]:
    """On the embedded server and on Neo4j in turn, empty when the first test of a module begins."""
    servers.clear(server)
    with Engine.open(server.url, server.user, server.password, id_secret="secret") as engine:
        yield engine


@pytest.fixture(scope="module")
def each_api(each_engine: Engine) -> Iterator[Api]:
    """The API over it, without keys."""
    with running(each_engine, Keys()) as api:
        yield api
