"""Resolving tables as people have them: a table of links in, a table of members out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from graph_cdp.epochs import renamed
from graph_cdp.epochs import split as epochs_in
from graph_cdp.errors import InputError
from graph_cdp.files import column_names
from graph_cdp.model import Decision
from graph_cdp.policy import Policy
from graph_cdp.resolve import bulk
from graph_cdp.resolve.columns import NoKeyError, columns_of, is_key
from graph_cdp.resolve.decided import UNDECIDED, Decided
from graph_cdp.resolve.identity import hasher
from graph_cdp.rules import compared

_FORMAT: Final = "%Y-%m-%dT%H:%M:%S%.f%#z"
# How the exports spell it, which is read twice as fast.
_USUAL_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%6fZ"
_REQUIRED: Final = ("a", "b", "kind")
_VERDICTS: Final = ("same", "different", "undo")
_KEY: Final = "a key is namespace:value, as in email:ann@example.com"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read, and the name of its file, for errors."""

    rows: pl.DataFrame
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """What customers are derived from, as tables.

    `links` is as `evidence_of` makes it. `decisions` has `verdict, a, b` (`at, id, of`). `records` has `key` (`at`),
    and every other column of it is a trait.
    """

    links: Table
    decisions: Table | None = None
    records: Table | None = None


def resolve(given: Given, policy: Policy, secret: str) -> tuple[pl.DataFrame, int]:
    """`key, customer_id`, sorted by key, and how many customers.

    Raises `InputError`, naming the file and the column or the line, for a table that is not what it should be.
    """
    decided = _decided(given.decisions) if given.decisions else UNDECIDED
    records = _told(given.records) if given.records else None
    links, name = given.links.rows, given.links.name
    # The table of links is let go of as soon as it is columns, for it takes as much memory as all the rest.
    del given
    links, epochs = epochs_in(links, policy)
    try:
        columns = columns_of(links, policy)
    except NoKeyError:
        raise _no_key(links, name) from None
    del links
    told = None if records is None else renamed(records, "key", "at", epochs)
    members = bulk.resolved(columns, policy, decided.meaning(lambda key: epochs.meant(key, policy)), told)
    table = pl.DataFrame({"key": members.keys, "customer_id": members.ids(hasher(secret))})
    return table, len(members.anchor)


def evidence_of(links: pl.DataFrame, name: str) -> pl.DataFrame:
    """A table of links as `bulk.resolve` takes it: empty texts are null, times are microseconds.

    `links` has `a, b, kind` (`first_seen`, `last_seen`); a row with an empty `b` says when the key `a` itself was seen.
    Raises `InputError`, naming the column or the line.
    """
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
    table = pl.DataFrame([*texts, _micros(times, name).alias("first_seen")])
    if "last_seen" not in links.columns:
        return table
    return table.with_columns(_micros(links["last_seen"], name, "last_seen").alias("last_seen"))


def _decided(table: Table) -> Decided:
    """The decisions in a table; without a column `at` a later row outranks an earlier one."""
    rows = _having(table, ("verdict", "a", "b"))
    times = _micros(rows["at"], table.name, "at") if "at" in rows.columns else pl.int_range(len(rows), eager=True)
    made = []
    for number, (row, at) in enumerate(zip(rows.iter_rows(named=True), times, strict=True)):
        if row["verdict"] not in _VERDICTS:
            raise InputError(_line(table.name, number), f"verdict is none of {', '.join(_VERDICTS)}")
        if row["verdict"] != "undo" and not all(_is_key(row[end]) for end in ("a", "b")):
            raise InputError(_line(table.name, number), "a or b is no key", _KEY)
        if at is None:
            raise InputError(_line(table.name, number), "at is empty, and of two decisions the later counts")
        a, b = ("", "") if row["verdict"] == "undo" else sorted((row["a"], row["b"]))
        name = str(row.get("id") or f"row {number + 1}")
        made.append(Decision(name, row["verdict"], a, b, str(row.get("of") or ""), at))
    _check_undos(made, table.name)
    return Decided(made)


def _check_undos(made: list[Decision], name: str) -> None:
    """Raises `InputError` unless every id is that of one decision, and each undo is later than what it takes back."""
    known: dict[str, Decision] = {}
    for number, one in enumerate(made):
        if one.id in known:
            raise InputError(_line(name, number), "another row has this id", "give each decision its own")
        known[one.id] = one
    for number, one in enumerate(made):
        if one.verdict == "undo" and (one.of not in known or known[one.of].at >= one.at):
            raise InputError(_line(name, number), "takes back no earlier decision", "of is the id of a row before it")


def _told(table: Table) -> pl.DataFrame:
    """What keys say of their traits, as `bulk.resolve` takes it: a row for each cell that is not empty."""
    rows = _having(table, ("key",))
    at = (
        _micros(rows["at"], table.name, "at") if "at" in rows.columns else pl.Series([None] * len(rows), dtype=pl.Int64)
    )
    traits = [name for name in rows.columns if name not in ("key", "at")]
    plain = rows.select(pl.col("key"), at.alias("at"), *(_plain(name) for name in traits))
    said = plain.unpivot(traits, index=["key", "at"], variable_name="trait", value_name="value")
    return said.filter(pl.col("value").is_not_null())


def _plain(name: str) -> pl.Expr:
    """A trait as it is compared: without case and without blanks around it."""
    return pl.col(name).cast(pl.String).map_elements(compared, return_dtype=pl.String).alias(name)


def _having(table: Table, required: tuple[str, ...]) -> pl.DataFrame:
    missing = [column for column in required if column not in table.rows.columns]
    if missing:
        there = column_names(table.rows.columns)
        raise InputError(table.name, f"no column {', '.join(missing)} among {there}")
    return table.rows


def _is_key(text: str | None) -> bool:
    return bool(pl.select(is_key(pl.lit(text, dtype=pl.String))).item())


def _text(column: pl.Series) -> pl.Series:
    text = column.cast(pl.String)
    return text.replace([""], [None]) if (text == "").any() else text


def _micros(column: pl.Series, name: str, what: str = "first_seen") -> pl.Series:
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
    raise InputError(_line(name, broken), f"{what} is no RFC 3339 time", "as in 2026-01-31T09:30:00Z")


def _no_key(evidence: pl.DataFrame, name: str) -> InputError:
    """What is wrong with the first row that has no key where there should be one."""
    fits = evidence.select(is_key(pl.col("a")), is_key(pl.col("b")) | pl.col("b").is_null())
    row = (~fits.select(pl.all_horizontal("a", "b")).to_series()).arg_max() or 0
    column = "b" if fits["a"][row] else "a"
    return InputError(_line(name, row), f"{column} is no key", _KEY)


def _line(name: str, row: int) -> str:
    """Where a row stands: the line of a CSV or NDJSON file; rows of Parquet are counted the same way."""
    return f"{name}:{row + (2 if name.endswith('.csv') else 1)}"
