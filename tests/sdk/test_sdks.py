"""SDKs as they are published, told our host and key alone: what they send is in the profile at the next read."""

from __future__ import annotations

import functools
import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.api.conftest import Api
from tests.browser.driver import FLAGS

SENDERS = Path(__file__).parent / "senders"
READER = {"Authorization": "Bearer r-secret"}
NAMES = ["Order Completed", "Product Added", "alias", "group", "identify", "page", "screen"]
PAGE = "<!doctype html><title>Shop</title><link rel='icon' href='data:,'><script src='index.js'></script>"
SPRING = "utm_source=newsletter&utm_medium=email&utm_campaign=spring"


def story_of(api: Api, name: str, number: int, key: str = "w-secret", **more: Any) -> dict[str, Any]:
    """What every SDK is to tell, of a customer of its own."""
    sku = {"sku": "A-1", "name": "Lamp", "category": "Home", "quantity": 2, "price": 49.95}
    return {
        "host": f"http://127.0.0.1:{api.port}",
        "key": key,
        "gzip": False,
        "user": f"{name}-user",
        "cookie": f"{name}-cookie",
        "before": f"{name}-before",
        "group": f"{name}-acme",
        "external_ids": [{"id": f"{name}-ga", "type": "ga_client_id", "collection": "users", "encoding": "none"}],
        "traits": {"email": f"{name}@example.com", "phone": f"+48 601 000 1{number:02}", "firstName": "Zażółć"},
        "product": {"cart_id": f"{name}-cart", **sku},
        "order": {"order_id": f"{name}-1", "total": 99.9, "currency": "PLN", "products": [sku]},
        **more,
    }


def run(command: list[str | Path], story: dict[str, Any], **environment: str) -> None:
    done = subprocess.run(
        [*command, json.dumps(story)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr, done.stderr


def check(api: Api, story: dict[str, Any], source: str = "server") -> dict[str, Any]:
    """Holds the profile against the story; the timeline."""
    name = story["user"].removesuffix("-user")
    profile = api.http.get(f"/profiles/user_id:{story['user']}", headers=READER).json()
    keys = {f"user_id:{story['user']}", f"anonymous_id:{story['cookie']}", f"anonymous_id:{story['before']}"}
    keys |= {f"email:{name}@example.com", f"ga_client_id:{name}-ga"}
    keys.add("phone:" + story["traits"]["phone"].replace(" ", ""))
    assert {one["key"] for one in profile["identifiers"]} == keys
    assert profile["traits"]["first_name"]["value"] == "Zażółć"
    assert profile["company"]["name"] == "Acme"
    assert profile["orders"]["revenue"] == {"PLN": 99.9}
    assert [line["sku"] for line in profile["orders"]["last"][0]["lines"]] == ["A-1"]
    told = profile["timeline"]
    assert sorted(event["name"] for event in told) == NAMES
    assert all(event["at"] and event["source"] == source for event in told)
    return {event["name"]: event for event in told}


@pytest.mark.parametrize("gzip", [False, True])
def test_segments_sdk_for_python(shop: Api, sdk_python: Path, gzip: bool):
    story = story_of(shop, f"python-{int(gzip)}", 10 + gzip, gzip=gzip)
    run([sdk_python, SENDERS / "python.py"], story)
    check(shop, story)


def test_segments_sdk_for_node(shop: Api, node_modules: Path):
    story = story_of(shop, "node", 20)
    run(["node", SENDERS / "segment.cjs"], story, NODE_PATH=str(node_modules))
    check(shop, story)


@pytest.mark.parametrize("gzip", [False, True])
def test_rudderstacks_sdk_for_node(shop: Api, node_modules: Path, gzip: bool):
    story = story_of(shop, f"rudder-{int(gzip)}", 30 + gzip, gzip=gzip)
    run(["node", SENDERS / "rudderstack.cjs"], story, NODE_PATH=str(node_modules))
    check(shop, story)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def pages(node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shop's page, from where everything of the API is another origin."""
    folder = tmp_path_factory.mktemp("pages")
    sdk = node_modules / "@segment" / "analytics-next" / "dist" / "umd"
    for script in sdk.glob("*.js"):
        (folder / script.name).symlink_to(script)
    (folder / "index.html").write_text(PAGE)
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


@dataclass
class Shown:
    browser: Browser
    address: str

    def tell(self, story: dict[str, Any]) -> tuple[str, list[str]]:
        """The cookie that the SDK made, and all that the page asked of other hosts or complained of."""
        page = self.browser.new_context().new_page()
        seen: list[str] = []
        page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: seen.append(request.url) if not self._ours(request.url, story) else None)
        page.goto(f"{self.address}?{SPRING}")
        sent = (SENDERS / "browser.js").read_text()
        cookie = page.evaluate(sent.partition("\n")[2], story)
        page.close(run_before_unload=False)
        return cookie, seen

    def _ours(self, url: str, story: dict[str, Any]) -> bool:
        return url.startswith((self.address, story["host"]))


@pytest.fixture(scope="module")
def shown(chromium: str, pages: str) -> Iterator[Shown]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield Shown(browser, pages)
        browser.close()


@pytest.mark.parametrize("strategy", ["standard", "batching"])
def test_segments_sdk_for_browsers(shop: Api, shown: Shown, strategy: str):
    delivery = {"strategy": strategy, "config": {"size": 7, "timeout": 1000} if strategy == "batching" else {}}
    story = story_of(shop, f"browser-{strategy}", 40 + len(strategy), key="p-public", strategy=delivery)
    story["cookie"], seen = shown.tell(story)
    assert seen == []
    told = check(shop, story, source="page")
    spring = {"source": "newsletter", "medium": "email", "name": "spring"}
    assert told["Order Completed"]["properties"]["campaign"] == spring
