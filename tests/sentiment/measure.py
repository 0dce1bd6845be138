"""How often the derived sentiment is right: `python -m tests.sentiment.measure [--misses]`.

510 sentences as customers write them, 102 a language, of which 41 praise, 41 blame and 20 do neither; they were written
before the lexicon was enlarged. Every other one (`seen`) was looked at while that was done, the rest (`unseen`) never.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from graph_cdp.project.sentiment import sentiment

LANGUAGES: Final = ("en", "pl", "ru", "uk", "sk")


class Sentence(NamedTuple):
    """A sentence and what it says: 1 praises, -1 blames, 0 does neither."""

    says: int
    text: str


def sentences(language: str, half: str) -> list[Sentence]:
    """The `seen` or the `unseen` half of the sentences of a language."""
    lines = Path(__file__).with_name(f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    by_kind = {kind: [text for said, text in rows if said == kind] for kind in "+-0"}
    return [
        Sentence({"+": 1, "-": -1, "0": 0}[kind], text)
        for kind, texts in by_kind.items()
        for text in texts[half == "unseen" :: 2]
    ]


def found(text: str) -> int:
    """What our lexicon finds: 1, -1 or 0."""
    value = sentiment(text) or 0.0
    return (value > 0) - (value < 0)


def measured(language: str, half: str, judge: Callable[[str], int] = found) -> tuple[float, float]:
    """The share of sentences that are judged rightly, and of those that are turned round (praise for blame)."""
    all_ = sentences(language, half)
    judged = [(one.says, judge(one.text)) for one in all_]
    right = sum(says == is_ for says, is_ in judged)
    turned = sum(says * is_ < 0 for says, is_ in judged)
    return right / len(all_), turned / len(all_)


def misses(half: str) -> Iterator[str]:
    """The sentences that are judged wrongly."""
    for language in LANGUAGES:
        for one in sentences(language, half):
            if found(one.text) != one.says:
                yield f"{language} {one.says:+d} {found(one.text):+d} {one.text}"


if __name__ == "__main__":
    for half in ("seen", "unseen"):
        print(half, {language: tuple(f"{share:.0%}" for share in measured(language, half)) for language in LANGUAGES})
    if "--misses" in sys.argv:
        print("\n".join(misses("seen")))
