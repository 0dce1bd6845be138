"""Dead letters taken again: a message that was rejected under an earlier policy or release may be usable today."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from graph_cdp.ingest.files import KEPT
from graph_cdp.ingest.segment import observe
from graph_cdp.model import Observation, micros
from graph_cdp.normalise import Unusable
from graph_cdp.policy import Policy

LIVE: Final = "http"
_ROW: Final = re.compile(r"\.(csv|parquet)(\.gz)?(:\d+)?\Z", re.IGNORECASE)


def again(letter: Mapping[str, Any], policy: Policy) -> Observation:
    """The observation that a dead letter's message is today, received when it came first.

    Raises `Unusable` where it is still none, or is no message: of a row of a table the mapping is not known here.
    """
    if _ROW.search(letter["place"]):
        raise Unusable("a row of a table: correct the file or its mapping and load it again")
    if len(letter["raw"].encode()) >= KEPT:
        raise Unusable("only its beginning was kept: send it again")
    try:
        message = json.loads(letter["raw"])
    except (ValueError, RecursionError):
        raise Unusable("not a JSON message: correct it and send it again") from None
    received = micros(datetime.fromisoformat(letter["at"]))
    live = letter["place"] == LIVE
    return observe(message, source=letter["source"], policy=policy, received_at=received, live=live)
