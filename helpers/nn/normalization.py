"""One normalizer over many sets of axes, and the layers that choose the axes.

Write S for a set of elements that share a mean. Every layer here computes, for each element i,

    x_hat_i = (x_i - mean_S) / sqrt(variance_S + epsilon),      y_i = gamma * x_hat_i + beta.

The layers differ in the sets S, in the shape of gamma and beta, and in what they remember.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers.nn.layer import Layer


class Normalized(NamedTuple):
    """What ``normalize`` returns. The statistics keep the reduced axes with length 1."""

    x_hat: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    inverse_std: np.ndarray


def normalize(x: np.ndarray, axes: tuple[int, ...], epsilon: float) -> Normalized:
    """Give every set of elements mean 0 and variance 1.

    Args:
        x: array of any shape, float32 or float64.
        axes: the axes over which elements share a mean: (0,) for batch normalization of
            (N, C), (0, 1, 2) of (N, H, W, C), (1, 2) for instance normalization, and so on.
        epsilon: added to the variance, so that a constant set gives 0 and not a division by 0.

    Returns:
        ``x_hat`` of x's shape; ``mean``, ``variance`` (the biased one: divided by the number of
        elements, not by one less) and ``inverse_std`` = 1 / sqrt(variance + epsilon), of x's
        shape with 1 in place of each of the axes.

    A set of one element has variance 0 and x_hat 0. NaN in a set makes the whole set NaN.

    Source: Ioffe and Szegedy (2015, arXiv:1502.03167), algorithm 1, for axes = (0,);
    Wu and He (2018, arXiv:1803.08494), eq. 1, 2, for any set.
    """
    count = _count(x.shape, axes)
    mean = _total(x, axes)
    mean /= count
    x_hat = x - mean
    # From centred values: E[x²] - E[x]² loses every digit when the mean is large.
    variance = _total(x_hat * x_hat, axes)
    variance /= count
    inverse_std = variance + epsilon
    np.sqrt(inverse_std, out=inverse_std)
    np.reciprocal(inverse_std, out=inverse_std)
    x_hat *= inverse_std
    return Normalized(x_hat, mean, variance, inverse_std)


def normalize_gradient(
    gradient: np.ndarray,
    x_hat: np.ndarray,
    scale: np.ndarray,
    axes: tuple[int, ...],
    totals: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Carry a gradient back through ``normalize``: from x_hat to x.

    The mean and the variance depend on every element of their set. Two terms come of that:

        dx = scale * (g - mean_S(g) - x_hat * mean_S(g * x_hat))

    Args:
        gradient: g, the loss' gradient with respect to x_hat, of x_hat's shape.
        x_hat: as ``normalize`` returned it.
        scale: ``inverse_std``; or gamma * inverse_std with g taken before gamma, where gamma is
            the same for all elements of a set and can be taken out of both means.
        axes: as given to ``normalize``.
        totals: the sums over each set of g and of g * x_hat, where the caller has them already.

    Source: Ioffe and Szegedy (2015, arXiv:1502.03167), section 3, the chain rule after
    algorithm 1, gathered into one line.
    """
    count = _count(x_hat.shape, axes)
    total, total_product = totals or (_total(gradient, axes), _total(gradient * x_hat, axes))
    dx = x_hat * (total_product / -count)
    dx -= total / count
    dx += gradient
    dx *= scale
    return dx


