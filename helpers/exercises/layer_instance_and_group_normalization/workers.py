"""Notebook 06, predict: workers."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


workers = PredictExercise(
    {
        "pictures in a mean, BN on each worker": 2,
        "values in a mean, BN on each worker": 98,
        "pictures in a mean, synchronized BN": 16,
        "values in a mean, synchronized BN": 784,
        "pictures in a mean, GN": 1,
    },
    variable="shared",
    mistakes={
        "pictures in a mean, BN on each worker": [
            Mistake("all pictures of a step", "16 pictures are worked on in a step, but a worker sees only its own, "
                    "and by default it does not ask the others.", 16),
            Mistake("workers, not pictures", "8 counts the workers.", 8),
            Mistake("one picture", "a mean of batch normalization runs over all pictures that the worker has.", 1),
        ],
        "values in a mean, BN on each worker": [
            Mistake("one picture's places", "7 · 7 is one picture. The worker has two.", 49),
            Mistake("all workers' places", "that counts the pictures of all workers. By default a worker knows its own "
                    "only.", 784),
            Mistake("the channels, too", "the channels do not share a mean in batch normalization.", 98 * 2048),
            Mistake("only the pictures", "2 counts the pictures; each brings its places.", 2),
            Mistake("one side of the map", "2 · 7 takes one side of the map. It has 7 · 7 places.", 14),
        ],
        "pictures in a mean, synchronized BN": [
            Mistake("still its own", "synchronized means that the workers add up their sums before they divide: the "
                    "mean runs over the pictures of all.", 2),
            Mistake("one picture, synchronized", "a mean of batch normalization runs over pictures; synchronized, over "
                    "those of all workers.", 1),
            Mistake("workers, not pictures, synchronized", "8 counts the workers. Each brings two pictures.", 8),
        ],
        "values in a mean, synchronized BN": [
            Mistake("one worker's values", "that is one worker's share. Synchronized, all eight count.", 98),
            Mistake("one picture's values", "7 · 7 is one picture.", 49),
            Mistake("the channels, too, synchronized", "the channels do not share a mean in batch normalization.",
                    784 * 2048),
            Mistake("pictures only, synchronized", "16 counts the pictures; each brings 7 · 7 places.", 16),
        ],
        "pictures in a mean, GN": [
            Mistake("the worker's pictures", "a mean of group normalization never leaves its picture.", 2),
            Mistake("all pictures", "a mean of group normalization never leaves its picture.", 16),
        ],
    },
    points=1,
    hints=[
        "A worker holds two pictures. Which of the three layers asks beyond them, and which does not even use both?",
        "The values in a mean of batch normalization: pictures times places. A map has 7 · 7 places.",
    ],
    insight="\"Batch size 2\" in the paper is the batch of one worker. Sixteen pictures a step did not help, because "
    "each worker kept its statistics to itself.",
)
