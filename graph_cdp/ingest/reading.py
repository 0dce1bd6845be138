"""One file as it is read: its observations and rejections in their order, and what was found out about it."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from graph_cdp.errors import InputError
from graph_cdp.ingest.encodings import encoding_of
from graph_cdp.ingest.files import Found, Record, kept
from graph_cdp.ingest.json_files import json_records, ndjson_records
from graph_cdp.ingest.mapping import Mapping
from graph_cdp.ingest.segment import DEFAULT_SOURCE, source_of
from graph_cdp.ingest.tables import csv_records, parquet_records
from graph_cdp.model import Item, Rejection
from graph_cdp.normalise import Unusable, is_source

_MARKED: Final = 64 * 2**10

Take = Callable[[object], list[Item]]


class Sent(NamedTuple):
    """How the records of one load are to be taken: whose they are, since when, and what their columns mean."""

    source: str | None
    received_at: int
    meaning: str = ""


class Reading:
    """The items of one file as a stream, which is read once.

    `found` is what was found out about the file; it grows while it is read. `skip`, set before the first item is asked
    for, leaves out so many of the records at the beginning.
    """

    def __init__(self, found: Found, records: Callable[[], Iterator[Record]], take: Take, sent: Sent) -> None:
        self.found = found
        self.skip = 0
        self._read, self._take, self._sent = records, take, sent
        self._items = (item for items in self.records() for item in items)

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        return next(self._items)

    def mark(self) -> str:
        """What tells this load from others: the content of the file, looked at from both ends, and how it is taken."""
        with self.found.path.open("rb") as file:
            begins = file.read(_MARKED)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _MARKED))
            parts = (begins, file.read(), str((size, self._sent.source, self._sent.meaning)).encode())
        return blake2b(b"".join(blake2b(part).digest() for part in parts), digest_size=16).hexdigest()

    def records(self) -> Iterator[list[Item]]:
        """What each record of the file says; nothing for those that are skipped.

        `InputError` for a file that cannot be read at all; where one breaks off, its last item is a rejection.
        """
        begun = False
        try:
            for number, record in enumerate(self._read()):
                begun = True
                yield [] if number < self.skip else self._said(record)
        except InputError as broken:
            if not begun:
                raise
            source = source_of(None, self._sent.source)
            yield [Rejection(source, broken.place, broken.reason, "", self._sent.received_at)]

    def _said(self, record: Record) -> list[Item]:
        try:
            return self._take(record.value)
        except Unusable as unusable:
            named = source_of(record.value, self._sent.source)
            sender = named if is_source(named) else DEFAULT_SOURCE
            place = f"{self.found.path}:{record.number}"
            return [Rejection(sender, place, unusable.reason, _raw(record), self._sent.received_at)]


def records_of(ending: str, mapping: Mapping | None, found: Found) -> Iterator[Record]:
    """The records of a file, by its ending."""
    path = found.path
    if mapping is not None and ending == ".csv":
        return csv_records(path, mapping.encoding or encoding_of(path), mapping.check, found)
    if mapping is not None and ending == ".parquet":
        return _unpacked_parquet(path, mapping, found)
    return json_records(path, found) if ending == ".json" else ndjson_records(path, found)


def _unpacked_parquet(path: Path, mapping: Mapping, found: Found) -> Iterator[Record]:
    """The rows of a Parquet file; a packed one is unpacked to the disk, for its end has to be read first."""
    if path.suffix.lower() != ".gz":
        yield from parquet_records(path, mapping.check, found)
        return
    with _unpacked(path) as plain:
        try:
            yield from parquet_records(plain, mapping.check, found)
        except InputError as broken:
            raise InputError(broken.place.replace(str(plain), str(path)), broken.reason, broken.remedy) from None


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="graph-cdp-") as folder:
        plain = Path(folder) / path.stem
        try:
            with gzip.open(path, "rb") as packed, plain.open("wb") as file:
                shutil.copyfileobj(packed, file)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise InputError(str(path), "the compressed file is broken", "pack it anew") from None
        except OSError as failed:
            raise InputError(str(path), f"cannot be opened: {failed.strerror}", "check the path") from None
        yield plain


def _raw(record: Record) -> str:
    if record.raw is not None:
        return kept(record.raw)
    return kept(json.dumps(record.value, ensure_ascii=False, default=str).encode())
