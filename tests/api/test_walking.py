"""Parts of the graph over a real socket, on both servers."""

from __future__ import annotations

from typing import Any

import pytest
from graph_cdp_api import schemas

from tests.api.conftest import Api

Part = dict[str, Any]


def ask(api: Api, path: str, **params: Any) -> Part:
    answer = api.http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    part = answer.json()
    schemas.PartOfGraph.model_validate(part)
    ids = {node["id"] for node in part["nodes"]}
    assert all({one["start"], one["end"]} <= ids for one in part["relationships"])
    return part


def names(part: Part) -> set[str]:
    found = (node["properties"] for node in part["nodes"])
    return {one.get("key") or one.get("id") or one["name"] for one in found}


def triples(part: Part) -> set[tuple[str, str, str]]:
    names = {
        node["id"]: node["properties"].get("key") or node["properties"].get("id") or node["properties"]["name"]
        for node in part["nodes"]
    }
    return {(names[one["start"]], one["type"], names[one["end"]]) for one in part["relationships"]}


def _order(user: str, number: str, sku: str) -> dict[str, Any]:
    products = [{"product_id": sku, "name": f"Product {sku}", "price": 10, "quantity": 1}]
    properties = {"order_id": number, "total": 10, "currency": "PLN", "products": products}
    return {"type": "track", "userId": user, "event": "Order Completed", "properties": properties}


@pytest.fixture(scope="module")
def ann(each_api: Api) -> str:
    """Ann with an e-mail address and an order; Bea and Cea, who bought the same; a mailbox that several share."""
    batch = [
        {"type": "identify", "userId": "ann", "traits": {"email": "ann@example.com"}},
        _order("ann", "1001", "tea"),
        _order("bea", "1002", "tea"),
        {"type": "group", "userId": "ann", "groupId": "acme", "traits": {"name": "Acme"}},
        {"type": "group", "userId": "cea", "groupId": "acme", "traits": {"name": "Acme"}},
        *(
            {"type": "identify", "userId": user, "traits": {"email": "family@example.com"}}
            for user in ("ann", "dea", "eva")
        ),
        {"type": "identify", "userId": "alone"},
    ]
    each_api.send("batch", {"batch": batch})
    return str(each_api.http.get("/profiles/user_id:ann").json()["customer_id"])


def test_the_neighbours_of_an_identifier_are_its_links_customer_and_employer(each_api: Api, ann: str):
    part = ask(each_api, "/graph/neighbours/user_id:ann")
    assert {"user_id:ann", "email:ann@example.com", "email:family@example.com", ann} <= names(part)
    assert ("user_id:ann", "MEMBER_OF", ann) in triples(part)
    assert ("email:ann@example.com", "LINK", "user_id:ann") in triples(part)
    assert ("user_id:ann", "WORKS_FOR", "group_id:acme") in triples(part)
    assert part["truncated"] is False


def test_a_key_is_spelled_as_people_spell_it(each_api: Api, ann: str):
    assert "user_id:ann" in names(ask(each_api, "/graph/neighbours/Email:%20Ann@Example.com"))


def test_two_steps_away_are_products_but_not_their_other_buyers(each_api: Api, ann: str):
    part = ask(each_api, "/graph/neighbours/user_id:ann", depth=2)
    assert {"order:default/1001", "product:default/tea"} <= names(part)
    assert "order:default/1002" not in names(ask(each_api, "/graph/neighbours/user_id:ann", depth=4))


def test_a_shared_identifier_is_shown_and_not_walked_past(each_api: Api, ann: str):
    part = ask(each_api, "/graph/neighbours/user_id:ann", depth=4)
    assert "email:family@example.com" in names(part)
    assert "user_id:dea" not in names(part)
    around = ask(each_api, "/graph/neighbours/email:family@example.com")
    assert {"user_id:ann", "user_id:dea", "user_id:eva"} <= names(around)


def test_a_limit_cuts_off_and_says_so(each_api: Api, ann: str):
    part = ask(each_api, "/graph/neighbours/user_id:ann", depth=3, limit=3)
    assert (len(part["nodes"]), part["truncated"]) == (3, True)


