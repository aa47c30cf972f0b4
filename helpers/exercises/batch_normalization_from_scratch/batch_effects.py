"""Notebook 03, predict: who depends on whom."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


batch_effects = PredictExercise(
    {
        "another example changes, training": True,
        "another example changes, inference": False,
        "5 added to one channel, training": False,
        "5 added to one channel, inference": True,
        "preceding weights doubled, training": False,
    },
    variable="changes",
    choices={
        key: (True, False)
        for key in (
            "another example changes, training",
            "another example changes, inference",
            "5 added to one channel, training",
            "5 added to one channel, inference",
            "preceding weights doubled, training",
        )
    },
    mistakes={
        "another example changes, training": [
            Mistake("examples independent", "every example of the batch enters the mean and the variance.", False)
        ],
        "another example changes, inference": [
            Mistake("batch in inference", "in inference the moving statistics are used, and no other example counts."
                    "", True)
        ],
        "5 added to one channel, training": [
            Mistake(
                "shift seen", "if 5 is added to every example, the mean rises by 5 as well, and it is subtracted.", True
            )
        ],
        "5 added to one channel, inference": [
            Mistake("shift unseen", "the moving mean does not know about the 5, so the 5 is not subtracted.", False)
        ],
        "preceding weights doubled, training": [
            Mistake(
                "scale seen",
                "with twice the weights, both the deviation from the mean and the standard deviation double.",
                True,
            )
        ],
    },
    points=2,
    hints=[
        "Write down which numbers enter one element of the output: in training, and in inference.",
        "In training: x, the batch's mean, the batch's variance. In inference: x and two numbers that are fixed.",
    ],
    insight="In training the output depends on where an example stands within its batch; in inference it depends on "
    "the example alone. Many surprises with batch normalization come from this one difference.",
)
