"""The model as it is kept: fitted once, dated, and not changed by what comes after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from graph_cdp.errors import ConflictingError
from graph_cdp.predict import purchases, worth
from graph_cdp.predict.history import histories, worths
from graph_cdp.predict.purchases import Purchases
from graph_cdp.predict.worth import Worth

# The setting of the graph in which the model is kept.
KEPT_AS: Final = "prediction_model"
# Below these a fit says more about chance than about customers.
FEWEST: Final = 50
FEWEST_BACK: Final = 20


@dataclass(frozen=True, slots=True)
class Model:
    """How a population buys, as of `at`: learned from `customers`, of whom `came_back` bought on a later day again."""

    at: str
    customers: int
    came_back: int
    purchases: Purchases
    worth: Mapping[str, Worth]

    def text(self) -> str:
        """As the graph keeps it."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def of(cls, text: str) -> Model:
        """The model that the graph keeps."""
        told = json.loads(text)
        worths = {currency: Worth(**one) for currency, one in told.pop("worth").items()}
        return cls(**{**told, "purchases": Purchases(**told["purchases"]), "worth": worths})

    def facts(self) -> dict[str, Any]:
        """For people: parameters rounded, in weeks."""
        rounded = {name: round(value, 4) for name, value in asdict(self.purchases).items()}
        return {
            "at": self.at,
            "customers": self.customers,
            "came_back": self.came_back,
            "purchases": {"model": "BG/NBD, weeks", **rounded},
            "worth": {
                currency: {"model": "gamma-gamma", **{name: round(value, 4) for name, value in asdict(one).items()}}
                for currency, one in sorted(self.worth.items())
            },
        }


def fit(days: pl.DataFrame, at: date) -> Model:
    """The model of all who had bought by `at`. Raises `ConflictingError` where they are too few to learn from."""
    known = histories(days, at)
    back = known.filter(pl.col("repeats") > 0).height
    if known.height < FEWEST or back < FEWEST_BACK:
        raise ConflictingError(
            f"{known.height} customers bought by then and {back} of them came back: too few to learn from "
            f"(there must be {FEWEST} and {FEWEST_BACK})"
        )
    columns = (known[name].to_numpy().astype(np.float64) for name in ("repeats", "last", "known"))
    spent = {
        str(currency): worth.fit(part["repeats"].to_numpy(), part["average"].to_numpy())
        for (currency,), part in worths(days, at).group_by("currency", maintain_order=True)
        if part.height >= FEWEST_BACK and part["average"].n_unique() > 1
    }
    return Model(at.isoformat(), known.height, back, purchases.fit(*columns), spent)
