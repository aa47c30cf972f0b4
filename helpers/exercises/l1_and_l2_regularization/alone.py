"""Notebook 08, predict: one weight, one step."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_HALF = (
    "the slope of w² is 2w. You have taken w, as if the penalty were λ/2 · w². Both are in use; here there is no ½ "
    "in the formula."
)


_RATE = "the slope is subtracted as it is. A step is the learning rate times the slope."


_FIXED = "that is L1's step, the same for every size. The slope of L2 grows with the weight."


_SHARE = "that is L2's step, in proportion to the weight. The slope of |w| is 1 (or −1), whatever the size."


_GROWN = "the weight has grown. A step goes *against* the slope."


_SLOPE = "that is the slope, λ · 1. The step is the learning rate times it, and starts from where the weight is."


_UNMOVED = "the loss does not pull at it, but the penalty does."


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
    mistakes={
        "L2: 2.0 becomes": [
            Mistake("factor 2 forgotten", _HALF, 1.9),
            Mistake("learning rate forgotten", _RATE, 0.0),
            Mistake("learning rate and 2 forgotten", _RATE + " And the slope of w² is 2w.", 1.0),
            Mistake("the step of L1", _FIXED, 1.95),
            Mistake("grown", _GROWN, 2.2),
            Mistake("strength forgotten", "that is 2 − η · 2w: the strength λ multiplies the slope.", 1.6),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.2),
            Mistake("unmoved", _UNMOVED, 2.0),
        ],
        "L1: 2.0 becomes": [
            Mistake("the step of L2", _SHARE, 1.8),
            Mistake("learning rate forgotten", _RATE, 1.5),
            Mistake("strength forgotten", "that is 2 − η (or half a step of L2): the slope of λ|w| is λ.", 1.9),
            Mistake("grown", _GROWN, 2.05),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.05),
            Mistake("the slope alone", _SLOPE, 0.5),
            Mistake("unmoved", _UNMOVED, 2.0),
        ],
        "L2: 0.03 becomes": [
            Mistake("the step of L1", _FIXED, -0.02),
            Mistake("the soft threshold", "that is what another penalty does, with a step that comes later. L2's slope at "
                    "0.03 is small: 2 · 0.5 · 0.03.", 0.0),
            Mistake("factor 2 forgotten", _HALF, 0.0285),
            Mistake("grown", _GROWN, 0.033),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.003),
            Mistake("strength forgotten", "that is w − η · 2w: the strength λ multiplies the slope.", 0.024),
            Mistake("unmoved", "that is the slope, or the weight unmoved. The step is the learning rate times the slope.", 0.03),
        ],
        "L1: 0.03 becomes": [
            Mistake("stops at 0", "that is what one would like. But a plain step of gradient descent does not look where "
                    "0 is: it takes η times the slope.", 0.0),
            Mistake("the step of L2", _SHARE, 0.027),
            Mistake("learning rate forgotten", _RATE, -0.47),
            Mistake("grown", _GROWN, 0.08),
            Mistake("sign lost", "0.03 − 0.05: mind the sign.", 0.02),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.05),
            Mistake("strength forgotten", "that is w − η: the strength λ multiplies the slope.", -0.07),
            Mistake("the slope alone", _SLOPE, 0.5),
            Mistake("unmoved", _UNMOVED, 0.03),
        ],
        "L2 ever reaches exactly 0": [
            Mistake("arrives", "each step leaves nine tenths of what was there. Nine tenths of something is not nothing.",
                    True),
        ],
    },
    points=2,
    hints=[
        "One step: new weight = old weight − learning rate · slope of the penalty. The formulas of the slopes stand above.",
        "The slope of L2 at 2.0 is 2 · 0.5 · 2.0, that of L1 is 0.5. Then at 0.03: which of the two has become small?",
    ],
    insight="L2 takes a share, L1 takes an amount. So L2 is gentle to small weights and never done with them; L1 is hard on "
    "small weights, and its plain step overshoots.",
)
