"""What /openapi.json says holds for whatever is sent: schemathesis with all of its checks, over a real socket."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from graph_cdp_api.keys import Keys

from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from tests.api.conftest import Api, running

HERE = Path(__file__).parent / "conformance"
EXAMPLES = os.environ.get("GRAPH_CDP_TEST_EXAMPLES", "50")
COMMAND = Path(sys.executable).with_name("schemathesis")

# The embedded server answers no free queries: 501 there.
pytestmark = pytest.mark.parametrize("server", ["neo4j"], indirect=True, scope="session")


@pytest.fixture
def described(each_engine: Engine) -> Iterator[Api]:
    """The API with keys that may everything."""
    keys = Settings(write_keys="web=w-secret", api_keys="all=all-secret:read+steward+jobs+query+privacy")
    with running(each_engine, Keys.of(keys)) as api:
        message = {"userId": "42", "traits": {"email": "ann@example.com", "phone": "+48601234567"}}
        api.http.post("/v1/identify", json=message, auth=("w-secret", ""))
        yield api


def test_the_api_is_as_its_document_says(described: Api, tmp_path: Path):
    arguments = [f"--config-file={HERE / 'schemathesis.toml'}", "run", f"{described.http.base_url}/openapi.json"]
    arguments += ["--checks=all", f"--max-examples={EXAMPLES}", "--phases=examples,coverage,fuzzing", "--workers=1"]
    arguments += ["--continue-on-failure", "--no-color", "--warnings=off"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "formats", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [COMMAND, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
