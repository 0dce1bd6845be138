"""What handlers take from paths and queries."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from hashlib import blake2b
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote_to_bytes

from fastapi import Depends, Path, Query, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
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
        description="Where to go on: `next` of the page before; empty: at the beginning.",
        examples=[""],
        json_schema_extra={"format": "cursor"},
    ),
]


# Where programs of others ask, which may say more than is listened to; and explorations, which look for themselves.
_LENIENT: Final = frozenset(("writing", "profile api", "operations", "exploring"))


async def only_known(request: Request) -> None:
    """Refuses a parameter that the operation has not: a misspelt `as_of` must not be answered with today's profile."""
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute) or not _LENIENT.isdisjoint(route.tags):
        return
    operation = request.app.openapi()["paths"][route.path_format][request.method.lower()]
    known = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    for name in request.query_params:
        if name not in known:
            near = get_close_matches(name, known, 1)
            there = (
                f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}" if known else "there are none"
            )
            raise UsageError(f"{name[:100]}: no parameter of this operation ({there})")


def checked_key(key: str) -> str:
    """The key, which is not taken for a customer id. Raises `KeyFormatError`."""
    if ":" not in key:
        raise KeyFormatError("no key: a key is namespace:value, for example email:ann@example.com")
    return key


Place = tuple[str, str]
_OF_A_PAGE: Final = ("cursor", "next", "limit", "verbose")
_NOT_OURS: Final = "cursor: not one that this list gave for this question (ask as for the page before, or without one)"


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of the list that a question makes, and after which place the one begins that is asked for.

    A cursor is opaque to whoever gets it, good whatever is in its place, and of no use for another question.
    """

    question: str
    after: Place | None = None

    @classmethod
    def of(cls, request: Request, cursor: str | None) -> Pages:
        """The pages that a request asks for. Raises `UsageError` for a cursor that an answer to it did not have."""
        question = _question(request)
        return cls(question, _place(cursor, question) if cursor else None)

    def cursor(self, place: Place | None) -> str | None:
        """The cursor to go on with after a place, None at the end."""
        text = json.dumps([*place, self.question]) if place else ""
        return urlsafe_b64encode(text.encode()).decode().rstrip("=") or None

    def page(self, items: Sequence[Any], place: Place | None) -> JSONResponse:
        """A page that ends at a place, None where nothing is left now."""
        return page(list(items), self.cursor(place))


def _question(request: Request) -> str:
    """What tells a question from others: its path and parameters, without those that choose the page."""
    given = sorted(one for one in request.query_params.multi_items() if one[0] not in _OF_A_PAGE)
    text = json.dumps([request.scope["path"], given])
    return blake2b(text.encode(), digest_size=6).hexdigest()


def _place(cursor: str, question: str) -> Place:
    try:
        one, other, of = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        (one + other).encode()  # which broken Unicode cannot be
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise UsageError(_NOT_OURS) from None
    if of != question:
        raise UsageError(_NOT_OURS)
    return one, other


async def _paged(request: Request, cursor: Cursor = None) -> Pages:
    """The page of a list that is asked for."""
    return Pages.of(request, cursor)


Paged = Annotated[Pages, Depends(_paged)]


def page(items: list[Any], following: int | str | None = None) -> JSONResponse:
    """A page of a list: `next` is where to go on, null where nothing is left now."""
    return Json({"items": items, "next": following})


def moved(path: str, today: str, query: str = "") -> JSONResponse:
    """The way from an id of before to the one of today, which stands at the end of `path`, with the same `query`."""
    place = path + quote(today, safe="") + (f"?{query}" if query else "")
    return Json({"customer_id": today}, 307, {"Location": place})


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
