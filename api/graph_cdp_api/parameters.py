"""What handlers take from paths and queries."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote_to_bytes

from fastapi import Depends, Path, Query
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BeforeValidator
from pydantic.config import JsonDict

from graph_cdp.errors import KeyFormatError, UsageError
from graph_cdp.past import Moment
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json


def _decoded(segment: str) -> str:
    """The text that one path segment stands for, `%2F` and all. Python's `unquote` would replace what is not UTF-8."""
    try:
        return unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the percent-encoding is not UTF-8") from None


Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Segment = Annotated[str, AfterValidator(_decoded)]
_KEY: Final[JsonDict] = {"format": "key"}
Key = Annotated[
    Segment,
    Path(description="namespace:value, percent-encoded.", examples=["email:ann@example.com"], json_schema_extra=_KEY),
]
Id = Annotated[Segment, Path(description="A customer id that was ever issued.", examples=["c_5b1f0c6e9a7d4e21"])]
Asked = Annotated[
    str, Query(description="A key, namespace:value.", examples=["email:ann@example.com"], json_schema_extra=_KEY)
]
From = Annotated[
    str, Query(alias="from", description="A key.", examples=["email:ann@example.com"], json_schema_extra=_KEY)
]
To = Annotated[str, Query(description="A key.", examples=["user_id:42"], json_schema_extra=_KEY)]


Cursor = Annotated[
    str | None,
    Query(
        max_length=4000,
        description="Where to go on: `next` of the page before.",
        examples=["WyIiLCAiIl0"],
        json_schema_extra={"format": "cursor"},
    ),
]


def checked_key(key: str) -> str:
    """The key, which is not taken for a customer id. Raises `KeyFormatError`."""
    if ":" not in key:
        raise KeyFormatError("no key: a key is namespace:value, for example email:ann@example.com")
    return key


def cursor_of(*place: str) -> str:
    """The cursor of a place in a list: opaque to whoever gets it, and good whatever is in the place."""
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[str, str]:
    """The place that a cursor stands for. Raises `UsageError` for a text that is none."""
    try:
        one, other = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        (one + other).encode()  # which broken Unicode cannot be
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise UsageError("cursor: not one that this list gave (begin without one)") from None
    return one, other


def page(items: list[Any], following: int | str | None = None) -> JSONResponse:
    """A page of a list: `next` is where to go on, null where nothing is left now."""
    return Json({"items": items, "next": following})


def moved(path: str, today: str) -> JSONResponse:
    """The way from an id of before to the one of today, which stands at the end of `path`."""
    return Json({"customer_id": today}, 307, {"Location": path + quote(today, safe="")})


def _no_number(text: Any) -> Any:
    """A time as a text: a number would be taken for seconds or milliseconds, whichever it looks like."""
    if isinstance(text, str) and "-" not in text[1:]:
        raise ValueError("give a time as in 2026-03-01T10:00:00Z")
    return text


Time = Annotated[datetime, BeforeValidator(_no_number)]
AsOf = Annotated[
    Time | None, Query(description="As what had happened by then makes it; UTC without a zone.", examples=[schemas.DAY])
]
ToldBy = Annotated[Time | None, Query(description="As what had been told by then makes it.", examples=[schemas.LATER])]


async def _moment(as_of: AsOf = None, told_by: ToldBy = None) -> Moment | None:
    """The moment that is asked about; None for the present."""
    return Moment.of(as_of, told_by)


Then = Annotated[Moment | None, Depends(_moment)]
