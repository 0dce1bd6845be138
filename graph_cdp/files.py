"""Tables in files, by the ending of their name: `.parquet`, `.csv` (with a header) or `.ndjson`."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl

from graph_cdp.errors import InputError, UsageError

_VALUE: Final = re.compile(r"@|(?:\d[ -]?){6}")
ENDINGS = (".parquet", ".csv", ".ndjson")

_MISSING: Final = "there is no such file"
_PATH: Final = "check the path"
_WRITABLE: Final = "name a file in a folder that exists and that you may write to"


def check_ending(path: Path) -> None:
    """Raises `UsageError` unless the name of `path` says how to read or write it."""
    if path.suffix not in ENDINGS:
        raise UsageError(f"{path}: unknown ending {path.suffix!r} (give a name that ends in {', '.join(ENDINGS)})")


def column_names(columns: Iterable[str]) -> str:
    """The names of columns for an error; of a table without a header these are values, which are only counted."""
    shown = list(columns)
    names = [name for name in shown if not _VALUE.search(name)]
    others = len(shown) - len(names)
    return ", ".join(names) + (f" and {others} that look like values: is the header missing?" if others else "")


def read_text(path: Path) -> str:
    """The text in `path`, which is UTF-8. Raises `InputError` where there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(str(path), _MISSING, _PATH) from None
    except OSError as broken:
        raise InputError(str(path), f"cannot be read: {broken.strerror}", _PATH) from None
    except UnicodeDecodeError as broken:
        line = broken.object.count(b"\n", 0, broken.start) + 1
        raise InputError(f"{path}:{line}", "is not UTF-8", "save it as UTF-8") from None


def read_table(path: Path) -> pl.DataFrame:
    """The table in `path`; every column of a CSV is text. Raises `InputError` where there is none."""
    check_ending(path)
    if not path.exists():
        raise InputError(str(path), _MISSING, _PATH)
    if path.is_dir():
        raise InputError(str(path), "is a folder", "name the file in it")
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path, glob=False)
        if path.suffix == ".csv":
            return pl.read_csv(path, infer_schema=False, glob=False)
        return pl.read_ndjson(path, infer_schema_length=None)
    except (OSError, pl.exceptions.PolarsError) as broken:
        raise _unreadable(path, broken) from None


def _unreadable(path: Path, broken: Exception) -> InputError:
    """What is wrong with a table; what polars says of it may repeat values, and names no line."""
    if isinstance(broken, OSError) and broken.strerror:
        return InputError(str(path), f"cannot be read: {broken.strerror}", _PATH)
    if path.suffix == ".parquet":
        return InputError(str(path), "is no Parquet file, or a broken one", "write it anew, or name it as what it is")
    if not path.stat().st_size:
        return InputError(str(path), "is empty", "its first line has to name columns or be a JSON object")
    number, reason = (_csv_fault if path.suffix == ".csv" else _ndjson_fault)(path)
    return InputError(f"{path}:{number}", reason, "correct that line, or leave it out")


def _csv_fault(path: Path) -> tuple[int, str]:
    """The first line of a CSV file that cannot be one, and why."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number, "is not UTF-8"
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        width = len(next(rows, []))
        for row in rows:
            if len(row) > width:
                return rows.line_num, f"{len(row)} columns instead of the {width} of the header"
    return 1, "is no CSV with a header"


def _ndjson_fault(path: Path) -> tuple[int, str]:
    """The first line of an NDJSON file that is no JSON object, the first one where all of them are."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                if not line.isspace() and not isinstance(json.loads(line), dict):
                    return number, "is not a JSON object"
            except ValueError:
                return number, "is not valid JSON"
    return 1, "the lines of this file do not agree on the types of their values"


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Writes `table` to `path`. Raises `InputError` where that cannot be done."""
    check_ending(path)
    try:
        # polars says less clearly than the system why it cannot write.
        with path.open("wb") as file:
            if path.suffix == ".parquet":
                # The lowest level of compression takes half the time of the usual one, and no more room.
                table.write_parquet(file, compression="zstd", compression_level=1)
            elif path.suffix == ".csv":
                table.write_csv(file)
            else:
                table.write_ndjson(file)
    except (OSError, pl.exceptions.PolarsError) as broken:
        reason = getattr(broken, "strerror", None) or "the disk may be full"
        raise InputError(str(path), f"cannot be written: {reason}", _WRITABLE) from None


def write_text(text: str, path: Path) -> None:
    """Writes `text` to `path` in UTF-8. Raises `InputError` where that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as broken:
        raise InputError(str(path), f"cannot be written: {broken.strerror}", _WRITABLE) from None
