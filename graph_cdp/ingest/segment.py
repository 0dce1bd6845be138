"""Segment messages to observations.

`previousId` of an alias call is an anonymous id: the call says that the visitor is the user. `groupId` names a
company and no person, for it would make one person of all its employees. `context.ip` identifies nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from graph_cdp import consents, locales, scales
from graph_cdp.ingest.campaigns import MARK, campaign_of
from graph_cdp.ingest.clocks import clock_of
from graph_cdp.ingest.content import canonical, clean_text, digest, part_of_index, storable, uid
from graph_cdp.ingest.events import Event, event
from graph_cdp.ingest.external_ids import add_external_ids
from graph_cdp.ingest.keys import Keys, Sender, sender_of
from graph_cdp.ingest.purchases import order_of
from graph_cdp.ingest.traits import traits_of
from graph_cdp.model import UNDATED, Company, Observation
from graph_cdp.normalise import Unusable, moment, region, text
from graph_cdp.policy import Policy

DEFAULT_SOURCE: Final = "default"
_TYPES: Final = frozenset(("identify", "track", "page", "screen", "group", "alias"))
_TRANSPORT: Final = dict.fromkeys(("sentAt", "receivedAt", "writeKey", "_metadata", "integrations"))
_CARDS: Final = ("loyalty_card", "loyaltyCard", "card_no")
_DEVICES: Final = {"ios": ("ios.id", "ios.idfa"), "android": ("android.id", "android.idfa")}
_MISSING: Final = "give userId, anonymousId, previousId, an e-mail address, a phone number or another external id"
_ELSEWHERE: Final = ("traits", "campaign")
_NOTHING: Final[Mapping[str, Any]] = {}
_LOCALE: Final = 35  # as long as a locale may be
_NO_EVENT: Final = Event(None)


class _Call(NamedTuple):
    """A message taken apart. `traits` are those of the person."""

    type: str
    body: Mapping[str, Any]
    context: Mapping[str, Any]
    traits: Mapping[str, Any]
    properties: Mapping[str, Any]


def source_of(message: object, given: str | None) -> str:
    """The source of a message: the one `given`, else the one that the message names, else `DEFAULT_SOURCE`."""
    named = given or (message.get("source") if isinstance(message, dict) else None)
    return named if isinstance(named, str) and named else DEFAULT_SOURCE


def observe(
    message: object, *, source: str | None = None, policy: Policy, received_at: int, live: bool = False
) -> Observation:
    """The observation that one Segment message is; `Unusable`, with the reason, where it is none.

    A value that cannot be the identifier it stands for is in `refusals`; the message is kept while another key is
    left. The uid does not depend on what transport adds (sentAt, receivedAt, writeKey, integrations, _metadata). A
    `live` message, which comes from its sender at this moment, is dated by our clock where the sender's is wrong.
    """
    if not isinstance(message, dict):
        raise Unusable("not a JSON object")
    type_ = _type(message)
    sender = sender_of(policy, source_of(message, source))
    content = canonical(_without_transport(message))
    message_id = _message_id(message) or digest(content)
    raw = _taken_apart(type_, message)
    kept = storable(message, content)
    call = raw if kept is message else _taken_apart(type_, kept)
    named = event(_event_name(call)) if type_ == "track" else _NO_EVENT
    keys = Keys(sender)
    _dates(raw.context, keys)
    contact = _identify(raw, keys)
    said_at = _said_at(message, keys)
    clock = clock_of(message.get("sentAt"), said_at, received_at, keys) if live else 0
    order = order_of(call.properties, call.body, named.is_reversal, keys) if named.is_order else None
    context = _context(call, keys)
    name = call.body["event"] if type_ == "track" else type_
    traits = traits_of(call.traits, "traits", keys) if call.traits else _NOTHING
    keys.refusals += consents.refused(name, traits, call.properties, call.context)
    keys.refusals += scales.refused(name, call.properties)
    return Observation(
        uid=uid(sender.source, message_id, content),
        source=sender.source,
        message_id=message_id,
        kind=named.kind or _kind(call, contact),
        name=name,
        keys=keys.all(_MISSING),
        occurred_at=said_at + clock,
        received_at=received_at,
        traits=traits,
        properties=_properties(call, content),
        order=order,
        company=_company(call, keys, sender) if type_ == "group" else None,
        refusals=tuple(keys.refusals),
        clock=clock,
        context=context,
        blocked=tuple(keys.blocked),
    )


def _type(message: Mapping[str, Any]) -> str:
    given = message.get("type")
    if type(given) is str and given in _TYPES:
        return given
    named = given.strip().lower() if isinstance(given, str) else ""
    if named not in _TYPES:
        raise Unusable(f"type: {'missing' if given is None else 'unknown'}; it is one of {', '.join(sorted(_TYPES))}")
    return named


def _without_transport(message: Mapping[str, Any]) -> Mapping[str, Any]:
    if _TRANSPORT.keys().isdisjoint(message):
        return message
    content = dict(message)
    for name in _TRANSPORT:
        content.pop(name, None)
    return content


def _object(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = message.get(name)
    if value is None:
        return _NOTHING
    if not isinstance(value, dict):
        raise Unusable(f"{name}: not an object")
    return value


def _taken_apart(type_: str, message: Mapping[str, Any]) -> _Call:
    context = _object(message, "context")
    said = _object(context, "traits") if context else _NOTHING
    own = _object(message, "traits") if type_ != "group" else _NOTHING
    traits = {**said, **own} if said and own else own or said
    return _Call(type_, message, context, traits, _object(message, "properties"))


def _message_id(message: Mapping[str, Any]) -> str | None:
    given = message.get("messageId")
    if given is None or given == "":
        return None
    try:
        if isinstance(given, str):
            return part_of_index(clean_text(given))
        return text(given)
    except Unusable as unusable:
        raise Unusable(f"messageId: {unusable.reason}") from None


def _event_name(call: _Call) -> str:
    name = call.body.get("event")
    if not isinstance(name, str) or not name.strip():
        raise Unusable("event: a track call needs the name of its event")
    return name


def _dates(context: Mapping[str, Any], keys: Keys) -> None:
    """Where the source's country does not say how its dates are written, a locale that has the day first does."""
    locale = context.get("locale")
    if keys.day_first is None and isinstance(locale, str) and locales.day_first_of(locale[:_LOCALE]):
        keys.day_first = True


