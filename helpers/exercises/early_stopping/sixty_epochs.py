"""Notebook 11, predict: which curve turns."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_COURSES = ("improves to the end", "levels off", "gets better, then worse")


sixty_epochs = PredictExercise(
    {
        "training loss": "improves to the end",
        "validation loss, a fifth of the labels wrong": "gets better, then worse",
        "validation loss, all labels right": "gets better, then worse",
        "validation accuracy, all labels right": "levels off",
    },
    variable="prediction",
    choices=dict.fromkeys(
        ("training loss", "validation loss, a fifth of the labels wrong", "validation loss, all labels right",
         "validation accuracy, all labels right"),
        _COURSES,
    ),
    mistakes={
        "training loss": [
            Mistake("training loss turns", "it is the quantity that every step makes smaller. What would make it rise? "
                    "Overfitting shows on other digits.", "gets better, then worse"),
            Mistake("training loss levels off", "cross-entropy is 0 only when every digit is right with certainty. Until "
                    "then there is something to gain, and 64 units are enough to gain it on 500 digits.", "levels off"),
        ],
        "validation loss, a fifth of the labels wrong": [
            Mistake("new digits gain for ever", "the network begins to learn the wrong labels by heart. What does that do "
                    "to digits it has not seen?", "improves to the end"),
            Mistake("wrong labels harmless", "a wrong label learned by heart is a wrong answer nearby, given with "
                    "certainty. Cross-entropy does not forgive that.", "levels off"),
        ],
        "validation loss, all labels right": [
            Mistake("right labels gain for ever", "500 digits are few. When they all are right, the training goes on "
                    "making the answers surer, the wrong ones on new digits as well.", "improves to the end"),
            Mistake("right labels level off", "so do the *answers*. The loss also looks at how sure they are, and the "
                    "training goes on making them surer, the wrong ones as well.", "levels off"),
        ],
        "validation accuracy, all labels right": [
            Mistake("accuracy gains for ever", "once every training digit is right, little is left in them to learn from: "
                    "where should better answers come from?", "improves to the end"),
            Mistake("accuracy follows the loss", "that is what most people say, and what the loss does. Accuracy only asks "
                    "which class is first; how sure the network is does not count.", "gets better, then worse"),
        ],
    },
    points=2,
    hints=[
        "Cross-entropy is −log p, with p the probability of the label. A wrong answer costs more the surer it is. For the "
        "accuracy it costs the same.",
        "After some epochs every one of the 500 training digits is right. The training goes on: which quantity does it "
        "still make smaller, and how?",
    ],
    insight="One curve improves, two turn, and one levels off although its loss turns. Which of them should end the "
    "training? The rest of the notebook is about that.",
)
