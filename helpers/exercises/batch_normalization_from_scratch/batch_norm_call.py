"""Notebook 03, code: which statistics, when."""

from __future__ import annotations

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
    gamma, beta = np.array([1.2, 0.8, 2.0]), np.array([0.3, -0.5, 1.0])
    mean, variance = np.array([0.7, -1.5, 0.2]), np.array([0.3, 1.8, 0.04])
    return [
        Case("in training on a batch of shape (6, 3)", (x, gamma, beta, mean, variance, True)),
        Case("in inference on a batch of shape (6, 3)", (x, gamma, beta, mean, variance, False)),
        Case("in training on a batch of one", (x[:1], gamma, beta, mean, variance, True)),
        Case("in inference with epsilon = 0.05", (x, gamma, beta, mean, variance, False, 0.05)),
        Case("without `training`, on a batch of one", (x[:1], gamma, beta, mean, variance)),
    ]


def _as_one_line(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    mean = np.where(training, x.mean(0, keepdims=True), moving_mean)
    scale = gamma * (np.where(training, x.var(0, keepdims=True), moving_variance) + epsilon) ** -0.5
    return x * scale + (beta - mean * scale)


def _called(choose, divisor=_root):
    """The call with ``choose(batch, moving, training) -> (mean, variance)``."""

    def wrong(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
        mean, variance = choose((x.mean(axis=0), x.var(axis=0)), (moving_mean, moving_variance), training)
        return gamma * (x - mean) / divisor(variance, epsilon) + beta

    return wrong


def _in_training(moments):
    """The call with other ``moments(x) -> (mean, variance)`` in training."""

    def wrong(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
        mean, variance = moments(x) if training else (moving_mean, moving_variance)
        return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta

    return wrong


def _in_inference(formula):
    """The call with another ``formula(x, gamma, beta, mean, variance, epsilon)`` in inference."""

    def wrong(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
        if training:
            return _called(_right_choice)(x, gamma, beta, moving_mean, moving_variance, True, epsilon)
        return formula(x, gamma, beta, moving_mean, moving_variance, epsilon)

    return wrong


def _right_choice(batch, moving, training):
    return batch if training else moving


def _updating(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    if training:
        moving_mean = 0.99 * moving_mean + 0.01 * x.mean(axis=0)
        moving_variance = 0.99 * moving_variance + 0.01 * x.var(axis=0)
    return gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta


batch_norm_call = CodeExercise(
    batch_norm_call,
    outputs=["y"],
    cases=_call_cases,
    variants=[_as_one_line],
    mistakes=[
        Mistake(
            "moving statistics in training",
            "In training it normalizes with the moving statistics. Training uses the batch's own mean and variance: "
            "the gradient flows through them, and the moving ones lag behind the weights.",
            _called(lambda batch, moving, training: moving),
        ),
        Mistake(
            "updated moving statistics in training",
            "In training it normalizes with the freshly updated moving statistics. Training uses the batch's own mean "
            "and variance; the moving ones are only kept for later.",
            _updating,
        ),
        Mistake(
            "batch statistics in inference",
            "In inference it normalizes with the batch's own statistics: an example's output then depends on its "
            "neighbours, and a batch of one always gives beta.",
            _called(lambda batch, moving, training: batch),
        ),
        Mistake(
            "training and inference swapped",
            "The two branches have changed places: the batch's statistics belong to training, the moving ones to "
            "inference.",
            _called(lambda batch, moving, training: moving if training else batch),
        ),
        Mistake(
            "batch mean in inference",
            "In inference the variance is the moving one, but the mean is still the batch's.",
            _called(lambda batch, moving, training: batch if training else (batch[0], moving[1])),
        ),
        Mistake(
            "batch variance in inference",
            "In inference the mean is the moving one, but the variance is still the batch's.",
            _called(lambda batch, moving, training: batch if training else (moving[0], batch[1])),
        ),
        Mistake(
            "batch mean, moving variance in training",
            "In training the mean is the batch's, but the variance is the moving one.",
            _called(lambda batch, moving, training: (batch[0], moving[1]) if training else moving),
        ),
        Mistake(
            "moving mean, batch variance in training",
            "In training the variance is the batch's, but the mean is the moving one.",
            _called(lambda batch, moving, training: (moving[0], batch[1]) if training else moving),
        ),
        Mistake(
            "moving mean and variance swapped",
            "In inference the moving mean and the moving variance have changed places.",
            _called(lambda batch, moving, training: batch if training else moving[::-1]),
        ),
        Mistake(
            "the batch's size decides",
            "A batch of more than one takes its own statistics, whatever `training` says. The argument should decide.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _called(_right_choice)(
                x, gamma, beta, moving_mean, moving_variance, len(x) > 1, epsilon
            ),
        ),
        Mistake(
            "only gamma and beta in inference",
            "In inference x is not normalized, only scaled and shifted. The moving statistics are kept for "
            "exactly this.",
            _in_inference(lambda x, gamma, beta, mean, variance, epsilon: gamma * x + beta),
        ),
        Mistake(
            "unchanged in inference",
            "In inference x comes back unchanged. It must be normalized there, too, with the moving statistics.",
            _in_inference(lambda x, gamma, beta, mean, variance, epsilon: x),
        ),
        Mistake(
            "mean not subtracted in inference",
            "In inference the values are divided by the standard deviation, but the moving mean is not subtracted first.",
            _in_inference(lambda x, gamma, beta, mean, variance, epsilon: gamma * x / np.sqrt(variance + epsilon) + beta),
        ),
        Mistake(
            "gamma and beta left out in inference",
            "In inference gamma and beta are missing. They are needed in both modes.",
            _in_inference(lambda x, gamma, beta, mean, variance, epsilon: (x - mean) / np.sqrt(variance + epsilon)),
        ),
        Mistake(
            "no square root in inference",
            "In inference it divides by the moving variance, not by its square root.",
            _in_inference(
                lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / (variance + epsilon) + beta
            ),
        ),
        Mistake(
            "std + epsilon in inference",
            "In inference epsilon is added to the standard deviation. It must be added to the variance, inside the "
            "root.",
            _in_inference(
                lambda x, gamma, beta, mean, variance, epsilon: (
                    gamma * (x - mean) / (np.sqrt(variance) + epsilon) + beta
                )
            ),
        ),
        Mistake(
            "epsilon left out in inference",
            "In inference epsilon is missing. It is needed in both modes, inside the root.",
            _in_inference(lambda x, gamma, beta, mean, variance, epsilon: gamma * (x - mean) / np.sqrt(variance) + beta),
        ),
        Mistake(
            "epsilon fixed at 1e-3",
            "It uses 1e-3 whatever epsilon is passed. Use the argument.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _called(_right_choice)(
                x, gamma, beta, moving_mean, moving_variance, training, 1e-3
            ),
        ),
        Mistake(
            "gamma and beta swapped",
            "gamma and beta have changed places: gamma multiplies, beta is added.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _called(_right_choice)(
                x, beta, gamma, moving_mean, moving_variance, training, epsilon
            ),
        ),
        Mistake(
            "beta left out",
            "beta is not added. It is needed in both modes.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _called(_right_choice)(
                x, gamma, 0.0, moving_mean, moving_variance, training, epsilon
            ),
        ),
        Mistake(
            "gamma left out",
            "x_hat is not multiplied by gamma, which is needed in both modes.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _called(_right_choice)(
                x, 1.0, beta, moving_mean, moving_variance, training, epsilon
            ),
        ),
        Mistake(
            "gamma and beta left out",
            "This is x_hat. The last step is missing in both modes: scale by gamma, shift by beta.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3: _called(_right_choice)(
                x, 1.0, 0.0, moving_mean, moving_variance, training, epsilon
            ),
        ),
        Mistake(
            "axis=1 in training",
            "In training the mean and the variance run over axis 1, the features of one example. Average over axis 0.",
            _in_training(lambda x: (x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True))),
        ),
        Mistake(
            "ddof=1 in training",
            "In training the variance is computed with N - 1. Batch normalization divides by N.",
            _in_training(lambda x: (x.mean(axis=0), x.var(axis=0, ddof=1))),
        ),
        Mistake(
            "epsilon left out",
            "Epsilon is missing. It is needed in both modes, inside the root.",
            _called(_right_choice, lambda variance, epsilon: np.sqrt(variance)),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It must be added to the variance, inside the root.",
            _called(_right_choice, lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ),
        Mistake(
            "no square root",
            "It divides by the variance, not by its square root.",
            _called(_right_choice, lambda variance, epsilon: variance + epsilon),
        ),
        Mistake(
            "training by default",
            "Called without `training` it behaves as in training. The default is inference: `training=False`, as in "
            "Keras.",
            lambda x, gamma, beta, moving_mean, moving_variance, training=True, epsilon=1e-3: _called(_right_choice)(
                x, gamma, beta, moving_mean, moving_variance, training, epsilon
            ),
        ),
    ],
    properties=[
        Property(
            "In training the mean of each channel of the result should be beta, and is not.",
            lambda args, outputs: (
                not (len(args) > 5 and args[5]) or np.allclose(outputs[0].mean(axis=0), args[2], atol=1e-4)
            ),
        ),
    ],
    points=2,
    hints=[
        "The formula is the same in both modes. Only the mean and the variance come from different sources.",
        "`if training:` the batch's, `else:` the two arguments. Then one common line.",
    ],
    insight="One formula, two sources of statistics. The gap between the two modes is the gap between the batch and "
    "the moving averages.",
)
