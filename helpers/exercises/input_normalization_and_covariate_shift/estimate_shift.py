"""Notebook 01, code: how far did the inputs move."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def estimate_shift(batch_1, batch_2):
    pooled_variance = (batch_1.var(axis=0) + batch_2.var(axis=0)) / 2
    return (batch_2.mean(axis=0) - batch_1.mean(axis=0)) / np.sqrt(pooled_variance)


def _shift_cases():
    rng = np.random.default_rng(7)
    first = rng.normal([4.0, -2.0, 1.0], [1.0, 3.0, 0.6], size=(9, 3))
    second = rng.normal([6.5, -4.0, 1.8], [2.2, 1.2, 1.3], size=(5, 3))
    return [
        Case("on two batches of shape (5, 3)", (first[:5], second)),  # of one length: axis=1 must not raise
        Case("on batches of shapes (9, 3) and (5, 3)", (first, second)),
        Case("on the same two batches, the second one first", (second, first)),
    ]


def _in_a_loop(a, b):
    result = np.empty(a.shape[1])
    for j in range(a.shape[1]):
        variance = 0.5 * np.var(a[:, j]) + 0.5 * np.var(b[:, j])
        result[j] = (np.mean(b[:, j]) - np.mean(a[:, j])) / variance**0.5
    return result


def _by_sums(a, b):
    mean_1, mean_2 = a.sum(0) / len(a), b.sum(0) / len(b)
    variance_1 = ((a - mean_1) ** 2).sum(0) / len(a)
    variance_2 = ((b - mean_2) ** 2).sum(0) / len(b)
    return np.sqrt(2) * (mean_2 - mean_1) / np.sqrt(variance_1 + variance_2 + 1e-8)


def _shift_over(divisor):
    """The difference of the means over ``divisor(batch_1, batch_2)``."""
    return lambda a, b: (b.mean(axis=0) - a.mean(axis=0)) / divisor(a, b)


def _pooled(a, b):
    return np.sqrt((a.var(axis=0) + b.var(axis=0)) / 2)


def _weighted_variance(a, b):
    return (len(a) * a.var(axis=0) + len(b) * b.var(axis=0)) / (len(a) + len(b))


def _sample_weighted_variance(a, b):
    squares = len(a) * a.var(axis=0) + len(b) * b.var(axis=0)
    return squares / (len(a) + len(b) - 2)


_SIGN = "The sign is flipped. Subtract the mean of batch 1 from that of batch 2, so that an increase is positive."


_ABSOLUTE = (
    "The sign is lost. It says whether the ink increased or decreased: leave out the absolute value (or the square and "
    "its root)."
)


def _with_every_sign(name, message, divisor):
    """Another divisor, and the same with the sign turned or lost: two mistakes that are often made together."""
    return [
        Mistake(name, message, _shift_over(divisor)),
        Mistake(f"{name}, sign", f"Two things. {message} {_SIGN}", lambda a, b: -_shift_over(divisor)(a, b)),
        Mistake(f"{name}, absolute", f"Two things. {message} {_ABSOLUTE}", lambda a, b: np.abs(_shift_over(divisor)(a, b))),
    ]


estimate_shift = CodeExercise(
    estimate_shift,
    outputs=["d"],
    cases=_shift_cases,
    variants=[_in_a_loop, _by_sums],
    mistakes=[
        Mistake("sign", _SIGN, lambda a, b: -_shift_over(_pooled)(a, b)),
        Mistake("absolute value", _ABSOLUTE, lambda a, b: np.abs(_shift_over(_pooled)(a, b))),
        *_with_every_sign(
            "standard deviation of batch 1",
            "The difference is divided by the standard deviation of batch 1 alone. Then the answer depends on which of "
            "the two is called batch 1. Both spreads should count equally: pool them.",
            lambda a, b: a.std(axis=0),
        ),
        *_with_every_sign(
            "standard deviation of batch 2",
            "The difference is divided by the standard deviation of batch 2 alone. Both spreads should count equally: "
            "pool them.",
            lambda a, b: b.std(axis=0),
        ),
        *_with_every_sign(
            "divided by the variance",
            "You divide by the pooled variance and leave out the root: the result then depends on the unit of the "
            "feature.",
            lambda a, b: _pooled(a, b) ** 2,
        ),
        *_with_every_sign(
            "variance of batch 1",
            "You divide by the variance of batch 1. Take the mean of both variances, and then the root.",
            lambda a, b: a.var(axis=0),
        ),
        *_with_every_sign(
            "variance of batch 2",
            "You divide by the variance of batch 2. Take the mean of both variances, and then the root.",
            lambda a, b: b.var(axis=0),
        ),
        *_with_every_sign(
            "multiplied",
            "The difference is multiplied by the spread. Divide by it: the result should not depend on the feature's unit.",
            lambda a, b: 1 / _pooled(a, b),
        ),
        *_with_every_sign(
            "divided by the sum of the variances",
            "You divide by the sum of the two variances. Take their mean, and then the root.",
            lambda a, b: a.var(axis=0) + b.var(axis=0),
        ),
        *_with_every_sign(
            "pooled over the concatenation",
            "You take the spread of both batches put together. That spread contains the shift itself: the further "
            "apart the batches, the larger the divisor, and with batches of equal size the result never exceeds 2. "
            "Take the spreads *within* the batches.",
            lambda a, b: np.concatenate([a, b]).std(axis=0),
        ),
        *_with_every_sign(
            "variance of the concatenation",
            "You divide by the variance of both batches put together. Take the spreads *within* the batches. A spread "
            "is the root of a variance.",
            lambda a, b: np.concatenate([a, b]).var(axis=0),
        ),
        *_with_every_sign(
            "mean of the standard deviations",
            "You average the two standard deviations. Average the two *variances* instead, and then take the root.",
            lambda a, b: (a.std(axis=0) + b.std(axis=0)) / 2,
        ),
        *_with_every_sign(
            "sum of the standard deviations",
            "You add the two standard deviations. Take the mean of the two variances instead, and then the root.",
            lambda a, b: a.std(axis=0) + b.std(axis=0),
        ),
        *_with_every_sign(
            "no half",
            "The variances are added and not averaged: the ½ is missing, and the result is too small by a factor √2.",
            lambda a, b: np.sqrt(a.var(axis=0) + b.var(axis=0)),
        ),
        *_with_every_sign(
            "half outside the root",
            "The ½ stands outside the root. It belongs under the root, to the mean of the variances.",
            lambda a, b: np.sqrt(a.var(axis=0) + b.var(axis=0)) / 2,
        ),
        *_with_every_sign(
            "half of one variance",
            "Only the variance of batch 2 is halved. The division comes before the addition unless brackets say "
            "otherwise.",
            lambda a, b: np.sqrt(a.var(axis=0) + b.var(axis=0) / 2),
        ),
        *_with_every_sign(
            "root of the mean standard deviation",
            "You take the root of the mean of the *standard deviations*. The variances belong under the root.",
            lambda a, b: np.sqrt((a.std(axis=0) + b.std(axis=0)) / 2),
        ),
        *_with_every_sign(
            "variances weighted",
            "The variances are weighted by the numbers of examples. That is also a common way to pool. Here "
            "both batches count equally.",
            lambda a, b: np.sqrt(_weighted_variance(a, b)),
        ),
        *_with_every_sign(
            "variances weighted, N - 1",
            "This is the pooling of Cohen's d: variances weighted by the numbers of examples, less 1 for each batch. "
            "Here both batches count equally, and each variance divides by its own N.",
            lambda a, b: np.sqrt(_sample_weighted_variance(a, b)),
        ),
        *_with_every_sign(
            "ddof=1",
            "The variances divide by N − 1. That is also a common estimate. Here each variance divides by its own N. "
            "Look for `ddof=1`.",
            lambda a, b: np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / 2),
        ),
        *_with_every_sign(
            "t statistic",
            "This divides by the standard error, which shrinks with the number of examples: it says how *certain* the "
            "shift is, not how large. Divide by the spread of the examples.",
            lambda a, b: np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b)),
        ),
        *_with_every_sign(
            "t statistic, N - 1",
            "This is the t statistic (Welch): it says how *certain* the shift is, not how large, and grows with the "
            "number of examples. Divide by the spread of the examples.",
            lambda a, b: np.sqrt(a.var(axis=0, ddof=1) / len(a) + b.var(axis=0, ddof=1) / len(b)),
        ),
        *_with_every_sign(
            "not divided",
            "That is the difference of the means, in the feature's own unit. Ink and width cannot be compared that "
            "way. Divide by the spread.",
            lambda a, b: 1.0,
        ),
        *_with_every_sign(
            "geometric mean",
            "The spread is the root of the product of the two standard deviations. The exercise asks for the mean of "
            "the variances.",
            lambda a, b: np.sqrt(a.std(axis=0) * b.std(axis=0)),
        ),
        *_with_every_sign(
            "spread over everything",
            "The means are right, but one spread is taken over all features together. Each feature has its own.",
            lambda a, b: np.sqrt((a.var() + b.var()) / 2),
        ),
        Mistake(
            "relative to the mean",
            "The difference is divided by the mean of batch 1. A mean may be 0 and says nothing about the spread.",
            _shift_over(lambda a, b: a.mean(axis=0)),
        ),
        Mistake(
            "relative to the new mean",
            "The difference is divided by the mean of batch 2. A mean may be 0 and says nothing about the spread.",
            _shift_over(lambda a, b: b.mean(axis=0)),
        ),
        Mistake(
            "each mean over its own spread",
            "Each mean is divided by the spread of its own batch, and then they are subtracted. Subtract first: the "
            "difference is divided by one common spread.",
            lambda a, b: b.mean(axis=0) / b.std(axis=0) - a.mean(axis=0) / a.std(axis=0),
        ),
        Mistake(
            "squared",
            "The difference is squared, so its sign is lost.",
            lambda a, b: _shift_over(_pooled)(a, b) ** 2,
        ),
        Mistake(
            "averaged over features",
            "You average over the features, which leaves one number. Return one number for each feature: in an "
            "average, two features that move in opposite directions would cancel.",
            lambda a, b: np.mean(_shift_over(_pooled)(a, b)),
        ),
        Mistake(
            "summed over features",
            "You sum over the features, which leaves one number. Return one number for each feature.",
            lambda a, b: np.sum(_shift_over(_pooled)(a, b)),
        ),
        Mistake(
            "absolute values averaged",
            "You average the absolute values over the features, which leaves one number. Return one number for each "
            "feature, with its sign.",
            lambda a, b: np.mean(np.abs(_shift_over(_pooled)(a, b))),
        ),
        Mistake(
            "length of the shift",
            "This is the length of the vector of shifts, a single number. Return one number for each feature.",
            lambda a, b: np.linalg.norm(_shift_over(_pooled)(a, b)),
        ),
        Mistake(
            "mean over everything",
            "The means and spreads are taken over all features together. Each feature has its own: average over axis "
            "0.",
            lambda a, b: (b.mean() - a.mean()) / np.sqrt((a.var() + b.var()) / 2),
        ),
        Mistake(
            "means over everything, spread by feature",
            "The spreads are right, but the means are taken over all features together. Average over axis 0.",
            lambda a, b: (b.mean() - a.mean()) / _pooled(a, b),
        ),
        Mistake(
            "axis=1",
            "Means and spreads are taken along axis 1, over the features of one example. Average over the examples.",
            lambda a, b: (b.mean(axis=1) - a.mean(axis=1)) / np.sqrt((a.var(axis=1) + b.var(axis=1)) / 2),
        ),
        Mistake(
            "medians",
            "You take the difference of the medians. The exercise asks for means.",
            lambda a, b: (np.median(b, axis=0) - np.median(a, axis=0)) / _pooled(a, b),
        ),
        Mistake(
            "sums",
            "The sums of the batches are subtracted, not their means: the larger batch counts for more.",
            lambda a, b: (b.sum(axis=0) - a.sum(axis=0)) / _pooled(a, b),
        ),
        Mistake(
            "rows paired",
            "One batch is subtracted from the other row by row. Their rows are not pairs, and the batches may have "
            "different lengths. Average each batch first.",
            lambda a, b: (b - a).mean(axis=0) / _pooled(a, b),
        ),
        Mistake(
            "rows paired, spread of the differences",
            "One batch is subtracted from the other row by row, and the spread is that of the differences. Their rows "
            "are not pairs, and the batches may have different lengths. Take mean and variance of each batch first.",
            lambda a, b: (b - a).mean(axis=0) / (b - a).std(axis=0),
        ),
        Mistake(
            "means added",
            "The means are added. The shift is their difference: batch 2 minus batch 1.",
            lambda a, b: (b.mean(axis=0) + a.mean(axis=0)) / _pooled(a, b),
        ),
        Mistake(
            "brackets",
            "Only the mean of batch 1 is divided. Put brackets around the difference.",
            lambda a, b: b.mean(axis=0) - a.mean(axis=0) / _pooled(a, b),
        ),
        Mistake(
            "nothing but zeros",
            "The result is 0 everywhere. Is each batch normalized by its own statistics first, or is one batch used "
            "twice? Then there is no difference left to see.",
            lambda a, b: np.zeros(a.shape[1]),
        ),
    ],
    properties=[
        Property(
            "Not every number of the result is finite. Is something negative under the root, or is something divided by 0?",
            lambda args, outputs: np.isfinite(outputs[0]).all(),
        ),
        Property(
            "Where the mean of batch 2 is larger, the result should be positive, and elsewhere negative. Not all of "
            "the signs are right.",
            lambda args, outputs: np.array_equal(np.sign(outputs[0]), np.sign(args[1].mean(0) - args[0].mean(0))),
        ),
        Property(
            "Here the signs are right, but the sizes are not: each should be the difference of the two means, over the "
            "root of the mean of the two variances.",
            lambda args, outputs: np.allclose(outputs[0], _shift_over(_pooled)(*args), rtol=1e-3),
        ),
    ],
    points=3,
    hints=[
        "The numerator is a difference, the denominator a spread, and both have shape (D,). All means and variances "
        "are taken over the examples.",
        "The spread: the variance of each batch, the mean of the two variances, then the root.",
    ],
    insight="No label was needed. A shift of 0.2 is hard to see, and one of 0.8 is obvious. At 2, two bell curves of "
    "equal width have a third of their area in common. d detects only a moved mean: a changed spread "
    "or a moved rule goes unnoticed.",
)
