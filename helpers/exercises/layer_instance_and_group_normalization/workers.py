"""Notebook 06, predict: workers."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_NOT_THE_CHANNELS = "the channels do not share a mean in batch normalization."
_ITS_PICTURE = "a mean of group normalization never leaves its picture."


def _places(pictures):
    return 49 * pictures


workers = PredictExercise(
    {
        "pictures in a mean, BN on each worker": 2,
        "values in a mean, BN on each worker": 98,
        "pictures in a mean, synchronized BN": 16,
        "values in a mean, synchronized BN": 784,
        "pictures in a mean, GN": 1,
    },
    variable="shared",
    follows={
        "values in a mean, BN on each worker": (("pictures in a mean, BN on each worker",), _places),
        "values in a mean, synchronized BN": (("pictures in a mean, synchronized BN",), _places),
    },
    patterns=[
        Mistake("by itself and synchronized exchanged", "the two are swapped. When synchronized, the workers add up "
                "their sums before they divide; by default each has only its own pictures.",
                {"pictures in a mean, BN on each worker": 16, "pictures in a mean, synchronized BN": 2}),
        Mistake("pictures, not values", "these count the pictures. Each has 7 · 7 places.",
                {"values in a mean, BN on each worker": 2, "values in a mean, synchronized BN": 16}),
        Mistake("one side of the maps", "this takes one side of the map, 7 places. It has 7 · 7.",
                {"values in a mean, BN on each worker": 14, "values in a mean, synchronized BN": 112}),
        Mistake("places of one picture", "7 · 7 is one picture. How many pictures are in the mean?",
                {"values in a mean, BN on each worker": 49, "values in a mean, synchronized BN": 49}),
    ],
    mistakes={
        "pictures in a mean, BN on each worker": [
            Mistake("all pictures of a step", "16 pictures are worked on in a step, but a worker sees only its own, "
                    "and by default it does not ask the others.", 16),
            Mistake("workers, not pictures", "8 counts the workers.", 8),
            Mistake("one picture", "a mean of batch normalization runs over all pictures that the worker has.", 1),
        ],
        "values in a mean, BN on each worker": [
            Mistake("one picture's places", "7 · 7 is one picture. The worker has two.", 49),
            Mistake("all workers' places", "that counts the pictures of all workers. By default a worker knows "
                    "only its own pictures.", 784),
            Mistake("the channels, too", _NOT_THE_CHANNELS, 98 * 2048),
            Mistake("only the pictures", "2 counts the pictures. How many places does each have?", 2),
            Mistake("one side of the map", "2 · 7 takes one side of the map. It has 7 · 7 places.", 14),
        ],
        "pictures in a mean, synchronized BN": [
            Mistake("still its own", "synchronized means that the workers add up their sums before they divide: "
                    "the mean runs over the pictures of all workers.", 2),
            Mistake("one picture, synchronized", "a mean of synchronized batch normalization runs over the "
                    "pictures of all workers.", 1),
            Mistake("workers, not pictures, synchronized", "8 counts the workers. Each has two pictures.", 8),
        ],
        "values in a mean, synchronized BN": [
            Mistake("one worker's values", "these are the values of one worker's two pictures. Synchronized, all eight "
                    "workers count.", 98),
            Mistake("one picture's values", "7 · 7 is one picture.", 49),
            Mistake("the channels, too, synchronized", _NOT_THE_CHANNELS, 784 * 2048),
            Mistake("pictures only, synchronized", "16 counts the pictures; each has 7 · 7 places.", 16),
        ],
        "pictures in a mean, GN": [
            Mistake("the worker's pictures", _ITS_PICTURE, 2),
            Mistake("all pictures", _ITS_PICTURE, 16),
            Mistake("one picture of each worker", _ITS_PICTURE, 8),
        ],
    },
    points=1,
    hints=[
        "A worker holds two pictures. Which of the three layers uses more than these two, and which uses only one of "
        "them?",
        "The values in a mean of batch normalization: pictures times places. A map has 7 · 7 places.",
    ],
    insight="\"Batch size 2\" in the paper is the batch of one worker. Sixteen pictures per step did not help, because "
    "each worker kept its statistics to itself.",
)
