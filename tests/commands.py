"""The installed command as its users run it: a process of its own, with nothing of this process's environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("graph-cdp")
LEAN = str(Path(__file__).with_name("lean"))


def path_of_child() -> str:
    """PYTHONPATH of a process that finds what this one finds, but for what only tests have."""
    return os.pathsep.join([LEAN, *filter(None, sys.path)])


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line of a refusal, after `error: `."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("error: "), self.err
        return lines[0].removeprefix("error: ")


def run(*arguments: object, cwd: Path, store: str | None = None, env: Mapping[str, str] | None = None) -> Said:
    """Runs `graph-cdp` with these arguments in the folder `cwd`. Fails where it shows a traceback."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GRAPH_CDP_", "COLUMNS"))}
    given = {"PYTHONPATH": LEAN} | ({"GRAPH_CDP_STORE": store} if store else {}) | dict(env or {})
    done = subprocess.run(
        [str(COMMAND), *map(str, arguments)],
        cwd=cwd,
        env=kept | given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)
