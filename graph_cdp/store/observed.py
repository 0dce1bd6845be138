"""What the observations say: every identifier and link made anew from the events, as columns and range by range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import polars as pl

from graph_cdp.epochs import ONE_EPOCH, Epochs, epochs_of, recycled_among, renamed
from graph_cdp.policy import Policy
from graph_cdp.store.evidence import BETWEEN, Progress, Seen, day, micros, ranges
from graph_cdp.store.graph import Graph

_EVENTS: Final[dict[str, Any]] = {
    "uid": pl.String,
    "kind": pl.String,
    "source": pl.String,
    "at": pl.String,
    "keys": pl.List(pl.String),
    "company": pl.String,
    "observed": pl.List(pl.String),
}
_COMPACTED_AFTER: Final = 50


class Known(NamedTuple):
    """By when an observation has to have happened and to have been told; `~` stands after every time."""

    happened: str = "~"
    told: str = "~"


ALWAYS: Final = Known()


@dataclass(frozen=True, slots=True)
class Told:
    """All evidence as the observations have it, under a policy that says which keys are blocked.

    `rows` is what `bulk.resolve` takes. `unhung` has the `uid, key` of each event that does not hang on one of its
    usable identifiers, `mishung` of each that hangs on another one. `companies` has the `uid, keys, company` of the
    events that say for whom somebody works.
    """

    rows: pl.DataFrame
    seen: Seen
    unhung: pl.DataFrame
    mishung: pl.DataFrame
    companies: pl.DataFrame


@dataclass(slots=True)
class _Sum:
    """Sightings of many parts summed up as they come, so that only the sums are held."""

    names: list[str]
    parts: list[pl.DataFrame]

    def add(self, part: pl.DataFrame) -> None:
        self.parts.append(_summed(part, self.names))
        if len(self.parts) > _COMPACTED_AFTER:
            self.parts = [_summed(pl.concat(self.parts), self.names)]

    def spans(self) -> pl.DataFrame:
        """`first, last, sources` of each name, sorted by the names."""
        by_source = _summed(pl.concat(self.parts), self.names).sort(*self.names, "source")
        return by_source.group_by(self.names, maintain_order=True).agg(
            pl.col("first").min(), pl.col("last").max(), pl.col("source").str.join(BETWEEN).alias("sources")
        )


def _summed(part: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return part.group_by(*names, "source").agg(pl.col("first").min(), pl.col("last").max())


def read(graph: Graph, policy: Policy, progress: Progress, known: Known = ALWAYS) -> Told:
    """The evidence of all observations of the graph that were `known`; blocked keys give none."""
    uids = graph.table("read/event_uids", {"uid": pl.String})["uid"].sort()
    epochs = _epochs(graph, uids, policy, progress, known) if policy.rests else ONE_EPOCH
    keys, pairs = _Sum(["key"], []), _Sum(["a", "b", "kind"], [])
    unhung, mishung, companies = [], [], []
    done = 0
    for after, until in ranges(uids):
        events = graph.table(
            "read/observations_in_range", _EVENTS, after=after, until=until, happened=known.happened, told=known.told
        )
        usable = renamed(_usable(events, policy), "key", "first", epochs)
        keys.add(usable.select("key", "source", "first", "last"))
        pairs.add(_pairs(usable))
        hung = _exploded(events, "observed").select("uid", "key").unique()
        wanted = usable.select("uid", "key")
        unhung.append(wanted.join(hung, on=["uid", "key"], how="anti"))
        mishung.append(hung.join(wanted, on=["uid", "key"], how="anti"))
        told = events.filter(pl.col("company").is_not_null()).select("uid", "company")
        companies.append(told.join(usable.group_by("uid").agg(pl.col("key").alias("keys")), on="uid"))
        done += len(events)
        progress(done, max(len(uids), done))
    nodes, links = keys.spans(), pairs.spans()
    ends = pl.concat([links["a"], links["b"]]).value_counts(name="degree").rename({"a": "key"})
    nodes = nodes.join(ends, on="key", how="left").with_columns(pl.col("degree").fill_null(0).cast(pl.Int64))
    return Told(_rows(nodes, links), Seen(nodes, links), pl.concat(unhung), pl.concat(mishung), pl.concat(companies))


def _epochs(graph: Graph, uids: pl.Series, policy: Policy, progress: Progress, known: Known) -> Epochs:
    """The epochs of the values that are recycled: these have to be known before anything is added up."""
    parts = []
    for after, until in ranges(uids):
        events = graph.table(
            "read/observations_in_range", _EVENTS, after=after, until=until, happened=known.happened, told=known.told
        )
        parts.append(recycled_among(_usable(events, policy).select("key", "first", "last"), policy).unique())
        progress(0, len(uids))  # nothing is done yet, but whoever wants the end of this is heard
    return epochs_of(pl.concat(parts), policy.rest)


def _usable(events: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """`uid, kind, source, key, first, last`: a row for each usable key of each event."""
    sightings = _exploded(events, "keys").unique(["uid", "key"])
    distinct = sightings["key"].unique()
    blocked = distinct.filter(pl.Series([policy.is_blocked(key) for key in distinct], dtype=pl.Boolean))
    return (
        sightings.filter(~pl.col("key").is_in(blocked.implode()))
        .with_columns(micros("at"))
        .select("uid", "kind", "source", "key", pl.col("at").alias("first"), day(pl.col("at")).alias("last"))
    )


def _exploded(events: pl.DataFrame, column: str) -> pl.DataFrame:
    named = events.select("uid", "kind", "source", "at", pl.col(column).alias("key"))
    return named.explode("key").filter(pl.col("key").is_not_null())


def _pairs(usable: pl.DataFrame) -> pl.DataFrame:
    """As `link.exact` does it one by one: every two usable keys of an event are a link."""
    both = usable.join(usable.select("uid", pl.col("key").alias("b")), on="uid").filter(pl.col("key") < pl.col("b"))
    return both.select(pl.col("key").alias("a"), "b", "kind", "source", "first", "last")


def _rows(nodes: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    alone = nodes.select(
        pl.col("key").alias("a"),
        pl.lit(None, pl.String).alias("b"),
        pl.lit("").alias("kind"),
        pl.col("first").alias("first_seen"),
    )
    return pl.concat([alone, links.select("a", "b", "kind", pl.col("first").alias("first_seen"))])
