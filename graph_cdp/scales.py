"""The score that an answer to a survey gives, on a scale that has an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph_cdp.model import Refusal
from graph_cdp.normalise import Unusable, amount
from graph_cdp.vocabulary import meaning_of

# The others (csat, ces) are asked for on scales of many lengths.
_ENDS: Final = {"nps": (0, 10)}


def score_of(properties: Mapping[str, Any]) -> float | None:
    """The score; None where none is given. `Unusable` where it is no number, or is not on its scale."""
    given = properties.get("score")
    if given is None or given == "":
        return None
    score, scale = amount(given), properties.get("scale")
    least, most = _ENDS.get(scale.strip().casefold() if isinstance(scale, str) else "", (score, score))
    if not least <= score <= most:
        raise Unusable(f"outside its scale, which is {least} to {most}: left out")
    return score


def refused(name: str, properties: Mapping[str, Any]) -> list[Refusal]:
    """What is wrong with the score of an event that is an answer to a survey, for its sender to know."""
    meaning = meaning_of(name)
    if meaning and meaning.topic == "survey":
        try:
            score_of(properties)
        except Unusable as unusable:
            return [Refusal("properties.score", unusable.reason)]
    return []
