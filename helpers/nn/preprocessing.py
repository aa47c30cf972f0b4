"""Standardization: mean and variance are learned from the training data, and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from helpers.nn.arrays import Shape, checked_axes, kind, lengths_on, resolved_axes
from helpers.nn.layer import Layer


class Normalization(Layer):
    """Standardize each feature with the mean and variance of the training data.

        y = (x - mean) / max(sqrt(variance), epsilon)

    Call ``adapt`` once, on the training inputs. Training, validation and test inputs all pass
    through the same numbers. Keras' ``Normalization`` layer.

    Args:
        axis: the axis or axes whose positions have a mean each; all others are averaged over. -1: one a
            feature, or one a channel of pictures. None: a single mean for everything.
        epsilon: the smallest standard deviation that is divided by; Keras' 1e-7. A feature that was
            constant in training becomes 0 there, but a test value that differs is divided by epsilon: with
            pixels that are always 0 in training, 1e-7 makes such a value enormous, 1 leaves it as it is.

    Shapes: any, with N first, to the same shape.

    Weights, of the kept axes' shape, kept by the layer and not trained: ``mean``, ``variance`` (the biased one).

    Raises:
        RuntimeError: called before ``adapt``.
        ValueError: an axis that the data do not have, or the batch's, or one named twice; epsilon not
            positive; later an input of another rank or other lengths of the kept axes.

    Source: LeCun, Bottou, Orr and Müller (1998, Efficient BackProp), section 4.3.
    """

    state_names = ("mean", "variance")
    _first = "adapt() it to the training inputs first"

    def __init__(self, axis: int | Sequence[int] | None = -1, epsilon: float = 1e-7) -> None:
        super().__init__()
        if not epsilon > 0:
            raise ValueError(f"Normalization expects epsilon > 0, got {epsilon!r}")
        self.axis = () if axis is None else checked_axes(self.name, axis)
        self.epsilon = float(epsilon)
        self._adapted = False

    def _own_axes(self, shape: Shape) -> Shape:
        """The axes whose positions have a mean each."""
        return resolved_axes(self.name, self.axis, shape)

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        weight_shape = tuple(shape[axis] for axis in self._own_axes(shape))
        self.mean = np.zeros(weight_shape, dtype)
        self.variance = np.ones(weight_shape, dtype)
        self._adapted = False
        super().build(shape, dtype, rng)

    def weights_were_set(self) -> None:
        self._adapted = True

    def adapt(self, x: np.ndarray) -> Normalization:
        """Take mean and variance from ``x``, the training inputs, and return the layer.

        Sums run in float64, some examples at a time. Integers are welcome; the weights are then float32.

        Raises:
            TypeError: x is not an array of real numbers.
            ValueError: no examples, a NaN or an infinity among them, or an axis that x does not have.
        """
        if not isinstance(x, np.ndarray) or x.dtype.kind not in "uif":
            raise TypeError(f"Normalization.adapt expects an array of real numbers, got {kind(x)}")
        if x.ndim < 2 or not x.size:
            raise ValueError(f"Normalization.adapt expects training inputs of shape (N, ...), got shape {x.shape}")
        own_axes = self._own_axes(x.shape)
        averaged = tuple(axis for axis in range(x.ndim) if axis not in own_axes)
        step = max(1, 2**20 // prod(x.shape[1:]))
        chunks = [x[start:start + step] for start in range(0, len(x), step)]

        def mean_of(function) -> np.ndarray:
            total = sum(function(chunk.astype(np.float64)).sum(averaged, keepdims=True) for chunk in chunks)
            return total / prod([x.shape[axis] for axis in averaged])

        mean = mean_of(lambda chunk: chunk)
        if not np.isfinite(mean).all():
            raise ValueError("Normalization.adapt found a NaN or an infinity in the training inputs")
        variance = mean_of(lambda chunk: np.square(chunk - mean))
        self.build(x.shape, x.dtype if x.dtype == np.float64 else np.float32)
        self.mean[...] = mean.reshape(self.mean.shape)
        self.variance[...] = variance.reshape(self.variance.shape)
        self._adapted = True
        return self

    def check_shape(self, shape) -> None:
        lengths = tuple(shape[axis] for axis in self._own_axes(shape))
        if len(shape) != len(self._built_for) or lengths != self.mean.shape:
            raise ValueError(
                f"Normalization was adapted to data of shape {self._built_for} (axis={self.axis}), "
                f"got shape {tuple(shape)}"
            )

    def _along(self, weight: np.ndarray, shape: Shape) -> np.ndarray:
        return weight.reshape(lengths_on(shape, self._own_axes(shape)))

    def forward(self, x, training) -> np.ndarray:
        if not self._adapted:
            raise RuntimeError("Normalization has seen no data: call adapt(x_train) first")
        self._cache = (np.maximum(np.sqrt(self._along(self.variance, x.shape)), self.epsilon),)
        y = x - self._along(self.mean, x.shape)
        y /= self._cache[0]
        return y

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        (std,) = self._recall(gradient)
        return gradient / std
