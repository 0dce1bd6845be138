"""Timelines, search and dead letters over a real socket, on both servers: pages that stay right while data change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from graph_cdp_api import schemas
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_cdp.engine import Engine
from graph_cdp.policy import Policy
from tests.api.conftest import Api

Rows = list[dict[str, Any]]


def pages(api: Api, path: str, **params: Any) -> Iterator[Rows]:
    """The pages of a list, one after the other."""
    cursor = None
    while True:
        answer = api.http.get(path, params={**params, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        cursor = answer.json()["next"]
        if cursor is None:
            return


def all_of(api: Api, path: str, **params: Any) -> Rows:
    return [row for page in pages(api, path, **params) for row in page]


def track(user: str, name: str, at: str | None, **more: Any) -> dict[str, Any]:
    message = {"type": "track", "userId": user, "event": name, "properties": more}
    return message if at is None else {**message, "timestamp": at}


@pytest.fixture(scope="module")
def tim(each_api: Api) -> Api:
    """Tim, to whom six things happened, one nobody knows when."""
    days = [track("tim", f"Day {day}", f"2026-03-0{day}T10:00:00Z", n=day) for day in range(1, 6)]
    each_api.send("batch", {"batch": [*days, track("tim", "Some day", None)]})
    return each_api


def names(rows: Rows) -> list[str]:
    return [row["name"] for row in rows]


def test_a_timeline_is_newest_first_and_undated_last(tim: Api):
    answer = tim.http.get("/profiles/user_id:tim/timeline").json()
    schemas.Timeline.model_validate(answer)
    assert names(answer["items"]) == ["Day 5", "Day 4", "Day 3", "Day 2", "Day 1", "Some day"]
    assert answer["next"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_of_a_timeline_are_the_timeline(tim: Api, limit: int):
    assert names(all_of(tim, "/profiles/user_id:tim/timeline", limit=limit)) == [
        "Day 5",
        "Day 4",
        "Day 3",
        "Day 2",
        "Day 1",
        "Some day",
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"from": "2026-03-04T10:00:00Z"}, ["Day 5", "Day 4"]),
        ({"to": "2026-03-02T10:00:00Z"}, ["Day 1", "Some day"]),
        ({"from": "2026-03-02", "to": "2026-03-04"}, ["Day 3", "Day 2"]),
        ({"from": "2026-03-03T12:00:00+02:00", "to": "2026-03-03T10:00:01"}, ["Day 3"]),
        ({"types": "Day 1, Day 4"}, ["Day 4", "Day 1"]),
        ({"types": "identify", "from": "2026-03-05"}, ["Day 5"]),
        ({"types": "nothing"}, []),
    ],
)
def test_a_part_of_a_timeline(tim: Api, params: dict[str, str], expected: list[str]):
    assert names(all_of(tim, "/profiles/user_id:tim/timeline", **params)) == expected


def test_what_belongs_to_others_is_read_past(each_api: Api):
    """A form names two users, whom the rules keep apart: it is an event of the more trusted one, seen at both."""
    for number in range(12):
        message = track("owner", f"Both {number}", f"2026-02-01T00:00:{number:02}Z")
        message["context"] = {"externalIds": [{"id": "passer", "type": "user_id", "collection": "users"}]}
        each_api.send("batch", {"batch": [message]})
    each_api.send("batch", {"batch": [track("passer", "Own", "2026-01-01T00:00:00Z")]})
    assert names(all_of(each_api, "/profiles/user_id:passer/timeline", limit=2)) == ["Own"]
    assert len(all_of(each_api, "/profiles/user_id:owner/timeline", limit=5)) == 12


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=6),
    st.integers(1, 4),
)
def test_a_timeline_page_by_page_has_each_event_once_while_others_arrive(
    each_api: Api, before: list[int], arriving: list[tuple[int, bool]], limit: int
):
    user = f"paged-{uuid4().hex}"
    old = [track(user, f"old {n}", f"2026-01-{day + 1:02}", n=n) for n, day in enumerate(before)]
    each_api.send("batch", {"batch": old})
    seen: list[str] = []
    later = iter(arriving)
    for page in pages(each_api, f"/profiles/user_id:{user}/timeline", limit=limit):
        seen += names(page)
        if more := next(later, None):
            day, joins = more
            message = track(user, "new", f"2026-01-{day + 1:02}", seen=len(seen))
            each_api.send("batch", {"batch": [{**message, "anonymousId": f"{user}-{day}"} if joins else message]})
    assert sorted(name for name in seen if name != "new") == sorted(f"old {n}" for n, _ in enumerate(before))


def test_a_timeline_of_a_shared_identifier_is_answered_with_the_candidates(each_api: Api):
    for user in ("line-1", "line-2", "line-3"):
        each_api.send("identify", {"userId": user, "traits": {"email": "line@example.com"}})
    assert each_api.http.get("/profiles/email:line@example.com/timeline").status_code == 300


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "W10", "%00", "bnVsbA", "WyJcdWQ4MDAiLCIiXQ", "é"])
@pytest.mark.parametrize("path", ["/profiles/user_id:tim/timeline", "/search?q=tim", "/rejected"])
def test_a_cursor_that_is_none_is_refused(tim: Api, path: str, cursor: str):
    answer = tim.http.get(path + ("&" if "?" in path else "?") + f"cursor={cursor}")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-99-01", "from=0001-01-01T00:00:00%2B14:00", "limit=0"])
def test_a_time_that_is_none_is_refused(tim: Api, query: str):
    assert tim.http.get(f"/profiles/user_id:tim/timeline?{query}").status_code == 400


@pytest.fixture(scope="module")
def zofia(each_api: Api) -> Api:
    traits = {"first_name": "Zofia", "last_name": "Wójcik", "email": "Zofia.W@example.com", "quote": 'say "hi"'}
    each_api.send("identify", {"userId": "Zo-1", "traits": traits})
    each_api.send("identify", {"userId": "an-2", "traits": {"first_name": "Анна", "phone": "+48601234567"}})
    each_api.send("identify", {"userId": "Щётка-2", "traits": {"last_name": "Ёлкина"}})
    return each_api


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zofia.w@", [("email:zofia.w@example.com", None), ("user_id:Zo-1", "email")]),
        ("ZO-1", [("user_id:Zo-1", None)]),
        ("wójc", [("user_id:Zo-1", "last_name")]),
        ("WÓJC", [("user_id:Zo-1", "last_name")]),
        ("wojcik", [("user_id:Zo-1", "last_name")]),
        ("анна", [("user_id:an-2", "first_name")]),
        ("ЕЛКИНА", [("user_id:Щётка-2", "last_name")]),
        ("ёлкина", [("user_id:Щётка-2", "last_name")]),
        ("щетка", [("user_id:Щётка-2", None)]),
        ("0123456", [("phone:+48601234567", None), ("user_id:an-2", "phone")]),
        ('"hi"', [("user_id:Zo-1", "quote")]),
        ("first_name", []),
        ("nobody at all", []),
    ],
)
def test_a_part_of_a_value_or_trait_leads_to_its_customer(zofia: Api, text: str, expected: list[tuple[str, Any]]):
    answer = zofia.http.get("/search", params={"q": text}).json()
    schemas.Found.model_validate(answer)
    assert [(row["key"], row["trait"]) for row in answer["items"]] == expected
    for row in answer["items"]:
        assert zofia.http.get(f"/profiles/{row['key']}").json()["customer_id"] == row["customer_id"]


def test_a_search_page_by_page_finds_the_same(each_api: Api):
    batch = [{"type": "identify", "userId": f"many-{n}", "traits": {"nick": f"manyfold {n % 3}"}} for n in range(9)]
    each_api.send("batch", {"batch": batch})
    whole = all_of(each_api, "/search", q="many", limit=100)
    assert all_of(each_api, "/search", q="many", limit=2) == whole
    assert len(whole) == 18


@pytest.mark.parametrize("query", ["", "q=", "q=a", f"q={'a' * 201}"])
def test_a_search_for_too_little_is_refused(each_api: Api, query: str):
    assert each_api.http.get(f"/search?{query}").status_code == 400


def reject(api: Api, message: dict[str, Any]) -> str:
    """The uid of the dead letter that a message becomes."""
    answer = api.http.post("/v1/batch", json={"batch": [message]}).json()["messages"][0]
    assert answer["outcome"] == "rejected"
    letters = all_of(api, "/rejected", limit=1000)
    return next(row["uid"] for row in letters if json.loads(row["raw"] or "0") == message)


def test_dead_letters_are_listed_page_by_page(each_api: Api):
    for number in range(5):
        reject(each_api, {"type": "nothing", "number": number})
    whole = each_api.http.get("/rejected?limit=1000").json()
    schemas.Rejected.model_validate(whole)
    assert all_of(each_api, "/rejected", limit=2) == whole["items"]


def retried(api: Api, *uids: str) -> Rows:
    answer = api.http.post("/rejected/retry", json={"uids": uids})
    assert answer.status_code == 200, answer.text
    schemas.RetriedAll.model_validate(answer.json())
    return answer.json()["items"]


def test_a_dead_letter_that_is_still_none_stays_and_says_why(each_api: Api):
    uid = reject(each_api, {"type": "track", "userId": "again-1"})
    assert [(row["outcome"], row["uid"]) for row in retried(each_api, uid)] == [("rejected", uid)]
    assert "event" in retried(each_api, uid)[0]["reason"]
    assert uid in [row["uid"] for row in all_of(each_api, "/rejected", limit=1000)]


NATIONAL = """
[sources.national]
country = "PL"
"""


def test_a_dead_letter_that_is_usable_under_the_policy_of_today_is_taken_and_counts_once(
    each_api: Api, each_engine: Engine
):
    message = {"type": "identify", "messageId": "n-1", "source": "national", "traits": {"phone": "601 234 999"}}
    uid = reject(each_api, message)
    each_engine.relink(Policy(each_engine.policy.text + NATIONAL))
    first, unknown = retried(each_api, uid, "no-such-letter")
    assert (first["outcome"], unknown["outcome"]) == ("created", "rejected")
    assert uid not in [row["uid"] for row in all_of(each_api, "/rejected", limit=1000)]
    assert each_api.http.get("/profiles/phone:+48601234999").json()["customer_id"] == first["customer_id"]
    assert "no dead letter" in retried(each_api, uid)[0]["reason"]
    assert each_api.send("batch", {"batch": [message]}).body["messages"][0]["outcome"] == "duplicate"
    assert names(all_of(each_api, "/profiles/phone:+48601234999/timeline")) == ["identify"]


@pytest.mark.parametrize("body", [{}, {"uids": []}, {"uids": [1]}, {"uids": ["x"] * 1001}, [], "x"])
def test_a_retry_of_something_else_is_refused(each_api: Api, body: object):
    assert each_api.http.post("/rejected/retry", json=body).status_code == 400


def test_a_row_of_a_table_has_to_be_loaded_again(each_api: Api, each_engine: Engine, tmp_path: Any):
    table, mapping = tmp_path / "people.csv", tmp_path / "people.toml"
    table.write_text("mail\nno address\n")
    mapping.write_text('source = "crm"\nkind = "crm"\n[identifiers]\nemail = "mail"\n')
    for _ in each_engine.ingest(each_engine.read(table, mapping)):
        pass
    letter = next(row for row in all_of(each_api, "/rejected", limit=1000) if row["place"].endswith(".csv:2"))
    assert "load it again" in retried(each_api, letter["uid"])[0]["reason"]
