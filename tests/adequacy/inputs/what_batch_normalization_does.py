"""Inputs for notebook 05."""

from __future__ import annotations

import numpy as np


def steps_to_reach(rng):
    """Accuracies in eighths, so that the target is often met exactly; some seeds reach it first, last or never."""
    seeds, times = rng.integers(1, 6), rng.integers(1, 7)
    accuracies = rng.integers(0, 9, size=(seeds, times)) / 8
    steps = np.cumsum(rng.integers(1, 200, size=times)).astype(float)
    if rng.random() < 0.3:
        steps -= steps[0]  # measured from step 0 on
    target = float(rng.integers(0, 9)) / 8
    if rng.random() < 0.3:
        return accuracies, steps, target
    return accuracies, steps, target, float(rng.choice([np.inf, np.nan, -1.0, 0.0, 1e4]))
