"""Exercises of notebook 07."""

from __future__ import annotations

import copy

import numpy as np
from numpy.polynomial.legendre import legvander

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


# --- predict: three degrees ----------------------------------------------------------------------

three_degrees = PredictExercise(
    {
        "numbers to choose, degree 15": 16,
        "lowest training error": 15,
        "lowest error on new measurements": 4,
        "training error of degree 29": 0.0,
    },
    variable="prediction",
    mistakes={
        "numbers to choose, degree 15": [
            Mistake("constant forgotten", "the constant is a number to choose as well: it belongs to x to the power 0.",
                    15),
            Mistake("one too many", "from power 0 up to power 15: count again.", 17),
            Mistake("the measurements", "30 is the number of measurements.", 30),
            Mistake("one power", "every power up to 15 has its number, not the highest alone.", 1),
            Mistake("constant and highest", "every power from 0 to 15 has a number, not only the first and the last.", 2),
            Mistake("what is left over", "14 is how many measurements are left over. Asked is how many numbers the "
                    "polynomial has.", 14),
        ],
        "lowest training error": [
            Mistake("the straight line", "degree 4 can be any straight line, too: set the higher numbers to 0. So on "
                    "the training data it cannot be worse.", 1),
            Mistake("the one that looks right", "degree 15 can be any polynomial of degree 4, too: set the higher "
                    "numbers to 0. So on the training data it cannot be worse. Which of the curves *looks* right is "
                    "another question.", 4),
        ],
        "lowest error on new measurements": [
            Mistake("the straight line", "a straight line cannot follow a bend, wherever it is measured. Which of the "
                    "other two do you trust between the points?", 1),
            Mistake("the most flexible", "it comes closest to the 30 points it has seen, the noise in them included. "
                    "New measurements have other noise. Look at its curve between the points.", 15),
        ],
        "training error of degree 29": [
            Mistake("the noise", "that is what the true function would leave. Degree 29 has 30 numbers to choose for 30 "
                    "points: how much is left over?", 0.1),
            Mistake("the noise's variance", "that is what the true function would leave (squared). Degree 29 has 30 "
                    "numbers to choose for 30 points: how much is left over?", 0.01),
            Mistake("the largest", "it is the error on the *training* points. 30 numbers to choose, 30 points: how much "
                    "is left over?", 1.0),
        ],
    },
    points=2,
    hints=[
        "A polynomial of degree 2 is w0 + w1·x + w2·x²: three numbers. Through two points there is a straight line.",
        "Least squares takes the best choice there is, for the training points. Whoever has more choices cannot do "
        "worse there.",
    ],
    insight="The two questions have two answers, and that is the whole of this notebook: on the points a model has "
    "seen, more freedom always wins. On others it does not.",
)


# --- code: fit a polynomial ----------------------------------------------------------------------


def fit_polynomial(x, y, degree, x_new):
    features = np.stack([x**k for k in range(degree + 1)], axis=1)          # (N, degree + 1)
    w = np.linalg.lstsq(features, y, rcond=None)[0]                         # (degree + 1,)
    new_features = np.stack([x_new**k for k in range(degree + 1)], axis=1)  # (M, degree + 1)
    return new_features @ w                                                 # (M,)


def _with_powers(powers):
    """Least squares on the powers ``powers(degree)`` alone."""

    def wrong(x, y, degree, x_new):
        columns = list(powers(degree))
        w = np.linalg.lstsq(np.stack([x**k for k in columns], axis=1), y, rcond=None)[0]
        return np.stack([x_new**k for k in columns], axis=1) @ w

    return wrong


def _with_features(features):
    """Least squares on ``features(x, k)``, k from 0 to the degree."""

    def wrong(x, y, degree, x_new):
        w = np.linalg.lstsq(np.stack([features(x, k) for k in range(degree + 1)], axis=1), y, rcond=None)[0]
        return np.stack([features(x_new, k) for k in range(degree + 1)], axis=1) @ w

    return wrong


def _with_weights(weights):
    """The right features, with the numbers ``weights(features, y)``."""

    def wrong(x, y, degree, x_new):
        w = weights(np.vander(x, degree + 1, increasing=True), y)
        return np.vander(x_new, degree + 1, increasing=True) @ w

    return wrong


def _least_squares(features, y):
    return np.linalg.lstsq(features, y, rcond=None)[0]


def _own_scale(x, y, degree, x_new):
    def scaled(values):
        return np.vander((values - values.mean()) / values.std(), degree + 1, increasing=True)

    return scaled(x_new) @ _least_squares(scaled(x), y)


def _own_range(x, y, degree, x_new):
    def scaled(values):
        return np.vander((values - values.min()) / np.ptp(values), degree + 1, increasing=True)

    return scaled(x_new) @ _least_squares(scaled(x), y)


def _by_polyfit(x, y, degree, x_new):
    return np.polyval(np.polyfit(x, y, degree), x_new)


def _by_polynomial(x, y, degree, x_new):
    return np.polynomial.Polynomial.fit(x, y, degree)(x_new)


def _by_powers(x, y, degree, x_new):
    return np.vander(x_new, degree + 1, increasing=True) @ _least_squares(np.vander(x, degree + 1, increasing=True), y)


def _by_normal_equations(x, y, degree, x_new):
    features = x[:, None] ** np.arange(degree + 1)
    w = np.linalg.solve(features.T @ features, features.T @ y)
    return (x_new[:, None] ** np.arange(degree + 1)) @ w


def _by_pinv(x, y, degree, x_new):
    w = np.linalg.pinv(np.vander(x, degree + 1)) @ y
    return sum(w[degree - k] * x_new**k for k in range(degree + 1))


def _by_legendre(x, y, degree, x_new):
    return predict(fit(x, y, degree), x_new)


def _polynomial_cases():
    x, y = _measured(7, 9)
    new = np.array([0.9, 0.05, 0.4, 0.62, 0.2])
    uneven = np.array([0.1, 0.15, 0.4, 0.55, 0.6, 0.95])
    return [
        Case("with degree 2, 9 points and 5 new places", (x, y, 2, new)),
        Case("with degree 4, 9 points and 5 new places", (x, y, 4, new)),
        Case("with degree 1 and 6 points, as many as new places", (uneven, y[:6] + 2, 1, np.linspace(0.2, 0.8, 6))),
        Case("with degree 0", (x, y + 1, 0, new)),
    ]


_NO_CONSTANT = "The constant is missing, the power 0: every curve then goes through the origin."

