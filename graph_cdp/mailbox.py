"""The mailbox that an address leads to: its provider may not look at dots, or at what stands behind a plus."""

from __future__ import annotations

from typing import Final

# The source of the addresses that are made of others, which nobody gave.
NORMALISATION: Final = "normalisation"
# Where dots count for nothing, and where everything behind a plus does. Their own help pages say so.
_DOTS: Final = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
_TAGS: Final = {
    **_DOTS,
    **{name: name for name in ("outlook.com", "hotmail.com", "live.com", "icloud.com", "me.com", "proton.me")},
    **{name: name for name in ("protonmail.com", "fastmail.com", "yandex.ru", "ya.ru", "hey.com")},
}


def mailbox_of(address: str) -> str:
    """The address without what its provider does not look at; itself where every character counts."""
    local, _, domain = address.rpartition("@")
    if domain in _TAGS:
        local = local.partition("+")[0] or local
    if domain in _DOTS:
        local = local.replace(".", "") or local
    return f"{local}@{_TAGS.get(domain, domain)}"
