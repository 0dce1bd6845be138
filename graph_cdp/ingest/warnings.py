"""What the sender of a kept message ought to know: what of it could not be used, or is other than it may think."""

from __future__ import annotations

from typing import Final

from graph_cdp.model import UNDATED, Observation

_UNDATED: Final = "timestamp: missing, so the message is undated and gives way to what has a date"
_SECOND: Final = 1_000_000


def warnings_of(seen: Observation) -> tuple[str, ...]:
    """One sentence each, with the place first and without any value."""
    said = [f"{refusal.place}: {refusal.reason}" for refusal in seen.refusals]
    if seen.occurred_at == UNDATED:
        said.append(_UNDATED)
    if seen.clock:
        off = f"{abs(seen.clock) // _SECOND:,} seconds {'behind' if seen.clock > 0 else 'ahead'}"
        said.append(f"sentAt: the sender's clock is {off}; timestamp was corrected")
    return tuple(said)
