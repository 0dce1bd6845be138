"""Raw values to keys, amounts and times: one small function a kind, each with a value or a reason.

A key is `namespace:value`. A normalised value stays itself when it is normalised again. Whether a value is worth
anything (`null`, `000000`) is the policy's question, not this module's.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from dateutil import parser as dateutil_parser
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from graph_cdp import locales, phones
from graph_cdp.errors import KeyFormatError
from graph_cdp.model import micros, value_of
from graph_cdp.policy_file import NAMESPACES

LONGEST: Final = 512
# No sum of money and no quantity is larger; beyond it cents are no longer exact, and sums may overflow.
LARGEST_AMOUNT: Final = 1e15
KEY_REMEDY: Final = "a key is namespace:value, for example email:ann@example.com"
_REMEMBERED: Final = 65_536
_EXACT_FLOAT: Final = 2**53
# A namespace becomes a label, of which no server takes names of any length.
_NAMESPACE: Final = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z")
_SOURCE: Final = re.compile(r"[^\s/:\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,64}\Z")
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_CARD_PUNCTUATION: Final = re.compile(r"[\s\-\u2010-\u2015]+")
_LONGEST_COUNTRY: Final = 64
_MARKED: Final = re.compile(r"\s*([^\d\s.,+\u2212-]{1,6}\.?)?\s*([+\u2212-]?[\d.,\s]*\d)\s*([^\d\s,+-]{1,6})?\s*\Z")
# A long number as spreadsheets show it: 2,90001E+12 stands for ten million different cards.
_ROUNDED: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+\d{1,3}$")
_REGION: Final = re.compile(r"[A-Za-z]{2}\Z")
_SAFE_SUFFIX: Final = ".example.com"


class Unusable(ValueError):  # noqa: N818 - it is an answer that callers keep beside the value's place, not a failure
    """A value that cannot be what it was given as. `reason` says why and never repeats the value."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def identifier(namespace: str, raw: object, *, country: str | None = None, source: str = "") -> str:
    """The key of `raw` in `namespace`; `Unusable`, with the reason, where it can be none.

    `country` (two letters) is that of national phone numbers; `source` says whose `record` or `order` it is. A space
    such as `shop_a.email` is normalised as `email`; a namespace that is not known holds any text.
    """
    if type(raw) is str and len(raw) <= LONGEST:
        return _remembered(namespace, raw, country, source)
    return _made(namespace, raw, country, source)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(namespace: str, raw: str, country: str | None, source: str) -> str:
    return _made(namespace, raw, country, source)


def _made(namespace: str, raw: object, country: str | None, source: str) -> str:
    if isinstance(raw, str) and _ROUNDED.match(raw.strip()):
        raise Unusable("a number that a spreadsheet has rounded (show its column as text and export it again)")
    key = f"{namespace}:{_rule(namespace)(raw, country, source)}"
    # Whoever could send one would put a key of theirs among the epochs of somebody else's value.
    if value_of(key) != key:
        raise Unusable("ends in @ and a time, as the name of an epoch does")
    return key


def parse_key(text: str, *, country: str | None = None) -> str:
    """The key that a person typed, normalised; `KeyFormatError`, which does not repeat the value, where it is none.

    The time that names an epoch of a recycled value stays behind it.
    """
    plain = value_of(text.strip())
    epoch = text.strip().removeprefix(plain)
    name, colon, value = plain.partition(":")
    namespace = name.strip().lower()
    if not colon or not _NAMESPACE.match(namespace):
        raise KeyFormatError(f"no key: {KEY_REMEDY}")
    source = ""
    if base(namespace) in ("record", "order"):
        source, slash, value = value.strip().partition("/")
        if not slash:
            raise KeyFormatError(f"no key: the key of a {base(namespace)} is {namespace}:SOURCE/ID")
    try:
        return identifier(namespace, value, country=country, source=source) + epoch
    except Unusable as unusable:
        raise KeyFormatError(f"no key in {namespace}: {unusable.reason}; {KEY_REMEDY}") from None


