"""Rows of the graph -> the profile, the single customer view. Nothing of it is stored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from graph_cdp.errors import UsageError

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


def traits(events: Iterable[Row], owned: Owner) -> dict[str, dict[str, Any]]:
    """Of each trait what was said last, with source and time; undated words give way, null takes a trait back."""
    newest: dict[str, tuple[tuple[str, str], Any, Row]] = {}
    for event in events:
        if owned(event) is None:
            continue
        for name, value in json.loads(event["traits"]).items():
            version = (event["at"] or "", json.dumps(value, sort_keys=True))
            if name not in newest or version > newest[name][0]:
                newest[name] = version, value, event
    return {
        name: {"value": value, "source": event["source"], "at": event["at"]}
        for name, (_, value, event) in sorted(newest.items())
        if value is not None
    }


def orders(rows: Iterable[Row], last: int = 20) -> dict[str, Any]:
    """How many orders, what they were worth by currency, and the newest with their lines."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        order = found.setdefault(
            row["key"],
            {name: row[name] for name in ("key", "at", "status", "total", "currency", "channel")}
            | {"brand": _name(row["brand"]), "store": _name(row["store"]), "lines": []},
        )
        if row["sku"] is not None:
            order["lines"].append({name: row[name] for name in ("sku", "name", "category", "quantity", "price")})
    revenue: Counter[str] = Counter()
    for order in found.values():
        order["total"] = _total(order)
        if order["total"] is not None:
            revenue[order["currency"] or "unknown"] += order["total"]
    return {
        "count": len(found),
        "revenue": {currency: round(amount, 2) for currency, amount in sorted(revenue.items())},
        "last": list(found.values())[:last],
    }


def worths(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Each order with its `at`, `status`, `currency`, `channel` and what it was worth, its `amount`."""
    return [{**order, "amount": order["total"]} for order in orders(rows, last=10**9)["last"]]


_ALWAYS: Final = ("customer_id", "kind", "as_of")


def parts_of(profile: dict[str, Any], include: str) -> dict[str, Any]:
    """The parts of a profile that `include` names, by commas, beside who and when it is; all of it without any.

    Raises `UsageError` for a part that there is not.
    """
    wanted = [name.strip() for name in include.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in profile]:
        there = ", ".join(name for name in profile if name not in _ALWAYS)
        raise UsageError(f"include: a profile has {len(unknown)} of these parts not (it has {there})")
    return {name: part for name, part in profile.items() if not wanted or name in wanted or name in _ALWAYS}


def timeline(events: Iterable[Row]) -> list[dict[str, Any]]:
    """Events as they are shown, in the order given."""
    return [
        {
            "at": event["at"],
            "name": event["name"],
            "source": event["source"],
            "kind": event["kind"],
            "properties": json.loads(event["properties"] or "{}"),
        }
        for event in events
    ]


def company(rows: Sequence[Row]) -> dict[str, Any] | None:
    """The company that the person works for, the first by key where there are several."""
    return {"key": rows[0]["key"], **json.loads(rows[0]["traits"] or "{}")} if rows else None


def owner(
    keys: Sequence[str], members: frozenset[str], shared: frozenset[str], trust: Callable[[str], int]
) -> str | None:
    """The member that an event hangs on, None where it is another customer's.

    An event belongs to the most trusted identifier in it that is not shared; what happened on shared ones alone stays
    with the most trusted of these.
    """
    first = min(keys, key=lambda key: (key in shared, trust(key), key), default=None)
    return first if first in members else None


def _name(key: str | None) -> str | None:
    return None if key is None else key.partition(":")[2].rpartition("/")[2]


def _total(order: Mapping[str, Any]) -> float | None:
    if order["total"] is not None:
        return float(order["total"])
    priced = [line["price"] * line["quantity"] for line in order["lines"] if line["price"] is not None]
    return round(sum(priced), 2) if priced else None
