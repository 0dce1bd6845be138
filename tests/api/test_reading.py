"""What readers get."""

from __future__ import annotations

import json

import pytest
from graph_cdp_api import schemas

from tests.api.conftest import Api


@pytest.fixture(scope="module")
def ann(api: Api) -> str:
    """A customer of two identifiers."""
    message = {"userId": "ann", "traits": {"email": "ann.reads@example.com"}, "timestamp": "2026-03-01T10:00:00Z"}
    return str(api.send("identify", message).customer_id)


@pytest.fixture(scope="module")
def moved(api: Api) -> tuple[str, str]:
    """An id of before, and the one that it leads to today."""
    older = api.send("identify", {"userId": "moved", "timestamp": "2026-01-01T00:00:00Z"})
    younger = api.send("page", {"anonymousId": "moved-cookie", "timestamp": "2026-02-01T00:00:00Z"})
    api.send("alias", {"previousId": "moved-cookie", "userId": "moved", "timestamp": "2026-03-01T00:00:00Z"})
    return str(younger.customer_id), str(older.customer_id)


def test_a_profile_is_found_by_any_of_its_keys(api: Api, ann: str):
    found = [
        api.http.get(f"/profiles/{key}").json()["customer_id"] for key in ("user_id:ann", "email:ann.reads@example.com")
    ]
    assert found == [ann, ann]


def test_a_key_may_be_spelled_as_people_spell_it(api: Api, ann: str):
    assert api.http.get("/profiles/Email:%20Ann.Reads@Example.COM").json()["customer_id"] == ann


def test_a_profile_is_what_the_schema_says(api: Api, ann: str):
    schemas.Profile.model_validate(api.http.get("/profiles/user_id:ann").json())


def test_an_unknown_key_is_a_problem_document(api: Api):
    answer = api.http.get("/profiles/user_id:nobody-at-all")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert set(document) == {"type", "title", "status", "detail"}
    assert (document["type"], document["status"]) == ("urn:graph-cdp:problem:not-found", 404)
    assert "nobody-at-all" not in answer.text