@lru_cache(maxsize=_REMEMBERED)
def base(namespace: str) -> str:
    """The known namespace that a space stands for (`shop_a.user_id`: `user_id`), or the namespace itself."""
    name = namespace
    while name not in NAMESPACES and "." in name:
        name = name.partition(".")[2]
    return name if name in NAMESPACES else namespace


def is_namespace(name: str) -> bool:
    """Whether `name` may be the namespace of keys: small letters, digits, `_` and inner dots."""
    return _NAMESPACE.match(name) is not None


def is_source(name: str) -> bool:
    """Whether `name` may be that of a source: up to 64 characters without blanks, `/` and `:`."""
    return _SOURCE.match(name) is not None


def region(raw: object) -> str | None:
    """The country that `raw` names, as two capital letters; None where it is none that is known.

    A code of two or three letters, or a name in English, Polish, Russian, Ukrainian or Slovak.
    """
    return _region(raw) if isinstance(raw, str) and len(raw) <= _LONGEST_COUNTRY else None


@lru_cache(maxsize=1_024)
def _region(raw: str) -> str | None:
    return locales.country(raw) or (raw.upper() if _REGION.match(raw) else None)


def text(raw: object) -> str:
    """A value that is a name and nothing more: NFC, without blanks around it, at most `LONGEST` characters."""
    if isinstance(raw, str):
        plain = (raw if raw.isascii() else unicodedata.normalize("NFC", raw)).strip()
    elif isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Unusable("neither text nor a number")
    else:
        plain = _digits(raw)
    if not plain:
        raise Unusable("empty")
    return _checked(plain)


def amount(raw: object) -> float:
    """A quantity or sum of money: a point or comma before the decimals, blanks between thousands, a currency or not."""
    return price(raw)[0]


def price(raw: object) -> tuple[float, str | None]:
    """A sum of money as `amount` reads it, and the currency that stands beside it, as three letters."""
    if isinstance(raw, str) and (marked := _MARKED.match(raw)) and (marked[1] or marked[3]):
        code = locales.currency(marked[1] or marked[3])
        if code is None or (marked[1] and marked[3]):
            raise Unusable("no number, or one of an unknown currency")
        return _amount(marked[2]), code
    return _amount(raw), None


def _amount(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unusable("no number")
    try:
        number = float(_decimal(raw) if isinstance(raw, str) else raw)
    except (ValueError, OverflowError):
        raise Unusable("no number") from None
    if not math.isfinite(number):
        raise Unusable("no finite number")
    if abs(number) > LARGEST_AMOUNT:
        raise Unusable("larger than any amount (1e15)")
    return number


_WORDS_OF_YES: Final = "true t yes y 1 on granted given agreed opt-in opted_in tak да так áno ano ok x + ✓ ✔"
_WORDS_OF_NO: Final = "false f no n 0 off withdrawn denied revoked refused opt-out opted_out nie нет ні - ✗ ✘"
_ANSWERS: Final = dict.fromkeys(_WORDS_OF_YES.split(), True) | dict.fromkeys(_WORDS_OF_NO.split(), False)


def yes_or_no(raw: object) -> bool:
    """Whether a value says yes, in Polish, Russian, Ukrainian, Slovak or English; `Unusable` where it says neither."""
    if isinstance(raw, bool):
        return raw
    plain = (str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)).strip().casefold()
    if plain not in _ANSWERS:
        raise Unusable("neither yes nor no")
    return _ANSWERS[plain]


@lru_cache(maxsize=1_024)
def _rule(namespace: str) -> Callable[[object, str | None, str], str]:
    if not _NAMESPACE.match(namespace):
        raise Unusable("its type is no namespace: small letters, digits, _ and inner dots, 64 characters at most")
    return _RULES.get(base(namespace), _opaque)


def _opaque(raw: object, _country: str | None, _source: str) -> str:
    return text(raw)


