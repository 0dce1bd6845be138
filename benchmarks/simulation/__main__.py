"""`python -m benchmarks.simulation`: no rules, two products' rules and ours beside the truth; `--curve` draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from benchmarks import results
from benchmarks.results import Result
from benchmarks.simulation import contenders, curve
from benchmarks.simulation.contenders import Customers, Seen
from benchmarks.simulation.population import Shares
from benchmarks.simulation.score import Score, score
from benchmarks.simulation.settings import variants
from benchmarks.simulation.visits import simulate

WORLDS: Final = {
    "shops as they are": Shares(),
    "without recycled numbers": Shares(recycled=0),
    "20 % share devices": Shares(devices=0.2),
    "5 % have a second mailbox": Shares(second_mailboxes=0.05),
    "people without an account share, too": Shares(anyone=True),
}
PEERS: Final[Mapping[str, Callable[[Seen], Customers]]] = {
    "Segment Unify, default limits": partial(contenders.segment, windows=False),
    "Segment Unify, recommended windows": partial(contenders.segment, windows=True),
    "Snowplow Identities": contenders.snowplow,
}
OURS: Final = ("shipped default", "phone shared above 1 e-mail", "first names must not contradict")
COLUMNS: Final = ("swallowed", "split", "two accounts apart", "identifiers wrong", "moved when shuffled")


def main(
    people: Annotated[int, typer.Option(min=100, help="How many people live in each world.")] = 10_000,
    seeds: Annotated[int, typer.Option(min=1, help="How many worlds of each kind are averaged.")] = 2,
    draw: Annotated[Path | None, typer.Option("--curve", help="Draw split against wrong to this SVG instead.")] = None,
) -> None:
    """Measures, prints the table, and keeps it in benchmarks/results; or draws the curve over the settings."""
    if draw:
        points = {name: _settings(people, seeds, WORLDS[name]) for name in curve.WORLDS}
        for world, policies in points.items():
            for name, means in policies.items():
                typer.echo(f"{world}: {name}: " + ", ".join(f"{mean:.2%}" for mean in means[:-1]))
        curve.draw(points, draw)
        return
    rows, runs = [], {}
    for world, shares in WORLDS.items():
        for name, each in _contenders(people, seeds, shares).items():
            rows.append([world, name, *(f"{mean:.2%}" for mean in _means(each))])
            runs[f"{world}: {name}"] = [astuple(one) for one in each]
    result = Result(
        "simulation",
        f"Simulated shops: {people:,} people, means of {seeds} seeds",
        ["world", "rules", *COLUMNS],
        rows,
        [" ".join((Score.__doc__ or "").split())],
        runs,
    )
    results.show(result)
    results.keep(result)


def _contenders(people: int, seeds: int, shares: Shares) -> dict[str, list[Score]]:
    policies = variants()
    found: dict[str, list[Score]] = {}
    for seed in range(1, seeds + 1):
        world = simulate(people, seed, shares)
        seen = Seen.of(world.observations)
        other = seen.shuffled(seed)
        all_ = {"no rules": partial(contenders.ours, policy=policies["no rules"]), **PEERS}
        all_ |= {f"graph-cdp, {name}": partial(contenders.ours, policy=policies[name]) for name in OURS}
        for name, contender in all_.items():
            found.setdefault(name, []).append(score(world, contender(seen), contender(other)))
    return found


def _settings(people: int, seeds: int, shares: Shares) -> dict[str, list[float]]:
    """The means of each policy of ours; order moves nothing there, so that it is not measured."""
    found: dict[str, list[Score]] = {}
    for seed in range(1, seeds + 1):
        world = simulate(people, seed, shares)
        seen = Seen.of(world.observations)
        for name, policy in variants().items():
            customers = contenders.ours(seen, policy)
            found.setdefault(name, []).append(score(world, customers, customers))
    return {name: _means(each) for name, each in found.items()}


def _means(each: Sequence[Any]) -> list[float]:
    return [sum(column) / len(each) for column in zip(*map(astuple, each), strict=True)]


if __name__ == "__main__":
    typer.run(main)
