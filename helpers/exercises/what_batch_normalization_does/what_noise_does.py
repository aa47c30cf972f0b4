"""Notebook 05, predict: what noise will do."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_SIDES = ("less", "about the same", "more")


what_noise_does = PredictExercise(
    {
        "inputs wander, noisy against BN": "more",
        "inputs wander, noisy against plain": "more",
        "training, noisy against plain": "faster",
    },
    variable="guess",
    choices={
        "inputs wander, noisy against BN": _SIDES,
        "inputs wander, noisy against plain": _SIDES,
        "training, noisy against plain": ("slower", "about the same", "faster"),
    },
    mistakes={
        "inputs wander, noisy against BN": [
            Mistake(
                "noise calms",
                "the noise gives every unit a new mean at every step, and nothing after the noise removes it.",
                "less",
            ),
            Mistake(
                "BN swallows it",
                "the noise is added *after* batch normalization. The next dense layer gets it in full.",
                "about the same",
            ),
        ],
        "inputs wander, noisy against plain": [
            Mistake(
                "still calmer than plain",
                "look again at the grey line in the panel \"means\", in the section before: it is high for a while, "
                "and low before and after. The noise draws a new mean for each unit at every step, from −0.5 to 0.5. "
                "On average two such draws differ by a third of a standard deviation of BN's output. Compare the averages.",
                "less",
            ),
            Mistake(
                "as much as plain",
                "the plain network's drift is about as large at its peak. But it does not stay there, and the noise never "
                "stops. The average over training is asked for.",
                "about the same",
            ),
        ],
        "training, noisy against plain": [
            Mistake(
                "as the hypothesis says",
                "that is what one must expect if stable inputs are what helps. It is a good prediction, but it is not what "
                "happens: see the figure of the test error below.",
                "slower",
            ),
            Mistake(
                "advantage gone",
                "if stable inputs were all that helps, the advantage would be gone. It is not: see the figure of the test "
                "error below.",
                "about the same",
            ),
        ],
    },
    points=1,
    hints=[
        "Where is the noise added: before or after the normalization?",
        "The third entry tests a hypothesis. Answer what you believe: each answer teaches something.",
    ],
    insight="On average the means of the layers' inputs move more than in either of the other two networks, and training starts "
    "fast all the same. Whatever batch normalization does for the start, a stable distribution of inputs is not the "
    "main part of it.",
)
