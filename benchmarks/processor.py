"""Processor seconds of processes: on a shared machine they say what work costs where the clock says who else works."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def used(process: int) -> float:
    """The seconds of all processors that a process has used since it began."""
    fields = _fields(process)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def server_on(folder: Path) -> int:
    """The process of the Java server whose files are in `folder`. Raises `LookupError` where there is none.

    The command of the embedded one does not name them, but that of its keeper does, whose child it is.
    """
    said = dict(_commands())
    named = {process for process, words in said.items() if any(str(folder).encode() in word for word in words)}
    for process, words in said.items():
        if words[0].endswith(b"java") and (process in named or _parent(process) in named):
            return process
    raise LookupError(f"no server on {folder}")


def _commands() -> Iterator[tuple[int, list[bytes]]]:
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield int(command.parent.name), command.read_bytes().split(b"\0")


def _fields(process: int) -> list[str]:
    """What the system says of a process, from its state on; nothing of one that has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(process: int) -> int:
    return int((_fields(process) or ["", "0"])[1])


@contextmanager
def measured(processes: dict[str, int], spent: dict[str, float]) -> Iterator[None]:
    """Puts into `spent` what each of these processes uses meanwhile, by their names."""
    before = {name: used(process) for name, process in processes.items()}
    yield
    spent |= {name: used(process) - before[name] for name, process in processes.items()}
