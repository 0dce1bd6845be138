"""How much of the processors this process and the server in a folder have used so far."""

from __future__ import annotations

import os
import time
from pathlib import Path


def processor_seconds(folder: str) -> float:
    """Of this process and of every other one whose command line names the folder."""
    return time.process_time() + sum(_used(process) for process in Path("/proc").iterdir() if _names(process, folder))


def _names(process: Path, folder: str) -> bool:
    if not process.name.isdigit() or int(process.name) == os.getpid():
        return False
    try:
        return folder in str((process / "cwd").readlink()) or folder.encode() in (process / "cmdline").read_bytes()
    except OSError:
        return False


def _used(process: Path) -> float:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
