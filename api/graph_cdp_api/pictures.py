"""Pictures as SVG: the RFM grid, a funnel, a timeline, the graph of a customer."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from graph_cdp import charts, picture
from graph_cdp.state import Window
from graph_cdp_api import schemas
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import Key, Limit, checked_key
from graph_cdp_api.problems import SharedError
from graph_cdp_api.wiring import TheEngine


class Svg(Response):
    """A picture."""

    media_type = "image/svg+xml"


_EXAMPLE: Final = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
_DRAWN: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A picture.",
        "content": {"image/svg+xml": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}

router = APIRouter(
    prefix="/pictures",
    tags=["pictures"],
    dependencies=[Depends(needs("read"))],
    default_response_class=Svg,
    responses=schemas.problems(400, 401, 403, 503) | _DRAWN,
)


@router.get("/rfm")
def rfm(engine: TheEngine) -> Svg:
    """How many customers there are of each recency and frequency."""
    return Svg(charts.rfm_grid(engine.crowd.rfm()))


@router.get("/funnels/{name}", responses=schemas.problems(404))
def funnel(
    name: Annotated[str, Path(description="The name of a funnel.", examples=["shopping"])],
    engine: TheEngine,
    days: Annotated[int, Query(ge=1, le=3650, description="Movements of so many days.")] = 30,
) -> Svg:
    """The stages of a funnel: who is in each, and who came as far."""
    return Svg(charts.funnel(engine.crowd.funnel(name, days)))


@router.get("/timeline/{key}", responses=schemas.problems(300, 404))
def timeline(key: Key, engine: TheEngine, limit: Limit = 200) -> Svg:
    """What happened to the customer that a key leads to, the newest events."""
    found = engine.timeline(checked_key(key), Window(), limit)
    if found["kind"] == "shared":
        raise SharedError(engine.candidates(key))
    return Svg(charts.timeline(key, found["items"]))


@router.get("/graph/{key}", responses=schemas.problems(404))
def graph(
    key: Key,
    engine: TheEngine,
    depth: Annotated[int, Query(ge=1, le=4, description="So many relationships away at most.")] = 2,
    limit: Annotated[int, Query(ge=1, le=400, description="So many nodes at most.")] = 150,
) -> Svg:
    """The graph around an identifier, as `graph-cdp graph KEY --svg` draws it."""
    return Svg(picture.draw(engine.neighbours(checked_key(key), depth, limit)))
