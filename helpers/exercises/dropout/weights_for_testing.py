"""Notebook 10, code: the weights at test time."""

from __future__ import annotations

import numpy as np

from helpers.exercises.comparing import same
from helpers.exercises.dropout._shared import _Drawing
from helpers.exercises.engine import Case, Mistake, Property


def weights_for_testing(kernel, bias, p):
    return kernel * p[:, None], bias


def _weight_cases():
    rng = np.random.default_rng(12)

    def case(text, inputs, units, p):
        return Case(text, (rng.normal(size=(inputs, units)), rng.normal(size=units), p))

    return [
        case("on a kernel of shape (5, 3)", 5, 3, np.array([0.8, 0.5, 1.0, 0.25, 0.5])),
        case("on a square kernel, (4, 4)", 4, 4, np.array([0.5, 0.8, 1.0, 0.25])),
    ]


def _repeat(values, length):
    return np.resize(values, length)


weights_for_testing = _Drawing(
    weights_for_testing,
    own_draws="Called twice with the same arguments, it gives two different results: it draws random numbers. At "
        "test nothing is "
    "dropped: each weight is scaled.",
    outputs=["kernel_at_test", "bias_at_test"],
    cases=_weight_cases,
    variants=[
        lambda kernel, bias, p: (p.reshape(-1, 1) * kernel, bias.copy()),
        lambda kernel, bias, p: (np.diag(p) @ kernel, bias),
        lambda kernel, bias, p: ((kernel.T * p).T, bias),
        lambda kernel, bias, p: (np.array([row * share for row, share in zip(kernel, p)]), bias),
    ],
    mistakes=[
        Mistake(
            "kernel not scaled",
            "The kernel is the one of training, unchanged. In training inputs were missing now and then; at test "
            "none is missing, so the "
            "units would receive more than they have learned to expect.",
            lambda kernel, bias, p: (kernel, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "p taken for the share dropped",
            "Each weight is multiplied by 1 − p. Here p is the paper's: the share *kept*.",
            lambda kernel, bias, p: (kernel * (1 - p)[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "divided by p",
            "The weights are divided by p. That makes them larger, but they have to become smaller. (Dividing "
            "belongs to the "
            "inverted form, and to training.)",
            lambda kernel, bias, p: (kernel / p[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "outputs scaled",
            "`kernel` is (inputs, units), and p belongs to the *inputs*: one p for each row. You scale the columns, "
            "the weights that lead into a unit.",
            lambda kernel, bias, p: (kernel * _repeat(p, kernel.shape[1]), bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "outputs scaled (error)",
            "`kernel` is (inputs, units), and p belongs to the *inputs*: one p for each row. NumPy matches an array "
            "of shape (inputs,) with the columns. Give it a second axis.",
            lambda kernel, bias, p: (kernel * p, bias),
        ),
        Mistake(
            "outputs scaled, a row (error)",
            "`kernel` is (inputs, units), and p belongs to the *inputs*: one p for each row. You made p a row, (1, "
            "inputs), which NumPy matches with the columns. Make p a column.",
            lambda kernel, bias, p: (kernel * p[None, :], bias),
        ),
        Mistake(
            "outputs and bias scaled (error)",
            "`kernel` is (inputs, units), and p belongs to the *inputs*: one p for each row. NumPy matches an array "
            "of shape (inputs,) with the columns. And the bias was never dropped: it stays as it is.",
            lambda kernel, bias, p: (kernel * p, bias * p),
        ),
        Mistake(
            "transposed",
            "The kernel comes out transposed, (units, inputs). Each row has its p, but the shape has to stay.",
            lambda kernel, bias, p: (kernel.T * p, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "divided by the share dropped",
            "The weights are divided by 1 − p. At test they are multiplied, and p is the share *kept*.",
            lambda kernel, bias, p: (kernel / (1 - p)[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "summed over the inputs",
            "It sums over the inputs, which leaves only one number per unit. Each weight is scaled by itself, and "
            "the shape stays.",
            lambda kernel, bias, p: (p @ kernel, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "one p for all",
            "All weights are multiplied by the mean of p. Each input has its own p.",
            lambda kernel, bias, p: (kernel * p.mean(), bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "the first p for all",
            "All weights are multiplied by the first p. Each input has its own.",
            lambda kernel, bias, p: (kernel * p[0], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "rate 0.5 built in",
            "All weights are halved, whatever p says.",
            lambda kernel, bias, p: (kernel / 2, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "square root of p",
            "The weights are multiplied by the root of p. That would keep a sum of squares; here the mean of the sum "
            "itself should stay the same.",
            lambda kernel, bias, p: (kernel * np.sqrt(p)[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "p squared",
            "The weights are multiplied by p twice.",
            lambda kernel, bias, p: (kernel * p[:, None] ** 2, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "a mask drawn",
            "The weights are set to 0 where p is below one half. At test nothing is dropped: each weight is scaled.",
            lambda kernel, bias, p: (kernel * (p >= 0.5)[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "bias scaled (error)",
            "The bias has the shape (units,), p (inputs,): they do not even fit. The bias was never dropped: it takes "
            "part in every training step, so it stays as it is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias * p),
        ),
        Mistake(
            "bias scaled",
            "The bias is scaled, too. It was never dropped: it takes part in every training step, so it stays as it "
            "is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias * p.mean()),
            outputs=("bias_at_test",),
        ),
        Mistake(
            "bias scaled by its neighbour",
            "The bias is scaled by a p that belongs to an input. It was never dropped, so it stays as it is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias * _repeat(p, len(bias))),
            outputs=("bias_at_test",),
        ),
        Mistake(
            "bias left out",
            "The bias is set to 0. It should stay as it was.",
            lambda kernel, bias, p: (kernel * p[:, None], np.zeros_like(bias)),
            outputs=("bias_at_test",),
        ),
        Mistake(
            "bias halved",
            "The bias is halved. It was never dropped, so it stays as it is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias / 2),
            outputs=("bias_at_test",),
        ),
    ],
    properties=[
        Property(
            "All weights of the kernel get the same factor. Each input has its own p.",
            lambda args, outputs: bool(np.ptp(outputs[0] / args[0]) > 1e-6) or same(outputs[0], args[0]),
        ),
        Property(
            "Where p is 1 nothing was ever dropped, and the weights should stay.",
            lambda args, outputs: same(outputs[0][args[2] == 1], args[0][args[2] == 1]),
        ),
        Property(
            "The bias should stay as it is: it was never dropped.",
            lambda args, outputs: same(outputs[1], args[1]),
        ),
    ],
    points=2,
    hints=[
        "What does a unit receive on average in training from an input that is there with probability p?",
        "Each input's p multiplies all weights that lead *out* of it: one row of the kernel.",
        "`p[:, None]` has the shape (inputs, 1). And the bias: is it ever missing in training?",
    ],
    insight="This is the picture on the right of the slide: \"always present\", with weights p·w. In inverted dropout the "
    "same is done once and for all by dividing in training, so that nobody has to remember p afterwards.",
)
