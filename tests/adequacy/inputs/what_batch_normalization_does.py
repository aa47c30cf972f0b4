"""Inputs for notebook 05."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def steps_to_reach(rng):
    """Accuracies in eighths, so that the target is often met exactly; some seeds reach it first, last or never."""
    seeds, times = rng.integers(1, 6), rng.integers(1, 7)
    accuracies = rng.integers(0, 9, size=(seeds, times)) / 8
    steps = np.cumsum(rng.integers(1, 200, size=times)).astype(float)
    if rng.random() < 0.3:
        steps -= steps[0]  # measured from step 0 on
    if rng.random() < 0.3:
        steps = steps.astype(np.int32)
    target = float(rng.integers(0, 9)) / 8
    if rng.random() < 0.3:
        return accuracies, steps, target
    return accuracies, steps, target, float(rng.choice([np.inf, np.nan, -1.0, 0.0, 1e4]))


def effective_learning_rate(rng):
    """Kernels with small and large units, some weights 0; no unit has weights that are all 0."""
    shape = tuple(rng.integers(1, 7, size=2))
    kernel = rng.normal(rng.choice([0.0, 0.5]), 1.0, size=shape) * rng.choice([0.3, 1.0, 3.0], size=shape[1])
    kernel[1:][rng.random((shape[0] - 1, shape[1])) < 0.2] = 0
    return kernel, float(rng.choice([0.01, 0.1, 0.5, 1.0, 2.0, 3.0]))


@dataclass(frozen=True)
class TanhNetwork:
    """The gradients of a small network's loss, by its list of kernels."""

    x: np.ndarray
    targets: np.ndarray

    def __call__(self, weights):
        inputs = [self.x]
        for w in weights[:-1]:
            inputs.append(np.tanh(inputs[-1] @ w))
        g = 2 * (inputs[-1] @ weights[-1] - self.targets) / len(self.x)
        found = [inputs[-1].T @ g]
        for h, below, w in zip(inputs[:0:-1], inputs[-2::-1], weights[:0:-1]):
            g = (g @ w.T) * (1 - h**2)
            found.insert(0, below.T @ g)
        return found


def internal_covariate_shift(rng):
    """Networks of one to five layers, and any of these: the lowest, in which nothing changes, and the last."""
    sizes = rng.integers(1, 5, size=rng.integers(2, 7))
    x = rng.normal(1.0, 0.7, size=(6, sizes[0]))
    old = [rng.normal(0, 0.9, size=pair) for pair in zip(sizes, sizes[1:])]
    new = [w + rng.normal(0, 0.4, size=w.shape) for w in old]
    gradients = TanhNetwork(x, rng.normal(3.0, 1.0, size=(6, sizes[-1])))
    return gradients, old, new, int(rng.integers(len(old)))
