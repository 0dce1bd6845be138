"""How answers are written as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graph_cdp_api.answers import Json

AWKWARD: list[Any] = [
    {"text": 'Żółć Київ "quoted" \\ / \u2028 \x00 \x1f \x7f', "none": None, "yes": True},
    [0, -1, 2**63, 10**30, 0.1, -0.0, 19.9, 1e16, 123456789.125, float("inf")],
    {"": [], "nested": [{"a": ()}, [[]], {}]},
]


def written(content: Any) -> bytes:
    return bytes(Json(content).body)


@pytest.mark.parametrize("content", AWKWARD, ids=["texts", "numbers", "nested"])
def test_an_answer_has_the_bytes_that_the_standard_library_writes(content: Any):
    assert written(content) == json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("content", [["\ud800"], {"\udfff": 1}])
def test_broken_unicode_stays_the_escape_that_it_was(content: Any):
    assert json.loads(written(content)) == content
    assert b"\\ud" in written(content)
