"""The outside to observations: Segment messages, and tables by a mapping.

Nothing is dropped in silence: every message and row is an `Observation` or a `Rejection` with place and reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from graph_cdp.errors import InputError, MappingError
from graph_cdp.ingest.databases import Asked, place_of, rows_of
from graph_cdp.ingest.files import Found
from graph_cdp.ingest.guess import guess
from graph_cdp.ingest.kafka import Heard, Topics
from graph_cdp.ingest.keys import sender_of
from graph_cdp.ingest.letters import Remedy, again
from graph_cdp.ingest.mapping import Mapping, load_mapping
from graph_cdp.ingest.places import ENDINGS, TABLES, ending_of, files_of, is_database
from graph_cdp.ingest.reading import Reading, Sent, Take, mark_of, records_of, said_by
from graph_cdp.ingest.rows import Rows
from graph_cdp.ingest.segment import observe
from graph_cdp.ingest.tally import Tally
from graph_cdp.model import Item
from graph_cdp.normalise import Unusable
from graph_cdp.policy import Policy

__all__ = [
    "Asked",
    "Mapping",
    "Reading",
    "Remedy",
    "Tally",
    "Topics",
    "again",
    "files_of",
    "guess",
    "heard",
    "is_database",
    "load_mapping",
    "observe",
    "place_of",
    "read",
]


def read(
    what: Path | Asked, *, policy: Policy, mapping: Mapping | None = None, source: str | None = None, received_at: int
) -> Reading:
    """What a file or database says, in its order, as a stream. `source` outranks what mapping and messages name.

    Raises `InputError` for what cannot be read at all and `MappingError` for a table without a mapping that fits it.
    The place of a rejection is `FILE:LINE`, with the path as it was given; of Parquet and databases the row's number.
    """
    ending = _checked_ending(what, mapping)
    take = _taker(_name(what), policy, mapping, source, received_at)
    given = source or (mapping.source if mapping else None)
    if isinstance(what, Asked) and mapping is not None:
        asked = what.completed(mapping)
        sent = Sent(given, received_at, lambda: f"watermark/{given}/{asked.name}", lasts=True)
        found = Found(Path(), _name(what))
        return Reading(found, partial(rows_of, asked, mapping.check), take, sent)
    found = Found(Path(str(what)))
    sent = Sent(given, received_at, partial(mark_of, found.path, given, mapping.text if mapping else ""))
    return Reading(found, partial(records_of, ending, mapping, found), take, sent)


def heard(
    messages: Iterable[Heard], *, policy: Policy, mapping: Mapping | None, source: str | None, received_at: int
) -> list[tuple[int, list[Item]]]:
    """What messages of Kafka say, each with its offset: Segment messages as they are, flat objects by a mapping."""
    take = _taker("kafka", policy, mapping, source, received_at)
    sent = Sent(source or (mapping.source if mapping else None), received_at, str)
    return [(record.number, said_by(record, place, take, sent)) for place, record in messages]


def _taker(place: str, policy: Policy, mapping: Mapping | None, source: str | None, received_at: int) -> Take:
    try:
        rows = Rows(mapping, source=source, policy=policy) if mapping else None
        if source is not None:
            sender_of(policy, source)
    except Unusable as unusable:
        raise InputError(place, unusable.reason) from None

    def take(value: object) -> list[Item]:
        if isinstance(value, Unusable):
            raise value
        if rows is not None:
            return rows.observed(value, received_at=received_at)
        return [observe(value, source=source, policy=policy, received_at=received_at)]

    return take


def _checked_ending(what: Path | Asked, mapping: Mapping | None) -> str:
    """The ending of a file; empty of a database."""
    ending = "" if isinstance(what, Asked) else ending_of(what)
    if ending is None:
        raise InputError(str(what), "its ending does not say what it is", f"known are {', '.join(ENDINGS)}, and .gz")
    if isinstance(what, Path) and not what.exists():
        raise InputError(str(what), "there is no such file", "check the path")
    if (ending in TABLES or isinstance(what, Asked)) and mapping is None:
        command = f"graph-cdp ingest {_name(what)} --mapping M.toml"
        first = "docs/ingest.md says how it is written" if isinstance(what, Asked) else "--guess writes a first one"
        raise MappingError(_name(what), "a table needs a mapping", f"{command}; {first}")
    return ending


def _name(what: Path | Asked) -> str:
    return place_of(what.url) if isinstance(what, Asked) else str(what)
