"""The outside to observations: Segment messages, and tables by a mapping.

Nothing is dropped in silence: every message and row is an `Observation` or a `Rejection` with place and reason.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from graph_cdp.errors import InputError, MappingError
from graph_cdp.ingest.files import Found
from graph_cdp.ingest.guess import guess
from graph_cdp.ingest.keys import sender_of
from graph_cdp.ingest.letters import again
from graph_cdp.ingest.mapping import Mapping, load_mapping
from graph_cdp.ingest.places import ENDINGS, TABLES, ending_of, files_of
from graph_cdp.ingest.reading import Reading, Sent, records_of
from graph_cdp.ingest.rows import Rows
from graph_cdp.ingest.segment import observe
from graph_cdp.model import Item
from graph_cdp.normalise import Unusable
from graph_cdp.policy import Policy

__all__ = ["Mapping", "Reading", "again", "files_of", "guess", "load_mapping", "observe", "read"]


def read(
    path: Path, *, policy: Policy, mapping: Mapping | None = None, source: str | None = None, received_at: int
) -> Reading:
    """What the file says, in its order, as a stream. `source` outranks what the mapping and the messages name.

    Raises `InputError` for a file that cannot be read at all and `MappingError` for a table without a mapping that
    fits it. The place of a rejection is `FILE:LINE`, with the path as it was given; of Parquet the number of the row.
    """
    ending = ending_of(path)
    if ending is None:
        raise InputError(str(path), "its ending does not say what it is", f"known are {', '.join(ENDINGS)}, and .gz")
    if ending in TABLES and mapping is None:
        raise MappingError(
            str(path),
            "a table needs a mapping",
            f"graph-cdp ingest {path} --mapping M.toml; --guess writes a first one",
        )
    try:
        rows = Rows(mapping, source=source, policy=policy) if mapping else None
        if source is not None:
            sender_of(policy, source)
    except Unusable as unusable:
        raise InputError(str(path), unusable.reason) from None

    def take(value: object) -> list[Item]:
        if isinstance(value, Unusable):
            raise value
        if rows is not None:
            return rows.observed(value, received_at=received_at)
        return [observe(value, source=source, policy=policy, received_at=received_at)]

    sent = Sent(source or (mapping.source if mapping else None), received_at, mapping.text if mapping else "")
    found = Found(path)
    return Reading(found, partial(records_of, ending, mapping, found), take, sent)