def _sourced(raw: object, _country: str | None, source: str) -> str:
    if not is_source(source):
        raise Unusable("the name of its source has to be without blanks, / and :")
    return f"{unicodedata.normalize('NFC', source)}/{text(raw)}"


def _card(raw: object, _country: str | None, _source: str) -> str:
    plain = unicodedata.normalize("NFC", _CARD_PUNCTUATION.sub("", text(raw)).upper())
    if not plain:
        raise Unusable("empty")
    return _checked(plain)


def _email(raw: object, _country: str | None, _source: str) -> str:
    if not isinstance(raw, str):
        raise Unusable("no e-mail address")
    address = unicodedata.normalize("NFC", text(raw).lower())
    # Deliverability is no concern here, and the library has no other way to let `ann@shop.test` pass: the domain is
    # judged as one inside a real one.
    suffix = _SAFE_SUFFIX if address.rpartition(".")[2] in SPECIAL_USE_DOMAIN_NAMES and "." in address else ""
    try:
        valid = validate_email(address + suffix, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        raise Unusable("no e-mail address") from None
    return valid.normalized.removesuffix(suffix)


def _phone(raw: object, country: str | None, _source: str) -> str:
    plain = phones.with_extension(text(raw))
    known = country if country in phonenumbers.SUPPORTED_REGIONS else None
    if known is None and plain.startswith("00"):
        plain = "+" + plain[2:]
    if plain.startswith("+"):
        plain = plain.replace("(0)", "")  # the trunk prefix, which is not dialled from abroad
    try:
        number = phonenumbers.parse(plain, known)
    except phonenumbers.NumberParseException as broken:
        national = broken.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        if national and known is None and not plain.startswith(("+", "\uff0b")):
            raise Unusable("a national phone number of no known country") from None
        raise Unusable("no phone number") from None
    if phones.is_misread(plain, number.extension):
        raise Unusable("letters among the digits of a phone number")
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        raise Unusable("a phone number without its area code")
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Unusable("a phone number of an impossible length")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_RULES: Final[dict[str, Callable[[object, str | None, str], str]]] = {
    "email": _email,
    "phone": _phone,
    "loyalty_card": _card,
    "record": _sourced,
    "order": _sourced,
}


def _checked(plain: str) -> str:
    if len(plain) > LONGEST:
        raise Unusable(f"longer than {LONGEST} characters")
    if not (plain.isascii() and plain.isprintable()) and _UNPRINTABLE.search(plain):
        raise Unusable("holds control characters or broken Unicode")
    return plain


def _digits(number: float) -> str:
    if isinstance(number, float) and not (abs(number) < _EXACT_FLOAT and number.is_integer()):
        raise Unusable("a number with decimals, or too large to be exact")
    whole = int(number)
    if whole.bit_length() > LONGEST:
        raise Unusable(f"longer than {LONGEST} characters")
    return str(whole)


_THOUSANDS: Final = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_DECIMAL: Final = re.compile(r"[+-]?(\d+([.,]\d+)?|[.,]\d+)\Z", re.ASCII)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:(,)\d{3}(?:,\d{3})*\.|(\.)\d{3}(?:\.\d{3})*,)\d+\Z", re.ASCII)


def _decimal(written: str) -> str:
    plain = _THOUSANDS.sub("", written.strip().replace("\u2212", "-"))
    if grouped := _GROUPED.match(plain):
        plain = plain.replace(grouped[1] or grouped[2], "")
    if not _DECIMAL.match(plain):
        raise ValueError("no number")
    return plain.replace(",", ".")


_FIRST_YEAR: Final = 1800
_LAST_YEAR: Final = 9998
_SECONDS: Final = (10**8, 10**11)
_MILLISECONDS: Final = (10**11, 10**14)
_EPOCH_DIGITS: Final = (10, 13)
_NUMERIC_DATE: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2\d{4}(?!\d)", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"\d{4}", re.ASCII)
_DEFAULTS: Final = (datetime(2000, 1, 1), datetime(2001, 2, 2))


