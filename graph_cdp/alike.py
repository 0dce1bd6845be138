"""How much two spellings of a name are alike, in Cyrillic and Latin, with diacritics and without."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Final

from anyascii import anyascii

from graph_cdp.names import taken_apart

_REMEMBERED: Final = 65_536
_INITIAL: Final = 2


@lru_cache(maxsize=_REMEMBERED)
def folded(name: str) -> str:
    """The letters and digits of a name in ASCII, small: `Łukasz` and `Лукаш` are `lukasz` and `lukash`."""
    return "".join(char for char in anyascii(name).casefold() if char.isalnum())


@lru_cache(maxsize=_REMEMBERED)
def alike(one: str, other: str) -> float:
    """From 0 to 1 (Jaro-Winkler); 1 where one is the initial of the other.

    Titles and patronymics are left out, and of whole names the order that is nearer counts.
    """
    from rapidfuzz.distance import JaroWinkler  # noqa: PLC0415 - only who compares names waits for it

    ways = [*product(_spellings(one)[:1], _spellings(other)), *product(_spellings(one)[1:], _spellings(other)[:1])]
    if any(_is_initial(*sorted(way, key=len)) for way in ways):
        return 1.0
    return max(JaroWinkler.similarity(a, b) for a, b in ways)


def _is_initial(short: str, long: str) -> bool:
    return len(short) < _INITIAL and long.startswith(short)


def _spellings(name: str) -> tuple[str, ...]:
    """The letters of a name that people go by, given name first, and of a whole one family name first as well."""
    parts = taken_apart(name)
    if not (parts.given and parts.family):
        return (folded(parts.usual or name),)
    return folded(parts.usual), folded(f"{parts.family} {parts.given}")
