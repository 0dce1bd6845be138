"""Messages of Segment's tracking specification, as the SDKs of a web shop and of an app send them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from graph_cdp.samples.people import Person, hex_id, typed
from graph_cdp.samples.phones import spelled
from graph_cdp.samples.truth import Ledger

MILLISECONDS_A_DAY: Final = 86_400_000
DAYS: Final = 540
_DEVICE_SPACES: Final = {"ios": "ios.id", "android": "android.id"}
_START: Final = datetime(2024, 1, 1)
_LOCALES: Final = {"PL": "pl-PL", "RU": "ru-RU", "UA": "uk-UA", "SK": "sk-SK", "GB": "en-GB"}


def moment(at: int) -> datetime:
    """The moment `at` milliseconds after the begin of the samples, in UTC, without a zone."""
    return _START + timedelta(milliseconds=at)


def iso(at: int) -> str:
    """`at` as ISO 8601 with milliseconds."""
    return moment(at).isoformat(timespec="milliseconds") + "Z"


@dataclass(slots=True)
class Stream:
    """The messages of one source. `user_space` is the namespace of its user ids; `sent` has time and text of each."""

    source: str
    user_space: str
    brand: str
    rng: Random
    ledger: Ledger
    sent: list[tuple[int, str]] = field(default_factory=list)
    order_numbers: Iterator[int] = field(default_factory=lambda: count(100_001))

    def send(self, person: str, at: int, message: Mapping[str, Any]) -> None:
        """Sends a message of the person with the given id and notes whose keys it has."""
        head = {"type": message["type"], "messageId": hex_id(self.rng), "source": self.source, "timestamp": iso(at)}
        self.sent.append((at, json.dumps(head | dict(message), ensure_ascii=False)))
        for key in self._keys(message):
            self.ledger.note(key, person)

    def order_id(self) -> str:
        """The number of the next order."""
        return f"{self.brand[:1].upper()}{next(self.order_numbers)}"

    def _keys(self, message: Mapping[str, Any]) -> Iterator[str]:
        context = message.get("context", {})
        if "userId" in message:
            yield f"{self.user_space}:{message['userId']}"
        for name in ("anonymousId", "previousId"):
            if name in message:
                yield f"anonymous_id:{message[name]}"
        if "device" in context:
            device = context["device"]
            yield f"{_DEVICE_SPACES.get(device['type'], 'device')}:{device['id']}"
        # What a group call tells of is a company, which is nobody's key.
        if message["type"] != "group":
            for place in (message.get("traits", {}), message.get("properties", {}), context.get("traits", {})):
                yield from _contact_keys(place, message.get("source", self.source))


def _contact_keys(place: Mapping[str, Any], source: str) -> Iterator[str]:
    if "email" in place:
        yield f"email:{place['email'].strip().lower()}"
    if "phone" in place:
        yield "phone:+" + "".join(letter for letter in place["phone"] if letter.isdigit())
    if "order_id" in place:
        yield f"order:{source}/{place['order_id']}"


@dataclass(slots=True)
class Session:
    """One visit: whoever sits there, on which cookie and device, logged in or not. Each call takes a little time."""

    stream: Stream
    person: str
    anonymous_id: str
    at: int
    context: Mapping[str, Any]
    user_id: str | None = None

    def send(self, kind: str, **fields: Any) -> None:
        """Sends a call of the SDK."""
        who = {"userId": self.user_id} if self.user_id else {}
        message = {"type": kind, **who, "anonymousId": self.anonymous_id, **fields}
        extra = fields.get("context", {})
        self.stream.send(self.person, self.at, message | {"context": {**self.context, **extra}})
        self.at += self.stream.rng.randrange(2_000, 90_000)

    def track(self, event: str, **properties: Any) -> None:
        """Sends an event."""
        self.send("track", event=event, properties=properties)

    def sign_up(self, user_id: str, traits: Mapping[str, Any]) -> None:
        """An account is made, and the SDK told who it is."""
        self.user_id = user_id
        self.track("Signed Up")
        self.send("identify", traits=dict(traits))

    def sign_in(self, user_id: str, email: str | None = None) -> None:
        """Logs in, with the address that was typed where it is known."""
        self.user_id = user_id
        self.track("Signed In", **({"email": typed(self.stream.rng, email)} if email else {}))


def locale(person: Person) -> str:
    """The language setting of the person."""
    return _LOCALES[person.country]


def account_traits(rng: Random, person: Person, email: str, *, phone: bool) -> dict[str, Any]:
    """What an account of the person says of its owner."""
    traits: dict[str, Any] = {"email": typed(rng, email), "firstName": person.name.first, "lastName": person.name.last}
    if phone:
        traits["phone"] = spelled(rng, person.phone)
    return traits | {
        "birthday": person.birth.isoformat(),
        "address": {"city": person.town, "country": person.country},
    }


def contact(rng: Random, person: Person) -> dict[str, str]:
    """What a guest gives with an order."""
    return {"email": typed(rng, person.email), "phone": spelled(rng, person.phone)}
