"""What a condition may speak of: the parts of a profile, the fields of orders, lines and events, and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final, Literal

Type = Literal["number", "text", "time", "truth", "any"]

ITEMS: Final[Mapping[str, Mapping[str, Type]]] = {
    "orders": {
        "at": "time",
        "key": "text",
        "status": "text",
        "total": "number",
        "currency": "text",
        "brand": "text",
        "store": "text",
        "channel": "text",
        "payment_method": "text",
    },
    "lines": {
        "at": "time",
        "sku": "text",
        "name": "text",
        "category": "text",
        "quantity": "number",
        "price": "number",
        "brand": "text",
        "store": "text",
        "channel": "text",
        "currency": "text",
        "color": "text",
        "size": "text",
    },
    "events": {
        "at": "time",
        "name": "text",
        "topic": "text",
        "brand": "text",
        "source": "text",
        "kind": "text",
        "properties": "any",
    },
}

# The parts of a profile, and the names below them; where there is None, anything may stand.
PROFILE: Final[Mapping[str, Mapping[str, Type] | None]] = {
    "customer_id": {},
    "identifiers": {
        "key": "text",
        "namespace": "text",
        "value": "text",
        "first_seen": "time",
        "last_seen": "time",
        "sources": "any",
        "shared": "truth",
    },
    **dict.fromkeys(
        (
            *("traits", "person", "places", "company", "orders", "rfm", "preferences", "brands", "channels"),
            *("campaigns", "consent", "loyalty", "voice", "carts", "favourites", "visits", "activity", "notes"),
            *("switches", "household", "scores", "predictions", "warnings"),
        )
    ),
}


class UnknownNameError(ValueError):
    """A name that there is not, with the nearest that there is."""

    def __init__(self, name: str, known: Iterable[str], where: str) -> None:
        there = sorted(known)
        near = get_close_matches(name.lower(), there, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(there)}"
        verb = "has" if where.startswith("a ") else "have"
        super().__init__(f"{where} {verb} no {name} ({hint})")


def type_of(path: tuple[str, ...], kind: str | None, parts: Mapping[str, Mapping[str, Type] | None]) -> Type:
    """The type of a place in an item of a kind, or without one in a profile. Raises `UnknownNameError`.

    In traits and properties anything may stand, so that their type is known only when they are read.
    """
    known = ITEMS[kind] if kind else None
    if known is not None:
        if path[0] not in known:
            raise UnknownNameError(path[0], known, str(kind))
        return known[path[0]] if len(path) == 1 else "any"
    if path[0] not in parts:
        raise UnknownNameError(path[0], parts, "a profile")
    below = parts[path[0]]
    if below is None or not path[1:]:
        return "any"
    if path[1] not in below:
        raise UnknownNameError(path[1], below, path[0])
    return below[path[1]]
