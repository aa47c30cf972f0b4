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


def batch_norm_backward(rng):
    """What a forward pass leaves behind: x_hat and inverse_std of one batch, some channels constant, some narrow."""
    count, channels = rng.integers(1, 7), rng.integers(1, 5)
    spread = rng.choice([0.0, 0.1, 0.5, 1.0, 2.0], size=channels)
    x = rng.integers(-8, 9, size=channels) / 8 + spread * rng.normal(size=(count, channels))
    inverse_std = 1 / np.sqrt(x.var(axis=0) + rng.choice([1e-5, 1e-3, 0.1]))
    dy = rng.normal(size=channels) * rng.integers(0, 2) + rng.choice([0.2, 1.0]) * rng.normal(size=x.shape)
    return dy, (x - x.mean(axis=0)) * inverse_std, rng.normal(size=channels), inverse_std


def moving_statistics(rng):
    """A few batches, with inference batches first, last, in between or nowhere.

    One at least is in training: without any, the answer is the start, which may be written as the numbers 0 and 1.
    """
    sizes = rng.integers(1, 6, size=3)
    channels = sizes[-1]
    level = rng.normal(size=(sizes[0], 1, channels))
    batches = level + rng.uniform(0.2, 2.0, size=channels) * rng.normal(size=sizes)
    training = (rng.random(size=sizes[0]) < rng.choice([0.5, 1.0])).tolist()
    training[rng.integers(sizes[0])] = True
    if rng.random() < 0.3:
        return batches, training
    return batches, training, float(rng.choice([0.0, 0.3, 0.5, 0.9, 0.99, 1.0]))


def batch_norm_call(rng):
    """Both modes, `training` and `epsilon` given or left out, small spreads, batches of one."""
    count, channels = rng.integers(1, 6), rng.integers(1, 5)
    spread = rng.choice([0.0, 0.05, 0.3, 1.5], size=channels)
    x = rng.integers(-8, 9, size=channels) / 8 + spread * rng.normal(size=(count, channels))
    gamma, beta, mean = rng.normal(size=channels) + 0.5, rng.normal(size=channels), rng.normal(size=channels)
    args = x, gamma, beta, mean, rng.choice([0.01, 0.1, 0.5, 2.0], size=channels)
    given = rng.integers(3)
    if given == 0:
        return args
    args += (bool(rng.integers(2)),)
    return args if given == 1 else (*args, float(rng.choice([1e-3, 0.01, 0.1])))
