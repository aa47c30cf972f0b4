"""What exercises of notebook 07 share."""

from __future__ import annotations

import numpy as np

from helpers.experiments.underfitting_and_overfitting import fit, predict, truth  # `choose_degree` is given the first two

__all__ = ["blocks", "fit", "predict", "truth"]


def _measured(seed, n, noise=0.1, function=truth):
    rng = np.random.default_rng(seed)
    x = (np.arange(n) + rng.uniform(size=n)) / n
    return x, function(x) + noise * rng.normal(size=n)


def blocks(count, folds):
    """Folds of neighbours as ``np.array_split`` and scikit-learn's ``KFold`` make them: the first are the longer ones."""
    return np.repeat(np.arange(folds), [count // folds + (k < count % folds) for k in range(folds)])
