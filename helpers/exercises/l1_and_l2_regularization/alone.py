"""Notebook 08, predict: one weight, one step."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_HALF = (
    "this is the result for a slope of λw, as if the penalty were λ/2 · w². Both conventions are in use; here there "
    "is no ½ in the formula, and the slope of w² is 2w."
)


_RATE = "here the slope is subtracted as it is. A step is the learning rate times the slope."


_OTHER = "that is the step of the other penalty. L2's slope, 2λw, grows with the weight; the size of L1's, λ, is the same everywhere."


_GROWN = "the weight has grown. A step goes *against* the slope."


_SLOPE = "that is the slope. The step is the learning rate times the slope, and starts from the old weight."


_UNMOVED = "that is where the weight was. The loss does not pull at it, but the penalty does."


_DISTANCE = "that is how far the weight moves. The question is where it arrives."


_STRENGTH = "this is the result for λ = 1. Here λ is 0.5, and it multiplies the slope."


_TWICE = "that is a step of 0.1. The slope of λ|w| is λ in size, without a 2, and the step is η times it."


_END = (
    "the figure shows where a weight *ends*. Here *one* step is asked for, of a weight at which the loss does not pull: "
    "the learning rate times the slope of the penalty."
)


_SIZE = "that takes a share of the weight. The slope of L1 does not depend on the size of w: it is λ, here towards 0."


alone = PredictExercise(
    {
        "L2: 2.0 becomes": 1.8,
        "L1: 2.0 becomes": 1.95,
        "L2: 0.03 becomes": 0.027,
        "L1: 0.03 becomes": -0.02,
        "L2 ever reaches exactly 0": False,
    },
    variable="prediction",
    choices={"L2 ever reaches exactly 0": (True, False)},
    patterns=[
        Mistake("the end, without a loss", _END,
                {"L2: 2.0 becomes": 0.0, "L1: 2.0 becomes": 0.0, "L2: 0.03 becomes": 0.0, "L1: 0.03 becomes": 0.0}),
        Mistake("the end, in the figure", _END,
                {"L2: 2.0 becomes": 4 / 3, "L1: 2.0 becomes": 1.75, "L2: 0.03 becomes": 0.02, "L1: 0.03 becomes": 0.0}),
        Mistake("the slope of L1 taken as λw", _SIZE, {"L1: 2.0 becomes": 1.9, "L1: 0.03 becomes": 0.0285}),
        Mistake("the other penalty's step", _OTHER,
                {"L2: 2.0 becomes": 1.95, "L1: 2.0 becomes": 1.8, "L2: 0.03 becomes": -0.02, "L1: 0.03 becomes": 0.027}),
        Mistake("learning rate forgotten", _RATE,
                {"L2: 2.0 becomes": 0.0, "L1: 2.0 becomes": 1.5, "L2: 0.03 becomes": 0.0, "L1: 0.03 becomes": -0.47}),
        Mistake("grown", _GROWN,
                {"L2: 2.0 becomes": 2.2, "L1: 2.0 becomes": 2.05, "L2: 0.03 becomes": 0.033, "L1: 0.03 becomes": 0.08}),
        Mistake("the step alone", _DISTANCE,
                {"L2: 2.0 becomes": 0.2, "L1: 2.0 becomes": 0.05, "L2: 0.03 becomes": 0.003, "L1: 0.03 becomes": 0.05}),
        Mistake("the change alone", _DISTANCE,
                {"L2: 2.0 becomes": -0.2, "L1: 2.0 becomes": -0.05, "L2: 0.03 becomes": -0.003, "L1: 0.03 becomes": -0.05}),
        Mistake("factor 2 forgotten", _HALF, {"L2: 2.0 becomes": 1.9, "L2: 0.03 becomes": 0.0285}),
        Mistake("unmoved", _UNMOVED,
                {"L2: 2.0 becomes": 2.0, "L1: 2.0 becomes": 2.0, "L2: 0.03 becomes": 0.03, "L1: 0.03 becomes": 0.03}),
        Mistake("the slope alone", _SLOPE,
                {"L2: 2.0 becomes": 2.0, "L1: 2.0 becomes": 0.5, "L2: 0.03 becomes": 0.03, "L1: 0.03 becomes": 0.5}),
        # A step of 0.1 in L1 alone has two causes; with L2's values beside it there is one.
        Mistake("twice the step of L1", _TWICE, {"L1: 2.0 becomes": 1.9, "L1: 0.03 becomes": -0.07}),
        Mistake("strength forgotten", _STRENGTH,
                {"L2: 2.0 becomes": 1.6, "L1: 2.0 becomes": 1.9, "L2: 0.03 becomes": 0.024, "L1: 0.03 becomes": -0.07}),
    ],
    follows={
        "L2: 0.03 becomes": (("L2: 2.0 becomes",), lambda first: 0.03 * first / 2),
        "L1: 0.03 becomes": (("L1: 2.0 becomes",), lambda first: 0.03 - (2 - first)),
    },
    mistakes={
        "L2: 2.0 becomes": [
            Mistake("factor 2 forgotten", _HALF, 1.9),
            Mistake("learning rate forgotten", _RATE, 0.0),
            Mistake("learning rate and 2 forgotten", f"{_RATE} And the slope of w² is 2w.", 1.0),
            Mistake("the other penalty's step", _OTHER, 1.95),
            Mistake("grown", _GROWN, 2.2),
            Mistake("strength forgotten", _STRENGTH, 1.6),
            Mistake("the step alone", _DISTANCE, 0.2),
            Mistake("the change alone", _DISTANCE, -0.2),
            Mistake("unmoved", _UNMOVED, 2.0),
        ],
        "L1: 2.0 becomes": [
            Mistake("the other penalty's step", _OTHER, 1.8),
            Mistake("learning rate forgotten", _RATE, 1.5),
            Mistake("twice the step of L1", _TWICE, 1.9),
            Mistake("grown", _GROWN, 2.05),
            Mistake("the step alone", _DISTANCE, 0.05),
            Mistake("the change alone", _DISTANCE, -0.05),
            Mistake("the slope alone", _SLOPE, 0.5),
            Mistake("unmoved", _UNMOVED, 2.0),
        ],
        "L2: 0.03 becomes": [
            Mistake("the other penalty's step", _OTHER, -0.02),
            Mistake("all of it", "that would be a step of 0.03. L2's slope at 0.03 is small, 2 · 0.5 · 0.03, and the step is η times it.",
                    0.0),
            Mistake("factor 2 forgotten", _HALF, 0.0285),
            Mistake("learning rate and 2 forgotten", f"{_RATE} And the slope of w² is 2w.", 0.015),
            Mistake("grown", _GROWN, 0.033),
            Mistake("the step alone", _DISTANCE, 0.003),
            Mistake("the change alone", _DISTANCE, -0.003),
            Mistake("strength forgotten", _STRENGTH, 0.024),
            Mistake("unmoved", _UNMOVED, 0.03),
        ],
        "L1: 0.03 becomes": [
            Mistake("stops at 0", "that is what one would like. But a plain step of gradient descent does not check "
                    "where 0 is: it takes η times the slope.", 0.0),
            Mistake("the other penalty's step", _OTHER, 0.027),
            Mistake("learning rate forgotten", _RATE, -0.47),
            Mistake("grown", _GROWN, 0.08),
            Mistake("sign lost", "0.03 − 0.05: mind the sign.", 0.02),
            Mistake("the step alone", _DISTANCE, 0.05),
            Mistake("the change alone", _DISTANCE, -0.05),
            Mistake("twice the step of L1", _TWICE, -0.07),
            Mistake("the slope alone", _SLOPE, 0.5),
            Mistake("unmoved", _UNMOVED, 0.03),
        ],
        "L2 ever reaches exactly 0": [
            Mistake("arrives", "each step takes away the same share of the weight. What is left is never exactly 0.",
                    True),
        ],
    },
    points=2,
    hints=[
        "One step: new weight = old weight − learning rate · slope of the penalty. The formulas of the slopes are "
        "given above.",
        "The slope of L2 at 2.0 is 2 · 0.5 · 2.0, that of L1 is 0.5. Then at 0.03: which of the two has become small?",
    ],
    insight="L2 takes away a share of the weight, L1 a fixed amount. So L2 moves small weights only a little and "
    "never to 0. L1 moves them as far as large ones, and its plain step overshoots.",
)
