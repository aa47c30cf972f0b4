"""Notebook 08, predict: under batch normalization."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_SAME_OUTPUT = (
    "the mean and the standard deviation of each unit double, too. The mean is subtracted, and the result is divided "
    "by the standard deviation: what is left of the factor 2?"
)


under_batch_norm = PredictExercise(
    {
        "the network's output (training mode)": 1.0,
        "the L2 penalty": 4.0,
        "the gradient of the loss for the kernel": 0.5,
        "a step of SGD on the loss, as a share of the kernel's size": 0.25,
    },
    variable="factor",
    follows={
        "a step of SGD on the loss, as a share of the kernel's size": (
            ("the gradient of the loss for the kernel",), lambda gradient: gradient / 2,
        ),
    },
    mistakes={
        "the network's output (training mode)": [
            Mistake("doubled", _SAME_OUTPUT, 2.0),
            Mistake("halved", _SAME_OUTPUT, 0.5),
            Mistake("fourfold", _SAME_OUTPUT, 4.0),
            Mistake("none", "give the factor, not the change: what does not change is multiplied by 1.", 0.0),
        ],
        "the L2 penalty": [
            Mistake("not squared", "the penalty is a sum of *squares*: each w² becomes (2w)².", 2.0),
            Mistake("unchanged", "the penalty does not depend on the batch normalization: it is the sum of w², "
                "whatever comes after the layer.", 1.0),
            Mistake("halved", "larger weights cost more.", 0.5),
            Mistake("eightfold", "each w² becomes (2w)².", 8.0),
            Mistake("the increase", "that is the increase, as a multiple of the old penalty. We want the factor.", 3.0),
        ],
        "the gradient of the loss for the kernel": [
            Mistake("doubled", "the loss is the same function of the kernel's *direction*. On a kernel twice as long, the same change of a weight "
                    "turns it half as much.", 2.0),
            Mistake("unchanged", "the loss is the same, its slope is not: on a kernel twice as long, the same change of a weight turns it half as "
                    "much.", 1.0),
            Mistake("a quarter", "it does not shrink as much. L(2w) = L(w): take the slope on both sides; the chain rule gives one 2.", 0.25),
            Mistake("zero", "only its part *along* the kernel is 0. A kernel can still be turned.", 0.0),
            Mistake("fourfold", "on a kernel twice as long, the same change of a weight turns it half as much.", 4.0),
        ],
        "a step of SGD on the loss, as a share of the kernel's size": [
            Mistake("only one of the two", "a share of the size is step over size, and doubling the kernel changes both of them.", 0.5),
            Mistake("unchanged", "the share is step over size: how does each of the two change?", 1.0),
            Mistake("doubled", "the share is step over size: the size has become larger, the step has not.", 2.0),
            Mistake("fourfold", "the share is step over size: the size has become larger, the step has not.", 4.0),
        ],
    },
    points=2,
    hints=[
        "Doubling the kernel doubles the output of the dense layer. Then the batch's mean is subtracted and the result "
        "is divided by the standard deviation.",
        "The loss as a function of the kernel: L(2w) = L(w). Take the slope on both sides (chain rule): what is L′(2w)?",
    ],
    insight="L(2w) = L(w), so L′(2w) = L′(w)/2, and a step on a kernel twice as long has a quarter of the effect. "
            "The learning rate that matters is η/|w|².",
)
