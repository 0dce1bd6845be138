"""The commands that change what a store holds, or write files: resolve, relink, decide, export."""

from __future__ import annotations

import getpass
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from graph_cdp import render, terminal
from graph_cdp.commands.base import AsJson, AsOf, Author, NoStore, PolicyFile, Store, ToldBy, app, moment_of, opened
from graph_cdp.errors import UsageError
from graph_cdp.offline import Named, policy_from, resolve_file

if TYPE_CHECKING:
    from graph_cdp.deciding import Made


@app.command()
def resolve(
    links: Annotated[
        Path,
        typer.Argument(metavar="LINKS", help="A table: a, b, kind, first_seen; an empty b says when a was seen."),
    ],
    to: Annotated[Path, typer.Option(metavar="MEMBERS", help="The table to write: key, customer_id.")],
    policy: PolicyFile = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Stewards' words: verdict (same, different, undo), a, b, at.")
    ] = None,
    records: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What keys say of their traits: key, at, a column a trait.")
    ] = None,
    id_secret: Annotated[
        str | None,
        typer.Option(metavar="SECRET", help="The key of the customer ids.", envvar="GRAPH_CDP_ID_SECRET"),
    ] = None,
    store: NoStore = None,
    as_json: AsJson = False,
) -> None:
    """Resolve a file of links into a file of members, without a store."""
    named = Named(links, decisions, records)
    keys, customers = resolve_file(named, to, policy_from(policy), id_secret or "")
    if not id_secret:
        terminal.err.print("no --id-secret: the customer ids are not keyed, so whoever knows a key can compute its id")
    terminal.show(
        as_json, {"keys": keys, "customers": customers}, f"{keys:,} keys are {customers:,} customers: {escape(str(to))}"
    )


@app.command()
def relink(
    policy: PolicyFile = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the links anew from the observations first, and say what differed.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    to: Annotated[Path | None, typer.Option(metavar="PLAN", help="Write the plan of --dry-run to this file.")] = None,
    apply: Annotated[Path | None, typer.Option(metavar="PLAN", help="Carry out this plan.")] = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Resolve everything anew, under another policy if one is given."""
    if apply and (policy or rebuild or dry_run or to):
        raise UsageError("--apply carries out a plan as it is: give it without --policy, --rebuild, --dry-run and --to")
    if to and not dry_run:
        raise UsageError("--to is where --dry-run writes its plan: give both")
    with opened(store) as engine, terminal.progress("relinking") as progress:
        if apply:
            plan = engine.apply(engine.load_plan(apply), progress)
        elif dry_run:
            plan = engine.plan_relink(policy_from(policy) if policy else None, progress, rebuild=rebuild)
        else:
            plan = engine.relink(policy_from(policy) if policy else None, progress, rebuild=rebuild)
    if to:
        plan.save(to)
    for warning in plan.summary["warnings"]:
        terminal.err.print(f"[yellow]warning:[/] {escape(warning)}")
    if as_json:
        terminal.show_json({"plan": str(to) if to else None, **plan.summary})
        return
    terminal.out.print(render.relink(plan.summary))
    if to:
        terminal.out.print(f"Nothing is changed yet; to carry this out: graph-cdp relink --apply {escape(str(to))}")
    elif dry_run:
        terminal.out.print("Nothing is changed; to keep this as a plan: --to PLAN")


class Word(StrEnum):
    """What a steward can say of two keys."""

    same = "same"
    different = "different"


@app.command()
def decide(
    verdict: Annotated[Word, typer.Argument(metavar="same|different", help="What you know of the two.")],
    a: Annotated[str, typer.Argument(metavar="KEY", help="A key, as in email:ann@example.com, or a customer id.")],
    b: Annotated[str, typer.Argument(metavar="KEY", help="Another one.")],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="How you know it.")],
    author: Author = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Say that two keys are the same customer, or different ones, whatever the rules say."""
    with opened(store) as engine:
        made = engine.decide(verdict.value, a, b, because, author or _whoami())
    terminal.show(as_json, _made(made), render.made(made))


@app.command()
def undo(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The id of a decision, or of an undo.")],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why.")] = "",
    author: Author = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Take a decision back: everything is as if it had never been made."""
    with opened(store) as engine:
        made = engine.undo(decision, because, author or _whoami())
    terminal.show(as_json, _made(made), render.made(made))


def _made(made: Made) -> dict[str, Any]:
    return {"id": made.decision.id, "changes": list(made.changes)}


def _whoami() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


@app.command()
def export(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="members, links, customers, changes, orders, decisions, records or segment:NAME."
        ),
    ],
    to: Annotated[Path, typer.Option(metavar="FILE", help="A file that ends in .parquet, .csv or .ndjson.")],
    as_of: AsOf = None,
    told_by: ToldBy = None,
    channel: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a segment: addresses of those who agreed to this channel.")
    ] = None,
    platform: Annotated[
        str | None, typer.Option("--for", metavar="google|meta", help="Of a segment: hashes for an audience there.")
    ] = None,
    left: Annotated[
        bool, typer.Option("--left", help="Of a segment: those who were in it and are not any more.")
    ] = False,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Write a table of the graph to a file; members also as they were, segments also for a channel."""
    moment, segment = moment_of(as_of, told_by), what.startswith("segment:")
    if (channel or platform or left) and not segment:
        raise UsageError("--channel, --for and --left are about a segment: give segment:NAME")
    if moment is not None and segment:
        raise UsageError("only members can be exported as of a moment (leave --as-of and --told-by out)")
    with opened(store, finishing=True) as engine:
        if segment:
            rows = engine.export_segment(what.removeprefix("segment:"), to, channel, platform, left=left)
        else:
            rows = engine.export(what, to, moment)
    terminal.show(as_json, {"rows": rows}, f"{rows:,} rows: {escape(str(to))}")


@app.command()
def migrate(store: Store = None, as_json: AsJson = False) -> None:
    """Bring the schema of a store up to date."""
    with opened(store) as engine:
        applied = engine.migrated
    terminal.show(
        as_json, {"applied": applied}, f"applied {', '.join(applied)}" if applied else "the schema is up to date"
    )
