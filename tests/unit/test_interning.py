"""Texts as integers in text order."""

from __future__ import annotations

import polars as pl
import pytest

from graph_cdp.resolve import interning

NAMED = pl.Series(["b", "", "a", "ab", "b", "ż", "a"], dtype=pl.String)
TEXTS, CODES = ["", "a", "ab", "b", "ż"], [3, 0, 1, 2, 3, 4, 1]


def test_texts_are_numbered_in_text_order() -> None:
    texts, code = interning.interned(NAMED)
    assert (texts.to_list(), code.tolist()) == (TEXTS, CODES)


def test_a_column_in_pieces_is_numbered_as_one() -> None:
    texts, code = interning.interned(pl.concat([NAMED.head(3), NAMED.tail(4)], rechunk=False))
    assert (texts.to_list(), code.tolist()) == (TEXTS, CODES)


def test_no_texts_have_no_numbers() -> None:
    texts, code = interning.interned(NAMED.clear())
    assert (len(texts), len(code)) == (0, 0)


@pytest.mark.parametrize("collide", [lambda hashes: hashes * 0, lambda hashes: hashes % 2])
def test_texts_of_one_hash_stay_apart(collide, monkeypatch: pytest.MonkeyPatch) -> None:
    hash_of = pl.Series.hash
    monkeypatch.setattr(pl.Series, "hash", lambda texts: collide(hash_of(texts)))
    texts, code = interning.interned(NAMED)
    assert (texts.to_list(), code.tolist()) == (TEXTS, CODES)
