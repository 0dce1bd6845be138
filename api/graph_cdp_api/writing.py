"""Segment's tracking API: its SDKs work by changing the host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from graph_cdp.state import Reply
from graph_cdp_api import schemas
from graph_cdp_api.answers import Json
from graph_cdp_api.bodies import Body, parsed
from graph_cdp_api.keys import Sender
from graph_cdp_api.metrics import TheMetrics
from graph_cdp_api.problems import NotJsonError
from graph_cdp_api.wiring import TheEngine

router = APIRouter(prefix="/v1", tags=["writing"], responses=schemas.segment_errors(400, 401, 413, 503))

SUCCESS: Final = {"success": True}
CALLS: Final = ("identify", "track", "page", "screen", "group", "alias")


@router.post("/batch", openapi_extra=schemas.body("batch"), responses=schemas.answers(schemas.BatchAnswer))
def batch(sender: Sender, body: Body, engine: TheEngine, metrics: TheMetrics) -> JSONResponse:
    """Takes up to 4 MiB of messages and answers each. A context of the batch holds for messages without that part."""
    replies = engine.accept(_messages(parsed(body)), sender.source)
    metrics.took(replies)
    return Json(SUCCESS if sender.public else {**SUCCESS, "messages": [_told(reply) for reply in replies]})


def _messages(batch: Any) -> list[Any]:
    messages = batch.get("batch") if isinstance(batch, dict) else None
    if not isinstance(messages, list):
        raise NotJsonError('a batch is {"batch": [message, …]}')
    context = batch.get("context")
    if not isinstance(context, dict):
        return messages
    return [_in_context(message, context) for message in messages]


def _in_context(message: Any, context: dict[str, Any]) -> Any:
    own = message.get("context", {}) if isinstance(message, dict) else None
    return {**message, "context": {**context, **own}} if isinstance(own, dict) else message


def _call(type_: str) -> Callable[..., JSONResponse]:
    """The handler of one kind of message, which its path names, whatever type the message has."""

    def call(sender: Sender, body: Body, engine: TheEngine, metrics: TheMetrics) -> JSONResponse:
        message = parsed(body)
        if isinstance(message, dict):
            message["type"] = type_
        replies = engine.accept([message], sender.source)
        metrics.took(replies)
        return Json(SUCCESS if sender.public else {**SUCCESS, **_told(replies[0])})

    return call


def _told(reply: Reply) -> dict[str, Any]:
    told = asdict(reply)
    return {"messageId": told.pop("message_id"), **told}


for _type in CALLS:
    router.add_api_route(
        f"/{_type}",
        _call(_type),
        methods=["POST"],
        name=_type,
        description=f"Takes one {_type} message. 200 means stored, or kept as a dead letter where the outcome says so.",
        openapi_extra=schemas.body(_type),
        responses=schemas.answers(schemas.CallAnswer),
    )
