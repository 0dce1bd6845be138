"""What an event says of consent: words about a channel and a purpose, and what in it says nothing that can be used.

Whoever reads the words (profiles) and whoever tells the sender of the rest (intake) ask here, so that both agree. Where
it is not known what was meant, the reading that allows less holds: nothing is granted, and every channel is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph_cdp.model import Refusal
from graph_cdp.normalise import Unusable, yes_or_no
from graph_cdp.vocabulary import CHANNELS, known_channel, meaning_of

MARKETING: Final = "marketing"
SITE: Final = "site"
_SPELLED_PURPOSES: Final = {"маркетинг": MARKETING}
_NO_CHANNEL: Final = f"no channel (there are {', '.join(CHANNELS)})"
_NOT_GRANTED: Final = f"{_NO_CHANNEL}: nothing is granted"
_ALL_WITHDRAWN: Final = f"{_NO_CHANNEL}: every channel is withdrawn"
_NO_PURPOSE: Final = "no text: nothing is granted"
_NO_PURPOSE_LEFT: Final = f"no text: taken as {MARKETING}"
_NO_ANSWER: Final = "neither yes nor no: nothing is granted or withdrawn"
_LEFT_OUT: Final = f"{_NO_CHANNEL}: left out"
_LONGEST_PLACE: Final = 80

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """That one channel may be used for one purpose, or may not."""

    channel: str
    purpose: str
    granted: bool


def told(name: str, traits: Said, properties: Said, context: Said) -> Iterator[Word | Refusal]:
    """The words of one event, and what of it cannot be used."""
    meaning = meaning_of(name)
    if meaning and meaning.topic == "consent":
        if meaning.what == "preferences":
            yield from _preferences(properties, context)
        else:
            yield from _event(meaning.what, properties)
    for trait, said in traits.items():
        if trait == "consent":
            yield from _by_channel(said)
        elif trait.startswith("consent_"):
            yield from _answer(trait.removeprefix("consent_"), said, f"traits.{trait}")


def refused(name: str, traits: Said, properties: Said, context: Said) -> list[Refusal]:
    """What of an event's consents cannot be used, for its sender to know."""
    return [one for one in told(name, traits, properties, context) if isinstance(one, Refusal)]


def _event(what: str, properties: Said) -> Iterator[Word | Refusal]:
    granted = what in ("granted", "subscribed")
    purpose = _purpose(properties.get("purpose"))
    if purpose is None:
        yield Refusal("properties.purpose", _NO_PURPOSE if granted else _NO_PURPOSE_LEFT)
        if granted:
            return
        purpose = MARKETING
    named = ["email"] if what in ("subscribed", "unsubscribed") else _named(properties)
    channels = [known_channel(one) for one in named]
    if unknown := None in channels or not channels:
        yield Refusal("properties.channel", _NOT_GRANTED if granted else _ALL_WITHDRAWN)
    for channel in CHANNELS if unknown and not granted else dict.fromkeys(channels):
        if channel is not None:
            yield Word(channel, purpose, granted)


def _named(properties: Said) -> list[Any]:
    """What stands where an event names its channel, or several."""
    said = properties.get("channels")
    said = properties.get("channel") if said is None else said
    return said if isinstance(said, list) else [said]


def _purpose(said: object) -> str | None:
    """A purpose without regard to capitals and blanks around it: marketing without one, None where it is no text."""
    if said is None:
        return MARKETING
    plain = " ".join(said.casefold().split()) if isinstance(said, str) else None
    return _SPELLED_PURPOSES.get(plain, plain) if plain else MARKETING if plain == "" else None


def _preferences(properties: Said, context: Said) -> Iterator[Word | Refusal]:
    """Segment's consent object: its categories are purposes of the site, but for those that name a channel."""
    said = context.get("consent", properties.get("consent"))
    categories = said.get("categoryPreferences") if isinstance(said, Mapping) else None
    for category, value in (categories or {}).items() if isinstance(categories, Mapping) else ():
        channel = known_channel(category)
        yield from _word(channel or SITE, None if channel else category, value, f"consent.{category}"[:_LONGEST_PLACE])


def _by_channel(said: object) -> Iterator[Word | Refusal]:
    if isinstance(said, Mapping):
        for channel, value in said.items():
            yield from _answer(channel, value, f"traits.consent.{channel}")
    elif said is not None:
        yield Refusal("traits.consent", "no object of channels with yes or no: left out")


def _answer(channel: str, value: object, place: str) -> Iterator[Word | Refusal]:
    purpose = value.get("purpose") if isinstance(value, Mapping) else None
    known = known_channel(channel)
    if known is None:
        yield Refusal(place[:_LONGEST_PLACE], _LEFT_OUT)
    else:
        yield from _word(known, purpose, value, place)


def _word(channel: str, purpose: object, value: object, place: str) -> Iterator[Word | Refusal]:
    """The word that a value is; a null says nothing. An unknown purpose is not granted, and withdraws marketing."""
    answer = value.get("state") if isinstance(value, Mapping) else value
    if answer is None and not isinstance(value, Mapping):
        return
    try:
        granted = yes_or_no(answer)
    except Unusable:
        yield Refusal(place, _NO_ANSWER)
        return
    if (about := _purpose(purpose)) is None:
        yield Refusal(f"{place}.purpose", _NO_PURPOSE if granted else _NO_PURPOSE_LEFT)
    if about is not None or not granted:
        yield Word(channel, about or MARKETING, granted)
