"""Texts as they are searched: small letters without diacritics, Latin and Cyrillic, whoever types them."""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

# A store of an older release is folded by the migration V015 with the same letters, which a test holds together.
LETTERS: Final = {
    letter: plain
    for plain, letters in {
        "a": "áàâäãåąă",
        "c": "ćčç",
        "d": "ďđ",
        "e": "éèêëęěė",
        "g": "ğ",
        "i": "íìîïı",
        "l": "łľĺ",
        "n": "ńňñ",
        "o": "óòôöõøő",
        "r": "ŕř",
        "s": "śšşș",
        "t": "ťţț",
        "u": "úùûüůűū",
        "y": "ýÿ",
        "z": "źżž",
        "е": "ё",
        "и": "й",
        "і": "ї",
        "г": "ґ",
        "у": "ў",
    }.items()
    for letter in letters
}
_TABLE: Final = str.maketrans(LETTERS)


def fold(text: str) -> str:
    """The text in small letters without diacritics: `Śliwińska` is `sliwinska`, `Ёлкин` is `елкин`."""
    return text.lower() if text.isascii() else normalize("NFC", text).lower().translate(_TABLE)


def folded(text: str | None) -> str | None:
    """The text as `fold` has it; None where that is the text in small letters, which needs no second copy."""
    if text is None or text.isascii():
        return None
    found = fold(text)
    return None if found == text.lower() else found
