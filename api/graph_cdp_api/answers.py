"""Answers as bytes, and the log line behind an answer that is a failure."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

log = logging.getLogger("graph_cdp_api")


class Json(JSONResponse):
    """A JSON answer. Broken Unicode that a client sent and gets back stays the JSON escape that it was."""

    def render(self, content: Any) -> bytes:
        """The UTF-8 bytes of `content`."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


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
