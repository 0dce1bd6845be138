"""A moment of the past, and what counts as known by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from graph_cdp.errors import UsageError
from graph_cdp.model import micros, rfc3339
from graph_cdp.resolve.decided import Decided

# After every time, as texts sort.
_ALWAYS: Final = "~"


@dataclass(frozen=True, slots=True)
class Moment:
    """What had `happened` by a time and had been `told` by one: RFC 3339 in UTC, or `~` where that does not matter.

    What bears no date happened when it was told. Decisions count from the time at which they were made.
    """

    happened: str = _ALWAYS
    told: str = _ALWAYS

    @classmethod
    def of(cls, happened: datetime | None = None, told: datetime | None = None) -> Moment | None:
        """The moment of these times, in UTC where they have no zone; None for the present, without any.

        Raises `UsageError` for a time without a year.
        """
        if happened is None and told is None:
            return None
        return cls(*(_ALWAYS if when is None else _text(when) for when in (happened, told)))

    @classmethod
    def named(cls, happened: str | None = None, told: str | None = None) -> Moment | None:
        """The moment of dates or times in ISO 8601. Raises `UsageError` for a text that is none."""
        try:
            return cls.of(*(datetime.fromisoformat(text) if text else None for text in (happened, told)))
        except ValueError:
            raise UsageError("no time: give a date or a time, as in 2026-01-31 or 2026-01-31T09:30:00Z") from None

    @property
    def until(self) -> str:
        """The earlier of the two."""
        return min(self.happened, self.told)

    @property
    def day(self) -> date:
        """The day of it."""
        return datetime.fromisoformat(self.until).date()

    def decided(self, all_: Decided) -> Decided:
        """The decisions that had been made by then."""
        at = micros(datetime.fromisoformat(self.until))
        return Decided(one for one in all_.all if one.at <= at)


def _text(when: datetime) -> str:
    try:
        return rfc3339(micros(when if when.tzinfo else when.replace(tzinfo=UTC))) or _ALWAYS
    except OverflowError:
        raise UsageError("a time before the year 1 or after the year 9999") from None
