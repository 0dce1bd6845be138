"""Loading a file or the rows of a database: batch by batch, going on where an earlier load came to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from graph_cdp.ingest import Reading, Tally, Topics, heard, load_mapping
from graph_cdp.ingest.kafka import Heard
from graph_cdp.model import Item, micros
from graph_cdp.policy import Policy
from graph_cdp.state import Reply
from graph_cdp.store.graph import Graph

EVERY: Final = 2
TAKEN: Final = 1_000
WAITING: Final = 0.5

Batch = list[tuple[Item, Reply]]
Absorb = Callable[[Iterable[Item]], Iterator[Batch]]


def load(graph: Graph, reading: Reading, absorb: Absorb) -> Iterator[Batch]:
    """Absorbs what is read; after each batch, in order, what became of its items.

    After every few batches, and never before they are committed, the graph is told how far it is: of a file until its
    end is reached, of a database for the next load. What is sent again is a duplicate, so nothing depends on it.
    """
    place = _Place(graph, reading)
    pending: deque[str | None] = deque()
    done: str | None = None
    for number, batch in enumerate(absorb(_noted(reading, pending)), start=1):
        # A record may say several things, of which some may be in the next batch: it begins anew with the last one.
        for _ in batch:
            done = pending.popleft() or done
        if number % EVERY == 0:
            place.keep(done)
        yield batch
    place.end(done)


def consume(
    topics: Topics, meant: Callable[[list[Heard]], list[Item]], absorb: Absorb, *, until_end: bool = False
) -> Iterator[Batch]:
    """Absorbs messages of Kafka as they come, for ever or until there is none left; what became of each batch.

    Offsets are committed only after the graph has committed what stands before them: what is read twice because
    something died in between is a duplicate.
    """
    while not (until_end and topics.is_at_end):
        if taken := topics.take(TAKEN, WAITING):
            yield from absorb(meant(taken))
        topics.commit()


def meaning(
    policy: Callable[[], Policy], mapping: Path | None, source: str | None, tally: Tally
) -> Callable[[list[Heard]], list[Item]]:
    """What tells what messages of Kafka mean, under the policy of when they are taken, and counts them."""
    columns = load_mapping(mapping) if mapping else None

    def meant(messages: list[Heard]) -> list[Item]:
        now = micros(datetime.now(UTC))
        said = heard(messages, policy=policy(), mapping=columns, source=source, received_at=now)
        for number, items in said:
            tally.take(number, items)
        return [item for _, items in said for item in items]

    return meant


def _noted(reading: Reading, pending: deque[str | None]) -> Iterator[Item]:
    for token, items in reading.records():
        for item in items:
            pending.append(token)
            yield item


class _Place:
    """How far something is loaded, kept in the graph."""

    def __init__(self, graph: Graph, reading: Reading) -> None:
        self._graph = graph
        self._lasts = reading.sent.lasts
        try:
            self._name = reading.sent.mark()
        except OSError:  # which reading it will tell
            self._name = "place/"
        self._kept = reading.since = graph.setting(self._name)

    def keep(self, token: str | None) -> None:
        """Notes that everything before this record is loaded."""
        if token is not None and token != self._kept:
            self._graph.write(lambda transaction: transaction.run("write/setting", name=self._name, value=token))
            self._kept = token

    def end(self, token: str | None) -> None:
        """Notes that everything is loaded."""
        if self._lasts:
            self.keep(token)
        elif self._kept is not None:
            self._graph.write(lambda transaction: transaction.run("write/drop_setting", name=self._name))
