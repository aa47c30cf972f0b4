"""What exercises of notebook 06 share."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Mistake


def _root(variance, epsilon):
    return np.sqrt(variance + epsilon)


def _scale_and_shift(x_hat, gamma, beta):
    return gamma * x_hat + beta


def _over(sets, divisor=_root, ddof=0, finish=_scale_and_shift, epsilon_is=None):
    """A forward pass f(x, groups, gamma, beta, epsilon), right or wrong.

    ``sets(x, groups)`` gives a shape to view x in, and the axes of it that share a mean.
    """

    def forward(x, groups, gamma, beta, epsilon=1e-3):
        epsilon = epsilon if epsilon_is is None else epsilon_is
        view, axes = sets(x, groups)
        parts = x.reshape(view)
        mean = parts.mean(axis=axes, keepdims=True)
        variance = parts.var(axis=axes, ddof=ddof, keepdims=True)
        x_hat = ((parts - mean) / divisor(variance, epsilon)).reshape(x.shape)
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


def _formula_mistakes(sets, as_asked, who):
    """What goes wrong within a set, whatever the sets are. ``as_asked`` gives a function the exercise's signature."""
    known = [
        ("ddof=1",
         f"The variance is divided by one less than the number of values. Normalization takes the variance of {who} "
         "as it is. Look for `ddof=1`.",
         _over(sets, ddof=1)),
        ("std + epsilon",
         "Epsilon is added to the standard deviation. It belongs under the root, to the variance. The difference "
         "shows where the spread is small.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance) + epsilon)),
        ("no square root",
         "The centred values are divided by the variance, not by its square root: the spread of the result is then "
         "one over the old one, and not 1.",
         _over(sets, lambda variance, epsilon: variance + epsilon)),
        ("root taken twice",
         "What stands under the root is the standard deviation. Take the variance: the root makes a standard deviation "
         "of it.",
         _over(sets, lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon))),
        ("variance squared",
         "The centred values are divided by the square of the variance. It is the other way: by its square root.",
         _over(sets, lambda variance, epsilon: (variance + epsilon) ** 2)),
        ("epsilon left out",
         f"Epsilon is missing. Where all values of {who} are alike the variance is 0, and 0 / 0 is NaN.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance))),
        ("epsilon twice",
         "Epsilon is added under the root and once more outside it: check the brackets of the root.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance + epsilon) + epsilon)),
        ("epsilon squared",
         "Epsilon is squared before it is added to the variance. It is already as small as it should be: a variance, "
         "not a standard deviation.",
         _over(sets, lambda variance, epsilon: np.sqrt(variance + epsilon**2))),
        ("epsilon fixed at 1e-3",
         "It uses 1e-3 whatever epsilon is passed. Use the argument.",
         _over(sets, epsilon_is=1e-3)),
        ("epsilon fixed at 1e-5",
         "Epsilon is 1e-5 whatever is passed. That is PyTorch's default; here it is an argument, with Keras' default "
         "1e-3.",
         _over(sets, epsilon_is=1e-5)),
        ("gamma and beta swapped",
         "gamma and beta have changed places: gamma multiplies, beta is added.",
         _over(sets, finish=lambda x_hat, gamma, beta: beta * x_hat + gamma)),
        ("gamma and beta left out",
         "This is x_hat. The last step is missing: scale by gamma, shift by beta.",
         _over(sets, finish=lambda x_hat, gamma, beta: x_hat)),
        ("beta left out",
         "beta is not added.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * x_hat)),
        ("gamma left out",
         "gamma does not multiply.",
         _over(sets, finish=lambda x_hat, gamma, beta: x_hat + beta)),
        ("beta subtracted",
         "beta is subtracted. It is added.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * x_hat - beta)),
        ("beta multiplies",
         "beta multiplies. gamma multiplies, beta is added.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * x_hat * beta)),
        ("beta scaled by gamma",
         "beta is added before gamma multiplies. Scale first, then shift.",
         _over(sets, finish=lambda x_hat, gamma, beta: gamma * (x_hat + beta))),
        ("sign turned",
         "The sign of x_hat is turned: the mean is subtracted from x, not x from the mean.",
         _over(sets, finish=lambda x_hat, gamma, beta: beta - gamma * x_hat)),
        ("not divided",
         "The values are centred, scaled and shifted, but not divided by their standard deviation in between.",
         _over(sets, lambda variance, epsilon: 1.0)),
        ("mean not subtracted",
         "The values are divided by the standard deviation, but the mean is not subtracted first.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: gamma * x / _root(variance, epsilon) + beta)),
        ("root mean square",
         "The mean is not subtracted, and the division is by the root of the mean square. That is RMS normalization, "
         "a later section of the notebook.",
         _formula(sets, lambda x, mean, variance, gamma, beta, epsilon: (
             gamma * x / _root(variance + mean**2, epsilon) + beta))),
        ("variance around 0",
         "The variance is taken around 0, as the mean of x²; it is the mean of (x - mean)².",
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
        ("one gamma for all",
         "gamma and beta are averaged into one number each. Every channel has its own.",
         _over(sets, finish=lambda x_hat, gamma, beta: np.mean(gamma) * x_hat + np.mean(beta))),
        ("scaled before normalizing",
         "gamma and beta are applied to x before it is normalized. They come last: what they do would otherwise be "
         "taken away again.",
         lambda x, groups, gamma, beta, epsilon=1e-3: _over(sets)(gamma * x + beta, groups, 1.0, 0.0, epsilon)),
    ]
    return [Mistake(name, message, as_asked(answer)) for name, message, answer in known]


def _without_groups(forward):
    return lambda x, gamma, beta, epsilon=1e-3: forward(x, None, gamma, beta, epsilon)


def _channel_weights(channels):
    return np.linspace(0.6, 1.9, channels), np.linspace(-0.8, 0.9, channels)


def _undone(args, outputs, place):
    return (outputs[0] - args[place + 1]) / args[place]
