"""A moment of the past, and what counts as known by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from graph_cdp.errors import UsageError
from graph_cdp.model import micros, rfc3339
from graph_cdp.resolve.decided import Decided


@dataclass(frozen=True, slots=True)
class Moment:
    """`until` is RFC 3339 in UTC. With `told` what had been told by then counts, otherwise what had happened.

    What bears no date happened when it was told. Decisions count from the time at which they were made.
    """

    until: str
    told: bool = False

    @classmethod
    def of(cls, when: datetime, *, told: bool = False) -> Moment:
        """The moment `when`, in UTC where it has no zone. Raises `UsageError` for one without a year."""
        try:
            text = rfc3339(micros(when if when.tzinfo else when.replace(tzinfo=UTC)))
        except OverflowError:
            raise UsageError("a time before the year 1 or after the year 9999") from None
        return cls(text or "", told)

    @classmethod
    def named(cls, text: str, *, told: bool = False) -> Moment:
        """The moment that a date or time in ISO 8601 names. Raises `UsageError` for a text that is none."""
        try:
            return cls.of(datetime.fromisoformat(text), told=told)
        except ValueError:
            raise UsageError("no time: give a date or a time, as in 2026-01-31 or 2026-01-31T09:30:00Z") from None

    def decided(self, all_: Decided) -> Decided:
        """The decisions that had been made by then."""
        at = micros(datetime.fromisoformat(self.until))
        return Decided(one for one in all_.all if one.at <= at)
