"""Processor seconds of processes: on a shared machine they say what work costs where the clock says who else works."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def used(process: int) -> float:
    """The seconds of all processors that a process has used since it began."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def server_on(folder: Path) -> int:
    """The process of the Java server whose files are in `folder`. Raises `LookupError` where there is none."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = command.read_bytes().split(b"\0")
        except OSError:
            continue
        if said[0].endswith(b"java") and any(str(folder).encode() in one for one in said):
            return int(command.parent.name)
    raise LookupError(f"no server on {folder}")


@contextmanager
def measured(processes: dict[str, int], spent: dict[str, float]) -> Iterator[None]:
    """Puts into `spent` what each of these processes uses meanwhile, by their names."""
    before = {name: used(process) for name, process in processes.items()}
    yield
    spent |= {name: used(process) - before[name] for name, process in processes.items()}
