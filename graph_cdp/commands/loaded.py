"""What a load has come to, as people and machines are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graph_cdp import render
from graph_cdp.model import Item
from graph_cdp.state import OUTCOMES, Reply

if TYPE_CHECKING:
    from graph_cdp.ingest import Tally

Row = Mapping[str, Any]

_REFUSED_SHOWN: Final = 20
_ROWS_SHOWN: Final = 3
# Of very many files those that come first are told of.
_REFUSED_KEPT: Final = 1_000


@dataclass(slots=True)
class Loaded:
    """What became of a load so far: how many of each outcome, the first that were `rejected` with their places.

    `unread` are the files that could not be read, `files` what is to be said of those that were, `refused` the values
    that are not used of rows that were kept: `file, place, reason, count, rows` (the first ones), never the value.
    """

    found: Counter[str] = field(default_factory=Counter)
    rejected: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    records: int = 0
    refused: list[Row] = field(default_factory=list)
    more_refused: int = 0

    def take(self, batch: Iterable[tuple[Item, Reply]]) -> None:
        """Counts one more batch."""
        for item, reply in batch:
            self.found[reply.outcome] += 1
            if reply.outcome == "rejected" and len(self.rejected) < render.REJECTED_SHOWN:
                self.rejected.append(f"{getattr(item, 'place', '')}: {reply.reason}")

    def end(self, file: str, tally: Tally) -> None:
        """Adds what is told of a file when nothing more of it is read."""
        self.records += tally.records
        for (place, reason), one in tally.refused.items():
            if len(self.refused) < _REFUSED_KEPT:
                self.refused.append(
                    {"file": file, "place": place, "reason": reason, "count": one.count, "rows": one.rows}
                )
            else:
                self.more_refused += one.count

    @property
    def total(self) -> int:
        """How many messages, rows and consents in rows there were."""
        return self.found.total()

    @property
    def outcomes(self) -> dict[str, Any]:
        """The count of each outcome, zeros too, and beside them `refused_values`."""
        counted = {outcome: self.found[outcome] for outcome in OUTCOMES}
        return counted | {"refused_values": self.refused}

    def summary(self, seconds: float) -> str:
        """How much was loaded in so many `seconds`, in one sentence."""
        if not self.total:
            return "no messages and no rows: nothing was loaded"
        consents = self.total - self.records
        and_what = f" with {consents:,} consents in them" if consents > 0 else ""
        counted = render.counts({outcome: self.found[outcome] for outcome in OUTCOMES})
        rate = f"{seconds:.1f} s ({self.total / seconds:,.0f}/s)"
        return f"{self.records:,} messages and rows{and_what} in {rate}: {counted}"

    def refusals(self) -> Iterator[str]:
        """Which values are not used or in doubt, the most frequent first, a sentence each; nothing where all are."""
        if not self.refused:
            return
        count = sum(row["count"] for row in self.refused) + self.more_refused
        yield f"{count:,} values of what was kept are not used, or in doubt:"
        frequent = sorted(self.refused, key=lambda row: -row["count"])
        yield from map(_refusal, frequent[:_REFUSED_SHOWN])
        if len(frequent) > _REFUSED_SHOWN or self.more_refused:
            yield "  ... and more: --json has them"
        yield "  Those of one person: graph-cdp access KEY --to DIR"


def _refusal(row: Row) -> str:
    rows = ", ".join(map(str, row["rows"][:_ROWS_SHOWN]))
    more = ", ..." if row["count"] > _ROWS_SHOWN else ""
    place = f"{row['place']}: " if row["place"] else ""
    return f"  {row['file']}: {place}{row['reason']}: {row['count']:,} (row {rows}{more})"
