"""Dense layers and activations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helpers.nn.arrays import check_dtype
from helpers.nn.layer import Layer
from helpers.nn.regularizers import L1L2

Initializer = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Draw ``shape`` = (fan_in, fan_out), uniform in ±sqrt(6 / (fan_in + fan_out)); Keras' default.

    Source: Glorot and Bengio (2010), eq. 16.
    """
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, size=shape)


def he_normal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Draw ``shape`` = (fan_in, fan_out), normal with standard deviation sqrt(2 / fan_in), for ReLU layers.

    Source: He et al. (2015, arXiv:1502.01852), eq. 10. Not truncated, unlike Keras'.
    """
    return rng.normal(scale=np.sqrt(2 / shape[0]), size=shape)


def random_normal(stddev: float) -> Initializer:
    """Return an initializer: normal with mean 0 and the given standard deviation."""
    return lambda rng, shape: rng.normal(scale=stddev, size=shape)


class Dense(Layer):
    """Fully connected layer: ``x @ kernel + bias``, (N, inputs) to (N, units).

    Args:
        units: number of outputs.
        use_bias: False leaves the bias out: batch normalization right behind the layer would
            subtract it again (Ioffe and Szegedy 2015, section 3.2).
        kernel_initializer: called with a generator and the shape (inputs, units).
        kernel_regularizer: a penalty on the kernel, as ``L2(1e-4)``; the bias has none.
        seed: an int or a generator for the kernel. None: in a ``Sequential`` the model's generator;
            alone, the seed 0.

    All but ``units`` by name: Keras' second argument, ``activation``, is a layer of its own here.

    Weights: ``kernel`` (inputs, units), ``bias`` (units,), which starts at 0.

    Raises:
        ValueError: units not a positive integer; an input that is not (N, inputs), or later one with
            another number of inputs.
        TypeError: an initializer that cannot be called, or a regularizer that is none.
    """

    def __init__(
        self,
        units: int,
        *,
        use_bias: bool = True,
        kernel_initializer: Initializer = glorot_uniform,
        seed: int | np.random.Generator | None = None,
        kernel_regularizer: L1L2 | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(units, (int, np.integer)) or units < 1:
            raise ValueError(f"Dense expects a positive number of units, got {units!r}")
        if not callable(kernel_initializer):
            raise TypeError(f"Dense expects kernel_initializer as a function, got {kernel_initializer!r}")
        if not isinstance(kernel_regularizer, (L1L2, type(None))):
            raise TypeError(f"Dense expects kernel_regularizer as L1, L2 or L1L2, got {kernel_regularizer!r}")
        self.units = int(units)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.seed = seed
        self.kernel_regularizer = kernel_regularizer
        self.trainable_names = ("kernel", "bias") if use_bias else ("kernel",)

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        self._require_rank(shape)
        check_dtype(dtype)
        if self.seed is not None or rng is None:
            rng = np.random.default_rng(0 if self.seed is None else self.seed)
        self.kernel = self.kernel_initializer(rng, (shape[1], self.units)).astype(dtype)
        if self.use_bias:
            self.bias = np.zeros(self.units, dtype)
        super().build(shape, dtype, rng)

    def check_shape(self, shape) -> None:
        self._require_rank(shape)
        if shape[1] != len(self.kernel):
            raise ValueError(f"Dense was built for {len(self.kernel)} inputs, got a batch of shape {shape}")

    def _require_rank(self, shape) -> None:
        if len(shape) != 2:
            raise ValueError(f"Dense expects a batch of shape (N, inputs), got shape {tuple(shape)}")

    def output_shape(self, shape) -> tuple[int, ...]:
        return (shape[0], self.units)

    def forward(self, x, training) -> np.ndarray:
        self._cache = (x,)
        y = x @ self.kernel
        if self.use_bias:
            y += self.bias
        return y

    def backward(self, gradient, *, to_input=True) -> np.ndarray | None:
        (x,) = self._recall(gradient)
        np.matmul(x.T, gradient, out=self.gradients["kernel"])
        if self.kernel_regularizer is not None:
            self.gradients["kernel"] += self.kernel_regularizer.gradient(self.kernel)
        if self.use_bias:
            np.add.reduce(gradient, axis=0, out=self.gradients["bias"])
        return gradient @ self.kernel.T if to_input else None

    def penalty(self) -> float:
        if self.kernel_regularizer is None or self._built_for is None:
            return 0.0
        return self.kernel_regularizer(self.kernel)


class Sigmoid(Layer):
    """``1 / (1 + exp(-x))``, element by element; any shape, with N first, to the same shape."""

    def forward(self, x, training) -> np.ndarray:
        # The same function as (1 + tanh(x / 2)) / 2, which cannot overflow.
        y = x * 0.5
        np.tanh(y, out=y)
        y *= 0.5
        y += 0.5
        self._cache = (y,)
        return y

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        (y,) = self._recall(gradient)
        slope = y * y
        np.subtract(y, slope, out=slope)
        slope *= gradient
        return slope


class ReLU(Layer):
    """``max(x, 0)``, element by element; any shape, with N first, to the same shape.

    The gradient at 0 is 0, as in Keras. NaN stays NaN.
    """

    def forward(self, x, training) -> np.ndarray:
        self._cache = (x > 0,)
        return np.maximum(x, 0)

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        (positive,) = self._recall(gradient)
        return gradient * positive


class Flatten(Layer):
    """(N, ...) to (N, features): every example becomes one row."""

    def output_shape(self, shape) -> tuple[int, ...]:
        return (shape[0], int(np.prod(shape[1:])))

    def forward(self, x, training) -> np.ndarray:
        self._cache = (x.shape,)
        return x.reshape(len(x), -1)

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        (shape,) = self._recall(gradient)
        return gradient.reshape(shape)
