"""Parts of a profile."""

from __future__ import annotations

import pytest

from graph_cdp.errors import UsageError
from graph_cdp.project.profile import parts_of

THERE = ["traits", "orders"]


def test_a_part_that_there_is_not_is_named_but_not_at_any_length() -> None:
    with pytest.raises(UsageError, match="a profile has no part order; did you mean orders"):
        parts_of("order", THERE)
    with pytest.raises(UsageError, match="a profile has no part of that name"):
        parts_of(",".join(["x" * 500] * 9), THERE)


def test_without_names_all_of_it_is_there() -> None:
    assert parts_of("", THERE) == THERE


def test_the_parts_that_are_named_come_in_their_order() -> None:
    assert parts_of("orders, traits", THERE) == THERE
    assert parts_of("traits", THERE) == ["traits"]


def test_a_part_that_there_is_not_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="it has traits, orders"):
        parts_of("traits,shoes", THERE)
