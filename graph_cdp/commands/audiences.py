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
