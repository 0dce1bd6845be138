"""The commands. Each parses its arguments, calls one method of the engine, and shows the answer."""

from __future__ import annotations

import getpass
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer
from rich.markup import escape

from graph_cdp import render, terminal
from graph_cdp.errors import GraphCdpError, InputError, UsageError
from graph_cdp.offline import given_in, policy_from, resolve_file

if TYPE_CHECKING:
    from graph_cdp.deciding import Made
    from graph_cdp.engine import Engine
    from graph_cdp.past.moment import Moment

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog="Settings such as GRAPH_CDP_STORE come from the environment. Begin with: graph-cdp demo",
)
policy_app = typer.Typer(no_args_is_help=True, help="Shows the rules in force, or checks a file of rules.")
app.add_typer(policy_app, name="policy")

Store = Annotated[
    str | None, typer.Option(metavar="URL", help="embedded:DIR, bolt://HOST:PORT or neo4j://HOST:PORT, /DATABASE.")
]
NoStore = Annotated[str | None, typer.Option("--store", hidden=True, help="Every command takes it; not needed here.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
AsLines = Annotated[bool, typer.Option("--ndjson", help="Answer with one JSON object a line.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", metavar="FILE", help="The policy to use (TOML).")]
Limit = Annotated[int, typer.Option(min=1, metavar="N", help="Show so many at most.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="A key, as in email:ann@example.com.", show_default=False)]

Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Who says so; without it, who you are logged in as.")
]


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="As what had happened by then makes it (RFC 3339, UTC).")
]
ToldBy = Annotated[
    str | None, typer.Option("--told-by", metavar="TIME", help="As what had been told by then makes it instead.")
]


def _moment(as_of: str | None, told_by: str | None) -> Moment | None:
    from graph_cdp.past.moment import Moment  # noqa: PLC0415 - as above

    if as_of and told_by:
        raise UsageError("--as-of asks what had happened, --told-by what had been told: give one of them")
    text = as_of or told_by
    return Moment.named(text, told=told_by is not None) if text else None


class Word(StrEnum):
    """What a steward can say of two keys."""

    same = "same"
    different = "different"


STOPPED: Final = 130
READABLE: Final = (".ndjson", ".jsonl", ".json", ".csv", ".parquet")

# The argument parser's error; the module that it comes from depends on typer's release.
_WrongUsage = cast("type[Exception]", typer.BadParameter.__base__)


def main() -> None:
    """The program: refusals go to stderr in one sentence; 1 for a refused request, 2 for wrong usage."""
    # What libraries log is for programs that ask for it; a user is told once, by the refusal.
    logging.getLogger().addHandler(logging.NullHandler())
    # So that whoever ends the program does not leave its temporary files behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except _WrongUsage as wrong:
        terminal.refuse_usage(wrong)
    except GraphCdpError as refused:
        terminal.refuse(str(refused), 2 if isinstance(refused, UsageError) else 1)
    except BrokenPipeError:
        # Whoever read the answer has seen enough; nothing more is written, at the end of the program neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as fault:
        terminal.refuse(terminal.fault_of(fault), 1)
    if status == STOPPED:
        terminal.refuse("stopped; what was acknowledged is kept", STOPPED)
    sys.exit(status or 0)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - as the imports below: only who needs it waits for it

        terminal.out.print(f"graph-cdp {version('graph-cdp')}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Finds the customers behind e-mails, phones, accounts, cookies, devices, cards and orders, and says why."""


@contextmanager
def _engine(store: str | None, *, finishing: bool = False) -> Iterator[Engine]:
    """The engine of a store; with `finishing` a relink that was killed is finished first."""
    from graph_cdp import settings  # noqa: PLC0415 - as the next line
    from graph_cdp.engine import Engine  # noqa: PLC0415 - what needs no store starts without its driver, in half the time

    given = settings.read()
    policy = policy_from(given.policy) if given.policy else None
    password = given.store_password.get_secret_value() if given.store_password else None
    secret = given.id_secret.get_secret_value() if given.id_secret else None
    with Engine.open(store or given.store, given.store_user, password, policy, secret) as engine:
        if finishing and engine.has_unfinished_relink():
            terminal.err.print("finishing the relink that was broken off ...")
            with terminal.progress("relinking") as progress:
                engine.relink(None, progress)
        yield engine


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help=f"Files: {' '.join(READABLE)}, .gz too.")],
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="Says what a table's columns mean.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="The source, whatever the files say.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if anything was rejected.")] = False,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Load files: Segment messages as they are, tables by a mapping."""
    loaded = render.Loaded()
    started = time.monotonic()
    with _engine(store, finishing=True) as engine, terminal.progress("loading") as progress:
        for path in paths:
            try:
                for batch in engine.ingest(engine.read(path, mapping, source)):
                    loaded.take(batch)
                    progress(loaded.total)
            except InputError as broken:
                loaded.unread.append(str(broken))
    _show_loaded(loaded, time.monotonic() - started, as_json)
    if loaded.unread or (strict and loaded.rejected):
        raise typer.Exit(1)


