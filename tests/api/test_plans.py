"""What of a free query is looked at before any server sees it run."""

from __future__ import annotations

from typing import Any

import pytest

from graph_cdp.store import plans
from tests.api.conftest import Api


def ask(api: Api, query: str, /, **more: Any) -> Any:
    return api.http.post("/graph/query", json={"query": query, **more})


def test_the_embedded_server_says_that_it_cannot(api: Api):
    answer = ask(api, "MATCH (i:Identifier) RETURN i")
    assert (answer.status_code, answer.json()["type"]) == (501, "urn:graph-cdp:problem:not-on-this-store")


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": 1}, {"query": "RETURN 1", "limit": 0}, [], {"q": "x"}])
def test_a_body_of_something_else_is_refused(api: Api, body: object):
    assert api.http.post("/graph/query", json=body).status_code == 400


def test_too_large_a_body_is_refused(api: Api):
    answer = ask(api, "RETURN $x AS x", parameters={"x": "x" * 100_000})
    assert answer.status_code == 413


def test_a_key_without_the_scope_may_not_ask(locked: Api):
    for key, status in (("r-secret", 403), ("wrong", 401)):
        headers = {"Authorization": f"Bearer {key}"}
        assert locked.http.post("/graph/query", json={"query": "RETURN 1"}, headers=headers).status_code == status


def plan(operator: str, details: str = "", rows: float = 1, *children: Any) -> dict[str, Any]:
    args = {"Details": details, "EstimatedRows": rows}
    return {"operatorType": f"{operator}@neo4j", "args": args, "children": list(children)}


@pytest.mark.parametrize(
    ("operator", "details"),
    [
        ("Projection", "apoc.cypher.runFirstColumn('CREATE (n)', {}) AS n"),
        ("Filter", "`apoc`.`load`.`json`(x) IS NOT NULL"),
        ("Filter", "graph.byName($x) = 1"),
        ("Unwind", "range($autoint_0, $autoint_1) AS x"),
        ("Projection", "COLLECT {MATCH (n)} AS x"),
        ("Projection", "exists{ MATCH (n) } AS x"),
        ("NodeByLabelScan", "s:Setting"),
        ("SomethingNew", ""),
        ("Create", "(n)"),
    ],
)
def test_a_plan_with_a_step_that_is_not_listed_is_refused(operator: str, details: str):
    assert plans.refusal(plan("ProduceResults", "x", 1, plan(operator, details)))


def test_a_plan_that_reads_or_collects_too_much_is_refused():
    scan = plan("NodeByLabelScan", "i:Identifier", 500_000)
    assert plans.refusal(plan("EagerAggregation", "count(i) AS n", 1, scan)) is None
    assert "collect" in str(plans.refusal(plan("EagerAggregation", "collect(i) AS n", 1, scan)))
    assert "rows" in str(plans.refusal(plan("CartesianProduct", "", 1e11, scan, scan)))
