"""Notebook 06, code: instance normalization from groups."""

from __future__ import annotations

import inspect
import re

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.layer_instance_and_group_normalization._shared import (
    _axes,
    _channel_weights,
    _channels,
    _formula_mistakes,
    _in_groups,
    _mixed,
    _over,
    _pairs,
    _reached,
    _sets_mistakes,
    _undone,
    _whole,
    _without_groups,
)


def instance_norm(x, gamma, beta, epsilon=1e-3):
    return gamma * normalize_groups(x, x.shape[-1], epsilon) + beta


def _asks_for_groups(function):
    """True where the function, or one within it, names ``normalize_groups`` or the student's ``group_norm``."""
    return _names_groups(getattr(function, "__code__", None))


def _names_groups(code):
    if code is None:
        return True
    inner = [constant for constant in code.co_consts if inspect.iscode(constant)]
    return bool({"normalize_groups", "group_norm"} & set(code.co_names)) or any(map(_names_groups, inner))


class InstanceExercise(CodeExercise):
    """A code exercise that says so when a right answer was not made of ``normalize_groups``."""

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        said = verdict.paragraphs[0] if verdict.state == "unusable" else ""
        if re.match(r"It raised `ValueError`: .*(group|divi|no message)", said) and _asks_for_groups(answer):
            # In whatever words the student's own function refuses it.
            mistake = self.not_the_channels
            return self._verdict("known mistake", mistake.message, *verdict.paragraphs, code=verdict.code,
                                 mistakes=(mistake.name,))
        if verdict.state == "correct" and not _asks_for_groups(answer):
            return self._verdict("correct", _ONE_CALL, *verdict.paragraphs)
        return verdict

    not_the_channels = Mistake(
        "groups that do not divide the channels",
        "Here the number of groups does not divide the channels. The number must fit every x: which axis of x gives "
        "it?",
        lambda x, gamma, beta, epsilon=1e-3: None,
    )


_ONE_CALL = "One call of `normalize_groups` can take the place of the means and variances: with which number of groups?"


def normalize_groups(x, groups, epsilon=1e-3):
    """x_hat over the groups of neighbouring channels of each image, as the notebook has it."""
    C = x.shape[-1]
    if C % groups:
        raise ValueError(f"{groups} groups do not divide {C} channels")
    return _over(_in_groups)(x, groups, 1.0, 0.0, epsilon)


def _instance_cases():
    rng = np.random.default_rng(51)

    def images(*shape):
        N, _, _, C = shape
        return rng.uniform(0.05, 0.4, size=(N, 1, 1, C)) * rng.normal(size=shape) + rng.normal(size=(N, 1, 1, C))

    small = images(2, 3, 2, 6)
    small[0, :, :, 2] *= 0.05  # a spread that is smaller than epsilon
    alike = images(2, 3, 2, 6)
    alike[1, :, :, 4] = 5.0
    return [
        Case("on images of shape (4, 4, 4, 4), with the default epsilon",
             (0.2 * images(4, 4, 4, 4), *_channel_weights(4))),
        Case("on images of shape (2, 3, 2, 6)", (small, *_channel_weights(6), 0.05)),
        Case("on images with a channel whose values are all equal", (alike, *_channel_weights(6), 1e-2), edge=True),
        Case("on one image of shape (1, 5, 2, 4)", (images(1, 5, 2, 4), *_channel_weights(4), 1e-2)),
        Case("on an image of shape (1, 2, 3, 4), with epsilon 0",
             (0.2 * images(1, 2, 3, 4), *_channel_weights(4), 0.0), edge=True),
    ]


def _by_loops(x, gamma, beta, epsilon=1e-3):
    y = np.empty(x.shape)
    for n in range(x.shape[0]):
        for c in range(x.shape[3]):
            one = x[n, :, :, c]
            y[n, :, :, c] = gamma[c] * (one - one.mean()) / np.sqrt(one.var() + epsilon) + beta[c]
    return y


def _grouped(number):
    """Group normalization in ``number(x)`` groups, where that divides the channels."""
    return lambda x, gamma, beta, epsilon=1e-3: gamma * normalize_groups(x, number(x), epsilon) + beta


def _instance_without_keepdims(x, gamma, beta, epsilon=1e-3):
    return gamma * (x - x.mean(axis=(1, 2))) / np.sqrt(x.var(axis=(1, 2)) + epsilon) + beta


def _image_weights(x_hat, gamma, beta):
    return gamma.reshape(-1, 1, 1, 1) * x_hat + beta.reshape(-1, 1, 1, 1)


def _channel_means_are_zero(args, outputs):
    return np.allclose(_undone(args, outputs, 1).mean(axis=(1, 2)), 0, atol=1e-4)


