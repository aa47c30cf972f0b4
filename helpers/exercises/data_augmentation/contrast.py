"""Notebook 09, code: contrast."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.data_augmentation._shared import _brightness_rescaled, _each, _pictures


def contrast(images, factor):
    mean = images.mean(axis=(1, 2), keepdims=True)                          # (N, 1, 1)
    return np.clip(mean + factor[:, None, None] * (images - mean), 0, 1)    # (N, H, W)


def _contrast_cases():
    dim = _pictures(21, 4, 4, 4) * _each([0.6, 0.5, 0.4, 0.8]) + _each([0.3, 0.0, 0.2, 0.0])
    dim[[1, 3], 1, 2] = 0  # without ink
    extreme = _pictures(22, 4, 4, 4) * _each([1.0, 0.6, 0.9, 1.0])
    extreme[:, 0, 1], extreme[:, 2, 3] = 0, 1
    return [
        Case("on 4 pictures of 4 × 4 with the factors 1.3, 0.4, 1.2 and 0.7", (dim, np.array([1.3, 0.4, 1.2, 0.7]))),
        Case("on one picture of 3 × 5 with the factor 0.5", (_pictures(23, 1, 3, 5) ** 2, np.array([0.5]))),
        Case("on 4 pictures of 4 × 4 with the factors 1.8, 2.5, 6 and 1.4, where values leave the range from 0 to 1",
             (extreme, np.array([1.8, 2.5, 6.0, 1.4])), edge=True),
        Case("on one picture of 3 × 5 with the factor 0", (_pictures(24, 1, 3, 5), np.array([0.0])), edge=True),
    ]


_true_contrast = contrast


def _unclipped(args, outputs):
    """New picture, old picture and factor, where a right answer clips nothing."""
    right = _about(_own_mean, clip=False)(*args)
    return [
        (new, old, f) for new, old, f, whole in zip(outputs[0], *args, right) if whole.min() >= 0 and whole.max() <= 1
    ]


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


def _mean_of_the_ink(x):
    ink = (x > 0).sum(axis=(1, 2), keepdims=True)
    return x.sum(axis=(1, 2), keepdims=True) / np.maximum(ink, 1)


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
            "darker as a whole. " + _PER_PICTURE,
            _about(lambda x: 0.0),
        ),
        Mistake(
            "about the batch's mean",
            "The pictures are stretched about the mean of the whole batch. Then each result depends on the other "
            "pictures in the batch. " + _PER_PICTURE,
            _about(np.mean),
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
            "They are stretched about the mean of the pixels that are not 0. Take the mean over *all* pixels of the picture, "
            "those without ink too.",
            _about(_mean_of_the_ink),
        ),
        Mistake(
            "rescaled",
            "The result is rescaled so that it runs from 0 to 1. Then the factor has no effect any more. Clip instead.",
            lambda x, f: _brightness_rescaled(_about(_own_mean, clip=False)(x, f), np.zeros(len(x))),
        ),
        Mistake(
            "to a power",
            "The pictures are raised to the power of the factor (\"gamma correction\"). Contrast stretches about the "
            "mean: it multiplies the distances from the mean.",
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
            "The result is clipped before the mean is added again: at that point all values below the mean are "
            "negative, so they are lost.",
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
            "The mean is subtracted and never added again; and values leave the range from 0 to 1.",
            lambda x, f: _each(f) * (x - _own_mean(x)),
        ),
        Mistake(
            "mean not subtracted",
            "The mean is added, but was never subtracted: the whole picture is multiplied, and the mean is added on "
            "top. Multiply only the distances from the mean.",
            lambda x, f: np.clip(_each(f) * x + _own_mean(x), 0, 1),
        ),
        Mistake(
            "0.5 added back",
            "The mean is subtracted, but 0.5 is added. Add the same mean again.",
            lambda x, f: np.clip(_each(f) * (x - _own_mean(x)) + 0.5, 0, 1),
        ),
        Mistake(
            "factor is an excess",
            "The factor is added to 1. Here a factor of 1 leaves the picture as it is, and a factor of 0 leaves "
            "nothing but its mean.",
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
            lambda x, f: np.clip(_own_mean(x) + (x - _own_mean(x)) / _each(f), 0, 1),
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
            "The factors are applied along the columns: NumPy aligns the shape (N,) with the *last* axis, W. Give it "
            "the shape (N, 1, 1).",
            lambda x, f: np.clip(_own_mean(x) + f * (x - _own_mean(x)), 0, 1),
        ),
        Mistake(
            "along the columns, mean without keepdims",
            "Factors and means are applied along the columns: NumPy aligns the shape (N,) with the *last* axis, W. "
            "Give both the shape (N, 1, 1); for the mean, `keepdims=True` does it.",
            lambda x, f: np.clip(x.mean(axis=(1, 2)) + f * (x - x.mean(axis=(1, 2))), 0, 1),
        ),
        Mistake(
            "mean without keepdims",
            "The means are applied along the columns: NumPy aligns their shape (N,) with the *last* axis, W. "
            "`keepdims=True` keeps (N, 1, 1).",
            lambda x, f: np.clip(x.mean(axis=(1, 2)) + _each(f) * (x - x.mean(axis=(1, 2))), 0, 1),
        ),
        Mistake(
            "along the rows",
            "The factors are applied along the rows: NumPy aligns the shape (N, 1) with the axes H and W. Give it the "
            "shape (N, 1, 1).",
            lambda x, f: np.clip(_own_mean(x) + f[:, None] * (x - _own_mean(x)), 0, 1),
        ),
        Mistake(
            "along the rows, the mean too",
            "Factors and means are applied along the rows: NumPy aligns the shape (N, 1) with the axes H and W. Give "
            "both the shape (N, 1, 1).",
            lambda x, f: np.clip(x.mean(axis=(1, 2))[:, None] + f[:, None] * (x - x.mean(axis=(1, 2))[:, None]), 0, 1),
        ),
        Mistake(
            "the mean factor for all",
            "Every picture gets the mean of the factors. There is one for each picture.",
            lambda x, f: _true_contrast(x, np.full(len(x), f.mean())),
        ),
        Mistake(
            "the last factor for all",
            "Every picture gets the last factor. There is one for each picture.",
            lambda x, f: _true_contrast(x, np.full(len(x), f[-1])),
        ),
        Mistake(
            "only the last picture",
            "Only the last picture comes back: in a loop, collect them, or make room for all before it.",
            lambda x, f: _true_contrast(x, f)[-1],
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
                     abs(new.mean() - old.mean()) < 1e-4 for new, old, _ in _unclipped(args, outputs))),
        Property("Where nothing is clipped, a factor above 1 should make the values of a picture lie further apart, "
                 "and a factor below 1 should bring them closer together.",
                 lambda args, outputs: all(
                     (new.std() > old.std()) == (f > 1) for new, old, f in _unclipped(args, outputs))),
        Property("Where nothing is clipped, the standard deviation of a picture should be multiplied by the factor.",
                 lambda args, outputs: all(
                     abs(new.std() - f * old.std()) < 1e-4 for new, old, f in _unclipped(args, outputs))),
    ],
    points=3,
    hints=[
        "Which numbers share a mean? All pixels of one picture: so there are N means.",
        "`images.mean(axis=(1, 2), keepdims=True)` has the shape (N, 1, 1), and so has `factor[:, None, None]`. Clip "
        "at the very end.",
    ],
    insight="This is notebook 06 in disguise: one mean for each picture. Stretched about 0, a picture would change in "
    "brightness as well; about the batch's mean, the result would depend on the other pictures in the batch.",
)
