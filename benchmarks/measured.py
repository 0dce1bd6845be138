"""A command as a whole process: wall clock, processor time, peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall clock and of all processors together, and the largest resident set in MiB."""

    wall: float
    processor: float
    memory: float


def run(command: Sequence[str]) -> Cost:
    """Runs `command` to its end; its output is not shown. Raises `RuntimeError`, with what it said, if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read() if process.stderr else ""
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[1:3]} failed: {said[-500:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def medians(commands: Mapping[str, Sequence[str]], *, runs: int) -> tuple[dict[str, Cost], dict[str, list[Cost]]]:
    """The medians of each command, and every run; the commands take turns, so that a busy minute meets them all."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(run(command))
    return {name: _median(each) for name, each in costs.items()}, costs


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(median(getattr(cost, field) for cost in costs) for field in ("wall", "processor", "memory")))
