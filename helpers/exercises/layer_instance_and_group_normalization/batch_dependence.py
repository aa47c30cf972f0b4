"""Notebook 06, predict: who depends on whom."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_OWN = (
    "its mean runs over one picture only. Whatever stands beside that picture in the batch does not enter. Which axis "
    "would have to be averaged over?"
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
    mistakes={
        "batch, training": [
            Mistake("batch stays", "the noisy picture is part of every channel's mean, and that mean is subtracted "
                    "from all pictures.", False),
        ],
        "batch, inference": [
            Mistake("inference changes", "in inference the moving statistics are used. They were collected before; "
                    "what is in the batch now does not enter.", True),
        ],
        "layer": [Mistake("layer changes", "layer normalization: " + _OWN, True)],
        "instance": [Mistake("instance changes", "instance normalization: " + _OWN, True)],
        "group": [Mistake("group changes", "group normalization: a group is one of channels, not of pictures; " + _OWN,
                          True)],
    },
    points=1,
    hints=[
        "For each layer: is axis 0 among the axes that are averaged over?",
        "Batch normalization has two modes. Only one of them looks at the batch.",
    ],
    insight="One layer of the four lets a picture's output depend on its neighbours, and only in training. Hence two "
    "modes for that one, and one for the other three.",
)
