"""Inputs for notebook 03."""

from __future__ import annotations

import numpy as np


def batch_norm(rng):
    """Rows or images, with spreads from nothing to large; the default epsilon where the spread is small, or another."""
    sizes = rng.integers(1, 6, size=rng.choice([2, 4]))
    channels = sizes[-1]
    spread = rng.choice([0.0, 0.01, 0.05, 0.3, 1.0], size=channels)
    x = rng.integers(-8, 9, size=channels) / 8 + spread * rng.normal(size=sizes)  # constants are exact in float32, too
    gamma, beta = rng.normal(size=channels) + 0.5, rng.normal(size=channels)
    if rng.random() < 0.3:
        return x, gamma, beta
    return x, gamma, beta, float(rng.choice([1e-3, 1e-2, 0.1]))
