"""The derived sentiment is as good as docs/profile.md says, in each of the five languages."""

from __future__ import annotations

import pytest

from graph_cdp.project.sentiment import sentiment
from tests.sentiment.measure import LANGUAGES, measured, sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_a_hundred_sentences_of_each_language(language: str) -> None:
    said = [one.says for half in ("seen", "unseen") for one in sentences(language, half)]
    assert len(said) >= 100
    assert min(said.count(kind) for kind in (-1, 0, 1)) >= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_sentences_that_nobody_looked_at_it_is_right_and_seldom_turned_round(language: str) -> None:
    right, turned = measured(language, "unseen")
    assert right >= 0.84
    assert turned <= 0.06


def test_the_superlative_of_a_word_says_what_the_word_says() -> None:
    assert sentiment("Najwygodniejsze buty") == 1.0
    assert sentiment("Найгірший магазин") == -1.0


def test_a_country_is_no_complaint() -> None:
    assert sentiment("Czy wysyłacie na Słowację?") is None
