"""The processes of an embedded server, as the system lists them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed


def processes_in(directory: Path) -> dict[int, str]:
    """The command lines of the keeper and the java that work in a directory."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == directory:
                found[int(process.name)] = (process / "cmdline").read_text()
    return found


def servers_in(directory: Path) -> list[int]:
    return [pid for pid, command in processes_in(directory).items() if "ArcadeDBServer" in command]


def keeper_in(directory: Path) -> int:
    return next(pid for pid, command in processes_in(directory).items() if "store.keeper" in command)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    waiting = Retrying(
        retry=retry_if_result(lambda held: not held),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.05),
        retry_error_callback=lambda _: False,
    )
    return waiting(holds)
