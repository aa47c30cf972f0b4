"""Local response normalization: a neuron is damped by the strength of its neighbours."""

from __future__ import annotations

from functools import lru_cache
from math import prod

import numpy as np

from helpers.nn.layer import Layer
from helpers.nn.sums import parts

MODES = ("across", "within")


class LocalResponseNormalization(Layer):
    """Divide each element by a power of the sum of squares in a window around it.

        y_i = x_i / (k + alpha * sum of x_j² over the window of i) ** beta

    Two windows: ``mode="across"`` takes the channels i - n // 2 to i + n // 2 at the same place
    (inter-channel); ``mode="within"`` the places up to n // 2 away along every space axis in the same
    channel (intra-channel). Beyond the border there is nothing to add: the window is clipped there.

    Args:
        k: what is added to the sum, positive. TensorFlow calls it ``bias``.
        n: width of the window, at least 1. An odd n counts n neighbours, itself included. The
            formula's bounds i ± n/2 reach equally far on both sides, so an even n counts n + 1.
            TensorFlow's ``depth_radius`` is n // 2.
        alpha: weight of the sum, at least 0. Not divided by the number of neighbours, as PyTorch and
            Caffe do: their alpha is n times (in Caffe's "within", n² times) this one.
        beta: the exponent, at least 0.
        mode: "across" or "within".

    Defaults: AlexNet's. Shapes: (N, ..., C) for "across"; (N, H, W, C), or any number of space axes
    from one up, for "within"; the output has the input's shape. No weights; the same in training and in
    inference. A NaN spreads along its row of channels ("across"), or over its channel ("within").

    Raises:
        ValueError: an argument out of its range; an input without space axes for "within".

    Source: Krizhevsky, Sutskever and Hinton (2012, ImageNet classification with deep convolutional neural
    networks), section 3.3, for "across".
    """

    def __init__(
        self, k: float = 2.0, n: int = 5, alpha: float = 1e-4, beta: float = 0.75, mode: str = "across"
    ) -> None:
        super().__init__()
        if not k > 0:
            raise ValueError(f"LocalResponseNormalization expects k > 0, got {k!r}")
        if not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"LocalResponseNormalization expects an integer n >= 1, got {n!r}")
        if not alpha >= 0:
            raise ValueError(f"LocalResponseNormalization expects alpha >= 0, got {alpha!r}")
        if not beta >= 0:
            raise ValueError(f"LocalResponseNormalization expects beta >= 0, got {beta!r}")
        if mode not in MODES:
            raise ValueError(f"LocalResponseNormalization expects mode to be one of {MODES}, got {mode!r}")
        self.k = float(k)
        self.n = int(n)
        self.alpha = float(alpha)
        self.beta = float(beta)
        self.mode = mode

    def check_shape(self, shape) -> None:
        if self.mode == "within" and len(shape) < 3:
            raise ValueError(
                "LocalResponseNormalization(mode='within') expects places to look around in, shape "
                f"(N, H, W, C), got shape {tuple(shape)}"
            )

    def forward(self, x, training) -> np.ndarray:
        base = self._summed(x * x)
        base *= self.alpha
        base += self.k
        self._cache = (x, base)
        y = base ** -self.beta
        y *= x
        return y

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        x, base = self._recall(gradient)
        dx = np.empty_like(x)
        for part in parts(x):  # a window lies within one example
            dx[part] = self._input_gradient(gradient[part], x[part], base[part])
        return dx

    def _input_gradient(self, g: np.ndarray, x: np.ndarray, base: np.ndarray) -> np.ndarray:
        """``g_i base_i^-beta - 2 alpha beta x_i * (sum over the window of g_j y_j / base_j)``.

        Element i is a neighbour of j when j is one of i: the sum runs over the same windows.
        """
        power = base ** -self.beta
        dx = self._summed(g * x * power / base)
        dx *= x
        dx *= -2 * self.alpha * self.beta
        power *= g
        dx += power
        return dx

    def _summed(self, x: np.ndarray) -> np.ndarray:
        """The sum over each element's window: x times a band of ones, along each axis of the window.

        The band ends where the axis ends, which clips the window; its width costs nothing. (Differences of
        cumulative sums would cost less for very many channels. In float32 they lose the small sums behind a
        large one, and np.cumsum takes five times as long as this product on 32 channels.)
        """
        if self.mode == "across":
            band = _band(x.shape[-1], self.n // 2, x.dtype)
            return (x.reshape(-1, x.shape[-1]) @ band).reshape(x.shape)
        for axis in range(1, x.ndim - 1):
            band = _band(x.shape[axis], self.n // 2, x.dtype)
            columns = x.reshape(prod(x.shape[:axis]), x.shape[axis], prod(x.shape[axis + 1:]))
            x = (band @ columns).reshape(x.shape)
        return x


@lru_cache(maxsize=16)
def _band(length: int, radius: int, dtype: np.dtype) -> np.ndarray:
    """(length, length): 1 where row and column are at most ``radius`` apart."""
    i = np.arange(length)
    band = (abs(i[:, None] - i) <= radius).astype(dtype)
    band.flags.writeable = False
    return band
