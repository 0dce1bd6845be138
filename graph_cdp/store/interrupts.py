"""Ctrl-C and the driver: it is put off until a conversation with the server is over."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Raises `KeyboardInterrupt` at its end where Ctrl-C came meanwhile, and at once where it came twice.

    In the middle of a message the driver can neither go on nor take back what was begun: it waits for an answer that it
    has half read. Nothing is put off in other threads, which Python does not interrupt, and for programs that have a
    handler of their own.
    """
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    came = False

    def note(number: int, frame: object) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if came:
            raise KeyboardInterrupt
