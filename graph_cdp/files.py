"""Tables in files, by the ending of their name: `.parquet`, `.csv` (with a header) or `.ndjson`."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from graph_cdp.errors import InputError, UsageError

ENDINGS = (".parquet", ".csv", ".ndjson")


def check_ending(path: Path) -> None:
    """Raises `UsageError` unless the name of `path` says how to write it."""
    if path.suffix not in ENDINGS:
        raise UsageError(f"{path}: unknown ending {path.suffix!r} (give a name that ends in {', '.join(ENDINGS)})")


def read_text(path: Path) -> str:
    """The text in `path`, which is UTF-8. Raises `InputError` where there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as broken:
        raise InputError(str(path), f"cannot be read: {broken.strerror}") from None
    except UnicodeDecodeError as broken:
        raise InputError(str(path), f"is not UTF-8 at byte {broken.start}", "save it as UTF-8") from None


def read_table(path: Path) -> pl.DataFrame:
    """The table in `path`; every column of a CSV is text. Raises `InputError` where there is none."""
    check_ending(path)
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        if path.suffix == ".csv":
            return pl.read_csv(path, infer_schema=False)
        return pl.read_ndjson(path, infer_schema_length=None)
    except FileNotFoundError:
        raise InputError(str(path), "there is no such file") from None
    except (OSError, pl.exceptions.PolarsError) as broken:
        reason = str(broken).strip().partition("\n")[0][:200]
        raise InputError(str(path), f"cannot be read as {path.suffix[1:]}: {reason}") from None


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Writes `table` to `path`. Lists go into a CSV as JSON."""
    check_ending(path)
    try:
        if path.suffix == ".parquet":
            table.write_parquet(path)
        elif path.suffix == ".csv":
            table.write_csv(path)
        else:
            table.write_ndjson(path)
    except OSError as broken:
        raise InputError(str(path), f"cannot be written: {broken.strerror}") from None
