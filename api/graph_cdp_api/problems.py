"""From exception to answer: one table. Problem documents (RFC 9457); Segment's shape on the paths of its tracking API.

No document repeats what was sent: keys, values and credentials are not for answers, nor for the logs behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from graph_cdp.errors import (
    BusyError,
    ConflictingError,
    EvidenceMovedError,
    GraphCdpError,
    InputError,
    JobStateError,
    KeyFormatError,
    NotFoundError,
    NotHereError,
    QueryRefusedError,
    QueryStoppedError,
    StoreError,
    UsageError,
)
from graph_cdp_api.answers import Json, tell

TYPE: Final = "urn:graph-cdp:problem:"
SEGMENT: Final = "/v1/"
# Segment's Profile API has a shape of its own for errors.
SPACES: Final = "/v1/spaces/"
_CODES: Final = {
    401: "authentication_error",
    403: "authentication_error",
    404: "not_found",
    405: "invalid_request_error",
    429: "rate_limit_error",
}


class NotJsonError(GraphCdpError):
    """A body that is not the JSON that the path takes."""


class TooLargeError(GraphCdpError):
    """A body of more bytes than are taken at once."""


class SlowError(GraphCdpError):
    """A body that took too long to come."""


class LimitError(GraphCdpError):
    """A request to the tracking API over one of its limits, which the sentence names."""


class UnauthorizedError(GraphCdpError):
    """No key, or none that is known. `scheme` is how to send one."""

    def __init__(self, message: str, scheme: str) -> None:
        self.scheme = scheme
        super().__init__(message)


class ForbiddenError(GraphCdpError):
    """A known key, or a caller, that may not do this."""


class SharedError(GraphCdpError):
    """A shared identifier was asked for; `candidates` are the ids of the customers that it may mean."""

    def __init__(self, candidates: list[str]) -> None:
        self.candidates = candidates
        super().__init__("several customers have this identifier, so it is nobody's: choose one of the candidates")


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal. Without `detail` the sentence of the exception is told."""

    status: int
    name: str
    title: str
    detail: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


INTERNAL: Final = Problem(500, "internal", "Internal error", "the server failed; its log has the request id")

# The sentence of a StoreError names the server's address, and that of a RecursionError nothing that a sender can use.
TABLE: Final[Mapping[type[Exception], Problem]] = {
    SharedError: Problem(300, "shared-identifier", "That may be several customers"),
    NotJsonError: Problem(400, "not-json", "The body cannot be read"),
    RecursionError: Problem(400, "not-json", "The body cannot be read", "the body is nested too deeply"),
    LimitError: Problem(400, "limit", "More than is taken at once"),
    KeyFormatError: Problem(400, "no-key", "That is no key"),
    UsageError: Problem(400, "wrong-request", "The request is wrong"),
    InputError: Problem(400, "wrong-input", "The input cannot be read"),
    UnauthorizedError: Problem(401, "unauthorized", "A key is needed"),
    ForbiddenError: Problem(403, "forbidden", "Not allowed"),
    QueryRefusedError: Problem(403, "query-refused", "The query may not run"),
    NotFoundError: Problem(404, "not-found", "Nothing is known of that"),
    SlowError: Problem(408, "slow", "The body did not come in time"),
    EvidenceMovedError: Problem(409, "evidence-moved", "The evidence has changed since"),
    ConflictingError: Problem(409, "conflict", "That does not go with what holds already"),
    JobStateError: Problem(409, "wrong-state", "The job is in no state for that"),
    TooLargeError: Problem(413, "too-large", "The body is too large"),
    QueryStoppedError: Problem(422, "query-stopped", "The query was stopped"),
    BusyError: Problem(429, "busy", "Too much at once", headers={"Retry-After": "1"}),
    NotHereError: Problem(501, "not-on-this-store", "This store cannot do that"),
    StoreError: Problem(
        503,
        "store-unavailable",
        "The store does not answer",
        "the graph server could not do this now; send the same again, which does no harm",
        {"Retry-After": "1"},
    ),
}


def install(app: FastAPI) -> None:
    """Answers what handlers raise by the table; what is not in it is left to the envelope, which tells nothing."""
    for kind in TABLE:
        app.add_exception_handler(kind, _listed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def problem_of(error: Exception) -> Problem:
    """The row of the nearest class of `error` in the table."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), INTERNAL)


def answer(path: str, problem: Problem, detail: str, facts: Mapping[str, Any] | None = None) -> JSONResponse:
    """The document, in the shape that callers of `path` read."""
    if path.startswith(SPACES):
        code = _CODES.get(problem.status, "validation_error" if problem.status < 500 else "server_error")
        return Json({"error": {"code": code, "message": detail}}, problem.status, dict(problem.headers))
    if path.startswith(SEGMENT):
        content = {"success": False, "code": problem.name, "message": detail}
        return Json(content, problem.status, dict(problem.headers))
    content = {"type": TYPE + problem.name, "title": problem.title, "status": problem.status, "detail": detail}
    return Json({**content, **(facts or {})}, problem.status, dict(problem.headers), "application/problem+json")


async def _listed(request: Request, error: Exception) -> JSONResponse:
    problem = problem_of(error)
    if problem.status in (500, 503):
        tell(request, error)
    facts = {"candidates": error.candidates} if isinstance(error, SharedError) else None
    answered = answer(request.scope["path"], problem, problem.detail or str(error), facts)
    if isinstance(error, UnauthorizedError):
        answered.headers["WWW-Authenticate"] = f'{error.scheme} realm="graph-cdp"'
    return answered


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Parameters and bodies that do not fit: where and why, without the value that stood there."""
    errors = error.errors() if isinstance(error, RequestValidationError) else ()
    facts = [
        {"place": ".".join(map(str, one["loc"])), "reason": one["msg"].removeprefix("Value error, ")} for one in errors
    ]
    detail = "; ".join(f"{one['place']}: {one['reason']}" for one in facts)
    problem = Problem(400, "wrong-request", "The request is wrong")
    return answer(request.scope["path"], problem, detail, {"errors": facts})


def _methods(request: Request) -> list[str]:
    """What the path can be asked with: of the paths that it fits, the one with the fewest places for any text."""
    fitting = []
    for path, operations in request.app.openapi()["paths"].items():
        pattern, _, places = compile_path(path)
        if pattern.match(request.scope["path"]):
            fitting.append((len(places), sorted(method.upper() for method in operations)))
    return min(fitting, default=(0, []))[1]


async def _http(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses: an unknown path, a wrong method, an Authorization header that is none."""
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    headers = dict(getattr(error, "headers", None) or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
    problem = Problem(status, status.phrase.lower().replace(" ", "-"), status.phrase, headers=headers)
    return answer(request.scope["path"], problem, f"{status.description or status.phrase} (see /openapi.json)")
