"""Segment's Profile API: its paths, its shapes, its errors, its way to send a key."""

from __future__ import annotations

import pytest

from tests.api.conftest import Api

SPACE = "/v1/spaces/lgJ4AAjFN4/collections/users/profiles"
TOKEN = ("r-secret", "")


@pytest.fixture(scope="module")
def profiles(locked: Api) -> Api:
    sent = ("w-secret", "")
    told = {"first_name": "Ann", "city": "Kraków", "plan": "gold", "email": "spaces@example.com"}
    locked.send("identify", said("1", type="identify", anonymousId="sp-a", traits=told), auth=sent)
    locked.send("group", said("2", type="group", groupId="C-7", traits={"name": "Łódzka"}), auth=sent)
    for number in range(3, 8):
        locked.send("track", said(str(number), event="Page Seen", properties={"n": number}), auth=sent)
    locked.send("track", said("8", event="Order Completed", properties={"order_id": "sp-1", "total": 5}), auth=sent)
    return locked


def said(number: str, **message: object) -> dict[str, object]:
    at = f"2026-02-0{number}T10:00:00Z"
    return {"type": "track", "messageId": f"sp-{number}", "userId": "sp-42", "timestamp": at, **message}


def get(api: Api, path: str, **params: object) -> dict:
    answer = api.http.get(f"{SPACE}/{path}", params=params, auth=TOKEN)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_traits_stand_by_name_with_a_cursor(profiles: Api) -> None:
    found = get(profiles, "user_id:sp-42/traits", limit=100)
    assert found["traits"] == {
        "city": "Kraków",
        "email": "spaces@example.com",
        "first_name": "Ann",
        "orders_count": 1,
        "plan": "gold",
    }
    url = f"{SPACE}/user_id:sp-42/traits"
    assert found["cursor"] == {"url": url, "has_more": False, "next": "", "limit": 100}


def test_traits_come_in_pages(profiles: Api) -> None:
    first = get(profiles, "user_id:sp-42/traits", limit=3)
    assert first["cursor"]["has_more"]
    rest = get(profiles, "user_id:sp-42/traits", limit=3, next=first["cursor"]["next"])
    assert len(first["traits"]) == 3
    assert len(rest["traits"]) == 2
    assert not first["traits"].keys() & rest["traits"].keys()


def test_verbose_traits_say_where_they_come_from(profiles: Api) -> None:
    found = get(profiles, "anonymous_id:sp-a/traits", include="first_name", verbose="true")
    assert found["traits"] == {
        "first_name": {"value": "Ann", "source_id": "web", "updated_at": "2026-02-01T10:00:00.000000Z"}
    }


def test_a_class_of_traits_may_be_asked_for(profiles: Api) -> None:
    assert get(profiles, "user_id:sp-42/traits", **{"class": "computed_trait"})["traits"] == {"orders_count": 1}
    assert get(profiles, "user_id:sp-42/traits", **{"class": "audience"})["traits"] == {}


def test_external_ids_have_their_types(profiles: Api) -> None:
    found = get(profiles, "email:spaces@example.com/external_ids")["data"]
    assert {(row["type"], row["id"], row["collection"], row["encoding"]) for row in found} == {
        ("user_id", "sp-42", "users", "none"),
        ("anonymous_id", "sp-a", "users", "none"),
        ("email", "spaces@example.com", "users", "none"),
    }
    assert get(profiles, "user_id:sp-42/external_ids", include="user_id")["data"][0]["id"] == "sp-42"


def test_events_are_newest_first_and_come_in_pages(profiles: Api) -> None:
    first = get(profiles, "user_id:sp-42/events", limit=4)
    rest = get(profiles, "user_id:sp-42/events", limit=4, next=first["cursor"]["next"])
    ids = [row["message_id"] for row in first["data"] + rest["data"]]
    assert ids == [f"sp-{number}" for number in range(8, 0, -1)]
    assert not rest["cursor"]["has_more"]
    newest = first["data"][0]
    assert (newest["type"], newest["event"], newest["source_id"]) == ("track", "Order Completed", "web")
    assert newest["properties"]["order_id"] == "sp-1"
    assert newest["external_ids"] == [{"collection": "users", "type": "user_id", "id": "sp-42", "encoding": "none"}]


def test_events_by_name_time_and_order(profiles: Api) -> None:
    found = get(profiles, "user_id:sp-42/events", include="Page Seen", start="2026-02-04", end="2026-02-06", sort="asc")
    assert [row["message_id"] for row in found["data"]] == ["sp-4", "sp-5"]
    without = get(profiles, "user_id:sp-42/events", exclude="Page Seen")
    assert [row["type"] for row in without["data"]] == ["track", "group", "identify"]


def test_metadata_names_the_first_and_the_last_message(profiles: Api) -> None:
    found = get(profiles, "user_id:sp-42/metadata")["metadata"]
    assert (found["first_message_id"], found["last_message_id"]) == ("sp-1", "sp-8")
    assert found["created_at"] < found["updated_at"]
    assert (found["first_source_id"], found["expires_at"]) == ("web", None)


def test_links_are_the_accounts_of_a_user(profiles: Api) -> None:
    (account,) = get(profiles, "user_id:sp-42/links")["data"]
    assert account["to_collection"] == "accounts"
    assert (account["external_ids"][0]["type"], account["external_ids"][0]["id"]) == ("group_id", "C-7")


@pytest.mark.parametrize("part", ["traits", "external_ids", "events", "metadata", "links"])
def test_an_unknown_profile_is_answered_in_segments_shape(profiles: Api, part: str) -> None:
    answer = profiles.http.get(f"{SPACE}/user_id:nobody/{part}", auth=TOKEN)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_wrong_token_is_answered_in_segments_shape(profiles: Api) -> None:
    for auth in (None, ("w-secret", ""), ("o-secret", "")):
        answer = profiles.http.get(f"{SPACE}/user_id:sp-42/traits", auth=auth)
        assert answer.status_code == (403 if auth == ("o-secret", "") else 401)
        assert answer.json()["error"]["code"] == "authentication_error"


def test_wrong_parameters_are_answered_in_segments_shape(profiles: Api) -> None:
    for path in (
        "user_id:sp-42/events?limit=0",
        "user_id:sp-42/traits?class=x",
        "user_id:sp-42/events?next=zz",
        "user_id:sp-42/events?start=0.5",
    ):
        answer = profiles.http.get(f"{SPACE}/{path}", auth=TOKEN)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "validation_error"
