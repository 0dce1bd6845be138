"""Segment messages to observations."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.ingest import observe
from graph_cdp.ingest.warnings import warnings_of
from graph_cdp.model import UNDATED, Company, Observation, Order, OrderLine, Refusal, rfc3339
from graph_cdp.normalise import Unusable
from graph_cdp.policy import Policy, default_policy

POLICY = default_policy()
ORDER = {
    "order_id": "R-1",
    "total": "19,98",
    "currency": "PLN",
    "brand": "Lumia",
    "shop": "Kraków",
    "products": [{"sku": "S1", "name": "Socks", "category": "basics", "quantity": 2, "price": 9.99}],
}


def see(message: dict[str, Any], policy: Policy = POLICY, source: str | None = "web") -> Observation:
    return observe(message, source=source, policy=policy, received_at=7)


def track(event: str = "Product Viewed", **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "anonymousId": "a1", **more}


def identify(**more: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": "42", **more}


def refused(message: Any) -> str:
    with pytest.raises(Unusable) as unusable:
        observe(message, source="web", policy=POLICY, received_at=7)
    return unusable.value.reason


def test_user_and_anonymous_id_are_keys_in_text_order() -> None:
    assert see(identify(anonymousId="a1")).keys == ("anonymous_id:a1", "user_id:42")


def test_the_previous_id_of_an_alias_is_an_anonymous_id() -> None:
    seen = see({"type": "alias", "userId": "42", "previousId": "a1"})
    assert (seen.kind, seen.name, seen.keys) == ("alias", "alias", ("anonymous_id:a1", "user_id:42"))


@pytest.mark.parametrize(
    "message",
    [
        identify(traits={"email": "Ann@Example.com"}),
        identify(context={"traits": {"email": "ann@example.com"}}),
        identify(properties={"email": "ann@example.com"}),
    ],
)
def test_an_email_address_is_found_in_traits_context_and_properties(message: dict[str, Any]) -> None:
    assert "email:ann@example.com" in see(message).keys


@pytest.mark.parametrize(
    ("type_", "keys"),
    [
        ("ios", ("ios.id:d1", "ios.idfa:i1", "user_id:42")),
        ("Android", ("android.id:d1", "android.idfa:i1", "user_id:42")),
    ],
)
def test_a_device_is_in_the_namespace_of_its_type(type_: str, keys: tuple[str, ...]) -> None:
    assert see(identify(context={"device": {"id": "d1", "type": type_, "advertisingId": "i1"}})).keys == keys


def test_a_device_of_another_type_is_a_device_and_its_advertising_id_is_refused() -> None:
    seen = see(identify(context={"device": {"id": "d1", "advertisingId": "i1"}}))
    assert seen.keys == ("device:d1", "user_id:42")
    assert [refusal.place for refusal in seen.refusals] == ["context.device.advertisingId"]


def test_external_ids_name_their_namespace() -> None:
    ids = [{"id": "g1", "type": "ga_client_id", "collection": "users", "encoding": "none"}]
    assert see(identify(context={"externalIds": ids})).keys == ("ga_client_id:g1", "user_id:42")


@pytest.mark.parametrize(
    "one",
    [{"id": "1", "type": "No Name"}, {"id": "1"}, "x", {"id": "1", "type": "group_id"}, {"id": "", "type": "cookie"}],
)
def test_an_external_id_that_identifies_nobody_is_refused_with_its_place(one: Any) -> None:
    seen = see(identify(context={"externalIds": [one]}))
    assert (seen.keys, seen.refusals[0].place) == (("user_id:42",), "context.externalIds[0]")


@pytest.mark.parametrize("name", ["loyalty_card", "loyaltyCard", "card_no"])
def test_a_loyalty_card_is_found_under_its_usual_names(name: str) -> None:
    assert see(track(properties={name: "90-01"})).keys == ("anonymous_id:a1", "loyalty_card:9001")


def test_the_address_of_the_network_is_no_identifier() -> None:
    assert see(track(context={"ip": "10.0.0.1"})).keys == ("anonymous_id:a1",)


@pytest.mark.parametrize(
    "hint",
    [
        {"traits": {"address": {"country": "PL"}}},
        {"traits": {"country": "pl"}},
        {"properties": {"country": "PL"}},
        {"context": {"locale": "pl-PL"}},
    ],
)
def test_a_national_phone_number_is_of_the_country_that_the_message_names(hint: dict[str, Any]) -> None:
    message = identify(**hint)
    message["traits"] = {**message.get("traits", {}), "phone": "601 234 567"}
    assert "phone:+48601234567" in see(message).keys


def test_the_country_of_the_source_outranks_the_language_of_the_device() -> None:
    policy = Policy('[sources.web]\ncountry = "PL"\n')
    message = identify(traits={"phone": "601234567"}, context={"locale": "uk-UA"})
    assert "phone:+48601234567" in see(message, policy).keys


def test_the_country_of_the_person_outranks_that_of_the_source() -> None:
    policy = Policy('[sources.web]\ncountry = "PL"\n')
    assert "phone:+380501234567" in see(identify(traits={"phone": "0501234567", "country": "UA"}), policy).keys


def test_a_source_that_numbers_by_itself_has_a_space_of_its_own() -> None:
    policy = Policy('[sources.web]\nuser_id = "verano.user_id"\n')
    assert see(identify(), policy).keys == ("verano.user_id:42",)


def test_a_null_is_absent_and_the_text_null_is_a_value() -> None:
    assert see({"type": "page", "userId": None, "anonymousId": "null"}).keys == ("anonymous_id:null",)


def test_what_cannot_be_an_identifier_is_refused_and_the_message_kept() -> None:
    seen = see(identify(traits={"email": "null"}))
    assert seen.keys == ("user_id:42",)
    assert seen.refusals == (Refusal("traits.email", "no e-mail address"),)


def test_a_message_whose_identifiers_are_all_refused_is_rejected_with_the_reasons() -> None:
    reason = refused({"type": "identify", "userId": "", "traits": {"email": "null"}})
    assert reason == "no usable identifier: userId: empty; traits.email: no e-mail address"


def test_a_message_without_an_identifier_is_rejected_saying_what_to_give() -> None:
    assert refused({"type": "page"}).startswith("no identifier: give userId, anonymousId")


def test_more_than_twelve_identifiers_describe_no_one_person() -> None:
    ids = [{"id": str(number), "type": "cookie"} for number in range(12)]
    assert len(see({"type": "page", "context": {"externalIds": ids}}).keys) == 12
    assert refused(identify(context={"externalIds": ids})) == "more than 12 identifiers describe no one person"


@pytest.mark.parametrize("type_", ["delete", "", 5, None])
def test_an_unknown_type_is_rejected(type_: object) -> None:
    assert refused({"type": type_, "userId": "1"}).startswith("type: ")


def test_the_type_may_have_capitals() -> None:
    assert see({"type": "Identify", "userId": "42"}).kind == "identify"


@pytest.mark.parametrize("message", [[], "x", 5, None])
def test_what_is_no_object_is_rejected(message: object) -> None:
    assert refused(message) == "not a JSON object"


@pytest.mark.parametrize("part", ["traits", "properties", "context"])
def test_a_part_that_is_no_object_is_rejected(part: str) -> None:
    assert refused(identify(**{part: ["x"]})) == f"{part}: not an object"


def test_a_track_call_without_an_event_is_rejected() -> None:
    assert refused({"type": "track", "anonymousId": "a1"}).startswith("event: ")


@pytest.mark.parametrize(
    ("message", "source"),
    [
        (identify(source="app"), "app"),
        (identify(), "default"),
        (identify(source=""), "default"),
        (identify(source=5), "default"),
    ],
)
def test_a_message_may_name_its_source(message: dict[str, Any], source: str) -> None:
    assert see(message, source=None).source == source


def test_the_source_that_is_given_outranks_that_of_the_message() -> None:
    assert see(identify(source="app"), source="web").source == "web"


def test_a_source_that_would_break_keys_is_rejected() -> None:
    with pytest.raises(Unusable, match="source"):
        see(identify(source="a/b"), source=None)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("Signed In", "login"),
        ("logged_in", "login"),
        ("LOGIN", "login"),
        ("Signed Up", "registration"),
        ("Account Created", "registration"),
        ("User Registered", "registration"),
        ("Order Completed", "purchase"),
        ("order-paid", "purchase"),
        ("Order Refunded", "purchase"),
        ("Newsletter Subscribed", "form"),
        ("Form  Submitted", "form"),
        ("Lead Captured", "form"),
        ("Loyalty Card Added", "loyalty"),
        ("Loyalty Programme Card Registered", "loyalty"),
        ("Product Viewed", "device"),
    ],
)
def test_the_event_says_of_which_kind_its_links_are(event: str, kind: str) -> None:
    assert see(track(event)).kind == kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (track(userId="42"), "identify"),
        (track(properties={"email": "ann@example.com"}), "form"),
        (track(properties={"phone": "+48601234567"}), "form"),
        (track(properties={"email": "null"}), "device"),
        ({"type": "group", "userId": "42", "groupId": "g"}, "identify"),
        ({"type": "screen", "anonymousId": "a1"}, "device"),
        ({"type": "identify", "anonymousId": "a1"}, "identify"),
    ],
)
def test_other_messages_are_of_the_kind_that_their_identifiers_say(message: dict[str, Any], kind: str) -> None:
    assert see(message).kind == kind


def test_a_page_is_called_page_and_keeps_its_name_among_the_properties() -> None:
    seen = see({"type": "page", "anonymousId": "a1", "name": "Home", "properties": {"path": "/"}})
    assert (seen.name, dict(seen.properties)) == ("page", {"path": "/", "name": "Home", "type": "page"})


def test_the_campaign_of_the_context_is_a_property() -> None:
    assert see(track(context={"campaign": {"name": "spring"}})).properties["campaign"] == {"name": "spring"}


def test_a_property_called_type_stays_as_it_was_sent() -> None:
    assert dict(see(track(properties={"type": "sale"})).properties) == {"type": "sale"}
    assert dict(see(track()).properties) == {"type": "track"}


@pytest.mark.parametrize("name", ["timestamp", "originalTimestamp"])
def test_a_message_occurred_at_its_timestamp(name: str) -> None:
    assert rfc3339(see(track(**{name: "2026-01-02T03:04:05Z"})).occurred_at) == "2026-01-02T03:04:05.000000Z"


def test_a_message_without_a_timestamp_is_undated() -> None:
    assert (see(track()).occurred_at, see(track()).received_at) == (UNDATED, 7)


@pytest.mark.parametrize("time", ["soon", "9999-12-31T23:59:59Z", "0000-01-01", "2026-02-30", True, {}])
def test_a_message_of_an_impossible_time_is_rejected(time: object) -> None:
    assert refused(track(timestamp=time)).startswith("timestamp: ")


def test_traits_of_the_call_outrank_those_of_its_context() -> None:
    message = identify(traits={"city": "Kraków", "pet": None}, context={"traits": {"city": "Łódź", "name": "Ann"}})
    assert dict(see(message).traits) == {"city": "Kraków", "name": "Ann", "pet": None}


def test_a_birth_date_is_written_with_the_year_first() -> None:
    assert see(identify(traits={"birth_date": "3.4.1987"})).traits["birth_date"] == "1987-04-03"


def test_an_impossible_birth_date_is_refused_and_the_message_kept() -> None:
    seen = see(identify(traits={"birth_date": "1987-02-30", "city": "Łódź"}))
    assert (dict(seen.traits), seen.refusals[0].place) == ({"city": "Łódź"}, "traits.birth_date")


def test_a_group_call_tells_of_a_company_and_its_traits() -> None:
    message = {"type": "group", "userId": "42", "groupId": "g1", "traits": {"name": "Acme", "email": "info@acme.pl"}}
    seen = see(message)
    assert (seen.keys, dict(seen.traits)) == (("user_id:42",), {})
    assert seen.company == Company("group_id:g1", {"name": "Acme", "email": "info@acme.pl"})


def test_an_order_event_tells_of_a_whole_order() -> None:
    seen = see(track("Order Completed", properties=ORDER))
    lines = (OrderLine("1", "S1", "Socks", "basics", 2.0, 9.99),)
    assert seen.keys == ("anonymous_id:a1", "order:web/R-1")
    assert seen.order == Order("order:web/R-1", lines, True, 19.98, "PLN", "Lumia", "Kraków")


def test_a_product_may_have_a_number_for_its_sku() -> None:
    order = see(track("Order Completed", properties={**ORDER, "products": [{"product_id": 7.0}]})).order
    assert order is not None and order.lines == (OrderLine("1", "7"),)


def test_the_channel_that_an_order_names_outranks_its_sender() -> None:
    order = see(track("Order Completed", channel="browser", properties={**ORDER, "channel": "phone"})).order
    assert order is not None and order.channel == "phone"


def test_a_group_call_without_a_group_is_kept_for_its_person() -> None:
    seen = see({"type": "group", "userId": "42"})
    assert (seen.company, [refusal.place for refusal in seen.refusals]) == (None, ["groupId"])


def test_external_ids_that_are_no_list_are_refused() -> None:
    assert see(identify(context={"externalIds": {"id": "1"}})).refusals == (
        Refusal("context.externalIds", "not a list"),
    )


@pytest.mark.parametrize("given", [True, [], {"a": 1}])
def test_a_message_id_that_is_no_text_is_rejected(given: object) -> None:
    assert refused(track(messageId=given)) == "messageId: neither text nor a number"


def test_a_message_id_that_no_index_takes_is_rejected() -> None:
    assert see(track(messageId="m" * 512)).message_id == "m" * 512
    assert refused(track(messageId="m" * 513)) == "messageId: longer than 512 characters"


def test_an_order_event_without_products_does_not_say_that_there_are_none() -> None:
    order = see(track("Order Paid", properties={"orderId": 5})).order
    assert order == Order("order:web/5", whole=False)


def test_a_refund_names_the_order_and_does_not_change_its_sum() -> None:
    assert see(track("Order Refunded", properties=ORDER)).order == Order("order:web/R-1", whole=False)


def test_an_order_id_of_another_event_is_no_key() -> None:
    assert see(track("Email Opened", properties={"order_id": "R-1"})).keys == ("anonymous_id:a1",)


@pytest.mark.parametrize(
    ("more", "channel"),
    [
        ({"context": {"device": {"type": "ios"}}}, "app"),
        ({"context": {"userAgent": "Mozilla/5.0"}}, "web"),
        ({"channel": "mobile"}, "app"),
        ({}, None),
    ],
)
def test_the_channel_of_an_order_is_known_from_its_sender(more: dict[str, Any], channel: str | None) -> None:
    order = see(track("Order Completed", properties=ORDER, **more)).order
    assert order is not None and order.channel == channel


def test_the_name_of_a_product_may_be_long_and_broken() -> None:
    order = see(track("Order Completed", properties={**ORDER, "products": [{"sku": "S", "name": "x\x00" * 300}]})).order
    assert order is not None and order.lines[0].name == "x\ufffd" * 300


def test_an_order_whose_id_is_broken_is_no_order() -> None:
    seen = see(track("Order Completed", properties={**ORDER, "order_id": "R\x00"}))
    assert (seen.order, seen.refusals[0].place) == (None, "properties.order_id")


@pytest.mark.parametrize(
    "bad", [{"total": "free"}, {"products": [{"price": 1}]}, {"products": [{"sku": "S", "price": "x"}]}]
)
def test_what_is_no_product_or_amount_is_refused_and_the_order_kept(bad: dict[str, Any]) -> None:
    seen = see(track("Order Completed", properties={**ORDER, **bad}))
    assert seen.order is not None and len(seen.refusals) == 1


def test_the_uid_of_a_retry_is_the_same() -> None:
    first = see(track(messageId="m1", sentAt="2026-01-01", writeKey="k"))
    assert (
        first.uid == see(track(messageId="m1", sentAt="2026-01-02", receivedAt="x", integrations={}, _metadata={})).uid
    )
    assert first.message_id == "m1"


def test_the_uid_does_not_depend_on_the_order_of_the_fields() -> None:
    message = track(messageId="m1", properties={"a": 1, "b": 2})
    turned = {**dict(reversed(message.items())), "properties": {"b": 2, "a": 1}}
    assert see(message).uid == see(turned).uid


def test_another_content_or_source_under_one_message_id_has_another_uid() -> None:
    message = track(messageId="m1")
    assert len({see(message).uid, see(track("Other", messageId="m1")).uid, see(message, source="app").uid}) == 3


def test_a_message_without_an_id_has_that_of_its_content() -> None:
    assert see(track()).message_id == see(track(sentAt="2026-01-01")).message_id
    assert see(track()).message_id != see(track("Other")).message_id


def test_texts_that_a_graph_cannot_store_are_mended_in_traits_and_properties() -> None:
    seen = see(
        track(properties={"a": "x\x00y\ud800"}, context={"traits": {"n": 2**70, "f": float("inf"), "l": ["\x00"]}})
    )
    assert seen.properties["a"] == "x\ufffdy\ufffd"
    assert dict(seen.traits) == {"n": str(2**70), "f": "inf", "l": ["\ufffd"]}


def test_an_identifier_that_a_graph_cannot_store_is_refused_and_not_mended() -> None:
    assert see(identify(anonymousId="a\x00")).refusals[0].place == "anonymousId"


def nested(levels: int) -> Any:
    deep: Any = "x"
    for _ in range(levels):
        deep = [deep]
    return deep


@pytest.mark.parametrize("levels", [100, 5_000])
def test_deep_nesting_is_rejected(levels: int) -> None:
    assert refused(identify(traits={"deep": nested(levels)})) == "nested more than 100 levels deep"


def test_nesting_that_is_not_deep_is_kept() -> None:
    traits = {"deep": nested(90), "wide": [[] for _ in range(200)]}
    assert dict(see(identify(traits=traits)).traits) == traits


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["ios", "users", "PL"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
FIELDS = """
type event userId anonymousId previousId groupId messageId timestamp context traits properties source channel
name email phone device id advertisingId externalIds collection address country locale campaign order_id
products sku price quantity total birth_date loyalty_card
"""
NAMES = st.sampled_from(FIELDS.split())
PARTS = st.recursive(
    JSON, lambda inner: st.dictionaries(NAMES, inner, max_size=6) | st.lists(inner, max_size=2), max_leaves=20
)
TYPES = st.sampled_from(["identify", "track", "page", "screen", "group", "alias"])
OPTIONAL = dict.fromkeys(("context", "traits", "properties", "timestamp", "messageId", "groupId", "source"), PARTS)
EVENTS = st.sampled_from(["Order Completed", "Login"])
MESSAGES = st.fixed_dictionaries(
    {"type": TYPES | JSON, "userId": JSON}, optional={**OPTIONAL, "event": EVENTS | JSON, "anonymousId": JSON}
)


@given(MESSAGES | st.dictionaries(NAMES, PARTS) | JSON)
def test_any_json_is_an_observation_or_unusable(message: Any) -> None:
    try:
        seen = observe(message, source=None, policy=POLICY, received_at=7)
    except Unusable as unusable:
        assert unusable.reason
    else:
        assert seen.keys and list(seen.keys) == sorted(set(seen.keys))


def test_the_sender_is_told_where_a_value_stood_that_the_policy_blocks() -> None:
    message = identify(
        userId="42",
        traits={"email": "biuro@firma.pl", "phone": "+48601234567"},
        context={"externalIds": [{"id": "fp1", "type": "fingerprint"}]},
    )
    seen = observe(message, source="web", policy=default_policy(), received_at=0)
    reason = "the policy blocks this value, which says of no one person who it is"
    assert seen.refusals == ()
    assert warnings_of(seen)[:2] == (
        f"traits.email: {reason} (email)",
        f"context.externalIds[0]: {reason} (fingerprint)",
    )


def test_what_the_policy_blocks_is_a_key_all_the_same_for_the_next_policy_may_not() -> None:
    seen = observe(identify(userId="null", anonymousId="a"), source="web", policy=default_policy(), received_at=0)
    assert seen.keys == ("anonymous_id:a", "user_id:null")


def dated(country: str | None = None, locale: str | None = None) -> Observation:
    policy = Policy(f'[sources.web]\ncountry = "{country}"\n' if country else "")
    context = {"context": {"locale": locale}} if locale else {}
    message = identify(traits={"birth_date": "05/06/1991"}, timestamp="03/04/2026", **context)
    return see(message, policy)


@pytest.mark.parametrize(
    ("country", "locale"), [(None, None), (None, "en-US"), (None, "tlh"), ("HU", None), ("CA", None)]
)
def test_a_date_whose_day_and_month_may_be_exchanged_is_told_to_the_sender(
    country: str | None, locale: str | None
) -> None:
    seen = dated(country, locale)
    assert (seen.traits["birth_date"], rfc3339(seen.occurred_at)) == ("1991-05-06", "2026-03-04T00:00:00.000000Z")
    assert [said.partition(":")[0] for said in warnings_of(seen)] == ["timestamp", "traits.birth_date"]
    assert all("month first" in refusal.reason for refusal in seen.refusals)


@pytest.mark.parametrize(
    ("country", "locale"), [("PL", None), ("UA", "en-US"), ("GB", None), (None, "sk-SK"), (None, "ru"), (None, "en_GB")]
)
def test_where_the_day_is_written_first_a_date_is_read_so(country: str | None, locale: str | None) -> None:
    seen = dated(country, locale)
    assert (seen.traits["birth_date"], rfc3339(seen.occurred_at)) == ("1991-06-05", "2026-04-03T00:00:00.000000Z")
    assert seen.refusals == ()


def test_the_sender_is_told_of_a_sex_that_is_none() -> None:
    seen = see(identify(traits={"sex": "żaba", "gender": "k"}))
    assert seen.refusals == (Refusal("traits.sex", "no sex that is known; it is kept as it was sent"),)
    assert seen.traits["sex"] == "żaba"


def test_where_the_month_is_written_first_there_is_no_doubt() -> None:
    seen = dated("US")
    assert (seen.traits["birth_date"], seen.refusals) == ("1991-05-06", ())
