"""What keys say of their traits: of one key and trait the latest word counts, of two at one time the greater."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graph_cdp.model import NEVER

Word = tuple[int, str | None]


def latest(told: pl.DataFrame) -> pl.DataFrame:
    """The row that counts of each `key` and `trait`; a null `value` takes a trait back, undated words give way."""
    ordered = told.sort(pl.col("at").fill_null(NEVER), pl.col("value").fill_null(""))
    return ordered.group_by("key", "trait").agg(pl.col("value").last(), pl.col("at").last()).sort("key", "trait")


def later(one: Word, other: Word) -> Word:
    """The one of two words, each (when, what), that counts; `NEVER` is when an undated one was said."""
    return max(one, other, key=lambda word: (word[0], word[1] or ""))


def merged(held: Mapping[str, Word], said: Mapping[str, Word]) -> dict[str, Word]:
    """What a key says of its traits after it has said more."""
    now = dict(held)
    for trait, word in said.items():
        now[trait] = later(now[trait], word) if trait in now else word
    return now
