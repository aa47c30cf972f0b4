"""Notebook 03, code: the forward pass."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.batch_normalization_from_scratch._shared import _root


def batch_norm(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))  # all axes but the last, the channels
    mean = x.mean(axis=axes)
    variance = x.var(axis=axes)
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


def _forward_cases():
    rng = np.random.default_rng(47)
    gamma, beta = np.array([1.5, 0.7, 2.0]), np.array([0.4, -0.6, 1.1])
    # Small spreads, so that the place of epsilon shows; few examples, so that N - 1 shows.
    rows = rng.normal([2.0, -1.0, 0.5], [0.30, 0.05, 0.15], size=(5, 3))
    constant = rows.copy()
    constant[:, 1] = 7.0
    images = rng.normal(0.3, 0.2, size=(3, 4, 2, 3)) * [1, 2, 3] + rng.normal(0, 0.3, size=(3, 1, 1, 1))
    return [
        Case("on a batch of shape (5, 3), with the default epsilon", (rows, gamma, beta)),
        Case("on the same batch with epsilon = 0.05", (rows, gamma, beta, 0.05)),
        Case("on a batch with a constant channel", (constant, gamma, beta, 1e-2)),
        Case("on images of shape (3, 4, 2, 3)", (images, gamma, beta, 1e-2)),
    ]


def _channel_axes(x):
    return tuple(range(x.ndim - 1))


def _divided(divisor, axes_of=_channel_axes, ddof=0):
    """A forward pass that divides by ``divisor(variance, epsilon)``, with moments over ``axes_of(x)``."""

    def wrong(x, gamma, beta, epsilon=1e-3):
        axes = axes_of(x)
        mean = x.mean(axis=axes, keepdims=True)
        variance = x.var(axis=axes, ddof=ddof, keepdims=True)
        return gamma * (x - mean) / divisor(variance, epsilon) + beta

    return wrong


def _x_hat(x, epsilon):
    return _divided(_root)(x, 1.0, 0.0, epsilon)


def _second_moment(x, gamma, beta, epsilon=1e-3):
    axes = _channel_axes(x)
    mean = np.mean(x, axes, keepdims=True)
    variance = np.mean(x * x, axes, keepdims=True) - mean * mean
    return (x - mean) * (variance + epsilon) ** -0.5 * gamma + beta


def _rows_and_one_scale(x, gamma, beta, epsilon=1e-3):
    rows = np.reshape(x, (-1, x.shape[-1]))
    centred = rows - rows.sum(0) / len(rows)
    scale = gamma / np.sqrt((centred**2).mean(0) + epsilon)
    return (centred * scale + beta).reshape(x.shape)


def _in_float32(x, gamma, beta, epsilon=1e-3):
    x = x.astype(np.float32)
    return (gamma * _x_hat(x, epsilon) + beta).astype(np.float32)


def _mean_over_std(x, epsilon):
    axes = _channel_axes(x)
    return x.mean(axis=axes) / np.sqrt(x.var(axis=axes) + epsilon)


def _over_the_images(x, gamma, beta, epsilon=1e-3):
    axes = _channel_axes(x)
    mean = x.sum(axis=axes) / len(x)
    variance = ((x - mean) ** 2).sum(axis=axes) / len(x)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _average_of_variances(inner):
    """On images an average of variances, each around a mean of its own: over the axes ``inner``, averaged over the rest."""

    def wrong(x, gamma, beta, epsilon=1e-3):
        if x.ndim == 2:
            return gamma * _x_hat(x, epsilon) + beta
        variance = x.var(axis=inner, keepdims=True).mean(axis=(0, 1, 2))
        return gamma * (x - x.mean(axis=(0, 1, 2))) / np.sqrt(variance + epsilon) + beta

    return wrong


_PER_EXAMPLE = (
    "The mean and the variance are taken over the features of one example (axis 1, or the last axis): each example is "
    "normalized by itself, which is layer normalization. Average over the axis that counts the examples."
)


_BRACKETS = (
    "Only the mean is divided by the standard deviation. Division comes before subtraction unless brackets say "
    "otherwise: where do the brackets belong?"
)


_INITIAL_STATISTICS = (
    "The output is (nearly) gamma · x + beta: that is normalization with mean 0 and variance 1, the values at which "
    "moving statistics start. In training, use the batch's own mean and variance."
)


def _mean_is_beta(args, outputs):
    x, _, beta = args[:3]
    return not np.isfinite(outputs[0]).all() or np.allclose(outputs[0].mean(axis=_channel_axes(x)), beta, atol=1e-4)


def _groups_are_not_normalized(args, outputs):
    x, _, beta = args[:3]
    groups = [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)] if x.ndim == 4 else []
    return not any(np.allclose(outputs[0].mean(axis=axes), beta, atol=1e-4) for axes in groups)


def _std_is_gamma(args, outputs):
    x, gamma = args[:2]
    epsilon = args[3] if len(args) > 3 else 1e-3
    variance = x.var(axis=_channel_axes(x))
    wanted = np.abs(gamma) * np.sqrt(variance / (variance + epsilon))
    return not np.isfinite(outputs[0]).all() or np.allclose(outputs[0].std(axis=_channel_axes(x)), wanted, atol=1e-4)


def _no_factor_near_1(args, outputs):
    """False where each channel's distance from beta is the right one times a number, near 1 unless epsilon matters."""
    x, epsilon = args[0], args[3] if len(args) > 3 else 1e-3
    axes = _channel_axes(x)
    variance = x.var(axis=axes)
    got, right = (y - args[2] for y in (outputs[0], batch_norm._solution(*args)))
    factor = np.where(variance > 0, (got * right).sum(axis=axes) / np.where(variance > 0, (right**2).sum(axis=axes), 1), 1)
    near = np.abs(factor - 1)[variance > 10 * epsilon] < 0.25
    return _std_is_gamma(args, outputs) or not (np.allclose(got, factor * right, atol=1e-5) and near.all())


