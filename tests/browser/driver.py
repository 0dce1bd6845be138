"""Neo4j Browser as a person uses it, in a real Chromium."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, sync_playwright

FILES = Path(__file__).parents[2] / "docs" / "browser"
# No sandbox, for in a container the tests run as root; no calls home, for a closed network answers none.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
_DROP = """([name, data]) => {
    const dropped = new DataTransfer()
    dropped.items.add(new File([Uint8Array.from(atob(data), letter => letter.charCodeAt(0))], name))
    const main = document.querySelector('[data-testid=main]')
    for (const kind of ['dragenter', 'dragover', 'drop'])
        main.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: dropped}))
}"""
_ANSWERED = re.compile("Started streaming|Completed after|no records|Displaying|ERROR")
_COUNT = re.compile(r"(\S+) \((\d+)\)")


class NoBrowserError(Exception):
    """There is no Chromium on this machine."""


def chromium() -> str:
    """Where Chromium is. Raises NoBrowserError."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise NoBrowserError("no Chromium is on the PATH (apt-get install chromium)")
    return found


def browser_required() -> bool:
    """Whether a missing Chromium is a failure."""
    return os.environ.get("GRAPH_CDP_REQUIRE_BROWSER") == "1"


@dataclass(frozen=True, slots=True)
class Neo4jBrowser:
    """An open Neo4j Browser, connected, with the project's style and favorites dropped onto it."""

    page: Page

    def run(self, query: str) -> None:
        """Runs a query and waits until its answer, the only one then, is shown."""
        self._enter(":clear")
        self.page.get_by_test_id("frame").first.wait_for(state="detached")
        self._enter(query)
        self._wait()

    def _enter(self, text: str) -> None:
        self.page.get_by_test_id("activeEditor").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.get_by_test_id("editor-Run").click()

    def favorites(self) -> list[str]:
        """The titles in the folder of the favorites, which stays open."""
        first = self.page.get_by_test_id("savedScriptListItem").first
        if not first.is_visible():
            self.page.get_by_test_id("navigationFavorites").click()
            self.page.get_by_text("Local scripts").wait_for()
            self.page.wait_for_timeout(500)
        if not first.is_visible():
            self.page.get_by_text("graph-cdp", exact=True).click()
            first.wait_for()
        listed = self.page.get_by_test_id("savedScriptListItem").all_text_contents()
        return [text.partition("\n")[0] for text in listed]

    def run_favorite(self, title: str) -> None:
        """Runs a favorite as it stands."""
        self.favorites()
        self._enter(":clear")
        self.page.get_by_test_id("frame").first.wait_for(state="detached")
        listed = self.page.get_by_test_id("savedScriptListItem").filter(has_text=title)
        listed.get_by_test_id("savedScriptsButton-Run").click()
        self._wait()

    def nodes(self) -> dict[str, int]:
        """How many nodes of each label the overview says that there are; `*` is all."""
        return self._counts("node-label")

    def relationships(self) -> dict[str, int]:
        """How many relationships of each type the overview says that there are; `*` is all."""
        return self._counts("relationship-type")

    def _counts(self, what: str) -> dict[str, int]:
        chips = self.frame.locator(f"[data-testid^='property-details-overview-{what}-']").all_text_contents()
        return {found[1]: int(found[2]) for chip in chips if (found := _COUNT.match(chip))}

    def captions(self) -> list[str]:
        """What stands in the drawn nodes; a long one is on several lines, or cut off."""
        # They are counted at once and drawn a little later.
        self.frame.locator("g.node text").first.wait_for(state="attached")
        nodes = [node.locator("text").all_text_contents() for node in self.frame.locator("g.node").all()]
        return sorted(" ".join(line.strip() for line in lines) for lines in nodes)

    def colours(self) -> set[str]:
        """The fill colours of the drawn nodes."""
        return {str(one.get_attribute("fill")) for one in self.frame.locator("g.node circle.b-outline").all()}

    def table(self) -> list[str]:
        """The text of the cells of a table."""
        return self.frame.locator("table td, [role=cell]").all_text_contents()

    @property
    def frame(self) -> Locator:
        """The newest answer."""
        return self.page.get_by_test_id("frame").first

    def _wait(self) -> None:
        self.frame.get_by_text(_ANSWERED).first.wait_for()
        self.page.wait_for_timeout(500)

    def drop(self, file: Path) -> None:
        """Drops a file onto the page, as one drags it there from a folder."""
        self.page.evaluate(_DROP, [file.name, base64.b64encode(file.read_bytes()).decode()])
        self.page.wait_for_timeout(1000)


@contextlib.contextmanager
def opened(browser_url: str, bolt: str, size: tuple[int, int] = (1280, 800)) -> Iterator[Neo4jBrowser]:
    """Neo4j Browser, connected to the server at `bolt`. Raises NoBrowserError."""
    executable = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield connected(browser, browser_url, bolt, size=size)
        browser.close()


def connected(
    browser: Browser,
    browser_url: str,
    bolt: str,
    login: tuple[str, str] | None = None,
    size: tuple[int, int] = (1280, 800),
) -> Neo4jBrowser:
    """Neo4j Browser in a page of its own."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(30_000)
    page.goto(f"{browser_url}?{urlencode({'dbms': bolt} | ({} if login else {'preselectAuthMethod': 'NO_AUTH'}))}")
    if login:
        _log_in(page, *login)
    page.get_by_text(":play start").first.wait_for()
    shown = Neo4jBrowser(page)
    shown.drop(FILES / "style.grass")
    shown.drop(FILES / "favorites.zip")
    return shown


def _log_in(page: Page, user: str, password: str) -> None:
    page.get_by_test_id("username").fill(user)
    page.get_by_test_id("password").fill(password)
    page.get_by_test_id("connect").click()
