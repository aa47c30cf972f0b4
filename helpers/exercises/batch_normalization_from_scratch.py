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
                "axis 1 averages over the features of one example, which gives one mean per example. Batch "
                "normalization needs one mean per feature. Which axis counts the examples?",
                (1,),
            ),
            Mistake(
                "everything (N, C)",
                "averaging over both axes gives one mean for the whole batch. Each channel has a mean of its own.",
                (0, 1),
            ),
        ],
        "axes for (N, H, W, C)": [
            Mistake(
                "instance axes",
                "(1, 2) averages over the positions of one image in one channel, image by image: that is instance "
                "normalization. Batch normalization averages over the images as well.",
                (1, 2),
            ),
            Mistake(
                "per place",
                "(0,) gives every position in every channel a mean of its own, 28 · 28 · 16 of them. A convolution "
                "treats all positions alike, and so must its normalization.",
                (0,),
            ),
            Mistake(
                "everything (N, H, W, C)",
                "averaging over all four axes gives a single mean, which mixes the channels. The channel axis is the "
                "one that must stay.",
                (0, 1, 2, 3),
            ),
            Mistake(
                "layer axes",
                "(1, 2, 3) averages over all of one image: that is layer normalization. Here the channels stay "
                "separate, and the average runs over the images as well.",
                (1, 2, 3),
            ),
            Mistake("channels averaged", "axis 3 is the channel axis, the one that must not be averaged over.", (3,)),
        ],
        "means in (32, 28, 28, 16)": [
            Mistake("a mean an image", "32 is the number of images, but the images share their means.", 32),
            Mistake(
                "a mean an image and channel",
                "32 · 16 would be one mean per channel of each image: instance normalization.",
                512,
            ),
            Mistake(
                "a mean a place",
                "28 · 28 · 16 would be one mean per position and channel: positions share it, too.",
                12_544,
            ),
            Mistake("a single mean", "one mean would mix all channels.", 1),
            Mistake("values and means swapped", "25,088 is the number of values in each mean.", 25_088),
        ],
        "values in each mean": [
            Mistake("means and values swapped", "16 is the number of means, one per channel.", 16),
            Mistake("values of one image", "28 · 28 · 16 values belong to one image; a channel runs through all images.", 12_544),
            Mistake("only the images", "32 counts the images; each of them contributes 28 · 28 values.", 32),
            Mistake("only the places", "28 · 28 counts the positions in one image; there are 32 images.", 784),
            Mistake(
                "all of the array",
                "that is the size of the whole array, which is divided among 16 channels.",
                401_408,
            ),
        ],
    },
    dimensions={"axes for (N, C)": 2, "axes for (N, H, W, C)": 4},
    points=2,
    hints=[
        "Say it in words first: which elements make up channel 3 of the batch?",
        "You average over all axes but one. Which one is left?",
        "The number of means is the length of the axis that is left; the number of values in each mean is the "
        "product of the lengths of the others.",
    ],
    insight="One mean per channel, taken over everything else. A feature of a dense layer is a channel with a single "
    "position, so one rule covers both cases.",
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


def _mean_over_std(x, epsilon):
    axes = _channel_axes(x)
    return x.mean(axis=axes) / np.sqrt(x.var(axis=axes) + epsilon)


def _over_the_images(x, gamma, beta, epsilon=1e-3):
    axes = _channel_axes(x)
    mean = x.sum(axis=axes) / len(x)
    variance = ((x - mean) ** 2).sum(axis=axes) / len(x)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _average_of_variances(inner):
    """On images an average of variances, each around a mean of its own: over the axes ``inner``, averaged over the rest."""

    def wrong(x, gamma, beta, epsilon=1e-3):
        if x.ndim == 2:
            return gamma * _x_hat(x, epsilon) + beta
        variance = x.var(axis=inner, keepdims=True).mean(axis=(0, 1, 2))
        return gamma * (x - x.mean(axis=(0, 1, 2))) / np.sqrt(variance + epsilon) + beta

    return wrong


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


def _std_is_not_just_beside_gamma(args, outputs):
    x, gamma = args[:2]
    beside = np.abs(outputs[0].std(axis=_channel_axes(x)) / gamma - 1)
    return _std_is_gamma(args, outputs) or beside.max() > 0.25