def _two_at_once():
    """A wrong divisor beside N - 1 or beside axes that already show on rows."""
    divisors = [
        ("std + epsilon", "epsilon is added to the standard deviation, not to the variance inside the root.",
         lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ("no square root", "the centred values are divided by the variance, not by its square root.",
         lambda variance, epsilon: variance + epsilon),
        ("epsilon left out", "epsilon is missing.", lambda variance, epsilon: np.sqrt(variance)),
        ("root of std + epsilon", "the root is taken twice: of the variance, and then of the standard deviation plus epsilon.",
         lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon)),
    ]
    for name, message, divisor in divisors:
        yield Mistake(
            f"ddof=1 + {name}", f"The variance is computed with N - 1, not N. Beside that, {message}",
            _divided(divisor, ddof=1),
        )
        yield Mistake(f"axis=1 + {name}", f"{_PER_EXAMPLE} Beside that, {message}",
                      _divided(divisor, lambda x: tuple(range(1, x.ndim))))
        yield Mistake(f"last axis + {name}", f"{_PER_EXAMPLE} Beside that, {message}",
                      _divided(divisor, lambda x: (x.ndim - 1,)))
        yield Mistake(
            f"one mean for all + {name}",
            f"One mean and one variance are used for the whole array. Each channel has its own. Beside that, {message}",
            _divided(divisor, lambda x: tuple(range(x.ndim))),
        )
        yield Mistake(
            f"per-element statistics + {name}",
            "On images, every position has a mean of its own: the average runs over axis 0 only. A channel's mean runs over "
            f"all images and all positions. Beside that, {message}",
            _divided(divisor, lambda x: (0,)),
        )