# The common ones: they are paired with a second mistake.
_WRONG_AXES = [
    (
        "one group",
        "All channels of an image share one mean: that is layer normalization, or a single group, the other end of "
        "the scale. Instance normalization keeps every channel apart.",
        _whole,
    ),
    (
        "batch axes",
        "The mean of a channel runs over the images, too: that is batch normalization. An *instance* is one image.",
        _axes(lambda x: (0, 1, 2)),
    ),
    (
        "channels of a position",
        "Every position is normalized over its channels. It is the other way round: every channel over its positions.",
        _axes(lambda x: (3,)),
    ),
    (
        "channels-first axes",
        "Axes 2 and 3 are width and channels here. They would be height and width if the channels came first, as in "
        "PyTorch.",
        _axes(lambda x: (2, 3)),
    ),
]
_OTHER_AXES = [
    (
        "height only",
        "Each column of an image is normalized by itself: axis 1 alone is averaged over. An image has two spatial "
        "axes.",
        _axes(lambda x: (1,)),
    ),
    (
        "width only",
        "Each row of an image is normalized by itself: axis 2 alone is averaged over. An image has two spatial axes.",
        _axes(lambda x: (2,)),
    ),
    (
        "over the images",
        "Axis 0 alone is averaged over: each position of each channel, over the images. An instance is one image.",
        _axes(lambda x: (0,)),
    ),
    (
        "everything",
        "One mean and one variance serve the whole array. Each channel of each image has its own.",
        _axes(lambda x: (0, 1, 2, 3)),
    ),
]


instance_norm = InstanceExercise(
    instance_norm,
    outputs=["y"],
    given=lambda: {"normalize_groups": normalize_groups},
    cases=_instance_cases,
    variants=[
        _by_loops,
        _without_groups(_over(_channels)),
        lambda x, gamma, beta, epsilon=1e-3: normalize_groups(x.astype(np.float32), x.shape[3], epsilon) * gamma + beta,
    ],
    mistakes=[
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
            "epsilon is passed where `normalize_groups` expects the number of groups: its second argument.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * normalize_groups(x, epsilon) + beta,
        ),
        Mistake(
            "four groups, whatever comes",
            "Four groups are right for four channels only. The number of groups must follow from x.",
            _grouped(lambda x: 4),
        ),
        Mistake(
            "as many groups as images",
            "The number of groups is taken from axis 0, the images. Groups consist of channels, and each image "
            "has its own groups anyway.",
            _grouped(lambda x: x.shape[0]),
        ),
        Mistake(
            "as many groups as rows",
            "The number of groups is taken from axis 1, the height. Groups consist of channels.",
            _grouped(lambda x: x.shape[1]),
        ),
        Mistake(
            "as many groups as columns",
            "The number of groups is taken from axis 2, the width. Groups consist of channels.",
            _grouped(lambda x: x.shape[2]),
        ),
        Mistake(
            "minus one",
            "-1 tells Keras' layer to take as many groups as channels. `normalize_groups` wants the number itself.",
            _grouped(lambda x: -1),
        ),
        Mistake(
            "as many groups as positions",
            "H · W is the number of positions. Groups consist of channels: how many of them leave each channel alone?",
            _grouped(lambda x: x.shape[1] * x.shape[2]),
        ),
        *_sets_mistakes(_WRONG_AXES + _OTHER_AXES, _without_groups),
        Mistake(
            "keepdims forgotten",
            "The means have shape (N, C) without `keepdims`, and NumPy lines that up with width and channels.",
            _instance_without_keepdims,
        ),
        Mistake(
            "gamma for each image",
            "gamma and beta are applied per image. There should be one of each per channel: the next batch has "
            "other images.",
            _without_groups(_over(_channels, finish=_image_weights)),
        ),
        *_formula_mistakes(_channels, _without_groups),
        *_mixed(
            _channels,
            [("the whole image", _whole), ("each channel over the batch", _axes(lambda x: (0, 1, 2))),
             ("all images together", _axes(lambda x: (0, 1, 2, 3)))],
            _without_groups,
        ),
        *_pairs(_channels, _WRONG_AXES, _without_groups),
    ],
    properties=[
        Property(
            "Some channels come back as nothing but zeros, or nothing but beta: does the loop reach every one?",
            _reached(lambda x: (1, 2), 1),
        ),
        Property(
            "Subtract beta and divide by gamma: then each channel of each image should have mean 0. Not all of "
            "them do.",
            _channel_means_are_zero,
        ),
    ],
    points=2,
    hints=[
        "One group is layer normalization. Which number of groups is at the other end?",
        "As many groups as channels; x knows how many. Then gamma and beta.",
    ],
    insight="Layer and instance normalization are the two ends of one scale, and group normalization is everything in "
    "between. Keras has no InstanceNormalization: it is `GroupNormalization(groups=-1)`.",
)
