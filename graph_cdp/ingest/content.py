"""The content of a message or row: its one spelling, its digest, and the values that a graph can store."""

from __future__ import annotations

import json
import math
import re
from hashlib import blake2b
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from graph_cdp.normalise import LONGEST, Unusable

DEEPEST: Final = 100
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False, default=str).encode
_UNSTORABLE_CHARACTERS: Final = re.compile("[\x00\ud800-\udfff]")
_ANY_DIGIT: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER: Final = b"0" * 19
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def canonical(content: Any) -> str:
    """The one JSON text of `content`: keys sorted, ASCII. `Unusable` where it is nested too deeply to be stored."""
    try:
        text = _encode(content)
    except RecursionError:
        raise Unusable(_too_deep()) from None
    except ValueError:
        raise Unusable("a number of too many digits") from None
    if text.count("{") + text.count("[") > DEEPEST and _deeper(content, DEEPEST):
        raise Unusable(_too_deep())
    return text


def digest(text: str) -> str:
    """The BLAKE2b digest of an ASCII text, 128 bits in hexadecimal digits."""
    return blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def uid(source: str, message_id: str, text: str) -> str:
    """The id of an observation: a digest of the canonical JSON of source, message id and content (`text`)."""
    return digest(f"[{encode_basestring_ascii(source)},{encode_basestring_ascii(message_id)},{text}]")


def storable(value: Any, text: str) -> Any:
    """`value`, whose canonical JSON is `text`, as a graph can store it.

    NUL and broken Unicode become U+FFFD; numbers of more than 64 bits and those that are not finite become text.
    """
    return _storable(value) if _suspicious(text) else value


def _suspicious(text: str) -> bool:
    """Whether the canonical JSON may hold something unstorable: far cheaper than looking at every value."""
    if "\\u0000" in text or "\\ud" in text or "NaN" in text or "Infinity" in text:
        return True
    return _LONG_NUMBER in text.encode("ascii").translate(_ANY_DIGIT)


def clean_text(text: str) -> str:
    """`text` with U+FFFD for each NUL and each lone surrogate."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNSTORABLE_CHARACTERS.sub("\ufffd", text)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(name): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_storable(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
        return str(value)
    return value


def _deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(one, levels - 1) for one in inner)


def _too_deep() -> str:
    return f"nested more than {DEEPEST} levels deep"


def part_of_key(text: str | None) -> str | None:
    """A text that becomes part of a key; None where it is longer than `LONGEST`, which no index takes."""
    return text if text is None or len(text) <= LONGEST else None


def part_of_index(text: str) -> str:
    """A text that can be looked up; `Unusable` where it is longer than `LONGEST`."""
    if len(text) > LONGEST:
        raise Unusable(f"longer than {LONGEST} characters")
    return text
