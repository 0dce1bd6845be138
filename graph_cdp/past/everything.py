"""All customers as they were at a moment."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from graph_cdp import words
from graph_cdp.epochs import Epochs
from graph_cdp.past.moment import Moment
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.decided import Decided
from graph_cdp.store import observed
from graph_cdp.store.graph import Graph


def members_then(
    graph: Graph, moment: Moment, policy: Policy, decided: Decided, customer_id: Callable[[str], str]
) -> pl.DataFrame:
    """`key, customer_id` of every identifier that had been seen, sorted by key; `decided` is of that moment."""
    known = observed.Known(moment.happened, moment.told)
    told = observed.read(graph, policy, lambda done, all_: None, known)
    epochs = Epochs.named(told.seen.nodes["key"])
    said = words.told(graph, policy, epochs, known) if policy.contradictions else None
    meant = decided.meaning(lambda key: epochs.meant(key, policy))
    members = bulk.resolve(told.rows, policy, meant, said)
    return pl.DataFrame({"key": members.keys, "customer_id": members.ids(customer_id)})
