"""Who lives in the simulation: people in households, with what is theirs and what they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

DAY: Final = 86_400_000_000
YEAR: Final = 365 * DAY
BEGIN: Final = 1_546_300_800_000_000
YEARS: Final = 6
PEOPLE_OF_A_SHOP: Final = 1000
# Two of a household share, and there are 2.4 people a household; so many have two members, or two with accounts.
_HOUSEHOLDS: Final = 2.4 / 2
_SEVERAL, _SEVERAL_ACCOUNTS = 0.8, 0.438
# Given names as documents and as friends have them.
_NAMES: Final = (
    *(("Katarzyna", "Kasia"), ("Anna", "Ania"), ("Małgorzata", "Gosia"), ("Agnieszka", "Aga"), ("Aleksandra", "Ola")),
    *(("Joanna", "Asia"), ("Barbara", "Basia"), ("Ewa", "Ewka"), ("Magdalena", "Magda"), ("Monika", "Monia")),
    *(("Piotr", "Piotrek"), ("Krzysztof", "Krzysiek"), ("Tomasz", "Tomek"), ("Jan", "Janek"), ("Paweł", "Pawełek")),
    *(("Marcin", "Marcinek"), ("Jakub", "Kuba"), ("Wojciech", "Wojtek"), ("Grzegorz", "Grzesiek"), ("Olena", "Lena")),
    *(("Oksana", "Ksenia"), ("Iryna", "Ira"), ("Natalia", "Natalka"), ("Oleksandr", "Sasza"), ("Andrij", "Andriej")),
    *(("Wołodymyr", "Wowa"), ("Dmytro", "Dima"), ("Serhij", "Serhijko"), ("Mykoła", "Kola"), ("Zuzana", "Zuzka")),
    *(("Jana", "Janka"), ("Mária", "Majka"), ("Jozef", "Jožko"), ("Štefan", "Števo"), ("Ján", "Janko")),
    *(("Emma", "Em"), ("Oliver", "Ollie"), ("William", "Bill"), ("Elizabeth", "Liz"), ("Stanisław", "Staszek")),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """How common things are, as shares of all people unless another whole is named."""

    devices: float = 0.10
    phones: float = 0.05
    mailboxes: float = 0.02
    never_log_in: float = 0.40
    two_accounts: float = 0.10  # of those who log in
    recycled: float = 0.02  # of those who have a phone
    pet_names: float = 0.05  # of all names that are typed
    for_another: float = 0.03  # of all orders in a household of several: under the name of somebody else in it
    second_mailboxes: float = 0.0  # of those who have one: an address of their own that they give now and then
    anyone: bool = False  # whether those who share may be people without an account, or only such as have one


@dataclass(slots=True)
class Browser:
    """A browser, or an app with the id of its device: the cookie changes at each reset, that id never."""

    name: str
    resets: list[int]
    device: str = ""

    def cookie(self, at: int) -> str:
        """The cookie that is in it at that time."""
        return f"anonymous_id:{self.name}-{sum(reset <= at for reset in self.resets)}"


@dataclass(slots=True)
class Person:
    """A person as the truth has it. Accounts come with the mailbox that each was made with.

    `names` are the name and the pet name, `others` the names of those who live in the same household.
    """

    number: int
    names: tuple[str, ...] = ("",)
    others: tuple[str, ...] = ()
    accounts: list[tuple[str, str]] = field(default_factory=list)
    email: str = ""
    second: str = ""
    phones: list[tuple[int, str]] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    browsers: list[Browser] = field(default_factory=list)
    shared: Browser | None = None
    apart: bool = False

    def phone(self, at: int) -> str:
        """The number that the person gives at that time; empty without one."""
        given = [number for since, number in self.phones if since <= at]
        return given[-1] if given else ""


def draw(count: int, shares: Shares, rng: Random) -> list[Person]:
    """So many people, in households of one to four."""
    people: list[Person] = []
    while len(people) < count:
        size = min(rng.choice((1, 2, 2, 3, 4)), count - len(people))
        household = [_person(len(people) + place, shares, rng) for place in range(size)]
        for person in household:
            person.others = tuple(other.names[0] for other in household if other is not person)
        _share(household, shares, rng)
        people += household
    _recycle(people, shares, rng)
    return people


def _person(number: int, shares: Shares, rng: Random) -> Person:
    person = Person(number, rng.choice(_NAMES))
    if rng.random() < 0.9:
        person.email = f"email:person{number}@mail.example"
        if rng.random() < shares.second_mailboxes:
            person.second = f"email:person{number}@other.example"
    if rng.random() < 0.7:
        person.phones = [(0, f"phone:+4860{number + 1_000_000}")]
    if rng.random() < 0.5:
        person.cards = [f"loyalty_card:c{number}"] + ([f"loyalty_card:c{number}b"] if rng.random() < 0.05 else [])
    person.browsers = [Browser(f"b{number}", _resets(rng))]
    if rng.random() < 0.5:
        person.browsers.append(Browser(f"a{number}", _resets(rng), f"device:d{number}"))
    if rng.random() >= shares.never_log_in:
        person.accounts = [(f"user_id:u{number}", person.email)]
        if rng.random() < shares.two_accounts:
            person.accounts.append((f"user_id:u{number}b", f"email:person{number}@work.example"))
            person.apart = rng.random() < 0.5
            if person.apart:
                person.browsers.append(Browser(f"w{number}", _resets(rng)))
    return person


def _resets(rng: Random) -> list[int]:
    """When the cookies of a browser are deleted: in some never, in others twice a year."""
    rate = rng.choice((0, 0, 0.5, 1, 2))
    return sorted(BEGIN + int(rng.random() * YEARS * YEAR) for _ in range(round(rate * YEARS)))


def _share(household: list[Person], shares: Shares, rng: Random) -> None:
    """Lets two members use a device, a phone or a mailbox together."""
    those = household if shares.anyone else [person for person in household if person.accounts]
    if len(those) == 1 or not those:
        return
    often = _HOUSEHOLDS / (_SEVERAL if shares.anyone else _SEVERAL_ACCOUNTS)
    if rng.random() < shares.devices * often:
        one, other = rng.sample(those, 2)
        hardware = f"device:df{one.number}" if rng.random() < 0.5 else ""
        one.shared = other.shared = Browser(f"f{one.number}", _resets(rng), hardware)
    if rng.random() < shares.phones * often:
        one, other = rng.sample(those, 2)
        one.phones = other.phones = [(0, f"phone:+4822{one.number + 1_000_000}")]
    if rng.random() < shares.mailboxes * often:
        one, other = rng.sample(those, 2)
        for person in (one, other):
            _move_in(person, f"email:family{one.number}@mail.example")


def _move_in(person: Person, mailbox: str) -> None:
    person.email = mailbox
    if person.accounts:
        person.accounts[0] = (person.accounts[0][0], mailbox)


def _recycle(people: list[Person], shares: Shares, rng: Random) -> None:
    """Gives up numbers and hands them, a year or more later, to strangers who had none."""
    without = [person for person in people if not person.phones]
    rng.shuffle(without)
    for person in people:
        if person.phones and rng.random() < shares.recycled and without:
            given_up = BEGIN + int((1 + rng.random() * 2) * YEAR)
            number = person.phones[-1][1]
            person.phones.append((given_up, f"phone:+4861{person.number + 1_000_000}"))
            without.pop().phones = [(given_up + int((1 + rng.random()) * YEAR), number)]
