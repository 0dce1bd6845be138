"""The RFM grid: how many customers there are of each recency and frequency."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from graph_cdp.audience.subject import ALWAYS, Subject

# Steps between the scores 5 to 1 of the days since the last order, and 1 to 5 of the number of orders.
RECENCY: Final = (30.0, 90.0, 180.0, 365.0)
FREQUENCY: Final = (1.0, 2.0, 4.0, 8.0)
_UNDONE: Final = ("cancel", "refund", "return")


def grid(
    subjects: Iterable[Subject], recency: Sequence[float] = RECENCY, frequency: Sequence[float] = FREQUENCY
) -> dict[str, Any]:
    """`{customers, without_orders, cells: [{r, f, customers, share}]}`; cancelled and returned orders do not count."""
    counted: Counter[tuple[int, int]] = Counter()
    without = 0
    for subject in subjects:
        bought = [item.at for item in subject.items["orders"] if item.at != ALWAYS and not _undone(item.row)]
        if not bought:
            without += 1
            continue
        r = 5 - bisect_right(recency, int(subject.now - bought[-1]) - 1)
        counted[r, 1 + bisect_right(frequency, len(bought) - 1)] += 1
    cells = [
        {"r": r, "f": f, "customers": count, "share": round(count / counted.total(), 4)}
        for (r, f), count in sorted(counted.items())
    ]
    return {"customers": counted.total(), "without_orders": without, "cells": cells}


def _undone(order: Any) -> bool:
    status = str(order.get("status") or "").casefold()
    return any(word in status for word in _UNDONE)