def moment(raw: object, *, timezone: str | None = None, day_first: bool = False) -> int:
    """The microseconds since 1970 in UTC that `raw` names: ISO 8601, another full date, or seconds or milliseconds.

    A time without an offset is taken in `timezone` (an IANA name), in UTC where there is none; one in the hour that
    clocks skip in spring is that of a till whose clock was not put forward yet. `day_first` decides
    what 3/4/2026 means; dates with dots are day first always. `Unusable` for anything that is no complete date.
    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _epoch(raw)
    if isinstance(raw, str) and len(raw) in _EPOCH_DIGITS and raw.isascii() and raw.isdigit():
        return _epoch(int(raw))
    when = _datetime(raw, day_first)
    return micros(when if when.tzinfo is not None else when.replace(tzinfo=_zone(timezone)))


def calendar_date(raw: object, *, day_first: bool = False) -> str:
    """The date that `raw` names, as YYYY-MM-DD; `Unusable` where there is no such day."""
    return _datetime(raw, day_first).date().isoformat()


def is_doubtful(raw: object) -> bool:
    """Whether the day and the month of a date may be exchanged, so that only its source knows which is which."""
    numeric = _NUMERIC_DATE.match(raw.strip()) if isinstance(raw, str) else None
    if numeric is None or numeric[2] == ".":
        return False
    first, second = int(numeric[1]), int(numeric[3])
    return first != second and first <= 12 and second <= 12


def _epoch(number: float) -> int:
    for (low, high), factor in ((_SECONDS, 1_000_000), (_MILLISECONDS, 1_000)):
        if low <= number < high:
            return round(number * factor)
    raise Unusable("a number that is neither seconds nor milliseconds since 1970")


def _datetime(raw: object, day_first: bool) -> datetime:
    if isinstance(raw, datetime):
        when = raw
    elif isinstance(raw, date):
        when = datetime.combine(raw, time())
    elif isinstance(raw, str):
        when = _parsed(raw.strip(), day_first)
    else:
        raise Unusable("no date")
    if not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        raise Unusable(f"a year outside {_FIRST_YEAR}-{_LAST_YEAR}")
    return when


def _parsed(written: str, day_first: bool) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        pass
    written = locales.english_date(written)
    numeric = _NUMERIC_DATE.match(written)
    day_first = (day_first and not _YEAR_FIRST.match(written)) or (numeric is not None and numeric[2] == ".")
    try:
        # What the text leaves open comes from the default, so two defaults tell whether it left anything open.
        whens = [_dateutil(written, day_first, default) for default in _DEFAULTS]
    except (ValueError, OverflowError, TypeError, AttributeError):
        raise Unusable("no date, or one that does not exist") from None
    if whens[0] != whens[1]:
        raise Unusable("no complete date: year, month and day are needed")
    if numeric and whens[0].day != int(numeric[1 if day_first else 3]):
        raise Unusable(f"no such date with the {'day' if day_first else 'month'} first")
    return whens[0]


class _Strict(dateutil_parser.parserinfo):
    """Guesses no century: the library's guess depends on the day on which it is made."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        if year < 100 and not century_specified:
            raise ValueError("a year of two digits")
        return year


_PARSER: Final = dateutil_parser.parser(_Strict())


def _dateutil(written: str, day_first: bool, default: datetime) -> datetime:
    return _PARSER.parse(written, default=default, dayfirst=day_first, tzinfos=_offset)


def _offset(name: str | None, seconds: int | None) -> int | None:
    """Only offsets are taken: a name such as EST is several zones, or that of the machine."""
    if seconds is None and name is not None:
        raise ValueError("a zone by name")
    return seconds


@lru_cache(maxsize=64)
def _zone(name: str | None) -> tzinfo:
    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise Unusable("its time zone is not known") from None
