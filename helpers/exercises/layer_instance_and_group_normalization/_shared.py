"""What exercises of notebook 06 share."""

from __future__ import annotations

import itertools

import numpy as np

from helpers.exercises.engine import Mistake


def _root(variance, epsilon):
    return np.sqrt(variance + epsilon)


def _scale_and_shift(x_hat, gamma, beta):
    return gamma * x_hat + beta


def _over(sets, divisor=_root, ddof=0, finish=_scale_and_shift, epsilon_is=None, default=1e-3, variance_sets=None):
    """A forward pass f(x, groups, gamma, beta, epsilon), right or wrong.

    ``sets(x, groups)`` gives a shape to view x in, and the axes of it that share a mean; ``variance_sets`` those that
    share a variance, where they are others.
    """

    def forward(x, groups, gamma, beta, epsilon=default):
        epsilon = epsilon if epsilon_is is None else epsilon_is
        view, axes = sets(x, groups)
        parts = x.reshape(view)
        centred = (parts - parts.mean(axis=axes, keepdims=True)).reshape(x.shape)
        view, axes = (variance_sets or sets)(x, groups)
        variance = x.reshape(view).var(axis=axes, ddof=ddof, keepdims=True)
        x_hat = (centred.reshape(view) / divisor(variance, epsilon)).reshape(x.shape)
        return finish(x_hat, gamma, beta)

    return forward


def _formula(sets, formula):
    """A forward pass with another ``formula(x, mean, variance, gamma, beta, epsilon)``, over the right sets."""

    def forward(x, groups, gamma, beta, epsilon=1e-3):
        view, axes = sets(x, groups)
        parts = x.reshape(view)
        mean = np.broadcast_to(parts.mean(axis=axes, keepdims=True), view).reshape(x.shape)
        variance = np.broadcast_to(parts.var(axis=axes, keepdims=True), view).reshape(x.shape)
        return formula(x, mean, variance, gamma, beta, epsilon)

    return forward


def _example_axes(x):
    return tuple(range(1, x.ndim))


def _whole(x, groups):
    return x.shape, _example_axes(x)


