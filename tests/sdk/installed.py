"""The SDKs, installed once for each version of their locks: into `.cache`, for nothing of the product needs them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "sdk"


class NoSdkError(Exception):
    """The SDKs cannot be had on this machine."""


def required() -> bool:
    """Whether a missing SDK is a failure."""
    return os.environ.get("GRAPH_CDP_REQUIRE_SDKS") == "1"


def node_modules() -> Path:
    """The folder of the SDKs for Node and browsers. Raises NoSdkError."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise NoSdkError("no node and npm are on the PATH (apt-get install nodejs npm)")
    folder = _folder("package.json", "package-lock.json", ".npmrc")
    if not (folder / "ready").exists():
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, folder / name)
        _run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
        (folder / "ready").touch()
    return folder / "node_modules"


def python() -> Path:
    """A Python that has Segment's SDK, which wants other versions of libraries than we do. Raises NoSdkError."""
    folder = _folder("requirements.txt")
    found = folder / "bin" / "python"
    if not (folder / "ready").exists():
        _run(sys.executable, "-m", "venv", "--clear", str(folder), cwd=HERE)
        _run(str(found), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt"), cwd=HERE)
        (folder / "ready").touch()
    return found


def _folder(*names: str) -> Path:
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in names)).hexdigest()[:12]
    folder = CACHE / f"{names[0].partition('.')[0]}-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise NoSdkError(f"{command[0]} could not install them: {done.stderr[:2000]}")
