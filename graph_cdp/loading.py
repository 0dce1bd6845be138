"""Loading a file: batch by batch, going on where an earlier load of the same file was broken off."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from graph_cdp.ingest import Reading
from graph_cdp.model import Item
from graph_cdp.state import Reply
from graph_cdp.store.graph import Graph

EVERY: Final = 10

Batch = list[tuple[Item, Reply]]
Absorb = Callable[[Iterable[Item]], Iterator[Batch]]


def load(graph: Graph, reading: Reading, absorb: Absorb) -> Iterator[Batch]:
    """Absorbs what a file says; after each batch, in order, what became of its items.

    After every few batches the graph is told how many records of the file are in it, until its end is reached. That is
    a convenience: records that are sent again are duplicates.
    """
    place = _Place(graph, reading)
    reading.skip = place.kept
    pending: deque[int] = deque()
    for number, batch in enumerate(absorb(_counted(reading, pending)), start=1):
        # A record may say several things, of which some may be in the next batch: it begins anew with the last one.
        done = [pending.popleft() for _ in batch]
        if done and number % EVERY == 0:
            place.keep(done[-1])
        yield batch
    place.forget()


def _counted(reading: Reading, pending: deque[int]) -> Iterator[Item]:
    for number, items in enumerate(reading.records()):
        for item in items:
            pending.append(number)
            yield item


class _Place:
    """How many records of a file were loaded, kept in the graph while the file is not loaded as a whole."""

    def __init__(self, graph: Graph, reading: Reading) -> None:
        self._graph = graph
        try:
            self._name = f"place/{reading.mark()}"
        except OSError:  # which reading it will tell
            self._name = "place/"
        self.kept = int(graph.setting(self._name) or 0)

    def keep(self, records: int) -> None:
        self._graph.write(lambda transaction: transaction.run("write/setting", name=self._name, value=str(records)))
        self.kept = records

    def forget(self) -> None:
        if self.kept:
            self._graph.write(lambda transaction: transaction.run("write/drop_setting", name=self._name))
