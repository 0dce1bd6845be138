"""What a customer has agreed to, by channel and purpose.

A word holds until a later one on one of the same identifiers. Where words of different identifiers disagree, the
policy says which counts: so a split gives each customer its own words back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph_cdp.consents import MARKETING, SITE, Word
from graph_cdp.consents import told as told_by
from graph_cdp.project.facts import Fact
from graph_cdp.viewing import Consent, Merge
from graph_cdp.vocabulary import CHANNELS

GRANTED: Final = "granted"
WITHDRAWN: Final = "withdrawn"
CONFLICT: Final = "conflict"


@dataclass(frozen=True, slots=True)
class _Word:
    channel: str
    purpose: str
    state: str
    fact: Fact

    def row(self) -> dict[str, Any]:
        fact = self.fact
        return {"state": self.state, "at": fact.at, "source": fact.source, "wording": fact.text("wording")}


def consent(
    facts: Iterable[Fact], policy: Consent, shared: frozenset[str] = frozenset(), today: str = "~"
) -> dict[str, Any]:
    """The state of each channel with time, source and wording, and of each purpose; `shared` keys hold no words.

    What is granted from a day after `today` on is not granted yet; what is withdrawn so is.
    """
    told: dict[str, dict[str, list[_Word]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        for word in _words(fact):
            if word.state == GRANTED and (fact.at or "")[:10] > today:
                continue
            told[word.channel][word.purpose].append(word)
    return {
        channel: _channel(
            channel, {name: _merged(words, policy.merge_of(channel), shared) for name, words in sorted(all_.items())}
        )
        for channel, all_ in sorted(told.items())
    }


def _channel(channel: str, purposes: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The word of the channel is that about marketing; of the site, which has none, the one that allows the least."""
    main = purposes.get(MARKETING)
    if main is None and channel == SITE:
        main = min(purposes.values(), key=lambda row: (_STRICT.index(row["state"]), row["at"] or ""))
    return {**(main or _UNSAID), "purposes": dict(purposes)}


_STRICT: Final = (WITHDRAWN, CONFLICT, GRANTED)
_UNSAID: Final[Mapping[str, Any]] = dict.fromkeys(("state", "at", "source", "wording"))


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
    for one in told_by(fact.name, fact.traits, fact.properties, fact.context):
        if isinstance(one, Word):
            yield _Word(one.channel, one.purpose, GRANTED if one.granted else WITHDRAWN, fact)


def allowed(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The channels that may be used for marketing: to nothing else does a mailing ask for consent."""
    return [channel for channel, row in found.items() if channel in CHANNELS and row["state"] == GRANTED]


def conflicts(found: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A warning for each channel about which identifiers disagree, where the policy leaves that to people."""
    return [
        {"warning": "consent in conflict", "channel": channel, "purpose": purpose}
        for channel, row in found.items()
        for purpose, one in row["purposes"].items()
        if one["state"] == CONFLICT
    ]
