"""By what the answer of a condition may change, but for what happens to the customer."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Any, Final

from graph_cdp.audience import tree

# Parts of a profile in which other customers are seen, and identifiers that others have, too.
_OTHERS: Final = frozenset(("company", "household", "warnings"))
_SEEN_BY_OTHERS: Final = frozenset(("first_seen", "last_seen", "sources"))
# Parts that are another on another day.
_DAILY: Final = frozenset(("person", "rfm", "activity", "scores", "predictions", "loyalty", "consent"))


class Mover(Enum):
    """What moves a condition: its own windows of time, the day, or anything at any time."""

    WINDOWS = "windows"
    DAY = "day"
    ANYTHING = "anything"


@lru_cache(maxsize=1024)
def mover(condition: tree.Condition) -> Mover:
    """What may change the answer of a condition although nothing happens to the customer."""
    paths = [one.path for one in tree.walk(condition) if isinstance(one, tree.Field) and not one.of_item]
    if not _steady(condition) or any(_of_others(path) for path in paths):
        return Mover.ANYTHING
    return Mover.DAY if any(path[0] in _DAILY for path in paths) else Mover.WINDOWS


def _of_others(path: tuple[str, ...]) -> bool:
    return path[0] in _OTHERS or (
        path[0] == "identifiers" and not _SEEN_BY_OTHERS.isdisjoint(path[1:2] or _SEEN_BY_OTHERS)
    )


def _steady(node: Any) -> bool:
    """Whether time changes the answer only where an item passes out of a window that is written down."""
    match node:
        case tree.Compared(tree.DaysSince(items), _, tree.Literally()):
            return _steady(items)
        case tree.Between(tree.DaysSince(items), tree.Literally(), tree.Literally()):
            return _steady(items)
        case tree.Among(tree.DaysSince(items)) | tree.Known(tree.DaysSince(items)):
            return _steady(items)
        case tree.DaysSince() | tree.Ago():
            return False
    return all(map(_steady, tree.below(node)))
