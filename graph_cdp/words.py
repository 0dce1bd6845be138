"""What all observations of a graph say of people's traits, as rules compare them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import polars as pl

from graph_cdp.epochs import Epochs
from graph_cdp.link import claims
from graph_cdp.model import NEVER, UNDATED
from graph_cdp.policy import Policy
from graph_cdp.store import codec
from graph_cdp.store.graph import Graph
from graph_cdp.store.observed import ALWAYS, Known


def told(graph: Graph, policy: Policy, epochs: Epochs, known: Known = ALWAYS) -> pl.DataFrame:
    """`key, trait, value, at` of every word, that was `known`, about a trait that the policy compares.

    As `bulk.resolve` takes them, with the keys of `epochs`.
    """
    schema = {"key": pl.String, "trait": pl.String, "value": pl.String, "at": pl.Int64}
    return pl.DataFrame(list(_words(graph, policy, epochs, known)), schema=schema, orient="row")


def _words(
    graph: Graph, policy: Policy, epochs: Epochs, known: Known
) -> Iterator[tuple[str, str, str | None, int | None]]:
    for row in graph.each("read/words", happened=known.happened, told=known.told):
        at = codec.instant(row["at"], UNDATED)
        said = claims.said(epochs.names(row["keys"], at), json.loads(row["traits"]), at, policy)
        if said:
            carrier, words = said
            for trait, (when, value) in words.items():
                yield carrier, trait, value, None if when == NEVER else when