fit_polynomial = _FlatExercise(
    fit_polynomial,
    cases=_polynomial_cases,
    outputs=["y_new"],
    mistakes=[
        Mistake(
            "one degree too low",
            "The highest power is missing: the polynomial is one degree too low. `range(degree)` ends at degree − 1.",
            _with_powers(lambda degree: range(degree) if degree else [0]),
        ),
        Mistake(
            "one degree too low, degree 0 included",
            "The highest power is missing: the polynomial is one degree too low, and with degree 0 nothing is left. "
            "`range(degree)` ends at degree − 1.",
            lambda x, y, degree, x_new: (
                _with_powers(range)(x, y, degree, x_new) if degree else np.zeros(len(x_new))
            ),
        ),
        Mistake(
            "one degree too low, empty stack",
            "The highest power is missing: the polynomial is one degree too low, and with degree 0 no column is left. "
            "`range(degree)` ends at degree − 1.",
            lambda x, y, degree, x_new: _with_powers(range)(x, y, degree, x_new),
        ),
        Mistake(
            "one degree too high",
            "There is one power too many: the polynomial is of degree + 1.",
            _with_powers(lambda degree: range(degree + 2)),
        ),
        Mistake(
            "no constant",
            _NO_CONSTANT,
            lambda x, y, degree, x_new: (
                _with_powers(lambda d: range(1, d + 1))(x, y, degree, x_new) if degree else np.zeros(len(x_new))
            ),
        ),
        Mistake(
            "no constant, empty stack",
            _NO_CONSTANT + " With degree 0 no column is left.",
            lambda x, y, degree, x_new: _with_powers(lambda d: range(1, d + 1))(x, y, degree, x_new),
        ),
        Mistake(
            "no constant, nothing to join",
            _NO_CONSTANT + " With degree 0 no column is left, and NumPy has nothing to join.",
            lambda x, y, degree, x_new: np.column_stack([x_new**k for k in range(1, degree + 1)]) @ _least_squares(
                np.column_stack([x**k for k in range(1, degree + 1)]), y
            ),
        ),
        Mistake(
            "no constant, empty array",
            _NO_CONSTANT + " With degree 0 the list of columns is empty.",
            lambda x, y, degree, x_new: np.array([x_new**k for k in range(1, degree + 1)]).T @ _least_squares(
                np.array([x**k for k in range(1, degree + 1)]).T, y
            ),
        ),
        Mistake(
            "no constant in the prediction",
            "The constant is fitted, and then left out where the polynomial is evaluated: begin with the power 0 there, "
            "too.",
            lambda x, y, degree, x_new: _by_powers(x, y, degree, x_new) - _least_squares(
                np.vander(x, degree + 1, increasing=True), y
            )[0],
        ),
        Mistake(
            "powers shifted by one",
            "The powers run from 1 to degree + 1: all of them are one too high. The first is 0, the constant.",
            _with_powers(lambda degree: range(1, degree + 2)),
        ),
        Mistake(
            "only the highest power",
            "Only the constant and the highest power are used. A polynomial has all powers in between, each with a "
            "number of its own.",
            _with_powers(lambda degree: [0, degree] if degree else [0]),
        ),
        Mistake(
            "the highest power alone",
            "Only the highest power is used. A polynomial has all powers from 0 up, each with a number of its own.",
            _with_powers(lambda degree: [degree]),
        ),
        Mistake(
            "multiples for powers",
            "The columns are multiples of x, not powers: `x * k` where `x ** k` belongs. All of them are the same "
            "straight line, and the constant has become 0.",
            _with_features(lambda x, k: x * k),
        ),
        Mistake(
            "base and exponent swapped",
            "Base and exponent have changed places: k to the power x, not x to the power k.",
            _with_features(lambda x, k: np.float64(k) ** x),
        ),
        Mistake(
            "predicted at the old places",
            "These are the predictions at x, the places of the measurements. Asked are those at `x_new`: evaluate the "
            "polynomial there.",
            lambda x, y, degree, x_new: _by_polyfit(x, y, degree, x),
        ),
        Mistake(
            "numbers returned",
            "What comes back are the numbers of the polynomial, one for each power. Asked is its value at each of the "
            "places `x_new`.",
            lambda x, y, degree, x_new: np.polyfit(x, y, degree)[::-1],
        ),
        Mistake(
            "numbers returned, highest first",
            "What comes back are the numbers of the polynomial (the highest power first, as `np.polyfit` gives them). "
            "Asked is its value at each of the places `x_new`.",
            lambda x, y, degree, x_new: np.polyfit(x, y, degree),
        ),
        Mistake(
            "order turned",
            "The numbers are used in the wrong order: the one of the constant stands before the highest power and so "
            "on. `np.vander` and `np.polyfit` begin with the highest power, your other line with the lowest.",
            lambda x, y, degree, x_new: np.vander(x_new, degree + 1) @ _least_squares(
                np.vander(x, degree + 1, increasing=True), y
            ),
        ),
        Mistake(
            "lstsq not unpacked",
            "`np.linalg.lstsq` returns four things; the numbers of the polynomial are the first of them.",
            lambda x, y, degree, x_new: np.vander(x_new, degree + 1, increasing=True) @ np.linalg.lstsq(
                np.vander(x, degree + 1, increasing=True), y, rcond=None
            ),
        ),
        Mistake(
            "scaled by itself",
            "The new places are standardized with their own mean and spread. Then x = 0.4 means one thing in the fit "
            "and another in the prediction. Use the mean and spread of x for both.",
            _own_scale,
        ),
        Mistake(
            "scaled by its own range",
            "The new places are brought to the range from 0 to 1 by their own smallest and largest value. Then x = 0.4 "
            "means one thing in the fit and another in the prediction. Use those of x for both.",
            _own_range,
        ),
        Mistake(
            "columns one by one",
            "Each number is found alone, as if the other powers were not there. Their columns overlap: all numbers "
            "must be found together, as least squares does.",
            _with_weights(lambda features, y: features.T @ y / (features**2).sum(axis=0)),
        ),
        Mistake(
            "not solved",
            "The product of the transposed features with y is used as it is. That is the right-hand side of the "
            "equations; they are still to be solved.",
            _with_weights(lambda features, y: features.T @ y),
        ),
        Mistake(
            "not solved, averaged",
            "The product of the transposed features with y, over N, is used as it is. That is the right-hand side of "
            "the equations; they are still to be solved.",
            _with_weights(lambda features, y: features.T @ y / len(y)),
        ),
        Mistake(
            "large ridge",
            "Something is added to the matrix before it is solved, and large enough to bend the curve: that is a "
            "penalty on the numbers (notebook 08). Plain least squares is asked for.",
            _with_weights(lambda features, y: np.linalg.solve(
                features.T @ features + np.eye(features.shape[1]), features.T @ y)),
        ),
        Mistake(
            "interpolated",
            "This joins the measurements by straight lines. A polynomial of the degree asked for does not go through "
            "every point.",
            lambda x, y, degree, x_new: np.interp(x_new, x, y),
        ),
        Mistake(
            "always the same degree",
            "It is right with degree 4 alone: is the degree written into the code? Use the argument.",
            lambda x, y, degree, x_new: _by_polyfit(x, y, 4, x_new),
        ),
        Mistake(
            "x and y swapped",
            "x and y have changed places: this is a polynomial in y that gives x.",
            lambda x, y, degree, x_new: np.polyval(np.polyfit(y, x, degree), x_new),
        ),
        Mistake(
            "features in rows",
            "The powers lie in rows. The matrix of features has one row for each *measurement* and one column for each "
            "power: shape (N, degree + 1). Look at `axis` in `np.stack`, or transpose.",
            lambda x, y, degree, x_new: np.linalg.lstsq(np.stack([x**k for k in range(degree + 1)]), y, rcond=None)[0],
        ),
        Mistake(
            "solved as if square",
            "There are more measurements than numbers to choose, so no curve meets all of them and `np.linalg.solve` "
            "has nothing to solve. Least squares is another function.",
            lambda x, y, degree, x_new: np.linalg.solve(np.vander(x, degree + 1), y),
        ),
        Mistake(
            "mean of y",
            "Every prediction is the mean of y. That is the polynomial of degree 0.",
            lambda x, y, degree, x_new: np.full(len(x_new), y.mean()),
        ),
        Mistake(
            "the true function",
            "These are values of the true function, which nobody knows who only has measurements.",
            lambda x, y, degree, x_new: truth(x_new),
        ),
    ],
    properties=[
        Property(
            "With degree 0 every prediction should be the mean of y, and is not.",
            lambda args, outputs: args[2] != 0 or np.allclose(outputs[0], args[1].mean(), atol=1e-3),
        ),
        Property(
            "With degree 1 the predictions should lie on a straight line, and do not.",
            lambda args, outputs: args[2] != 1 or np.allclose(np.diff(outputs[0], 2), 0, atol=1e-4),
        ),
    ],
    variants=[_by_polyfit, _by_polynomial, _by_powers, _by_normal_equations, _by_pinv, _by_legendre],
    points=3,
    hints=[
        "Linear regression with degree + 1 features: the columns are 1, x, x², and so on. Make the same columns for "
        "`x_new`.",
        "`np.linalg.lstsq(features, y, rcond=None)[0]` gives the numbers, (degree + 1,). A prediction is the product of "
        "the new features with them.",
    ],
    insight="A polynomial is linear regression: bent in x, but linear in the numbers to choose. That is why the best "
    "ones can be computed in one step, and why the course fits hundreds of data sets at once below.",
)


# --- predict: bias or variance -------------------------------------------------------------------

_LARGER = {
    "degree 1, 30 measurements: the larger part": "bias",
    "degree 15, 30 measurements: the larger part": "variance",
    "degree 1, 3000 measurements: the larger part": "bias",
}
_DOUBLED = {
    "noise doubled: the variance of degree 15 is multiplied by": 4.0,
    "noise doubled: the bias² of degree 1 is multiplied by": 1.0,
}
_LINE_30, _HIGH_30, _LINE_3000 = _LARGER
_VARIANCE_TIMES, _BIAS_TIMES = _DOUBLED

