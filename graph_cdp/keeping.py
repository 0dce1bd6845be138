"""Answers that are kept while nothing has happened that they are made of.

An answer is a function of the evidence, the policy, the model of predictions and the time. Every transaction that
changes one of the first three leaves a note under the next number (`store/news.py`), so one question of one row tells
whether an answer is still what would be made anew. What is kept may be thrown away at any moment.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from cachetools import TTLCache

from graph_cdp.store.news import Mark, News

T = TypeVar("T")
U = TypeVar("U")

ROOM: Final = 64 * 2**20
# Nothing of anybody stays longer in memory that nobody looks at.
SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """An answer and what it is made of.

    As long as nothing is told `about` one customer, of anybody at all without one, it holds `until` a Unix time.
    """

    value: T
    about: str | None = None
    until: float = math.inf

    def turned(self, value: U) -> Made[U]:
        """The same in another form."""
        return Made(value, self.about, self.until)


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    made: Made[T]
    mark: Mark
    at: float
    size: int


class Kept(Generic[T]):
    """The answers of this process, at most `room` bytes of them; `size` says how many bytes one has."""

    def __init__(
        self, news: News, size: Callable[[T], int], room: int = ROOM, clock: Callable[[], float] = time.time
    ) -> None:
        self._news, self._size, self._clock = news, size, clock
        self._lock = Lock()
        self._entries: TTLCache[Hashable, _Entry[T]] = TTLCache(room, SECONDS, getsizeof=lambda entry: entry.size)

    def ask(self, name: Hashable, make: Callable[[], Made[T]]) -> T:
        """What `make` made under this name, or would make now: never an older answer. Raises what `make` raises."""
        if not self._entries.maxsize:
            return make().value
        # Both are had before anything is made: what is told meanwhile has a later number.
        mark, now = self._news.mark(), self._clock()
        with self._lock:
            entry = self._entries.get(name)
        if entry is None or not self._holds(entry, now):
            entry = self._put(name, make(), mark, now)
        return entry.made.value

    def _holds(self, entry: _Entry[T], now: float) -> bool:
        # A clock that was set back makes an answer of the future.
        in_time = entry.at <= now < entry.made.until
        return in_time and self._news.nothing_since(entry.mark, entry.made.about)

    def _put(self, name: Hashable, made: Made[T], mark: Mark, now: float) -> _Entry[T]:
        entry = _Entry(made, mark, now, self._size(made.value))
        with self._lock:
            self._entries.pop(name, None)
            if entry.size <= self._entries.maxsize and now < made.until:
                self._entries[name] = entry
        return entry


def about(profile: Mapping[str, Any]) -> str | None:
    """The customer of whom alone a profile tells; None where others are seen in it, or may be for all that is shown."""
    others = [profile.get(part, True) for part in ("company", "household", "warnings")]
    shared = any(one["shared"] for one in profile.get("identifiers", [{"shared": True}]))
    return None if any(others) or shared else str(profile["customer_id"])


def tomorrow() -> float:
    """The Unix time at which the next day begins, in UTC: ages, scores and predictions are of a day."""
    now = datetime.now(UTC)
    return (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).timestamp()
