"""Answers as people read them on a terminal. Tables and sentences only; no question is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

_SHOWN = 8


def table(rows: Iterable[Row], columns: Sequence[str], title: str | None = None) -> Table:
    """Rows as a table; lists are joined with commas, times are cut to the second."""
    made = Table(
        *(name.replace("_", " ") for name in columns), title=title, title_justify="left", box=None, pad_edge=False
    )
    for row in rows:
        made.add_row(*(escape(cell(row.get(name))) for name in columns))
    return made


def cell(value: Any) -> str:
    """A value in a table."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    text = str(value)
    is_time = len(text) == 27 and text[10] == "T" and text.endswith("Z")
    return f"{text[:10]} {text[11:19]}" if is_time else text


def counts(found: Mapping[str, int]) -> str:
    """`3 created, 1 merged`, in the order given, nothing for zeros."""
    return ", ".join(f"{count:,} {name}" for name, count in found.items() if count) or "nothing"


def profile(found: Row, shown: int = _SHOWN) -> RenderableType:
    """A profile in the order in which people ask."""
    parts: list[RenderableType] = [
        Text(f"customer {found['customer_id']} ({found['kind']})", style="bold"),
        table(found["identifiers"], ("key", "first_seen", "last_seen", "sources"), None),
    ]
    if traits := [{"trait": name, **trait} for name, trait in found["traits"].items()]:
        parts += ["", table(traits[: 2 * shown], ("trait", "value", "source", "at"))]
    if found["company"]:
        parts += ["", f"works for {escape(cell(found['company'].get('name') or found['company']['key']))}"]
    if found["orders"]["count"]:
        parts += ["", orders(found["orders"], shown)]
    if found["timeline"]:
        parts += ["", table(found["timeline"][:shown], ("at", "name", "source"), "newest events")]
    for warning in found["warnings"][:shown]:
        parts.append(f"[yellow]{escape(_warning(warning))}")
    return Group(*parts)


def orders(found: Row, shown: int = _SHOWN) -> RenderableType:
    """The newest orders with their brands and lines."""
    revenue = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in found["revenue"].items())
    rows = [
        {**order, "lines": [f"{line['quantity']:g} x {line['name']}" for line in order["lines"]]}
        for order in found["last"][:shown]
    ]
    return table(rows, ("at", "brand", "total", "currency", "lines"), f"{found['count']} orders, {revenue}")


def _warning(warning: Row) -> str:
    if warning["warning"] == "shared identifier":
        return f"{warning['key']} is shared by several people and joins nobody"
    a, b = warning["link"]
    return f"the link {a} - {b} is refused by a rule; the other end is customer {warning['other']}"


def why(answer: Row, a: str, b: str) -> RenderableType:
    """A path in words, or the rules that keep two keys apart."""
    if answer["path"] is None:
        return _why_apart(answer, a, b)
    rows = [{**link, "link": f"{link['a']}  -  {link['b']}"} for link in answer["path"]]
    parts: list[RenderableType] = [
        f"[bold]one customer[/]: {len(rows)} {'link joins' if len(rows) == 1 else 'links join'} them",
        table(rows, ("link", "kind", "tier", "first_seen")),
    ]
    if weakest := answer["weakest"]:
        falls = weakest in answer["bridges"]
        parts.append(
            escape(f"weakest: {weakest['a']} - {weakest['b']} ({weakest['kind']}); ")
            + ("without it the two fall apart" if falls else "other links would still hold them together")
        )
    return Group(*parts)


def _why_apart(answer: Row, a: str, b: str) -> RenderableType:
    parts: list[RenderableType] = ["[bold]two customers[/]"]
    parts += [f"{escape(key)} is shared by several people and joins nobody" for key in answer.get("shared", ())]
    parts += [
        escape(f"the link {link['link'][0]} - {link['link'][1]} is refused: {link['rule']}")
        for link in answer["refused"]
    ]
    parts += [escape(f"{rule}: {', '.join(values)}") for rule, values in answer["values"].items()]
    if len(parts) == 1:
        parts.append("no link leads from one to the other")
    return Group(*parts)


def relink(summary: Row) -> RenderableType:
    """What a relink changes, and examples."""
    lines = [
        f"customers {summary['customers_before']:,} -> {summary['customers_after']:,}: "
        f"{summary['merged']:,} merged, {summary['split']:,} split, {summary['untouched']:,} untouched; "
        f"{summary['identifiers_moved']:,} identifiers move, {summary['newly_shared']:,} become shared, "
        f"{summary['ids_kept']:.1%} of the ids are kept"
    ]
    lines += [f"split   {e['customer_id']} into {len(e['into'])}" for e in summary["examples"]["split"][:3]]
    lines += [f"merged  {len(e['previous'])} into {e['customer_id']}" for e in summary["examples"]["merged"][:3]]
    return Group(*lines)
