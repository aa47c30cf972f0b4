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
        # Square: the means of the rows fit beside the columns, and nothing raises.
        Case("on an array of shape (4, 4)", (rng.normal([3.0, 0.0, -1.0, 8.0], 2.0, size=(4, 4)),)),
    ]


def _without(mean):
    return lambda x: x - mean(x)


def _centred(x):
    return x - x.mean(axis=0)


_STANDARDIZED = (
    "The columns are centred, but they are also divided by their standard deviation. That is the next step, in "
    "notebook 01."
)


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
            "You subtract the mean of each row (axis 1). A row is one example. The exercise asks for the mean of each "
            "column: the mean of one feature over all examples.",
            _without(lambda x: x.mean(axis=1, keepdims=True)),
        ),
        Mistake(
            "axis=1, without keepdims",
            "You take the mean of each row (axis 1), and NumPy matches these means with the columns. A row is one "
            "example. The exercise asks for the mean of each column: the mean of one feature over all examples.",
            _without(lambda x: x.mean(axis=1)),
        ),
        Mistake(
            "axis=1, transposed",
            "You subtract the mean of each row (axis 1), and rows and columns have changed places in the result. The "
            "exercise asks for the mean of each column, and for the shape of x.",
            lambda x: x.T - x.mean(axis=1),
        ),
        Mistake(
            "transposed",
            "The numbers are right, but rows and columns have changed places. Return an array of the same shape as x.",
            lambda x: _centred(x).T,
        ),
        Mistake(
            "one mean for all",
            "You subtract one mean of the whole array. Each column has a mean of its own: `mean` needs an axis.",
            _without(lambda x: x.mean()),
        ),
        Mistake(
            "mean of the first column",
            "You subtract the mean of the first column from every column. Each column has a mean of its own.",
            _without(lambda x: x[:, 0].mean()),
        ),
        Mistake(
            "rows, then columns",
            "You subtract the means of the rows and the means of the columns. Subtract only those of the columns.",
            lambda x: _centred(x - x.mean(axis=1, keepdims=True)),
        ),
        Mistake(
            "sum",
            "You subtract the sum of each column, not its mean.",
            _without(lambda x: x.sum(axis=0)),
        ),
        Mistake(
            "divided by the number of columns",
            "The sum of each column is divided by the number of columns. A column has as many values as there are "
            "rows.",
            _without(lambda x: x.sum(axis=0) / x.shape[1]),
        ),
        Mistake(
            "sign turned",
            "This is the mean minus x: every sign is flipped. Subtract the mean from x.",
            lambda x: -_centred(x),
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
            "the mean of each row",
            "This is the mean of each row. The exercise asks for the mean of each column, to be subtracted from x.",
            lambda x: x.mean(axis=1),
        ),
        Mistake(
            "the mean of all",
            "This is the mean of the whole array, one number. Each column has a mean of its own, to be subtracted from "
            "x.",
            lambda x: x.mean(),
        ),
        Mistake("divided", _STANDARDIZED, lambda x: _centred(x) / x.std(axis=0)),
        Mistake("divided, ddof=1", _STANDARDIZED, lambda x: _centred(x) / x.std(axis=0, ddof=1)),
        Mistake(
            "squared",
            "These are the squares of the differences. Return the differences themselves.",
            lambda x: _centred(x) ** 2,
        ),
        Mistake(
            "absolute value",
            "The signs are lost. A value below the mean of its column should become negative.",
            lambda x: np.abs(_centred(x)),
        ),
        Mistake(
            "another x",
            "The result is the same whatever the function is given. Does it use the array x of an earlier cell? Compute "
            "with the function's own argument.",
            lambda x: np.zeros((5, 3)),
        ),
        Mistake(
            "nothing but zeros",
            "The result is 0 everywhere. Is x subtracted from itself? Subtract the mean of each column.",
            lambda x: 0 * x,
        ),
        Mistake("unchanged", "x comes back unchanged.", lambda x: x.copy()),
        Mistake("median", "You subtract the median of each column, not its mean.", _without(lambda x: np.median(x, axis=0))),
        Mistake(
            "smallest value",
            "You subtract the smallest value of each column, not its mean.",
            _without(lambda x: x.min(axis=0)),
        ),
    ],
    properties=[
        Property(
            "Every column of the result should have mean 0, and at least one does not.",
            lambda args, outputs: np.allclose(outputs[0].mean(axis=0), 0, atol=1e-4),
        ),
    ],
    points=1,
    hints=[
        "Where x has the shape (5, 3), `x.mean(axis=0)` has the shape (3,): one number per column.",
        "NumPy broadcasts an array of shape (3,) over the rows of an array of shape (5, 3): subtract one from the "
        "other.",
    ],
    insight="Subtracting a mean is the first half of almost every normalization layer in this course.",
)
