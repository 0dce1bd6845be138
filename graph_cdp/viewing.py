"""What a policy says of the profile: which word of a trait counts, how consents meet, and the steps of scores.

Nothing of it decides who is who.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Criterion = Literal["own_words", "trust", "newest", "frequent"]
Merge = Literal["most_restrictive", "latest", "review"]
Steps = Annotated[list[float], Field(min_length=4, max_length=4)]
_ORDER: Final[list[Criterion]] = ["own_words", "trust", "newest", "frequent"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Survivorship(_Part):
    """By what the value of a trait is chosen, the first criterion first; `traits` has the order of single ones."""

    order: Annotated[list[Criterion], Field(min_length=1)] = _ORDER
    traits: Mapping[str, Annotated[list[Criterion], Field(min_length=1)]] = {}

    def order_of(self, trait: str) -> list[Criterion]:
        """The criteria of one trait."""
        return self.traits.get(trait, self.order)


class Consent(_Part):
    """What counts where the identifiers of one customer say different things; `channels` has that of single ones."""

    merge: Merge = "most_restrictive"
    channels: Mapping[str, Merge] = {}

    def merge_of(self, channel: str) -> Merge:
        """How the words about one channel meet."""
        return self.channels.get(channel, self.merge)


class Rfm(_Part):
    """Four rising steps make scores from 1 to 5: days since the last order, orders, and what was paid by currency."""

    recency_days: Steps = [30, 90, 180, 365]
    frequency: Steps = [1, 2, 4, 8]
    monetary: Mapping[str, Steps] = {
        "PLN": [100, 300, 800, 2_000],
        "EUR": [25, 75, 200, 500],
        "USD": [25, 75, 200, 500],
        "GBP": [20, 60, 170, 420],
        "CZK": [600, 1_800, 5_000, 12_000],
        "UAH": [1_000, 3_000, 8_000, 20_000],
        "RUB": [2_500, 7_500, 20_000, 50_000],
    }
    monetary_else: Steps = [25, 75, 200, 500]
    lapsed_after_days: Annotated[int, Field(ge=1)] = 365

    @field_validator("recency_days", "frequency", "monetary_else")
    @classmethod
    def _rising(cls, value: list[float]) -> list[float]:
        if any(a >= b for a, b in pairwise(value)):
            raise ValueError("four rising numbers are needed")
        return value
