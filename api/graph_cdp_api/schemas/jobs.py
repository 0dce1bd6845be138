"""Relinking in the background."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from graph_cdp_api.schemas.base import DAY, Model, Object


class Relink(Model):
    """What to relink: under this policy (TOML, the text of its file), or under the one in force where none is given."""

    policy: str | None = Field(
        None, max_length=200_000, examples=["min_tier = 5\n"], json_schema_extra={"format": "policy"}
    )
    dry_run: StrictBool = Field(False, description="Only make a plan, which can be applied later.")


class Job(Model):
    """A job. `fingerprint` is that of the policy it was given; `of` is the job whose plan it applies.

    `lost`: its process gives no sign of life. `summary` says what changes, or would change by a dry run.
    """

    id: str = Field(examples=["9e107d9d372bb6826bd81d3542a419d6"])
    kind: Literal["relink", "apply"]
    state: Literal["queued", "running", "cancelling", "done", "failed", "cancelled", "lost"]
    dry_run: bool
    fingerprint: str | None = Field(examples=["7e8db232ce86"])
    of: str | None
    created_at: str = Field(examples=[DAY])
    started_at: str | None = Field(examples=[DAY])
    finished_at: str | None
    done: int = Field(examples=[1500])
    total: int = Field(examples=[2000])
    seconds_left: int | None = Field(examples=[12])
    summary: Object | None = Field(examples=[{"merged": 3, "split": 1, "identifiers_moved": 9}])
    reason: str | None


class AllJobs(Model):
    """Jobs, newest first; `next` is the cursor to go on with."""

    items: list[Job]
    next: str | None = Field(examples=[None])
