"""Exercises of notebook 04. Keras is imported when a layer is checked, and not before."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from helpers.exercises.comparing import Problem, same
from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    _is_stub,
    name_exercises,
)
from helpers.exercises.verdict import Verdict

# --- predict: how many numbers does a layer hold -------------------------------------------------

count_parameters = PredictExercise(
    {
        "Dense(3), two inputs": 9,
        "BN after Dense(3)": 12,
        "trained in BN after Dense(3)": 6,
        "Dense(2)": 8,
        "BN after Dense(2)": 8,
        "trained in the whole network": 30,
    },
    variable="numbers",
    mistakes={
        "Dense(3), two inputs": [
            Mistake("biases of Dense(3) forgotten", "6 are the weights, 2 inputs times 3 units; each unit has a bias.", 6),
            Mistake("one bias for Dense(3)", "7 has one bias for the layer; each of the 3 units has its own.", 7),
            Mistake("a bias an input", "8 has a bias for each input; it is one for each unit.", 8),
            Mistake("units added to inputs", "5 adds inputs and units; every input is joined to every unit.", 5),
        ],
        "BN after Dense(3)": [
            Mistake("only gamma and beta", "6 are gamma and beta. The layer also keeps two numbers a neuron for inference.", 6),
            Mistake("one number a neuron", "3 would be one number a neuron. Count the letters: two are trained, two are kept.", 3),
            Mistake("four in all", "4 would serve the whole layer; each of the 3 neurons has its own four.", 4),
            Mistake("the notes' sum taken twice", "24 counts something twice. The sum in the notes is 3 · 4.", 24),
            Mistake("three numbers a neuron", "9 would be three a neuron. Moving mean *and* moving variance are kept.", 9),
            Mistake("a scale for each weight", "BN acts on the 3 outputs of the layer, not on its weights.", 36),
        ],
        "trained in BN after Dense(3)": [
            Mistake(
                "everything trained",
                "all of them would mean that a gradient reaches the moving statistics. They are computed from the "
                "batches, and no gradient reaches them.",
                12,
            ),
            Mistake("nothing trained", "gamma and beta follow the gradient like any weight.", 0),
            Mistake("only gamma trained", "3 is gamma alone; beta is trained, too.", 3),
            Mistake("per neuron, not per layer", "2 are trained for *each* neuron; the layer has 3.", 2),
        ],
        "Dense(2)": [
            Mistake("biases of Dense(2) forgotten", "6 are the weights, 3 inputs times 2 units; the biases are missing.", 6),
            Mistake("inputs of the network", "6 + 2 it is not that way: this layer's inputs are the 3 units below.", 4),
            Mistake("BN widens its input", "BN hands on 3 numbers, not 12: gamma, beta and the moving ones are inside.", 26),
            Mistake("a bias for each input of Dense(2)", "9 has a bias for each of the 3 inputs; it is one for each unit.", 9),
        ],
        "BN after Dense(2)": [
            Mistake("only gamma and beta again", "4 are gamma and beta. Two more numbers a neuron are kept for inference.", 4),
            Mistake("the three neurons below", "12 belongs to a layer of 3 neurons; this one normalizes 2.", 12),
            Mistake("one number a neuron again", "2 would be one number a neuron.", 2),
            Mistake("three numbers a neuron again", "6 would be three a neuron. Which two are kept, which two trained?", 6),
        ],
        "trained in the whole network": [
            Mistake("all numbers", "40 is all of them. Which ten are kept and not trained?", 40),
            Mistake("biases forgotten", "24 leaves out the biases of the dense layers: 3, 2 and 1.", 24),
            Mistake("the second layer's statistics", "34 leaves out only the 6 numbers that the first BN keeps; the second keeps 4.", 34),
            Mistake("the first layer's statistics", "36 leaves out only the 4 numbers that the second BN keeps; the first keeps 6.", 36),
            Mistake("the last layer forgotten", "27 leaves out Dense(1): 2 weights and a bias.", 27),
            Mistake("dense layers only", "20 are the dense layers. gamma and beta are trained as well.", 20),
            Mistake("normalization only", "10 are gamma and beta. The dense layers are trained as well.", 10),
            Mistake("without the last bias", "29 leaves out one bias, that of Dense(1).", 29),
            Mistake(
                "gamma only",
                "25 counts gamma and leaves out beta: both are trained.",
                25,
            ),
        ],
    },
    points=2,
    hints=[
        "A dense layer has one weight for each pair of an input and a unit, and a bias for each unit.",
        "Batch normalization has, for each neuron: what multiplies, what is added, and what is remembered for inference.",
        "Two of the four are trained. Dense(1) has 2 weights and a bias; then add up.",
    ],
    insight="Four numbers a neuron, two of them trained: 12 = 6 + 6 and 8 = 4 + 4. Keras calls the other two "
    "non-trainable weights: they belong to the layer and are saved with it, but no gradient reaches them.",
)


# --- predict: which statistics does a call use ---------------------------------------------------

_BOTH = ("batch", "moving")

which_statistics = PredictExercise(
    {
        "model.fit(x, y)": "batch",
        "model.evaluate(x, y)": "moving",
        "model.predict(x)": "moving",
        "model(x)": "moving",
        "model(x, training=True)": "batch",
        "model(x, training=True), BN frozen": "moving",
    },
    variable="statistics",
    choices=dict.fromkeys(
        (
            "model.fit(x, y)",
            "model.evaluate(x, y)",
            "model.predict(x)",
            "model(x)",
            "model(x, training=True)",
            "model(x, training=True), BN frozen",
        ),
        _BOTH,
    ),
    mistakes={
        "model.fit(x, y)": [
            Mistake(
                "fit is inference",
                "`fit` trains, and training normalizes with the batch's own statistics: the gradient flows through them.",
                "moving",
            )
        ],
        "model.evaluate(x, y)": [
            Mistake(
                "evaluate like fit",
                "`evaluate` is given labels as `fit` is, but it only measures: it is inference.",
                "batch",
            )
        ],
        "model.predict(x)": [
            Mistake(
                "predict by batch",
                "`predict` is inference. With the batch's statistics the answer for a row would depend on its neighbours.",
                "batch",
            )
        ],
        "model(x)": [
            Mistake(
                "a bare call trains",
                "a call without `training` is inference: the default is False. Who writes a training loop by hand must "
                "say `training=True`.",
                "batch",
            )
        ],
        "model(x, training=True)": [
            Mistake(
                "only fit trains",
                "the argument decides, whoever calls. This call also *moves* the moving statistics, although no weight "
                "is trained.",
                "moving",
            )
        ],
        "model(x, training=True), BN frozen": [
            Mistake(
                "frozen only means untrained",
                "for batch normalization alone Keras gives `trainable = False` a second meaning. What would become of "
                "the frozen gamma and beta if the statistics went on changing?",
                "batch",
            )
        ],
    },
    points=2,
    hints=[
        "Ask of each call: is a weight going to change? Then ask which calls let *you* decide.",
        "The last one is Keras' own rule, made for fine-tuning: a frozen normalization should do exactly what it did "
        "before.",
    ],
    insight="Only `fit` (and its relative `train_on_batch`) and `training=True` use the batch. `trainable=False` wins "
    "over `training=True`, for batch normalization and for no other layer.",
)


# --- predict: how much of the start is left ------------------------------------------------------

_THREE_DECIMALS = "right so far: give it to three decimals."
_IN_PERCENT = "that is in percent: give the share itself, from 0 to 1."

left_of_the_start = PredictExercise(
    {
        "left after 10 updates, momentum 0.99": 0.904,
        "left after 100 updates, momentum 0.99": 0.366,
        "left after 10 updates, momentum 0.9": 0.349,
        "moving mean after 10 updates": 4.781,
    },
    variable="left",
    tolerance=3e-3,
    mistakes={
        "left after 10 updates, momentum 0.99": [
            Mistake("subtracted", "1 − 10 · 0.01 takes a hundredth of the *start* away each time; it is a hundredth of what is left. (If you rounded: three decimals, please.)", 0.9),
            Mistake("the new share", "0.096 is what the ten batches have brought in. How much of the start is left?", 0.0956),
            Mistake("the new share, rounded", "0.096 is what the ten batches have brought in. How much of the start is left?", 0.096),
            Mistake("ten hundredths", "0.1 counts what is brought in, ten times 0.01. How much of the start is left?", 0.1),
            Mistake("in percent", _IN_PERCENT, 90.4),
            Mistake("one update", "0.99 is left after one update.", 0.99),
            Mistake("PyTorch's momentum", "0.01 is the share of the *new* value; in Keras momentum is the share of the old.", 0.0),
            Mistake("nine updates", "that is after nine updates.", 0.9135),
        ],
        "left after 100 updates, momentum 0.99": [
            Mistake("all gone", "1 − 100 · 0.01 would be 0. But each update takes a hundredth of what is *left*.", 0.0),
            Mistake("the new share after 100", "0.634 is what the batches have brought in.", 0.634),
            Mistake("ten updates", "0.904 is left after ten updates.", 0.904),
            Mistake("the new share after 100, rounded", "0.63 is what the batches have brought in.", 0.63),
            Mistake("two digits", _THREE_DECIMALS, 0.37),
            Mistake("in percent after 100", _IN_PERCENT, 36.6),
        ],
        "left after 10 updates, momentum 0.9": [
            Mistake("all gone after ten", "1 − 10 · 0.1 would be 0. But each update takes a tenth of what is *left*.", 0.0),
            Mistake("the new share of 0.9", "0.651 is what the batches have brought in.", 0.651),
            Mistake("one update of 0.9", "0.9 is left after one update.", 0.9),
            Mistake("in percent of 0.9", _IN_PERCENT, 34.9),
        ],
        "moving mean after 10 updates": [
            Mistake(
                "already there",
                "50 is what the batches say. The moving mean has started at 0 and still holds most of it.",
                50.0,
            ),
            Mistake("the start's share", "0.904 · 50: that is the weight of the start, and the start is 0.", 45.2),
            Mistake("one update's worth", "0.5 is what one update brings in, 0.01 · 50.", 0.5),
            Mistake("ten times one update", "ten times 0.5, less what fades: each update also shrinks what came before.", 5.0),
            Mistake("one decimal", _THREE_DECIMALS, 4.8),
            Mistake("momentum 0.9", "that would be with momentum 0.9.", 32.57),
            Mistake("still 0", "each update brings in a hundredth of the batch's mean.", 0.0),
        ],
    },
    points=2,
    hints=[
        "What does one update leave of the start? And the next one, of that?",
        "After n updates the start's weight is momentum to the power n; all batches together have the rest.",
        "The start of the moving mean is 0, so only the batches' share counts: that share, times 50.",
    ],
    insight="After ten updates nine tenths of a moving mean are still its start. That is why a network is tested with "
    "the wrong numbers when training has been short: momentum 0.99 remembers about the last hundred batches, and if there "
    "were not so many, it remembers 0 and 1.",
)


# --- code: statistics of the full training set ---------------------------------------------------


def recalibrate(weights, means, variances, sizes):
    gamma, beta, _, _ = weights
    share = sizes / sizes.sum()                           # (B,), the shares add up to 1
    mean = share @ means                                  # (C,)
    variance = share @ (variances + (means - mean) ** 2)  # (C,)
    return gamma, beta, mean, variance


def _share(sizes):
    return sizes / sizes.sum()


def _even(sizes):
    return np.full(len(sizes), 1 / len(sizes))


def _statistics(mean=None, variance=None, gamma=None, beta=None):
    """A recalibration with other parts; each part is ``part(weights, means, variances, sizes)``."""

    def wrong(weights, means, variances, sizes):
        right = recalibrate_solution(weights, means, variances, sizes)
        parts = (gamma, beta, mean, variance)
        return tuple(
            part(weights, means, variances, sizes) if part else value for part, value in zip(parts, right, strict=True)
        )

    return wrong


def _full_variance(share_of_mean=_share, share_of_variance=_share, inner=1.0, outer=1.0):
    """The variance of everything, with other shares or with other weights of its two parts."""

    def variance(weights, means, variances, sizes):
        mean = share_of_mean(sizes) @ means
        return share_of_variance(sizes) @ (inner * variances + outer * (means - mean) ** 2)

    return variance


def _full_mean(weights, means, variances, sizes):
    return _share(sizes) @ means


def _full(weights, means, variances, sizes):
    return _full_variance()(weights, means, variances, sizes)


def _moved(old, batches):
    for batch in batches:
        old = 0.99 * old + 0.01 * batch
    return old


def _undone(weights, means, variances, sizes):
    """Gamma and beta changed so that the layer's output stays what it was with the old statistics."""
    gamma, beta, old_mean, old_variance = weights
    _, _, mean, variance = recalibrate_solution(weights, means, variances, sizes)
    factor = np.sqrt((variance + 1e-3) / (old_variance + 1e-3))
    return gamma * factor, beta + gamma * (mean - old_mean) / np.sqrt(old_variance + 1e-3)


