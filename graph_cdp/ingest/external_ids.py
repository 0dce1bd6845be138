"""Identifiers that a message lists: Segment's `context.externalIds` and RudderStack's `context.externalId`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from graph_cdp.ingest.keys import Keys
from graph_cdp.policy_file import NAMESPACES

_NO_PERSON: Final = frozenset(("group_id", "company"))
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN: Final = re.compile(r"[^a-z0-9.]+")


def add_external_ids(context: Mapping[str, Any], keys: Keys) -> None:
    """Adds the identifiers that the context lists; what is none is refused with its place."""
    for number, one in _listed(context, "externalIds", keys):
        place = f"context.externalIds[{number}]"
        if one.get("collection") not in (None, "users"):
            keys.refuse(place, "names no person")
        else:
            _add(one["type"], one.get("id"), place, keys)
    for number, one in _listed(context, "externalId", keys):
        _add(_destination(one["type"], one.get("identifierType")), one.get("id"), f"context.externalId[{number}]", keys)


def _listed(context: Mapping[str, Any], name: str, keys: Keys) -> list[tuple[int, Mapping[str, Any]]]:
    """What is listed under `name`, each with its number; every one has a type."""
    given = context.get(name)
    if given is None:
        return []
    if not isinstance(given, list):
        keys.refuse(f"context.{name}", "not a list")
        return []
    found: list[tuple[int, Mapping[str, Any]]] = []
    for number, one in enumerate(given):
        if isinstance(one, dict) and isinstance(one.get("type"), str):
            found.append((number, one))
        else:
            keys.refuse(f"context.{name}[{number}]", "not an object with id and type")
    return found


def _add(namespace: str, raw: object, place: str, keys: Keys) -> None:
    if namespace in _NO_PERSON:
        keys.refuse(place, "names no person")
    else:
        keys.add(namespace, raw, place)


@lru_cache(maxsize=1_024)
def _destination(type_: str, identifier: object) -> str:
    """The namespace of an id in a destination, by the names that RudderStack gives to both.

    Where `identifierType` is one of ours (`email`), the id is such a value and the same in every destination; any
    other is a field of that destination alone.
    """
    field = _snake(identifier) if isinstance(identifier, str) else ""
    if field in NAMESPACES:
        return field
    name = _snake(type_)
    return f"{name}.{field}" if field else name


def _snake(name: str) -> str:
    """`brazeExternalId` and `HUBSPOT-contacts` as names of ours: braze_external_id, hubspot_contacts."""
    return _BETWEEN.sub("_", _HUMP.sub("_", name).lower()).strip("_")
