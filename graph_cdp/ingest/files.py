"""Files to numbered lines, as a stream, whatever their size.

Lines are bytes, numbered from 1 as an editor numbers them; those of UTF-16, with a byte order mark or without one, are
transcoded to UTF-8. A byte order mark is not part of the first.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, cast

from graph_cdp.errors import InputError
from graph_cdp.ingest.content import clean_text
from graph_cdp.ingest.tally import Tally

LONGEST_LINE: Final = 16 * 2**20
KEPT: Final = 32 * 2**10
_PEEKED: Final = 1024
_PLAUSIBLE: Final = 0.95
_BROKEN_STREAM: Final = (EOFError, zlib.error, gzip.BadGzipFile)

Line = tuple[int, bytes]


class Record(NamedTuple):
    """One message or row: where it begins, what it says (or why it says nothing), and its text as it came.

    `token` is where a load goes on after it: of a file how many records came before it, of a database its watermark.
    """

    number: int
    value: object
    raw: bytes | None
    token: str | None = None


@dataclass(slots=True)
class Found:
    """What was found out about a file when it was opened, and how far it is read.

    `encoding` and `has_mark` (a byte order mark) are those of its text, `delimiter` and the line of the `header` those
    of a table; None where there is no such thing. `size` and `position` are bytes on the disk. `name` is what places
    are called by where that is not the path. `tally` tells of what was read so far.
    """

    path: Path
    name: str = ""
    size: int = 0
    encoding: str | None = None
    has_mark: bool = False
    delimiter: str | None = None
    header: int | None = None
    packed: bool = False
    tally: Tally = field(default_factory=Tally)
    tell: Callable[[], int] = field(default=lambda: 0, repr=False)

    @property
    def place(self) -> str:
        """What stands before the number of the line in places."""
        return self.name or str(self.path)

    @property
    def position(self) -> int:
        """How many bytes of the file are read; its size once it is closed."""
        try:
            return self.tell()
        except ValueError:
            return self.size


def lines(path: Path, longest: int = LONGEST_LINE, found: Found | None = None) -> Iterator[Line]:
    """The numbered lines of a file, unpacked where it ends in `.gz`. A line is cut off at `longest` bytes.

    What is learned on the way is noted in `found`. `InputError` for a file that cannot be opened, and where a
    compressed file breaks off.
    """
    number, found = 0, found or Found(path)
    with _opened(path, found) as file:
        try:
            text = _decoded(file, found)
            while data := _line(file, longest) if text is None else _transcoded(text, longest):
                number += 1
                yield number, data
        except _BROKEN_STREAM:
            place = f"{path}:{number + 1}"
            raise InputError(place, "the compressed file is broken from here on", "pack it anew") from None
        except OSError as failed:
            raise InputError(str(path), f"cannot be read: {failed.strerror}") from None


def texts(path: Path, size: int, found: Found | None = None) -> Iterator[str]:
    """The text of a file in parts of `size` characters, bytes that are not UTF-8 escaped; as `lines` otherwise."""
    found = found or Found(path)
    with _opened(path, found) as file:
        try:
            text = _decoded(file, found) or io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="\n")
            while part := text.read(size):
                yield part
        except _BROKEN_STREAM:
            raise InputError(str(path), "the compressed file is broken from here on", "pack it anew") from None
        except OSError as failed:
            raise InputError(str(path), f"cannot be read: {failed.strerror}") from None


def kept(raw: bytes) -> str:
    """What is kept of a line that was rejected: its first `KEPT` bytes as text, bytes that are not UTF-8 escaped."""
    text = clean_text(raw[:KEPT].decode("utf-8", "backslashreplace"))
    return text.encode()[:KEPT].decode("utf-8", "ignore")


def is_utf8(data: bytes) -> bool:
    """Whether these bytes are UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _opened(path: Path, found: Found) -> io.BufferedReader:
    try:
        raw = path.open("rb")
        found.size, found.tell, found.packed = path.stat().st_size, raw.tell, path.suffix.lower() == ".gz"
    except OSError as failed:
        raise InputError(str(path), f"cannot be opened: {failed.strerror}", "check the path") from None
    if not found.packed:
        return raw
    return cast(io.BufferedReader, _Unpacked(raw))  # the same methods, without the same ancestor


class _Unpacked(gzip.GzipFile):
    """The content of a packed file, which is closed with it."""

    def __init__(self, packed: io.BufferedReader) -> None:
        self._packed = packed
        super().__init__(fileobj=packed, mode="rb")

    def close(self) -> None:
        super().close()
        self._packed.close()


def _decoded(file: io.BufferedReader, found: Found) -> io.TextIOWrapper | None:
    """The text of a file in UTF-16; None of any other, from which a byte order mark is taken away."""
    begins = file.peek(_PEEKED)
    if begins.startswith(codecs.BOM_UTF8):
        found.encoding, found.has_mark = "utf-8", True
        file.read(len(codecs.BOM_UTF8))
    elif begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found.encoding, found.has_mark = "utf-16", True
        return io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="\n")
    elif wide := _wide(begins[:_PEEKED]):
        found.encoding = wide
        return io.TextIOWrapper(file, encoding=wide, errors="replace", newline="\n")
    return None


def _wide(begins: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: that in which the text is Latin or Cyrillic."""
    if b"\x00" not in begins:
        return None
    even = begins[: len(begins) // 2 * 2]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = even.decode(encoding, "replace")
        if sum(0 < ord(one) < 0x530 for one in text) >= _PLAUSIBLE * len(text) > 0:
            return encoding
    return None


def _line(file: io.BufferedReader, longest: int) -> bytes:
    """The next line; the part that is too long is read and thrown away."""
    data = file.readline(longest)
    if len(data) >= longest and not data.endswith(b"\n"):
        while (more := file.readline(longest)) and not more.endswith(b"\n"):
            pass
    return data


def _transcoded(text: io.TextIOWrapper, longest: int) -> bytes:
    data = text.readline(longest)
    if len(data) >= longest and not data.endswith("\n"):
        while (more := text.readline(longest)) and not more.endswith("\n"):
            pass
    return data.encode("utf-8", "replace")
