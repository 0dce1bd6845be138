"""What every request gets: a path that keeps its escapes, an id, a line in the log, and an answer whatever happens."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_cdp_api import problems
from graph_cdp_api.answers import log, tell
from graph_cdp_api.metrics import Metrics


class Envelope:
    """ASGI middleware around the whole application.

    Routes are matched on the path as it was sent: servers decode it first, and then a `%2F` inside a key could not be
    told from the end of a segment. Whoever takes a segment decodes it (`graph_cdp_api.reading.Segment`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, request_id = time.perf_counter(), uuid4().hex
        scope["path"] = scope["raw_path"].decode("ascii", "replace")
        scope["request_id"] = request_id
        status: list[int] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                # Answers hold personal data, and where an id leads to changes: no cache may keep them unasked.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # else the server's own log would get the sentence, and the values in it
            tell(Request(scope), error)
            if not status:
                await self._fail(scope, receive, sending)
        finally:
            facts = _facts(scope, status, started)
            log.info("request", extra={"facts": facts})
            metrics: Metrics = scope["app"].state.metrics
            metrics.answered(facts["method"], facts["route"], facts["status"], facts["ms"] / 1000)

    async def _fail(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = problems.answer(scope["path"], problems.INTERNAL, str(problems.INTERNAL.detail))
        await response(scope, receive, send)


def _facts(scope: Scope, status: list[int], started: float) -> dict[str, Any]:
    return {
        "request_id": scope["request_id"],
        "method": scope["method"],
        "route": getattr(scope.get("route"), "path", None),
        "status": status[0] if status else None,
        "ms": round((time.perf_counter() - started) * 1000, 1),
    }
