"""What a customer has agreed to, by channel and purpose.

A word holds until a later one on one of the same identifiers. Where words of different identifiers disagree, the
policy says which counts: so a split gives each customer its own words back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph_cdp.project.facts import Fact
from graph_cdp.viewing import Consent, Merge
from graph_cdp.vocabulary import CHANNELS, SPELLED_CHANNELS

GRANTED: Final = "granted"
WITHDRAWN: Final = "withdrawn"
CONFLICT: Final = "conflict"
MARKETING: Final = "marketing"
_YES: Final = frozenset(
    ("true", "yes", "1", "granted", "given", "tak", "да", "так", "áno", "y", "t", "opt-in", "opted_in")
)
_NO: Final = frozenset(
    ("false", "no", "0", "withdrawn", "denied", "revoked", "nie", "нет", "ні", "n", "f", "opt-out", "opted_out")
)


@dataclass(frozen=True, slots=True)
class _Word:
    channel: str
    purpose: str
    state: str
    fact: Fact

    def row(self) -> dict[str, Any]:
        fact = self.fact
        return {"state": self.state, "at": fact.at, "source": fact.source, "wording": fact.text("wording")}


def consent(facts: Iterable[Fact], policy: Consent, shared: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The state of each channel with time, source and wording, and of each purpose; `shared` keys hold no words."""
    told: dict[str, dict[str, list[_Word]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        for word in _words(fact):
            told[word.channel][word.purpose].append(word)
    return {
        channel: _channel(
            {name: _merged(words, policy.merge_of(channel), shared) for name, words in sorted(all_.items())}
        )
        for channel, all_ in sorted(told.items())
    }


def channel_of(said: str | None) -> str:
    """The channel as it is called here; one that nobody knows keeps its own name."""
    plain = (said or "email").strip().casefold()
    return SPELLED_CHANNELS.get(plain, plain.replace(" ", "_").replace("-", "_"))


def _channel(purposes: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The word of the channel is that about marketing; without one, the one that allows the least."""
    main = purposes.get(MARKETING) or min(
        purposes.values(), key=lambda row: (_STRICT.index(row["state"]), row["at"] or "")
    )
    return {**main, "purposes": dict(purposes)}


_STRICT: Final = (WITHDRAWN, CONFLICT, GRANTED)


def _merged(words: list[_Word], merge: Merge, shared: frozenset[str]) -> dict[str, Any]:
    newest = sorted(words, key=lambda word: (*word.fact.moment, word.state), reverse=True)
    standing: list[_Word] = []
    met: set[str] = set()
    for word in newest:
        own = set(word.fact.keys) - shared or set(word.fact.keys)
        if not own & met:
            standing.append(word)
        met |= own
    withdrawn = [word for word in standing if word.state == WITHDRAWN]
    if merge == "latest" or not withdrawn or len(withdrawn) == len(standing):
        return standing[0].row()
    if merge == "review":
        return {**standing[0].row(), "state": CONFLICT}
    return withdrawn[0].row()


def _words(fact: Fact) -> Iterator[_Word]:
    if fact.meaning.topic == "consent":
        yield from _told(fact)
    said = fact.traits.get("consent")
    each = dict(said) if isinstance(said, Mapping) else {}
    for name, value in fact.traits.items():
        if name.startswith("consent_"):
            each[name.removeprefix("consent_")] = value
    for channel, value in each.items():
        if (state := _state(value)) is not None:
            yield _Word(channel_of(channel), MARKETING, state, fact)


def _told(fact: Fact) -> Iterator[_Word]:
    what, purpose = fact.meaning.what, fact.text("purpose") or MARKETING
    if what == "preferences":
        yield from _preferences(fact)
    elif what in ("subscribed", "unsubscribed"):
        yield _Word("email", purpose, GRANTED if what == "subscribed" else WITHDRAWN, fact)
    else:
        channels = fact.properties.get("channels")
        for name in channels if isinstance(channels, list) else [fact.text("channel")]:
            yield _Word(channel_of(name if isinstance(name, str) else None), purpose, what, fact)


def _preferences(fact: Fact) -> Iterator[_Word]:
    """Segment's consent object: its categories are purposes of the site, but for those that name a channel."""
    said = fact.around("consent")
    categories = said.get("categoryPreferences") if isinstance(said, Mapping) else None
    for category, value in (categories or {}).items() if isinstance(categories, Mapping) else ():
        if (state := _state(value)) is not None:
            channel = channel_of(category)
            known = channel in CHANNELS
            yield _Word(channel if known else "site", MARKETING if known else category, state, fact)


def _state(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("state")
    plain = str(value).strip().casefold()
    return GRANTED if plain in _YES else WITHDRAWN if plain in _NO else None


def allowed(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The channels that the customer has agreed to."""
    return [channel for channel, row in found.items() if row["state"] == GRANTED]


def conflicts(found: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A warning for each channel about which identifiers disagree, where the policy leaves that to people."""
    return [
        {"warning": "consent in conflict", "channel": channel, "purpose": purpose}
        for channel, row in found.items()
        for purpose, one in row["purposes"].items()
        if one["state"] == CONFLICT
    ]
