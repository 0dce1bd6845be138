"""Jars of servers that the tests start, fetched by Maven the first time and kept in the checkout."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

_CACHE = Path(__file__).parent.parent / ".cache"
_OLDEST_JAVA = 17
_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.0:copy-dependencies"


class NoJarsError(Exception):
    """What is needed to have them is missing, and why."""


def check_java() -> None:
    """Raises NoJarsError where there is no Java that runs them."""
    if not shutil.which("java"):
        raise NoJarsError("java is not on the PATH")
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if not version or int(version[1]) < _OLDEST_JAVA:
        raise NoJarsError(f"java is older than {_OLDEST_JAVA}")


def fetched(pom: Path, name: str) -> Path:
    """The folder with the jars that a pom asks for, kept as `name`. Raises NoJarsError."""
    home = _CACHE / name
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "fetch.lock"):
        if not (home / "lib").exists():
            _fetch(pom, home / "lib.new")
            (home / "lib.new").rename(home / "lib")
    return home / "lib"


def _fetch(pom: Path, to: Path) -> None:
    if not shutil.which("mvn"):
        raise NoJarsError("mvn is not on the PATH")
    options = ["-DincludeScope=runtime", "-DexcludeTypes=pom", f"-DoutputDirectory={to}"]
    maven = ["mvn", "--batch-mode", "--quiet", "--file", str(pom), _GOAL, *options]
    done = subprocess.run(maven, capture_output=True, text=True, check=False)
    if done.returncode:
        said = next((line for line in done.stdout.splitlines() if "[ERROR]" in line), "no reason given")
        raise NoJarsError(f"Maven could not fetch its jars: {said}")
