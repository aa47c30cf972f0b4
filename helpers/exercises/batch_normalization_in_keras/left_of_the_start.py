"""Notebook 04, predict: how much of the start is left."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_THREE_DIGITS = "right so far: give it to three digits."

_IN_PERCENT = "that is in percent: give the share itself, from 0 to 1."

_BROUGHT_IN = "that is what the batches have brought in. How much of the start is left?"

_SHARE_ALONE = "that is the share of what the batches have brought in. How large is it, if their mean is 50?"

_NOTHING = (
    "nothing at all would be left only if momentum were close to 0. In Keras momentum is the share of the *old* value: "
    "one update leaves most of it."
)

_ONE_UPDATE = "that is what is left after one update."

_LINEAR = "this takes away the same amount at every update. But each update takes its share of what is *left*."

_TEN, _HUNDRED, _LESS, _MEAN = (
    "left after 10 updates, momentum 0.99",
    "left after 100 updates, momentum 0.99",
    "left after 10 updates, momentum 0.9",
    "moving mean after 10 updates",
)


left_of_the_start = PredictExercise(
    {_TEN: 0.9044, _HUNDRED: 0.3660, _LESS: 0.3487, _MEAN: 4.781},
    variable="left",
    tolerance=2.1e-3,  # 0.348, cut off, is right; 0.35 is not
    follows={_MEAN: ((_TEN,), lambda left: 50 * (1 - left))},
    patterns=[
        Mistake("two digits throughout", _THREE_DIGITS, {_TEN: 0.90, _HUNDRED: 0.37, _LESS: 0.35, _MEAN: 4.8}),
        Mistake("linear throughout", _LINEAR, {_TEN: 0.9, _HUNDRED: 0.0, _LESS: 0.0}),
        Mistake("nothing left throughout", _NOTHING, {_TEN: 0.0, _HUNDRED: 0.0, _LESS: 0.0}),
        Mistake(
            "PyTorch's momentum throughout",
            "this reads momentum as the share of the *new* value, as in PyTorch. In Keras it is the share of the old.",
            {_TEN: 0.0, _HUNDRED: 0.0, _LESS: 0.0, _MEAN: 50.0},
        ),
        Mistake(
            "one update too few throughout",
            "that is one update short.",
            {_TEN: 0.9135, _HUNDRED: 0.36973, _LESS: 0.3874, _MEAN: 4.324},
        ),
        Mistake(
            "one update too many throughout",
            "that is one update too many.",
            {_TEN: 0.8953, _HUNDRED: 0.3624, _LESS: 0.3138, _MEAN: 5.233},
        ),
    ],
    mistakes={
        _TEN: [
            Mistake(
                "subtracted",
                "1 − 10 · 0.01 takes a hundredth of the *start* away each time; it is a hundredth of what is left. (If you "
                "rounded: three digits, please.)",
                0.9,
            ),
            Mistake("the new share", _BROUGHT_IN, 0.0956),
            Mistake("the new share, rounded", _BROUGHT_IN, 0.096),
            Mistake("ten hundredths", "0.1 counts what is brought in, ten times 0.01. How much of the start is left?", 0.1),
            Mistake("in percent", _IN_PERCENT, 90.4),
            Mistake("one update", _ONE_UPDATE, 0.99),
            Mistake("nothing left", _NOTHING, 0.0),
            Mistake("nine updates", "that is after nine updates.", 0.9135),
            Mistake("a hundred updates for ten", "that is after 100 updates.", 0.366),
            Mistake("momentum 0.9 for ten updates", "that is with momentum 0.9.", 0.3487),
        ],
        _HUNDRED: [
            Mistake("all gone", _LINEAR, 0.0),
            Mistake("the new share after 100", _BROUGHT_IN, 0.634),
            Mistake("ten updates", "that is after ten updates.", 0.904),
            Mistake("the new share after 100, rounded", _BROUGHT_IN, 0.63),
            Mistake("two digits", _THREE_DIGITS, 0.37),
            Mistake("in percent after 100", _IN_PERCENT, 36.6),
            Mistake("one update for 100", _ONE_UPDATE, 0.99),
            Mistake("momentum 0.9 after 100", "that would be right for momentum 0.9 and fewer updates.", 0.3487),
        ],
        _LESS: [
            Mistake("all gone after ten", _LINEAR, 0.0),
            Mistake("the new share of 0.9", _BROUGHT_IN, 0.651),
            Mistake("two digits of 0.9", _THREE_DIGITS, 0.35),
            Mistake("one update of 0.9", _ONE_UPDATE, 0.9),
            Mistake("in percent of 0.9", _IN_PERCENT, 34.9),
            Mistake("momentum 0.99 for 0.9", "that is with momentum 0.99.", 0.9044),
            Mistake("momentum 0.99 after 100", "that is with momentum 0.99, after 100 updates.", 0.366),
        ],
        _MEAN: [
            Mistake(
                "already there",
                "50 is the mean of the batches. Only an average that forgets its start at once would be there.",
                50.0,
            ),
            Mistake("the start's share", "that is the start's share, times 50. But the start is 0.", 45.2),
            Mistake("one update's worth", "0.5 is what one update brings in, 0.01 · 50.", 0.5),
            Mistake("ten times one update", "5 is ten times what one update brings in. But each update also shrinks what came before: it stays below 5.", 5.0),
            Mistake("one decimal", _THREE_DIGITS, 4.8),
            Mistake("momentum 0.9", "that would be with momentum 0.9.", 32.57),
            Mistake("nine updates of the mean", "that is after nine updates.", 4.324),
            Mistake("eleven updates of the mean", "that is after eleven updates.", 5.233),
            Mistake("a hundred updates of the mean", "that is after 100 updates.", 31.7),
            Mistake("the share alone", _SHARE_ALONE, 0.0956),
            Mistake("the share alone, rounded", _SHARE_ALONE, 0.096),
            Mistake(
                "weighted sum without its weight",
                "478 lies far above 50, and an average of 0 and 50 cannot. What is the weight of a new value?",
                478.1,
            ),
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
    "the wrong statistics when training has been short: momentum 0.99 remembers about the last hundred batches, after "
    "100 updates a good third is still the start, 0 and 1.",
)