def _in_groups(x, groups):
    return (*x.shape[:-1], groups, x.shape[-1] // groups), (*range(1, x.ndim - 1), x.ndim)


def _channels(x, groups):
    return x.shape, tuple(range(1, x.ndim - 1))


def _axes(choose):
    return lambda x, groups: (x.shape, choose(x))


# What goes wrong within a set, whatever the sets are: name, message, and how ``_over`` makes it.
_WITHIN = [
    ("ddof=1",
     "The variance is divided by one less than the number of values. Here we want the variance of exactly these "
     "values, not an estimate for other values: divide by their number. Look for `ddof=1`.",
     {"ddof": 1}),
    ("std + epsilon",
     "Epsilon is added to the standard deviation. It belongs under the root, to the variance. The difference shows "
     "where the spread is small.",
     {"divisor": lambda variance, epsilon: np.sqrt(variance) + epsilon}),
    ("no square root",
     "The centred values are divided by the variance, not by its square root: the spread of the result is then 1 "
     "divided by the old spread, and not 1.",
     {"divisor": lambda variance, epsilon: variance + epsilon}),
    ("epsilon left out",
     "The epsilon that is passed makes no difference to the result. It belongs under the root, beside the variance: "
     "there it limits how much a small spread is enlarged, and prevents 0 / 0 where all values are equal.",
     {"divisor": lambda variance, epsilon: np.sqrt(variance)}),
    ("epsilon for the least spread",
     "Epsilon is used only where the standard deviation is smaller than epsilon, and replaces it there, as with "
     "`maximum` or `clip`. Epsilon should be added to the variance, under the root, everywhere.",
     {"divisor": lambda variance, epsilon: np.maximum(np.sqrt(variance), epsilon)}),
    ("epsilon for the least variance",
     "Epsilon is used only where the variance is smaller than epsilon, and replaces it there, as with `maximum` or "
     "`clip`. Epsilon should be added to the variance everywhere.",
     {"divisor": lambda variance, epsilon: np.sqrt(np.maximum(variance, epsilon))}),
    ("epsilon fixed at 1e-3",
     "Your function uses 1e-3, whatever epsilon is passed. Use the argument, or pass it on.",
     {"epsilon_is": 1e-3}),
    ("root taken twice",
     "What stands under the root is the standard deviation. Take the variance: the root turns it into a standard "
     "deviation.",
     {"divisor": lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon)}),
    ("variance squared",
     "The centred values are divided by the square of the variance. Divide by its square root instead.",
     {"divisor": lambda variance, epsilon: (variance + epsilon) ** 2}),
    ("deviations not squared",
     "What stands under the root is epsilon alone. (Deviations from the mean that are averaged without being squared "
     "cancel.)",
     {"divisor": lambda variance, epsilon: np.sqrt(epsilon)}),
    ("epsilon twice",
     "Epsilon is added under the root and once more outside it: check the brackets of the root.",
     {"divisor": lambda variance, epsilon: np.sqrt(variance + epsilon) + epsilon}),
    ("epsilon squared",
     "Epsilon is squared before it is added to the variance. It is already small enough: it counts as a variance, "
     "not as a standard deviation.",
     {"divisor": lambda variance, epsilon: np.sqrt(variance + epsilon**2)}),
    ("epsilon fixed at 1e-5",
     "Epsilon is 1e-5, whatever is passed. That is PyTorch's default; here it is an argument, with Keras' "
     "default 1e-3.",
     {"epsilon_is": 1e-5}),
    ("default of 1e-5",
     "Where no epsilon is passed, your function takes 1e-5, PyTorch's default. Here the default is Keras', 1e-3.",
     {"default": 1e-5}),
    ("not divided",
     "The values are centred, scaled and shifted, but not divided by their standard deviation in between.",
     {"divisor": lambda variance, epsilon: 1.0}),
    ("gamma and beta left out",
     "gamma and beta have no effect. The last step is missing: scale by gamma, shift by beta.",
     {"finish": lambda x_hat, gamma, beta: x_hat}),
    ("beta left out",
     "beta is not added.",
     {"finish": lambda x_hat, gamma, beta: gamma * x_hat}),
    ("gamma and beta swapped",
     "gamma and beta are swapped: gamma should multiply, and beta should be added.",
     {"finish": lambda x_hat, gamma, beta: beta * x_hat + gamma}),
    ("gamma left out",
     "gamma has no effect: the values are shifted by beta, but not scaled.",
     {"finish": lambda x_hat, gamma, beta: x_hat + beta}),
    ("beta subtracted",
     "beta is subtracted. It should be added.",
     {"finish": lambda x_hat, gamma, beta: gamma * x_hat - beta}),
    ("beta multiplies",
     "The result is multiplied by beta as well. Only gamma should multiply; beta should be added.",
     {"finish": lambda x_hat, gamma, beta: gamma * x_hat * beta}),
    ("beta scaled by gamma",
     "beta is added before gamma multiplies. Scale first, then shift.",
     {"finish": lambda x_hat, gamma, beta: gamma * (x_hat + beta)}),
    ("gamma and beta twice",
     "gamma and beta are applied twice in a row. Once is enough.",
     {"finish": lambda x_hat, gamma, beta: gamma * (gamma * x_hat + beta) + beta}),
    ("sign turned",
     "The sign of x_hat is reversed: subtract the mean from x, not x from the mean.",
     {"finish": lambda x_hat, gamma, beta: beta - gamma * x_hat}),
    ("one gamma for all",
     "gamma and beta are averaged into one number each. Every channel has its own.",
     {"finish": lambda x_hat, gamma, beta: np.mean(gamma) * x_hat + np.mean(beta)}),
]
_DIVISIONS = (
    "ddof=1", "std + epsilon", "no square root", "epsilon left out", "epsilon fixed at 1e-3", "default of 1e-5",
)
_FINISHES = ("gamma and beta left out", "beta left out", "gamma and beta swapped")


