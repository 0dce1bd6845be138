"""The RFM grid: how many customers there are of each recency and frequency, by the scores of their profiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


def grid(scores: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`{customers, without_orders, cells: [{r, f, customers, share}]}` of the `rfm` of profiles."""
    counted: Counter[tuple[int, int]] = Counter()
    without = 0
    for score in scores:
        if score["r"] is None:
            without += 1
        else:
            counted[score["r"], score["f"]] += 1
    cells = [
        {"r": r, "f": f, "customers": count, "share": round(count / counted.total(), 4)}
        for (r, f), count in sorted(counted.items())
    ]
    return {"customers": counted.total(), "without_orders": without, "cells": cells}