bias_or_variance = PredictExercise(
    _LARGER | _DOUBLED,
    variable="prediction",
    choices={entry: ("bias", "variance") for entry in _LARGER},
    mistakes={
        _LINE_30: [
            Mistake("a line that swings", "a straight line has two numbers to choose and 30 measurements: from data set to "
                    "data set it hardly moves. And it misses the bend each time in the same places.", "variance"),
        ],
        _HIGH_30: [
            Mistake("a polynomial that misses", "degree 15 can come as close to this function as you like. What makes its "
                    "curves bad is that each data set gives another one.", "bias"),
        ],
        _LINE_3000: [
            Mistake("more data, more variance", "more measurements make the line steadier, and no less straight.",
                    "variance"),
        ],
        _VARIANCE_TIMES: [
            Mistake("doubled", "the curve's swings double. Variance is measured in squares.", 2.0),
            Mistake("unchanged", "what swings from data set to data set is the noise that the curve follows.", 1.0),
            Mistake("root", "the curve's swings double with the noise; their square grows faster, not more slowly.",
                    2**0.5),
            Mistake("halved", "more noise, more swing: the variance cannot fall.", 0.5),
            Mistake("a quarter", "more noise, more swing: the variance cannot fall.", 0.25),
            Mistake("sixteen", "16 would be the fourth power. Variance is a square.", 16.0),
            Mistake("eight", "8 would be the third power. Variance is a square.", 8.0),
        ],
        _BIAS_TIMES: [
            Mistake("doubled", "the noise is as often above as below: over many data sets it does not move the *mean* "
                    "curve. And it is the mean curve that bias is about.", 2.0),
            Mistake("squared", "the noise is as often above as below: over many data sets it does not move the *mean* "
                    "curve. And it is the mean curve that bias is about.", 4.0),
            Mistake("zero", "noise does not remove bias: the mean line misses the bend as before.", 0.0),
            Mistake("halved", "noise does not move the mean line, neither away from the truth nor towards it.", 0.5),
            Mistake("a quarter", "noise does not move the mean line, neither away from the truth nor towards it.", 0.25),
        ],
    },
    points=2,
    hints=[
        "Bias: how far the *mean* of many fitted curves is from the truth. Variance: how far single curves are from "
        "that mean.",
        "Least squares is linear in y: the fit to (truth + noise) is the fit to the truth plus the fit to the noise. "
        "While the places stay, which of the two is the same in every data set, which is another each time? And what does "
        "doubling the noise do to each?",
    ],
    insight="Bias belongs to the model and the truth; variance to the model, the noise, the number of measurements and "
    "where they were taken. So more data is a cure for the one and none for the other.",
)


# --- code: measure bias and variance -------------------------------------------------------------


def bias_variance(predictions, truth, noise):
    mean = predictions.mean(axis=0)                       # (P,): the mean curve
    bias_squared = ((mean - truth) ** 2).mean()
    variance = ((predictions - mean) ** 2).mean()         # over data sets, then over places
    return bias_squared, variance, bias_squared + variance + noise**2


def _parts(bias=None, variance=None, total=None):
    """The three results, each in a wrong form or (None) right; a wrong part goes into a right sum, as it would."""

    def wrong(predictions, truth, noise):
        mean = predictions.mean(axis=0)
        first = ((mean - truth) ** 2).mean() if bias is None else bias(predictions, truth, noise)
        second = predictions.var(axis=0).mean() if variance is None else variance(predictions, truth, noise)
        third = np.sum(first) + np.sum(second) + noise**2 if total is None else total(first, second, noise)
        return first, second, third

    return wrong


def _median_bias(p, t, s):
    return ((np.median(p, axis=0) - t) ** 2).mean()


def _by_loops(predictions, truth, noise):
    count, places = predictions.shape
    bias_squared = variance = 0.0
    for j in range(places):
        column = predictions[:, j]
        mean = sum(column) / count
        bias_squared += (mean - truth[j]) ** 2 / places
        variance += sum((value - mean) ** 2 for value in column) / count / places
    return bias_squared, variance, bias_squared + variance + noise * noise


def _by_identity(predictions, truth, noise):
    distance = np.mean((predictions - truth) ** 2)
    variance = np.var(predictions, axis=0).mean()
    return distance - variance, variance, distance + noise**2


def _bias_variance_cases():
    rng = np.random.default_rng(50)
    place = np.linspace(0, 1, 7)
    first = truth(place) + 0.3 * place + 0.4 * rng.normal(size=(5, 7)) - 0.5 * (place > 0.6)
    second = rng.normal(0.5, [1.0, 0.2, 0.7, 0.4], size=(6, 4)) + np.array([1.0, -2.0, 0.3, 0.9])
    square = truth(place[:5]) + rng.normal(0.2, 0.5, size=(5, 5))
    return [
        Case("with 5 data sets and 7 places", (first, truth(place), 0.6)),
        Case("with 6 data sets and 4 places", (second, np.array([0.2, 1.0, -0.4, 0.1]), 1.7)),
        Case("with 5 data sets and 5 places", (square, truth(place[:5]), 0.3)),
    ]


_ALONG = (
    "The mean is taken along axis 1, over the places of one curve. Bias and variance are about one place and many data "
    "sets: average over axis 0 first."
)
_TOTAL = ("expected_error",)
_FORGOTTEN = "And the noise is missing from the sum: a new measurement has noise of its own."
_NOT_SQUARED = "And `noise` is a standard deviation: what adds up are squares."


def _and_the_noise(name, message, **wrong):
    """One wrong part, together with the two usual mistakes about the noise."""
    yield Mistake(
        f"{name}, noise forgotten", f"Two things. {message} {_FORGOTTEN}", _parts(**wrong, total=lambda b, v, s: b + v)
    )
    yield Mistake(
        f"{name}, noise not squared", f"Two things. {message} {_NOT_SQUARED}",
        _parts(**wrong, total=lambda b, v, s: b + v + s),
    )


def _only_total(total):
    return _parts(total=total)


def _first_two(bias=None, variance=None):
    return _parts(bias, variance)


def _swings_along(p, t, s):
    return p.var(axis=1).mean()


