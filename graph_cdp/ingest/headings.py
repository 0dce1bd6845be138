"""What the heading of a column means, in five languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

# The Ukrainian apostrophe counts as a letter; in headings it is written in several ways, or as a blank.
_SEPARATORS: Final = re.compile(r"[\W_\u02bc]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_END: Final = re.compile(r"[;\n]")


class Role(NamedTuple):
    """What a column is: a section of a mapping and the name in it."""

    section: str
    name: str


def plain(heading: str) -> str:
    """A heading in small letters, with one blank between its words, those of camelCase too."""
    composed = unicodedata.normalize("NFC", heading)
    return _SEPARATORS.sub(" ", _CAMEL.sub(" ", composed)).strip().casefold()


def _folded(words: str) -> str:
    """Latin letters without their marks, for many headings are written so: `nr telefonu komorkowego`, `krstne meno`."""
    return "".join(map(_bare, words)).replace("ł", "l")


def _bare(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() else letter


def role_of(heading: str) -> Role | None:
    """What a column of this heading is; None where that is not known.

    The whole heading decides, else the longest known words at its end or beginning: `telefon domowy`, `client e-mail`.
    """
    words = _folded(plain(heading))
    if consent := _consent(words):
        return consent
    known = _known()
    if words in known:
        return known[words]
    parts = words.split()
    inside = [" ".join(parts[:size]) for size in range(len(parts) - 1, 0, -1)]
    inside += [" ".join(parts[-size:]) for size in range(len(parts) - 1, 0, -1)]
    found = [one for one in inside if one in known and len(one) > 2]
    # Whose it is says less than what it is: the e-mail of a customer is an e-mail.
    best = max(found, key=lambda one: (known[one].name != "record", len(one)), default=None)
    return known[best] if best else None


def _consent(words: str) -> Role | None:
    channels = _listed()["consent"]
    about = {name for name, spelled in channels.items() if any(f" {one}" in f" {words}" for one in spelled)}
    if "words" in about and (named := about - {"words"}):
        return Role("consent", min(named))
    return Role("consent", "email") if words in ("newsletter", "mailing", "рассылка", "розсилка") else None


@cache
def _known() -> Mapping[str, Role]:
    return {
        word: Role(section, name)
        for section, names in _listed().items()
        if section != "consent"
        for name, words in names.items()
        for word in words
    }


@cache
def _listed() -> Mapping[str, Mapping[str, frozenset[str]]]:
    text = files("graph_cdp.ingest").joinpath("headings.toml").read_text(encoding="utf-8")
    return {
        section: {
            name: frozenset(filter(None, (_folded(plain(one)) for one in _END.split(words))))
            for name, words in names.items()
        }
        for section, names in tomllib.loads(text).items()
    }
