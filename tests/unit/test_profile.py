"""Parts of a profile."""

from __future__ import annotations

import pytest

from graph_cdp.errors import UsageError
from graph_cdp.project.profile import parts_of

PROFILE = {"customer_id": "c", "kind": "person", "as_of": None, "traits": {}, "orders": {"count": 0}}


def test_without_names_all_of_it_is_there() -> None:
    assert parts_of(PROFILE, "") == PROFILE


def test_who_and_when_stay_beside_the_parts_that_are_named() -> None:
    assert set(parts_of(PROFILE, "traits, orders")) == set(PROFILE)
    assert set(parts_of(PROFILE, "traits")) == {"customer_id", "kind", "as_of", "traits"}


def test_a_part_that_there_is_not_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="it has traits, orders"):
        parts_of(PROFILE, "traits,shoes")
