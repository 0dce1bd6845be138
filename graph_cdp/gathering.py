"""Group commit: what waits is worked on together, so that many small requests cost about as much as one large one.

Nobody waits for a group to fill: a writer takes what has come meanwhile, and so groups grow with the load.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Final, Generic, TypeVar

from graph_cdp.errors import BusyError, StoreAwayError

Request = TypeVar("Request")
Answer = TypeVar("Answer")

TOGETHER: Final = 1_000
MOST_WAITING: Final = 20_000


@dataclass(slots=True)
class _Waiting(Generic[Request, Answer]):
    request: Request
    size: int
    future: Future[Answer] = field(default_factory=Future)


class Gathering(Generic[Request, Answer]):
    """Has requests done in groups by at most `writers` threads, which end when nothing waits.

    `work` does a group as a whole or raises. `together` is the most that a group may have in all, unless one request
    alone has more; 1 lets everybody go alone. `observe` is told the size of each group.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Request]], Sequence[Answer]],
        writers: int,
        together: int = TOGETHER,
        observe: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._work, self._most_writers, self.together, self.observe = work, writers, together, observe
        self._queue: deque[_Waiting[Request, Answer]] = deque()
        self._lock = Lock()
        self._writers = 0
        self.waiting = 0

    def put(self, request: Request, size: int) -> Future[Answer]:
        """The answer to come, or what was raised for this request. Raises `BusyError` where too much waits already."""
        one = _Waiting[Request, Answer](request, size)
        with self._lock:
            if self.waiting and self.waiting + size > MOST_WAITING:
                raise BusyError("more is sent than can be written: send the same again a little later")
            self._queue.append(one)
            self.waiting += size
            begins = self._writers < self._most_writers
            self._writers += begins
        if begins:
            Thread(target=self._write, name="graph-cdp writer", daemon=True).start()
        return one.future

    def _write(self) -> None:
        while group := self._next():
            self.observe(sum(one.size for one in group))
            self._settle(group)

    def _next(self) -> list[_Waiting[Request, Answer]]:
        """What is to be done together; nothing, and one writer less, where nothing waits."""
        group: list[_Waiting[Request, Answer]] = []
        size = 0
        with self._lock:
            while self._queue and (not group or size + self._queue[0].size <= self.together):
                one = self._queue.popleft()
                self.waiting -= one.size
                # Whoever has gone away meanwhile was not told anything, and will send again.
                if one.future.set_running_or_notify_cancel():
                    group.append(one)
                    size += one.size
            self._writers -= not group
        return group

    def _settle(self, group: list[_Waiting[Request, Answer]]) -> None:
        try:
            answers = self._work([one.request for one in group])
        except Exception as error:  # whatever it is, it is for those who wait and not for this thread
            if len(group) == 1 or isinstance(error, StoreAwayError):
                for one in group:
                    one.future.set_exception(error)
                return
            # One of them may be to blame, and the others are not to suffer for it.
            for one in group:
                self._settle([one])
            return
        for one, answer in zip(group, answers, strict=True):
            one.future.set_result(answer)
