"""Collecting the keys of one message or row, and what stood in the place of a key and cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from graph_cdp import locales
from graph_cdp.model import Refusal, namespace_of
from graph_cdp.normalise import Unusable, base, identifier, is_doubtful, is_source, price
from graph_cdp.phones import numbers_in
from graph_cdp.policy import Policy

MOST_KEYS: Final = 12
_DOUBT: Final = (
    "taken with the month first, which may be wrong: write 1991-06-05, or say the source's country in the policy"
)


@dataclass(frozen=True, slots=True)
class Sender:
    """What reading the messages of one source needs: its name, the spaces that it numbers by itself, its country.

    `is_blocked` says of a key whether the policy takes its value for nobody's; `day_first` of 3/4/2026 whether it is
    the third of April, None where that is not known.
    """

    source: str
    spaces: Mapping[str, str]
    country: str | None
    is_blocked: Callable[[str], bool] = lambda key: False
    day_first: bool | None = None


@lru_cache(maxsize=1_024)
def sender_of(policy: Policy, source: str) -> Sender:
    """The sender that `source` is under `policy`; `Unusable` where the name cannot be that of a source."""
    if not is_source(source):
        raise Unusable("source: a name without blanks, / and : is needed, of at most 64 characters")
    said = policy.source(source)
    day_first = locales.day_first_in(said.country) if said.country else None
    return Sender(source, said.spaces, said.country, policy.is_blocked, day_first)


class Keys:
    """The keys found so far, the refusals, and where a value stood that the policy blocks, of one observation."""

    __slots__ = ("_found", "_sender", "blocked", "country", "day_first", "refusals")

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._found: set[str] = set()
        self.refusals: list[Refusal] = []
        self.blocked: list[Refusal] = []
        self.country = sender.country
        self.day_first = sender.day_first

    def add(self, namespace: str, raw: object, place: str) -> str | None:
        """Takes what stands at `place` as an identifier; its key, or None where it is absent or refused.

        Of several phone numbers in one field each is taken; the key is that of the first.
        """
        if raw is None:
            return None
        several = numbers_in(raw) if base(namespace) == "phone" else (raw,)
        keys = [key for one in several if (key := self.key(namespace, one, place)) is not None]
        self._found.update(keys)
        for key in keys:
            if self._sender.is_blocked(key):
                reason = f"the policy blocks this value, which says of no one person who it is ({namespace_of(key)})"
                self.blocked.append(Refusal(place, reason))
        return keys[0] if keys else None

    def key(self, namespace: str, raw: object, place: str) -> str | None:
        """The key of what stands at `place`, in the space of the sender, without taking it for one of the person."""
        if raw is None:
            return None
        space = self._sender.spaces.get(namespace, namespace)
        try:
            return identifier(space, raw, country=self.country, source=self._sender.source)
        except Unusable as unusable:
            self.refuse(place, unusable.reason)
            return None

    def amount(self, raw: object, place: str) -> float | None:
        """The number that stands at `place`; None where there is none, with a refusal where it is no number."""
        return self.price(raw, place)[0]

    def price(self, raw: object, place: str) -> tuple[float | None, str | None]:
        """As `amount`, and the currency that stands beside the number."""
        if raw is None:
            return None, None
        try:
            return price(raw)
        except Unusable as unusable:
            self.refuse(place, unusable.reason)
            return None, None

    def currency(self, named: str | None, place: str) -> str | None:
        """`named` as it is, with a refusal where it is no currency that is known."""
        if named is not None and locales.currency(named) is None:
            self.refuse(place, "no currency that is known")
        return named

    def reads_day_first(self, raw: object, place: str) -> bool:
        """Whether the date at `place` has the day first; noted where day and month may be exchanged and nobody says."""
        if self.day_first is None and is_doubtful(raw):
            self.refuse(place, _DOUBT)
        return bool(self.day_first)

    def refuse(self, place: str, reason: str) -> None:
        """Notes that what stands at `place` cannot be used."""
        self.refusals.append(Refusal(place, reason))

    def all(self, missing: str) -> tuple[str, ...]:
        """The keys in text order; `Unusable` where there is none (`missing` says what to give) or too many."""
        if not self._found:
            reasons = "; ".join(f"{refusal.place}: {refusal.reason}" for refusal in self.refusals)
            raise Unusable(f"no usable identifier: {reasons}" if reasons else f"no identifier: {missing}")
        if len(self._found) > MOST_KEYS:
            raise Unusable(f"more than {MOST_KEYS} identifiers describe no one person")
        return tuple(sorted(self._found))
