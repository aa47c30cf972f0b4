"""Notebook 00, predict: shape of the mean."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_KEPT = "an axis that is averaged over disappears altogether; only with `keepdims=True` does a 1 stay in its place."
_SAME = "this is the shape of x itself. An average leaves fewer numbers."
_SWAPPED = "the axes are swapped. The axis you name is the one that disappears."
_TWO_LEFT = "that shape has two axes. x has two, and one of them disappears: how many are left?"
_ONE_NUMBER = "without an axis, `mean` averages over all of them, and no axis is left."


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
            Mistake("length 1 kept", _KEPT, (1, 3)),
            Mistake("the shape of x", _SAME, (5, 3)),
            Mistake("a column", _TWO_LEFT, (3, 1)),
            Mistake("the other one, as a column", _TWO_LEFT, (5, 1)),
            Mistake("no axis left", "that is a single number. Only axis 0 disappears.", ()),
        ],
        "x.mean(axis=1)": [
            Mistake(
                "the other axis kept",
                "axis 1 is the one that disappears; (3,) would be left if axis 0 disappeared.",
                (3,),
            ),
            Mistake("length 1 kept (axis 1)", _KEPT, (5, 1)),
            Mistake("the shape of x (axis 1)", _SAME, (5, 3)),
            Mistake("a row (axis 1)", _TWO_LEFT, (1, 5)),
            Mistake("the other one, as a row (axis 1)", _TWO_LEFT, (1, 3)),
            Mistake("no axis left (axis 1)", "that is a single number. Only axis 1 disappears.", ()),
        ],
        "x.mean()": [
            Mistake("one number as (1,)", "a single number has no axes at all: its shape is `()`.", (1,)),
            Mistake("lengths 1 kept", _KEPT, (1, 1)),
            Mistake("no numbers", "`(0,)` is an array without any number. A single number has no axes: `()`.", (0,)),
            Mistake("the shape of x (no axis)", _SAME, (5, 3)),
            Mistake("one for each column", _ONE_NUMBER, (3,)),
            Mistake("one for each row", _ONE_NUMBER, (5,)),
            Mistake("all in a row", "15 is how many numbers x has. Their mean is one number.", (15,)),
        ],
    },
    patterns=[Mistake("axes swapped", _SWAPPED, {"x.mean(axis=0)": (5,), "x.mean(axis=1)": (3,)})],
    points=1,
    hints=[
        "`axis=0` means: walk along axis 0 and average. Which axis is left?",
        "The shape of the result is the old shape without the axis you named.",
    ],
    insight="The axis you name is the one that disappears. Every kind of normalization in this course has to say which "
    "axes those are.",
)
