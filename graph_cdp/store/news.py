"""What transactions have told since a mark, so that what was made of it is known to hold or not."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, NamedTuple

from graph_cdp.store.transaction import EVERYBODY

# Who has not looked for so many transactions takes it that everybody was told of: to read the notes would take longer.
_MOST: Final = 500
# Of so many customers at most is known when they were told of last: beyond that it may have been anybody again.
_KNOWN: Final = 100_000


class Mark(NamedTuple):
    """The number of a transaction in the graph that was `born` under this name."""

    born: str | None
    number: int


class News:
    """Follows the notes that transactions leave of whose evidence they change; `ask` answers reading statements."""

    def __init__(self, ask: Callable[..., list[dict[str, Any]]]) -> None:
        self._ask = ask
        self._lock = Lock()
        self._asked = float("-inf")
        self._mark = Mark(None, -1)
        # Of whom was told after `_since` is known, of each the last number; before that it may have been anybody.
        self._since = -1
        self._last: dict[str, int] = {}

    def mark(self) -> Mark:
        """The last transaction: whatever was committed before this call is in it.

        One question answers all who came before it was asked.
        """
        came = time.monotonic()
        with self._lock:
            if self._asked <= came:
                asked = time.monotonic()
                self._look()
                self._asked = asked
            return self._mark

    def nothing_since(self, mark: Mark, about: str | None = None) -> bool:
        """Whether nothing was told after a mark: of anybody, or of the customer `about`.

        As far as the last call of `mark` has looked.
        """
        with self._lock:
            if mark.born != self._mark.born:
                return False  # another graph has taken the place of the one that was here
            if mark.number == self._mark.number:
                return True
            return about is not None and self._since <= mark.number and self._last.get(about, 0) <= mark.number

    def _look(self) -> None:
        rows = self._ask("read/last_touch")
        now = Mark(rows[0]["born"], rows[0]["number"]) if rows else Mark(None, 0)
        if now == self._mark:
            return
        followed = now.born == self._mark.born and 0 < now.number - self._mark.number <= _MOST
        told = self._ask("read/touches", after=self._mark.number) if followed else []
        if not told or told[0]["number"] != self._mark.number + 1:
            self._begin(now)
        for row in told:
            self._note(Mark(now.born, row["number"]), row["customers"])

    def _begin(self, now: Mark) -> None:
        self._mark, self._since = now, now.number
        self._last.clear()

    def _note(self, now: Mark, customers: list[str]) -> None:
        if EVERYBODY in customers or len(self._last) + len(customers) > _KNOWN:
            self._begin(now)
        else:
            self._mark = now
            self._last.update(dict.fromkeys(customers, now.number))
