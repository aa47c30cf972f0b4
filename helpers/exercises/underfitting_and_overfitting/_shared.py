"""What exercises of notebook 07 share."""

from __future__ import annotations

import copy
from numpy.polynomial.legendre import legvander

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.engine import CodeExercise, Mistake


def truth(x):
    return np.cos(1.5 * np.pi * x)


def fit(x, y, degree):  # as in the notebook: the solution of `choose_degree` calls it
    return np.linalg.pinv(legvander(2 * x - 1, degree)) @ y


def predict(w, x):
    return legvander(2 * x - 1, len(w) - 1) @ w


def _measured(seed, n, noise=0.1, function=truth):
    rng = np.random.default_rng(seed)
    x = (np.arange(n) + rng.uniform(size=n)) / n
    return x, function(x) + noise * rng.normal(size=n)


class _FlatExercise(CodeExercise):
    """A code exercise whose result has one axis and no other: beside it, a column would broadcast to a table.

    The engine takes axes of length 1 for a matter of taste, as they are in a table.
    """

    def __init__(self, *arguments, mistakes, **options):
        self.not_flat = Mistake(
            "not flat",
            "The numbers are right, the shape is not: there is an axis of length 1 too many. In a difference with an "
            "array of one axis and as many numbers it would broadcast to a square table, without a word of warning. Look "
            "for `[:, None]`, `reshape` and `keepdims`.",
            lambda *args: self._solution(*args)[:, None],
        )
        super().__init__(*arguments, mistakes=[*mistakes, self.not_flat], **options)

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state != "correct":
            return verdict
        for case, (expected,) in self._reference:
            args = copy.deepcopy(case.args)
            got = sandbox.call(lambda: answer(*args), cpu_seconds=self.cpu_seconds).value
            if np.shape(got) != expected.shape:
                return self._name([self.not_flat], [], "")
        return verdict
