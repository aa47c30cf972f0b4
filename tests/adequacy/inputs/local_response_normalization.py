"""Inputs for notebook 02."""

from __future__ import annotations

import numpy as np


def _responses(rng):
    """Small arrays (B, H, W, N), now and then one picture, row, column or channel; some after a ReLU, some all alike."""
    shape = rng.integers(1, 4), rng.integers(1, 6), rng.integers(1, 6), rng.integers(1, 9)
    kind = rng.integers(5)
    if kind == 0:
        return np.full(shape, rng.integers(1, 9) / 8)
    a = rng.normal(size=shape) * rng.uniform(0.3, 3, size=shape)
    return np.maximum(0, a) if kind == 1 else a


def _numbers(rng):
    """k, n, alpha, beta: odd and even windows, of one element, or wider than all there is."""
    k, alpha, beta = rng.uniform(0.5, 3), rng.uniform(0.1, 2), rng.uniform(0.3, 1.5)
    n = rng.integers(1, 8) if rng.random() < 0.8 else rng.integers(8, 20)
    return float(k), int(n), float(alpha), float(beta)


def lrn_across(rng):
    return _responses(rng), *_numbers(rng)


def lrn_within(rng):
    return _responses(rng), *_numbers(rng)


def to_tensorflow(rng):
    return _numbers(rng)


def to_pytorch(rng):
    return _numbers(rng)
