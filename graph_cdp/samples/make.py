"""Makes the samples: draws the people, lets each of them live, and writes down what the group's systems saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from graph_cdp.errors import UsageError
from graph_cdp.samples.app import app_life, kiosks, nameless
from graph_cdp.samples.files import write_messages, write_said, write_shipped, write_table, write_truth
from graph_cdp.samples.people import Person, Population
from graph_cdp.samples.segment import Stream
from graph_cdp.samples.service import Service
from graph_cdp.samples.shops import CRM_COLUMNS, LOYALTY_COLUMNS, POS_COLUMNS, Office, Row
from graph_cdp.samples.truth import Ledger, Truth
from graph_cdp.samples.web import companies, visitor, web_life

FEWEST_PEOPLE: Final = 50
_JUNK: Final = (
    "email:test@test.com",
    *(f"{space}:{value}" for space in ("user_id", "verano.user_id") for value in ("null", "undefined")),
)
_TABLE_CONTACTS: Final = {
    "b2c": ("anton@rarus.ru", "masha@rarus.ru", "olga@rarus.ru"),
    "b2b": ("igor@rarus.ru", "elena@rarus.ru", "ivan@rarus.ru"),
}
_TABLE_PHONE: Final = "phone:+74952312002"


def write(to: Path, *, people: int = 300, seed: int = 1) -> Truth:
    """Writes the samples of so many `people` into the folder `to`, which is made where it is missing.

    The same arguments give the same bytes. Files of an earlier call are replaced. Raises `UsageError` for fewer people
    than it takes to show everything.
    """
    if people < FEWEST_PEOPLE:
        raise UsageError(f"samples of {people} people cannot show everything; ask for {FEWEST_PEOPLE} or more")
    group = _Group(Random(seed), Random(f"service {seed}"))
    truth = group.live(people)
    to.mkdir(parents=True, exist_ok=True)
    group.write(to)
    write_truth(to, truth)
    return truth


@dataclass(slots=True)
class _Group:
    """The group of companies: what its systems have seen so far."""

    rng: Random
    # Draws of its own, so that the shops' files do not depend on what else is told.
    other_rng: Random
    ledger: Ledger = field(default_factory=Ledger)
    web: Stream = field(init=False)
    app: Stream = field(init=False)
    office: Office = field(init=False)
    service: Service = field(init=False)

    def __post_init__(self) -> None:
        self.web = Stream("lumia.web", "user_id", "Lumia", self.rng, self.ledger)
        self.app = Stream("verano.app", "verano.user_id", "Verano", self.rng, self.ledger)
        self.office = Office(self.rng, self.ledger)
        said = Stream("service", "user_id", "Lumia", self.other_rng, self.ledger)
        self.service = Service(said, Stream("verano.app", "verano.user_id", "Verano", self.other_rng, self.ledger))

    def live(self, size: int) -> Truth:
        """Everything happens; answers with who was who."""
        people = Population(self.rng).people(size)
        self._note_what_is_known_beforehand()
        app_cookies = {person.id: cookie for person in people if (cookie := self._live(person))}
        kiosks(self.app, people)
        staff = companies(self.web, people)
        for number in range(size // 10):
            visitor(self.web, f"v{number + 1:05}")
        for number in range(size // 60):
            nameless(self.app, f"w{number + 1:05}")
        self.office.passers_by(size // 3)
        self.office.contacts(people)
        self.service.serve(people)
        self.service.employ(staff)
        return self._truth(people, app_cookies[people[0].id], staff)

    def write(self, to: Path) -> None:
        """Writes what each system exports."""
        write_shipped(to)
        write_messages(to / "web.ndjson", self.web.sent, self.rng)
        write_messages(to / "app.ndjson", self.app.sent, self.rng)
        write_said(to / "service.ndjson", [*self.service.stream.sent, *self.service.app.sent])
        office = self.office
        contacts = [*office.crm, _bad_contact("K-900001", "ala@", ""), _bad_contact("K-900002", "", "12-34")]
        write_table(to / "crm.csv", CRM_COLUMNS, contacts, delimiter=";", bom=True)
        write_table(to / "loyalty.csv", LOYALTY_COLUMNS, sorted(office.loyalty, key=_registered))
        lines = [line for receipt in sorted(office.receipts, key=_sold) for line in receipt]
        lines.insert(len(lines) // 2, ("R9999999", *lines[0][1:], "left over", "left over"))
        write_table(to / "pos.csv", POS_COLUMNS, lines)

    def _live(self, person: Person) -> str | None:
        """All that one person does; answers with the cookie of the app."""
        if person.web_ids or "guest" in person.channels:
            web_life(self.web, person)
        if person.cards:
            self.office.card_life(person)
        if "till" in person.channels:
            self.office.till_life(person)
        return app_life(self.app, person) if person.app_id else None

    def _note_what_is_known_beforehand(self) -> None:
        self.office.open_shops()
        for key in _JUNK:
            self.ledger.note_nobodys(key)
        for table, addresses in _TABLE_CONTACTS.items():
            for number, address in enumerate(addresses, start=1):
                for key in (f"record:{table}/{number}", f"email:{address}", _TABLE_PHONE):
                    self.ledger.note(key, f"{table}-{number}")

    def _truth(self, people: Sequence[Person], showcase_cookie: str, staff: Mapping[str, Sequence[Person]]) -> Truth:
        family = [person for person in people if person.family == 0]
        return Truth(
            person_of=self.ledger.person_of(),
            shared=self.ledger.shared(),
            showcase=f"loyalty_card:{people[0].cards[0]}",
            showcase_cookie=f"anonymous_id:{showcase_cookie}",
            family_mailbox=f"email:{family[0].email}",
            family=tuple(f"user_id:{person.web_ids[0]}" for person in family),
            company=f"group_id:{min(staff, key=lambda name: (-len(staff[name]), name))}",
        )


def _bad_contact(number: str, email: str, phone: str) -> Row:
    return (number, "Alicja", "Próbna", email, phone, "01.02.1980", "Łódź", "PL", "05.05.2024 10:00")


def _registered(row: Row) -> tuple[str, str]:
    return row[LOYALTY_COLUMNS.index("registered_at")], row[0]


def _sold(receipt: tuple[Row, ...]) -> tuple[str, str]:
    return receipt[0][POS_COLUMNS.index("date")], receipt[0][0]
