"""Notebook 05, predict: the weights below are doubled."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


# They do not say what the gradient is multiplied by: that is asked above.
_GROWS = (
    "W is twice as long, so the step must be twice as long as before, and the rate has to grow. How much depends on "
    "the gradient, too."
)


_TWO_FACTORS = (
    "two factors belong here, one for the gradient and one for the length of W. Their product is smaller than your "
    "number."
)


doubled_weights = PredictExercise(
    {
        "output": 1.0,
        "gradient of W": 0.5,
        "gradient of x": 1.0,
        "learning rate for the same step": 4.0,
    },
    variable="factors",
    follows={"learning rate for the same step": (("gradient of W",), lambda gradient: 2 / gradient)},
    patterns=[
        Mistake(
            "as without BN",
            "these are the factors for the dense layer alone. Batch normalization follows, and divides by a standard deviation "
            "that doubles as well.",
            {"output": 2.0, "gradient of W": 1.0, "gradient of x": 2.0},
        ),
        Mistake(
            "only divided",
            "the division by the doubled standard deviation gives a factor ½. The doubled W itself gives a factor, too.",
            {"output": 0.5, "gradient of x": 0.5},
        ),
        Mistake(
            "W and x swapped",
            "these two are swapped. On its way to x the gradient is multiplied by W.",
            {"gradient of W": 1.0, "gradient of x": 0.5},
        ),
        Mistake(
            "changes",
            "these are changes, new minus old. Factors are asked for: 1 stands for no change.",
            {"output": 0.0, "gradient of W": -0.5, "gradient of x": 0.0, "learning rate for the same step": 3.0},
        ),
        Mistake(
            "percentages",
            "these are percentages. Factors are asked for: 1 stands for no change.",
            {"output": 100.0, "gradient of W": 50.0, "gradient of x": 100.0, "learning rate for the same step": 400.0},
        ),
    ],
    mistakes={
        "output": [
            Mistake(
                "output doubled",
                "xW doubles, and so do its mean and its standard deviation. What is left after the division?",
                2.0,
            ),
            Mistake(
                "output halved",
                "BN divides by the standard deviation of its input. This standard deviation has doubled, but so has "
                "the input itself.",
                0.5,
            ),
            Mistake("output 0", "the change of the output is 0. The factor is asked for.", 0.0),
            Mistake(
                "output quadrupled",
                "nothing here is squared: values, mean and standard deviation all double.",
                4.0,
            ),
        ],
        "gradient of W": [
            Mistake(
                "gradient unchanged",
                "the same change of W turns a vector of twice the length by half the angle. What does that do to the "
                "change of the loss?",
                1.0,
            ),
            Mistake(
                "gradient doubled",
                "it is the other way round: a change of a given size matters less when the weights are larger.",
                2.0,
            ),
            Mistake(
                "gradient quartered",
                "one factor ½ belongs here. (The second comes in when you ask for the learning rate.)",
                0.25,
            ),
            Mistake(
                "gradient 0",
                "only the part along W itself is 0: the loss still depends on W's direction.",
                0.0,
            ),
            Mistake(
                "gradient quadrupled",
                "it is the other way round, and there is only one factor of 2. A change of a given size matters less "
                "when the weights are larger.",
                4.0,
            ),
        ],
        "gradient of x": [
            Mistake(
                "x: doubled",
                "the gradient is multiplied by W on its way down, which is a factor 2. But before that it has passed "
                "BN, which divides by the doubled standard deviation.",
                2.0,
            ),
            Mistake(
                "x: halved",
                "BN's backward pass gives a factor ½. But then it goes through W, which has doubled.",
                0.5,
            ),
            Mistake("x: quartered", "BN's backward pass gives a factor ½, and W gives a factor 2.", 0.25),
            Mistake(
                "x: quadrupled",
                "W gives a factor 2. BN's backward pass divides by the standard deviation: which factor does that "
                "give?",
                4.0,
            ),
            Mistake("x: 0", "nothing is cut off: x still decides the output.", 0.0),
        ],
        "learning rate for the same step": [
            Mistake(
                "rate unchanged",
                "W is twice as long, so the step must be twice as long as before. The step is the rate times the "
                "gradient: how has the gradient changed?",
                1.0,
            ),
            Mistake(
                "rate doubled",
                "two things matter. W is twice as long, so the step must be twice as long as before. And the gradient "
                "has changed as well.",
                2.0,
            ),
            Mistake("rate halved", _GROWS, 0.5),
            Mistake(
                "rate quartered",
                _GROWS,
                0.25,
            ),
            Mistake("rate times 8", _TWO_FACTORS, 8.0),
            Mistake("rate times 16", _TWO_FACTORS, 16.0),
        ],
    },
    points=2,
    hints=[
        "Do it for one unit first: what are the mean and the standard deviation of the numbers 2z, if those of z are "
        "m and s?",
        "L(2W) = L(W). Differentiate both sides with respect to W: the left side gives twice the gradient at 2W.",
        "The new weights should be 2(W − η dW). They are 2W − η' dW', where dW' is the gradient that you have just "
        "found.",
    ],
    insight="If W is multiplied by a, the output and the gradient that is passed down do not change. The gradient of "
    "W is divided by a. A step with the same effect then needs a rate a² times as large.",
)