bias_variance = CodeExercise(
    bias_variance,
    cases=_bias_variance_cases,
    outputs=["bias_squared", "variance", "expected_error"],
    mistakes=[
        Mistake(
            "variance over the places",
            "The variance runs over the places of a curve (axis 1): how much the curve bends. Wanted is how much the "
            "predictions at *one* place differ from data set to data set (axis 0), and then the mean over the places.",
            _first_two(variance=_swings_along),
        ),
        Mistake(
            "variance over everything",
            "It is one variance over the whole array: the bends of the curve are in it, too. Take it over the data sets "
            "(axis 0), place by place, and then the mean over the places.",
            _first_two(variance=lambda p, t, s: p.var()),
        ),
        Mistake(
            "mean along axis 1",
            _ALONG,
            lambda p, t, s: (((p.mean(axis=1) - t) ** 2).mean(), p.var(axis=1).mean(), 0.0),
        ),
        Mistake(
            "mean along axis 1, kept",
            _ALONG,
            _parts(
                bias=lambda p, t, s: ((p.mean(axis=1, keepdims=True) - t) ** 2).mean(),
                variance=_swings_along,
            ),
        ),
        Mistake(
            "one mean for everything",
            "One number, the mean of the whole array, is taken for the mean curve. Each place has its own mean, over the "
            "data sets (axis 0).",
            _parts(bias=lambda p, t, s: ((p.mean() - t) ** 2).mean(), variance=lambda p, t, s: p.var()),
        ),
        Mistake(
            "one mean for the bias",
            "For the bias, one number, the mean of the whole array, is taken for the mean curve. Each place has its own "
            "mean, over the data sets (axis 0).",
            _first_two(bias=lambda p, t, s: ((p.mean() - t) ** 2).mean()),
        ),
        Mistake(
            "bias not squared",
            "The bias is not squared: where the curve lies too high and where it lies too low cancel. Square at each "
            "place, then take the mean.",
            _first_two(bias=lambda p, t, s: (p.mean(axis=0) - t).mean()),
        ),
        Mistake(
            "absolute bias",
            "The absolute value is taken in place of the square. Then the parts do not add up.",
            _first_two(bias=lambda p, t, s: np.abs(p.mean(axis=0) - t).mean()),
        ),
        Mistake(
            "squared after the mean over places",
            "The mean over the places comes before the square: where the curve lies too high and where it lies too low "
            "cancel. Square first.",
            _first_two(bias=lambda p, t, s: (p.mean(axis=0) - t).mean() ** 2),
        ),
        Mistake(
            "difference of squares",
            "This is the difference of the squares. The bias is a difference that is squared.",
            _first_two(bias=lambda p, t, s: (p.mean(axis=0) ** 2 - t**2).mean()),
        ),
        Mistake(
            "squared error of each data set",
            "For bias² the squared distance from the truth is taken for each data set, and then averaged. That is bias² "
            "*and* variance together. Average the curves first; then compare the mean curve with the truth.",
            _first_two(bias=lambda p, t, s: ((p - t) ** 2).mean()),
        ),
        Mistake(
            "variance around the truth",
            "The variance is taken around the truth. That is bias² and variance together; a variance is taken around the "
            "mean of the predictions.",
            _first_two(variance=lambda p, t, s: ((p - t) ** 2).mean()),
        ),
        Mistake(
            "variance of the errors along a curve",
            "It is the variance of a curve's errors along the curve (axis 1). Wanted is how much the predictions at one "
            "place differ from data set to data set (axis 0).",
            _first_two(variance=lambda p, t, s: (p - t).var(axis=1).mean()),
        ),
        Mistake(
            "variance of the mean curve",
            "It is the variance of the mean curve along the places: how much it bends. Wanted is how much single curves "
            "differ from it.",
            _first_two(variance=lambda p, t, s: p.mean(axis=0).var()),
        ),
        Mistake(
            "ddof=1",
            "The variance is divided by the number of data sets minus 1. Here it describes these data sets, and is "
            "divided by their number: then bias² + variance is exactly their mean squared distance from the truth.",
            _first_two(variance=lambda p, t, s: p.var(axis=0, ddof=1).mean()),
        ),
        Mistake(
            "standard deviation",
            "This is a standard deviation. Its square, the variance, adds up with bias² and noise²; it does not.",
            _first_two(variance=lambda p, t, s: p.std(axis=0).mean()),
        ),
        Mistake(
            "squared mean of the deviations",
            "The standard deviations are averaged over the places and then squared. Average the variances.",
            _first_two(variance=lambda p, t, s: p.std(axis=0).mean() ** 2),
        ),
        Mistake(
            "deviations not squared",
            "The deviations from the mean are averaged without squaring: they cancel, and 0 is left.",
            _first_two(variance=lambda p, t, s: (p - p.mean(axis=0)).mean()),
        ),
        Mistake(
            "absolute deviations",
            "The absolute deviations are averaged. A variance is the mean of their squares.",
            _first_two(variance=lambda p, t, s: np.abs(p - p.mean(axis=0)).mean()),
        ),
        Mistake(
            "median for mean",
            "The median curve is taken in place of the mean curve. A fair choice against outliers, but with it the "
            "parts do not add up.",
            _first_two(bias=_median_bias),
        ),
        Mistake(
            "first data set",
            "Only the first data set's curve is compared with the truth. Average over all data sets first.",
            _first_two(bias=lambda p, t, s: ((p[0] - t) ** 2).mean()),
        ),
        Mistake(
            "a value for each place",
            "There is one value for each place. Asked is one number: the mean over the places.",
            _parts(
                bias=lambda p, t, s: (p.mean(axis=0) - t) ** 2,
                variance=lambda p, t, s: p.var(axis=0),
                total=lambda b, v, s: b + v + s**2,
            ),
        ),
        Mistake(
            "a bias for each place",
            "There is one bias² for each place. Asked is one number: the mean over the places.",
            _parts(bias=lambda p, t, s: (p.mean(axis=0) - t) ** 2, total=lambda b, v, s: b + v + s**2),
        ),
        Mistake(
            "a variance for each place",
            "There is one variance for each place. Asked is one number: the mean over the places.",
            _parts(variance=lambda p, t, s: p.var(axis=0), total=lambda b, v, s: b + v + s**2),
        ),
        Mistake(
            "summed over the places",
            "The parts are summed over the places. Take the mean: otherwise more places would mean more error.",
            _parts(
                bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).sum(),
                variance=lambda p, t, s: p.var(axis=0).sum(),
            ),
        ),
        Mistake(
            "bias summed over the places",
            "bias² is summed over the places. Take the mean.",
            _first_two(bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).sum()),
        ),
        Mistake(
            "variance summed over the places",
            "The variance is summed over the places. Take the mean.",
            _first_two(variance=lambda p, t, s: p.var(axis=0).sum()),
        ),
        Mistake(
            "root of the bias",
            "The root of bias² is taken. It stays a square, or the parts do not add up.",
            _first_two(bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).mean() ** 0.5),
        ),
        Mistake(
            "returned in the other order",
            "bias² and variance have changed places.",
            lambda p, t, s: (p.var(axis=0).mean(), ((p.mean(axis=0) - t) ** 2).mean(), np.nan),
            ("bias_squared", "variance"),
        ),
        Mistake(
            "noise forgotten",
            "The noise is missing from the sum. A new measurement has noise of its own, which no curve can foresee: bias² "
            "+ variance is the error against the truth, and a measurement is not the truth.",
            _only_total(lambda b, v, s: b + v),
            _TOTAL,
        ),
        Mistake(
            "noise not squared",
            "`noise` is a standard deviation. What adds up are squares.",
            _only_total(lambda b, v, s: b + v + s),
            _TOTAL,
        ),
        Mistake(
            "noise subtracted",
            "The noise is subtracted. It makes the error larger, not smaller.",
            _only_total(lambda b, v, s: b + v - s**2),
            _TOTAL,
        ),
        Mistake(
            "noise counted twice",
            "The noise is counted twice. Your curves have felt the noise of the training data: that is in the variance "
            "already. The new measurement adds its own once.",
            _only_total(lambda b, v, s: b + v + 2 * s**2),
            _TOTAL,
        ),
        Mistake(
            "root of the sum",
            "This is the root of the sum. Asked is the expected *squared* error.",
            _only_total(lambda b, v, s: np.sqrt(b + v + s**2)),
            _TOTAL,
        ),
        Mistake(
            "bias squared twice",
            "bias² is squared once more in the sum.",
            _only_total(lambda b, v, s: b**2 + v + s**2),
            _TOTAL,
        ),
        Mistake(
            "variance squared",
            "The variance is squared in the sum. It is a square already.",
            _only_total(lambda b, v, s: b + v**2 + s**2),
            _TOTAL,
        ),
        Mistake(
            "both squared",
            "bias² and variance are squared once more in the sum. They are squares already.",
            _only_total(lambda b, v, s: b**2 + v**2 + s**2),
            _TOTAL,
        ),
        Mistake(
            "noise inside the bias",
            "The noise is subtracted in bias² already. It has its own place, in the sum.",
            _first_two(bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).mean() - s**2),
        ),
        Mistake(
            "standard deviation, squared in the sum",
            "The variance comes back as a standard deviation, the mean of those at each place. In the sum its square does "
            "not do either: average the squares, not the roots.",
            _parts(variance=lambda p, t, s: p.std(axis=0).mean(), total=lambda b, v, s: b + v**2 + s**2),
        ),
        Mistake(
            "absolute bias, squared in the sum",
            "The absolute bias is averaged over the places and squared in the sum. Square at each place first: the square "
            "of a mean is smaller than the mean of the squares.",
            _parts(bias=lambda p, t, s: np.abs(p.mean(axis=0) - t).mean(), total=lambda b, v, s: b**2 + v + s**2),
        ),
        Mistake(
            "bias not squared, but in the sum",
            "The bias is averaged over the places before it is squared in the sum: where the curve lies too high and where "
            "it lies too low cancel. Square at each place.",
            _parts(bias=lambda p, t, s: (p.mean(axis=0) - t).mean(), total=lambda b, v, s: b**2 + v + s**2),
        ),
        Mistake(
            "variance around one curve",
            "The variance is taken around the first data set's curve. Take it around the mean of all.",
            _first_two(variance=lambda p, t, s: ((p - p[0]) ** 2).mean()),
        ),
        *_and_the_noise(
            "variance over the places",
            "The variance runs over the places of a curve (axis 1): how much the curve bends. Wanted is how much the "
            "predictions at *one* place differ from data set to data set (axis 0).",
            variance=_swings_along,
        ),
        *_and_the_noise(
            "variance over everything",
            "It is one variance over the whole array, the bends of the curve included. Take it over the data sets (axis 0).",
            variance=lambda p, t, s: p.var(),
        ),
        *_and_the_noise(
            "squared error of each data set",
            "For bias² the squared distance from the truth is taken for each data set: that is bias² and variance "
            "together. Average the curves first.",
            bias=lambda p, t, s: ((p - t) ** 2).mean(),
        ),
        *_and_the_noise(
            "squared after the mean over places",
            "In bias² the mean over the places comes before the square: too high and too low cancel. Square first.",
            bias=lambda p, t, s: (p.mean(axis=0) - t).mean() ** 2,
        ),
        *_and_the_noise(
            "ddof=1",
            "The variance is divided by the number of data sets minus 1; here it describes these data sets.",
            variance=lambda p, t, s: p.var(axis=0, ddof=1).mean(),
        ),
        *_and_the_noise(
            "bias not squared",
            "The bias is not squared: where the curve lies too high and where it lies too low cancel.",
            bias=lambda p, t, s: (p.mean(axis=0) - t).mean(),
        ),
        Mistake(
            "noise inside the variance",
            "The noise is added to the variance. It has its own place, in the sum: even a perfect curve would meet it.",
            _parts(variance=lambda p, t, s: p.var(axis=0).mean() + s**2, total=lambda b, v, s: b + v),
        ),
    ],
    properties=[
        Property(
            "bias² + variance should be the mean squared distance of the curves from the truth, and is not.",
            lambda args, outputs: np.allclose(outputs[0] + outputs[1], ((args[0] - args[1]) ** 2).mean(), rtol=1e-3),
        ),
        Property(
            "`expected_error` should be larger than bias² + variance: a new measurement has noise.",
            lambda args, outputs: outputs[2] > outputs[0] + outputs[1],
        ),
    ],
    variants=[_by_loops, _by_identity],
    points=3,
    hints=[
        "Begin with the mean curve, over the data sets: shape (P,). Both parts are about it: how far it is from the "
        "truth, and how far the single curves are from it.",
        "Each part is first a square at every place, then the mean over all places. For the last result think of what "
        "a new *measurement* has and the truth has not.",
    ],
    insight="Notice that bias² + variance is exactly the mean squared distance of the curves from the truth. In real "
    "life you have one data set and do not know the truth, so neither part can be computed; that is why everybody "
    "talks about them and few have seen them. Here you can.",
)


