"""Texts are searched whatever their capitals and diacritics."""

from __future__ import annotations

import pytest

from graph_cdp.folding import LETTERS, fold, folded
from graph_cdp.store.migrations import shipped


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Śliwińska", "sliwinska"),
        ("S\u0301liwin\u0301ska", "sliwinska"),
        ("ŁÓDŹ", "lodz"),
        ("Čížik", "cizik"),
        ("ЁЛКИН", "елкин"),
        ("Київ", "киів"),
        ("ann@x.pl", "ann@x.pl"),
    ],
)
def test_a_text_is_folded_once_and_for_all(text: str, plain: str) -> None:
    assert fold(text) == fold(plain) == plain


def test_only_what_is_another_text_has_a_copy() -> None:
    assert [folded(text) for text in ("Ann", "Анна", "Żak", None)] == [None, None, "zak", None]


def test_an_older_store_is_folded_with_the_same_letters() -> None:
    statements = next(one for one in shipped() if one.version == 15).statements()
    for text, statement in zip(("e.traits", "i.value"), statements, strict=True):
        chain = f"toLower({text})"
        for letter, plain in LETTERS.items():
            chain = f"replace({chain}, '{letter}', '{plain}')"
        assert chain in statement
