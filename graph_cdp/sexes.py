"""Words for the sexes in the languages of our tables, as forms and tills have them."""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

FEMALE: Final = "female"
MALE: Final = "male"
_WORDS: Final = {
    MALE: (
        "m male man mr gentleman",
        "mężczyzna męska męski pan",
        "м муж мужской мужчина мужская",
        "ч чол чоловік чоловіча чоловічий",
        "muž mužské mužský",
    ),
    FEMALE: (
        "f female w woman mrs ms lady",
        "k kob kobieta żeńska żeński ż pani",
        "ж жен женский женщина женская",
        "жін жінка жіноча жіночий",
        "ž žena ženské ženský",
    ),
}
_SEXES: Final = {word: sex for sex, texts in _WORDS.items() for text in texts for word in text.split()}


def sex_of(said: str) -> str | None:
    """`female` or `male` in Polish, Russian, Ukrainian, Slovak or English; None where a word is neither."""
    return _SEXES.get(normalize("NFC", said).strip().casefold().rstrip("."))