_PER_EXAMPLE = (
    "The mean and the variance are taken over the features of one example (axis 1, or the last axis): each example is "
    "normalized by itself, which is layer normalization. Average over the axis that counts the examples."
)
_BRACKETS = (
    "Only the mean is divided by the standard deviation. Division comes before subtraction unless brackets say "
    "otherwise: where do the brackets belong?"
)
_INITIAL_STATISTICS = (
    "The output is (nearly) gamma · x + beta: that is normalization with mean 0 and variance 1, the values at which "
    "moving statistics start. In training the batch's own mean and variance are used."
)

batch_norm = CodeExercise(
    batch_norm,
    cases=_forward_cases,
    outputs=["y"],
    mistakes=[
        Mistake(
            "ddof=1",
            "The variance is computed with N - 1. Batch normalization divides by N: its variance describes this batch "
            "and does not estimate that of other data. Look for `ddof=1`.",
            _divided(_root, ddof=1),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It must be added to the variance, inside the root. The "
            "difference shows where a channel's spread is small.",
            _divided(lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ),
        Mistake(
            "no square root",
            "The centred values are divided by the variance, not by its square root: the spread of the result is "
            "then 1 / (the old spread), and not 1.",
            _divided(lambda variance, epsilon: variance + epsilon),
        ),
        Mistake("axis=1", _PER_EXAMPLE, _divided(_root, lambda x: tuple(range(1, x.ndim)))),
        Mistake("axis=1, without keepdims", _PER_EXAMPLE, lambda x, *rest: x - x.mean(axis=1)),
        Mistake("last axis", _PER_EXAMPLE, _divided(_root, lambda x: (x.ndim - 1,))),
        Mistake(
            "per-element statistics",
            "It is right for shape (N, C). On images, every position has a mean of its own: you average over axis 0 "
            "only. A channel's mean runs over all images and all positions.",
            _divided(_root, lambda x: (0,)),
        ),
        Mistake(
            "instance axes",
            "It is right for shape (N, C). On images, each one is normalized by itself, channel by channel (only axes "
            "1 and 2): that is instance normalization. Average over axis 0 as well.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (1, 2)),
        ),
        Mistake(
            "one mean for all",
            "One mean and one variance are used for the whole array. Each channel has its own: leave the last axis "
            "out of the average.",
            _divided(_root, lambda x: tuple(range(x.ndim))),
        ),
        Mistake(
            "one mean for all on images",
            "It is right for shape (N, C). On images, one mean and one variance are used for the whole array: leave "
            "the last axis, the channels, out of the average.",
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
            "Epsilon is added twice, inside the root and outside it: check the brackets of the root.",
            _divided(lambda variance, epsilon: np.sqrt(variance + epsilon) + epsilon),
        ),
        Mistake(
            "epsilon fixed at 1e-3",
            "It uses 1e-3 whatever epsilon is passed. Use the argument.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * _x_hat(x, 1e-3) + beta,
        ),
        Mistake(
            "epsilon fixed at 1e-5",
            "Epsilon is 1e-5, PyTorch's default, whatever is passed. Here it is an argument, with Keras' default of "
            "1e-3.",
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
            "beta left out",
            "beta is not added. The mean of each channel of the result must be beta.",
            lambda x, gamma, beta, epsilon=1e-3: gamma * _x_hat(x, epsilon),
        ),
        Mistake(
            "gamma left out",
            "x_hat is not multiplied by gamma. The spread of each channel of the result must be gamma.",
            lambda x, gamma, beta, epsilon=1e-3: _x_hat(x, epsilon) + beta,
        ),
        Mistake(
            "sign turned",
            "The sign of x_hat is flipped: subtract the mean from x, not x from the mean.",
            lambda x, gamma, beta, epsilon=1e-3: beta - gamma * _x_hat(x, epsilon),
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
            "brackets around the difference",
            _BRACKETS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * (x - _mean_over_std(x, epsilon)) + beta,
        ),
        Mistake(
            "brackets around the difference, gamma on x alone",
            _BRACKETS,
            lambda x, gamma, beta, epsilon=1e-3: gamma * x - _mean_over_std(x, epsilon) + beta,
        ),
        Mistake(
            "not divided",
            "The values are centred, scaled and shifted, but not divided by the standard deviation in between.",
            _divided(lambda variance, epsilon: 1.0),
        ),
        Mistake(
            "variance around 0",
            "The variance is taken around 0, as the mean of x²; it should be the mean of (x - mean)².",
            lambda x, gamma, beta, epsilon=1e-3: (
                gamma * (x - x.mean(axis=_channel_axes(x))) / np.sqrt((x**2).mean(axis=_channel_axes(x)) + epsilon)
                + beta
            ),
        ),
        Mistake(
            "squares summed",
            "The squared deviations are summed, not averaged: this variance grows with the batch.",
            lambda x, gamma, beta, epsilon=1e-3: _divided(
                lambda variance, epsilon: np.sqrt(variance * (x.size // x.shape[-1]) + epsilon)
            )(x, gamma, beta, epsilon),
        ),
        Mistake(
            "sums divided by the number of images",
            "It is right for shape (N, C). On images, the sums are divided by N, the number of images; each channel "
            "has N · H · W values.",
            _over_the_images,
        ),
        Mistake(
            "channels first",
            "It is right for shape (N, C). On images, you average over axes 0, 2 and 3. That fits (N, C, H, W), "
            "PyTorch's layout; here the channels come last.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (0, 2, 3)),
        ),
        Mistake(
            "layer axes on images",
            "It is right for shape (N, C). On images, each one is normalized by itself (axes 1, 2 and 3): that is "
            "layer normalization. Average over axis 0 as well, and leave the channels out of the average.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (1, 2, 3)),
        ),
        Mistake(
            "one axis of the picture forgotten",
            "It is right for shape (N, C). On images, you average over axes 0 and 1 only: every column of the image "
            "has a mean of its own. A channel's mean runs over all positions.",
            _divided(_root, lambda x: (0,) if x.ndim == 2 else (0, 1)),
        ),
        Mistake(
            "variances position by position, averaged",
            "On (N, C) it is right. On images you take a variance at every position, around the mean of that position, and "
            "average them. The variance of a channel is taken around its one mean, over all images and positions.",
            _average_of_variances((0,)),
        ),
        Mistake(
            "variances image by image, averaged",
            "On (N, C) it is right. On images you take a variance in every image, around the mean of that image, and "
            "average them. The variance of a channel is taken around its one mean, over all images and positions.",
            _average_of_variances((1, 2)),
        ),
        Mistake(
            "default epsilon 1e-5",
            "It is right when epsilon is passed. When it is not, yours is 1e-5, PyTorch's default; here the default is "
            "1e-3, as in Keras.",
            lambda x, gamma, beta, epsilon=1e-5: gamma * _x_hat(x, epsilon) + beta,
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
            "The means are right, the standard deviations nearly so. Look at how epsilon enters, and at the number "
            "by which the squares are divided.",
            _std_is_not_just_beside_gamma,
        ),
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
        "`x.mean(axis=axes)` and `x.var(axis=axes)` have shape (C,) and broadcast against x. Epsilon goes inside "
        "the root.",
    ],
    insight="One rule handled both shapes. Notice the constant channel: it became beta, not NaN. That is what epsilon "
    "is for.",
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
            Mistake(
                "shift seen", "if 5 is added to every example, the mean rises by 5 as well, and it is subtracted.", True
            )
        ],
        "5 added to one channel, inference": [
            Mistake("shift unseen", "the moving mean does not know about the 5, so the 5 is not subtracted.", False)
        ],
        "preceding weights doubled, training": [
            Mistake(
                "scale seen",
                "twice the weights give twice the deviation from the mean and twice the standard deviation.",
                True,
            )
        ],
    },
    points=2,
    hints=[
        "Write down which numbers enter one element of the output: in training, and in inference.",
        "In training: x, the batch's mean, the batch's variance. In inference: x and two numbers that are fixed.",
    ],
    insight="In training the output depends on where an example stands within its batch; in inference it depends on "
    "the example alone. Many surprises with batch normalization come from this one difference.",
)


# --- predict: the gradient when every output pulls alike -----------------------------------------

gradient_facts = PredictExercise(
    {"each dbeta": 60.0, "each dgamma": 0.0, "each element of dx": 0.0},
    variable="facts",
    mistakes={
        "each dbeta": [
            Mistake("mean for dbeta", "1 would be the mean over the batch. beta is added to 60 outputs.", 1.0),
            Mistake("dbeta over all", "6000 sums over the channels as well; each channel has its own beta.", 6000.0),
            Mistake("dbeta zero", "raising beta raises every output, and with it the loss.", 0.0),
        ],
        "each dgamma": [
            Mistake(
                "dgamma without x_hat",
                "60 would be the sum of dy. gamma multiplies x_hat: what is the sum of x_hat?",
                60.0,
            ),
            Mistake("dgamma one", "gamma multiplies x_hat, and the sum of x_hat over the batch is 0.", 1.0),
        ],
        "each element of dx": [
            Mistake(
                "mean constant",
                "1 (times gamma / std) is what gets through if the mean is treated as a constant. Raise all inputs of "
                "a channel by the same amount: does any output change?",
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
    insight="The outputs of a channel always sum to 60 · beta, whatever x and gamma are. A gradient that would only "
    "move that sum reaches beta and nothing else.",
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
        gamma = rng.uniform(0.5, 2.0, size=shape[1]) * np.array([1, -1] * 2)[: shape[1]]
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
            "`dx`: inverse_std is missing. x_hat is the centred x times inverse_std, so the gradient contains that "
            "factor.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "signs of dx",
            "`dx`: the terms of the mean and the variance are added; both must be subtracted.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy + dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "sign of the mean's term",
            "`dx`: the mean's term is added; it must be subtracted. The variance's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy + dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "sign of the variance's term",
            "`dx`: the variance's term is added; it must be subtracted. The mean's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma on dy alone",
            "`dx`: gamma multiplies only dy. dgamma and dbeta are sums of dy without gamma, so the two terms made from "
            "them need gamma as well.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    inverse_std * (gamma * dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma and inverse_std on dy alone",
            "`dx`: gamma and inverse_std multiply only dy. They belong to all three terms: look at the brackets.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma and inverse_std left out of dx",
            "`dx`: the bracket is right; gamma and inverse_std are missing in front of it.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)
            ),
            ("dx",),
        ),
        Mistake(
            "gradient of x_hat",
            "`dx`: gamma · dy is the gradient of x_hat. From x_hat there are still three paths to x.",
            _backward(lambda dy, x_hat, gamma, inverse_std: gamma * dy),
            ("dx",),
        ),
        Mistake(
            "x_hat missing from the variance's term",
            "`dx`: the variance's term is a mean only. It must be multiplied by each element's x_hat: an element "
            "far from the mean moves the variance more.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) - (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "N times too large",
            "`dx` is N times too large. The form N · dy minus two sums is right, but the whole must be divided by N.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (len(dy) * dy - dy.sum(axis=0) - x_hat * (dy * x_hat).sum(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "divided by N twice",
            "`dx`: the two subtracted terms are divided by N twice. Are your dgamma and dbeta sums, or already means?",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - (dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0)) / len(dy))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "one mean for all channels in dx",
            "`dx`: the two means run over the whole batch. Each channel has its own: `mean` needs an axis.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean() - x_hat * (dy * x_hat).mean())
                )
            ),
            ("dx",),
        ),
        Mistake(
            "averaged over features",
            "`dx`: the means run over axis 1, the features of one example. They must run over axis 0, as in the "
            "forward pass.",
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
            "`dgamma` is a mean over the batch. gamma acts on every example, and all contributions add up: a sum.",
            _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).mean(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "mean for dbeta",
            "`dbeta` is a mean over the batch. beta acts on every example, and all contributions add up: a sum. (The "
            "1/N of the batch's mean loss is already in dy.)",
            _other_weights(dbeta=lambda dy, x_hat: dy.mean(axis=0)),
            ("dbeta",),
        ),
        Mistake(
            "dbeta not summed",
            "`dbeta` has dy's shape. There is one beta per channel: sum over the batch.",
            _other_weights(dbeta=lambda dy, x_hat: dy),
            ("dbeta",),
        ),
        Mistake(
            "dgamma not summed",
            "`dgamma` has dy's shape. There is one gamma per channel: sum over the batch.",
            _other_weights(dgamma=lambda dy, x_hat: dy * x_hat),
            ("dgamma",),
        ),
        Mistake(
            "dgamma and dbeta swapped",
            "`dgamma` and `dbeta` have changed places in the `return`.",
            _other_weights(
                dgamma=lambda dy, x_hat: dy.sum(axis=0), dbeta=lambda dy, x_hat: (dy * x_hat).sum(axis=0)
            ),
            ("dgamma", "dbeta"),
        ),
        Mistake(
            "dgamma over features",
            "`dgamma` is summed over axis 1, the features of one example. There is one gamma per channel: sum over "
            "axis 0.",
            _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).sum(axis=1)),
            ("dgamma",),
        ),
        Mistake(
            "dbeta over features",
            "`dbeta` is summed over axis 1, the features of one example. There is one beta per channel: sum over axis "
            "0.",
            _other_weights(dbeta=lambda dy, x_hat: dy.sum(axis=1)),
            ("dbeta",),
        ),
        Mistake(
            "dgamma one number",
            "`dgamma` is one number for all channels. Each channel has its own gamma: `sum` needs an axis.",
            _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).sum()),
            ("dgamma",),
        ),
        Mistake(
            "dbeta one number",
            "`dbeta` is one number for all channels. Each channel has its own beta: `sum` needs an axis.",
            _other_weights(dbeta=lambda dy, x_hat: dy.sum()),
            ("dbeta",),
        ),
        Mistake(
            "dbeta scaled by gamma",
            "`dbeta` contains a factor gamma. y = gamma · x_hat + beta: beta enters with factor 1.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * x_hat).sum(axis=0), (gamma * dy).sum(axis=0)),
            ("dbeta",),
        ),
        Mistake(
            "dgamma of the centred values",
            "`dgamma`: the sum runs over dy times the centred x. gamma multiplies x_hat, which is divided by the standard "
            "deviation as well.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * x_hat / inverse_std).sum(axis=0), dy.sum(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "dx divided by N",
            "`dx` is N times too small. The means over the batch have their 1/N; the 1/N of the batch's mean loss is in dy "
            "already.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)) / len(dy)
                )
            ),
            ("dx",),
        ),
        Mistake(
            "order of the return",
            "The three gradients are right, but in the wrong order. Return dx first, then dgamma, then dbeta.",
            lambda dy, x_hat, gamma, inverse_std: (
                (dy * x_hat).sum(axis=0), dy.sum(axis=0), _step_by_step(dy, x_hat, gamma, inverse_std)[0]
            ),
        ),
        Mistake(
            "dgamma scaled by gamma",
            "`dgamma` contains a factor gamma. y = gamma · x_hat + beta: what multiplies gamma is x_hat alone.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * gamma * x_hat).sum(axis=0), dy.sum(axis=0)),
            ("dgamma",),
        ),
    ],
    properties=[
        Property(
            "In every channel dx must sum to 0 over the batch (raising all inputs by the same amount changes "
            "no output), and here it does not.",
            lambda args, outputs: np.allclose(outputs[0].sum(axis=0), 0, atol=1e-4),
        ),
        Property(
            "In every channel the sum of dx · x_hat must be nearly 0 (stretching all inputs alike changes almost no "
            "output), and here it is not.",
            lambda args, outputs: np.all(
                np.abs((outputs[0] * args[1]).sum(axis=0)) < 0.05 * np.abs(outputs[0] * args[1]).sum(axis=0)
            ),
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


def _updated(update, moments=lambda batch: (batch.mean(axis=0), batch.var(axis=0))):
    """Moving statistics with another ``update(old, new, momentum)``, or of other moments."""

    def wrong(batches, training, momentum=0.99):
        mean, variance = np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])
        for batch, is_training in zip(batches, training):
            if is_training:
                new_mean, new_variance = moments(batch)
                mean, variance = update(mean, new_mean, momentum), update(variance, new_variance, momentum)
        return mean, variance

    return wrong


