"""Files of JSON to records: one value a line, or an array, or values one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph_cdp.ingest.files import KEPT, LONGEST_LINE, Found, Record, lines, texts
from graph_cdp.normalise import Unusable

_STEP: Final = 64 * 2**10
_DECODER: Final = json.JSONDecoder()
_BEFORE: Final = " \t\r\n["
_BETWEEN: Final = " \t\r\n,]"


def ndjson_records(path: Path, found: Found | None = None) -> Iterator[Record]:
    """The JSON value of each line that is not blank."""
    for number, data in lines(path, found=found):
        if not data.isspace():
            yield Record(number, json_value(data), data)


def json_records(path: Path, found: Found | None = None) -> Iterator[Record]:
    """The values of a JSON file, as a stream: those of its array, or those that stand one after the other.

    What follows a mistake cannot be told apart and is one broken record.
    """
    window = _Window(texts(path, _STEP, found))
    window.skip(_BEFORE)
    opened = window.array
    while window.left():
        number = window.number
        value, raw = window.value()
        yield Record(number, value, raw.encode("utf-8", "backslashreplace"))
        if isinstance(value, Unusable):
            return
        window.skip(_BETWEEN)
    if opened and not window.closed:
        cut = Unusable("the array does not end: the file was cut off, and what followed is lost")
        yield Record(window.number, cut, window.tail.encode("utf-8", "backslashreplace"))


@dataclass(slots=True)
class _Window:
    """The part of a file's text that is being looked at: from `at` on nothing is taken yet."""

    source: Iterator[str]
    text: str = ""
    at: int = 0
    number: int = 1
    array: bool = False
    closed: bool = False
    tail: str = ""

    def more(self) -> bool:
        """Takes more of the file; false at its end."""
        size = max(_STEP, len(self.text) - self.at)
        parts, got = [self.text[self.at :]], 0
        while got < size and (part := next(self.source, "")):
            parts.append(part)
            got += len(part)
        self.text, self.at = "".join(parts), 0
        return got > 0

    def left(self) -> bool:
        """Whether anything is left to be taken."""
        return self.at < len(self.text) or self.more()

    def skip(self, characters: str) -> None:
        """Goes on to what is none of these; whether brackets were among them is remembered."""
        while self.left() and (mark := self.text[self.at]) in characters:
            self.array, self.closed = self.array or mark == "[", mark == "]" or (self.closed and mark.isspace())
            self.number += mark == "\n"
            self.at += 1

    def value(self) -> tuple[object, str]:
        """The value that begins here, or why there is none, and the beginning of its text."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as broken:
                if len(self.text) - self.at < LONGEST_LINE and self.more():
                    continue
                return reason_of(broken), self.text[self.at : self.at + KEPT]
            # A number at the end of the window may go on after it.
            if end < len(self.text) or not self.more():
                return value, self._taken(end)

    def _taken(self, end: int) -> str:
        raw = self.text[self.at : end]
        self.number += raw.count("\n")
        self.at, self.closed, self.tail = end, False, raw[-KEPT:]
        return raw[:KEPT]


def json_value(data: bytes) -> object:
    """The JSON value that these bytes are, or why they are none."""
    if len(data) >= LONGEST_LINE:
        return Unusable(f"longer than {LONGEST_LINE} bytes")
    try:
        return json.loads(data.rstrip().decode("utf-8"))
    except (ValueError, RecursionError) as broken:
        return reason_of(broken)


def reason_of(broken: Exception) -> Unusable:
    """Why a text is no JSON, without the text."""
    if isinstance(broken, UnicodeDecodeError):
        return Unusable(f"not valid UTF-8: byte {broken.start + 1} of the line")
    if isinstance(broken, json.JSONDecodeError):
        return Unusable(f"not valid JSON: {broken.msg} (column {broken.colno})")
    if isinstance(broken, RecursionError):
        return Unusable("not usable JSON: nested too deeply")
    return Unusable("not usable JSON: a number of too many digits")
