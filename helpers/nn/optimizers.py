"""Rules that turn gradients into steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class SGD:
    """Gradient descent on minibatches, with Keras' momentum.

        velocity = momentum * velocity - learning_rate * gradient
        weight   = weight + velocity                                  (plain)
        weight   = weight + momentum * velocity - learning_rate * gradient   (Nesterov)

    Args:
        learning_rate: positive; may be changed between steps.
        momentum: in [0, 1); 0 is plain gradient descent.
        nesterov: look ahead along the velocity (Sutskever et al. 2013).

    Raises:
        ValueError: an argument outside its range.
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0, nesterov: bool = False) -> None:
        if not learning_rate > 0:
            raise ValueError(f"SGD expects a positive learning rate, got {learning_rate!r}")
        if not 0 <= momentum < 1:
            raise ValueError(f"SGD expects a momentum in [0, 1), got {momentum!r}")
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.nesterov = nesterov
        self._velocities: list[np.ndarray] | None = None
        self._steps: list[np.ndarray] = []

    def apply(self, gradients: Sequence[np.ndarray], weights: Sequence[np.ndarray]) -> None:
        """Change each array of ``weights`` in place along its gradient (same order, same shapes).

        Raises:
            ValueError: the lists differ in length, or the shapes from those of the first call.
        """
        if len(gradients) != len(weights):
            raise ValueError(f"got {len(gradients)} gradients for {len(weights)} weights")
        if self._velocities is None:
            self._velocities = [np.zeros_like(weight) for weight in weights]
            self._steps = [np.empty_like(weight) for weight in weights]
        if [velocity.shape for velocity in self._velocities] != [weight.shape for weight in weights]:
            raise ValueError("this optimizer has begun with other weights: make a new one for another model")
        for weight, gradient, velocity, step in zip(weights, gradients, self._velocities, self._steps):
            np.multiply(gradient, self.learning_rate, out=step)
            if not self.momentum:
                weight -= step
                continue
            velocity *= self.momentum
            velocity -= step
            if self.nesterov:
                weight += self.momentum * velocity
                weight -= step
            else:
                weight += velocity
