"""The app of Verano: own telephones, a family's tablet, and a kiosk in a shop that many log in on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

from graph_cdp.samples.people import Person, chance, hex_id
from graph_cdp.samples.products import VERANO
from graph_cdp.samples.segment import DAYS, MILLISECONDS_A_DAY, Session, Stream, account_traits, locale
from graph_cdp.samples.shopping import buy, currency, look

_SCREENS: Final = ("Home", "Offers", "Running", "Hiking", "Camping", "Cycling", "Wishlist")
_SESSION_GAP: Final = 80 * MILLISECONDS_A_DAY
_PEOPLE_A_KIOSK: Final = 1_000
_KIOSK_USERS: Final = 12


def app_life(stream: Stream, person: Person) -> str:
    """Everything that one person does in the app; answers with the cookie of the first installation."""
    rng = stream.rng
    first_cookie = cookie = hex_id(rng)
    context = _context(rng, person, hex_id(rng))
    at = rng.randrange(DAYS // 3 * MILLISECONDS_A_DAY)
    signed_in: set[str] = set()
    for number in range(rng.choice((1, 2, 3))):
        if number and chance(rng, 0.2):
            cookie, context = hex_id(rng), _context(rng, person, hex_id(rng))
        session = Session(stream, person.id, cookie, at, context)
        _use(session, person, signed_in)
        at = session.at + rng.randrange(_SESSION_GAP)
    if person.tablet is not None:
        _borrow(stream, person, at)
    return first_cookie


def kiosks(stream: Stream, people: Sequence[Person]) -> None:
    """Kiosks in shops: one device and one cookie each, on which a dozen people log in one after the other."""
    rng = stream.rng
    users = [person for person in people if person.app_id]
    for _ in range(max(1, len(people) // _PEOPLE_A_KIOSK)):
        cookie, device = hex_id(rng), {"id": hex_id(rng), "type": "kiosk"}
        at = rng.randrange(DAYS // 3 * MILLISECONDS_A_DAY)
        for person in rng.sample(users, min(_KIOSK_USERS, len(users))):
            session = Session(stream, person.id, cookie, at, {"device": device, "locale": "pl-PL"})
            session.send("screen", name="Kiosk", properties={})
            session.sign_in(person.app_id)
            look(session, VERANO)
            if chance(rng, 0.3):
                buy(session, VERANO)
            at = session.at + rng.randrange(10 * MILLISECONDS_A_DAY)


def nameless(stream: Stream, visitor_id: str) -> None:
    """An installation that never gets a name, and whose user id is none."""
    rng = stream.rng
    context = {"device": {"id": hex_id(rng), "type": "ios"}, "locale": "pl-PL"}
    session = Session(stream, visitor_id, hex_id(rng), rng.randrange(DAYS * MILLISECONDS_A_DAY), context)
    session.user_id = rng.choice(("null", "undefined"))
    _screens(session)


def _use(session: Session, person: Person, signed_in: set[str]) -> None:
    """One use of the app. Every installation is logged in on."""
    rng = session.stream.rng
    first = not signed_in
    if session.anonymous_id in signed_in:
        session.user_id = person.app_id
    _screens(session)
    if first:
        session.sign_up(person.app_id, account_traits(rng, person, person.app_email, phone=person.gives_phone))
    elif session.user_id is None:
        session.sign_in(person.app_id, person.app_email if chance(rng, 0.5) else None)
    signed_in.add(session.anonymous_id)
    look(session, VERANO, currency(person))
    if person.showcase or chance(rng, 0.25):
        buy(session, VERANO, currency(person))


def _borrow(stream: Stream, person: Person, at: int) -> None:
    """The family's tablet: logging out gives it a new cookie, so that two members have in common the device alone."""
    rng = stream.rng
    device = {"id": person.tablet, "type": "android"}
    for _ in range(2):
        session = Session(stream, person.id, hex_id(rng), at, {"device": device, "locale": locale(person)})
        _screens(session)
        session.sign_in(person.app_id)
        look(session, VERANO, currency(person))
        at = session.at + rng.randrange(_SESSION_GAP)


def _screens(session: Session) -> None:
    rng = session.stream.rng
    for name in rng.sample(_SCREENS, rng.randrange(1, 3)):
        session.send("screen", name=name, properties={})


def _context(rng: Random, person: Person, device_id: str) -> Mapping[str, Any]:
    device = {"id": device_id, "type": rng.choice(("android", "ios"))}
    return {"device": device, "locale": locale(person), "app": {"name": "Verano", "version": "3.2.0"}}
