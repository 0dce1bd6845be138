"""A postal address in one text, taken apart where it is certain what is what, and left as it is elsewhere.

A city is certain beside a postcode (of Poland, Slovakia, Czechia, Ukraine, Russia, Britain or America), or alone behind
or before a street with its number. What is left is the street.
"""

from __future__ import annotations

import re
from typing import Final

from graph_cdp.locales import country

_LONGEST: Final = 300
_BETWEEN: Final = re.compile(r"\s*[,;\n]\s*")
_CITY: Final = r"[^\W\d_][^\W\d_]*(?:[ .'’-]+[^\W\d_]+){0,4}\.?"
_DISTINCT: Final = r"\d{2}-\d{3}|\d{3} \d{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_POSTCODE: Final = rf"(?P<code>{_DISTINCT}|\d{{5,6}})"
_CODE_ALONE: Final = re.compile(_POSTCODE)
_CODE_FIRST: Final = re.compile(rf"{_POSTCODE} +(?P<city>{_CITY}(?: \d{{1,2}})?)")
_CODE_LAST: Final = re.compile(rf"(?P<city>{_CITY}) +{_POSTCODE}")
_STATE: Final = re.compile(r"(?P<state>[A-Z]{2}) (?P<code>\d{5}(?:-\d{4})?)")
_IN_ONE: Final = re.compile(rf"(?P<street>\D+ \d+\S*(?: \S+)?) (?P<code>\d{{2}}-\d{{3}}) (?P<city>{_CITY})")
_CITY_ALONE: Final = re.compile(_CITY)
_MARKED: Final = re.compile(r"^(?:г\.|город |гор\.|м\.|місто |m\. ?st\. |miasto )\s*", re.IGNORECASE)
_NUMBERED: Final = re.compile(
    r"\D*[^\W\d_]\D* \d+\s?[^\W\d_]?(?:[/-]\d+[^\W\d_]?)?|\d+[^\W\d_]?(?:[/-]\d+)? \D+", re.IGNORECASE
)
_NO_CITY: Final = re.compile(
    r"(?:ul|ulica|al|aleja|aleje|os|osiedle|pl|plac|rondo|ул|улица|вул|вулиця|пр|просп|проспект|пл|площадь|площа|пер"
    r"|бул|бульвар|наб|ш|шоссе|nám|námestie|náměstí|trieda|třída|nábr|street|st|road|rd|avenue|ave|lane|ln|drive|dr"
    r"|court|ct|square|sq|close|way|boulevard|blvd|house|building|block|woj|powiat|gmina|kraj|okres|county"
    r"|обл|область|край|район|р|н)"
)
_OF_FLATS: Final = re.compile(
    r"(?:flat|apt|apartment|unit|suite|room|m|mieszk|mieszkanie|lok|кв|квартира|оф|офис|byt|д|дом|буд)"
)
_WORD: Final = re.compile(r"[^\W\d_]+")

Parts = dict[str, str]


def taken_apart(text: str) -> Parts:
    """`street`, `postal_code`, `city`, `region` and `country` (two letters) as far as they are certain."""
    parts = [part for part in _BETWEEN.split(text.strip()) if part] if len(text) <= _LONGEST else [text]
    found: Parts = {}
    if len(parts) > 1 and (named := _country(parts[-1])):
        found["country"] = named
        parts.pop()
    rest = _with_postcode(parts, found)
    if rest is None:
        rest = _with_number(parts, found) or parts
    return {"street": ", ".join(rest), **found} if rest else found


def _country(part: str) -> str | None:
    """Two letters may be a state as well."""
    return country(part) if len(part) > 2 or part in ("UK", "US") else None


def _with_postcode(parts: list[str], found: Parts) -> list[str] | None:
    """Takes the city that stands beside a postcode; what is left, or None where there is no such thing."""
    for at, part in enumerate(parts[1:], start=1):
        if (state := _STATE.fullmatch(part)) and _is_city(parts[at - 1]):
            found |= {"postal_code": state["code"], "region": state["state"]}
            return _without(parts, found, at, at - 1)
    for at, part in enumerate(parts):
        if (code := _CODE_ALONE.fullmatch(part)) and (beside := _beside(parts, at)) is not None:
            found["postal_code"] = code["code"]
            return _without(parts, found, at, beside)
        matched = _CODE_FIRST.fullmatch(part) or (_CODE_LAST.fullmatch(part) if at else None)
        if matched and _is_city(matched["city"].rstrip(" 0123456789")) and _is_code(matched["code"], parts, at):
            found |= {"postal_code": matched["code"], "city": _plain(matched["city"])}
            return parts[:at] + parts[at + 1 :]
    if len(parts) == 1 and (whole := _IN_ONE.fullmatch(parts[0])):
        found |= {"postal_code": whole["code"], "city": whole["city"]}
        return [whole["street"]]
    return None


def _beside(parts: list[str], at: int) -> int | None:
    """Where the city stands that belongs to a postcode alone: before it, or else behind."""
    return next((one for one in (at - 1, at + 1) if 0 <= one < len(parts) and _is_city(parts[one])), None)


def _without(parts: list[str], found: Parts, code: int, city: int) -> list[str]:
    found["city"] = _plain(parts[city])
    return [part for at, part in enumerate(parts) if at not in (code, city)]


def _is_code(code: str, parts: list[str], at: int) -> bool:
    """Five digits or six before the first name may be the number of a house, unless a street is elsewhere."""
    return at > 0 or re.fullmatch(_DISTINCT, code) is not None or any(map(_is_street, parts[1:]))


def _with_number(parts: list[str], found: Parts) -> list[str] | None:
    """Takes the city of two parts of which the other one is a street with its number."""
    if len(parts) != 2:
        return None
    first, second = parts
    if _is_street(first) and _is_city(second):
        found["city"] = _plain(second)
        return [first]
    if _is_street(second) and _is_city(first) and (_says(second, _NO_CITY) or _MARKED.match(first)):
        found["city"] = _plain(first)
        return [second]
    return None


def _is_street(part: str) -> bool:
    words = _WORD.findall(part.casefold())
    return bool(words) and not _OF_FLATS.fullmatch(words[0]) and _NUMBERED.fullmatch(part) is not None


def _is_city(part: str) -> bool:
    plain = _plain(part)
    return len(plain) > 2 and _CITY_ALONE.fullmatch(plain) is not None and not _says(plain, _NO_CITY)


def _says(part: str, words: re.Pattern[str]) -> bool:
    return any(words.fullmatch(word) for word in _WORD.findall(part.casefold()))


def _plain(city: str) -> str:
    return _MARKED.sub("", city, count=1)
