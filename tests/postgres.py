"""A PostgreSQL of our own, from the system's packages, in a directory that is gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")


class NoPostgresError(Exception):
    """There is no PostgreSQL to test on, and why."""


def required() -> bool:
    """Whether a missing PostgreSQL is a failure."""
    return os.environ.get("GRAPH_CDP_REQUIRE_POSTGRES") == "1"


@contextlib.contextmanager
def run() -> Iterator[str]:
    """The URL of a running server, reached by a socket in its directory. Raises NoPostgresError."""
    programs = _programs()
    # A short path: that of a socket may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        prefix = _as_somebody(Path(folder))
        data = f"{folder}/data"
        _call(*prefix, f"{programs}/initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        start = ("-w", "-l", f"{folder}/log", "-o", options, "start")
        _call(*prefix, f"{programs}/pg_ctl", "-D", data, *start)
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            _call(*prefix, f"{programs}/pg_ctl", "-D", data, "-m", "immediate", "stop")


def _programs() -> Path:
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NoPostgresError("there is no initdb (install the package postgresql)")


def _as_somebody(folder: Path) -> list[str]:
    """What has to stand before a command so that it does not run as root, as which PostgreSQL refuses to start."""
    if os.geteuid():
        return []
    try:
        postgres = pwd.getpwnam("postgres")
    except KeyError:
        raise NoPostgresError("this is root, and there is no user postgres to run it as") from None
    os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    folder.chmod(0o755)
    return ["runuser", "-u", "postgres", "--"]


def _call(*command: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", timeout=60,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise NoPostgresError(f"{command[-1]}: {done.stderr.decode(errors='replace').strip()}")
