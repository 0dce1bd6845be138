"""The tour: the main job on sample data of three brands, on a store of its own that is gone afterwards."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.markup import escape

from graph_cdp import render, samples
from graph_cdp.engine import OUTCOMES, Engine, policy_from
from graph_cdp.policy import Policy

FILES: Final = ("web.ndjson", "app.ndjson", "crm.csv", "loyalty.csv", "pos.csv", "b2c.csv", "b2b.csv")

Progress = Callable[[int, int], None]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tour:
    """What the tour found, as facts and as people read it."""

    facts: dict[str, Any]
    shown: RenderableType


def run(people: int, seed: int, store: str | None, progress: Progress) -> Tour:
    """Loads samples of so many `people` into a new embedded store and asks it everything worth asking.

    A `store` that is given is used instead, and keeps what was loaded.
    """
    with tempfile.TemporaryDirectory(prefix="graph-cdp-demo-") as temporary:
        folder = Path(temporary)
        truth = samples.write(folder / "samples", people=people, seed=seed)
        with _opened(store, folder) as engine:
            loaded = _load(engine, folder / "samples", progress)
            facts = loaded | _ask(engine, truth)
    return Tour(facts, _shown(facts, truth))


@contextmanager
def _opened(store: str | None, folder: Path) -> Iterator[Engine]:
    url = store or f"embedded:{folder / 'store'}"
    with Engine.open(url, policy=policy_from(folder / "samples" / "policy.toml")) as engine:
        yield engine


def _load(engine: Engine, folder: Path, progress: Progress) -> dict[str, Any]:
    lines = sum((folder / name).read_bytes().count(b"\n") for name in FILES)
    outcomes: Counter[str] = Counter()
    refused: list[tuple[str, str]] = []
    started = time.monotonic()
    for name in FILES:
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
    members = {row["key"]: row["customer_id"] for row in engine.members()}
    strict = Policy(engine.policy.text.replace("loyalty_card = 3", "loyalty_card = 1"), "a stricter policy")
    return {
        "status": engine.status(),
        "score": samples.score(members, truth.person_of),
        "profile": engine.profile(truth.showcase),
        "why": engine.why(truth.showcase, truth.showcase_cookie),
        "mailbox": engine.profile(truth.family_mailbox),
        "family": [engine.profile(key) for key in truth.family],
        "family_why": engine.why(*truth.family[:2]),
        "stricter": engine.plan_relink(strict).summary,
    }


def _shown(facts: Mapping[str, Any], truth: samples.Truth) -> RenderableType:
    return Group(
        *_loading(facts),
        *_people(facts["score"]),
        *_showcase(facts["profile"]),
        "\n[bold cyan]Why are her loyalty card and her app cookie one person?[/]",
        render.why(facts["why"], truth.showcase, truth.showcase_cookie),
        *_family(facts, truth),
        "\n[bold cyan]What would a stricter rule change?[/]  an e-mail or phone seen with two cards joins nobody",
        render.relink(facts["stricter"]),
        *_next_steps(),
    )


def _loading(facts: Mapping[str, Any]) -> list[RenderableType]:
    counts, rate = facts["outcomes"], sum(facts["outcomes"].values()) / facts["seconds"]
    lines: list[RenderableType] = [
        "[bold cyan]Loaded[/]  a web shop, an app, a CRM, loyalty registrations, tills and two tables: "
        f"{sum(counts.values()):,} messages and rows in {facts['seconds']:.1f} s ({rate:,.0f}/s), "
        f"{facts['status']['server']}",
        f"  {render.counts(counts)}",
        f"  graph: {render.counts(facts['status']['counts'])}",
    ]
    reasons = Counter(reason for _, reason in facts["rejected"])
    for reason, count in reasons.most_common(4):
        place = next(place for place, why in facts["rejected"] if why == reason)
        lines.append(
            f"  rejected, kept as dead letter: {escape(place)}"
            + (f" and {count - 1} more" if count > 1 else "")
            + f": {escape(reason)}"
        )
    return lines


def _people(score: samples.Score) -> list[RenderableType]:
    return [
        "\n[bold cyan]Customers against the truth[/]",
        f"  {score.people} people with {score.identifiers:,} identifiers: {score.swallowing} customers hold two people, "
        f"{score.split} people are split",
        f"  (two accounts of one person), {score.wrong} identifiers are with the wrong person",
    ]


def _showcase(found: Row) -> list[RenderableType]:
    name = " ".join(
        str(found["traits"][part]["value"]) for part in ("first_name", "last_name") if part in found["traits"]
    )
    spans = [
        {**row, "seen": f"{render.cell(row['first_seen'])[:10]} - {render.cell(row['last_seen'])[:10]}"}
        for row in found["identifiers"]
    ]
    return [
        f"\n[bold cyan]One customer of all three brands[/]  {escape(name)}, {found['customer_id']}",
        render.table(spans, ("key", "seen", "sources")),
        render.orders(found["orders"], 6),
        render.table(found["timeline"][:5], ("at", "name", "source"), "newest events"),
    ]


def _family(facts: Mapping[str, Any], truth: samples.Truth) -> list[RenderableType]:
    customers = {profile["customer_id"] for profile in facts["family"]}
    return [
        "\n[bold cyan]A family with one mailbox stays apart[/]  "
        f"{escape(truth.family_mailbox)} is of kind {facts['mailbox']['kind']!r}; "
        f"its {len(facts['family'])} people are {len(customers)} customers",
        render.why(facts["family_why"], *truth.family[:2]),
    ]


def _next_steps() -> list[RenderableType]:
    return [
        "\n[bold cyan]Next[/]  python -m graph_cdp.samples DIR       these files, to look at and to load",
        "      graph-cdp ingest DIR/web.ndjson       your own events; graph-cdp ingest TABLE.csv --mapping M.toml",
        "      graph-cdp profile KEY  ·  graph-cdp why KEY KEY  ·  graph-cdp relink --policy P --dry-run",
    ]
