"""Pictures of figures, as SVG: the RFM grid, a funnel, a timeline. The same figures always give the same picture.

drawsvg writes the picture and escapes the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import drawsvg

Row = Mapping[str, Any]
Point = tuple[float, float]

FONT: Final = "DejaVu Sans, Noto Sans, Arial, sans-serif"
INK: Final = "#111827"
PALE: Final = "#6B7280"
LINE: Final = "#D1D5DB"
BLUE: Final = "#1B6CA8"
MOST_EVENTS: Final = 200
# What a mark on the timeline stands for: a word in the event's name, and its colour. The first that fits.
KINDS: Final = {
    "order": "#2E8B57",
    "refund": "#D64045",
    "email": "#1B6CA8",
    "sms": "#0E9AA7",
    "push": "#5B3FA0",
    "call": "#C2410C",
    "cart": "#E08E0B",
    "product": "#B7860B",
    "visit": "#3B5BA5",
    "page": "#7A8794",
}
_OTHER: Final = "#9CA3AF"
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rfm_grid(found: Row) -> str:
    """The grid of `{customers, without_orders, cells: [{r, f, customers, share}]}`: recency across, frequency up."""
    side, left, top = 88, 110, 70
    picture = _sheet(left + 5 * side + 40, top + 5 * side + 90, "Recency and frequency")
    most = max((cell["customers"] for cell in found["cells"]), default=0) or 1
    cells = {(cell["r"], cell["f"]): cell for cell in found["cells"]}
    for r in range(1, 6):
        picture.append(_text(f"{r}", 13, (left + (r - 0.5) * side, top + 5 * side + 22), "middle"))
        picture.append(_text(f"{r}", 13, (left - 14, top + (5.5 - r) * side + 5), "middle"))
        for f in range(1, 6):
            cell = cells.get((r, f), {"customers": 0, "share": 0.0})
            x, y = left + (r - 1) * side, top + (5 - f) * side
            depth = 0.06 + 0.94 * cell["customers"] / most if cell["customers"] else 0.03
            box = drawsvg.Rectangle(x, y, side - 3, side - 3, fill=BLUE, fill_opacity=round(depth, 3), rx=4)
            box.append_title(f"recency {r}, frequency {f}: {cell['customers']:,} customers")
            picture.append(box)
            ink = "#FFFFFF" if depth > 0.6 else INK
            picture.append(_text(f"{cell['customers']:,}", 15, (x + side / 2, y + side / 2), "middle", ink))
            picture.append(_text(f"{cell['share']:.1%}", 10, (x + side / 2, y + side / 2 + 17), "middle", ink))
    picture.append(_text("recency: 5 bought last", 12, (left + 2.5 * side, top + 5 * side + 46), "middle", PALE))
    picture.append(_text("frequency: 5 bought most", 12, (14, top - 12), "start", PALE))
    said = f"{found['customers']:,} customers with orders, {found['without_orders']:,} without"
    picture.append(_text(said, 12, (left, top + 5 * side + 72), "start", PALE))
    return str(picture.as_svg())


def funnel(found: Row) -> str:
    """The bars of the stages of a funnel: who is there now within who came as far, with the share that goes on."""
    width, height, left, top = 460, 46, 170, 70
    stages = found["stages"]
    picture = _sheet(left + width + 200, top + len(stages) * (height + 22) + 40, found["title"] or found["name"])
    most = max((stage["reached"] for stage in stages), default=0) or 1
    for number, stage in enumerate(stages):
        y = top + number * (height + 22)
        picture.append(_text(stage["name"], 13, (left - 12, y + height / 2 + 5), "end"))
        reached, now = (width * stage[name] / most for name in ("reached", "now"))
        for long, opacity in ((reached, 0.25), (now, 1.0)):
            bar = drawsvg.Rectangle(left, y, max(long, 1), height, fill=BLUE, fill_opacity=opacity, rx=3)
            bar.append_title(f"{stage['name']}: {stage['words']}")
            picture.append(bar)
        days = f", {stage['median_days']:g} days" if stage["median_days"] is not None else ""
        told = f"{stage['now']:,} now, {stage['reached']:,} came as far{days}"
        picture.append(_text(told, 11, (left + reached + 10, y + height / 2 + 4), "start", PALE))
        if stage["share_of_stage_before"] is not None:
            picture.append(_text(f"{stage['share_of_stage_before']:.0%}", 11, (left + 8, y - 6), "start", PALE))
    return str(picture.as_svg())


def timeline(title: str, events: Sequence[Row]) -> str:
    """The newest 200 dated events, each a mark at its time, in rows by name; the most frequent names first."""
    dated = sorted((event for event in events if event["at"]), key=lambda event: str(event["at"]))[-MOST_EVENTS:]
    names = sorted({str(event["name"]) for event in dated}, key=lambda name: (-_count(dated, name), name))
    left, width, high, top = 230, 680, 30, 70
    picture = _sheet(left + width + 60, top + max(1, len(names)) * high + 70, title)
    if not dated:
        picture.append(_text("nothing with a date", 13, (left, top + 20), "start", PALE))
        return str(picture.as_svg())
    begin, end = (datetime.fromisoformat(str(dated[place]["at"])) for place in (0, -1))
    span = max(end - begin, timedelta(days=1))
    for number, name in enumerate(names):
        y = top + number * high
        picture.append(drawsvg.Line(left, y, left + width, y, stroke=LINE, stroke_width=1))
        picture.append(_text(f"{_short(name)} ({_count(dated, name)})", 12, (left - 14, y + 4), "end"))
    for event in dated:
        x = left + width * ((datetime.fromisoformat(str(event["at"])) - begin) / span)
        y = top + names.index(str(event["name"])) * high
        mark = drawsvg.Circle(round(x, 1), y, 6, fill=_colour(str(event["name"])), fill_opacity=0.8)
        mark.append_title(_clean(f"{event['at']} {event['name']} ({event['source']})"))
        picture.append(mark)
    bottom = top + len(names) * high + 20
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        day = (begin + span * share).date().isoformat()
        picture.append(_text(day, 11, (left + width * share, bottom), "middle", PALE))
    return str(picture.as_svg())


def _sheet(width: float, height: float, title: str) -> Any:
    picture = drawsvg.Drawing(width, height, font_family=FONT)
    picture.append(drawsvg.Rectangle(0, 0, "100%", "100%", fill="#FFFFFF"))
    picture.append(_text(title, 17, (14, 32), "start"))
    return picture


def _text(text: str, size: int, at: Point, anchor: str, colour: str = INK) -> Any:
    x, y = (round(place, 1) for place in at)
    return drawsvg.Text(_clean(text), size, x, y, fill=colour, text_anchor=anchor)


def _clean(text: str) -> str:
    """A text without the characters that XML cannot have."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _short(text: str) -> str:
    return text if len(text) <= 28 else f"{text[:27]}…"


def _count(events: Iterable[Row], name: str) -> int:
    return sum(1 for event in events if event["name"] == name)


def _colour(name: str) -> str:
    folded = name.casefold()
    return next((colour for word, colour in KINDS.items() if word in folded), _OTHER)
