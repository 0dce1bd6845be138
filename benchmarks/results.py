"""A table on the screen and in `results/`, with the facts of the machine beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks import machine

FOLDER: Final = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark found: a table, sentences below it, and the single measurements."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    runs: Mapping[str, Any] = field(default_factory=dict)


def show(result: Result) -> None:
    """Prints the table."""
    table = Table(title=result.title, title_justify="left")
    for number, column in enumerate(result.columns):
        table.add_column(column, justify="right" if number else "left")
    for row in result.rows:
        table.add_row(*row)
    console = Console()
    console.print(table)
    for note in result.notes:
        console.print(note, style="dim")


def keep(result: Result) -> Path:
    """Writes `results/DATE-NAME.json` and brings `results/latest.md` up to date; the path of the first."""
    FOLDER.mkdir(exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    record = {**asdict(result), "date": day, "machine": machine.facts(), "load": round(machine.load(), 2)}
    path = FOLDER / f"{day}-{result.name}.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    newest = {kept["name"]: kept for file in sorted(FOLDER.glob("*.json")) if (kept := json.loads(file.read_text()))}
    sections = [_section(newest[name]) for name in sorted(newest, reverse=True)]
    (FOLDER / "latest.md").write_text("# Newest results\n\n" + "\n".join(sections), encoding="utf-8")
    return path


def _section(kept: Mapping[str, Any]) -> str:
    columns = kept["columns"]
    lines = [f"## {kept['title']}", "", _line(columns), _line(["---", *("---:" for _ in columns[1:])])]
    lines += [_line(row) for row in kept["rows"]]
    lines += ["", *(f"- {note}" for note in kept["notes"])]
    facts = ", ".join(f"{name} {value}" for name, value in kept["machine"].items())
    return "\n".join([*lines, f"- {kept['date']}; {facts}; load average at the end {kept['load']}", ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
