"""Files to lines, and lines to records. Everything but `.json` is read as a stream.

Lines are UTF-8 bytes, numbered from 1 as an editor numbers them. A byte order mark is not part of the first.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, cast

from charset_normalizer import from_bytes

from graph_cdp.errors import InputError
from graph_cdp.ingest.content import clean_text
from graph_cdp.normalise import Unusable

LONGEST_LINE: Final = 16 * 2**20
KEPT: Final = 32 * 2**10
_SAMPLE: Final = 64 * 2**10
# Without this choice the guess is among a hundred, and names are too short for that.
_GUESSED: Final = ["cp1250", "iso8859_2", "cp1251", "koi8_r", "cp866", "iso8859_5", "cp1252", "cp852"]
_LATIN: Final = ("cp1250", "iso8859_2", "cp1252")
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BROKEN_STREAM: Final = (EOFError, zlib.error, gzip.BadGzipFile)

Line = tuple[int, bytes]


class Record(NamedTuple):
    """One message or row: where it begins, what it says (or why it says nothing), and its text as it came."""

    number: int
    value: object
    raw: bytes | None


def lines(path: Path, longest: int = LONGEST_LINE) -> Iterator[Line]:
    """The numbered lines of a file, unpacked where it ends in `.gz`. A line is cut off at `longest` bytes.

    `InputError` for a file that cannot be opened, and where a compressed file breaks off.
    """
    number = 0
    with _opened(path) as file:
        try:
            begins = file.peek(len(codecs.BOM_UTF8))
            if begins.startswith(_UTF16):
                yield from _transcoded(file)
                return
            if begins.startswith(codecs.BOM_UTF8):
                file.read(len(codecs.BOM_UTF8))
            while data := _line(file, longest):
                number += 1
                yield number, data
        except _BROKEN_STREAM:
            place = f"{path}:{number + 1}"
            raise InputError(place, "the compressed file is broken from here on", "pack it anew") from None
        except OSError as failed:
            raise InputError(str(path), f"cannot be read: {failed.strerror}") from None


def kept(raw: bytes) -> str:
    """What is kept of a line that was rejected: its first `KEPT` bytes as text, bytes that are not UTF-8 escaped."""
    text = clean_text(raw[:KEPT].decode("utf-8", "backslashreplace"))
    return text.encode()[:KEPT].decode("utf-8", "ignore")


def ndjson_records(path: Path) -> Iterator[Record]:
    """The JSON value of each line that is not blank."""
    for number, data in lines(path):
        if not data.isspace():
            yield Record(number, _json(data), data)


def json_records(path: Path) -> Iterator[Record]:
    """The values of a JSON file: those of the array that it is, or those that stand one after the other.

    The file is read as a whole. What follows a mistake cannot be told apart and is one broken record.
    """
    text = b"".join(data for _, data in lines(path, sys.maxsize)).decode("utf-8", "backslashreplace")
    decoder = json.JSONDecoder()
    at, number = _skip(text, 0, " \t\r\n["), 1
    counted = 0
    while at < len(text):
        number, counted = number + text.count("\n", counted, at), at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as broken:
            yield Record(number, _reason(broken), text[at : at + KEPT].encode("utf-8", "backslashreplace"))
            return
        yield Record(number, value, text[at : min(end, at + KEPT)].encode("utf-8", "backslashreplace"))
        at = _skip(text, end, " \t\r\n,]")
    if text.lstrip().startswith("[") and not text.rstrip().endswith("]"):
        cut = Unusable("the array does not end: the file was cut off, and what followed is lost")
        yield Record(number, cut, text[-KEPT:].encode("utf-8", "backslashreplace"))


def encoding_of(path: Path) -> str:
    """The encoding of a table: UTF-8 unless most of its lines beyond ASCII are something else, which is then guessed.

    `InputError`, with what to do, where it cannot be guessed.
    """
    good, sample = 0, bytearray()
    for _, data in lines(path):
        if data.isascii():
            continue
        if _is_utf8(data):
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


def _opened(path: Path) -> io.BufferedReader:
    try:
        if path.suffix.lower() == ".gz":
            return cast(io.BufferedReader, gzip.open(path, "rb"))  # the same methods, without the same ancestor
        return path.open("rb")
    except OSError as failed:
        raise InputError(str(path), f"cannot be opened: {failed.strerror}", "check the path") from None


def _transcoded(file: io.BufferedReader) -> Iterator[Line]:
    text = io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="\n")
    for number, line in enumerate(text, start=1):
        yield number, line.encode("utf-8", "replace")


def _line(file: io.BufferedReader, longest: int) -> bytes:
    """The next line; the part that is too long is read and thrown away."""
    data = file.readline(longest)
    if len(data) >= longest and not data.endswith(b"\n"):
        while (more := file.readline(longest)) and not more.endswith(b"\n"):
            pass
    return data


def _json(data: bytes) -> object:
    if len(data) >= LONGEST_LINE:
        return Unusable(f"longer than {LONGEST_LINE} bytes")
    try:
        return json.loads(data.rstrip().decode("utf-8"))
    except (ValueError, RecursionError) as broken:
        return _reason(broken)


def _reason(broken: Exception) -> Unusable:
    if isinstance(broken, UnicodeDecodeError):
        return Unusable(f"not valid UTF-8: byte {broken.start + 1} of the line")
    if isinstance(broken, json.JSONDecodeError):
        return Unusable(f"not valid JSON: {broken.msg} (column {broken.colno})")
    if isinstance(broken, RecursionError):
        return Unusable("not usable JSON: nested too deeply")
    return Unusable("not usable JSON: a number of too many digits")


def _skip(text: str, at: int, characters: str) -> int:
    while at < len(text) and text[at] in characters:
        at += 1
    return at


def _signs(text: str) -> int:
    """How much of a text beyond ASCII is no letter: the encodings of Latin letters differ in what they put there."""
    return sum(not character.isalpha() for character in text if not character.isascii())


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
