"""What is asked of many customers: the model of predictions, segments, funnels, lookalikes, recommendations."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from graph_cdp.errors import NotFoundError
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.keys import needs
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
