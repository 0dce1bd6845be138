"""The commands about groups of customers: segments and who is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp import render, terminal
from graph_cdp.commands.base import AsJson, AsLines, Limit, Store, app, opened
from graph_cdp.errors import UsageError
from graph_cdp.state import Window

Svg = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it: write a picture to this file.")]
SegmentName = Annotated[str | None, typer.Argument(metavar="NAME", help="Show who is in this one.")]

_NONE = "the policy describes no {} yet: docs/segments.md shows how"


@app.command()
def segments(
    name: SegmentName = None,
    tried: Annotated[
        str | None, typer.Option("--try", metavar="CONDITION", help="Count what a condition would make; keep nothing.")
    ] = None,
    left: Annotated[
        bool, typer.Option("--left", help="Show who was in it and is not any more, and until when.")
    ] = False,
    limit: Limit = 50,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the segments of the policy with how many are in each, or the customers in one of them."""
    if name and tried:
        raise UsageError("give the NAME of a segment or --try a condition, not both")
    if left and not name:
        raise UsageError("--left is about one segment: give its NAME")
    with opened(store) as engine:
        if tried is not None:
            found = engine.crowd.try_condition(tried)
            terminal.show(as_json, found, render.tried(found))
            return
        rows = engine.crowd.members(name, limit, left=left) if name else engine.crowd.segments()
    of_one = ("customer_id", "entered", *(["left"] if left else []))
    terminal.show_list(rows, of_one if name else ("name", "count", "title", "words"), as_json, as_lines)
    nobody = "nobody has left it" if left else "nobody is in it now"
    terminal.remark_if_none(rows, nobody if name else _NONE.format("segments"))


@app.command("funnels")
def show_funnels(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Show who is where in this one.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, metavar="N", help="Movements of so many days.")] = 30,
    svg: Svg = None,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the funnels of the policy, or show the stages of one: who is in each, and who moved."""
    with opened(store) as engine:
        if name is None:
            there = engine.crowd.funnels()
            terminal.show_list(there, ("name", "title", "stages"), as_json, as_lines)
            terminal.remark_if_none(there, _NONE.format("funnels"))
            return
        found = engine.crowd.funnel(name, days)
    if svg is not None:
        from graph_cdp import charts, files  # noqa: PLC0415 - only who draws waits for it

        files.write_text(charts.funnel(found), svg)
    terminal.show(as_json, found, render.funnel(found))


@app.command()
def rfm(svg: Svg = None, store: Store = None, as_json: AsJson = False) -> None:
    """Show how many customers there are of each recency and frequency."""
    with opened(store) as engine:
        found = engine.crowd.rfm()
    if svg is not None:
        from graph_cdp import charts, files  # noqa: PLC0415 - only who draws waits for it

        files.write_text(charts.rfm_grid(found), svg)
    terminal.show(as_json, found, render.rfm(found))


@app.command()
def timeline(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key, as in email:ann@example.com, or a customer id.")],
    svg: Svg = None,
    limit: Limit = 50,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show what happened to a customer, newest first, as a list or as a picture."""
    with opened(store) as engine:
        found = engine.timeline(key, Window(), limit)["items"]
    if svg is not None:
        from graph_cdp import charts, files  # noqa: PLC0415 - as above

        files.write_text(charts.timeline(key, found), svg)
    terminal.show_list(found, ("at", "name", "source"), as_json, False)


@app.command("lookalikes")
def show_lookalikes(
    name: Annotated[str, typer.Argument(metavar="SEGMENT", help="The group.")],
    limit: Limit = 50,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the customers who are most like those of a segment, and in what."""
    with opened(store) as engine:
        rows = engine.crowd.lookalikes(name, limit)
    terminal.show_list(rows, ("customer_id", "likeness", "because"), as_json, as_lines)
    terminal.remark_if_none(rows, "nobody is like it: nobody in it has a dated order, or everybody with one is in it")


@app.command("recommend")
def recommend(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key, as in email:ann@example.com, or a customer id.")],
    limit: Limit = 10,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List what a customer may want next, and why."""
    with opened(store) as engine:
        found = engine.crowd.recommendations(key, limit)
    terminal.show_list(found["items"], ("product", "name", "score", "because"), as_json, as_lines)
    why = "several customers share it" if found["kind"] == "shared" else "nothing was bought that others bought, too"
    terminal.remark_if_none(found["items"], f"nothing to recommend: {why}")
