"""By which of its keys a company knows a contact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from graph_cdp.model import namespace_of
from graph_cdp.policy import Policy

# What a person is known by at work, most telling first: a fixed order, so that no policy moves a contact.
_CONTACT: Final = ("record", "user_id", "external_id", "loyalty_card", "email", "phone")


def contact_of(keys: Iterable[str], policy: Policy) -> str | None:
    """The most telling of the keys: what a company's contact is known by."""
    usable = [key for key in keys if not policy.is_blocked(key)]

    def place(key: str) -> tuple[int, str]:
        base = policy.base(namespace_of(key))
        return (_CONTACT.index(base) if base in _CONTACT else len(_CONTACT)), key

    return min(usable, key=place, default=None)
