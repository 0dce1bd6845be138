"""The policy file: what it may say, how it is refused, and what the engine is answered."""

from __future__ import annotations

import pytest

from graph_cdp.errors import PolicyError
from graph_cdp.policy import Policy, default_policy


def refusal(text: str) -> str:
    with pytest.raises(PolicyError) as refused:
        Policy(text, "mine.toml")
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("min_teir = 5\n", 1, "min_teir: is no known setting here"),
        ("\n[namespaces.phone]\nlimt = 5\n", 3, "namespaces.phone.limt: is no known setting here"),
        ("[namespaces.phone]\ntrust = 3\nlimit = 0\n", 3, "namespaces.phone.limit: "),
        ('[namespaces.phone]\nlimit = "5"\n', 2, "namespaces.phone.limit: "),
        ("[namespaces.phone]\nunique = 1\n", 2, "namespaces.phone.unique: "),
        ("[namespaces.phone]\ntrust = 10\n", 2, "namespaces.phone.trust: "),
        ("[namespaces.phone]\nshared_above = { user_id = 0 }\n", 2, "namespaces.phone.shared_above.user_id: "),
        ("[namespaces.phone]\nunique = true\nlimit = 5\n", 1, "namespaces.phone: unique means a limit of 1"),
        ("[namespaces.Phone]\ntrust = 3\n", 1, "namespaces: 'Phone' is no name"),
        ('[namespaces.phone]\nlimit = 2\nlimit_window = "PT12H"\n', 3, "namespaces.phone.limit_window: "),
        ('[namespaces.phone]\nlimit = 2\nlimit_window = "999999d"\n', 3, "namespaces.phone.limit_window: "),
        ("[namespaces.phone]\nlimit = 9223372036854775808\n", 2, "namespaces.phone.limit: "),
        ("[kinds]\nlogin = { tier = 0 }\n", 2, "kinds.login.tier: "),
        ("[kinds]\nlogin = { teir = 1 }\n", 2, "kinds.login.teir: is no known setting here"),
        ('[sources.crm]\ncountry = "Poland"\n', 2, "sources.crm.country: "),
        ("[sources.crm]\nno_duplicate = true\n", 1, "sources.crm: no_duplicate is neither a setting"),
        ('[sources.crm]\nuser_id = "crm"\n', 1, "sources.crm: user_id must name a space of its own"),
        ('[blocked]\nemail = ["re:("]\n', 1, "blocked: 're:(' is no regular expression"),
        ('[blocked]\nemail = "null"\n', 2, "blocked.email: "),
        (
            '[namespaces.phone]\nlimit_window = "365d"\n',
            1,
            "namespaces.phone: limit_window makes a limit sliding; give a",
        ),
        (
            "[namespaces.phone]\nlimit = 2\nlimit_window = 365\n",
            3,
            "namespaces.phone.limit_window: give the number of days",
        ),
        ('[namespaces.phone]\nlimit = 2\nlimit_window = "1y"\n', 3, "namespaces.phone.limit_window: "),
        ("[namespaces.phone]\nrecycled_after = 730\n", 2, "namespaces.phone.recycled_after: give the number of days"),
        (
            '[namespaces.order]\nrecycled_after = "9d"\n',
            1,
            "the file: order.recycled_after: a number of one thing",
        ),
        (
            '[namespaces.phone]\nlimit = 2\nlimit_window = "9d"\nrecycled_after = "9d"\n',
            1,
            "namespaces.phone: limit_window counts first sightings, which recycled_after moves",
        ),
        ("[[contradictions]]\ntier = 2\n", 1, "contradictions.0.trait: is missing (add it)"),
        ('[[contradictions]]\ntrait = "birth_date"\ntier = 0\n', 3, "contradictions.0.tier: "),
        (2 * '[[contradictions]]\ntrait = "sex"\n', 1, "contradictions: sex stands here twice"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_reason(text: str, line: int, what: str) -> None:
    assert refusal(text).startswith(f"mine.toml:{line}: {what}")


def test_a_text_that_is_no_toml_names_the_line() -> None:
    said = refusal("min_tier = 5\n[namespaces\n")
    assert said.startswith("mine.toml:2: ")


def test_an_empty_file_has_no_rules() -> None:
    policy = Policy("")
    assert (policy.limit_group("user_id:1"), policy.partner_group("phone", "user_id:1")) == (None, None)
    assert policy.joins("anything")
    assert not policy.is_blocked("user_id:null")


def test_the_shipped_policy_is_valid() -> None:
    assert default_policy().limit_group("user_id:1") == ("user_id", 1)


@pytest.mark.parametrize(
    "key",
    [
        *(
            "user_id:null",
            "user_id:'NULL'",
            'user_id:"undefined"',
            "user_id:[object Object]",
            "user_id:NaN",
            "user_id:0",
        ),
        *("external_id:0000-0000", "user_id:-1", "cookie:not_authenticated", "anonymous_id:distinct_id", "device:XXXX"),
        *("user_id:нет", "user_id:гость", "loyalty_card:brak", "user_id:{{user.id}}"),
        *("email:test@test.com", "email:noreply@shop.pl", "email:no-reply+7@shop.pl", "email:biuro@firma.pl"),
        *(
            "email:qwerty@o2.pl",
            "email:info@sklep.sk",
            "phone:+48111111111",
            "phone:+48123456789",
            "phone:+420000000000",
            "phone:+71234567890",
            "phone:+380987654321",
            "phone:+79999999999",
            "phone:+12125550123",
        ),
        *("external_id:1970-01-01", "external_id:0000-00-00", "user_id:qwerty123", "user_id:йцукен", "record:crm/null"),
        "device:d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_the_shipped_policy_blocks_what_is_nobodys(key: str) -> None:
    assert default_policy().is_blocked(key)


@pytest.mark.parametrize(
    "key",
    [
        *("user_id:1", "user_id:42", "user_id:12345", "user_id:9999", "anonymous_id:c1", "cookie:abcdef0123456789"),
        *("email:ann@example.com", "email:test1@example.com", "email:informatyk@o2.pl", "email:zofia.wójcik@poczta.pl"),
        *("phone:+48601234567", "phone:+48500500500", "loyalty_card:9001", "record:crm/1", "order:web/999999"),
        *("external_id:1970-11-23", "device:0a0b0c0d0e0f", "email:orders.ann@o2.pl", "user_id:нетребко"),
        *("record:crm/{6F9619FF-8B86-D011-B42D-00CF4FC964FF}", "order:web/19000101", "phone:+3612345678"),
        *(
            "phone:+79123456789",
            "phone:+79111111111",
            "phone:+48511111111",
            "phone:+48912345678",
            "phone:+420912345678",
        ),
        *("phone:+380123456780", "phone:+79222222222", "phone:+421905777777", "phone:+48600000000"),
    ],
)
def test_the_shipped_policy_blocks_nobody(key: str) -> None:
    assert not default_policy().is_blocked(key)


def test_policies_of_one_text_are_equal() -> None:
    assert Policy("min_tier = 5") == Policy("min_tier = 5", "another name")
    assert Policy("min_tier = 5") != Policy("min_tier = 4")


def test_a_fingerprint_tells_policies_apart() -> None:
    assert Policy("min_tier = 5").fingerprint != Policy("min_tier = 4").fingerprint


def test_an_unlisted_kind_has_tier_five() -> None:
    assert Policy("[kinds]\nlogin = { tier = 1 }\n").tier("other") == 5


def test_an_unlisted_namespace_is_trusted_least() -> None:
    assert Policy("").trust("coupon") == 9


def test_links_weaker_than_min_tier_join_nothing() -> None:
    policy = Policy("min_tier = 2\n[kinds]\nlogin = { tier = 2 }\nform = { tier = 3 }\n")
    assert (policy.joins("login"), policy.joins("form"), policy.joins("unlisted")) == (True, False, False)


def test_a_space_inherits_the_rules_of_its_namespace() -> None:
    policy = Policy("[namespaces.user_id]\ntrust = 2\nunique = true\n")
    assert policy.trust("shop.user_id") == 2


def test_a_space_is_counted_for_itself() -> None:
    policy = Policy("[namespaces.user_id]\nunique = true\n")
    assert policy.limit_group("shop.user_id:1") == ("shop.user_id", 1)
    assert policy.limits["shop.user_id"] == 1


def test_a_space_may_have_rules_of_its_own() -> None:
    policy = Policy('[namespaces.user_id]\nlimit = 2\n[namespaces."shop.user_id"]\nlimit = 3\n')
    assert policy.limit_group("shop.user_id:1") == ("shop.user_id", 3)


def test_an_identifier_with_a_dot_in_its_name_inherits_nothing() -> None:
    assert Policy('[namespaces.id]\nlimit = 1\n[namespaces."ios.id"]\n').limit_group("ios.id:1") is None


def test_a_source_without_duplicates_has_one_record_a_customer() -> None:
    policy = Policy("[sources.crm]\nno_duplicates = true\n")
    assert policy.limit_group("record:crm/1") == ("record/crm", 1)
    assert policy.limit_group("record:erp/1") is None


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("user_id", "unique user_id"),
        ("phone", "limit phone 5"),
        ("email", "limit email 2 in 365d"),
        ("record/crm", "no_duplicates crm"),
        ("contradiction/sex", "contradiction sex"),
        ("decision/d1", "decision d1"),
    ],
)
def test_a_rule_is_called_as_the_file_has_it(group: str, name: str) -> None:
    policy = Policy(
        "[namespaces.user_id]\nunique = true\n[namespaces.phone]\nlimit = 5\n[sources.crm]\nno_duplicates = true\n"
        '[namespaces.email]\nlimit = 2\nlimit_window = "365d"\n'
    )
    assert policy.rule_name(group) == name


def test_partners_are_counted_by_namespace() -> None:
    policy = Policy("[namespaces.phone]\nshared_above = { user_id = 2 }\n")
    assert policy.partner_group("phone", "user_id:1") == ("user_id", 2)
    assert policy.partner_group("phone", "email:a@x.pl") is None
    assert policy.partner_group("email", "user_id:1") is None


def test_partners_of_a_space_are_counted_for_themselves() -> None:
    policy = Policy("[namespaces.phone]\nshared_above = { user_id = 2 }\n")
    assert policy.partner_group("phone", "shop.user_id:1") == ("shop.user_id", 2)


def test_records_are_counted_within_each_source() -> None:
    policy = Policy("[namespaces.phone]\nshared_above = { record = 2 }\n")
    assert policy.partner_group("phone", "record:crm/1") == ("record/crm", 2)


@pytest.mark.parametrize(
    "key",
    [
        "user_id:null",
        "user_id:NULL",
        "user_id: null ",
        "user_id:'null'",
        'user_id:"null"',
        "shop.user_id:null",
        "record:crm/null",
    ],
)
def test_a_value_is_blocked_in_any_case_and_quotes(key: str) -> None:
    assert Policy('[blocked]\nany = ["null"]\n').is_blocked(key)


@pytest.mark.parametrize("key", ["user_id:nullify", "user_id:1", "record:null/1"])
def test_other_values_are_not_blocked(key: str) -> None:
    assert not Policy('[blocked]\nany = ["null"]\n').is_blocked(key)


def test_values_are_blocked_by_namespace() -> None:
    policy = Policy('[blocked]\nemail = ["a@x.pl"]\n')
    assert (policy.is_blocked("email:a@x.pl"), policy.is_blocked("user_id:a@x.pl")) == (True, False)


def test_values_are_blocked_by_expression() -> None:
    policy = Policy("[blocked]\nemail = ['re:^no-?reply@']\n")
    assert [policy.is_blocked(f"email:{name}@x.pl") for name in ("NoReply", "no-reply", "noreply2")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "key",
    [
        "email:test@test.com",
        "email:noreply@shop.pl",
        "user_id:null",
        "user_id:[object Object]",
        "anonymous_id:00000000-0000-0000-0000-000000000000",
        "loyalty_card:000000",
        "phone:+48000000000",
        "cookie:undefined",
        "order:web/null",
    ],
)
def test_the_shipped_policy_blocks_what_everybody_sends(key: str) -> None:
    assert default_policy().is_blocked(key)


@pytest.mark.parametrize("key", ["email:ann@x.pl", "phone:+48601234567", "user_id:10", "order:web/1", "cookie:c1"])
def test_the_shipped_policy_blocks_nobody_else(key: str) -> None:
    assert not default_policy().is_blocked(key)


@pytest.mark.parametrize(
    "text", ['[blocked]\nemial = ["a@b.pl"]\n', "[namespaces.phone]\nshared_above = { userid = 1 }\n"]
)
def test_a_namespace_that_does_not_exist_is_refused(text: str) -> None:
    assert "there is no namespace" in refusal(text)


def test_an_expression_may_have_flags_and_groups_of_its_own() -> None:
    policy = Policy("[blocked]\nuser_id = ['re:(?i)^ADMIN', 're:^(a)\\1$', 're:^(b)\\1$']\n")
    assert [policy.is_blocked(f"user_id:{value}") for value in ("admin7", "aa", "bb", "ab")] == [
        True,
        True,
        True,
        False,
    ]