# --- predict: diagnose ---------------------------------------------------------------------------

_DIAGNOSES = ("underfits", "overfits", "fits", "cannot tell")
_A, _B, _C, _D, _E = (
    "A: training 0.44, validation 0.44, noise 0.1",
    "B: training 0.06, validation 0.30, noise 0.1",
    "C: training 0.10, validation 0.11, noise 0.1",
    "D: training 0.44, validation 0.45, noise 0.44",
    "E: training 0.07, validation not measured",
)
_REMEDY_A, _REMEDY_B = "remedy for A", "remedy for B"
_REMEDIES = ("more measurements", "a higher degree", "neither")

diagnose = PredictExercise(
    {_A: "underfits", _B: "overfits", _C: "fits", _D: "fits", _E: "cannot tell",
     _REMEDY_A: "a higher degree", _REMEDY_B: "more measurements"},
    variable="diagnosis",
    choices={entry: _DIAGNOSES for entry in (_A, _B, _C, _D, _E)} | {
        entry: _REMEDIES for entry in (_REMEDY_A, _REMEDY_B)
    },
    mistakes={
        _A: [
            Mistake("no gap, so it fits", "training and validation agree, but on a bad number: the noise would leave 0.1. "
                    "No gap does not mean a good fit.", "fits"),
            Mistake("large, so overfitting", "a model that overfits is good on the training data. This one is bad on both.",
                    "overfits"),
            Mistake("undecided", "both numbers are there, and the noise: both lie far above it.", "cannot tell"),
        ],
        _B: [
            Mistake("large validation, so underfitting", "the training error is small, below the noise even. A model that "
                    "underfits is bad there as well.", "underfits"),
            Mistake("good training, so it fits", "small on the training data, five times as large on others: it is the "
                    "others that count.", "fits"),
            Mistake("undecided", "both numbers are there, and they are far apart.", "cannot tell"),
        ],
        _C: [
            Mistake("a gap, so overfitting", "validation is nearly always a little above training. Both are about as large "
                    "as the noise: there is hardly anything left to gain.", "overfits"),
            Mistake("not zero, so underfitting", "an error of 0.1 is the noise itself. No curve gets below that on new "
                    "measurements.", "underfits"),
            Mistake("undecided", "both numbers are there, and the noise to compare them with.", "cannot tell"),
        ],
        _D: [
            Mistake("large, so underfitting", "look at the noise: it is as large as the error. The same 0.44 that was bad "
                    "in A is as good as can be here.", "underfits"),
            Mistake("a gap, so overfitting", "0.01 is no gap to speak of, and both numbers are as large as the noise.",
                    "overfits"),
            Mistake("undecided", "both numbers are there, and the noise to compare them with.", "cannot tell"),
        ],
        _E: [
            Mistake("small, so it fits", "a small training error is had by good models and by those that overfit. Without "
                    "the second number there is no telling.", "fits"),
            Mistake("small, so overfitting", "perhaps. But a small training error is had by good models as well; the noise "
                    "may be 0.07. Without the second number there is no telling.", "overfits"),
            Mistake("small, so underfitting", "0.07 is good or bad only beside the noise, which is not given. And without "
                    "the second number there is no telling.", "underfits"),
        ],
        _REMEDY_A: [
            Mistake("more data for a line", "training and validation agree already: more measurements would bring them "
                    "closer together, and no lower.", "more measurements"),
            Mistake("hopeless line", "of the squared error 0.19 the noise has 0.01. The rest is the model's, and a model "
                    "can be changed.", "neither"),
        ],
        _REMEDY_B: [
            Mistake("still more freedom", "it has too much freedom for its data already: its training error is below the "
                    "noise.", "a higher degree"),
            Mistake("hopeless curve", "it follows the noise of a few measurements. With many of them it could not follow "
                    "the noise of all.", "neither"),
        ],
    },
    points=2,
    hints=[
        "Three numbers decide: training error, validation error, and what the noise alone would leave.",
        "Bad on both: it cannot follow the trend. Good on the training data only: it has followed the noise. Both about "
        "as large as the noise: done. And one of them alone says nothing.",
    ],
    insight="Never judge by one number. A wide gap, with validation far above the noise, says overfitting; both far above "
    "the noise says underfitting. For a real task nobody tells you the noise: there the best result known (people, another "
    "model) takes its place.",
)


# --- experiment: rescue degree 15 ----------------------------------------------------------------

DUEL_START = {"measurements": 30, "noise": 0.1}
_DUEL_TARGET = 2.0


def _duel_missing(result):
    names = ("measurements", "noise", "degree 4", "degree 15")
    numbers = (int, float, np.integer, np.floating)
    if not isinstance(result, dict) or not all(isinstance(result.get(name), numbers) for name in names):
        return "Pass what `duel(...)` returned: `check(result)`."
    return ""


def _duel_ratio(result):
    return result["degree 4"] / result["degree 15"] if result["degree 15"] > 0 else np.inf


rescue_degree_15 = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in DUEL_START.items()),
    met=lambda r: r["noise"] > 0 and r["measurements"] <= 3000 and _duel_ratio(r) >= _DUEL_TARGET,
    report=lambda r: (
        f"Distance from the truth: ≈ {r['degree 4']:.4f} for degree 4, ≈ {r['degree 15']:.4f} for degree 15."
    ),
    mistakes=[
        Mistake(
            "no noise at all",
            "Without any noise it works: there is nothing wrong to learn. But no measurement is free of noise; keep "
            "some.",
            lambda r: r["noise"] == 0,
        ),
        Mistake("negative noise", "A standard deviation is not negative.", lambda r: r["noise"] < 0),
        Mistake(
            "more than 3000", "More than 3000 measurements: that is a fine way, but too dear. Find a cheaper one.",
            lambda r: r["measurements"] > 3000,
        ),
        Mistake(
            "fewer measurements",
            "With fewer measurements than before, degree 15 has still more freedom for each of them.",
            lambda r: r["measurements"] < 30,
        ),
        Mistake(
            "more noise",
            "With more noise there is more to be swallowed, and degree 15 swallows most.",
            lambda r: r["noise"] > 0.1,
        ),
        Mistake(
            "degree 4 still ahead",
            "The right direction, but degree 4 is still ahead. Its distance has nearly stopped falling, has it not? That "
            "of degree 15 has not: go on.",
            lambda r: _duel_ratio(r) < 1,
        ),
    ],
    otherwise="Degree 15 is ahead, but not twice as near to the truth yet. Degree 4 is held up by its bias; what still "
    "stands between degree 15 and the truth?",
    solved="""
        result = duel(measurements=1000, noise=0.05)
        """,
    hints=[
        "What keeps degree 15 from the truth is its variance, what keeps degree 4 from it is its bias. Which of the two "
        "can you make smaller by measuring?",
        "The variance of a fit grows with noise² and falls with the number of measurements. Move both.",
    ],
    insight="Degree 15 did not overfit because it is degree 15. It overfitted 30 noisy measurements. *Overfitting* is "
    "said of a model together with its data: with enough of them, or much cleaner ones, the larger model wins, and the "
    "small one is the one that underfits.",
)


# --- code: cross-validation ----------------------------------------------------------------------


def fold_errors(x, y, fold, learn):
    errors = []
    for k in range(fold.max() + 1):
        held_out = fold == k
        mean, std = x[~held_out].mean(axis=0), x[~held_out].std(axis=0)  # (D,) each
        scaled = (x - mean) / std
        decide = learn(scaled[~held_out], y[~held_out])
        errors.append(((decide(scaled[held_out]) - y[held_out]) ** 2).mean())
    return np.array(errors)  # (K,)


def _neighbours(x, y, count=2):
    """A learner for the cases: the mean of the two nearest; it depends on the scale of every feature."""

    def decide(places):
        distance = ((places[:, None] - x[None]) ** 2).sum(axis=-1)
        nearest = np.argsort(distance, axis=1, kind="stable")[:, :count]
        return y[nearest].mean(axis=1)

    return decide


def _folds(one):
    """The errors of ``one(x, y, held_out, learn)`` for each fold."""
    return lambda x, y, fold, learn: np.array([one(x, y, fold == k, learn) for k in range(fold.max() + 1)])


