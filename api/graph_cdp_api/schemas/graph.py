"""Parts of the graph, and queries of one's own."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from graph_cdp_api.schemas.base import DAY, EMAIL, USER, Model, Object


class Node(Model):
    """A node of the graph. The id is the server's own: good for as long as the node is there."""

    id: str = Field(examples=["4:9fd76082:118"])
    labels: list[str] = Field(examples=[["Email", "Identifier"]])
    properties: Object = Field(examples=[{"key": EMAIL, "first_seen": DAY, "caption": "ann@example.com"}])


class Relationship(Model):
    """A relationship between two nodes, by their ids."""

    id: str = Field(examples=["5:9fd76082:196"])
    type: str = Field(examples=["LINK"])
    start: str = Field(examples=["4:9fd76082:118"])
    end: str = Field(examples=["4:9fd76082:77"])
    properties: Object = Field(examples=[{"kind": "identify", "tier": 1}])


class PartOfGraph(Model):
    """Nodes and the relationships between them; `truncated` where there is more than is told."""

    nodes: list[Node]
    relationships: list[Relationship]
    truncated: bool


class Query(Model):
    """A question in Cypher. Patterns begin at a label or a relationship type."""

    query: str = Field(
        min_length=1,
        max_length=4000,
        json_schema_extra={"format": "cypher"},
        examples=["MATCH (i:Identifier {key: 'user_id:42'})-[l:LINK]-(o) RETURN o.key AS key, l.kind AS kind"],
    )
    parameters: Object = Field({}, examples=[{"key": EMAIL}])
    limit: int = Field(1000, ge=1, le=1000, description="So many rows at most.")
    seconds: float = Field(10, ge=1, le=30, description="So long at most.")


class Table(Model):
    """What a query has found; nodes and relationships as under /graph, `truncated` where there is more."""

    columns: list[str] = Field(examples=[["key", "kind"]])
    rows: list[list[Any]] = Field(examples=[[[USER, "identify"]]])
    truncated: bool
