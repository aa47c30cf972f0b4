"""One normalizer over many sets of axes, and the layers that choose the axes.

Write S for a set of elements that share a mean. Every layer here computes, for each element i,

    x_hat_i = (x_i - mean_S) / sqrt(variance_S + epsilon),      y_i = gamma * x_hat_i + beta.

The layers differ in the sets S, in the shape of gamma and beta, and in what they remember. For
pictures (N, H, W, C), with the axes 0, 1, 2, 3:

    layer                    a set S                                  axes       gamma, beta
    batch normalization      one channel, of all examples             (0, 1, 2)  (C,)
    layer normalization      all channels of one place                (3,)       (C,)
      with axis=(1, 2, 3)    one example                              (1, 2, 3)  (H, W, C)
    instance normalization   one channel of one example               (1, 2)     (C,)
    group normalization      C / groups neighbours of one example     (1, 2, 4)  (C,)
                             (axes of the view (N, H, W, groups, C / groups))

RMS normalization has the sets of layer normalization and leaves the mean where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from helpers.nn.arrays import Shape, checked_axes, checked_axis, lengths_on, resolved_axes, with_ones
from helpers.nn.layer import Layer
from helpers.nn.sums import in_rows, parts, sum_over


class Normalized(NamedTuple):
    """What ``normalize`` returns. The statistics keep the reduced axes with length 1."""

    x_hat: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    inverse_std: np.ndarray


def normalize(
    x: np.ndarray, axes: tuple[int, ...], epsilon: float, subtract_mean: bool = True
) -> Normalized:
    """Give every set of elements mean 0 and variance 1.

    Args:
        x: array of any shape, float32 or float64.
        axes: the axes over which elements share a mean: (0,) for batch normalization of
            (N, C), (0, 1, 2) of (N, H, W, C), (1, 2) for instance normalization, and so on.
        epsilon: added to the variance, so that a constant set gives 0 and not a division by 0.
        subtract_mean: False leaves the mean where it is (RMS normalization): ``mean`` is then 0
            and ``variance`` the mean square.

    Returns:
        ``x_hat`` of x's shape; ``mean``, ``variance`` (the biased one: divided by the number of
        elements, not by one less) and ``inverse_std`` = 1 / sqrt(variance + epsilon), of x's
        shape with 1 in place of each of the axes.

    A set of one element has variance 0 and x_hat 0 (its statistics are then read-only views). NaN in
    a set makes the whole set NaN.

    Raises:
        ValueError: an axis that x does not have, or one named twice.

    Source: Ioffe and Szegedy (2015, arXiv:1502.03167), algorithm 1, for axes = (0,);
    Wu and He (2018, arXiv:1803.08494), eq. 1, 2, for any set; Zhang and Sennrich (2019,
    arXiv:1910.07467), eq. 4, without the mean.
    """
    axes = _ascending(tuple(axes), x.ndim)
    count = _count(x.shape, axes)
    if count == 1 and subtract_mean:  # an element that is its own mean
        x_hat = x - x
        inverse_std = np.broadcast_to(x.dtype.type(1 / np.sqrt(epsilon)), x.shape)
        return Normalized(x_hat, x, np.broadcast_to(x.dtype.type(0), x.shape), inverse_std)
    if subtract_mean:
        mean = sum_over(x, axes)
        mean /= count
        centred = x - in_rows(mean, x.shape)
    else:
        mean = np.zeros(with_ones(x.shape, axes), x.dtype)
        centred = x
    # From centred values: E[x²] - E[x]² loses every digit when the mean is large.
    variance = sum_over(centred, axes, times=centred)
    variance /= count
    inverse_std = variance + epsilon
    np.sqrt(inverse_std, out=inverse_std)
    np.reciprocal(inverse_std, out=inverse_std)
    x_hat = np.multiply(centred, in_rows(inverse_std, x.shape), out=centred if subtract_mean else None)
    return Normalized(x_hat, mean, variance, inverse_std)


def normalize_gradient(
    gradient: np.ndarray,
    x_hat: np.ndarray,
    scale: np.ndarray,
    axes: tuple[int, ...],
    totals: tuple[np.ndarray, np.ndarray] | None = None,
    subtract_mean: bool = True,
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
        subtract_mean: as given to ``normalize``; False leaves the first of the two terms out.

    Returns:
        dx, a new array of x_hat's shape.

    Raises:
        ValueError: an axis that x_hat does not have, or one named twice.

    Source: Ioffe and Szegedy (2015, arXiv:1502.03167), section 3, the chain rule after
    algorithm 1, gathered into one line.
    """
    axes = _ascending(tuple(axes), x_hat.ndim)
    count = _count(x_hat.shape, axes)
    if count == 1 and subtract_mean:
        return gradient - gradient
    total, total_product = totals or (sum_over(gradient, axes), sum_over(gradient, axes, times=x_hat))
    dx = x_hat * in_rows(total_product / -count, x_hat.shape)
    if subtract_mean:
        dx -= in_rows(total / count, x_hat.shape)
    dx += gradient
    dx *= in_rows(scale, x_hat.shape)
    return dx


