"""Notebook 10, code: the variance shift."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, Mistake, Property
from helpers.exercises.dropout._shared import _Drawing


def variance_shift(x, kernel, rate):
    at_inference = (x @ kernel).var(axis=0)                       # (units,)
    added = rate / (1 - rate) * (x**2).mean(axis=0) @ kernel**2   # (units,)
    return (at_inference + added) / at_inference


def _shift_cases():
    rng = np.random.default_rng(14)
    x = np.maximum(rng.normal(size=(40, 6)) + 0.5, 0)
    kernel = rng.normal(size=(6, 4))
    return [
        Case("on x of shape (40, 6) and a kernel of shape (6, 4), with a rate of 0.5", (x, kernel, 0.5)),
        Case("with a rate of 0.2", (x, kernel, 0.2)),
        Case("with a square kernel, (5, 5), and 5 examples", (rng.normal(size=(5, 5)) + 1, rng.normal(size=(5, 5)), 0.3)),
        Case("with a rate of 0, at which the ratio is 1", (x, kernel, 0.0), edge=True),
    ]


def _by_example(x, kernel, rate):
    y = np.array([row @ kernel for row in x])
    own = np.mean((y - y.mean(axis=0)) ** 2, axis=0)
    noise = np.array([rate / (1 - rate) * (row[:, None] ** 2 * kernel**2).sum(axis=0) for row in x])
    return 1 + noise.mean(axis=0) / own


def _shifted(added, combine=lambda inference, more: (inference + more) / inference, inference=None):
    inference = inference or (lambda x, kernel: (x @ kernel).var(axis=0))

    def wrong(x, kernel, rate):
        return combine(inference(x, kernel), added(x, kernel, rate))

    return wrong


_BRACKETS = (
    "In rate/1 − rate the denominator has lost its brackets: rate is divided by 1, and only then something is subtracted."
)


def _added(x, kernel, rate):
    return rate / (1 - rate) * (x**2).mean(axis=0) @ kernel**2


variance_shift = _Drawing(
    variance_shift,
    own_draws=(
        "Called twice with the same arguments, it gives two different results: random numbers are drawn. Measuring "
        "with masks is a "
        "good test of the formula, but the formula itself is asked for, and it needs none."
    ),
    outputs=["ratio"],
    cases=_shift_cases,
    variants=[
        _by_example,
        lambda x, kernel, rate: 1 + rate / (1 - rate) * np.einsum("ni,iu->u", x**2, kernel**2) / len(x)
        / np.var(x @ kernel, axis=0),
        lambda x, kernel, rate: 1 + ((1 / (1 - rate) - 1) * np.mean(x**2, axis=0, keepdims=True) @ kernel**2)
        / np.var(x @ kernel, axis=0, keepdims=True),
    ],
    mistakes=[
        Mistake(
            "variance of the inputs",
            "The variance of each input stands where the mean of its square belongs. An input that is always 3 has no "
            "variance, and yet dropping it makes noise: at a rate of 0.5 it becomes 0 or 6.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * x.var(axis=0) @ kernel**2),
        ),
        Mistake(
            "square of the mean",
            "The square of each input's mean stands where the mean of its square belongs. The order matters.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * x.mean(axis=0) ** 2 @ kernel**2),
        ),
        Mistake(
            "weights not squared",
            "A weight multiplies the noise, so the variance contains the square of the weight. Otherwise negative "
            "weights would make the variance smaller.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x**2).mean(axis=0) @ kernel),
        ),
        Mistake(
            "absolute weights",
            "A weight multiplies the noise, so the variance contains the square of the weight, not its absolute value.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x**2).mean(axis=0) @ np.abs(kernel)),
        ),
        Mistake(
            "inputs not squared",
            "The inputs are not squared. The noise of an input scales as the input, so its variance scales as the "
            "square of the input.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * np.abs(x).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "inputs not squared, with their signs",
            "The inputs are not squared. The noise of an input scales as the input, so its variance scales as the "
            "square of the input.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * x.mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "neither squared",
            "Neither the inputs nor the weights are squared. Both multiply the noise, so the variance contains the "
            "squares of both.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * x.mean(axis=0) @ kernel),
        ),
        Mistake(
            "square of the mean sum",
            "The mean of the whole sum is squared. The inputs are dropped independently of one another, so their "
            "variances add: square each term, then take means and sums.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x.mean(axis=0) @ kernel) ** 2),
        ),
        Mistake(
            "squared once more",
            "The mean squares times the weights are squared once more: the inputs now have the power 4. Square the weights "
            "alone.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * ((x**2).mean(axis=0) @ kernel) ** 2),
        ),
        Mistake(
            "square of the sum",
            "The whole sum is squared. The inputs are dropped independently of one another, so their variances add: "
            "square each term, then sum.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * ((x @ kernel) ** 2).mean(axis=0)),
        ),
        Mistake(
            "rate alone",
            "The factor is `rate`. The mask's variance is rate · (1 − rate), and dividing the survivors by 1 − rate "
            "divides a variance by (1 − rate)². What is left?",
            _shifted(lambda x, kernel, rate: rate * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "variance of the mask alone",
            "rate · (1 − rate) is the variance of the mask, as in the classic form. In the inverted form the "
            "survivors are divided by 1 − rate, so their variance is divided by (1 − rate)².",
            _shifted(lambda x, kernel, rate: rate * (1 - rate) * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "scale of the survivors",
            "The factor is 1/(1 − rate), the survivors' scale. Without dropout (rate 0) it would still add something.",
            _shifted(lambda x, kernel, rate: 1 / (1 - rate) * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "divided once more",
            "The factor is rate/(1 − rate)²: one division too many. The mask's variance is rate · (1 − rate), and "
            "one factor 1 − rate cancels.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) ** 2 * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "factor turned round",
            "The factor is (1 − rate)/rate, turned round: the more is dropped, the more noise there must be.",
            _shifted(lambda x, kernel, rate: (1 - rate) / rate * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "1 - rate alone",
            "The factor is 1 − rate: the more is dropped, the less noise there would be.",
            _shifted(lambda x, kernel, rate: (1 - rate) * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "factor forgotten",
            "The added variance is the same at every rate: the factor is missing. (At a rate of 0.5 it happens to be 1.)",
            _shifted(lambda x, kernel, rate: (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "factor in whole numbers",
            "The factor is rounded down to a whole number: below a rate of one half that is 0, and nothing is added.",
            _shifted(lambda x, kernel, rate: rate // (1 - rate) * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "factor on the sum",
            "The factor multiplies the variance at inference as well. It belongs to what the masks add, and to nothing else.",
            lambda x, kernel, rate: rate / (1 - rate) * (1 + (x**2).mean(axis=0) @ kernel**2 / (x @ kernel).var(axis=0)),
        ),
        Mistake(
            "factor without brackets",
            _BRACKETS,
            _shifted(lambda x, kernel, rate: rate / 1 - rate * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "factor without brackets, after the division",
            _BRACKETS,
            lambda x, kernel, rate: 1 + rate / 1 - rate * (x**2).mean(axis=0) @ kernel**2 / (x @ kernel).var(axis=0),
        ),
        Mistake(
            "classic form",
            "This is the ratio in the classic form, in which training does not scale. The inverted form is asked for.",
            lambda x, kernel, rate: (1 - rate) ** 2 * (1 + _added(x, kernel, rate) / (x @ kernel).var(axis=0)),
        ),
        Mistake(
            "inference scaled as in the classic form",
            "The ratio is too large by 1/(1 − rate)², as if x were multiplied by 1 − rate at inference. That belongs to the "
            "classic form; in the inverted form x stays as it is at inference.",
            lambda x, kernel, rate: (1 + _added(x, kernel, rate) / (x @ kernel).var(axis=0)) / (1 - rate) ** 2,
        ),
        Mistake(
            "variance of x scaled as in the classic form",
            "The variance of x @ kernel is multiplied by (1 − rate)², as at test in the classic form. In the inverted form x "
            "stays as it is at inference.",
            lambda x, kernel, rate: 1 + _added(x, kernel, rate) / ((1 - rate) * x @ kernel).var(axis=0),
        ),
        Mistake(
            "1 more than the ratio",
            "That is the ratio plus 1. Either 1 + added/variance, or (variance + added)/variance.",
            _shifted(_added, lambda inference, more: 2 + more / inference),
        ),
        Mistake(
            "over the sum of all variances",
            "You divide by the sum of all units' variances. Each unit has its own.",
            _shifted(_added, lambda inference, more: (inference + more) / inference.sum()),
        ),
        Mistake(
            "sum without brackets",
            "Only one of the two terms is divided. The whole of (variance + added) must be divided by the variance.",
            _shifted(_added, lambda inference, more: inference + more / inference),
        ),
        Mistake(
            "inference over added",
            "That is the variance at inference over the added one. The variance in training is the sum of both, and "
            "it belongs in the numerator.",
            _shifted(_added, lambda inference, more: inference / more),
        ),
        Mistake(
            "ratio turned round",
            "The ratio is upside down: training over inference is at least 1, since the masks can only add variance.",
            _shifted(_added, lambda inference, more: inference / (inference + more)),
        ),
        Mistake(
            "added variance only",
            "That is the variance that dropout adds, not the ratio of the two.",
            _shifted(_added, lambda inference, more: more),
        ),
        Mistake(
            "added over inference",
            "That is the added variance over the variance at inference. The variance in training is the sum of both.",
            _shifted(_added, lambda inference, more: more / inference),
        ),
        Mistake(
            "variance in training",
            "That is the variance in training. It must be divided by the variance at inference.",
            _shifted(_added, lambda inference, more: inference + more),
        ),
        Mistake(
            "ratio of the standard deviations",
            "That is the ratio of the standard deviations. The ratio of the variances is asked for.",
            _shifted(_added, lambda inference, more: np.sqrt((inference + more) / inference)),
        ),
        Mistake(
            "subtracted",
            "The added variance is subtracted.",
            _shifted(_added, lambda inference, more: (inference - more) / inference),
        ),
        Mistake(
            "summed over the batch",
            "The squares are summed over the batch. Their mean is needed: a larger batch does not make more noise.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x**2).sum(axis=0) @ kernel**2),
        ),
        Mistake(
            "ddof=1",
            "`ddof=1` divides by N − 1. Batch normalization divides by N, and so do we.",
            _shifted(_added, inference=lambda x, kernel: (x @ kernel).var(axis=0, ddof=1)),
        ),
        Mistake(
            "ddof=1 below only",
            "The variance that you divide by is computed with N − 1. Batch normalization divides by N, and so do we.",
            lambda x, kernel, rate: ((x @ kernel).var(axis=0) + _added(x, kernel, rate)) / (x @ kernel).var(axis=0, ddof=1),
        ),
        Mistake(
            "kernel turned (error)",
            "`kernel` is (inputs, units) and needs no transposing: (inputs,) @ (inputs, units) gives (units,).",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x**2).mean(axis=0) @ (kernel**2).T),
        ),
        Mistake(
            "one row per example",
            "The mean over the examples is missing: your result has one row per example. One ratio per unit is asked "
            "for, (units,).",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * x**2 @ kernel**2),
        ),
        Mistake(
            "mean square at inference",
            "At inference you take the mean square instead of the variance: the mean is not subtracted.",
            _shifted(_added, inference=lambda x, kernel: ((x @ kernel) ** 2).mean(axis=0)),
        ),
        Mistake(
            "inputs' variances at inference",
            "At inference the variances of the inputs are summed, as if they were independent. Pixels and hidden units "
            "are not: take the variance of x @ kernel itself.",
            _shifted(_added, inference=lambda x, kernel: x.var(axis=0) @ kernel**2),
        ),
        Mistake(
            "inputs' variances in training",
            "In training the variances of the inputs are summed, as if they were independent. Pixels and hidden units are "
            "not: take the variance of x @ kernel itself, and add the masks' part.",
            lambda x, kernel, rate: (x.var(axis=0) @ kernel**2 + _added(x, kernel, rate)) / (x @ kernel).var(axis=0),
        ),
        Mistake(
            "inputs' variances below",
            "What you divide by is a sum of the inputs' variances, as if they were independent. Pixels and hidden units are "
            "not: take the variance of x @ kernel itself.",
            lambda x, kernel, rate: ((x @ kernel).var(axis=0) + _added(x, kernel, rate)) / (x.var(axis=0) @ kernel**2),
        ),
        Mistake(
            "one mean square for all inputs",
            "There is one mean square for all inputs. Each input has its own, and meets its own weight.",
            lambda x, kernel, rate: 1 + rate / (1 - rate) * (x**2).mean() * (kernel**2).sum(axis=0)
            / (x @ kernel).var(axis=0),
        ),
        Mistake(
            "1 outside",
            "The 1 is divided, too: (1 + added)/variance. Either 1 + added/variance, or (variance + added)/variance.",
            lambda x, kernel, rate: (1 + _added(x, kernel, rate)) / (x @ kernel).var(axis=0),
        ),
        Mistake(
            "standard deviation at inference",
            "At inference you take the standard deviation. The ratio is one of variances.",
            lambda x, kernel, rate: 1 + _added(x, kernel, rate) / (x @ kernel).std(axis=0),
        ),
        Mistake(
            "standard deviations added",
            "Standard deviations are added. For independent parts the *variances* add.",
            lambda x, kernel, rate: 1 + np.sqrt(_added(x, kernel, rate)) / (x @ kernel).std(axis=0),
        ),
        Mistake(
            "averaged over the units",
            "That is the mean over the units. Batch normalization keeps a variance for each: shape (units,).",
            lambda x, kernel, rate: (1 + _added(x, kernel, rate) / (x @ kernel).var(axis=0)).mean(),
        ),
        Mistake(
            "one number for all units",
            "That is one number for all units. Batch normalization keeps a variance for each: shape (units,).",
            lambda x, kernel, rate: 1 + _added(x, kernel, rate).mean() / (x @ kernel).var(axis=0).mean(),
        ),
        Mistake(
            "one variance for all units",
            "At inference one variance is taken over all units together. Each has its own: axis 0 only.",
            _shifted(_added, inference=lambda x, kernel: (x @ kernel).var()),
        ),
        Mistake(
            "of the inputs, not the unit",
            "That is the shift of the inputs themselves. The shift of the unit behind the weights is asked for.",
            lambda x, kernel, rate: 1 + rate / (1 - rate) * (x**2).mean(axis=0) / x.var(axis=0),
        ),
        Mistake(
            "scaled without masks",
            "That is 1/(1 − rate)² for every unit, as if the inputs were scaled and none dropped. The masks take away from "
            "the mean what the scale adds, and it is the masks that make the noise.",
            lambda x, kernel, rate: np.full(kernel.shape[1], 1 / (1 - rate) ** 2),
        ),
        Mistake(
            "without the inputs",
            "The added noise has the weights in it, but not the inputs: dropping a large input makes more noise than "
            "dropping a small one.",
            lambda x, kernel, rate: 1 + rate / (1 - rate) * (kernel**2).sum(axis=0),
        ),
        Mistake(
            "without the inputs, over the variance",
            "The added noise has the weights in it, but not the inputs: dropping a large input makes more noise than "
            "dropping a small one.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (kernel**2).sum(axis=0)),
        ),
        Mistake("no shift", "That is 1 everywhere: the variance would be the same.",
                lambda x, kernel, rate: np.ones(kernel.shape[1])),
        Mistake(
            "survivors' scale only",
            "That is 1/(1 − rate) for every unit. It would be right if all inputs had mean 0 and were independent; "
            "what comes out of a ReLU does not have mean 0.",
            lambda x, kernel, rate: np.full(kernel.shape[1], 1 / (1 - rate)),
        ),
    ],
    properties=[
        Property(
            "In no unit can the ratio be below 1: the masks only add variance. In at least one of yours it is.",
            lambda args, outputs: bool(np.all(outputs[0] >= 1 - 1e-6)),
        ),
    ],
    points=3,
    hints=[
        "The formula above, term by term: `(x**2).mean(axis=0)` is the mean square of each input, (inputs,).",
        "`(x**2).mean(axis=0) @ kernel**2` sums over the inputs: (units,).",
        "Variance at inference: `(x @ kernel).var(axis=0)`. In training: that plus rate/(1 − rate) times the sum. "
        "Divide the second by the first.",
    ],
    insight="Where inputs are large and weights cancel each other, the ratio is far above 1: at inference the unit "
    "hardly moves, in training the masks shake it. Batch normalization behind it stores the shaken variance.",
)
