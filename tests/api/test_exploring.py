"""The saved explorations over HTTP."""

from __future__ import annotations

import pytest
from graph_cdp_api import exploring

from tests.api.conftest import Api


@pytest.fixture(scope="module")
def explorer(api: Api) -> str:
    message = {"userId": "explorer", "traits": {"email": "explorer@example.com"}, "timestamp": "2026-03-05T10:00:00Z"}
    return str(api.send("identify", message).customer_id)


def test_the_list_names_every_exploration_with_what_it_takes(api: Api):
    body = api.http.get("/graph/queries").json()
    listed = exploring.Explorations.model_validate(body).items
    assert len(listed) >= 12
    assert {one.name: one.parameters[0].kind for one in listed}["customer"] == "key"


def test_the_parameters_told_are_those_that_explorations_have(api: Api):
    items = api.http.get("/graph/queries").json()["items"]
    had = {parameter["name"] for item in items for parameter in item["parameters"]}
    assert had == set(exploring.PARAMETERS)


def test_an_exploration_answers_with_what_is_drawn(api: Api, explorer: str):
    answer = api.http.get("/graph/queries/customer", params={"key": "email:explorer@example.com"})
    body = exploring.Answer.model_validate(answer.json())
    assert body.columns == ["customer", "membership", "member", "relation", "thing"]
    assert {row["customer"]["properties"]["id"] for row in body.rows} == {explorer}
    assert sorted(row["member"]["properties"]["key"] for row in body.rows) == [
        "email:explorer@example.com",
        "user_id:explorer",
    ]
    assert {row["membership"]["type"] for row in body.rows} == {"MEMBER_OF"}


def test_a_key_may_be_spelled_as_people_spell_it(api: Api, explorer: str):
    answer = api.http.get("/graph/queries/customer", params={"key": "Email: Explorer@Example.COM", "limit": "1"})
    assert (len(answer.json()["rows"]), answer.json()["truncated"]) == (1, True)


def test_every_exploration_answers_without_parameters(api: Api):
    for item in api.http.get("/graph/queries").json()["items"]:
        answer = api.http.get(f"/graph/queries/{item['name']}")
        assert answer.status_code == 200, item["name"]
        assert exploring.Answer.model_validate(answer.json()).columns == item["columns"]


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("nothing", 404, "no exploration has this name"),
        ("customer?limit=0", 400, "limit: give a whole number"),
        ("customer?limit=1&limit=2", 400, "given twice"),
        ("customer?key=ann.secret", 400, "key"),
        ("customer?ann.secret=1", 400, "has no parameter of that name (it has key, limit)"),
        ("new_customers?day=ann.secret", 400, "day: give a day as"),
    ],
)
def test_what_does_not_fit_is_a_problem_document_that_repeats_nothing(api: Api, query: str, status: int, told: str):
    answer = api.http.get(f"/graph/queries/{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert told in answer.json()["detail"]
    assert "ann.secret" not in answer.text


def test_the_scope_is_read(locked: Api):
    bearer = {"Authorization": "Bearer r-secret"}
    assert locked.http.get("/graph/queries/largest_customers", headers=bearer).status_code == 200
    assert locked.http.get("/graph/queries", headers=bearer).status_code == 200
    assert locked.http.get("/graph/queries/largest_customers").status_code == 401
    assert locked.http.get("/graph/queries", headers={"Authorization": "Bearer o-secret"}).status_code == 403
