"""Notebook 11, predict: read the log."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_PATIENCE_3 = "patience 3: the last epoch that is run"


_KEPT_3 = "patience 3: the epoch that is kept"


_PATIENCE_2 = "patience 2: the last epoch that is run"


_PATIENCE_4 = "patience 4: the epoch that is kept"


_DELTA = "patience 3, min_delta 0.02: the epoch that is kept"


read_the_log = PredictExercise(
    {_PATIENCE_3: 9, _KEPT_3: 6, _PATIENCE_2: 5, _PATIENCE_4: 10, _DELTA: 3},
    variable="prediction",
    mistakes={
        _PATIENCE_3: [
            Mistake("tie taken for better", "epoch 7 has the *same* loss as epoch 6. That is no improvement: epoch 7 is "
                    "already the first in vain.", 10),
            Mistake("tie taken for better, to the end", "epoch 7 has the *same* loss as epoch 6. That is no improvement: "
                    "epoch 7 is already the first in vain.", 11),
            Mistake("in vain never reset", "the epochs in vain are counted *in a row*. Epoch 6 is an improvement, so the "
                    "count starts again at 0.", 7),
            Mistake("one too early", "count the epochs in vain after epoch 6: with the third of them the run ends.", 8),
            Mistake("first epoch in vain", "epoch 4 is the first in vain. With patience 3 the run waits for the third in a "
                    "row.", 4),
            Mistake("before the improvement", "epochs 4 and 5 are in vain, and epoch 6 is not: 0.54 is below 0.55.", 6),
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
            Mistake("one too late", "epochs 4 and 5 are two in vain, in a row. With the second the run ends: there is no "
                    "epoch 6.", 6),
            Mistake("as if it knew", "to know that epoch 6 is better one would have to run it. Epochs 4 and 5 are two in "
                    "vain, in a row.", 8),
            Mistake("one too early", "epoch 4 is the first in vain. With patience 2 the run ends with the second.", 4),
            Mistake("the kept epoch", "that is the epoch that is kept. Which is the last that is *run*?", 3),
            Mistake("compared with the epoch before", "epoch 5 is better than epoch 4, but that is not asked: each loss is "
                    "compared with the *best* so far, 0.55.", 9),
        ],
        _PATIENCE_4: [
            Mistake("stopped too early", "after epoch 6 the epochs 7, 8 and 9 are in vain. With patience 4 one more is "
                    "run: what does it bring?", 6),
            Mistake("the last run", "the list ends there, before the patience runs out. But which of all epochs is kept?",
                    11),
            Mistake("the later of equals", "of two equal losses the first is kept; and after it one more epoch is run "
                    "than with patience 3.", 7),
        ],
        _DELTA: [
            Mistake("min_delta forgotten", "0.54 is below 0.55, but by 0.01 only. With min_delta = 0.02 that does not "
                    "count.", 6),
            Mistake("never seen", "epoch 10 is better than 0.55 by more than 0.02. But is it ever run? Count the epochs in "
                    "vain after epoch 3.", 10),
            Mistake("the last run", "that is the last epoch that is run. Its loss is not the lowest that counts.", 5),
            Mistake("the last run with min_delta", "that is the last epoch that is run: the third in vain. Its improvement "
                    "of 0.01 does not count, so it is not kept.", 9),
        ],
    },
    points=3,
    hints=[
        "Go through the list with two notes on paper: the best loss so far (and its epoch), and the number of epochs in "
        "vain since.",
        "A loss is better if it is *below* the best by more than min_delta. Then the count of epochs in vain goes back to "
        "0. The run ends with the epoch at which the count reaches the patience.",
    ],
    insight="Patience 3 ends one epoch before the lowest loss of the list, and cannot know it. That is the price: epochs "
    "saved against a chance missed. What it costs on real runs is measured below.",
)
