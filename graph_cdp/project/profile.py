"""Rows of the graph -> the profile, the single customer view. Nothing of it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from graph_cdp.errors import UsageError
from graph_cdp.project.facts import Fact

Row = Mapping[str, Any]
Owner = Callable[[Row], str | None]


def identifiers(members: Iterable[Row], shared: Iterable[Row]) -> list[dict[str, Any]]:
    """The identifiers of a profile: its own, and the shared ones that it is linked with."""
    return [
        {
            "key": row["key"],
            "namespace": row["namespace"],
            "value": row["value"],
            "first_seen": row["first_seen"],
            "last_seen": row["last_seen"],
            "sources": list(row["sources"]),
            "shared": row["shared"],
        }
        for row in (*members, *shared)
        if row["namespace"] != "order"
    ]


# What looks like a part is named; anything else may be a person's, pasted into the wrong place.
_WORD: Final = re.compile(r"[A-Za-z_]{1,40}")
_NAMED: Final = 5
ALWAYS: Final = ("customer_id", "kind", "as_of", "on")


def parts_of(include: str, there: Sequence[str]) -> list[str]:
    """The parts that `include` names, by commas, in the order of those that are `there`; all of them without any.

    Raises `UsageError` for a part that there is not.
    """
    wanted = [name.strip() for name in include.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in there and name not in ALWAYS]:
        meant = [near for name in unknown for near in get_close_matches(name.casefold(), there, 1)]
        guess = f"; did you mean {' and '.join(meant)}?" if meant else ""
        named = ", ".join(filter(_WORD.fullmatch, unknown[:_NAMED])) or "of that name"
        raise UsageError(f"include: a profile has no part {named}{guess} (it has {', '.join(there)})")
    return [name for name in there if not wanted or name in wanted]


def timeline(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Events as they are shown, in the order given."""
    return [
        {
            "at": fact.at,
            "name": fact.name,
            "source": fact.source,
            "kind": fact.kind,
            "topic": fact.meaning.topic or None,
            "brand": fact.brand,
            "properties": dict(fact.properties),
        }
        for fact in facts
    ]


def owner(
    keys: Sequence[str], members: frozenset[str], shared: frozenset[str], trust: Callable[[str], int]
) -> str | None:
    """The member that an event hangs on, None where it is another customer's.

    An event belongs to the most trusted identifier in it that is not shared; what happened on shared ones alone stays
    with the most trusted of these.
    """
    first = min(keys, key=lambda key: (key in shared, trust(key), key), default=None)
    return first if first in members else None