def _scaled(x, reference):
    return (x - reference.mean(axis=0)) / reference.std(axis=0)


def _error(decide, x, y):
    return ((decide(x) - y) ** 2).mean()


def _right_fold(x, y, out, learn, measure=_error):
    scaled = _scaled(x, x[~out])
    return measure(learn(scaled[~out], y[~out]), scaled[out], y[out])


def _list_of_folds(x, y, fold, learn):
    found = []
    for k in np.unique(fold):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        centre, spread = np.mean(x[inside], axis=0), np.std(x[inside], axis=0, ddof=1)
        model = learn((x[inside] - centre) / spread, y[inside])
        found.append(np.mean(np.square(model((x[outside] - centre) / spread) - y[outside])))
    return np.asarray(found)


def _fold_cases():
    cases = []
    for seed, count, folds in ((3, 12, 3), (8, 15, 5), (21, 14, 4)):
        rng = np.random.default_rng(seed)
        x = rng.normal([5.0, -300.0], [0.4, 60.0], size=(count, 2))
        x[0] += [3.0, 0.0]  # one stray value: whether its fold is left out shows in the spread
        x[3] += [0.0, 500.0]
        y = x[:, 0] + x[:, 1] / 100 + rng.normal(scale=0.4, size=count)
        cases.append(Case(f"with {count} examples in {folds} folds", (x, y, np.arange(count) % folds, _neighbours)))
    return cases


_SWAPPED = (
    "Training and held-out examples have changed places: the model is trained on the one fold and measured on all the "
    "others. Is the mask the wrong way round?"
)
_NO_NUMBER = "One number comes back. Asked is the error of each fold, shape (K,): its spread says how far to trust it."

fold_errors = _FlatExercise(
    fold_errors,
    cases=_fold_cases,
    outputs=["errors"],
    mistakes=[
        Mistake(
            "scaling leaks",
            "The mean and the standard deviation are taken from all examples, the held-out ones included. They have "
            "then had a say in what the model gets to see: each fold must be prepared as if its held-out examples did "
            "not exist.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x)[~out], y[~out]), _scaled(x, x)[out], y[out])),
        ),
        Mistake(
            "held-out scaled by itself",
            "The held-out examples are standardized with their own mean and standard deviation. The model was trained in "
            "another unit: use those of the training folds for both.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), _scaled(x[out], x[out]), y[out])),
        ),
        Mistake(
            "held-out not scaled",
            "The training folds are standardized, the held-out examples come as they were. Both need the same scaling.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), x[out], y[out])),
        ),
        Mistake(
            "not standardized",
            "Nothing is standardized, or all features are divided by one number: the feature with the large values decides "
            "alone. Each feature has a mean and a standard deviation of its own.",
            _folds(lambda x, y, out, learn: _error(learn(x[~out], y[~out]), x[out], y[out])),
        ),
        Mistake(
            "scaled by the held-out fold",
            "The mean and the standard deviation are those of the held-out examples, for all. They must come from the "
            "training folds.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[out]), y[~out]), _scaled(x[out], x[out]), y[out])),
        ),
        Mistake(
            "trained on everything",
            "The model is trained on all examples, the held-out ones included. It then knows what it is asked: that is "
            "training error.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[~out]), y), _scaled(x[out], x[~out]), y[out])),
        ),
        Mistake(
            "trained on everything, scaling leaks",
            "Two things. The model is trained on all examples, the held-out ones included: that is training error. And "
            "the mean and standard deviation come from all of them, too.",
            _folds(lambda x, y, out, learn: _error(learn(_scaled(x, x), y), _scaled(x, x)[out], y[out])),
        ),
        Mistake(
            "measured on the training folds",
            "The error is measured on the examples the model was trained on. Measure on those that were held out.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), _scaled(x[~out], x[~out]), y[~out])),
        ),
        Mistake(
            "measured on everything",
            "The error is measured on all examples, those of the training folds included. Measure on the held-out ones "
            "alone.",
            _folds(lambda x, y, out, learn: _error(learn(_scaled(x[~out], x[~out]), y[~out]), _scaled(x, x[~out]), y)),
        ),
        Mistake(
            "folds swapped",
            _SWAPPED,
            _folds(lambda x, y, out, learn: _right_fold(x, y, ~out, learn)),
        ),
        Mistake(
            "folds swapped in learning",
            _SWAPPED + " (The scaling is right.)",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[~out])[out], y[out]), _scaled(x, x[~out])[~out], y[~out])),
        ),
        Mistake(
            "folds swapped, each scaled by itself",
            "Two things. " + _SWAPPED + " And each part is standardized with its own mean and standard deviation: use those "
            "of the training folds for both.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[out], x[out]), y[out]), _scaled(x[~out], x[~out]), y[~out])),
        ),
        Mistake(
            "folds swapped, not standardized",
            "Two things. " + _SWAPPED + " And nothing is standardized.",
            _folds(lambda x, y, out, learn: _error(learn(x[out], y[out]), x[~out], y[~out])),
        ),
        Mistake(
            "learned from the held-out fold",
            "The model is trained on the held-out examples and measured on the same ones: is the mask the wrong way round "
            "in `learn`?",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[~out])[out], y[out]), _scaled(x, x[~out])[out], y[out])),
        ),
        Mistake(
            "learned from the held-out fold, scaled by it",
            "The held-out examples alone are used: for the scaling, for learning and for measuring. Is the mask the wrong "
            "way round? The first two belong to the others.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[out], x[out]), y[out]), _scaled(x[out], x[out]), y[out])),
        ),
        Mistake(
            "measured on the training folds, scaled by the held-out one",
            "Two things. The mean and the standard deviation are those of the held-out examples. And the error is measured "
            "on the examples the model was trained on.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[out])[~out], y[~out]), _scaled(x, x[out])[~out], y[~out])),
        ),
        Mistake(
            "folds swapped, scaling leaks",
            "Two things. " + _SWAPPED + " And the mean and standard deviation are taken from all examples.",
            _folds(lambda x, y, out, learn: _error(learn(_scaled(x, x)[out], y[out]), _scaled(x, x)[~out], y[~out])),
        ),
        Mistake(
            "averaged over the folds",
            _NO_NUMBER,
            lambda x, y, fold, learn: np.mean(_list_of_folds(x, y, fold, learn)),
        ),
        Mistake(
            "summed over the folds",
            _NO_NUMBER + " (And a sum grows with the number of folds.)",
            lambda x, y, fold, learn: np.sum(_list_of_folds(x, y, fold, learn)),
        ),
        Mistake(
            "last fold only",
            "Only the last fold's error comes back: is the `return` inside the loop, or is the result overwritten in each "
            "round?",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[-1],
        ),
        Mistake(
            "first fold only",
            "Only the first fold's error comes back: the `return` stands inside the loop.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[0],
        ),
        Mistake(
            "a fold missing",
            "The last fold is missing. The folds are numbered from 0 to `fold.max()`, and `range` stops before its end.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[:-1],
        ),
        Mistake(
            "fold 0 missing",
            "Fold 0 is missing: the folds are numbered from 0.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[1:],
        ),
        Mistake(
            "root taken",
            "The root is taken. Asked is the mean *squared* error.",
            lambda x, y, fold, learn: np.sqrt(_list_of_folds(x, y, fold, learn)),
        ),
        Mistake(
            "squares summed",
            "The squared errors of a fold are summed. Take the mean, or a large fold looks worse than a small one.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: ((decide(x) - y) ** 2).sum())),
        ),
        Mistake(
            "absolute errors",
            "These are mean absolute errors. Asked is the mean squared error.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: np.abs(decide(x) - y).mean())),
        ),
        Mistake(
            "errors not squared",
            "The errors are averaged without squaring: too high and too low cancel.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: (decide(x) - y).mean())),
        ),
        Mistake(
            "squared after the mean",
            "The mean comes before the square: too high and too low cancel. Square first.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: (decide(x) - y).mean() ** 2)),
        ),
        Mistake(
            "divided by all examples",
            "The sum of a fold's squared errors is divided by the number of all examples. Divide by the fold's own.",
            lambda x, y, fold, learn: np.array([
                _right_fold(x, y, fold == k, learn, lambda decide, a, b: ((decide(a) - b) ** 2).sum()) / len(y)
                for k in range(fold.max() + 1)
            ]),
        ),
        Mistake(
            "each example standardized",
            "Each example is standardized over its own features (axis 1). A feature is standardized over the examples.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x.T, x.T).T[~out], y[~out]), _scaled(x.T, x.T).T[out], y[out])),
        ),
        Mistake(
            "y standardized",
            "y is standardized as well. Asked is the error in the unit of y: leave y as it is.",
            _folds(lambda x, y, out, learn: _right_fold(x, (y - y.mean()) / y.std(), out, learn)),
        ),
        Mistake(
            "y standardized in each round",
            "y is standardized as well, in each round. Asked is the error in the unit of y: leave y as it is.",
            _folds(lambda x, y, out, learn: _right_fold(x, (y - y[~out].mean()) / y[~out].std(), out, learn)),
        ),
        Mistake(
            "variance for spread",
            "The centred features are divided by the variance, not by its root.",
            _folds(lambda x, y, out, learn: _error(
                learn((x[~out] - x[~out].mean(0)) / x[~out].var(0), y[~out]),
                (x[out] - x[~out].mean(0)) / x[~out].var(0), y[out])),
        ),
    ],
    properties=[
        Property("Every error should be a positive number; one is not.",
                 lambda args, outputs: bool(np.all(outputs[0] > 0))),
    ],
    variants=[_list_of_folds, _folds(_right_fold)],
    points=3,
    hints=[
        "A loop over the folds. `held_out = fold == k` is a mask of shape (N,), and `~held_out` are the others.",
        "In each round four steps: mean and standard deviation of the others, scale everything with them, `learn` from the "
        "others, measure on the held-out ones.",
    ],
    insight="Whatever is learned from data belongs inside the loop: the scaling, the choice of features, filling in what "
    "is missing. Ask of every number in your program: would it be another one if the held-out examples did not exist?",
)


