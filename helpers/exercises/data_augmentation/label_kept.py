"""Notebook 09, predict: is the label kept?."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_KEPT = ("the same digit", "another digit", "no digit")


label_kept = PredictExercise(
    {
        "6, turned by 180°": "another digit",
        "8, flipped left to right": "the same digit",
        "7, flipped left to right": "no digit",
        "3, flipped top to bottom": "the same digit",
        "4, shifted by 3 pixels": "the same digit",
        "1, turned by 90°": "no digit",
    },
    variable="prediction",
    choices={name: _KEPT for name in (
        "6, turned by 180°", "8, flipped left to right", "7, flipped left to right", "3, flipped top to bottom",
        "4, shifted by 3 pixels", "1, turned by 90°")},
    mistakes={
        "6, turned by 180°": [
            Mistake("six stays", "turn the page round and read it: that is a 9.", "the same digit"),
            Mistake("six is nothing", "turn the page round and read it: that is a 9.", "no digit"),
        ],
        "8, flipped left to right": [
            Mistake("eight changes", "its two loops look the same in a mirror.", "another digit"),
            Mistake("eight is nothing", "its two loops look the same in a mirror.", "no digit"),
        ],
        "7, flipped left to right": [
            Mistake("seven stays", "its stem now leans the other way. Would you write a 7 like that?", "the same digit"),
            Mistake("seven changes", "it looks a little like several, but nobody writes one of them like that.",
                    "another digit"),
        ],
        "3, flipped top to bottom": [
            Mistake("three changes", "its upper and lower half are alike, so with top and bottom exchanged it is a 3 again. (A "
                    "mirror left to right is another matter.)", "another digit"),
            Mistake("three is nothing", "its upper and lower half are alike, so with top and bottom exchanged it is a 3 again. (A "
                    "mirror left to right is another matter.)", "no digit"),
        ],
        "4, shifted by 3 pixels": [
            Mistake("four changes", "where it stands on the page says nothing about which digit it is.", "another digit"),
            Mistake("four is nothing", "where it stands on the page says nothing about which digit it is.", "no digit"),
        ],
        "1, turned by 90°": [
            Mistake("one stays", "it is a dash now.", "the same digit"),
            Mistake("one changes", "it is a dash now; no digit lies down.", "another digit"),
        ],
    },
    points=2,
    hints=["Write each on paper and turn the paper, or hold it before a mirror.",
           "A mirror left to right leaves only digits that have a left half like their right one."],
    insight="The same change is harmless for one digit and makes the label wrong for another. Whether a label survives "
    "is not a property of the transform: it depends on what the labels mean. Mirroring photographs of cats left to "
    "right is always safe.",
)
