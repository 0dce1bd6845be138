"""Kill -9 of any process that uses the embedded server, and a full disk: nothing acknowledged is lost, nobody stays."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import StoreError
from graph_cdp.model import Observation
from graph_cdp.store.embedded import wait_until_stopped
from tests.store.processes import keeper_in, processes_in, servers_in, within

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

WRITER = """
import sys
from pathlib import Path
from tests.store.test_embedded_in_trouble import write
write(Path(sys.argv[1]))
"""


def seen(number: int, text: str = "") -> Observation:
    """A message of a visitor who is back: two of three join something."""
    keys = (f"cookie:c{number // 3}", f"email:e{number // 2}@x.pl")
    return Observation(
        f"u{number}", "web", f"u{number}", "login", "seen", keys, number, number, properties={"text": text}
    )


def write(directory: Path) -> None:
    """Sends messages without end, and says the number of each that was acknowledged, or why one was not."""
    with Engine.open(f"embedded:{directory}") as engine:
        for number in range(1_000_000):
            try:
                engine.absorb([seen(number)])
            except StoreError as refused:
                print(refused, flush=True)
                return
            print(number, flush=True)


@contextlib.contextmanager
def writer(directory: Path) -> Iterator[subprocess.Popen[str]]:
    path = os.pathsep.join(filter(None, [str(Path.cwd()), *sys.path]))
    command = [sys.executable, "-c", WRITER, str(directory)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)
    try:
        with process:
            yield process
    finally:
        process.kill()


def check(directory: Path, acknowledged: int) -> None:
    """What was acknowledged is there, whole, and the next message is taken."""
    with Engine.open(f"embedded:{directory}") as engine:
        held = engine.status()["counts"]["observations"]
        assert acknowledged <= held <= acknowledged + 1
        replies = engine.absorb([seen(number) for number in range(held + 1)])
        assert [reply.outcome == "duplicate" for reply in replies] == [True] * held + [False]
        summary = engine.plan_relink().summary
        assert (summary["identifiers_moved"], summary["merged"], summary["split"]) == (0, 0, 0)


@pytest.mark.parametrize("victim", ["client", "keeper", "java"])
def test_what_was_acknowledged_outlives_a_kill_in_the_middle_of_writing(victim: str, tmp_path: Path) -> None:
    with writer(tmp_path) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(30)]
        victims = {"client": lambda: process.pid, "keeper": lambda: keeper_in(tmp_path)}
        os.kill(victims.get(victim, lambda: servers_in(tmp_path)[0])(), signal.SIGKILL)
        said += process.stdout.readlines()
    if victim != "client":
        assert said.pop() == f"{tmp_path}: the embedded server has ended (start again; what was acknowledged is kept)\n"
    assert within(10, lambda: not processes_in(tmp_path))
    check(tmp_path, len(said))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk is a tmpfs, which only root may mount")
    try:
        yield disk
    finally:
        wait_until_stopped(disk / "store")
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_full_disk_is_told_in_a_sentence_and_damages_nothing(small_disk: Path) -> None:
    store, sent = small_disk / "store", 0
    with (
        pytest.raises(StoreError, match=r"store: the disk is full \(make room and try again; what was acknowledged is"),
        Engine.open(f"embedded:{store}") as engine,
    ):
        for sent in range(0, 100_000, 20):
            engine.absorb([seen(number, "x" * 20_000) for number in range(sent, sent + 20)])
    wait_until_stopped(store)
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    with Engine.open(f"embedded:{store}") as engine:
        assert engine.status()["counts"]["observations"] == sent
        assert engine.absorb([seen(sent)])[0].outcome != "duplicate"
        assert engine.plan_relink().summary["identifiers_moved"] == 0
