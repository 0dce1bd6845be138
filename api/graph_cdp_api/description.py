"""The OpenAPI document: what the framework makes of the handlers, without what it adds that is not so."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute


def operation_id(route: APIRoute) -> str:
    """What a generated client calls the operation: its part of the API and its handler."""
    return f"{str(route.tags[0]).replace(' ', '_')}_{route.name}"


def install(app: FastAPI) -> None:
    """Takes out the 422 of the framework: what does not fit is answered with 400, a problem document."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            for operation in (one for path in document["paths"].values() for one in path.values()):
                if "HTTPValidationError" in str(operation["responses"].get("422")):
                    del operation["responses"]["422"]
            for name in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(name, None)
        return app.openapi_schema or {}

    app.openapi = described  # type: ignore[method-assign]
