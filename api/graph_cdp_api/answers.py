"""Answers as bytes, and the log line behind an answer that is a failure."""

from __future__ import annotations

import json
import logging
import traceback
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic_core import PydanticSerializationError, to_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger("graph_cdp_api")


class Json(JSONResponse):
    """A JSON answer. Broken Unicode that a client sent and gets back stays the JSON escape that it was."""

    def render(self, content: Any) -> bytes:
        """The UTF-8 bytes of `content`."""
        return written(content)


def written(content: Any) -> bytes:
    """The bytes of a JSON answer."""
    try:
        return to_json(content, inf_nan_mode="constants")
    except PydanticSerializationError:  # broken Unicode, for which the standard library takes six times as long
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def plain(body: bytes) -> Response:
    """A JSON answer that is written already."""
    return Response(body, media_type=Json.media_type)


def tagged(body: bytes, known: str | None) -> Response:
    """The same with its ETag; 304 where the client has it already."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    tags = {one.strip().removeprefix("W/") for one in (known or "").split(",")}
    if tag in tags or "*" in tags:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=Json.media_type)


def tell(request: Request, error: BaseException) -> None:
    """Logs a failure: what kind and where in the program, never its sentence, for that may quote a value."""
    frames = traceback.extract_tb(error.__traceback__)
    cause = error.__cause__
    facts = {
        "request_id": request.scope.get("request_id"),
        "error": type(error).__name__,
        "cause": type(cause).__name__ if cause else None,
        "code": getattr(cause, "code", None),
        "trace": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
    log.error("a request failed", extra={"facts": facts})
