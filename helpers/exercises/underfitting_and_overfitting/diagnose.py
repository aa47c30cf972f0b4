"""Notebook 07, predict: diagnose."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_DIAGNOSES = ("underfits", "overfits", "fits", "cannot tell")


_REMEDIES = ("more measurements", "a higher degree", "neither")


_A, _B, _C, _D, _E = (
    "A: training 0.44, validation 0.44, noise 0.1",
    "B: training 0.06, validation 0.30, noise 0.1",
    "C: training 0.10, validation 0.11, noise 0.1",
    "D: training 0.44, validation 0.45, noise 0.44",
    "E: training 0.07, validation not measured",
)


_REMEDY_A, _REMEDY_B = "remedy for A", "remedy for B"


_REMEDY_OF = {"underfits": "a higher degree", "overfits": "more measurements", "fits": "neither"}


diagnose = PredictExercise(
    {_A: "underfits", _B: "overfits", _C: "fits", _D: "fits", _E: "cannot tell",
     _REMEDY_A: "a higher degree", _REMEDY_B: "more measurements"},
    variable="diagnosis",
    choices={entry: _DIAGNOSES for entry in (_A, _B, _C, _D, _E)} | {
        entry: _REMEDIES for entry in (_REMEDY_A, _REMEDY_B)
    },
    mistakes={
        _A: [
            Mistake("no gap, so it fits", "training and validation agree, but on a bad number: the noise "
                    "alone would leave 0.1. No gap does not mean a good fit.", "fits"),
            Mistake("large, so overfitting", "a model that overfits is good on the training data. This one is bad on both.",
                    "overfits"),
            Mistake("undecided", "both errors are given, and the noise. Both errors lie far above "
                "the noise.", "cannot tell"),
        ],
        _B: [
            Mistake("large validation, so underfitting", "the training error is small, even below the "
                    "noise. A model that underfits is bad there as well.", "underfits"),
            Mistake("good training, so it fits", "the error is small on the training data and five times as "
                    "large on other data. The error on the other data counts.", "fits"),
            Mistake("undecided", "both errors are given, and they are far apart.", "cannot tell"),
        ],
        _C: [
            Mistake("a gap, so overfitting", "validation is nearly always a little above training. Both are about as large "
                    "as the noise: there is hardly anything left to gain.", "overfits"),
            Mistake("not zero, so underfitting", "an error of 0.1 is the noise itself. No curve gets below that on new "
                    "measurements.", "underfits"),
            Mistake("undecided", "both errors are given, and the noise to compare them with.", "cannot tell"),
        ],
        _D: [
            Mistake("large, so underfitting", "look at the noise: it is as large as the error. 0.44 alone says "
                    "nothing.", "underfits"),
            Mistake("a gap, so overfitting", "0.01 is hardly a gap, and both numbers are as large as the noise.",
                    "overfits"),
            Mistake("undecided", "both errors are given, and the noise to compare them with.", "cannot tell"),
        ],
        _E: [
            Mistake("small, so it fits", "good models have a small training error, and so do models that "
                    "overfit. Without the validation error nobody can tell.", "fits"),
            Mistake("small, so overfitting", "perhaps. But good models have a small training error as well, and the noise may "
                    "be 0.07. Without the validation error nobody can tell.", "overfits"),
            Mistake("small, so underfitting", "0.07 is good or bad only in comparison with the noise, which is not given. And "
                    "without the validation error nobody can tell.", "underfits"),
        ],
        _REMEDY_A: [
            Mistake("more data for a line", "training and validation agree already: more "
                    "measurements would bring them closer together, but not lower.", "more measurements"),
            Mistake("hopeless line", "the squared error is 0.19, and the noise makes up 0.01 of it. The rest is due "
                    "to the model, and a model can be changed.", "neither"),
        ],
        _REMEDY_B: [
            Mistake("still more freedom", "it already has too much capacity for its data: its training error is below "
                    "the noise.", "a higher degree"),
            Mistake("hopeless curve", "it follows the noise of a few measurements. With many of them it could not follow "
                    "the noise of all.", "neither"),
        ],
    },
    patterns=[
        Mistake("exchanged", "a model that underfits is already bad on the training "
                "data. One that overfits is good there, and bad on other data.", {_A: "overfits", _B: "underfits"}),
        Mistake("any gap is overfitting", "validation is nearly always a little above training. Compare both with the noise: "
                "here they are about as large.", {_C: "overfits", _D: "overfits"}),
        Mistake("undecided", "training error, validation error and noise are given. Compare the first two with each other, and "
                "both with the noise.", {entry: "cannot tell" for entry in (_A, _B, _C, _D)}),
    ],
    follows={
        _REMEDY_A: ((_A,), _REMEDY_OF.get),
        _REMEDY_B: ((_B,), _REMEDY_OF.get),
    },
    points=2,
    hints=[
        "Three numbers decide: training error, validation error, and what the noise alone would leave.",
        "Bad on both: it cannot follow the trend. Good on the training data only: it has followed the noise. Both about "
        "as large as the noise: done. And the training error alone says nothing.",
    ],
    insight="Never judge by one number. A wide gap, with validation far above the noise, says overfitting; both far above "
    "the noise says underfitting. For a real task nobody tells you the noise: there the best result known (people, another "
    "model) takes its place.",
)
