"""What the content of a column looks like: e-mail addresses, phone numbers, dates, ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import phonenumbers

from graph_cdp.normalise import Unusable, identifier

_MOST: Final = 0.6
_EMAIL: Final = re.compile(r"[^\s@;,|/]+@[^\s@;,|/]+\.[^\s@;,|/]{2,}")
_BETWEEN: Final = (";", ",", "|", "/", "\n")
_DATE: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2\d{4}(?!\d)", re.ASCII)
_COUNTRIES: Final = ("GB", "PL", "RU", "UA", "SK", "CZ", "US", "DE")


class Doubt(NamedTuple):
    """What day and month are in numeric dates: `day_first` as seen in days above twelve, None where there are none."""

    day_first: bool | None
    ambiguous: bool


def texts(values: Sequence[object]) -> list[str]:
    """The values that are not blank, as texts."""
    return [text for value in values if value is not None and (text := str(value).strip())]


def are_emails(said: Sequence[str]) -> bool:
    """Whether most of these are e-mail addresses, one or several."""
    return _most(bool(_EMAIL.search(one)) for one in said)


def are_phones(said: Sequence[str]) -> bool:
    """Whether most of these are phone numbers that say their country."""
    return _most(one.startswith("+") and _is_phone(one, None) for one in said)


def are_different(said: Sequence[str]) -> bool:
    """Whether no two of these are the same, so that they may tell rows apart."""
    return bool(said) and len(set(said)) == len(said)


def split_of(said: Sequence[str], namespace: str) -> str | None:
    """What stands between several identifiers in one cell; None where there is one in each."""
    for mark in _BETWEEN:
        several = [one for one in said if mark in one]
        if several and _most(_all_are(one.split(mark), namespace) for one in several):
            return mark
    return None


def country_of(said: Sequence[str], likely: str | None) -> str | None:
    """The country in which national phone numbers are numbers; None where all say their country themselves."""
    national = [one for one in said if not one.startswith(("+", "00"))]
    if not national:
        return None
    candidates = sorted(_COUNTRIES, key=lambda one: one != likely)
    counted = {one: sum(_is_valid(number, one) for number in national) for one in candidates}
    return max(candidates, key=lambda one: counted[one]) if any(counted.values()) else likely


def dates_of(said: Sequence[str]) -> Doubt:
    """How numeric dates are to be read, and whether that is in doubt. Dates with dots are day first always."""
    found = [match for one in said if (match := _DATE.match(one)) and match[2] != "."]
    first, second = (any(int(match[place]) > 12 for match in found) for place in (1, 3))
    return Doubt(True if first else False if second else None, bool(found) and not first and not second)


def _all_are(parts: Sequence[str], namespace: str) -> bool:
    filled = [part.strip() for part in parts if part.strip()]
    if namespace == "email":
        return len(filled) > 1 and all(_EMAIL.fullmatch(part) for part in filled)
    return len(filled) > 1 and all(sum(one.isdigit() for one in part) >= 7 for part in filled)


def _is_phone(number: str, country: str | None) -> bool:
    with suppress(Unusable):
        return bool(identifier("phone", number, country=country))
    return False


def _is_valid(number: str, country: str) -> bool:
    """Whether a number is given out in this country, which says more than its length."""
    with suppress(phonenumbers.NumberParseException):
        return phonenumbers.is_valid_number_for_region(phonenumbers.parse(number, country), country)
    return False


def _most(answers: Iterable[bool]) -> bool:
    each = list(answers)
    return bool(each) and sum(each) >= _MOST * len(each)
