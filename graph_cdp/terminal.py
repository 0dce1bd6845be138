"""What a command says, and where: answers to stdout, everything else to stderr, and never a traceback."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console, RenderableType
from rich.markup import escape

from graph_cdp import render

# A pipe has no width: only a terminal, or whoever says COLUMNS, gets lines that are folded.
_piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
out = Console(highlight=False, emoji=False, width=10_000 if _piped else None)
err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def refuse(sentence: str, status: int) -> NoReturn:
    """Ends the program with one sentence on stderr."""
    err.print(f"[red]error:[/] {escape(sentence)}")
    sys.exit(status)


def refuse_usage(wrong: Any) -> NoReturn:
    """Ends the program with what the argument parser found wrong."""
    # Without a command the help was shown already. What was typed too much may be a key, and is not repeated.
    if message := wrong.format_message().partition(" (")[0].rstrip("."):
        command = wrong.ctx.command_path if wrong.ctx else "graph-cdp"
        refuse(f"{message} (see {command} --help)", 2)
    sys.exit(2)


def fault_of(fault: Exception) -> str:
    """What nobody foresaw, without what it says of itself: that may be personal data."""
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.filename or 'the answer cannot be written'}: {fault.strerror} (make room, or check the path)"
    place = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}: {type(fault).__name__}"
    return f"{where}: a fault of graph-cdp, and none of yours (report it with this line)"


def show_json(answer: Any) -> None:
    """The answer as one line of JSON."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


def show(as_json: bool, facts: Any, shown: RenderableType) -> None:
    """The answer as JSON, or as people read it."""
    if as_json:
        show_json(facts)
    else:
        out.print(shown)


def show_list(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool, as_lines: bool) -> None:
    """A list as JSON, as one JSON object a line, or as a table."""
    if as_lines:
        for row in rows:
            show_json(row)
    elif as_json:
        show_json(rows)
    else:
        out.print(render.table(rows, columns))


def remark_if_none(rows: Sized, why: str) -> None:
    """Says on stderr why a list is empty."""
    if not rows:
        err.print(why)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Any]:
    """A function that says how far it is; shown on a terminal, quiet in a pipe."""
    # Only what takes long shows how far it is, and nothing else should wait for these.
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (SpinnerColumn(), TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, all_=total: bar.update(task, completed=done, total=all_)


@contextmanager
def progress_of_bytes(what: str) -> Iterator[Any]:
    """A function that says how many bytes of how many are read, and how many rows; as `progress` otherwise."""
    from rich.progress import (  # noqa: PLC0415 - as above
        BarColumn,
        DownloadColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    rows = TextColumn("{task.fields[rows]:,} rows")
    columns = (SpinnerColumn(), TextColumn(what), BarColumn(), DownloadColumn(), rows, TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=None, rows=0)
        yield lambda done, all_, rows: bar.update(task, completed=done, total=all_ or None, rows=rows)
