"""Observations and dead letters: the truth that is kept, one node each, and the things that they speak of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from graph_cdp.folding import folded
from graph_cdp.model import Observation, Rejection, namespace_of, rfc3339, value_of
from graph_cdp.policy import Policy
from graph_cdp.store.companies import record_companies
from graph_cdp.store.orders import record_orders
from graph_cdp.store.transaction import Transaction
from graph_cdp.vocabulary import OTHER, topic_of


def record(transaction: Transaction, observations: Sequence[Observation], policy: Policy) -> None:
    """Stores observations that the graph does not have, with their orders, products, stores, brands and companies.

    Each hangs on the epochs that its keys name, and keeps the values.
    """
    if not observations:
        return
    transaction.run("write/events", rows=[_event_row(seen, policy) for seen in observations])
    record_orders(transaction, observations)
    record_companies(transaction, observations, policy)


def bury(transaction: Transaction, rejections: Iterable[Rejection]) -> None:
    """Keeps dead letters; one that came before is not kept twice."""
    rows = [_dead_letter_row(rejection) for rejection in rejections]
    if rows:
        transaction.run("write/dead_letters", rows=rows)


def json_text(value: Any) -> str | None:
    """`value` as JSON with sorted names; None where there is nothing in it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str) if value else None


def _event_row(seen: Observation, policy: Policy) -> dict[str, Any]:
    traits = json_text(seen.traits)
    event = {
        "uid": seen.uid,
        "source": seen.source,
        "message_id": seen.message_id,
        "kind": seen.kind,
        "name": seen.name,
        "topic": topic_of(seen.name, has_traits=bool(seen.traits or seen.company)),
        "at": rfc3339(seen.occurred_at),
        "received_at": rfc3339(seen.received_at),
        "keys": sorted({value_of(key) if policy.rest(namespace_of(key)) else key for key in seen.keys}),
        "traits": traits,
        "folded": folded(traits),
        "properties": json_text(seen.properties),
        "order": json_text(asdict(seen.order)) if seen.order else None,
        "company": seen.company.key if seen.company else None,
        "refused": [f"{refusal.place}: {refusal.reason}" for refusal in seen.refusals],
        "clock": seen.clock or None,
        "context": json_text(seen.context),
        "caption": seen.name,
    }
    return {
        "event": event,
        "keys": [key for key in seen.keys if not policy.is_blocked(key)],
        # The order in which events are read; it sorts undated ones before all others.
        "moment": f"{event['at'] or ''} {seen.uid}",
        "topic": None if event["topic"] == OTHER else event["topic"],
    }


def _dead_letter_row(rejection: Rejection) -> dict[str, Any]:
    parts = (rejection.source, rejection.place, rejection.reason, rejection.raw)
    return {
        "uid": blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest(),
        "source": rejection.source,
        "place": rejection.place,
        "reason": rejection.reason,
        "raw": rejection.raw,
        "at": rfc3339(rejection.received_at) or rfc3339(_now()),
        "caption": rejection.reason,
    }


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1_000_000)
