"""Notebook 04, code: statistics of the full training set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.engine.code import OTHER_ONES


def recalibrate(weights, means, variances, sizes):
    gamma, beta, _, _ = weights
    share = sizes / sizes.sum()                           # (B,), the shares add up to 1
    mean = share @ means                                  # (C,)
    variance = share @ (variances + (means - mean) ** 2)  # (C,)
    return gamma, beta, mean, variance


class _LayerWeights(CodeExercise):
    """Returns weights for a layer, whose `set_weights` refuses leading axes of length 1, too."""

    def _other_shapes(self, value, expected):
        for name, got, target in zip(self.outputs, value, expected):
            if np.shape(got) != target.shape:
                return {
                    OTHER_ONES: f"The numbers are right. But `{name}` has shape {np.shape(got)}, expected "
                    f"{target.shape}, and a layer's `set_weights` refuses the axis of length 1. Is there a `keepdims=True` "
                    "or a `None` too many?"
                }
        return {}

    def _raised(self, answer, case, error):
        verdict = super()._raised(answer, case, error)
        if "could not be broadcast" not in str(error):
            return verdict
        return replace(
            verdict,
            paragraphs=(
                *verdict.paragraphs, "`sizes` has one number per batch, and batches are the first axis of `means`."
            ),
        )


def _moments_cases():
    cases = []
    for seed, sizes, text in (
        (5, (4, 4, 4, 4), "on 4 batches of 4 examples, 3 channels"),
        (6, (6, 3, 8, 5, 2), "on 5 batches of different sizes"),
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
        cases.append(Case(text, (old, means, variances, np.array(sizes)), edge=len(sizes) == 1))
    return cases


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


def _share(sizes):
    return sizes / sizes.sum()


def _even(sizes):
    return np.full(len(sizes), 1 / len(sizes))


def _as_the_first(sizes):
    return sizes / (sizes[0] * len(sizes))


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


def _moved(old, batches, new=0.01):
    for batch in batches:
        old = (1 - new) * old + new * batch
    return old


def _bessel(variances, sizes):
    return variances * (sizes / (sizes - 1))[:, None]


def _undone(weights, means, variances, sizes):
    """Gamma and beta changed so that the layer's output stays what it was with the old statistics."""
    gamma, beta, old_mean, old_variance = weights
    _, _, mean, variance = recalibrate_solution(weights, means, variances, sizes)
    factor = np.sqrt((variance + 1e-3) / (old_variance + 1e-3))
    return gamma * factor, beta + gamma * (mean - old_mean) / np.sqrt(old_variance + 1e-3)


recalibrate_solution = recalibrate


def _with_a_tenth():
    """Moving averages by PyTorch's momentum 0.1, from the old values or from 0 and 1, with or without m/(m - 1)."""
    message = (
        "This is a moving average in which each new batch gets the weight 0.1 (PyTorch's momentum), from {start}. It "
        "depends on the "
        "order of the batches, and holds part of its start. Weight each batch by its share of all examples instead."
    )
    for start, name, first in (
        ("the old statistics on", "", lambda w: (w[2], w[3])),
        ("mean 0 and variance 1 on", " from the start", lambda w: (0 * w[2], 0 * w[3] + 1)),
    ):
        for kept, estimate in ((lambda v, n: v, ""), (_bessel, ", m / (m - 1)")):
            yield Mistake(
                f"a tenth of each batch{name}{estimate}",
                message.format(start=start),
                _statistics(
                    mean=lambda w, m, v, n, first=first: _moved(first(w)[0], m, 0.1),
                    variance=lambda w, m, v, n, first=first, kept=kept: _moved(first(w)[1], kept(v, n), 0.1),
                ),
                ("moving_mean", "moving_variance"),
            )


_NO_SHARES = (
    "every batch counts equally, although they may differ in size. A small batch has a small share of all examples: "
    "use "
    "`sizes`."
)


_POOLED = (
    "it is divided by the number of examples less the number of batches (statistics calls that the pooled variance), "
    "and contains only the spread within the batches. Their means differ as well, and the result takes no account of "
    "that."
)


_GAMMA_BETA = "gamma and beta have been learned: they are not statistics and stay as they are."


