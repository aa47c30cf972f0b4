"""Notebook 09, code: contrast."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.data_augmentation._shared import _brightness_rescaled, _each, _pictures


def contrast(images, factor):
    mean = images.mean(axis=(1, 2), keepdims=True)                          # (N, 1, 1)
    return np.clip(mean + factor[:, None, None] * (images - mean), 0, 1)    # (N, H, W)


def _contrast_cases():
    x = _pictures(21, 4, 5, 4) * _each([0.6, 1.0, 0.4, 0.8]) + _each([0.35, 0.0, 0.1, 0.05])
    return [
        Case("on 4 pictures of 5 × 4 with the factors 1.8, 0.4, 2.5 and 1.3", (x, np.array([1.8, 0.4, 2.5, 1.3]))),
        Case("on 4 pictures of 4 × 4 with the factors 0, 1.5, 3 and 0.8",
             (_pictures(22, 4, 4, 4), np.array([0.0, 1.5, 3.0, 0.8]))),
        Case("on 2 pictures of 3 × 5 with the factors 0.5 and 0.7, where nothing is clipped",
             (_pictures(23, 2, 3, 5) ** 2, np.array([0.5, 0.7]))),
    ]


_true_contrast = contrast


def _contrast_in_a_loop(images, factor):
    return np.stack([np.clip(f * image + (1 - f) * image.mean(), 0, 1) for image, f in zip(images, factor)])


def _about(middle, *, clip=True, factor=lambda f: f):
    """Stretched about ``middle(images)``."""

    def wrong(x, f):
        stretched = middle(x) + _each(factor(f)) * (x - middle(x))
        return np.clip(stretched, 0, 1) if clip else stretched

    return wrong


def _own_mean(x):
    return x.mean(axis=(1, 2), keepdims=True)


_PER_PICTURE = "Each picture is stretched about its *own* mean, over its rows and columns: axes 1 and 2."


contrast = CodeExercise(
    contrast,
    outputs=["stretched"],
    cases=_contrast_cases,
    variants=[
        _contrast_in_a_loop,
        lambda x, f: np.clip(((x.T - x.mean((1, 2))) * f + x.mean((1, 2))).T, 0, 1),
        lambda x, f: np.clip(_each(f) * x + _each((1 - f) * x.reshape(len(x), -1).mean(axis=1)), 0, 1),
        lambda x, f: _true_contrast(x.astype(np.float32), f.astype(np.float32)),
    ],
    mistakes=[
        Mistake(
            "about 0",
            "The pictures are multiplied by the factor, that is, stretched about 0. Then they become brighter or "
            "darker as a "
            "whole. " + _PER_PICTURE,
            _about(lambda x: 0.0),
        ),
        Mistake(
            "about 0, not clipped",
            "The pictures are multiplied by the factor, that is, stretched about 0, and not clipped. " + _PER_PICTURE,
            _about(lambda x: 0.0, clip=False),
        ),
        Mistake(
            "about the batch's mean",
            "The pictures are stretched about the mean of the whole batch. Then what happens to a picture depends on "
            "its "
            "neighbours. " + _PER_PICTURE,
            _about(np.mean),
        ),
        Mistake(
            "about the batch's mean, not clipped",
            "The pictures are stretched about the mean of the whole batch, and not clipped. " + _PER_PICTURE,
            _about(np.mean, clip=False),
        ),
        Mistake(
            "about the mean picture",
            "They are stretched about the mean *picture* of the batch, pixel by pixel: `mean(axis=0)`. " + _PER_PICTURE,
            _about(lambda x: x.mean(axis=0, keepdims=True)),
        ),
        Mistake(
            "about each row's mean",
            "Each row is stretched about its own mean: `axis=-1` averages over the columns alone. " + _PER_PICTURE,
            _about(lambda x: x.mean(axis=2, keepdims=True)),
        ),
        Mistake(
            "about each column's mean",
            "Each column is stretched about its own mean: `axis=1` averages over the rows alone. " + _PER_PICTURE,
            _about(lambda x: x.mean(axis=1, keepdims=True)),
        ),
        Mistake(
            "about the middle",
            "They are stretched about 0.5, the middle of the range. A digit is mostly black: its mean lies far below. "
            + _PER_PICTURE,
            _about(lambda x: 0.5),
        ),
        Mistake(
            "about the median",
            "They are stretched about the median. A digit's median is 0, for most of it is black. " + _PER_PICTURE,
            _about(lambda x: np.median(x, axis=(1, 2), keepdims=True)),
        ),
        Mistake(
            "about the middle of the values",
            "They are stretched about the middle between the smallest and the largest value. " + _PER_PICTURE,
            _about(lambda x: (x.min(axis=(1, 2), keepdims=True) + x.max(axis=(1, 2), keepdims=True)) / 2),
        ),
        Mistake(
            "about the mean of the ink",
            "They are stretched about the mean of the brighter pixels alone. Take the mean over *all* pixels of the "
            "picture, the dark ones too.",
            lambda x, f: _about(lambda x: np.array(
                [image[image > 0.1].mean() for image in x])[:, None, None])(x, f),
        ),
        Mistake(
            "rescaled",
            "The result is rescaled so that it runs from 0 to 1. Then the factor has no effect any more. Clip instead.",
            lambda x, f: _brightness_rescaled(_about(_own_mean, clip=False)(x, f), np.zeros(len(x))),
        ),
        Mistake(
            "to a power",
            "The pictures are raised to the power of the factor (\"gamma correction\"). That darkens the middle "
            "values. Asked is a stretch about the mean.",
            lambda x, f: np.clip(x ** _each(f), 0, 1),
        ),
        Mistake(
            "not clipped",
            "Values leave the range from 0 to 1: clip the result.",
            _about(_own_mean, clip=False),
        ),
        Mistake(
            "clipped above only", "Stretching also makes values below 0. Clip on both sides.",
            lambda x, f: np.minimum(_about(_own_mean, clip=False)(x, f), 1),
        ),
        Mistake(
            "clipped below only", "Stretching also makes values above 1. Clip on both sides, at 0 and at 1 (not at 255: these "
            "pictures end at 1).",
            lambda x, f: np.maximum(_about(_own_mean, clip=False)(x, f), 0),
        ),
        Mistake(
            "clipped before the mean is back",
            "It is clipped before the mean is added again: what lies below the mean is negative then, and lost.",
            lambda x, f: np.clip(_each(f) * (x - _own_mean(x)), 0, 1) + _own_mean(x),
        ),
        Mistake(
            "mean not added back",
            "The mean is subtracted and never added again: the pictures are centred on 0, and clipping makes the "
            "darker half black.",
            lambda x, f: np.clip(_each(f) * (x - _own_mean(x)), 0, 1),
        ),
        Mistake(
            "mean not added back, not clipped",
            "The mean is subtracted and never added again; and the range from 0 to 1 is left.",
            lambda x, f: _each(f) * (x - _own_mean(x)),
        ),
        Mistake(
            "mean multiplied as well",
            "The mean is added again before the multiplication, so it is multiplied as well: that is a stretch about "
            "0 after all, with a detour.",
            lambda x, f: np.clip(_each(f) * (x - _own_mean(x)) + _each(f) * _own_mean(x) + _own_mean(x), 0, 1),
        ),
        Mistake(
            "factor is an excess",
            "The factor is added to 1. Here a factor of 1 leaves the picture as it is, and 0 leaves its mean alone.",
            _about(_own_mean, factor=lambda f: 1 + f),
        ),
        Mistake(
            "one minus the factor",
            "The factor and 1 − factor have changed places: with a factor of 1 nothing but the mean is left.",
            _about(_own_mean, factor=lambda f: 1 - f),
        ),
        Mistake(
            "divided",
            "The distances from the mean are divided by the factor: what should stretch shrinks.",
            lambda x, f: np.clip(_own_mean(x) + (x - _own_mean(x)) / _each(np.where(f == 0, 1e-12, f)), 0, 1),
        ),
        Mistake(
            "the wrong way about",
            "The difference is taken the wrong way round, mean − picture: that gives the negative, black for white.",
            lambda x, f: np.clip(_own_mean(x) + _each(f) * (_own_mean(x) - x), 0, 1),
        ),
        Mistake(
            "standardized",
            "The pictures are divided by their standard deviation as well. Contrast multiplies the distances from the "
            "mean by the factor, and by nothing else.",
            lambda x, f: np.clip(_own_mean(x) + _each(f) * (x - _own_mean(x)) / x.std(axis=(1, 2), keepdims=True), 0, 1),
        ),
        Mistake(
            "along the columns",
            "The factors go along the columns: the shape (N,) meets the *last* axis, W. Give it the shape (N, 1, 1).",
            lambda x, f: np.clip(_own_mean(x) + f * (x - _own_mean(x)), 0, 1),
        ),
        Mistake(
            "along the columns, mean without keepdims",
            "Factors and means go along the columns: the shape (N,) meets the *last* axis, W. Give both the shape (N, "
            "1, 1); for the mean, `keepdims=True` does it.",
            lambda x, f: np.clip(x.mean(axis=(1, 2)) + f * (x - x.mean(axis=(1, 2))), 0, 1),
        ),
        Mistake(
            "mean without keepdims",
            "The means go along the columns: their shape (N,) meets the *last* axis, W. `keepdims=True` keeps (N, 1, "
            "1).",
            lambda x, f: np.clip(x.mean(axis=(1, 2)) + _each(f) * (x - x.mean(axis=(1, 2))), 0, 1),
        ),
        Mistake(
            "the first factor for all",
            "Every picture gets the first factor. There is one for each picture.",
            lambda x, f: _true_contrast(x, np.full(len(x), f[0])),
        ),
        Mistake("not changed", "The pictures come back as they are.", lambda x, f: x.copy()),
    ],
    properties=[
        Property("No value may lie outside the range from 0 to 1.",
                 lambda args, outputs: outputs[0].min() >= 0 and outputs[0].max() <= 1),
        Property("Where nothing is clipped, a picture's mean should stay what it was.",
                 lambda args, outputs: all(
                     abs(new.mean() - old.mean()) < 1e-3 for new, old in zip(outputs[0], args[0])
                     if new.min() > 0.001 and new.max() < 0.999)),
        Property("A factor above 1 should make the values of a picture lie further apart, one below 1 nearer.",
                 lambda args, outputs: all((new.std() > old.std()) == (f > 1)
                                           for new, old, f in zip(outputs[0], args[0], args[1]))),
    ],
    points=3,
    hints=[
        "Which numbers share a mean? All pixels of one picture: so there are N means.",
        "`images.mean(axis=(1, 2), keepdims=True)` has the shape (N, 1, 1), and so has `factor[:, None, None]`. Clip "
        "at the very end.",
    ],
    insight="This is notebook 06 in disguise: one mean for each picture. Stretched about 0 a picture would change in "
    "brightness as well; about the batch's mean it would depend on its neighbours.",
)
