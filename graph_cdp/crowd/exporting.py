"""A segment as a table: who is in it, whom a channel may reach and where, or what an advertising platform compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl

from graph_cdp.audience.contacts import addresses, checked_channel
from graph_cdp.audience.platforms import COLUMNS, PLATFORMS
from graph_cdp.audience.subject import Subject
from graph_cdp.errors import UsageError

PREFIX: Final = "segment:"


def checked_platform(name: str) -> str:
    """The platform itself. Raises `UsageError` for one that there is not."""
    if name not in PLATFORMS:
        raise UsageError(f"platform: no such platform (there are {', '.join(PLATFORMS)})")
    return name


def for_channel(subjects: Iterable[Subject], channel: str) -> pl.DataFrame:
    """`customer_id, channel, address`, a row for each address of those who have agreed to the channel."""
    checked_channel(channel)
    rows = [
        (one.customer_id, channel, address)
        for one in subjects
        for address in addresses(one.profile_at(one.now), channel)
    ]
    return _table(rows, ("customer_id", "channel", "address"))


def for_platform(subjects: Iterable[Subject], platform: str) -> pl.DataFrame:
    """The columns of an upload to the platform, without the ids of customers, in an order that tells nothing."""
    columns, rows_of = COLUMNS[checked_platform(platform)], PLATFORMS[platform]
    rows = {tuple(row[name] for name in columns) for one in subjects for row in rows_of(one.profile_at(one.now))}
    return _table(sorted(rows), columns)


def listed(rows: Iterable[Mapping[str, str | None]], *, left: bool = False) -> pl.DataFrame:
    """`customer_id, entered`, and `left` of those who left."""
    columns = ("customer_id", "entered", "left") if left else ("customer_id", "entered")
    return _table([tuple(row[name] for name in columns) for row in rows], columns)


def _table(rows: list[Any], columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
