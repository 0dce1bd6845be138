"""The command that hands a person everything that is held of them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from graph_cdp import files, terminal
from graph_cdp.commands.base import AsJson, Key, Store, app, opened
from graph_cdp.errors import InputError, UsageError


@app.command()
def access(
    key: Key,
    to: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write into; made where it is missing.")],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Write everything that is held of a person: the profile, and all that it was made of, as it came."""
    with opened(store, asking=True) as engine:
        found = engine.access(key)
    if found["kind"] == "shared":
        raise UsageError(
            "several people use this identifier, so that nobody can say whose data these are (give another)"
        )
    counts = _written(found, to)
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    terminal.show(as_json, {"customer_id": found["customer_id"], **counts}, f"{to}: the profile, {said}")


def _written(found: dict[str, Any], to: Path) -> dict[str, int]:
    """Writes each part into a file of its own, which nobody else may read; how many rows each has."""
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as broken:
        raise InputError(
            str(to), f"cannot be made: {broken.strerror}", "give a folder that can be written to"
        ) from None
    _write(json.dumps(found["profile"], ensure_ascii=False, indent=2) + "\n", to / "profile.json")
    parts = {name: rows for name, rows in found.items() if isinstance(rows, list)}
    for name, rows in parts.items():
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        _write("".join(lines), to / f"{name}.ndjson")
    return {name: len(rows) for name, rows in parts.items()}


def _write(text: str, path: Path) -> None:
    # The folder may have been there, and open to others.
    with suppress(OSError):
        path.touch(mode=0o600)
        path.chmod(0o600)
    files.write_text(text, path)
