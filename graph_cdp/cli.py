"""The commands. Each parses its arguments, calls one method of the engine, and shows the answer."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from graph_cdp import demo as tour
from graph_cdp import render
from graph_cdp.engine import OUTCOMES, Engine, Item, policy_from, resolve_file
from graph_cdp.errors import GraphCdpError, UsageError
from graph_cdp.settings import Settings
from graph_cdp.state import Reply

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="One customer from e-mails, phones, accounts, cookies, devices, cards and orders.",
)
policy_app = typer.Typer(no_args_is_help=True, help="The rules: shown, or a file of them checked.")
app.add_typer(policy_app, name="policy")

Store = Annotated[
    str | None, typer.Option(help="embedded:DIR, bolt://HOST:PORT or neo4j://HOST:PORT, /NAME for a database.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]
AsLines = Annotated[bool, typer.Option("--ndjson", help="The answer as one JSON object a line.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="A policy file (TOML).")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """The program: refusals go to stderr in one sentence; 1 for a refused request, 2 for wrong usage."""
    try:
        app()
    except UsageError as refused:
        _refuse(str(refused), 2)
    except GraphCdpError as refused:
        _refuse(str(refused), 1)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        _refuse(f"GRAPH_CDP_{'.'.join(map(str, first['loc'])).upper()}: {first['msg']}", 2)
    except KeyboardInterrupt:
        _refuse("stopped; what was acknowledged is kept", 130)


def _refuse(sentence: str, status: int) -> None:
    err.print(f"[red]error:[/] {escape(sentence)}")
    sys.exit(status)


@contextmanager
def _engine(store: str | None) -> Iterator[Engine]:
    settings = Settings()
    policy = policy_from(settings.policy) if settings.policy else None
    password = settings.store_password.get_secret_value() if settings.store_password else None
    secret = settings.id_secret.get_secret_value() if settings.id_secret else None
    with Engine.open(store or settings.store, settings.store_user, password, policy, secret) as engine:
        yield engine


def _show_json(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _show_list(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool, as_lines: bool) -> None:
    if as_lines:
        for row in rows:
            _show_json(row)
    elif as_json:
        _show_json(rows)
    else:
        out.print(render.table(rows, columns))


@contextmanager
def _progress(what: str, total: int | None = None) -> Iterator[Any]:
    """A function that says how far it is; shown on a terminal, quiet in a pipe."""
    columns = (SpinnerColumn(), TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, all_=total: bar.update(task, completed=done, total=all_)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files: .ndjson .jsonl .json .csv .parquet, .gz too.")],
    mapping: Annotated[Path | None, typer.Option(help="What the columns of a table mean (TOML).")] = None,
    source: Annotated[str | None, typer.Option(help="The name of the source; outranks what files say.")] = None,
    strict: Annotated[bool, typer.Option(help="Exit 1 if anything was rejected.")] = False,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Load files: Segment messages as they are, tables by a mapping."""
    found: Counter[str] = Counter()
    rejected: list[str] = []
    with _engine(store) as engine, _progress("loading") as progress:
        started = time.monotonic()
        for path in paths:
            for batch in engine.ingest(engine.read(path, mapping, source)):
                found.update(reply.outcome for _, reply in batch)
                rejected += _rejections(batch)
                progress(found.total())
        seconds = time.monotonic() - started
    for line in rejected[:10]:
        err.print(f"[yellow]rejected[/] {escape(line)}")
    if len(rejected) > 10:
        err.print(f"... and {len(rejected) - 10:,} more: graph-cdp rejected")
    if as_json:
        _show_json({outcome: found[outcome] for outcome in OUTCOMES})
    else:
        rate = found.total() / seconds if seconds else 0
        out.print(
            f"{found.total():,} messages and rows in {seconds:.1f} s ({rate:,.0f}/s): "
            + render.counts({outcome: found[outcome] for outcome in OUTCOMES})
        )
    if strict and rejected:
        raise typer.Exit(1)


def _rejections(batch: Iterable[tuple[Item, Reply]]) -> list[str]:
    return [f"{getattr(item, 'place', '')}: {reply.reason}" for item, reply in batch if reply.outcome == "rejected"]


