"""Reading messages without any store: bodies to messages, messages to observations; on one core."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, Final

from graph_cdp_api.keys import Caller, Keys, Presented
from graph_cdp_api.tracking import batch_of

from benchmarks.results import Result
from graph_cdp import normalise
from graph_cdp.intake import observed
from graph_cdp.policy import default_policy

BATCH: Final = 100
ROUNDS: Final = 5
_KNOWN: Final = 1_000
_SERVER: Final = {"library": {"name": "analytics-python", "version": "2.4.0"}}
_BROWSER: Final = {
    "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
    "page": {"path": "/lamps/1", "referrer": "", "search": "", "title": "Lamp", "url": "https://shop.example/lamps/1"},
    "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "locale": "pl-PL",
}
_SENDER: Final = Presented(Keys(), Caller("web"))
_POLICY: Final = default_policy()


def measure(messages: int) -> Result:
    """Messages a second of one core: parsed and checked alone, then made observations of people of several kinds."""
    kinds: dict[str, tuple[Callable[[int], dict[str, Any]], Callable[[list[bytes]], None]]] = {
        "JSON alone": (_viewed, _json),
        "parsed, limits checked, put together": (_viewed, _parsed),
        "and made observations: nothing but ids": (_viewed, _observed),
        "an e-mail and a phone, known": (lambda number: _signed_in(number % _KNOWN), _observed),
        "the same from a browser, which tells twice as much": (lambda number: _browsing(number % _KNOWN), _observed),
        "an e-mail and a phone, new": (_signed_in, _observed),
    }
    runs: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, (message, work) in kinds.items():
            runs[name].append(_rate(list(_bodies(messages, message)), messages, work))
    rates = {name: median(found) for name, found in runs.items()}
    base = rates["JSON alone"]
    return Result(
        "parsing",
        f"Reading {messages:,} messages in batches of {BATCH} on one core, medians of {ROUNDS} rounds in turn",
        ["", "messages/s", "of JSON alone"],
        [[name, f"{rate:,.0f}", f"{rate / base:.1%}"] for name, rate in rates.items()],
        ["processor time, so that others on the machine slow it down less; nothing is stored"],
        runs,
    )


def _rate(bodies: list[bytes], messages: int, work: Callable[[list[bytes]], None]) -> float:
    normalise._remembered.cache_clear()  # else what was new would be known in the second round
    if work is _observed:
        work(bodies[: _KNOWN // BATCH])
    start = time.process_time()
    work(bodies)
    return messages / (time.process_time() - start)


def _json(bodies: list[bytes]) -> None:
    for body in bodies:
        json.loads(body)


def _parsed(bodies: list[bytes]) -> None:
    for body in bodies:
        batch_of(_SENDER, body)


def _observed(bodies: list[bytes]) -> None:
    for body in bodies:
        for message in batch_of(_SENDER, body).messages:
            observed(message, "web", _POLICY, 0)


def _bodies(messages: int, message: Callable[[int], dict[str, Any]]) -> Iterator[bytes]:
    for first in range(0, messages, BATCH):
        batch = [{"messageId": f"m-{number}", **message(number)} for number in range(first, first + BATCH)]
        yield json.dumps({"batch": batch, "sentAt": "2026-03-01T10:15:01.000Z"}).encode()


def _viewed(number: int) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "timestamp": f"2026-03-01T10:15:{number % 60:02}.123Z",
        "userId": f"u-{number}",
        "anonymousId": f"a-{number}",
        "properties": {"sku": "A-1", "name": "Lamp", "category": "Home", "price": 49.95},
        "context": _SERVER,
    }


def _signed_in(number: int) -> dict[str, Any]:
    traits = {"email": f"person.{number}@example.com", "phone": f"+48 601 {number // 1000:03} {number % 1000:03}"}
    return {
        "type": "identify",
        "timestamp": "2026-03-01T10:15:00.123Z",
        "userId": f"u-{number}",
        "anonymousId": f"a-{number}",
        "traits": {**traits, "firstName": "Ann", "lastName": "Nowak"},
        "context": _SERVER,
    }


def _browsing(number: int) -> dict[str, Any]:
    return {**_signed_in(number), "context": _BROWSER}
