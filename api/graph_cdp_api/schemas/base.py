"""Words, examples and the model that all schemas share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

ID = "c_5b1f0c6e9a7d4e21"
EMAIL, USER, PHONE = "email:ann@example.com", "user_id:42", "phone:+48601234567"
DAY, LATER = "2026-03-01T10:00:00.000000Z", "2026-03-02T00:00:00.000000Z"
TYPE = "urn:graph-cdp:problem:not-found"
Object = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]


class Model(BaseModel):
    """A body that has nothing but what is described."""

    model_config = ConfigDict(extra="forbid")
