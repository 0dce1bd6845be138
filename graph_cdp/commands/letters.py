"""The command about dead letters: listed, filtered, exported, corrected and taken again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape

from graph_cdp import render, terminal
from graph_cdp.commands.base import AsJson, AsLines, Store, app, opened
from graph_cdp.errors import InputError, UsageError
from graph_cdp.state import OUTCOMES, Letters

if TYPE_CHECKING:
    from graph_cdp.engine import Engine

_PAGE: Final = 500
_LISTED: Final = 50
_COLUMNS: Final = ("uid", "at", "source", "place", "reason", "raw")


@app.command()
def rejected(
    source: Annotated[str, typer.Option(metavar="NAME", help="Only those of this source.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Only those with this in their reason.")] = "",
    place: Annotated[
        str, typer.Option(metavar="TEXT", help="Only those with this in their place, such as a file.")
    ] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="Only those that came then or later (RFC 3339).")] = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="Only those that came before.")] = "",
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help=f"So many at most; {_LISTED} where they are only listed.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them with their content to .ndjson, .csv or .parquet.")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Take them again under the policy of today.")] = False,
    corrected: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --retry: an exported table in which raw was corrected.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --retry: by which they are rows of a table.")
    ] = None,
    store: Store = None,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List the dead letters: what could not be used, where it stood, and why; or export them, or take them again."""
    if (corrected or mapping) and not retry:
        raise UsageError("--corrected and --mapping are for dead letters that are taken again (give --retry)")
    which = Letters.between(since, until, source=source, reason=reason, place=place)
    with opened(store, asking=not retry) as engine:
        if retry:
            _show_retried(_retry(engine, which, limit, corrected, mapping), as_json)
        elif to is not None:
            _export(list(_found(engine, which, limit)), to, as_json)
        else:
            rows = list(_found(engine, which, limit or _LISTED))
            terminal.show_list(rows, ("at", "source", "place", "reason"), as_json, as_lines)


def _found(engine: Engine, which: Letters, limit: int | None) -> Iterator[dict[str, Any]]:
    """The dead letters that are meant, page by page."""
    place, left = ("", ""), limit
    while left is None or left > 0:
        rows = engine.rejected(min(_PAGE, left or _PAGE), place, which=which)
        yield from rows
        if len(rows) < _PAGE:
            return
        left = None if left is None else left - len(rows)
        place = rows[-1]["at"], rows[-1]["uid"]


def _export(rows: list[dict[str, Any]], to: Path, as_json: bool) -> None:
    import polars as pl  # noqa: PLC0415 - only who needs it waits for it

    from graph_cdp import files  # noqa: PLC0415

    files.write_table(pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String)), to)
    terminal.show(as_json, {"rows": len(rows)}, f"{len(rows):,} rows: {escape(str(to))}")


def _retry(
    engine: Engine, which: Letters, limit: int | None, corrected: Path | None, mapping: Path | None
) -> dict[str, tuple[str, str | None]]:
    """The outcome and the reason of each that was taken again, by its place."""
    texts = _corrected(corrected) if corrected else {}
    rows = [row for row in _found(engine, which, limit) if not texts or row["uid"] in texts]
    known = {row["uid"]: row["place"] for row in rows}
    told: dict[str, tuple[str, str | None]] = {}
    for start in range(0, len(rows), _PAGE):
        uids = [row["uid"] for row in rows[start : start + _PAGE]]
        for uid, reply in engine.retry_rejected(uids, texts, mapping):
            told[uid] = reply.outcome, f"{known[uid]}: {reply.reason}" if reply.reason else None
    missing = dict.fromkeys(texts.keys() - known.keys(), ("rejected", "no dead letter of these has this uid"))
    return told | {uid: (outcome, f"{uid}: {said}") for uid, (outcome, said) in missing.items()}


def _corrected(path: Path) -> dict[str, str]:
    from graph_cdp import files  # noqa: PLC0415 - as above

    table = files.read_table(path)
    if not {"uid", "raw"} <= set(table.columns):
        raise InputError(str(path), "is no export of dead letters", "its columns have to be uid and raw, at least")
    # In an NDJSON file that was written by hand raw may be an object instead of its text.
    return {
        str(row["uid"]): row["raw"] if isinstance(row["raw"], str) else json.dumps(row["raw"], ensure_ascii=False)
        for row in table.select("uid", "raw").iter_rows(named=True)
    }


def _show_retried(told: dict[str, tuple[str, str | None]], as_json: bool) -> None:
    counted = Counter(outcome for outcome, _ in told.values())
    still = [said for outcome, said in told.values() if outcome == "rejected" and said]
    for line in still[: render.REJECTED_SHOWN]:
        terminal.err.print(f"[yellow]rejected[/] {escape(line)}")
    outcomes = {outcome: counted[outcome] for outcome in OUTCOMES}
    terminal.show(as_json, outcomes, f"{len(told):,} taken again: {render.counts(outcomes)}")
