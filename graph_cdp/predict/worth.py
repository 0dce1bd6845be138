"""Gamma-gamma: how much a purchase of a customer is worth, drawn towards what it is worth to others.

The worth of a purchase is gamma(p, nu) of a customer, and nu is gamma(q, v) over customers. It does not depend on how
often the customer buys, which is an assumption of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_BOUNDS: Final = [(-6.0, 12.0)] * 3


@dataclass(frozen=True, slots=True)
class Worth:
    """The three parameters, fitted, in one currency."""

    p: float
    q: float
    v: float

    def expected(self, repeats: float, average: float | None) -> float:
        """What a purchase of a customer is worth who came back `repeats` times and spent `average` each time."""
        spent = repeats * average if average is not None else 0.0
        times = repeats if average is not None else 0.0
        return self.p * (self.v + spent) / (self.p * times + self.q - 1)


def fit(repeats: Array, average: Array) -> Worth:
    """The most likely parameters of the customers who came back. `q` stays above 1, where the mean exists."""
    from scipy.optimize import minimize  # noqa: PLC0415 - half a second that only predictions need

    middle = float(np.median(average))

    def loss(logs: Array) -> float:
        p, q, v = np.exp(logs)
        return -float(np.mean(_likelihood((p, q + 1.0, v), repeats, average / middle)))

    found = minimize(loss, np.zeros(3), method="L-BFGS-B", bounds=_BOUNDS, options={"ftol": 1e-13, "gtol": 1e-9})
    p, q, v = (float(value) for value in np.exp(found.x))
    return Worth(p, q + 1.0, v * middle)


def _likelihood(parameters: tuple[float, float, float], x: Array, average: Array) -> Any:
    """The logarithm of the likelihood of each customer's average."""
    from scipy.special import gammaln  # noqa: PLC0415 - as above

    p, q, v = parameters
    shape = gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
    return (
        shape
        + q * np.log(v)
        + (p * x - 1) * np.log(average)
        + p * x * np.log(x)
        - (p * x + q) * np.log(x * average + v)
    )
