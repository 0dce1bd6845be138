"""Makes the pictures of docs/browser.md: the samples in a Neo4j of its own, in Neo4j Browser. `make pictures`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import servers
from tests.browser.driver import FILES, Neo4jBrowser, opened

PICTURES = {
    "customer": "One customer with all that hangs on it",
    "purchases": "What a customer bought, where and of which brand",
    "companies": "Companies with their contacts",
}


def main() -> None:
    """Makes them all."""
    with tempfile.TemporaryDirectory() as temporary, loaded(Path(temporary)) as (browser, bolt):
        for name, title in PICTURES.items():
            with opened(browser, bolt, size=(1320, 700)) as shown:
                take(shown, title, FILES / f"{name}.png")


@contextmanager
def loaded(directory: Path) -> Iterator[tuple[str, str]]:
    """A Neo4j with its Browser that holds the samples."""
    with servers.run_with_browser(directory) as server:
        command = [sys.executable, "-m", "graph_cdp.cli", "demo", "--store", server.url]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        assert server.browser
        yield server.browser, server.url


def take(shown: Neo4jBrowser, title: str, to: Path) -> None:
    """A picture of the answer of a favorite: the first of the whole page, with the list of them."""
    shown.page.get_by_text("To help make Neo4j Browser better").locator("..").evaluate("banner => banner.remove()")
    shown.run_favorite(title)
    whole = to.stem == next(iter(PICTURES))
    if not whole:
        shown.page.get_by_test_id("navigationFavorites").click()
    shown.page.wait_for_timeout(4_000)  # until the drawing has come to rest
    shown.frame.get_by_label("zoom-to-fit").click()
    shown.page.wait_for_timeout(1_000)
    (shown.page if whole else shown.frame).screenshot(path=to)


if __name__ == "__main__":
    main()