def _stopping(batches, training, momentum=0.99):
    stop = (*training, False).index(False)
    return _followed()(batches[:stop], training, momentum)


def _started_anew(batches, training, momentum=0.99):
    return _followed()(batches[-1:], training[-1:], momentum)


def _around_the_moving_mean(batches, training, momentum, new):
    mean, variance = np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])
    for batch, is_training in zip(batches, training):
        if is_training:
            before, mean = mean, momentum * mean + (1 - momentum) * batch.mean(axis=0)
            center = mean if new else before
            variance = momentum * variance + (1 - momentum) * ((batch - center) ** 2).mean(axis=0)
    return mean, variance


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
    # One mean and one spread per batch, so that no two batches can be taken for each other.
    batches = batches * np.array([1, 2, 3, 4]).reshape(4, 1, 1) / 2 + rng.normal(size=(4, 1, 2))
    everything, every_other = [True] * 4, [True, False, True, False]
    return [
        Case("on four training batches with momentum 0.9", (batches, everything, 0.9)),
        Case("on four training batches with the default momentum", (batches, everything)),
        Case("on four batches, the second and the last in inference, with momentum 0.7", (batches, every_other, 0.7)),
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
            "The statistics also follow the inference batches. They should describe the training data: a batch whose "
            "entry in `training` is False leaves them unchanged.",
            _followed(always=True),
        ),
        Mistake(
            "moving variance starts at 0",
            "The moving variance starts at 0. It should start at 1, so that a fresh layer in inference lets x pass "
            "instead of dividing it by almost nothing.",
            _followed(starts=(0.0, 0.0)),
        ),
        Mistake(
            "moving mean starts at 1",
            "The moving mean starts at 1. It should start at 0.",
            _followed(starts=(1.0, 1.0)),
        ),
        Mistake(
            "replaced",
            "The moving statistics are replaced by the last batch's. They should be an average: a share of the old "
            "value stays.",
            _followed(keep=lambda momentum: 0.0),
        ),
        Mistake(
            "mean never updated",
            "The moving mean is still 0, as in a fresh layer. Is its update stored?",
            lambda batches, training, momentum=0.99: (
                np.zeros(batches.shape[-1]), _followed()(batches, training, momentum)[1]
            ),
            ("moving_mean",),
        ),
        Mistake(
            "variance never updated",
            "The moving variance is still 1, as in a fresh layer. Is its update stored?",
            lambda batches, training, momentum=0.99: (
                _followed()(batches, training, momentum)[0], np.ones(batches.shape[-1])
            ),
            ("moving_variance",),
        ),
        Mistake(
            "starts with the first batch",
            "The first batch's statistics are taken as the start. Keras starts at mean 0 and variance 1 and moves "
            "from there (which is why many steps are needed).",
            _followed(first=True),
        ),
        Mistake(
            "ddof=1",
            "The batch's variance is computed with N - 1. PyTorch does that for the moving variance (and only there); "
            "Keras divides by N there, too.",
            _followed(ddof=1),
        ),
        Mistake(
            "standard deviation stored",
            "The standard deviation is averaged where the variance should be.",
            _followed(moment=np.std),
        ),
        Mistake(
            "order of the return",
            "Both are right but have changed places: return the mean first, then the variance.",
            lambda batches, training, momentum=0.99: _in_steps(batches, training, momentum)[::-1],
        ),
        Mistake(
            "new value not weighted",
            "The batch's value is added with full weight: the factor 1 - momentum is missing.",
            _updated(lambda old, new, momentum: momentum * old + new),
        ),
        Mistake(
            "momentum fixed at 0.99",
            "It uses 0.99 whatever momentum is passed. Use the argument.",
            _followed(keep=lambda momentum: 0.99),
        ),
        Mistake(
            "momentum fixed at 0.9",
            "It uses 0.9 whatever momentum is passed. Use the argument; its default is 0.99.",
            _followed(keep=lambda momentum: 0.9),
        ),
        Mistake(
            "updated in inference only",
            "The condition is reversed: the statistics follow the batches whose entry in `training` is False.",
            lambda batches, training, momentum=0.99: _followed()(batches, [not t for t in training], momentum),
        ),
        Mistake(
            "stops at the first batch in inference",
            "It stops at the first inference batch. Skip that batch and go on: training may continue after it.",
            _stopping,
        ),
        Mistake(
            "first batch only",
            "Only the first batch counts. Is the `return` inside the loop?",
            lambda batches, training, momentum=0.99: _followed()(batches[:1], training, momentum),
        ),
        Mistake(
            "started anew with each batch",
            "Every batch starts from 0 and 1 again, so only the last one counts. Are the starting values set inside "
            "the loop?",
            _started_anew,
        ),
        Mistake(
            "one mean for all channels",
            "One mean and one variance are used for all channels. Each channel has its own: `mean` and `var` need an "
            "axis.",
            lambda batches, training, momentum=0.99: _updated(
                lambda old, new, momentum: momentum * old + (1 - momentum) * new, moments=lambda b: (b.mean(), b.var())
            )(batches, training, momentum),
        ),
        Mistake(
            "variance around 0",
            "The moving variance averages the mean of x². The variance is the mean of (x - mean)².",
            _followed(moment=lambda batch, axis, ddof: (batch**2).mean(axis=axis)),
            ("moving_variance",),
        ),
        Mistake(
            "variance around the moving mean",
            "The batch's variance is taken around the moving mean. It should be taken around the batch's own mean.",
            lambda batches, training, momentum=0.99: _around_the_moving_mean(batches, training, momentum, new=True),
            ("moving_variance",),
        ),
        Mistake(
            "variance around the moving mean, before its update",
            "The batch's variance is taken around the moving mean. It should be taken around the batch's own mean.",
            lambda batches, training, momentum=0.99: _around_the_moving_mean(batches, training, momentum, new=False),
            ("moving_variance",),
        ),
        Mistake(
            "plain variance of all values",
            "This is the variance of all batches taken together; momentum does not enter.",
            lambda batches, training, momentum=0.99: (
                batches.mean(axis=(0, 1)), batches[np.asarray(training)].var(axis=(0, 1))
            ),
            ("moving_variance",),
        ),
        Mistake(
            "plain average",
            "This is the plain average over all batches; momentum does not enter. (Recipe 2 is "
            "something else: all training data at once, after training.)",
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
        "new = momentum · old + (1 - momentum) · the batch's value. Once for the mean, once for the variance.",
        "`for batch, is_training in zip(batches, training):` and nothing happens where `is_training` is False.",
    ],
    insight="With momentum 0.99 a batch's share halves every 69 steps. Four batches have hardly moved the statistics: "
    "a network tested after a few steps is tested with the wrong statistics.",
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
        Case("in training on a batch of one", (x[:1], gamma, beta, mean, variance, True)),
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
    variants=[_as_one_line],
    points=2,
    hints=[
        "The formula is the same in both modes. Only the mean and the variance come from different sources.",
        "`if training:` the batch's, `else:` the two arguments. Then one common line.",
    ],
    insight="One formula, two sources of statistics. The gap between the two modes is the gap between the batch and "
    "the moving averages.",
)


