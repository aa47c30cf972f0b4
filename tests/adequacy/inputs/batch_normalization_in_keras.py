"""Inputs for notebook 04."""

from __future__ import annotations

import inspect

import numpy as np

from tests.adequacy.mutants import mutants_of_source

count_my_batch_normalization = 10  # Keras takes a tenth of a second for a call


def mutants_of_my_batch_normalization(exercise, *, sample, seed):
    """Of the layer's text: the solution is a function of NumPy that does what such a layer does."""
    return mutants_of_source(exercise._source, "MyBatchNormalization", exercise.given(), sample=sample, seed=seed)


def call_my_batch_normalization(function, args):
    """The mutants are classes; the solution and the known mistakes are functions."""
    from helpers.exercises.batch_normalization_in_keras.my_batch_normalization import _Trial

    return (_Trial(function) if inspect.isclass(function) else function)(*args)


def my_batch_normalization(rng):
    """Some batches in training, then one in inference, with ``training`` given or left out."""
    channels = rng.integers(1, 4)
    spread = rng.uniform(0.1, 1.5, size=channels)

    def rows(*shape):
        return (rng.normal(size=channels) + spread * rng.normal(size=(*shape, channels))).astype(np.float32)

    batches, x = rows(rng.integers(1, 4), rng.integers(2, 5)), rows(rng.integers(1, 5))
    gamma, beta = (rng.normal(size=channels).astype(np.float32) for _ in range(2))
    training = (False, True, None)[rng.integers(3)]
    return batches, x, gamma, beta, training, float(rng.choice([0.5, 0.8, 0.95])), float(rng.choice([1e-3, 0.01, 0.1]))


def recalibrate(rng):
    """Batches alike in size or not, one batch, batches of one example (variance 0); means far apart or close together."""
    batches, channels = rng.integers(1, 6), rng.integers(1, 5)
    sizes = rng.integers(1, 9, size=batches) if rng.random() < 0.7 else np.full(batches, rng.integers(1, 9))
    means = rng.choice([0.0, 1.0, -6.0], size=channels) + rng.choice([0.1, 1.0, 4.0]) * rng.normal(size=(batches, channels))
    variances = rng.uniform(0.05, 3.0, size=(batches, channels)) * (sizes > 1)[:, None]
    weights = [rng.normal(size=channels), rng.normal(size=channels), rng.normal(size=channels),
               rng.uniform(0.1, 3.0, size=channels)]
    return weights, means, variances, sizes


def fold_batch_norm(rng):
    """Dense kernels and convolutions, as many inputs as units or not; variances from 0 up; epsilon given or left out."""
    channels = rng.integers(1, 5)
    shape = rng.integers(1, 5, size=1) if rng.random() < 0.5 else rng.integers(1, 4, size=3)
    kernel = rng.normal(size=(*shape, channels))
    bias, gamma, beta, mean = rng.normal(size=(4, channels))
    variance = rng.choice([0.0, 0.004, 0.05, 1.0, 6.0], size=channels) * rng.uniform(0.5, 1.5, size=channels)
    args = kernel, bias, gamma, beta, mean, variance
    return args if rng.random() < 0.4 else (*args, float(rng.choice([1e-5, 1e-3, 1e-2, 0.1])))
