"""Phone numbers as people write them into one field: several, and with extensions."""

from __future__ import annotations

import re
from typing import Final

_EXTENSION: Final = re.compile(r"[,;]?\s*\b(?:wewn?|внутр|вн|klapka|kl)\b\.?\s*(?=\d)", re.IGNORECASE)
_BETWEEN_PHONES: Final = re.compile(
    r"\s*(?:[;,/|\n]|\b(?:or|and|lub|oraz|i|или|и|або|та|alebo|a)\b)\s*(?=[+(\d])", re.IGNORECASE
)
_SHORTEST_PHONE: Final = 7
_BEFORE: Final = re.compile(r"^[^+\uff0b\d]*")
_AFTER_NUMBER: Final = re.compile(r"[^\d]*\Z")
_NOTE: Final = re.compile(r"\s*\([^()\d]*\)\s*\Z")
# With fewer letters the library takes none of them for digits.
_SHORTEST_WORD: Final = 3


def with_extension(written: str) -> str:
    """A number whose extension, if it has one, is marked as the library for phone numbers knows it.

    What stands in brackets after it, such as whose it is, is left out.
    """
    return _EXTENSION.sub(" ext ", _NOTE.sub("", written))


def is_misread(written: str, extension: str | None) -> bool:
    """Whether letters stand among the digits of a number, as in one with an O for a zero, that no phone dials.

    The library leaves them out, which makes another number of it. Words before it, an `extension` and a number in
    letters (`0800 FLOWERS`) are understood.
    """
    digits = _AFTER_NUMBER.sub("", written[: written.rfind(extension)]) if extension else written
    letters = [one for one in _BEFORE.sub("", digits) if one.isalpha()]
    vanity = len(letters) >= _SHORTEST_WORD and all(map(str.isascii, letters))
    return bool(letters) and not vanity


def numbers_in(raw: object) -> list[object]:
    """The phone numbers in one field, as they are written; the value itself where it is one, or none.

    `601 234 567 / 602 234 567` are two, `0905/123 456` is one.
    """
    if not isinstance(raw, str) or len(raw) < 2 * _SHORTEST_PHONE:
        return [raw]
    parts = [part for part in _BETWEEN_PHONES.split(raw) if part.strip()]
    if len(parts) > 1 and all(sum(map(str.isdigit, part)) >= _SHORTEST_PHONE for part in parts):
        return list(parts)
    return [raw]
