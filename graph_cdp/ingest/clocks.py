"""The clocks of senders. A phone may be years off: what it sends at this moment it dates by the same wrong clock."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from graph_cdp.ingest.keys import Keys
from graph_cdp.model import UNDATED, micros
from graph_cdp.normalise import Unusable, moment

TOLERATED: Final = 60 * 1_000_000
_EARLIEST: Final = micros(datetime(1800, 1, 1, tzinfo=UTC))
_LATEST: Final = micros(datetime(9999, 1, 1, tzinfo=UTC))


# A batch has one time of sending, which is read once.
_moment = lru_cache(maxsize=64)(moment)


def clock_of(sent: object, said_at: int, received_at: int, keys: Keys) -> int:
    """By how many microseconds the clock is behind (ahead: less than 0) that says `sent` as we receive the message.

    It dates the message at `said_at`. 0 for a minute or less, which the way here may take, and where nothing is said.
    """
    if sent is None or said_at == UNDATED:
        return 0
    try:
        behind = received_at - (_moment(sent) if isinstance(sent, str) else moment(sent))
    except Unusable as unusable:
        keys.refuse("sentAt", f"{unusable.reason}: the clock cannot be corrected")
        return 0
    if not _EARLIEST <= said_at + behind < _LATEST:
        keys.refuse("sentAt", "too far off: the clock cannot be corrected")
        return 0
    return behind if abs(behind) > TOLERATED else 0
