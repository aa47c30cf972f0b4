"""Exercises of notebook 06."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)

# --- predict: which elements share a mean --------------------------------------------------------

_BATCH_INCLUDED = "axis 0 counts the pictures, and this layer averages within one picture only."

axis_table = PredictExercise(
    {
        "axes, batch": (0, 1, 2),
        "axes, layer": (1, 2, 3),
        "axes, instance": (1, 2),
        "means, batch": 6,
        "means, layer": 4,
        "means, instance": 24,
        "means, group": 12,
        "values in each mean, group": 128,
    },
    variable="table",
    mistakes={
        "axes, batch": [
            Mistake("batch: pictures only", "then every place has a mean of its own. A channel's mean runs over the "
                    "pictures and over the places.", (0,)),
            Mistake("batch: one picture", "these axes stay within one picture: that is instance normalization. What "
                    "must be averaged over as well?", (1, 2)),
            Mistake("batch: a whole picture", "these axes average all channels of one picture: that is layer "
                    "normalization.", (1, 2, 3)),
            Mistake("batch: everything", "one mean for the whole batch would mix the channels. Each channel has its "
                    "own.", (0, 1, 2, 3)),
            Mistake("batch: pictures and rows", "a picture has two axes of places, height and width.", (0, 1)),
            Mistake("batch: pictures and columns", "a picture has two axes of places, height and width.", (0, 2)),
            Mistake("batch: channels, too", "3 counts the channels, and in batch normalization they do not share a "
                    "mean; the places do.", (0, 3)),
            Mistake("batch: the axis that stays", "3 is the axis that is *not* averaged over. NumPy's `axis` names "
                    "those that are.", (3,)),
        ],
        "axes, layer": [
            Mistake("layer: the channels of a place", "over the channels alone every place of every picture has its "
                    "own mean. Keras' LayerNormalization does this unless told otherwise, the paper's does not: it "
                    "takes the picture as a whole.", (3,)),
            Mistake("layer: the axis that stays", "0 is the axis that is *not* averaged over. NumPy's `axis` names "
                    "those that are.", (0,)),
            Mistake("layer: everything", _BATCH_INCLUDED, (0, 1, 2, 3)),
            Mistake("layer: instance axes", "these keep the channels apart: that is instance normalization. Layer "
                    "normalization puts all channels of a picture together.", (1, 2)),
            Mistake("layer: no height", "axes 2 and 3 are width and channels. A picture has one axis more.", (2, 3)),
            Mistake("layer: no width", "axes 1 and 3 are height and channels. A picture has one axis more.", (1, 3)),
            Mistake("layer: axis 1", "on (N, C) that is right. Here axis 1 is the height only; a picture has two axes "
                    "more.", (1,)),
            Mistake("layer: batch axes", "that is batch normalization. " + _BATCH_INCLUDED.capitalize(), (0, 1, 2)),
        ],
        "axes, instance": [
            Mistake("instance: all channels", "that puts all channels of a picture together: layer normalization. "
                    "Here each channel of each picture stands for itself.", (1, 2, 3)),
            Mistake("instance: batch axes", "that is batch normalization. " + _BATCH_INCLUDED.capitalize(), (0, 1, 2)),
            Mistake("instance: the axes that stay", "0 and 3 are the axes that are *not* averaged over. NumPy's "
                    "`axis` names those that are.", (0, 3)),
            Mistake("instance: the channels of a place", "over the channels alone every place has its own mean. It is "
                    "the other way round: every channel, over its places.", (3,)),
            Mistake("instance: channels first", "axes 2 and 3 are the places where the channels come first, as in "
                    "PyTorch. Here they come last.", (2, 3)),
            Mistake("instance: pictures only", "axis 0 counts the pictures, and an *instance* is one of them.", (0,)),
            Mistake("instance: one axis", "a picture has two axes of places, height and width.", (1,)),
            Mistake("instance: the other axis", "a picture has two axes of places, height and width.", (2,)),
        ],
        "means, batch": [
            Mistake("batch: a mean a picture", "4 is the number of pictures. In batch normalization they share.", 4),
            Mistake("batch: a mean a picture and channel", "4 · 6 would be one for each channel of each picture.", 24),
            Mistake("batch: a mean a place", "8 · 8 · 6: places share their mean, too.", 384),
            Mistake("batch: values, not means", "4 · 8 · 8 is how many values go into each mean. How many means are "
                    "there?", 256),
            Mistake("batch: one", "one mean would mix the channels.", 1),
        ],
        "means, layer": [
            Mistake("layer: a mean a channel", "6 is the number of channels. In layer normalization the channels of "
                    "a picture share.", 6),
            Mistake("layer: a mean a place", "4 · 8 · 8 would be one for each place of each picture: Keras' default, "
                    "not the paper's.", 256),
            Mistake("layer: values, not means", "8 · 8 · 6 is how many values go into each mean. How many means are "
                    "there?", 384),
            Mistake("layer: a picture and channel", "4 · 6 keeps the channels apart: instance normalization.", 24),
            Mistake("layer: one", "one mean would mix the pictures.", 1),
        ],
        "means, instance": [
            Mistake("instance: a mean a channel", "6 would let the pictures share a mean: batch normalization.", 6),
            Mistake("instance: a mean a picture", "4 would let the channels share a mean: layer normalization.", 4),
            Mistake("instance: added", "4 + 6 adds; each of the 4 pictures has 6 of them.", 10),
            Mistake("instance: values, not means", "8 · 8 is how many values go into each mean. How many means are "
                    "there?", 64),
        ],
        "means, group": [
            Mistake("group: of one picture", "3 is right for one picture. There are four.", 3),
            Mistake("group: size for number", "3 groups of 2 channels each: you counted groups of 3 channels.", 8),
            Mistake("group: pictures share", "6 / 3 = 2 is the number of channels in a group.", 2),
            Mistake("group: a mean a channel", "4 · 6 is one for each channel: instance normalization. Here two "
                    "channels share.", 24),
            Mistake("group: groups times channels", "3 · 6 multiplies groups by channels. Each of the 4 pictures has 3 "
                    "groups.", 18),
            Mistake("group: a mean a channel of the batch", "6 would let the pictures share a mean: batch "
                    "normalization. How many groups has each picture, and how many pictures are there?", 6),
            Mistake("group: one", "one mean would mix the pictures and the groups.", 1),
            Mistake("group: a mean a picture", "4 is one for each picture: layer normalization, a single group.", 4),
        ],
        "values in each mean, group": [
            Mistake("group values: one channel", "8 · 8 is one channel of one picture. A group has more than one.", 64),
            Mistake("group values: three channels", "8 · 8 · 3 takes three channels to a group. There are three "
                    "*groups*.", 192),
            Mistake("group values: all pictures", "4 · 8 · 8 · 2 runs through the pictures. A group ends with its "
                    "picture.", 512),
            Mistake("group values: the whole picture", "8 · 8 · 6 is the whole picture: a single group.", 384),
            Mistake("group values: a channel of all pictures", "4 · 8 · 8 is one channel of all pictures: batch "
                    "normalization. A group ends with its picture, and has more than one channel.", 256),
            Mistake("group values: channels only", "2 counts the channels of a group; each brings its places.", 2),
        ],
    },
    dimensions={"axes, batch": 4, "axes, layer": 4, "axes, instance": 4},
    points=2,
    hints=[
        "Say each in words first: batch normalization, one channel of all pictures; layer normalization, all of one "
        "picture; instance normalization, one channel of one picture.",
        "The number of means is the product of the lengths of the axes that are not averaged over.",
        "For groups: how many channels are in one, if 6 channels are split into 3? Each brings 8 · 8 places, and "
        "each picture has its own groups.",
    ],
    insight="Means times values in each is always 4 · 8 · 8 · 6 = 1,536: the layers only cut the same array "
    "differently.",
)


# --- predict: who depends on whom ----------------------------------------------------------------

_OWN = (
    "its mean runs over one picture only. Whatever stands beside that picture in the batch does not enter. Which axis "
    "would have to be averaged over?"
)

batch_dependence = PredictExercise(
    {
        "batch, training": True,
        "batch, inference": False,
        "layer": False,
        "instance": False,
        "group": False,
    },
    variable="changed",
    mistakes={
        "batch, training": [
            Mistake("batch stays", "the noisy picture is part of every channel's mean, and that mean is subtracted "
                    "from all pictures.", False),
        ],
        "batch, inference": [
            Mistake("inference changes", "in inference the moving statistics are used. They were collected before; "
                    "what is in the batch now does not enter.", True),
        ],
        "layer": [Mistake("layer changes", "layer normalization: " + _OWN, True)],
        "instance": [Mistake("instance changes", "instance normalization: " + _OWN, True)],
        "group": [Mistake("group changes", "group normalization: a group is one of channels, not of pictures; " + _OWN,
                          True)],
    },
    choices={name: (True, False) for name in ("batch, training", "batch, inference", "layer", "instance", "group")},
    points=1,
    hints=[
        "For each layer: is axis 0 among the axes that are averaged over?",
        "Batch normalization has two modes. Only one of them looks at the batch.",
    ],
    insight="One layer of the four lets a picture's output depend on its neighbours, and only in training. Hence two "
    "modes for that one, and one for the other three.",
)


# --- what the code exercises share ---------------------------------------------------------------


def _root(variance, epsilon):
    return np.sqrt(variance + epsilon)


def _scale_and_shift(x_hat, gamma, beta):
    return gamma * x_hat + beta


def _over(sets, divisor=_root, ddof=0, finish=_scale_and_shift, epsilon_is=None):
    """A forward pass f(x, groups, gamma, beta, epsilon), right or wrong.

    ``sets(x, groups)`` gives a shape to view x in, and the axes of it that share a mean.
    """

    def forward(x, groups, gamma, beta, epsilon=1e-3):
        epsilon = epsilon if epsilon_is is None else epsilon_is
        view, axes = sets(x, groups)
        parts = x.reshape(view)
        mean = parts.mean(axis=axes, keepdims=True)
        variance = parts.var(axis=axes, ddof=ddof, keepdims=True)
        x_hat = ((parts - mean) / divisor(variance, epsilon)).reshape(x.shape)
        return finish(x_hat, gamma, beta)

    return forward


def _formula(sets, formula):
    """A forward pass with another ``formula(x, mean, variance, gamma, beta, epsilon)``, over the right sets."""

    def forward(x, groups, gamma, beta, epsilon=1e-3):
        view, axes = sets(x, groups)
        parts = x.reshape(view)
        mean = np.broadcast_to(parts.mean(axis=axes, keepdims=True), view).reshape(x.shape)
        variance = np.broadcast_to(parts.var(axis=axes, keepdims=True), view).reshape(x.shape)
        return formula(x, mean, variance, gamma, beta, epsilon)

    return forward


def _example_axes(x):
    return tuple(range(1, x.ndim))


def _whole(x, groups):
    return x.shape, _example_axes(x)


def _in_groups(x, groups):
    return (*x.shape[:-1], groups, x.shape[-1] // groups), (*range(1, x.ndim - 1), x.ndim)


def _channels(x, groups):
    return x.shape, tuple(range(1, x.ndim - 1))


def _axes(choose):
    return lambda x, groups: (x.shape, choose(x))


def _formula_mistakes(sets, as_asked, who):
    """What goes wrong within a set, whatever the sets are. ``as_asked`` gives a function the exercise's signature."""
    known = [
        ("ddof=1",
         f"The variance is divided by one less than the number of values. Normalization takes the variance of {who} "
         "as it is. Look for `ddof=1`.",
         _over(sets, ddof=1)),
        ("std + epsilon",
         "Epsilon is added to the standard deviation. It belongs under the root, to the variance. The difference "
         "shows where the spread is small.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance) + epsilon)),
        ("no square root",
         "The centred values are divided by the variance, not by its square root: the spread of the result is then "
         "one over the old one, and not 1.",
         _over(sets, lambda variance, epsilon: variance + epsilon)),
        ("root taken twice",
         "What stands under the root is the standard deviation. Take the variance: the root makes a standard deviation "
         "of it.",
         _over(sets, lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon))),
        ("variance squared",
         "The centred values are divided by the square of the variance. It is the other way: by its square root.",
         _over(sets, lambda variance, epsilon: (variance + epsilon) ** 2)),
        ("epsilon left out",
         f"Epsilon is missing. Where all values of {who} are alike the variance is 0, and 0 / 0 is NaN.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance))),
        ("epsilon twice",
         "Epsilon is added under the root and once more outside it: check the brackets of the root.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance + epsilon) + epsilon)),
        ("epsilon squared",
         "Epsilon is squared before it is added to the variance. It is already as small as it should be: a variance, "
         "not a standard deviation.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance + epsilon**2))),
        ("epsilon fixed at 1e-3",
         "It uses 1e-3 whatever epsilon is passed. Use the argument.",
         _over(sets, epsilon_is=1e-3)),
        ("epsilon fixed at 1e-5",
         "Epsilon is 1e-5 whatever is passed. That is PyTorch's default; here it is an argument, with Keras' default "
         "1e-3.",
         _over(sets, epsilon_is=1e-5)),
        ("gamma and beta swapped",
         "gamma and beta have changed places: gamma multiplies, beta is added.",
         _over(sets, finish=lambda x_hat, gamma, beta: beta * x_hat + gamma)),
        ("gamma and beta left out",
         "This is x_hat. The last step is missing: scale by gamma, shift by beta.",
         _over(sets, finish=lambda x_hat, gamma, beta: x_hat)),
        ("beta left out",
         "beta is not added.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * x_hat)),
        ("gamma left out",
         "gamma does not multiply.",
         _over(sets, finish=lambda x_hat, gamma, beta: x_hat + beta)),
        ("beta subtracted",
         "beta is subtracted. It is added.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * x_hat - beta)),
        ("beta multiplies",
         "beta multiplies. gamma multiplies, beta is added.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * x_hat * beta)),
        ("beta scaled by gamma",
         "beta is added before gamma multiplies. Scale first, then shift.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * (x_hat + beta))),
        ("sign turned",
         "The sign of x_hat is turned: the mean is subtracted from x, not x from the mean.",
         _over(sets, finish=lambda x_hat, gamma, beta: beta - gamma * x_hat)),
        ("not divided",
         "The values are centred, scaled and shifted, but not divided by their standard deviation in between.",
         _over(sets, lambda variance, epsilon: 1.0)),
        ("mean not subtracted",
         "The values are divided by the standard deviation, but the mean is not subtracted first.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: gamma * x / _root(variance, epsilon) + beta)),
        ("root mean square",
         "The mean is not subtracted, and the division is by the root of the mean square. That is RMS normalization, "
         "a later section of the notebook.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * x / _root(variance + mean**2, epsilon) + beta))),
        ("variance around 0",
         "The variance is taken around 0, as the mean of x²; it is the mean of (x - mean)².",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * (x - mean) / _root(variance + mean**2, epsilon) + beta))),
        ("epsilon outside the quotient",
         "Epsilon is added to the result. It belongs under the root, to the variance: check the brackets.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * (x - mean) / np.sqrt(variance) + epsilon + beta))),
        ("brackets around the difference",
         "Only the mean is divided by the standard deviation. The division comes before the subtraction unless "
         "brackets say otherwise.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * (x - mean / _root(variance, epsilon)) + beta))),
        ("one gamma for all",
         "gamma and beta are averaged into one number each. Every channel has its own.",
         _over(sets, finish=lambda x_hat, gamma, beta: np.mean(gamma) * x_hat + np.mean(beta))),
        ("scaled before normalizing",
         "gamma and beta are applied to x before it is normalized. They come last: what they do would otherwise be "
         "taken away again.",
         lambda x, groups, gamma, beta, epsilon=1e-3: _over(sets)(gamma * x + beta, groups, 1.0, 0.0, epsilon)),
    ]
    return [Mistake(name, message, as_asked(answer)) for name, message, answer in known]


def _without_groups(forward):
    return lambda x, gamma, beta, epsilon=1e-3: forward(x, None, gamma, beta, epsilon)


def _channel_weights(channels):
    return np.linspace(0.6, 1.9, channels), np.linspace(-0.8, 0.9, channels)


# --- code: layer normalization -------------------------------------------------------------------


def layer_norm(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(1, x.ndim))  # all axes but the first, the examples
    mean = x.mean(axis=axes, keepdims=True)
    variance = x.var(axis=axes, keepdims=True)
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


def _without_keepdims(x, gamma, beta, epsilon=1e-3):
    axes = _example_axes(x)
    return gamma * ((x - x.mean(axis=axes)) / np.sqrt(x.var(axis=axes) + epsilon)) + beta


def _example_weights(x_hat, gamma, beta):
    shape = (-1, *[1] * (x_hat.ndim - 1))
    return gamma.reshape(shape) * x_hat + beta.reshape(shape)


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


def _layer_cases():
    rng = np.random.default_rng(49)
    # Small spreads, so that the place of epsilon shows; square, so that a lost axis does not only raise.
    square = rng.normal(size=(4, 4)) * [[0.30], [0.05], [0.15], [0.20]] + [[2.0], [-1.0], [0.5], [1.0]]
    rows = rng.normal(size=(5, 3)) * [[0.3], [0.1], [0.2], [0.4], [0.1]] + rng.normal(size=(5, 1))
    alike = rows.copy()
    alike[2] = 7.0
    pictures = rng.normal(size=(3, 4, 2, 3)) * [0.1, 0.3, 0.2] + rng.normal(size=(3, 1, 1, 3))
    four, three = _channel_weights(4), _channel_weights(3)
    return [
        Case("on a batch of shape (4, 4), with the default epsilon", (square, *four)),
        Case("on a batch of shape (5, 3)", (rows, *three, 1e-2)),
        Case("on a batch with an example whose values are all alike", (alike, *three, 1e-2)),
        Case("on pictures of shape (3, 4, 2, 3)", (pictures, *three, 0.05)),
    ]


def _undone(args, outputs, place):
    return (outputs[0] - args[place + 1]) / args[place]


def _example_means_are_zero(args, outputs):
    x_hat = _undone(args, outputs, 1)
    return np.allclose(x_hat.mean(axis=_example_axes(x_hat)), 0, atol=1e-4)


def _example_variances(args, outputs):
    x, x_hat = args[0], _undone(args, outputs, 1)
    epsilon = args[3] if len(args) > 3 else 1e-3
    variance = x.var(axis=_example_axes(x))
    return np.allclose(x_hat.var(axis=_example_axes(x)), variance / (variance + epsilon), atol=1e-4)


_OVER_THE_BATCH = (
    "The mean and the variance run over axis 0, the examples: that is batch normalization. Here each example is "
    "normalized by itself, over all its other axes."
)

_ROWS = (
    "The examples are flattened to rows, which is a good way, but gamma has one number a channel and a row has "
    "H · W · C values. Give x_hat the shape of x again before gamma and beta are used."
)

layer_norm = CodeExercise(
    layer_norm,
    cases=_layer_cases,
    outputs=["y"],
    mistakes=[
        Mistake("axis 0", _OVER_THE_BATCH, _without_groups(_over(_axes(lambda x: (0,))))),
        Mistake("batch axes", _OVER_THE_BATCH, _without_groups(_over(_axes(lambda x: tuple(range(x.ndim - 1)))))),
        Mistake(
            "keepdims forgotten",
            "The mean of each example is subtracted from a *column* instead of a row: without `keepdims` it has "
            "shape (N,), and NumPy lines that up with the last axis. On a square batch it passes unnoticed; on others "
            "it raises.",
            _without_keepdims,
        ),
        Mistake(
            "keepdims forgotten, mean only",
            "The mean is lined up with the wrong axis: without `keepdims` it has shape (N,), and NumPy takes that for "
            "one number a channel.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * (
                (x - x.mean(axis=_example_axes(x))) / np.sqrt(x.var(axis=_example_axes(x), keepdims=True) + epsilon)
            ) + beta,
        ),
        Mistake(
            "keepdims forgotten, variance only",
            "The variance is lined up with the wrong axis: without `keepdims` it has shape (N,), and NumPy takes that "
            "for one number a channel.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * (
                (x - x.mean(axis=_example_axes(x), keepdims=True)) / np.sqrt(x.var(axis=_example_axes(x)) + epsilon)
            ) + beta,
        ),
        Mistake(
            "last axis only",
            "On (N, C) it is right. On pictures every place is normalized by itself, over its channels: that is what "
            "Keras' LayerNormalization does by default. Here the picture as a whole shares one mean.",
            _without_groups(_over(_axes(lambda x: (x.ndim - 1,)))),
        ),
        Mistake(
            "axis 1 only",
            "On (N, C) it is right. On pictures axis 1 is the height alone: width and channels must be averaged over, "
            "too.",
            _without_groups(_over(_axes(lambda x: (1,)))),
        ),
        Mistake(
            "instance axes",
            "On (N, C) it is right. On pictures each channel is normalized by itself: that is instance normalization. "
            "Average over the channels as well.",
            _without_groups(_over(_axes(lambda x: (1,) if x.ndim == 2 else (1, 2)))),
        ),
        Mistake(
            "channels-first axes on pictures",
            "On (N, C) it is right. On pictures axes 2 and 3 are width and channels; the height is left out.",
            _without_groups(_over(_axes(lambda x: (1,) if x.ndim == 2 else (2, 3)))),
        ),
        Mistake(
            "batch axes on pictures",
            "On (N, C) it is right. On pictures the mean runs over the pictures, too: that is batch normalization.",
            _without_groups(_over(_axes(lambda x: (1,) if x.ndim == 2 else (0, 1, 2)))),
        ),
        Mistake(
            "one mean for all",
            "One mean and one variance serve the whole array. Each example has its own: leave axis 0 out of the "
            "average.",
            _without_groups(_over(_axes(lambda x: tuple(range(x.ndim))))),
        ),
        Mistake(
            "one mean for all on pictures",
            "On (N, C) it is right. On pictures one mean serves the whole array: leave axis 0 out of the average.",
            _without_groups(_over(_axes(lambda x: (1,) if x.ndim == 2 else tuple(range(4))))),
        ),
        Mistake(
            "gamma for each example",
            "gamma and beta are laid along the examples. The mean is one for each example; gamma and beta are one for "
            "each channel. (A weight for each example could not be learned: the next batch has other examples.)",
            _without_groups(_over(_whole, finish=_example_weights)),
        ),
        Mistake(
            "sums divided by C",
            "On (N, C) it is right. On pictures the sums are divided by C; an example has H · W · C values.",
            _divided_by_channels,
        ),
        Mistake(
            "squares summed",
            "The squared deviations are added up and not averaged: this variance grows with the number of values.",
            _squares_summed,
        ),
        *_formula_mistakes(_whole, _without_groups, "one example"),
        Mistake(
            "axes of pictures",
            "Axes 1, 2 and 3 are there for pictures only; a batch of shape (N, C) has no axis 2. Name the axes by "
            "what they have in common: all but the first, however many there are.",
            _without_groups(_over(_axes(lambda x: (1, 2, 3)))),
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
            "gamma and beta are read with the index of axis 1. On (N, C) that is the channel; on pictures it is the "
            "height. The channels are the last axis; NumPy lines gamma up with it by itself.",
            _weights_by_row,
        ),
        Mistake(
            "scaled to 0 to 1",
            "Each example is stretched to run from its least to its greatest value. Normalization subtracts the mean "
            "and divides by the standard deviation: one loud value then does not decide for all.",
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
    ],
    properties=[
        Property(
            "Take beta away and divide by gamma: then the values of each example should have mean 0, and have not.",
            _example_means_are_zero,
        ),
        Property(
            "Take beta away and divide by gamma: then the variance of each example should be 1 (less what epsilon "
            "takes away), and is not.",
            _example_variances,
        ),
    ],
    variants=[_as_rows, _one_by_one, _layer_in_float32],
    points=3,
    hints=[
        "It is batch normalization over other axes. Which axis must not be averaged over?",
        "All axes but the first: for (N, C) that is one axis, for (N, H, W, C) three. `range(1, x.ndim)` counts them.",
        "The mean then has one number for each example. Keep the averaged axes with length 1 (`keepdims=True`), so "
        "that it lines up with x. gamma and beta have one number a channel, and line up by themselves.",
    ],
    insight="No batch appears anywhere: the same function serves training and inference, a batch of one as well as "
    "of a thousand, and nothing needs to be remembered.",
)


# --- code: group normalization -------------------------------------------------------------------


def group_norm(x, groups, gamma, beta, epsilon=1e-3):
    N, H, W, C = x.shape
    if C % groups:
        raise ValueError(f"{groups} groups do not divide {C} channels")
    parts = x.reshape(N, H, W, groups, C // groups)
    mean = parts.mean(axis=(1, 2, 4), keepdims=True)
    variance = parts.var(axis=(1, 2, 4), keepdims=True)
    x_hat = ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape)
    return gamma * x_hat + beta


class GroupExercise(CodeExercise):
    """A code exercise that also asks what happens when the groups do not divide the channels.

    Args:
        refused: a call that must raise a ValueError.
        refusals: what is said of one that does not; ``answer(value, error)`` tells which.
    """

    def __init__(self, *args, refused: Case, refusals: Sequence[Mistake], **options) -> None:
        super().__init__(*args, **options)
        self.refused = refused
        self.refusals = tuple(refusals)

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state != "correct":
            return verdict
        args = copy.deepcopy(self.refused.args)
        outcome = sandbox.call(lambda: answer(*args), cpu_seconds=self.cpu_seconds)
        if outcome.timed_out:
            return self._refuse_outcome(answer, self.refused, args, outcome)
        if isinstance(outcome.error, ValueError):
            return verdict
        mistake = next(m for m in self.refusals if m.answer(outcome.value, outcome.error))
        return self._verdict("known mistake", mistake.message, mistakes=(mistake.name,))


def _strided(x, groups):
    return (*x.shape[:-1], x.shape[-1] // groups, groups), (1, 2, 3)


def _size_for_number(x, groups):
    return (*x.shape[:-1], x.shape[-1] // groups, groups), (1, 2, 4)


def _memory_blocks(x, groups):
    return (len(x), groups, -1), (2,)


def _rows_of_places(x, groups):
    N, H, W, C = x.shape
    return (N, groups, H // groups, W, C), (2, 3)


def _groups_of_images(x, groups):
    N, H, W, C = x.shape
    return (groups, N // groups, H, W, C), (1, 2, 3)


def _repeated(weights, groups):
    return np.repeat(weights[:groups], len(weights) // groups)


def _group_weights(choose):
    def forward(x, groups, gamma, beta, epsilon=1e-3):
        return _over(_in_groups)(x, groups, choose(gamma, groups), choose(beta, groups), epsilon)

    return forward


def _own_variance(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = x.reshape(view)
    centred = (parts - parts.mean(axis=axes, keepdims=True)).reshape(x.shape)
    return gamma * centred / np.sqrt(x.var(axis=(1, 2), keepdims=True) + epsilon) + beta


def _own_mean(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = x.reshape(view)
    spread = np.broadcast_to(np.sqrt(parts.var(axis=axes, keepdims=True) + epsilon), view).reshape(x.shape)
    return gamma * (x - x.mean(axis=(1, 2), keepdims=True)) / spread + beta


def _first_group_only(x, groups, gamma, beta, epsilon=1e-3):
    size = x.shape[-1] // groups
    x_hat = np.array(x, dtype=float)
    part = x[..., :size]
    mean, variance = part.mean(axis=(1, 2, 3), keepdims=True), part.var(axis=(1, 2, 3), keepdims=True)
    x_hat[..., :size] = (part - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


def _left_in_groups(x, groups, gamma, beta, epsilon=1e-3):
    view, _ = _in_groups(x, groups)
    return _over(_in_groups)(x, groups, gamma, beta, epsilon).reshape(view)


def _folded_wrongly(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = np.moveaxis(x.reshape(view), 3, 1)  # (N, groups, H, W, C / groups)
    mean, variance = parts.mean(axis=(2, 3, 4), keepdims=True), parts.var(axis=(2, 3, 4), keepdims=True)
    return gamma * ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape) + beta


def _groups_without_keepdims(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = x.reshape(view)
    return gamma * ((parts - parts.mean(axis=axes)) / np.sqrt(parts.var(axis=axes) + epsilon)).reshape(x.shape) + beta


def _blocks_without_keepdims(x, groups, gamma, beta, epsilon=1e-3):
    rows = x.reshape(len(x), groups, -1)
    return gamma * ((rows - rows.mean(axis=2)) / np.sqrt(rows.var(axis=2) + epsilon)).reshape(x.shape) + beta


def _hat_in_groups(x, groups, epsilon):
    return _over(_in_groups)(x, groups, 1.0, 0.0, epsilon).reshape(_in_groups(x, groups)[0])


def _channels_left_in_front(x, groups, gamma, beta, epsilon=1e-3):
    N, H, W, C = x.shape
    parts = np.moveaxis(x, -1, 1).reshape(N, groups, C // groups, H, W)
    mean, variance = parts.mean(axis=(2, 3, 4), keepdims=True), parts.var(axis=(2, 3, 4), keepdims=True)
    return gamma * ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape) + beta


def _turned(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * _over(_in_groups)(x, groups, 1.0, 0.0, epsilon).transpose(0, 2, 1, 3) + beta


def _places_flattened(x, groups, gamma, beta, epsilon=1e-3):
    N, H, W, C = x.shape
    y = _over(_in_groups)(x, groups, gamma, beta, epsilon)
    return y.reshape(N, H * W, groups, C // groups)


def _normalized_parts(x, groups, epsilon):
    return [_over(_whole)(part, None, 1.0, 0.0, epsilon) for part in np.split(x, groups, axis=-1)]


def _joined_along_images(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * np.concatenate(_normalized_parts(x, groups, epsilon), axis=0) + beta


def _stacked_behind(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * np.stack(_normalized_parts(x, groups, epsilon), axis=-1).reshape(x.shape) + beta


def _returned_in_the_loop(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * _normalized_parts(x, groups, epsilon)[0] + beta


def _stacked(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * np.array(_normalized_parts(x, groups, epsilon)).reshape(x.shape) + beta


def _slices(x, groups, gamma, beta, epsilon=1e-3):
    y = np.zeros(x.shape)
    for part in np.split(np.arange(x.shape[-1]), groups):  # raises a ValueError itself
        chosen = x[..., part]
        mean = chosen.mean(axis=(1, 2, 3), keepdims=True)
        y[..., part] = (chosen - mean) / np.sqrt(((chosen - mean) ** 2).mean(axis=(1, 2, 3), keepdims=True) + epsilon)
    return y * gamma + beta


def _channels_first(x, groups, gamma, beta, epsilon=1e-3):
    if x.shape[-1] % groups != 0:
        raise ValueError
    first = np.moveaxis(x, -1, 1)  # (N, C, H, W)
    rows = first.reshape(len(x), groups, -1)
    rows = (rows - rows.mean(-1, keepdims=True)) / np.sqrt(rows.var(-1, keepdims=True) + epsilon)
    return np.moveaxis(rows.reshape(first.shape), 1, -1) * gamma + beta


def _group_in_float32(x, groups, gamma, beta, epsilon=1e-3):
    return _channels_first(x.astype(np.float32), groups, gamma, beta, epsilon).astype(np.float32)


def _group_cases():
    rng = np.random.default_rng(50)

    def pictures(*shape):
        N, _, _, C = shape
        spread = rng.uniform(0.05, 0.4, size=(N, 1, 1, C))
        return spread * rng.normal(size=shape) + rng.normal(size=(N, 1, 1, C))

    alike = pictures(2, 4, 4, 6)
    alike[1, :, :, 3:] = 5.0
    six, four = _channel_weights(6), _channel_weights(4)
    return [
        Case("on pictures of shape (2, 4, 4, 6) in 2 groups, with the default epsilon",
             (0.2 * pictures(2, 4, 4, 6), 2, *six)),
        Case("on pictures of shape (2, 4, 4, 6), the last three channels of a picture all alike",
             (alike, 2, *six, 1e-2)),
        Case("on pictures of shape (4, 2, 3, 4) in 2 groups", (pictures(4, 2, 3, 4), 2, *four, 0.05)),
        Case("on pictures of shape (3, 6, 2, 6) in 3 groups", (pictures(3, 6, 2, 6), 3, *six, 1e-2)),
        Case("on one picture of shape (1, 4, 4, 6) in 1 group", (pictures(1, 4, 4, 6), 1, *six, 1e-2)),
    ]


def _group_means_are_zero(args, outputs):
    x_hat = _undone((args[0], *args[2:]), outputs, 1)
    view, axes = _in_groups(x_hat, args[1])
    return np.allclose(x_hat.reshape(view).mean(axis=axes), 0, atol=1e-4)


_IN_MEMORY = (
    "`reshape` cuts an array in the order of its memory. Here the channels are the last axis, so cutting the picture "
    "into `groups` blocks gives bands of *places* with all channels in them. (In PyTorch the channels come first, "
    "and there the same line is right.) Only the channel axis must be cut in two."
)
_FIVE_AXES = (
    "gamma has one number a channel, and here the channels are still cut into two axes: the two do not line up. Give "
    "x_hat the shape of x again before gamma and beta are used."
)
_ONE_WEIGHT_A_GROUP = (
    "A group shares one gamma and one beta. Only the mean and the variance belong to a group; gamma and beta are one "
    "for each channel, as in the other layers."
)

group_norm = GroupExercise(
    group_norm,
    cases=_group_cases,
    outputs=["y"],
    refused=Case("on pictures with 6 channels in 4 groups", (np.ones((2, 2, 2, 6)), 4, np.ones(6), np.zeros(6))),
    refusals=[
        Mistake(
            "assert for a ValueError",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it stops, but with an "
            "`AssertionError`. `assert` is for what cannot happen, and `python -O` leaves it out; what a caller can "
            "get wrong is told by a ValueError.",
            lambda value, error: isinstance(error, AssertionError),
        ),
        Mistake(
            "another error",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it stops, but by accident, "
            "with an error that says nothing of groups. Look at C before you cut, and raise a ValueError.",
            lambda value, error: error is not None,
        ),
        Mistake(
            "error returned",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it *returns* the error, as "
            "though that were a result: the caller goes on and nobody is stopped. Errors are raised.",
            lambda value, error: isinstance(value, BaseException) or inspect.isclass(value),
        ),
        Mistake(
            "nothing returned",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it returns no array and "
            "raises nothing: the trouble shows later, in another place. Raise a ValueError here.",
            lambda value, error: not isinstance(value, np.ndarray),
        ),
        Mistake(
            "groups that do not divide the channels",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it returns numbers all the "
            "same: from groups of unequal size, with channels left out, or with a border in the middle of a channel. "
            "Nobody would notice. Look at C before you cut, and raise a ValueError.",
            lambda value, error: True,
        ),
    ],
    mistakes=[
        Mistake(
            "strided channels",
            "A group takes every so-many-th channel: 0, 2, 4 and 1, 3, 5. The channels of a group are neighbours: "
            "0, 1, 2 and 3, 4, 5. Which of the two new axes comes first?",
            _over(_strided),
        ),
        Mistake(
            "groups for their size",
            "`groups` is taken for the number of channels in a group. It is the number of groups: 2 groups of 6 "
            "channels have 3 each.",
            _over(_size_for_number),
        ),
        Mistake("blocks of memory", _IN_MEMORY, _over(_memory_blocks)),
        Mistake(
            "places in groups",
            "The height is cut into groups and the channels stay apart. Groups are of channels; all places belong to "
            "each of them.",
            _over(_rows_of_places),
        ),
        Mistake(
            "pictures in groups",
            "The pictures are cut into groups, and a channel's mean runs over the pictures of its group: that is batch "
            "normalization in smaller batches. Groups are of channels, within one picture.",
            lambda x, groups, gamma, beta, epsilon=1e-3: _over(_groups_of_images)(x, groups, gamma, beta, epsilon),
        ),
        Mistake(
            "each place by itself",
            "Each place has a mean of its own, over the channels of a group. The places of a picture share it: average "
            "over height and width as well.",
            _over(lambda x, groups: (_in_groups(x, groups)[0], (4,))),
        ),
        Mistake(
            "each channel by itself",
            "Each channel is normalized by itself: that is instance normalization. Average over the channels of the "
            "group as well. (Or does `groups` never enter?)",
            _over(_channels),
        ),
        Mistake(
            "one group",
            "All channels of a picture share one mean: that is layer normalization, whatever `groups` says.",
            _over(_whole),
        ),
        Mistake(
            "over the batch",
            "A group's mean runs over all pictures. It ends with its picture: leave axis 0 out of the average.",
            _over(lambda x, groups: (_in_groups(x, groups)[0], (0, 1, 2, 4))),
        ),
        Mistake(
            "batch normalization",
            "This is batch normalization: one mean a channel, over all pictures.",
            _over(_axes(lambda x: (0, 1, 2))),
        ),
        Mistake(
            "groups averaged together",
            "The groups' axis is averaged over and the place within a group is kept: channels 0 and 3 share a mean. "
            "Keep the groups, average over their channels.",
            _over(lambda x, groups: (_in_groups(x, groups)[0], (1, 2, 3))),
        ),
        Mistake("gamma for each group", _ONE_WEIGHT_A_GROUP, _group_weights(_repeated)),
        Mistake(
            "gamma for each group, the first of each",
            _ONE_WEIGHT_A_GROUP,
            _group_weights(lambda w, groups: np.repeat(w[::len(w) // groups], len(w) // groups)),
        ),
        Mistake(
            "gamma in another order",
            "gamma and beta have lost the order of their channels: check the axes along which you laid them.",
            _group_weights(lambda w, groups: w.reshape(-1, groups).T.ravel()),
        ),
        Mistake(
            "variance of the channel",
            "The mean is the group's, but the variance each channel's own. Both belong to the group.",
            _own_variance,
        ),
        Mistake(
            "mean of the channel",
            "The variance is the group's, but the mean each channel's own. Both belong to the group.",
            _own_mean,
        ),
        Mistake(
            "first group only",
            "Only the first group is normalized; the others come through as they were. Does a `return` stand inside "
            "the loop, or does the loop end too early?",
            _first_group_only,
        ),
        Mistake(
            "returned in the loop",
            "After the first group it is over: a `return` stands inside the loop. Collect all groups, join them along "
            "the channel axis, and only then use gamma and beta.",
            _returned_in_the_loop,
        ),
        Mistake(
            "left in groups",
            "The result still has five axes. The next layer expects x's shape: fold the two axes of the channels "
            "together again.",
            _left_in_groups,
        ),
        Mistake(
            "folded in another order",
            "The groups were moved in front and the result was reshaped with the axes in that order: numbers end up "
            "at other places and channels. Move the axis back first.",
            _folded_wrongly,
        ),
        Mistake(
            "left in groups, places flattened",
            "The result still has its channels cut into groups and its places in one axis. The next layer expects x's "
            "shape.",
            _places_flattened,
        ),
        Mistake(
            "channels left in front",
            "The channels were moved in front, which is a good way to cut them into groups; but they were not moved "
            "back before the last `reshape`, so numbers end up at other places and channels.",
            _channels_left_in_front,
        ),
        Mistake(
            "height and width exchanged",
            "On the way back height and width have changed places: every picture comes out turned. On square pictures "
            "the shape does not tell.",
            _turned,
        ),
        Mistake(
            "batch cut into blocks",
            _IN_MEMORY + " And here the pictures are not kept apart, either: the whole batch is cut into `groups` "
            "blocks.",
            _over(lambda x, groups: ((groups, -1), (1,))),
        ),
        Mistake(
            "keepdims forgotten",
            "Without `keepdims` the means have shape (N, groups), and NumPy cannot line that up with five axes. Keep "
            "the averaged axes with length 1.",
            _groups_without_keepdims,
        ),
        Mistake(
            "blocks of memory, keepdims forgotten",
            _IN_MEMORY + " (And without `keepdims` the means do not line up.)",
            _blocks_without_keepdims,
        ),
        Mistake(
            "gamma on five axes",
            _FIVE_AXES,
            lambda x, groups, gamma, beta, epsilon=1e-3: gamma * _hat_in_groups(x, groups, epsilon) + beta,
        ),
        Mistake(
            "gamma on five axes, behind",
            _FIVE_AXES,
            lambda x, groups, gamma, beta, epsilon=1e-3: _hat_in_groups(x, groups, epsilon) * gamma + beta,
        ),
        Mistake(
            "groups stacked",
            "The groups are normalized rightly and put together wrongly: as a list of arrays, reshaped, the groups "
            "come first and numbers end up at other places. Join them along the channel axis.",
            _stacked,
        ),
        Mistake(
            "groups stacked behind",
            "The groups are normalized rightly and put together wrongly: a new last axis makes channels 0 and 3 "
            "neighbours. Join them along the channel axis.",
            _stacked_behind,
        ),
        Mistake(
            "groups joined along the pictures",
            "The groups are normalized rightly and put together along axis 0, as though they were more pictures. Join "
            "them along the channel axis.",
            _joined_along_images,
        ),
        *_formula_mistakes(_in_groups, lambda forward: forward, "one group"),
    ],
    properties=[
        Property(
            "Take beta away and divide by gamma: then each group of neighbouring channels of each picture should have "
            "mean 0, and has not.",
            _group_means_are_zero,
        ),
    ],
    variants=[_slices, _channels_first, _group_in_float32],
    points=4,
    hints=[
        "Draw six channels in two groups: 0, 1, 2 and 3, 4, 5. Two things are to be done: cut the channel axis into "
        "two axes, and average over all but two of the five.",
        "(N, H, W, C) becomes (N, H, W, groups, C / groups): in memory neighbouring channels stay neighbours. Which of "
        "these five axes are kept?",
        "Kept are the pictures and the groups: `axis=(1, 2, 4)`, with `keepdims=True`. Afterwards reshape to x's "
        "shape, and only then use gamma and beta. Before all that: does `groups` divide C?",
    ],
    insight="A view of the same array with one axis cut in two, and once again the one normalizer over other axes. "
    "The order of the channels means nothing to a convolution, but it decides who is in a group.",
)


# --- code: instance normalization from groups ----------------------------------------------------


def normalize_groups(x, groups, epsilon=1e-3):
    """x_hat over the groups of neighbouring channels of each picture, as the notebook has it."""
    C = x.shape[-1]
    if C % groups:
        raise ValueError(f"{groups} groups do not divide {C} channels")
    return _over(_in_groups)(x, groups, 1.0, 0.0, epsilon)


def instance_norm(x, gamma, beta, epsilon=1e-3):
    return gamma * normalize_groups(x, x.shape[-1], epsilon) + beta


def _grouped(number):
    """Group normalization in ``number(x)`` groups, where that divides the channels."""
    return lambda x, gamma, beta, epsilon=1e-3: gamma * normalize_groups(x, number(x), epsilon) + beta


def _instance_without_keepdims(x, gamma, beta, epsilon=1e-3):
    return gamma * (x - x.mean(axis=(1, 2))) / np.sqrt(x.var(axis=(1, 2)) + epsilon) + beta


def _by_loops(x, gamma, beta, epsilon=1e-3):
    y = np.empty(x.shape)
    for n in range(x.shape[0]):
        for c in range(x.shape[3]):
            one = x[n, :, :, c]
            y[n, :, :, c] = gamma[c] * (one - one.mean()) / np.sqrt(one.var() + epsilon) + beta[c]
    return y


def _image_weights(x_hat, gamma, beta):
    return gamma.reshape(-1, 1, 1, 1) * x_hat + beta.reshape(-1, 1, 1, 1)


def _instance_cases():
    rng = np.random.default_rng(51)

    def pictures(*shape):
        N, _, _, C = shape
        return rng.uniform(0.05, 0.4, size=(N, 1, 1, C)) * rng.normal(size=shape) + rng.normal(size=(N, 1, 1, C))

    alike = pictures(2, 3, 2, 6)
    alike[1, :, :, 4] = 5.0
    return [
        Case("on pictures of shape (4, 4, 4, 4), with the default epsilon",
             (0.2 * pictures(4, 4, 4, 4), *_channel_weights(4))),
        Case("on pictures of shape (2, 3, 2, 6)", (pictures(2, 3, 2, 6), *_channel_weights(6), 0.05)),
        Case("on pictures with a channel whose values are all alike", (alike, *_channel_weights(6), 1e-2)),
        Case("on one picture of shape (1, 5, 2, 4)", (pictures(1, 5, 2, 4), *_channel_weights(4), 1e-2)),
    ]


def _channel_means_are_zero(args, outputs):
    return np.allclose(_undone(args, outputs, 1).mean(axis=(1, 2)), 0, atol=1e-4)


class InstanceExercise(CodeExercise):
    """A code exercise that says so when a right answer was not made of ``normalize_groups``."""

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        said = verdict.paragraphs[0] if verdict.state == "unusable" else ""
        if said.startswith("It raised `ValueError`") and "broadcast" not in said and _asks_for_groups(answer):
            # In whatever words: a number of groups that does not divide the channels.
            mistake = self.not_the_channels
            return self._verdict("known mistake", mistake.message, *verdict.paragraphs, code=verdict.code,
                                 mistakes=(mistake.name,))
        if verdict.state == "correct" and not _asks_for_groups(answer):
            asked = ("It was asked for as one call of `normalize_groups`, and yours finds the means by other ways: "
                     "which number of groups gives the same?")
            return self._verdict("correct", asked, *verdict.paragraphs)
        return verdict

    not_the_channels = Mistake(
        "groups that do not divide the channels",
        "Here the number of groups does not divide the channels. It must fit every x: which axis of x tells it?",
        lambda x, gamma, beta, epsilon=1e-3: None,
    )


def _asks_for_groups(function):
    """True where the function's own code names ``normalize_groups``, or the student's ``group_norm``."""
    names = getattr(getattr(function, "__code__", None), "co_names", ("normalize_groups",))
    return "normalize_groups" in names or "group_norm" in names


instance_norm = InstanceExercise(
    instance_norm,
    cases=_instance_cases,
    given=lambda: {"normalize_groups": normalize_groups},
    outputs=["y"],
    mistakes=[
        Mistake(
            "one group",
            "One group puts all channels of a picture together: that is layer normalization, the other end of the "
            "scale. Instance normalization keeps every channel apart.",
            _grouped(lambda x: 1),
        ),
        Mistake(
            "two channels a group",
            "Two channels share a mean. How many groups leave each channel alone?",
            _grouped(lambda x: x.shape[-1] // 2),
        ),
        Mistake(
            "two groups",
            "Two groups put half of the channels together. How many groups leave each channel alone?",
            _grouped(lambda x: 2),
        ),
        Mistake(
            "a fixed number of groups",
            "Four groups are right for four channels only. The number of groups must follow from x.",
            lambda x, gamma, beta, epsilon=1e-3: _grouped(lambda x: 4 if x.shape[-1] % 4 == 0 else 3)(
                x, gamma, beta, epsilon
            ),
        ),
        Mistake(
            "six groups, whatever comes",
            "Six groups are right for the notebook's batch only. The number of groups must follow from x.",
            _grouped(lambda x: 6),
        ),
        Mistake(
            "three groups, whatever comes",
            "Three groups were the example above. The number of groups must follow from x.",
            _grouped(lambda x: 3),
        ),
        Mistake(
            "epsilon for groups",
            "epsilon stands where `normalize_groups` expects the number of groups: its second argument.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * normalize_groups(x, epsilon) + beta,
        ),
        Mistake(
            "four groups, whatever comes",
            "Four groups are right for four channels only. The number of groups must follow from x.",
            _grouped(lambda x: 4),
        ),
        Mistake(
            "as many groups as pictures",
            "The number of groups is taken from axis 0, the pictures. Groups are of channels, and each picture has its "
            "own anyway.",
            _grouped(lambda x: x.shape[0]),
        ),
        Mistake(
            "as many groups as rows",
            "The number of groups is taken from axis 1, the height. Groups are of channels.",
            _grouped(lambda x: x.shape[1]),
        ),
        Mistake(
            "as many groups as columns",
            "The number of groups is taken from axis 2, the width. Groups are of channels.",
            _grouped(lambda x: x.shape[2]),
        ),
        Mistake(
            "minus one",
            "-1 is how Keras' layer is told to take as many groups as channels. `normalize_groups` wants the number "
            "itself.",
            _grouped(lambda x: -1),
        ),
        Mistake(
            "as many groups as places",
            "H · W is the number of places. Groups are of channels: how many of them leave each channel alone?",
            _grouped(lambda x: x.shape[1] * x.shape[2]),
        ),
        Mistake(
            "x_hat only, epsilon not passed on",
            "The number of groups is right. gamma and beta are missing, and so is epsilon: `normalize_groups` takes "
            "it as its third argument.",
            lambda x, gamma, beta, epsilon=1e-3: normalize_groups(x, x.shape[-1]),
        ),
        Mistake(
            "batch axes",
            "The mean of a channel runs over the pictures, too: that is batch normalization. An *instance* is one "
            "picture.",
            _without_groups(_over(_axes(lambda x: (0, 1, 2)))),
        ),
        Mistake(
            "channels of a place",
            "Every place is normalized over its channels. It is the other way round: every channel over its places.",
            _without_groups(_over(_axes(lambda x: (3,)))),
        ),
        Mistake(
            "height only",
            "Each column of a picture is normalized by itself: axis 1 alone is averaged over. A picture has two axes "
            "of places.",
            _without_groups(_over(_axes(lambda x: (1,)))),
        ),
        Mistake(
            "width only",
            "Each row of a picture is normalized by itself: axis 2 alone is averaged over. A picture has two axes of "
            "places.",
            _without_groups(_over(_axes(lambda x: (2,)))),
        ),
        Mistake(
            "channels-first axes",
            "Axes 2 and 3 are width and channels here. They are the places where the channels come first, as in "
            "PyTorch.",
            _without_groups(_over(_axes(lambda x: (2, 3)))),
        ),
        Mistake(
            "over the pictures",
            "Axis 0 alone is averaged over: each place of each channel, over the pictures. An instance is one picture.",
            _without_groups(_over(_axes(lambda x: (0,)))),
        ),
        Mistake(
            "keepdims forgotten",
            "The means have shape (N, C) without `keepdims`, and NumPy lines that up with width and channels.",
            _instance_without_keepdims,
        ),
        Mistake(
            "gamma for each picture",
            "gamma and beta are laid along the pictures. They are one for each channel; the next batch has other "
            "pictures.",
            _without_groups(_over(_channels, finish=_image_weights)),
        ),
        *_formula_mistakes(_channels, _without_groups, "one channel of one picture"),
    ],
    properties=[
        Property(
            "Take beta away and divide by gamma: then each channel of each picture should have mean 0, and has not.",
            _channel_means_are_zero,
        ),
    ],
    variants=[
        _by_loops,
        _without_groups(_over(_channels)),
        lambda x, gamma, beta, epsilon=1e-3: normalize_groups(x.astype(np.float32), x.shape[3], epsilon) * gamma + beta,
    ],
    points=2,
    hints=[
        "One group is layer normalization. Which number of groups is the other end?",
        "As many groups as channels; x knows how many. Then gamma and beta.",
    ],
    insight="Layer and instance normalization are the two ends of one scale, and group normalization is everything in "
    "between. Keras has no InstanceNormalization: it is `GroupNormalization(groups=-1)`.",
)


# --- predict: workers ----------------------------------------------------------------------------

workers = PredictExercise(
    {
        "pictures in a mean, BN on each worker": 2,
        "values in a mean, BN on each worker": 98,
        "pictures in a mean, synchronized BN": 16,
        "values in a mean, synchronized BN": 784,
        "pictures in a mean, GN": 1,
    },
    variable="shared",
    mistakes={
        "pictures in a mean, BN on each worker": [
            Mistake("all pictures of a step", "16 pictures are worked on in a step, but a worker sees only its own, "
                    "and by default it does not ask the others.", 16),
            Mistake("workers, not pictures", "8 counts the workers.", 8),
            Mistake("one picture", "a mean of batch normalization runs over all pictures that the worker has.", 1),
        ],
        "values in a mean, BN on each worker": [
            Mistake("one picture's places", "7 · 7 is one picture. The worker has two.", 49),
            Mistake("all workers' places", "that counts the pictures of all workers. By default a worker knows its own "
                    "only.", 784),
            Mistake("the channels, too", "the channels do not share a mean in batch normalization.", 98 * 2048),
            Mistake("only the pictures", "2 counts the pictures; each brings its places.", 2),
            Mistake("one side of the map", "2 · 7 takes one side of the map. It has 7 · 7 places.", 14),
        ],
        "pictures in a mean, synchronized BN": [
            Mistake("still its own", "synchronized means that the workers add up their sums before they divide: the "
                    "mean runs over the pictures of all.", 2),
            Mistake("one picture, synchronized", "a mean of batch normalization runs over pictures; synchronized, over "
                    "those of all workers.", 1),
            Mistake("workers, not pictures, synchronized", "8 counts the workers. Each brings two pictures.", 8),
        ],
        "values in a mean, synchronized BN": [
            Mistake("one worker's values", "that is one worker's share. Synchronized, all eight count.", 98),
            Mistake("one picture's values", "7 · 7 is one picture.", 49),
            Mistake("the channels, too, synchronized", "the channels do not share a mean in batch normalization.",
                    784 * 2048),
            Mistake("pictures only, synchronized", "16 counts the pictures; each brings 7 · 7 places.", 16),
        ],
        "pictures in a mean, GN": [
            Mistake("the worker's pictures", "a mean of group normalization never leaves its picture.", 2),
            Mistake("all pictures", "a mean of group normalization never leaves its picture.", 16),
        ],
    },
    points=1,
    hints=[
        "A worker holds two pictures. Which of the three layers asks beyond them, and which does not even use both?",
        "The values in a mean of batch normalization: pictures times places. A map has 7 · 7 places.",
    ],
    insight="\"Batch size 2\" in the paper is the batch of one worker. Sixteen pictures a step did not help, because "
    "each worker kept its statistics to itself.",
)


# --- experiment: hurt batch normalization --------------------------------------------------------

RACE_START = {"batch_size": 16, "depth": 2, "learning_rate": 0.3}
_LEAD, _LEARNS, _SMALLEST = 0.10, 0.70, 4


def _race_missing(result):
    names = ("batch_size", "depth", "learning_rate", "batch", "group")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), (int, float)) for name in names):
        return "Pass what `race(...)` returned: `check(result)`."
    return ""


hurt_batch_norm = ExperimentExercise(
    measured=_race_missing,
    attempted=lambda r: any(r[name] != value for name, value in RACE_START.items()),
    met=lambda r: (
        r["batch_size"] >= _SMALLEST and r["group"] >= _LEARNS and r["group"] - r["batch"] >= _LEAD
    ),
    report=lambda r: (
        f"Test accuracy: ≈ {r['batch']:.2f} with batch normalization, ≈ {r['group']:.2f} with group normalization."
    ),
    mistakes=[
        Mistake(
            "no hidden layer",
            "Without a hidden layer there is no normalization in either network: they are the same. How many must "
            "there be for one to fall behind?",
            lambda r: r["depth"] < 1,
        ),
        Mistake(
            "batch below 4",
            "That is a batch of fewer than 4. There it is no art: stay at 4 or more, and find what else makes it "
            "worse.",
            lambda r: r["batch_size"] < _SMALLEST,
        ),
        Mistake(
            "both fail",
            "The network with group normalization has not learned enough, either (0.70 is asked for): depth "
            "and learning rate together are too much for it, or its steps too few. Which can you take back?",
            lambda r: r["group"] < _LEARNS,
        ),
        Mistake(
            "batch normalization ahead",
            "Here batch normalization is ahead. How many values does each of its means see? And how many such layers "
            "are there, one upon the other?",
            lambda r: r["batch"] > r["group"],
        ),
        Mistake(
            "large batch",
            "With so many examples in a mean there is little to lose. Make the batch smaller first.",
            lambda r: r["batch_size"] > 8,
        ),
        Mistake(
            "shallow",
            "The batch is small, and group normalization is ahead by less than 0.10. The harm is done in each "
            "normalized layer anew: what follows?",
            lambda r: r["depth"] <= 3,
        ),
    ],
    otherwise="Group normalization is ahead, but by less than 0.10. Go on in the direction that widened the gap, and "
    "keep an eye on the learning rate.",
    solved="""
        result = race(batch_size=4, depth=6, learning_rate=0.1)
        """,
    hints=[
        "Two things add up: how noisy a single mean is, and how often this noise is added on the way through the "
        "network.",
        "Take a batch of 4 and more hidden layers. If the network with group normalization fails as well, lower the "
        "learning rate.",
    ],
    insight="Few values a mean can be borne once or twice, not in every layer of a deep network. A network with fifty "
    "normalized layers, as in the paper, feels a small batch sooner than ours do.",
)

name_exercises(globals())