# --- code: choose a degree -----------------------------------------------------------------------


def choose_degree(x, y, x_test, y_test, degrees, folds=5):
    fold = np.arange(len(x)) % folds
    errors = []
    for degree in degrees:
        squares = np.empty(len(x))
        for k in range(folds):
            held_out = fold == k
            w = fit(x[~held_out], y[~held_out], degree)
            squares[held_out] = (predict(w, x[held_out]) - y[held_out]) ** 2
        errors.append(squares.mean())
    best = degrees[int(np.argmin(errors))]
    return best, ((predict(fit(x, y, best), x_test) - y_test) ** 2).mean()


def _mean_square(w, x, y):
    return ((predict(w, x) - y) ** 2).mean()


def _cross_validated(x, y, degree, fold):
    return np.mean([
        _mean_square(fit(x[fold != k], y[fold != k], degree), x[fold == k], y[fold == k]) for k in range(fold.max() + 1)
    ])


def _interleaved(x, folds):
    return np.arange(len(x)) % folds


def _pick(score, tested=None, best=np.argmin):
    """The degree with the best ``score(x, y, x_test, y_test, degree, folds)``, and its error, refitted or ``tested``."""

    def wrong(x, y, x_test, y_test, degrees, folds=5):
        scores = [score(x, y, x_test, y_test, degree, folds) for degree in degrees]
        degree = degrees[int(best(scores))]
        if tested is None:
            return degree, _mean_square(fit(x, y, degree), x_test, y_test)
        return degree, tested(x, y, x_test, y_test, degree, folds, scores)

    return wrong


def _by_cross_validation(x, y, x_test, y_test, degree, folds):
    return _cross_validated(x, y, degree, _interleaved(x, folds))


def _with_right_degree(tested):
    """The degree of cross-validation, with ``tested(x, y, x_test, y_test, degree, degrees, folds)`` for its error."""

    def wrong(x, y, x_test, y_test, degrees, folds=5):
        degree = _pick(_by_cross_validation)(x, y, x_test, y_test, degrees, folds)[0]
        return degree, tested(x, y, x_test, y_test, degree, degrees, folds)

    return wrong


def _by_fold_means(x, y, x_test, y_test, degrees, folds=5):
    table = np.array([
        [_mean_square(fit(np.delete(x, slice(k, None, folds)), np.delete(y, slice(k, None, folds)), d),
                      x[k::folds], y[k::folds]) for k in range(folds)]
        for d in degrees
    ])
    degree = int(np.asarray(degrees)[table.sum(axis=1).argmin()])
    return np.array(degree), float(np.square(y_test - predict(fit(x, y, degree), x_test)).mean())


def _by_index(x, y, x_test, y_test, degrees, folds=5):
    degree, error = _pick(_by_cross_validation)(x, y, x_test, y_test, degrees, folds)
    return list(degrees).index(degree), error


def _last_fold_model(x, y, x_test, y_test, degree, folds, scores):
    fold = _interleaved(x, folds)
    return _mean_square(fit(x[fold != folds - 1], y[fold != folds - 1], degree), x_test, y_test)


def _mean_of_fold_models(x, y, x_test, y_test, degree, folds, scores):
    fold = _interleaved(x, folds)
    return np.mean([_mean_square(fit(x[fold != k], y[fold != k], degree), x_test, y_test) for k in range(folds)])


def _over_the_folds(together):
    """A score that takes the folds' errors together in another way than by their mean."""

    def score(x, y, x_test, y_test, degree, folds):
        fold = _interleaved(x, folds)
        return together([
            _mean_square(fit(x[fold != k], y[fold != k], degree), x[fold == k], y[fold == k]) for k in range(folds)
        ])

    return score


def _best_model_of_all(x, y, x_test, y_test, degree, folds, scores):
    fold = _interleaved(x, folds)
    rounds = [fit(x[fold != k], y[fold != k], degree) for k in range(folds)]
    errors = [_mean_square(w, x[fold == k], y[fold == k]) for k, w in enumerate(rounds)]
    return _mean_square(rounds[int(np.argmin(errors))], x_test, y_test)


def _bumpy(x):
    return np.sin(2 * np.pi * x) + 0.3 * x


def _choice_cases():
    cases = []
    for seed, count, folds, function, degrees in _CHOICES:
        x, y = _measured(seed, count, 0.15, function)
        x_test, y_test = _measured(seed + 1000, 9, 0.15, function)
        cases.append(Case(
            f"with {count} examples in {folds} folds and the degrees {', '.join(map(str, degrees))}",
            (x, y, x_test, y_test, list(degrees), folds),
        ))
    return cases


_CHOICES = (  # chosen so that no two known mistakes pick the same degrees
    (165, 24, 4, truth, (1, 3, 4, 5, 6, 8, 10)),
    (141, 21, 7, _bumpy, (1, 3, 4, 5, 6, 7, 9)),
    (14, 24, 6, _bumpy, (2, 3, 4, 5, 6, 7, 8, 9)),
    (118, 20, 5, truth, (1, 2, 3, 4, 5, 6, 7, 9)),
    (165, 24, 4, truth, (1, 2, 8)),
)
_ON_TEST = (
    "The degree is the one with the smallest error on the test set. Then the test set has been used to choose, and its "
    "error is no longer that of data nobody has looked at: it is too good. Choose with the training data alone."
)

