"""Inputs for notebook 10."""

from __future__ import annotations

import numpy as np


def _shape(rng):
    """One to four axes, some of length 1."""
    return tuple(int(n) for n in rng.integers(1, 6, size=rng.integers(1, 5)))


def _values(rng, shape):
    """Of any sign and size, some of them 0, now and then all."""
    values = rng.normal(rng.choice([0.0, 1.0, -2.0]), rng.choice([0.1, 1.0, 10.0]), size=shape)
    return values * (rng.random(shape) >= rng.choice([0.0, 0.2, 1.0], p=[0.5, 0.45, 0.05]))


def dropout_forward(rng):
    """Any shape and rate, 0 too; often with random numbers that are exactly the rate."""
    shape = _shape(rng)
    if rng.random() < 0.5:
        u, rate = rng.integers(0, 8, size=shape) / 8, float(rng.integers(0, 8)) / 8
    else:
        u, rate = rng.random(shape), float(rng.choice([0.0, 0.1, 0.2, 0.35, 0.5, 0.8]))
    return _values(rng, shape), u, rate, bool(rng.random() < 0.7)


def dropout_backward(rng):
    """Masks of any share, also with all kept or none; at a rate of 0 all are kept."""
    shape = _shape(rng)
    rate = float(rng.choice([0.0, 0.1, 0.2, 0.5, 0.75, 0.9], p=[0.1, 0.18, 0.18, 0.18, 0.18, 0.18]))
    mask = rng.random(shape) >= (rng.choice([rate, 0.0, 1.0], p=[0.8, 0.1, 0.1]) if rate else 0.0)
    return _values(rng, shape), mask, rate


def weights_for_testing(rng):
    """Kernels of any shape, often square; p is often 1, and now and then the same for all inputs."""
    inputs, units = (int(n) for n in rng.integers(1, 7, size=2))
    units = inputs if rng.random() < 0.3 else units
    p = rng.choice([0.1, 0.25, 0.5, 0.8, 1.0], size=inputs)
    return _values(rng, (inputs, units)), _values(rng, units), np.full(inputs, p[0]) if rng.random() < 0.1 else p


def average_answer(rng):
    """Networks that agree or not, small logits and such as overflow; lengths of 1, but at least two classes."""
    networks, digits = (int(n) for n in rng.integers(1, 6, size=2))
    shape = (networks, networks if rng.random() < 0.2 else digits, int(rng.integers(2, 7)))
    return (rng.normal(rng.choice([0.0, -3.0, 800.0, -800.0], p=[0.6, 0.2, 0.1, 0.1]), rng.choice([0.5, 2.0, 5.0]), size=shape),)


def variance_shift(rng):
    """Activations of a ReLU or of any sign, some weights 0, small batches and any rate; every unit varies."""
    examples, inputs, units = int(rng.integers(2, 12)), *(int(n) for n in rng.integers(1, 6, size=2))
    x = rng.normal(rng.choice([0.0, 1.0, -1.0]), rng.choice([0.5, 2.0]), size=(examples, inputs))
    if rng.random() < 0.4:
        x = np.abs(x)
    kernel = rng.normal(size=(inputs, units))
    kernel[1:][rng.random((inputs - 1, units)) < 0.2] = 0
    return x, kernel, float(rng.choice([0.0, 0.1, 0.25, 0.5, 0.6, 0.8]))
