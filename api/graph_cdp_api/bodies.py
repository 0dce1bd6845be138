"""Bodies as they came to JSON, whatever content type they claim: browsers send theirs as text/plain."""

from __future__ import annotations

import json
import zlib
from asyncio import timeout
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from graph_cdp_api.problems import NotJsonError, SlowError, TooLargeError

MOST_BYTES: Final = 4 * 2**20
# Of messages together; the limit is Segment's.
MOST_SENT: Final = 500 * 1024
SECONDS: Final = 30
_GZIP: Final = 16 + zlib.MAX_WBITS

Model = TypeVar("Model", bound=BaseModel)


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Raises `SlowError` after `SECONDS`: what a body may bring is counted as taken for as long as it is awaited."""
    try:
        async with timeout(SECONDS):
            yield
    except TimeoutError:
        raise SlowError(f"the body took more than {SECONDS} seconds to come: send it again, or less at once") from None


async def _bytes(request: Request) -> bytes:
    plain = await received(request, MOST_BYTES)
    if plain is None:
        raise TooLargeError(f"more than {MOST_BYTES:,} bytes: send less at once")
    return plain


Body = Annotated[bytes, Depends(_bytes)]


async def received(request: Request, most: int) -> bytes | None:
    """The body, unpacked where it is gzip; None where that is more than `most` bytes.

    Raises `NotJsonError`, and `SlowError` where it takes longer than `SECONDS` to come.
    """
    taken = bytearray()
    # All of it is read: a client that is still sending when the connection closes does not get to see the refusal.
    async with in_time():
        async for chunk in request.stream():
            if len(taken) <= most:
                taken += chunk
    if len(taken) > most:
        return None
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "gzip":
        return _unpacked(bytes(taken), most)
    if encoding != "identity":
        raise NotJsonError("the content encoding is not known: send the body plain or as gzip")
    return bytes(taken)


def _unpacked(data: bytes, most: int) -> bytes | None:
    """The gzip `data`, of one member or of several, unpacked; None where that is more than `most` bytes."""
    plain = bytearray()
    while data:
        unpacking = zlib.decompressobj(_GZIP)
        try:
            plain += unpacking.decompress(data, most + 1 - len(plain))
        except zlib.error:
            raise NotJsonError("the body is not the gzip that its content encoding says") from None
        if len(plain) > most:
            return None
        if not unpacking.eof:
            raise NotJsonError("the gzip of the body breaks off")
        data = unpacking.unused_data
    return bytes(plain)


def parsed(body: bytes) -> Any:
    """The JSON value of a body. Raises `NotJsonError`, or `RecursionError` where it is nested too deeply."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except json.JSONDecodeError as broken:
        raise NotJsonError(f"not valid JSON: {broken.msg} (line {broken.lineno}, column {broken.colno})") from None
    except UnicodeDecodeError as broken:
        raise NotJsonError(f"not valid UTF-8: byte {broken.start + 1}") from None
    except ValueError:
        raise NotJsonError("not usable JSON: a number of too many digits") from None


def valid(model: type[Model], body: bytes) -> Model:
    """The body as a model. Raises `NotJsonError`, or `RequestValidationError` where it does not fit."""
    try:
        return model.model_validate(parsed(body))
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None
