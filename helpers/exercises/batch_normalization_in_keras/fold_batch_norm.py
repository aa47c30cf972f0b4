"""Notebook 04, code: fold batch normalization into the layer before it."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def fold_batch_norm(kernel, bias, gamma, beta, moving_mean, moving_variance, epsilon=1e-3):
    scale = gamma / np.sqrt(moving_variance + epsilon)  # (C,)
    return kernel * scale, (bias - moving_mean) * scale + beta


def _folding_cases():
    cases = []
    for seed, shape, text, epsilon in (
        (11, (3, 3), "for a dense layer with 3 inputs and 3 units", ()),
        (12, (4, 4), "for a dense layer of 4 units, with epsilon = 0.05", (0.05,)),
        (13, (2, 2, 3, 3), "for a convolution, kernel (2, 2, 3, 3)", (1e-2,)),
        (14, (1, 4), "for a dense layer with 1 input and 4 units", (1e-2,)),
    ):
        rng, c = np.random.default_rng(seed), shape[-1]
        variance = np.array([0.002, 0.5, 3.0, 0.03])[:c]
        cases.append(
            Case(
                text,
                (rng.normal(size=shape), rng.normal(size=c), rng.uniform(0.5, 2, size=c) * [1, -1, 1, 1][:c],
                 rng.normal(size=c), rng.normal(1, 1, size=c), variance, *epsilon),
                edge=shape == (1, 4),
            )
        )
    return cases


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


def _folded(kernel=None, bias=None, divisor=None):
    """A folding with another kernel or bias: each ``part(kernel, bias, scale, gamma, beta, mean)``."""

    def wrong(k, b, gamma, beta, mean, variance, epsilon=1e-3):
        scale = gamma / (divisor(variance, epsilon) if divisor else np.sqrt(variance + epsilon))
        new_kernel = kernel(k, b, scale, gamma, beta, mean) if kernel else k * scale
        new_bias = bias(k, b, scale, gamma, beta, mean) if bias else (b - mean) * scale + beta
        return new_kernel, new_bias

    return wrong


def _into_the_next(kernel, bias, gamma, beta, moving_mean, moving_variance, epsilon=1e-3):
    scale = gamma / np.sqrt(moving_variance + epsilon)
    return scale[:, None] * kernel, bias + (beta - moving_mean * scale) @ kernel


def _wrong_axis():
    """The kernel scaled along another axis than the last. Where that raises, the bias is lost as well."""
    rows = (
        "`kernel`: the scale multiplies its rows, one for each *input*. Each *output* channel has its own scale, and outputs "
        "are the last axis."
    )
    first = (
        "`kernel`: the scale is put on the first axis, where PyTorch has the output channels. In Keras they come last: "
        "(inputs, outputs), or (height, width, inputs, outputs)."
    )
    turned = (
        "`kernel`: `.T` reverses all axes, not only the last two: for a convolution, outputs then come first and the height "
        "last. No axis has to be moved: which one does an array of shape (C,) fit as it is?"
    )
    kernels = {
        "rows instead of columns": (rows, lambda k, s: k * s[:, None]),
        "rows, by a matrix": (rows, lambda k, s: np.diag(s) @ k),
        "rows, turned and back": (rows, lambda k, s: (k.T * s).T),
        "first axis": (first, lambda k, s: k * s.reshape(-1, *[1] * (k.ndim - 1))),
        "first of four axes": (first, lambda k, s: k * s.reshape(-1, 1, 1, 1)),
        "turned and back": (turned, lambda k, s: (k.T * s[:, None]).T),
    }
    raising = ("rows, by a matrix", "rows, turned and back", "first axis", "first of four axes", "turned and back")
    return [
        Mistake(
            name, message, _folded(kernel=lambda k, b, s, g, be, m, scaled=scaled: scaled(k, s)),
            () if name in raising else ("kernel",),
        )
        for name, (message, scaled) in kernels.items()
    ]


_DIVISORS = {
    "epsilon left out": ("epsilon is missing", lambda variance, epsilon: np.sqrt(variance)),
    "std + epsilon": ("epsilon is added to the standard deviation, not to the variance",
                      lambda variance, epsilon: np.sqrt(variance) + epsilon),
    "no square root": ("it is divided by the variance, not by its square root", lambda variance, epsilon: variance + epsilon),
    "two square roots": ("the root is taken twice", lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon)),
}


def _in_one_output():
    """A wrong divisor in kernel or bias alone."""
    right = _folded()

    def alone(divisor, place):
        def wrong(*args):
            results = list(right(*args))
            results[place] = _folded(divisor=divisor)(*args)[place]
            return tuple(results)

        return wrong

    return [
        Mistake(f"{name} in the {output}", f"`{output}`: {text}.", alone(divisor, place), (output,))
        for name, (text, divisor) in _DIVISORS.items()
        for place, output in enumerate(("kernel", "bias"))
    ]


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
            _folded(bias=bias, divisor=_DIVISORS["epsilon left out"][1]),
            ("bias",),
        )
        for name, (text, bias) in forgotten.items()
    ]


def _same_answers(args, outputs):
    """The folded layer gives what the two layers gave, on a few random inputs."""
    kernel, bias, gamma, beta, mean, variance = args[:6]
    epsilon = args[6] if len(args) > 6 else 1e-3
    x = np.random.default_rng(0).normal(size=(5, int(np.prod(kernel.shape[:-1]))))
    before = x @ kernel.reshape(-1, kernel.shape[-1]) + bias
    normalized = gamma * (before - mean) / np.sqrt(variance + epsilon) + beta
    folded = x @ outputs[0].reshape(-1, kernel.shape[-1]) + outputs[1]
    return np.allclose(folded, normalized, rtol=1e-3, atol=1e-3)


fold_batch_norm = CodeExercise(
    fold_batch_norm,
    layout="A convolution's kernel has shape (height, width, inputs, C): the outputs come last.",
    outputs=["kernel", "bias"],
    cases=_folding_cases,
    variants=[_by_matrix, _channel_by_channel],
    mistakes=[
        Mistake(
            "epsilon left out",
            "Epsilon is missing. In inference the layer divides by the root of variance *plus epsilon*; where the variance "
            "is small, the folded layer would give different results.",
            _folded(divisor=_DIVISORS["epsilon left out"][1]),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It belongs under the root, to the variance.",
            _folded(divisor=_DIVISORS["std + epsilon"][1]),
        ),
        Mistake(
            "no square root",
            "It divides by the variance, not by its square root.",
            _folded(divisor=_DIVISORS["no square root"][1]),
        ),
        Mistake(
            "divided by the variance",
            "It divides by the variance, not by its square root, and epsilon is missing.",
            _folded(divisor=lambda variance, epsilon: variance),
        ),
        Mistake(
            "two square roots",
            "It takes the square root twice: of the variance, and again after adding epsilon. `moving_variance` plus epsilon "
            "stands under one root.",
            _folded(divisor=_DIVISORS["two square roots"][1]),
        ),
        Mistake(
            "variance squared",
            "It squares the moving variance before adding epsilon. `moving_variance` is a variance already, not a standard "
            "deviation.",
            _folded(divisor=lambda variance, epsilon: np.sqrt(variance**2 + epsilon)),
        ),
        *_in_one_output(),
        Mistake(
            "epsilon fixed at 1e-3",
            "It uses 1e-3 whatever epsilon is passed. Use the argument: a layer may have another.",
            lambda k, b, g, be, m, v, epsilon=1e-3: _folded()(k, b, g, be, m, v, 1e-3),
        ),
        Mistake(
            "epsilon fixed at 1e-5",
            "It uses 1e-5, PyTorch's default, whatever epsilon is passed. Use the argument: a layer may have another.",
            lambda k, b, g, be, m, v, epsilon=1e-3: _folded()(k, b, g, be, m, v, 1e-5),
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
            "`kernel`: it is not scaled. The scale multiplies the whole output of the layer, which is x · kernel *and* "
            "the bias.",
            _folded(kernel=lambda k, b, s, g, be, m: k),
            ("kernel",),
        ),
        Mistake(
            "into the layer behind",
            "This folds the normalization into the layer *behind* it. The kernel is that of the dense layer *before* "
            "it, whose output is normalized: scale what comes out, not what goes in.",
            _into_the_next,
        ),
        *_wrong_axis(),
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
            "`kernel`: the shift is added to the weights as well. It does not multiply any input: it belongs in the "
            "bias alone.",
            _folded(kernel=lambda k, b, s, g, be, m: k * s + be - m * s),
            ("kernel",),
        ),
        Mistake(
            "mean subtracted from the kernel",
            "`kernel`: the moving mean is subtracted from the weights. It is the mean of the layer's *outputs*: it "
            "belongs in the bias.",
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
            "kernel over the scale",
            "`kernel`: it is divided by the scale; it should be multiplied by it.",
            _folded(kernel=lambda k, b, s, g, be, m: k / s),
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
            "`bias`: it is returned unchanged. The mean, beta and the scale all act on it: put x · kernel + bias into "
            "the formula of batch normalization and look at what does not contain x.",
            _folded(bias=lambda k, b, s, g, be, m: b),
            ("bias",),
        ),
        Mistake(
            "bias 0",
            "`bias`: it is 0. The kernel cannot do what the mean, beta and the old bias add: that belongs in the bias.",
            _folded(bias=lambda k, b, s, g, be, m: 0 * b),
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
            "`bias`: it is beta alone. The old bias and the mean are scaled and belong to it, too.",
            _folded(bias=lambda k, b, s, g, be, m: be),
            ("bias",),
        ),
        Mistake(
            "only the mean",
            "`bias`: only the scaled mean is left. The old bias and beta belong to it, too.",
            _folded(bias=lambda k, b, s, g, be, m: -m * s),
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
            "`bias`: the scale is on the wrong terms. It belongs to the old bias and the mean, not to beta.",
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
            "`bias`: bias minus mean is divided by the scale; it should be multiplied by it.",
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
            "Kernel and bias are returned unchanged. The normalization must be *inside* them, so that its layer can "
            "be removed.",
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
    points=3,
    hints=[
        "In inference mean, variance, gamma and beta are constants. Write out gamma · (x · kernel + bias − mean) / std "
        "+ beta, and separate: what multiplies x, what does not?",
        "What multiplies x is the kernel times gamma / std, one factor for each *output* channel: the kernel's last axis.",
        "What does not contain x is the new bias: the old bias minus the mean, times the same factor, plus beta. And "
        "std "
        "is the root of variance plus epsilon.",
    ],
    insight="In inference, a batch normalization behind a linear layer is not a layer of its own, only another "
        "kernel and another bias. In training this does not hold, since mean and variance then depend on the batch.",
)
