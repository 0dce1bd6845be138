"""Values of the graph as JSON has them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from neo4j.time import Date

from graph_cdp.store.shapes import node_of, plain, steps

NODES = [["n1", ["Email", "Identifier"], {"key": "email:a", "sources": ["web"], "weight": 1.5}]]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.5, 1.5),
        (math.inf, None),
        (["a", 1, None], ["a", 1, None]),
        ([math.nan, Date(2026, 3, 1)], [None, "2026-03-01"]),
        ({"when": Date(2026, 3, 1)}, {"when": "2026-03-01"}),
        (b"\x01", "01"),
    ],
)
def test_a_value_is_told_as_json_has_it(value: Any, told: Any) -> None:
    assert plain(value) == told


def test_a_node_has_the_label_that_says_most_first() -> None:
    shown = node_of(["n", ["Identifier", "Email"], {"at": Date(2026, 3, 1), "key": "email:a"}])
    assert shown == {"id": "n", "labels": ["Email", "Identifier"], "properties": {"at": "2026-03-01", "key": "email:a"}}


def test_a_relationship_that_is_met_from_both_ends_is_one() -> None:
    nodes = [*NODES, ["n2", ["Phone", "Identifier"], {"key": "phone:1"}]]
    way = ["r1", "LINK", {"kind": "login"}]
    one, other = steps([{"nodes": nodes, "steps": [["n1", "n1", "n2", *way], ["n2", "n1", "n1", *way]]}])
    assert one.relationship is other.relationship
    assert (one.relationship["start"], one.relationship["end"]) == ("n1", "n2")
    assert (one.node, one.other["id"], other.node, other.other["id"]) == ("n1", "n2", "n2", "n1")
