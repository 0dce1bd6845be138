"""The web shop of Lumia: accounts, guests, newsletters, and visitors of whom nothing but a cookie is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from graph_cdp.samples.people import Person, chance, hex_id, typed
from graph_cdp.samples.products import LUMIA
from graph_cdp.samples.segment import DAYS, MILLISECONDS_A_DAY, Session, Stream, account_traits, contact, locale
from graph_cdp.samples.shopping import buy, currency, look

_SITE: Final = "https://lumia.example"
_PAGES: Final = ("/", "/new", "/sale", "/dresses", "/shirts", "/coats", "/stores", "/delivery")
_BROWSERS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
)
_CAMPAIGNS: Final = ("spring-2024", "summer-sale", "back-to-school", "black-week", "spring-2025")
_COMPANIES: Final = (
    ("Pracownia Lipowa", "interior design", 12),
    ("Studio Modrzew", "theatre", 45),
    ("Hotel Pod Jemiołą", "hotels", 80),
    ("Atelier Rosnička", "fashion", 8),
)
_SESSION_GAP: Final = 100 * MILLISECONDS_A_DAY


@dataclass(slots=True)
class _Customer:
    """One person in the shop: the cookie that is in use, and the cookies that have been logged in or ordered on."""

    person: Person
    cookie: str
    browser: str
    known: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)


def web_life(stream: Stream, person: Person) -> None:
    """Everything that one person does in the shop."""
    rng = stream.rng
    customer = _Customer(person, hex_id(rng), rng.choice(_BROWSERS))
    at = rng.randrange(DAYS // 3 * MILLISECONDS_A_DAY)
    visits = rng.choice((1, 2, 2, 3)) + len(person.web_ids) // 2
    for number in range(visits):
        if number and chance(rng, 0.3):
            customer.cookie, customer.browser = hex_id(rng), rng.choice(_BROWSERS)
        session = Session(stream, person.id, customer.cookie, at, _context(rng, person, customer.browser))
        if person.web_ids:
            _visit(session, customer, second_half=number * 2 >= visits)
        else:
            _guest_visit(session, customer)
        at = session.at + rng.randrange(_SESSION_GAP)
    if person.web_ids and chance(rng, 0.08):
        session = Session(stream, person.id, hex_id(rng), at, _context(rng, person, rng.choice(_BROWSERS)))
        _guest_visit(session, customer)
    _letters(stream, customer, at)


def visitor(stream: Stream, visitor_id: str) -> None:
    """Somebody who looks round and leaves nothing but a cookie, or something that says nothing."""
    rng = stream.rng
    context = {"locale": "pl-PL", "userAgent": rng.choice(_BROWSERS)}
    session = Session(stream, visitor_id, hex_id(rng), rng.randrange(DAYS * MILLISECONDS_A_DAY), context)
    _pages(session)
    look(session, LUMIA)
    if chance(rng, 0.2):
        session.user_id = rng.choice(("null", "undefined"))
        session.track("Product Viewed", sku=rng.choice(LUMIA).sku)
    elif chance(rng, 0.3):
        session.track("Newsletter Subscribed", email="test@test.com")


def companies(stream: Stream, people: Iterable[Person]) -> dict[str, list[Person]]:
    """Some customers buy for their company: the shop sends group calls. Answers with who works for which."""
    rng = stream.rng
    customers = [person for person in people if person.web_ids]
    staff: dict[str, list[Person]] = {}
    for person in rng.sample(customers, max(2, len(customers) // 15)):
        number = rng.randrange(len(_COMPANIES))
        name, industry, employees = _COMPANIES[number]
        staff.setdefault(f"C-{number + 101}", []).append(person)
        stream.send(
            person.id,
            rng.randrange(DAYS * MILLISECONDS_A_DAY),
            {
                "type": "group",
                "userId": person.web_ids[0],
                "groupId": f"C-{number + 101}",
                "traits": {"name": name, "industry": industry, "employees": employees},
            },
        )
    return staff


def _visit(session: Session, customer: _Customer, *, second_half: bool) -> None:
    """A visit of somebody with an account. Every new cookie is logged in on, or nothing could tell whose it is."""
    rng, person = session.stream.rng, customer.person
    user_id = person.web_ids[-1] if second_half else person.web_ids[0]
    email = person.email if user_id == person.web_ids[0] else person.second_email
    _pages(session)
    if user_id not in customer.accounts:
        _sign_up(session, customer, user_id, email)
    elif session.anonymous_id not in customer.known or chance(rng, 0.5):
        session.sign_in(user_id, email if chance(rng, 0.4) else None)
    customer.known.add(session.anonymous_id)
    look(session, LUMIA, currency(person))
    if session.user_id and chance(rng, 0.25):
        buy(session, LUMIA, currency(person))


def _sign_up(session: Session, customer: _Customer, user_id: str, email: str) -> None:
    rng, person = session.stream.rng, customer.person
    first = not customer.accounts
    traits = account_traits(rng, person, email, phone=person.gives_phone and first)
    session.sign_up(user_id, traits)
    if first and chance(rng, 0.2):
        session.send("alias", previousId=session.anonymous_id)
    if person.showcase or (first and chance(rng, 0.3)):
        buy(session, LUMIA, currency(person))
    customer.accounts.add(user_id)


def _guest_visit(session: Session, customer: _Customer) -> None:
    """A visit without an account: every new cookie is named by an order or a form."""
    rng, person = session.stream.rng, customer.person
    _pages(session)
    look(session, LUMIA, currency(person))
    # A family's mailbox names none of its members: they leave their number with an order.
    if not customer.known or person.family is not None or chance(rng, 0.5):
        buy(session, LUMIA, currency(person), contact=contact(rng, person))
    elif session.anonymous_id not in customer.known:
        session.track("Newsletter Subscribed", email=typed(rng, person.email))
    elif chance(rng, 0.1):
        session.track("Newsletter Subscribed", email="test@test.com")
    customer.known.add(session.anonymous_id)


def _letters(stream: Stream, customer: _Customer, at: int) -> None:
    """Campaigns that were opened: by account, or by address and cookie where there is none."""
    rng, person = stream.rng, customer.person
    for campaign in rng.sample(_CAMPAIGNS, rng.choice((0, 0, 1, 2))):
        at += rng.randrange(20 * MILLISECONDS_A_DAY)
        context: dict[str, Any] = {"campaign": {"name": campaign, "source": "newsletter", "medium": "email"}}
        who = {"userId": person.web_ids[0]} if person.web_ids else {"anonymousId": customer.cookie}
        if not person.web_ids:
            context["traits"] = {"email": person.email}
        opened = {"type": "track", **who, "event": "Email Opened", "properties": {"campaign_id": campaign}}
        stream.send(person.id, at, opened | {"context": context})


def _pages(session: Session) -> None:
    rng = session.stream.rng
    for path in rng.sample(_PAGES, rng.randrange(1, 3)):
        page = {"path": path, "url": _SITE + path, "title": path.strip("/").title() or "Lumia"}
        session.send("page", name=page["title"], properties=page, context={"page": page})


def _context(rng: Random, person: Person, browser: str) -> Mapping[str, Any]:
    context: dict[str, Any] = {"locale": locale(person), "userAgent": browser}
    if chance(rng, 0.2):
        context["campaign"] = {"name": rng.choice(_CAMPAIGNS), "source": "search", "medium": "cpc"}
    return context
