"""The chain of shops of Bosko and the office of the group: cards, receipts and the CRM's contacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Final

from graph_cdp.samples.people import Person, chance, typed
from graph_cdp.samples.phones import Phone, spelled
from graph_cdp.samples.products import BOSKO, Product
from graph_cdp.samples.segment import DAYS, moment
from graph_cdp.samples.truth import Ledger

Row = tuple[str, ...]

CRM_COLUMNS: Final = (
    *("id_kontaktu", "imie", "nazwisko", "email", "telefon"),
    *("data_urodzenia", "miasto", "kraj", "data_modyfikacji"),
)
LOYALTY_COLUMNS: Final = (
    *("card_no", "first_name", "last_name", "phone", "email"),
    *("birth_date", "registered_at", "shop"),
)
POS_COLUMNS: Final = (
    *("receipt_no", "line", "date", "shop", "card_no", "phone"),
    *("sku", "product", "category", "qty", "price", "total", "currency"),
)
_SHOPS: Final = ("Warszawa Wola", "Kraków Kazimierz", "Gdańsk Wrzeszcz", "Wrocław Nadodrze")
# The number of the shop itself, which its staff type in when a customer gives none.
_BUSY_SHOP: Final = _SHOPS[0]
_BUSY_SHOP_PHONE: Final = Phone("PL", "224380155")
_OPENS, _OPEN_MINUTES = 8, 12 * 60


@dataclass(slots=True)
class Office:
    """Writes down what the shops and the office know. `ledger` is told whose keys they are."""

    rng: Random
    ledger: Ledger
    crm: list[Row] = field(default_factory=list)
    loyalty: list[Row] = field(default_factory=list)
    receipts: list[tuple[Row, ...]] = field(default_factory=list)
    receipt_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def open_shops(self) -> None:
        """Notes that the shop's number belongs to nobody."""
        self.ledger.note_nobodys(f"phone:{_BUSY_SHOP_PHONE.e164}")

    def card_life(self, person: Person) -> None:
        """The person's cards are registered, and shown at the till."""
        home = self.rng.choice(_SHOPS)
        day = self.rng.randrange(DAYS // 3)
        for card in person.cards:
            registered = self._open_hours(day)
            self.loyalty.append(self._registration(person, card, registered, home))
            self.ledger.note(f"loyalty_card:{card}", person.id)
            for _ in range(self.rng.randrange(2, 7)):
                day += self.rng.randrange(1, 40)
                self._card_receipt(person, card, day, home)

    def till_life(self, person: Person) -> None:
        """Somebody without a card, who gives a number for the receipt."""
        home = self.rng.choice(_SHOPS)
        for day in sorted(self.rng.sample(range(DAYS), self.rng.randrange(2, 5))):
            self.ledger.note(f"phone:{person.phone.e164}", person.id)
            number = self._receipt(day, home, phone=spelled(self.rng, person.phone, "PL"))
            self.ledger.note(f"order:pos/{number}", person.id)

    def passers_by(self, receipts: int) -> None:
        """Receipts of nobody in particular, some with the shop's own number on them."""
        for _ in range(receipts):
            shop = self.rng.choice(_SHOPS)
            own = shop == _BUSY_SHOP and chance(self.rng, 0.4)
            phone = spelled(self.rng, _BUSY_SHOP_PHONE, "PL") if own else ""
            self._receipt(self.rng.randrange(DAYS), shop, phone=phone)

    def contacts(self, people: Iterable[Person]) -> None:
        """Nearly half of the people are in the CRM, some of them twice."""
        numbers = count(1001)
        for person in people:
            if "till" in person.channels or not (person.showcase or chance(self.rng, 0.45)):
                continue
            for _ in range(2 if chance(self.rng, 0.04) else 1):
                self.crm.append(self._contact(person, f"K-{next(numbers):06}"))

    def _contact(self, person: Person, number: str) -> Row:
        rng = self.rng
        modified = moment(rng.randrange(DAYS) * 86_400_000 + rng.randrange(86_400) * 1_000)
        with_phone = person.gives_phone or not person.has_account
        for key in (f"record:crm/{number}", f"email:{person.email}"):
            self.ledger.note(key, person.id)
        if with_phone:
            self.ledger.note(f"phone:{person.phone.e164}", person.id)
        return (
            number,
            person.name.first,
            person.name.last,
            typed(rng, person.email),
            spelled(rng, person.phone, person.country) if with_phone else "",
            f"{person.birth:%d.%m.%Y}",
            person.town,
            person.country,
            f"{modified:%d.%m.%Y %H:%M}",
        )

    def _registration(self, person: Person, card: str, registered: datetime, shop: str) -> Row:
        # An address shared with a family says little; everyone else with an account is found by it too.
        with_email = person.showcase or chance(self.rng, 0.6)
        self.ledger.note(f"phone:{person.phone.e164}", person.id)
        if with_email:
            self.ledger.note(f"email:{person.email}", person.id)
        return (
            card,
            person.name.first,
            person.name.last,
            spelled(self.rng, person.phone, "PL"),
            typed(self.rng, person.email) if with_email else "",
            person.birth.isoformat(),
            f"{registered:%Y-%m-%d %H:%M:%S}",
            shop,
        )

    def _card_receipt(self, person: Person, card: str, day: int, home: str) -> None:
        shop = home if chance(self.rng, 0.8) else self.rng.choice(_SHOPS)
        phone = ""
        if shop == _BUSY_SHOP and chance(self.rng, 0.4):
            phone = spelled(self.rng, _BUSY_SHOP_PHONE, "PL")
            self.ledger.note(f"phone:{_BUSY_SHOP_PHONE.e164}", person.id)
        elif chance(self.rng, 0.15):
            phone = spelled(self.rng, person.phone, "PL")
        number = self._receipt(day, shop, card=card, phone=phone)
        self.ledger.note(f"order:pos/{number}", person.id)

    def _receipt(self, day: int, shop: str, *, card: str = "", phone: str = "") -> str:
        rng = self.rng
        number = f"R{next(self.receipt_numbers):07}"
        date = f"{self._open_hours(day):%Y-%m-%d %H:%M:%S}"
        lines = [(product, rng.choice((1, 1, 1, 2, 3))) for product in rng.sample(BOSKO, rng.randrange(1, 5))]
        total = f"{sum(product.zlotys * quantity for product, quantity in lines):.2f}"
        head = (date, shop, card, phone)
        tail = (total, "PLN")
        self.receipts.append(
            tuple(
                (number, str(line), *head, *_article(product), str(quantity), f"{product.zlotys:.2f}", *tail)
                for line, (product, quantity) in enumerate(lines, start=1)
            )
        )
        return number

    def _open_hours(self, day: int) -> datetime:
        """A time of `day` at which the shops are open, in their own time."""
        minutes = _OPENS * 60 + self.rng.randrange(_OPEN_MINUTES)
        return moment(day * 86_400_000) + timedelta(minutes=minutes, seconds=self.rng.randrange(60))


def _article(product: Product) -> Row:
    return product.sku, product.name, product.category
