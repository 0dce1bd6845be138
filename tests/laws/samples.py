"""Samples resolved in memory, file by file as a newcomer loads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl

from graph_cdp import ingest, samples
from graph_cdp.link.claims import claims_of
from graph_cdp.link.exact import links_of
from graph_cdp.model import UNDATED, Observation, Rejection
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.members import Members

FILES: Final = samples.LOADED
_SCHEMA: Final = {"a": pl.String, "b": pl.String, "kind": pl.String, "first_seen": pl.Int64}
_TOLD: Final = {"key": pl.String, "trait": pl.String, "value": pl.String, "at": pl.Int64}


def items_of(folder: Path, policy: Policy) -> list[Observation | Rejection]:
    """Everything that the files of a folder of samples say."""
    made: list[Observation | Rejection] = []
    for name in FILES:
        path = folder / name
        mapping = ingest.load_mapping(path.with_suffix(".toml")) if path.suffix == ".csv" else None
        made += ingest.read(path, policy=policy, mapping=mapping, received_at=0)
    return made


def resolved(items: Iterable[Observation | Rejection], policy: Policy) -> Members:
    """The customers that observations make, all at once."""
    rows: list[tuple[str, str | None, str, int | None]] = []
    told: list[tuple[str, str, str | None, int | None]] = []
    for one in items:
        if isinstance(one, Observation):
            at = None if one.occurred_at == UNDATED else one.occurred_at
            rows += [(key, None, "", at) for key in one.keys]
            rows += [(link.a, link.b, link.kind, at) for link in links_of(one, policy)]
            carrier, words = claims_of(one, policy) or ("", {})
            told += [(carrier, trait, value, at) for trait, (_, value) in words.items()]
    said = pl.DataFrame(told, schema=_TOLD, orient="row")
    return bulk.resolve(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), policy, told=said)
