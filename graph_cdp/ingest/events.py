"""What the name of a track call says: which kind of link it is evidence for, and whether it is about an order."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_BETWEEN_WORDS: Final = re.compile(r"[\s_\-]+")
_ORDERS: Final = frozenset(("completed", "placed", "created", "updated", "paid"))
_REVERSALS: Final = frozenset(("refunded", "cancelled", "canceled", "returned"))
_KINDS: Final = {
    "signedin": "login",
    "loggedin": "login",
    "login": "login",
    "signedup": "registration",
    "accountcreated": "registration",
    "registered": "registration",
    "userregistered": "registration",
    "newslettersubscribed": "form",
    "formsubmitted": "form",
}


class Event(NamedTuple):
    """What an event's name says. `kind` is None where the identifiers of the call decide it.

    `is_reversal` is true where sums and products are those taken back, not those of the order.
    """

    kind: str | None
    is_order: bool = False
    is_reversal: bool = False


@lru_cache(maxsize=4_096)
def event(name: str) -> Event:
    """What the event `name` says; capitals, blanks, `_` and `-` do not matter."""
    compact = _BETWEEN_WORDS.sub("", name).casefold()
    # The first version of Segment's ecommerce events has the words the other way round: Completed Order.
    about = compact.removeprefix("order") if compact.startswith("order") else compact.removesuffix("order")
    if about != compact and about in _ORDERS | _REVERSALS:
        return Event("purchase", True, about in _REVERSALS)
    if compact.startswith("loyalty") and compact.endswith(("added", "registered")):
        return Event("loyalty")
    return Event("form" if compact.startswith("lead") else _KINDS.get(compact))
