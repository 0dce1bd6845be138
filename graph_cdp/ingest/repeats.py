"""One message id with two contents: both are kept, for neither is known to be wrong, and the sender is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Final

from graph_cdp.model import Item, Observation
from graph_cdp.state import Reply

REMEMBERED: Final = 100_000
REPEATED: Final = "messageId: another content came under it before; both are kept (give every message an id of its own)"


class Repeats:
    """The message ids that came last, each with what came under it; as many as `remembered`, those of a process.

    Only what senders are told depends on it, so that it may forget: what is stored is decided by the uid.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._lock = Lock()
        self._uids: dict[tuple[str, str], str] = {}

    def told(self, items: Sequence[Item], replies: Sequence[Reply]) -> list[Reply]:
        """The replies to what was stored just now, with a warning where another content has the same message id."""
        with self._lock:
            repeated = [isinstance(item, Observation) and self._repeated(item) for item in items]
        return [
            replace(reply, warnings=(*reply.warnings, REPEATED)) if again else reply
            for again, reply in zip(repeated, replies, strict=True)
        ]

    def _repeated(self, seen: Observation) -> bool:
        name = seen.source, seen.message_id
        before = self._uids.pop(name, seen.uid)
        self._uids[name] = seen.uid
        if len(self._uids) > self._remembered:
            del self._uids[next(iter(self._uids))]
        return before != seen.uid