@app.command()
def resolve(
    links: Annotated[Path, typer.Argument(help="A table of a, b, kind, first_seen; an empty b: when a was seen.")],
    to: Annotated[Path, typer.Option(help="Where the members go: key, customer_id.")],
    policy: PolicyFile = None,
    id_secret: Annotated[
        str | None, typer.Option(help="The key of the customer ids.", envvar="GRAPH_CDP_ID_SECRET")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Resolve a file of links into a file of members, without a store."""
    if id_secret is None:
        err.print("no --id-secret: the customer ids are not keyed, anyone who has a key can compute its id")
    keys, customers = resolve_file(links, to, policy_from(policy), id_secret or "")
    if as_json:
        _show_json({"keys": keys, "customers": customers})
    else:
        out.print(f"{keys:,} keys are {customers:,} customers: {to}")


@app.command()
def profile(
    key: Annotated[str, typer.Argument(help="A key, or a customer id.")], store: Store = None, as_json: AsJson = False
) -> None:
    """The 360 degree view of the customer that a key leads to."""
    with _engine(store) as engine:
        found = engine.profile(key)
    if as_json:
        _show_json(found)
    else:
        out.print(render.profile(found))


@app.command()
def why(a: str, b: str, store: Store = None, as_json: AsJson = False) -> None:
    """Why two keys are one customer, or which rules keep them apart."""
    with _engine(store) as engine:
        answer = engine.why(a, b)
    if as_json:
        _show_json(answer)
    else:
        out.print(render.why(answer, a, b))


@app.command()
def customers(
    limit: Limit = 50,
    largest: Annotated[bool, typer.Option(help="Those with the most identifiers first.")] = False,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """Customers, in the order of their ids."""
    with _engine(store) as engine:
        rows = engine.customers(limit, largest)
    _show_list(rows, ("id", "kind", "size", "anchor", "first_seen"), as_json, as_lines)


@app.command()
def changes(
    after: Annotated[int, typer.Option(min=0, help="Those after this number.")] = 0,
    limit: Limit = 50,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """The change feed: what became of customers, and on account of what."""
    with _engine(store) as engine:
        rows = engine.changes(after, limit)
    _show_list(rows, ("seq", "at", "change", "customer_id", "previous", "cause"), as_json, as_lines)


@app.command()
def rejected(limit: Limit = 50, store: Store = None, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """Dead letters: what could not be used, where it stood, and why."""
    with _engine(store) as engine:
        rows = engine.rejected(limit)
    _show_list(rows, ("at", "place", "reason"), as_json, as_lines)


@app.command()
def relink(
    policy: PolicyFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    to: Annotated[Path | None, typer.Option(help="With --dry-run: write the plan here.")] = None,
    apply: Annotated[Path | None, typer.Option(help="Carry out this plan.")] = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Resolve everything anew, under another policy if one is given."""
    if apply and (policy or dry_run or to):
        raise UsageError("--apply carries out a plan as it is: give it without --policy, --dry-run and --to")
    if to and not dry_run:
        raise UsageError("--to is where --dry-run writes its plan: give both")
    with _engine(store) as engine, _progress("relinking") as progress:
        if apply:
            plan = engine.apply(engine.load_plan(apply), progress)
        elif dry_run:
            plan = engine.plan_relink(policy_from(policy) if policy else None)
        else:
            plan = engine.relink(policy_from(policy) if policy else None, progress)
    if to:
        plan.save(to)
    if as_json:
        _show_json({"plan": str(to) if to else None, **plan.summary})
    else:
        out.print(render.relink(plan.summary))


@policy_app.command("show")
def policy_show(store: Store = None, as_json: AsJson = False) -> None:
    """The policy in force, as its file."""
    with _engine(store) as engine:
        text, fingerprint = engine.policy.text, engine.policy.fingerprint
    if as_json:
        _show_json({"fingerprint": fingerprint, "policy": text})
    else:
        sys.stdout.write(text)


@policy_app.command("check")
def policy_check(path: Path, as_json: AsJson = False) -> None:
    """Check a policy file; line and reason where it is wrong."""
    checked = policy_from(path)
    if as_json:
        _show_json({"fingerprint": checked.fingerprint, "valid": True})
    else:
        out.print(f"{path}: a valid policy ({checked.fingerprint})")


@app.command()
def export(
    what: Annotated[str, typer.Argument(help="members, links, customers, changes or orders.")],
    to: Annotated[Path, typer.Option(help="A file ending in .parquet, .csv or .ndjson.")],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Write a table of the graph to a file."""
    with _engine(store) as engine:
        rows = engine.export(what, to)
    if as_json:
        _show_json({"rows": rows})
    else:
        out.print(f"{rows:,} rows: {to}")


@app.command()
def migrate(store: Store = None, as_json: AsJson = False) -> None:
    """Bring the schema of a store up to date."""
    with _engine(store) as engine:
        applied = engine.migrated
    if as_json:
        _show_json({"applied": applied})
    else:
        out.print(f"applied {', '.join(applied)}" if applied else "the schema is up to date")


@app.command()
def status(store: Store = None, as_json: AsJson = False) -> None:
    """Counts and health of a store."""
    with _engine(store) as engine:
        found: Mapping[str, Any] = engine.status()
    if as_json:
        _show_json(found)
    else:
        out.print(f"{found['server']}, policy {found['policy']}: {render.counts(found['counts'])}")


@app.command()
def demo(
    people: Annotated[int, typer.Option(help="How many people the samples are about.")] = 300,
    seed: Annotated[int, typer.Option(help="Other people.")] = 1,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """The main job on sample data of three brands, on a store of its own that is gone afterwards."""
    with _progress("loading") as progress:
        answer = tour.run(people, seed, store, progress)
    if as_json:
        _show_json(answer.facts)
    else:
        out.print(answer.shown)


if __name__ == "__main__":
    main()
