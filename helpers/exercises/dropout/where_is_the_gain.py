"""Notebook 10, predict: where is the gain?."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_CHANGES = ("rise", "stay", "fall")


where_is_the_gain = PredictExercise(
    {
        "with 100 digits": "a gain",
        "points gained, from 500 to 10,000 digits": "fall",
        "share of errors removed, from 100 to 1,000": "rise",
        "with 50,000 digits": "no gain",
    },
    variable="guess",
    choices={
        "with 100 digits": ("a gain", "no gain", "a loss"),
        "points gained, from 500 to 10,000 digits": _CHANGES,
        "share of errors removed, from 100 to 1,000": _CHANGES,
        "with 50,000 digits": ("a gain", "no gain", "a loss"),
    },
    patterns=[
        Mistake(
            "points and shares swapped",
            "both are the other way round: where errors are few, even a large share of them is only a few points.",
            {"points gained, from 500 to 10,000 digits": "rise", "share of errors removed, from 100 to 1,000": "fall"},
        ),
    ],
    mistakes={
        "with 100 digits": [
            Mistake(
                "as in the lecture",
                "that is what the slide says. Our runs say otherwise, on this network and, further down, on the "
                "paper's: each "
                "network with the learning rate that suits it, fifteen draws of a hundred digits.",
                "no gain",
            ),
            Mistake(
                "a loss at 100",
                "not at the learning rates that suit the two networks; and at a much larger one they are level.",
                "a loss",
            ),
        ],
        "points gained, from 500 to 10,000 digits": [
            Mistake(
                "points rise",
                "with more digits the network without dropout makes fewer errors itself: there are fewer points to be "
                "won.",
                "rise",
            ),
            Mistake(
                "points stay",
                "the error falls to a quarter between these sizes. For the points to stay, dropout would have to remove "
                "four times the share.",
                "stay",
            ),
        ],
        "share of errors removed, from 100 to 1,000": [
            Mistake(
                "share falls early",
                "with 100 digits dropout removes hardly any of the errors: no noise can teach such a network what it "
                "does not know.",
                "fall",
            ),
            Mistake(
                "share stays early",
                "it starts low: no noise can teach a network what it cannot know from 100 digits.",
                "stay",
            ),
        ],
        "with 50,000 digits": [
            Mistake(
                "always a gain",
                "that is what the paper found, on a larger network. This one has 512 units per layer, of which half "
                "are dropped, and "
                "50,000 digits that keep it from overfitting much. (Read on: with smaller rates it does gain.)",
                "a gain",
            ),
            Mistake(
                "a loss at 50,000",
                "at the learning rate that is best for 5,000 digits, yes. At the lower one that the validation digits "
                "prefer, the loss cannot be told from chance.",
                "a loss",
            ),
        ],
    },
    points=1,
    hints=[
        "Points and shares are different things: of an error of 25 %, a point is little; of 2 %, it is half.",
        "What does dropout prevent? How much of that is there with 100 digits, with 1,000, with 50,000? And how much "
        "can be learned from 100 digits at all?",
    ],
    insight="Compare with the figures below, and with the slide. Counting in points and counting in errors removed "
        "tell different stories about the same networks.",
)
