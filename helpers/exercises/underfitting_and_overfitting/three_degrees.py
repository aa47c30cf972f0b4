"""Notebook 07, predict: three degrees."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


three_degrees = PredictExercise(
    {
        "parameters of degree 15": 16,
        "lowest training error": 15,
        "lowest error on new measurements": 4,
        "training error of degree 29": 0.0,
    },
    variable="prediction",
    choices={"lowest training error": (1, 4, 15), "lowest error on new measurements": (1, 4, 15)},
    mistakes={
        "parameters of degree 15": [
            Mistake("constant forgotten", "the constant counts as well: it belongs to x to the power 0.",
                    15),
            Mistake("one too many", "from power 0 up to power 15: count again.", 17),
            Mistake("the measurements", "30 is the number of measurements.", 30),
            Mistake("one power", "every power from 0 to 15 has its coefficient, not only the highest.", 1),
            Mistake("constant and highest", "every power from 0 to 15 has its coefficient, not only the first and the last.", 2),
            Mistake("what is left over", "14 is how many measurements there are beyond the coefficients. The "
                    "question is how many coefficients the polynomial has.", 14),
        ],
        "lowest training error": [
            Mistake("the straight line", "degree 4 can be any straight line, too: set the higher coefficients to 0. "
                    "So on the training data it cannot be worse.", 1),
            Mistake("the one that looks right", "degree 15 can be any polynomial of degree 4, too: set the higher "
                    "coefficients to 0. So on the training data it cannot be worse. Which of the curves *looks* right is "
                    "another question.", 4),
        ],
        "lowest error on new measurements": [
            Mistake("the straight line", "a straight line cannot follow a bend, wherever it is measured. Which of the "
                    "other two do you trust between the points?", 1),
            Mistake("the most flexible", "it comes closest to the 30 points it has seen, the noise in them included. "
                    "New measurements have different noise. Look at its curve between the points.", 15),
        ],
        "training error of degree 29": [
            Mistake("the noise", "that is the error the true function would leave. Degree 29 has 30 "
                    "coefficients for 30 points: how much is left over?", 0.1),
            Mistake("the noise's variance", "that is the error the true function would leave (squared). "
                    "Degree 29 has 30 coefficients for 30 points: how much is left over?", 0.01),
            Mistake("the largest", "it is the error on the *training* points. 30 coefficients, 30 points: how much is left "
                    "over?", 1.0),
            Mistake("as of degree 28", "this is about what 29 coefficients would leave. Degree 29 has one for each point.",
                    0.1 / 30**0.5),
        ],
    },
    patterns=[
        Mistake("exchanged", "the more capacity, the closer a curve comes to the points it is fitted to, and from "
                "some degree on it follows their noise. New points have different noise.",
                {"lowest training error": 4, "lowest error on new measurements": 15}),
    ],
    points=2,
    hints=[
        "A polynomial of degree 2 is w0 + w1·x + w2·x²: three coefficients. Through two points there is a straight "
        "line.",
        "Least squares finds the best coefficients there are, for the training points. A model with more coefficients "
        "cannot do worse there.",
    ],
    insight="The two questions have different answers, and that is the subject of this notebook: on the points that "
    "it was fitted to, a model with more capacity never does worse. On other points it may.",
)
