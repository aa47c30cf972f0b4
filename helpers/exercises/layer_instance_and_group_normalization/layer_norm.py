"""Notebook 06, code: layer normalization."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.layer_instance_and_group_normalization._shared import (
    _axes,
    _channel_weights,
    _example_axes,
    _formula_mistakes,
    _mixed,
    _over,
    _pairs,
    _reached,
    _sets_mistakes,
    _undone,
    _whole,
    _without_groups,
)


def layer_norm(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(1, x.ndim))  # all axes but the first, the examples
    mean = x.mean(axis=axes, keepdims=True)
    variance = x.var(axis=axes, keepdims=True)
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


def _layer_cases():
    rng = np.random.default_rng(49)
    # Small spreads, so that the place of epsilon shows; square, so that a lost axis does not only raise.
    square = rng.normal(size=(4, 4)) * [[0.30], [0.05], [0.15], [0.20]] + [[2.0], [-1.0], [0.5], [1.0]]
    rows = rng.normal(size=(5, 3)) * [[0.3], [0.1], [0.2], [0.4], [0.1]] + rng.normal(size=(5, 1))
    alike = rows.copy()
    alike[2] = 7.0
    images = rng.normal(size=(3, 4, 2, 3)) * [0.1, 0.3, 0.2] + rng.normal(size=(3, 1, 1, 3))
    four, three = _channel_weights(4), _channel_weights(3)
    return [
        Case("on a batch of shape (4, 4), with the default epsilon", (square, *four)),
        Case("on a batch of shape (5, 3)", (rows, *three, 0.06)),
        Case("on a batch with an example whose values are all equal", (alike, *three, 1e-2), edge=True),
        Case("on images of shape (3, 4, 2, 3)", (images, *three, 0.05)),
        Case("on a batch of one example", (rows[:1], *three, 1e-2), edge=True),
        Case("on a batch of shape (4, 3), with epsilon 0", (rows[:4], *three, 0.0), edge=True),
    ]


def _as_rows(x, gamma, beta, epsilon=1e-3):
    rows = x.reshape(len(x), -1).T
    rows = (rows - rows.mean(0)) * (rows.var(0) + epsilon) ** -0.5
    return rows.T.reshape(x.shape) * gamma + beta


def _one_by_one(x, gamma, beta, epsilon=1e-3):
    y = np.empty(x.shape)
    for n, example in enumerate(x):
        y[n] = (example - np.mean(example)) / np.sqrt(np.mean((example - np.mean(example)) ** 2) + epsilon)
    return y * gamma + beta


def _layer_in_float32(x, gamma, beta, epsilon=1e-3):
    return _as_rows(x.astype(np.float32), gamma, beta, epsilon).astype(np.float32)


def _without_keepdims(x, gamma, beta, epsilon=1e-3):
    axes = _example_axes(x)
    return gamma * ((x - x.mean(axis=axes)) / np.sqrt(x.var(axis=axes) + epsilon)) + beta


def _example_weights(x_hat, gamma, beta):
    shape = (-1, *[1] * (x_hat.ndim - 1))
    return gamma.reshape(shape) * x_hat + beta.reshape(shape)


def _column_weights(x_hat, gamma, beta):
    return gamma[:, None] * x_hat + beta[:, None]


def _column_behind(x_hat, gamma, beta):
    return x_hat * gamma[:, None] + beta[:, None]


def _divided_by_channels(x, gamma, beta, epsilon=1e-3):
    axes, channels = _example_axes(x), x.shape[-1]
    mean = x.sum(axis=axes, keepdims=True) / channels
    variance = ((x - mean) ** 2).sum(axis=axes, keepdims=True) / channels
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _squares_summed(x, gamma, beta, epsilon=1e-3):
    axes = _example_axes(x)
    centred = x - x.mean(axis=axes, keepdims=True)
    return gamma * centred / np.sqrt((centred**2).sum(axis=axes, keepdims=True) + epsilon) + beta


def _rows_hat(x, epsilon):
    rows = x.reshape(len(x), -1)
    return (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + epsilon)


def _unit_length(x, gamma, beta, epsilon=1e-3):
    return gamma * x / np.sqrt((x**2).sum(axis=_example_axes(x), keepdims=True) + epsilon) + beta


def _weights_by_row(x, gamma, beta, epsilon=1e-3):
    y = np.empty(x.shape)
    for n, example in enumerate(x):
        for i, row in enumerate(example):
            y[n, i] = (row - example.mean()) / np.sqrt(example.var() + epsilon) * gamma[i] + beta[i]
    return y


def _zero_to_one(x, gamma, beta, epsilon=1e-3):
    axes = _example_axes(x)
    low, high = x.min(axis=axes, keepdims=True), x.max(axis=axes, keepdims=True)
    return gamma * (x - low) / (high - low + epsilon) + beta


_OVER_THE_BATCH = (
    "The mean and the variance run over axis 0, the examples: that is batch normalization. Here each example is "
    "normalized by itself, over all its other axes."
)


def _on_images(axes):
    """The right axes on (N, C), others on images."""
    return _axes(lambda x: (1,) if x.ndim == 2 else axes)


# The common ones: they are paired with a second mistake.
_WRONG_AXES = [
    (
        "axis 0",
        _OVER_THE_BATCH,
        _axes(lambda x: (0,)),
    ),
    (
        "last axis only",
        "On (N, C) the axes are right. On images every position is normalized by itself, over its channels: that is "
        "what Keras' LayerNormalization does by default. Here the image as a whole shares one mean.",
        _axes(lambda x: (x.ndim - 1,)),
    ),
    (
        "axis 1 only",
        "On (N, C) the axes are right. On images axis 1 is the height alone: width and channels must be averaged "
        "over, too.",
        _axes(lambda x: (1,)),
    ),
    (
        "instance axes",
        "On (N, C) the axes are right. On images each channel is normalized by itself: that is instance "
        "normalization. Average over the channels as well.",
        _on_images((1, 2)),
    ),
    (
        "one mean for all",
        "One mean and one variance serve the whole array. Each example has its own: leave axis 0 out of the average.",
        _axes(lambda x: tuple(range(x.ndim))),
    ),
]
_OTHER_AXES = [
    (
        "batch axes",
        _OVER_THE_BATCH,
        _axes(lambda x: tuple(range(x.ndim - 1))),
    ),
    (
        "channels-first axes on images",
        "On (N, C) it is right. On images axes 2 and 3 are width and channels; the height is left out.",
        _on_images((2, 3)),
    ),
    (
        "batch axes on images",
        "On (N, C) it is right. On images the mean runs over the images, too: that is batch normalization.",
        _on_images((0, 1, 2)),
    ),
    (
        "one mean for all on images",
        "On (N, C) it is right. On images one mean serves the whole array: leave axis 0 out of the average.",
        _on_images((0, 1, 2, 3)),
    ),
    (
        "axes of images",
        "Axes 1, 2 and 3 are there for images only; a batch of shape (N, C) has no axis 2. Name the axes by what "
        "they have in common: all but the first, however many there are.",
        _axes(lambda x: (1, 2, 3)),
    ),
]


_AXES_AS_A_TUPLE = "NumPy takes several axes as one tuple. A `range` or a list of them raises this error."


_GAMMA_AS_A_COLUMN = (
    "gamma has become a column of shape (C, 1), and NumPy lines that up with the axis before the last. The channels "
    "are the last axis, and gamma of shape (C,) lines up with it by itself."
)


_ROWS = (
    "The examples are flattened to rows, which is a good way, but gamma has one number per channel and a row has "
    "H · W · C values. Give x_hat the shape of x again before gamma and beta are used."
)


def _example_means_are_zero(args, outputs):
    x_hat = _undone(args, outputs, 1)
    return np.allclose(x_hat.mean(axis=_example_axes(x_hat)), 0, atol=1e-4)


def _example_variances(args, outputs):
    x, x_hat = args[0], _undone(args, outputs, 1)
    epsilon = args[3] if len(args) > 3 else 1e-3
    variance = x.var(axis=_example_axes(x))
    return np.allclose(x_hat.var(axis=_example_axes(x)), variance / (variance + epsilon), atol=1e-4)


layer_norm = CodeExercise(
    layer_norm,
    outputs=["y"],
    cases=_layer_cases,
    variants=[_as_rows, _one_by_one, _layer_in_float32],
    mistakes=[
        *_sets_mistakes(_WRONG_AXES + _OTHER_AXES, _without_groups),
        Mistake(
            "keepdims forgotten",
            "The mean of each example is subtracted from a *column* instead of a row: without `keepdims` it has "
            "shape (N,), and NumPy lines that up with the last axis. On a square batch this goes unnoticed; on "
            "others it raises an error.",
            _without_keepdims,
        ),
        Mistake(
            "keepdims forgotten, mean only",
            "The mean is lined up with the wrong axis: without `keepdims` it has shape (N,), and NumPy takes that for "
            "one number per channel.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * (
                (x - x.mean(axis=_example_axes(x))) / np.sqrt(x.var(axis=_example_axes(x), keepdims=True) + epsilon)
            ) + beta,
        ),
        Mistake(
            "keepdims forgotten, variance only",
            "The variance is lined up with the wrong axis: without `keepdims` it has shape (N,), and NumPy takes that "
            "for one number per channel.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * (
                (x - x.mean(axis=_example_axes(x), keepdims=True)) / np.sqrt(x.var(axis=_example_axes(x)) + epsilon)
            ) + beta,
        ),
        Mistake(
            "gamma for each example",
            "gamma and beta are applied per example. There is one mean per example, but one gamma and one beta per "
            "channel. (A weight for each example could not be learned: the next batch has other examples.)",
            _without_groups(_over(_whole, finish=_example_weights)),
        ),
        Mistake("gamma as a column", _GAMMA_AS_A_COLUMN, _without_groups(_over(_whole, finish=_column_weights))),
        Mistake("gamma as a column, behind", _GAMMA_AS_A_COLUMN, _without_groups(_over(_whole, finish=_column_behind))),
        Mistake("axes as a range", _AXES_AS_A_TUPLE, lambda x, *rest: x.mean(axis=range(1, x.ndim))),
        Mistake("axes as a list", _AXES_AS_A_TUPLE, lambda x, *rest: x.mean(axis=list(range(1, x.ndim)))),
        Mistake(
            "sums divided by C",
            "On (N, C) it is right. On images the sums are divided by C; an example has H · W · C values.",
            _divided_by_channels,
        ),
        Mistake(
            "squares summed",
            "The squared deviations are added up and not averaged: this variance grows with the number of values.",
            _squares_summed,
        ),
        *_formula_mistakes(_whole, _without_groups),
        *_mixed(
            _whole,
            [("all examples together", _axes(lambda x: tuple(range(x.ndim)))),
             ("each channel over the batch", _axes(lambda x: tuple(range(x.ndim - 1))))],
            _without_groups,
        ),
        Mistake(
            "rows not folded back",
            _ROWS,
            lambda x, gamma, beta, epsilon=1e-3: _rows_hat(x, epsilon) * gamma + beta,
        ),
        Mistake(
            "rows not folded back, gamma first",
            _ROWS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * _rows_hat(x, epsilon) + beta,
        ),
        Mistake(
            "divided by its length",
            "Each example is divided by its length, the root of the *sum* of its squares, and no mean is subtracted.",
            _unit_length,
        ),
        Mistake(
            "weights by row",
            "gamma and beta are read with the index of axis 1. On (N, C) that is the channel; on images it is the "
            "height. The channels are the last axis; NumPy lines gamma up with it by itself.",
            _weights_by_row,
        ),
        Mistake(
            "scaled to 0 to 1",
            "Each example is rescaled to run from 0 to about 1 before gamma and beta. Normalization subtracts the mean "
            "and divides by the standard deviation: then one extreme value does not decide for all.",
            _zero_to_one,
        ),
        Mistake(
            "unchanged",
            "x comes back as it went in.",
            lambda x, gamma, beta, epsilon=1e-3: x,
        ),
        Mistake(
            "not normalized",
            "x is only scaled and shifted. The normalization in between is missing.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * x + beta,
        ),
        *_pairs(_whole, _WRONG_AXES, _without_groups),
    ],
    properties=[
        Property(
            "An example comes back as nothing but zeros, or nothing but beta. Is it reached by the loop, if there is "
            "one? Or is each value its own mean, because no axis is averaged over?",
            _reached(_example_axes, 1),
        ),
        Property(
            "Subtract beta and divide by gamma: then the values of each example should have mean 0. For some "
            "examples they do not.",
            _example_means_are_zero,
        ),
        Property(
            "Subtract beta and divide by gamma: then the variance of each example should be 1 (or less, because of "
            "epsilon). For some examples it is not.",
            _example_variances,
        ),
    ],
    points=3,
    hints=[
        "It is batch normalization over other axes. Which axis must not be averaged over?",
        "All axes but the first: for (N, C) that is one axis, for (N, H, W, C) three. `range(1, x.ndim)` counts them.",
        "The mean then has one number for each example. Keep the averaged axes with length 1 (`keepdims=True`), so "
        "that it lines up with x. gamma and beta have one number per channel, and line up by themselves.",
    ],
    insight="No batch appears anywhere: the same function serves training and inference, a batch of one as well as "
    "of a thousand, and nothing needs to be remembered.",
)
