"""Resolving a file of links into a file of members, beside the components of networkx and scipy."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks import links, measured
from benchmarks.measured import Cost
from benchmarks.results import Result
from graph_cdp.policy import default_policy

RUNS: Final = 3
# Beyond, networkx takes minutes a run and says nothing that it does not say of fewer.
MOST_FOR_NETWORKX: Final = 2_000_000
NO_RULES: Final = "graph-cdp resolve, no rules"
DEFAULT: Final = "graph-cdp resolve, default policy"
ALL: Final = "graph-cdp resolve, all rules, decisions and traits"
NETWORKX: Final = "networkx connected_components"
SCIPY: Final = "scipy connected_components"
RULES, RECORDS, DECISIONS = "rules.toml", "records.parquet", "decisions.parquet"
_PEERS: Final = Path(__file__).parent / "peers"


def measure(amount: int) -> Result:
    """Every contender on one generated file of so many links."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "links.parquet"
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
            # A process begins with the peak memory of the one that starts it, so this one has to stay small.
            rows, size = aside.submit(_generate, file, amount).result()
        commands = _commands(file, Path(folder))
        if amount > MOST_FOR_NETWORKX:
            del commands[NETWORKX]
        costs, runs = measured.medians(commands, runs=RUNS)
    return Result(
        "resolve" if amount <= MOST_FOR_NETWORKX else "resolve-large",
        f"Links file to members file: {size}",
        ["whole process, Parquet to Parquet", "wall s", "CPU s", "peak MiB", "wall / no rules"],
        [_row(name, cost, costs[NO_RULES]) for name, cost in costs.items()],
        [
            *_beside_networkx(costs),
            f"default policy: {costs[DEFAULT].wall / costs[NO_RULES].wall:.1f}x of no rules (target at most 3x)",
            f"default policy: {costs[DEFAULT].wall / costs[SCIPY].wall:.1f}x of scipy's components (target at most 2x)",
            f"all rules on: {costs[ALL].wall / costs[SCIPY].wall:.1f}x of scipy's components (target at most 2.5x)",
            f"default policy: {costs[DEFAULT].memory * 2**20 / rows:.0f} bytes of memory a link (target at most 300)",
            f"medians of {RUNS} runs, the contenders taking turns; first_seen is RFC 3339 text, which the peers skip",
        ],
        {name: [asdict(cost) for cost in each] for name, each in runs.items()},
    )


def _generate(file: Path, amount: int) -> tuple[int, str]:
    people = links.write(file, links=amount)
    read = pl.read_parquet(file, columns=["a", "b", "kind"])
    keys = pl.concat([read["a"], read["b"]]).unique()
    _write_records(keys, file.parent)
    _write_decisions(read, file.parent)
    _write_policy(file.parent)
    return len(read), f"{len(read):,} links, {len(keys):,} keys, {people:,} people"


def _write_records(keys: pl.Series, folder: Path) -> None:
    """A birth date for each account: one of 20,000."""
    users = keys.filter(keys.str.starts_with("user_id:")).sort()
    days = pl.int_range(len(users), eager=True) % 20_000
    born = pl.Series("birth_date", days.cast(pl.Int32).cast(pl.Date).cast(pl.String))
    pl.DataFrame([users.alias("key"), born]).write_parquet(folder / RECORDS)


def _write_decisions(read: pl.DataFrame, folder: Path) -> None:
    """Of one login in a thousand a word that it is another's, of one purchase in a thousand that it is theirs."""
    words = {"login": "different", "purchase": "same"}
    rows = [
        read.filter(pl.col("kind") == kind).gather_every(1000).select(pl.lit(verdict).alias("verdict"), "a", "b")
        for kind, verdict in words.items()
    ]
    pl.concat(rows).write_parquet(folder / DECISIONS)


def _write_policy(folder: Path) -> None:
    """The shipped policy, in which an address counts for a year, and birth dates must not contradict one another."""
    text = default_policy().text.replace("trust = 4\nlimit = 5", 'trust = 4\nlimit = 5\nlimit_window = "365d"')
    (folder / RULES).write_text(f'{text}\n[[contradictions]]\ntrait = "birth_date"\ntier = 3\n', encoding="utf-8")


def _commands(file: Path, folder: Path) -> dict[str, Sequence[str]]:
    empty = folder / "no_rules.toml"
    empty.touch()
    program = [sys.executable, "-m", "graph_cdp"]
    ours = [*program, "resolve", str(file), "--id-secret", "benchmark", "--to"]
    return {
        NO_RULES: [*ours, str(folder / "plain.parquet"), "--policy", str(empty)],
        DEFAULT: [*ours, str(folder / "default.parquet")],
        ALL: [*ours, str(folder / "all.parquet"), *_everything(folder)],
        NETWORKX: [sys.executable, str(_PEERS / "networkx_components.py"), str(file), str(folder / "nx.parquet")],
        SCIPY: [sys.executable, str(_PEERS / "scipy_components.py"), str(file), str(folder / "sp.parquet")],
    }


def _everything(folder: Path) -> list[str]:
    named = {"--policy": RULES, "--records": RECORDS, "--decisions": DECISIONS}
    return [part for option, name in named.items() for part in (option, str(folder / name))]


def _beside_networkx(costs: Mapping[str, Cost]) -> list[str]:
    if NETWORKX not in costs:
        return []
    return [f"no rules: {costs[NETWORKX].wall / costs[NO_RULES].wall:.1f}x faster than networkx (target 5x)"]


def _row(name: str, cost: Cost, plain: Cost) -> list[str]:
    ratio = f"{cost.wall / plain.wall:.2f}"
    return [name, f"{cost.wall:.2f}", f"{cost.processor:.2f}", f"{cost.memory:.0f}", ratio]