def _show_loaded(loaded: render.Loaded, seconds: float, as_json: bool) -> None:
    for line in loaded.rejected[:10]:
        terminal.err.print(f"[yellow]rejected[/] {escape(line)}")
    if len(loaded.rejected) > 10:
        terminal.err.print(f"... and {len(loaded.rejected) - 10:,} more: graph-cdp rejected")
    for sentence in dict.fromkeys(loaded.unread):
        terminal.err.print(f"[red]error:[/] {escape(sentence)}")
    if as_json or loaded.total or not loaded.unread:
        terminal.show(as_json, loaded.outcomes, loaded.summary(seconds))


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
    given = given_in(links, decisions, records)
    keys, customers = resolve_file(given, to, policy_from(policy), id_secret or "")
    if not id_secret:
        terminal.err.print("no --id-secret: the customer ids are not keyed, so whoever knows a key can compute its id")
    terminal.show(
        as_json, {"keys": keys, "customers": customers}, f"{keys:,} keys are {customers:,} customers: {escape(str(to))}"
    )


@app.command()
def profile(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key, as in email:ann@example.com, or a customer id.")],
    as_of: AsOf = None,
    told_by: ToldBy = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show the 360 degree view of the customer that a key leads to, or led to."""
    moment = _moment(as_of, told_by)
    with _engine(store) as engine:
        found = engine.profile(key, moment)
    terminal.show(as_json, found, render.profile(found))


@app.command()
def why(
    a: Key,
    b: Key,
    as_of: AsOf = None,
    told_by: ToldBy = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Say why two keys are one customer, or which rules keep them apart; or did, then."""
    moment = _moment(as_of, told_by)
    with _engine(store) as engine:
        answer = engine.why(a, b, moment)
    terminal.show(as_json, answer, render.why(answer))


@app.command("graph")
def show_graph(
    key: Key,
    depth: Annotated[int, typer.Option(min=1, max=4, metavar="N", help="So many relationships away at most.")] = 2,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="So many nodes at most.")] = 150,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it: write a picture to this file.")] = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show the graph around a key, as a list or as a picture."""
    with _engine(store) as engine:
        found = engine.neighbours(key, depth, limit)
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
    with _engine(store) as engine:
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
    with _engine(store) as engine:
        rows = engine.changes(after, limit)
    terminal.show_list(rows, ("seq", "at", "change", "customer_id", "previous", "cause"), as_json, as_lines)


