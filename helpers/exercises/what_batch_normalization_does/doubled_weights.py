"""Notebook 05, predict: the weights below are doubled."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


doubled_weights = PredictExercise(
    {
        "output": 1.0,
        "gradient of W": 0.5,
        "gradient of x": 1.0,
        "learning rate for the same step": 4.0,
    },
    variable="factors",
    mistakes={
        "output": [
            Mistake(
                "output doubled",
                "xW doubles, and so do its mean and its standard deviation. What is left after the division?",
                2.0,
            ),
            Mistake(
                "output halved",
                "BN divides by the standard deviation of what arrives. That has doubled, and so has what is divided.",
                0.5,
            ),
            Mistake("output 0", "it is the change of the output that is 0. Its factor is asked for.", 0.0),
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
                "it goes the other way: a change of given size matters less to weights that are larger.",
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
                "it goes the other way, and only once: a change of given size matters less to weights that are "
                "larger.",
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
            Mistake("x: quartered", "BN's backward pass gives a factor ½, and W's a factor 2.", 0.25),
            Mistake(
                "x: quadrupled",
                "W gives a factor 2; what does BN's backward pass give, which divides by the standard deviation?",
                4.0,
            ),
            Mistake("x: 0", "nothing is cut off: x still decides the output.", 0.0),
        ],
        "learning rate for the same step": [
            Mistake(
                "rate unchanged",
                "with the same rate the step is half as long (its gradient has halved), and the weights are twice as "
                "long: both make the turn smaller.",
                1.0,
            ),
            Mistake(
                "rate doubled",
                "that makes up for the halved gradient. But the step must also be twice as long as before, since W "
                "is.",
                2.0,
            ),
            Mistake("rate halved", "the rate must make up for a smaller gradient: it has to grow.", 0.5),
            Mistake(
                "rate quartered",
                "it is 4 the other way round: the gradient is smaller and the weights are longer.",
                0.25,
            ),
            Mistake("rate times 8", "two factors of 2: one for the gradient, one for the length of W.", 8.0),
            Mistake(
                "rate times 16",
                "two factors of 2, not of 4: one for the gradient, one for the length of W.",
                16.0,
            ),
        ],
    },
    points=2,
    hints=[
        "Do it for one unit and the smallest case: what are mean and standard deviation of the numbers 2z, if those "
        "of z are m and s?",
        "L(2W) = L(W). Differentiate both sides with respect to W: the left side gives twice the gradient at 2W.",
        "The new W is to be 2(W − η dW), and it is 2W − η' dW', where dW' is the gradient that you have just found.",
    ],
    insight="The output and what goes further down do not notice. The gradient of W is divided by the factor, and a "
    "step that does the same to a W that is a times as long needs a rate a² times as large.",
)
