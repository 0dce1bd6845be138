"""The outside to observations: Segment messages, and tables by a mapping.

Nothing is dropped in silence: every message and row is an `Observation` or a `Rejection` with place and reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from graph_cdp.errors import InputError, MappingError
from graph_cdp.ingest.files import Record, encoding_of, json_records, kept, ndjson_records
from graph_cdp.ingest.keys import sender_of
from graph_cdp.ingest.letters import again
from graph_cdp.ingest.mapping import Mapping, load_mapping
from graph_cdp.ingest.rows import Rows
from graph_cdp.ingest.segment import DEFAULT_SOURCE, observe, source_of
from graph_cdp.ingest.tables import csv_records, parquet_records
from graph_cdp.model import Observation, Rejection
from graph_cdp.normalise import Unusable, is_source
from graph_cdp.policy import Policy

__all__ = ["Mapping", "again", "load_mapping", "observe", "read"]

ENDINGS: Final = (".ndjson", ".jsonl", ".json", ".csv", ".parquet")
_TABLES: Final = (".csv", ".parquet")

Observe = Callable[[object], Observation]


def read(
    path: Path, *, policy: Policy, mapping: Mapping | None = None, source: str | None = None, received_at: int
) -> Iterator[Observation | Rejection]:
    """What the file says, in its order, as a stream. `source` outranks what the mapping and the messages name.

    Raises `InputError` for a file that cannot be read at all and `MappingError` for a table without a mapping that
    fits it. The place of a rejection is `FILE:LINE`, with the path as it was given; of Parquet the number of the row.
    """
    ending = _ending(path)
    if ending in _TABLES and mapping is None:
        raise MappingError(str(path), "a table needs a mapping", f"graph-cdp ingest {path} --mapping M.toml")
    try:
        rows = Rows(mapping, source=source, policy=policy) if mapping else None
        if source is not None:
            sender_of(policy, source)
    except Unusable as unusable:
        raise InputError(str(path), unusable.reason) from None

    def take(value: object) -> Observation:
        if isinstance(value, Unusable):
            raise value
        if rows is not None:
            return rows.observe(value, received_at=received_at)
        return observe(value, source=source, policy=policy, received_at=received_at)

    given = source or (mapping.source if mapping else None)
    return _taken(path, _records(path, ending, mapping), take, given, received_at)


def _ending(path: Path) -> str:
    name = path.name.lower()
    ending = Path(name.removesuffix(".gz")).suffix
    if ending not in ENDINGS or name.endswith(".parquet.gz"):
        raise InputError(str(path), "its ending does not say what it is", f"known are {', '.join(ENDINGS)}, and .gz")
    return ending


def _records(path: Path, ending: str, mapping: Mapping | None) -> Iterator[Record]:
    if mapping is not None and ending == ".csv":
        return csv_records(path, mapping.encoding or encoding_of(path), mapping.check)
    if mapping is not None and ending == ".parquet":
        return parquet_records(path, mapping.check)
    return json_records(path) if ending == ".json" else ndjson_records(path)


def _taken(
    path: Path, records: Iterator[Record], take: Observe, source: str | None, received_at: int
) -> Iterator[Observation | Rejection]:
    begun = False
    try:
        for record in records:
            begun = True
            try:
                yield take(record.value)
            except Unusable as unusable:
                named = source_of(record.value, source)
                sender = named if is_source(named) else DEFAULT_SOURCE
                yield Rejection(sender, f"{path}:{record.number}", unusable.reason, _raw(record), received_at)
    except InputError as broken:
        if not begun:
            raise
        yield Rejection(source_of(None, source), broken.place, broken.reason, "", received_at)


def _raw(record: Record) -> str:
    if record.raw is not None:
        return kept(record.raw)
    return kept(json.dumps(record.value, ensure_ascii=False, default=str).encode())
