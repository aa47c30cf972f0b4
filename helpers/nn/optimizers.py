"""Rules that turn gradients into steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Optimizer:
    """What the rules share: checked lists of arrays, and decoupled weight decay.

    With ``weight_decay`` every step begins with ``weight = weight * (1 - learning_rate * weight_decay)``,
    apart from the gradient (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2). Under plain ``SGD`` this
    is the same as the penalty ``L2(weight_decay / 2)``; under ``Adam`` it is not.
    """

    def __init__(self, learning_rate: float, weight_decay: float | None) -> None:
        if not learning_rate > 0:
            raise ValueError(f"{type(self).__name__} expects a positive learning rate, got {learning_rate!r}")
        if weight_decay is not None and not weight_decay >= 0:
            raise ValueError(f"{type(self).__name__} expects weight_decay >= 0 or None, got {weight_decay!r}")
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self._excluded: frozenset[str] = frozenset()
        self._shapes: list[tuple[int, ...]] | None = None
        self._steps: list[np.ndarray] = []

    def exclude_from_weight_decay(self, var_names: Sequence[str]) -> None:
        """Let weights of these names, as "bias", "gamma" and "beta", keep their size. Keras decays all too."""
        self._excluded = frozenset(var_names)

    def apply(
        self,
        gradients: Sequence[np.ndarray],
        weights: Sequence[np.ndarray],
        names: Sequence[str] | None = None,
    ) -> None:
        """Change each array of ``weights`` in place along its gradient (same order, same shapes).

        Args:
            gradients, weights: arrays of equal shapes, in the same order at every call.
            names: the weights' names, for ``exclude_from_weight_decay``; what follows the last dot counts.

        Raises:
            ValueError: the lists differ in length, the shapes from each other or from those of the first
                call, or names are missing; nothing is changed then.
        """
        if len(gradients) != len(weights):
            raise ValueError(f"got {len(gradients)} gradients for {len(weights)} weights")
        shapes = [weight.shape for weight in weights]
        if [gradient.shape for gradient in gradients] != shapes:
            raise ValueError("a gradient has another shape than its weight")
        if self._shapes is None:
            self._shapes = shapes
            self._steps = [np.empty_like(weight) for weight in weights]
            self._start(weights)
        if self._shapes != shapes:
            raise ValueError("this optimizer has begun with other weights: make a new one for another model")
        if self.weight_decay:
            self._decay(weights, names)
        self._step(gradients, weights)

    def _decay(self, weights: Sequence[np.ndarray], names: Sequence[str] | None) -> None:
        if self._excluded and (names is None or len(names) != len(weights)):
            raise ValueError("weights are excluded from weight decay by name: apply() needs a name for each weight")
        kept = float(1 - self.learning_rate * self.weight_decay)
        for weight, name in zip(weights, names or [""] * len(weights)):
            if name.rpartition(".")[2] not in self._excluded:
                weight *= kept

    def _start(self, weights: Sequence[np.ndarray]) -> None:
        """Make what the rule remembers of each weight."""

    def _step(self, gradients: Sequence[np.ndarray], weights: Sequence[np.ndarray]) -> None:
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent on minibatches, with Keras' momentum.

        velocity = momentum * velocity - learning_rate * gradient
        weight   = weight + velocity                                  (plain)
        weight   = weight + momentum * velocity - learning_rate * gradient   (Nesterov)

    Args:
        learning_rate: positive; may be changed between steps.
        momentum: in [0, 1); 0 is plain gradient descent.
        nesterov: look ahead along the velocity (Sutskever et al. 2013).
        weight_decay: decoupled weight decay, see ``Optimizer``; None for none.

    Raises:
        ValueError: an argument outside its range.
    """

    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay)
        if not 0 <= momentum < 1:
            raise ValueError(f"SGD expects a momentum in [0, 1), got {momentum!r}")
        self.momentum = momentum
        self.nesterov = nesterov
        self._velocities: list[np.ndarray] = []

    def _start(self, weights) -> None:
        self._velocities = [np.zeros_like(weight) for weight in weights]

    def _step(self, gradients, weights) -> None:
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


class Adam(Optimizer):
    """Steps in units of the gradient's own recent size, weight by weight.

        mean     = beta_1 * mean     + (1 - beta_1) * gradient
        variance = beta_2 * variance + (1 - beta_2) * gradient²
        rate_t   = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)        t = 1, 2, ...
        weight   = weight - rate_t * mean / (sqrt(variance) + epsilon)

    Args:
        learning_rate: positive; may be changed between steps.
        beta_1, beta_2: what the two moving averages keep of themselves, in [0, 1).
        epsilon: positive; the paper's "epsilon hat", as in Keras.
        weight_decay: decoupled weight decay, see ``Optimizer``; None for none.

    Raises:
        ValueError: an argument outside its range.

    Source: Kingma and Ba (2015, arXiv:1412.6980), algorithm 1, in the order of operations given at the
    end of section 2.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay)
        for name, value in {"beta_1": beta_1, "beta_2": beta_2}.items():
            if not 0 <= value < 1:
                raise ValueError(f"{type(self).__name__} expects {name} in [0, 1), got {value!r}")
        if not epsilon > 0:
            raise ValueError(f"{type(self).__name__} expects epsilon > 0, got {epsilon!r}")
        self.beta_1 = float(beta_1)
        self.beta_2 = float(beta_2)
        self.epsilon = float(epsilon)
        self.iterations = 0
        self._means: list[np.ndarray] = []
        self._variances: list[np.ndarray] = []

    def _start(self, weights) -> None:
        self._means = [np.zeros_like(weight) for weight in weights]
        self._variances = [np.zeros_like(weight) for weight in weights]

    def _step(self, gradients, weights) -> None:
        self.iterations += 1
        t = self.iterations
        rate = float(self.learning_rate * np.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t))
        for weight, gradient, mean, variance, step in zip(
            weights, gradients, self._means, self._variances, self._steps
        ):
            np.multiply(gradient, 1 - self.beta_1, out=step)
            mean *= self.beta_1
            mean += step
            np.multiply(gradient, gradient, out=step)
            step *= 1 - self.beta_2
            variance *= self.beta_2
            variance += step
            np.sqrt(variance, out=step)
            step += self.epsilon
            np.divide(mean, step, out=step)
            step *= rate
            weight -= step


class AdamW(Adam):
    """Adam with decoupled weight decay; Keras' defaults.

    Args: those of ``Adam``, with a ``weight_decay`` of 0.004.

    Source: Loshchilov and Hutter (2019, arXiv:1711.05101), algorithm 2.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, weight_decay)
