"""A client made of /openapi.json by a generator, used over a real socket: nobody has to write one by hand."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from graph_cdp_api.keys import Keys

from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from tests.api.conftest import Api, running

GENERATOR = Path(sys.executable).with_name("openapi-generator-cli")
pytestmark = pytest.mark.skipif(not shutil.which("java"), reason="the generator is a Java program")
LEFT_OUT = "apiDocs=false,modelDocs=false,apiTests=false,modelTests=false"


@pytest.fixture(scope="module")
def served(engine: Engine) -> Iterator[Api]:
    keys = Settings(write_keys="web=w-secret", api_keys="all=all-secret:read+steward+jobs+query+privacy")
    with running(engine, Keys.of(keys)) as api:
        yield api


@pytest.fixture(scope="module")
def made(served: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The generated package, importable for these tests."""
    folder = tmp_path_factory.mktemp("client")
    document = folder / "openapi.json"
    document.write_text(json.dumps(served.http.get("/openapi.json").json()))
    command = [GENERATOR, "generate", "-g", "python", "-i", document, "-o", folder, "--package-name", "made_client"]
    command += ["--global-property", f"apis,models,supportingFiles,{LEFT_OUT}"]
    subprocess.run(command, check=True, capture_output=True)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("made_client")
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def client(served: Api, made: ModuleType) -> Iterator[Any]:
    base = str(served.http.base_url)
    settings = made.Configuration(host=base, access_token="all-secret", username="w-secret", password="")
    with made.ApiClient(settings) as client:
        yield client


def test_what_it_sends_it_reads_back(made: ModuleType, client: Any):
    message = {"userId": "made-1", "traits": {"email": "made@example.com"}, "timestamp": "2026-01-01T00:00:00Z"}
    answer = made.WritingApi(client).writing_identify(message)
    assert (answer.success, answer.outcome) == (True, "created")
    profile = made.ReadingApi(client).reading_profile("email:made@example.com")
    assert profile.customer_id == answer.customer_id
    assert [one.key for one in profile.identifiers] == ["email:made@example.com", "user_id:made-1"]
    why = made.ReadingApi(client).reading_why("user_id:made-1", "email:made@example.com")
    assert why.path[0].kind == "identify"


@pytest.mark.parametrize(
    "value", ["a/b", "a+b", "100%", "a b", "żółć", "Анна", "c29tZSBjb29raWU=", "?q=1#x", "%2F", ".."]
)
def test_it_sends_any_key_as_one_segment(made: ModuleType, client: Any, value: str):
    stored = made.WritingApi(client).writing_identify({"userId": f"made {value}"})
    found = made.ReadingApi(client).reading_profile(f"user_id:made {value}")
    assert found.customer_id == stored.customer_id


def test_it_walks_searches_and_pages(made: ModuleType, client: Any):
    made.WritingApi(client).writing_batch(
        {"batch": [{"type": "page", "userId": "made-2", "name": name} for name in "abc"]}
    )
    part = made.GraphApi(client).graph_neighbours("user_id:made-2", depth=2)
    assert {node.labels[0] for node in part.nodes} >= {"UserId", "Customer", "Event"}
    assert made.ReadingApi(client).reading_search("made-2").items[0].key == "user_id:made-2"
    page = made.ReadingApi(client).reading_timeline("user_id:made-2", limit=2)
    rest = made.ReadingApi(client).reading_timeline("user_id:made-2", limit=2, cursor=page.next)
    assert (len(page.items), len(rest.items), rest.next) == (2, 1, None)


def test_it_starts_and_watches_a_job(made: ModuleType, client: Any):
    jobs = made.JobsApi(client)
    job = jobs.jobs_relink(made.Relink(dry_run=True))
    while job.state in ("queued", "running"):
        job = jobs.jobs_job(job.id)
    assert (job.state, job.dry_run) == ("done", True)


def test_a_refusal_is_an_exception_with_the_problem(made: ModuleType, client: Any):
    with pytest.raises(made.exceptions.NotFoundException) as refused:
        made.ReadingApi(client).reading_profile("user_id:made-nobody")
    assert json.loads(refused.value.body)["type"] == "urn:graph-cdp:problem:not-found"
