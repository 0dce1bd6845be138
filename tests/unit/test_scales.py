"""A score that is not on its scale is left out, and its sender is told."""

from __future__ import annotations

import json

import pytest

from graph_cdp.ingest.segment import observe
from graph_cdp.ingest.warnings import warnings_of
from graph_cdp.policy import Policy
from graph_cdp.project.facts import facts_of
from graph_cdp.project.voice import voice


@pytest.mark.parametrize(
    ("score", "shown", "warning"),
    [
        (11, None, "properties.score: outside its scale, which is 0 to 10: left out"),
        (-1, None, "properties.score: outside its scale, which is 0 to 10: left out"),
        ("many", None, "properties.score: no number"),
        (0, 0, None),
        ("10", 10, None),
    ],
)
def test_an_nps_outside_zero_to_ten_is_left_out_and_told(score: object, shown: float | None, warning: str) -> None:
    said = {"score": score, "scale": "NPS"}
    message = {"type": "track", "event": "Survey Answered", "userId": "1", "timestamp": "2026-03-01T00:00:00Z"}
    seen = observe({**message, "properties": said}, policy=Policy(""), received_at=0)
    assert [one for one in warnings_of(seen) if one.startswith("properties.score: ")] == ([warning] if warning else [])
    row = {"uid": "1", "at": None, "source": "web", "name": "Survey Answered", "kind": "identify", "keys": []}
    nps = voice(facts_of([row | {"properties": json.dumps(said)}], lambda _: None))["nps"]
    assert (nps and nps["score"]) == shown


def test_a_scale_of_any_length_takes_any_number() -> None:
    said = {"score": 95, "scale": "csat"}
    row = {"uid": "1", "at": None, "source": "web", "name": "Survey Answered", "kind": "identify", "keys": []}
    assert voice(facts_of([row | {"properties": json.dumps(said)}], lambda _: None))["csat"]["score"] == 95
