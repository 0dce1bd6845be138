"""What senders are answered: what became of messages, and dead letters."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from graph_cdp_api.schemas.base import DAY, EMAIL, ID, USER, Model, Object

Outcome = Literal["rejected", "duplicate", "merged", "refused", "created", "joined", "known"]


class RefusedLink(Model):
    """A link that the rules keep out."""

    link: list[str] = Field(min_length=2, max_length=2, examples=[[EMAIL, USER]])
    rule: str = Field(examples=["user_id is unique"])


class Answered(Model):
    """What became of one message. `reason` says why it was rejected, or why it has no customer."""

    messageId: str = Field(examples=["ajs-7f3c"])  # noqa: N815 - Segment's name
    outcome: Outcome
    customer_id: str | None = Field(examples=[ID])
    refused: list[RefusedLink]
    reason: str | None
    warnings: list[str] = Field(examples=[[]])


class CallAnswer(Model):
    """Segment's answer with more beside it: what became of the message. A public key is told of success alone."""

    success: bool = Field(examples=[True])
    messageId: str | None = Field(None, examples=["ajs-7f3c"])  # noqa: N815 - Segment's name
    outcome: Outcome | None = Field(None, examples=["joined"])
    customer_id: str | None = Field(None, examples=[ID])
    refused: list[RefusedLink] = Field([], examples=[[]])
    reason: str | None = Field(None)
    warnings: list[str] = Field([], examples=[["traits.phone: no phone number"]])


class BatchAnswer(Model):
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


class SourceSettings(Model):
    """What an SDK is told when it starts."""

    model_config = ConfigDict(extra="allow")

    integrations: Object = Field(
        examples=[{"Segment.io": {"apiKey": "w-1", "apiHost": "cdp.example.com/v1", "protocol": "https"}}]
    )
    plan: Object = Field(examples=[{"track": {"__default": {"enabled": True, "integrations": {}}}}])


class DeadLetter(Model):
    """What could not be used: `raw` is the text as it came."""

    uid: str = Field(examples=["0f3c9a5be2d14c7788aa01b2c3d4e5f6"])
    at: str = Field(examples=[DAY])
    source: str = Field(examples=["web"])
    place: str = Field(examples=["http"])
    reason: str = Field(examples=["event: a track call needs the name of its event"])
    raw: str = Field(examples=['{"type": "track", "userId": "42"}'])


class Rejected(Model):
    """Dead letters, the oldest first."""

    items: list[DeadLetter]
    next: str | None = Field(examples=[None])


class Retry(Model):
    """The dead letters to take again."""

    uids: list[str] = Field(min_length=1, max_length=1000, examples=[["0f3c9a5be2d14c7788aa01b2c3d4e5f6"]])


class Retried(Model):
    """What became of a dead letter. One that is `rejected` still is one, unless the reason says that there is none."""

    uid: str = Field(examples=["0f3c9a5be2d14c7788aa01b2c3d4e5f6"])
    outcome: Outcome
    customer_id: str | None = Field(examples=[ID])
    refused: list[RefusedLink]
    reason: str | None = Field(examples=[None])
    warnings: list[str] = Field(examples=[[]])


class RetriedAll(Model):
    """One item for each dead letter that was named, in their order."""

    items: list[Retried]
    next: str | None = Field(examples=[None])


def body(call: str) -> dict[str, Any]:
    """The request body of a call of the tracking API: any object, of which the example shows the usual."""
    content = {"schema": _BATCH if "batch" in _EXAMPLES[call] else _MESSAGE, "example": _EXAMPLES[call]}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


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
