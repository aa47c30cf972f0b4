"""Inputs for notebook 11."""

from __future__ import annotations

import numpy as np

from helpers.exercises.early_stopping._shared import Rehearsal


def _losses(rng, length):
    """Losses in eighths, so that ties and differences of exactly ``min_delta`` are frequent and exact."""
    kind = rng.integers(4)
    if kind == 0:  # wild
        eighths = rng.integers(4, 20, size=length)
    elif kind == 1:  # creeping down, with plateaus
        eighths = 60 - np.cumsum(rng.integers(0, 3, size=length))
    elif kind == 2:  # down and up again
        eighths = 60 + np.cumsum(rng.integers(-3, 4, size=length))
    else:  # constant, or with one other value
        eighths = np.full(length, rng.integers(4, 20))
        eighths[rng.integers(length)] += rng.integers(-2, 3)
    return eighths / 8


def stop_at(rng):
    """Any losses; the patience runs out early, late or not at all."""
    losses = _losses(rng, rng.integers(1, 15))
    return losses, int(rng.integers(1, 6)), float(rng.choice([0, 0, 1, 2, 4])) / 8


def split(rng):
    """Vectors, tables or pictures in order of their classes; from one validation example to one training example."""
    n = int(rng.integers(2, 11))
    x = rng.permutation(np.arange(1.0, n + 1)).reshape((n,) + (1,) * rng.integers(3))
    x = x + rng.uniform(0.1, 0.9, size=(n, *rng.integers(1, 4, size=x.ndim - 1)))
    y = np.sort(rng.integers(0, 4, size=n))
    return x, y if rng.random() < 0.5 else y + 0.5, rng.permutation(n), int(rng.integers(1, n))


def train_and_keep(rng):
    """Runs whose first loss, of the weights that came, is the highest; ties, one epoch only, epochs left over."""
    length = int(rng.integers(1, 13))
    validation, training, test = (_losses(rng, length) for _ in range(3))
    curves = [np.append(losses.max() + 1.0, losses) for losses in (validation, training, test)]
    epochs = length if rng.random() < 0.6 else int(rng.integers(1, length + 1))
    return Rehearsal(*curves, in_place=bool(rng.random() < 0.7)), int(rng.integers(1, 6)), epochs


def call_train_and_keep(function, args):
    """What has really been trained belongs to the answer: it stands behind the weights.

    Whoever trains nothing is wrong, and what comes back then is an accident: an error in all cases.
    """
    weights, epochs_run = function(*args)
    if not args[0].trained:
        raise RuntimeError("nothing has been trained")
    return np.append(weights, args[0].trained), epochs_run


def equal_penalty(rng):
    """One direction or some, steep and flat, from a single step to many; something of the way is always left."""
    steps = int(rng.choice([1, 1, 2, 3, 5, 10, 30]))
    h = rng.choice([0.05, 0.3, 1.0, 4.0]) * rng.uniform(0.1, 1.0, size=rng.integers(1, 5))
    least_left = rng.choice([0.05, 0.3, 0.8])  # in the steepest direction
    return h, float((1 - least_left ** (1 / steps)) / h.max()), steps
