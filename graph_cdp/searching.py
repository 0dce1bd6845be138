"""Customers by a part of an identifier's value or of a trait that was ever said of them.

Capitals and diacritics do not matter: a text that has any is kept a second time as it is searched.

Neither server has an index that both know for a part of a text, so the search walks in the order of keys, a stretch at
a time, and stops where it has enough or has looked long enough: a page is bounded on a graph of any size.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from graph_cdp.folding import fold
from graph_cdp.model import namespace_of
from graph_cdp.policy import Policy
from graph_cdp.project.profile import owner
from graph_cdp.state import Letters, Place
from graph_cdp.store.questions import Questions

SECONDS: Final = 1.0
_STRETCH: Final = 20_000
# After every key and every uid.
_END: Final = "\U0010ffff"

Row = dict[str, Any]


IDENTIFIERS, EVENTS = "identifiers", "events"
# How far a search has come: in the identifiers or in the events, and after which of them.
BEGIN: Final[Place] = (IDENTIFIERS, "")


@dataclass(frozen=True, slots=True)
class Search:
    """A search for one text, in a graph under the policy in force."""

    graph: Questions
    policy: Policy
    text: str

    def page(self, place: Place, limit: int) -> tuple[list[Row], Place | None]:
        """Up to `limit` matches after a place, and where to go on; None where there is nothing more."""
        found: list[Row] = []
        until = time.monotonic() + SECONDS
        here: Place | None = place if place[0] in (IDENTIFIERS, EVENTS) else BEGIN
        while here is not None and len(found) < limit and time.monotonic() < until:
            matches, here = self._stretch(here, limit - len(found))
            found += [one for one in matches if one not in found]
        return found, here

    def _stretch(self, place: Place, limit: int) -> tuple[list[Row], Place | None]:
        """The matches of one stretch, and the place after it, or after the last match where they are too many."""
        among, after = place
        if among == IDENTIFIERS:
            ends = self.graph.ask("read/identifiers_until", after=after, skip=_STRETCH)
            rows = self._values(after, ends[0]["last"] if ends else _END, limit)
            names = [row["key"] for row in rows]
        else:
            ends = self.graph.ask("read/events_until", after=after, skip=_STRETCH)
            rows = self._events(after, ends[0]["last"] if ends else _END, limit)
            names = list(dict.fromkeys(row["uid"] for row in rows))
        found = list(self._matches(rows))
        if len(names) >= limit:
            return found, (among, names[-1])
        if ends:
            return found, (among, str(ends[0]["last"]))
        return found, (EVENTS, "") if among == IDENTIFIERS else None

    def _values(self, after: str, last: str, limit: int) -> list[Row]:
        return self.graph.ask("read/search_values", after=after, last=last, text=fold(self.text), limit=limit)

    def _events(self, after: str, last: str, limit: int) -> list[Row]:
        # The traits are kept as JSON, where a quotation mark has a backslash before it.
        text = json.dumps(fold(self.text), ensure_ascii=False)[1:-1]
        return self.graph.ask("read/search_traits", after=after, last=last, text=text, limit=limit)

    def _matches(self, rows: list[Row]) -> Iterator[Row]:
        for row in (row for row in rows if "uid" not in row):
            yield {**row, "trait": None}
        for _, group in groupby((row for row in rows if "uid" in row), key=lambda row: str(row["uid"])):
            yield from self._of_event(list(group))

    def _of_event(self, rows: list[Row]) -> Iterator[Row]:
        """What an event says of the customer that it hangs on."""
        shared = frozenset(row["key"] for row in rows if row["shared"])
        keys = [row["key"] for row in rows]
        key = owner(keys, frozenset(keys), shared, lambda one: self.policy.trust(namespace_of(one)))
        home = next(row for row in rows if row["key"] == key)
        wanted = fold(self.text)
        for trait, value in json.loads(home["traits"]).items():
            if wanted in fold(_text(value)):
                whose = {name: home[name] for name in ("key", "customer_id", "kind")}
                yield {**whose, "trait": trait, "value": _text(value)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def letters_of(graph: Questions, limit: int, after: Place, which: Letters) -> list[dict[str, Any]]:
    """The dead letters that are meant, after the time and the uid of one, the oldest first."""
    return graph.ask(
        "read/dead_letters",
        at=after[0],
        uid=after[1],
        source=which.source,
        reason=which.reason,
        place=which.place,
        since=which.since,
        until=which.until,
        limit=limit,
    )
