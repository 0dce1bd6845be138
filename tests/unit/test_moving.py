"""What may change the answer of a condition although nothing happens to the customer."""

from __future__ import annotations

import pytest

from graph_cdp.audience.language import parse
from graph_cdp.audience.moving import Mover, mover


@pytest.mark.parametrize(
    ("condition", "moves"),
    [
        ("any orders", Mover.WINDOWS),
        ("rfm.recency_days < 30", Mover.DAY),
        ("scores.activity.days_30 > 2", Mover.DAY),
        ("scores.recency.days_90 < 0 and any orders", Mover.DAY),
        ("household.customer_id = 'a'", Mover.ANYTHING),
    ],
)
def test_what_moves_a_condition(condition: str, moves: Mover) -> None:
    assert mover(parse(condition)) == moves
