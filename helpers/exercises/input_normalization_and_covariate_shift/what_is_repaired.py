"""Notebook 01, predict: what is repaired."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_EFFECTS = ("repairs", "repairs in part", "no help", "harms")


_CONTRAST = "contrast halved: ink becomes half, width stays"


_FOG = "fog: 0.1 added to every pixel of every picture"


_RULE = "the rule moved: the same inputs, different labels"


_SHARES = "same light, but 95 of 100 digits are ones"


what_is_repaired = PredictExercise(
    {_CONTRAST: "repairs", _FOG: "repairs in part", _RULE: "no help", _SHARES: "harms"},
    variable="prediction",
    choices={entry: _EFFECTS for entry in (_CONTRAST, _FOG, _RULE, _SHARES)},
    mistakes={
        _CONTRAST: [
            Mistake("in part", "all values of a feature change by one factor: what becomes of it when you divide by "
                    "the spread?",
                    "repairs in part"),
            Mistake("no help", "halving the ink halves its mean and its spread, too. Put that into (x − μ)/σ.", "no help"),
            Mistake("harms", "halving the ink halves its mean and its spread, too. Put that into (x − μ)/σ.", "harms"),
        ],
        _FOG: [
            Mistake("all of it", "for the ink it nearly does. But fog at the left and right edges widens a narrow "
                    "digit with little ink far more than a wide one: zeros and ones become about equally wide. The "
                    "batch's own mean and standard deviation are then not the shift and the factor that would bring "
                    "it back to its side of the line.", "repairs"),
            Mistake("no help", "much of what fog does is the same for all pictures: everything gets more ink and more "
                    "width. This part is subtracted.", "no help"),
            Mistake("harms", "much of what fog does is the same for all pictures, and this part is subtracted."
                    "", "harms"),
        ],
        _RULE: [
            Mistake("repairs", "the inputs are the same, so there is no shift to remove. Normalization does not look "
                    "at the labels.",
                    "repairs"),
            Mistake("in part", "the inputs are the same, so there is no shift to remove. Normalization does not look "
                    "at the labels.",
                    "repairs in part"),
            Mistake("harms", "the inputs are the same, so their mean and spread are the same, too: almost nothing "
                    "changes.",
                    "harms"),
        ],
        _SHARES: [
            Mistake("repairs", "there is nothing to repair: with the statistics of batch 1 each digit stays where it was. "
                    "What is the mean of a batch of ones, and where do they go when it is subtracted?", "repairs"),
            Mistake("in part", "there is nothing to repair: with the statistics of batch 1 each digit stays where it was. "
                    "Where do the ones go when their own mean is subtracted?", "repairs in part"),
            Mistake("no help", "it is worse than that. The mean of such a batch is nearly the mean of the ones. Where "
                    "do they go when it is subtracted?", "no help"),
        ],
    },
    points=2,
    hints=[
        "Normalizing a batch by its own statistics removes one shift and one factor per feature, and nothing else.",
        "Ask in each case: is the change the same for all digits of the batch? And should it be removed?",
    ],
    insight="Normalizing each batch removes one shift and one factor per feature. That is good where the light caused "
    "them, and bad where the classes did. The next cells measure all four.",
)
