"""Notebook 06, predict: who depends on whom."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_OWN = (
    "its mean runs over one image only. The other images in the batch play no part. For them to matter, which "
    "axis would have to be averaged over?"
)


batch_dependence = PredictExercise(
    {
        "batch, training": True,
        "batch, inference": False,
        "layer": False,
        "instance": False,
        "group": False,
    },
    variable="changed",
    choices={name: (True, False) for name in ("batch, training", "batch, inference", "layer", "instance", "group")},
    patterns=[
        Mistake("all change", "each of these means runs over one image only. The other images in the batch play "
                "no part. (A group consists of channels, not of images.)",
                {"layer": True, "instance": True, "group": True}),
        Mistake("training and inference exchanged", "training and inference are swapped. In which of the two are the "
                "statistics those of the batch, and in which were they collected before?",
                {"batch, training": False, "batch, inference": True}),
        Mistake("turned round", "these are all the other way round. `True` says that the output of the other images "
                "changes. Ask for each: do its means, at that moment, run over several images?",
                {"batch, training": False, "batch, inference": True, "layer": True, "instance": True, "group": True}),
    ],
    mistakes={
        "batch, training": [
            Mistake("batch stays", "the noisy image is part of every channel's mean, and that mean is subtracted "
                    "from all images.", False),
        ],
        "batch, inference": [
            Mistake("inference changes", "in inference the moving statistics are used. They were collected "
                    "before; what is in the batch now has no influence.", True),
        ],
        "layer": [Mistake("layer changes", _OWN, True)],
        "instance": [Mistake("instance changes", _OWN, True)],
        "group": [Mistake("group changes", "a group consists of channels, not of images; " + _OWN,
                          True)],
    },
    points=1,
    hints=[
        "For each layer: is axis 0 among the axes that are averaged over?",
        "Batch normalization has two modes. Only one of them looks at the batch.",
    ],
    insight="One layer of the four lets an image's output depend on its neighbours, and only in training. That is "
    "why this layer has two modes, and the other three have one.",
)
