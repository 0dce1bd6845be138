"""schemathesis, with all of its checks, on the API over a real socket."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from graph_cdp_api.keys import Keys

from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from tests.api.conftest import Api, running

_HERE = Path(__file__).parent
_COMMAND = Path(sys.executable).with_name("schemathesis")


@contextmanager
def described(engine: Engine) -> Iterator[Api]:
    """The API with keys that may everything, and somebody to ask for."""
    keys = Settings(write_keys="web=w-secret", api_keys="all=all-secret:read+steward+jobs+query+privacy")
    with running(engine, Keys.of(keys)) as api:
        message = {"userId": "42", "traits": {"email": "ann@example.com", "phone": "+48601234567"}}
        api.http.post("/v1/identify", json=message, auth=("w-secret", ""))
        seen = {"userId": "42", "event": "Product Viewed", "properties": {"brand": "Lumia"}}
        api.http.post("/v1/track", json=seen, auth=("w-secret", ""))
        yield api


def operations(api: Api) -> list[str]:
    """The ids of all operations in the document."""
    paths = api.http.get("/openapi.json").json()["paths"]
    return [operation["operationId"] for path in paths.values() for operation in path.values()]


def ask(api: Api, examples: int, folder: Path, only: Sequence[str] = ()) -> str:
    """What schemathesis has to object to after so many examples of each operation: nothing if all is well."""
    arguments = [f"--config-file={_HERE / 'schemathesis.toml'}", "run", f"{api.http.base_url}/openapi.json"]
    arguments += ["--checks=all", f"--max-examples={examples}", "--phases=examples,coverage,fuzzing", "--workers=1"]
    # What is answered is looked at here, and not how fast: a machine with much else to do may take its time.
    arguments += ["--continue-on-failure", "--no-color", "--warnings=off", "--request-timeout=60"]
    arguments += [f"--include-operation-id={name}" for name in only]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "formats", "PYTHONPATH": str(_HERE)}
    done = subprocess.run(
        [_COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout[-20_000:] + done.stderr if done.returncode else ""
