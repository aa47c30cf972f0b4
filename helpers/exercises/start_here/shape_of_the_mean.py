"""Notebook 00, predict: shape of the mean."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


shape_of_the_mean = PredictExercise(
    {"x.mean(axis=0)": (3,), "x.mean(axis=1)": (5,), "x.mean()": ()},
    variable="shapes",
    mistakes={
        "x.mean(axis=0)": [
            Mistake(
                "the axis kept",
                "axis 0 is the one that disappears; (5,) would be left if axis 1 disappeared.",
                (5,),
            ),
            Mistake("length 1 kept", "the axis disappears altogether; `keepdims=True` would leave a 1.", (1, 3)),
        ],
        "x.mean(axis=1)": [
            Mistake(
                "the other axis kept",
                "axis 1 is the one that disappears; (3,) would be left if axis 0 disappeared.",
                (3,),
            ),
            Mistake("length 1 kept (axis 1)", "the axis disappears altogether; `keepdims=True` would leave a 1.", (5, 1)),
        ],
        "x.mean()": [
            Mistake("one number as (1,)", "a single number has no axes at all: its shape is `()`.", (1,)),
        ],
    },
    points=1,
    hints=[
        "`axis=0` means: walk along axis 0 and average. Which axis is left?",
        "The shape of the result is the old shape without the axis you named.",
    ],
    insight="The axis you name is the one that disappears. All of normalization is about which axes those are.",
)
