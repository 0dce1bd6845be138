"""What is asked of many customers: the model of predictions, segments, funnels, lookalikes, recommendations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from graph_cdp.errors import NotFoundError
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import Key, Limit, Paged, checked_key, page
from graph_cdp_api.problems import SharedError
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
    """A customer in a segment, and since when; null where it always was, as far as there are dates.

    Of who left it also until when.
    """

    customer_id: str = Field(examples=[schemas.ID])
    entered: str | None = Field(examples=[schemas.DAY])
    left: str | None = Field(default=None, examples=[schemas.DAY])


class Members(_Model):
    """A page of the customers in a segment, or of those who left it, in the order of their ids."""

    items: list[Member]
    next: str | None = Field(examples=[None])


Name = Annotated[str, Path(description="The name of a segment.", examples=["loyal"])]
State = Annotated[
    Literal["in", "left"], Query(description="Who is in it now, or who was and is not any more.", examples=["left"])
]
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
def members(name: Name, engine: TheEngine, pages: Paged, state: State = "in", limit: Limit = 50) -> JSONResponse:
    """Who is in a segment now, each with the time since when; or who left it, and until when."""
    rows = engine.crowd.members(name, limit + 1, pages.after[0] if pages.after else "", left=state == "left")
    return pages.page(rows[:limit], (rows[limit - 1]["customer_id"], "") if len(rows) > limit else None)


class Stage(_Model):
    """A stage of a funnel."""

    name: str = Field(examples=["buyer"])
    condition: str = Field(examples=["any orders"])
    words: str = Field(examples=["there is an order"])


class Funnel(_Model):
    """A funnel that the policy describes."""

    name: str = Field(examples=["shopping"])
    title: str = Field(examples=["From a visit to loyalty"])
    stages: list[Stage]


class Funnels(_Model):
    """All funnels of the policy in force, in the order of their names."""

    items: list[Funnel]
    next: str | None = Field(examples=[None])


class StageNow(_Model):
    """Who is in a stage now; who was ever in it or a later one; who entered and left it within the days."""

    name: str = Field(examples=["buyer"])
    words: str = Field(examples=["there is an order"])
    now: int = Field(examples=[12])
    reached: int = Field(examples=[40])
    share_of_stage_before: float | None = Field(examples=[0.4])
    entered: int = Field(examples=[3])
    left: int = Field(examples=[1])
    median_days: float | None = Field(examples=[21.5])


class Movement(_Model):
    """How many moved from one stage to another; null is outside of the funnel."""

    from_: str | None = Field(alias="from", examples=["visitor"])
    to: str | None = Field(examples=["buyer"])
    count: int = Field(examples=[3])


class FunnelNow(_Model):
    """A funnel with who is where, and the movements of the last `days`."""

    name: str = Field(examples=["shopping"])
    title: str = Field(examples=["From a visit to loyalty"])
    days: float = Field(examples=[30])
    customers: int = Field(examples=[100])
    stages: list[StageNow]
    movements: list[Movement]


class Lookalike(_Model):
    """A customer who is like a group, from 0 to 1, and in what most."""

    customer_id: str = Field(examples=[schemas.ID])
    likeness: float = Field(examples=[0.93])
    because: list[str] = Field(examples=[["brand Lumia: 100%, in the group 82%"]])


class Lookalikes(_Model):
    """The most like first."""

    items: list[Lookalike]
    next: str | None = Field(examples=[None])


class Recommendation(_Model):
    """A product that a customer has not bought, and why it may be wanted."""

    product: str = Field(examples=["product:web/L2"])
    name: str | None = Field(examples=["Cup"])
    category: str | None = Field(examples=["kitchen"])
    score: float = Field(examples=[0.7])
    because: list[str] = Field(examples=[["in 7 of 10 orders with Tea"]])


class Recommendations(_Model):
    """The best first."""

    items: list[Recommendation]
    next: str | None = Field(examples=[None])


FunnelName = Annotated[str, Path(description="The name of a funnel.", examples=["shopping"])]
Days = Annotated[int, Query(ge=1, le=3650, description="Movements of so many days.")]


@router.get("/funnels", responses=schemas.answers(Funnels))
def funnels(engine: TheEngine) -> JSONResponse:
    """The funnels of the policy in force."""
    return page(engine.crowd.funnels())


@router.get("/funnels/{name}", responses=schemas.answers(FunnelNow) | schemas.problems(404))
def funnel(name: FunnelName, engine: TheEngine, days: Days = 30) -> JSONResponse:
    """Who is in which stage now, how long customers stay in each, and who moved between which."""
    return Json(engine.crowd.funnel(name, days))


@router.get("/segments/{name}/lookalikes", responses=schemas.answers(Lookalikes) | schemas.problems(404))
def lookalikes(name: Name, engine: TheEngine, limit: Limit = 50) -> JSONResponse:
    """The customers most like those of a segment who are not in it, and in what."""
    return page(engine.crowd.lookalikes(name, limit))


@router.get("/profiles/{key}/recommendations", responses=schemas.answers(Recommendations) | schemas.problems(300, 404))
def recommendations(key: Key, engine: TheEngine, limit: Limit = 10) -> JSONResponse:
    """Products that a customer may want next: bought together with theirs, or by customers like them."""
    found = engine.crowd.recommendations(checked_key(key), limit)
    if found["kind"] == "shared":
        raise SharedError(engine.candidates(key))
    return page(found["items"])
