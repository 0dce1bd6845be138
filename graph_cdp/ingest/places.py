"""What a person named on the command line to the files that are meant: a file, a folder, or a pattern."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from graph_cdp.errors import InputError

ENDINGS: Final = (".ndjson", ".jsonl", ".json", ".csv", ".parquet")
TABLES: Final = (".csv", ".parquet")
_NOT_FETCHED: Final = ("files are not fetched from other machines", "download it, and give the path of the file")
_ELSEWHERE: Final = {
    "kafka": ("is no file and no database", "topics are read by graph-cdp consume URL"),
    **dict.fromkeys(("http", "https", "ftp", "s3", "gs", "file"), _NOT_FETCHED),
}


def ending_of(path: Path) -> str | None:
    """The ending that says what a file is, `.gz` aside; None where it is not known."""
    ending = Path(path.name.lower().removesuffix(".gz")).suffix
    return ending if ending in ENDINGS else None


def files_of(named: Iterable[str]) -> Iterator[Path | InputError]:
    """The files that are meant, in the order of their names within each folder or pattern; each once.

    Of a folder all files below it whose ending is known; of a pattern (`**` crosses folders) all that it matches. Where
    there are none, the error that says so stands in their place. A file that does not exist is still itself.
    """
    seen: set[Path] = set()
    for name in named:
        found = _meant(name)
        if isinstance(found, InputError):
            yield found
            continue
        for path in found:
            if path not in seen:
                seen.add(path)
                yield path


def is_database(name: str) -> bool:
    """Whether this is the URL of a database, and neither a file nor the address of something else."""
    return _scheme(name) not in ("", *_ELSEWHERE)


def _scheme(name: str) -> str:
    scheme, colon, _ = name.partition("://")
    return scheme.casefold() if colon else ""


def _meant(name: str) -> list[Path] | InputError:
    if elsewhere := _ELSEWHERE.get(_scheme(name)):
        return InputError(name.partition("?")[0].rpartition("@")[2], *elsewhere)
    path = Path(name)
    if path.is_dir():
        below = (one for one in path.rglob("*") if one.is_file() and not _hidden(one.relative_to(path)))
        known = sorted(one for one in below if ending_of(one))
        return known or InputError(name, "nothing in this folder can be loaded", f"known are {', '.join(ENDINGS)}, .gz")
    if path.exists() or not glob.has_magic(name):
        return [path]
    matches = sorted(Path(one) for one in glob.glob(name, recursive=True))  # noqa: PTH207 - `**` and absolute patterns
    return [one for one in matches if one.is_file()] or InputError(name, "no file matches", "check the pattern")


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