batch_norm = CodeExercise(
    batch_norm,
    outputs=["y"],
    cases=_forward_cases,
    variants=[_second_moment, _rows_and_one_scale, _in_float32],
    mistakes=[
        Mistake(
            "ddof=1",
            "The variance is computed with N - 1. Batch normalization divides by N: its variance describes this batch "
            "and does not estimate that of other data. Look for `ddof=1`.",
            _divided(_root, ddof=1),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It must be added to the variance, inside the root. The "
            "difference matters where a channel's spread is small.",
            _divided(lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ),
        *_two_at_once(),
        Mistake(
            "root of std + epsilon",
            "The root is taken twice: of the variance, and then of the standard deviation plus epsilon.",
            _divided(lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon)),
        ),
        Mistake(
            "no square root",
            "The centred values are divided by the variance, not by its square root: the spread of the result is "
            "then 1 / (the old spread), and not 1.",
            _divided(lambda variance, epsilon: variance + epsilon),
        ),
        Mistake("axis=1", _PER_EXAMPLE, _divided(_root, lambda x: tuple(range(1, x.ndim)))),
        Mistake("axis=1, without keepdims", _PER_EXAMPLE, lambda x, *rest: x - x.mean(axis=1)),
        Mistake("last axis", _PER_EXAMPLE, _divided(_root, lambda x: (x.ndim - 1,))),
        Mistake(
            "per-element statistics",
            "This is right for shape (N, C). On images, every position has a mean of its own: you average over axis 0 "
            "only. A channel's mean should run over all images and all positions.",
            _divided(_root, lambda x: (0,)),
        ),
        Mistake(
            "instance axes",
            "This is right for shape (N, C). On images, each one is normalized by itself, channel by channel (only "
            "axes 1 and 2): that is instance normalization. Average over axis 0 as well.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (1, 2)),
        ),
        Mistake(
            "one mean for all",
            "One mean and one variance are used for the whole array. Each channel has its own: leave the last axis "
            "out of the average.",
            _divided(_root, lambda x: tuple(range(x.ndim))),
        ),
        Mistake(
            "one variance for all",
            "One variance is used for the whole array. Each channel has its own: `var` needs the axes that `mean` has.",
            lambda x, gamma, beta, epsilon=1e-3: (
                gamma * (x - x.mean(axis=_channel_axes(x))) / np.sqrt(x.var() + epsilon) + beta
            ),
        ),
        Mistake(
            "ddof=1 + per-element statistics",
            "The variance is computed with N - 1, not N. Beside that, on images every position has a mean of its own: "
            "a channel's mean should run over all images and all positions.",
            _divided(_root, lambda x: (0,), ddof=1),
        ),
        Mistake(
            "one mean for all on images",
            "This is right for shape (N, C). On images, one mean and one variance are used for the whole array: leave "
            "the last axis, the channels, out of the average.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else tuple(range(x.ndim))),
        ),
        Mistake(
            "epsilon left out",
            "Epsilon is missing. A channel that is constant in the batch has variance 0, and 0 / 0 is NaN. Where the "
            "variance is small, the result is wrong, too.",
            _divided(lambda variance, epsilon: np.sqrt(variance)),
        ),
        Mistake(
            "epsilon outside the root",
            "Epsilon is added twice, inside the root and outside it: check the brackets of the root.",
            _divided(lambda variance, epsilon: np.sqrt(variance + epsilon) + epsilon),
        ),
        Mistake(
            "epsilon fixed at 1e-3",
            "You use 1e-3 whatever epsilon is passed. Use the argument.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * _x_hat(x, 1e-3) + beta,
        ),
        Mistake(
            "epsilon fixed at 1e-5",
            "Epsilon is 1e-5, PyTorch's default, whatever is passed. Here epsilon is an argument, with Keras' default "
            "of 1e-3.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * _x_hat(x, 1e-5) + beta,
        ),
        Mistake(
            "gamma and beta swapped",
            "gamma and beta have changed places: multiply by gamma (the new spread) and add beta (the new mean).",
            lambda x, gamma, beta, epsilon=1e-3: beta * _x_hat(x, epsilon) + gamma,
        ),
        Mistake(
            "gamma and beta left out",
            "This is x_hat, with mean 0 and variance 1. The last step is missing: scale by gamma, shift by beta.",
            lambda x, gamma, beta, epsilon=1e-3: _x_hat(x, epsilon),
        ),
        Mistake(
            "beta left out",
            "beta is not added. The mean of each channel of the result must be beta.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * _x_hat(x, epsilon),
        ),
        Mistake(
            "gamma left out",
            "x_hat is not multiplied by gamma. The spread of each channel of the result must be gamma.",
            lambda x, gamma, beta, epsilon=1e-3: _x_hat(x, epsilon) + beta,
        ),
        Mistake(
            "sign turned",
            "The sign of x_hat is flipped: subtract the mean from x, not x from the mean.",
            lambda x, gamma, beta, epsilon=1e-3: beta - gamma * _x_hat(x, epsilon),
        ),
        Mistake(
            "beta scaled by gamma",
            "beta is added before gamma multiplies, so the new mean is gamma · beta. Scale first, then shift.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * (_x_hat(x, epsilon) + beta),
        ),
        Mistake(
            "mean not subtracted",
            "The values are divided by the standard deviation, but the mean is not subtracted first.",
            lambda x, gamma, beta, epsilon=1e-3: (
                gamma * x / np.sqrt(x.var(axis=_channel_axes(x)) + epsilon) + beta
            ),
        ),
        Mistake(
            "brackets around the difference",
            _BRACKETS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * (x - _mean_over_std(x, epsilon)) + beta,
        ),
        Mistake(
            "brackets around the difference, gamma on x alone",
            _BRACKETS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * x - _mean_over_std(x, epsilon) + beta,
        ),
        Mistake(
            "not divided",
            "The values are centred, scaled and shifted, but not divided by the standard deviation in between.",
            _divided(lambda variance, epsilon: 1.0),
        ),
        Mistake(
            "variance around 0",
            "The variance is taken around 0, as the mean of x²; it should be the mean of (x - mean)².",
            lambda x, gamma, beta, epsilon=1e-3: (
                gamma * (x - x.mean(axis=_channel_axes(x))) / np.sqrt((x**2).mean(axis=_channel_axes(x)) + epsilon)
                + beta
            ),
        ),
        Mistake(
            "squares summed",
            "The squared deviations are summed, not averaged: this variance grows with the batch.",
            lambda x, gamma, beta, epsilon=1e-3: _divided(
                lambda variance, epsilon: np.sqrt(variance * (x.size // x.shape[-1]) + epsilon)
            )(x, gamma, beta, epsilon),
        ),
        Mistake(
            "sums divided by the number of images",
            "This is right for shape (N, C). On images, the sums are divided by N, the number of images; each channel "
            "has N · H · W values.",
            _over_the_images,
        ),
        Mistake(
            "channels first",
            "This is right for shape (N, C). On images, you average over axes 0, 2 and 3. Those axes fit (N, C, H, W), "
            "PyTorch's layout. Here the channels come last.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (0, 2, 3)),
        ),
        Mistake(
            "layer axes on images",
            "This is right for shape (N, C). On images, each one is normalized by itself (axes 1, 2 and 3): that is "
            "layer normalization. Average over axis 0 as well, and leave the channels out of the average.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (1, 2, 3)),
        ),
        Mistake(
            "one axis of the picture forgotten",
            "This is right for shape (N, C). On images, you average over axes 0 and 1 only: every column of the image "
            "has a mean of its own. A channel's mean should run over all positions.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (0, 1)),
        ),
        Mistake(
            "variances position by position, averaged",
            "This is right for shape (N, C). On images, you take a variance at every position, around the mean of that "
            "position, and average them. The variance of a channel should be taken around its one mean, over all "
            "images and positions.",
            _average_of_variances((0,)),
        ),
        Mistake(
            "variances image by image, averaged",
            "This is right for shape (N, C). On images, you take a variance in every image, around the mean of that "
            "image, and average them. The variance of a channel should be taken around its one mean, over all images "
            "and positions.",
            _average_of_variances((1, 2)),
        ),
        Mistake(
            "default epsilon 1e-5",
            "The result is right when epsilon is passed. When it is not, your default is 1e-5, as in PyTorch. Here the "
            "default is 1e-3, as in Keras.",
            lambda x, gamma, beta, epsilon=1e-5: gamma * _x_hat(x, epsilon) + beta,
        ),
        Mistake(
            "moving statistics in training",
            _INITIAL_STATISTICS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * x / np.sqrt(1 + epsilon) + beta,
        ),
        Mistake(
            "moving statistics in training, without epsilon",
            _INITIAL_STATISTICS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * x + beta,
        ),
    ],
    properties=[
        Property("The mean of each channel of the result should be beta, but it is not.", _mean_is_beta),
        Property(
            "On images, some part of a channel (an image, a row, a position) has the mean beta on its own: it is "
            "normalized by itself. One mean and one variance should be used for the whole channel.",
            _groups_are_not_normalized,
        ),
        Property(
            "The means are right. In every channel the distances from beta are off by one factor, which is near 1 "
            "where the spread is large. Look at where epsilon is added, and at the number by which the squares are "
            "divided.",
            _no_factor_near_1,
        ),
        Property(
            "The means are right. The standard deviation of each channel of the result should be gamma (up to "
            "epsilon), but it is not.",
            _std_is_gamma,
        ),
    ],
    points=3,
    hints=[
        "Four steps: mean, variance, normalize, scale and shift. Each is one line, and the formula's letters are "
        "good names.",
        "For (N, C) the axes are `(0,)`, for (N, H, W, C) they are `(0, 1, 2)`: all axes but the last. "
        "`tuple(range(x.ndim - 1))` gives both.",
        "`x.mean(axis=axes)` and `x.var(axis=axes)` have shape (C,) and broadcast against x. Epsilon goes inside "
        "the root.",
    ],
    insight="One rule handled both shapes. Notice that the constant channel became beta, not NaN. That is what epsilon "
    "is for.",
)
