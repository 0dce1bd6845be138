"""What Segment's SDKs rely on besides the messages themselves: short paths, keys, limits, other pages, clocks."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graph_cdp_api.bodies import MOST_SENT
from graph_cdp_api.keys import Keys
from graph_cdp_api.tracking import MOST_BYTES_OF_A_MESSAGE, MOST_MESSAGES

from graph_cdp.engine import Engine
from graph_cdp.settings import Settings
from tests.api.conftest import Api, running

READER = {"Authorization": "Bearer r-secret"}
SHORT = {
    "i": {"userId": "short-i"},
    "t": {"userId": "short-t", "event": "Product Added"},
    "p": {"anonymousId": "short-p"},
    "s": {"anonymousId": "short-s"},
    "g": {"userId": "short-g", "groupId": "acme"},
    "a": {"previousId": "short-a", "userId": "short-a-2"},
}
LATE = "2026-01-01T10:00:00.000000Z"


@pytest.fixture(scope="module")
def shop(engine: Engine) -> Iterator[Api]:
    """With a key for servers and one that stands in web pages."""
    keys = Settings(write_keys="web=w-secret", public_write_keys="page=p-public", api_keys="crm=r-secret")
    with running(engine, Keys.of(keys)) as api:
        yield api


def post(api: Api, path: str, body: Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return api.http.post(f"/v1/{path}", content=content, headers=headers)


def events(api: Api, key: str) -> list[dict]:
    return api.http.get(f"/profiles/{key}/timeline", headers=READER).json()["items"]


@pytest.mark.parametrize("letter", SHORT)
def test_every_call_has_the_path_of_one_letter_that_browsers_and_phones_use(api: Api, letter: str):
    answer = post(api, letter, SHORT[letter], **{"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "created")


@pytest.mark.parametrize("path", ["b", "import"])
def test_a_batch_comes_by_other_paths_too(api: Api, path: str):
    answer = post(api, path, {"batch": [{"type": "identify", "userId": f"other-{path}"}]})
    assert [one["outcome"] for one in answer.json()["messages"]] == ["created"]


def test_what_the_browsers_sdk_measures_of_itself_is_taken_and_not_kept(shop: Api):
    answer = post(shop, "m", {"series": [{"type": "Counter", "metric": "analytics_js.invoke", "value": 1}]})
    assert (answer.status_code, answer.json()) == (200, {"success": True})


def test_a_write_key_may_be_a_bearer_token(shop: Api):
    answer = post(shop, "identify", {"userId": "bearer-1"}, Authorization="Bearer w-secret")
    assert answer.json()["outcome"] == "created"


@pytest.mark.parametrize("path", ["identify", "batch"])
def test_a_write_key_may_stand_in_the_body(shop: Api, path: str):
    message = {"type": "identify", "userId": f"in-body-{path}"}
    body = {"batch": [message]} if path == "batch" else message
    assert post(shop, path, {**body, "writeKey": "w-secret"}).status_code == 200
    assert shop.http.get(f"/profiles/user_id:in-body-{path}", headers=READER).status_code == 200


@pytest.mark.parametrize("key", ["wrong", "", None, 5, ["w-secret"], {}])
def test_a_body_without_a_known_write_key_is_refused(shop: Api, key: object):
    assert post(shop, "identify", {"userId": "no-key", "writeKey": key}).status_code == 401


def test_a_body_that_is_no_json_and_has_no_key_is_refused_for_the_key(shop: Api):
    assert post(shop, "identify", b"{").status_code == 401


def test_a_wrong_key_in_the_header_is_not_mended_by_one_in_the_body(shop: Api):
    answer = post(shop, "identify", {"userId": "x", "writeKey": "w-secret"}, Authorization="Bearer wrong")
    assert answer.status_code == 401


def test_a_write_key_is_not_kept_with_a_dead_letter(shop: Api):
    message = {"type": "no call", "messageId": "secret-kept", "writeKey": "w-secret"}
    post(shop, "batch", {"writeKey": "w-secret", "batch": [message]})
    letters = shop.http.get("/rejected", params={"limit": 1000}, headers=READER).json()["items"]
    found = [letter["raw"] for letter in letters if "secret-kept" in letter["raw"]]
    assert len(found) == 1 and "w-secret" not in found[0]


def test_a_public_key_is_told_of_success_and_nothing_more(shop: Api):
    answer = post(shop, "i", {"userId": "public-1", "writeKey": "p-public"}, **{"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()) == (200, {"success": True})


@pytest.mark.parametrize("path", ["batch", "import", "identify", "b", "i", "m"])
def test_a_page_from_elsewhere_may_send(shop: Api, path: str):
    origin = {"Origin": "https://shop.example"}
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    preflight = shop.http.options(f"/v1/{path}", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Access-Control-Allow-Headers"] == "authorization"
    assert post(shop, path, {"writeKey": "wrong"}, **origin).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/profiles/user_id:1", "/v1/spaces/a/collections/users/profiles/x/traits", "/v1/bb"])
def test_a_page_from_elsewhere_may_not_read(shop: Api, path: str):
    origin = {"Origin": "https://shop.example"}
    assert "Access-Control-Allow-Origin" not in shop.http.get(path, headers={**READER, **origin}).headers
    asked = {**origin, "Access-Control-Request-Method": "GET"}
    assert "Access-Control-Allow-Origin" not in shop.http.options(path, headers=asked).headers


def test_without_keys_a_page_from_elsewhere_may_not_send(api: Api):
    answer = post(api, "i", {"userId": "evil"}, Origin="https://evil.example")
    assert answer.status_code == 403


@pytest.mark.parametrize("key", ["p-public", "w-secret"])
def test_the_settings_of_a_source_send_its_sdk_here(shop: Api, key: str):
    answer = shop.http.get(f"/v1/projects/{key}/settings", headers={"Origin": "http://shop.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    segment = answer.json()["integrations"]["Segment.io"]
    assert (segment["apiKey"], segment["apiHost"]) == (key, f"127.0.0.1:{shop.port}/v1")
    assert (segment["protocol"], answer.json()["metrics"]) == ("http", {"sampleRate": 0})


def test_a_page_over_https_is_sent_to_https(shop: Api):
    answer = shop.http.get("/v1/projects/p-public/settings", headers={"Origin": "https://shop.example"})
    assert answer.json()["integrations"]["Segment.io"]["protocol"] == "https"


def test_an_unknown_key_has_no_settings(shop: Api):
    answer = shop.http.get("/v1/projects/nobody/settings")
    assert (answer.status_code, answer.json()["success"]) == (404, False)


LIMITS = {
    "request": ("batch", b" " * (MOST_SENT + 1), f"a request of more than {MOST_SENT:,} bytes"),
    "messages": ("batch", {"batch": [0] * (MOST_MESSAGES + 1)}, f"at most {MOST_MESSAGES:,} at once"),
    "message": ("track", {"userId": "x" * MOST_BYTES_OF_A_MESSAGE}, f"more than {MOST_BYTES_OF_A_MESSAGE:,} bytes"),
    "message in a batch": ("batch", {"batch": [{}, {"userId": "ż" * 20_000}]}, "batch[1]: a message of 40,0"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_over_a_limit_the_answer_says_which(api: Api, name: str):
    path, body, said = LIMITS[name]
    answer = post(api, path, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "limit")
    assert said in answer.json()["message"]


@pytest.mark.parametrize("path", ["batch", "track"])
def test_gzip_that_unpacks_to_too_much_is_refused(api: Api, path: str):
    answer = post(api, path, gzip.compress(b" " * 50_000_000), **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (400, "limit")


def test_within_the_limits_a_batch_is_taken(api: Api):
    escaped = "ж" * 16_000  # six times as long in ASCII, which counts for nothing
    messages = [{"type": "identify", "userId": "full-1", "traits": {"text": escaped}}] * 10
    answer = post(api, "batch", json.dumps({"batch": messages}, ensure_ascii=False).encode())
    assert answer.status_code == 200


def test_values_of_a_kept_message_that_cannot_be_used_are_told(api: Api):
    traits = {"email": "no address", "phone": "12"}
    answer = api.send("identify", {"userId": "warned-1", "traits": traits, "timestamp": LATE})
    assert answer.outcome == "created"
    assert answer.body["warnings"] == [
        "traits.email: no e-mail address",
        "traits.phone: a national phone number of no known country",
    ]


def test_a_message_without_a_time_is_undated_and_its_sender_is_told(api: Api):
    message = {"messageId": "undated-1", "userId": "undated-1"}
    assert "timestamp: missing" in api.send("identify", message).body["warnings"][0]
    assert "timestamp: missing" in api.send("identify", message).body["warnings"][0]
    assert events(api, "user_id:undated-1")[0]["at"] is None


def test_one_message_id_with_two_contents_is_kept_twice_and_the_sender_is_told(api: Api):
    message = {"type": "track", "messageId": "twice-1", "userId": "two-contents", "timestamp": LATE}
    batch = {"batch": [{**message, "event": event} for event in ("Seen", "Seen", "Heard")]}
    first, again, other = post(api, "batch", batch).json()["messages"]
    assert (first["warnings"], again["warnings"]) == ([], [])
    assert "both are kept" in other["warnings"][0]
    assert [event["name"] for event in events(api, "user_id:two-contents")] in (["Seen", "Heard"], ["Heard", "Seen"])


@pytest.mark.parametrize("days", [3, -3])
def test_a_wrong_clock_is_corrected(api: Api, days: int):
    now = datetime.now(UTC)
    wrong, before = now + timedelta(days=days), now + timedelta(days=days, hours=-1)
    message = {"type": "track", "event": "Seen", "userId": f"clock{days}", "timestamp": before.isoformat()}
    answer = post(api, "batch", {"batch": [message], "sentAt": wrong.isoformat()}).json()["messages"][0]
    assert ("ahead" if days > 0 else "behind") in answer["warnings"][0]
    at = datetime.fromisoformat(events(api, f"user_id:clock{days}")[0]["at"])
    assert abs(at - (now - timedelta(hours=1))) < timedelta(seconds=20)


def test_a_message_sent_again_by_another_clock_is_a_duplicate(api: Api):
    message = {"messageId": "clock-again", "userId": "clock-again", "timestamp": LATE}
    api.send("identify", {**message, "sentAt": "2025-01-01T00:00:00Z"})
    assert api.send("identify", {**message, "sentAt": "2026-01-01T00:00:00Z"}).outcome == "duplicate"


def test_a_clock_that_is_less_than_a_minute_off_is_believed(api: Api):
    sent = datetime.now(UTC) - timedelta(seconds=40)
    message = {"userId": "clock-right", "timestamp": LATE, "sentAt": sent.isoformat()}
    assert api.send("identify", message).body["warnings"] == []
    assert events(api, "user_id:clock-right")[0]["at"] == LATE


def test_what_is_imported_happened_when_it_says(api: Api):
    message = {"type": "identify", "userId": "imported-1", "timestamp": LATE, "sentAt": "2026-01-01T11:00:00Z"}
    assert post(api, "import", {"batch": [message]}).json()["messages"][0]["warnings"] == []
    assert events(api, "user_id:imported-1")[0]["at"] == LATE


@pytest.mark.parametrize("sent", ["soon", 5, [], "1800-01-01", "9998-12-31"])
def test_a_time_of_sending_that_says_nothing_corrects_nothing(api: Api, sent: object):
    message = {"userId": f"sent {sent}", "timestamp": "9998-06-01T00:00:00Z", "sentAt": sent}
    answer = api.send("identify", message)
    assert answer.outcome in ("created", "known")
    assert events(api, f"user_id:sent%20{sent}")[0]["at"] is not None


def test_a_null_takes_a_trait_back_however_it_is_spelled(api: Api):
    for number, name in enumerate(("first_name", "firstName", "FirstName")):
        said = {"userId": f"null-{number}", "traits": {"firstName": "Ann", "city": "Łódź"}, "timestamp": LATE}
        api.send("identify", said)
        api.send("identify", {**said, "traits": {name: None}, "timestamp": "2026-01-02T00:00:00Z"})
        traits = api.http.get(f"/profiles/user_id:null-{number}").json()["traits"]
        assert ("first_name" in traits, traits["city"]["value"]) == (False, "Łódź")


def test_nul_and_broken_unicode_are_stored_mended_wherever_they_stand(api: Api):
    odd = {"a\x00": "\ud800", "deep": [{"x": "\x00"}], "n": 2**70}
    message = {"type": "track", "event": "O\x00dd", "userId": "odd-1", "timestamp": LATE, "properties": odd}
    body = json.dumps({**message, "context": odd, "traits": odd, "integrations": odd}).encode()
    assert post(api, "t", body).json()["outcome"] == "created"
    assert events(api, "user_id:odd-1")[0]["properties"]["a\ufffd"] == "\ufffd"
