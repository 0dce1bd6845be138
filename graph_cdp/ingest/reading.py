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
Records = Callable[[str | None], Iterator[Record]]


class Sent(NamedTuple):
    """How the records of one load are to be taken, and where the graph keeps how far they are loaded.

    `mark` names that place; it `lasts` where the next load goes on there too, and not only one that was broken off.
    """

    source: str | None
    received_at: int
    mark: Callable[[], str]
    lasts: bool = False


class Reading:
    """The items of one file or database as a stream, which is read once.

    `found` is what was found out about it; it grows while it is read. `since`, set before the first item is asked for,
    is the token of the record to begin with.
    """

    def __init__(self, found: Found, records: Records, take: Take, sent: Sent) -> None:
        self.found = found
        self.since: str | None = None
        self.sent = sent
        self._read, self._take = records, take
        self._items = (item for _, items in self.records() for item in items)

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        return next(self._items)

    def records(self) -> Iterator[tuple[str | None, list[Item]]]:
        """What each record says, with its token.

        `InputError` for what cannot be read at all; where a file breaks off, its last item is a rejection.
        """
        begun = False
        try:
            for record in self._read(self.since):
                begun = True
                items = said_by(record, self.found.place, self._take, self.sent)
                self.found.tally.take(record.number, items)
                yield record.token, items
        except InputError as broken:
            if not begun:
                raise
            source = source_of(None, self.sent.source)
            rejected = Rejection(source, broken.place, broken.reason, "", self.sent.received_at)
            self.found.tally.take(0, [rejected])
            yield None, [rejected]


def said_by(record: Record, place: str, take: Take, sent: Sent) -> list[Item]:
    """What a record says, or that it cannot be used; `place` stands before its number."""
    try:
        return take(record.value)
    except Unusable as unusable:
        named = source_of(record.value, sent.source)
        sender = named if is_source(named) else DEFAULT_SOURCE
        return [Rejection(sender, f"{place}:{record.number}", unusable.reason, _raw(record), sent.received_at)]


def records_of(ending: str, mapping: Mapping | None, found: Found, since: str | None) -> Iterator[Record]:
    """The records of a file, by its ending; the token of each is how many came before it."""
    first = int(since or 0)
    for number, record in enumerate(_records(ending, mapping, found)):
        if number >= first:
            yield record._replace(token=str(number))


def mark_of(path: Path, source: str | None, meaning: str) -> str:
    """What tells the load of a file from others: its content, looked at from both ends, and how it is taken."""
    with path.open("rb") as file:
        begins = file.read(_MARKED)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _MARKED))
        parts = (begins, file.read(), str((size, source, meaning)).encode())
    return "place/" + blake2b(b"".join(blake2b(part).digest() for part in parts), digest_size=16).hexdigest()


def _records(ending: str, mapping: Mapping | None, found: Found) -> Iterator[Record]:
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
