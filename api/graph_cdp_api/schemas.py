"""What /openapi.json says of bodies and answers, each with an example. Only requests are checked by it at run time."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from graph_cdp_api.examples import example_of

ID = "c_5b1f0c6e9a7d4e21"
EMAIL, USER, PHONE = "email:ann@example.com", "user_id:42", "phone:+48601234567"
DAY, LATER = "2026-03-01T10:00:00.000000Z", "2026-03-02T00:00:00.000000Z"
TYPE = "urn:graph-cdp:problem:not-found"

Object = dict[str, Any]
Outcome = Literal["rejected", "duplicate", "merged", "refused", "created", "joined", "known"]
Responses = dict[int | str, dict[str, Any]]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RefusedLink(_Model):
    """A link that the rules keep out."""

    link: list[str] = Field(min_length=2, max_length=2, examples=[[EMAIL, USER]])
    rule: str = Field(examples=["user_id is unique"])


class Answered(_Model):
    """What became of one message. `reason` says why it was rejected, or why it has no customer."""

    messageId: str = Field(examples=["ajs-7f3c"])  # noqa: N815 - Segment's name
    outcome: Outcome
    customer_id: str | None = Field(examples=[ID])
    refused: list[RefusedLink]
    reason: str | None
    warnings: list[str] = Field(examples=[[]])


class CallAnswer(_Model):
    """Segment's answer with more beside it: what became of the message. A public key is told of success alone."""

    success: bool = Field(examples=[True])
    messageId: str | None = Field(None, examples=["ajs-7f3c"])  # noqa: N815 - Segment's name
    outcome: Outcome | None = Field(None, examples=["joined"])
    customer_id: str | None = Field(None, examples=[ID])
    refused: list[RefusedLink] = Field([], examples=[[]])
    reason: str | None = Field(None)
    warnings: list[str] = Field([], examples=[["traits.phone: no phone number"]])


class BatchAnswer(_Model):
    """Segment's answer, with one for each message in their order. A public key is told of success alone."""

    success: bool = Field(examples=[True])
    messages: list[Answered] = Field(
        [],
        examples=[
            [
                {
                    "messageId": "ajs-7f3c",
                    "outcome": "joined",
                    "customer_id": ID,
                    "refused": [],
                    "reason": None,
                    "warnings": [],
                }
            ],
        ],
    )


class SourceSettings(_Model):
    """What an SDK is told when it starts."""

    model_config = ConfigDict(extra="allow")

    integrations: Object = Field(
        examples=[{"Segment.io": {"apiKey": "w-1", "apiHost": "cdp.example.com/v1", "protocol": "https"}}]
    )
    plan: Object = Field(examples=[{"track": {"__default": {"enabled": True, "integrations": {}}}}])


class Identifier(_Model):
    """An identifier of a customer; a shared one is linked with it and belongs to nobody."""

    key: str = Field(examples=[EMAIL])
    namespace: str = Field(examples=["email"])
    value: str = Field(examples=["ann@example.com"])
    first_seen: str | None = Field(examples=[DAY])
    last_seen: str | None = Field(examples=[LATER])
    sources: list[str] = Field(examples=[["web"]])
    shared: bool


class Word(_Model):
    """What was said of a trait, by whom and when; a guess where it was inferred."""

    value: Any = Field(examples=["Ann"])
    source: str = Field(examples=["web"])
    at: str | None = Field(examples=[DAY])
    guess: bool


class Trait(Word):
    """The word that counts under the policy, and the runner-ups behind it."""

    runner_ups: list[Word] = Field(examples=[[]])


class Orders(_Model):
    """Orders that were kept, what they were worth by currency without refunds, and the newest twenty of all."""

    count: int = Field(examples=[3])
    revenue: dict[str, float] = Field(examples=[{"PLN": 417.5}])
    refunded: dict[str, float] = Field(examples=[{"PLN": 40.0}])
    average: dict[str, float] = Field(examples=[{"PLN": 139.17}])
    cancelled: int = Field(examples=[0])
    first_at: str | None = Field(examples=[DAY])
    last_at: str | None = Field(examples=[LATER])
    days_between: float | None = Field(examples=[12.5])
    last: list[Object] = Field(examples=[[{"key": "order:web/1001", "at": DAY, "total": 99.9, "currency": "PLN"}]])


