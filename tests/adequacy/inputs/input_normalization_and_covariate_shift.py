"""Inputs for notebook 01."""

from __future__ import annotations

import numpy as np


def largest_stable_learning_rate(rng):
    """Features that are centred or not, correlated or not, large or small.

    Two features or more, since ``np.cov`` of one is no matrix. No fewer examples than features: else H has the
    eigenvalue 0 more than once, and ``eig`` may give complex numbers by rounding.
    """
    d = rng.integers(2, 5)
    n = d + rng.integers(0, 6)
    x = rng.normal(size=(n, d)) * rng.choice([0.1, 1.0, 10.0], size=d)
    if rng.random() < 0.5:
        x = x @ rng.normal(size=(d, d))
    if n > d and n > 2 and rng.random() < 0.4:
        return (x - x.mean(axis=0),)
    return (x + rng.choice([0.0, 0.3, -2.0], size=d),)


def standardize(rng):
    """Features of every scale; sometimes one is constant, with the same value in the test data, or in these alone.

    Both have exactly the drawn spreads: no accident makes one so small that an epsilon shows. Two features
    and two test examples or more: ways of guarding against a spread of 0 differ on one, where none is asked for.
    """
    n, m, d = rng.integers(2, 8), rng.integers(2, 6), rng.integers(2, 6)
    means, spreads = rng.choice([0.0, 0.5, -3.0, 60.0], size=d), rng.choice([0.3, 1.0, 3.0, 40.0], size=d)
    train, test = ((z - z.mean(axis=0)) / z.std(axis=0) for z in (rng.normal(size=(k, d)) for k in (n, m)))
    test = rng.choice([0.0, -3.0], size=d) + 0.4 * rng.normal(size=d) + rng.choice([0.5, 1.0, 2.0], size=d) * test
    train, test = means + spreads * train, means + spreads * test
    if rng.random() < 0.3:
        column = rng.integers(d)
        train[:, column] = test[:, column] = rng.integers(-40, 41) / 8
    elif rng.random() < 0.2:
        test[:, rng.integers(d)] = rng.integers(-40, 41) / 8
    return train, test


def estimate_shift(rng):
    """Two batches of their own lengths; a mean may stay where it was, and spreads may differ."""
    n, m, d = rng.integers(2, 8), rng.integers(2, 8), rng.integers(1, 5)
    means, spreads = rng.choice([0.0, 1.0, -8.0], size=d), rng.choice([0.3, 1.0, 5.0], size=d)
    moved = rng.choice([0.0, 0.5, -3.0], size=d)
    first = means + spreads * rng.normal(size=(n, d))
    second = means + moved * spreads + spreads * rng.choice([0.5, 1.0, 2.0], size=d) * rng.normal(size=(m, d))
    return first, second