@app.command()
def rejected(limit: Limit = 50, store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List the dead letters: what could not be used, where it stood, and why."""
    with _engine(store) as engine:
        rows = engine.rejected(limit)
    terminal.show_list(rows, ("at", "place", "reason"), as_json, as_lines)


@app.command()
def jobs(limit: Limit = 50, store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List the jobs that the API has started, newest first, each with its state and how far it is."""
    with _engine(store) as engine:
        rows = engine.jobs.page(limit)
    columns = ("id", "kind", "state", "created_at", "done", "total", "seconds_left", "reason")
    terminal.show_list(rows, columns, as_json, as_lines)


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
    with _engine(store) as engine:
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
    with _engine(store) as engine:
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
def decisions(store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List what stewards decided, the latest first, and how it stands with each."""
    with _engine(store) as engine:
        rows = engine.decisions()
    columns = ("id", "at", "verdict", "a", "b", "of", "author", "because", "state")
    terminal.show_list(rows, columns, as_json, as_lines)


@app.command()
def review(limit: Limit = 20, store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List what deserves a look, the gravest first, each with the question to decide."""
    with _engine(store) as engine:
        rows = engine.review(limit)
    if as_json or as_lines:
        terminal.show_list(rows, (), as_json, as_lines)
    else:
        terminal.out.print(render.review(rows))


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
    with _engine(store) as engine, terminal.progress("relinking") as progress:
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
    with _engine(store) as engine:
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
def export(
    what: Annotated[str, typer.Argument(metavar="TABLE", help="One of members, links, customers, changes, orders.")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="A file that ends in .parquet, .csv or .ndjson.")],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Write a table of the graph to a file."""
    with _engine(store, finishing=True) as engine:
        rows = engine.export(what, to)
    terminal.show(as_json, {"rows": rows}, f"{rows:,} rows: {escape(str(to))}")


@app.command()
def migrate(store: Store = None, as_json: AsJson = False) -> None:
    """Bring the schema of a store up to date."""
    with _engine(store) as engine:
        applied = engine.migrated
    terminal.show(
        as_json, {"applied": applied}, f"applied {', '.join(applied)}" if applied else "the schema is up to date"
    )


@app.command()
def status(store: Store = None, as_json: AsJson = False) -> None:
    """Show the server of a store, the policy in force, and how much it holds."""
    with _engine(store) as engine:
        found: Mapping[str, Any] = engine.status()
    terminal.show(as_json, found, render.status(found))


@app.command()
def serve(
    host: Annotated[str, typer.Option(metavar="H", help="Listen on this address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="And on this port; 0 is any.")] = 8000,
    store: Store = None,
) -> None:
    """Serve the HTTP API until told to stop."""
    _serving()(partial(_engine, store, finishing=True), host, port)


def _serving() -> Callable[[Callable[[], AbstractContextManager[Engine]], str, int], None]:
    """What serves an engine on a host and port, with the settings of this process."""
    try:
        from graph_cdp_api.serve import serve as run  # noqa: PLC0415 - an extra: the other commands do without it
    except ModuleNotFoundError as missing:
        raise UsageError(f"the API needs {missing.name} (pip install 'graph-cdp[api]')") from None
    from graph_cdp import settings  # noqa: PLC0415 - only who needs it waits for it

    return partial(run, settings.read())


@app.command()
def demo(
    people: Annotated[int, typer.Option(metavar="N", help="The samples are about so many people.")] = 300,
    seed: Annotated[int, typer.Option(metavar="N", help="Another number gives other people.")] = 1,
    stay: Annotated[bool, typer.Option("--serve", help="Stay up and serve the API over the samples.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="With --serve: on this port.")] = 8000,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Show the main job on samples of three brands, on a store of its own that is gone afterwards."""
    from graph_cdp import demo as tour  # noqa: PLC0415 - as above

    serving = _serving() if stay else None
    with ExitStack() as stack:
        with terminal.progress("loading") as progress:
            answer, engine = stack.enter_context(tour.tour(people, seed, store, progress))
        terminal.show(as_json, answer.facts, answer.shown)
        if serving:
            sys.stdout.flush()
            serving(lambda: nullcontext(engine), "127.0.0.1", port)


if __name__ == "__main__":
    main()
