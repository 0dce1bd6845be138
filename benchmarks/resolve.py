"""Resolving a file of links into a file of members, beside the components of networkx and scipy."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks import links, measured
from benchmarks.measured import Cost
from benchmarks.results import Result

RUNS: Final = 3
NO_RULES: Final = "graph-cdp resolve, no rules"
DEFAULT: Final = "graph-cdp resolve, default policy"
NETWORKX: Final = "networkx connected_components"
SCIPY: Final = "scipy connected_components"
_PEERS: Final = Path(__file__).parent / "peers"


def measure(amount: int) -> Result:
    """Every contender on one generated file of so many links."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "links.parquet"
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
            # A process begins with the peak memory of the one that starts it, so this one has to stay small.
            size = aside.submit(_generate, file, amount).result()
        costs, runs = measured.medians(_commands(file, Path(folder)), runs=RUNS)
    return Result(
        "resolve",
        f"Links file to members file: {size}",
        ["whole process, Parquet to Parquet", "wall s", "CPU s", "peak MiB", "wall / no rules"],
        [_row(name, cost, costs[NO_RULES]) for name, cost in costs.items()],
        [
            f"no rules: {costs[NETWORKX].wall / costs[NO_RULES].wall:.1f}x faster than networkx (target 5x)",
            f"default policy: {costs[DEFAULT].wall / costs[NO_RULES].wall:.1f}x of no rules (target at most 3x)",
            f"medians of {RUNS} runs, the contenders taking turns; first_seen is RFC 3339 text, which the peers skip",
        ],
        {name: [asdict(cost) for cost in each] for name, each in runs.items()},
    )


def _generate(file: Path, amount: int) -> str:
    people = links.write(file, links=amount)
    read = pl.read_parquet(file, columns=["a", "b"])
    return f"{len(read):,} links, {pl.concat([read['a'], read['b']]).n_unique():,} keys, {people:,} people"


def _commands(file: Path, folder: Path) -> dict[str, Sequence[str]]:
    empty = folder / "no_rules.toml"
    empty.touch()
    program = [sys.executable, "-m", "graph_cdp"]
    ours = [*program, "resolve", str(file), "--id-secret", "benchmark", "--to"]
    return {
        NO_RULES: [*ours, str(folder / "plain.parquet"), "--policy", str(empty)],
        DEFAULT: [*ours, str(folder / "default.parquet")],
        NETWORKX: [sys.executable, str(_PEERS / "networkx_components.py"), str(file), str(folder / "nx.parquet")],
        SCIPY: [sys.executable, str(_PEERS / "scipy_components.py"), str(file), str(folder / "sp.parquet")],
    }


def _row(name: str, cost: Cost, plain: Cost) -> list[str]:
    ratio = f"{cost.wall / plain.wall:.2f}"
    return [name, f"{cost.wall:.2f}", f"{cost.processor:.2f}", f"{cost.memory:.0f}", ratio]
