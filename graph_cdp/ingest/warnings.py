"""What the sender of a kept message ought to know: what of it could not be used, or is other than it may think."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from graph_cdp.model import UNDATED, Item, Observation

_UNDATED: Final = "timestamp: missing, so the message is undated and gives way to what has a date"
REPEATED: Final = "messageId: another content came under it before; both are kept (give every message an id of its own)"
_SECOND: Final = 1_000_000


def repeats(items: Iterable[Item]) -> set[str]:
    """The uids before which another content came under their message id; neither is known to be wrong."""
    first: dict[tuple[str, str], str] = {}
    observations = (item for item in items if isinstance(item, Observation))
    return {one.uid for one in observations if first.setdefault((one.source, one.message_id), one.uid) != one.uid}


def warnings_of(seen: Observation, *, repeated: bool = False) -> tuple[str, ...]:
    """One sentence each, with the place first and without any value; `repeated` as `repeats` has it."""
    said = [f"{refusal.place}: {refusal.reason}" for refusal in (*seen.refusals, *seen.blocked)]
    if seen.occurred_at == UNDATED:
        said.append(_UNDATED)
    if seen.clock:
        off = f"{abs(seen.clock) // _SECOND:,} seconds {'behind' if seen.clock > 0 else 'ahead'}"
        said.append(f"sentAt: the sender's clock is {off}; timestamp was corrected")
    if repeated:
        said.append(REPEATED)
    return tuple(said)