def _formula_mistakes(sets, as_asked):
    """What goes wrong within the right sets. ``as_asked`` gives a function the exercise's signature."""
    known = [(name, message, _over(sets, **options)) for name, message, options in _WITHIN]
    known += [
        ("mean not subtracted",
         "The values are divided by the standard deviation, but the mean is not subtracted first.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: gamma * x / _root(variance, epsilon) + beta)),
        ("root mean square",
         "The mean is not subtracted, and the division is by the root of the mean square. That is RMS normalization "
         "(notebook 02).",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * x / _root(variance + mean**2, epsilon) + beta))),
        ("variance around 0",
         "The variance is taken around 0, as the mean of x². It should be the mean of (x - mean)².",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * (x - mean) / _root(variance + mean**2, epsilon) + beta))),
        ("epsilon outside the quotient",
         "Epsilon is added to the result. It belongs under the root, to the variance: check the brackets.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * (x - mean) / np.sqrt(variance) + epsilon + beta))),
        ("brackets around the difference",
         "Only the mean is divided by the standard deviation. The division comes before the subtraction unless "
         "brackets say otherwise.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * (x - mean / _root(variance, epsilon)) + beta))),
        ("epsilon 0 taken for none",
         "With epsilon = 0 your function uses 1e-3: `or` and `if` treat 0 as nothing. But 0 is a number that may be "
         "passed.",
         lambda x, groups, gamma, beta, epsilon=1e-3: _over(sets)(x, groups, gamma, beta, epsilon or 1e-3)),
        ("scaled before normalizing",
         "gamma and beta are applied to x before it is normalized. They should come last.",
         lambda x, groups, gamma, beta, epsilon=1e-3: _over(sets)(gamma * x + beta, groups, 1.0, 0.0, epsilon)),
    ]
    return [Mistake(name, message, as_asked(answer)) for name, message, answer in known]


def _sets_mistakes(wrong_sets, as_asked):
    """What is averaged over wrongly: ``wrong_sets`` are names with messages and sets."""
    return [Mistake(name, message, as_asked(_over(sets))) for name, message, sets in wrong_sets]


def _pairs(sets, wrong_sets, as_asked):
    """Two mistakes at once: wrong sets and one within them, or two within the right ones."""
    divisions, finishes = _within(_DIVISIONS), _within(_FINISHES)
    wrong = [(name, message, {"sets": other}) for name, message, other in wrong_sets]
    both = [*itertools.product(wrong, divisions + finishes), *itertools.product(divisions, finishes)]
    both += [(divisions[0], other) for other in divisions[1:4]]
    return [
        _pair(a, b, as_asked(_over(**{"sets": sets, **first, **second})))
        for (*a, first), (*b, second) in both
    ]


def _within(names):
    return [known for known in _WITHIN if known[0] in names]


def _pair(a, b, answer):
    """Of two names with their messages, one mistake."""
    return Mistake(f"{a[0]}, {b[0]}", f"Two things are wrong at once. {a[1]} {b[1]}", answer)


def _mixed(sets, others, as_asked):
    """The mean or the variance over other sets than ``sets``: ``others`` are words with sets."""
    return [
        Mistake(
            f"{statistic} of {words}",
            f"The {statistic} is that of {words}; the {right} is as it should be. Take both over the same values.",
            as_asked(answer),
        )
        for words, other in others
        for statistic, right, answer in (
            ("variance", "mean", _over(sets, variance_sets=other)),
            ("mean", "variance", _over(other, variance_sets=sets)),
        )
    ]


def _reached(axes, place):
    """Holds unless a part of the result is nothing but zeros, or beta, though x varies there.

    ``axes(x)`` are those of a part; gamma is argument number ``place``.
    """

    def holds(args, outputs):
        x, y, beta = args[0], outputs[0], args[place + 1]
        missed = (y == 0).all(axis=axes(x)) | (y == beta).all(axis=axes(x))
        return not (missed & (np.ptp(x, axis=axes(x)) > 0)).any()

    return holds


def _without_groups(forward):
    return lambda x, gamma, beta, *epsilon: forward(x, None, gamma, beta, *epsilon)


def _channel_weights(channels):
    return np.linspace(0.6, 1.9, channels), np.linspace(-0.8, 0.9, channels)


def _undone(args, outputs, place):
    return (outputs[0] - args[place + 1]) / args[place]
