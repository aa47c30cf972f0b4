"""Notebook 10, predict: which batch normalization is misled?."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


misled = PredictExercise(
    {
        "Dense, ReLU, Dropout, Dense, BN, ...": True,
        "Dense, BN, ReLU, Dropout, Dense": False,
        "Dropout (of the pixels), Dense, BN, ...": True,
        "Dense, BN, ReLU, Dropout, Dense, BN, ReLU, Dropout, Dense": True,
    },
    variable="misled",
    choices={
        "Dense, ReLU, Dropout, Dense, BN, ...": (True, False),
        "Dense, BN, ReLU, Dropout, Dense": (True, False),
        "Dropout (of the pixels), Dense, BN, ...": (True, False),
        "Dense, BN, ReLU, Dropout, Dense, BN, ReLU, Dropout, Dense": (True, False),
    },
    patterns=[
        Mistake(
            "dropout in front overlooked",
            "in each of these networks a dropout layer lies in front of a BN, whatever stands between the two. What the BN "
            "stores in training contains the masks' noise.",
            dict.fromkeys(
                (
                    "Dense, ReLU, Dropout, Dense, BN, ...",
                    "Dropout (of the pixels), Dense, BN, ...",
                    "Dense, BN, ReLU, Dropout, Dense, BN, ReLU, Dropout, Dense",
                ),
                False,
            ),
        ),
    ],
    mistakes={
        "Dense, ReLU, Dropout, Dense, BN, ...": [
            Mistake(
                "the dense layer protects",
                "the dense layer between them adds up inputs that the masks have made noisy; the sum is noisy, too "
                "(your formula).",
                False,
            ),
        ],
        "Dense, BN, ReLU, Dropout, Dense": [
            Mistake(
                "dropout behind it",
                "follow the signal from left to right: what arrives at this BN has not met any mask yet.",
                True,
            ),
        ],
        "Dropout (of the pixels), Dense, BN, ...": [
            Mistake(
                "pixels do not count",
                "dropped pixels are dropped inputs like any others: the dense layer's sums are noisy.",
                False,
            ),
        ],
        "Dense, BN, ReLU, Dropout, Dense, BN, ReLU, Dropout, Dense": [
            Mistake(
                "only the first one looked at",
                "the first BN is safe. But the second one has the first dropout in front of it: \"dropout behind BN\", "
                "block after block, puts dropout in front of the next BN.",
                False,
            ),
        ],
    },
    points=1,
    hints=[
        "Follow the signal from left to right. Has it passed a dropout layer when it arrives at a BN?",
        "In the last network there are two BN layers. It is enough if one is misled.",
    ],
    insight="What counts is whether *any* dropout lies in front. So \"dropout behind BN\" is safe only behind the last "
    "one: that is what Li and others recommend.",
)
