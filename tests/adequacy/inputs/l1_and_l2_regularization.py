"""Inputs for notebook 08."""

from __future__ import annotations

import numpy as np


def penalty(rng):
    """Kernels, every other one with weights that are exactly 0; either strength is often 0, and both may be."""
    rows, columns = rng.integers(1, 6, size=2)
    kernel = rng.normal(size=(rows, columns)) * (rng.random((rows, columns)) < rng.choice([0.8, 1.0]))
    bias = rng.normal(size=columns) * (rng.random(columns) < 0.8)
    l1, l2 = rng.uniform(0.05, 1.5, size=2) * (rng.random(2) < 0.75)
    return kernel, bias, float(l1), float(l2)


def ridge(rng):
    """Features with means of their own, alike or not; fewer examples than features, or no penalty (then more examples)."""
    features = rng.integers(1, 6)
    strength = float(rng.choice([0.0, 0.05, 0.3, 1.0, 2.0, 5.0]))
    n = int(rng.integers(features + 4, features + 9)) if strength == 0 else int(rng.integers(2, 10))
    columns = rng.normal(size=(n, features)) * rng.choice([0.5, 1.0, 2.0], size=features) + rng.normal(size=features)
    if strength and rng.random() < 0.3:
        columns[:, 0] = columns[:, -1]
    y = columns @ rng.normal(size=features) + rng.choice([0.0, 3.0, -8.0]) + 0.3 * rng.normal(size=n)
    return np.column_stack([np.ones(n), columns]), y, strength


def proximal_step(rng):
    """Weights, gradients, strengths of 0, and steps that end exactly at the threshold: eighths are exact."""
    shape = tuple(rng.integers(1, 5, size=rng.integers(1, 4)))
    rate = float(rng.choice([0.125, 0.25, 0.5, 2.0]))
    l1 = float(rng.choice([0.0, 0.25, 0.5, 1.0, 3.0]))
    if rng.random() < 0.5:
        return rng.integers(-12, 13, size=shape) / 8, rng.integers(-6, 7, size=shape) / 2, rate, l1
    w, gradient = rng.normal(size=shape), 2 * rng.normal(size=shape)
    return w * (rng.random(shape) < 0.7), gradient * (rng.random(shape) < 0.8), rate, l1
