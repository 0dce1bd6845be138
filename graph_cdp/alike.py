"""How much two spellings of a name are alike, in Cyrillic and Latin, with diacritics and without."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from anyascii import anyascii

_REMEMBERED: Final = 65_536
_INITIAL: Final = 2


@lru_cache(maxsize=_REMEMBERED)
def folded(name: str) -> str:
    """The letters and digits of a name in ASCII, small: `Łukasz` and `Лукаш` are `lukasz` and `lukash`."""
    return "".join(char for char in anyascii(name).casefold() if char.isalnum())


@lru_cache(maxsize=_REMEMBERED)
def alike(one: str, other: str) -> float:
    """From 0 to 1 (Jaro-Winkler); 1 where one is the initial of the other."""
    from rapidfuzz.distance import JaroWinkler  # noqa: PLC0415 - only who compares names waits for it

    a, b = sorted((folded(one), folded(other)), key=len)
    if len(a) < _INITIAL and b.startswith(a):
        return 1.0
    return JaroWinkler.similarity(a, b)
