"""What senders are told, message by message."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.api.conftest import Api

CALLS = {
    "identify": {"userId": "calls-1", "traits": {"email": "calls-1@example.com"}},
    "track": {"userId": "calls-2", "event": "Product Added"},
    "page": {"anonymousId": "calls-3", "name": "Home"},
    "screen": {"anonymousId": "calls-4", "name": "Cart"},
    "group": {"userId": "calls-5", "groupId": "acme", "traits": {"name": "Acme"}},
    "alias": {"previousId": "calls-6", "userId": "calls-7"},
}


@pytest.mark.parametrize("call", CALLS)
def test_every_call_of_the_tracking_api_is_taken(api: Api, call: str):
    assert api.send(call, CALLS[call]).outcome == "created"


def test_a_call_is_answered_with_all_that_became_of_it(api: Api):
    answer = api.send("identify", {"messageId": "m-1", "userId": "all-1", "timestamp": "2026-01-01T00:00:00Z"})
    assert answer.customer_id
    assert answer.body == {
        "success": True,
        "messageId": "m-1",
        "outcome": "created",
        "customer_id": answer.customer_id,
        "refused": [],
        "reason": None,
        "warnings": [],
    }


def test_a_message_twice_is_a_duplicate(api: Api):
    message = {"messageId": "m-twice", "userId": "twice-1"}
    api.send("identify", message)
    assert api.send("identify", message).outcome == "duplicate"


def test_a_call_and_the_same_message_in_a_batch_are_duplicates(api: Api):
    message = {"messageId": "m-both", "userId": "both-1"}
    api.send("identify", message)
    answer = api.send("batch", {"batch": [{"type": "identify", **message}]})
    assert [one["outcome"] for one in answer.body["messages"]] == ["duplicate"]


def test_nothing_new_is_known(api: Api):
    api.send("identify", {"messageId": "k-1", "userId": "known-1"})
    assert api.send("identify", {"messageId": "k-2", "userId": "known-1"}).outcome == "known"


def test_a_new_identifier_of_a_known_customer_is_joined(api: Api):
    first = api.send("identify", {"userId": "joined-1", "timestamp": "2026-01-01T00:00:00Z"})
    later = {"userId": "joined-1", "anonymousId": "joined-cookie", "timestamp": "2026-02-01T00:00:00Z"}
    answer = api.send("identify", later)
    assert (answer.outcome, answer.customer_id) == ("joined", first.customer_id)


def test_customers_that_become_one_are_merged(api: Api):
    api.send("page", {"messageId": "g-1", "anonymousId": "merged-cookie"})
    api.send("identify", {"messageId": "g-2", "userId": "merged-1"})
    assert api.send("alias", {"previousId": "merged-cookie", "userId": "merged-1"}).outcome == "merged"


def test_a_link_that_a_rule_keeps_out_is_told_with_the_rule(api: Api):
    for number in (1, 2):
        traits = {"email": f"refused-{number}@example.com"}
        api.send("identify", {"userId": f"refused-{number}", "traits": traits})
    answer = api.send("identify", {"userId": "refused-1", "context": {"externalIds": [_external("refused-2")]}})
    assert answer.outcome == "refused"
    assert answer.body["refused"][0]["link"] == ["user_id:refused-1", "user_id:refused-2"]
    assert "user_id" in answer.body["refused"][0]["rule"]


def _external(user: str) -> dict:
    return {"id": user, "type": "user_id", "collection": "users"}


def test_a_message_that_cannot_be_used_is_answered_rejected_with_the_reason(api: Api):
    answer = api.send("track", {"messageId": "r-1", "userId": "rejected-1"})
    assert (answer.outcome, answer.customer_id, answer.body["messageId"]) == ("rejected", None, "r-1")
    assert "event" in answer.body["reason"]


def test_a_rejected_message_is_a_dead_letter_as_it_came(api: Api):
    message = {"messageId": "r-2", "userId": "rejected-2", "properties": {"n": [1, None, "ż"]}}
    api.send("track", message)
    letters = api.http.get("/rejected", params={"limit": 1000}).json()["items"]
    assert {"type": "track", **message} in [json.loads(letter["raw"]) for letter in letters]


@pytest.mark.parametrize("message", ["text", 42, None, [], [1], True])
def test_json_that_is_no_object_is_rejected_and_kept(api: Api, message: object):
    answer = api.http.post("/v1/track", content=json.dumps(message))
    assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")


def test_a_batch_is_answered_message_by_message_in_its_order(api: Api):
    batch = [
        {"type": "identify", "messageId": "b-1", "userId": "batch-1"},
        {"type": "no such call", "messageId": "b-2", "userId": "batch-1"},
        {"type": "track", "messageId": "b-3", "userId": "batch-1", "event": "Seen"},
        "no message",
        {"type": "identify", "messageId": "b-1", "userId": "batch-1"},
    ]
    answers = api.send("batch", {"batch": batch}).body["messages"]
    assert [one["outcome"] for one in answers] == ["created", "rejected", "known", "rejected", "duplicate"]
    assert [one["messageId"] for one in answers] == ["b-1", "b-2", "b-3", "", "b-1"]


def test_the_context_of_a_batch_holds_for_its_messages(api: Api):
    message = {"type": "track", "event": "Seen", "userId": "context-1"}
    context = {"device": {"id": "D-context-1", "type": "ios"}}
    answer = api.send("batch", {"batch": [message], "context": context}).body["messages"][0]
    profile = api.http.get("/profiles/ios.id:D-context-1").json()
    assert profile["customer_id"] == answer["customer_id"]


def test_an_empty_batch_is_taken(api: Api):
    assert api.send("batch", {"batch": []}).body == {"success": True, "messages": []}


def test_what_was_answered_is_readable_at_once(api: Api):
    answer = api.send("identify", {"userId": "at-once"})
    assert api.http.get("/profiles/user_id:at-once").json()["customer_id"] == answer.customer_id


def test_a_browsers_text_plain_is_read(api: Api):
    headers = {"Content-Type": "text/plain"}
    answer = api.http.post("/v1/identify", content=json.dumps({"userId": "plain-1"}), headers=headers)
    assert answer.json()["outcome"] == "created"


def test_a_gzip_body_is_unpacked(api: Api):
    packed = gzip.compress(json.dumps({"userId": "gzip-1"}).encode())
    answer = api.http.post("/v1/identify", content=packed, headers={"Content-Encoding": "gzip"})
    assert answer.json()["outcome"] == "created"


BROKEN = {
    "empty": b"",
    "cut off": b'{"userId": ',
    "not UTF-8": b'{"userId": "\xff"}',
    "no JSON": b"userId=1",
    "a number without end": b'{"userId": ' + b"9" * 5000 + b"}",
    "nested without end": b"[" * 100_000,
    "nested deeply": b'{"userId": "1", "event": "e", "properties": ' + b"[" * 983 + b"]" * 983 + b"}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_body_that_is_not_json_is_refused_in_segments_shape(api: Api, name: str):
    answer = api.http.post("/v1/track", content=BROKEN[name])
    if name == "nested deeply" and answer.status_code == 200:  # how deep is too deep depends on Python
        assert answer.json()["outcome"] == "rejected"
        return
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "code": "not-json", "message": answer.json()["message"]}


@pytest.mark.parametrize("body", ["[]", "{}", '{"batch": {}}', "null"])
def test_a_batch_without_messages_is_refused(api: Api, body: str):
    answer = api.http.post("/v1/batch", content=body)
    assert (answer.status_code, answer.json()["success"]) == (400, False)


def test_a_gzip_body_of_several_members_is_unpacked_whole(api: Api):
    packed = gzip.compress(b'{"userId": "gzip-2", ') + gzip.compress(b'"traits": {"city": "Lublin"}}')
    answer = api.http.post("/v1/identify", content=packed, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200
    assert api.http.get("/profiles/user_id:gzip-2").json()["traits"]["city"]["value"] == "Lublin"


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b"{}" * 100, mtime=0)[:20]])
def test_broken_gzip_is_refused(api: Api, data: bytes):
    answer = api.http.post("/v1/track", content=data, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400


def test_broken_unicode_is_answered(api: Api):
    body = b'{"messageId": "\\ud800", "userId": "surrogate-1"}'
    answer = api.http.post("/v1/track", content=body)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")
