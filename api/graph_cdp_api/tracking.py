"""What a request to Segment's tracking API brings: who sends, and the messages that it means.

The limits are Segment's, so that a sender that goes over one hears of it here as it would there.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Request

from graph_cdp_api.bodies import MOST_SENT, parsed, received
from graph_cdp_api.keys import Caller, Presented
from graph_cdp_api.problems import LimitError, NotJsonError

MOST_MESSAGES: Final = 2_500
MOST_BYTES_OF_A_MESSAGE: Final = 32 * 1024
_TOGETHER: Final = 16
_ascii = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_plain = json.JSONEncoder(separators=(",", ":"), check_circular=False, ensure_ascii=False).encode


class Delivery(NamedTuple):
    """Messages, and who sends them."""

    caller: Caller
    messages: list[Any]


async def _sent(request: Request) -> bytes:
    body = await received(request, MOST_SENT)
    if body is None:
        raise LimitError(f"a request of more than {MOST_SENT:,} bytes: send less at once")
    return body


Sent = Annotated[bytes, Depends(_sent)]


def call_of(type_: str, sender: Presented, body: bytes) -> Delivery:
    """The one message of a call, whose type its path names, whatever type the message has."""
    message, caller = _opened(sender, body)
    if len(body) > MOST_BYTES_OF_A_MESSAGE:
        raise LimitError(f"a message of more than {MOST_BYTES_OF_A_MESSAGE:,} bytes: send less in it")
    if isinstance(message, dict):
        message.pop("writeKey", None)
        message["type"] = type_
    return Delivery(caller, [message])


def batch_of(sender: Presented, body: bytes) -> Delivery:
    """The messages of a batch, each with the context and the time of sending of the batch where it has none."""
    batch, caller = _opened(sender, body)
    messages = batch.get("batch") if isinstance(batch, dict) else None
    if not isinstance(messages, list):
        raise NotJsonError('a batch is {"batch": [message, …]}')
    if len(messages) > MOST_MESSAGES:
        raise LimitError(f"a batch of {len(messages):,} messages: send at most {MOST_MESSAGES:,} at once")
    if len(body) > MOST_BYTES_OF_A_MESSAGE:
        _check_sizes(messages)
    context, sent = batch.get("context"), batch.get("sentAt")
    return Delivery(caller, [_completed(one, context, sent) for one in messages])


def _opened(sender: Presented, body: bytes) -> tuple[Any, Caller]:
    """The JSON value of the body and who sends it: a key in the body counts where the headers have none."""
    if sender.caller is not None:
        return parsed(body), sender.caller
    try:
        value = parsed(body)
    except (NotJsonError, RecursionError):
        value = None
    return value, sender.caller_by(value.get("writeKey") if isinstance(value, dict) else None)


def _check_sizes(messages: list[Any]) -> None:
    """Looks at several together first, for where these are short enough each of them is."""
    for first in range(0, len(messages), _TOGETHER):
        some = messages[first : first + _TOGETHER]
        if _is_short(some):
            continue
        for number, message in enumerate(some, first):
            if not _is_short(message) and (size := _size(message)) > MOST_BYTES_OF_A_MESSAGE:
                raise LimitError(
                    f"batch[{number}]: a message of {size:,} bytes (send at most {MOST_BYTES_OF_A_MESSAGE:,} in one); "
                    "none of the batch was taken"
                )


def _is_short(value: Any) -> bool:
    try:
        return len(_ascii(value)) <= MOST_BYTES_OF_A_MESSAGE
    except (RecursionError, ValueError):
        return False


def _size(message: Any) -> int:
    """How many bytes of UTF-8 a message is in the shortest JSON. What is nested too deeply is refused elsewhere."""
    try:
        return len(_plain(message).encode("utf-8", "surrogatepass"))
    except (RecursionError, ValueError):
        return 0


def _completed(message: Any, context: Any, sent: Any) -> Any:
    if not isinstance(message, dict):
        return message
    message.pop("writeKey", None)
    if sent is not None and message.get("sentAt") is None:
        message["sentAt"] = sent
    own = message.get("context") or {}
    if isinstance(context, dict) and isinstance(own, dict):
        message["context"] = {**context, **own}
    return message
