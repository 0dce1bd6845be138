"""Each saved exploration on both servers, against answers made by hand from a small graph."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from graph_cdp.engine import Engine
from graph_cdp.errors import UsageError
from graph_cdp.resolve.identity import hasher
from graph_cdp.store import explorations
from tests import servers
from tests.store.conftest import SECRET, engine_on
from tests.store.story import ANN, BEN, FAMILY, tell

EXPECTED: dict[str, tuple[dict[str, Any], list[tuple[Any, ...]]]] = {
    "abandoned_carts": (
        {"since": "2024-03-01"},
        [("2024-03-10", "Checkout Started", "Ben", "c2", 2)],
    ),
    "actions": (
        {"key": ANN},
        [
            ("web", "seen", 3, "2024-03-01", "2024-03-05"),
            ("web", "Order Completed", 2, "2024-03-06", "2024-03-07"),
            ("web", "Product Added", 1, "2024-03-06", "2024-03-06"),
        ],
    ),
    "brand_groups": ({"since": "2024-03-01"}, [(2, "active", 1), (1, "hardly active", 1)]),
    "prices": (
        {"product": "product:web/T"},
        [
            ("2024-03-08", 3.1, 2.0, None, "Mall", "c2", None),
            ("2024-03-06", 3.1, 2.0, None, None, "c1", None),
        ],
    ),
    "also_bought": ({"product": "product:web/T"}, [("product:web/C", "Cup", "kitchen", 2)]),
    "apart": (
        {"key": "user_id:1", "other_key": BEN},
        [("c1 > c1 > 2 > c2",), ("c1 > 1 > family@x.pl > 2 > c2",)],
    ),
    "buyers": (
        {"product": "product:web/T"},
        [
            ("Tea", "CONTAINS", "web/3", "LINK", "2"),
            ("Tea", "CONTAINS", "web/3", "OF_BRAND", "Lumia"),
            ("Tea", "CONTAINS", "web/3", "AT", "Mall"),
            ("Tea", "CONTAINS", "web/3", "MEMBER_OF", "c2"),
            ("Tea", "CONTAINS", "web/1", "LINK", "1"),
            ("Tea", "CONTAINS", "web/1", "OF_BRAND", "Lumia"),
            ("Tea", "CONTAINS", "web/1", "MEMBER_OF", "c1"),
        ],
    ),
    "companies": (
        {"name": "łódz"},
        [("Łódzka Manufaktura", "WORKS_FOR", "2", "MEMBER_OF", "c2")],
    ),
    "cross_brand_buyers": ({"brand": "brand:Lumia"}, [("Ann", "c1", ["Bosko", "Lumia"], 2)]),
    "customer": (
        {"key": ANN},
        [
            ("c1", "MEMBER_OF", "c1", "LINK", "ann@x.pl"),
            ("c1", "MEMBER_OF", "c1", "LINK", "1"),
            ("c1", "MEMBER_OF", "c1", "LINK", "2"),
            ("c1", "MEMBER_OF", "ann@x.pl", "LINK", "1"),
            ("c1", "MEMBER_OF", "9", "LINK", "web/2"),
            ("c1", "MEMBER_OF", "9", "LINK", "1"),
            ("c1", "MEMBER_OF", "web/1", "OF_BRAND", "Lumia"),
            ("c1", "MEMBER_OF", "web/1", "CONTAINS", "Tea"),
            ("c1", "MEMBER_OF", "web/1", "LINK", "1"),
            ("c1", "MEMBER_OF", "web/2", "OF_BRAND", "Bosko"),
            ("c1", "MEMBER_OF", "web/2", "CONTAINS", "Cup"),
            ("c1", "MEMBER_OF", "web/2", "AT", "Mall"),
            ("c1", "MEMBER_OF", "web/2", "LINK", "1"),
            ("c1", "MEMBER_OF", "1", None, None),
        ],
    ),
    "dead_letters": (
        {},
        [
            ("not valid JSON", "web", 2, "2024-03-01", "f:1"),
            ("15 columns instead of 13", "pos", 1, "2024-03-01", "g:1"),
        ],
    ),
    "decisions": (
        {"limit": 2},
        [
            ("now", "undo", None, None, "the word", "ola", "wrong card", "the undo"),
            ("now", "different", "user_id:1", "user_id:2", None, "ola", "met both", "the word"),
        ],
    ),
    "largest_customers": (
        {"limit": 1},
        [("Ann", 6, "cookie:c1", ["email=1", "loyalty_card=1", "user_id=1"], "2024-03-01")],
    ),
    "new_customers": (
        {"day": "2024-03-01"},
        [("2024-03-01", "Ann", "cookie:c1", 6), ("2024-03-01", "Ben", "cookie:c2", 4)],
    ),
    "purchases": (
        {"key": BEN},
        [
            ("c2", "MEMBER_OF", "web/3", "OF_BRAND", "Lumia"),
            ("c2", "MEMBER_OF", "web/3", "CONTAINS", "Cup"),
            ("c2", "MEMBER_OF", "web/3", "CONTAINS", "Tea"),
            ("c2", "MEMBER_OF", "web/3", "AT", "Mall"),
        ],
    ),
    "recent_changes": (
        {},
        [
            (6, "now", "split", "Family", ["Ann"], [FAMILY], "message web/story 6"),
            (4, "now", "merged", "Ben", ["Ben before"], [BEN, "user_id:2"], "message web/story 3"),
        ],
    ),
    "refused_links": (
        {"prefix": "cookie:"},
        [(["email", "user_id"], "login", 1, "cookie:c1", "user_id:2", "Ann", "Ben", "2024-03-04")],
    ),
    "households": (
        {},
        [
            ("family@x.pl", "LINK", "1", "MEMBER_OF", "c1"),
            ("family@x.pl", "LINK", "2", "MEMBER_OF", "c2"),
        ],
    ),
    "shared_identifiers": (
        {},
        [(FAMILY, "email", 2, ["user_id=2"], ["web"], "2024-03-05", "2024-03-05")],
    ),
    "store_orders": (
        {"store": "store:web/Mall"},
        [
            ("loyalty_card:9", "Ann", 1, 7.0, "PLN", "2024-03-07"),
            (None, None, 1, 13.2, "PLN", "2024-03-08"),
        ],
    ),
    "timeline": (
        {"key": BEN, "limit": 3},
        [
            ("Checkout Started", "OBSERVED", "c2", "MEMBER_OF", "c2"),
            ("Checkout Started", "OBSERVED", "2", "MEMBER_OF", "c2"),
            ("Product Added", "OBSERVED", "2", "MEMBER_OF", "c2"),
        ],
    ),
    "who_shares": (
        {"key": FAMILY},
        [
            ("family@x.pl", "LINK", "1", "MEMBER_OF", "c1"),
            ("family@x.pl", "LINK", "2", "MEMBER_OF", "c2"),
        ],
    ),
    "why": (
        {"key": "loyalty_card:9", "other_key": "cookie:c1"},
        [
            ("c1", "LINK", "ann@x.pl"),
            ("c1", "LINK", "1"),
            ("ann@x.pl", "LINK", "1"),
            ("web/1", "LINK", "1"),
            ("9", "LINK", "web/2"),
            ("9", "LINK", "1"),
            ("web/2", "LINK", "1"),
        ],
    ),
}


@pytest.fixture(scope="module")
def told(cleared: servers.Server) -> Iterator[tuple[Engine, dict[str, str]]]:
    """An engine on a store to which the story was told, and the customers' names by their ids."""
    with engine_on(cleared) as engine:
        tell(engine)
        names = {
            engine.profile(key)["customer_id"]: name for key, name in ((ANN, "Ann"), (BEN, "Ben"), (FAMILY, "Family"))
        }
        word = engine.decide("different", "user_id:1", "user_id:2", "met both", "ola").decision.id
        undone = engine.undo(word, "wrong card", "ola").decision.id
        yield engine, names | {hasher(SECRET)(BEN): "Ben before", word: "the word", undone: "the undo"}


