"""Relinking as jobs: started, watched, applied, cancelled."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse

from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.bodies import Body, valid
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import Limit, Paged, Segment
from graph_cdp_api.wiring import TheEngine

router = APIRouter(
    prefix="/jobs",
    tags=["jobs"],
    dependencies=[Depends(needs("jobs"))],
    responses=schemas.problems(400, 401, 403, 503),
)

JobId = Annotated[Segment, Path(description="The id of a job.", examples=["9e107d9d372bb6826bd81d3542a419d6"])]
STARTED = schemas.started(schemas.Job)


@router.post(
    "/relink",
    status_code=202,
    openapi_extra=schemas.body_of(schemas.Relink, required=False),
    responses=STARTED | schemas.problems(413),
)
def relink(body: Body, engine: TheEngine) -> JSONResponse:
    """Starts resolving everything anew; with `dry_run` the job only makes a plan, which says what would change."""
    asked = valid(schemas.Relink, body or b"{}")
    return _started(engine.jobs.relink(asked.policy, asked.dry_run))


@router.post("/{id}/apply", status_code=202, responses=STARTED | schemas.problems(404, 409))
def apply(id: JobId, engine: TheEngine) -> JSONResponse:
    """Starts a job that carries out the plan of a dry run; it fails where the evidence has changed since."""
    return _started(engine.jobs.apply(id))


@router.get("", responses=schemas.answers(schemas.AllJobs))
def jobs(engine: TheEngine, pages: Paged, limit: Limit = 50) -> JSONResponse:
    """Jobs of every process on this store, newest first."""
    rows = engine.jobs.page(limit + 1, *([pages.after] if pages.after else []))
    last = rows[limit - 1] if len(rows) > limit else None
    return pages.page(rows[:limit], (last["created_at"], last["id"]) if last else None)


@router.get("/{id}", responses=schemas.answers(schemas.Job) | schemas.problems(404))
def job(id: JobId, engine: TheEngine) -> JSONResponse:
    """A job: its state, how far it is, and what it changes."""
    return Json(engine.jobs.one(id))


@router.delete("/{id}", responses=schemas.answers(schemas.Job) | schemas.problems(404, 409))
def cancel(id: JobId, engine: TheEngine) -> JSONResponse:
    """Asks a job to end. What a relink has written stays: each customer in it is whole."""
    return Json(engine.jobs.cancel(id))


def _started(job: dict[str, Any]) -> JSONResponse:
    return Json(job, 202, {"Location": f"/jobs/{job['id']}"})
