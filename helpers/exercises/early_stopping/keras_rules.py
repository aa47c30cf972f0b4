"""Notebook 11, predict: what Keras does."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_WHICH = ("the best epoch", "the last epoch")


_DEFAULT = "restore_best_weights not given: weights of"


_RAN_OUT = "restore_best_weights=True, epochs end before the patience: weights of"


_ZERO = "patience not given (0), on the log above: the last epoch that is run"


_CREEP_5 = "loss falls by 0.004 per epoch, min_delta=0.01, patience=5: stops?"


_CREEP_2 = "the same with patience=2: stops?"


_MODE = "monitor='val_accuracy' rises from 0.5, mode='min', patience=3: keeps epoch"


_START = "lowest loss at epoch 3, start_from_epoch=5: epoch 3 is kept?"


keras_rules = PredictExercise(
    {_DEFAULT: "the last epoch", _RAN_OUT: "the best epoch", _ZERO: 4, _CREEP_5: False, _CREEP_2: True, _MODE: 0,
     _START: False},
    variable="prediction",
    choices={_DEFAULT: _WHICH, _RAN_OUT: _WHICH, _CREEP_5: (True, False), _CREEP_2: (True, False),
             _START: (True, False)},
    mistakes={
        _DEFAULT: [
            Mistake("restoring is not the default", "the default of `restore_best_weights` is False. The run ends with the "
                    "weights it has: those of the last epoch.", "the best epoch"),
        ],
        _RAN_OUT: [
            Mistake("restoring only after a stop", "this was so in Keras 2. The version installed here restores them "
                    "in its `on_train_end`, however the run ends. The trials below show it.", "the last epoch"),
        ],
        _ZERO: [
            Mistake("as if it knew", "epoch 3 is the best so far. That epoch 4 is no better is known only when it has been "
                    "run.", 3),
            Mistake("one more", "epoch 4 is already no improvement. With `patience=0` one such epoch is enough.", 5),
            Mistake("at once", "epoch 0 is the first best. Even without patience the run goes on while the loss improves.", 0),
            Mistake("to the end", "it does stop. With `patience=0` the first epoch without improvement ends the run.", 11),
            Mistake("while it improves", "the loss improves up to epoch 3. The first epoch *without* improvement ends the "
                    "run.", 1),
        ],
        _CREEP_5: [
            Mistake("each step too small", "each loss is compared with the *best that counted*, not with the epoch before. "
                    "How far below it is the loss after three epochs?", True),
        ],
        _CREEP_2: [
            Mistake("two are enough", "after two epochs the loss has fallen by 0.008, which is not more than 0.01: two "
                    "epochs without improvement.", False),
        ],
        _MODE: [
            Mistake("the highest accuracy", "with `mode='min'` a rising accuracy gets worse from the first epoch on. Which "
                    "epoch is the \"best\"?", 3),
            Mistake("counted from 1", "epochs are counted from 0 in Keras' attributes (and from 1 in what it prints).", 1),
        ],
        _START: [
            Mistake("looked at all the same", "epochs before `start_from_epoch` are not looked at: nothing is saved in "
                    "them.", True),
        ],
    },
    points=3,
    hints=[
        "Keeping the best weights costs memory. Is a default more likely to be the costly choice or the free one?",
        "For the slowly falling loss note the best that counted, 1.000, and compare: 0.996, 0.992, 0.988.",
    ],
    insight="Remember the first one. Whoever writes `EarlyStopping(patience=5)` and nothing else gets the network of five "
    "epochs *after* the best one.",
)
