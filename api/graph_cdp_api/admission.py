"""How much may be under way at once: bodies are counted before they are read, so that no load fills the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request

from graph_cdp.errors import BusyError
from graph_cdp_api.bodies import MOST_SENT, in_time

MOST_AT_ONCE: Final = 64 * 2**20


class Admission:
    """The bytes that requests under way have promised to bring at most."""

    def __init__(self) -> None:
        self.taken = 0


async def admitted(request: Request) -> AsyncIterator[None]:
    """Lets a request in until it is answered. Raises `BusyError` where too much is under way."""
    admission: Admission = request.app.state.admission
    size = _promised(request)
    if admission.taken + size > MOST_AT_ONCE:
        # To the end, for a client that is still sending when the connection closes does not get to see the refusal.
        async with in_time():
            async for _ in request.stream():
                pass
        raise BusyError("too much is sent at once: send the same again a little later")
    admission.taken += size
    try:
        yield
    finally:
        admission.taken -= size


def _promised(request: Request) -> int:
    length = request.headers.get("content-length", "")
    plain = request.headers.get("content-encoding", "identity") == "identity"
    return min(int(length), MOST_SENT) if plain and length.isdecimal() else MOST_SENT
