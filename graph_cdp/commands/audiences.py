"""The commands about groups of customers: segments and who is in them."""

from __future__ import annotations

from typing import Annotated

import typer

from graph_cdp import render, terminal
from graph_cdp.commands.base import AsJson, AsLines, Limit, Store, app, opened
from graph_cdp.errors import UsageError

SegmentName = Annotated[str | None, typer.Argument(metavar="NAME", help="Show who is in this one.")]


@app.command()
def segments(
    name: SegmentName = None,
    tried: Annotated[
        str | None, typer.Option("--try", metavar="CONDITION", help="Count what a condition would make; keep nothing.")
    ] = None,
    limit: Limit = 50,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the segments of the policy with how many are in each, or the customers in one of them."""
    if name and tried:
        raise UsageError("give the NAME of a segment or --try a condition, not both")
    with opened(store) as engine:
        if tried is not None:
            found = engine.crowd.try_condition(tried)
            terminal.show(as_json, found, render.tried(found))
            return
        rows = engine.crowd.members(name, limit) if name else engine.crowd.segments()
    columns = ("customer_id", "entered") if name else ("name", "count", "title", "words")
    terminal.show_list(rows, columns, as_json, as_lines)


@app.command("funnels")
def show_funnels(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Show who is where in this one.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, metavar="N", help="Movements of so many days.")] = 30,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the funnels of the policy, or show the stages of one: who is in each, and who moved."""
    with opened(store) as engine:
        if name is None:
            terminal.show_list(engine.crowd.funnels(), ("name", "title", "stages"), as_json, as_lines)
            return
        found = engine.crowd.funnel(name, days)
    terminal.show(as_json, found, render.funnel(found))


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
