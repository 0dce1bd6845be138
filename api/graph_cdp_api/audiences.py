"""What is asked of many customers: the model of predictions, segments, funnels, lookalikes, recommendations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from graph_cdp.errors import NotFoundError
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import Cursor, Limit, cursor_of, page, place_of
from graph_cdp_api.wiring import TheEngine

router = APIRouter(
    tags=["audiences"], dependencies=[Depends(needs("read"))], responses=schemas.problems(400, 401, 403, 503)
)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PredictionModel(_Model):
    """How customers buy, learned from all orders until a day. Parameters are in weeks."""

    at: str = Field(examples=["2026-01-31"])
    customers: int = Field(examples=[2357])
    came_back: int = Field(examples=[946])
    purchases: dict[str, Any] = Field(examples=[{"model": "BG/NBD, weeks", "r": 0.243, "alpha": 4.414}])
    worth: dict[str, Any] = Field(examples=[{"PLN": {"model": "gamma-gamma", "p": 6.25}}])


@router.get("/predictions", responses=schemas.answers(PredictionModel) | schemas.problems(404))
def predictions(engine: TheEngine) -> JSONResponse:
    """The model behind the predictions of profiles, its date and its parameters."""
    found = engine.crowd.prediction_model()
    if found is None:
        raise NotFoundError("no model has been fitted yet (graph-cdp predict fit does)")
    return Json(found)


class Segment(_Model):
    """A group of customers that the policy describes."""

    name: str = Field(examples=["loyal"])
    title: str = Field(examples=["Bought thrice within a year"])
    condition: str = Field(examples=["at least 3 orders within 365 days"])
    words: str = Field(examples=["there are at least 3 orders within 365 days of one another"])
    count: int = Field(examples=[42])


class Segments(_Model):
    """All segments of the policy in force, in the order of their names."""

    items: list[Segment]
    next: str | None = Field(examples=[None])


class Tried(_Model):
    """What a condition would make."""

    condition: str = Field(examples=["any orders"])
    words: str = Field(examples=["there is an order"])
    count: int = Field(examples=[42])
    total: int = Field(examples=[100])
    examples: list[str] = Field(examples=[[schemas.ID]])


class Member(_Model):
    """A customer in a segment, and since when; null where it always was, as far as there are dates."""

    customer_id: str = Field(examples=[schemas.ID])
    entered: str | None = Field(examples=[schemas.DAY])


class Members(_Model):
    """A page of the customers in a segment, in the order of their ids."""

    items: list[Member]
    next: str | None = Field(examples=[None])


Name = Annotated[str, Path(description="The name of a segment.", examples=["loyal"])]
Condition = Annotated[
    str,
    Query(
        max_length=10_000,
        description="A condition, as docs/segments.md has them.",
        examples=["any orders"],
        json_schema_extra={"format": "condition"},
    ),
]


@router.get("/segments", responses=schemas.answers(Segments))
def segments(engine: TheEngine) -> JSONResponse:
    """The segments of the policy in force, and how many customers are in each now."""
    return page(engine.crowd.segments())


@router.get("/segments/try", responses=schemas.answers(Tried))
def try_condition(condition: Condition, engine: TheEngine) -> JSONResponse:
    """How many customers a condition would find, and what it says in words. Nothing is kept."""
    return Json(engine.crowd.try_condition(condition))


@router.get("/segments/{name}/members", responses=schemas.answers(Members) | schemas.problems(404))
def members(name: Name, engine: TheEngine, limit: Limit = 50, cursor: Cursor = None) -> JSONResponse:
    """Who is in a segment now, each with the time since when."""
    rows = engine.crowd.members(name, limit + 1, place_of(cursor)[0] if cursor else "")
    return page(rows[:limit], cursor_of(rows[limit - 1]["customer_id"], "") if len(rows) > limit else None)