# --- experiment: make the difference large -------------------------------------------------------

RACE_START = {"initial_std": 0.3}
_RACE_TARGET = 0.75


def _race_missing(result):
    names = ("initial_std", "without", "batch")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), (int, float)) for name in names):
        return "Pass what `race(...)` returned: `check(result)`."
    return ""


widen_the_gap = ExperimentExercise(
    measured=_race_missing,
    attempted=lambda r: any(r[name] != value for name, value in RACE_START.items()),
    met=lambda r: r["batch"] - r["without"] >= _RACE_TARGET,
    report=lambda r: (
        f"Test accuracy after 400 steps: ≈ {r['batch']:.2f} with batch normalization, ≈ {r['without']:.2f} without."
    ),
    mistakes=[
        Mistake(
            "both at chance",
            "Both networks are at chance. With no spread at all, every unit of a layer computes the same, with or without "
            "batch normalization, and they stay alike.",
            lambda r: r["initial_std"] == 0,
        ),
        Mistake(
            "both learn",
            "Both networks learn with this initial spread: in the plain network, too, the inputs of the deeper sigmoids "
            "differ enough from digit to digit. What would make them nearly alike?",
            lambda r: r["without"] > 0.6 and r["initial_std"] <= 1,
        ),
        Mistake(
            "too large",
            "Large weights hurt both networks. The plain one's sigmoids saturate; but the last layer, which no "
            "normalization follows, begins with large wrong answers in both. Try the other direction.",
            lambda r: r["initial_std"] > 0.3,
        ),
        Mistake(
            "too small",
            "The plain network is at chance, as it should be. But the normalized one has not come far enough in 400 "
            "steps: with weights this small, the variances in its first layers are small beside epsilon, and it no longer "
            "brings the spread back to 1. Take somewhat larger weights.",
            lambda r: r["without"] < 0.2,
        ),
    ],
    otherwise="The gap is there, but it is not 0.75 yet: the plain network still learns something. Go on in the direction "
    "that opened the gap.",
    solved="""
        result = race(initial_std=0.03)
        """,
    hints=[
        "The plain network must stay at chance while the other learns. What do the third layer's sigmoids receive "
        "when all weights are small?",
        "Small initial weights shrink the signal layer by layer; batch normalization stretches it again. Try a tenth "
        "of the spread you began with.",
    ],
    insight="With small weights the plain network's deeper sigmoids get nearly the same input for every digit. Batch "
    "normalization divides by that small spread (plus epsilon), so every layer starts with a spread near 1. With the "
    "spread you began with, the plain network has no such trouble, and the two are close.",
)

name_exercises(globals())
