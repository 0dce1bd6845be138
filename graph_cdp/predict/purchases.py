"""BG/NBD: how often customers buy, and after which purchase they stay away for good.

While a customer is alive, purchases come at a rate of their own, gamma(r, alpha) over customers; after each one the
customer leaves with a probability of their own, beta(a, b) over customers. Times are weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph_cdp.predict.history import History

Array = NDArray[np.float64]

# Beyond these the likelihood is flat and the figures overflow.
_BOUNDS: Final = [(-12.0, 12.0)] * 4


@dataclass(frozen=True, slots=True)
class Purchases:
    """The four parameters, fitted."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, one: History) -> float:
        """The probability of not being gone for good; 1 for who bought once, of whom nothing says otherwise."""
        if not one.repeats:
            return 1.0
        return 1.0 / (1.0 + self._gone(one))

    def expected(self, one: History, weeks: float) -> float:
        """How many purchases to expect within the next `weeks`."""
        from scipy.special import hyp2f1  # noqa: PLC0415 - half a second that only predictions need

        r, a, b, x = self.r + one.repeats, self.a, self.b + one.repeats, self.alpha + one.known
        series = hyp2f1(r, b, a + b - 1, weeks / (x + weeks))
        made = (a + b - 1) / (a - 1) * (1 - (x / (x + weeks)) ** r * series)
        return float(made) / (1.0 + (self._gone(one) if one.repeats else 0.0))

    def weeks_until_next(self, one: History, share: float) -> float:
        """The weeks from now within which `share` of the customers like this one who are alive buy again."""
        rate = self.r + one.repeats
        return float((self.alpha + one.known) * ((1.0 - share) ** (-1.0 / rate) - 1.0))

    def _gone(self, one: History) -> float:
        """The odds of being gone."""
        waited = (self.alpha + one.known) / (self.alpha + one.last)
        return float(self.a / (self.b + one.repeats - 1) * waited ** (self.r + one.repeats))


def fit(repeats: Array, last: Array, known: Array) -> Purchases:
    """The most likely parameters of a population, of which a few hundred customers must have come back."""
    from scipy.optimize import minimize  # noqa: PLC0415 - as above

    kinds, counts = np.unique(np.column_stack([repeats, last, known]), axis=0, return_counts=True)

    def loss(logs: Array) -> float:
        return -float(np.sum(counts * _likelihood(np.exp(logs), *kinds.T)) / counts.sum())

    found = minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=_BOUNDS, options={"ftol": 1e-13, "gtol": 1e-9})
    return Purchases(*(float(value) for value in np.exp(found.x)))


def _likelihood(parameters: Array, x: Array, last: Array, known: Array) -> Any:
    """The logarithm of the likelihood of each kind of customer."""
    from scipy.special import gammaln  # noqa: PLC0415 - as above

    r, alpha, a, b = parameters
    often = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stayed = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + known)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + last)
    return often + stayed + np.where(x > 0, np.logaddexp(alive, gone), alive)
