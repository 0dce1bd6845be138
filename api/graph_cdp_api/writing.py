"""Segment's tracking API: its SDKs work by changing the host."""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse

from graph_cdp.errors import NotFoundError
from graph_cdp.state import Reply
from graph_cdp_api import schemas
from graph_cdp_api.admission import admitted
from graph_cdp_api.answers import Json
from graph_cdp_api.browsers import settings_of
from graph_cdp_api.keys import Sender, is_write_key
from graph_cdp_api.metrics import TheMetrics
from graph_cdp_api.parameters import Segment
from graph_cdp_api.tracking import Sent, batch_of, call_of
from graph_cdp_api.wiring import TheEngine

router = APIRouter(
    prefix="/v1",
    tags=["writing"],
    dependencies=[Depends(admitted)],
    responses=schemas.segment_errors(400, 401, 408, 429, 503),
)

SUCCESS: Final = {"success": True}
CALLS: Final = ("identify", "track", "page", "screen", "group", "alias")
Handler = Callable[..., Awaitable[JSONResponse]]
_BATCHES: Final = (("batch", "b", True), ("import", "", False))


def _batch(live: bool) -> Handler:
    """The handler of a batch: `live` where the times of its messages are those of a clock that may be wrong."""

    async def batch(sender: Sender, body: Sent, engine: TheEngine, metrics: TheMetrics) -> JSONResponse:
        sent = batch_of(sender, body)
        replies = await wrap_future(engine.post(sent.messages, sent.caller.source, live=live))
        metrics.took(replies)
        return Json(SUCCESS if sent.caller.public else {**SUCCESS, "messages": [_told(reply) for reply in replies]})

    return batch


def _call(type_: str) -> Handler:
    """The handler of one kind of message."""

    async def call(sender: Sender, body: Sent, engine: TheEngine, metrics: TheMetrics) -> JSONResponse:
        sent = call_of(type_, sender, body)
        replies = await wrap_future(engine.post(sent.messages, sent.caller.source))
        metrics.took(replies)
        return Json(SUCCESS if sent.caller.public else {**SUCCESS, **_told(replies[0])})

    return call


def _told(reply: Reply) -> dict[str, Any]:
    told = asdict(reply)
    return {"messageId": told.pop("message_id"), **told}


def _route(name: str, short: str, handler: Handler, answer: type[Any], said: str) -> None:
    """Adds a path, and the one of a letter that SDKs for browsers and phones call instead."""
    add = partial(router.add_api_route, methods=["POST"], name=name, description=said)
    add(f"/{name}", handler, openapi_extra=schemas.body(name), responses=schemas.answers(answer))
    if short:
        add(f"/{short}", handler, include_in_schema=False)


for _name, _short, _live in _BATCHES:
    _route(
        _name,
        _short,
        _batch(_live),
        schemas.BatchAnswer,
        "Takes up to 2,500 messages and 500 KB, each of at most 32 KB, and answers each. A context of the batch holds "
        "for messages without that part. " + ("" if _live else "For what happened before: no clock is corrected. "),
    )
for _name in CALLS:
    _route(
        _name,
        _name[0],
        _call(_name),
        schemas.CallAnswer,
        f"Takes one {_name} message. 200 means stored, or kept as a dead letter where the outcome says so.",
    )


@router.get(
    "/projects/{key}/settings",
    responses=schemas.answers(schemas.SourceSettings) | schemas.segment_errors(404),
)
async def settings(
    request: Request, key: Annotated[Segment, Path(description="A write key.", examples=["w-1"])]
) -> JSONResponse:
    """What Segment's SDKs for browsers and phones ask for when they start: they are told to send to this host."""
    if not is_write_key(request, key):
        raise NotFoundError("no source has this write key")
    return Json(settings_of(request, key))


@router.post("/m", include_in_schema=False)
async def measures(_body: Sent) -> JSONResponse:
    """What Segment's SDK for browsers measures of itself. It is no evidence about anybody: nothing is kept of it."""
    return Json(SUCCESS)
