"""The questions about many customers, one short method each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph_cdp.intake import InForce
from graph_cdp.predict import model
from graph_cdp.predict.history import days_of
from graph_cdp.predict.model import KEPT_AS, Model
from graph_cdp.store.graph import Graph

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Crowd:
    """All customers of a store, under the policy in force at the moment of the question."""

    graph: Graph
    in_force: InForce

    def fit_predictions(self, at: datetime | None = None) -> Row:
        """Fits the model of how customers buy from all orders until a day, today without one, and keeps it.

        It takes the place of the one before. Raises `UsageError` where too few bought to learn from.
        """
        made = model.fit(days_of(self.graph.each("read/order_values")), at or datetime.now(UTC))
        self.graph.write(lambda transaction: transaction.run("write/setting", name=KEPT_AS, value=made.text()))
        return made.facts()

    def prediction_model(self) -> Row | None:
        """The model that was fitted last: its date, from how many customers, its parameters."""
        text = self.graph.setting(KEPT_AS)
        return Model.of(text).facts() if text else None
