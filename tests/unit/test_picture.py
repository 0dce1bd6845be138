"""Pictures of the graph: everything is in them, whatever stands in the captions, and they are the same each time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from graph_cdp import picture

SVG = "{http://www.w3.org/2000/svg}"
ODD = ["<script>alert(1)</script>", 'a & "b"', "бен@почта.рф", "Łódź ]]>", "\x00\x1b\ud800", "", "x" * 500]


def node(name: str, /, *labels: str, **properties: Any) -> dict[str, Any]:
    return {"id": name, "labels": list(labels), "properties": {"caption": name, **properties}}


def edge(kind: str, start: str, end: str, /, **properties: Any) -> dict[str, Any]:
    return {"id": f"{start}{end}", "type": kind, "start": start, "end": end, "properties": properties}


FOUND = {
    "nodes": [
        node("ann", "Customer"),
        node("ben", "Customer"),
        node("ann@x.pl", "Email", "Identifier"),
        node("1", "Identifier", "UserId"),
        node("c2", "BrazeId", "Identifier"),
    ],
    "relationships": [
        edge("MEMBER_OF", "ann@x.pl", "ann"),
        edge("MEMBER_OF", "1", "ann"),
        edge("MEMBER_OF", "c2", "ben"),
        edge("LINK", "ann@x.pl", "1", kind="login"),
        edge("LINK", "1", "c2", kind="device"),
    ],
}


def parts(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg.encode()).iter(f"{SVG}{tag}"))


def texts(svg: str) -> list[str]:
    return [str(text.text) for text in parts(svg, "text")]


def test_each_node_has_its_colour_and_its_caption() -> None:
    svg = picture.draw(FOUND)
    assert {"ann", "ben", "ann@x.pl", "1", "c2"} <= set(texts(svg))
    fills = [circle.get("fill") for circle in parts(svg, "circle")]
    assert fills.count("#D64045") == 3  # two customers and the legend
    assert picture.OTHER in fills


def test_the_legend_counts_the_kinds() -> None:
    assert texts(picture.draw(FOUND))[-4:] == ["Customer (2)", "Email (1)", "UserId (1)", "BrazeId (1)"]


def test_a_link_that_joins_nobody_is_dashed() -> None:
    dashed = [line.get("stroke-dasharray") for line in parts(picture.draw(FOUND), "path")]
    assert dashed == [None, None, None, None, "5 4"]


def test_links_say_their_kind() -> None:
    assert {"login", "device"} <= set(texts(picture.draw(FOUND)))


def test_the_same_graph_gives_the_same_picture() -> None:
    assert picture.draw(FOUND) == picture.draw(FOUND)


@pytest.mark.parametrize("caption", ODD)
def test_any_caption_gives_a_valid_picture_that_runs_nothing(caption: str) -> None:
    found = {"nodes": [node("a", "Email", caption=caption)], "relationships": [edge("LINK", "a", "a", kind=caption)]}
    svg = picture.draw(found)
    assert parts(svg, "script") == []
    assert len(parts(svg, "circle")) == 2


def test_a_caption_keeps_its_letters() -> None:
    assert "бен@почта.рф" in texts(picture.draw({"nodes": [node("бен@почта.рф", "Email")], "relationships": []}))


def test_an_empty_graph_is_an_empty_picture() -> None:
    assert parts(picture.draw({"nodes": [], "relationships": []}), "circle") == []


def test_a_large_graph_is_cut_off() -> None:
    nodes = [node(str(number), "Email") for number in range(picture.MOST + 50)]
    edges = [edge("LINK", "0", str(number), kind="login") for number in range(1, picture.MOST + 50)]
    svg = picture.draw({"nodes": nodes, "relationships": edges})
    assert len(parts(svg, "circle")) == picture.MOST + 1
    assert len(parts(svg, "path")) == picture.MOST - 1


def test_the_colours_are_those_of_neo4j_browser() -> None:
    style = (Path(__file__).parents[2] / "docs" / "browser" / "style.grass").read_text()
    assert dict(re.findall(r"node\.(\w+) \{[^}]*?\bcolor: (#\w{6});", style)) == picture.COLOURS


def test_a_path_and_refused_links_are_drawn_with_their_keys() -> None:
    link = {"a": "email:ann@x.pl", "b": "anonymous_id:c1", "kind": "login"}
    path = picture.of_reasons({"path": [link]})
    assert [node["labels"] for node in path["nodes"]] == [["Email"], ["Cookie"]]
    refused = {"path": None, "refused": [{"link": ["email:ann@x.pl", "user_id:1"], "rule": "unique user_id"}]}
    assert [edge["properties"]["kind"] for edge in picture.of_reasons(refused)["relationships"]] == ["unique user_id"]
    assert "ann@x.pl" in picture.draw(path)
