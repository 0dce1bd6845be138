"""Texts as integers in text order, so that comparing two integers compares the texts."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_PART: Final = 1_000_000


def interned(named: pl.Series) -> tuple[pl.Series, Ints]:
    """The distinct texts in order, and for each of `named` its place among them."""
    named = named.rechunk()
    texts, code = _by_hash(named, named.hash())
    # Two texts of one hash, once in a million tables of ten million texts, were taken for one.
    return (texts, code) if _names(texts, code, named) else _by_lookup(named)


def _names(texts: pl.Series, code: Ints, named: pl.Series) -> bool:
    """Whether each of `named` is the text at its place; looked at by parts, for all texts at once are large."""
    parts = range(0, len(named), _PART)
    return all((texts.gather(code[at : at + _PART]) == named.slice(at, _PART)).all() for at in parts)


def _by_hash(named: pl.Series, hashes: pl.Series) -> tuple[pl.Series, Ints]:
    """`interned` for hashes that are distinct: numbers are sorted in half the time that looking texts up takes."""
    order = hashes.arg_sort()
    in_order = hashes.gather(order).to_numpy()
    heads = np.empty(len(named), dtype=np.bool_)
    heads[:1] = True
    np.not_equal(in_order[1:], in_order[:-1], out=heads[1:])
    # Of all that resolving takes this is the most, so what is not needed any more goes at once.
    del hashes, in_order
    texts = named.gather(order.filter(pl.Series(heads))).sort()
    # The n-th smallest hash is that of this text.
    place = texts.hash().arg_sort().to_numpy()
    nth = np.cumsum(heads, dtype=np.int32)
    nth -= 1
    code = np.empty(len(named), dtype=np.int64)
    code[order.to_numpy()] = place[nth]
    return texts, code


def _by_lookup(named: pl.Series) -> tuple[pl.Series, Ints]:
    texts = named.unique().sort()
    places = pl.DataFrame({"text": texts}).with_row_index("place")
    code = named.to_frame("text").join(places, on="text", how="left", maintain_order="left")["place"]
    return texts, code.to_numpy().astype(np.int64)
