"""Decisions, review and the past over a real socket, on both servers."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from graph_cdp_api import stewarding

from tests.api.conftest import Api

ANN, BEN = "email:steward-ann@example.com", "email:steward-ben@example.com"


@pytest.fixture(autouse=True)
def two_people(each_api: Api) -> None:
    for name, day in (("ann", 1), ("ben", 2)):
        message = {"messageId": f"steward-{name}", "anonymousId": f"steward-{name}"}
        traits = {"email": f"steward-{name}@example.com"}
        each_api.send("identify", {**message, "traits": traits, "timestamp": f"2026-01-0{day}T00:00:00Z"})


def customer(api: Api, key: str, **asked: str) -> str:
    return api.http.get(f"/profiles/{quote(key, safe='')}", params=asked).json()["customer_id"]


def decide(api: Api, verdict: str = "same", a: str = ANN, b: str = BEN, **more: str) -> dict:
    answer = api.http.post("/decisions", json={"verdict": verdict, "a": a, "b": b, "because": "they say so", **more})
    assert answer.status_code == 201, answer.text
    stewarding.Made.model_validate(answer.json())
    return answer.json()


def test_a_decision_joins_and_its_undo_parts_again(each_api: Api) -> None:
    before = customer(each_api, ANN), customer(each_api, BEN)
    made = decide(each_api, author="eve")
    assert customer(each_api, ANN) == customer(each_api, BEN)
    undone = each_api.http.delete(f"/decisions/{made['id']}", params={"because": "a mistake"})
    stewarding.Made.model_validate(undone.json())
    assert (customer(each_api, ANN), customer(each_api, BEN)) == before
    listed = each_api.http.get("/decisions").json()
    stewarding.Decisions.model_validate(listed)
    mine = [row for row in listed["items"] if row["id"] in (made["id"], undone.json()["id"])]
    assert [(row["verdict"], row["author"], row["state"]) for row in mine] == [
        ("undo", "this machine", "in force"),
        ("same", "eve (this machine)", "undone"),
    ]


def test_a_decision_that_is_taken_back_twice_is_a_conflict(each_api: Api) -> None:
    name = decide(each_api)["id"]
    each_api.http.delete(f"/decisions/{name}")
    answer = each_api.http.delete(f"/decisions/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"verdict": "maybe", "a": ANN, "b": BEN}, 400),
        ({"verdict": "same", "a": ANN}, 400),
        ({"verdict": "same", "a": ANN, "b": ANN}, 400),
        ({"verdict": "same", "a": ANN, "b": "email:nobody"}, 400),
        ({"verdict": "same", "a": ANN, "b": "f" * 32, "because": "x"}, 404),
        ({"verdict": "same", "a": ANN, "b": BEN}, 400),
        ({"verdict": "same", "a": ANN, "b": BEN, "because": ""}, 400),
    ],
)
def test_what_cannot_be_decided_is_refused(each_api: Api, body: dict, status: int) -> None:
    assert each_api.http.post("/decisions", json=body).status_code == status


def test_an_unknown_decision_cannot_be_taken_back(each_api: Api) -> None:
    assert each_api.http.delete("/decisions/nonsense").status_code == 404


def test_a_contradicted_decision_is_under_review(each_api: Api) -> None:
    made = [decide(each_api), decide(each_api, "different")]
    review = each_api.http.get("/review", params={"limit": 1000}).json()
    stewarding.Review.model_validate(review)
    asked = [item for item in review["items"] if item.get("decision") == made[0]["id"]]
    assert [item["what"] for item in asked] == ["contradicted decision"]
    for one in reversed(made):
        each_api.http.delete(f"/decisions/{one['id']}")


def test_a_profile_and_its_reasons_are_asked_for_as_of_a_moment(each_api: Api) -> None:
    link = {"messageId": "steward-both", "userId": "steward-past", "timestamp": "2026-02-01T00:00:00Z"}
    each_api.send("identify", {**link, "traits": {"email": "past@example.com"}})
    later = {"messageId": "steward-later", "userId": "steward-past", "timestamp": "2026-03-01T00:00:00Z"}
    each_api.send("identify", {**later, "traits": {"phone": "+48601000111"}})
    path = "/profiles/email:past@example.com"
    then = each_api.http.get(path, params={"as_of": "2026-02-02T00:00:00Z"}).json()
    assert then["as_of"] == "2026-02-02T00:00:00.000000Z"
    assert "phone:+48601000111" not in {row["key"] for row in then["identifiers"]}
    assert "phone:+48601000111" in {row["key"] for row in each_api.http.get(path).json()["identifiers"]}
    why = {"a": "email:past@example.com", "b": "phone:+48601000111", "as_of": "2026-02-02T00:00:00Z"}
    assert each_api.http.get("/why", params=why).status_code == 404
    assert each_api.http.get("/why", params={**why, "as_of": "2026-03-02T00:00:00Z"}).json()["path"]
    assert each_api.http.get(path, params={"as_of": "2025-01-01T00:00:00Z"}).status_code == 404
    assert each_api.http.get(path, params={"told_by": "2025-01-01T00:00:00Z"}).status_code == 404
    walk = f"/graph/customers/{then['customer_id']}"
    drawn = each_api.http.get(walk, params={"as_of": "2026-02-02T00:00:00Z"}).json()["nodes"]
    assert "email:past@example.com" in {node["properties"].get("key") for node in drawn}
    assert "phone:+48601000111" not in {node["properties"].get("key") for node in drawn}
    assert each_api.http.get(walk, params={"as_of": "2025-01-01T00:00:00Z"}).status_code == 404
    both = {"as_of": "2026-02-02T00:00:00Z", "told_by": "2026-02-02T00:00:00Z"}
    assert each_api.http.get(path, params=both).status_code == 404


def test_a_profile_has_the_parts_that_are_asked_for(each_api: Api) -> None:
    path = f"/profiles/{ANN}"
    assert set(each_api.http.get(path, params={"include": "traits"}).json()) == {
        "customer_id",
        "kind",
        "as_of",
        "on",
        "traits",
    }
    assert each_api.http.get(path, params={"include": "shoes"}).status_code == 400


def test_decisions_and_changes_come_page_by_page(each_api: Api) -> None:
    made = [decide(each_api), decide(each_api, "different")]
    first = each_api.http.get("/decisions", params={"limit": 1}).json()
    assert first["items"][0]["id"] == made[1]["id"]
    second = each_api.http.get("/decisions", params={"limit": 1, "cursor": first["next"]}).json()
    assert second["items"][0]["id"] == made[0]["id"]
    changes = each_api.http.get("/changes", params={"limit": 1}).json()
    following = each_api.http.get("/changes", params={"limit": 1, "cursor": changes["next"]}).json()
    assert [page["items"][0]["seq"] for page in (changes, following)] == [1, 2]
    for one in reversed(made):
        each_api.http.delete(f"/decisions/{one['id']}")


def test_deciding_needs_the_scope_of_a_steward(locked: Api) -> None:
    body = {"verdict": "same", "a": ANN, "b": BEN, "because": "they say so"}
    reader, steward = ({"Authorization": f"Bearer {key}"} for key in ("r-secret", "o-secret"))
    assert locked.http.post("/decisions", json=body).status_code == 401
    assert locked.http.post("/decisions", json=body, headers=reader).status_code == 403
    made = locked.http.post("/decisions", json=body, headers=steward)
    assert made.status_code == 201
    rows = locked.http.get("/decisions", headers=reader).json()["items"]
    assert rows[0]["author"] == "ops"
    assert locked.http.delete(f"/decisions/{made.json()['id']}", headers=steward).status_code == 200
