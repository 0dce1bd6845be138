"""A key is one path segment, whatever is in it: sent through a real socket, stored, and read back."""

from __future__ import annotations

import http.client
import json
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.conftest import Api

ODD = [
    *(
        "a/b",
        "/",
        "//",
        "a//b",
        "/a",
        "a/",
        "../..",
        "..",
        "...",
        "a/../b",
        "./a",
        "a/.",
        "%2F",
        "%252F",
        "%2f%2F",
        "%",
    ),
    *("%%", "%zz", "100%", "a%20b", "a b", "a+b", "+", "?!", "a?b=c", "a#b", "#", "&", "a&b", "=", ";", "a;b=c", ","),
    *(
        ":",
        "::",
        "a:b:c",
        "@",
        "a@b@c",
        "'a",
        '"a',
        '"quoted"',
        "`a",
        "<a>",
        "<script>",
        "{key}",
        "{}",
        "[]",
        "(a)",
        "|",
    ),
    *("\\", "a\\b", "^", "~", "*", "!", "$", "$key", "a-", "_", "żółć", "Анна", "日本語", "🦊", "🇵🇱", "e\u0301", "ﬁ"),
    *("lookup", "profiles", "a\u00a0b", "\u200d", "\u202e", "xy" * 250, "ż" * 250, "1e3", "0x10", "-2", "a=b&c=d"),
    *("' OR 1=1 --", "'}) DETACH DELETE n //", "$(id)", "a\u2028b", "http://example.com/?q=1#x"),
]


def exchange(api: Api, method: str, path: str, body: object = None) -> tuple[int, dict]:
    """One request as it is written: clients of higher level would tidy the path up."""
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def store(api: Api, value: str) -> dict:
    """What a sender of the value is told; a message each time, for a duplicate is not told of its customer."""
    return exchange(api, "POST", "/v1/identify", {"messageId": uuid4().hex, "userId": value})[1]


@pytest.mark.parametrize("value", ODD)
def test_an_odd_key_leads_to_the_customer_that_it_was_stored_for(api: Api, value: str):
    stored = store(api, value)
    status, profile = exchange(api, "GET", "/profiles/" + quote(f"user_id:{value}", safe=""))
    assert stored["customer_id"]
    assert (status, profile["customer_id"]) == (200, stored["customer_id"])


@pytest.mark.parametrize("value", ODD)
def test_an_odd_key_can_be_looked_up_in_a_body(api: Api, value: str):
    stored = store(api, value)
    _, found = exchange(api, "POST", "/profiles/lookup", {"keys": [f"user_id:{value}"]})
    assert stored["customer_id"]
    assert found["items"][0]["profile"]["customer_id"] == stored["customer_id"]


PATHS = ("/profiles/{}", "/profiles/{}/timeline", "/graph/neighbours/{}", "/graph/path?from={}&to={}", "/why?a={}&b={}")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=40)
@given(st.lists(TEXTS, min_size=25, max_size=25))
def test_a_thousand_texts_lead_to_their_customers_or_are_refused_as_no_keys(api: Api, values: list[str]):
    batch = [{"type": "identify", "messageId": uuid4().hex, "userId": value} for value in values]
    _, stored = exchange(api, "POST", "/v1/batch", {"batch": batch})
    for number, (value, told) in enumerate(zip(values, stored["messages"], strict=True)):
        expected = 400 if told["outcome"] == "rejected" else 404 if told["customer_id"] is None else 200
        key = quote(f"user_id:{value}", safe="")
        path = PATHS[number % len(PATHS)]
        status, answer = exchange(api, "GET", path.format(key, key))
        assert status == expected
        if status == 200 and path == PATHS[0]:
            assert answer["customer_id"] == told["customer_id"]


@pytest.mark.parametrize("value", ODD)
def test_an_odd_key_leads_to_its_part_of_the_graph(api: Api, value: str):
    stored = store(api, value)
    status, part = exchange(api, "GET", "/graph/neighbours/" + quote(f"user_id:{value}", safe=""))
    assert status == 200
    assert stored["customer_id"] in [node["properties"].get("id") for node in part["nodes"]]


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=20))
def test_any_bytes_in_a_path_are_answered(api: Api, value: bytes):
    status, _ = exchange(api, "GET", "/profiles/" + quote(b"user_id:" + value, safe=""))
    assert status in (200, 400, 404)


def test_a_key_with_its_slash_unescaped_is_no_path(api: Api):
    status, problem = exchange(api, "GET", "/profiles/user_id:a/b")
    assert (status, problem["status"]) == (404, 404)
