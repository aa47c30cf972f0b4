"""Notebook 04, predict: how much of the start is left."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_THREE_DECIMALS = "right so far: give it to three decimals."


_IN_PERCENT = "that is in percent: give the share itself, from 0 to 1."


left_of_the_start = PredictExercise(
    {
        "left after 10 updates, momentum 0.99": 0.904,
        "left after 100 updates, momentum 0.99": 0.366,
        "left after 10 updates, momentum 0.9": 0.349,
        "moving mean after 10 updates": 4.781,
    },
    variable="left",
    tolerance=3e-3,
    mistakes={
        "left after 10 updates, momentum 0.99": [
            Mistake("subtracted", "1 − 10 · 0.01 takes a hundredth of the *start* away each time; it is a hundredth of what is left. (If you rounded: three decimals, please.)", 0.9),
            Mistake("the new share", "0.096 is what the ten batches have brought in. How much of the start is left?", 0.0956),
            Mistake("the new share, rounded", "0.096 is what the ten batches have brought in. How much of the start is left?", 0.096),
            Mistake("ten hundredths", "0.1 counts what is brought in, ten times 0.01. How much of the start is left?", 0.1),
            Mistake("in percent", _IN_PERCENT, 90.4),
            Mistake("one update", "0.99 is left after one update.", 0.99),
            Mistake("PyTorch's momentum", "0.01 is the share of the *new* value; in Keras momentum is the share of the old.", 0.0),
            Mistake("nine updates", "that is after nine updates.", 0.9135),
        ],
        "left after 100 updates, momentum 0.99": [
            Mistake("all gone", "1 − 100 · 0.01 would be 0. But each update takes a hundredth of what is *left*.", 0.0),
            Mistake("the new share after 100", "0.634 is what the batches have brought in.", 0.634),
            Mistake("ten updates", "0.904 is left after ten updates.", 0.904),
            Mistake("the new share after 100, rounded", "0.63 is what the batches have brought in.", 0.63),
            Mistake("two digits", _THREE_DECIMALS, 0.37),
            Mistake("in percent after 100", _IN_PERCENT, 36.6),
        ],
        "left after 10 updates, momentum 0.9": [
            Mistake("all gone after ten", "1 − 10 · 0.1 would be 0. But each update takes a tenth of what is *left*.", 0.0),
            Mistake("the new share of 0.9", "0.651 is what the batches have brought in.", 0.651),
            Mistake("one update of 0.9", "0.9 is left after one update.", 0.9),
            Mistake("in percent of 0.9", _IN_PERCENT, 34.9),
        ],
        "moving mean after 10 updates": [
            Mistake(
                "already there",
                "50 is what the batches say. The moving mean has started at 0 and still holds most of it.",
                50.0,
            ),
            Mistake("the start's share", "0.904 · 50: that is the weight of the start, and the start is 0.", 45.2),
            Mistake("one update's worth", "0.5 is what one update brings in, 0.01 · 50.", 0.5),
            Mistake("ten times one update", "ten times 0.5, less what fades: each update also shrinks what came before.", 5.0),
            Mistake("one decimal", _THREE_DECIMALS, 4.8),
            Mistake("momentum 0.9", "that would be with momentum 0.9.", 32.57),
            Mistake("still 0", "each update brings in a hundredth of the batch's mean.", 0.0),
        ],
    },
    points=2,
    hints=[
        "What does one update leave of the start? And the next one, of that?",
        "After n updates the start's weight is momentum to the power n; all batches together have the rest.",
        "The start of the moving mean is 0, so only the batches' share counts: that share, times 50.",
    ],
    insight="After ten updates nine tenths of a moving mean are still its start. That is why a network is tested with "
    "the wrong numbers when training has been short: momentum 0.99 remembers about the last hundred batches, and if there "
    "were not so many, it remembers 0 and 1.",
)
