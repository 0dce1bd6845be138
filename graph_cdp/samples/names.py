"""Names of people of five countries, with the right endings for both sexes, and how they are spelled in an address."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final

_CYRILLIC_A: Final = "\N{CYRILLIC SMALL LETTER A}"
_LATIN: Final = {
    **dict(zip("абвгдезийклмнопрстуфхцыэіґ", "abvgdeziyklmnoprstufhcyeig", strict=True)),
    **{"ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ё": "e", "є": "ye", "ї": "yi"},
    **{"ь": "", "ъ": "", "'": "", "ł": "l", "ø": "o"},
}


@dataclass(frozen=True, slots=True)
class Name:
    """A given name and a surname in the form that fits the bearer's sex."""

    first: str
    last: str
    female: bool

    @property
    def full(self) -> str:
        """Given name, then surname."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class WordList:
    """The names and towns of one country."""

    female: tuple[str, ...]
    male: tuple[str, ...]
    surnames: tuple[str, ...]
    towns: tuple[str, ...]


@cache
def word_lists() -> Mapping[str, WordList]:
    """The word lists that are shipped, by ISO code of the country."""
    text = files("graph_cdp.samples").joinpath("names.toml").read_text(encoding="utf-8")
    return {
        country: WordList(**{role: tuple(words.split()) for role, words in lists.items()})
        for country, lists in tomllib.loads(text).items()
    }


def draw_surname(rng: Random, country: str) -> str:
    """A surname of `country` in its masculine form."""
    return rng.choice(word_lists()[country].surnames)


def draw_name(rng: Random, country: str, surname: str | None = None) -> Name:
    """A name that somebody of `country`, of the family `surname` where given, may bear."""
    words = word_lists()[country]
    female = rng.choice((True, False))
    first = rng.choice(words.female if female else words.male)
    surname = surname or draw_surname(rng, country)
    return Name(first, feminine(surname, country) if female else surname, female)


def feminine(surname: str, country: str) -> str:
    """The form of a masculine `surname` that a woman of `country` bears."""
    return {"PL": _polish, "RU": _russian, "UA": _ukrainian, "SK": _slovak}.get(country, str)(surname)


def in_latin_letters(text: str) -> str:
    """`text` in small letters a-z and digits, as people spell themselves in an e-mail address."""
    spelled = "".join(_LATIN.get(letter, letter) for letter in unicodedata.normalize("NFC", text.lower()))
    plain = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _polish(surname: str) -> str:
    return surname[:-1] + "a" if surname.endswith(("ski", "cki", "dzki")) else surname


def _russian(surname: str) -> str:
    return surname[:-2] + "ая" if surname.endswith("ий") else surname + _CYRILLIC_A


def _ukrainian(surname: str) -> str:
    return surname[:-2] + _CYRILLIC_A if surname.endswith("ий") else surname


def _slovak(surname: str) -> str:
    if surname.endswith(("ý", "ny")):
        return surname[:-1] + ("á" if surname.endswith("ý") else "a")
    if surname.endswith(("ec", "ek")):
        return surname[:-2] + surname[-1] + "ová"
    return (surname[:-1] if surname.endswith(("a", "o")) else surname) + "ová"
