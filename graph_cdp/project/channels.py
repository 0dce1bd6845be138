"""Which channels a customer uses, buys by and answers on, and how best to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graph_cdp.project.facts import Fact, about
from graph_cdp.project.messages import by_channel, campaign_of
from graph_cdp.project.orders import Sale
from graph_cdp.vocabulary import known_channel

_LOG: Final = 20
_DECLARED: Final = ("preferred_channel", "preferred_contact", "contact_preference")
# What an event of a topic shows of the channel, where it does not say it.
_BY_TOPIC: Final = {"call": "phone", "chat": "chat", "visit": "store", "post": "social", "survey": "survey"}
_BY_TYPE: Final = {"page": "web", "screen": "app"}


def channels(
    facts: Sequence[Fact],
    sales: Iterable[Sale],
    recent: Iterable[Fact],
    found: Mapping[str, Mapping[str, Any]],
    allowed: Sequence[str],
) -> dict[str, Any]:
    """The part of a profile; `found` are the traits, `allowed` the channels that the customer has agreed to."""
    everything = {fact.uid: fact for fact in (*recent, *facts)}
    messages = by_channel(facts)
    return {
        "used": _counted((used, fact.at) for fact in everything.values() if (used := channel_used(fact))),
        "purchases": _counted((sale.channel, sale.at) for sale in sales if sale.counts and sale.channel),
        "messages": messages,
        "log": [_logged(fact) for fact in reversed(about(facts, "message", "call")[-_LOG:])],
        "preferred": preferred(found, messages, allowed),
        "allowed": list(allowed),
    }


def preferred(
    found: Mapping[str, Mapping[str, Any]], messages: Mapping[str, Mapping[str, Any]], allowed: Sequence[str]
) -> dict[str, Any] | None:
    """The channel that the customer names, else that on which most messages are answered, and why."""
    for name in _DECLARED:
        if name in found:
            said = found[name]
            day = f" on {said['at'][:10]}" if said["at"] else ""
            return {"channel": _named(str(said["value"])), "why": f"said so to {said['source']}{day}"}
    answered = [
        (-(row["clicked"] + row["replied"] + row["opened"] / 2) / row["sent"], channel, row)
        for channel, row in messages.items()
        if row["sent"] and row["opened"] + row["replied"] and channel in (allowed or messages)
    ]
    if answered:
        _, channel, row = min(answered, key=lambda one: one[:2])
        why = f"opened {row['opened']}, clicked {row['clicked']} of {row['sent']} sent"
        return {"channel": channel, "why": why}
    return {"channel": allowed[0], "why": "agreed to it"} if allowed else None


def _named(said: str) -> str:
    """The channel as it is called here; one that nobody knows keeps its own name."""
    return known_channel(said) or said.strip().casefold().replace(" ", "_").replace("-", "_")


def channel_used(fact: Fact) -> str | None:
    """The channel on which the customer did something; what was done to the customer is none."""
    topic, what, channel = fact.meaning
    if topic == "message":
        return channel if what in ("opened", "clicked", "replied") else None
    if (topic, what) in (("call", "made"), ("call", "missed"), ("chat", "answered")):
        return None
    if topic in _BY_TOPIC:
        return _BY_TOPIC[topic]
    said = fact.text("channel") if topic == "order" else None
    return said or _BY_TYPE.get(fact.name) or sent_from(fact.context)


def sent_from(context: Mapping[str, Any]) -> str | None:
    """The channel that the circumstances of an event give away: an app has a device, a site a page."""
    device = context.get("device")
    if isinstance(device, Mapping) and str(device.get("type", "")).casefold() in ("ios", "android"):
        return "app"
    return "web" if "page" in context or "userAgent" in context else None


def _counted(said: Iterable[tuple[str | None, str | None]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for channel, at in said:
        if channel:
            row = found.setdefault(channel, {"channel": channel, "count": 0, "last_at": None})
            row["count"] += 1
            row["last_at"] = max(row["last_at"] or "", at or "") or None
    return sorted(found.values(), key=lambda row: (-row["count"], row["channel"]))


def _logged(fact: Fact) -> dict[str, Any]:
    return {
        "at": fact.at,
        "channel": fact.meaning.channel or "phone",
        "what": fact.meaning.what,
        "campaign": campaign_of(fact),
        "subject": fact.text("subject", "email_subject", "title"),
        "agent": fact.text("agent", "agent_name"),
        "source": fact.source,
    }
