"""A picture of a part of the graph, as SVG: the same nodes and relationships always give the same picture.

networkx finds the places, drawsvg writes the picture. Colours are those of the style file for Neo4j Browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import drawsvg
import networkx as nx

COLOURS: Final = {
    "Customer": "#D64045",
    "Email": "#1B6CA8",
    "Phone": "#0E9AA7",
    "UserId": "#5B3FA0",
    "ExternalId": "#8E6BBF",
    "LoyaltyCard": "#C2410C",
    "Cookie": "#8A5A2B",
    "Device": "#5F6B3A",
    "Record": "#B8336A",
    "Order": "#2E8B57",
    "Event": "#7A8794",
    "Product": "#B7860B",
    "Store": "#3B5BA5",
    "Brand": "#111827",
    "Company": "#006D5B",
    "Household": "#A61E8F",
    "Change": "#4B5563",
    "DeadLetter": "#7F1D1D",
    "Setting": "#9CA3AF",
    "Migration": "#6B7280",
    "Decision": "#E08E0B",
    "Job": "#3F7CAC",
    "Policy": "#6A4C93",
    "Former": "#C9A0A0",
}
OTHER: Final = "#A5ABB6"
MOST: Final = 400
_LINK: Final = "#1B6CA8"
_OTHER_LINE: Final = "#B8BEC6"
_FONT: Final = "DejaVu Sans, Noto Sans, Arial, sans-serif"
_MARGIN: Final = 90
_LEGEND: Final = 150
_CAPTION: Final = 20
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float


def draw(found: Row) -> str:
    """The SVG of `{nodes: [{id, labels, properties}], relationships: [{id, type, start, end, properties}]}`.

    Of more than 400 nodes the first 400 are drawn. A dashed link joins nobody: its ends are of different customers.
    """
    nodes = list(found["nodes"])[:MOST]
    ids = {node["id"] for node in nodes}
    edges = [edge for edge in found["relationships"] if edge["start"] in ids and edge["end"] in ids]
    side = max(500, min(1600, int(150 * len(nodes) ** 0.5)))
    picture = drawsvg.Drawing(side + 2 * _MARGIN + _LEGEND, side + 2 * _MARGIN, font_family=_FONT)
    picture.append(drawsvg.Rectangle(0, 0, "100%", "100%", fill="#FFFFFF"))
    places = _places(nodes, edges, side)
    homes = {edge["start"]: edge["end"] for edge in edges if edge["type"] == "MEMBER_OF"}
    for part in (*_lines(edges, places, homes), *_circles(nodes, places), *_legend(nodes, side + 2 * _MARGIN)):
        picture.append(part)
    return str(picture.as_svg())


def of_reasons(answer: Row) -> dict[str, Any]:
    """The path between two keys, or the links that rules refuse between them, in the shape that `draw` takes."""
    refused = [{"a": one["link"][0], "b": one["link"][1], "kind": one["rule"]} for one in answer.get("refused") or ()]
    told = list(answer["path"] or refused)
    keys = dict.fromkeys(key for link in told for key in (link["a"], link["b"]))
    nodes = [{"id": key, "labels": [_label(key)], "properties": {"caption": key.partition(":")[2]}} for key in keys]
    edges = [
        {"id": n, "type": "LINK", "start": link["a"], "end": link["b"], "properties": {"kind": link["kind"]}}
        for n, link in enumerate(told)
    ]
    return {"nodes": nodes, "relationships": edges}


def _label(key: str) -> str:
    """The label that colours a key: that of its namespace, as far as the style knows it."""
    name = "".join(part.capitalize() for part in key.partition(":")[0].rpartition(".")[2].split("_"))
    return {"AnonymousId": "Cookie", "GaClientId": "Cookie", "Fingerprint": "Device", "Id": "Device"}.get(name, name)


def kind_of(node: Row) -> str:
    """The label that says most."""
    labels = [label for label in node["labels"] if label != "Identifier"]
    return next((label for label in labels if label in COLOURS), labels[0] if labels else "Identifier")


def _places(nodes: list[Row], edges: list[Row], side: int) -> dict[str, _Place]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(node["id"] for node in nodes)
    # Links pull less, or the identifiers of one customer would lie on top of each other.
    for edge in (edge for edge in edges if edge["start"] != edge["end"]):
        graph.add_edge(edge["start"], edge["end"], weight=0.3 if edge["type"] == "LINK" else 1.0)
    found = nx.spring_layout(graph, k=5 / max(1, len(nodes)) ** 0.5, iterations=300, seed=1)
    low_x, low_y = (min((at[axis] for at in found.values()), default=0.0) for axis in (0, 1))
    wide = max((max(at[0] - low_x, at[1] - low_y) for at in found.values()), default=0.0) or 1.0
    return {
        name: _Place(_MARGIN + side * (at[0] - low_x) / wide, _MARGIN + side * (at[1] - low_y) / wide)
        for name, at in found.items()
    }


def _lines(edges: list[Row], places: Mapping[str, _Place], homes: Mapping[str, str]) -> Iterable[Any]:
    for edge in edges:
        start, end, kind = places[edge["start"]], places[edge["end"]], _text(str(edge["properties"].get("kind") or ""))
        is_link = edge["type"] == "LINK"
        line = drawsvg.Line(start.x, start.y, end.x, end.y, stroke=_LINK if is_link else _OTHER_LINE, stroke_width=1.2)
        line.append_title(f"{edge['type']} {kind}".strip())
        if is_link and homes.get(edge["start"]) != homes.get(edge["end"]):
            line.args["stroke-dasharray"] = "5 4"
        yield line
        if is_link:
            middle = ((start.x + end.x) / 2, (start.y + end.y) / 2 - 2)
            yield drawsvg.Text(kind, 8, *middle, fill="#4B5563", text_anchor="middle")


def _circles(nodes: list[Row], places: Mapping[str, _Place]) -> Iterable[Any]:
    for node in nodes:
        at, kind = places[node["id"]], kind_of(node)
        radius = 20 if kind == "Customer" else 12
        colour = COLOURS.get(kind, OTHER)
        whole = _text(str(node["properties"].get("caption") or node["properties"].get("key") or kind))
        circle = drawsvg.Circle(at.x, at.y, radius, fill=colour, stroke="#FFFFFF", stroke_width=1.5)
        circle.append_title(f"{kind}: {whole}")
        yield circle
        short = whole if len(whole) <= _CAPTION else f"{whole[: _CAPTION - 1]}…"
        halo = {"stroke": "#FFFFFF", "stroke_width": 3, "paint_order": "stroke"}
        yield drawsvg.Text(short, 11, at.x, at.y + radius + 13, fill="#111827", text_anchor="middle", **halo)


def _legend(nodes: list[Row], left: int) -> Iterable[Any]:
    kinds = [kind_of(node) for node in nodes]
    for number, kind in enumerate(kind for kind in [*COLOURS, *sorted(set(kinds) - set(COLOURS))] if kind in kinds):
        y = 30 + 22 * number
        yield drawsvg.Circle(left, y, 7, fill=COLOURS.get(kind, OTHER))
        yield drawsvg.Text(_text(f"{kind} ({kinds.count(kind)})"), 12, left + 14, y + 4, fill="#111827")


def _text(text: str) -> str:
    """A text without the characters that XML cannot have."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
