"""Rules that turn gradients into steps."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np


class Optimizer:
    """What the rules share: checked lists of arrays, and decoupled weight decay.

    With ``weight_decay`` every step begins with ``weight = weight * (1 - learning_rate * weight_decay)``, apart
    from the gradient. Under plain ``SGD`` this is the same as the penalty ``L2(weight_decay / 2)``; under ``Adam``
    it is not.

    Raises:
        ValueError: a learning rate that is not positive and finite; a weight decay that is negative.

    Source: Loshchilov and Hutter (2019, arXiv:1711.05101), algorithm 2; the product with the learning rate is
    Keras' (and PyTorch's), the paper has a schedule's factor in its place.
    """

    def __init__(self, learning_rate: float, weight_decay: float | None) -> None:
        if weight_decay is not None and not 0 <= weight_decay < np.inf:
            raise ValueError(f"{type(self).__name__} expects weight_decay >= 0 or None, got {weight_decay!r}")
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self._check_rates()
        self._excluded: frozenset[str] = frozenset()
        self._weights: list[np.ndarray] | None = None
        self._steps: list[np.ndarray] = []

    def _check_rates(self) -> None:
        rate = self.learning_rate
        if not 0 < rate < np.inf:
            raise ValueError(f"{type(self).__name__} expects a positive learning rate, got {rate!r}")
        if self.weight_decay and rate * self.weight_decay > 1:
            raise ValueError(f"learning_rate * weight_decay = {rate * self.weight_decay:g} would turn weights round")

    def exclude_from_weight_decay(self, var_names: Sequence[str]) -> None:
        """Let weights of these names, as ["bias", "gamma", "beta"], keep their size.

        Without this all weights decay, as in Keras (which takes the names as patterns; here they are whole).

        Raises:
            TypeError: a single string in place of a list.
        """
        if isinstance(var_names, str):
            raise TypeError(f"expected a list of names, as [{var_names!r}], got the string {var_names!r}")
        self._excluded = frozenset(var_names)

    def apply(
        self,
        gradients: Sequence[np.ndarray],
        weights: Sequence[np.ndarray],
        names: Sequence[str] | None = None,
    ) -> None:
        """Change each array of ``weights`` in place along its gradient.

        Args:
            gradients: arrays of the weights' shapes, in their order.
            weights: the same arrays at every call: the optimizer remembers something of each.
            names: the weights' names, for ``exclude_from_weight_decay``; what follows the last dot counts.

        Raises:
            ValueError: the lists differ in length, a gradient in shape from its weight, the weights from
                those of the first call; names are missing where some are excluded; the learning rate was set
                to something that is not positive. Nothing is changed then.
        """
        if len(gradients) != len(weights):
            raise ValueError(f"got {len(gradients)} gradients for {len(weights)} weights")
        for gradient, weight in zip(gradients, weights):
            if gradient.shape != weight.shape:
                raise ValueError(f"got a gradient of shape {gradient.shape} for a weight of shape {weight.shape}")
        self._check_rates()
        decaying = self._decaying(weights, names) if self.weight_decay else ()
        if self._weights is None:
            self._weights = list(weights)
            self._steps = [np.empty_like(weight) for weight in weights]
            self._start(weights)
        elif len(weights) != len(self._weights) or not all(map(operator.is_, weights, self._weights)):
            raise ValueError("this optimizer has begun with other weights: make a new one for another model")
        for weight in decaying:
            weight *= float(1 - self.learning_rate * self.weight_decay)
        self._step(gradients, weights)

    def _decaying(self, weights: Sequence[np.ndarray], names: Sequence[str] | None) -> list[np.ndarray]:
        if not self._excluded:
            return list(weights)
        if names is None or len(names) != len(weights):
            raise ValueError("weights are excluded from weight decay by name: apply() needs a name for each weight")
        last = [name.rpartition(".")[2] for name in names]
        return [weight for weight, name in zip(weights, last) if name not in self._excluded]

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

    Source: Polyak (1964) for the momentum; Keras for this form of it.
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
        *,
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

    Args:
        learning_rate, beta_1, beta_2, epsilon: as for ``Adam``.
        weight_decay: see ``Optimizer``.

    Raises:
        ValueError: an argument outside its range.

    Source: Loshchilov and Hutter (2019, arXiv:1711.05101), algorithm 2, as in ``Optimizer``.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, weight_decay=weight_decay)
