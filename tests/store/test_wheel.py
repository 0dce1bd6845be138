"""The wheel as others install it: into an environment of its own, with no checkout in sight."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"graph_cdp", "graph_cdp_api"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the checkout by the build backend that is installed beside the tests."""
    to = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", to, ROOT, cwd=to)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(to.glob("graph_cdp-*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    hidden = ("GRAPH_CDP_", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "COLUMNS")
    env = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=900
    )


def test_it_carries_every_statement(names: set[str]) -> None:
    statements = {f"graph_cdp/{path.relative_to(ROOT)}" for path in (ROOT / "cypher").rglob("*.cypher")}
    assert statements <= names


def test_it_carries_the_policy_the_samples_and_the_mark_of_its_types(names: set[str]) -> None:
    data = {path.name for ending in ("toml", "csv") for path in (ROOT / "graph_cdp" / "samples").glob(f"*.{ending}")}
    wanted = {f"graph_cdp/samples/{name}" for name in data} | {"graph_cdp/default_policy.toml", "graph_cdp/py.typed"}
    assert wanted - names == set()


def test_it_puts_no_other_module_into_an_environment(names: set[str]) -> None:
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} <= OURS


def test_it_carries_no_files_of_python_s_making(names: set[str]) -> None:
    assert [name for name in names if "__pycache__" in name] == []


def test_it_runs_the_demo_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    assert run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path).returncode == 0
    bin_ = tmp_path / "env" / "bin"
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt", wheel)
    installed = run(bin_ / "python", *install, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    shown = run(bin_ / "graph-cdp", "demo", "--people", 60, cwd=tmp_path)
    assert (shown.returncode, shown.stderr, "Zofia Wójcik" in shown.stdout) == (0, "", True)
