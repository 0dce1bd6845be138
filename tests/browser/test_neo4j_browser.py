"""What a person sees who opens the graph in Neo4j Browser."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from docs.browser import favorites
from graph_cdp.engine import Engine
from graph_cdp.store import embedded, explorations
from tests import servers
from tests.browser.driver import FILES, Neo4jBrowser, connected
from tests.store.story import ANN, BEN, FAMILY, tell


def explore(shown: Neo4jBrowser, name: str, /, **values: Any) -> None:
    shown.run(favorites.script(explorations.find(name), values))


def colours() -> dict[str, str]:
    """The colour of each kind of node by the style file."""
    style = (FILES / "style.grass").read_text()
    return dict(re.findall(r"node\.(\w+) \{[^}]*?\bcolor: (#\w{6});", style))


def test_the_favorites_are_those_of_the_saved_explorations() -> None:
    assert favorites.FILE.read_bytes() == favorites.archive(), "make favorites makes them anew"


def test_a_favorite_is_a_question_without_parameters() -> None:
    with ZipFile(favorites.FILE) as zipped:
        texts = [zipped.read(name).decode() for name in zipped.namelist()]
    assert len(texts) == len(explorations.shipped())
    assert not any("$" in text for text in texts)


def test_every_kind_of_node_has_a_colour_of_its_own() -> None:
    kinds = colours()
    assert len(set(kinds.values())) == len(kinds)
    assert set(kinds) >= {"Customer", "Email", "Phone", "UserId", "LoyaltyCard", "Cookie", "Device", "Record", "Order"}
    assert set(kinds) >= {"Event", "Product", "Store", "Brand", "Company", "Household"}


def test_the_favorites_are_listed_by_their_titles(shown: Neo4jBrowser) -> None:
    assert sorted(shown.favorites()) == sorted(one.title for one in explorations.shipped().values())


def test_a_customer_is_drawn_with_all_that_hangs_on_it(shown: Neo4jBrowser) -> None:
    explore(shown, "customer", key=ANN)
    kinds = {"Customer": 1, "Cookie": 1, "Email": 1, "LoyaltyCard": 1, "Order": 2, "UserId": 2}
    kinds |= {"Brand": 2, "Product": 2, "Store": 1}
    assert shown.nodes() == {"*": 13, "Identifier": 7, **kinds}
    assert shown.relationships() == {"*": 19, "MEMBER_OF": 6, "LINK": 8, "OF_BRAND": 2, "CONTAINS": 2, "AT": 1}
    assert shown.captions() == sorted(
        ["c1", "c1", "ann@x.pl", "9", "web/1", "web/2", "1", "2", "Tea", "Cup", "Lumia", "Bosko", "Mall"]
    )
    told = colours()
    assert shown.colours() == {told[kind] for kind in kinds}


def test_what_keeps_two_customers_apart_is_drawn(shown: Neo4jBrowser) -> None:
    explore(shown, "apart", key="user_id:1", other_key=BEN)
    assert shown.captions() == sorted(["c1", "c1", "c2", "1", "2", "family@…"])


def test_who_shares_a_mailbox_is_drawn(shown: Neo4jBrowser) -> None:
    explore(shown, "who_shares", key=FAMILY)
    assert shown.captions() == sorted(["family@…", "1", "2", "c1", "c2"])


def test_a_cyrillic_name_and_a_polish_one_are_readable(shown: Neo4jBrowser) -> None:
    explore(shown, "companies", name="łódz")
    assert "Łódzka Manufaktu…" in shown.captions()
    explore(shown, "customer", key=BEN)
    assert "бен@x.pl" in shown.captions()


def test_a_list_is_shown_as_a_table(shown: Neo4jBrowser) -> None:
    explore(shown, "shared_identifiers")
    assert f'"{FAMILY}"' in shown.table()


@pytest.mark.parametrize("name", explorations.shipped())
def test_every_favorite_runs(name: str, shown: Neo4jBrowser) -> None:
    shown.run_favorite(explorations.find(name).title)
    assert "ERROR" not in shown.frame.inner_text()


def test_the_embedded_store_answers_browser_with_tables(
    shown: Neo4jBrowser, neo4j: servers.Server, tmp_path: Path
) -> None:
    """Drawings are another matter: docs/browser.md says which."""
    browser = shown.page.context.browser
    assert browser and neo4j.browser
    with contextlib.closing(embedded.join(tmp_path)) as lease:
        with Engine.open(f"embedded:{tmp_path}") as engine:
            tell(engine)
        beside = connected(browser, neo4j.browser, lease.uri, (lease.user, lease.password))
        explore(beside, "shared_identifiers")
        assert f'"{FAMILY}"' in beside.table()
        beside.page.close()
