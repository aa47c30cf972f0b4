"""Notebook 05, code: the effective learning rate."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def effective_learning_rate(kernel, rate):
    return rate / (kernel**2).sum(axis=0)


def _kernel_cases():
    rng = np.random.default_rng(48)
    tall = rng.normal(0.1, 0.6, size=(5, 3)) * [1.0, 0.4, 2.5]
    square = rng.normal(0.2, 0.7, size=(4, 4)) * [0.5, 1.0, 2.0, 3.0]
    return [
        Case("on a kernel of shape (5, 3) with rate 0.1", (tall, 0.1)),
        Case("on a kernel of shape (4, 4) with rate 2.0", (square, 2.0)),
    ]


def _by_norm(kernel, rate):
    return rate / np.linalg.norm(kernel, axis=0) ** 2


def _by_einsum(kernel, rate):
    return rate * np.einsum("iu,iu->u", kernel, kernel) ** -1.0


def _by_columns(kernel, rate):
    return np.array([rate / (column @ column) for column in kernel.T])


effective_learning_rate = CodeExercise(
    effective_learning_rate,
    outputs=["effective"],
    cases=_kernel_cases,
    variants=[_by_norm, _by_einsum, _by_columns],
    mistakes=[
        Mistake(
            "norm not squared",
            "It divides by the length of the weights, not by its square. One factor comes from the gradient, the "
            "other from the length of the vector that has to be turned.",
            lambda kernel, rate: rate / np.linalg.norm(kernel, axis=0),
        ),
        Mistake(
            "norm to the fourth",
            "It divides by the fourth power of the length: the sum of squares *is* the length squared.",
            lambda kernel, rate: rate / (kernel**2).sum(axis=0) ** 2,
        ),
        Mistake(
            "axis=1",
            "The sum runs over axis 1, the units, and gives one number per input. A unit's weights are a *column* of "
            "the kernel.",
            lambda kernel, rate: rate / (kernel**2).sum(axis=1),
        ),
        Mistake(
            "axis=1, not squared",
            "Two things. A unit's weights are a *column* of the kernel, and the length has to be squared.",
            lambda kernel, rate: rate / np.linalg.norm(kernel, axis=1),
        ),
        Mistake(
            "whole kernel",
            "It uses one length for the whole kernel. Batch normalization undoes the scale of each unit separately, "
            "so each unit has its own effective rate.",
            lambda kernel, rate: rate / (kernel**2).sum(),
        ),
        Mistake(
            "whole kernel, not squared",
            "It uses one length for the whole kernel, and does not square it. Each unit has its own length.",
            lambda kernel, rate: rate / np.linalg.norm(kernel),
        ),
        Mistake(
            "mean of squares",
            "The squares are averaged, not summed. The mean is not the squared length of the vector: it is also "
            "divided by the number of inputs.",
            lambda kernel, rate: rate / (kernel**2).mean(axis=0),
        ),
        Mistake(
            "variance",
            "It divides by the variance of the weights, which subtracts their mean first and averages the squares. "
            "The length is measured from 0.",
            lambda kernel, rate: rate / kernel.var(axis=0),
        ),
        Mistake(
            "standard deviation",
            "It divides by the standard deviation of the weights. The squared length is measured from 0, and is a "
            "sum.",
            lambda kernel, rate: rate / kernel.std(axis=0),
        ),
        Mistake(
            "multiplied",
            "It multiplies by the squared length. Longer weights turn *less*.",
            lambda kernel, rate: rate * (kernel**2).sum(axis=0),
        ),
        Mistake(
            "multiplied by the length",
            "It multiplies by the length. Longer weights turn *less*, and the length has to be squared.",
            lambda kernel, rate: rate * np.linalg.norm(kernel, axis=0),
        ),
        Mistake(
            "rate forgotten",
            "The rate is missing: that is 1 over the squared length.",
            lambda kernel, rate: 1 / (kernel**2).sum(axis=0),
        ),
        Mistake(
            "upside down",
            "It is upside down: the rate is the numerator, the squared length the denominator.",
            lambda kernel, rate: (kernel**2).sum(axis=0) / rate,
        ),
        Mistake(
            "square of the sum",
            "It squares the sum of the weights. Each weight is squared first, then they are summed.",
            lambda kernel, rate: rate / kernel.sum(axis=0) ** 2,
        ),
        Mistake(
            "absolute values",
            "It sums absolute values. The length is the root of the sum of squares, and its square is that sum.",
            lambda kernel, rate: rate / np.abs(kernel).sum(axis=0),
        ),
        Mistake(
            "squared absolute sum",
            "It squares the sum of absolute values. Square first, then sum.",
            lambda kernel, rate: rate / np.abs(kernel).sum(axis=0) ** 2,
        ),
        Mistake(
            "element by element",
            "It divides by the square of each single weight. All weights of a unit together have one length.",
            lambda kernel, rate: rate / kernel**2,
        ),
        Mistake(
            "length only",
            "That is the squared length. Divide the rate by it.",
            lambda kernel, rate: (kernel**2).sum(axis=0),
        ),
        Mistake(
            "four times",
            "The factor 4 belonged to weights of twice the length. Here each unit has a length of its own.",
            lambda kernel, rate: 4 * rate / (kernel**2).sum(axis=0),
        ),
        Mistake(
            "rate squared",
            "The rate is squared as well. Only the length should be squared.",
            lambda kernel, rate: rate**2 / (kernel**2).sum(axis=0),
        ),
        Mistake(
            "all units' products",
            "That divides by the matrix of all scalar products between units. A unit's squared length is its product "
            "with itself, which stands on the diagonal.",
            lambda kernel, rate: rate / (kernel.T @ kernel),
        ),
        Mistake(
            "all inputs' products",
            "That divides by the matrix of all scalar products between rows, the inputs. A unit's weights are a *column*, and "
            "only its product with itself is wanted.",
            lambda kernel, rate: rate / (kernel @ kernel.T),
        ),
        Mistake(
            "mean of the whole kernel",
            "It divides by the mean square of the whole kernel. Each unit has its own length, and a length is a sum.",
            lambda kernel, rate: rate / (kernel**2).mean(),
        ),
        Mistake(
            "spectral norm",
            "With `ord=2` NumPy takes a matrix's largest singular value, one number. Each unit (column) has a length "
            "of its own.",
            lambda kernel, rate: rate / np.linalg.norm(kernel, ord=2) ** 2,
        ),
        Mistake(
            "number of inputs",
            "It divides by the number of inputs. The weights themselves are not used.",
            lambda kernel, rate: np.float64(rate / len(kernel)),
        ),
        Mistake(
            "largest weight",
            "It divides by each unit's largest squared weight. All its weights contribute to its length.",
            lambda kernel, rate: rate / (kernel**2).max(axis=0),
        ),
        Mistake(
            "all units averaged",
            "That is the mean over the units, one number. Return one number per unit.",
            lambda kernel, rate: (rate / (kernel**2).sum(axis=0)).mean(),
        ),
        Mistake(
            "summed after dividing",
            "Each weight gets a quotient of its own, and the quotients are summed. Sum the squares first: all "
            "weights of a unit together have one length.",
            lambda kernel, rate: (rate / kernel**2).sum(axis=0),
        ),
        Mistake(
            "averaged after dividing",
            "Each weight gets a quotient of its own, and the quotients are averaged. All weights of a unit together "
            "have one length: the sum of squares comes first.",
            lambda kernel, rate: (rate / kernel**2).mean(axis=0),
        ),
        Mistake(
            "average length",
            "It divides by the mean over the units of the squared length, one number. Each unit has its own length.",
            lambda kernel, rate: rate / (kernel**2).sum(axis=0).mean(),
        ),
        Mistake(
            "rate itself",
            "Every unit gets the learning rate itself. That is right only for weights of length 1; here their length "
            "counts.",
            lambda kernel, rate: np.full(kernel.shape[1], rate),
        ),
    ],
    properties=[
        Property("The effective rate of every unit is above 0.", lambda args, outputs: bool(np.all(outputs[0] > 0))),
    ],
    points=2,
    hints=[
        "The kernel has shape (inputs, units). Which numbers are the weights of unit 2?",
        "‖w‖² of one unit is the sum of the squares of its column.",
        "`rate` divided by a sum along axis 0.",
    ],
    insight="Each unit has its own effective rate, though one learning rate serves all. If the weights only get "
    "longer, this rate only falls, as in a learning rate schedule.",
)
