"""Messages by step, channel and campaign: what was sent, delivered, opened, clicked, and bought after it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graph_cdp.project.facts import Fact, about
from graph_cdp.project.orders import Sale, revenue_of

STEPS: Final = ("sent", "delivered", "opened", "clicked", "replied", "bounced", "complained")
# What a step says of the steps before it: who opened was delivered to, whatever the sender reports.
_IMPLIED: Final = {
    "delivered": ("sent",),
    "opened": ("sent", "delivered"),
    "clicked": ("sent", "delivered", "opened"),
    "replied": ("sent", "delivered", "opened"),
    "bounced": ("sent",),
    "complained": ("sent", "delivered"),
}
_CALLS: Final = {"made": "sent", "received": "replied", "completed": "opened", "missed": "sent"}


def campaign_of(fact: Fact) -> str | None:
    """The campaign that an event names, by itself or by the UTM parameters of the visit."""
    said = fact.properties.get("campaign")
    if isinstance(said, Mapping) and isinstance(said.get("name"), str) and said["name"].strip():
        return str(said["name"]).strip()
    return fact.text("campaign_name", "campaign_id", "experiment_name", "experiment_id") or fact.text("campaign")


def counts(facts: Iterable[Fact]) -> dict[str, int]:
    """How many messages came to each step; the events of one message are told by its id."""
    reached: dict[str, set[str]] = defaultdict(set)
    loose: Counter[str] = Counter()
    for fact in facts:
        name = fact.text("message_id", "email_id", "push_id", "sms_id")
        if name is None:
            loose[fact.meaning.what] += 1
        else:
            reached[f"{fact.meaning.channel} {name}"].add(fact.meaning.what)
    done: Counter[str] = Counter()
    for steps in reached.values():
        done.update(steps.union(*(_IMPLIED.get(step, ()) for step in steps)))
    # Without ids only totals are known: a step has at least as many as the one after it.
    loose["opened"] = max(loose["opened"], loose["clicked"])
    loose["delivered"] = max(loose["delivered"], loose["opened"])
    loose["sent"] = max(loose["sent"], loose["delivered"] + loose["bounced"])
    return {step: done[step] + loose[step] for step in STEPS}


def campaigns(facts: Sequence[Fact], sales: Iterable[Sale]) -> list[dict[str, Any]]:
    """Each campaign with stage, variant and what became of its messages, the newest first."""
    told: dict[str, list[Fact]] = defaultdict(list)
    for fact in about(facts, "campaign", "message", "call", "order"):
        if name := campaign_of(fact):
            told[name].append(fact)
    kept = {sale.key: sale for sale in sales if sale.counts}
    rows = [_campaign(name, all_, kept) for name, all_ in told.items()]
    rows.sort(key=lambda row: row["campaign"])
    return sorted(rows, key=lambda row: row["last_at"] or "", reverse=True)


def _campaign(name: str, facts: Sequence[Fact], kept: Mapping[str, Sale]) -> dict[str, Any]:
    sent = about(facts, "message")
    steps = counts(sent)
    bought = sorted({key for fact in about(facts, "order") if (key := fact.order) and key in kept})
    stage = _stage(facts)
    reached = (
        "bought" if bought else next((step for step in ("clicked", "opened", "delivered", "sent") if steps[step]), None)
    )
    moves = about(facts, "campaign")
    return {
        "campaign": name,
        "stage": stage or reached,
        "variant": _last(facts, "variant", "variation_name", "variation_id"),
        "entered_at": next((fact.at for fact in moves if fact.at), None),
        "left_at": _left(moves),
        **{step: steps[step] for step in ("sent", "delivered", "opened", "clicked", "bounced")},
        "bought": len(bought),
        "revenue": revenue_of(kept[key] for key in bought),
        "channels": sorted({fact.meaning.channel or "phone" for fact in (*sent, *about(facts, "call"))}),
        "last_at": max((fact.at for fact in facts if fact.at), default=None),
    }


def _stage(facts: Sequence[Fact]) -> str | None:
    """The stage that was named last, left where the customer has left."""
    return "left" if _left(about(facts, "campaign")) else _last(facts, "stage")


def _left(moves: Sequence[Fact]) -> str | None:
    last = moves[-1] if moves else None
    return last.at if last is not None and last.meaning.what == "left" else None


def _last(facts: Sequence[Fact], *names: str) -> str | None:
    return next((said for fact in reversed(facts) if (said := fact.text(*names))), None)


def by_channel(facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """The steps of all messages and calls, by channel."""
    told: dict[str, list[Fact]] = defaultdict(list)
    calls = []
    for fact in about(facts, "message", "call"):
        if fact.meaning.topic == "call":
            calls.append(fact)
        else:
            told[fact.meaning.channel or ""].append(fact)
    rows = {channel: counts(all_) | {"last_at": _newest(all_)} for channel, all_ in sorted(told.items())}
    if calls:
        done = Counter(_CALLS[fact.meaning.what] for fact in calls)
        rows["phone"] = {step: done[step] for step in STEPS} | {"last_at": _newest(calls)}
    return rows


def _newest(facts: Iterable[Fact]) -> str | None:
    return max((fact.at for fact in facts if fact.at), default=None)
