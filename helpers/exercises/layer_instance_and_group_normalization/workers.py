"""Notebook 06, predict: workers."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_NOT_THE_CHANNELS = "the channels do not share a mean in batch normalization."
_ITS_IMAGE = "a mean of group normalization never leaves its image."


def _positions(images):
    return 49 * images


workers = PredictExercise(
    {
        "images in a mean, BN on each worker": 2,
        "values in a mean, BN on each worker": 98,
        "images in a mean, synchronized BN": 16,
        "values in a mean, synchronized BN": 784,
        "images in a mean, GN": 1,
    },
    variable="shared",
    follows={
        "values in a mean, BN on each worker": (("images in a mean, BN on each worker",), _positions),
        "values in a mean, synchronized BN": (("images in a mean, synchronized BN",), _positions),
    },
    patterns=[
        Mistake("by itself and synchronized exchanged", "the two are swapped. Synchronized workers add up "
                "their sums before they divide; by default each has only its own images.",
                {"images in a mean, BN on each worker": 16, "images in a mean, synchronized BN": 2}),
        Mistake("images, not values", "these count the images. Each has 7 · 7 positions.",
                {"values in a mean, BN on each worker": 2, "values in a mean, synchronized BN": 16}),
        Mistake("one side of the maps", "this takes one side of the map, 7 positions. It has 7 · 7.",
                {"values in a mean, BN on each worker": 14, "values in a mean, synchronized BN": 112}),
        Mistake("positions of one image", "7 · 7 counts the positions of one image. How many images are in the mean?",
                {"values in a mean, BN on each worker": 49, "values in a mean, synchronized BN": 49}),
    ],
    mistakes={
        "images in a mean, BN on each worker": [
            Mistake("all images of a step", "16 images are processed in a step, but a worker sees only its own, "
                    "and by default it does not ask the others.", 16),
            Mistake("workers, not images", "8 counts the workers.", 8),
            Mistake("one image", "a mean of batch normalization runs over all images that the worker has.", 1),
        ],
        "values in a mean, BN on each worker": [
            Mistake("one image's positions", "7 · 7 counts the positions of one image. The worker has two "
                    "images.", 49),
            Mistake("all workers' positions", "that counts the images of all workers. By default a worker knows "
                    "only its own images.", 784),
            Mistake("the channels, too", _NOT_THE_CHANNELS, 98 * 2048),
            Mistake("the channels alone", "2,048 counts the channels; each has means of its own.", 2048),
            Mistake("only the images", "2 counts the images. How many positions does each have?", 2),
            Mistake("one side of the map", "2 · 7 takes one side of the map. It has 7 · 7 positions.", 14),
        ],
        "images in a mean, synchronized BN": [
            Mistake("still its own", "synchronized means that the workers add up their sums before they divide: "
                    "the mean runs over the images of all workers.", 2),
            Mistake("one image, synchronized", "a mean of synchronized batch normalization runs over the "
                    "images of all workers.", 1),
            Mistake("workers, not images, synchronized", "8 counts the workers. Each has two images.", 8),
        ],
        "values in a mean, synchronized BN": [
            Mistake("one worker's values", "these are the values of one worker's two images. With synchronized "
                    "BN, all eight workers count.", 98),
            Mistake("one image's values", "7 · 7 counts the positions of one image. How many images are in the "
                    "mean?", 49),
            Mistake("the channels, too, synchronized", _NOT_THE_CHANNELS, 784 * 2048),
            Mistake("the channels alone, synchronized", "2,048 counts the channels; each has means of its own.", 2048),
            Mistake("images only, synchronized", "16 counts the images; each has 7 · 7 positions.", 16),
        ],
        "images in a mean, GN": [
            Mistake("the worker's images", _ITS_IMAGE, 2),
            Mistake("all images", _ITS_IMAGE, 16),
            Mistake("one image of each worker", _ITS_IMAGE, 8),
        ],
    },
    points=1,
    hints=[
        "A worker holds two images. Which of the three layers uses more than these two, and which uses only one of "
        "them?",
        "The values in a mean of batch normalization: images times positions. A map has 7 · 7 positions.",
    ],
    insight="\"Batch size 2\" in the paper is the batch of one worker. Sixteen images per step did not help, because "
    "each worker kept its statistics to itself.",
)
