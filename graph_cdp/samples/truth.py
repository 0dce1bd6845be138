"""Who really is who: kept while the samples are written, for no algorithm to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth beside one set of samples. Keys are spelled as the product normalises them.

    `person_of` has the keys that belong to one person. `shared` has those that belong to several people or to nobody,
    with the people that they were seen with; receipts of which nobody could say whose they are stand in neither.
    `showcase` is the loyalty card of Zofia Wójcik, who met all three brands, and `showcase_cookie` the cookie of her
    app. `family_mailbox` is an e-mail address that a family shares, and `family` has one key of each of its members.
    `company` is the one for which most people buy.
    """

    person_of: Mapping[str, str]
    shared: Mapping[str, tuple[str, ...]]
    showcase: str
    showcase_cookie: str
    family_mailbox: str
    family: tuple[str, ...]
    company: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Notes who was seen with which key."""

    seen: dict[str, set[str]] = field(default_factory=dict)
    nobodys: set[str] = field(default_factory=set)

    def note(self, key: str, person: str) -> None:
        """`person` was seen with `key`."""
        self.seen.setdefault(key, set()).add(person)

    def note_nobodys(self, key: str) -> None:
        """`key` belongs to nobody, whoever is seen with it."""
        self.seen.setdefault(key, set())
        self.nobodys.add(key)

    def person_of(self) -> dict[str, str]:
        """The keys that belong to one person, sorted."""
        return {
            key: next(iter(people))
            for key, people in sorted(self.seen.items())
            if len(people) == 1 and key not in self.nobodys
        }

    def shared(self) -> dict[str, tuple[str, ...]]:
        """All other keys, sorted, with the people that they were seen with."""
        return {
            key: tuple(sorted(people))
            for key, people in sorted(self.seen.items())
            if len(people) != 1 or key in self.nobodys
        }