def _said_at(message: Mapping[str, Any], keys: Keys) -> int:
    given = message.get("timestamp")
    if given is None:
        given = message.get("originalTimestamp")
    if given is None:
        return UNDATED
    try:
        return moment(given, day_first=keys.reads_day_first(given, "timestamp"))
    except Unusable as unusable:
        raise Unusable(f"timestamp: {unusable.reason}") from None


def _identify(call: _Call, keys: Keys) -> bool:
    """Adds the keys of the call; whether an e-mail address or a phone number is among them."""
    keys.add("user_id", call.body.get("userId"), "userId")
    keys.add("anonymous_id", call.body.get("anonymousId"), "anonymousId")
    if call.type == "alias":
        keys.add("anonymous_id", call.body.get("previousId"), "previousId")
    contact = False
    for place, said in (("traits", call.traits), ("properties", call.properties)):
        if said:
            contact = _contact(said, place, call, keys) or contact
    if call.context:
        _device(call.context, keys)
        add_external_ids(call.context, keys)
    return contact


def _contact(said: Mapping[str, Any], place: str, call: _Call, keys: Keys) -> bool:
    email = keys.add("email", said.get("email"), f"{place}.email")
    phone = None
    if (given := said.get("phone")) is not None:
        if not (isinstance(given, str) and given.startswith("+")):  # which says its country itself
            keys.country = _country(call) or keys.country or _locale(call.context)
        phone = keys.add("phone", given, f"{place}.phone")
    for name in _CARDS:
        if name in said:
            keys.add("loyalty_card", said[name], f"{place}.{name}")
    return email is not None or phone is not None


def _country(call: _Call) -> str | None:
    for said in (call.traits, call.properties):
        address = said.get("address")
        nested = region(address.get("country")) if isinstance(address, dict) else None
        if found := nested or region(said.get("country")):
            return found
    return None


def _locale(context: Mapping[str, Any]) -> str | None:
    """The country of a locale such as pl-PL; asked last, for it is that of the device's language."""
    locale = context.get("locale")
    return region(locale.replace("_", "-").rpartition("-")[2]) if isinstance(locale, str) and len(locale) > 2 else None


def _device(context: Mapping[str, Any], keys: Keys) -> None:
    device = context.get("device")
    if not isinstance(device, dict):
        return
    type_ = device.get("type")
    known = _DEVICES.get(type_.lower()) if isinstance(type_, str) else None
    keys.add(known[0] if known else "device", device.get("id"), "context.device.id")
    if known:
        keys.add(known[1], device.get("advertisingId"), "context.device.advertisingId")
    elif device.get("advertisingId") is not None:
        keys.refuse("context.device.advertisingId", "needs context.device.type ios or android")


def _kind(call: _Call, contact: bool) -> str:
    if call.type in ("identify", "alias"):
        return call.type
    if call.body.get("userId") is not None:
        return "identify"
    return "form" if contact else "device"


def _properties(call: _Call, content: str) -> Mapping[str, Any]:
    properties = dict(call.properties)
    if call.type in ("page", "screen"):
        for name in ("name", "category"):
            if call.body.get(name) is not None:
                properties.setdefault(name, call.body[name])
    properties.setdefault("type", call.type)
    if ("campaign" in call.context or MARK in content) and (campaign := campaign_of(call.context, call.properties)):
        properties["campaign"] = campaign
    return properties


def _context(call: _Call, keys: Keys) -> Mapping[str, Any]:
    """What the context says beside the traits and the campaign, which have places of their own."""
    context = dict(call.context)
    for name in _ELSEWHERE:
        context.pop(name, None)
    if (wanted := call.body.get("integrations")) and "integrations" not in context:
        try:
            context["integrations"] = storable(wanted, canonical(wanted))
        except Unusable as unusable:
            keys.refuse("integrations", unusable.reason)
    return context


def _company(call: _Call, keys: Keys, sender: Sender) -> Company | None:
    given = call.body.get("groupId")
    if given is None:
        keys.refuse("groupId", "missing: the call says of no company")
        return None
    key = keys.key("group_id", given, "groupId")
    return Company(key, traits_of(_object(call.body, "traits"), "traits", keys)) if key is not None else None
