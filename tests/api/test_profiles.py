"""What may be asked of a profile: whether it is still the same, parts of it, a brand's part; and cursors of lists."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.conftest import Api

PATH = "/profiles/user_id:tagged"


@pytest.fixture(scope="module")
def tagged(api: Api) -> Api:
    """A customer of two brands."""
    at = "2026-02-01T10:00:00Z"
    api.send("identify", {"userId": "tagged", "traits": {"email": "tagged@example.com"}, "timestamp": at})
    for number, brand in enumerate(("Lumia", "Öko Łąka")):
        order = {"order_id": f"tagged-{number}", "total": 10 + number, "currency": "PLN", "brand": brand}
        bought = {"userId": "tagged", "event": "Order Completed", "timestamp": at, "properties": order}
        assert api.send("track", bought).outcome != "rejected"
    return api


def tag_of(api: Api, path: str = PATH, **params: str) -> str:
    answer = api.http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"]


def again(api: Api, known: str, path: str = PATH, **params: str) -> httpx.Response:
    return api.http.get(path, params=params, headers={"If-None-Match": known})


def test_a_profile_that_is_still_the_same_is_not_sent_again(tagged: Api):
    tag = tag_of(tagged)
    answer = again(tagged, tag)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("form", ["W/{0}", '"other", {0}', '"other",{0}', "*"])
def test_a_tag_is_known_in_every_form_in_which_it_may_come(tagged: Api, form: str):
    assert again(tagged, form.format(tag_of(tagged))).status_code == 304


@pytest.mark.parametrize("known", ['"other"', "", "other", '"'])
def test_a_profile_with_another_tag_is_sent(tagged: Api, known: str):
    assert again(tagged, known).status_code == 200


def test_a_write_to_a_customer_makes_another_tag(tagged: Api):
    tag = tag_of(tagged)
    tagged.send("track", {"userId": "tagged", "event": "Product Viewed", "properties": {"sku": "T-1"}})
    answer = again(tagged, tag)
    assert (answer.status_code, answer.headers["etag"] != tag) == (200, True)
    assert again(tagged, answer.headers["etag"]).status_code == 304


def test_a_write_to_another_customer_makes_no_other_tag(tagged: Api):
    tag = tag_of(tagged)
    tagged.send("identify", {"userId": "tagged elsewhere", "traits": {"email": "elsewhere@example.com"}})
    assert again(tagged, tag).status_code == 304


def test_a_new_identifier_makes_another_tag(tagged: Api):
    tag = tag_of(tagged, include="identifiers")
    tagged.send("identify", {"userId": "tagged", "anonymousId": "tagged-cookie"})
    assert again(tagged, tag, include="identifiers").status_code == 200


def test_each_question_has_a_tag_of_its_own(tagged: Api):
    asked: list[dict[str, str]] = [{}, {"include": "orders"}, {"include": "traits"}, {"brand": "Lumia"}]
    assert len({tag_of(tagged, **params) for params in asked}) == len(asked)
    assert again(tagged, tag_of(tagged), include="orders").status_code == 200


def test_a_customer_by_id_has_the_same_tag_as_by_key(tagged: Api):
    found = tagged.http.get(PATH)
    path = f"/customers/{found.json()['customer_id']}"
    assert again(tagged, found.headers["etag"], path).status_code == 304


def test_a_customer_by_id_has_the_parts_that_are_asked_for(tagged: Api):
    customer = tagged.http.get(PATH).json()["customer_id"]
    found = tagged.http.get(f"/customers/{customer}", params={"include": "orders", "brand": "Lumia"}).json()
    assert set(found) == {"customer_id", "kind", "as_of", "on", "brand", "orders"}
    assert found["orders"]["count"] == 1


def test_the_way_to_the_id_of_today_keeps_what_was_asked(api: Api):
    api.send("identify", {"userId": "kept", "timestamp": "2026-01-01T00:00:00Z"})
    younger = api.send("page", {"anonymousId": "kept-cookie", "timestamp": "2026-02-01T00:00:00Z"}).customer_id
    api.send("alias", {"previousId": "kept-cookie", "userId": "kept", "timestamp": "2026-03-01T00:00:00Z"})
    for path, query in (("/customers", "include=traits,orders"), ("/graph/customers", "limit=7")):
        answer = api.http.get(f"{path}/{younger}?{query}")
        assert (answer.status_code, answer.headers["location"].partition("?")[2]) == (307, query)
        assert api.http.get(answer.headers["location"]).status_code == 200


def refused(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    return str(answer.json()["detail"])


@pytest.mark.parametrize(
    ("include", "meant"),
    [("order", "orders"), ("traits,Identifer", "identifiers"), ("consents,chanels", "consent and channels")],
)
@pytest.mark.parametrize("path", [PATH, "/customers/{}"])
def test_a_part_with_a_typo_is_refused_with_the_one_that_was_meant(tagged: Api, path: str, include: str, meant: str):
    customer = tagged.http.get(PATH).json()["customer_id"]
    said = refused(tagged.http.get(path.format(customer), params={"include": include}))
    assert f"did you mean {meant}?" in said
    assert "it has identifiers, traits" in said


def test_a_part_that_is_like_none_is_refused_without_being_repeated(tagged: Api):
    said = refused(tagged.http.get(PATH, params={"include": "secret@example.com"}))
    assert "did you mean" not in said
    assert "secret" not in said


@pytest.mark.parametrize("include", ["", ",", " , ", "orders, orders", "customer_id,orders"])
def test_blanks_and_repetitions_among_parts_do_no_harm(tagged: Api, include: str):
    found = tagged.http.get(PATH, params={"include": include}).json()
    assert found["orders"]["count"] == 2


@pytest.mark.parametrize(("brand", "total"), [("lumia", 10), ("ÖKO ŁĄKA", 11), (" Lumia ", 10)])
def test_a_brand_is_known_whatever_its_capitals(tagged: Api, brand: str, total: int):
    found = tagged.http.get(PATH, params={"brand": brand}).json()
    assert found["orders"]["revenue"] == {"PLN": total}
    assert found["brand"].casefold() == brand.strip().casefold()


def test_an_unknown_brand_is_refused_with_those_that_there_are(tagged: Api):
    assert "there are Lumia, Öko Łąka" in refused(tagged.http.get(PATH, params={"brand": "Lumina"}))


def test_a_company_has_other_parts_than_a_person(tagged: Api):
    tagged.send("group", {"userId": "tagged", "groupId": "tagged-co", "traits": {"name": "Tagged"}})
    found = tagged.http.get("/profiles/group_id:tagged-co", params={"include": "company"})
    assert found.json()["company"]["name"] == "Tagged"
    assert again(tagged, found.headers["etag"], "/profiles/group_id:tagged-co", include="company").status_code == 304
    assert "it has company" in refused(tagged.http.get("/profiles/group_id:tagged-co", params={"include": "consent"}))


@pytest.fixture(scope="module")
def listed(tagged: Api) -> Api:
    """Lists of more than a page."""
    for number in range(3):
        tagged.send("identify", {"userId": f"listed-{number}", "traits": {"nick": "listed"}})
        tagged.http.post("/v1/batch", json={"batch": [{"type": "nothing", "number": number}]})
        tagged.http.post("/jobs/relink", json={"dry_run": True})
        pair = {"a": "user_id:listed-0", "b": f"user_id:other-{number}"}
        tagged.http.post("/decisions", json={"verdict": "different", **pair, "because": "they say so"})
    return tagged


LISTS: dict[str, dict[str, Any]] = {
    "/customers": {},
    "/search": {"q": "listed"},
    f"{PATH}/timeline": {},
    "/rejected": {},
    "/jobs": {},
    "/decisions": {},
}


def cursor_of(api: Api, path: str, **params: Any) -> str:
    found = api.http.get(path, params={**LISTS[path], **params, "limit": 1}).json()["next"]
    assert found, path
    return str(found)


def test_each_list_goes_on_with_its_own_cursor_and_with_no_other(listed: Api):
    cursors = {path: cursor_of(listed, path) for path in LISTS}
    for path, params in LISTS.items():
        for of, cursor in cursors.items():
            answer = listed.http.get(path, params={**params, "cursor": cursor})
            assert answer.status_code == (200 if of == path else 400), (path, of)


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/search", {"q": "listed-1"}),
        (f"{PATH}/timeline", {"types": "identify"}),
        (f"{PATH}/timeline", {"from": "2026-01-01"}),
    ],
)
def test_a_cursor_of_another_question_to_the_same_list_is_refused(listed: Api, path: str, other: dict[str, str]):
    cursor = cursor_of(listed, path)
    answer = listed.http.get(path, params={**LISTS[path], **other, "cursor": cursor})
    assert "not one that this list gave for this question" in refused(answer)


def test_the_size_of_a_page_may_change_on_the_way(listed: Api):
    cursor = cursor_of(listed, "/customers")
    whole = listed.http.get("/customers", params={"limit": 1000}).json()["items"]
    assert listed.http.get("/customers", params={"limit": 1000, "cursor": cursor}).json()["items"] == whole[1:]


def test_the_cursor_of_another_customers_events_is_refused_in_segments_shape(listed: Api):
    space = "/v1/spaces/any/collections/users/profiles"
    cursor = listed.http.get(f"{space}/user_id:tagged/events?limit=1").json()["cursor"]["next"]
    assert listed.http.get(f"{space}/user_id:tagged/events", params={"next": cursor}).status_code == 200
    answer = listed.http.get(f"{space}/user_id:listed-0/events", params={"next": cursor})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
