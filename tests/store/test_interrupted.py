"""Ctrl-C in the middle of a load ends it in one sentence, and the store goes on."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TRIES = 4
SECONDS_TO_END = 60


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("many") / "many.ndjson"
    said = ({"type": "identify", "userId": f"u{n}", "traits": {"email": f"u{n}@example.com"}} for n in range(30_000))
    file.write_text("".join(json.dumps(one) + "\n" for one in said))
    return file


def test_a_load_that_is_interrupted_ends_at_a_commit_and_goes_on_the_next_time(tmp_path: Path, messages: Path) -> None:
    store = tmp_path / "store"
    program = [sys.executable, "-m", "graph_cdp"]
    chance = random.Random(TRIES)
    for _ in range(TRIES):
        command = [*program, "ingest", str(messages), "--store", f"embedded:{store}"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started = time.monotonic()
        while not (store / "keeper.json").exists() and time.monotonic() - started < SECONDS_TO_END:
            time.sleep(0.05)
        time.sleep(chance.uniform(1.5, 4))
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=SECONDS_TO_END)
        assert child.returncode == 130, said
        assert "stopped; what was acknowledged is kept" in said[1]
    status = subprocess.run(
        [*program, "status", "--json", "--store", f"embedded:{store}"], capture_output=True, text=True, check=True
    )
    counted = json.loads(status.stdout)["counts"]
    assert 0 < counted["customers"] == counted["observations"] <= 30_000
