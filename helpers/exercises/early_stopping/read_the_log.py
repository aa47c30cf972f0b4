"""Notebook 11, predict: read the log."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_PATIENCE_3 = "patience 3: the last epoch that is run"


_KEPT_3 = "patience 3: the epoch that is kept"


_PATIENCE_2 = "patience 2: the last epoch that is run"


_PATIENCE_4 = "patience 4: the epoch that is kept"


_DELTA = "patience 3, min_delta 0.02: the epoch that is kept"


_TIE = (
    "epoch 7 has the *same* loss as epoch 6. That is no improvement: epochs 7, 8 and 9 are three without improvement, in a row."
)


_IN_A_ROW = "the epochs without improvement are counted *in a row*. Epoch 6 is an improvement, so the count starts again at 0."


read_the_log = PredictExercise(
    {_PATIENCE_3: 9, _KEPT_3: 6, _PATIENCE_2: 5, _PATIENCE_4: 10, _DELTA: 3},
    variable="prediction",
    mistakes={
        _PATIENCE_3: [
            Mistake("one too late", _TIE, 10),
            Mistake("to the end", _TIE, 11),
            Mistake("never reset", _IN_A_ROW, 7),
            Mistake("one too early", "count the epochs without improvement after epoch 6: with the third of them the run "
                    "ends.", 8),
            Mistake("first without improvement", "epoch 4 is the first without improvement. With patience 3 the run waits "
                    "for the third in a row.", 4),
            Mistake("second without improvement", "epochs 4 and 5 are two without improvement. With patience 3 the run goes "
                    "on, and epoch 6 is better than epoch 3.", 5),
            Mistake("before the improvement", "epochs 4 and 5 bring no improvement, but epoch 6 does: 0.54 is below 0.55. "
                    "From there the count starts again.", 6),
            Mistake("counted from 1", "epochs are counted from 0 here, as in the list of losses: look again which epoch "
                    "has which number.", 12),
        ],
        _KEPT_3: [
            Mistake("the later of equals", "of two equal losses the first is kept: the second is no improvement.", 7),
            Mistake("never seen", "epoch 10 has the lowest loss of the list, but with patience 3 it is never run.", 10),
            Mistake("the last run", "that is the last epoch that is run. Its loss is not the lowest.", 9),
            Mistake("the first valley", "0.55 was the lowest until epoch 6.", 3),
        ],
        _PATIENCE_2: [
            *(Mistake(name, "epochs 4 and 5 are both above the best so far, 0.55: two without improvement, in a row. The run "
                      "ends with the second, and epoch 6 is never run.", value)
              for name, value in (("one too late", 6), ("as if it knew", 8), ("three in a row", 9), ("to the end", 11))),
            Mistake("one too early", "epoch 4 is the first without improvement. With patience 2 the run ends with the "
                    "second.", 4),
            Mistake("the kept epoch", "that is the epoch that is kept. Which is the last that is *run*?", 3),
        ],
        _PATIENCE_4: [
            Mistake("stopped too early", "after epoch 6 the epochs 7, 8 and 9 bring no improvement. With patience 4 one "
                    "more is run: what does it bring?", 6),
            Mistake("the last run", "the list ends there, before the patience runs out. But which of all epochs is kept?",
                    11),
            Mistake("the later of equals", "epoch 7 only equals epoch 6. And with patience 4 one more epoch is run than "
                    "with patience 3.", 7),
        ],
        _DELTA: [
            Mistake("min_delta forgotten", "0.54 is below 0.55, but by 0.01 only. With min_delta = 0.02 that does not "
                    "count.", 6),
            Mistake("never seen", "epoch 10 is better than 0.55 by more than 0.02. But is it ever run? Count the epochs "
                    "without improvement after epoch 3.", 10),
            Mistake("above the best", "the loss of epoch 5 is 0.56: that is above 0.55, which was there before.", 5),
            Mistake("never run", "the loss of epoch 9 is 0.56: that is above 0.55, which was there before. And is this epoch "
                    "ever run?", 9),
            Mistake("the tie", "epoch 7 is not better than epoch 6. And 0.54 is below 0.55 by 0.01 only.", 7),
            Mistake("one too early", "0.55 is below 0.60 by 0.05. That is more than min_delta.", 2),
        ],
    },
    patterns=[
        Mistake("ties improve", _TIE, {_PATIENCE_3: 11, _KEPT_3: 10}),
        Mistake("one epoch too patient", "these runs go on too long: until there are *more* epochs without improvement than "
                "the patience. The run ends as soon as there are as many, in a row.",
                {_PATIENCE_3: 11, _KEPT_3: 10, _PATIENCE_2: 9}),
        Mistake("one epoch too impatient", "these runs end too early. The first epoch without improvement is number 1, and the "
                "run ends when the patience is reached.",
                {_PATIENCE_3: 5, _KEPT_3: 3, _PATIENCE_2: 4, _PATIENCE_4: 6}),
        Mistake("compared with the epoch before", "each loss is compared with the *best* so far, not with the epoch before: "
                "epoch 5 is better than epoch 4, and still no improvement.",
                {_PATIENCE_3: 11, _KEPT_3: 10, _PATIENCE_2: 8}),
        Mistake("never reset", _IN_A_ROW, {_PATIENCE_3: 7, _PATIENCE_4: 6}),
        Mistake("ties start again", _TIE, {_PATIENCE_3: 10, _KEPT_3: 7}),
        Mistake("counted from 1", "each of these is one too large. Are the epochs counted from 0, as in the table?",
                {_PATIENCE_3: 10, _KEPT_3: 7, _PATIENCE_2: 6, _PATIENCE_4: 11, _DELTA: 4}),
        Mistake("losses", "these are losses. The question asks for the numbers of the epochs.",
                {_PATIENCE_3: 0.56, _KEPT_3: 0.54, _PATIENCE_2: 0.56, _PATIENCE_4: 0.5, _DELTA: 0.55}),
        Mistake("swapped", "these two have changed places: the run goes on after the epoch that is kept.",
                {_PATIENCE_3: 6, _KEPT_3: 9}),
    ],
    points=3,
    hints=[
        "Go through the list with two notes on paper: the best loss so far (and its epoch), and the number of epochs "
        "without improvement since.",
        "A loss is better if it is *below* the best by more than min_delta. Then the count of epochs without improvement "
        "goes back to 0. The run ends with the epoch at which the count reaches the patience.",
    ],
    insight="Patience 3 ends one epoch before the lowest loss of the list, and cannot know it. This is the price of "
    "saving epochs: a later, lower loss can be missed. How much that costs on real runs is measured below.",
)
