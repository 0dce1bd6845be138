"""Payloads for the tracking API that nobody would send in good faith, each a function of its seed alone."""

from __future__ import annotations

import copy
import gzip
import json
import random
import zlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

CALLS: Final = ("identify", "track", "page", "screen", "group", "alias")
PATHS: Final = (*CALLS, "batch", "import", "b", "i", "t", "p", "s", "g", "a", "m")
_PRODUCT: Final = {"sku": "A-1", "product_id": 7, "name": "Lampa", "price": "9,99", "quantity": 2, "coupon": "SPRING"}
_CONTEXT: Final = {
    "device": {"id": "D-#", "type": "ios", "advertisingId": "AD-#"},
    "externalIds": [{"id": "g-#", "type": "ga_client_id", "collection": "users", "encoding": "none"}],
    "page": {"url": "https://shop.example/?utm_campaign=spring&utm_source=x", "path": "/"},
    "traits": {"lastName": "Żółć"},
    "campaign": {"name": "spring"},
    "locale": "pl-PL",
}
_TRAITS: Final = {"email": "ann#@example.com", "phone": "+48 #", "firstName": "Ann", "birthday": "1990-01-02"}
_ORDER: Final = {"order_id": "R-#", "total": 19.98, "currency": "PLN", "products": [_PRODUCT], "shop": "Kraków"}
GOOD: Final[tuple[dict[str, Any], ...]] = (
    {"type": "identify", "userId": "u-#", "anonymousId": "a-#", "traits": {**_TRAITS, "address": {"country": "PL"}}},
    {"type": "track", "event": "Order Completed", "userId": "u-#", "properties": _ORDER, "context": _CONTEXT},
    {
        "type": "track",
        "event": "Product Added",
        "anonymousId": "a-#",
        "properties": _PRODUCT,
        "integrations": {"X": 1},
    },
    {
        "type": "page",
        "anonymousId": "a-#",
        "name": "Home",
        "context": _CONTEXT,
        "sentAt": "2026-03-01T10:00:00Z",
    },
    {"type": "screen", "userId": "u-#", "name": "Cart", "timestamp": "2026-03-01T10:00:00Z", "messageId": "m-#"},
    {"type": "group", "userId": "u-#", "groupId": "acme", "traits": {"name": "Acme", "employeeCount": 7}},
    {"type": "alias", "previousId": "a-#", "userId": "u-#", "originalTimestamp": 1_767_225_600},
)
_NASTY: Final[tuple[Callable[[random.Random], Any], ...]] = (
    lambda _: None,
    lambda chance: chance.choice([True, False, 0, -1, 1.5, -0.0, 1e308, 2**63, -(2**63) - 1, 2**64, 10**400]),
    lambda chance: chance.choice([float("nan"), float("inf"), -float("inf")]),
    lambda chance: chance.choice(["", " ", "\x00", "a\x00b", "\ud800", "x\udfffy", "\ufeff", "\u202e", "💥", "İ", "ﬁ"]),
    lambda chance: chance.choice(
        ["null", "undefined", "[object Object]", "NaN", "true", "{}", "'; DROP", "${x}", "../"]
    ),
    lambda chance: "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(30))),
    lambda chance: chance.choice("xżж💥\x00") * chance.choice([511, 512, 513, 5_000, 32_768, 40_000]),
    lambda chance: _nested(chance.choice([50, 99, 100, 101, 900, 5_000]), chance.random() < 0.5),
    lambda chance: [chance.randrange(9)] * chance.choice([0, 1, 12, 13, 3_000]),
    lambda chance: {f"k{number}": number for number in range(chance.choice([0, 1, 1_000]))},
    lambda chance: {"x" * chance.choice([1, 600, 30_000]): 1, "": 2, "\x00": 3, "a.b": 4, "$set": 5},
    lambda chance: chance.choice(["2026-02-30", "0000-00-00", "99999999999999999999", "1e9", "2026-03-01T25:00:00Z"]),
    lambda chance: [copy.deepcopy(chance.choice(GOOD)) for _ in range(3)],
    lambda chance: [{"id": str(number), "type": "cookie"} for number in range(chance.choice([1, 12, 14]))],
)


@dataclass(frozen=True, slots=True)
class Payload:
    """One request. `what` says how it was made."""

    path: str
    body: bytes
    what: str
    headers: dict[str, str] = field(default_factory=dict)


def payload(seed: int, number: int, key: str) -> Payload:
    """The payload of that number under a seed; nearly all of them know the write key."""
    chance = random.Random(f"{seed} {number}")
    path = chance.choice(PATHS)
    value, what = _value(chance, path)
    body = value if isinstance(value, bytes) else _written(chance, value)
    body, encoding, how = _sent(chance, body)
    headers = {"Authorization": _authorization(chance, key), **encoding}
    if chance.random() < 0.3:
        headers["Content-Type"] = chance.choice(["text/plain", "application/json; charset=utf-16", "image/png", "x"])
    return Payload(path, body, f"{what}, {how}", headers)