class Happened(_Model):
    """An event on the timeline."""

    at: str | None = Field(examples=[DAY])
    name: str = Field(examples=["Product Viewed"])
    source: str = Field(examples=["web"])
    kind: str = Field(examples=["device"])
    topic: str | None = Field(examples=["cart"])
    brand: str | None = Field(examples=["Lumia"])
    properties: Object = Field(examples=[{"sku": "A-1"}])


def _in_parts(schema: dict[str, Any]) -> None:
    """A profile that was asked for in parts has only these."""
    schema["required"] = ["customer_id", "kind", "as_of", "on"]


class Profile(_Model):
    """The 360 degree view of a customer or a company; docs/profile.md says what each part has."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_in_parts)

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    as_of: str | None
    on: str = Field(examples=["2026-03-02"])
    brand: str = Field("", examples=["Lumia"])
    identifiers: list[Identifier]
    traits: dict[str, Trait]
    person: Object = Field(examples=[{"name": "Ann Nowak", "age": 36, "emails": ["ann@example.com"]}])
    places: Object = Field(examples=[{"declared": [{"city": "Kraków", "country": "PL", "count": 1, "at": DAY}]}])
    company: Object | None
    household: list[Object] = Field(examples=[[{"customer_id": "9f2c4e6a8b0d1f3e", "by": ["email:f@x.pl"]}]])
    orders: Orders
    rfm: Object = Field(examples=[{"recency_days": 12, "frequency": 3, "score": "533", "status": "returning"}])
    preferences: Object = Field(examples=[{"category": [{"value": "Dresses", "share": 1.0, "count": 2, "trend": 0.0}]}])
    brands: Object = Field(examples=[{"Lumia": {"orders": {"count": 3, "revenue": {"PLN": 417.5}}}}])
    channels: Object = Field(examples=[{"preferred": {"channel": "email", "why": "agreed to it"}}])
    campaigns: list[Object] = Field(examples=[[{"campaign": "spring", "stage": "invited", "variant": "B", "sent": 1}]])
    consent: Object = Field(examples=[{"email": {"state": "granted", "at": DAY, "source": "web"}}])
    loyalty: Object = Field(examples=[{"member": True, "cards": ["9001"], "programmes": {}, "vouchers": []}])
    voice: Object = Field(examples=[{"sentiment": {"mean": 0.5, "count": 2, "trend": None}}])
    carts: list[Object] = Field(examples=[[{"cart": "K-7", "stage": "payment"}]])
    favourites: list[Object] = Field(examples=[[{"sku": "S-3", "name": "Coat"}]])
    visits: Object = Field(examples=[{"count": 1, "stores": [{"store": "Mall", "count": 1}]}])
    activity: Object = Field(examples=[{"days_30": 3, "events_30": 14}])
    notes: list[Object] = Field(examples=[[{"text": "Call in the evening", "author": "Marta", "at": DAY}]])
    switches: Object = Field(examples=[{"vip": {"value": True, "author": "Marta", "at": DAY}}])
    scores: Object = Field(examples=[{"recency": {"value": 4, "days_7": 0, "days_30": -1, "days_90": 2}}])
    predictions: Object | None
    warnings: list[Object] = Field(examples=[[{"warning": "shared identifier", "key": PHONE}]])
    timeline: list[Happened]
    segments: list[Object] = Field(examples=[[{"name": "loyal", "title": "", "entered": DAY}]])


class Access(_Model):
    """Everything that is held of a person."""

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    profile: Profile
    identifiers: list[Object] = Field(examples=[[{"key": EMAIL, "namespace": "email", "first_seen": DAY}]])
    links: list[Object] = Field(examples=[[{"a": EMAIL, "b": "user_id:42", "kind": "identify", "sources": ["web"]}]])
    observations: list[Object] = Field(examples=[[{"uid": "0a1b", "source": "web", "name": "page", "at": DAY}]])
    decisions: list[Object] = Field(examples=[[{"id": "d1", "verdict": "same", "a": EMAIL, "b": "user_id:42"}]])
    changes: list[Object] = Field(examples=[[{"seq": 1, "change": "created", "customer_id": ID, "keys": [EMAIL]}]])
    rejected: list[Object] = Field(examples=[[{"uid": "0c1d", "source": "web", "reason": "no identifier"}]])


class Keys(_Model):
    """The keys to look up."""

    keys: list[str] = Field(min_length=1, max_length=100, examples=[[EMAIL, PHONE]])


class Problem(_Model):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=[TYPE])
    title: str = Field(examples=["Nothing is known of that"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["nothing is known under this key; is it spelled as the data has it?"])


class LookedUp(_Model):
    """The profile that a key leads to, or the problem that there is with it."""

    key: str = Field(examples=[EMAIL])
    profile: Profile | None
    problem: Problem | None


class Lookup(_Model):
    """One item for each key, in their order."""

    items: list[LookedUp]


class Customer(_Model):
    """A customer in a list."""

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    members: int = Field(examples=[3])
    anchor: str = Field(examples=[USER])
    first_seen: str | None = Field(examples=[DAY])


class Customers(_Model):
    """Customers in the order of their ids; `next` is the cursor to go on with."""

    items: list[Customer]
    next: str | None = Field(examples=[ID])


class Link(_Model):
    """Evidence that two keys are one customer."""

    a: str = Field(examples=[EMAIL])
    b: str = Field(examples=[USER])
    kind: str = Field(examples=["identify"])
    tier: int = Field(examples=[1])
    first_seen: str | None = Field(examples=[DAY])


class FallsApart(_Model):
    """What is left together if the links between two keys go: one list where nothing falls apart."""

    without: list[str] = Field(examples=[[EMAIL, USER]])
    parts: list[list[str]] = Field(examples=[[[EMAIL], [USER]]])


class Why(_Model):
    """The path that joins two keys, its weakest link, and the links without which they would fall apart.

    Where they are two customers the path is null: which links were refused, by which rules, over which keys.
    """

    path: list[Link] | None = Field(
        examples=[[{"a": EMAIL, "b": USER, "kind": "identify", "tier": 1, "first_seen": DAY}]]
    )
    weakest: Link | None = None
    bridges: list[Link] = []
    falls_apart: FallsApart | None = None
    refused: list[RefusedLink] = []
    values: dict[str, list[str]] = {}
    shared: list[str] = []


class Change(_Model):
    """From this change on `keys` belong to `customer_id`; `removed` ones belong to nobody, and it is null."""

    seq: int = Field(examples=[1])
    at: str = Field(examples=[DAY])
    change: Literal["created", "merged", "split", "re-keyed", "removed", "erased"]
    customer_id: str | None = Field(examples=[ID])
    previous: list[str] = Field(examples=[[]])
    keys: list[str] = Field(examples=[[EMAIL, USER]])
    cause: str = Field(examples=["message web/ajs-7f3c"])


class Changes(_Model):
    """Changes in their order; `next` is the number to ask after."""

    items: list[Change]
    next: int | None = Field(examples=[50])


class DeadLetter(_Model):
    """What could not be used: `raw` is the text as it came."""

    uid: str = Field(examples=["0f3c9a5be2d14c7788aa01b2c3d4e5f6"])
    at: str = Field(examples=[DAY])
    source: str = Field(examples=["web"])
    place: str = Field(examples=["http"])
    reason: str = Field(examples=["event: a track call needs the name of its event"])
    raw: str = Field(examples=['{"type": "track", "userId": "42"}'])


class Rejected(_Model):
    """Dead letters, the oldest first."""

    items: list[DeadLetter]
    next: str | None = Field(examples=[None])


class Retry(_Model):
    """The dead letters to take again."""

    uids: list[str] = Field(min_length=1, max_length=1000, examples=[["0f3c9a5be2d14c7788aa01b2c3d4e5f6"]])


class Retried(_Model):
    """What became of a dead letter. One that is `rejected` still is one, unless the reason says that there is none."""

    uid: str = Field(examples=["0f3c9a5be2d14c7788aa01b2c3d4e5f6"])
    outcome: Outcome
    customer_id: str | None = Field(examples=[ID])
    refused: list[RefusedLink]
    reason: str | None = Field(examples=[None])
    warnings: list[str] = Field(examples=[[]])


class RetriedAll(_Model):
    """One item for each dead letter that was named, in their order."""

    items: list[Retried]
    next: str | None = Field(examples=[None])


class Timeline(_Model):
    """What happened, newest first; `next` is the cursor to go on with."""

    items: list[Happened]
    next: str | None = Field(examples=["WyIyMDI2LTAzLTAxVDEwOjAwOjAwLjAwMDAwMFoiLCAiMGYzYyJd"])


class Match(_Model):
    """An identifier whose value has the text in it, or the identifier that a trait was said of."""

    customer_id: str = Field(examples=[ID])
    kind: str = Field(examples=["person"])
    key: str = Field(examples=[EMAIL])
    trait: str | None = Field(examples=["first_name"])
    value: str = Field(examples=["Ann"])


class Found(_Model):
    """What a search has found; `next` is the cursor to go on with, null where all has been looked at."""

    items: list[Match]
    next: str | None = Field(examples=[None])


class Relink(_Model):
    """What to relink: under this policy (TOML, the text of its file), or under the one in force where none is given."""

    policy: str | None = Field(
        None, max_length=200_000, examples=["min_tier = 5\n"], json_schema_extra={"format": "policy"}
    )
    dry_run: StrictBool = Field(False, description="Only make a plan, which can be applied later.")


class Job(_Model):
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


class AllJobs(_Model):
    """Jobs, newest first; `next` is the cursor to go on with."""

    items: list[Job]
    next: str | None = Field(examples=[None])


class Node(_Model):
    """A node of the graph. The id is the server's own: good for as long as the node is there."""

    id: str = Field(examples=["4:9fd76082:118"])
    labels: list[str] = Field(examples=[["Email", "Identifier"]])
    properties: Object = Field(examples=[{"key": EMAIL, "first_seen": DAY, "caption": "ann@example.com"}])


