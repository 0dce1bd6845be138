"""The saved explorations of the graph: what there is, and the answer of one."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from graph_cdp.errors import UsageError
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.keys import needs
from graph_cdp_api.wiring import TheEngine

router = APIRouter(
    prefix="/graph/queries",
    tags=["exploring"],
    dependencies=[Depends(needs("read"))],
    responses=schemas.problems(400, 401, 403, 503),
)

_NODE: Final = {"id": "4:7", "labels": ["Email", "Identifier"], "properties": {"key": schemas.EMAIL}}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Parameter(_Model):
    """What an exploration takes. A `day` is written as 2024-01-31, a `key` as email:ann@example.com."""

    name: str = Field(examples=["key"])
    kind: Literal["number", "day", "key", "text"]
    default: int | str = Field(examples=[schemas.EMAIL])


class Exploration(_Model):
    """A saved exploration."""

    name: str = Field(examples=["customer"])
    title: str = Field(examples=["One customer with all that hangs on it"])
    sentence: str
    parameters: list[Parameter]
    columns: list[str] = Field(examples=[["customer", "membership", "member", "relation", "thing"]])


class Explorations(_Model):
    """All saved explorations, in the order of their names."""

    items: list[Exploration]
    next: str | None = Field(examples=[None])


class Answer(_Model):
    """The rows of an exploration; `truncated` where there are more than its limit.

    Nodes are `{id, labels, properties}`, relationships `{id, type, start, end, properties}`, paths
    `{nodes, relationships}`. Ids hold within one answer.
    """

    columns: list[str] = Field(examples=[["customer", "member"]])
    rows: list[dict[str, Any]] = Field(examples=[[{"customer": _NODE, "member": _NODE}]])
    truncated: bool


# Which of them an exploration takes differs; the list tells. Beyond these none has any.
PARAMETERS: Final = {
    "key": "The key of an identifier.",
    "other_key": "The key of another identifier.",
    "limit": "At most so many rows, 1 to 1,000.",
    "scan": "Look at no more than so many.",
    "most": "At most so many people together.",
    "day": "A day, as 2024-01-31.",
    "since": "The first day, as 2024-01-31.",
    "brand": "The key of a brand.",
    "store": "The key of a store.",
    "product": "The key of a product.",
    "name": "A part of a name.",
    "prefix": "What keys begin with.",
    "tier": "The weakest tier.",
}
_IN_QUERY: Final = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in PARAMETERS.items()
    ]
}


@router.get("", responses=schemas.answers(Explorations))
def explorations(engine: TheEngine) -> JSONResponse:
    """The saved explorations with their parameters, as the files for Neo4j Browser have them."""
    return Json({"items": engine.explorations(), "next": None})


@router.get("/{name}", responses=schemas.answers(Answer) | schemas.problems(404), openapi_extra=_IN_QUERY)
def explore(
    name: Annotated[str, Path(description="The name of an exploration.", examples=["shared_identifiers"])],
    request: Request,
    engine: TheEngine,
) -> JSONResponse:
    """What one exploration finds. Parameters that are left out have their defaults."""
    given = request.query_params.multi_items()
    if len(dict(given)) < len(given):
        raise UsageError("a parameter is given twice (give each once)")
    return Json(engine.explore(name, dict(given)))
