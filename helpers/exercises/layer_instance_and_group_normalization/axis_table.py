"""Notebook 06, predict: which elements share a mean."""

from __future__ import annotations

import math

from helpers.exercises.engine import Mistake, PredictExercise


_BATCH_INCLUDED = "axis 0 counts the pictures, and this layer averages within one picture only."


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
    variable="table",
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
        Mistake("axes of one picture", "axes 0, 1 and 2 would be height, width and channels of a single picture. In "
                "the batch axis 0 counts the pictures.", {"axes, layer": (0, 1, 2), "axes, instance": (0, 1)}),
        Mistake("batch and layer exchanged", "batch and layer normalization are swapped. Batch normalization "
                "averages over one channel of all pictures, layer normalization over one picture with all its "
                "channels.",
                {"axes, batch": (1, 2, 3), "axes, layer": (0, 1, 2)}),
        Mistake("layer and instance exchanged", "layer and instance normalization are swapped. Only one of the two "
                "keeps the channels apart.",
                {"axes, layer": (1, 2), "axes, instance": (1, 2, 3)}),
        Mistake("batch and instance exchanged", "batch and instance normalization are swapped. An *instance* is one "
                "picture.",
                {"axes, batch": (1, 2), "axes, instance": (0, 1, 2)}),
        Mistake("values and means exchanged", "the number of means is confused with the number of values in each. "
                "The means are what remains after averaging over the axes.",
                {"means, batch": 256, "means, layer": 384, "means, instance": 64, "means, group": 128,
                 "values in each mean, group": 12}),
        Mistake("means of one picture", "these are the means of one picture. There are four pictures.",
                {"means, layer": 1, "means, instance": 6, "means, group": 3}),
        Mistake("groups of three", "3 is the number of groups, not the number of channels in a group.",
                {"means, group": 8, "values in each mean, group": 192}),
        Mistake("groups through the pictures", "with these numbers the pictures share a mean. A group lies within "
            "one picture.",
                {"means, group": 3, "values in each mean, group": 512}),
    ],
    mistakes={
        "axes, batch": [
            Mistake("batch: channels first", "axes 2 and 3 are height and width if the channels come "
                    "second, as in PyTorch. Here they are width and channels.", (0, 2, 3)),
            Mistake("batch: pictures only", "then every place of every channel has a mean of its own. A channel's mean "
                    "runs over the pictures and over the places.", (0,)),
            Mistake("batch: one picture", "these axes stay within one picture: that is instance normalization. What "
                    "must be averaged over as well?", (1, 2)),
            Mistake("batch: a whole picture", "these axes average all channels of one picture: that is layer "
                    "normalization.", (1, 2, 3)),
            Mistake("batch: everything", "one mean for the whole batch would mix the channels. Each channel has its "
                    "own.", (0, 1, 2, 3)),
            Mistake("batch: pictures and rows", "a picture has two spatial axes, height and width.", (0, 1)),
            Mistake("batch: pictures and columns", "a picture has two spatial axes, height and width.", (0, 2)),
            Mistake("batch: channels, too", "axis 3 counts the channels. In batch normalization they do not "
                    "share a mean; the places do.", (0, 3)),
            Mistake("batch: the axis that stays", _STAYING, (3,)),
        ],
        "axes, layer": [
            Mistake("layer: the channels of a place", "if only the channels are averaged over, every place of "
                    "every picture has its own mean. Keras' LayerNormalization does this by default. The "
                    "paper's layer normalization takes the picture as a whole.", (3,)),
            Mistake("layer: the axis that stays", _STAYING, (0,)),
            Mistake("layer: everything", _BATCH_INCLUDED, (0, 1, 2, 3)),
            Mistake("layer: instance axes", "these keep the channels apart: that is instance normalization. Layer "
                    "normalization puts all channels of a picture together.", (1, 2)),
            Mistake("layer: no height", "axes 2 and 3 are width and channels. A picture has one more axis.", (2, 3)),
            Mistake("layer: no width", "axes 1 and 3 are height and channels. A picture has one more axis.", (1, 3)),
            Mistake("layer: axis 1", "on (N, C) that is right. Here axis 1 is the height only; a picture has "
                    "two more axes.", (1,)),
            Mistake("layer: batch axes", "that is batch normalization. " + _BATCH_INCLUDED.capitalize(), (0, 1, 2)),
        ],
        "axes, instance": [
            Mistake("instance: all channels", "that puts all channels of a picture together: layer "
                    "normalization. Here each channel of each picture is averaged by itself.", (1, 2, 3)),
            Mistake("instance: batch axes", "that is batch normalization. " + _BATCH_INCLUDED.capitalize(), (0, 1, 2)),
            Mistake("instance: the axes that stay", _STAYING, (0, 3)),
            Mistake("instance: the channels of a place", "if only the channels are averaged over, every place "
                    "has its own mean. It is the other way round: every channel has a mean over its places.", (3,)),
            Mistake("instance: channels first", "axes 2 and 3 are height and width if the channels come "
                    "first, as in PyTorch. Here the channels come last.", (2, 3)),
            Mistake("instance: pictures only", "axis 0 counts the pictures, and an *instance* is one of them.", (0,)),
            Mistake("instance: one axis", "a picture has two spatial axes, height and width.", (1,)),
            Mistake("instance: the other axis", "a picture has two spatial axes, height and width.", (2,)),
        ],
        "means, batch": [
            Mistake("batch: a mean a picture", "4 is the number of pictures. In batch normalization they share "
                "their means.", 4),
            Mistake("batch: a mean a picture and channel", "4 · 6 would be one for each channel of each picture.", 24),
            Mistake("batch: a mean a place", "8 · 8 · 6 would be one for each channel at each place. Places "
                "share their mean, too.", 384),
            Mistake("batch: values, not means", "4 · 8 · 8 is how many values go into each mean. How many means are "
                    "there?", 256),
            Mistake("batch: one", "one mean would mix the channels.", 1),
        ],
        "means, layer": [
            Mistake("layer: a mean a channel", "6 is the number of channels. In layer normalization the channels "
                    "of a picture share one mean.", 6),
            Mistake("layer: a mean a place", "4 · 8 · 8 would be one for each place of each picture: Keras' default, "
                    "not the paper's.", 256),
            Mistake("layer: values, not means", "8 · 8 · 6 is how many values go into each mean. How many means are "
                    "there?", 384),
            Mistake("layer: a picture and channel", "4 · 6 keeps the channels apart: instance normalization.", 24),
            Mistake("layer: one", "one mean would mix the pictures.", 1),
        ],
        "means, instance": [
            Mistake("instance: a mean a channel", "6 would let the pictures share a mean: batch normalization.", 6),
            Mistake("instance: a mean a picture", "4 would let the channels share a mean: layer normalization.", 4),
            Mistake("instance: added", "4 + 6 is a sum, but each of the 4 pictures has 6 means.", 10),
            Mistake("instance: values, not means", "8 · 8 is how many values go into each mean. How many means are "
                    "there?", 64),
        ],
        "means, group": [
            Mistake("group: of one picture", "3 is right for one picture. There are four pictures.", 3),
            Mistake("group: size for number", "you counted groups of 3 channels. There are 3 groups, with 2 "
                "channels each.", 8),
            Mistake("group: pictures share", "6 / 3 = 2 is the number of channels in a group.", 2),
            Mistake("group: a mean a channel", "4 · 6 is one for each channel of each picture: instance "
                    "normalization. Here two channels share a mean.", 24),
            Mistake("group: groups times channels", "3 · 6 multiplies groups by channels. Each of the 4 pictures has 3 "
                    "groups.", 18),
            Mistake("group: a mean a channel of the batch", "6 would let the pictures share a mean: batch "
                    "normalization. How many groups does each picture have, and how many pictures are there?", 6),
            Mistake("group: one", "one mean would mix the pictures and the groups.", 1),
            Mistake("group: a mean a picture", "4 is one for each picture: layer normalization, a single group.", 4),
        ],
        "values in each mean, group": [
            Mistake("group values: one channel", "8 · 8 is one channel of one picture. A group has more than one.", 64),
            Mistake("group values: three channels", "8 · 8 · 3 takes three channels to a group. There are three "
                    "*groups*.", 192),
            Mistake("group values: all pictures", "4 · 8 · 8 · 2 runs through the pictures. A group lies "
                    "within one picture.", 512),
            Mistake("group values: the whole picture", "8 · 8 · 6 is the whole picture: a single group.", 384),
            Mistake("group values: a channel of all pictures", "4 · 8 · 8 is one channel of all pictures: "
                    "batch normalization. A group lies within one picture, and has more than one channel.", 256),
            Mistake("group values: channels only", "2 is the number of channels in a group. How many places does "
                "each have?", 2),
        ],
    },
    points=2,
    hints=[
        "Say each in words first: batch normalization, one channel of all pictures; layer normalization, all of one "
        "picture; instance normalization, one channel of one picture.",
        "The number of means is the product of the lengths of the axes that are not averaged over.",
        "For groups: how many channels are in one, if 6 channels are split into 3? Each has 8 · 8 places, and each "
        "picture has its own groups.",
    ],
    insight="The number of means times the values in each is always 4 · 8 · 8 · 6 = 1,536: the layers only cut the "
    "same array differently.",
)
