"""The tour: the main job on sample data of three brands, on a store of its own that is gone afterwards."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.markup import escape

from graph_cdp import portrait, render, samples
from graph_cdp.engine import Engine
from graph_cdp.errors import ConflictingError
from graph_cdp.offline import policy_from
from graph_cdp.policy import Policy
from graph_cdp.state import OUTCOMES
from graph_cdp.store.embedded import wait_until_stopped

# The day after the samples end: the profiles are read as they were then.
_TODAY: Final = date(2025, 6, 25)

Progress = Callable[[int, int], None]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tour:
    """What the tour found, as facts and as people read it."""

    facts: dict[str, Any]
    shown: RenderableType


@contextmanager
def tour(people: int, seed: int, store: str | None, progress: Progress) -> Iterator[tuple[Tour, Engine]]:
    """Loads samples of so many `people` into a new embedded store and asks it everything worth asking.

    The store stays open until the block ends, and is gone then. A `store` that is given is used instead, and keeps what
    was loaded.
    """
    with tempfile.TemporaryDirectory(prefix="graph-cdp-demo-") as temporary:
        folder = Path(temporary)
        truth = samples.write(folder / "samples", people=people, seed=seed)
        with _opened(store, folder) as engine:
            loaded = _load(engine, folder / "samples", progress)
            facts = loaded | _ask(engine, truth)
            yield Tour(facts, _shown(facts, truth)), engine


@contextmanager
def _opened(store: str | None, folder: Path) -> Iterator[Engine]:
    url = store or f"embedded:{folder / 'store'}"
    try:
        with Engine.open(url, policy=policy_from(folder / "samples" / "policy.toml")) as engine:
            yield engine
    finally:
        # The embedded server ends a moment after its last client, and until then writes into the folder.
        if store is None:
            wait_until_stopped(folder / "store")


def _load(engine: Engine, folder: Path, progress: Progress) -> dict[str, Any]:
    lines = sum((folder / name).read_bytes().count(b"\n") for name in samples.LOADED)
    outcomes: Counter[str] = Counter()
    refused: list[tuple[str, str]] = []
    started = time.monotonic()
    for name in samples.LOADED:
        path = folder / name
        mapping = path.with_suffix(".toml") if path.suffix == ".csv" else None
        for batch in engine.ingest(engine.read(path, mapping)):
            outcomes.update(reply.outcome for _, reply in batch)
            refused += [
                (f"{name}:{getattr(item, 'place', '').rpartition(':')[2]}", reply.reason or "")
                for item, reply in batch
                if reply.outcome == "rejected"
            ]
            progress(outcomes.total(), lines)
    return {
        "outcomes": {name: outcomes[name] for name in OUTCOMES},
        "rejected": refused,
        "seconds": time.monotonic() - started,
    }


def _ask(engine: Engine, truth: samples.Truth) -> dict[str, Any]:
    engine.today = lambda: _TODAY
    with suppress(ConflictingError):  # a tour of few people has too few to learn from
        engine.crowd.fit_predictions(_TODAY)
    members = {row["key"]: row["customer_id"] for row in engine.members()}
    strict = Policy(engine.policy.text.replace("loyalty_card = 3", "loyalty_card = 1"), "a stricter policy")
    return {
        "status": engine.status(),
        "score": asdict(samples.score(members, truth.person_of)),
        "profile": engine.profile(truth.showcase),
        "company": engine.profile(truth.company),
        "why": engine.why(truth.showcase, truth.showcase_cookie),
        "mailbox": engine.profile(truth.family_mailbox),
        "family": [engine.profile(key) for key in truth.family],
        "family_why": engine.why(truth.family[0], truth.family[1]),
        "stricter": engine.plan_relink(strict).summary,
    }


def _shown(facts: Mapping[str, Any], truth: samples.Truth) -> RenderableType:
    return Group(
        *_loading(facts),
        *_people(facts["score"]),
        *_showcase(facts["profile"]),
        *_business(facts["company"]),
        _head("Why are her loyalty card and her app cookie one person?"),
        render.why(facts["why"]),
        *_family(facts, truth),
        _head("What would a stricter rule change?"),
        "If an e-mail or a phone that was seen with two loyalty cards joined nobody:",
        render.relink(_with_one_example(facts["stricter"])),
        *_next_steps(),
    )


def _with_one_example(summary: Row) -> Row:
    return {**summary, "examples": {what: rows[:1] for what, rows in summary["examples"].items()}}


def _head(question: str) -> str:
    return f"\n[bold cyan]{question}[/]"


def _loading(facts: Mapping[str, Any]) -> list[RenderableType]:
    counts, seconds, status = facts["outcomes"], facts["seconds"], facts["status"]
    total = sum(counts.values())
    lines: list[RenderableType] = [
        "[bold cyan]Three brands: a web shop, an app, a chain of shops; their CRM and loyalty cards[/]",
        f"{total:,} messages and rows in {seconds:.1f} s ({total / seconds:,.0f}/s) into {status['server']}:",
        f"  {render.counts(counts)}.",
    ]
    reasons = Counter(reason for _, reason in facts["rejected"])
    if reasons:
        lines.append("Rejected and kept as dead letters, each with its place and reason:")
    for reason, count in reasons.most_common(1):
        place = next(place for place, why in facts["rejected"] if why == reason)
        more = f" and {count - 1} more" if count > 1 else ""
        lines.append(f"  {escape(place)}{more}: {escape(reason)}")
    return lines


def _people(score: Mapping[str, int]) -> list[RenderableType]:
    return [
        _head("Customers, held against the truth that the samples come with"),
        f"{score['people']:,} people with {score['identifiers']:,} identifiers. "
        f"{_customers(score['swallowing'])} two people; "
        f"{score['split']:,} of them are split (two accounts of one person); "
        f"{score['wrong']:,} of the identifiers are with the wrong person.",
    ]


def _customers(swallowing: int) -> str:
    return f"{swallowing:,} customers hold" if swallowing else "No customer holds"


def _showcase(found: Row) -> list[RenderableType]:
    return [
        _head(f"{escape(found['person']['name'] or 'Somebody')}, a customer of all three brands"),
        portrait.summary(found),
        f"Known by {len(found['identifiers'])} identifiers in {len(_sources(found))} sources.",
    ]


def _sources(found: Row) -> set[str]:
    return {source for row in found["identifiers"] for source in row["sources"]}


def _business(found: Row) -> list[RenderableType]:
    name = found["company"]["name"]
    return [_head(f"{escape(name)}, a company: its people stay people"), portrait.summary(found)]


def _family(facts: Mapping[str, Any], truth: samples.Truth) -> list[RenderableType]:
    customers = {profile["customer_id"] for profile in facts["family"]}
    return [
        _head("A family with one mailbox stays apart"),
        f"{escape(truth.family_mailbox)} is {facts['mailbox']['kind']}: several accounts use it, so it joins nobody.",
        f"Its {len(facts['family'])} people are {len(customers)} customers. Why two of them are not one:",
        render.why(facts["family_why"]),
    ]


def _next_steps() -> list[RenderableType]:
    return [
        _head("What next?"),
        "  python -m graph_cdp.samples DIR                 these files",
        "  graph-cdp ingest DIR/web.ndjson                 Segment messages",
        "  graph-cdp ingest DIR/crm.csv --mapping DIR/crm.toml                 tables",
        "  graph-cdp profile KEY  and  graph-cdp why KEY KEY",
        "  graph-cdp relink --policy mine.toml --dry-run   new rules over old data",
    ]