def _one_after_the_other(weights, means, variances, sizes):
    """Right, by merging batch after batch (Chan, Golub and LeVeque)."""
    gamma, beta = weights[0], weights[1]
    count, mean, squares = 0, np.zeros(means.shape[1]), np.zeros(means.shape[1])
    for m, v, n in zip(means, variances, sizes):
        delta = m - mean
        squares = squares + v * n + delta**2 * count * n / (count + n)
        mean = mean + delta * n / (count + n)
        count += n
    return [gamma, beta, mean, squares / count]


def _by_second_moments(weights, means, variances, sizes):
    gamma, beta, *_ = weights
    mean = np.average(means, axis=0, weights=sizes)
    second = np.average(variances + means**2, axis=0, weights=sizes)
    return gamma.copy(), beta.copy(), mean, second - mean**2


def _into_the_list(weights, means, variances, sizes):
    weights[2] = (sizes[:, None] * means).sum(0) / sizes.sum()
    weights[3] = (sizes[:, None] * (variances + (means - weights[2]) ** 2)).sum(0) / sizes.sum()
    return weights


def _moments_cases():
    cases = []
    for seed, sizes, text in (
        (5, (4, 4, 4, 4), "on 4 batches of 4 examples, 3 channels"),
        (6, (6, 6, 6, 6, 2), "on 5 batches, the last of which is smaller"),
        (7, (8,), "on a single batch of small numbers"),
    ):
        rng = np.random.default_rng(seed)
        batches = [
            rng.normal(rng.normal([1.0, -2.0, 0.4], [0.8, 1.5, 0.1]), [0.7, 1.2, 0.08], size=(n, 3)) for n in sizes
        ]
        if len(sizes) == 1:
            batches[0] = batches[0] / 10  # so that an epsilon would show
        if len(set(sizes)) > 1:
            batches[-1] += [3.0, -5.0, 0.3]  # the small batch lies apart, so that its share matters
        means, variances = (np.array([f(batch, axis=0) for batch in batches]) for f in (np.mean, np.var))
        gamma, beta = rng.uniform(0.5, 2.0, size=3), rng.normal(size=3)
        old = [gamma, beta, rng.normal(3, 1, size=3), rng.uniform(2, 3, size=3)]
        cases.append(Case(text, (old, means, variances, np.array(sizes))))
    return cases


class _LayerWeights(CodeExercise):
    """Returns weights for a layer, whose `set_weights` takes no axes of length 1 (else a matter of taste)."""

    def _arrays(self, value, expected, case):
        arrays = super()._arrays(value, expected, case)
        if isinstance(arrays, Problem):
            return arrays
        for item, target, name in zip(value, expected, self.outputs, strict=True):
            if np.shape(item) != target.shape:
                return Problem(
                    f"`{name}` has shape {np.shape(item)}, expected {target.shape}: a layer's `set_weights` refuses the "
                    "axis of length 1. Is there a `keepdims=True` or a `None` too many?"
                )
        return arrays


recalibrate_solution = recalibrate

_NO_SHARES = (
    "Every batch counts alike, although the last one may be smaller. A small batch has a small part in the whole: use "
    "`sizes`."
)
_GAMMA_BETA = "gamma and beta have been learned: they are not statistics and stay as they are."

