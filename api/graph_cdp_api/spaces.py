"""Segment's Profile API: programs written for it work by changing the host and the token."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from graph_cdp.state import Window
from graph_cdp.unify import Part
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.keys import reads_by_basic
from graph_cdp_api.parameters import Key, Pages, Time
from graph_cdp_api.wiring import TheEngine

router = APIRouter(
    prefix="/v1/spaces/{space}/collections/users/profiles/{key}",
    tags=["profile api"],
    dependencies=[Depends(reads_by_basic)],
    responses=schemas.space_errors(400, 401, 403, 404, 503),
)

_EVENT: Final = {"type": "track", "event": "Order Completed", "message_id": "m-1", "timestamp": schemas.DAY}
Space = Annotated[str, Path(description="Any name: one store is one space.", examples=["lgJ4AAjFN4"])]
Names = Annotated[str, Query(max_length=4000, description="Only these, by commas.", examples=["first_name,city"])]
Next = Annotated[str, Query(max_length=4000, description="`next` of the cursor of the page before.")]
Flag = Annotated[bool, Query(description="With where each comes from, and when.")]
Start = Annotated[Time | None, Query(description="Not before.", examples=[schemas.DAY])]
End = Annotated[Time | None, Query(description="Before this time.", examples=[schemas.LATER])]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Cursor(_Model):
    """Where to go on."""

    url: str = Field(examples=["/v1/spaces/s/collections/users/profiles/user_id:42/traits"])
    has_more: bool
    next: str = Field(examples=[""])
    limit: int = Field(examples=[10])


class Traits(_Model):
    """Traits, audiences and computed traits by name; with `verbose` each as `{value, source_id, updated_at}`."""

    traits: dict[str, Any] = Field(examples=[{"first_name": "Ann", "loyal": True}])
    cursor: Cursor


class Listed(_Model):
    """A page of a list."""

    data: list[dict[str, Any]] = Field(examples=[[_EVENT]])
    cursor: Cursor


class Metadata(_Model):
    """When a profile was first and last heard of."""

    metadata: dict[str, Any] = Field(examples=[{"created_at": schemas.DAY, "first_message_id": "m-1"}])


class _Asked(NamedTuple):
    """Whose profile is asked for, by which path, and which names of a list."""

    key: str
    request: Request
    names: tuple[str, ...] = ()

    def cursor(self, limit: int, following: str = "") -> dict[str, Any]:
        """The cursor below a page of at most `limit`."""
        return {"url": self.request.url.path, "has_more": bool(following), "next": following, "limit": limit}


async def _profile(space: Space, key: Key, request: Request) -> _Asked:
    """Whose profile is asked for. Any space will do."""
    return _Asked(key, request)


async def _list(space: Space, key: Key, request: Request, include: Names = "") -> _Asked:
    """Whose list is asked for, and what of it."""
    return _Asked(key, request, _listed(include))


OfProfile = Annotated[_Asked, Depends(_profile)]
OfList = Annotated[_Asked, Depends(_list)]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def _page(rows: list[Any], names: list[str], limit: int, next_: str) -> tuple[list[Any], str]:
    """A page of what is known as a whole: it begins with the one called `next_`."""
    start = names.index(next_) if next_ in names else 0 if not next_ else len(names)
    return rows[start : start + limit], names[start + limit] if len(names) > start + limit else ""


@router.get("/traits", responses=schemas.answers(Traits))
def traits(  # noqa: PLR0913, PLR0917 - the parameters of a handler are those of its path
    asked: OfList,
    engine: TheEngine,
    class_: Annotated[Literal["", "audience", "computed_trait"], Query(alias="class")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
    next: Next = "",
    verbose: Flag = False,
) -> JSONResponse:
    """What is known of a user: traits as they were told, segments, and what was worked out."""
    told = engine.unify.traits(asked.key, class_)
    found = {name: one for name, one in told.items() if not asked.names or name in asked.names}
    names, following = _page(list(found), list(found), limit, next)
    shown = {name: found[name] if verbose else found[name]["value"] for name in names}
    return Json({"traits": shown, "cursor": asked.cursor(limit, following)})


@router.get("/external_ids", responses=schemas.answers(Listed))
def external_ids(
    asked: OfList,
    engine: TheEngine,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    next: Next = "",
    verbose: Flag = False,
) -> JSONResponse:
    """The identifiers of a user, the oldest first."""
    found = [row for row in engine.unify.external_ids(asked.key) if not asked.names or row["type"] in asked.names]
    rows, following = _page(found, [f"{row['type']}:{row['id']}" for row in found], limit, next)
    return Json({"data": rows, "cursor": asked.cursor(limit, following)})


async def _part(
    include: Names = "",
    exclude: Names = "",
    start: Start = None,
    end: End = None,
    sort: Literal["asc", "desc"] = "desc",
) -> Part:
    """The part of a user's events that is asked for, from its beginning."""
    window = Window.of(start, end, (), None)
    return Part(_listed(include), _listed(exclude), window.since, window.until, sort == "asc")


@router.get("/events", responses=schemas.answers(Listed))
def events(
    asked: OfProfile,
    engine: TheEngine,
    part: Annotated[Part, Depends(_part)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    next: Annotated[str, Query(max_length=4000, json_schema_extra={"format": "cursor"})] = "",
) -> JSONResponse:
    """What a user did, the newest first unless `sort` is asc."""
    pages = Pages.of(asked.request, next)
    rows, place = engine.unify.events(asked.key, replace(part, after=pages.after), limit)
    return Json({"data": rows, "cursor": asked.cursor(limit, pages.cursor(place) or "")})


@router.get("/metadata", responses=schemas.answers(Metadata))
def metadata(asked: OfProfile, engine: TheEngine, verbose: Flag = False) -> JSONResponse:
    """When a user was first and last heard of, and by which message."""
    return Json({"metadata": engine.unify.metadata(asked.key)})


@router.get("/links", responses=schemas.answers(Listed))
def links(asked: OfProfile, engine: TheEngine, limit: Annotated[int, Query(ge=1, le=20)] = 20) -> JSONResponse:
    """The accounts (companies) that a user is linked with."""
    return Json({"data": engine.unify.links(asked.key)[:limit], "cursor": asked.cursor(limit)})
