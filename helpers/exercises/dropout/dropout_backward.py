"""Notebook 10, code: the backward pass."""

from __future__ import annotations

import itertools

import numpy as np

from helpers.exercises.engine import Case, Mistake, Property
from helpers.exercises.dropout._shared import _Drawing


def dropout_backward(dy, mask, rate):
    return dy * mask / (1 - rate)


def _backward_cases():
    rng = np.random.default_rng(11)
    behind_relu = rng.normal(size=(2, 3, 3, 4)) * (rng.random((2, 3, 3, 4)) > 0.3)
    dy, mask = rng.normal(size=(4, 6)), rng.random((4, 6)) >= 0.3
    return [
        Case("on dy of shape (4, 6), with a rate of 0.3", (dy, mask, 0.3)),
        Case("on the same dy of shape (4, 6) with another mask", (dy, np.flip(mask), 0.3)),
        Case(
            "on pictures of shape (2, 3, 3, 4), with a rate of 0.6 and some dy that are 0",
            (behind_relu, rng.random((2, 3, 3, 4)) >= 0.6, 0.6),
        ),
        Case("with a rate of 0.5", (rng.normal(size=(3, 8)), rng.random((3, 8)) >= 0.5, 0.5)),
        Case("with a rate of 0, at which all are kept", (rng.normal(size=(2, 3)), np.ones((2, 3), bool), 0.0), edge=True),
    ]


_MASKS = {
    "without the mask": (
        "The gradient also passes where the element was dropped. Its y was 0 whatever its x: how much does the loss depend "
        "on that x?",
        lambda dy, mask: dy,
    ),
    "mask turned round": (
        "The gradient reaches exactly those elements that were dropped. `mask` is True where an element was *kept*.",
        lambda dy, mask: dy * ~mask,
    ),
    "one mask for the batch": ("All examples get the mask of the first.", lambda dy, mask: dy * mask[:1]),
}

_FACTORS = {
    "without the scale": (
        "The scale is missing. y was x *times a factor*, and the factor belongs in the slope, too.",
        lambda passed, rate: passed,
    ),
    "scaled back": (
        "It multiplies by `1 - rate`, as if the gradient had to undo the scale. A derivative does not undo: y = c·x has the "
        "slope c.",
        lambda passed, rate: passed * (1 - rate),
    ),
    "times the rate": (
        "It multiplies by the share dropped. In the forward pass the survivors were divided by the share kept.",
        lambda passed, rate: passed * rate,
    ),
    "scaled twice": (
        "The scale appears squared. One factor: dy already holds what comes after the layer.",
        lambda passed, rate: passed / (1 - rate) ** 2,
    ),
    "divided by the rate": (
        "The scale divides by the share dropped. In the forward pass it was the share kept.",
        lambda passed, rate: passed / rate,
    ),
    "sign turned": (
        "The sign is reversed. Descent takes the minus later, in the step; here it is the plain derivative.",
        lambda passed, rate: -passed / (1 - rate),
    ),
    "sign turned, without the scale": (
        "The sign is reversed: descent takes the minus later, in the step. And y was x *times a factor*, which "
        "belongs in "
        "the slope.",
        lambda passed, rate: -passed,
    ),
}


def _parts():
    """A wrong mask, a wrong factor, or both."""
    for mask, factor in itertools.product(["", *_MASKS], ["", *_FACTORS]):
        parts = [(mask, _MASKS)] * bool(mask) + [(factor, _FACTORS)] * bool(factor)
        if parts:
            messages = " ".join(known[part][0] for part, known in parts)
            yield Mistake(", ".join(part for part, _ in parts), messages, _of_parts(mask, factor))


def _of_parts(mask, factor):
    def wrong(dy, kept, rate):
        passed = _MASKS[mask][1](dy, kept) if mask else dy * kept
        return _FACTORS[factor][1](passed, rate) if factor else passed / (1 - rate)

    return wrong


def _passing(args, outputs):
    """The factors of those gradients that pass."""
    passing = args[1] & (args[0] != 0)
    return outputs[0][passing] / args[0][passing]


