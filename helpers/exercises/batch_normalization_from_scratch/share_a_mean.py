"""Notebook 03, predict: which numbers share a mean."""

from __future__ import annotations

import math

from helpers.exercises.engine import Mistake, PredictExercise

_SHAPE = (32, 28, 28, 16)


def _lengths(axes, averaged):
    """The product of the lengths of the axes that are averaged over, or of the others."""
    axes = axes if isinstance(axes, (tuple, list)) else (axes,)
    named = {axis % len(_SHAPE) for axis in axes}
    return math.prod(length for axis, length in enumerate(_SHAPE) if (axis in named) == averaged)


share_a_mean = PredictExercise(
    {
        "axes for (N, C)": (0,),
        "axes for (N, H, W, C)": (0, 1, 2),
        "means in (32, 28, 28, 16)": 16,
        "values in each mean": 25_088,
    },
    variable="prediction",
    patterns=[
        Mistake(
            "the axes that stay",
            "these are the axes of the channels, which stay. `axis` names the axes that are averaged over.",
            {"axes for (N, C)": (1,), "axes for (N, H, W, C)": (3,)},
        ),
        Mistake(
            "layer normalization",
            "this averages over the features of one example, each example by itself: that is layer normalization. Batch "
            "normalization averages over the examples, and keeps the channels apart.",
            {
                "axes for (N, C)": (1,), "axes for (N, H, W, C)": (1, 2, 3), "means in (32, 28, 28, 16)": 32,
                "values in each mean": 12_544,
            },
        ),
        Mistake(
            "counts swapped",
            "the two have changed places: one mean per channel, and each runs over all images and positions.",
            {"means in (32, 28, 28, 16)": 25_088, "values in each mean": 16},
        ),
        Mistake(
            "averaged over the channels",
            "this averages over the 16 channels at each position of each image. The channel axis is the one that must stay.",
            {"axes for (N, H, W, C)": (3,), "means in (32, 28, 28, 16)": 25_088, "values in each mean": 16},
        ),
    ],
    follows={
        "means in (32, 28, 28, 16)": (("axes for (N, H, W, C)",), lambda axes: _lengths(axes, averaged=False)),
        "values in each mean": (("axes for (N, H, W, C)",), lambda axes: _lengths(axes, averaged=True)),
    },
    dimensions={"axes for (N, C)": 2, "axes for (N, H, W, C)": 4},
    mistakes={
        "axes for (N, C)": [
            Mistake(
                "features of one example",
                "axis 1 averages over the features of one example, which gives one mean per example. Batch "
                "normalization needs one mean per feature. Which axis counts the examples?",
                (1,),
            ),
            Mistake(
                "everything (N, C)",
                "averaging over both axes gives one mean for the whole batch. Each channel has a mean of its own.",
                (0, 1),
            ),
        ],
        "axes for (N, H, W, C)": [
            Mistake(
                "instance axes",
                "(1, 2) averages over the positions of one image in one channel, image by image: that is instance "
                "normalization. Batch normalization averages over the images as well.",
                (1, 2),
            ),
            Mistake(
                "per place",
                "(0,) gives every position in every channel a mean of its own, 28 · 28 · 16 of them. A convolution "
                "treats all positions alike, and so must its normalization.",
                (0,),
            ),
            Mistake(
                "everything (N, H, W, C)",
                "averaging over all four axes gives a single mean, which mixes the channels. The channel axis is the "
                "one that must stay.",
                (0, 1, 2, 3),
            ),
            Mistake(
                "layer axes",
                "(1, 2, 3) averages over all of one image: that is layer normalization. Here the channels stay "
                "separate, and the average runs over the images as well.",
                (1, 2, 3),
            ),
            Mistake(
                "channels first",
                "(0, 2, 3) fits (N, C, H, W), PyTorch's layout. Here the channels come last, and axis 3 must stay.",
                (0, 2, 3),
            ),
            Mistake(
                "one position axis forgotten",
                "(0, 1) gives every column of the image a mean of its own. A channel's mean should run over all "
                "positions.",
                (0, 1),
            ),
            Mistake(
                "other position axis forgotten",
                "(0, 2) gives every row of the image a mean of its own. A channel's mean should run over all "
                "positions.",
                (0, 2),
            ),
            Mistake("channels averaged", "axis 3 is the channel axis, the one that must not be averaged over.", (3,)),
        ],
        "means in (32, 28, 28, 16)": [
            Mistake("a mean an image", "32 is the number of images, but the images share their means.", 32),
            Mistake(
                "a mean an image and channel",
                "32 · 16 would be one mean per channel of each image: instance normalization.",
                512,
            ),
            Mistake(
                "a mean a place",
                "28 · 28 · 16 would be one mean per position and channel, but the positions share a mean, too.",
                12_544,
            ),
            Mistake("a mean a position, channels mixed", "28 · 28 counts the positions, but the positions share their "
                    "means.", 784),
            Mistake("a single mean", "one mean would mix all channels.", 1),
            Mistake("values and means swapped", "25,088 is the number of values in each mean.", 25_088),
        ],
        "values in each mean": [
            Mistake("means and values swapped", "16 is the number of means, one per channel.", 16),
            Mistake("values of one image", "28 · 28 · 16 counts the values of one image. A channel runs through all "
                    "images.", 12_544),
            Mistake("only the images", "32 counts the images; each of them contributes 28 · 28 values.", 32),
            Mistake("only the places", "28 · 28 counts the positions in one image, and there are 32 images.", 784),
            Mistake(
                "all of the array",
                "that is the size of the whole array, which is divided among 16 channels.",
                401_408,
            ),
        ],
    },
    points=2,
    hints=[
        "Say it in words first: which elements make up channel 3 of the batch?",
        "You average over all axes but one. Which one is left?",
        "The number of means is the length of the axis that is left; the number of values in each mean is the "
        "product of the lengths of the others.",
    ],
    insight="One mean per channel, taken over everything else. A feature of a dense layer is a channel with a single "
    "position, so one rule covers both cases.",
)
