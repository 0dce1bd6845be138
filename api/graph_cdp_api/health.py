"""Whether the process lives, and whether it can serve. No key is needed."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.wiring import TheEngine

router = APIRouter(tags=["operations"])


@router.get("/healthz", responses=schemas.answers(schemas.Health))
async def healthz() -> JSONResponse:
    """200 while the process answers at all: it waits for no thread and no store."""
    return Json({"status": "ok"})


@router.get("/readyz", responses=schemas.answers(schemas.Health) | schemas.problems(503))
def readyz(engine: TheEngine) -> JSONResponse:
    """200 once requests are served: the store has answered."""
    engine.customers(1)
    return Json({"status": "ready"})