dropout_backward = _Drawing(
    dropout_backward,
    own_draws=(
        "Called twice with the same arguments, it gives two different results: a fresh mask is drawn. The gradient "
        "of units that took part would"
        " be thrown away, and units that did not take part would be blamed. Use the mask of the forward pass: that "
        "is why the layer remembers it."
    ),
    ignored=(
        1,
        "The result is the same with another `mask`. It should depend on which elements were kept in the forward pass: that "
        "is what `mask` says.",
    ),
    outputs=["dx"],
    cases=_backward_cases,
    variants=[
        lambda dy, mask, rate: np.where(mask, dy / (1 - rate), 0.0),
        lambda dy, mask, rate: dy * (mask.astype(np.float32) / np.float32(1 - rate)),
        lambda dy, mask, rate: np.array([d / (1 - rate) if m else 0 for d, m in zip(dy.ravel(), mask.ravel())],
                                        dtype=float).reshape(dy.shape),
    ],
    mistakes=[
        *_parts(),
        Mistake(
            "the gradient of dropped elements stays",
            "Where an element was dropped, you return its dy unchanged. Its y was 0 whatever its x, so its gradient "
            "is 0.",
            lambda dy, mask, rate: np.where(mask, dy / (1 - rate), dy),
        ),
        Mistake(
            "scaled by the share that was kept",
            "You divide by the share that *happened* to be kept (the mask's mean). The forward pass divided by the "
            "share expected, `1 - rate`.",
            lambda dy, mask, rate: dy * mask / mask.mean(),
        ),
        Mistake(
            "factor without brackets",
            "In / 1 - rate the denominator has lost its brackets: first it divides by 1, and then the rate is subtracted from "
            "every element.",
            lambda dy, mask, rate: dy * mask - rate,
        ),
        Mistake(
            "divided by the mask",
            "It divides by the mask, which is 0 where an element was dropped. The chain rule multiplies.",
            lambda dy, mask, rate: dy / (mask * (1 - rate)),
        ),
        Mistake(
            "the slope alone",
            "That is the slope of the layer. The chain rule multiplies it by what comes from above, `dy`.",
            lambda dy, mask, rate: mask / (1 - rate),
        ),
        Mistake(
            "the mask",
            "That is the mask. The chain rule multiplies it, and the scale, by what comes from above, `dy`.",
            lambda dy, mask, rate: mask.astype(float),
        ),
        Mistake(
            "mean over the batch",
            "It takes the mean over the batch. dx has the shape of x: every element has a gradient of its own.",
            lambda dy, mask, rate: (dy * mask / (1 - rate)).mean(axis=0),
        ),
        Mistake(
            "averaged over the batch",
            "It divides by the number of examples. If the loss is a mean, `dy` contains that already.",
            lambda dy, mask, rate: dy * mask / (1 - rate) / len(dy),
        ),
        Mistake(
            "summed over the batch",
            "It sums over the batch, as one does for the gradient of a weight. Dropout has no weights: dx has the "
            "shape of x.",
            lambda dy, mask, rate: (dy * mask / (1 - rate)).sum(axis=0),
        ),
        Mistake(
            "zeros of the gradient",
            "The mask is made from `dy`. The mask of the forward pass is given.",
            lambda dy, mask, rate: dy * (dy > 0) / (1 - rate),
        ),
        Mistake(
            "kept gradients cut out",
            "It returns only the kept elements, so the shape is lost. A dropped element has a gradient: 0.",
            lambda dy, mask, rate: dy[mask] / (1 - rate),
        ),
    ],
    properties=[
        Property(
            "Where an element was dropped its gradient should be 0. Somewhere it is not.",
            lambda args, outputs: bool(np.all(outputs[0][~args[1]] == 0)),
        ),
        Property(
            "Where an element was kept its gradient should pass. Somewhere it is 0.",
            lambda args, outputs: bool(np.all(_passing(args, outputs) != 0)),
        ),
        Property(
            "Every gradient that passes should be the same multiple of dy.",
            lambda args, outputs: bool(np.ptp(_passing(args, outputs)) < 1e-3),
        ),
        Property(
            "The mask is right, and all gradients that pass get the same factor. But it is not the factor of the "
            "forward pass.",
            lambda args, outputs: bool(np.allclose(_passing(args, outputs), 1 / (1 - args[2]), rtol=1e-3)),
        ),
    ],
    points=2,
    hints=[
        "For a given mask the layer multiplies each element by a number that does not depend on x. What is the slope "
        "of y = c·x?",
        "c is 0 where an element was dropped and 1/(1 − rate) where it was kept. The chain rule multiplies dy by c.",
    ],
    insight="For one step the mask is fixed, and the layer is a multiplication. A dropped unit gets no gradient: "
    "in this step it learns nothing, and nothing is blamed on it.",
)
