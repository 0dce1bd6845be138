"""What has to be written together: customers that exchange members, with the evidence between their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from graph_cdp.model import DAY, NEVER, UNDATED, Span
from graph_cdp.relinking.looking import Look
from graph_cdp.store.evidence import BETWEEN

_KEYS_AT_ONCE: Final = 2_000
_LINKS_AT_ONCE: Final = 1_000

Sighted = tuple[Span, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """When and by whom something was seen: as it was read, and as the observations say; None where it is not."""

    known: Sighted | None
    told: Sighted | None
    degree: int | None = None


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """One link that is otherwise than the observations say."""

    a: str
    b: str
    kind: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Unit:
    """Customers that exchange members: the keys of each as it should be, and what is known of the keys.

    `keys` are all of them, `gone` those that are to be in no customer, `homeless` those that are in none. `claims`
    are what each said as it was read, and as the observations say. `nodes` and `links` is the evidence that differs.
    """

    keys: frozenset[str]
    groups: dict[str, list[str]]
    gone: frozenset[str]
    homeless: frozenset[str]
    shared: frozenset[str]
    partners: dict[str, list[str]]
    claims: dict[str, tuple[list[str], list[str]]]
    nodes: dict[str, Seen] = field(default_factory=dict)
    links: tuple[LinkSeen, ...] = ()


def count(look: Look) -> int:
    """How many units there are."""
    return look.units["unit"].n_unique()


def batches(look: Look) -> Iterator[list[Unit]]:
    """The units in which something differs, so many together as one transaction writes well."""
    table = look.units
    nodes = table.select("key", "unit").unique("key").join(look.nodes, on="key").sort("unit")
    links = look.within(table).sort("unit")
    for start, length in _cuts(table["unit"]):
        part = table.slice(start, length)
        first, last = part["unit"][0], part["unit"][-1]
        seen, ties = _by_unit(_between(nodes, first, last)), _by_unit(_between(links, first, last))
        yield [_unit(own, seen.get(unit), ties.get(unit)) for unit, own in _by_unit(part).items()]


def loose_links(look: Look) -> Iterator[list[LinkSeen]]:
    """The differing links that join nobody within a unit: between two of them, or at a key of which nothing differs."""
    unit = look.units.select("key", "unit").unique("key")
    within = look.within(look.units) if len(unit) else look.links.clear()
    loose = look.links.join(within, on=["a", "b", "kind"], how="anti") if len(within) else look.links
    # A link at an identifier that goes, goes with it.
    gone = look.table.filter(pl.col("after").is_null())["key"]
    loose = loose.filter(~(pl.col("a").is_in(gone.implode()) | pl.col("b").is_in(gone.implode())))
    for part in loose.iter_slices(_LINKS_AT_ONCE):
        yield [_link(row) for row in part.iter_rows(named=True)]


def _cuts(unit: pl.Series) -> Iterator[tuple[int, int]]:
    """Where to cut a sorted column so that no unit is cut through: start and length of each part."""
    start = 0
    while start < len(unit):
        end = start + _KEYS_AT_ONCE
        end = len(unit) if end >= len(unit) else int(unit.search_sorted(unit[end - 1], side="right"))
        yield start, end - start
        start = end


def _between(table: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    start = int(table["unit"].search_sorted(first, side="left"))
    return table.slice(start, int(table["unit"].search_sorted(last, side="right")) - start)


def _by_unit(table: pl.DataFrame) -> dict[int, pl.DataFrame]:
    return {unit: own for (unit,), own in table.partition_by("unit", as_dict=True).items()}


def _unit(table: pl.DataFrame, nodes: pl.DataFrame | None, links: pl.DataFrame | None) -> Unit:
    staying = table.filter(pl.col("after").is_not_null()).unique("key", maintain_order=True)
    return Unit(
        frozenset(table["key"]),
        dict(staying.group_by("after").agg("key").iter_rows()),
        frozenset(table.filter(pl.col("after").is_null())["key"]),
        frozenset(table.filter(pl.col("before").is_null())["key"]),
        frozenset(staying.filter("shared_now")["key"]),
        dict(staying.select("key", "partners_now").iter_rows()),
        {key: (held or [], told) for key, held, told in staying.select("key", "claims", "claims_now").iter_rows()},
        {row["key"]: _seen(row, row["degree_told"]) for row in _rows(nodes)},
        tuple(map(_link, _rows(links))),
    )


def _rows(table: pl.DataFrame | None) -> Iterator[dict[str, Any]]:
    return table.iter_rows(named=True) if table is not None else iter(())


def _link(row: dict[str, Any]) -> LinkSeen:
    return LinkSeen(row["a"], row["b"], row["kind"], _seen(row))


def _seen(row: dict[str, Any], degree: int | None = None) -> Seen:
    return Seen(_sighted(row, "", "known"), _sighted(row, "_told", "told"), degree)


def _sighted(row: dict[str, Any], suffix: str, there: str) -> Sighted | None:
    if not row[there]:
        return None
    first, last, sources = (row[f"{name}{suffix}"] for name in ("first", "last", "sources"))
    span = Span(UNDATED if first is None else first, NEVER if last is None else last - last % DAY)
    return span, frozenset(sources.split(BETWEEN) if sources else ())