recalibrate = _LayerWeights(
    recalibrate,
    outputs=["gamma", "beta", "moving_mean", "moving_variance"],
    cases=_moments_cases,
    variants=[_one_after_the_other, _by_second_moments, _into_the_list],
    mistakes=[
        Mistake(
            "mean of the variances",
            "`moving_variance`: it is the mean of the batches' variances. That is how far examples lie from *their "
            "batch's* mean; the batches' means differ as well, and the result takes no account of that. (If you have "
            "added it: "
            "distances from the mean cancel in a sum. Are they squared one by one?)",
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
            "unweighted variance of the means alone",
            "`moving_variance`: it is the variance of the batches' means alone, and every batch counts equally. The "
            "spread "
            "within the batches is missing.",
            _statistics(variance=lambda w, m, v, n: m.var(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "one variance of the means for all channels",
            "`moving_variance`: the variance of the means runs over batches and channels together. Each channel has "
            "its own: which axis are the batches?",
            _statistics(variance=lambda w, m, v, n: _share(n) @ v + m.var()),
            ("moving_variance",),
        ),
        Mistake(
            "one variance of the means for all channels, unweighted",
            "`moving_variance`: the variance of the means runs over batches and channels together, and the batches' "
            "own variances count equally. Each channel has its own, and each batch its share.",
            _statistics(variance=lambda w, m, v, n: v.mean(axis=0) + m.var()),
            ("moving_variance",),
        ),
        Mistake(
            "variance of the means subtracted",
            "`moving_variance`: the variance of the means is subtracted. Batches with different means make the spread larger, "
            "not smaller.",
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
            "`moving_variance`: the means are compared with an unweighted mean. Use the mean of all examples, in "
            "which a small batch has a small weight.",
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
            "unweighted variance about the unweighted mean",
            f"`moving_variance`: {_NO_SHARES}",
            _statistics(variance=_full_variance(_even, _even)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted mean of the variances",
            "`moving_variance`: two things. It is the mean of the batches' variances, and the spread of their means is "
            "missing; and every batch counts equally, although they may differ in size.",
            _statistics(variance=lambda w, m, v, n: v.mean(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted variance of the means",
            "`moving_variance`: to the (correctly weighted) mean of the variances an unweighted variance of the means is "
            "added. A small batch should have a small weight there, too.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ v + m.var(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted squared distances of the means",
            "`moving_variance`: to the (correctly weighted) mean of the variances the squared distances of the means "
            "are added with equal weights. A small batch should have a small weight there, too.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ v + ((m - _full_mean(w, m, v, n)) ** 2).mean(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "unweighted mean of the variances beside weighted distances",
            "`moving_variance`: the batches' own variances count equally, although they may differ in size. The "
            "squared "
            "distances of their means are weighted correctly.",
            _statistics(variance=lambda w, m, v, n: v.mean(axis=0) + _share(n) @ (m - _full_mean(w, m, v, n)) ** 2),
            ("moving_variance",),
        ),
        Mistake(
            "variances squared",
            "`moving_variance`: the batches' variances are squared, as if they were standard deviations. Only the "
            "distances of the means should be squared.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v**2 + (m - _full_mean(w, m, v, n)) ** 2)),
            ("moving_variance",),
        ),
        Mistake(
            "every batch as large as the first",
            "The sums are divided by the size of the first batch times the number of batches. Batches may differ in size: what "
            "do their shares add up to?",
            _statistics(
                mean=lambda w, m, v, n: _as_the_first(n) @ m,
                variance=_full_variance(_as_the_first, _as_the_first),
            ),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "variance of the means with B - 1",
            "`moving_variance`: the variance of the means is divided by the number of batches less one. The batches are "
            "everything there is; nothing is estimated from them.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ v + m.var(axis=0, ddof=1)),
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
            "`moving_variance`: variance plus squared mean is the mean of x². The square of the full mean must still "
            "be subtracted.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v + m**2)),
            ("moving_variance",),
        ),
        Mistake(
            "second moment less the mean",
            "`moving_variance`: from the mean of x² the full mean is subtracted, and not its square.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v + m**2) - _full_mean(w, m, v, n)),
            ("moving_variance",),
        ),
        Mistake(
            "second moment less the unweighted mean",
            "`moving_variance`: from the mean of x² the square of an *unweighted* mean is subtracted. A small batch "
            "should have a small weight there, too.",
            _statistics(variance=lambda w, m, v, n: _share(n) @ (v + m**2) - m.mean(axis=0) ** 2),
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
            "`moving_variance`: it is the mean of the batches' variances times n/(n − 1), n a batch's size. That is an estimate, for batches "
            "drawn at random; the exact variance of all examples is asked for. What do the batches' means tell you?",
            _statistics(variance=lambda w, m, v, n: _share(n) @ _bessel(v, n)),
            ("moving_variance",),
        ),
        Mistake(
            "m / (m - 1), unweighted",
            "`moving_variance`: it is the unweighted mean of the batches' variances times n/(n − 1), n a batch's size. That is an estimate, "
            "for batches of one size drawn at random; the exact variance of all examples is asked for. What do `sizes` and "
            "the batches' means tell you?",
            _statistics(variance=lambda w, m, v, n: _bessel(v, n).mean(axis=0)),
            ("moving_variance",),
        ),
        Mistake(
            "algorithm 2",
            "This is the paper's algorithm 2: the plain mean of the means, and that of the variances times n/(n − 1), n a batch's size. It is "
            "an estimate, for batches of one size drawn at random. The exact statistics of all examples are asked for: what "
            "do `sizes` and the batches' means tell you?",
            _statistics(mean=lambda w, m, v, n: m.mean(axis=0), variance=lambda w, m, v, n: _bessel(v, n).mean(axis=0)),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "m / (m - 1) beside the variance of the means",
            "`moving_variance`: each batch's variance is multiplied by n/(n − 1), n its size, as for an estimate. Then the two parts no "
            "longer add up to the variance of all examples.",
            _statistics(variance=lambda w, m, v, n: _full_variance()(w, m, _bessel(v, n), n)),
            ("moving_variance",),
        ),
        Mistake(
            "pooled variance",
            f"`moving_variance`: {_POOLED}",
            _statistics(variance=lambda w, m, v, n: n @ v / (n.sum() - len(n))),
            ("moving_variance",),
        ),
        Mistake(
            "pooled variance, n - 1",
            f"`moving_variance`: {_POOLED}",
            _statistics(variance=lambda w, m, v, n: (n - 1) @ v / (n.sum() - len(n))),
            ("moving_variance",),
        ),
        Mistake(
            "squared shares",
            "`moving_variance`: the batches' parts are squared, as for the variance of a weighted *mean*. The variance of all "
            "examples takes each part once.",
            _statistics(variance=lambda w, m, v, n: _share(n) ** 2 @ v),
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
            "The moving statistics come back as they were. They must be replaced by those of the full training set.",
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
            "lag again. Weight each batch by its share of all examples; the old statistics get no weight.",
            _statistics(mean=lambda w, m, v, n: _moved(w[2], m), variance=lambda w, m, v, n: _moved(w[3], v)),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "moving averages from the start",
            "This is a moving average with momentum 0.99 from mean 0 and variance 1. It still holds most of its "
            "start. Weight each batch by its share of all examples instead.",
            _statistics(
                mean=lambda w, m, v, n: _moved(np.zeros_like(w[2]), m),
                variance=lambda w, m, v, n: _moved(np.ones_like(w[3]), v),
            ),
            ("moving_mean", "moving_variance"),
        ),
        *_with_a_tenth(),
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
            "These are the statistics of the last batch alone. All batches must be combined: does a loop "
            "overwrite what "
            "it found before?",
            _statistics(mean=lambda w, m, v, n: m[-1], variance=lambda w, m, v, n: v[-1]),
            ("moving_mean", "moving_variance"),
        ),
        Mistake(
            "the first batch",
            "These are the statistics of the first batch alone. All batches must be combined.",
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
            "`gamma` and `beta` are adjusted so that the output stays what it was. But the output was wrong: it "
            f"should change. {_GAMMA_BETA[0].upper() + _GAMMA_BETA[1:]}",
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
            "The average runs over axis 1, the channels, and leaves one number per batch. Average over the batches: each channel "
            "keeps its own.",
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
    points=3,
    hints=[
        "Think of two batches: the numbers of one lie around 0, those of the other around 100. Each batch's variance is "
        "small. Is the variance of all numbers together small?",
        "A batch's share is its size divided by the number of all examples. The full mean is the mean of the means "
        "with these shares as weights.",
        "For the variance, average two things with the same weights: each batch's own variance, and the squared distance "
        "of its mean from the full mean.",
    ],
    insight="Variance of all examples = mean of the variances + variance of the means. With well shuffled batches the "
    "second part is small; with batches sorted by class it is not. And gamma and beta stayed: they were learned.",
)
