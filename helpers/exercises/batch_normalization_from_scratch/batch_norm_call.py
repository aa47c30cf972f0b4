"""Notebook 03, code: which statistics, when."""

from __future__ import annotations

import itertools

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.batch_normalization_from_scratch._shared import _root


def batch_norm_call(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    if training:
        mean, variance = x.mean(axis=0), x.var(axis=0)
    else:
        mean, variance = moving_mean, moving_variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _call_cases():
    rng = np.random.default_rng(21)
    x = rng.normal([1.0, -2.0, 0.5], [0.4, 1.5, 0.1], size=(6, 3))
    x[2, 1] = 0.0  # a value is no switch
    gamma, beta = np.array([1.2, 0.8, 2.0]), np.array([0.3, -0.5, 1.0])
    mean, variance = np.array([0.7, -1.5, 0.2]), np.array([0.3, 1.8, 0.04])
    return [
        Case("in training on a batch of shape (6, 3)", (x, gamma, beta, mean, variance, True)),
        Case("in inference on a batch of shape (6, 3)", (x, gamma, beta, mean, variance, False)),
        Case("in training on a batch of one", (x[:1], gamma, beta, mean, variance, True)),
        Case("in inference with epsilon = 0.05", (x, gamma, beta, mean, variance, False, 0.05)),
        Case("in training with epsilon = 0.05", (x, gamma, beta, mean, variance, True, 0.05)),
        Case("without `training`, on a batch of one", (x[:1], gamma, beta, mean, variance)),
    ]


def _as_one_line(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    mean = np.where(training, x.mean(0, keepdims=True), moving_mean)
    scale = gamma * (np.where(training, x.var(0, keepdims=True), moving_variance) + epsilon) ** -0.5
    return x * scale + (beta - mean * scale)


def _right_choice(batch, moving, training):
    return batch if training else moving


def _right_formula(x, gamma, beta, mean, variance, epsilon):
    return gamma * (x - mean) / _root(variance, epsilon) + beta


def _called(
    choose=_right_choice, formula=_right_formula, modes=(True, False), moments=lambda x: (x.mean(axis=0), x.var(axis=0))
):
    """The call with another ``choose(batch, moving, training)`` of mean and variance, or another formula in some modes."""

    def wrong(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
        mean, variance = choose(moments(x), (moving_mean, moving_variance), training)
        return (formula if training in modes else _right_formula)(x, gamma, beta, mean, variance, epsilon)

    return wrong


# What can be wrong with the choice: a name, its message, and what is chosen.
_CHOICES = [
    (
        "moving statistics in training",
        "In training you normalize with the moving statistics. Training uses the batch's own mean and variance: the "
        "gradient flows through them, and the moving statistics lag behind the weights.",
        lambda batch, moving, training: moving,
    ),
    (
        "batch statistics in inference",
        "In inference you normalize with the batch's own statistics: an example's output then depends on the other "
        "examples, and a batch of one always gives beta.",
        lambda batch, moving, training: batch,
    ),
    (
        "training and inference swapped",
        "The two modes have changed places: use the batch's statistics in training and the moving ones in inference.",
        lambda batch, moving, training: moving if training else batch,
    ),
    (
        "batch mean in inference",
        "In inference you use the moving variance, but still the batch's mean.",
        lambda batch, moving, training: batch if training else (batch[0], moving[1]),
    ),
    (
        "batch variance in inference",
        "In inference you use the moving mean, but still the batch's variance.",
        lambda batch, moving, training: batch if training else (moving[0], batch[1]),
    ),
    (
        "batch mean, moving variance in training",
        "In training you use the batch's mean, but the moving variance.",
        lambda batch, moving, training: (batch[0], moving[1]) if training else moving,
    ),
    (
        "moving mean, batch variance in training",
        "In training you use the batch's variance, but the moving mean.",
        lambda batch, moving, training: (moving[0], batch[1]) if training else moving,
    ),
    (
        "moving mean and variance swapped",
        "In inference the moving mean and the moving variance have changed places.",
        lambda batch, moving, training: batch if training else moving[::-1],
    ),
]

# What can be wrong with the formula, in one mode or in both: a name, the rest of its message, and the formula.
_FORMULAS = [
    (
        "epsilon left out",
        "epsilon is missing. It is needed in both modes, inside the root.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / np.sqrt(variance) + beta,
    ),
    (
        "std + epsilon",
        "epsilon is added to the standard deviation. It must be added to the variance, inside the root.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / (np.sqrt(variance) + epsilon) + beta,
    ),
    (
        "root of std + epsilon",
        "the root is taken twice: of the variance, and then of the standard deviation plus epsilon.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / _root(np.sqrt(variance), epsilon) + beta,
    ),
    (
        "no square root",
        "you divide by the variance, not by its square root.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / (variance + epsilon) + beta,
    ),
    (
        "no square root, no epsilon",
        "you divide by the variance: the root and epsilon are missing.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / variance + beta,
    ),
    (
        "mean not subtracted",
        "the values are divided by the standard deviation, but the mean is not subtracted first.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * x / _root(variance, epsilon) + beta,
    ),
    (
        "not divided",
        "the mean is subtracted, but nothing is divided by the standard deviation.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) + beta,
    ),
    (
        "only gamma and beta",
        "x is not normalized, only scaled and shifted. The mean and the variance, of the batch or moving, are there to "
        "normalize it.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * x + beta,
    ),
    (
        "unchanged",
        "x comes back unchanged. It must be normalized in both modes.",
        lambda x, gamma, beta, mean, variance, epsilon: x,
    ),
    (
        "gamma and beta swapped",
        "gamma and beta have changed places: multiply by gamma and add beta.",
        lambda x, gamma, beta, mean, variance, epsilon: beta * (x - mean) / _root(variance, epsilon) + gamma,
    ),
    (
        "gamma left out",
        "x_hat is not multiplied by gamma, which is needed in both modes.",
        lambda x, gamma, beta, mean, variance, epsilon: (x - mean) / _root(variance, epsilon) + beta,
    ),
    (
        "beta left out",
        "beta is not added. It is needed in both modes.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / _root(variance, epsilon),
    ),
    (
        "gamma and beta left out",
        "you return x_hat. The last step, scaling by gamma and shifting by beta, is needed in both modes.",
        lambda x, gamma, beta, mean, variance, epsilon: (x - mean) / _root(variance, epsilon),
    ),
    (
        "beta scaled by gamma",
        "beta is added before gamma multiplies. Scale first, then shift.",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * ((x - mean) / _root(variance, epsilon) + beta),
    ),
    (
        "sign flipped",
        "the sign of x_hat is flipped: subtract the mean from x, not x from the mean.",
        lambda x, gamma, beta, mean, variance, epsilon: beta - gamma * (x - mean) / _root(variance, epsilon),
    ),
    (
        "brackets around the difference",
        "only the mean is divided by the standard deviation. Where do the brackets belong?",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean / _root(variance, epsilon)) + beta,
    ),
    (
        "brackets around the difference, gamma on x alone",
        "only the mean is divided by the standard deviation. Where do the brackets belong?",
        lambda x, gamma, beta, mean, variance, epsilon: gamma * x - mean / _root(variance, epsilon) + beta,
    ),
    (
        "epsilon fixed at 1e-3",
        "you use 1e-3 whatever epsilon is passed. Use the argument.",
        lambda x, gamma, beta, mean, variance, epsilon: _right_formula(x, gamma, beta, mean, variance, 1e-3),
    ),
    (
        "epsilon fixed at 1e-5",
        "epsilon is 1e-5, PyTorch's default, whatever is passed. Use the argument; its default is 1e-3.",
        lambda x, gamma, beta, mean, variance, epsilon: _right_formula(x, gamma, beta, mean, variance, 1e-5),
    ),
]

# Formulas in which a wrong mean or a wrong variance does not show.
_BLIND = {"mean not subtracted", "not divided", "only gamma and beta", "unchanged"}

_MOMENTS = [
    (
        "axis=1 in training",
        "In training the mean and the variance run over axis 1, the features of one example. Average over axis 0.",
        lambda x: (x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)),
    ),
    (
        "axis=1 in training, without keepdims",
        "The mean runs over axis 1, the features of one example. Average over axis 0.",
        lambda x: (x.mean(axis=1), x.var(axis=1)),
    ),
    (
        "one mean for all channels in training",
        "In training one mean and one variance are used for all channels. Each has its own: `mean` and `var` need an axis.",
        lambda x: (x.mean(), x.var()),
    ),
    (
        "one variance for all channels in training",
        "In training one variance is used for all channels. Each has its own: `var` needs an axis.",
        lambda x: (x.mean(axis=0), x.var()),
    ),
    (
        "squares summed in training",
        "In training the squared deviations are summed, not averaged: this variance grows with the batch.",
        lambda x: (x.mean(axis=0), x.var(axis=0) * len(x)),
    ),
    (
        "ddof=1 in training",
        "In training the variance is computed with N - 1. Batch normalization divides by N.",
        lambda x: (x.mean(axis=0), x.var(axis=0, ddof=1)),
    ),
]


def _capital(sentence):
    return sentence if sentence.startswith(("gamma", "beta", "x")) else sentence[0].upper() + sentence[1:]


def _known():
    """Each fault alone, a formula's in both modes or in one, and a formula's beside a wrong choice."""
    for name, message, choose in _CHOICES:
        yield Mistake(name, message, _called(choose))
    for name, message, moments in _MOMENTS:
        yield Mistake(name, message, _called(moments=moments))
    for name, message, formula in _FORMULAS:
        yield Mistake(name, _capital(message), _called(formula=formula))
        for mode, training in (("in training", True), ("in inference", False)):
            yield Mistake(f"{name} {mode}", f"I{mode[1:]} {message}", _called(formula=formula, modes=(training,)))
    for (one, first, choose), (other, second, formula) in itertools.product(_CHOICES, _FORMULAS):
        if other not in _BLIND:
            yield Mistake(f"{one} + {other}", f"{first} Beside that, {second}", _called(choose, formula))
    one, first, moments = _MOMENTS[-1]
    for other, second, formula in _FORMULAS:
        if other not in _BLIND:
            yield Mistake(f"{one} + {other}", f"{first} Beside that, {second}", _called(formula=formula, moments=moments))


def _updating(share):
    def wrong(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
        if training:
            moving_mean = share * moving_mean + (1 - share) * x.mean(axis=0)
            moving_variance = share * moving_variance + (1 - share) * x.var(axis=0)
        return _right_formula(x, gamma, beta, moving_mean, moving_variance, epsilon)

    return wrong


def _around_the_moving_mean(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    batch = x.mean(axis=0), ((x - moving_mean) ** 2).mean(axis=0)
    return _right_formula(x, gamma, beta, *(batch if training else (moving_mean, moving_variance)), epsilon)


def _std_in_training(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    mean, spread = (x.mean(axis=0), x.std(axis=0)) if training else (moving_mean, moving_variance)
    return gamma * (x - mean) / (spread + epsilon) + beta


def _off_by(args, outputs, what):
    """Whether in a batch of several the error of each channel is ``what`` times a number, and there is one."""
    error = outputs[0] - batch_norm_call._solution(*args)
    if len(error) == 1:
        return False
    factor = (error * what).sum(axis=0) / (what**2).sum(axis=0)
    return np.abs(error).max() > 1e-4 and np.allclose(error, factor * what, atol=1e-6)


batch_norm_call = CodeExercise(
    batch_norm_call,
    outputs=["y"],
    cases=_call_cases,
    variants=[_as_one_line],
    mistakes=[
        *_known(),
        *(
            Mistake(
                f"updated moving statistics in training, momentum {share}",
                "In training you normalize with the freshly updated moving statistics. Training uses the batch's own "
                "mean and variance; the moving ones are only kept for later.",
                _updating(share),
            )
            for share in (0.99, 0.9, 0.1)
        ),
        Mistake(
            "batch of one by the moving statistics",
            "In training a batch of one is normalized with the moving statistics. Use its own mean and variance, as "
            "for every batch. x_hat is then 0, as in Keras.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _as_one_line(
                x, gamma, beta, moving_mean, moving_variance, training and len(x) > 1, epsilon
            ),
        ),
        Mistake(
            "variance around the moving mean in training",
            "In training the batch's variance is taken around the moving mean. It should be taken around the batch's own "
            "mean.",
            _around_the_moving_mean,
        ),
        Mistake(
            "std in training, variance in inference",
            "In training you divide by the standard deviation plus epsilon, in inference by the moving variance plus "
            "epsilon. In both modes, divide by the root of the variance plus epsilon.",
            _std_in_training,
        ),
        Mistake(
            "the batch's size decides",
            "A batch of more than one is normalized with its own statistics, whatever `training` says. The argument "
            "should decide.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _called()(
                x, gamma, beta, moving_mean, moving_variance, len(x) > 1, epsilon
            ),
        ),
        Mistake(
            "training by default",
            "Without the argument `training`, your function behaves as in training. The default is inference: "
            "`training=False`, as in Keras.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=True, epsilon=1e-3: _called()(
                x, gamma, beta, moving_mean, moving_variance, training, epsilon
            ),
        ),
        Mistake(
            "default epsilon 1e-5",
            "The result is right when epsilon is passed. When it is not, your default is 1e-5, as in PyTorch. Here the "
            "default is 1e-3, as in Keras.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-5: _called()(
                x, gamma, beta, moving_mean, moving_variance, training, epsilon
            ),
        ),
    ],
    properties=[
        Property(
            "In every channel all values are off by the same amount: look at what is subtracted and what is added.",
            lambda args, outputs: not _off_by(args, outputs, np.ones_like(args[0])),
        ),
        Property(
            "In every channel the distance from beta is the right one times a number: look at what multiplies and divides.",
            lambda args, outputs: not _off_by(args, outputs, batch_norm_call._solution(*args) - args[2]),
        ),
        Property(
            "In training the mean of each channel of the result should be beta, but it is not.",
            lambda args, outputs: (
                not (len(args) > 5 and args[5])
                or not np.isfinite(outputs[0]).all()
                or np.allclose(outputs[0].mean(axis=0), args[2], atol=1e-4)
            ),
        ),
    ],
    points=2,
    hints=[
        "The formula is the same in both modes. Only the mean and the variance come from different sources.",
        "Under `if training:` take the batch's, under `else:` the two arguments. Then one common line.",
    ],
    insight="One formula, two sources of statistics. The two modes differ only because the batch's statistics differ "
    "from the moving ones.",
)
