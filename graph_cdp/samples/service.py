"""What the group's other systems tell: the loyalty programme, the mailer, surveys, the call centre, beacons, sales.

Each names a person by one identifier that is the person's own, so that nobody is joined with anybody for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from graph_cdp.samples.people import Person, chance
from graph_cdp.samples.products import BOSKO, LUMIA, VERANO
from graph_cdp.samples.segment import DAYS, MILLISECONDS_A_DAY, Stream, iso
from graph_cdp.samples.shopping import as_properties, currency
from graph_cdp.samples.voices import voices

_CLUB: Final = "Klub Trio"
_LEVELS: Final = ("basic", "silver", "gold")
_STORES: Final = ("Warszawa Wola", "Kraków Kazimierz", "Gdańsk Wrzeszcz", "Wrocław Nadodrze")
_CAMPAIGNS: Final = ("spring-2025", "club-days", "summer-2025")
_STAGES: Final = ("invited", "interested", "ready to buy")
_INTERESTS: Final = ("running", "hiking", "cooking", "fashion", "gardening", "travel", "cycling")
_JOBS: Final = ("teacher", "nurse", "engineer", "accountant", "designer", "driver", "student")
_AGENTS: Final = ("Marta", "Ján", "Оксана", "Piotr")
_LATE: Final = DAYS - 150


@dataclass(slots=True)
class Service:
    """The systems of the group beside its shops. What is said of those who have nothing but the app goes its way."""

    stream: Stream
    app: Stream

    @property
    def _rng(self) -> Random:
        return self.stream.rng

    def serve(self, people: Iterable[Person]) -> None:
        """Everybody comes across some of the systems, Zofia across all."""
        for person in people:
            for part, share in _SHARES.items():
                if person.showcase or chance(self._rng, share):
                    part(self, person)

    def employ(self, staff: Mapping[str, Sequence[Person]]) -> None:
        """Companies buy: whoever works there has a role, and the first of them decides."""
        roles = ("owner", "buyer", "accountant")
        for people in staff.values():
            for number, person in enumerate(people):
                self._business(person, roles[min(number, 2)], decides=number == 0)

    def _tell(self, person: Person, source: str, event: str, day: int, **properties: Any) -> None:
        """An event of the person on a day."""
        rng = self._rng
        at = day * MILLISECONDS_A_DAY + rng.randrange(8 * 3_600_000, 20 * 3_600_000)
        self._send(person, at, {"type": "track", "source": source, "event": event, "properties": properties})

    def _say(self, person: Person, source: str, day: int, traits: Mapping[str, Any], **more: Any) -> None:
        message = {"type": "identify", "source": source, "traits": dict(traits), **more}
        self._send(person, day * MILLISECONDS_A_DAY, message)

    def _send(self, person: Person, at: int, message: Mapping[str, Any]) -> None:
        """Sends a message with the identifier by which the systems know the person: an account, a card, a number."""
        if person.web_ids:
            self.stream.send(person.id, at, {"userId": person.web_ids[0], **message})
        elif person.app_id and not person.cards:
            self.app.send(person.id, at, {"userId": person.app_id, **message, "source": self.app.source})
        else:
            where = "traits" if message["type"] == "identify" else "properties"
            own = {"loyalty_card": person.cards[0]} if person.cards else {"phone": person.phone.e164}
            self.stream.send(person.id, at, {**message, where: {**message[where], **own}})

    def _day(self, first: int = _LATE) -> int:
        return self._rng.randrange(first, DAYS - 1)

    def _club(self, person: Person) -> None:
        if not person.cards:
            return
        rng, day, level = self._rng, DAYS // 3 + self._rng.randrange(30), 0
        self._tell(person, "club", "Loyalty Joined", day, programme=_CLUB, level=_LEVELS[0])
        for _ in range(rng.randrange(2, 5)):
            day += rng.randrange(5, 60)
            ends = iso((day + 365) * MILLISECONDS_A_DAY)[:10]
            points = rng.randrange(20, 400)
            self._tell(person, "club", "Points Earned", day, programme=_CLUB, points=points, expires_at=ends)
        if person.showcase or chance(rng, 0.4):
            level = 1 + chance(rng, 0.3)
            self._tell(person, "club", "Loyalty Level Changed", day + 1, programme=_CLUB, level=_LEVELS[level])
            self._tell(person, "club", "Points Spent", day + 2, programme=_CLUB, points=20)
        self._voucher(person, day + 3)

    def _voucher(self, person: Person, day: int) -> None:
        code = f"TRIO-{self._rng.randrange(10**6):06}"
        ends = iso((day + 60) * MILLISECONDS_A_DAY)[:10]
        self._tell(person, "club", "Voucher Issued", day, code=code, value=20, currency="PLN", expires_at=ends)
        if person.showcase or chance(self._rng, 0.5):
            self._tell(person, "club", "Voucher Used", day + 9, code=code)

    def _campaign(self, person: Person) -> None:
        rng, day, name = self._rng, self._day(), self._rng.choice(_CAMPAIGNS)
        variant = rng.choice("AB")
        said = {"campaign_name": name, "variant": variant}
        self._tell(person, "crm", "Campaign Entered", day, stage=_STAGES[0], **said)
        message = f"m-{rng.randrange(10**8):08}"
        steps = ("Sent", "Delivered", "Opened", "Link Clicked")[: 4 if person.showcase else rng.randrange(1, 5)]
        for step in steps:
            self._tell(person, "mailer", f"Email {step}", day, email_id=message, email_subject="Lumia & Verano", **said)
        if len(steps) > 2:
            self._tell(person, "crm", "Campaign Stage Changed", day + 1, stage=rng.choice(_STAGES[1:]), **said)

    def _messages(self, person: Person) -> None:
        rng, day = self._rng, self._day()
        kinds = ("SMS Delivered", "Web Push Sent", "Push Notification Tapped", "Voice Message Listened")
        for kind in kinds if person.showcase else (rng.choice(kinds),):
            self._tell(
                person, "sender", kind, day, message_id=f"s-{rng.randrange(10**8):08}", campaign_name="club-days"
            )

    def _consent(self, person: Person) -> None:
        rng = self._rng
        channel, wording = rng.choice(("sms", "phone", "push")), "I agree to be told of offers"
        said = {"channel": channel, "purpose": "marketing", "wording": wording, "method": "checkbox"}
        self._tell(person, "lumia.web", "Consent Given", DAYS // 2, **said)
        if not person.showcase and chance(rng, 0.2):
            self._tell(person, "call_centre", "Consent Withdrawn", self._day(), channel=channel, purpose="marketing")

    def _survey(self, person: Person) -> None:
        score = 9 if person.showcase else self._rng.choice((2, 5, 7, 8, 9, 9, 10))
        answers = {"What should we do better?": voices()[person.country].wish}
        said = {"survey_name": "NPS 2025", "score": score, "scale": "nps", "answers": answers}
        self._tell(person, "survey", "Survey Answered", self._day(), **said)

    def _orders(self, person: Person) -> None:
        """Zofia has not been lost."""
        place = {"city": person.town, "country": person.country}
        for number, day in enumerate((DAYS - 75, DAYS - 40, DAYS - 6), start=1):
            line = as_properties(self._rng.choice(LUMIA), "PLN") | {"quantity": 1}
            facts = {"brand": "Lumia", "currency": "PLN", "total": line["price"], "payment_method": "blik"}
            more = {"channel": "web", "products": [line], "shipping_address": place}
            self._tell(person, "lumia.web", "Order Completed", day, order_id=f"S{number:06}", **facts, **more)

    def _review(self, person: Person) -> None:
        rng, voice = self._rng, voices()[person.country]
        pleased = person.showcase or chance(rng, 0.7)
        text = rng.choice(voice.good if pleased else voice.bad)
        rating = rng.choice((4, 5) if pleased else (1, 2))
        sku = rng.choice((*LUMIA, *VERANO)).sku
        self._tell(person, "reviews", "Product Reviewed", self._day(), product_id=sku, rating=rating, review_body=text)

    def _post(self, person: Person) -> None:
        text = voices()[person.country].post
        self._tell(person, "social", "Post Published", self._day(), network="instagram", text=text)

    def _talk(self, person: Person) -> None:
        rng, voice, day = self._rng, voices()[person.country], self._day()
        talk = f"c-{rng.randrange(10**8):08}"
        self._tell(person, "chat", "Live Chat Message Sent", day, conversation_id=talk, message_body=voice.chat)
        said = {"agent": rng.choice(_AGENTS), "duration_seconds": rng.randrange(40, 600), "subject": "return"}
        self._tell(person, "call_centre", "Call Received", day + 1, text=voice.call, **said)

    def _complaint(self, person: Person) -> None:
        rng, (subject, text), day = self._rng, voices()[person.country].complaint, self._day()
        case = f"k-{rng.randrange(10**8):08}"
        effort = rng.randrange(2, 6)
        self._tell(
            person, "call_centre", "Complaint Filed", day, case_id=case, subject=subject, text=text, effort=effort
        )
        self._tell(person, "call_centre", "Case Solved", day + 1, case_id=case, subject=subject)

    def _note(self, person: Person) -> None:
        rng, day = self._rng, self._day()
        author, note = rng.choice(_AGENTS), f"n-{rng.randrange(10**8):08}"
        text = voices()[person.country].note
        self._tell(person, "sales", "Note Added", day, note_id=note, text=text, author=author)
        self._tell(person, "sales", "Switch Set", day, name="vip", value=chance(rng, 0.5), author=author)

    def _visits(self, person: Person) -> None:
        rng = self._rng
        store, method = rng.choice(_STORES), rng.choice(("beacon", "wifi"))
        for _ in range(rng.randrange(1, 4)):
            said = {"store": store, "brand": "Bosko", "method": method, "dwell_seconds": rng.randrange(120, 2_400)}
            place = {"city": store.partition(" ")[0], "country": "PL"}
            self._tell(person, method, "Store Visited", self._day(), location=place, **said)

    def _wishes(self, person: Person) -> None:
        brand = self._rng.choice((LUMIA, VERANO, BOSKO))
        for product in self._rng.sample(brand, 2):
            said = as_properties(product, currency(person))
            self._tell(person, "lumia.web", "Product Added to Wishlist", self._day(), **said)

    def _panel(self, person: Person) -> None:
        """A manager's questions, and what an agency only supposes."""
        rng, day = self._rng, DAYS // 2 + self._rng.randrange(60)
        traits = {
            "sex": "female" if person.name.female else "male",
            "interests": rng.sample(_INTERESTS, 2),
            "occupation": rng.choice(_JOBS),
            "education": rng.choice(("secondary", "higher")),
            "children": rng.randrange(4),
            "clothing_size": rng.choice(("S", "M", "L", "XL")),
            "goals": rng.choice(("half marathon", "a new flat", "less waste")),
        }
        self._say(person, "club_form", day, traits)
        supposed = {"income": rng.choice(("low", "middle", "high")), "lifestyle": "active", "interests": ["cars"]}
        self._say(person, "dmp", day + 9, supposed, context={"inferred": True})

    def _business(self, person: Person, role: str, *, decides: bool) -> None:
        rng, day = self._rng, self._day()
        traits = {"role": role, "decision_maker": decides, "preferred_channel": rng.choice(("phone", "email"))}
        self._say(person, "sales", day, traits | {"regions": rng.choice(("Mazowsze", "Małopolska", "Pomorze"))})
        for number in range(2 if decides else rng.randrange(2)):
            line = as_properties(rng.choice(LUMIA), "PLN") | {"quantity": rng.choice((20, 50, 100))}
            total = round(line["price"] * line["quantity"], 2)
            facts = {"brand": "Lumia", "channel": "sales", "currency": "PLN", "total": total, "products": [line]}
            facts["order_id"] = f"B{rng.randrange(10**8):08}"
            self._tell(person, "sales", "Order Completed", DAYS - 60 + 20 * number, **facts)


_SHARES: Final = {
    Service._club: 0.9,
    Service._campaign: 0.5,
    Service._messages: 0.25,
    Service._consent: 0.3,
    Service._survey: 0.15,
    Service._review: 0.15,
    Service._post: 0.04,
    Service._talk: 0.06,
    Service._complaint: 0.05,
    Service._note: 0.06,
    Service._visits: 0.15,
    Service._wishes: 0.1,
    Service._panel: 0.15,
    Service._orders: 0.0,
}
