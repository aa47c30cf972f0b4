"""Penalties on weights: their value, their gradient, and the proximal step that makes exact zeros.

A penalty is added to the loss: cost = loss + penalty(weights). Names, arguments and factors are Keras'; note
that its L2 has no factor 1/2, so that its gradient has a factor 2.
"""

from __future__ import annotations

import numpy as np


class L1L2:
    """Elastic-net penalty ``l1 * sum |w| + l2 * sum w²``.

    Args:
        l1, l2: the two weights of the penalty, at least 0.

    Raises:
        ValueError: a negative or infinite weight.

    Source: Zou and Hastie (2005, Regularization and variable selection via the elastic net).
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        for name, value in {"l1": l1, "l2": l2}.items():
            if not 0 <= value < np.inf:
                raise ValueError(f"{type(self).__name__} expects {name} >= 0 and finite, got {value!r}")
        self.l1 = float(l1)
        self.l2 = float(l2)

    def __call__(self, weights: np.ndarray) -> float:
        """Return the penalty of an array of any shape: one number."""
        return float(self.l1 * np.abs(weights).sum() + self.l2 * np.square(weights).sum())

    def gradient(self, weights: np.ndarray) -> np.ndarray:
        """Return ``l1 * sign(w) + 2 * l2 * w``, of the weights' shape; at 0 the part of L1 is 0."""
        gradient = weights * (2 * self.l2)
        if self.l1:
            gradient += self.l1 * np.sign(weights)
        return gradient

    def proximal(self, weights: np.ndarray, step: float) -> np.ndarray:
        """Return the v that minimizes ``penalty(v) + sum (v - w)² / (2 * step)``.

        After a gradient step of size ``step`` on the loss alone, this takes the penalty's step exactly: weights
        within ``step * l1`` of 0 become 0, the others shrink.

        Args:
            weights: any shape; not changed.
            step: the learning rate of the gradient step before, at least 0.

        Raises:
            ValueError: a negative step.

        Source: Parikh and Boyd (2014, Proximal algorithms), section 6.5.
        """
        if not step >= 0:
            raise ValueError(f"proximal expects a step >= 0, got {step!r}")
        step = float(step)
        return soft_threshold(weights, step * self.l1) / (1 + 2 * step * self.l2)


class L1(L1L2):
    """Lasso penalty ``l1 * sum |w|``. Source: Tibshirani (1996), eq. 1, in its Lagrangian form.

    Raises:
        ValueError: l1 negative or infinite.
    """

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """Ridge penalty ``l2 * sum w²``. Source: Hoerl and Kennard (1970).

    Raises:
        ValueError: l2 negative or infinite.
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


def soft_threshold(weights: np.ndarray, threshold: float) -> np.ndarray:
    """Move every weight towards 0 by ``threshold``, and those that are nearer to exactly 0.

    Args:
        weights: any shape; not changed. threshold: at least 0.

    Raises:
        ValueError: a negative threshold.

    Source: Donoho and Johnstone (1994, Ideal spatial adaptation by wavelet shrinkage).
    """
    if not threshold >= 0:
        raise ValueError(f"soft_threshold expects a threshold >= 0, got {threshold!r}")
    threshold = float(threshold)
    return np.sign(weights) * np.maximum(np.abs(weights) - threshold, 0)
