"""Notebook 00, code: center."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def center(x):
    return x - x.mean(axis=0)


def _center_cases():
    rng = np.random.default_rng(1)
    return [
        Case("on an array of shape (5, 3)", (rng.normal([1.0, -2.0, 6.0], 1.0, size=(5, 3)),)),
        Case("on an array of shape (4, 4)", (rng.normal([3.0, 0.0, -1.0, 8.0], 2.0, size=(4, 4)),)),
    ]


def _without(mean):
    return lambda x: x - mean(x)


center = CodeExercise(
    center,
    outputs=["centred"],
    cases=_center_cases,
    variants=[
        lambda x: x - np.mean(x, axis=0, keepdims=True),
        lambda x: (x - np.ones(len(x)) @ x / len(x)).astype(np.float32),
    ],
    mistakes=[
        Mistake(
            "axis=1",
            "You subtract the mean of each row (axis 1). A row is one example; the exercise asks for the mean of "
            "each column, that is, of one feature over all examples.",
            _without(lambda x: x.mean(axis=1, keepdims=True)),
        ),
        Mistake(
            "axis=1, without keepdims",
            "You take the means of the rows (axis 1), and NumPy would match them with the columns. A row is one "
            "example; the exercise asks for the mean of each column, that is, of one feature over all examples.",
            _without(lambda x: x.mean(axis=1)),
        ),
        Mistake(
            "one mean for all",
            "You subtract one mean of the whole array. Each column has a mean of its own: `mean` needs an axis.",
            _without(lambda x: x.mean()),
        ),
        Mistake(
            "sum",
            "You subtract the sum of each column, not its mean.",
            _without(lambda x: x.sum(axis=0)),
        ),
        Mistake(
            "sign turned",
            "This is the mean minus x: every sign is flipped. Subtract the mean from x.",
            lambda x: x.mean(axis=0) - x,
        ),
        Mistake(
            "divided by the mean",
            "You divide by the mean of each column; it should be subtracted.",
            lambda x: x / x.mean(axis=0),
        ),
        Mistake("added", "The mean is added; it should be subtracted.", lambda x: x + x.mean(axis=0)),
        Mistake(
            "the mean itself",
            "This is the mean of each column. Subtract it from x and return what is left.",
            lambda x: x.mean(axis=0),
        ),
        Mistake(
            "divided",
            "The columns are centred, but they are also divided by their standard deviation: that is the next step, "
            "in notebook 01.",
            lambda x: (x - x.mean(axis=0)) / x.std(axis=0),
        ),
        Mistake("unchanged", "x comes back unchanged.", lambda x: x.copy()),
        Mistake("median", "You subtract the median of each column, not its mean.", lambda x: x - np.median(x, axis=0)),
    ],
    properties=[
        Property(
            "Every column of the result should have mean 0, and at least one does not.",
            lambda args, outputs: np.allclose(outputs[0].mean(axis=0), 0, atol=1e-4),
        ),
    ],
    points=1,
    hints=[
        "`x.mean(axis=0)` has shape (3,): one number per column.",
        "NumPy broadcasts an array of shape (3,) over the rows of an array of shape (5, 3): subtract one from the "
        "other.",
    ],
    insight="Subtracting a mean is the first half of almost every normalization layer in this course.",
)
