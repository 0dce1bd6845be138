"""Dead letters: what could not be used, and taking it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from graph_cdp.state import Reply
from graph_cdp_api import schemas
from graph_cdp_api.bodies import Body, valid
from graph_cdp_api.keys import needs
from graph_cdp_api.parameters import Limit, Paged, page
from graph_cdp_api.wiring import TheEngine

router = APIRouter(prefix="/rejected", tags=["dead letters"], responses=schemas.problems(400, 401, 403, 503))


@router.get("", dependencies=[Depends(needs("read"))], responses=schemas.answers(schemas.Rejected))
def rejected(engine: TheEngine, pages: Paged, limit: Limit = 50) -> JSONResponse:
    """Messages and rows that could not be used, where they stood, and why; the oldest first."""
    rows = engine.rejected(limit + 1, *([pages.after] if pages.after else []))
    last = rows[limit - 1] if len(rows) > limit else None
    return pages.page(rows[:limit], (last["at"], last["uid"]) if last else None)


@router.post(
    "/retry",
    dependencies=[Depends(needs("steward"))],
    openapi_extra=schemas.body_of(schemas.Retry),
    responses=schemas.answers(schemas.RetriedAll) | schemas.problems(413),
)
def retry(body: Body, engine: TheEngine) -> JSONResponse:
    """Takes dead letters again under the policy of today: a message that is usable now counts once and is one no more.

    What is still rejected stays and is answered with the reason; a row of a table has to be loaded again.
    """
    asked = valid(schemas.Retry, body)
    return page([_told(uid, reply) for uid, reply in engine.retry_rejected(asked.uids)])


def _told(uid: str, reply: Reply) -> dict[str, Any]:
    told = asdict(reply)
    told.pop("message_id")
    return {"uid": uid, **told}
