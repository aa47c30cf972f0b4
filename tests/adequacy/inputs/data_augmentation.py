"""Inputs for notebook 09."""

from __future__ import annotations

import numpy as np

from helpers.exercises.data_augmentation.train import Draw, Model, slide


class _Model(Model):
    def __repr__(self):
        return f"a model of {self.weights.shape}"


class _Draw(Draw):
    def __init__(self, seed):
        super().__init__(seed)
        self._seed = seed

    def __repr__(self):
        return f"numbers of seed {self._seed}"


def _pictures(rng, most=6):
    """Pictures from 0 to 1, often square and as many as they have rows; some pixels are 0 or 1, now and then all alike."""
    n, height, width = int(rng.integers(1, most)), *(int(length) for length in rng.integers(2, most + 1, size=2))
    if rng.random() < 0.3:
        n = height = width
    x = rng.random((n, height, width)) * rng.choice([0.3, 1.0], size=(n, 1, 1))
    x[rng.random(x.shape) < rng.choice([0.0, 0.3, 0.7])] = 0
    x[rng.random(x.shape) < rng.choice([0.0, 0.2])] = 1
    if rng.random() < 0.1:
        x[:] = rng.integers(0, 9, size=(n, 1, 1)) / 8
    return x


def shift(rng):
    """Shifts in both directions, often by 0, and up to the last row and column."""
    x = _pictures(rng)
    down, right = (int(rng.integers(1 - length, length)) * (rng.random() < 0.8) for length in x.shape[1:])
    return x, int(down), int(right)


def rotate(rng):
    """Any angles, often quarter turns and 0."""
    x = _pictures(rng)
    degrees = rng.uniform(-200, 200, size=len(x))
    quarters = 90.0 * rng.integers(-4, 5, size=len(x))
    return x, np.where(rng.random(len(x)) < 0.2, quarters, degrees)


def brightness(rng):
    """Strengths of either sign, often 0, and so large that everything is clipped."""
    x = _pictures(rng)
    return x, rng.uniform(-1, 1, size=len(x)) * rng.choice([0.0, 0.1, 0.5, 1.0], size=len(x))


def contrast(rng):
    """Factors from 0 on, often 0 and 1."""
    x = _pictures(rng)
    return x, rng.choice([0.0, 0.3, 1.0, 1.7, 4.0], size=len(x)) * rng.choice([1.0, 0.9], size=len(x))


def train(rng):
    """Batches that fit, that leave a rest, of one picture, and larger than the set; one epoch and more."""
    count, others, size = int(rng.integers(1, 9)), int(rng.integers(1, 7)), int(rng.integers(2, 4))
    x, x_val = rng.random((count, size, size)), rng.random((others, size, size))
    y, y_val = rng.integers(0, 3, size=count), rng.integers(0, 3, size=others)
    epochs, batch_size = int(rng.integers(1, 4)), int(rng.integers(1, count + 3))
    return _Model(size * size, 3), x, y, x_val, y_val, _Draw(int(rng.integers(1000))), slide, epochs, batch_size


count_train = 200