def short(value: Any, names: dict[str, str]) -> Any:
    """A value as the expected answers write it: captions, types, days, names of customers."""
    if isinstance(value, dict) and "nodes" in value:
        return " > ".join(node["properties"]["caption"] for node in value["nodes"])
    if isinstance(value, dict):
        return value.get("type") or value["properties"]["caption"]
    if isinstance(value, list):
        return [short(one, names) for one in value]
    if isinstance(value, str) and re.fullmatch(r"20.{24}Z", value):
        return value[:10] if value.startswith("2024-") else "now"
    return names.get(value, value) if isinstance(value, str) else value


def rows(told: tuple[Engine, dict[str, str]], name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    engine, names = told
    answer = engine.explore(name, parameters)
    return [tuple(short(row[column], names) for column in answer["columns"]) for row in answer["rows"]]


@pytest.mark.parametrize("name", explorations.shipped())
def test_an_exploration_answers_as_made_by_hand(name: str, told: tuple[Engine, dict[str, str]]) -> None:
    parameters, expected = EXPECTED[name]
    assert rows(told, name, parameters) == expected


def test_rows_beyond_the_limit_are_cut_off_and_that_is_told(told: tuple[Engine, dict[str, str]]) -> None:
    engine, _ = told
    whole = engine.explore("customer", {"key": ANN})
    part = engine.explore("customer", {"key": ANN, "limit": 3})
    assert (len(part["rows"]), part["truncated"], whole["truncated"]) == (3, True, False)
    assert part["rows"] == whole["rows"][:3]


def test_an_answer_of_exactly_the_limit_is_whole(told: tuple[Engine, dict[str, str]]) -> None:
    assert told[0].explore("who_shares", {"key": "loyalty_card:9", "limit": 2})["truncated"] is False


def test_what_is_drawn_has_ids_that_fit_together(told: tuple[Engine, dict[str, str]]) -> None:
    for row in told[0].explore("purchases", {"key": BEN})["rows"]:
        assert row["relation"]["start"] == row["purchase"]["id"]
        assert row["relation"]["end"] == row["thing"]["id"]
        assert row["purchase"]["labels"] == ["Order", "Identifier"]


def test_a_wrong_value_is_refused_before_the_store_is_asked(told: tuple[Engine, dict[str, str]]) -> None:
    with pytest.raises(UsageError, match=r"^limit: "):
        told[0].explore("customer", {"limit": 0})


def test_every_answer_is_json(told: tuple[Engine, dict[str, str]]) -> None:
    for name in explorations.shipped():
        json.dumps(told[0].explore(name))
