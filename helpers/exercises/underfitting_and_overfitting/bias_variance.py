"""Notebook 07, code: measure bias and variance."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.underfitting_and_overfitting._shared import truth


def bias_variance(predictions, truth, noise):
    mean = predictions.mean(axis=0)                       # (P,): the mean curve
    bias_squared = ((mean - truth) ** 2).mean()
    variance = ((predictions - mean) ** 2).mean()         # over data sets, then over positions
    return bias_squared, variance, bias_squared + variance + noise**2


def _bias_variance_cases():
    rng = np.random.default_rng(50)
    position = np.linspace(0, 1, 7)
    first = truth(position) + 0.3 * position + 0.4 * rng.normal(size=(5, 7)) - 0.5 * (position > 0.6)
    second = rng.normal(0.5, [1.0, 0.2, 0.7, 0.4], size=(6, 4)) + np.array([1.0, -2.0, 0.3, 0.9])
    large = 6 * truth(position[:5]) + rng.normal(2.0, 5.0, size=(5, 5))
    return [
        Case("with 5 data sets and 7 positions", (first, truth(position), 0.6)),
        Case("with 6 data sets and 4 positions", (second, np.array([0.2, 1.0, -0.4, 0.1]), 1.7)),
        Case("with 5 data sets and 5 positions", (large, 6 * truth(position[:5]), 3.0)),
    ]


def _by_loops(predictions, truth, noise):
    count, positions = predictions.shape
    bias_squared = variance = 0.0
    for j in range(positions):
        column = predictions[:, j]
        mean = sum(column) / count
        bias_squared += (mean - truth[j]) ** 2 / positions
        variance += sum((value - mean) ** 2 for value in column) / count / positions
    return bias_squared, variance, bias_squared + variance + noise * noise


def _by_identity(predictions, truth, noise):
    distance = np.mean((predictions - truth) ** 2)
    variance = np.var(predictions, axis=0).mean()
    return distance - variance, variance, distance + noise**2


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


_ALONG = (
    "The mean is taken along axis 1, over the positions of one curve. Bias and variance are about one position and "
    "many data sets: average over axis 0 first."
)


_TOTAL = ("expected_error",)


_FORGOTTEN = "And the noise is missing from the sum: a new measurement has noise of its own."


_NOT_SQUARED = "And `noise` is a standard deviation: only squares add up."


def _one_part(name, message, **wrong):
    """One wrong part, in the sum as well or in its own place alone."""
    (part,) = wrong
    yield Mistake(name, message, _parts(**wrong))
    yield Mistake(
        f"{name}, right in the sum", message, _parts(**wrong, total=lambda b, v, s: 0.0), (_OUTPUT_OF[part],)
    )


_OUTPUT_OF = {"bias": "bias_squared", "variance": "variance"}


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


def _swings_along(p, t, s):
    return p.var(axis=1).mean()


bias_variance = CodeExercise(
    bias_variance,
    outputs=["bias_squared", "variance", "expected_error"],
    cases=_bias_variance_cases,
    variants=[_by_loops, _by_identity],
    mistakes=[
        *_one_part(
            "variance over the places",
            "The variance runs over the positions of a curve (axis 1): how much the curve bends. The question is how "
            "much the predictions at *one* position differ from data set to data set (axis 0). Then take the mean over "
            "the positions.",
            variance=_swings_along,
        ),
        *_one_part(
            "variance over everything",
            "This is one variance over the whole array, which includes the bends of the curve. Take it over the data "
            "sets (axis 0), position by position, and then the mean over the positions.",
            variance=lambda p, t, s: p.var(),
        ),
        Mistake(
            "mean along axis 1",
            _ALONG,
            _parts(bias=lambda p, t, s: ((p.mean(axis=1) - t) ** 2).mean(), variance=_swings_along),
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
            "One number, the mean of the whole array, is used as the mean curve. Each position has its own mean, over "
            "the data sets (axis 0).",
            _parts(bias=lambda p, t, s: ((p.mean() - t) ** 2).mean(), variance=lambda p, t, s: p.var()),
        ),
        *_one_part(
            "one mean for the bias",
            "For the bias, one number, the mean of the whole array, is used as the mean curve. Each position has its "
            "own mean, over the data sets (axis 0).",
            bias=lambda p, t, s: ((p.mean() - t) ** 2).mean(),
        ),
        *_one_part(
            "bias not squared",
            "The bias is not squared: positions where the curve is too high and positions where it is too low cancel. "
            "Square at each position, then take the mean.",
            bias=lambda p, t, s: (p.mean(axis=0) - t).mean(),
        ),
        *_one_part(
            "absolute bias",
            "The absolute value is taken in place of the square. Then the parts do not add up.",
            bias=lambda p, t, s: np.abs(p.mean(axis=0) - t).mean(),
        ),
        *_one_part(
            "squared after the mean over places",
            "The mean over the positions comes before the square: positions where the curve is too high and positions "
            "where it is too low cancel. Square first.",
            bias=lambda p, t, s: (p.mean(axis=0) - t).mean() ** 2,
        ),
        *_one_part(
            "difference of squares",
            "This is the difference of the squares. bias² is the square of a difference.",
            bias=lambda p, t, s: (p.mean(axis=0) ** 2 - t**2).mean(),
        ),
        *_one_part(
            "squared error of each data set",
            "For bias² the squared distance from the truth is taken for each data set, and then averaged. That is bias² "
            "*and* variance together. Average the curves first; then compare the mean curve with the truth.",
            bias=lambda p, t, s: ((p - t) ** 2).mean(),
        ),
        *_one_part(
            "variance around the truth",
            "The variance is taken around the truth. That is bias² and variance together; a variance is taken around the "
            "mean of the predictions.",
            variance=lambda p, t, s: ((p - t) ** 2).mean(),
        ),
        *_one_part(
            "variance of the errors along a curve",
            "This is the variance of a curve's errors along the curve (axis 1). The question is how much the "
            "predictions at one position differ from data set to data set (axis 0).",
            variance=lambda p, t, s: (p - t).var(axis=1).mean(),
        ),
        *_one_part(
            "variance of the mean curve",
            "This is the variance of the mean curve along the positions: how much it bends. The question is how much "
            "single curves differ from it.",
            variance=lambda p, t, s: p.mean(axis=0).var(),
        ),
        *_one_part(
            "ddof=1",
            "The variance is divided by the number of data sets minus 1. Here it describes exactly these data sets, "
            "so divide by their number: then bias² + variance is exactly their mean squared distance from the truth.",
            variance=lambda p, t, s: p.var(axis=0, ddof=1).mean(),
        ),
        *_one_part(
            "standard deviation",
            "This is the mean of the standard deviations at the positions, not of the variances. Average the "
            "variances: only squares add up with bias² and noise².",
            variance=lambda p, t, s: p.std(axis=0).mean(),
        ),
        *_one_part(
            "root of the variance",
            "The root of the variance is taken. It must stay a square, or the parts do not add up.",
            variance=lambda p, t, s: p.var(axis=0).mean() ** 0.5,
        ),
        *_one_part(
            "summed over the data sets",
            "The squared deviations are summed over the data sets. Take the mean: otherwise more data sets would mean more "
            "variance.",
            variance=lambda p, t, s: p.var(axis=0).mean() * len(p),
        ),
        *_one_part(
            "ddof=1 along axis 1",
            "The variance runs over the positions of a curve (axis 1), and is divided by their number minus 1. The "
            "question is how much the predictions at *one* position differ from data set to data set (axis 0), divided "
            "by their number.",
            variance=lambda p, t, s: p.var(axis=1, ddof=1).mean(),
        ),
        *_one_part(
            "squared mean of the deviations",
            "The standard deviations are averaged over the positions and then squared. Average the variances.",
            variance=lambda p, t, s: p.std(axis=0).mean() ** 2,
        ),
        *_one_part(
            "deviations not squared",
            "The deviations from the mean cancel, and 0 is left. They must be squared before they are averaged.",
            variance=lambda p, t, s: (p - p.mean(axis=0)).mean(),
        ),
        *_one_part(
            "absolute deviations",
            "The absolute deviations are averaged. A variance is the mean of their squares.",
            variance=lambda p, t, s: np.abs(p - p.mean(axis=0)).mean(),
        ),
        *_one_part(
            "median for mean",
            "The median curve is taken in place of the mean curve. It is robust to outliers, but with it the "
            "parts do not add up.",
            bias=_median_bias,
        ),
        *_one_part(
            "first data set",
            "Only the first data set's curve is compared with the truth. Average over all data sets first.",
            bias=lambda p, t, s: ((p[0] - t) ** 2).mean(),
        ),
        Mistake(
            "a value for each place",
            "There is one value per position. We want one number: the mean over the positions.",
            _parts(
                bias=lambda p, t, s: (p.mean(axis=0) - t) ** 2,
                variance=lambda p, t, s: p.var(axis=0),
                total=lambda b, v, s: b + v + s**2,
            ),
        ),
        Mistake(
            "a value for each place, but one sum",
            "bias² and variance have one value per position. We want one number each: the mean over the positions.",
            _parts(
                bias=lambda p, t, s: (p.mean(axis=0) - t) ** 2,
                variance=lambda p, t, s: p.var(axis=0),
                total=lambda b, v, s: (b + v).mean() + s**2,
            ),
        ),
        Mistake(
            "a bias for each place",
            "There is one bias² per position. We want one number: the mean over the positions.",
            _parts(bias=lambda p, t, s: (p.mean(axis=0) - t) ** 2, total=lambda b, v, s: b + v + s**2),
        ),
        Mistake(
            "a variance for each place",
            "There is one variance per position. We want one number: the mean over the positions.",
            _parts(variance=lambda p, t, s: p.var(axis=0), total=lambda b, v, s: b + v + s**2),
        ),
        Mistake(
            "summed over the places",
            "The parts are summed over the positions. Take the mean: otherwise more positions would mean more error.",
            _parts(
                bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).sum(),
                variance=lambda p, t, s: p.var(axis=0).sum(),
            ),
        ),
        *_one_part(
            "bias summed over the places",
            "bias² is summed over the positions. Take the mean.",
            bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).sum(),
        ),
        *_one_part(
            "variance summed over the places",
            "The variance is summed over the positions. Take the mean.",
            variance=lambda p, t, s: p.var(axis=0).sum(),
        ),
        *_one_part(
            "root of the bias",
            "The root of bias² is taken. It must stay a square, or the parts do not add up.",
            bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).mean() ** 0.5,
        ),
        Mistake(
            "returned in the other order",
            "bias² and variance are swapped.",
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
            "`noise` is a standard deviation. Only squares add up.",
            _only_total(lambda b, v, s: b + v + s),
            _TOTAL,
        ),
        Mistake(
            "noise subtracted",
            "The noise is subtracted. But noise makes the error larger, not smaller.",
            _only_total(lambda b, v, s: b + v - s**2),
            _TOTAL,
        ),
        Mistake(
            "noise counted twice",
            "The noise is counted twice. The noise of the training data moves your curves, so it is in the variance "
            "already. The new measurement adds its own noise once.",
            _only_total(lambda b, v, s: b + v + 2 * s**2),
            _TOTAL,
        ),
        Mistake(
            "root of the sum",
            "This is the root of the sum. We want the expected *squared* error.",
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
        *_one_part(
            "noise inside the bias",
            "The noise is subtracted in bias² already. It belongs in the sum.",
            bias=lambda p, t, s: ((p.mean(axis=0) - t) ** 2).mean() - s**2,
        ),
        Mistake(
            "standard deviation, squared in the sum",
            "The variance comes back as a standard deviation, the mean of those at each position. Squaring this mean "
            "in the sum does not help: average the squares, not the roots.",
            _parts(variance=lambda p, t, s: p.std(axis=0).mean(), total=lambda b, v, s: b + v**2 + s**2),
        ),
        Mistake(
            "absolute bias, squared in the sum",
            "The absolute bias is averaged over the positions and squared in the sum. Square at each position first: "
            "the square of a mean is smaller than the mean of the squares.",
            _parts(bias=lambda p, t, s: np.abs(p.mean(axis=0) - t).mean(), total=lambda b, v, s: b**2 + v + s**2),
        ),
        Mistake(
            "bias not squared, but in the sum",
            "The bias is averaged over the positions before it is squared in the sum: positions where the curve is too "
            "high and positions where it is too low cancel. Square at each position.",
            _parts(bias=lambda p, t, s: (p.mean(axis=0) - t).mean(), total=lambda b, v, s: b**2 + v + s**2),
        ),
        *_one_part(
            "variance around one curve",
            "The variance is taken around the first data set's curve. Take it around the mean of all.",
            variance=lambda p, t, s: ((p - p[0]) ** 2).mean(),
        ),
        *_and_the_noise(
            "variance over the places",
            "The variance runs over the positions of a curve (axis 1): how much the curve bends. The question is how "
            "much the predictions at *one* position differ from data set to data set (axis 0).",
            variance=_swings_along,
        ),
        *_and_the_noise(
            "variance over everything",
            "This is one variance over the whole array, which includes the bends of the curve. Take it over the data "
            "sets (axis 0).",
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
            "In bias² the mean over the positions comes before the square: errors of opposite sign cancel. Square "
            "first.",
            bias=lambda p, t, s: (p.mean(axis=0) - t).mean() ** 2,
        ),
        *_and_the_noise(
            "ddof=1",
            "The variance is divided by the number of data sets minus 1; here it describes these data sets.",
            variance=lambda p, t, s: p.var(axis=0, ddof=1).mean(),
        ),
        *_and_the_noise(
            "bias not squared",
            "The bias is not squared: positions where the curve is too high and positions where it is too low cancel.",
            bias=lambda p, t, s: (p.mean(axis=0) - t).mean(),
        ),
        Mistake(
            "noise inside the variance",
            "The noise is added to the variance. It belongs in the sum: even a perfect curve would meet it.",
            _parts(variance=lambda p, t, s: p.var(axis=0).mean() + s**2, total=lambda b, v, s: b + v),
        ),
    ],
    properties=[
        Property(
            "bias² + variance should be the mean squared distance of the curves from the truth, but it is not.",
            lambda args, outputs: np.allclose(outputs[0] + outputs[1], ((args[0] - args[1]) ** 2).mean(), rtol=1e-3),
        ),
        Property(
            "`expected_error` should be larger than bias² + variance: a new measurement has noise.",
            lambda args, outputs: outputs[2] > outputs[0] + outputs[1],
        ),
    ],
    points=3,
    hints=[
        "Begin with the mean curve, over the data sets: shape (P,). Both parts are about it: how far it is from the "
        "truth, and how far the single curves are from it.",
        "Each part is first a square at every position, then the mean over all positions. For the last result think of "
        "what a new *measurement* has that the truth does not have.",
    ],
    insight="Notice that bias² + variance is exactly the mean squared distance of the curves from the truth. In real "
    "life you have one data set and do not know the truth, so neither part can be computed. Here both can.",
)
