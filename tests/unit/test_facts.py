"""Events taken apart."""

from __future__ import annotations

import json

import pytest

from graph_cdp.project.facts import Fact, facts_of, text_of


def fact(*keys: str, properties: str = "{}") -> Fact:
    row = {"uid": "u", "at": None, "source": "web", "name": "seen", "kind": "visit", "keys": list(keys)}
    return facts_of([row | {"properties": properties}], lambda _: None)[0]


def test_a_fact_knows_the_order_that_it_is_about() -> None:
    assert fact("user_id:1", "order:web/2").order == "order:web/2"
    assert fact("user_id:1", "shop_a.order:7").order == "shop_a.order:7"
    assert fact("user_id:1").order is None


@pytest.mark.parametrize(
    "said",
    [
        '{"a": "\\ud800"}',
        '{"big": 123456789012345678901234567890, "small": 5e-324, "none": null, "n": NaN}',
        '{"deep": ' + "[" * 300 + "]" * 300 + "}",
        '{"twice": 1, "twice": "Żółć"}',
    ],
    ids=["broken Unicode", "numbers", "deep", "twice"],
)
def test_properties_are_what_the_standard_library_reads(said: str) -> None:
    assert repr(fact("user_id:1", properties=said).properties) == repr(json.loads(said))


def test_the_first_value_that_says_something_is_taken() -> None:
    assert text_of({"a": None, "b": " ", "c": True, "d": 2.50}, "x", "a", "b", "c", "d") == "2.5"
    assert text_of({"a": None}, "a") is None
