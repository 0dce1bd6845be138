"""Dead letters taken again: what was rejected may be usable today, under another policy or release, or corrected."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from graph_cdp.ingest.files import KEPT
from graph_cdp.ingest.mapping import Mapping as TableMapping
from graph_cdp.ingest.rows import Rows
from graph_cdp.ingest.segment import observe
from graph_cdp.model import Item, micros
from graph_cdp.normalise import Unusable
from graph_cdp.policy import Policy

LIVE: Final = "http"
_ROW: Final = re.compile(r"\.(csv|parquet)(\.gz)?(:\d+)?\Z|\A\w+(\+\w+)?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps dead letters: other texts in their place, by uid, and the mapping by which they are rows."""

    corrected: Mapping[str, str] = field(default_factory=dict)
    mapping: TableMapping | None = None


NONE: Final = Remedy()


def again(letter: Mapping[str, Any], policy: Policy, remedy: Remedy = NONE) -> list[Item]:
    """What a dead letter says today, received when it came first.

    Raises `Unusable` where it is still none, or is no message: of a row of a table the mapping is not known here.
    """
    text = remedy.corrected.get(letter["uid"])
    if remedy.mapping is None and _ROW.search(letter["place"]):
        raise Unusable("a row of a table: give its mapping, or correct the file or its mapping and load it again")
    if text is None and len(letter["raw"].encode()) >= KEPT:
        raise Unusable("only its beginning was kept: send it again")
    try:
        message = json.loads(letter["raw"] if text is None else text)
    except (ValueError, RecursionError):
        raise Unusable("not a JSON message: correct it and send it again") from None
    received = micros(datetime.fromisoformat(letter["at"]))
    if remedy.mapping is not None:
        return Rows(remedy.mapping, source=letter["source"], policy=policy).observed(message, received_at=received)
    live = letter["place"] == LIVE
    return [observe(message, source=letter["source"], policy=policy, received_at=received, live=live)]
