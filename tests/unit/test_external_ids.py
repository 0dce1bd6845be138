"""RudderStack's list of identifiers, as its SDKs send it."""

from __future__ import annotations

from typing import Any

import pytest

from graph_cdp.ingest import observe
from graph_cdp.model import Observation, Refusal
from graph_cdp.policy import default_policy


def see(*ids: Any) -> Observation:
    message = {"type": "identify", "userId": "42", "context": {"externalId": list(ids)}}
    return observe(message, source="web", policy=default_policy(), received_at=7)


@pytest.mark.parametrize(
    ("one", "key"),
    [
        ({"type": "brazeExternalId", "id": "b 1"}, "braze_external_id:b 1"),
        ({"type": "ga_client_id", "id": "g1"}, "ga_client_id:g1"),
        ({"type": "anonymousId", "id": "a1"}, "anonymous_id:a1"),
        ({"type": "HUBSPOT-contacts", "id": "Ann@Example.com", "identifierType": "email"}, "email:ann@example.com"),
        ({"type": "SALESFORCE-Contact", "id": "0031", "identifierType": "Id"}, "salesforce_contact.id:0031"),
    ],
)
def test_an_id_is_in_the_namespace_that_its_type_or_that_of_the_identifier_names(one: Any, key: str) -> None:
    assert see(one).keys == tuple(sorted(("user_id:42", key)))


@pytest.mark.parametrize(
    "one", ["x", {"id": "1"}, {"type": "", "id": "1"}, {"type": "group_id", "id": "1"}, {"type": "x"}]
)
def test_what_identifies_nobody_is_no_key_and_the_message_is_kept(one: Any) -> None:
    assert see(one).keys == ("user_id:42",)


def test_what_cannot_be_used_is_refused_with_its_place() -> None:
    assert see({"type": "x", "id": "1"}, 5).refusals == (
        Refusal("context.externalId[1]", "not an object with id and type"),
    )


def test_both_spellings_of_the_list_may_stand_in_one_message() -> None:
    context = {"externalIds": [{"id": "g1", "type": "cookie"}], "externalId": [{"id": "b1", "type": "brazeExternalId"}]}
    message = {"type": "page", "context": context}
    seen = observe(message, source="web", policy=default_policy(), received_at=7)
    assert seen.keys == ("braze_external_id:b1", "cookie:g1")
