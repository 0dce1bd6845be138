"""The compose file and the Dockerfile are what their tools take them for, and keep no secret. Nothing is started."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
COMPOSE, DOCKERFILE = ROOT / "docker-compose.yml", ROOT / "Dockerfile"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(COMPOSE)["services"])


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def test_the_compose_file_is_one_by_the_specification() -> None:
    checked = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert checked.returncode == 0, checked.stdout


def test_a_compose_file_with_a_mistake_would_be_found(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text().replace("read_only: true", "readonly: true"))
    assert run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", wrong).returncode


def test_the_dockerfile_is_one_that_hadolint_likes() -> None:
    checked = run(Path(sys.executable).with_name("hadolint"), DOCKERFILE)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_every_service_says_how_one_sees_that_it_is_well(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if not service["healthcheck"]["test"]] == []


def test_no_password_or_key_stands_in_the_file(services: dict[str, Any]) -> None:
    secret = re.compile("AUTH|PASSWORD|KEYS|SECRET")
    given = [value for one in services.values() for name, value in one["environment"].items() if secret.search(name)]
    assert len(given) == 5
    assert all(re.fullmatch(r"(neo4j/)?\$\{\w+:(\?[^}]+|-)\}", value) for value in given)


def test_only_this_machine_reaches_the_ports(services: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service["ports"])


def test_the_api_is_not_root_and_writes_nothing_but_temporary_files(services: dict[str, Any]) -> None:
    api = services["api"]
    assert (api["user"], api["read_only"], api["tmpfs"], api["cap_drop"]) == ("10001:10001", True, ["/tmp"], ["ALL"])
    assert "USER 10001:10001" in DOCKERFILE.read_text()


def test_the_image_is_built_from_what_the_wheel_is_made_of() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    built = set(
        re.findall(r'"([\w.]+)"', re.search(r"sdist\]\ninclude = (\[.*\])", (ROOT / "pyproject.toml").read_text())[1])
    )
    assert allowed == built | {"constraints.txt"}