def _count(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    count = 1
    for axis in axes:
        count *= shape[axis]
    return count


def _total(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Sum over ``axes``, kept with length 1."""
    if axes == (0,) and x.ndim == 2:
        # A row of ones times the matrix: several times as fast as np.sum.
        return _row_of_ones(len(x), x.dtype).dot(x)
    if axes and axes == tuple(range(len(axes))):
        total = _total(x.reshape(_count(x.shape, axes), -1), (0,))
        return total.reshape((1,) * len(axes) + x.shape[len(axes):])
    return x.sum(axis=axes, keepdims=True)


@lru_cache(maxsize=8)
def _row_of_ones(count: int, dtype: np.dtype) -> np.ndarray:
    ones = np.ones((1, count), dtype)
    ones.flags.writeable = False
    return ones


class BatchNormalization(Layer):
    """Batch normalization: one mean a channel, shared by all examples and places.

    In training the statistics are the batch's and the moving ones follow them:

        moving = momentum * moving + (1 - momentum) * batch

    In inference the moving statistics are used, so that an example's output does not depend on
    the others beside it. Arguments, defaults, weight names and the momentum's meaning are Keras'.
    (PyTorch's momentum is one minus this one, and its moving variance is the unbiased one.)

    Args:
        axis: the axis of the channels; all other axes are averaged over.
        momentum: the share of the old moving statistics that an update keeps, in [0, 1].
        epsilon: added to the variance. Keras' default 1e-3; the papers' code often has 1e-5.
        center: False leaves beta out. scale: False leaves gamma out.

    Weights, all of shape (C,): ``gamma`` (starts at 1), ``beta`` (0), trained;
    ``moving_mean`` (0), ``moving_variance`` (1), kept by the layer.

    A training batch with one element a channel has variance 0: the output is beta.

    Raises:
        ValueError: momentum outside [0, 1]; epsilon negative; on the first call an axis that the
            input does not have, or the batch's; later a rank or number of channels other than
            the first.

    Source: Ioffe and Szegedy (2015, arXiv:1502.03167), algorithms 1 and 2, section 3.2 for
    convolutions.
    """

    state_names = ("moving_mean", "moving_variance")

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(axis, (int, np.integer)):
            raise ValueError(f"BatchNormalization expects one integer as axis, got {axis!r}")
        if not 0 <= momentum <= 1:
            raise ValueError(f"BatchNormalization expects a momentum in [0, 1], got {momentum!r}")
        if not epsilon >= 0:
            raise ValueError(f"BatchNormalization expects epsilon >= 0, got {epsilon!r}")
        self.axis = int(axis)
        # NumPy's own float64 numbers would turn float32 results into float64.
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self.center = center
        self.scale = scale
        self.trainable_names = ("gamma",) * scale + ("beta",) * center

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        axis, axes = self._resolve(shape)
        channels = shape[axis]
        self.axes = axes
        # How a (C,) vector lies along the channel axis of the input.
        self._along = (1,) * axis + (channels,) + (1,) * (len(shape) - axis - 1)
        self.gamma = np.ones(channels, dtype)
        self.beta = np.zeros(channels, dtype)
        self.moving_mean = np.zeros(channels, dtype)
        self.moving_variance = np.ones(channels, dtype)
        super().build(shape, dtype, rng)

    def _resolve(self, shape) -> tuple[int, tuple[int, ...]]:
        axis = self.axis + len(shape) if self.axis < 0 else self.axis
        if not 0 < axis < len(shape):
            raise ValueError(
                f"BatchNormalization(axis={self.axis}) does not fit an input of shape {tuple(shape)}: "
                f"expected a channel axis from 1 to {len(shape) - 1}, or -1"
            )
        return axis, tuple(i for i in range(len(shape)) if i != axis)

    def check_shape(self, shape) -> None:
        axis, axes = self._resolve(shape)
        if axes != self.axes or shape[axis] != len(self.gamma):
            raise ValueError(
                f"BatchNormalization was built for rank {len(self.axes) + 1} with {len(self.gamma)} "
                f"channels (first input: {self._built_for}), got shape {tuple(shape)}"
            )

    def shared_sets(self, shape: tuple[int, ...]) -> np.ndarray:
        """Number the sets of elements that share a mean: an int array of ``shape``."""
        _, axes = self._resolve(shape)
        return _numbered_sets(shape, axes)

    def forward(self, x, training) -> np.ndarray:
        if training:
            x_hat, mean, variance, inverse_std = normalize(x, self.axes, self.epsilon)
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_variance, variance)
        else:
            inverse_std = 1 / np.sqrt(self.moving_variance.reshape(self._along) + self.epsilon)
            x_hat = x - self.moving_mean.reshape(self._along)
            x_hat *= inverse_std
        self._cache = (x_hat, inverse_std, training)
        if not self.scale and not self.center:
            return x_hat.copy()
        y = x_hat * self.gamma.reshape(self._along)
        if self.center:
            y += self.beta.reshape(self._along)
        return y

    def _follow(self, moving: np.ndarray, batch: np.ndarray) -> None:
        moving *= self.momentum
        moving += (1 - self.momentum) * batch.reshape(-1)

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        x_hat, inverse_std, training = self._recall(gradient)
        total = _total(gradient, self.axes)
        total_product = _total(gradient * x_hat, self.axes)
        if self.scale:
            self.gradients["gamma"][...] = total_product.reshape(-1)
        if self.center:
            self.gradients["beta"][...] = total.reshape(-1)
        scale = self.gamma.reshape(self._along) * inverse_std
        if not training:  # The moving statistics are constants: only the scale is left.
            return gradient * scale
        return normalize_gradient(gradient, x_hat, scale, self.axes, (total, total_product))


def _numbered_sets(shape: tuple[int, ...], axes: tuple[int, ...]) -> np.ndarray:
    kept = tuple(1 if axis in axes else length for axis, length in enumerate(shape))
    return np.broadcast_to(np.arange(np.prod(kept)).reshape(kept), shape)
