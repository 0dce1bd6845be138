"""What handlers take from paths and queries."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote_to_bytes

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from pydantic import AfterValidator

from graph_cdp_api.answers import Json


def _decoded(segment: str) -> str:
    """The text that one path segment stands for, `%2F` and all. Python's `unquote` would replace what is not UTF-8."""
    try:
        return unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the percent-encoding is not UTF-8") from None


Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Segment = Annotated[str, AfterValidator(_decoded)]
Key = Annotated[Segment, Path(description="namespace:value, percent-encoded.", examples=["email:ann@example.com"])]
Id = Annotated[Segment, Path(description="A customer id that was ever issued.", examples=["c_5b1f0c6e9a7d4e21"])]
Asked = Annotated[str, Query(description="A key, namespace:value.", examples=["email:ann@example.com"])]


def moved(path: str, today: str) -> JSONResponse:
    """The way from an id of before to the one of today, which stands at the end of `path`."""
    return Json({"customer_id": today}, 307, {"Location": path + quote(today, safe="")})
