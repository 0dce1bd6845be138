"""Which key carries what an observation says of a person, and what counts of it."""

from __future__ import annotations

from graph_cdp.link.claims import claims_of
from graph_cdp.model import NEVER, UNDATED, Observation
from graph_cdp.policy import Policy

POLICY = Policy(
    """
[namespaces.record]
trust = 2
[namespaces.order]
trust = 3
[namespaces.email]
trust = 4
[[contradictions]]
trait = "birth_date"
[blocked]
email = ["test@test.com"]
"""
)


def claims(*keys: str, at: int = 5, **traits: object) -> object:
    return claims_of(Observation("u", "web", "m", "form", "seen", keys, at, 0, traits), POLICY)


def test_the_most_trusted_key_carries_what_is_said() -> None:
    assert claims("email:a@x.pl", "record:crm/1", birth_date="1990-01-01") == (
        "record:crm/1",
        {"birth_date": (5, "1990-01-01")},
    )


def test_an_order_carries_it_only_where_nothing_else_does() -> None:
    assert claims("email:a@x.pl", "order:web/1", birth_date="x") == ("email:a@x.pl", {"birth_date": (5, "x")})
    assert claims("order:web/1", birth_date="x") == ("order:web/1", {"birth_date": (5, "x")})


def test_a_blocked_key_carries_nothing() -> None:
    assert claims("email:test@test.com", birth_date="x") is None


def test_only_traits_that_the_policy_compares_are_kept() -> None:
    assert claims("email:a@x.pl", city="Kraków") is None


def test_values_are_compared_without_case_and_blanks() -> None:
    assert claims("email:a@x.pl", birth_date=" ŻÓŁĆ ") == ("email:a@x.pl", {"birth_date": (5, "żółć")})


def test_null_and_blank_take_a_word_back() -> None:
    for value in (None, "  "):
        assert claims("email:a@x.pl", birth_date=value) == ("email:a@x.pl", {"birth_date": (5, None)})


def test_an_undated_word_was_said_before_all_others() -> None:
    assert claims("email:a@x.pl", at=UNDATED, birth_date="x") == ("email:a@x.pl", {"birth_date": (NEVER, "x")})


def test_an_object_is_compared_whatever_the_order_of_its_names() -> None:
    policy = Policy('[[contradictions]]\ntrait = "address"\n')
    one, other = (
        claims_of(Observation("u", "web", "m", "form", "seen", ("email:a@x.pl",), 5, 0, {"address": told}), policy)
        for told in ({"street": "Długa", "city": "Kraków"}, {"city": "Kraków", "street": "Długa"})
    )
    assert one == other
