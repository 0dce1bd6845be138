"""Who may call, and what those who may not are told."""

from __future__ import annotations

import pytest
from graph_cdp_api.keys import Keys, is_loopback
from graph_cdp_api.serve import listening

from graph_cdp.engine import Engine
from graph_cdp.errors import UsageError
from graph_cdp.settings import Settings
from tests.api.conftest import Api, running

READER = {"Authorization": "Bearer r-secret"}
STEWARD = {"Authorization": "Bearer o-secret"}


def test_a_write_key_names_the_source(locked: Api):
    locked.send("identify", {"userId": "sourced", "source": "pretended"}, auth=("w-secret", ""))
    profile = locked.http.get("/profiles/user_id:sourced", headers=READER).json()
    assert profile["identifiers"][0]["sources"] == ["web"]


def test_without_keys_a_message_names_its_source(api: Api):
    api.send("identify", {"userId": "own source", "source": "shop"})
    assert api.http.get("/profiles/user_id:own%20source").json()["identifiers"][0]["sources"] == ["shop"]


@pytest.mark.parametrize("auth", [None, ("wrong", ""), ("", ""), ("w-secre", ""), ("r-secret", "")])
def test_a_sender_without_a_write_key_is_told_so_in_segments_shape(locked: Api, auth: tuple[str, str] | None):
    answer = locked.http.post("/v1/identify", json={"userId": "unauthorized"}, auth=auth)
    assert answer.status_code == 401
    assert answer.json()["success"] is False
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic !!!", "Basic", "Bearer wrong", "Basic dw", "nonsense"])
def test_an_authorization_that_is_none_is_refused(locked: Api, header: str):
    answer = locked.http.post("/v1/identify", json={"userId": "x"}, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["success"]) == (401, False)


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "Bearer w-secret", "Basic cjpy", "Bearer \xe9"])
def test_a_reader_without_an_api_key_gets_a_problem_document(locked: Api, header: str | None):
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = locked.http.get("/customers", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:graph-cdp:problem:unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_without_named_scopes_may_read(locked: Api):
    assert locked.http.get("/customers", headers=READER).status_code == 200


def test_a_key_without_the_scope_is_forbidden(locked: Api):
    answer = locked.http.get("/customers", headers=STEWARD)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:graph-cdp:problem:forbidden")


def test_everything_that_is_held_of_a_person_is_for_keys_of_privacy_alone(locked: Api):
    for key in (READER, STEWARD):
        assert locked.http.get("/profiles/user_id:anybody/access", headers=key).status_code == 403


def test_what_an_unauthorized_sender_sent_is_not_stored(locked: Api):
    locked.http.post("/v1/identify", json={"userId": "not stored"}, auth=("wrong", ""))
    assert locked.http.get("/profiles/user_id:not%20stored", headers=READER).status_code == 404


def test_with_write_keys_alone_nobody_reads(engine: Engine):
    with running(engine, Keys.of(Settings(write_keys="web=w"))) as api:
        assert api.http.get("/customers").status_code == 401


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_without_keys_a_page_from_elsewhere_gets_nothing(api: Api, headers: dict[str, str]):
    assert api.http.get("/customers", headers=headers).status_code == 403
    assert api.http.post("/v1/identify", json={"userId": "evil"}, headers=headers).status_code == 403


def test_without_keys_a_page_of_this_machine_is_served(api: Api):
    assert api.http.get("/customers", headers={"Origin": "http://localhost:3000"}).status_code == 200


@pytest.mark.parametrize("text", ["web", "web=", "=k-1", "a b=k-1", "web=k-1,app=k-1", "x/y=k-1"])
def test_a_write_key_that_is_none_is_refused_without_repeating_it(text: str):
    with pytest.raises(UsageError, match="GRAPH_CDP_WRITE_KEYS") as refused:
        Keys.of(Settings(write_keys=text))
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", ["crm", "crm=key:", "crm=key:write", "crm=:read", "a=k:read,b=k"])
def test_an_api_key_that_is_none_is_refused_without_repeating_it(text: str):
    with pytest.raises(UsageError, match="GRAPH_CDP_API_KEYS") as refused:
        Keys.of(Settings(api_keys=text))
    assert text not in str(refused.value)


def test_a_source_may_have_two_keys_so_that_one_can_be_replaced():
    assert [one.source for one in Keys.of(Settings(write_keys="web=old, web=new")).write] == ["web", "web"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_without_keys_no_address_is_listened_on_that_others_can_reach(host: str):
    with pytest.raises(UsageError, match="no key is set"), listening(host, 0, local=True):
        pass


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no.such.host.invalid", 0), ("127.0.0.1", 70000)])
def test_an_address_that_cannot_be_listened_on_is_said(host: str, port: int):
    with pytest.raises(UsageError, match="cannot listen on"), listening(host, port, local=False):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "app.localhost"])
def test_the_machine_itself_is_loopback(host: str):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "example.com", "localhost.example.com", "10.0.0.1"])
def test_everything_else_is_not_loopback(host: str):
    assert not is_loopback(host)
