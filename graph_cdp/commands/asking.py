"""The commands that only ask: profiles, explanations, lists, the policy in force."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from graph_cdp import portrait, render, terminal
from graph_cdp.commands.base import (
    AsJson,
    AsLines,
    AsOf,
    Key,
    Limit,
    NoStore,
    Store,
    ToldBy,
    app,
    moment_of,
    opened,
    policy_app,
)
from graph_cdp.errors import UsageError
from graph_cdp.offline import policy_from


@app.command()
def profile(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key, as in email:ann@example.com, or a customer id.")],
    as_of: AsOf = None,
    told_by: ToldBy = None,
    include: Annotated[str, typer.Option(metavar="PARTS", help="Only these parts, by commas.")] = "",
    brand: Annotated[str, typer.Option(metavar="NAME", help="Only the part that one brand has in it.")] = "",
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show the 360 degree view of the customer that a key leads to, or led to."""
    moment = moment_of(as_of, told_by)
    with opened(store, asking=True) as engine:
        found = engine.profile(key, moment, include, brand)
    terminal.show(as_json, found, "" if as_json else portrait.profile(found))


@app.command()
def why(
    a: Key,
    b: Key,
    as_of: AsOf = None,
    told_by: ToldBy = None,
    without: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="KEY KEY", help="Say what falls apart without the links between these, not the weakest."),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the path: write a picture to this file.")
    ] = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Say why two keys are one customer, or which rules keep them apart; or did, then."""
    moment = moment_of(as_of, told_by)
    with opened(store, asking=True) as engine:
        answer = engine.why(a, b, moment, without)
    if svg is not None:
        from graph_cdp import files, picture  # noqa: PLC0415 - as above

        files.write_text(picture.draw(picture.of_reasons(answer)), svg)
    terminal.show(as_json, answer, render.why(answer))


@app.command("graph")
def show_graph(
    key: Key,
    depth: Annotated[int, typer.Option(min=1, max=4, metavar="N", help="So many relationships away at most.")] = 2,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="So many nodes at most.")] = 150,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it: write a picture to this file.")] = None,
    as_of: AsOf = None,
    told_by: ToldBy = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show the graph around a key, of today or of a day, as a list or as a picture."""
    moment = moment_of(as_of, told_by)
    with opened(store, asking=True) as engine:
        found = engine.neighbours(key, depth, limit, moment)
    if svg is None:
        terminal.show(as_json, found, render.graph(found))
        return
    from graph_cdp import files, picture  # noqa: PLC0415 - as above

    files.write_text(picture.draw(found), svg)
    facts = {
        "nodes": len(found["nodes"]),
        "relationships": len(found["relationships"]),
        "truncated": found["truncated"],
    }
    terminal.show(as_json, facts | {"svg": str(svg)}, f"{render.parts(found)}: {escape(str(svg))}")


@app.command()
def customers(
    limit: Limit = 50,
    largest: Annotated[bool, typer.Option(help="Show those with the most identifiers first.")] = False,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the customers in the order of their ids."""
    with opened(store, asking=True) as engine:
        rows = engine.customers(limit, largest)
    terminal.show_list(rows, ("customer_id", "kind", "members", "anchor", "first_seen"), as_json, as_lines)


@app.command()
def changes(
    after: Annotated[int, typer.Option(min=0, metavar="SEQ", help="Show those after this number.")] = 0,
    limit: Limit = 50,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the changes of customers, each with its cause."""
    with opened(store, asking=True) as engine:
        rows = engine.changes(after, limit)
    terminal.show_list(rows, ("seq", "at", "change", "customer_id", "previous", "cause"), as_json, as_lines)


@app.command()
def jobs(limit: Limit = 50, store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List the jobs that the API has started, newest first, each with its state and how far it is."""
    with opened(store, asking=True) as engine:
        rows = engine.jobs.page(limit)
    columns = ("id", "kind", "state", "created_at", "done", "total", "seconds_left", "reason")
    terminal.show_list(rows, columns, as_json, as_lines)


@app.command()
def decisions(limit: Limit = 50, store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List what stewards decided, the latest first, and how it stands with each."""
    with opened(store, asking=True) as engine:
        rows = engine.decisions(limit)
    columns = ("id", "at", "verdict", "a", "b", "of", "author", "because", "state")
    terminal.show_list(rows, columns, as_json, as_lines)


@app.command()
def review(limit: Limit = 20, store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List what deserves a look, the gravest first, each with the question to decide."""
    with opened(store, asking=True) as engine:
        rows = engine.review(limit)
    if as_json or as_lines:
        terminal.show_list(rows, (), as_json, as_lines)
    else:
        terminal.out.print(render.review(rows))


@policy_app.command("show")
def policy_show(
    fingerprint: Annotated[
        str | None, typer.Argument(metavar="FINGERPRINT", help="One that was in force, as --history lists them.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="List the policies that were in force, and since when.")
    ] = False,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show the policy in force, or one that was, as its file."""
    if fingerprint and history:
        raise UsageError("--history lists all policies, a FINGERPRINT shows one: give one of the two")
    with opened(store, asking=True) as engine:
        if history:
            terminal.show_list(engine.policies(), ("since", "fingerprint", "in_force"), as_json, False)
            return
        shown = engine.policy_of(fingerprint) if fingerprint else engine.policy
    if as_json:
        terminal.show_json({"fingerprint": shown.fingerprint, "policy": shown.text})
    else:
        sys.stdout.write(shown.text)


@policy_app.command("check")
def policy_check(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A policy (TOML).")],
    store: NoStore = None,
    as_json: AsJson = False,
) -> None:
    """Check a policy file, and name the line and the reason where it is wrong."""
    checked = policy_from(path)
    terminal.show(
        as_json,
        {"fingerprint": checked.fingerprint, "valid": True},
        f"{escape(str(path))}: a valid policy ({checked.fingerprint})",
    )


@app.command()
def status(store: Store = None, as_json: AsJson = False) -> None:
    """Show the server of a store, the policy in force, and how much it holds."""
    with opened(store, asking=True) as engine:
        found: Mapping[str, Any] = engine.status()
    terminal.show(as_json, found, render.status(found))
