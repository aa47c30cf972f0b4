"""Notebook 06, predict: which elements share a mean."""

from __future__ import annotations

import math

from helpers.exercises.engine import Mistake, PredictExercise


_BATCH_INCLUDED = "axis 0 counts the images, and this layer averages within one image only."


_STAYING = "these are the axes that are *not* averaged over. NumPy's `axis` names those that are."
_SHAPE = (4, 8, 8, 6)


def _means(axes):
    """How many means there are with these axes."""
    axes = axes if isinstance(axes, (tuple, list)) else (axes,)
    averaged = {int(axis) % len(_SHAPE) for axis in axes}
    return math.prod(length for axis, length in enumerate(_SHAPE) if axis not in averaged)


axis_table = PredictExercise(
    {
        "axes, batch": (0, 1, 2),
        "axes, layer": (1, 2, 3),
        "axes, instance": (1, 2),
        "means, batch": 6,
        "means, layer": 4,
        "means, instance": 24,
        "means, group": 12,
        "values in each mean, group": 128,
    },
    variable="table_of_axes",
    dimensions={"axes, batch": 4, "axes, layer": 4, "axes, instance": 4},
    follows={
        "means, batch": (("axes, batch",), _means),
        "means, layer": (("axes, layer",), _means),
        "means, instance": (("axes, instance",), _means),
        "values in each mean, group": (("means, group",), lambda means: math.prod(_SHAPE) / means),
    },
    patterns=[
        Mistake("the axes that stay", _STAYING,
                {"axes, batch": (3,), "axes, layer": (0,), "axes, instance": (0, 3)}),
        Mistake("channels first", "these would be the axes if the channels came second, as in PyTorch. Here the shape "
                "is (N, H, W, C).", {"axes, batch": (0, 2, 3), "axes, instance": (2, 3)}),
        Mistake("axes of one image", "axes 0, 1 and 2 would be height, width and channels of a single image. In "
                "the batch axis 0 counts the images.", {"axes, layer": (0, 1, 2), "axes, instance": (0, 1)}),
        Mistake("batch and layer exchanged", "batch and layer normalization are swapped. Batch normalization "
                "averages over one channel of all images, layer normalization over one image with all its "
                "channels.",
                {"axes, batch": (1, 2, 3), "axes, layer": (0, 1, 2)}),
        Mistake("layer and instance exchanged", "layer and instance normalization are swapped. Only one of the two "
                "keeps the channels apart.",
                {"axes, layer": (1, 2), "axes, instance": (1, 2, 3)}),
        Mistake("batch and instance exchanged", "batch and instance normalization are swapped. An *instance* is one "
                "image.",
                {"axes, batch": (1, 2), "axes, instance": (0, 1, 2)}),
        Mistake("values and means exchanged", "the number of means and the number of values in each are swapped. "
                "The means are what remains after averaging over the axes.",
                {"means, batch": 256, "means, layer": 384, "means, instance": 64, "means, group": 128,
                 "values in each mean, group": 12}),
        Mistake("means of one image", "these are the means of one image. There are four images.",
                {"means, layer": 1, "means, instance": 6, "means, group": 3}),
        Mistake("groups of three", "3 is the number of groups, not the number of channels in a group.",
                {"means, group": 8, "values in each mean, group": 192}),
        Mistake("groups through the images", "with these numbers the images share a mean. A group lies within "
            "one image.",
                {"means, group": 3, "values in each mean, group": 512}),
    ],
    mistakes={
        "axes, batch": [
            Mistake("batch: channels first", "axes 2 and 3 are height and width if the channels come "
                    "second, as in PyTorch. Here they are width and channels.", (0, 2, 3)),
            Mistake("batch: images only", "then every position of every channel has a mean of its own. A channel's "
                    "mean runs over the images and over the positions.", (0,)),
            Mistake("batch: one image", "these axes stay within one image: that is instance normalization. What "
                    "must be averaged over as well?", (1, 2)),
            Mistake("batch: a whole image", "these axes average over all channels of one image: that is layer "
                    "normalization.", (1, 2, 3)),
            Mistake("batch: everything", "one mean for the whole batch would mix the channels. Each channel has its "
                    "own.", (0, 1, 2, 3)),
            Mistake("batch: images and rows", "an image has two spatial axes, height and width.", (0, 1)),
            Mistake("batch: images and columns", "an image has two spatial axes, height and width.", (0, 2)),
            Mistake("batch: channels, too", "axis 3 counts the channels. In batch normalization they do not "
                    "share a mean; the positions do.", (0, 3)),
            Mistake("batch: the axis that stays", _STAYING, (3,)),
        ],
        "axes, layer": [
            Mistake("layer: the channels of a position", "if only the channels are averaged over, every position of "
                    "every image has its own mean. Keras' LayerNormalization does this by default. The "
                    "paper's layer normalization takes the image as a whole.", (3,)),
            Mistake("layer: the axis that stays", _STAYING, (0,)),
            Mistake("layer: everything", _BATCH_INCLUDED, (0, 1, 2, 3)),
            Mistake("layer: instance axes", "these keep the channels apart: that is instance normalization. Layer "
                    "normalization puts all channels of an image together.", (1, 2)),
            Mistake("layer: no height", "axes 2 and 3 are width and channels. An image has one more axis.", (2, 3)),
            Mistake("layer: no width", "axes 1 and 3 are height and channels. An image has one more axis.", (1, 3)),
            Mistake("layer: axis 1", "on (N, C) that is right. Here axis 1 is the height only; an image has "
                    "two more axes.", (1,)),
            Mistake("layer: batch axes", "that is batch normalization. " + _BATCH_INCLUDED.capitalize(), (0, 1, 2)),
        ],
        "axes, instance": [
            Mistake("instance: all channels", "that puts all channels of an image together: layer "
                    "normalization. Here each channel of each image is averaged by itself.", (1, 2, 3)),
            Mistake("instance: batch axes", "that is batch normalization. " + _BATCH_INCLUDED.capitalize(), (0, 1, 2)),
            Mistake("instance: the axes that stay", _STAYING, (0, 3)),
            Mistake("instance: the channels of a position", "if only the channels are averaged over, every position "
                    "has its own mean. It is the other way round: every channel has a mean over its positions.", (3,)),
            Mistake("instance: channels first", "axes 2 and 3 are height and width if the channels come "
                    "first, as in PyTorch. Here the channels come last.", (2, 3)),
            Mistake("instance: images only", "axis 0 counts the images, and an *instance* is one of them.", (0,)),
            Mistake("instance: one axis", "an image has two spatial axes, height and width.", (1,)),
            Mistake("instance: the other axis", "an image has two spatial axes, height and width.", (2,)),
        ],
        "means, batch": [
            Mistake("batch: a mean per image", "4 is the number of images. In batch normalization they share "
                "their means.", 4),
            Mistake("batch: a mean per image and channel", "4 · 6 would be one for each channel of each image.", 24),
            Mistake("batch: a mean per position", "8 · 8 · 6 would be one for each channel at each position. "
                    "Positions share their mean, too.", 384),
            Mistake("batch: values, not means", "4 · 8 · 8 is how many values go into each mean. How many means are "
                    "there?", 256),
            Mistake("batch: one", "one mean would mix the channels.", 1),
        ],
        "means, layer": [
            Mistake("layer: a mean per channel", "6 is the number of channels. In layer normalization the channels "
                    "of an image share one mean.", 6),
            Mistake("layer: a mean per position", "4 · 8 · 8 would be one for each position of each image: Keras' "
                    "default, not the paper's.", 256),
            Mistake("layer: values, not means", "8 · 8 · 6 is how many values go into each mean. How many means are "
                    "there?", 384),
            Mistake("layer: an image and channel", "4 · 6 keeps the channels apart: instance normalization.", 24),
            Mistake("layer: one", "one mean would mix the images.", 1),
        ],
        "means, instance": [
            Mistake("instance: a mean per channel", "6 would let the images share a mean: batch normalization.", 6),
            Mistake("instance: a mean per image", "4 would let the channels share a mean: layer normalization.", 4),
            Mistake("instance: added", "4 + 6 is a sum, but each of the 4 images has 6 means.", 10),
            Mistake("instance: values, not means", "8 · 8 is how many values go into each mean. How many means are "
                    "there?", 64),
        ],
        "means, group": [
            Mistake("group: of one image", "3 is right for one image. There are four images.", 3),
            Mistake("group: size for number", "you counted groups of 3 channels. There are 3 groups, with 2 "
                "channels each.", 8),
            Mistake("group: images share", "6 / 3 = 2 is the number of channels in a group.", 2),
            Mistake("group: a mean per channel", "4 · 6 is one for each channel of each image: instance "
                    "normalization. Here two channels share a mean.", 24),
            Mistake("group: groups times channels", "3 · 6 multiplies groups by channels. Each of the 4 images has 3 "
                    "groups.", 18),
            Mistake("group: a mean per channel of the batch", "6 would let the images share a mean: batch "
                    "normalization. How many groups does each image have, and how many images are there?", 6),
            Mistake("group: one", "one mean would mix the images and the groups.", 1),
            Mistake("group: a mean per image", "4 is one for each image: layer normalization, a single group.", 4),
        ],
        "values in each mean, group": [
            Mistake("group values: of the drawing", "18 is right for the drawing, with 3 · 3 positions. Our batch has "
                    "8 · 8.", 18),
            Mistake("group values: one channel", "8 · 8 is one channel of one image. A group has more than one.", 64),
            Mistake("group values: three channels", "8 · 8 · 3 takes three channels to a group. There are three "
                    "*groups*.", 192),
            Mistake("group values: all images", "4 · 8 · 8 · 2 runs through the images. A group lies "
                    "within one image.", 512),
            Mistake("group values: the whole image", "8 · 8 · 6 is the whole image: a single group.", 384),
            Mistake("group values: a channel of all images", "4 · 8 · 8 is one channel of all images: "
                    "batch normalization. A group lies within one image, and has more than one channel.", 256),
            Mistake("group values: channels only", "2 is the number of channels in a group. How many positions does "
                "each have?", 2),
        ],
    },
    points=2,
    hints=[
        "Say each in words first: batch normalization, one channel of all images; layer normalization, all of one "
        "image; instance normalization, one channel of one image.",
        "The number of means is the product of the lengths of the axes that are not averaged over.",
        "For groups: how many channels are in one, if 6 channels are split into 3? Each has 8 · 8 positions, and each "
        "image has its own groups.",
    ],
    insight="The number of means times the values in each is always 4 · 8 · 8 · 6 = 1,536: the layers only cut the "
    "same array in different ways.",
)
