"""Answers as people read them on a terminal. Tables and sentences only; no question is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Column, Table

if TYPE_CHECKING:
    from graph_cdp.deciding import Made

Row = Mapping[str, Any]

REJECTED_SHOWN = 10
_SHOWN = 8
_DELIMITERS = {"\t": "tab"}
_WIDEST_KEY = 49
_KEYS = ("key", "id", "customer_id", "anchor", "place")


def table(rows: Iterable[Row], columns: Sequence[str], title: str | None = None) -> Table:
    """Rows as a table; lists are joined with commas, times are cut to the second. No value is cut off."""
    cells = [[escape(cell(row.get(name))) for name in columns] for row in rows]
    heads = [
        Column(name.replace("_", " "), overflow="fold", no_wrap=_in_one_piece(name, [row[place] for row in cells]))
        for place, name in enumerate(columns)
    ]
    made = Table(*heads, title=title, title_justify="left", title_style="none", box=None, pad_edge=False)
    for row in cells:
        made.add_row(*row)
    return made


def _in_one_piece(column: str, texts: list[str]) -> bool:
    """Keys and ids are not folded where that can be helped, for people copy them."""
    return column in _KEYS and all(len(text) <= _WIDEST_KEY for text in texts)


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


def file_found(found: Row) -> str:
    """What was found out about a file, in one line; empty where there is nothing worth saying."""
    said = [
        found.get("encoding") and f"{found['encoding']}{' with a byte order mark' if found['byte_order_mark'] else ''}",
        found.get("delimiter") and f"delimiter {_DELIMITERS.get(found['delimiter'], found['delimiter'])}",
        found.get("header") and f"header in line {found['header']}",
        found.get("mapping") and f"mapping {found['mapping']}",
        found.get("since") and not found.get("skipped") and "only what is new since the last load",
        found.get("skipped") and f"went on after {found['skipped']:,} that an earlier load had taken",
    ]
    return ", ".join(one for one in said if one)


def made(decision: Made) -> RenderableType:
    """What a decision changed, and how it is taken back."""
    name = escape(decision.decision.id)
    changed = [
        f"{change['change']}: {len(change['keys'])} identifiers are now {change['customer_id']}"
        for change in decision.changes
    ]
    if not changed:
        changed = [
            "No customer changes: they are so already, or the keys are still to be seen, or a later word outranks it."
        ]
    return Group(*changed, f"Decision {name}; to take it back: graph-cdp undo {name}")


def review(items: Sequence[Row]) -> RenderableType:
    """Each thing that deserves a look: the question, the two sides, and how to answer it."""
    if not items:
        return "Nothing deserves a look."
    parts: list[RenderableType] = []
    for number, item in enumerate(items, start=1):
        rule = f" ({item['rule']})" if item.get("rule") else ""
        parts.append(f"[bold]{number}. {item['what']}[/]{escape(rule)}: {escape(item['question'])}")
        for side in item["sides"]:
            more = f" and {side['members'] - len(side['keys'])} more" if side["members"] > len(side["keys"]) else ""
            parts.append(f"   {escape(', '.join(side['keys']))}{more}")
        if item["a"] != item["b"]:
            parts.append(f"   graph-cdp decide same|different {escape(item['a'])} {escape(item['b'])} --because …")
    return Group(*parts)


def identifiers(found: Iterable[Row]) -> RenderableType:
    """The keys of a customer, with the days on which each was first and last seen."""
    return table(({**row, "seen": _days(row["first_seen"], row["last_seen"])} for row in found), _IDENTIFIERS)


_IDENTIFIERS = ("key", "seen", "sources")


def _days(first: str | None, last: str | None) -> str:
    """`2024-02-04`, or `2024-02-04 - 2024-08-15`."""
    days = [cell(first)[:10], cell(last)[:10]]
    return " - ".join(dict.fromkeys(day for day in days if day))


def orders(found: Row, shown: int = _SHOWN) -> RenderableType:
    """The newest orders with their brands and lines."""
    revenue = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in found["revenue"].items())
    rows = [
        {
            "at": cell(order["at"])[:10],
            "brand": order["brand"],
            "total": f"{cell(order['total'])} {cell(order['currency'])}".strip(),
            "lines": [f"{line['quantity']:g} x {line['name']}" for line in order["lines"]],
        }
        for order in found["last"][:shown]
    ]
    return table(
        rows,
        ("at", "brand", "total", "lines"),
        f"{many(found['count'], 'order')}" + (f", {escape(revenue)}" if revenue else ""),
    )


def timeline(newest: Iterable[Row]) -> RenderableType:
    """What happened, the newest first."""
    return table(newest, ("at", "name", "source"), "Newest events")


def warning(found: Row) -> str:
    """What a reader should know, in a sentence."""
    if found["warning"] == "shared identifier":
        return f"{found['key']} is shared by several people and joins nobody"
    if found["warning"] == "contradiction":
        return f"its identifiers contradict one another in {found['trait']}: {', '.join(found['values'])}"
    if "link" not in found:
        return f"{found['warning']}: {', '.join(str(value) for name, value in found.items() if name != 'warning')}"
    a, b = found["link"]
    return f"the link {a} - {b} is refused ({found['rule']}); the other end is customer {found['other']}"


def why(answer: Row) -> RenderableType:
    """A path in words, or the rules that keep two keys apart."""
    if answer["path"] is None:
        return _why_apart(answer)
    if not answer["path"]:
        return "[bold]One customer[/]: both are the same key."
    path = answer["path"]
    steps = [escape(key) for key in _along(path)]
    parts = [
        f"[bold]One customer[/]: {many(len(path), 'link')} {'joins' if len(path) == 1 else 'join'} them.",
        steps[0],
    ]
    for link, step in zip(path, steps[1:], strict=True):
        parts += [f"  | {escape(link['kind'])} (tier {link['tier']}){_since(link)}{_strength(link, answer)}", step]
    return Group(*parts, *_falls_apart(answer.get("falls_apart")))


def _falls_apart(told: Row | None) -> list[str]:
    """What is left together if a link goes."""
    if told is None:
        return []
    link = escape(" - ".join(told["without"]))
    if len(told["parts"]) == 1:
        return [f"Without {link} all would stay together."]
    return [f"Without {link} these would fall apart:", *(f"  {escape(', '.join(part))}" for part in told["parts"])]


def _along(path: Sequence[Row]) -> list[str]:
    """The keys of a path in its order; each link has two ends in no order."""
    first = path[0]
    begins_at_b = len(path) > 1 and first["a"] in (path[1]["a"], path[1]["b"])
    keys = [first["b"] if begins_at_b else first["a"]]
    for link in path:
        keys.append(link["b"] if keys[-1] == link["a"] else link["a"])
    return keys


def _since(link: Row) -> str:
    return f", since {cell(link['first_seen'])}" if link["first_seen"] else ""


def _strength(link: Row, answer: Row) -> str:
    notes = ["the weakest"] if link == answer["weakest"] and len(answer["path"]) > 1 else []
    notes += ["without it they fall apart"] if link in answer["bridges"] else []
    return f"  [yellow]<- {'; '.join(notes)}[/]" if notes else ""


def _why_apart(answer: Row) -> RenderableType:
    parts = ["[bold]Two customers.[/]"]
    parts += [
        f"{escape(key)} is shared by more people than the policy allows, so it joins nobody."
        for key in answer.get("shared", ())
    ]
    parts += [
        f"Both are linked with {escape(key)}, which more people share than the policy allows, so it joins nobody."
        for key in answer.get("shared_between", ())
    ]
    parts += [
        escape(f"The link {link['link'][0]} - {link['link'][1]} is refused: {link['rule']}.")
        for link in answer["refused"]
    ]
    if not answer["refused"]:
        parts.append("No link that may join customers leads from one to the other.")
    if answer["values"]:
        parts.append("One customer with the keys of both would break these rules:")
    parts += [escape(f"  {rule}: {', '.join(values)}") for rule, values in answer["values"].items()]
    return Group(*parts)


def status(found: Row) -> str:
    """What a store is and holds, and the relink under way."""
    lines = [f"{found['server']}, policy {found['policy']}: {counts(found['counts'])}"]
    if job := found["relink"]:
        told = f"A relink under policy {job['policy']}, begun {cell(job['started'])} by {escape(job['by'])},"
        done = f"{job['done']:,} of {job['total']:,} done" if job["total"] else "reading"
        lines.append(
            f"{told} is " + ("unfinished: graph-cdp relink finishes it." if job["abandoned"] else f"under way: {done}.")
        )
    return "\n".join(lines)


def graph(found: Row) -> RenderableType:
    """A part of the graph: each relationship with the captions of its ends."""
    captions = {node["id"]: f"{node['labels'][0]} {node['properties'].get('caption') or ''}" for node in found["nodes"]}
    rows = [
        {"from": captions[one["start"]], "relationship": _relationship(one), "to": captions[one["end"]]}
        for one in found["relationships"]
        if one["start"] in captions and one["end"] in captions
    ]
    return Group(table(rows, ("from", "relationship", "to")), parts(found))


def parts(found: Row) -> str:
    """How much a part of the graph is."""
    counted = f"{many(len(found['nodes']), 'node')}, {many(len(found['relationships']), 'relationship')}"
    return f"{counted}; there is more (--depth, --limit)" if found["truncated"] else counted


def _relationship(one: Row) -> str:
    return " ".join(filter(None, [one["type"], one["properties"].get("kind")]))


def relink(summary: Row) -> RenderableType:
    """What a relink changes, by which rules, and examples with their why."""
    untouched, moved = summary["untouched"], summary["identifiers_moved"]
    lines = [
        f"{many(summary['customers_before'], 'customer')} -> {summary['customers_after']:,}: "
        f"{summary['split']:,} split, {summary['merged']:,} merged, {untouched:,} untouched.",
        f"{many(moved, 'identifier')} {'moves' if moved == 1 else 'move'}; {summary['newly_shared']:,} become shared, "
        f"{summary['no_longer_shared']:,} no longer are; {summary['ids_kept']:.1%} of the ids stay.",
    ]
    lines += [f"  {rule}: {counts(found)}" for rule, found in summary["by_rule"].items()]
    blocked = {name.replace("_", " "): count for name, count in summary["blocked"].items()}
    lines += [f"Blocked: {counts(blocked)}."] * any(blocked.values())
    if summary["rebuilt"] is not None:
        differed = {name.replace("_", " "): count for name, count in summary["rebuilt"].items()}
        lines.append(f"Beside the observations the graph differed in {counts(differed)}.")
    lines += [escape(_split(example)) for example in summary["examples"]["split"][:3]]
    lines += [escape(_merge(example)) for example in summary["examples"]["merged"][:3]]
    return Group(*lines)


def _split(example: Row) -> str:
    rules = "; ".join(example["rules"])
    return (
        f"  {example['customer_id']} ({many(example['identifiers'], 'identifier')}) -> {len(example['into'])}: {rules}"
    )


def _merge(example: Row) -> str:
    said = f"  {len(example['previous'])} -> {example['customer_id']} ({many(example['identifiers'], 'identifier')})"
    if not example["why"]:
        return said
    path = example["why"]["path"]
    weakest = example["why"]["weakest"]
    return f"{said}: {' - '.join(_along(path))}, the weakest link {weakest['kind']} (tier {weakest['tier']})"


def many(count: int, thing: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def prediction_model(found: Row) -> str:
    """From whom a model was learned, and its parameters."""
    said = [f"Model of {found['at']}: {found['customers']:,} customers, {found['came_back']:,} of them came back."]
    parts = {"purchases": found["purchases"], **{f"worth in {name}": one for name, one in found["worth"].items()}}
    for what, told in parts.items():
        figures = ", ".join(f"{name} {value}" for name, value in told.items() if name != "model")
        said.append(f"  {escape(what)} ({told['model']}): {figures}")
    return "\n".join(said)


def tried(found: Row) -> str:
    """How many customers a condition would find, and what it says in words."""
    said = [f"{found['count']:,} of {many(found['total'], 'customer')}: those of whom {escape(found['words'])}."]
    if found["examples"]:
        said.append(f"  for example {escape(', '.join(found['examples']))}")
    return "\n".join(said)


def funnel(found: Row) -> RenderableType:
    """The stages of a funnel, and the movements between them."""
    columns = ("name", "now", "reached", "share_of_stage_before", "entered", "left", "median_days")
    moved = [{**row, "from": row["from"] or "(outside)", "to": row["to"] or "(outside)"} for row in found["movements"]]
    days = f"{found['days']:g} days"
    return Group(
        table(found["stages"], columns, f"{many(found['customers'], 'customer')}; entered and left in {days}"),
        table(moved, ("from", "to", "count"), f"Movements in {days}"),
    )


def rfm(found: Row) -> RenderableType:
    """The grid: a row for each frequency, the highest first, a column for each recency."""
    counted = {(cell["r"], cell["f"]): cell["customers"] for cell in found["cells"]}
    rows = [{"frequency": f, **{f"recency {r}": counted.get((r, f), 0) for r in range(1, 6)}} for f in range(5, 0, -1)]
    title = f"{many(found['customers'], 'customer')} with orders, {found['without_orders']:,} without"
    return table(rows, ("frequency", *(f"recency {r}" for r in range(1, 6))), title)
