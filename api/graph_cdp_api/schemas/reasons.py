"""Why keys are one customer or are not, and how customers changed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from graph_cdp_api.schemas.base import DAY, EMAIL, ID, USER, Model
from graph_cdp_api.schemas.messages import RefusedLink


class Link(Model):
    """Evidence that two keys are one customer."""

    a: str = Field(examples=[EMAIL])
    b: str = Field(examples=[USER])
    kind: str = Field(examples=["identify"])
    tier: int = Field(examples=[1])
    first_seen: str | None = Field(examples=[DAY])


class FallsApart(Model):
    """What is left together if the links between two keys go: one list where nothing falls apart."""

    without: list[str] = Field(examples=[[EMAIL, USER]])
    parts: list[list[str]] = Field(examples=[[[EMAIL], [USER]]])


class Why(Model):
    """The path that joins two keys, its weakest link, and the links without which they would fall apart.

    Where they are two customers the path is null: which links were refused, by which rules, over which keys.
    """

    path: list[Link] | None = Field(
        examples=[[{"a": EMAIL, "b": USER, "kind": "identify", "tier": 1, "first_seen": DAY}]]
    )
    weakest: Link | None = None
    bridges: list[Link] = Field([])
    falls_apart: FallsApart | None = None
    refused: list[RefusedLink] = Field([])
    values: dict[str, list[str]] = Field({})
    shared: list[str] = Field([], description="Which of the two keys are shared.")
    shared_between: list[str] = Field([], description="Shared identifiers that both customers are linked with.")


class Change(Model):
    """From this change on `keys` belong to `customer_id`; `removed` ones belong to nobody, and it is null."""

    seq: int = Field(examples=[1])
    at: str = Field(examples=[DAY])
    change: Literal["created", "merged", "split", "re-keyed", "removed", "erased"]
    customer_id: str | None = Field(examples=[ID])
    previous: list[str] = Field(examples=[[]])
    keys: list[str] = Field(examples=[[EMAIL, USER]])
    cause: str = Field(examples=["message web/ajs-7f3c"])


class Changes(Model):
    """Changes in their order; `next` is the number to ask after."""

    items: list[Change]
    next: int | None = Field(examples=[50])
