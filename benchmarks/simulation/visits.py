"""What the shops see of the people: observations, and the truth about their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from benchmarks.simulation.population import BEGIN, PEOPLE_OF_A_SHOP, YEAR, YEARS, Browser, Person, Shares, draw

VISITS: Final = (4, 24)


@dataclass(frozen=True, slots=True)
class Observation:
    """Keys that were seen together, of what kind, when (microseconds since 1970), and the name that was typed in."""

    keys: tuple[str, ...]
    kind: str
    at: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """The observations in the order in which they happened, and for each key that has one owner the owner's number.

    `owned` has no orders: they are evidence, but no product looks a person up by them. `accounts` says how many
    accounts each person has, and `linked` has those whose own keys are linked with one another by their observations.
    """

    observations: list[Observation]
    owned: dict[str, int]
    accounts: dict[int, int]
    linked: frozenset[int]


def simulate(people: int, seed: int, shares: Shares) -> World:
    """A world of so many people; the same arguments give the same world."""
    rng = Random(seed)
    population = draw(people, shares, rng)
    seen = [(person, each) for person in population for each in _life(person, people, shares, rng)]
    seen.sort(key=lambda pair: (pair[1].at, pair[1].keys))
    users: dict[str, set[int]] = defaultdict(set)
    for person, each in seen:
        for key in each.keys:
            users[key].add(person.number)
    owner = {key: min(those) for key, those in users.items() if len(those) == 1 and not key.startswith(_SHOPS)}
    owned = {key: person for key, person in owner.items() if not key.startswith("order:")}
    observations = [each for _, each in seen]
    accounts = {person.number: len(person.accounts) for person in population}
    return World(observations, owned, accounts, _linked(observations, owner, owned))


_SHOPS: Final = ("anonymous_id:kiosk", "phone:+4899")


def _life(person: Person, people: int, shares: Shares, rng: Random) -> Iterator[Observation]:
    begin = BEGIN + int(rng.random() * (YEARS - 1) * YEAR)
    times = sorted(begin + int(rng.random() * (BEGIN + YEARS * YEAR - begin)) for _ in range(rng.randint(*VISITS)))
    for number, (user, email) in enumerate(person.accounts):
        at = times[0] if number == 0 else times[len(times) // 2]
        phone = person.phone(at) if number == 0 and rng.random() < 0.5 else ""
        cookie = _browser(person, number, rng).cookie(at)
        yield Observation(_keys(user, email, cookie, phone), "registration", at, _typed(person, shares, rng))
    for card in person.cards:
        at = rng.choice(times)
        yield Observation(_keys(card, person.email, person.phone(at)), "loyalty", at, _typed(person, shares, rng))
    for at in times:
        visit = rng.choice(_OF_MEMBERS if person.accounts else _OF_OTHERS)
        seen = visit(person, at, rng.randrange(max(1, people // PEOPLE_OF_A_SHOP)), rng)
        yield replace(seen, name=_ordered_as(person, shares, rng)) if visit in (_guest, _purchase) else seen


def _ordered_as(person: Person, shares: Shares, rng: Random) -> str:
    if person.others and rng.random() < shares.for_another:
        return rng.choice(person.others)
    return _typed(person, shares, rng)


def _typed(person: Person, shares: Shares, rng: Random) -> str:
    """The name as the person types it: one in a hundred with a slip of the finger."""
    name = person.names[rng.random() < shares.pet_names]
    return name if rng.random() < 0.99 else name + rng.choice("aeks")


def _keys(*keys: str) -> tuple[str, ...]:
    return tuple(sorted({key for key in keys if key}))


def _browser(person: Person, account: int, rng: Random) -> Browser:
    """Where the person sits: an account that is kept apart has a browser of its own."""
    if person.apart:
        return person.browsers[-1] if account else rng.choice(person.browsers[:-1])
    if person.shared and rng.random() < 0.4:
        return person.shared
    return rng.choice(person.browsers)


def _order(rng: Random) -> str:
    return f"order:{rng.getrandbits(60):015x}"


def _login(person: Person, at: int, _shop: int, rng: Random) -> Observation:
    account = rng.randrange(len(person.accounts))
    browser = _browser(person, account, rng)
    return Observation(_keys(person.accounts[account][0], browser.cookie(at), browser.device), "login", at)


def _purchase(person: Person, at: int, _shop: int, rng: Random) -> Observation:
    account = rng.randrange(len(person.accounts))
    browser = _browser(person, account, rng)
    user, email = person.accounts[account]
    return Observation(_keys(_order(rng), user, email, browser.cookie(at)), "purchase", at)


def _guest(person: Person, at: int, _shop: int, rng: Random) -> Observation:
    browser = _browser(person, 0, rng)
    phone = person.phone(at) if rng.random() < 0.7 else ""
    email = person.second if person.second and rng.random() < 0.3 else person.email
    return Observation(_keys(_order(rng), email, phone, browser.cookie(at)), "form", at)


def _browse(person: Person, at: int, _shop: int, rng: Random) -> Observation:
    browser = _browser(person, 0, rng)
    return Observation(_keys(browser.cookie(at), browser.device), "device", at)


def _till(person: Person, at: int, shop: int, rng: Random) -> Observation:
    card = rng.choice(person.cards) if person.cards and rng.random() < 0.8 else ""
    phone = f"phone:+4899{shop:07}" if rng.random() < 0.1 else person.phone(at) if rng.random() < 0.3 else ""
    return Observation(_keys(_order(rng), card, phone), "pos", at)


def _kiosk(person: Person, at: int, shop: int, rng: Random) -> Observation:
    user = rng.choice(person.accounts)[0] if person.accounts and rng.random() < 0.5 else ""
    card = rng.choice(person.cards) if person.cards else ""
    return Observation(
        _keys(f"anonymous_id:kiosk{shop}", user or card or person.phone(at) or person.email), "login", at
    )


Visit = Callable[[Person, int, int, Random], Observation]
_OF_MEMBERS: Final[tuple[Visit, ...]] = (*[_login] * 8, *[_purchase] * 4, *[_till] * 4, _guest, *[_browse] * 4, _kiosk)
_OF_OTHERS: Final[tuple[Visit, ...]] = (*[_guest] * 6, *[_till] * 6, *[_browse] * 7, _kiosk)


def _linked(observations: list[Observation], owner: dict[str, int], owned: dict[str, int]) -> frozenset[int]:
    """The people whose own keys hang together by observations of nobody else's keys."""
    above: dict[str, str] = {key: key for key in owner}

    def top(key: str) -> str:
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for each in observations:
        own = [key for key in each.keys if key in owner]
        for key in own[1:]:
            above[top(key)] = top(own[0])
    tops: dict[int, set[str]] = defaultdict(set)
    for key, person in owned.items():
        tops[person].add(top(key))
    return frozenset(person for person, those in tops.items() if len(those) == 1)
