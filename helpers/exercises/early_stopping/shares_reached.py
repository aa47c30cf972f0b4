"""Notebook 11, predict: shares of the way."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_STEEP_GD = "steep direction (h = 1), 10 steps: share reached"


_FLAT_GD = "flat direction (h = 0.1), 10 steps: share reached"


_STEEP_L2 = "L2 with λ = 1, steep direction: share reached"


_FLAT_L2 = "L2 with λ = 1, flat direction: share reached"


_STEPS = "steps whose λ is about 0.01"


shares_reached = PredictExercise(
    {_STEEP_GD: 1 - 0.9**10, _FLAT_GD: 1 - 0.99**10, _STEEP_L2: 0.5, _FLAT_L2: 0.1 / 1.1, _STEPS: 1000},
    variable="prediction",
    tolerance=0.02,
    mistakes={
        _STEEP_GD: [
            Mistake("what is left", "that is what is *left* of the way. The question asks for the share that has been "
                                    "reached.", 0.9**10),
            Mistake("straight on", "each step takes the same share of what is *left*, not the same length: after ten steps "
                    "with η·h = 0.1 something is still left.", 1.0),
            Mistake("one step", "that is the share after one step.", 0.1),
            Mistake("infinitely small steps", "that is 1 − e^(−1), the share after infinitely many, infinitely small steps. "
                    "Ten steps leave (1 − η·h)^10.", 0.632),
            Mistake("nine steps", "that is the share after nine steps.", 1 - 0.9**9),
            Mistake("eleven steps", "that is the share after eleven steps.", 1 - 0.9**11),
        ],
        _FLAT_GD: [
            Mistake("what is left", "that is what is *left* of the way. The question asks for the share that has been "
                                    "reached.",
                    0.99**10),
            Mistake("as if steep", "here η·h is 0.01, not 0.1.", 1 - 0.9**10),
            Mistake("straight on", "nearly; but each step takes one hundredth of what is *left*, so after ten steps it is a "
                    "little less than ten hundredths.", 0.1),
            Mistake("one step", "that is the share after one step.", 0.01),
        ],
        _STEEP_L2: [
            Mistake("the penalty's share", "put the numbers into h/(h + λ): h is 1, and λ is 1.", 1.0),
            Mistake("h λ", "h is divided by the *sum* h + λ.", 2.0),
        ],
        _FLAT_L2: [
            Mistake("without h below", "that is h/λ. The formula divides by the sum h + λ.", 0.1),
            Mistake("the complement", "that is λ/(h + λ), what is left of the way.", 1 / 1.1),
            Mistake("as if steep", "here h is 0.1.", 0.5),
            Mistake("upside down", "that is (h + λ)/h. A share of the way is at most 1.", 11.0),
        ],
        _STEPS: [
            Mistake("η forgotten", "1/λ is η·t; η is 0.1 here.", 100),
            Mistake("multiplied by η", "t = 1/(η λ): divide by η.", 10),
        ],
    },
    patterns=[
        Mistake("percentages", "right as percentages. Shares are asked for, as numbers from 0 to 1.",
                {_STEEP_GD: 100 * (1 - 0.9**10), _FLAT_GD: 100 * (1 - 0.99**10), _STEEP_L2: 50.0, _FLAT_L2: 100 / 11}),
        Mistake("directions swapped", "the steep direction and the flat one have changed places. In the steep one more of "
                "the way is covered.", {_STEEP_GD: 1 - 0.99**10, _FLAT_GD: 1 - 0.9**10}),
        Mistake("directions swapped", "the steep direction and the flat one have changed places. In the steep one more of "
                "the way is covered.", {_STEEP_L2: 0.1 / 1.1, _FLAT_L2: 0.5}),
    ],
    points=2,
    hints=[
        "In each step what is left is multiplied by 1 − η·h. After t steps it is (1 − η·h) to the power t; the rest has "
        "been reached.",
        "For L2 put the numbers into h/(h + λ). For the last line solve λ = 1/(η t) for t.",
    ],
    insight="0.65 against 0.5 in the steep direction, 0.096 against 0.091 in the flat one: the numbers differ, but the "
    "pattern is the same. Both methods go a large part of the way where the loss is steep, and only a small part where "
    "it is flat.",
)
