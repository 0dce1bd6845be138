"""The people of the samples: what they are called, how they are reached, and which brands they meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Final

from graph_cdp.samples.names import Name, draw_name, draw_surname, in_latin_letters, word_lists
from graph_cdp.samples.phones import Phone, draw_phone

_COUNTRIES: Final = {"PL": 50, "UA": 18, "RU": 12, "SK": 12, "GB": 8}
_DOMAINS: Final = {
    "PL": "poczta.example listy.example skrzynka.example",
    "RU": "pochta.example yaschik.example",
    "UA": "poshta.example skrynka.example",
    "SK": "posta.example schranka.example",
    "GB": "mail.example inbox.example",
}
# In a hundred people; the rest of them has an account in the web shop alone.
_CHANNELS: Final = {
    "web app card": 11,
    "web app": 8,
    "web card": 12,
    "app card": 7,
    "app": 10,
    "card": 17,
    "guest": 9,
    "guest card": 4,
    "till": 4,
}
_PEOPLE_A_FAMILY: Final = 100
_PEOPLE_A_SECOND_ACCOUNT: Final = 100


@dataclass(frozen=True, slots=True)
class Person:
    """One person.

    `channels` are of web, app, card (a loyalty card), guest (orders without an account) and till (a phone number on
    receipts). `app_id` is empty for those without the app. `gives_phone` says that every account of the person carries
    the number. Members of a family have its mailbox as `email` and its tablet as `tablet`. `showcase` is true of Zofia
    Wójcik alone, of whom every system knows.
    """

    id: str
    name: Name
    country: str
    town: str
    birth: date
    email: str
    second_email: str
    phone: Phone
    channels: frozenset[str]
    web_ids: tuple[str, ...]
    app_id: str
    cards: tuple[str, ...]
    gives_phone: bool
    app_email: str
    family: int | None = None
    tablet: str | None = None
    showcase: bool = False

    @property
    def has_account(self) -> bool:
        """Whether the person ever logs in."""
        return bool(self.web_ids or self.app_id)


@dataclass(frozen=True, slots=True)
class _Place:
    """What is settled about a person before the person is drawn."""

    channels: frozenset[str]
    family: int | None = None
    tablet: str | None = None
    mailbox: str | None = None
    country: str | None = None
    surname: str | None = None
    second_account: bool = False
    showcase: bool = False


@dataclass(slots=True)
class Population:
    """Draws people, and never one number, address or account twice."""

    rng: Random
    taken: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def people(self, size: int) -> list[Person]:
        """`size` people; the first is Zofia Wójcik, who meets all three brands, the next are the families."""
        places = [_Place(frozenset({"web", "app", "card"}), country="PL", showcase=True)]
        families = max(2, size // _PEOPLE_A_FAMILY)
        for family in range(families):
            places += self._family(family)
        places += self._others(size - len(places), max(1, size // _PEOPLE_A_SECOND_ACCOUNT))
        return [self._person(place) for place in places[:size]]

    def _family(self, family: int) -> list[_Place]:
        country = self._country()
        surname = draw_surname(self.rng, country)
        mailbox = self._email(["rodzina" if country == "PL" else "family", surname], country)
        tablet = hex_id(self.rng)
        return [
            _Place(frozenset({"web", "app"} | channels), family, tablet, mailbox, country, surname)
            for channels in [{"card"}, {"card"}, set[str]()][: self.rng.choice((2, 3))]
        ]

    def _others(self, size: int, second_accounts: int) -> list[_Place]:
        mixes = [mix for mix, share in _CHANNELS.items() for _ in range(-(-size * share // 100))][:size]
        mixes += ["web"] * (size - len(mixes))
        with_web = [number for number, mix in enumerate(mixes) if "web" in mix.split()]
        doubled = set(self.rng.sample(with_web, min(second_accounts, len(with_web))))
        places = [_Place(frozenset(mix.split()), second_account=n in doubled) for n, mix in enumerate(mixes)]
        self.rng.shuffle(places)
        return places

    def _person(self, place: _Place) -> Person:
        rng, channels = self.rng, place.channels
        country = place.country or self._country()
        name = Name("Zofia", "Wójcik", True) if place.showcase else draw_name(rng, country, place.surname)
        own = self._email([name.first, name.last], country)
        second = self._email([name.last, name.first], country)
        email = place.mailbox or own
        other_address = place.mailbox is None and not place.showcase and chance(rng, 0.2)
        in_poland = country == "UA" and chance(rng, 0.4)
        web_ids = [self._number("L-", 10_000) for _ in range(1 + place.second_account)] if "web" in channels else []
        return Person(
            id=f"p{next(self.numbers):05}",
            name=name,
            country=country,
            town=rng.choice(word_lists()[country].towns),
            birth=date(1948, 1, 1) + timedelta(days=rng.randrange(21_000)),
            email=email,
            second_email=second,
            phone=self._phone("PL" if in_poland else country),
            channels=channels,
            web_ids=tuple(web_ids),
            app_id=self._number("V-", 1_000) if "app" in channels else "",
            cards=tuple(self._cards(place)),
            # Whoever is known under different addresses is held together by the number alone.
            gives_phone=bool(place.mailbox or other_address or "card" in channels) or chance(rng, 0.6),
            app_email=second if other_address else email,
            family=place.family,
            tablet=place.tablet,
            showcase=place.showcase,
        )

    def _country(self) -> str:
        return self.rng.choices(list(_COUNTRIES), list(_COUNTRIES.values()))[0]

    def _cards(self, place: _Place) -> Iterator[str]:
        if "card" in place.channels:
            for _ in range(2 if not place.showcase and chance(self.rng, 0.04) else 1):
                yield self._number("29", 10**8)

    def _number(self, prefix: str, size: int) -> str:
        """An account or card number that nobody has. Where one is taken it gets longer, or a crowd would never end."""
        while (number := f"{prefix}{size + self.rng.randrange(size * 9)}") in self.taken:
            size *= 10
        self.taken.add(number)
        return number

    def _phone(self, country: str) -> Phone:
        while (phone := draw_phone(self.rng, country)).e164 in self.taken:
            pass
        self.taken.add(phone.e164)
        return phone

    def _email(self, words: list[str], country: str) -> str:
        domain = self.rng.choice(_DOMAINS[country].split())
        local = self.rng.choice((".", "_", "")).join(in_latin_letters(word) for word in words)
        address = f"{local}@{domain}"
        while address in self.taken:
            address = f"{local}{self.rng.randrange(10, 100_000)}@{domain}"
        self.taken.add(address)
        return address


def chance(rng: Random, share: float) -> bool:
    """True in the given share of cases."""
    return rng.random() < share


def hex_id(rng: Random) -> str:
    """A random UUID of version 4, as SDKs make them."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def typed(rng: Random, email: str) -> str:
    """An address as people type it: mostly in small letters, at times in mixed case, rarely with blanks around it."""
    local, _, domain = email.partition("@")
    spellings = (f"{local.title()}@{domain}", email.upper(), f"{local}@{domain.capitalize()}", f" {email} ")
    return email if chance(rng, 0.7) else rng.choice(spellings)
