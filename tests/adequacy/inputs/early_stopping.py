"""Inputs for notebook 11."""

from __future__ import annotations

import numpy as np


def stop_at(rng):
    """Losses in eighths, so that ties and differences of exactly ``min_delta`` are frequent and exact."""
    length = rng.integers(1, 15)
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
    return eighths / 8, int(rng.integers(1, 6)), float(rng.choice([0, 0, 1, 2, 4])) / 8
