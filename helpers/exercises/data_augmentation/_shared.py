"""What exercises of notebook 09 share."""

from __future__ import annotations

import numpy as np


def read(images, r, c):  # as in the notebook: the solution of `rotate` calls it
    n, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    r, c = np.clip(r + 1, 0, height + 1), np.clip(c + 1, 0, width + 1)
    i, j = np.minimum(r.astype(int), height), np.minimum(c.astype(int), width)
    v, h = r - i, c - j
    k = np.arange(n)[:, None, None]
    above = (1 - h) * padded[k, i, j] + h * padded[k, i, j + 1]
    below = (1 - h) * padded[k, i + 1, j] + h * padded[k, i + 1, j + 1]
    return (1 - v) * above + v * below


def _pictures(seed, count, height, width):
    """Smooth pictures from 0.05 to 0.95, so that a small shift changes little and a large one much."""
    rng = np.random.default_rng(seed)
    r, c = np.indices((height, width))
    waves = [
        np.sin(r * a / height + c * b / width + p) for a, b, p in rng.uniform([-5, -5, 0], [5, 5, 6], size=(count, 3))
    ]
    return 0.5 + 0.3 * np.array(waves) + rng.uniform(-0.15, 0.15, size=(count, height, width))


def _each(strength):
    return np.asarray(strength)[:, None, None]


def _brightness_rescaled(images, delta, axes=(1, 2)):
    added = images + _each(delta)
    low, high = added.min(axis=axes, keepdims=True), added.max(axis=axes, keepdims=True)
    return (added - low) / (high - low)
