"""What Segment's SDK for browsers needs besides the calls: to be let in from other people's pages, and its settings."""

from __future__ import annotations

import re
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPEN: Final = re.compile(
    r"/v1/(batch|import|identify|track|page|screen|group|alias|[bitpsgam]|projects/[^/]+/settings)\Z"
)
_A_DAY: Final = 86_400


class OtherPages:
    """ASGI middleware that lets pages from anywhere use the tracking API (CORS).

    That opens nothing: these paths know no cookies, and whoever calls them has to know a write key.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http" or not _OPEN.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(headers)(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["Access-Control-Allow-Origin"] = "*"
                answer["Access-Control-Expose-Headers"] = "Retry-After"
            await send(message)

        await self._app(scope, receive, sending)


def _preflight(headers: Headers) -> Response:
    allowed = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Max-Age": str(_A_DAY),
    }
    if asked := headers.get("access-control-request-headers"):
        allowed["Access-Control-Allow-Headers"] = asked
    return Response(status_code=204, headers=allowed)


def settings_of(request: Request, key: str) -> dict[str, Any]:
    """What the SDK asks for when it starts: whither to send, which is here, and that nothing else is to be loaded."""
    # A page over https could not have asked over http: a proxy has taken TLS off and did not say so.
    secure = request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")
    return {
        "integrations": {
            "Segment.io": {
                "apiKey": key,
                "apiHost": f"{request.url.netloc}/v1",
                "protocol": "https" if secure else "http",
                "unbundledIntegrations": [],
                "addBundledMetadata": True,
                "maybeBundledConfigIds": {},
            }
        },
        "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
        "edgeFunction": {},
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
