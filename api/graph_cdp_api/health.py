"""Whether the process lives, and whether it can serve. No key is needed for that; metrics need one."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.keys import needs
from graph_cdp_api.metrics import TheMetrics
from graph_cdp_api.wiring import TheEngine

router = APIRouter(tags=["operations"])


@router.get("/healthz", responses=schemas.answers(schemas.Health))
async def healthz() -> JSONResponse:
    """200 while the process answers at all: it waits for no thread and no store."""
    return Json({"status": "ok"})


@router.get("/readyz", responses=schemas.answers(schemas.Health) | schemas.problems(503))
def readyz(engine: TheEngine) -> JSONResponse:
    """200 once requests are served: the store has answered."""
    _ = engine.policy
    return Json({"status": "ready"})


@router.get(
    "/metrics",
    dependencies=[Depends(needs("read"))],
    response_class=PlainTextResponse,
    responses=schemas.METRICS | schemas.problems(401, 403),
)
def metrics(metrics: TheMetrics) -> Response:
    """Requests by route, outcomes of messages and sizes of the graph, in Prometheus's text format."""
    return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)
