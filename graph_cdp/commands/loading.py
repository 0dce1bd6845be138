"""The commands that load data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape

from graph_cdp import render, terminal
from graph_cdp.commands.base import AsJson, Store, app, opened
from graph_cdp.commands.loaded import Loaded
from graph_cdp.errors import InputError, UsageError

if TYPE_CHECKING:
    from graph_cdp.engine import Engine
    from graph_cdp.ingest import Asked, Reading

READABLE: Final = (".ndjson", ".jsonl", ".json", ".csv", ".parquet")
_FILES_SHOWN: Final = 20


@app.command()
def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help=f"Files, folders or patterns: {' '.join(READABLE)}, .gz too; or the URL of a database.",
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Says what a table's columns mean; else the .toml of its name beside it."),
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="The source, whatever the files say.")] = None,
    table: Annotated[str | None, typer.Option(metavar="NAME", help="Of a database: this table.")] = None,
    query: Annotated[str | None, typer.Option(metavar="SQL", help="Of a database: the rows of this query.")] = None,
    watermark: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Of a database: only rows where this column has grown.")
    ] = None,
    guess: Annotated[
        bool, typer.Option("--guess", help="Load nothing: write a first mapping for each table, to be corrected.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if anything was rejected.")] = False,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Load files: Segment messages as they are, tables by a mapping."""
    if guess:
        _guess(paths, mapping, as_json)
        return
    loaded = Loaded()
    started = time.monotonic()
    with opened(store, finishing=True) as engine, terminal.progress_of_bytes("loading") as progress:
        for what in _meant(paths, (table, query, watermark)):
            try:
                if isinstance(what, InputError):
                    raise what
                meaning = mapping or (_beside(what) if isinstance(what, Path) else None)
                _load(engine, engine.read(what, meaning, source), meaning, loaded, progress)
            except InputError as broken:
                loaded.unread.append(str(broken))
    _show_loaded(loaded, time.monotonic() - started, as_json)
    if loaded.unread or (strict and loaded.rejected):
        raise typer.Exit(1)


@app.command()
def consume(
    topics: Annotated[str, typer.Argument(metavar="URL", help="kafka://HOST:PORT,.../TOPIC,...")],
    group: Annotated[
        str, typer.Option(metavar="NAME", help="Consumers of one group share the messages.")
    ] = "graph-cdp",
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Says what the fields of flat messages mean.")
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="The source, whatever the messages say.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A setting of librdkafka, such as sasl.username.")
    ] = None,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop when there is no message left.")] = False,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Load messages of Kafka as they come, until told to stop; offsets are committed after the graph."""
    from graph_cdp.ingest import Topics  # noqa: PLC0415 - what is not needed for --help is not waited for

    loaded, started = Loaded(), time.monotonic()
    options = dict(map(_setting, option or []))
    with (
        opened(store, finishing=True) as engine,
        Topics(topics, group, options) as reading,
        terminal.progress_of_bytes("consuming") as progress,
    ):
        try:
            for batch in engine.consume(reading, mapping, source, until_end=until_end):
                loaded.take(batch)
                progress(0, 0, loaded.total)
        except KeyboardInterrupt:
            terminal.err.print("stopped; what was acknowledged is kept")
        loaded.end(reading.place, reading.tally)
    _show_loaded(loaded, time.monotonic() - started, as_json)


def _setting(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals:
        raise UsageError("--option: give NAME=VALUE, as in security.protocol=SSL")
    return name, value


def _guess(paths: list[str], to: Path | None, as_json: bool) -> None:
    from graph_cdp import files  # noqa: PLC0415 - as below
    from graph_cdp.ingest import files_of, guess, is_database, place_of  # noqa: PLC0415

    for url in filter(is_database, paths):
        remedy = "write it by hand: docs/ingest.md; or save some of its rows as .csv and guess from those"
        raise InputError(place_of(url), "a mapping is guessed from files alone", remedy)
    meant = list(files_of(paths))
    if to is not None and len(meant) > 1:
        raise UsageError("--mapping names one file for several tables (leave it out: each is written beside its table)")
    written = []
    for path in meant:
        if isinstance(path, InputError):
            raise path
        mapping = to or _mapping_of(path)
        if mapping.exists():
            raise UsageError(f"{mapping}: is there already (delete it, or name another file with --mapping)")
        files.write_text(guess(path), mapping)
        written.append({"file": str(path), "mapping": str(mapping)})
    said = "\n".join(
        f"{one['mapping']}: a first mapping for {one['file']}; look at it and correct it" for one in written
    )
    terminal.show(as_json, written, escape(said))


def _meant(paths: list[str], asked: tuple[str | None, str | None, str | None]) -> Iterator[Path | Asked | InputError]:
    """What was named: databases by their URL, everything else in files."""
    from graph_cdp.ingest import Asked, files_of, is_database  # noqa: PLC0415 - what is not needed for --help is not waited for

    urls = [path for path in paths if is_database(path)]
    if any(asked) and not urls:
        raise UsageError("--table, --query and --watermark are about a database (name its URL)")
    yield from (Asked(url, *asked) for url in urls)
    yield from files_of(path for path in paths if path not in urls)


def _load(engine: Engine, reading: Reading, mapping: Path | None, loaded: Loaded, progress: Any) -> None:
    try:
        for batch in engine.load(reading):
            loaded.take(batch)
            progress(reading.found.position, reading.found.size, loaded.total)
    finally:
        loaded.files.append(_found(reading, mapping))
        loaded.end(reading.found.place, reading.found.tally)


def _mapping_of(path: Path) -> Path:
    """Where the mapping of a table stands if nobody says: `crm.toml` beside `crm.csv` and `crm.csv.gz`."""
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).with_suffix(".toml")


def _beside(path: Path) -> Path | None:
    mapping = _mapping_of(path)
    is_table = path.name.lower().removesuffix(".gz").endswith((".csv", ".parquet"))
    return mapping if is_table and mapping.is_file() else None


def _found(reading: Reading, mapping: Path | None) -> dict[str, Any]:
    found = reading.found
    return {
        "file": found.place,
        "encoding": found.encoding,
        "byte_order_mark": found.has_mark,
        "delimiter": found.delimiter,
        "header": found.header,
        "mapping": str(mapping) if mapping else None,
        "since": bool(reading.since),
        "skipped": int(reading.since or 0) if not reading.sent.lasts else 0,
    }


def _show_loaded(loaded: Loaded, seconds: float, as_json: bool) -> None:
    for line in loaded.rejected:
        terminal.err.print(f"[yellow]rejected[/] {escape(line)}")
    if (more := loaded.found["rejected"] - len(loaded.rejected)) > 0:
        terminal.err.print(f"... and {more:,} more: graph-cdp rejected")
    for line in loaded.refusals():
        terminal.err.print(escape(line))
    for sentence in dict.fromkeys(loaded.unread):
        terminal.err.print(f"[red]error:[/] {escape(sentence)}")
    to = terminal.err if as_json else terminal.out
    for found in loaded.files[:_FILES_SHOWN]:
        if said := render.file_found(found):
            to.print(f"[dim]{escape(found['file'])}: {escape(said)}[/]")
    if as_json or loaded.total or not loaded.unread:
        terminal.show(as_json, loaded.outcomes, loaded.summary(seconds))
