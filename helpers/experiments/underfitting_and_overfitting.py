"""Notebook 07: thirty measurements of one smooth function, polynomials fitted to them, and borders between two moons.

Nothing here is recorded: all of it is fast. NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial.legendre import legvander

from helpers import nn

BORDERS = {"linear": (), "moderate": (16,), "wriggly": (50, 50)}  # name -> units of the hidden layers


def truth(x):
    """cos(1.5 πx), the function behind the measurements: x and the result of any shape."""
    return np.cos(1.5 * np.pi * x)


def measure(n, noise, rng, count=1):
    """Draw `count` data sets of n measurements: positions x and values y, (count, n) each.

    There is one position in each n-th of the interval from 0 to 1, so x is in rising order and leaves no wide gap.
    scikit-learn's example, whose function and noise (0.1) are the same, draws its positions anywhere.

    Args:
        noise: Standard deviation of the measurements, in units of y.
    """
    x = (np.arange(n) + rng.uniform(size=(count, n))) / n
    return x, truth(x) + noise * rng.normal(size=(count, n))


def features(x, degree):
    """Legendre polynomials 0 to `degree` of 2x − 1, as columns: x (..., N) gives (..., N, degree + 1)."""
    return legvander(2 * x - 1, degree)


def fit(x, y, degree):
    """Least squares: the coefficients (..., degree + 1) of the polynomial through x, y (..., N); of several, the smallest."""
    return (np.linalg.pinv(features(x, degree)) @ y[..., None])[..., 0]


def predict(w, x):
    """The values (..., N) at the positions x (..., N) of the polynomial with the coefficients w (..., degree + 1)."""
    return (features(x, w.shape[-1] - 1) @ w[..., None])[..., 0]


def moons(n, rng, wrong=0.0):
    """Two half circles, blurred by noise of 0.2: points (n, 2) and classes 0, 1, 0, 1, ... (n,).

    Args:
        wrong: The probability that a class is replaced by the other one.
    """
    angle, y = np.pi * rng.uniform(size=n), np.arange(n) % 2
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    x = np.where(y[:, None] == 0, upper, lower) + 0.2 * rng.normal(size=(n, 2))
    return x, np.where(rng.uniform(size=n) < wrong, 1 - y, y)


def border(name, x, y, seed, steps=400):
    """Train one of the BORDERS on the points x (N, 2) and classes y (N,), all in one batch; return the network.

    Raises:
        KeyError: If there is no border of this name.
    """
    layers = [
        layer for units in BORDERS[name] for layer in (nn.Dense(units, kernel_initializer=nn.he_normal), nn.ReLU())
    ]
    model, optimizer = nn.Sequential([*layers, nn.Dense(2)], seed=seed), nn.Adam(0.01)
    for _ in range(steps):
        nn.train_step(model, x, y, optimizer)
    return model
