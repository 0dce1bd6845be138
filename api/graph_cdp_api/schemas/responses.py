"""What paths answer with beside a body of their own: problems, ways, metrics."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from graph_cdp_api.examples import example_of
from graph_cdp_api.schemas.base import ID, TYPE, Model, Responses


class Problem(Model):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=[TYPE])
    title: str = Field(examples=["Nothing is known of that"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["nothing is known under this key; is it spelled as the data has it?"])


class Health(Model):
    """That it is well."""

    status: str = Field(examples=["ok"])


MOVED: Responses = {
    307: {
        "description": "The id is one of before; Location has today's.",
        "content": {"application/json": {"example": {"customer_id": ID}}},
    }
}
UNCHANGED: Responses = {304: {"description": "The answer with this ETag still holds."}}
METRICS: Responses = {
    200: {
        "description": "All metrics.",
        "content": {
            "text/plain": {"schema": {"type": "string"}, "example": 'graph_cdp_messages_total{outcome="joined"} 3.0\n'}
        },
    }
}


def answers(model: type[BaseModel], status: int = 200) -> Responses:
    """What a path answers with when all is well."""
    return {status: {"model": model, "content": {"application/json": {"example": example_of(model)}}}}


def started(model: type[BaseModel]) -> Responses:
    """What a path answers with that begins something; the header says where to watch it."""
    location = {"description": "Where to watch it.", "schema": {"type": "string"}}
    content = {"application/json": {"example": example_of(model)}}
    return {202: {"model": model, "headers": {"Location": location}, "content": content}}


def problems(*statuses: int) -> Responses:
    """The problem documents that a path may answer with."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    example = {
        "type": "urn:graph-cdp:problem:…",
        "title": phrase,
        "status": status,
        "detail": "what, where, what to do",
    }
    schema = Problem.model_json_schema()
    return {"description": phrase, "content": {"application/problem+json": {"schema": schema, "example": example}}}


def segment_errors(*statuses: int) -> Responses:
    """The same in the shape of Segment's tracking API."""
    example = {"success": False, "code": "not-json", "message": "not valid JSON: Expecting value (line 1, column 1)"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {"application/json": {"example": example}}}
        for status in statuses
    }


def space_errors(*statuses: int) -> Responses:
    """The same in the shape of Segment's Profile API."""
    example = {"error": {"code": "not_found", "message": "nothing is known under this key"}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {"application/json": {"example": example}}}
        for status in statuses
    }


def body_of(model: type[BaseModel], required: bool = True) -> dict[str, Any]:
    """The request body that a model describes, for a path that reads its body itself."""
    content = {"schema": model.model_json_schema(), "example": example_of(model)}
    return {"requestBody": {"required": required, "content": {"application/json": content}}}
