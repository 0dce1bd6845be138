"""Profiles -> rows for advertising platforms: identifiers spelled as the platform wants them, then hashed with SHA-256.

A platform compares hashes, so that one blank or capital too many finds nobody. The rules are those of Google's Customer
Match (Data Manager API, "Format user data") and of Meta's custom audiences ("Customer file", hashing guide). Only what
somebody has agreed to leaves: an e-mail with consent for e-mail, a number with consent for text messages or calls.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from graph_cdp.addresses import taken_apart as in_one_text
from graph_cdp.audience.contacts import Profile, addresses, trait
from graph_cdp.names import taken_apart, untitled
from graph_cdp.normalise import region
from graph_cdp.sexes import sex_of

Row = dict[str, str]
_GMAIL: Final = frozenset(("gmail.com", "googlemail.com"))
_BLANK: Final = re.compile(r"\s+")
_PUNCTUATION: Final = re.compile(r"[^\w\s]|_")


def hashed(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in small hexadecimal digits; nothing of nothing."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if text else ""


def google_email(value: str) -> str:
    """Small letters, no blanks; of Gmail without dots and without what follows a plus."""
    local, at, domain = _BLANK.sub("", value).lower().rpartition("@")
    if domain in _GMAIL:
        local = local.partition("+")[0].replace(".", "")
    return local + at + domain


def google_name(value: str) -> str:
    """Small letters without punctuation, and no blanks around it."""
    return _BLANK.sub(" ", _PUNCTUATION.sub("", value)).strip().lower()


def meta_email(value: str) -> str:
    """Small letters, no blanks around it."""
    return value.strip().lower()


def meta_phone(value: str) -> str:
    """Digits alone, the country's first, without zeros before it."""
    return re.sub(r"\D", "", value).lstrip("0")


def meta_name(value: str) -> str:
    """Small letters without punctuation and blanks."""
    return _BLANK.sub("", _PUNCTUATION.sub("", value)).lower()


def google(profile: Profile) -> list[Row]:
    """A row for each address that may be used, as a Customer Match upload has them; country and zip are plain."""
    first, last = _names(profile)
    country, zip_ = _country(profile), _BLANK.sub("", _place(profile, "postal_code", "zip"))
    name = {
        "First Name": hashed(google_name(first)),
        "Last Name": hashed(google_name(last)),
        "Country": country,
        "Zip": zip_,
    }
    emails, phones = _reached(profile)
    return [
        {"Email": hashed(google_email(email)), "Phone": hashed(phone), **name}
        for email, phone in _paired(emails, phones)
    ]


def meta(profile: Profile) -> list[Row]:
    """A row for each address that may be used, with the columns of a customer file; all of it hashed."""
    first, last = _names(profile)
    born = _born(trait(profile, "birth_date", "birthday"))
    facts = {
        "fn": meta_name(first),
        "ln": meta_name(last),
        "ct": meta_name(_place(profile, "city")),
        "zip": meta_name(_place(profile, "postal_code", "zip")),
        "country": _country(profile).lower(),
        "dob": born.strftime("%Y%m%d") if born else "",
        "gen": (sex_of(str(trait(profile, "sex", "gender") or "")) or "")[:1],
    }
    emails, phones = _reached(profile)
    return [
        {
            name: hashed(value)
            for name, value in {"email": meta_email(email), "phone": meta_phone(phone), **facts}.items()
        }
        for email, phone in _paired(emails, phones)
    ]


PLATFORMS: Final[Mapping[str, Callable[[Profile], list[Row]]]] = {"google": google, "meta": meta}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "google": ("Email", "Phone", "First Name", "Last Name", "Country", "Zip"),
    "meta": ("email", "phone", "fn", "ln", "ct", "zip", "country", "dob", "gen"),
}


def _reached(profile: Profile) -> tuple[list[str], list[str]]:
    phones = dict.fromkeys([*addresses(profile, "sms"), *addresses(profile, "phone")])
    return addresses(profile, "email"), list(phones)


def _paired(emails: list[str], phones: list[str]) -> list[tuple[str, str]]:
    """Side by side, as far as they go: one row may have one of each."""
    longer = max(len(emails), len(phones))
    return list(zip(emails + [""] * (longer - len(emails)), phones + [""] * (longer - len(phones)), strict=True))


def _names(profile: Profile) -> tuple[str, str]:
    first, last = trait(profile, "first_name", "firstName"), trait(profile, "last_name", "lastName")
    if first or last:
        return untitled(str(first or "")), untitled(str(last or ""))
    whole = taken_apart(str(trait(profile, "full_name", "name", "fullName") or ""))
    return whole.given, whole.family


def _place(profile: Profile, *names: str) -> str:
    """A part of the address: of the trait `address`, else a trait of its own."""
    address = trait(profile, "address")
    within = in_one_text(address) if isinstance(address, str) else address if isinstance(address, dict) else {}
    spelled = [*names, *("postalCode" for name in names if name == "postal_code")]
    found = next((within[name] for name in spelled if within.get(name)), None) or trait(profile, *spelled)
    return str(found or "")


def _country(profile: Profile) -> str:
    """The two letters of the country, by its code or its name; nothing where it is not known."""
    return region(_place(profile, "country", "country_code").strip()) or ""


def _born(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
