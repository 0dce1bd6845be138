"""Profiles, timelines, customers, search, reasons and the change feed."""

from __future__ import annotations

from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from graph_cdp.engine import Engine
from graph_cdp.errors import GraphCdpError, KeyFormatError, NotFoundError
from graph_cdp.keeping import Made
from graph_cdp.past import Moment
from graph_cdp.state import Window
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json, plain, tagged, written
from graph_cdp_api.bodies import Body, valid
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import (
    Asked,
    Id,
    Key,
    Limit,
    Paged,
    Then,
    Time,
    checked_key,
    moved,
    page,
)
from graph_cdp_api.problems import TYPE, SharedError, problem_of
from graph_cdp_api.wiring import TheAnswers, TheEngine

router = APIRouter(
    tags=["reading"], dependencies=[Depends(needs("read"))], responses=schemas.problems(400, 401, 403, 503)
)

private = APIRouter(
    tags=["reading"], dependencies=[Depends(needs("privacy"))], responses=schemas.problems(400, 401, 403, 503)
)

UNKNOWN: Final = schemas.problems(300, 404)


Known = Annotated[
    str | None,
    Header(alias="If-None-Match", description="The ETag of an answer that is there already: 304 where it still holds."),
]
Include = Annotated[
    str,
    Query(
        max_length=1000,
        description="The parts that are wanted, by commas; all without any.",
        examples=["traits,orders"],
        json_schema_extra={"format": "parts"},
    ),
]
Brand = Annotated[
    str,
    Query(
        max_length=200,
        description="Only the part that one brand has in it.",
        examples=[""],
        json_schema_extra={"format": "brand"},
    ),
]


class _Wanted(NamedTuple):
    """The parts and the brand that are asked for."""

    include: str
    brand: str


async def _wanted(include: Include = "", brand: Brand = "") -> _Wanted:
    """What of a profile is asked for."""
    return _Wanted(include, brand)


@router.get("/profiles/{key}", responses=schemas.answers(schemas.Profile) | UNKNOWN | schemas.UNCHANGED)
def profile(
    key: Key, answers: TheAnswers, moment: Then, wanted: Annotated[_Wanted, Depends(_wanted)], known: Known = None
) -> Response:
    """The customer, or the company, that a key leads to, or led to at a moment."""
    engine, name = answers.engine, checked_key(key)

    def make() -> Made[bytes]:
        made = engine.lasting_profile(name, moment, *wanted)
        return made.turned(written(_owned(engine, made.value, name, moment)))

    return tagged(answers.kept.ask(("profile", name, moment, wanted, engine.today()), make), known)


def _profile(engine: Engine, key: str) -> dict[str, Any]:
    return _owned(engine, engine.profile(checked_key(key)), key)


def _owned(engine: Engine, found: dict[str, Any], asked: str, moment: Moment | None = None) -> dict[str, Any]:
    if found["kind"] == "shared":
        raise SharedError(engine.candidates(asked, moment))
    return found


@private.get("/profiles/{key}/access", responses=schemas.answers(schemas.Access) | UNKNOWN)
def access(key: Key, engine: TheEngine) -> JSONResponse:
    """Everything that is held of a person: the profile, and all that it was made of, as it came."""
    return Json(_owned(engine, engine.access(checked_key(key)), key))


@router.post(
    "/profiles/lookup",
    openapi_extra=schemas.body_of(schemas.Keys),
    responses=schemas.answers(schemas.Lookup) | schemas.problems(413),
)
def lookup(body: Body, engine: TheEngine) -> JSONResponse:
    """The customers that 1 to 100 keys lead to, in their order, without a key in a URL."""
    asked = valid(schemas.Keys, body)
    found = {key: _looked_up(engine, key) for key in dict.fromkeys(asked.keys)}
    return Json({"items": [found[key] for key in asked.keys]})


def _looked_up(engine: Engine, key: str) -> dict[str, Any]:
    try:
        return {"key": key, "profile": _profile(engine, key), "problem": None}
    except (NotFoundError, KeyFormatError, SharedError) as error:
        return {"key": key, "profile": None, "problem": _problem(error)}


