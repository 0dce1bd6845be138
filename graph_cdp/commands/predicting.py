"""The commands about what to expect: fitting the model of how customers buy, and showing it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from graph_cdp import render, terminal
from graph_cdp.commands.base import AsJson, Store, app, opened
from graph_cdp.errors import UsageError

predict_app = typer.Typer(no_args_is_help=True, help="Fits or shows the model of what to expect of customers.")
app.add_typer(predict_app, name="predict")


@predict_app.command("fit")
def fit(
    at: Annotated[
        str | None, typer.Option("--at", metavar="DAY", help="Learn from the orders until this day; today without it.")
    ] = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Learn from all orders how customers buy; profiles show from then on what to expect of each."""
    try:
        day = date.fromisoformat(at) if at else None
    except ValueError:
        raise UsageError("--at: no day (give one as in 2026-01-31)") from None
    with opened(store) as engine:
        found = engine.crowd.fit_predictions(day)
    terminal.show(as_json, found, render.prediction_model(found))


@predict_app.command("show")
def show(store: Store = None, as_json: AsJson = False) -> None:
    """Show the model that was fitted last."""
    with opened(store) as engine:
        found = engine.crowd.prediction_model()
    terminal.show(as_json, found, render.prediction_model(found) if found else "No model yet: graph-cdp predict fit")
