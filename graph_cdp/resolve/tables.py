"""Resolving tables as people have them: a table of links in, a table of members out."""

from __future__ import annotations

from typing import Final

import polars as pl

from graph_cdp.errors import InputError
from graph_cdp.files import column_names
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.identity import hasher

_FORMAT: Final = "%Y-%m-%dT%H:%M:%S%.f%#z"
# How the exports spell it, which is read twice as fast.
_USUAL_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%6fZ"
_REQUIRED: Final = ("a", "b", "kind")


def resolve(links: pl.DataFrame, policy: Policy, secret: str, *, name: str) -> tuple[pl.DataFrame, int]:
    """`key, customer_id`, sorted by key, and how many customers, of a table with `a, b, kind` (`first_seen`).

    A row with an empty `b` says when the key `a` itself was seen. Raises `InputError`, naming `name` and the column or
    the line, for a table that is not one of links.
    """
    evidence = evidence_of(links, name)
    try:
        members = bulk.resolve(evidence, policy)
    except bulk.NoKeyError:
        raise _no_key(evidence, name) from None
    table = pl.DataFrame({"key": members.keys, "customer_id": members.ids(hasher(secret))})
    return table, len(members.anchor)


def evidence_of(links: pl.DataFrame, name: str) -> pl.DataFrame:
    """The table as `bulk.resolve` takes it: empty texts are null, times are microseconds."""
    missing = [column for column in _REQUIRED if column not in links.columns]
    if missing:
        there = column_names(links.columns)
        raise InputError(
            name, f"no column {', '.join(missing)} among {there}", "a links file has a, b, kind, first_seen"
        )
    wrong = [column for column in _REQUIRED if links[column].dtype not in (pl.String, pl.Null, pl.Categorical)]
    if wrong:
        raise InputError(name, f"the column {wrong[0]} is {links[wrong[0]].dtype}, not text")
    times = links["first_seen"] if "first_seen" in links.columns else pl.Series([None] * len(links), dtype=pl.String)
    texts = [_text(links[column]).alias(column) for column in _REQUIRED]
    return pl.DataFrame([*texts, _micros(times, name).alias("first_seen")])


def _text(column: pl.Series) -> pl.Series:
    text = column.cast(pl.String)
    return text.replace([""], [None]) if (text == "").any() else text


def _micros(column: pl.Series, name: str) -> pl.Series:
    if column.dtype.is_integer():
        return column.cast(pl.Int64)
    if isinstance(column.dtype, pl.Datetime):
        aware = column if column.dtype.time_zone else column.dt.replace_time_zone("UTC")
        return aware.dt.epoch("us")
    text = _text(column.cast(pl.String))
    for spelling in (_USUAL_FORMAT, _FORMAT):
        times = text.str.to_datetime(spelling, time_unit="us", time_zone="UTC", strict=False).dt.epoch("us")
        if times.null_count() == text.null_count():
            return times
    broken = (times.is_null() & text.is_not_null()).arg_max() or 0
    raise InputError(_line(name, broken), "first_seen is no RFC 3339 time", "as in 2026-01-31T09:30:00Z")


def _no_key(evidence: pl.DataFrame, name: str) -> InputError:
    """What is wrong with the first row that has no key where there should be one."""
    fits = evidence.select(bulk.is_key(pl.col("a")), bulk.is_key(pl.col("b")) | pl.col("b").is_null())
    row = (~fits.select(pl.all_horizontal("a", "b")).to_series()).arg_max() or 0
    column = "b" if fits["a"][row] else "a"
    return InputError(_line(name, row), f"{column} is no key", "a key is namespace:value, as in email:ann@example.com")


def _line(name: str, row: int) -> str:
    """Where a row stands: the line of a CSV or NDJSON file; rows of Parquet are counted the same way."""
    return f"{name}:{row + (2 if name.endswith('.csv') else 1)}"