def _problem(error: GraphCdpError) -> dict[str, Any]:
    row = problem_of(error)
    facts = {"candidates": error.candidates} if isinstance(error, SharedError) else {}
    return {"type": TYPE + row.name, "title": row.title, "status": row.status, "detail": str(error), **facts}


Since = Annotated[
    Time | None, Query(alias="from", description="Not before; UTC where no zone is named.", examples=[schemas.DAY])
]
Until = Annotated[Time | None, Query(description="Before this time.", examples=[schemas.LATER])]
Types = Annotated[
    str,
    Query(
        max_length=2000,
        description="Names or kinds of events, by commas; all without any.",
        examples=["Product Viewed,login"],
    ),
]


async def _window(pages: Paged, from_: Since = None, to: Until = None, types: Types = "") -> Window:
    """The part of a timeline that is asked for."""
    named = filter(None, (name.strip() for name in types.split(",")))
    return Window.of(from_, to, named, pages.after)


@router.get("/profiles/{key}/timeline", responses=schemas.answers(schemas.Timeline) | UNKNOWN)
def timeline(
    key: Key, engine: TheEngine, pages: Paged, window: Annotated[Window, Depends(_window)], limit: Limit = 50
) -> JSONResponse:
    """What happened to a customer, newest first, undated events last.

    A page goes on where the one before ended, whatever has been added, joined or split meanwhile.
    """
    found = _owned(engine, engine.timeline(checked_key(key), window, limit), key)
    return pages.page(found["items"], found["place"])


@router.get("/customers", responses=schemas.answers(schemas.Customers))
def customers(engine: TheEngine, pages: Paged, limit: Limit = 50) -> JSONResponse:
    """Customers in the order of their ids, without shared identifiers; `next` is the cursor to go on with."""
    rows = engine.customers(limit + 1, after=pages.after[0] if pages.after else "")
    return pages.page(rows[:limit], (rows[limit - 1]["customer_id"], "") if len(rows) > limit else None)


@router.get("/search", responses=schemas.answers(schemas.Found))
def search(
    q: Annotated[
        str, Query(min_length=2, max_length=200, description="A part of a value, in any case.", examples=["zofia"])
    ],
    engine: TheEngine,
    pages: Paged,
    limit: Limit = 50,
) -> JSONResponse:
    """Identifiers whose value has the text in it, then traits that were ever said; each with its customer.

    A page ends when it is full or after about a second of looking, so it may hold little or nothing while `next` says
    where to go on. A trait that was said often may come on several pages.
    """
    found, place = engine.search(q, limit, *([pages.after] if pages.after else []))
    return pages.page(found, place)


@router.get("/customers/{id}", responses=schemas.answers(schemas.Profile) | UNKNOWN | schemas.MOVED | schemas.UNCHANGED)
def customer(
    id: Id, request: Request, engine: TheEngine, wanted: Annotated[_Wanted, Depends(_wanted)], known: Known = None
) -> Response:
    """The profile of a customer; from an id that it had before, the way to the one of today."""
    try:
        found = _owned(engine, engine.profile(id if ":" not in id else "", None, *wanted), id)
    except KeyFormatError:
        raise NotFoundError("no customer ever had this id (a key is looked up under /profiles)") from None
    today = str(found["customer_id"])
    if today == id:
        return tagged(written(found), known)
    return moved("/customers/", today, request.url.query)


@router.get("/why", responses=schemas.answers(schemas.Why) | UNKNOWN)
def why(a: Asked, b: Asked, answers: TheAnswers, moment: Then) -> Response:
    """How two keys are one customer, or the rules that keep them apart; or were, at a moment."""
    return plain(answers.kept.ask(("why", a, b, moment), lambda: Made(written(answers.engine.why(a, b, moment)))))


@router.get("/changes", responses=schemas.answers(schemas.Changes))
def changes(
    engine: TheEngine,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Limit = 50,
    cursor: Annotated[int | None, Query(ge=0, lt=2**63, description="As `after`, which it outranks.")] = None,
) -> JSONResponse:
    """The change feed after a number. `next` is the number to go on after, null where nothing is left now."""
    rows = engine.changes(after if cursor is None else cursor, limit + 1)
    return page(rows[:limit], rows[limit - 1]["seq"] if len(rows) > limit else None)
