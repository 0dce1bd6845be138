"""Free Cypher, for those who may: nothing runs that does more than read."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.bodies import Body, valid
from graph_cdp_api.keys import needs
from graph_cdp_api.problems import TooLargeError
from graph_cdp_api.wiring import TheEngine

MOST_BYTES: Final = 100_000

router = APIRouter(prefix="/graph", tags=["graph"], dependencies=[Depends(needs("query"))])


@router.post(
    "/query",
    openapi_extra=schemas.body_of(schemas.Query),
    responses=schemas.answers(schemas.Table) | schemas.problems(400, 401, 403, 413, 422, 429, 501, 503),
)
def query(body: Body, engine: TheEngine) -> JSONResponse:
    """Runs a query of one's own, if its plan is made of nothing but reading the graph.

    403 says what in it is not allowed, 422 that it was stopped for taking too much, 501 that the store cannot do this.
    """
    if len(body) > MOST_BYTES:
        raise TooLargeError(f"more than {MOST_BYTES:,} bytes")
    asked = valid(schemas.Query, body)
    return Json(engine.query(asked.query, asked.parameters, asked.limit, asked.seconds))
