"""The encoding of a table that is not UTF-8."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from graph_cdp.errors import InputError
from graph_cdp.ingest.files import is_utf8, lines

_SAMPLE: Final = 64 * 2**10
# Without this choice the guess is among a hundred, and names are too short for that.
_GUESSED: Final = ["cp1250", "iso8859_2", "cp1251", "koi8_r", "cp866", "iso8859_5", "cp1252", "cp852"]
_LATIN: Final = ("cp1250", "iso8859_2", "cp1252")


def encoding_of(path: Path) -> str:
    """The encoding of a table: UTF-8 unless most of its lines beyond ASCII are something else, which is then guessed.

    `InputError`, with what to do, where it cannot be guessed.
    """
    good, sample = 0, bytearray()
    for _, data in lines(path):
        if data.isascii():
            continue
        if is_utf8(data):
            good += 1
        elif len(sample) < _SAMPLE:
            sample += data
    if good >= sample.count(b"\n"):
        return "utf-8"
    guesses = from_bytes(bytes(sample), cp_isolation=_GUESSED)
    best = guesses.best()
    if best is None or (best.coherence == 0 and any(str(one) != str(best) for one in guesses)):
        raise InputError(str(path), "not UTF-8, and too short to tell", 'name it in the mapping: encoding = "cp1250"')
    if best.encoding in _LATIN:
        return min((one for one in guesses if one.encoding in _LATIN), key=lambda one: _signs(str(one))).encoding
    return best.encoding


def _signs(text: str) -> int:
    """How much of a text beyond ASCII is no letter: the encodings of Latin letters differ in what they put there."""
    return sum(not character.isalpha() for character in text if not character.isascii())
