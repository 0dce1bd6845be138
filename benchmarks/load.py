"""A file of any size loaded by the installed command: rows a second, and the memory of the loading process as it goes.

    python -m benchmarks.load --megabytes 200 [--store URL]

Reading alone is measured beside it, so that it is seen how much of the time is the store's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import results

_READ = """
import sys
from pathlib import Path
from graph_cdp.ingest import read
from graph_cdp.policy import default_policy
sum(1 for _ in read(Path(sys.argv[1]), policy=default_policy(), received_at=0))
"""
_SECONDS_BETWEEN_LOOKS = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """How long a process took, its CPU seconds, the most memory that it had, and what it had from look to look (MB)."""

    seconds: float
    cpu: float
    peak: int
    looks: list[int]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=20)
    parser.add_argument(
        "--store", help="a store that may be filled; without it an embedded one that is gone afterwards"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.ndjson"
        rows = _write(path, asked.megabytes * 2**20)
        load = [str(Path(sys.executable).with_name("graph-cdp")), "ingest", str(path)]
        runs = {
            "reading alone": _measured([sys.executable, "-c", _READ, str(path)]),
            "loading": _measured([*load, "--store", asked.store or f"embedded:{folder}/store"]),
        }
    result = result_of(asked.megabytes, rows, runs, asked.store or "the embedded server")
    results.show(result)
    results.keep(result)


def result_of(megabytes: int, rows: int, runs: Mapping[str, Run], store: str) -> results.Result:
    """The table: memory at a quarter, at half and at the end tells whether it grows with the file."""
    return results.Result(
        name="load",
        title=f"A file of {megabytes} MB, {rows:,} rows, none of whom is known, into {store}",
        columns=("process", "rows/s", "CPU s", "MB at 1/4", "MB at 1/2", "MB at the end", "peak MB"),
        rows=[
            (
                name,
                f"{rows / run.seconds:,.0f}",
                f"{run.cpu:.0f}",
                *(str(run.looks[int(part * (len(run.looks) - 1))]) for part in (0.25, 0.5, 1)),
                str(run.peak),
            )
            for name, run in runs.items()
        ],
        notes=(
            "the memory is that of the process that loads; what grows at first are memories of identifiers, which hold"
            " the newest 65,536 and no more",
        ),
        runs={name: asdict(run) for name, run in runs.items()},
    )


def _write(path: Path, size: int) -> int:
    rows = 0
    with path.open("w") as file:
        while file.tell() < size:
            traits = {"email": f"u{rows}@shop.test", "note": "x" * 600}
            sent = {"type": "identify", "userId": f"u{rows}", "messageId": f"m{rows}", "traits": traits}
            file.write(json.dumps(sent) + "\n")
            rows += 1
    return rows


def _measured(command: list[str]) -> Run:
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    looks: list[int] = []
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        looks.append(_resident(process.pid) or (looks[-1] if looks else 0))
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return Run(time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, looks or [0])


def _resident(pid: int) -> int:
    """The MB of memory that a process holds; 0 where it has just ended."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main()
