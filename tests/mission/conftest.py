"""A customer as the sources tell of one, loaded through the public doors of both servers, and read as a user reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from graph_cdp_api.keys import Keys

from graph_cdp import samples
from graph_cdp.engine import Engine
from tests import servers
from tests.api.conftest import each_api, each_engine, running
from tests.docs.examples import messages

__all__ = ["each_api", "each_engine"]
TODAY = date(2026, 4, 1)
OLENA = "user_id:42"


@dataclass(frozen=True)
class Shop:
    """A running system: send messages, load tables, read profiles."""

    http: httpx.Client
    engine: Engine
    folder: Path

    def send(self, *sent: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.http.post("/v1/batch", json={"batch": list(sent)})
        assert answer.status_code == 200, answer.text
        told = answer.json()["messages"]
        assert [one["outcome"] for one in told if one["outcome"] == "rejected"] == [], told
        return told

    def load(self, table: str, mapping: str) -> None:
        for batch in self.engine.ingest(self.engine.read(self.folder / table, self.folder / mapping)):
            assert [reply.reason for _, reply in batch if reply.outcome == "rejected"] == []

    def profile(self, key: str, **asked: str) -> dict[str, Any]:
        answer = self.http.get(f"/profiles/{quote(key, safe=':')}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def timeline(self, key: str, **asked: str) -> list[dict[str, Any]]:
        return self.http.get(f"/profiles/{quote(key, safe=':')}/timeline", params={"limit": "1000", **asked}).json()[
            "items"
        ]


@pytest.fixture(scope="module")
def shop(server: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The examples of docs/events.md and the two real tables, on a server that others clear too."""
    servers.clear(server)
    folder = tmp_path_factory.mktemp("mission")
    samples.write(folder, people=50)
    with Engine.open(server.url, server.user, server.password, id_secret="secret") as engine:
        engine.today = lambda: TODAY
        with running(engine, Keys()) as api:
            shop = Shop(api.http, engine, folder)
            shop.send(*messages("events.md"))
            shop.load("b2c.csv", "b2c.toml")
            shop.load("b2b.csv", "b2b.toml")
            yield shop


@pytest.fixture(scope="module")
def olena(shop: Shop) -> dict[str, Any]:
    """The profile of the customer of docs/events.md."""
    return shop.profile(OLENA)
