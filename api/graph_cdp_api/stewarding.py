"""What stewards decide, take back, and are asked to look at."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.bodies import Body, valid
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import Limit, Paged, Segment, page
from graph_cdp_api.wiring import TheEngine

router = APIRouter(tags=["stewardship"], responses=schemas.problems(400, 401, 403, 503))

Steward = Annotated[str, Depends(needs("steward"))]
DecisionId = Annotated[Segment, Path(description="The id of a decision, or of an undo.", examples=["d5b1f0c6e9a7d4e2"])]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Wanted(_Model):
    """A decision to be made. `a` and `b` are keys, or customer ids, which stand for their anchors."""

    verdict: Literal["same", "different"] = Field(examples=["same"])
    a: str = Field(min_length=1, examples=[schemas.EMAIL], json_schema_extra={"format": "key"})
    b: str = Field(min_length=1, examples=[schemas.USER], json_schema_extra={"format": "other-key"})
    because: str = Field(min_length=1, max_length=10_000, examples=["she told us on the phone"])
    author: str | None = Field(default=None, max_length=200, examples=["eve"])


class Changed(_Model):
    """What a decision changed of one customer."""

    change: Literal["created", "merged", "split", "re-keyed", "removed", "erased"]
    customer_id: str | None = Field(examples=[schemas.ID])
    previous: list[str] = Field(examples=[[]])
    keys: list[str] = Field(examples=[[schemas.EMAIL]])


class Made(_Model):
    """The id of the decision that was stored, and what it changed."""

    id: str = Field(examples=["d5b1f0c6e9a7d4e2"])
    changes: list[Changed]


class Decision(_Model):
    """A decision as it was made, and how it stands with it."""

    id: str = Field(examples=["d5b1f0c6e9a7d4e2"])
    verdict: Literal["same", "different", "undo"] = Field(examples=["same"])
    a: str | None = Field(examples=[schemas.EMAIL])
    b: str | None = Field(examples=[schemas.USER])
    of: str | None = Field(examples=[None])
    at: str = Field(examples=[schemas.DAY])
    author: str = Field(examples=["eve"])
    because: str = Field(examples=["she told us on the phone"])
    state: Literal["in force", "contradicted", "sleeping", "undone"] = Field(examples=["in force"])


class Decisions(_Model):
    """Decisions, the latest first; `next` is the cursor to go on with."""

    items: list[Decision]
    next: str | None = Field(examples=[None])


class Side(_Model):
    """One of the two sides of a question: a customer, or a part of one, and some of its keys."""

    customer_id: str | None = Field(examples=[schemas.ID])
    members: int = Field(examples=[3])
    keys: list[str] = Field(examples=[[schemas.EMAIL]])


class Question(BaseModel):
    """What deserves a look: the question, the two keys to decide about, and the sides."""

    model_config = ConfigDict(extra="allow")

    what: Literal["contradicted decision", "refused link", "bridge", "large customer"] = Field(
        examples=["refused link"]
    )
    question: str
    a: str = Field(examples=[schemas.EMAIL])
    b: str = Field(examples=[schemas.USER])
    sides: list[Side]


class Review(_Model):
    """What deserves a look, the gravest first."""

    items: list[Question]
    next: str | None = Field(examples=[None])


@router.post(
    "/decisions",
    status_code=201,
    openapi_extra=schemas.body_of(Wanted),
    responses=schemas.answers(Made, 201) | schemas.problems(404, 413),
)
def decide(steward: Steward, body: Body, engine: TheEngine) -> JSONResponse:
    """Says that two keys are the same customer, or different ones, whatever the rules say."""
    asked = valid(Wanted, body)
    author = f"{asked.author} ({steward})" if asked.author else steward
    made = engine.decide(asked.verdict, asked.a, asked.b, asked.because, author)
    return _made(made, 201)


@router.delete("/decisions/{id}", responses=schemas.answers(Made) | schemas.problems(404, 409))
def undo(
    id: DecisionId, steward: Steward, engine: TheEngine, because: Annotated[str, Query(max_length=10_000)] = ""
) -> JSONResponse:
    """Takes a decision back, or an undo: everything is as if it had never been made. The id is that of the undo."""
    return _made(engine.undo(id, because, steward), 200)


@router.get("/decisions", dependencies=[Depends(needs("read", "steward"))], responses=schemas.answers(Decisions))
def decisions(engine: TheEngine, pages: Paged, limit: Limit = 50) -> JSONResponse:
    """Decisions, the latest first."""
    rows = engine.decisions(limit + 1, pages.after)
    last = rows[limit - 1] if len(rows) > limit else None
    return pages.page(rows[:limit], (last["at"], last["id"]) if last else None)


@router.get("/review", dependencies=[Depends(needs("read", "steward"))], responses=schemas.answers(Review))
def review(engine: TheEngine, limit: Limit = 50) -> JSONResponse:
    """What deserves a steward's look, the gravest first."""
    return page(engine.review(limit))


def _made(made: Any, status: int) -> JSONResponse:
    return Json({"id": made.decision.id, "changes": list(made.changes)}, status)
