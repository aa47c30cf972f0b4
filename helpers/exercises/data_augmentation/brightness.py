"""Notebook 09, code: brightness."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.data_augmentation._shared import _brightness_rescaled, _each, _pictures


def brightness(images, delta):
    return np.clip(images + delta[:, None, None], 0, 1)


def _brightness_cases():
    dim = 0.1 + 0.5 * _pictures(11, 4, 4, 4)
    dim[:, 1, 2] = 0
    extreme = _pictures(12, 4, 4, 4)
    extreme[:, 0, 1], extreme[:, 2, 3] = 0, 1
    return [
        Case("on 4 pictures of 4 × 4 with delta 0.05, 0.2, 0.3 and 0.1", (dim, np.array([0.05, 0.2, 0.3, 0.1]))),
        Case("on one picture of 3 × 5 with delta −0.15", (0.2 + 0.5 * _pictures(13, 1, 3, 5), np.array([-0.15]))),
        Case("on 4 pictures of 4 × 4 with delta 0.3, −0.4, 0.6 and −0.7, where the sum leaves the range from 0 to 1",
             (extreme, np.array([0.3, -0.4, 0.6, -0.7])), edge=True),
    ]


def _brightness_in_a_loop(images, delta):
    brighter = np.empty_like(images)
    for i, image in enumerate(images):
        brighter[i] = np.minimum(np.maximum(image + delta[i], 0), 1)
    return brighter


_true_brightness = brightness


def _added(args, outputs):
    """Of each picture the differences where a right answer clips nothing."""
    images, delta = args
    right = images + _each(delta)
    inside = (right >= 0) & (right <= 1)
    return [(new - old)[here] if here.any() else np.array([d])
            for new, old, here, d in zip(outputs[0], images, inside, delta)]


brightness = CodeExercise(
    brightness,
    outputs=["brighter"],
    cases=_brightness_cases,
    variants=[
        _brightness_in_a_loop,
        lambda x, d: np.minimum(np.maximum(x + np.reshape(d, (-1, 1, 1)), 0), 1),
        lambda x, d: np.clip((x.T + d).T, 0, 1),
        lambda x, d: np.clip(x.astype(np.float32) + d.astype(np.float32)[:, np.newaxis, np.newaxis], 0, 1),
    ],
    mistakes=[
        Mistake(
            "not clipped",
            "Values leave the range from 0 to 1. A picture has nothing brighter than white, and the later steps expect "
            "this range: clip.",
            lambda x, d: x + _each(d),
        ),
        Mistake(
            "multiplied",
            "The pictures are multiplied by 1 + delta. Black stays black then, however large delta is. Brightness "
            "*adds* the same to every pixel.",
            lambda x, d: np.clip(x * (1 + _each(d)), 0, 1),
        ),
        Mistake(
            "multiplied by delta",
            "The pictures are multiplied by delta. Brightness *adds* the same to every pixel: with a delta of 0 "
            "nothing changes.",
            lambda x, d: np.clip(x * _each(d), 0, 1),
        ),
        Mistake(
            "multiplied by delta, not clipped",
            "The pictures are multiplied by delta. Brightness *adds* the same to every pixel: with a delta of 0 "
            "nothing changes. (And a negative delta gives negative values.)",
            lambda x, d: x * _each(d),
        ),
        Mistake("clipped above only", "Negative deltas make values below 0. Clip on both sides.",
                lambda x, d: np.minimum(x + _each(d), 1)),
        Mistake("clipped below only", "Positive deltas make values above 1. Clip on both sides, at 0 and at 1 (not at 255: "
                "these pictures end at 1).",
                lambda x, d: np.maximum(x + _each(d), 0)),
        Mistake(
            "in steps of 255",
            "delta is taken as 255 times as large. The pictures run from 0 to 1, and delta is in their unit.",
            lambda x, d: np.clip(x + 255 * _each(d), 0, 1),
        ),
        Mistake(
            "delta from 0 to 255",
            "delta is taken as 255 times too small. The pictures run from 0 to 1, and delta is in their unit.",
            lambda x, d: np.clip(x + _each(d) / 255, 0, 1),
        ),
        Mistake(
            "added twice",
            "Twice delta is added.",
            lambda x, d: np.clip(x + 2 * _each(d), 0, 1),
        ),
        Mistake(
            "the last delta for all",
            "Every picture gets the last delta. There is one for each picture.",
            lambda x, d: np.clip(x + d[-1], 0, 1),
        ),
        Mistake(
            "the sum of the deltas for all",
            "Every picture gets the sum of all the deltas. There is one for each picture: in a loop over the deltas, "
            "change only the picture that it belongs to.",
            lambda x, d: np.clip(x + d.sum(), 0, 1),
        ),
        Mistake(
            "delta clipped",
            "delta is clipped to the range from 0 to 1 before it is added, so no picture can become darker. Clip the "
            "*result*.",
            lambda x, d: np.clip(x + np.clip(_each(d), 0, 1), 0, 1),
        ),
        Mistake(
            "rescaled",
            "Each picture is rescaled so that it runs from 0 to 1. This removes what was added: delta no longer has "
            "any effect. Clip instead.",
            _brightness_rescaled,
        ),
        Mistake(
            "rescaled, the whole batch",
            "The result is rescaled by the smallest and largest value of the whole batch. Then each result depends on "
            "the other pictures in the batch. Clip instead.",
            lambda x, d: _brightness_rescaled(x, d, axes=None),
        ),
        Mistake(
            "wraps around",
            "Values above 1 wrap around to 0 (`% 1`): white turns black. Clip instead.",
            lambda x, d: (x + _each(d)) % 1,
        ),
        Mistake(
            "clipped to its own range",
            "The result is clipped to the smallest and largest value of the given pictures. A picture may become "
            "brighter than that: the allowed range is always 0 to 1.",
            lambda x, d: np.clip(x + _each(d), x.min(), x.max()),
        ),
        Mistake(
            "to a power",
            "The pictures are raised to a power (\"gamma correction\"). That is another way to make them brighter: "
            "black stays black. Here the same is added to every pixel.",
            lambda x, d: np.clip(x ** (1 - _each(d)), 0, 1),
        ),
        Mistake(
            "Python's min and max",
            "`min` and `max` compare two single numbers, and these are arrays. NumPy has `np.minimum`, `np.maximum` "
            "and `np.clip`.",
            lambda x, d: max(0, min(1, x + _each(d))),
        ),
        Mistake(
            "only the last picture",
            "Only the last picture comes back: in a loop, collect them, or make room for all before it.",
            lambda x, d: _true_brightness(x, d)[-1],
        ),
        Mistake("subtracted", "The pictures are darker where they should be brighter: delta is subtracted.",
                lambda x, d: np.clip(x - _each(d), 0, 1)),
        Mistake(
            "brighter only",
            "A negative delta brightens as well: is there an `abs` in your code?",
            lambda x, d: np.clip(x + np.abs(_each(d)), 0, 1),
        ),
        Mistake(
            "only the ink",
            "Black pixels stay black. Brightness changes every pixel, those without ink too.",
            lambda x, d: np.clip(np.where(x > 0, x + _each(d), x), 0, 1),
        ),
        Mistake(
            "along the columns",
            "The deltas are applied along the columns: NumPy aligns the shape (N,) with the *last* axis, W. Each "
            "picture has its own delta: give it the shape (N, 1, 1).",
            lambda x, d: np.clip(x + d, 0, 1),
        ),
        Mistake(
            "along the rows",
            "The deltas are applied along the rows: NumPy aligns the shape (N, 1) with the axes H and W. Each picture "
            "has its own delta: give it the shape (N, 1, 1).",
            lambda x, d: np.clip(x + d[:, None], 0, 1),
        ),
        Mistake(
            "the first delta for all",
            "Every picture gets the first delta. There is one for each picture.",
            lambda x, d: np.clip(x + d[0], 0, 1),
        ),
        Mistake(
            "the mean delta for all",
            "Every picture gets the mean of the deltas. There is one for each picture.",
            lambda x, d: np.clip(x + d.mean(), 0, 1),
        ),
        Mistake(
            "to 255 and back",
            "The pictures come out from 0 to 255. They came in from 0 to 1, and stay there.",
            lambda x, d: 255 * _true_brightness(x, d),
        ),
        Mistake("not changed", "The pictures come back as they are.", lambda x, d: x.copy()),
    ],
    properties=[
        Property("No value may lie outside the range from 0 to 1.",
                 lambda args, outputs: outputs[0].min() >= 0 and outputs[0].max() <= 1),
        Property("Where nothing is clipped, the difference between the new and the old picture should be the same in all "
                 "pixels of a picture.",
                 lambda args, outputs: all(np.ptp(added) < 1e-4 for added in _added(args, outputs))),
        Property("In each picture the same is added to all pixels, but not this picture's own delta.",
                 lambda args, outputs: all(
                     abs(added.mean() - d) < 1e-4 for added, d in zip(_added(args, outputs), args[1]))),
    ],
    points=2,
    hints=[
        "One number for each picture, and pictures of shape (N, H, W): what shape must delta have, so that NumPy "
        "broadcasts each number over its own picture?",
        "`delta[:, None, None]` has the shape (N, 1, 1). After adding, `np.clip`.",
    ],
    insight="The black background becomes grey, and all nearly white values become exactly white: clipping has removed "
    "their differences for good. That is why the strengths should be moderate.",
)
