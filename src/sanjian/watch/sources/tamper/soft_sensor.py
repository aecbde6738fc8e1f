"""The soft sensor (R14): what the stack should say, learned from working conditions in hours that nobody doubts.

Boosted trees from scikit-learn (ADR 0013): on the gas turbine of UCI they halve the error of a quadratic regression a
season later, because they stay put outside what they have seen. Learned on logarithms, so that an error is a ratio; the
median of the newest residuals is taken off by whoever compares, so that the yearly drift of a plant is no accusation.
Deterministic: the same rows give the same sensor, so a finding can be judged again from its frozen rows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from .signal import Array, logs

LEAST_ROWS = 500
"""Fewer hours than this (about three weeks) teach nothing that holds (our choice)."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How a sensor learns; our choices, found on the development years of the gas turbine."""

    rounds: int = 200
    rate: float = 0.05
    leaves: int = 15
    least_in_leaf: int = 40


@dataclass(frozen=True, slots=True)
class SoftSensor:
    """A learned sensor."""

    model: Any

    def expected(self, conditions: Array) -> Array:
        """Logarithm of the expected value for each row of conditions, shape (n, m) -> (n,)."""
        with threadpool_limits(1):
            return np.asarray(self.model.predict(conditions))


def learn(values: Array, conditions: Array, learning: Learning | None = None) -> SoftSensor | None:
    """A sensor learned from clean hours; None when they are too few.

    Args:
        values: of the pollutant, NaN is left out. Shape (n,).
        conditions: at the same moments. Shape (n, m).
    """
    settings = learning or Learning()
    known = ~np.isnan(values)
    if int(known.sum()) < LEAST_ROWS:
        return None
    model = HistGradientBoostingRegressor(
        max_iter=settings.rounds,
        learning_rate=settings.rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.least_in_leaf,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    # One thread: threads that wait for each other on a busy machine cost a hundred times what they save here.
    with threadpool_limits(1):
        return SoftSensor(model.fit(conditions[known], logs(values[known])))
