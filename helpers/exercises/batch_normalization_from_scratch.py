"""Exercises of notebook 03."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)


def _channel_axes(x):
    return tuple(range(x.ndim - 1))


# --- predict: which numbers share a mean ---------------------------------------------------------

share_a_mean = PredictExercise(
    {
        "axes for (N, C)": (0,),
        "axes for (N, H, W, C)": (0, 1, 2),
        "means in (32, 28, 28, 16)": 16,
        "values in each mean": 25_088,
    },
    variable="prediction",
    mistakes={
        "axes for (N, C)": [
            Mistake(
                "features of one example",
                "axis 1 averages over the features of one example: one mean for each example. Batch normalization "
                "wants one mean for each feature. Which axis counts the examples?",
                (1,),
            ),
            Mistake(
                "everything (N, C)",
                "over both axes there is one mean for the whole batch. Each channel has a mean of its own.",
                (0, 1),
            ),
        ],
        "axes for (N, H, W, C)": [
            Mistake(
                "instance axes",
                "(1, 2) averages over the places of one image in one channel, image by image: that is instance "
                "normalization. Batch normalization averages over the images as well.",
                (1, 2),
            ),
            Mistake(
                "per place",
                "(0,) gives every place of the picture a mean of its own, 28 · 28 · 16 of them. A convolution treats "
                "all places alike, and so must its normalization.",
                (0,),
            ),
            Mistake(
                "everything (N, H, W, C)",
                "over all four axes there is a single mean: the channels are mixed. The channel axis is the one "
                "that stays.",
                (0, 1, 2, 3),
            ),
            Mistake(
                "layer axes",
                "(1, 2, 3) averages over all of one image: that is layer normalization. Here the channels stay "
                "apart and the images are averaged over.",
                (1, 2, 3),
            ),
            Mistake("channels averaged", "axis 3 is the channel axis, the one that must not be averaged over.", (3,)),
        ],
        "means in (32, 28, 28, 16)": [
            Mistake("a mean an image", "32 is the number of images. Images share their means.", 32),
            Mistake(
                "a mean an image and channel",
                "32 · 16 would be one mean for each channel of each image: instance normalization.",
                512,
            ),
            Mistake("a mean a place", "28 · 28 · 16 would be one mean for each place: places share it, too.", 12_544),
            Mistake("a single mean", "one mean would mix all channels.", 1),
        ],
        "values in each mean": [
            Mistake("only the images", "32 counts the images; each brings 28 · 28 places as well.", 32),
            Mistake("only the places", "28 · 28 counts the places of one image; there are 32 images.", 784),
            Mistake("all of the array", "that is the whole array. It is shared out among 16 channels.", 401_408),
        ],
    },
    points=2,
    hints=[
        "Say it in words first: of which elements does channel 3 of the batch consist?",
        "You average over all axes but one. Which one is left?",
        "The number of means is the length of the axis that is left; the number of values in each mean is the "
        "product of the lengths of the others.",
    ],
    insight="One mean for each channel, taken over everything else. A feature of a dense layer is a channel seen at "
    "one place only, so both cases are one rule.",
)


# --- code: the forward pass ----------------------------------------------------------------------


def batch_norm(x, gamma, beta, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))  # all axes but the last, the channels
    mean = x.mean(axis=axes)
    variance = x.var(axis=axes)
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


def _divided(divisor, axes_of=_channel_axes, ddof=0):
    """A forward pass that divides by ``divisor(variance, epsilon)``, with moments over ``axes_of(x)``."""

    def wrong(x, gamma, beta, epsilon=1e-3):
        axes = axes_of(x)
        mean = x.mean(axis=axes, keepdims=True)
        variance = x.var(axis=axes, ddof=ddof, keepdims=True)
        return gamma * (x - mean) / divisor(variance, epsilon) + beta

    return wrong


def _root(variance, epsilon):
    return np.sqrt(variance + epsilon)


def _x_hat(x, epsilon):
    return _divided(_root)(x, 1.0, 0.0, epsilon)


def _second_moment(x, gamma, beta, epsilon=1e-3):
    axes = _channel_axes(x)
    mean = np.mean(x, axes, keepdims=True)
    variance = np.mean(x * x, axes, keepdims=True) - mean * mean
    return (x - mean) * (variance + epsilon) ** -0.5 * gamma + beta


def _rows_and_one_scale(x, gamma, beta, epsilon=1e-3):
    rows = np.reshape(x, (-1, x.shape[-1]))
    centred = rows - rows.sum(0) / len(rows)
    scale = gamma / np.sqrt((centred**2).mean(0) + epsilon)
    return (centred * scale + beta).reshape(x.shape)


def _in_float32(x, gamma, beta, epsilon=1e-3):
    x = x.astype(np.float32)
    return (gamma * _x_hat(x, epsilon) + beta).astype(np.float32)


def _forward_cases():
    rng = np.random.default_rng(47)
    gamma, beta = np.array([1.5, 0.7, 2.0]), np.array([0.4, -0.6, 1.1])
    # Small spreads, so that the place of epsilon shows; few examples, so that N - 1 shows.
    rows = rng.normal([2.0, -1.0, 0.5], [0.30, 0.05, 0.15], size=(5, 3))
    constant = rows.copy()
    constant[:, 1] = 7.0
    images = rng.normal(0.3, 0.2, size=(3, 4, 2, 3)) * [1, 2, 3] + rng.normal(0, 0.3, size=(3, 1, 1, 1))
    return [
        Case("on a batch of shape (5, 3), with the default epsilon", (rows, gamma, beta)),
        Case("on the same batch with epsilon = 0.05", (rows, gamma, beta, 0.05)),
        Case("on a batch with a constant channel", (constant, gamma, beta, 1e-2)),
        Case("on images of shape (3, 4, 2, 3)", (images, gamma, beta, 1e-2)),
    ]


def _mean_is_beta(args, outputs):
    x, _, beta = args[:3]
    return np.allclose(outputs[0].mean(axis=_channel_axes(x)), beta, atol=1e-4)


def _std_is_gamma(args, outputs):
    x, gamma = args[:2]
    epsilon = args[3] if len(args) > 3 else 1e-3
    variance = x.var(axis=_channel_axes(x))
    wanted = gamma * np.sqrt(variance / (variance + epsilon))
    return np.allclose(outputs[0].std(axis=_channel_axes(x)), wanted, atol=1e-4)


_PER_EXAMPLE = (
    "The mean and the variance are taken over the features of one example (axis 1, or the last axis): each example is "
    "normalized by itself, which is layer normalization. Average over the axis that counts the examples."
)
_INITIAL_STATISTICS = (
    "The output is (nearly) gamma · x + beta: that is normalization by mean 0 and variance 1, the values with which "
    "moving statistics start. In training the batch's own mean and variance are used."
)

batch_norm = CodeExercise(
    batch_norm,
    cases=_forward_cases,
    outputs=["y"],
    mistakes=[
        Mistake(
            "ddof=1",
            "The variance is divided by N - 1. Batch normalization uses the variance of the batch as it is, divided "
            "by N: it describes this batch and does not estimate another. Look for `ddof=1`.",
            _divided(_root, ddof=1),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It belongs under the root, to the variance. The difference "
            "shows where a channel's spread is small.",
            _divided(lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ),
        Mistake(
            "no square root",
            "The centred values are divided by the variance, not by its square root: the spread of the result is "
            "then one over the old one, and not 1.",
            _divided(lambda variance, epsilon: variance + epsilon),
        ),
        Mistake("axis=1", _PER_EXAMPLE, _divided(_root, lambda x: tuple(range(1, x.ndim)))),
        Mistake("last axis", _PER_EXAMPLE, _divided(_root, lambda x: (x.ndim - 1,))),
        Mistake(
            "per-element statistics",
            "On (N, C) it is right. On images every place has a mean of its own: you average over axis 0 only. A "
            "channel's mean runs over all images and all places.",
            _divided(_root, lambda x: (0,)),
        ),
        Mistake(
            "instance axes",
            "On (N, C) it is right. On images each image is normalized by itself, channel by channel (axes 1 and 2 "
            "alone): that is instance normalization. Average over axis 0 as well.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (1, 2)),
        ),
        Mistake(
            "one mean for all",
            "One mean and one variance serve the whole array. Each channel has its own: leave the last axis out of "
            "the average.",
            _divided(_root, lambda x: tuple(range(x.ndim))),
        ),
        Mistake(
            "one mean for all on images",
            "On (N, C) it is right. On images one mean and one variance serve the whole array: leave the last axis, "
            "the channels, out of the average.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else tuple(range(x.ndim))),
        ),
        Mistake(
            "epsilon left out",
            "Epsilon is missing. A channel that is constant in the batch has variance 0, and 0 / 0 is NaN; where the "
            "variance is small the result differs, too.",
            _divided(lambda variance, epsilon: np.sqrt(variance)),
        ),
        Mistake(
            "epsilon outside the root",
            "Epsilon is added to the variance twice over: check the brackets of the root.",
            _divided(lambda variance, epsilon: np.sqrt(variance + epsilon) + epsilon),
        ),
        Mistake(
            "epsilon fixed at 1e-3",
            "It uses 1e-3 whatever epsilon is passed. Use the argument.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * _x_hat(x, 1e-3) + beta,
        ),
        Mistake(
            "epsilon fixed at 1e-5",
            "Epsilon is 1e-5 whatever is passed. That is PyTorch's default; here it is an argument, with Keras' "
            "default 1e-3.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * _x_hat(x, 1e-5) + beta,
        ),
        Mistake(
            "gamma and beta swapped",
            "gamma and beta have changed places: gamma multiplies (the new spread), beta is added (the new mean).",
            lambda x, gamma, beta, epsilon=1e-3: beta * _x_hat(x, epsilon) + gamma,
        ),
        Mistake(
            "gamma and beta left out",
            "This is x_hat, with mean 0 and variance 1. The last step is missing: scale by gamma, shift by beta.",
            lambda x, gamma, beta, epsilon=1e-3: _x_hat(x, epsilon),
        ),
        Mistake(
            "beta scaled by gamma",
            "beta is added before gamma multiplies, so the new mean is gamma · beta. Scale first, then shift.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * (_x_hat(x, epsilon) + beta),
        ),
        Mistake(
            "mean not subtracted",
            "The values are divided by the standard deviation, but the mean is not subtracted first.",
            lambda x, gamma, beta, epsilon=1e-3: (
                gamma * x / np.sqrt(x.var(axis=_channel_axes(x)) + epsilon) + beta
            ),
        ),
        Mistake(
            "moving statistics in training",
            _INITIAL_STATISTICS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * x / np.sqrt(1 + epsilon) + beta,
        ),
        Mistake(
            "moving statistics in training, without epsilon",
            _INITIAL_STATISTICS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * x + beta,
        ),
    ],
    properties=[
        Property("The mean of each channel of the result should be beta, and is not.", _mean_is_beta),
        Property(
            "The means are right. The standard deviation of each channel of the result should be (up to epsilon) "
            "gamma, and is not.",
            _std_is_gamma,
        ),
    ],
    variants=[_second_moment, _rows_and_one_scale, _in_float32],
    points=3,
    hints=[
        "Four steps: mean, variance, normalize, scale and shift. Each is one line, and the formula's letters are "
        "good names.",
        "For (N, C) the axes are `(0,)`, for (N, H, W, C) they are `(0, 1, 2)`: all axes but the last. "
        "`tuple(range(x.ndim - 1))` is both.",
        "`x.mean(axis=axes)` and `x.var(axis=axes)` have shape (C,) and broadcast against x. Epsilon stands under "
        "the root.",
    ],
    insight="One rule did both shapes. Notice the constant channel: it became beta, and not NaN; epsilon is for that.",
)


# --- predict: who depends on whom ----------------------------------------------------------------

batch_effects = PredictExercise(
    {
        "another example changes, training": True,
        "another example changes, inference": False,
        "5 added to one channel, training": False,
        "5 added to one channel, inference": True,
        "preceding weights doubled, training": False,
    },
    variable="changes",
    choices={
        key: (True, False)
        for key in (
            "another example changes, training",
            "another example changes, inference",
            "5 added to one channel, training",
            "5 added to one channel, inference",
            "preceding weights doubled, training",
        )
    },
    mistakes={
        "another example changes, training": [
            Mistake("examples independent", "every example of the batch enters the mean and the variance.", False)
        ],
        "another example changes, inference": [
            Mistake("batch in inference", "in inference the moving statistics are used; no other example enters.", True)
        ],
        "5 added to one channel, training": [
            Mistake("shift seen", "if every example gets 5 more, so does the mean, and it is subtracted.", True)
        ],
        "5 added to one channel, inference": [
            Mistake("shift unseen", "the moving mean does not know about the 5, so it is not subtracted.", False)
        ],
        "preceding weights doubled, training": [
            Mistake(
                "scale seen", "twice the weights give twice the deviation and twice the standard deviation.", True
            )
        ],
    },
    points=2,
    hints=[
        "Write down which numbers enter one element of the output: in training, and in inference.",
        "In training: x, the batch's mean, the batch's variance. In inference: x and two numbers that are fixed.",
    ],
    insight="In training the output is about an example's place within its batch; in inference it is about the "
    "example alone. Most surprises with batch normalization come from this one difference.",
)


# --- predict: the gradient when every output pulls alike -----------------------------------------

gradient_facts = PredictExercise(
    {"each dbeta": 60.0, "each dgamma": 0.0, "each element of dx": 0.0},
    variable="gradients",
    mistakes={
        "each dbeta": [
            Mistake("mean for dbeta", "1 would be the mean over the batch. beta is added to 60 outputs.", 1.0),
            Mistake("dbeta over all", "6000 adds up over the channels as well; each channel has its own beta.", 6000.0),
            Mistake("dbeta zero", "raising beta raises every output, and every output pulls.", 0.0),
        ],
        "each dgamma": [
            Mistake("dgamma without x_hat", "60 would be the sum of dy. gamma multiplies x_hat: what is its sum?", 60.0),
            Mistake("dgamma one", "gamma multiplies x_hat, and the sum of x_hat over the batch is 0.", 1.0),
        ],
        "each element of dx": [
            Mistake(
                "mean constant",
                "1 (times gamma / std) is what passes if the mean is taken for a constant. Raise all inputs of a "
                "channel alike: does any output change?",
                1.0,
            ),
        ],
    },
    tolerance=1e-6,
    points=2,
    hints=[
        "dy is 1 everywhere, so the loss is the sum of all outputs. What happens to that sum when beta grows by 1?",
        "The sum of the outputs of one channel is the sum of gamma · x_hat + beta, and x_hat sums to 0, whatever x is.",
    ],
    insight="The outputs of a channel always sum to 60 · beta, whatever x and gamma are. A gradient that wants only "
    "to move that sum reaches beta and nothing else.",
)


# --- code: the backward pass ---------------------------------------------------------------------


def batch_norm_backward(dy, x_hat, gamma, inverse_std):
    dbeta = dy.sum(axis=0)
    dgamma = (dy * x_hat).sum(axis=0)
    count = len(dy)
    dx = gamma * inverse_std * (dy - dbeta / count - x_hat * dgamma / count)
    return dx, dgamma, dbeta


def _backward(dx):
    """A backward pass with another ``dx(dy, x_hat, gamma, inverse_std)`` and the right dgamma and dbeta."""

    def wrong(dy, x_hat, gamma, inverse_std):
        return dx(dy, x_hat, gamma, inverse_std), (dy * x_hat).sum(axis=0), dy.sum(axis=0)

    return wrong


def _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).sum(axis=0), dbeta=lambda dy, x_hat: dy.sum(axis=0)):
    def wrong(dy, x_hat, gamma, inverse_std):
        return np.full_like(dy, np.nan), dgamma(dy, x_hat), dbeta(dy, x_hat)

    return wrong


def _step_by_step(dy, x_hat, gamma, inverse_std):
    count = dy.shape[0]
    centred = x_hat / inverse_std
    dx_hat = dy * gamma
    dvariance = np.sum(dx_hat * centred, axis=0, keepdims=True) * -0.5 * inverse_std**3
    dmean = -np.sum(dx_hat * inverse_std, axis=0, keepdims=True)
    dx = dx_hat * inverse_std + dvariance * 2 * centred / count + dmean / count
    return dx, np.einsum("nc,nc->c", dy, x_hat), np.ones(count) @ dy


def _keepdims_backward(dy, x_hat, gamma, inverse_std):
    g = dy * gamma
    dx = (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) * inverse_std
    return dx.astype(np.float32), (dy * x_hat).sum(0, keepdims=True), dy.sum(0, keepdims=True)


def _backward_cases():
    cases = []
    for seed, shape in ((3, (6, 4)), (4, (9, 2))):
        rng = np.random.default_rng(seed)
        x = rng.normal(1.0, [0.4, 2.0, 0.9, 1.6][: shape[1]], size=shape)
        inverse_std = 1 / np.sqrt(x.var(axis=0) + 1e-3)
        dy = rng.normal(size=shape) + rng.normal(size=shape[1])
        gamma = rng.uniform(0.5, 2.0, size=shape[1])
        cases.append(
            Case(f"on a batch of shape {shape}", (dy, (x - x.mean(axis=0)) * inverse_std, gamma, inverse_std))
        )
    return cases


batch_norm_backward = CodeExercise(
    batch_norm_backward,
    cases=_backward_cases,
    outputs=["dx", "dgamma", "dbeta"],
    mistakes=[
        Mistake(
            "mean and variance constant",
            "`dx`: mean and variance are treated as constants. Both depend on every element of their channel, and "
            "each dependence adds a term.",
            _backward(lambda dy, x_hat, gamma, inverse_std: dy * gamma * inverse_std),
            ("dx",),
        ),
        Mistake(
            "mean constant",
            "`dx`: the mean is treated as a constant: the term from the path x → mean → output is missing. Test: "
            "the sum of dx over the batch must be 0 in every channel.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: gamma * inverse_std * (dy - x_hat * (dy * x_hat).mean(axis=0))
            ),
            ("dx",),
        ),
        Mistake(
            "variance constant",
            "`dx`: the variance is treated as a constant: the term from the path x → variance → output is missing. "
            "Test: the sum of dx · x_hat over the batch must be (nearly) 0 in every channel.",
            _backward(lambda dy, x_hat, gamma, inverse_std: gamma * inverse_std * (dy - dy.mean(axis=0))),
            ("dx",),
        ),
        Mistake(
            "1/N missing",
            "`dx`: the two subtracted terms are sums where they must be means over the batch: 1/N is missing.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.sum(axis=0) - x_hat * (dy * x_hat).sum(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "1/N missing from the mean's term",
            "`dx`: 1/N is missing from the mean's term, dbeta; the variance's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.sum(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "1/N missing from the variance's term",
            "`dx`: 1/N is missing from the variance's term, x_hat · dgamma; the mean's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).sum(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma left out of dx",
            "`dx`: gamma is missing. The gradient passes through y = gamma · x_hat + beta on its way down.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    inverse_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "inverse_std left out of dx",
            "`dx`: inverse_std is missing. x_hat is the centred x times inverse_std, so its gradient carries it.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "signs of dx",
            "`dx`: the terms of the mean and the variance are added; both are subtracted.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy + dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "averaged over features",
            "`dx`: the means run over axis 1, the features of one example. They belong to axis 0, as in the forward "
            "pass.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (
                        dy - dy.mean(axis=1, keepdims=True) - x_hat * (dy * x_hat).mean(axis=1, keepdims=True)
                    )
                )
            ),
            ("dx",),
        ),
        Mistake(
            "dgamma without x_hat",
            "`dgamma`: x_hat is missing. gamma multiplies x_hat, so its gradient is the sum of dy · x_hat.",
            _other_weights(dgamma=lambda dy, x_hat: dy.sum(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "mean for dgamma",
            "`dgamma` is a mean over the batch. gamma acts on every example, and all their pulls add up: a sum.",
            _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).mean(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "mean for dbeta",
            "`dbeta` is a mean over the batch. beta acts on every example, and all their pulls add up: a sum. (The "
            "1/N of the batch's mean loss is in dy already.)",
            _other_weights(dbeta=lambda dy, x_hat: dy.mean(axis=0)),
            ("dbeta",),
        ),
        Mistake(
            "dbeta not summed",
            "`dbeta` has dy's shape. There is one beta a channel: add up over the batch.",
            _other_weights(dbeta=lambda dy, x_hat: dy),
            ("dbeta",),
        ),
        Mistake(
            "dgamma not summed",
            "`dgamma` has dy's shape. There is one gamma a channel: add up over the batch.",
            _other_weights(dgamma=lambda dy, x_hat: dy * x_hat),
            ("dgamma",),
        ),
        Mistake(
            "dgamma and dbeta swapped",
            "`dgamma` and `dbeta` have changed places in the `return`.",
            _other_weights(
                dgamma=lambda dy, x_hat: dy.sum(axis=0), dbeta=lambda dy, x_hat: (dy * x_hat).sum(axis=0)
            ),
            ("dbeta",),
        ),
        Mistake(
            "dgamma scaled by gamma",
            "`dgamma` carries a factor gamma. y = gamma · x_hat + beta: what multiplies gamma is x_hat alone.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * gamma * x_hat).sum(axis=0), dy.sum(axis=0)),
            ("dgamma",),
        ),
    ],
    properties=[
        Property(
            "In every channel dx must sum to 0 over the batch (raising all inputs alike changes no output), and "
            "here it does not.",
            lambda args, outputs: np.allclose(outputs[0].sum(axis=0), 0, atol=1e-4),
        ),
        Property(
            "In every channel the sum of dx · x_hat must be nearly 0 (stretching all inputs alike changes almost no "
            "output), and here it is not.",
            lambda args, outputs: np.all(np.abs((outputs[0] * args[1]).sum(axis=0)) < 0.05),
        ),
    ],
    variants=[_step_by_step, _keepdims_backward],
    points=4,
    hints=[
        "Begin with the two that need no chain rule: beta is added to every row, gamma multiplies every row of x_hat.",
        "For dx there are three paths from x to the output: directly, through the mean, through the variance.",
        "The short form: take dy, subtract its mean over the batch, subtract x_hat times the mean of dy · x_hat; "
        "then multiply by gamma and inverse_std.",
    ],
    insight="dgamma and dbeta are the two sums that dx needs as well. Batch normalization's backward pass costs hardly "
    "more than its forward pass.",
)


# --- code: moving statistics ---------------------------------------------------------------------


def moving_statistics(batches, training, momentum=0.99):
    channels = batches.shape[-1]
    moving_mean, moving_variance = np.zeros(channels), np.ones(channels)
    for batch, is_training in zip(batches, training):
        if is_training:
            moving_mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=0)
            moving_variance = momentum * moving_variance + (1 - momentum) * batch.var(axis=0)
    return moving_mean, moving_variance


def _followed(
    keep=lambda momentum: momentum, starts=(0.0, 1.0), ddof=0, moment=np.var, always=False, first=False
):
    """Moving statistics with one thing changed."""

    def wrong(batches, training, momentum=0.99):
        mean, variance = (np.full(batches.shape[-1], start) for start in starts)
        share = keep(momentum)
        seen = False
        for batch, is_training in zip(batches, training):
            if not (is_training or always):
                continue
            spread = moment(batch, axis=0, ddof=ddof)
            if first and not seen:
                mean, variance = batch.mean(axis=0), spread
            else:
                mean = share * mean + (1 - share) * batch.mean(axis=0)
                variance = share * variance + (1 - share) * spread
            seen = True
        return mean, variance

    return wrong


def _plain_average(batches, training, momentum=0.99):
    chosen = batches[np.asarray(training)]
    return chosen.mean(axis=(0, 1)), chosen.var(axis=1).mean(axis=0)


def _in_steps(batches, training, momentum=0.99):
    mean, variance = np.zeros((1, batches.shape[2]), np.float32), np.ones((1, batches.shape[2]), np.float32)
    for i in range(len(batches)):
        if not training[i]:
            continue
        mean = mean + (batches[i].mean(0, keepdims=True) - mean) * (1 - momentum)
        variance -= (1 - momentum) * (variance - batches[i].var(0, keepdims=True))
    return mean, variance


def _moving_cases():
    rng = np.random.default_rng(8)
    batches = rng.normal([1.0, -2.0], [0.5, 1.8], size=(4, 5, 2))
    # One mean and one spread a batch, so that no two batches can be taken for each other.
    batches = batches * np.array([1, 2, 3, 4]).reshape(4, 1, 1) / 2 + rng.normal(size=(4, 1, 2))
    everything, some = [True] * 4, [True, True, False, False]
    return [
        Case("on four training batches with momentum 0.9", (batches, everything, 0.9)),
        Case("on four training batches with the default momentum", (batches, everything)),
        Case("on two training batches followed by two in inference, with momentum 0.7", (batches, some, 0.7)),
    ]


moving_statistics = CodeExercise(
    moving_statistics,
    cases=_moving_cases,
    outputs=["moving_mean", "moving_variance"],
    mistakes=[
        Mistake(
            "momentum swapped",
            "momentum and 1 - momentum have changed places. In Keras momentum is the share of the old value, so "
            "0.99 moves slowly. In PyTorch it is the share of the new one: its 0.01 is Keras' 0.99.",
            _followed(keep=lambda momentum: 1 - momentum),
        ),
        Mistake(
            "updated in inference",
            "The statistics also follow the batches of inference. They describe the training data: a batch whose "
            "entry in `training` is False leaves them as they are.",
            _followed(always=True),
        ),
        Mistake(
            "moving variance starts at 0",
            "The moving variance starts at 0. It starts at 1, so that a fresh layer in inference lets x pass instead "
            "of dividing by almost nothing.",
            _followed(starts=(0.0, 0.0)),
        ),
        Mistake("moving mean starts at 1", "The moving mean starts at 1. It starts at 0.", _followed(starts=(1.0, 1.0))),
        Mistake(
            "replaced",
            "The moving statistics are replaced by the last batch's. They are an average: a share of the old value "
            "stays.",
            _followed(keep=lambda momentum: 0.0),
        ),
        Mistake(
            "never updated",
            "The moving statistics are still those of a fresh layer, 0 and 1. Is the update stored?",
            _followed(keep=lambda momentum: 1.0),
        ),
        Mistake(
            "starts with the first batch",
            "The first batch's statistics are taken as the start. Keras starts at mean 0 and variance 1 and moves "
            "from there (which is why many steps are needed).",
            _followed(first=True),
        ),
        Mistake(
            "ddof=1",
            "The batch's variance is divided by N - 1. PyTorch does that for the moving variance (only); Keras "
            "divides by N there, too.",
            _followed(ddof=1),
        ),
        Mistake(
            "standard deviation stored",
            "The standard deviation is averaged where the variance should be.",
            _followed(moment=np.std),
        ),
        Mistake(
            "plain average",
            "This is the plain average over all batches; momentum does not enter. (The notes' other recipe: exact, "
            "but it needs a pass of its own.)",
            _plain_average,
        ),
    ],
    properties=[
        Property(
            "A variance cannot be negative, and one of yours is.",
            lambda args, outputs: bool(np.all(outputs[1] >= 0)),
        ),
        Property(
            "After only a few steps with a large momentum the statistics must still lie near their start, 0 and 1; "
            "yours have moved too far.",
            lambda args, outputs: len(args) > 2 or bool(np.all(np.abs(outputs[0]) < 0.2)),
        ),
    ],
    variants=[_in_steps],
    points=3,
    hints=[
        "Two arrays of shape (C,), made before the loop: which values do they start with?",
        "new = momentum · old + (1 - momentum) · the batch's. Once for the mean, once for the variance.",
        "`for batch, is_training in zip(batches, training):` and nothing happens where `is_training` is False.",
    ],
    insight="With momentum 0.99 a batch's share halves every 69 steps. Four batches have hardly moved the statistics: "
    "a network tested after a few steps is tested with the wrong ones.",
)


# --- code: which statistics, when ----------------------------------------------------------------


def batch_norm_call(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    if training:
        mean, variance = x.mean(axis=0), x.var(axis=0)
    else:
        mean, variance = moving_mean, moving_variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _called(choose, divisor=_root):
    """The call with ``choose(batch, moving, training) -> (mean, variance)``."""

    def wrong(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
        mean, variance = choose((x.mean(axis=0), x.var(axis=0)), (moving_mean, moving_variance), training)
        return gamma * (x - mean) / divisor(variance, epsilon) + beta

    return wrong


def _right_choice(batch, moving, training):
    return batch if training else moving


def _updating(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    if training:
        moving_mean = 0.99 * moving_mean + 0.01 * x.mean(axis=0)
        moving_variance = 0.99 * moving_variance + 0.01 * x.var(axis=0)
    return gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta


def _as_one_line(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
    mean = np.where(training, x.mean(0, keepdims=True), moving_mean)
    scale = gamma * (np.where(training, x.var(0, keepdims=True), moving_variance) + epsilon) ** -0.5
    return x * scale + (beta - mean * scale)


def _call_cases():
    rng = np.random.default_rng(21)
    x = rng.normal([1.0, -2.0, 0.5], [0.4, 1.5, 0.1], size=(6, 3))
    gamma, beta = np.array([1.2, 0.8, 2.0]), np.array([0.3, -0.5, 1.0])
    mean, variance = np.array([0.7, -1.5, 0.2]), np.array([0.3, 1.8, 0.04])
    return [
        Case("in training on a batch of shape (6, 3)", (x, gamma, beta, mean, variance, True)),
        Case("in inference on a batch of shape (6, 3)", (x, gamma, beta, mean, variance, False)),
        Case("in inference with epsilon = 0.05", (x, gamma, beta, mean, variance, False, 0.05)),
        Case("without `training`, on a batch of one", (x[:1], gamma, beta, mean, variance)),
    ]


batch_norm_call = CodeExercise(
    batch_norm_call,
    cases=_call_cases,
    outputs=["y"],
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
            "epsilon left out",
            "Epsilon is missing. It belongs to both modes, under the root.",
            _called(_right_choice, lambda variance, epsilon: np.sqrt(variance)),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It belongs under the root, to the variance.",
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
    variants=[_as_one_line],
    points=2,
    hints=[
        "The formula is the same in both modes. Only the mean and the variance come from elsewhere.",
        "`if training:` the batch's, `else:` the two arguments. Then one common line.",
    ],
    insight="One formula, two sources of statistics. The gap between the two modes is the gap between the batch and "
    "the moving averages.",
)


# --- experiment: make the difference large -------------------------------------------------------

RACE_START = {"learning_rate": 1.0, "initial_std": 0.3}
_RACE_TARGET = 0.6


def _race_measured(result):
    wanted = {"learning_rate", "initial_std", "without", "batch"}
    if not isinstance(result, dict) or not wanted <= set(result):
        return "Pass what `race(...)` returned: `check(result)`."
    return ""


widen_the_gap = ExperimentExercise(
    measured=_race_measured,
    attempted=lambda r: any(r[name] != value for name, value in RACE_START.items()),
    met=lambda r: r["batch"] - r["without"] >= _RACE_TARGET,
    report=lambda r: (
        f"Test accuracy after 400 steps: ≈ {r['batch']:.2f} with batch normalization, ≈ {r['without']:.2f} without."
    ),
    mistakes=[
        Mistake(
            "both fail",
            "Neither network has learned, so there is nothing to compare. Is the learning rate too small, or so "
            "large that nothing stays in place?",
            lambda r: r["batch"] < 0.6,
        ),
        Mistake(
            "both learn",
            "Both networks learn with these settings. With initial weights this large every sigmoid gets a varied "
            "input from the start. What would starve the deeper sigmoids of the plain network?",
            lambda r: r["without"] > 0.6,
        ),
    ],
    otherwise="The gap grows, but it is not 0.6 yet. Go on in the direction that made it grow.",
    solved="""
        result = race(learning_rate=0.1, initial_std=0.05)
        """,
    hints=[
        "The plain network must fail while the other learns. Think of what the third layer's sigmoids get as input "
        "when all weights are small.",
        "Small initial weights shrink the signal layer by layer; batch normalization stretches it again. Try a tenth "
        "of the initial spread.",
    ],
    insight="Small weights: the plain network's third layer sees almost the same input for every picture, and its "
    "gradient is as small. Batch normalization divides by that small spread. At large weights and rates the two "
    "networks come close: the advantage is real, and it depends on the settings.",
)

name_exercises(globals())