def _value(chance: random.Random, path: str) -> tuple[Any, str]:
    kind = chance.choices(["mutated", "random", "bytes", "huge"], [80, 12, 6, 2])[0]
    if kind == "bytes":
        return chance.randbytes(chance.randrange(300)), kind
    if kind == "huge":
        return _huge(chance), kind
    messages = [_message(chance, kind) for _ in range(chance.choice([1, 1, 2, 5]))]
    if path not in ("batch", "import", "b"):
        return messages[0], kind
    batch = {"batch": messages, "context": copy.deepcopy(_CONTEXT), "sentAt": "2026-03-01T10:00:00Z"}
    return (_mutated(chance, batch) if chance.random() < 0.2 else batch), kind


def _message(chance: random.Random, kind: str) -> Any:
    if kind == "random":
        return _random(chance, 3)
    # People of their own, or one customer would grow with every payload, and with it the time that each takes.
    person = f"{chance.randrange(10**8, 10**9)}"
    message = json.loads(json.dumps(chance.choice(GOOD)).replace("#", person))
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        message = _mutated(chance, message)
    return message


def _random(chance: random.Random, depth: int) -> Any:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(_NASTY[:7])(chance)
    names = ["type", "userId", "event", "traits", "properties", "context", "timestamp", "products", "x"]
    if chance.random() < 0.7:
        return {chance.choice(names): _random(chance, depth - 1) for _ in range(chance.randrange(5))}
    return [_random(chance, depth - 1) for _ in range(chance.randrange(4))]


def _mutated(chance: random.Random, value: Any) -> Any:
    """`value` with something wrong at a random place of it."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return chance.choice(_NASTY)(chance)
    place: Any = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if chance.random() < 0.15:
        del value[place]
    elif isinstance(value, dict) and chance.random() < 0.1:
        value[str(chance.choice(_NASTY[3:7])(chance))] = value.pop(place)
    else:
        value[place] = _mutated(chance, value[place])
    return value


def _nested(levels: int, objects: bool) -> Any:
    deep: Any = "x"
    for _ in range(levels):
        deep = {"d": deep} if objects else [deep]
    return deep


def _written(chance: random.Random, value: Any) -> bytes:
    """JSON, mostly: of what Python cannot write so deep the brackets alone."""
    try:
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    except (RecursionError, ValueError):
        text = '{"userId": "42", "event": "e", "properties": ' + "[" * 5_000 + "]" * 5_000 + "}"
    if chance.random() < 0.05:
        text = text.replace('"userId"', '"userId": 1, "userId"', 1)
    coding = chance.choices(["utf-8", "utf-8-sig", "utf-16", "latin-1"], [90, 4, 3, 3])[0]
    body = text.encode(coding, "surrogatepass" if coding.startswith("utf") else "replace")
    return _broken(chance, body) if chance.random() < 0.15 else body


def _broken(chance: random.Random, body: bytes) -> bytes:
    where, length = chance.randrange(len(body) + 1), chance.randrange(1, 20)
    return chance.choice(
        [
            body[:where],
            body[:where] + chance.randbytes(length) + body[where:],
            body[:where] + body[where + length :],
            body[:where] + body[max(0, where - length) : where] * 3 + body[where:],
            body + body,
        ]
    )


def _huge(chance: random.Random) -> bytes:
    million = b"x" * 2**20
    return chance.choice(
        [
            b'{"' + million + b'": 1, "userId": "42"}',
            b'{"userId": "' + million + b'"}',
            b'{"userId": ' + b"9" * 100_000 + b"}",
            b"[" * 200_000,
            b'{"a":' * 90_000,
            b'{"batch": [' + b"{}," * 100_000 + b"{}]}",
            b'{"batch": [' + b"0," * 2_500 + b"0]}",
        ]
    )


def _sent(chance: random.Random, body: bytes) -> tuple[bytes, dict[str, str], str]:
    """The body as it goes over the wire, and what its headers say of that, true or not."""
    packed = {"Content-Encoding": "gzip"}
    how = chance.choices(["plain", "gzip", "cut gzip", "bomb", "lie", "twice"], [70, 20, 3, 2, 3, 2])[0]
    if how == "gzip":
        return gzip.compress(body, 1, mtime=0), packed, how
    if how == "cut gzip":
        whole = gzip.compress(body, 1, mtime=0)
        return whole[: chance.randrange(len(whole))], packed, how
    if how == "bomb":
        return _BOMB, packed, how
    if how == "lie":
        return body, {"Content-Encoding": chance.choice(["gzip", "br", "deflate", "", "gzip, gzip", "x" * 500])}, how
    if how == "twice":
        return gzip.compress(gzip.compress(body, 1, mtime=0), 1, mtime=0), packed, how
    return body, {}, how


def _bomb() -> bytes:
    """256 MiB of blanks in a quarter of a megabyte."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    blank = b" " * 2**20
    return b"".join([packing.compress(blank) for _ in range(256)] + [packing.flush()])


_BOMB: Final = _bomb()


def _authorization(chance: random.Random, key: str) -> str:
    if chance.random() < 0.95:
        return "Basic " + b64encode(f"{key}:".encode()).decode()
    return chance.choice(
        ["", "Basic", "Basic !", "Basic " + "A" * 5_000, "Bearer", f"Bearer {key}", "Digest x", "Basic 77+9"]
    )
