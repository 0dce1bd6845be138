"""Visits to shops seen by proximity, and how active a customer is of late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from graph_cdp.project.facts import Fact, about, plain, shares, text_of

RECENT: Final = 200
_METHODS: Final = {"beacon": "beacon", "wifi": "wifi"}


def visits(facts: Iterable[Fact]) -> dict[str, Any]:
    """How often, how long and where; an entry and the leave after it are one visit."""
    found: dict[str, dict[str, Any]] = {}
    methods: Counter[str] = Counter()
    for fact in about(facts, "visit"):
        store = fact.text("store", "shop", "store_id", "location_name") or "unknown"
        row = found.setdefault(store, {"store": store, "count": 0, "dwell_seconds": 0.0, "last_at": None})
        row["dwell_seconds"] += fact.number("dwell_seconds", "duration_seconds") or 0.0
        row["last_at"] = max(row["last_at"] or "", fact.at or "") or None
        if fact.meaning.what != "left":
            row["count"] += 1
            methods[fact.text("method") or _METHODS.get(fact.meaning.what, "visit")] += 1
    rows = [row | {"dwell_seconds": plain(row["dwell_seconds"])} for row in found.values()]
    rows.sort(key=lambda row: (-row["count"], row["store"]))
    return {
        "count": sum(row["count"] for row in rows),
        "last_at": max((row["last_at"] for row in rows if row["last_at"]), default=None),
        "dwell_seconds": plain(float(sum(row["dwell_seconds"] for row in rows))),
        "stores": rows,
        "methods": [{"method": row["value"], "count": row["count"]} for row in shares(methods)],
    }


def _device(context: Mapping[str, Any]) -> str | None:
    device = context.get("device")
    said = device if isinstance(device, Mapping) else {}
    return text_of(said, "model", "name", "type")


def activity(recent: Sequence[Fact], today: date, most: int = RECENT) -> dict[str, Any]:
    """Days and events of the last 30 and 90 days, as far as the newest events tell."""
    dated = [fact for fact in recent if fact.at]
    row: dict[str, Any] = {"last_at": max((fact.at for fact in dated if fact.at), default=None)}
    for days in (30, 90):
        since = (today - timedelta(days=days)).isoformat()
        there = [fact.at for fact in dated if fact.at and fact.at[:10] > since]
        row[f"days_{days}"] = len({at[:10] for at in there})
        row[f"events_{days}"] = len(there)
    row["hours"] = shares(Counter(fact.at[11:13] for fact in dated if fact.at))[:5]
    row["devices"] = sorted({said for fact in recent if (said := _device(fact.context))})
    row["complete"] = len(recent) < most or row["events_90"] < len(recent)
    return row
