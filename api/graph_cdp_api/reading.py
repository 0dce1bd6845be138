"""Profiles, customers, reasons, the change feed and dead letters."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from graph_cdp.engine import Engine
from graph_cdp.errors import GraphCdpError, KeyFormatError, NotFoundError
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.bodies import Body, valid
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import Asked, Id, Key, Limit, moved
from graph_cdp_api.problems import TYPE, SharedError, problem_of
from graph_cdp_api.wiring import TheEngine

router = APIRouter(
    tags=["reading"], dependencies=[Depends(needs("read"))], responses=schemas.problems(400, 401, 403, 503)
)

UNKNOWN: Final = schemas.problems(300, 404)


@router.get("/profiles/{key}", responses=schemas.answers(schemas.Profile) | UNKNOWN)
def profile(key: Key, engine: TheEngine) -> JSONResponse:
    """The customer that a key leads to."""
    return Json(_profile(engine, key))


def _profile(engine: Engine, key: str) -> dict[str, Any]:
    if ":" not in key:
        raise KeyFormatError("no key: a key is namespace:value, for example email:ann@example.com")
    return _owned(engine, engine.profile(key), key)


def _owned(engine: Engine, found: dict[str, Any], asked: str) -> dict[str, Any]:
    if found["kind"] == "shared":
        raise SharedError(engine.candidates(asked))
    return found


@router.post(
    "/profiles/lookup",
    openapi_extra=schemas.body_of(schemas.Keys),
    responses=schemas.answers(schemas.Lookup) | schemas.problems(413),
)
def lookup(body: Body, engine: TheEngine) -> JSONResponse:
    """The customers that 1 to 100 keys lead to, in their order, without a key in a URL."""
    asked = valid(schemas.Keys, body)
    return Json({"items": [_looked_up(engine, key) for key in asked.keys]})


def _looked_up(engine: Engine, key: str) -> dict[str, Any]:
    try:
        return {"key": key, "profile": _profile(engine, key), "problem": None}
    except (NotFoundError, KeyFormatError, SharedError) as error:
        return {"key": key, "profile": None, "problem": _problem(error)}


def _problem(error: GraphCdpError) -> dict[str, Any]:
    row = problem_of(error)
    facts = {"candidates": error.candidates} if isinstance(error, SharedError) else {}
    return {"type": TYPE + row.name, "title": row.title, "status": row.status, "detail": str(error), **facts}


@router.get("/customers", responses=schemas.answers(schemas.Customers))
def customers(engine: TheEngine, limit: Limit = 50, cursor: Annotated[str, Query()] = "") -> JSONResponse:
    """Customers in the order of their ids, without shared identifiers; `next` is the cursor to go on with."""
    rows = engine.customers(limit + 1, after=cursor)
    return _page(rows[:limit], rows[limit - 1]["customer_id"] if len(rows) > limit else None)


@router.get("/customers/{id}", responses=schemas.answers(schemas.Profile) | UNKNOWN | schemas.MOVED)
def customer(id: Id, engine: TheEngine) -> JSONResponse:
    """The profile of a customer; from an id that it had before, the way to the one of today."""
    try:
        found = _owned(engine, engine.profile(id if ":" not in id else ""), id)
    except KeyFormatError:
        raise NotFoundError("no customer ever had this id (a key is looked up under /profiles)") from None
    today = str(found["customer_id"])
    if today == id:
        return Json(found)
    return moved("/customers/", today)


@router.get("/why", responses=schemas.answers(schemas.Why) | UNKNOWN)
def why(a: Asked, b: Asked, engine: TheEngine) -> JSONResponse:
    """How two keys are one customer, or the rules that keep them apart."""
    return Json(engine.why(a, b))


@router.get("/changes", responses=schemas.answers(schemas.Changes))
def changes(engine: TheEngine, after: Annotated[int, Query(ge=0, lt=2**63)] = 0, limit: Limit = 50) -> JSONResponse:
    """The change feed after a number. `next` is the number to go on after, null where nothing is left now."""
    rows = engine.changes(after, limit + 1)
    return _page(rows[:limit], rows[limit - 1]["seq"] if len(rows) > limit else None)


@router.get("/rejected", responses=schemas.answers(schemas.Rejected))
def rejected(engine: TheEngine, limit: Limit = 50) -> JSONResponse:
    """The oldest dead letters: messages and rows that could not be used, where they stood, and why."""
    return _page(engine.rejected(limit))


def _page(items: list[dict[str, Any]], following: int | str | None = None) -> JSONResponse:
    return Json({"items": items, "next": following})
