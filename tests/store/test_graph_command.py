"""`graph-cdp graph`: the graph around a key, as a list, as JSON and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from graph_cdp.engine import Engine
from tests import servers
from tests.commands import Said, run
from tests.store.story import BEN, tell


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    with servers.run_embedded(tmp_path_factory.mktemp("graph")) as server:
        with Engine.open(server.url) as engine:
            tell(engine)
        yield server


@pytest.fixture
def graph(store: servers.Server, tmp_path: Path):
    def ask(*arguments: object) -> Said:
        return run("graph", *arguments, cwd=tmp_path, store=store.url)

    return ask


def test_the_graph_around_a_key_is_a_list(graph) -> None:
    said = graph(BEN, "--depth", 1)
    assert said.status == 0
    assert "бен@x.pl" in said.out
    assert "LINK login" in said.out


def test_the_graph_around_a_key_is_json(graph) -> None:
    found = graph(BEN, "--json").json
    assert {"Email", "Customer", "UserId"} <= {label for node in found["nodes"] for label in node["labels"]}
    assert found["truncated"] is False


def test_the_graph_around_a_key_is_a_picture(graph, tmp_path: Path) -> None:
    said = graph(BEN, "--svg", "ben.svg", "--json")
    texts = [text.text for text in ElementTree.parse(tmp_path / "ben.svg").iter("{http://www.w3.org/2000/svg}text")]
    assert "бен@x.pl" in texts
    assert (said.json["svg"], said.json["nodes"] > 3) == ("ben.svg", True)


def test_a_picture_is_bounded_and_says_so(graph) -> None:
    said = graph(BEN, "--limit", 3, "--svg", "ben.svg")
    assert said.out.startswith("3 nodes, ")
    assert "there is more" in said.out


def test_a_picture_that_cannot_be_written_is_refused(graph) -> None:
    said = graph(BEN, "--svg", "nowhere/ben.svg")
    assert (said.status, "nowhere/ben.svg: cannot be written: No such file" in said.err) == (1, True)


def test_an_unknown_key_is_refused(graph) -> None:
    said = graph("user_id:nobody", "--svg", "x.svg")
    assert (said.status, "nothing is known under this key" in said.err) == (1, True)