choose_degree = CodeExercise(
    choose_degree,
    cases=_choice_cases,
    given=lambda: {"fit": fit, "predict": predict},
    outputs=["degree", "test_error"],
    mistakes=[
        Mistake(  # the first four come first: where the degree is right, the ones below must not claim it is not
            "polynomial left over from the loop",
            "The degree is right. The test error is that of a polynomial left over from the loop: of the last degree, and "
            "without the last fold. Once the degree is chosen, fit it again to all training data.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: _last_fold_model(
                x, y, x_test, y_test, degrees[-1], folds, None)),
            ("test_error",),
        ),
        Mistake(
            "the last degree refitted",
            "The degree is right. The test error is that of the *last* degree in the list, fitted to all training data. Fit "
            "the one you have chosen.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: _mean_square(
                fit(x, y, degrees[-1]), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "smallest test error",
            "The degree is right. The test error is the smallest that any degree has: then the test set has chosen after "
            "all. Asked is that of the degree you have chosen.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: min(
                _mean_square(fit(x, y, d), x_test, y_test) for d in degrees)),
            ("test_error",),
        ),
        Mistake(
            "best round kept for the test",
            "The degree is right. The test error is that of its best round's polynomial, which has not seen one of the "
            "folds. Once the degree is chosen, fit again with all training data.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: _best_model_of_all(
                x, y, x_test, y_test, degree, folds, None)),
            ("test_error",),
        ),
        Mistake(
            "chosen on the test set",
            _ON_TEST,
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(fit(x, y, degree), x_test, y_test)),
        ),
        Mistake(
            "chosen on the test set, models of the folds",
            _ON_TEST + " (The models of the folds are averaged, but all of them are measured on the test set.)",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_of_fold_models(
                x, y, x_test, y_test, degree, folds, None)),
        ),
        Mistake(
            "chosen on the training error",
            "The degree is the one with the smallest training error. That always is the highest one, whatever the data.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(fit(x, y, degree), x, y)),
        ),
        Mistake(
            "trained on everything",
            "In each round the polynomial is fitted to all training examples, the held-out ones included: what is "
            "measured is training error, and the highest degree wins.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(fit(x, y, degree), x, y),
                  lambda x, y, x_test, y_test, degree, folds, scores: min(scores)),
        ),
        Mistake(
            "measured on the training folds",
            "In each round the error is measured on the examples of the fit. Measure on the held-out ones.",
            _pick(lambda x, y, x_test, y_test, degree, folds: -degree, _last_fold_model),
        ),
        Mistake(
            "one fold only",
            "Only the first fold is ever held out. Each fold has its turn; with one alone, chance decides.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(
                fit(x[_interleaved(x, folds) != 0], y[_interleaved(x, folds) != 0], degree), x[::folds], y[::folds])),
        ),
        Mistake(
            "last fold only",
            "Only the last fold's error counts: is it overwritten in each round? Average over the folds.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(
                fit(x[_interleaved(x, folds) != folds - 1], y[_interleaved(x, folds) != folds - 1], degree),
                x[folds - 1 :: folds], y[folds - 1 :: folds])),
        ),
        Mistake(
            "contiguous blocks",
            "The folds are blocks of neighbours. The x are in rising order, so each fold is a whole stretch of the "
            "interval, and the polynomial must guess where it has no data at all. Example i belongs to fold i % folds.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _cross_validated(
                x, y, degree, np.arange(len(x)) * folds // len(x))),
        ),
        Mistake(
            "one split",
            "The last fifth of the x is held out once, and that is all. The x are in rising order: the polynomial must "
            "guess at the end of the interval, and it has only one try. Example i belongs to fold i % folds.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(
                fit(x[: int(0.8 * len(x))], y[: int(0.8 * len(x))], degree), x[int(0.8 * len(x)) :],
                y[int(0.8 * len(x)) :])),
        ),
        Mistake(
            "test data in the folds",
            "The folds are dealt from training *and* test data together. Then the test data take part in the choice.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _cross_validated(
                np.append(x, x_test), np.append(y, y_test), degree, np.arange(len(x) + len(x_test)) % folds)),
        ),
        Mistake(
            "smallest fold error",
            "A degree is judged by its *best* fold. One lucky fold says nothing: average over the folds.",
            _pick(_over_the_folds(np.min)),
        ),
        Mistake(
            "best round kept",
            "The degree and the polynomial of the best single round are kept. One lucky fold says nothing: average over "
            "the folds for each degree, and at the end fit again with all training data.",
            _pick(_over_the_folds(np.min), _best_model_of_all),
        ),
        Mistake(
            "largest fold error",
            "A degree is judged by its *worst* fold. Careful, but asked is the mean over the folds.",
            _pick(_over_the_folds(np.max)),
        ),
        Mistake(
            "median of the folds",
            "A degree is judged by the median of the folds' errors. Asked is the mean.",
            _pick(_over_the_folds(np.median)),
        ),
        Mistake(
            "folds overlap",
            "Example i is held out in the folds whose number divides i, not in one fold alone: the folds overlap. Example "
            "i belongs to fold i % folds, and each example is held out exactly once.",
            _pick(lambda x, y, x_test, y_test, degree, folds: np.mean([
                _mean_square(fit(x[np.arange(len(x)) % (k + 2) != 0], y[np.arange(len(x)) % (k + 2) != 0], degree),
                             x[:: k + 2], y[:: k + 2]) for k in range(folds)])),
        ),
        Mistake(
            "folds swapped",
            "Training and held-out examples have changed places: the polynomial is fitted to one fold and measured on the "
            "others.",
            _pick(lambda x, y, x_test, y_test, degree, folds: np.mean([
                _mean_square(fit(x[k::folds], y[k::folds], degree), x[_interleaved(x, folds) != k],
                             y[_interleaved(x, folds) != k]) for k in range(folds)])),
        ),
        Mistake(
            "the place, not the degree",
            "What comes back is the *place* of the best degree in the list, not the degree: `argmin` counts from 0.",
            _by_index,
            ("degree",),
        ),
        Mistake(
            "place used as the degree",
            "The *place* of the best degree in the list is used as the degree, in the refit as well: `argmin` counts from "
            "0, and the list need not begin with degree 0.",
            lambda x, y, x_test, y_test, degrees, folds=5: (
                lambda place: (place, _mean_square(fit(x, y, place), x_test, y_test))
            )(_by_index(x, y, x_test, y_test, degrees, folds)[0]),
        ),
        Mistake(
            "the worst",
            "The degree with the *largest* error is taken.",
            _pick(_by_cross_validation, best=np.argmax),
        ),
        Mistake(
            "errors not squared",
            "The errors are averaged without squaring: too high and too low cancel.",
            _pick(lambda x, y, x_test, y_test, degree, folds: np.mean([
                (predict(fit(x[_interleaved(x, folds) != k], y[_interleaved(x, folds) != k], degree), x[k::folds])
                 - y[k::folds]).mean() for k in range(folds)])),
        ),
        Mistake(
            "error of cross-validation returned",
            "The degree is right. The second result is the error of cross-validation; asked is the error on the test set, "
            "which has had no part in the choice.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: min(scores)),
            ("test_error",),
        ),
        Mistake(
            "training error returned",
            "The degree is right. The second result is the error on the training data; asked is that on the test set.",
            _pick(_by_cross_validation,
                  lambda x, y, x_test, y_test, degree, folds, scores: _mean_square(fit(x, y, degree), x, y)),
            ("test_error",),
        ),
        Mistake(
            "not refitted",
            "The degree is right. The test error is that of the last round's polynomial, which has not seen the last "
            "fold. Once the degree is chosen, fit again with all training data.",
            _pick(_by_cross_validation, _last_fold_model),
            ("test_error",),
        ),
        Mistake(
            "mean of the folds' models",
            "The degree is right. The test error is the mean over the rounds' polynomials, each of which has missed a "
            "fold. Once the degree is chosen, fit again with all training data.",
            _pick(_by_cross_validation, _mean_of_fold_models),
            ("test_error",),
        ),
        Mistake(
            "fitted to the test set",
            "The degree is right. Then the polynomial is fitted to the test data, and measured on them.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: _mean_square(
                fit(x_test, y_test, degree), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "fitted to both",
            "The degree is right. Then the polynomial is fitted to training *and* test data, so the test error is not of "
            "new data.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: _mean_square(
                fit(np.append(x, x_test), np.append(y, y_test), degree), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "root of the test error",
            "The degree is right. Of the test error the root is taken; asked is the mean squared error.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: np.sqrt(
                _mean_square(fit(x, y, degree), x_test, y_test))),
            ("test_error",),
        ),
        Mistake(
            "test squares summed",
            "The degree is right. The squared test errors are summed; take the mean.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: len(x_test)
                  * _mean_square(fit(x, y, degree), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "degrees of its own",
            "The degree is chosen from other degrees than those in `degrees`. Use the argument.",
            lambda x, y, x_test, y_test, degrees, folds=5: _pick(_by_cross_validation)(
                x, y, x_test, y_test, range(10), folds),
        ),
        Mistake(
            "folds fixed at 5",
            "There always are 5 folds. Use the argument `folds`.",
            lambda x, y, x_test, y_test, degrees, folds=5: _pick(_by_cross_validation)(
                x, y, x_test, y_test, degrees, 5),
        ),
    ],
    properties=[
        Property("The degree should be one of those in `degrees`, and is not.",
                 lambda args, outputs: float(outputs[0]) in [float(d) for d in args[4]]),
        Property(
            "The degree is among those offered. The test error should be that of a polynomial of this degree, fitted to "
            "all training data, and is not.",
            lambda args, outputs: np.isclose(
                outputs[1], _mean_square(fit(args[0], args[1], int(outputs[0])), args[2], args[3]), rtol=1e-3),
        ),
        Property(
            "The test error is that of the degree you chose, but cross-validation finds another one better. Is example i "
            "in fold i % folds, is every fold held out once, and is a degree judged by the mean over all of them?",
            lambda args, outputs: int(outputs[0]) == choose_degree._solution(*args)[0],
        ),
    ],
    variants=[
        _by_fold_means,
        _pick(_by_cross_validation),
        _pick(_over_the_folds(np.sum)),
        _pick(_over_the_folds(lambda errors: np.mean(np.sqrt(errors)))),
    ],
    points=4,
    hints=[
        "Two loops: over the degrees, and inside it over the folds. For each degree you want one number, from examples "
        "that the fit has not seen.",
        "`fold = np.arange(len(x)) % folds`. When all degrees have their number: the smallest one's degree, one more fit "
        "with *all* training data, and only then a look at the test data.",
    ],
    insight="The test data were touched once, at the very end. Whatever is chosen with data (a degree, a learning rate, "
    "when to stop) is fitted to these data, and its error on them flatters. How much, the next cells measure.",
)

name_exercises(globals())