@pytest.mark.parametrize("key", ["nokey", "%FF", "user_id:%FF", "user_id:", "phone:12", "record:42"])
def test_what_is_no_key_is_a_problem_document(api: Api, key: str):
    answer = api.http.get(f"/profiles/{key}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["status"] == 400


def test_a_lookup_answers_each_key_in_order(api: Api, ann: str):
    keys = ["user_id:nobody", "email:ann.reads@example.com", "nokey"]
    items = api.http.post("/profiles/lookup", json={"keys": keys}).json()["items"]
    assert [item["key"] for item in items] == keys
    assert [item["problem"] and item["problem"]["status"] for item in items] == [404, None, 400]
    assert items[1]["profile"]["customer_id"] == ann


@pytest.mark.parametrize("body", [{}, {"keys": []}, {"keys": ["user_id:1"] * 101}, {"keys": [1]}, [], {"key": "x"}])
def test_a_lookup_of_something_else_says_where_and_why(api: Api, body: object):
    answer = api.http.post("/profiles/lookup", json=body)
    assert answer.status_code == 400
    assert all(set(one) == {"place", "reason"} for one in answer.json()["errors"])


def test_what_was_sent_is_not_repeated_in_a_problem(api: Api):
    answer = api.http.post("/profiles/lookup", json={"keys": {"secret@example.com": "secret@example.com"}})
    assert answer.status_code == 400
    assert "secret@" not in answer.text


def test_customers_are_listed_in_the_order_of_their_ids(api: Api, ann: str):
    listed = api.http.get("/customers", params={"limit": 1000}).json()
    ids = [item["customer_id"] for item in listed["items"]]
    assert ann in ids
    assert ids == sorted(ids)


def test_customers_are_listed_page_by_page(api: Api, ann: str):
    api.send("batch", {"batch": [{"type": "identify", "userId": f"page-{number}"} for number in range(5)]})
    seen, cursor = [], ""
    while cursor is not None:
        page = api.http.get("/customers", params={"limit": 3, "cursor": cursor}).json()
        seen += [item["customer_id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [item["customer_id"] for item in api.http.get("/customers", params={"limit": 1000}).json()["items"]]


@pytest.fixture(scope="module")
def shared(api: Api) -> list[str]:
    """The customers of two users who share an e-mail address, in the order of their ids."""
    for user in ("shares-1", "shares-2", "shares-3"):
        api.send("identify", {"userId": user, "traits": {"email": "shared@example.com"}})
    users = [f"user_id:shares-{number}" for number in (1, 2, 3)]
    return sorted(api.http.get(f"/profiles/{user}").json()["customer_id"] for user in users)


def test_a_shared_identifier_is_answered_with_the_candidates(api: Api, shared: list[str]):
    answer = api.http.get("/profiles/email:shared@example.com")
    assert (answer.status_code, answer.json()["candidates"]) == (300, shared)


def test_a_lookup_of_a_shared_identifier_has_the_candidates(api: Api, shared: list[str]):
    item = api.http.post("/profiles/lookup", json={"keys": ["email:shared@example.com"]}).json()["items"][0]
    assert (item["profile"], item["problem"]["status"], item["problem"]["candidates"]) == (None, 300, shared)


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_that_is_none_is_refused(api: Api, limit: str):
    assert api.http.get("/customers", params={"limit": limit}).status_code == 400


def test_a_customer_is_read_by_id(api: Api, ann: str):
    assert api.http.get(f"/customers/{ann}").json()["customer_id"] == ann


def test_an_id_of_before_leads_to_the_one_of_today_and_is_not_cached(api: Api, moved: tuple[str, str]):
    before, today = moved
    answer = api.http.get(f"/customers/{before}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/customers/{today}")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("id_", ["unknown", "user_id:ann", "email:ann.reads%40example.com"])
def test_what_is_no_id_is_not_found(api: Api, ann: str, id_: str):
    assert api.http.get(f"/customers/{id_}").status_code == 404


def test_why_two_keys_are_one_customer(api: Api, ann: str):
    answer = api.http.get("/why", params={"a": "user_id:ann", "b": "email:ann.reads@example.com"})
    why = schemas.Why.model_validate(answer.json())
    assert [(link.a, link.b) for link in why.path or []] == [("email:ann.reads@example.com", "user_id:ann")]


def test_why_two_keys_are_two_customers(api: Api, ann: str):
    api.send("identify", {"userId": "somebody else"})
    answer = api.http.get("/why", params={"a": "user_id:ann", "b": "user_id:somebody else"})
    assert schemas.Why.model_validate(answer.json()).path is None


def test_why_asks_for_both_keys(api: Api):
    answer = api.http.get("/why", params={"a": "user_id:ann"})
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (400, "query.b")


def test_the_change_feed_is_read_page_by_page_without_gaps(api: Api, ann: str):
    api.send("batch", {"batch": [{"type": "identify", "userId": f"feed-{number}"} for number in range(5)]})
    seen, after = [], 0
    while after is not None:
        page = api.http.get("/changes", params={"after": after, "limit": 3}).json()
        assert len(page["items"]) <= 3
        seen += [item["seq"] for item in page["items"]]
        after = page["next"]
    whole = api.http.get("/changes", params={"limit": 1000}).json()
    assert seen == [item["seq"] for item in whole["items"]] == list(range(1, len(seen) + 1))


@pytest.mark.parametrize(("path", "model"), [("/changes", schemas.Changes), ("/rejected", schemas.Rejected)])
def test_a_list_is_what_the_schema_says(api: Api, ann: str, path: str, model: type):
    api.send("track", {"userId": "ann"})
    assert model.model_validate(api.http.get(path).json()).items


def test_the_customers_are_what_the_schema_says(api: Api, ann: str):
    schemas.Customers.model_validate(api.http.get("/customers").json())


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_key(locked: Api, path: str):
    assert locked.http.get(path).status_code == 200


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/customers", 405)])
def test_what_there_is_not_is_a_problem_document(api: Api, method: str, path: str, status: int):
    answer = api.http.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_is_told_which_there_are(api: Api):
    assert api.http.delete("/customers").headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/profiles/user_id:42?as_off=1999-01-01", "as_off: no parameter of this operation (did you mean as_of?)"),
        ("/rejected?zzz=1", "zzz: no parameter of this operation (there are "),
        ("/predictions?x=1", "x: no parameter of this operation (there are none)"),
    ],
)
def test_a_parameter_that_there_is_not_is_refused(api: Api, path: str, says: str):
    answer = api.http.get(path)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(says)


def test_every_path_is_described_with_examples(api: Api):
    described = api.http.get("/openapi.json").json()
    calls = {f"/v1/{call}" for call in ("batch", "identify", "track", "page", "screen", "group", "alias")}
    reads = {"/profiles/{key}", "/profiles/lookup", "/customers", "/customers/{id}", "/why", "/changes", "/rejected"}
    reads |= {"/profiles/{key}/timeline", "/profiles/{key}/access", "/search", "/rejected/retry"}
    graph = {"/graph/neighbours/{key}", "/graph/customers/{id}", "/graph/path", "/graph/query"}
    graph |= {"/graph/queries", "/graph/queries/{name}"}
    jobs = {"/jobs", "/jobs/relink", "/jobs/{id}", "/jobs/{id}/apply"}
    steward = {"/decisions", "/decisions/{id}", "/review"}
    audiences = {"/predictions", "/segments", "/segments/try", "/segments/{name}/members"}
    parts = ("traits", "external_ids", "events", "metadata", "links")
    audiences |= {f"/v1/spaces/{{space}}/collections/users/profiles/{{key}}/{part}" for part in parts}
    audiences |= {f"/pictures/{one}" for one in ("rfm", "funnels/{name}", "timeline/{key}", "graph/{key}")}
    audiences |= {"/v1/import", "/v1/projects/{key}/settings"}
    audiences |= {"/funnels", "/funnels/{name}", "/segments/{name}/lookalikes", "/profiles/{key}/recommendations"}
    assert set(described["paths"]) - audiences == calls | reads | graph | jobs | steward | {
        "/healthz",
        "/readyz",
        "/metrics",
    }
    for call in calls:
        body = described["paths"][call]["post"]["requestBody"]["content"]["application/json"]
        assert body["example"]


def test_the_examples_of_messages_are_taken(api: Api):
    paths = api.http.get("/openapi.json").json()["paths"]
    for path in (path for path in paths if path.startswith("/v1/") and "post" in paths[path]):
        example = paths[path]["post"]["requestBody"]["content"]["application/json"]["example"]
        answer = api.http.post(path, json=example).json()
        assert "rejected" not in json.dumps(answer)