recalibrate = _LayerWeights(
    recalibrate,
    cases=_moments_cases,
    outputs=["gamma", "beta", "moving_mean", "moving_variance"],
    mistakes=[
        Mistake(
            "mean of the variances",
            "`moving_variance`: it is the mean of the batches' variances. That is how far examples lie from *their "
            "batch's* mean; the batches' means differ as well, and that part is missing.",
            _statistics(variance=_full_variance(outer=0.0)),
            ("moving_variance",),
        ),
        Mistake(
            "variance of the means",
            "`moving_variance`: it is the variance of the batches' means alone. The spread within the batches is missing.",
            _statistics(variance=_full_variance(inner=0.0)),
            ("moving_variance",),
        ),
        Mistake(
            "variance of the means subtracted",
            "`moving_variance`: the variance of the means is subtracted. Batches that lie apart make the whole wider, "
            "not narrower.",
            _statistics(variance=_full_variance(outer=-1.0)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted mean",
            f"`moving_mean`: {_NO_SHARES}",
            _statistics(mean=lambda w, m, v, n: m.mean(axis=0)),
            ("moving_mean",),
        ),
        Mistake(
            "unweighted mean inside the variance",
            "`moving_variance`: the means are compared with an unweighted mean. Use the mean of all examples, in which a "
            "small batch has a small part.",
            _statistics(variance=_full_variance(_even, _share)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted variance",
            f"`moving_variance`: {_NO_SHARES}",
            _statistics(variance=_full_variance(_share, _even)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted mean of the variances",
            "`moving_variance`: two things. It is the mean of the batches' variances, and the spread of their means is "
            "missing; and every batch counts alike, although the last one may be smaller.",
            _statistics(variance=lambda w, m, v, n: v.mean(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted variance of the means",
            "`moving_variance`: to the (rightly weighted) mean of the variances an unweighted variance of the means is "
            "added. A small batch has a small part there, too.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ v + m.var(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "variance of the means with B - 1",
            "`moving_variance`: the variance of the means is divided by the number of batches less one. The batches are "
            "everything there is; nothing is estimated from them.",
            _statistics(
                variance=lambda w, m, v, n: _share(n) @ v + (m.var(axis=0, ddof=1) if len(m) > 1 else 0 * m[0])
            ),
            ("moving_variance",),
        ),
        Mistake(
            "variances summed",
            "`moving_variance`: the batches' variances are added up and not averaged.",
            _statistics(variance=lambda w, m, v, n: v.sum(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "means summed",
            "`moving_mean`: the batches' means are added up and not averaged.",
            _statistics(mean=lambda w, m, v, n: m.sum(axis=0)),
            ("moving_mean",),
        ),
        Mistake(
            "weighted but not divided (mean)",
            "`moving_mean`: the means are weighted with the sizes, but the sum is not divided by the number of all "
            "examples.",
            _statistics(mean=lambda w, m, v, n: n @ m),
            ("moving_mean",),
        ),
        Mistake(
            "weighted but not divided (variance)",
            "`moving_variance`: the parts are weighted with the sizes, but the sum is not divided by the number of all "
            "examples.",
            _statistics(variance=lambda w, m, v, n: n @ (v + (m - _share(n) @ m) ** 2)),
            ("moving_variance",),
        ),
        Mistake(
            "divided by the number of batches (mean)",
            "`moving_mean`: the weighted sum is divided by the number of batches, not by the number of examples.",
            _statistics(mean=lambda w, m, v, n: n @ m / len(n)),
            ("moving_mean",),
        ),
        Mistake(
            "second moment",
            "`moving_variance`: variance plus squared mean is the mean of x². The square of the full mean must go again.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v + m**2)),
            ("moving_variance",),
        ),
        Mistake(
            "N - 1",
            "`moving_variance`: it is divided by N − 1. Batch normalization divides by N, in training and here.",
            _statistics(
                variance=lambda w, m, v, n: _full(w, m, v, n) * n.sum() / (n.sum() - 1)
            ),
            ("moving_variance",),
        ),
        Mistake(
            "m / (m - 1)",
            "`moving_variance`: it is the mean of the batches' variances times m/(m − 1), an estimate that the paper uses "
            "with shuffled batches. Here the exact variance of everything can be had: the means are given.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v * (n / (n - 1))[:, None])),
            ("moving_variance",),
        ),
        Mistake(
            "standard deviation",
            "`moving_variance`: this is the standard deviation. The layer takes the root itself, after adding epsilon.",
            _statistics(variance=lambda w, m, v, n: np.sqrt(_full(w, m, v, n))),
            ("moving_variance",),
        ),
        Mistake(
            "mean of the standard deviations",
            "`moving_variance`: the batches' standard deviations are averaged and squared again. Variances may be "
            "averaged, standard deviations may not; and the spread of the means is missing.",
            _statistics(variance=lambda w, m, v, n: (_share(n) @ np.sqrt(v)) ** 2),
            ("moving_variance",),
        ),
        Mistake(
            "epsilon added",
            "`moving_variance`: epsilon is added to it. The layer adds it itself, at every call.",
            _statistics(variance=lambda w, m, v, n: _full(w, m, v, n) + 1e-3),
            ("moving_variance",),
        ),
        Mistake(
            "only the mean replaced",
            "`moving_variance`: only the mean is replaced; the old variance is still there.",
            _statistics(variance=lambda w, m, v, n: w[3]),
            ("moving_variance",),
        ),
        Mistake(
            "nothing replaced",
            "The moving statistics come back as they were. They are to be replaced by those of the full training set.",
            _statistics(mean=lambda w, m, v, n: w[2], variance=lambda w, m, v, n: w[3]),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "one more update",
            "The new statistics are averaged into the old ones with momentum 0.99. Recalibrating replaces them: the old "
            "ones are what was wrong.",
            _statistics(
                mean=lambda w, m, v, n: 0.99 * w[2] + 0.01 * _full_mean(w, m, v, n),
                variance=lambda w, m, v, n: 0.99 * w[3] + 0.01 * _full(w, m, v, n),
            ),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "moving averages again",
            "The old statistics are moved on, batch by batch, with momentum 0.99. These are moving averages again, and they "
            "lag again. Take each batch's part in the whole, and start from nothing.",
            _statistics(mean=lambda w, m, v, n: _moved(w[2], m), variance=lambda w, m, v, n: _moved(w[3], v)),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "moving averages from the start",
            "This is a moving average with momentum 0.99 from mean 0 and variance 1. It still holds most of its start: take "
            "each batch's part in the whole instead.",
            _statistics(
                mean=lambda w, m, v, n: _moved(np.zeros_like(w[2]), m),
                variance=lambda w, m, v, n: _moved(np.ones_like(w[3]), v),
            ),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "distance from the old mean",
            "`moving_variance`: the means of the batches are compared with the *old* moving mean. Compare them with the mean "
            "of all examples.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v + (m - w[2]) ** 2)),
            ("moving_variance",),
        ),
        Mistake(
            "pooled",
            "`moving_variance`: the parts are weighted with n − 1 and divided by N − 1, as for an estimate from samples. "
            "Batch normalization divides by n, in a batch and here.",
            _statistics(
                variance=lambda w, m, v, n: ((n - 1) @ v + n @ (m - _full_mean(w, m, v, n)) ** 2) / (n.sum() - 1)
            ),
            ("moving_variance",),
        ),
        Mistake(
            "variance of the means without sizes",
            "`moving_variance`: the squared distances of the means are not weighted with the sizes before the sum is divided "
            "by the number of all examples. Each distance holds for a whole batch of examples.",
            _statistics(
                variance=lambda w, m, v, n: (n @ v + ((m - _full_mean(w, m, v, n)) ** 2).sum(axis=0)) / n.sum()
            ),
            ("moving_variance",),
        ),
        Mistake(
            "distance instead of its square",
            "`moving_variance`: the distances of the means are added without being squared.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v + np.abs(m - _full_mean(w, m, v, n)))),
            ("moving_variance",),
        ),
        Mistake(
            "medians",
            "These are the medians of the batches' means and variances. The statistics of all examples are means.",
            _statistics(
                mean=lambda w, m, v, n: np.median(m, axis=0), variance=lambda w, m, v, n: np.median(v, axis=0)
            ),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "half old, half new",
            "Old and new statistics are averaged. Recalibrating replaces them: the old ones are what was wrong.",
            _statistics(
                mean=lambda w, m, v, n: (w[2] + _full_mean(w, m, v, n)) / 2,
                variance=lambda w, m, v, n: (w[3] + _full(w, m, v, n)) / 2,
            ),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "the last batch",
            "Only the last batch is left: the loop overwrites what it found before.",
            _statistics(mean=lambda w, m, v, n: m[-1], variance=lambda w, m, v, n: v[-1]),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "the first batch",
            "These are the statistics of the first batch alone. All batches are to be put together.",
            _statistics(mean=lambda w, m, v, n: m[0], variance=lambda w, m, v, n: v[0]),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "mean and variance swapped",
            "Mean and variance have changed places. The order is that of `layer.get_weights()`: gamma, beta, moving mean, "
            "moving variance.",
            _statistics(mean=_full, variance=_full_mean),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "statistics first",
            "The statistics come before gamma and beta. The order is that of `layer.get_weights()`: gamma, beta, moving "
            "mean, moving variance.",
            _statistics(
                gamma=_full_mean,
                beta=_full,
                mean=lambda w, m, v, n: w[0],
                variance=lambda w, m, v, n: w[1],
            ),
        ),
        Mistake(
            "gamma and beta started again",
            f"`gamma` and `beta` are set back to 1 and 0. {_GAMMA_BETA[0].upper() + _GAMMA_BETA[1:]}",
            _statistics(
                gamma=lambda w, m, v, n: np.ones_like(w[0]), beta=lambda w, m, v, n: np.zeros_like(w[1])
            ),
            ("gamma", "beta"),
        ),
        Mistake(
            "gamma and beta undo the change",
            "`gamma` and `beta` are adjusted so that the output stays what it was. But the output was wrong: it is to "
            f"change. {_GAMMA_BETA[0].upper() + _GAMMA_BETA[1:]}",
            _statistics(gamma=lambda *a: _undone(*a)[0], beta=lambda *a: _undone(*a)[1]),
            ("gamma", "beta"),
        ),
        Mistake(
            "statistics folded into gamma and beta",
            "`gamma` and `beta` already hold the new scale and shift. The layer would normalize a second time: it does that "
            f"itself, with the moving statistics. {_GAMMA_BETA[0].upper() + _GAMMA_BETA[1:]}",
            _statistics(
                gamma=lambda w, m, v, n: w[0] / np.sqrt(_full(w, m, v, n) + 1e-3),
                beta=lambda w, m, v, n: w[1] - w[0] * _full_mean(w, m, v, n) / np.sqrt(_full(w, m, v, n) + 1e-3),
            ),
            ("gamma", "beta"),
        ),
        Mistake(
            "gamma and beta as statistics",
            "`gamma` and `beta` are set to the standard deviation and the mean, the values with which the layer would "
            "undo itself. They have been learned, and stay as they are.",
            _statistics(
                gamma=lambda w, m, v, n: np.sqrt(_full(w, m, v, n) + 1e-3), beta=_full_mean
            ),
            ("gamma", "beta"),
        ),
        Mistake(
            "gamma and beta swapped",
            "`gamma` and `beta` have changed places. The order is that of `layer.get_weights()`.",
            _statistics(gamma=lambda w, m, v, n: w[1], beta=lambda w, m, v, n: w[0]),
            ("gamma", "beta"),
        ),
        Mistake(
            "unweighted",
            f"`moving_mean` and `moving_variance`: {_NO_SHARES}",
            _statistics(
                mean=lambda w, m, v, n: m.mean(axis=0), variance=_full_variance(_even, _even)
            ),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "averaged over the channels",
            "The average runs over axis 1, the channels: one number for each batch is left. Average over the batches; "
            "each channel keeps its own.",
            _statistics(mean=lambda w, m, v, n: m.mean(axis=1), variance=lambda w, m, v, n: v.mean(axis=1)),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "one number for all channels",
            "There is one mean and one variance for all channels: `mean()` needs an axis.",
            _statistics(
                mean=lambda w, m, v, n: np.full_like(m[0], m.mean()),
                variance=lambda w, m, v, n: np.full_like(v[0], v.mean()),
            ),
            ("moving_mean", "moving_variance"),
        ),
    ],
    properties=[
        Property(
            "`gamma` and `beta` must come back as they went in.",
            lambda args, outputs: all(
                np.allclose(got, was, rtol=1e-4) for got, was in zip(outputs[:2], args[0][:2], strict=True)
            ),
        ),
        Property(
            "The new mean must lie between the smallest and the largest of the batches' means, and does not.",
            lambda args, outputs: bool(
                np.all(outputs[2] >= args[1].min(axis=0) - 1e-6) and np.all(outputs[2] <= args[1].max(axis=0) + 1e-6)
            ),
        ),
        Property(
            "The new variance must be at least the smallest of the batches' variances, and is not.",
            lambda args, outputs: bool(np.all(outputs[3] >= args[2].min(axis=0) - 1e-6)),
        ),
    ],
    variants=[_one_after_the_other, _by_second_moments, _into_the_list],
    points=3,
    hints=[
        "Think of two batches: the numbers of one lie around 0, those of the other around 100. Each batch's variance is "
        "small. Is the variance of all numbers together small?",
        "A batch's part in the whole is its size divided by the number of all examples. The full mean is the mean of the "
        "means with these parts as weights.",
        "For the variance, average two things with the same weights: each batch's own variance, and the squared distance "
        "of its mean from the full mean.",
    ],
    insight="Variance of everything = mean of the variances + variance of the means. With well shuffled batches the "
    "second part is small; with batches sorted by class it is not. And gamma and beta stayed: they were learned.",
)


# --- code: fold batch normalization into the layer before it --------------------------------------


def fold_batch_norm(kernel, bias, gamma, beta, moving_mean, moving_variance, epsilon=1e-3):
    scale = gamma / np.sqrt(moving_variance + epsilon)  # (C,)
    return kernel * scale, (bias - moving_mean) * scale + beta


def _folded(kernel=None, bias=None, divisor=None):
    """A folding with another kernel or bias: each ``part(kernel, bias, scale, gamma, beta, mean)``."""

    def wrong(k, b, gamma, beta, mean, variance, epsilon=1e-3):
        scale = gamma / (divisor(variance, epsilon) if divisor else np.sqrt(variance + epsilon))
        new_kernel = kernel(k, b, scale, gamma, beta, mean) if kernel else k * scale
        new_bias = bias(k, b, scale, gamma, beta, mean) if bias else (b - mean) * scale + beta
        return new_kernel, new_bias

    return wrong


def _rows(array, scale):
    """Each input's weights scaled, where each output's should be."""
    return array * scale[:, None]


def _by_matrix(kernel, bias, gamma, beta, moving_mean, moving_variance, epsilon=1e-3):
    scale = np.diag(gamma * (moving_variance + epsilon) ** -0.5)
    return kernel @ scale, bias @ scale + (beta - moving_mean @ scale)


def _channel_by_channel(kernel, bias, gamma, beta, moving_mean, moving_variance, epsilon=1e-3):
    kernel, bias = kernel.astype(np.float32), bias.astype(np.float32)
    for c in range(len(gamma)):
        std = (moving_variance[c] + epsilon) ** 0.5
        kernel[..., c] *= gamma[c] / std
        bias[c] = (bias[c] - moving_mean[c]) / std * gamma[c] + beta[c]
    return kernel, bias


def _folding_cases():
    cases = []
    for seed, shape, text, epsilon in (
        (11, (3, 3), "for a dense layer with 3 inputs and 3 units", ()),
        (12, (4, 4), "for a dense layer of 4 units, with epsilon = 0.05", (0.05,)),
        (13, (2, 2, 3, 3), "for a convolution, kernel (2, 2, 3, 3)", (1e-2,)),
    ):
        rng, c = np.random.default_rng(seed), shape[-1]
        variance = np.array([0.002, 0.5, 3.0, 0.03])[:c]
        cases.append(
            Case(
                text,
                (rng.normal(size=shape), rng.normal(size=c), rng.uniform(0.5, 2, size=c) * [1, -1, 1, 1][:c],
                 rng.normal(size=c), rng.normal(1, 1, size=c), variance, *epsilon),
            )
        )
    return cases


def _same_answers(args, outputs):
    """The folded layer gives what the two layers gave, on a few random inputs."""
    kernel, bias, gamma, beta, mean, variance = args[:6]
    epsilon = args[6] if len(args) > 6 else 1e-3
    x = np.random.default_rng(0).normal(size=(5, int(np.prod(kernel.shape[:-1]))))
    before = x @ kernel.reshape(-1, kernel.shape[-1]) + bias
    normalized = gamma * (before - mean) / np.sqrt(variance + epsilon) + beta
    folded = x @ outputs[0].reshape(-1, kernel.shape[-1]) + outputs[1]
    return np.allclose(folded, normalized, rtol=1e-3, atol=1e-3)


def _without_epsilon():
    """What is forgotten in the bias where epsilon is forgotten as well."""
    forgotten = {
        "bias only scaled": ("beta − gamma · mean / std is missing", lambda k, b, s, g, be, m: b * s),
        "old bias dropped": ("the layer's own bias is gone", lambda k, b, s, g, be, m: be - m * s),
        "beta left out": ("beta is missing", lambda k, b, s, g, be, m: (b - m) * s),
        "mean left out": ("the moving mean is not subtracted", lambda k, b, s, g, be, m: b * s + be),
        "beta scaled": ("beta is scaled as well, though it is added last", lambda k, b, s, g, be, m: (b - m + be) * s),
    }
    return [
        Mistake(
            f"{name}, no epsilon",
            f"`bias`: {text}. And epsilon is missing under the root.",
            _folded(bias=bias, divisor=lambda variance, epsilon: np.sqrt(variance)),
            ("bias",),
        )
        for name, (text, bias) in forgotten.items()
    ]


fold_batch_norm = CodeExercise(
    fold_batch_norm,
    cases=_folding_cases,
    outputs=["kernel", "bias"],
    mistakes=[
        Mistake(
            "epsilon left out",
            "Epsilon is missing. In inference the layer divides by the root of variance *plus epsilon*; where the variance "
            "is small, the folded layer would answer something else.",
            _folded(divisor=lambda variance, epsilon: np.sqrt(variance)),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It belongs under the root, to the variance.",
            _folded(divisor=lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ),
        Mistake(
            "no square root",
            "It divides by the variance, not by its square root.",
            _folded(divisor=lambda variance, epsilon: variance + epsilon),
        ),
        Mistake(
            "epsilon fixed at 1e-3",
            "It uses 1e-3 whatever epsilon is passed. Use the argument: a layer may have another.",
            lambda k, b, g, be, m, v, epsilon=1e-3: _folded()(k, b, g, be, m, v, 1e-3),
        ),
        Mistake(
            "default epsilon 1e-5",
            "With epsilon passed it is right. Without, yours is 1e-5, PyTorch's default; here the default is 1e-3, as in "
            "Keras.",
            lambda k, b, g, be, m, v, epsilon=1e-5: _folded()(k, b, g, be, m, v, epsilon),
        ),
        Mistake(
            "multiplied by the standard deviation",
            "It multiplies by the standard deviation. The layer divides by it.",
            _folded(divisor=lambda variance, epsilon: 1 / np.sqrt(variance + epsilon)),
        ),
        Mistake(
            "gamma and beta swapped",
            "gamma and beta have changed places: gamma multiplies, beta is added.",
            lambda k, b, g, be, m, v, epsilon=1e-3: _folded()(k, b, be, g, m, v, epsilon),
        ),
        Mistake(
            "kernel unchanged",
            "`kernel`: it is not scaled. The scale multiplies everything the layer gives, and that is x · kernel *and* "
            "the bias.",
            _folded(kernel=lambda k, b, s, g, be, m: k),
            ("kernel",),
        ),
        Mistake(
            "rows instead of columns",
            "`kernel`: the scale multiplies its rows, one for each *input*. Each *output* channel has its own scale, and "
            "outputs are the last axis.",
            _folded(kernel=lambda k, b, s, g, be, m: _rows(k, s)),
            ("kernel",),
        ),
        Mistake(
            "transposed",
            "`kernel`: it is transposed. In Keras a kernel has shape (inputs, outputs), or (height, width, inputs, "
            "outputs).",
            _folded(kernel=lambda k, b, s, g, be, m: np.swapaxes(k * s, -1, -2)),
            ("kernel",),
        ),
        Mistake(
            "rows, transposed",
            "`kernel`: it is transposed before it is scaled and not turned back.",
            _folded(kernel=lambda k, b, s, g, be, m: np.swapaxes(k, -1, -2) * s),
            ("kernel",),
        ),
        Mistake(
            "shift added to the kernel",
            "`kernel`: the shift is added to the weights as well. It does not multiply any input: it belongs into the "
            "bias alone.",
            _folded(kernel=lambda k, b, s, g, be, m: k * s + be - m * s),
            ("kernel",),
        ),
        Mistake(
            "mean subtracted from the kernel",
            "`kernel`: the moving mean is subtracted from the weights. It is the mean of the layer's *outputs*: it "
            "belongs into the bias.",
            _folded(kernel=lambda k, b, s, g, be, m: (k - m) * s),
            ("kernel",),
        ),
        Mistake(
            "kernel without gamma",
            "`kernel`: gamma is missing there.",
            _folded(kernel=lambda k, b, s, g, be, m: k * s / g),
            ("kernel",),
        ),
        Mistake(
            "kernel only times gamma",
            "`kernel`: it is multiplied by gamma, but not divided by the standard deviation.",
            _folded(kernel=lambda k, b, s, g, be, m: k * g),
            ("kernel",),
        ),
        Mistake(
            "one scale for all",
            "`kernel`: one number scales all channels. Each output channel has its own scale.",
            _folded(kernel=lambda k, b, s, g, be, m: k * s.mean()),
            ("kernel",),
        ),
        Mistake(
            "bias unchanged",
            "`bias`: it comes back as it went in. The mean, beta and the scale all act on it: put x · kernel + bias into "
            "the formula of batch normalization and look at what does not contain x.",
            _folded(bias=lambda k, b, s, g, be, m: b),
            ("bias",),
        ),
        Mistake(
            "bias only scaled",
            "`bias`: it is scaled, and nothing else. beta − gamma · mean / std is missing: what the normalization itself "
            "adds.",
            _folded(bias=lambda k, b, s, g, be, m: b * s),
            ("bias",),
        ),
        Mistake(
            "old bias dropped",
            "`bias`: the layer's own bias is gone. It was there before the normalization and is scaled with the rest.",
            _folded(bias=lambda k, b, s, g, be, m: be - m * s),
            ("bias",),
        ),
        Mistake(
            "bias not scaled",
            "`bias`: the old bias is added as it is. It stands *before* the normalization, so it is scaled as x · kernel "
            "is.",
            _folded(bias=lambda k, b, s, g, be, m: b + be - m * s),
            ("bias",),
        ),
        Mistake(
            "beta left out",
            "`bias`: beta is missing. It is added at the very end.",
            _folded(bias=lambda k, b, s, g, be, m: (b - m) * s),
            ("bias",),
        ),
        Mistake(
            "only beta",
            "`bias`: it is beta alone. The old bias and the mean are scaled and belong into it, too.",
            _folded(bias=lambda k, b, s, g, be, m: be),
            ("bias",),
        ),
        Mistake(
            "old bias plus beta",
            "`bias`: it is the old bias plus beta. The old bias must be scaled, and the mean subtracted before that.",
            _folded(bias=lambda k, b, s, g, be, m: b + be),
            ("bias",),
        ),
        Mistake(
            "mean left out",
            "`bias`: the moving mean is not subtracted.",
            _folded(bias=lambda k, b, s, g, be, m: b * s + be),
            ("bias",),
        ),
        Mistake(
            "mean not scaled",
            "`bias`: the mean is subtracted after scaling. It is subtracted first, so it is scaled with the bias: look at "
            "the brackets.",
            _folded(bias=lambda k, b, s, g, be, m: b * s - m + be),
            ("bias",),
        ),
        Mistake(
            "mean not divided",
            "`bias`: the mean is multiplied by gamma, but not divided by the standard deviation.",
            _folded(bias=lambda k, b, s, g, be, m: b * s + be - g * m),
            ("bias",),
        ),
        Mistake(
            "mean without gamma",
            "`bias`: the mean is divided by the standard deviation, but not multiplied by gamma.",
            _folded(bias=lambda k, b, s, g, be, m: b * s + be - m * s / g),
            ("bias",),
        ),
        Mistake(
            "bias not scaled, beta scaled",
            "`bias`: the scale is on the wrong ones. It multiplies the old bias and the mean, and not beta.",
            _folded(bias=lambda k, b, s, g, be, m: b + (be - m) * s),
            ("bias",),
        ),
        *_without_epsilon(),
        Mistake(
            "mean added",
            "`bias`: the mean is added; it is subtracted.",
            _folded(bias=lambda k, b, s, g, be, m: (b + m) * s + be),
            ("bias",),
        ),
        Mistake(
            "sign turned",
            "`bias`: mean and bias have changed places: the mean is subtracted from the bias, not the bias from the mean.",
            _folded(bias=lambda k, b, s, g, be, m: (m - b) * s + be),
            ("bias",),
        ),
        Mistake(
            "beta scaled",
            "`bias`: beta is scaled as well. It is added last, after scaling.",
            _folded(bias=lambda k, b, s, g, be, m: (b - m + be) * s),
            ("bias",),
        ),
        Mistake(
            "bias without gamma",
            "`bias`: gamma is missing there.",
            _folded(bias=lambda k, b, s, g, be, m: (b - m) * s / g + be),
            ("bias",),
        ),
        Mistake(
            "shift over the scale",
            "`bias`: bias minus mean is divided by the scale; it is multiplied by it, like the kernel.",
            _folded(bias=lambda k, b, s, g, be, m: (b - m) / s + be),
            ("bias",),
        ),
        Mistake(
            "beta subtracted",
            "`bias`: beta is subtracted; it is added.",
            _folded(bias=lambda k, b, s, g, be, m: (b - m) * s - be),
            ("bias",),
        ),
        Mistake(
            "batch normalization dropped",
            "Kernel and bias come back as they went in. The normalization is to be *inside* them, so that its layer can "
            "go.",
            _folded(kernel=lambda k, b, s, g, be, m: k, bias=lambda k, b, s, g, be, m: b),
        ),
        Mistake(
            "not divided",
            "gamma multiplies, but nothing is divided by the standard deviation.",
            _folded(divisor=lambda variance, epsilon: 1.0),
        ),
        Mistake(
            "gamma left out",
            "gamma is missing, in kernel and bias: the layer multiplies by it after dividing by the standard deviation.",
            lambda k, b, g, be, m, v, epsilon=1e-3: _folded()(k, b, np.ones_like(g), be, m, v, epsilon),
        ),
    ],
    properties=[
        Property(
            "The folded layer does not give what the two layers give together, on random inputs.", _same_answers
        ),
    ],
    variants=[_by_matrix, _channel_by_channel],
    points=3,
    hints=[
        "In inference mean, variance, gamma and beta are fixed numbers. Write out gamma · (x · kernel + bias − mean) / std "
        "+ beta, and sort: what multiplies x, what does not?",
        "What multiplies x is the kernel times gamma / std, one factor for each *output* channel: the kernel's last axis.",
        "What does not contain x is the new bias: the old bias less the mean, times the same factor, plus beta. And std "
        "is the root of variance plus epsilon.",
    ],
    insight="A batch normalization behind a linear layer is, in inference, no layer at all: it is another kernel and "
    "another bias. In training it is not, since mean and variance then depend on the batch.",
)


# --- code: a layer of one's own ------------------------------------------------------------------

_LAYER = '''\
class MyBatchNormalization(keras.layers.Layer):
    def __init__(self, momentum=0.99, epsilon=1e-3):
        super().__init__()
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, shape):  # of the input: (N, C)
        size = (shape[-1],)
        self.gamma = self.add_weight(shape=size, initializer="ones")
        self.beta = self.add_weight(shape=size, initializer="zeros")
        self.moving_mean = self.add_weight(shape=size, initializer="zeros", trainable=False)
        self.moving_variance = self.add_weight(shape=size, initializer="ones", trainable=False)

    def call(self, x, training=False):
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            mean, variance = keras.ops.moments(x, axes=[0])  # (C,), (C,)
            for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(self.momentum * moving + (1 - self.momentum) * batch)
        return self.gamma * (x - mean) / keras.ops.sqrt(variance + self.epsilon) + self.beta
'''

_LAYER_OUTPUTS = (
    "output in training",
    "output in inference",
    "moving_mean",
    "moving_variance",
    "initial values",
    "which are trainable",
    "gradient of the input",
)


def _layer_on_trial(
    batches, x, gamma, beta, training, momentum, epsilon, *,
    trainable=(True, True, False, False),
    start=(1.0, 0.0, 0.0, 1.0),
    source=lambda training: ("batch", "batch") if training else ("moving", "moving"),
    updates=lambda training: training,
    update=lambda momentum, moving, batch: momentum * moving + (1 - momentum) * batch,
    kept=lambda mean, variance, count: (mean, variance),
    moments=lambda x: (x.mean(axis=0), x.var(axis=0)),
    divisor=lambda variance, epsilon: np.sqrt(variance + epsilon),
    last=lambda x_hat, gamma, beta: gamma * x_hat + beta,
    held=(False, False),
    late=False,
    default=False,
):
    """What a layer does on trial, in NumPy: the right one, or with one part another.

    Args:
        batches: (T, N, C), given one after another in training. x: (M, C), given then, with ``training``
            (None: the argument is left out). gamma, beta: (C,), assigned after building.
        held: Which of the batch's mean and variance no gradient flows through.
        late: The moving statistics are updated first, and then used in training.
        default: What ``training`` is when it is left out.
    """
    channels = len(gamma)
    moving = [np.full(channels, start[2]), np.full(channels, start[3])]

    def answer(x, training, batch, kept_so_far):
        choice = {"batch": batch, "moving": kept_so_far}
        mean, variance = (choice[name][k] for k, name in enumerate(source(training)))
        return last((x - mean) / divisor(variance, epsilon), gamma, beta)

    def call(x, training):
        nonlocal moving
        batch = moments(x)
        before = moving
        if updates(training):
            moving = [
                update(momentum, old, new) for old, new in zip(moving, kept(*batch, len(x)), strict=True)
            ]
        return answer(x, training, batch, moving if late else before)

    def gradient(at, kept_so_far):
        def loss(x):
            batch = [old if hold else new for old, new, hold in zip(moments(at), moments(x), held, strict=True)]
            return (_weighting(x.shape) * answer(x, True, batch, kept_so_far)).sum()

        return _slopes(loss, at)

    for batch in batches[:-1]:
        call(batch, True)
    before = moving
    in_training = call(batches[-1], True)
    dx = gradient(batches[-1].astype(np.float64), moving if late else before)
    in_inference = call(x, default if training is None else training)
    initial = np.array([np.full(channels, value) for value in start])
    return in_training, in_inference, *moving, initial, np.array(trainable, dtype=float), dx


def _weighting(shape):
    """What the outputs are multiplied by before they are added up to a loss: of their plain sum the gradient is 0."""
    return np.cos(np.arange(np.prod(shape))).reshape(shape)


def _slopes(loss, x, step=1e-5):
    """The gradient of ``loss`` at x by central differences: right for every layer, also for a wrong one."""
    slopes = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        one = np.zeros_like(x)
        one[index] = step
        slopes[index] = (loss(x + one) - loss(x - one)) / (2 * step)
    return slopes


def _layer_solution(batches, x, gamma, beta, training, momentum, epsilon):
    return _layer_on_trial(batches, x, gamma, beta, training, momentum, epsilon)


def _layer_with(**changed):
    def wrong(batches, x, gamma, beta, training, momentum, epsilon):
        return _layer_on_trial(batches, x, gamma, beta, training, momentum, epsilon, **changed)

    return wrong


def _with_settings(momentum=None, epsilon=None):
    """A layer that ignores one of its settings."""

    def wrong(batches, x, gamma, beta, training, given_momentum, given_epsilon):
        m = given_momentum if momentum is None else momentum
        e = given_epsilon if epsilon is None else epsilon
        return _layer_on_trial(batches, x, gamma, beta, training, m, e)

    return wrong


def _layer_cases():
    cases = []
    for seed, training, momentum, epsilon, text in (
        (31, False, 0.7, 0.01, "with momentum 0.7 and epsilon 0.01: two batches of shape (3, 3) in training, then inference"),
        (32, None, 0.9, 0.05, "with momentum 0.9 and epsilon 0.05: two batches in training, then a call without `training`"),
    ):
        rng = np.random.default_rng(seed)
        batches = rng.normal([2.0, -1.0, 0.5], [0.5, 0.2, 1.5], size=(2, 3, 3)).astype(np.float32)
        x = rng.normal([1.0, -2.0, 1.5], [0.5, 1.0, 1.0], size=(4, 3)).astype(np.float32)
        gamma, beta = np.float32([1.5, 0.7, -2.0]), np.float32([0.4, -0.6, 1.1])
        cases.append(Case(text, (batches, x, gamma, beta, training, momentum, epsilon)))
    return cases


_FLOWS = (
    "What is computed from the batch changes with the batch: notebook 03's `backward` has a part for the mean and one for "
    "the variance. Only the *moving* statistics stand outside the gradient."
)


class _Unfinished(Exception):
    """The layer lacks something; the message says what, for the student."""


class _Trial:
    """A student's layer class, called as the NumPy layers of this module are."""

    def __init__(self, layer_class: type) -> None:
        self._class = layer_class
        self.in_fit = False  # True while, and if, a call as inside `fit` fails
        self.__name__ = layer_class.__name__
        self.__signature__ = inspect.signature(_layer_solution)
        # So that the engine finds the student's own line when something raises.
        self.__code__ = getattr(layer_class.call, "__code__", None)

    def __call__(self, batches, x, gamma, beta, training, momentum, epsilon):
        import keras
        import tensorflow as tf

        layer = self._class(momentum=momentum, epsilon=epsilon)
        layer.build((None, len(gamma)))
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        for name in names:
            _require_weight(layer, name, len(gamma), keras)
        # Copies: NumPy may look into the variable's own memory, which the assignments below change.
        initial = np.array([getattr(layer, name).numpy().copy() for name in names])
        layer.gamma.assign(gamma)
        layer.beta.assign(beta)
        for batch in batches:
            with tf.GradientTape() as tape:
                inputs = tf.constant(batch)
                tape.watch(inputs)
                in_training = layer(inputs, training=True)
                fits = in_training is not None and tuple(in_training.shape) == batch.shape
                loss = tf.reduce_sum(in_training * _weighting(batch.shape).astype(np.float32)) if fits else None
        dx = tape.gradient(loss, inputs) if fits else None
        given = {} if training is None else {"training": training}
        in_inference = layer(keras.ops.convert_to_tensor(x), **given)
        for name in names[2:]:
            _require_weight(layer, name, len(gamma), keras, "during the call")
        results = [in_training, in_inference, layer.moving_mean.numpy(), layer.moving_variance.numpy()]
        if any(result is None for result in results):
            raise _Unfinished("`call` returns `None`. Is the `return` missing?")
        results.append(np.zeros_like(batch) if dx is None else dx)
        trainable = [getattr(layer, name).trainable for name in names]
        arrays = [np.array(keras.ops.convert_to_numpy(result)) for result in results]
        # As `fit` calls it: NumPy's functions fail there, though they work on numbers, and N is not known.
        step = tf.function(lambda batch: layer(batch, training=True), autograph=False)
        self.in_fit = True
        step.get_concrete_function(tf.TensorSpec((None, len(gamma)), tf.float32))
        self.in_fit = False
        return *arrays[:-1], initial, np.array(trainable, dtype=float), arrays[-1]


def _require_weight(layer: Any, name: str, channels: int, keras: Any, when: str = "in `build`") -> None:
    if not hasattr(layer, name):
        raise _Unfinished(f"The layer has no `{name}`. Make it in `build`, with `self.add_weight`.")
    weight = getattr(layer, name)
    if not isinstance(weight, keras.Variable):
        remedy = (
            "`self.add_weight(...)` makes a weight that Keras knows, trains and saves."
            if when == "in `build`"
            else "Its `.assign(...)` changes a weight's numbers; `self.name = ...` puts something else in its place."
        )
        raise _Unfinished(f"`{name}` is set to a `{type(weight).__name__}` {when}, which is no weight of the layer. {remedy}")
    if tuple(weight.shape) != (channels,):
        raise _Unfinished(
            f"`{name}` has shape {tuple(weight.shape)}, expected ({channels},): one number for each channel, the last axis "
            "of the input's shape."
        )


_REMEDIES = {
    "_parent_path": "Is `super().__init__()` still the first line of `__init__`?",
    "numpy": "NumPy's functions need numbers, and inside `fit` there are none yet: use those of `keras.ops`.",
    "__array__": "NumPy's functions need numbers, and inside `fit` there are none yet: use those of `keras.ops`.",
    "fully-defined": "The input's shape is (None, C): a weight takes only the last axis of it.",
}
# What an error says that only a call as inside `fit` raises, because N is None there or a tensor of its own.
_SIZE_UNKNOWN = ("None", "len is not well defined", "same dtype")
_NO_SIZE = (
    "N, the number of examples, is not known inside `fit`: a batch's shape is (None, C) there. `keras.ops.mean`, "
    "`keras.ops.var` and `keras.ops.moments` count for themselves."
)


class LayerExercise(CodeExercise):
    """Write a Keras layer. The check runs the class on small batches and compares with NumPy's results.

    Args:
        source: a right class, shown as the solution. ``solution`` and the mistakes are functions of NumPy that
            give what such a layer gives on trial.
    """

    # Keras and TensorFlow do much for a layer's first call that is not the student's work.
    cpu_seconds = 3.0

    def __init__(self, solution: Callable, *, source: str, **rest: Any) -> None:
        super().__init__(solution, **rest)
        self._source = source
        self._warm = False

    def solved_cell(self) -> str:
        return self._source

    def _prepare(self) -> None:
        """Those that spoil fewer outputs first: the engine takes the first that explains all that is wrong."""
        if self._reference is not None:
            return
        super()._prepare()

        def spoilt(mistake: Mistake) -> int:
            return sum(
                not all(
                    same(wrong[k], right[k])
                    for wrong, (_, right) in zip(self._wrong[mistake.name], self._reference, strict=True)
                )
                for k in range(len(self.outputs))
            )

        self.mistakes = tuple(sorted(self.mistakes, key=spoilt))

    def evaluate(self, answer: Any) -> Verdict:
        if inspect.isfunction(answer) and getattr(answer, "__module__", "") == __name__:
            return super().evaluate(answer)  # the catalogue's own, in the course's tests
        name = self._source.split("(")[0].split()[1]
        if answer is None or answer is Ellipsis:
            return self._verdict("not attempted", f"Write `{name}` in the cell above, run it, then run this one.")
        if not inspect.isclass(answer):
            return self._verdict(
                "unusable", f"`check` takes the class itself, and got a `{type(answer).__name__}`: `check({name})`."
            )
        import keras

        if not issubclass(answer, keras.layers.Layer):
            return self._verdict("unusable", f"It is no Keras layer: `class {name}(keras.layers.Layer)`.")
        if "call" not in vars(answer) or _is_stub(answer.call):
            return self._verdict("not attempted", "Replace the `...` in `build` and `call`, run the cell, then this one.")
        if not self._warm:  # the first layer of a session takes its time: that is not the student's
            _Trial(keras.layers.BatchNormalization)(*_layer_cases()[0].args)
            self._warm = True
        filtered = keras.config.is_traceback_filtering_enabled()
        keras.config.disable_traceback_filtering()  # else the student's own message is lost in Keras'
        try:
            return super().evaluate(_Trial(answer))
        finally:
            if filtered:
                keras.config.enable_traceback_filtering()

    def _refuse_outcome(self, answer, case, args, outcome):
        error = outcome.error
        if isinstance(error, _Unfinished):
            return self._verdict("unusable", str(error))
        # Keras puts the message in bold between words of its own.
        inner = re.search(r"\x1b\[1m(.*?)\x1b\[0m", str(error or ""), re.DOTALL)
        if inner:
            bare = type(type(error).__name__, (Exception,), {})
            outcome.error = bare(inner[1].strip()).with_traceback(error.__traceback__)
        verdict = super()._refuse_outcome(answer, case, args, outcome)
        more = next((said for sign, said in _REMEDIES.items() if error is not None and sign in str(error)), "")
        if not more and getattr(answer, "in_fit", False) and any(sign in str(error) for sign in _SIZE_UNKNOWN):
            more = _NO_SIZE
        return replace(verdict, paragraphs=(*verdict.paragraphs, more)) if verdict and more else verdict


my_batch_normalization = LayerExercise(
    _layer_solution,
    source=_LAYER,
    cases=_layer_cases,
    given=lambda: {"keras": importlib.import_module("keras")},
    outputs=_LAYER_OUTPUTS,
    mistakes=[
        Mistake(
            "statistics trainable",
            "The moving statistics are trainable weights. No gradient reaches them, so an optimizer cannot train them; but "
            "weight decay would shrink them, and the layer's counts are wrong. Look at what `add_weight` offers.",
            _layer_with(trainable=(True, True, True, True)),
        ),
        Mistake(
            "moving mean trainable",
            "The moving mean is a trainable weight. It is only kept: no gradient reaches it.",
            _layer_with(trainable=(True, True, True, False)),
        ),
        Mistake(
            "moving variance trainable",
            "The moving variance is a trainable weight. It is only kept: no gradient reaches it.",
            _layer_with(trainable=(True, True, False, True)),
        ),
        Mistake(
            "nothing trainable",
            "None of the four is trainable. gamma and beta are the two that the gradient trains.",
            _layer_with(trainable=(False, False, False, False)),
        ),
        Mistake(
            "gamma not trainable",
            "gamma is not trainable. The gradient trains gamma and beta.",
            _layer_with(trainable=(False, True, False, False)),
        ),
        Mistake(
            "beta not trainable",
            "beta is not trainable. The gradient trains gamma and beta.",
            _layer_with(trainable=(True, False, False, False)),
        ),
        Mistake(
            "trainable ones swapped",
            "The wrong two are trainable: gamma and beta are trained, the moving statistics are kept.",
            _layer_with(trainable=(False, False, True, True)),
        ),
        Mistake(
            "training ignored, always the batch",
            "`training` is ignored: in inference, too, the layer normalizes with the batch's own statistics. A row's "
            "answer would then depend on the rows beside it.",
            _layer_with(source=lambda training: ("batch", "batch")),
        ),
        Mistake(
            "training ignored, always the batch, always updated",
            "`training` is ignored altogether: in inference, too, the layer uses the batch's statistics and moves the "
            "moving ones.",
            _layer_with(source=lambda training: ("batch", "batch"), updates=lambda training: True),
        ),
        Mistake(
            "training ignored, always moving",
            "In training, too, the layer normalizes with the moving statistics. Training uses the batch's own mean and "
            "variance; the moving ones are only kept for later.",
            _layer_with(source=lambda training: ("moving", "moving")),
        ),
        Mistake(
            "training ignored, moving never updated",
            "The layer always normalizes with the moving statistics, and nothing ever moves them from 0 and 1.",
            _layer_with(source=lambda training: ("moving", "moving"), updates=lambda training: False),
        ),
        Mistake(
            "always the batch, never updated",
            "The moving statistics play no part: nothing updates them in training, and nothing uses them in inference.",
            _layer_with(source=lambda training: ("batch", "batch"), updates=lambda training: False),
        ),
        Mistake(
            "updated before they are used",
            "In training the layer first updates the moving statistics and then normalizes with them. Training uses the "
            "batch's own mean and variance.",
            _layer_with(source=lambda training: ("moving", "moving"), late=True),
        ),
        Mistake(
            "branches swapped",
            "The two branches have changed places: the batch's statistics belong to training, the moving ones to "
            "inference.",
            _layer_with(source=lambda training: ("moving", "moving") if training else ("batch", "batch")),
        ),
        Mistake(
            "branches swapped with the update",
            "The two branches have changed places, the update with them: `training` is taken for its opposite.",
            _layer_with(
                source=lambda training: ("moving", "moving") if training else ("batch", "batch"),
                updates=lambda training: not training,
            ),
        ),
        Mistake(
            "never updated",
            "The moving statistics are never updated: inference still normalizes with mean 0 and variance 1.",
            _layer_with(updates=lambda training: False),
        ),
        Mistake(
            "updated in inference",
            "The moving statistics are updated in inference as well: asking for an answer must not change the layer.",
            _layer_with(updates=lambda training: True),
        ),
        Mistake(
            "momentum swapped",
            "momentum and 1 − momentum have changed places. In Keras momentum is the share of the *old* value; in PyTorch "
            "that of the new one.",
            _layer_with(update=lambda momentum, moving, batch: (1 - momentum) * moving + momentum * batch),
        ),
        Mistake(
            "replaced",
            "The moving statistics are replaced by the last batch's. They are averaged: most of the old value stays.",
            _layer_with(update=lambda momentum, moving, batch: batch),
        ),
        Mistake(
            "added up",
            "The new statistics are added to the old ones, which keep their full weight: the sum grows and grows. What "
            "does the old value have to be multiplied by?",
            _layer_with(update=lambda momentum, moving, batch: moving + (1 - momentum) * batch),
        ),
        Mistake(
            "new value at full weight",
            "The old value is multiplied by momentum, but the new one is added whole. The two weights must add up to 1.",
            _layer_with(update=lambda momentum, moving, batch: momentum * moving + batch),
        ),
        Mistake(
            "only shrunk",
            "The moving statistics are multiplied by momentum, and the batch's are never added.",
            _layer_with(update=lambda momentum, moving, batch: momentum * moving),
        ),
        Mistake(
            "momentum ignored",
            "It averages with 0.99 whatever momentum is passed. Use `self.momentum`.",
            _with_settings(momentum=0.99),
        ),
        Mistake(
            "moving variance starts at 0",
            "The moving variance starts at 0. Then an untrained layer divides by the root of epsilon alone and blows "
            "everything up; Keras starts it at 1.",
            _layer_with(start=(1.0, 0.0, 0.0, 0.0)),
        ),
        Mistake(
            "moving mean starts at 1",
            "The moving mean starts at 1; it starts at 0.",
            _layer_with(start=(1.0, 0.0, 1.0, 1.0)),
        ),
        Mistake(
            "moving mean and variance start swapped",
            "The moving mean starts at 1 and the moving variance at 0: it is the other way round.",
            _layer_with(start=(1.0, 0.0, 1.0, 0.0)),
        ),
        Mistake(
            "gamma starts at 0",
            "gamma starts at 0: the layer would first give beta, whatever comes in. Which gamma changes nothing?",
            _layer_with(start=(0.0, 0.0, 0.0, 1.0)),
        ),
        Mistake(
            "beta starts at 1",
            "beta starts at 1. Which beta changes nothing?",
            _layer_with(start=(1.0, 1.0, 0.0, 1.0)),
        ),
        Mistake(
            "gamma and beta start swapped",
            "gamma starts at 0 and beta at 1: it is the other way round.",
            _layer_with(start=(0.0, 1.0, 0.0, 1.0)),
        ),
        Mistake(
            "epsilon left out",
            "Epsilon is missing. It is added to the variance, under the root, in both modes.",
            _layer_with(divisor=lambda variance, epsilon: np.sqrt(variance)),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It belongs under the root, to the variance.",
            _layer_with(divisor=lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ),
        Mistake(
            "epsilon ignored",
            "It uses 1e-3 whatever epsilon is passed. Use `self.epsilon`.",
            _with_settings(epsilon=1e-3),
        ),
        Mistake(
            "no square root",
            "It divides by the variance, not by its square root.",
            _layer_with(divisor=lambda variance, epsilon: variance + epsilon),
        ),
        Mistake(
            "not divided",
            "The values are centred, but not divided by the standard deviation.",
            _layer_with(divisor=lambda variance, epsilon: 1.0),
        ),
        Mistake(
            "averaged over the features",
            "The mean and the variance run over the last axis, the features of one row: that is layer normalization. "
            "Average over the rows.",
            _layer_with(
                moments=lambda x: (x.mean(axis=1), x.var(axis=1)) if len(x) == x.shape[1] else 2 * (x.mean(axis=0),)
            ),
        ),
        Mistake(
            "one mean for all",
            "One mean and one variance serve the whole batch. Each channel has its own.",
            _layer_with(moments=lambda x: (np.full(x.shape[1], x.mean()), np.full(x.shape[1], x.var()))),
        ),
        Mistake(
            "moving variance with N - 1",
            "The moving variance takes the batch's variance times N/(N − 1), as the paper and PyTorch do. Keras keeps it as "
            "it is, and this layer is to agree with Keras.",
            _layer_with(kept=lambda mean, variance, count: (mean, variance * count / (count - 1))),
        ),
        Mistake(
            "ddof=1",
            "The variance is divided by N − 1. Batch normalization divides by N.",
            _layer_with(moments=lambda x: (x.mean(axis=0), x.var(axis=0, ddof=1))),
        ),
        Mistake(
            "standard deviation kept",
            "The moving variance holds standard deviations: the layer takes the root of a root in inference.",
            _layer_with(kept=lambda mean, variance, count: (mean, np.sqrt(variance))),
        ),
        Mistake(
            "gamma and beta swapped",
            "gamma and beta have changed places: gamma multiplies, beta is added.",
            _layer_with(last=lambda x_hat, gamma, beta: beta * x_hat + gamma),
        ),
        Mistake(
            "gamma and beta left out",
            "gamma and beta are there, and are not used. The last step is missing: scale by gamma, shift by beta.",
            _layer_with(last=lambda x_hat, gamma, beta: x_hat),
        ),
        Mistake(
            "beta left out", "beta is not added.", _layer_with(last=lambda x_hat, gamma, beta: gamma * x_hat)
        ),
        Mistake(
            "gamma left out", "gamma does not multiply.", _layer_with(last=lambda x_hat, gamma, beta: x_hat + beta)
        ),
        Mistake(
            "training by default",
            "Called without `training` it behaves as in training. The default is `training=False`: a bare call is "
            "inference.",
            _layer_with(default=True),
        ),
        Mistake(
            "batch mean in inference",
            "In inference the variance is the moving one, but the mean is still the batch's.",
            _layer_with(source=lambda training: ("batch", "batch") if training else ("batch", "moving")),
        ),
        Mistake(
            "batch variance in inference",
            "In inference the mean is the moving one, but the variance is still the batch's.",
            _layer_with(source=lambda training: ("batch", "batch") if training else ("moving", "batch")),
        ),
        Mistake(
            "no gradient through mean and variance",
            f"In training no gradient flows through the batch's mean and variance (`stop_gradient`?). {_FLOWS}",
            _layer_with(held=(True, True)),
        ),
        Mistake(
            "no gradient through the mean",
            f"In training no gradient flows through the batch's mean (`stop_gradient`?). {_FLOWS}",
            _layer_with(held=(True, False)),
        ),
        Mistake(
            "no gradient through the variance",
            f"In training no gradient flows through the batch's variance (`stop_gradient`?). {_FLOWS}",
            _layer_with(held=(False, True)),
        ),
    ],
    properties=[
        Property(
            "In training the mean of each channel of the output should be beta, and is not.",
            lambda args, outputs: np.allclose(outputs[0].mean(axis=0), args[3], atol=1e-3),
        ),
    ],
    points=4,
    hints=[
        "`build` makes four weights of shape (C,), two of them with `trainable=False`. `self.add_weight` takes `shape`, "
        "`initializer` (\"ones\" or \"zeros\") and `trainable`.",
        "`call` has two sources of mean and variance and one formula. `keras.ops.moments(x, axes=[0])` gives both for a "
        "batch; NumPy's functions would fail inside `fit`.",
        "A weight is changed by `weight.assign(new value)`, in training only: momentum of the old, the rest of the batch's.",
    ],
    insight="Two kinds of weights and one `if`: that is the layer. Everything else Keras does with it (training, saving, "
    "counting) follows from what `add_weight` was told.",
)


# --- experiment: a well trained network, tested with its start -------------------------------------

LATE_START = {"momentum": 0.99, "steps": 200}
_FEWEST_STEPS, _LEAST_ACCURACY, _SMALLEST_GAP = 200, 0.9, 0.15


def _late_missing(result):
    names = ("momentum", "steps", "moving", "full")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), (int, float)) for name in names):
        return "Pass what `late(...)` returned: `check(result)`."
    if not 0 <= result["momentum"] < 1:
        return "Momentum is a share of the old value, from 0 to below 1: with 1 nothing would ever be updated."
    return ""


late_statistics = ExperimentExercise(
    measured=_late_missing,
    attempted=lambda r: any(r[name] != value for name, value in LATE_START.items()),
    met=lambda r: (
        r["steps"] >= _FEWEST_STEPS and r["full"] >= _LEAST_ACCURACY and r["full"] - r["moving"] >= _SMALLEST_GAP
    ),
    report=lambda r: (
        f"Test accuracy ≈ {r['moving']:.2f} with the moving averages, ≈ {r['full']:.2f} after recalibration."
    ),
    mistakes=[
        Mistake(
            "too few steps",
            "A gap after fewer than 200 steps is what you have seen already. Here the network is to be trained well.",
            lambda r: r["steps"] < _FEWEST_STEPS,
        ),
        Mistake(
            "not learned",
            "After recalibration the network is below 0.9: it has not been trained well.",
            lambda r: r["full"] < _LEAST_ACCURACY,
        ),
        Mistake(
            "less momentum",
            "A smaller momentum forgets sooner: the averages follow the batches more closely and the gap closes.",
            lambda r: r["momentum"] < LATE_START["momentum"],
        ),
        Mistake(
            "longer training",
            "More steps close the gap: the averages have had time to forget their start. What else decides how long they "
            "remember it?",
            lambda r: r["momentum"] == LATE_START["momentum"],
        ),
        Mistake(
            "caught up",
            "The averages have caught up: after so many steps little of their start is left. How much is momentum to the "
            "power of the steps?",
            lambda r: r["momentum"] ** r["steps"] < 0.2,
        ),
    ],
    otherwise="The direction is right: the averages lag. But too little of their start is left yet. Compute momentum to the "
    "power of the steps: it should be close to 1.",
    solved="""
        result = late(momentum=0.9999, steps=250)
        """,
    hints=[
        "Momentum does not change the training, only what is remembered. For how many steps does an average with "
        "momentum 0.99 remember its start?",
        "About 1 / (1 − momentum) steps. It should be far more than the steps you train.",
    ],
    insight="The network was good all the time, and `evaluate` would have called it bad. Nothing was trained in "
    "between: recalibration put two vectors of each layer right. Whenever training looks well and testing does not, look "
    "at the statistics before you look for overfitting.",
)

name_exercises(globals())
