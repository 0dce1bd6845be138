"""A file of any size loaded by the installed command: rows a second and the peak memory of the loading process.

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
from pathlib import Path

_READ = """
import sys
from pathlib import Path
from graph_cdp.ingest import read
from graph_cdp.policy import default_policy
sum(1 for _ in read(Path(sys.argv[1]), policy=default_policy(), received_at=0))
"""


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
        command = [str(Path(sys.executable).with_name("graph-cdp")), "ingest", str(path)]
        for name, run in (
            ("reading alone", [sys.executable, "-c", _READ, str(path)]),
            ("loading", [*command, "--store", asked.store or f"embedded:{folder}/store"]),
        ):
            seconds, peak = _measured(run)
            print(f"{name}: {asked.megabytes} MB, {rows:,} rows, {rows / seconds:,.0f}/s, peak memory {peak} MB")


def _write(path: Path, size: int) -> int:
    rows = 0
    with path.open("w") as file:
        while file.tell() < size:
            traits = {"email": f"u{rows}@shop.test", "note": "x" * 600}
            sent = {"type": "identify", "userId": f"u{rows}", "messageId": f"m{rows}", "traits": traits}
            file.write(json.dumps(sent) + "\n")
            rows += 1
    return rows


def _measured(command: list[str]) -> tuple[float, int]:
    """The seconds that a command took and the most memory that it had, in MB."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return time.monotonic() - started, used.ru_maxrss // 1024


if __name__ == "__main__":
    main()
