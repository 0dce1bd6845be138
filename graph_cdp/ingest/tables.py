"""CSV and Parquet files to rows."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars

from graph_cdp.errors import InputError
from graph_cdp.ingest.files import LONGEST_LINE, Found, Line, Record, lines
from graph_cdp.normalise import Unusable

_DELIMITERS: Final = ",;\t|"
_SNIFFED: Final = 20
_SLICE: Final = 50_000
_PLAIN: Final = (str, bool, int, float, type(None), list, dict)

Check = Callable[[Sequence[str]], None]


def csv_records(path: Path, encoding: str, check: Check, found: Found | None = None) -> Iterator[Record]:
    """The rows of a CSV file with a header, as column to text. `check` is given the columns before the first row.

    Lines before the header that have fewer cells than the table, such as a title, are skipped. A row that cannot be
    told apart from what follows it loses its first line alone. What was found is noted in `found`.
    """
    found = found or Found(path)
    feed = _Feed(lines(path, found=found), encoding)
    found.encoding = found.encoding or encoding
    found.delimiter = _delimiter(feed)
    reader = csv.reader(feed, delimiter=found.delimiter, strict=True)
    columns = _header(path, feed, reader, found)
    check(columns)
    while True:
        taken, cells = _row(feed, reader)
        if not taken:
            return
        if cells == []:
            continue
        value = _value(taken, cells, columns, encoding)
        if isinstance(value, Unusable):
            feed.back(taken[1:])
            yield Record(taken[0].number, value, taken[0].data)
        else:
            # Named by its columns it can be corrected and taken again without its file.
            yield Record(taken[0].number, value, None)


def parquet_records(path: Path, check: Check, found: Found | None = None) -> Iterator[Record]:
    """The rows of a Parquet file, numbered from 1, read in slices. Dates, times and the like become text."""
    try:
        table = polars.scan_parquet(path)
        columns = table.collect_schema().names()
    except (OSError, polars.exceptions.PolarsError):
        raise InputError(str(path), "cannot be read as Parquet") from None
    check(columns)
    number, total = 0, int(table.select(polars.len()).collect().item())
    found = found or Found(path)
    found.size = path.stat().st_size
    found.tell = lambda: found.size * number // max(1, total)
    while (rows := _slice(path, table, number)).height:
        for number, row in enumerate(rows.iter_rows(named=True), start=number + 1):  # noqa: B020 - it goes on counting
            yield Record(number, {name: _plain(value) for name, value in row.items()}, None)


def _slice(path: Path, table: polars.LazyFrame, offset: int) -> polars.DataFrame:
    try:
        return table.slice(offset, _SLICE).collect()
    except (OSError, polars.exceptions.PolarsError):
        raise InputError(f"{path}:{offset + 1}", "the Parquet file is broken from here on", "write it anew") from None


class _Taken(NamedTuple):
    number: int
    data: bytes
    decoded: bool


class _Feed:
    """Gives a CSV reader its lines, and remembers which ones went into the row that it is making."""

    def __init__(self, source: Iterator[Line], encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._returned: deque[Line] = deque()
        self.taken: list[_Taken] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        number, data = self._returned.popleft() if self._returned else next(self._source)
        try:
            text, decoded = data.decode(self._encoding), len(data) < LONGEST_LINE
        except UnicodeDecodeError:
            text, decoded = data.decode("ascii", "replace"), False
        self.taken.append(_Taken(number, data, decoded))
        return text

    def back(self, taken: Iterable[_Taken]) -> None:
        """Gives lines back, to be read again."""
        self._returned.extendleft((one.number, one.data) for one in reversed(list(taken)))


def _row(feed: _Feed, reader: Any) -> tuple[list[_Taken], list[str] | None]:
    """The lines of the next row (none at the end) and its cells, None where they cannot be told apart."""
    feed.taken = []
    try:
        cells: list[str] | None = next(reader)
    except StopIteration:
        cells = []
    except csv.Error:
        cells = None
    return feed.taken, cells


def _value(
    taken: list[_Taken], cells: list[str] | None, columns: list[str], encoding: str
) -> dict[str, str] | Unusable:
    if not all(one.decoded for one in taken):
        return Unusable(f"not valid {encoding.upper()}")
    if cells is None:
        return Unusable("not valid CSV: a quotation mark that is not closed, or text after a closed one")
    if len(cells) != len(columns):
        return Unusable(f"{len(cells)} columns instead of the {len(columns)} of the header")
    return dict(zip(columns, cells, strict=True))


def _header(path: Path, feed: _Feed, reader: Any, found: Found) -> list[str]:
    taken, cells = _row(feed, reader)
    if not cells or not all(one.decoded for one in taken):
        raise InputError(f"{path}:1", "no header", "the first line has to name the columns")
    found.header = taken[0].number
    columns = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1)]
    for column in columns:
        if columns.count(column) > 1:
            raise InputError(f"{path}:{taken[0].number}", f'two columns are called "{column}"', "rename one of them")
    return columns


def _delimiter(feed: _Feed) -> str:
    """The delimiter of the table: the only one in the header, else what the csv module finds, else the most frequent.

    A first line such as `sep=;`, which Excel writes, says it and is skipped; so is a title above the header.
    """
    sample = [line for line, _ in zip(feed, range(_SNIFFED), strict=False)]
    told = sample[0].strip().lower() if sample else ""
    if told.startswith("sep=") and len(told) == len("sep=;") and told[-1] in _DELIMITERS:
        feed.back(feed.taken[1:])
        return told[-1]
    first = next((number for number, line in enumerate(sample) if not _is_title(line)), 0)
    feed.back(feed.taken[first:])
    header = sample[first] if sample else ""
    there = [mark for mark in _DELIMITERS if mark in header]
    if len(there) < 2:
        return there[0] if there else ","
    return _sniffed("".join(sample[first:]), there) or max(there, key=header.count)


def _is_title(line: str) -> bool:
    """Whether a line is no row of several cells, whatever delimits them: `Customers;;;`, or nothing at all."""
    return all(sum(bool(cell.strip()) for cell in line.split(mark)) < 2 for mark in _DELIMITERS)


def _sniffed(sample: str, there: list[str]) -> str | None:
    try:
        found = csv.Sniffer().sniff(sample, "".join(there)).delimiter
    except csv.Error:
        return None
    return found if found in there else None


def _plain(value: Any) -> Any:
    if is_none(value):
        return None
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def is_none(value: Any) -> bool:
    """Whether it is a number that is none (NaN), as columns of decimals hold where there is no value."""
    return isinstance(value, float | Decimal) and isnan(value)
