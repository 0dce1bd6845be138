"""The sentiment of a text from -1 to 1, by words that praise and blame; docs/profile.md says how well."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FACES: Final = {
    "😀": 1,
    "😊": 1,
    "😍": 1,
    "❤": 1,
    "👍": 1,
    ":)": 1,
    ":-)": 1,
    "😡": -1,
    "😠": -1,
    "😞": -1,
    "👎": -1,
    ":(": -1,
    ":-(": -1,
}
_REACH: Final = 2
_MORE: Final = ("naj", "prze", "най", "наи", "пре")
_SHORTEST: Final = 2


@lru_cache(maxsize=4_096)
def sentiment(text: str) -> float | None:
    """From -1 (blames) to 1 (praises); None where no word says either."""
    words = [_plain(word) for word in _WORD.findall(text.casefold())]
    scores = [float(value) for face, value in _FACES.items() if face in text]
    for at, word in enumerate(words):
        if value := _value(word):
            scores.append(-0.7 * value if _turned(word, words[max(0, at - _REACH) : at]) else value)
    return round(sum(scores) / len(scores), 2) if scores else None


def _turned(word: str, before: list[str]) -> bool:
    """Whether a negation stands before the word, and it is none that a negation leaves as it is."""
    lexicon = _lexicon()
    return bool(lexicon["not"].intersection(before)) and not word.startswith(tuple(lexicon["never_turned"]))


def of_rating(rating: float | None, most: float = 5.0) -> float | None:
    """The sentiment of a rating from 1 to `most`."""
    if rating is None or not 1 <= rating <= most:
        return None
    return round(2 * (rating - 1) / (most - 1) - 1, 2)


def _value(word: str) -> float:
    lexicon = _lexicon()
    if len(word) < _SHORTEST or word in lexicon["neutral"]:
        return 0.0
    found = _beginning(word, lexicon)
    for more in _MORE:  # the most, and very: "najwygodniejsze", "przepiękny"
        if not found and word.startswith(more):
            found = _beginning(word.removeprefix(more), lexicon)
    return found


def _beginning(word: str, lexicon: Mapping[str, frozenset[str]]) -> float:
    for sign, words in ((1.0, lexicon["good"]), (-1.0, lexicon["bad"])):
        if f"{word}$" in words:
            return sign
    # The longest beginning decides: "nespokojn" before "spokojn", for they stand in different lists.
    for length in range(len(word), _SHORTEST - 1, -1):
        beginning = word[:length]
        if beginning in lexicon["good"]:
            return _fits(word, length)
        if beginning in lexicon["bad"]:
            return -_fits(word, length)
    return 0.0


def _fits(word: str, length: int) -> float:
    """Short beginnings need a short end, or they would take in half of the language."""
    return float(len(word) - length <= (2 if length <= 3 else 6))


@cache
def _lexicon() -> Mapping[str, frozenset[str]]:
    said: dict[str, Any] = tomllib.loads(
        files("graph_cdp.project").joinpath("sentiment.toml").read_text(encoding="utf-8")
    )
    return {name: frozenset(_plain(word.casefold()) for word in words) for name, words in said.items()}


def _plain(word: str) -> str:
    """Without Latin diacritics; Cyrillic letters stay what they are, but for ё."""
    bare = "".join(_letter(one) for one in word.replace("ł", "l").replace("ё", "е").replace("’", "'"))
    return bare


@lru_cache(maxsize=1_024)
def _letter(letter: str) -> str:
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isascii() else letter
