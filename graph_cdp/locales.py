"""What Unicode's CLDR knows of words in the languages of our tables: countries, months, currencies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final
from unicodedata import normalize

from babel import Locale, UnknownLocaleError
from babel.core import get_global

_LANGUAGES: Final = ("en", "pl", "ru", "uk", "sk")
_WORD: Final = re.compile(r"[^\W\d_]+\.?")
# Beside what CLDR has: how people shorten the words, and older names.
_COUNTRIES: Final = {
    "czech republic": "CZ",
    "england": "GB",
    "great britain": "GB",
    "росія": "RU",
    "рф": "RU",
    "рб": "BY",
    "российская федерация": "RU",
    "російська федерація": "RU",
    "russian federation": "RU",
    "slovenská republika": "SK",
    "slovak republic": "SK",
    "česká republika": "CZ",
    "rzeczpospolita polska": "PL",
    "zjednoczone królestwo": "GB",
    "veľká británia": "GB",
    "англия": "GB",
    "англія": "GB",
    "сша": "US",
    "u.s.a": "US",
    "u.s": "US",
    "u.k": "GB",
}
_MARKS: Final = {
    "zł": "PLN",
    "zl": "PLN",
    "złoty": "PLN",
    "złotych": "PLN",
    "руб": "RUB",
    "р": "RUB",
    "грн": "UAH",
    "kč": "CZK",
    "kc": "CZK",
    "euro": "EUR",
    "rur": "RUB",
}
_NONE: Final = ("ZZ", "XA", "XB", "EU", "EZ", "UN", "QO")
_YEAR: Final = frozenset(["r", "roku", "г", "год", "года", "р", "рік", "року"])
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def country(name: str) -> str | None:
    """The two letters of a country by its code of two or three letters or its name; None where it is none."""
    return _countries().get(normalize("NFC", name).strip().casefold().removesuffix("."))


def currency(mark: str) -> str | None:
    """The three letters of a currency by them or by its sign, such as `zł`; None where it is none."""
    return _currencies().get(mark.strip().casefold().rstrip("."))


@cache
def day_first_in(country: str) -> bool | None:
    """Whether people of a country write 3/4/2026 with the day first; None where the year comes first."""
    likely = get_global("likely_subtags").get(f"und_{country}")
    return day_first_of(likely or f"en_{country}")


@lru_cache(maxsize=256)
def day_first_of(locale: str) -> bool | None:
    """The same of a locale such as pl-PL; None for one that is none."""
    try:
        pattern = str(_locale(locale.replace("-", "_")).date_formats["short"].pattern)
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    return None if pattern.startswith("y") else pattern.index("d") < pattern.index("M")


def english_date(written: str) -> str:
    """A date with its month in English, and without the word for year after it; other words stay."""

    def english(word: re.Match[str]) -> str:
        plain = word[0].casefold().rstrip(".")
        number = _months().get(plain)
        return _MONTHS[number - 1] if number else "" if plain in _YEAR else word[0]

    return _WORD.sub(english, written).strip()


def _locale(language: str) -> Any:
    """CLDR's data of a language, which the library types as anything that may be in it."""
    return Locale.parse(language)


@cache
def _countries() -> Mapping[str, str]:
    known = {code for code in _locale("en").territories if len(code) == 2 and code.isalpha() and code not in _NONE}
    aliases = get_global("territory_aliases")
    named = {code.casefold(): codes[0] for code, codes in aliases.items() if len(codes) == 1 and codes[0] in known}
    for language in _LANGUAGES:
        names = _locale(language).territories
        named |= {names[code].casefold(): code for code in known if code in names}
    return named | _COUNTRIES | {code.casefold(): code for code in known}


@cache
def _currencies() -> Mapping[str, str]:
    codes = _locale("en").currencies
    signs: dict[str, str] = {}
    for language in _LANGUAGES:
        signs |= {sign.casefold().rstrip("."): code for code, sign in _locale(language).currency_symbols.items()}
    return signs | _MARKS | {"$": "USD", "£": "GBP"} | {code.casefold(): code for code in codes}


@cache
def _months() -> Mapping[str, int]:
    return {
        name.casefold().rstrip("."): number
        for language in _LANGUAGES
        for forms in _locale(language).months.values()
        for width in ("wide", "abbreviated")
        for number, name in forms[width].items()
    }