class Relationship(_Model):
    """A relationship between two nodes, by their ids."""

    id: str = Field(examples=["5:9fd76082:196"])
    type: str = Field(examples=["LINK"])
    start: str = Field(examples=["4:9fd76082:118"])
    end: str = Field(examples=["4:9fd76082:77"])
    properties: Object = Field(examples=[{"kind": "identify", "tier": 1}])


class PartOfGraph(_Model):
    """Nodes and the relationships between them; `truncated` where there is more than is told."""

    nodes: list[Node]
    relationships: list[Relationship]
    truncated: bool


class Query(_Model):
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


class Table(_Model):
    """What a query has found; nodes and relationships as under /graph, `truncated` where there is more."""

    columns: list[str] = Field(examples=[["key", "kind"]])
    rows: list[list[Any]] = Field(examples=[[[USER, "identify"]]])
    truncated: bool


class Health(_Model):
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


def body(call: str) -> dict[str, Any]:
    """The request body of a call of the tracking API: any object, of which the example shows the usual."""
    content = {"schema": _BATCH if "batch" in _EXAMPLES[call] else _MESSAGE, "example": _EXAMPLES[call]}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def body_of(model: type[BaseModel], required: bool = True) -> dict[str, Any]:
    """The request body that a model describes, for a path that reads its body itself."""
    content = {"schema": model.model_json_schema(), "example": example_of(model)}
    return {"requestBody": {"required": required, "content": {"application/json": content}}}


# Whatever JSON comes is answered: what is no message is kept as a dead letter.
_MESSAGE: Object = {}
_BATCH: Object = {"type": "object", "required": ["batch"], "properties": {"batch": {"type": "array"}}}
_EXAMPLES: dict[str, Object] = {
    "identify": {"messageId": "ajs-7f3c", "userId": "42", "anonymousId": "a-1", "traits": {"email": "ann@example.com"}},
    "track": {"userId": "42", "event": "Product Added", "timestamp": DAY, "properties": {"sku": "A-1", "price": 9.9}},
    "page": {"anonymousId": "a-1", "name": "Home", "properties": {"path": "/"}},
    "screen": {"userId": "42", "name": "Cart", "context": {"device": {"id": "D-1", "type": "ios"}}},
    "group": {"userId": "42", "groupId": "acme", "traits": {"name": "Acme"}},
    "alias": {"previousId": "a-1", "userId": "42"},
}
_EXAMPLES["batch"] = {"batch": [{"type": call, **_EXAMPLES[call]} for call in ("identify", "track")]}
_EXAMPLES["import"] = _EXAMPLES["batch"]
