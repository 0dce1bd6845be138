"""What a load has to tell beside the outcomes: how much was read, and which values of what was kept are not used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from graph_cdp.model import Item, Observation

ROWS_KEPT: Final = 5
# Places of messages hold names that senders make up.
_MOST: Final = 1_000
_REST: Final = ("", "other places and reasons, more than are told apart")


@dataclass(slots=True)
class Refused:
    """How often values at one place were refused for one reason, and the first rows: lines, numbers or offsets."""

    count: int = 0
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Of one file: how many `records` were read, and what was refused in those that were kept, by (place, reason).

    No value is in it, and it stays small whatever is read.
    """

    records: int = 0
    refused: dict[tuple[str, str], Refused] = field(default_factory=dict)

    def take(self, number: int, items: Iterable[Item]) -> None:
        """Counts the record that begins at `number` and says these items."""
        self.records += 1
        for item in items:
            for refusal in (*item.refusals, *item.blocked) if isinstance(item, Observation) else ():
                self._refuse((refusal.place, refusal.reason), number)

    def _refuse(self, key: tuple[str, str], number: int) -> None:
        known = key in self.refused or len(self.refused) < _MOST
        one = self.refused.setdefault(key if known else _REST, Refused())
        one.count += 1
        if len(one.rows) < ROWS_KEPT and number not in one.rows:
            one.rows.append(number)