def test_people_and_evidence_come_before_what_was_seen(each_api: Api, ann: str):
    each_api.send("batch", {"batch": [{"type": "page", "anonymousId": "busy", "name": f"p{n}"} for n in range(60)]})
    part = ask(each_api, "/graph/neighbours/anonymous_id:busy", limit=20)
    assert part["truncated"] is True
    assert part["nodes"][1]["labels"] == ["Customer"]


def test_a_customer_comes_with_all_that_hangs_on_it(each_api: Api, ann: str):
    part = ask(each_api, f"/graph/customers/{ann}")
    assert {ann, "user_id:ann", "email:ann@example.com", "order:default/1001", "product:default/tea"} <= names(part)
    assert "user_id:dea" not in names(part)


def test_an_id_of_before_leads_to_the_graph_of_today(each_api: Api):
    each_api.send("identify", {"userId": "older", "timestamp": "2026-01-01T00:00:00Z"})
    before = each_api.send("page", {"anonymousId": "younger", "timestamp": "2026-02-01T00:00:00Z"}).customer_id
    each_api.send("alias", {"previousId": "younger", "userId": "older", "timestamp": "2026-03-01T00:00:00Z"})
    today = each_api.http.get("/profiles/user_id:older").json()["customer_id"]
    answer = each_api.http.get(f"/graph/customers/{before}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/graph/customers/{today}")


def test_a_shared_identifier_has_no_graph_of_a_customer(each_api: Api, ann: str):
    around = ask(each_api, "/graph/neighbours/email:family@example.com")
    home = next(node["properties"]["id"] for node in around["nodes"] if "Customer" in node["labels"])
    answer = each_api.http.get(f"/graph/customers/{home}")
    assert (answer.status_code, ann in answer.json()["candidates"]) == (300, True)


def test_a_path_leads_over_links_shared_ones_too(each_api: Api, ann: str):
    part = ask(each_api, "/graph/path", **{"from": "email:ann@example.com", "to": "user_id:eva"})
    assert triples(part) == {
        ("email:ann@example.com", "LINK", "user_id:ann"),
        ("email:family@example.com", "LINK", "user_id:ann"),
        ("email:family@example.com", "LINK", "user_id:eva"),
    }


def test_a_path_leads_over_a_common_employer(each_api: Api, ann: str):
    part = ask(each_api, "/graph/path", **{"from": "user_id:ann", "to": "user_id:cea"})
    assert names(part) == {"user_id:ann", "group_id:acme", "user_id:cea"}


def test_without_a_path_the_lists_are_empty(each_api: Api, ann: str):
    part = ask(each_api, "/graph/path", **{"from": "user_id:ann", "to": "user_id:alone"})
    assert part == {"nodes": [], "relationships": [], "truncated": False}


def test_a_path_longer_than_allowed_is_none(each_api: Api, ann: str):
    assert (
        ask(each_api, "/graph/path", **{"from": "email:ann@example.com", "to": "user_id:eva", "longest": 2})["nodes"]
        == []
    )


def test_the_way_to_itself_is_the_node_alone(each_api: Api, ann: str):
    part = ask(each_api, "/graph/path", **{"from": "user_id:ann", "to": "user_id:ann"})
    assert (names(part), part["relationships"]) == ({"user_id:ann"}, [])


@pytest.mark.parametrize(
    "path",
    [
        "/graph/neighbours/user_id:nobody",
        "/graph/customers/nobody",
        "/graph/customers/user_id:ann",
        "/graph/path?from=user_id:ann&to=user_id:nobody",
        "/graph/path?from=user_id:nobody&to=user_id:ann",
    ],
)
def test_what_is_not_known_is_not_found(each_api: Api, ann: str, path: str):
    assert each_api.http.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/graph/neighbours/nokey",
        "/graph/neighbours/user_id:ann?depth=0",
        "/graph/neighbours/user_id:ann?depth=5",
        "/graph/neighbours/user_id:ann?limit=1001",
        "/graph/path?from=user_id:ann",
        "/graph/path?from=user_id:ann&to=user_id:bea&longest=13",
    ],
)
def test_a_wrong_question_is_refused(each_api: Api, path: str):
    assert each_api.http.get(path).status_code == 400
