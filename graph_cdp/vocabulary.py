"""What the names of events mean: the vocabulary of docs/events.md.

Segment's own names wherever its specifications have one. Capitals, blanks, `_` and `-` do not matter.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

CHANNELS: Final = ("email", "sms", "phone", "voice", "web_push", "push", "messenger", "in_app", "post")
SPELLED_CHANNELS: Final = {
    "e-mail": "email",
    "mail": "email",
    "newsletter": "email",
    "call": "phone",
    "phone_call": "phone",
    "telephone": "phone",
    "webpush": "web_push",
    "web push": "web_push",
    "push_notification": "push",
    "mobile_push": "push",
    "whatsapp": "messenger",
    "viber": "messenger",
    "telegram": "messenger",
    "letter": "post",
    "direct_mail": "post",
    "voice_message": "voice",
}


def known_channel(said: object) -> str | None:
    """The channel that is meant, as it is called here; None where that is none of `CHANNELS`."""
    plain = said.strip().casefold() if isinstance(said, str) else ""
    name = plain.replace(" ", "_").replace("-", "_")
    channel = SPELLED_CHANNELS.get(plain, SPELLED_CHANNELS.get(name, name))
    return channel if channel in CHANNELS else None


class Meaning(NamedTuple):
    """What an event is about, what it says of that, and by which channel it came, where it is a message."""

    topic: str
    what: str
    channel: str | None = None


_BETWEEN_WORDS: Final = re.compile(r"[\s_\-]+")
_SENDERS: Final = {
    "email": "email",
    "sms": "sms",
    "webpush": "web_push",
    "webpushnotification": "web_push",
    "pushnotification": "push",
    "push": "push",
    "mobilepush": "push",
    "voicemessage": "voice",
    "messenger": "messenger",
    "messengermessage": "messenger",
    "whatsapp": "messenger",
    "viber": "messenger",
    "telegram": "messenger",
    "inappmessage": "in_app",
    "letter": "post",
}
_STEPS: Final = {
    "sent": "sent",
    "delivered": "delivered",
    "received": "delivered",
    "opened": "opened",
    "read": "opened",
    "viewed": "opened",
    "listened": "opened",
    "linkclicked": "clicked",
    "clicked": "clicked",
    "tapped": "clicked",
    "replied": "replied",
    "bounced": "bounced",
    "failed": "bounced",
    "markedasspam": "complained",
}
_NAMES: Final[dict[str, dict[str, str]]] = {
    "consent": {
        "Consent Given": "granted",
        "Consent Withdrawn": "withdrawn",
        "Newsletter Subscribed": "subscribed",
        "Unsubscribed": "unsubscribed",
        "Email Unsubscribed": "unsubscribed",
        "Segment Consent Preference Updated": "preferences",
    },
    "campaign": {
        "Campaign Entered": "entered",
        "Campaign Stage Changed": "stage",
        "Campaign Left": "left",
        "Experiment Viewed": "variant",
    },
    "call": {"Call Made": "made", "Call Received": "received", "Call Missed": "missed", "Call Completed": "completed"},
    "chat": {
        "Live Chat Conversation Started": "started",
        "Live Chat Message Sent": "said",
        "Live Chat Message Received": "answered",
        "Live Chat Conversation Ended": "ended",
        "Chat Bot Answered": "answered",
    },
    "survey": {"Survey Answered": "survey", "Form Submitted": "form", "Feedback Given": "feedback"},
    "review": {"Product Reviewed": "product", "Review Published": "review"},
    "post": {"Post Published": "post", "Comment Published": "comment", "Brand Mentioned": "mention"},
    "case": {"Case Opened": "opened", "Case Solved": "solved", "Complaint Filed": "complaint"},
    "loyalty": {
        "Loyalty Joined": "joined",
        "Loyalty Card Added": "joined",
        "Loyalty Card Registered": "joined",
        "Loyalty Left": "left",
        "Loyalty Level Changed": "level",
        "Points Earned": "earned",
        "Points Spent": "spent",
        "Points Expired": "expired",
        "Points Adjusted": "adjusted",
        "Bonus Earned": "earned",
        "Bonus Spent": "spent",
        "Bonus Expired": "expired",
    },
    "voucher": {
        "Voucher Issued": "given",
        "Coupon Issued": "given",
        "Voucher Used": "used",
        "Coupon Applied": "used",
        "Voucher Expired": "expired",
        "Coupon Entered": "entered",
        "Coupon Denied": "denied",
        "Coupon Removed": "removed",
    },
    "note": {"Note Added": "added", "Note Removed": "removed"},
    "switch": {"Switch Set": "set"},
    "visit": {
        "Store Visited": "visited",
        "Store Entered": "entered",
        "Store Left": "left",
        "Beacon Seen": "beacon",
        "Wifi Seen": "wifi",
    },
    "order": {
        "Order Completed": "completed",
        "Order Placed": "completed",
        "Order Created": "completed",
        "Order Paid": "completed",
        "Order Updated": "updated",
        "Order Refunded": "refunded",
        "Order Returned": "refunded",
        "Order Cancelled": "cancelled",
        "Order Canceled": "cancelled",
    },
    "cart": {
        "Product Added": "added",
        "Product Removed": "removed",
        "Cart Viewed": "viewed",
        "Checkout Started": "checkout",
        "Checkout Step Viewed": "step",
        "Checkout Step Completed": "step",
        "Payment Info Entered": "payment",
        "Cart Abandoned": "abandoned",
    },
    "favourite": {
        "Product Added to Wishlist": "added",
        "Product Removed from Wishlist": "removed",
        "Wishlist Product Added to Cart": "to cart",
    },
}


def _compact(name: str) -> str:
    return _BETWEEN_WORDS.sub("", name).casefold()


_MEANINGS: Final = {
    _compact(name): Meaning(topic, what) for topic, names in _NAMES.items() for name, what in names.items()
} | {
    sender + step: Meaning("message", what, channel)
    for sender, channel in _SENDERS.items()
    for step, what in _STEPS.items()
}


@lru_cache(maxsize=4_096)
def meaning_of(name: str) -> Meaning | None:
    """What the name of an event means; None for one that only the timeline knows."""
    return _MEANINGS.get(_compact(name))


SAID: Final = "said"
OTHER: Final = "other"
ANY: Final = "any"
TELLING: Final = (*_NAMES, "message", SAID, ANY)


def topic_of(name: str, *, has_traits: bool) -> str:
    """The topic that an event is stored under: `other` for what only the timeline tells.

    `said` is for one that says nothing but traits, or for whom somebody works.
    """
    meaning = meaning_of(name)
    return meaning.topic if meaning else SAID if has_traits else OTHER
