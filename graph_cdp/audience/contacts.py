"""Profiles -> addresses for a channel, for those who have agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from graph_cdp.errors import UsageError
from graph_cdp.mailbox import NORMALISATION, mailbox_of

Profile = Mapping[str, Any]
Row = Mapping[str, Any]

GRANTED: Final = "granted"
# By which identifiers a channel reaches somebody; spaces of a source (`shop_a.device`) count as what they end in.
REACHED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email",),
    "sms": ("phone",),
    "phone": ("phone",),
    "voice": ("phone",),
    "messenger": ("phone",),
    "push": ("ios.id", "android.id", "device"),
    "web_push": ("anonymous_id", "cookie"),
    "in_app": ("user_id",),
}


def checked_channel(name: str) -> str:
    """The channel itself. Raises `UsageError` for one that there is not."""
    if name not in REACHED_BY:
        near = get_close_matches(name, REACHED_BY, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(REACHED_BY)}"
        raise UsageError(f"channel: no such channel ({hint})")
    return name


def agreed(profile: Profile, channel: str) -> bool:
    """Whether the customer has agreed to be reached by the channel, and has not taken that back."""
    said = (profile.get("consent") or {}).get(channel) or {}
    return said.get("state") == GRANTED


def addresses(profile: Profile, channel: str) -> list[str]:
    """Where the channel reaches the customer; nowhere without consent. What others share is nobody's address.

    Of the spellings of one mailbox the one that the customer gave last: a mailing comes once, to an address that is
    known to its owner.
    """
    if not agreed(profile, channel):
        return []
    ends = REACHED_BY[channel]
    mailboxes: dict[str, list[Row]] = {}
    for row in profile["identifiers"]:
        if any(row["namespace"] == end or row["namespace"].endswith("." + end) for end in ends):
            value = str(row["value"])
            mailboxes.setdefault(mailbox_of(value) if channel == "email" else value, []).append(row)
    return [
        str(max(rows, key=_given)["value"]) for rows in mailboxes.values() if not any(row["shared"] for row in rows)
    ]


def _given(row: Row) -> tuple[bool, str, str]:
    """Sorts the spellings of a mailbox: one that nobody gave comes before all that somebody did, the newest last."""
    made = list(row.get("sources") or ()) == [NORMALISATION]
    return not made, row.get("last_seen") or "", str(row["value"])


def trait(profile: Profile, *names: str) -> Any:
    """The first of these traits that is known."""
    for name in names:
        if (known := (profile.get("traits") or {}).get(name)) is not None and known.get("value") is not None:
            return known["value"]
    return None