@lru_cache(maxsize=64)
def _ascending(axes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """The axes counted from 0, in order. Raises NumPy's AxisError, a ValueError, for one that is not there."""
    return tuple(sorted(normalize_axis_tuple(axes, rank)))


def _count(shape: Shape, axes: tuple[int, ...]) -> int:
    return prod([shape[axis] for axis in axes])


# ---- The layers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sets:
    """Which elements share a mean, for inputs of one shape.

    Group normalization of (32, 8, 8, 6) with 3 groups: the view is (32, 8, 8, 3, 2), the axes (1, 2, 4), and
    gamma lies along (1, 1, 1, 3, 2). Batch normalization: the view is the shape, (0, 1, 2), (1, 1, 1, 6).
    """

    view: Shape  # the input's shape, or a finer one in which the sets are whole axes
    axes: tuple[int, ...]  # of the view, ascending: over these a mean is taken
    along: Shape  # how gamma and beta lie in the view: its lengths on their axes, 1 on the others

    @cached_property
    def share_gamma(self) -> bool:
        """Whether sets of several elements have one gamma each."""
        return bool(self.axes) and all(self.along[axis] == 1 for axis in self.axes)

    @cached_property
    def summed(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The axes over which gamma's gradient is summed, in two steps: first the sets', if it can be."""
        others = tuple(axis for axis, length in enumerate(self.along) if length == 1)
        first = self.axes if self.share_gamma else others
        return first, tuple(axis for axis in others if axis not in first)


class _SetNormalization(Layer):
    """``gamma * x_hat + beta``, with x_hat over the sets that a subclass names in ``_sets``."""

    _statistics_of_input = True  # of the last call; False only for the moving ones of batch normalization

    def __init__(self, epsilon: float, center: bool, scale: bool) -> None:
        super().__init__()
        self.epsilon = _checked_epsilon(self.name, epsilon)
        self.center = center
        self.scale = scale
        self.trainable_names = (("gamma",) if scale else ()) + (("beta",) if center else ())

    def _sets(self, shape: Shape) -> _Sets:
        """The sets for inputs of ``shape``. Raises ValueError where the settings do not fit it."""
        raise NotImplementedError

    def _weight_shape(self, shape: Shape) -> Shape:
        """The shape of gamma and beta: one number a channel, unless a layer says otherwise."""
        return (shape[self.axis],)

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        self._sets(shape)
        self.gamma = np.ones(self._weight_shape(shape), dtype)
        self.beta = np.zeros(self._weight_shape(shape), dtype)
        super().build(shape, dtype, rng)

    def check_shape(self, shape) -> None:
        _check_against_weights(self, shape, self.gamma.shape)

    def _accept(self, x) -> None:
        super()._accept(x)
        self._current = self._sets(x.shape)

    def shared_sets(self, shape: tuple[int, ...]) -> np.ndarray:
        """Number the sets of elements that share a mean: an int array of ``shape``."""
        sets = self._sets(shape)
        return _numbered(with_ones(sets.view, sets.axes), sets.view).reshape(shape)

    def forward(self, x, training) -> np.ndarray:
        sets = self._current
        x_hat, inverse_std = self._normalized(x.reshape(sets.view), sets, training)
        self._cache = (sets, x_hat, inverse_std)
        if self.scale:
            y = x_hat * in_rows(self.gamma.reshape(sets.along), sets.view)
        else:
            y = x_hat.copy()  # the cache stays the layer's own
        if self.center:
            y += in_rows(self.beta.reshape(sets.along), sets.view)
        return y.reshape(x.shape)

    def _normalized(self, x: np.ndarray, sets: _Sets, training: bool) -> tuple[np.ndarray, np.ndarray]:
        """x_hat and inverse_std: from x itself, in training as in inference."""
        x_hat, _, _, inverse_std = normalize(x, sets.axes, self.epsilon)
        return x_hat, inverse_std

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        sets, x_hat, inverse_std = self._recall(gradient)
        g = gradient.reshape(sets.view)
        totals = self._store_gradients(g, x_hat, sets)
        gamma = self.gamma.reshape(sets.along)
        if not self._statistics_of_input:  # constants: only the scale is left
            dx = g * in_rows(gamma * inverse_std, sets.view)
        elif sets.share_gamma:
            dx = normalize_gradient(g, x_hat, gamma * inverse_std, sets.axes, totals)
        else:
            dx = np.empty_like(x_hat)
            gamma = in_rows(gamma, sets.view)
            for part in parts(x_hat):  # sets of one example: g * gamma need not be there all at once
                dx[part] = normalize_gradient(g[part] * gamma, x_hat[part], inverse_std[part], sets.axes)
        return dx.reshape(gradient.shape)

    def _store_gradients(self, g: np.ndarray, x_hat: np.ndarray, sets: _Sets) -> tuple[np.ndarray, np.ndarray]:
        """Sum g and g * x_hat into the gradients of beta and gamma; return the first step's sums.

        Where the elements of a set share their gamma, these are the sums over the sets, which the
        input's gradient needs too.
        """
        first, rest = sets.summed
        totals = sum_over(g, first), sum_over(g, first, times=x_hat)
        for name, total in zip(("beta", "gamma"), totals):
            if name in self.gradients:
                total = sum_over(total, rest) if rest else total
                self.gradients[name][...] = total.reshape(self.gradients[name].shape)
        return totals


def _checked_epsilon(name: str, epsilon: float) -> float:
    if not epsilon >= 0:
        raise ValueError(f"{name} expects epsilon >= 0, got {epsilon!r}")
    # NumPy's own float64 numbers would turn float32 results into float64.
    return float(epsilon)


def _check_against_weights(layer: Layer, shape: Shape, built: Shape) -> None:
    """Raise ValueError unless inputs of ``shape`` go with weights of the shape ``built``."""
    first = layer._built_for
    if len(shape) != len(first) or layer._weight_shape(shape) != built:
        raise ValueError(
            f"{layer.name} was built for rank {len(first)} with weights of shape {built} "
            f"(first input: {first}), got shape {tuple(shape)}"
        )


def _numbered(kept: Shape, shape: Shape) -> np.ndarray:
    """Numbers 0, 1, ... for the sets, at every element of ``shape``."""
    return np.broadcast_to(np.arange(prod(kept)).reshape(kept), shape)


class BatchNormalization(_SetNormalization):
    """Batch normalization: one mean a channel, shared by all examples and places.

    In training the statistics are the batch's and the moving ones follow them:

        moving = momentum * moving + (1 - momentum) * batch

    In inference the moving statistics are used, so that an example's output does not depend on
    the others beside it. Arguments, defaults, weight names and the momentum's meaning are Keras'.
    (PyTorch's momentum is one minus this one. Its moving variance, and the one in the paper's
    algorithm 2, is the unbiased one, m / (m - 1) times the batch's; Keras' and this one is not.)

    Args:
        axis: the axis of the channels; all other axes are averaged over.
        momentum: the share of the old moving statistics that an update keeps, in [0, 1].
        epsilon: added to the variance. Keras' default 1e-3; the papers' code often has 1e-5.
        center: False leaves beta out. scale: False leaves gamma out.

    Shapes: (N, C), (N, H, W, C) or any other with N first, to the same shape.

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
        super().__init__(epsilon, center, scale)
        self.axis = checked_axis(self.name, axis)
        if not 0 <= momentum <= 1:
            raise ValueError(f"BatchNormalization expects a momentum in [0, 1], got {momentum!r}")
        self.momentum = float(momentum)

    def _sets(self, shape) -> _Sets:
        channel = resolved_axes(self.name, self.axis, shape)
        axes = tuple(axis for axis in range(len(shape)) if axis not in channel)
        return _Sets(shape, axes, lengths_on(shape, channel))

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        super().build(shape, dtype, rng)
        self.moving_mean = np.zeros_like(self.gamma)
        self.moving_variance = np.ones_like(self.gamma)

    def _normalized(self, x, sets, training) -> tuple[np.ndarray, np.ndarray]:
        self._statistics_of_input = training
        if training:
            x_hat, mean, variance, inverse_std = normalize(x, sets.axes, self.epsilon)
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_variance, variance)
        else:
            inverse_std = 1 / np.sqrt(self.moving_variance.reshape(sets.along) + self.epsilon)
            x_hat = x - in_rows(self.moving_mean.reshape(sets.along), x.shape)
            x_hat *= in_rows(inverse_std, x.shape)
        return x_hat, inverse_std

    def _follow(self, moving: np.ndarray, batch: np.ndarray) -> None:
        moving *= self.momentum
        moving += (1 - self.momentum) * batch.reshape(-1)


class LayerNormalization(_SetNormalization):
    """Layer normalization: one mean an example (and, by default, a place), shared by its features.

    The same in training and in inference; an example's output does not depend on the others.

    Args:
        axis: the axis or axes that share a mean, counted with the batch as axis 0: -1 the
            channels of each place, (1, 2, 3) a whole picture.
        epsilon: added to the variance. Keras' default 1e-3.
        center: False leaves beta out. scale: False leaves gamma out.

    Shapes: (N, C), (N, H, W, C) or any other with N first, to the same shape.

    Weights, of the shape of the normalized axes, in ascending order: (C,) by default, (H, W, C)
    for axis=(1, 2, 3). ``gamma`` starts at 1, ``beta`` at 0; one for each feature, not for each
    example.

    Raises:
        ValueError: epsilon negative; no axis, or one named twice; on the first call an axis that
            the input does not have, or the batch's; later lengths of these axes other than the first.

    Source: Ba, Kiros and Hinton (2016, arXiv:1607.06450), eq. 3, 4.
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
    ) -> None:
        super().__init__(epsilon, center, scale)
        self.axis = checked_axes(self.name, axis)

    def _sets(self, shape) -> _Sets:
        axes = resolved_axes(self.name, self.axis, shape)
        return _Sets(shape, axes, lengths_on(shape, axes))

    def _weight_shape(self, shape) -> Shape:
        return tuple(shape[axis] for axis in resolved_axes(self.name, self.axis, shape))


class InstanceNormalization(_SetNormalization):
    """Instance normalization: one mean for each channel of each example, over its places.

    The same in training and in inference. Group normalization with one channel a group; Keras has
    it as ``GroupNormalization(groups=-1)``. Of a picture it takes away brightness and contrast,
    channel by channel. On (N, C) every set is a single element, and the output is beta.

    Args:
        axis: the axis of the channels.
        epsilon: added to the variance. Keras' default 1e-3.
        center: False leaves beta out. scale: False leaves gamma out.

    Shapes: (N, H, W, C) or any other with N first, to the same shape.

    Weights, of shape (C,): ``gamma`` (starts at 1), ``beta`` (0).

    Raises:
        ValueError: epsilon negative; on the first call an axis that the input does not have, or the
            batch's; later a rank or number of channels other than the first.

    Source: Ulyanov, Vedaldi and Lempitsky (2016, arXiv:1607.08022), eq. 4.
    """

    def __init__(
        self, axis: int = -1, epsilon: float = 1e-3, center: bool = True, scale: bool = True
    ) -> None:
        super().__init__(epsilon, center, scale)
        self.axis = checked_axis(self.name, axis)

    def _sets(self, shape) -> _Sets:
        channel = resolved_axes(self.name, self.axis, shape)
        axes = tuple(axis for axis in range(1, len(shape)) if axis not in channel)
        return _Sets(shape, axes, lengths_on(shape, channel))


class GroupNormalization(_SetNormalization):
    """Group normalization: one mean for each group of neighbouring channels of each example.

    The same in training and in inference; an example's output does not depend on the others.
    With one group it is layer normalization over the whole example (but gamma and beta stay one
    a channel); with one channel a group, ``groups=-1``, it is instance normalization.

    Args:
        groups: number of groups; must divide the number of channels. -1: as many as channels.
        axis: the axis of the channels.
        epsilon: added to the variance. Keras' default 1e-3.
        center: False leaves beta out. scale: False leaves gamma out.

    Shapes: (N, C), (N, H, W, C) or any other with N first, to the same shape. Channel c belongs to
    group c // (C / groups).

    Weights, of shape (C,): ``gamma`` (starts at 1), ``beta`` (0): one a channel, not a group.

    Raises:
        ValueError: groups neither positive nor -1; epsilon negative; on the first call an axis
            that the input does not have, or a number of channels that groups does not divide;
            later a rank or number of channels other than the first.

    Source: Wu and He (2018, arXiv:1803.08494), eq. 7 and figure 3.
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
    ) -> None:
        super().__init__(epsilon, center, scale)
        if not isinstance(groups, (int, np.integer)) or not (groups >= 1 or groups == -1):
            raise ValueError(f"GroupNormalization expects a positive number of groups, or -1, got {groups!r}")
        self.groups = int(groups)
        self.axis = checked_axis(self.name, axis)

    def _sets(self, shape) -> _Sets:
        (channel,) = resolved_axes(self.name, self.axis, shape)
        channels = shape[channel]
        groups = channels if self.groups == -1 else self.groups
        if channels % groups:
            raise ValueError(
                f"GroupNormalization(groups={groups}) does not divide the {channels} channels of an input "
                f"of shape {tuple(shape)}"
            )
        view = (*shape[:channel], groups, channels // groups, *shape[channel + 1:])
        axes = tuple(axis for axis in range(1, len(view)) if axis != channel)
        return _Sets(view, axes, lengths_on(view, (channel, channel + 1)))


class RMSNormalization(Layer):
    """Root-mean-square normalization: layer normalization that leaves mean and shift out.

        y = scale * x / sqrt(mean(x²) + epsilon)

    What many of today's language models have in place of layer normalization.

    Args:
        axis: the axis or axes that share a mean square, as for ``LayerNormalization``.
        epsilon: added to the mean square. Keras' default 1e-6.

    Shapes: (N, C), (N, H, W, C) or any other with N first, to the same shape.

    Weight, of the shape of the normalized axes: ``scale`` (starts at 1), Keras' name for it.

    Raises:
        ValueError: as ``LayerNormalization``.

    Source: Zhang and Sennrich (2019, arXiv:1910.07467), eq. 4.
    """

    trainable_names = ("scale",)

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6) -> None:
        super().__init__()
        self.epsilon = _checked_epsilon(self.name, epsilon)
        self.axis = checked_axes(self.name, axis)

    def _weight_shape(self, shape) -> Shape:
        return tuple(shape[axis] for axis in resolved_axes(self.name, self.axis, shape))

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        self.scale = np.ones(self._weight_shape(shape), dtype)
        super().build(shape, dtype, rng)

    def check_shape(self, shape) -> None:
        _check_against_weights(self, shape, self.scale.shape)

    def shared_sets(self, shape: tuple[int, ...]) -> np.ndarray:
        """Number the sets of elements that share a mean square: an int array of ``shape``."""
        kept = with_ones(shape, resolved_axes(self.name, self.axis, shape))
        return _numbered(kept, shape)

    def forward(self, x, training) -> np.ndarray:
        axes = resolved_axes(self.name, self.axis, x.shape)
        x_hat, _, _, inverse_rms = normalize(x, axes, self.epsilon, subtract_mean=False)
        self._cache = (axes, x_hat, inverse_rms)
        return x_hat * self._scale_in_rows(x.shape, axes)

    def _scale_in_rows(self, shape: Shape, axes: tuple[int, ...]) -> np.ndarray:
        return in_rows(self.scale.reshape(lengths_on(shape, axes)), shape)

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        axes, x_hat, inverse_rms = self._recall(gradient)
        others = tuple(axis for axis in range(x_hat.ndim) if axis not in axes)
        self.gradients["scale"][...] = sum_over(gradient, others, times=x_hat).reshape(self.scale.shape)
        scale = self._scale_in_rows(x_hat.shape, axes)
        dx = np.empty_like(x_hat)
        for part in parts(x_hat):
            dx[part] = normalize_gradient(
                gradient[part] * scale, x_hat[part], inverse_rms[part], axes, subtract_mean=False
            )
        return dx
