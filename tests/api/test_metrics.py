"""What Prometheus reads, and what /openapi.json shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graph_cdp_api import schemas
from graph_cdp_api.examples import example_of
from graph_cdp_api.keys import Keys
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from tests.api.conftest import Api, running

READER = {"Authorization": "Bearer r-secret"}


def samples(api: Api, **headers: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = api.http.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(api: Api, name: str, **labels: str) -> float:
    return samples(api).get((name, frozenset(labels.items())), 0.0)


def test_requests_are_counted_by_the_template_of_their_path_and_their_status(api: Api):
    labels = {"method": "GET", "route": "/profiles/{key}", "status": "404"}
    before = value(api, "graph_cdp_http_request_seconds_count", **labels)
    api.http.get("/profiles/user_id:nobody-counts-me")
    assert value(api, "graph_cdp_http_request_seconds_count", **labels) == before + 1
    assert "nobody-counts-me" not in api.http.get("/metrics").text


def test_unknown_paths_and_methods_make_no_series_of_their_own(api: Api):
    api.http.request("BREW", "/coffee/private-4711")
    labels = {"method": "other", "route": "none", "status": "404"}
    assert value(api, "graph_cdp_http_request_seconds_count", **labels) >= 1
    assert "4711" not in api.http.get("/metrics").text


def test_messages_are_counted_by_what_became_of_them(api: Api):
    before = {outcome: value(api, "graph_cdp_messages_total", outcome=outcome) for outcome in ("created", "rejected")}
    api.send("identify", {"userId": "metrics-1"})
    api.send("batch", {"batch": [{"type": "identify", "userId": "metrics-2"}, {"type": "track", "userId": "x"}]})
    assert value(api, "graph_cdp_messages_total", outcome="created") == before["created"] + 2
    assert value(api, "graph_cdp_messages_total", outcome="rejected") == before["rejected"] + 1


def test_the_graph_is_counted(api: Api, engine: Engine):
    api.send("identify", {"userId": "metrics-3"})
    with running(engine, Keys()) as fresh:
        assert value(fresh, "graph_cdp_nodes", kind="identifiers") > 0


def test_metrics_need_a_key_where_keys_are_set(locked: Api):
    assert locked.http.get("/metrics").status_code == 401
    assert samples(locked, **READER)


@pytest.fixture(scope="module")
def public(engine: Engine) -> Iterator[Api]:
    """With a key that stands in a web page beside one that does not."""
    settings = Settings(public_write_keys="page=p-secret", write_keys="web=w-secret", api_keys="crm=r-secret")
    with running(engine, Keys.of(settings)) as api:
        yield api


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("identify", {"userId": "public-1"}),
        ("track", {"userId": "public-1"}),
        ("batch", {"batch": [{"type": "identify", "userId": "public-1"}, {"type": "none"}]}),
    ],
)
def test_who_sends_with_a_public_key_learns_nothing(public: Api, call: str, message: dict[str, Any]):
    answer = public.http.post(f"/v1/{call}", json=message, auth=("p-secret", ""))
    assert (answer.status_code, answer.json()) == (200, {"success": True})


def test_what_a_public_key_sends_is_stored_with_its_source(public: Api):
    public.http.post("/v1/identify", json={"userId": "public-2"}, auth=("p-secret", ""))
    profile = public.http.get("/profiles/user_id:public-2", headers=READER).json()
    assert profile["identifiers"][0]["sources"] == ["page"]


def test_a_public_key_reads_nothing_and_another_write_key_is_told_all(public: Api):
    assert public.http.get("/customers", headers={"Authorization": "Bearer p-secret"}).status_code == 401
    assert "outcome" in public.http.post("/v1/identify", json={"userId": "public-3"}, auth=("w-secret", "")).json()


def operations(api: Api) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.http.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_operation_is_described_with_examples(api: Api):
    missing = []
    for method, path, operation in operations(api):
        assert operation["description"], (method, path)
        contents = [answer.get("content", {}) for answer in operation["responses"].values()]
        contents.append(operation.get("requestBody", {}).get("content", {}))
        missing += [(method, path) for content in contents for media in content.values() if "example" not in media]
        required = [one for one in operation.get("parameters", []) if one["required"]]
        missing += [(method, path, one["name"]) for one in required if "examples" not in one["schema"]]
    assert missing == []


MODELS = [
    one
    for name, one in vars(schemas).items()
    if isinstance(one, type) and issubclass(one, BaseModel) and name not in ("BaseModel", "_Model")
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_example_is_one(model: type[BaseModel]):
    model.model_validate_json(json.dumps(example_of(model)))
