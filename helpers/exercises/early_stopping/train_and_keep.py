"""Notebook 11, code: keep the weights."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import Problem
from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.early_stopping._shared import LOG, Rehearsal


def train_and_keep(run, patience, epochs):
    best, in_vain = np.inf, 0
    for epoch in range(epochs):
        run.train_epoch()
        loss = run.loss("validation")
        if loss < best:
            best, in_vain = loss, 0
            kept = run.weights.copy()
        else:
            in_vain += 1
            if in_vain >= patience:
                break
    return kept, epoch + 1


class _KeepTheBest(CodeExercise):
    """Says so where nothing was ever saved, and where the test data were looked at for nothing."""

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.passed:
            args = copy.deepcopy(self._reference[0][0].args)
            sandbox.call(lambda: answer(*args), cpu_seconds=self.cpu_seconds)
            if "test" in args[0].asked:
                return self._verdict(
                    "wrong",
                    "The right weights and the right number of epochs. But the *test* loss is measured during the training. "
                    "Even if nothing is decided by it: a number that is seen after every epoch is sooner or later used. The "
                    "test data are looked at once, at the end, and not here.",
                )
        return verdict

    def _arrays(self, value, expected, case):
        if isinstance(value, (tuple, list)) and len(value) == 2 and value[0] is None:
            return Problem(
                "`weights` is `None`: either no epoch was ever saved, or something else is returned. With what does the best "
                "loss start, and can any loss be below that?"
            )
        return super()._arrays(value, expected, case)


def _runs():
    wave = (1.2, *LOG)
    falling_then_up = (1.0, 0.8, 0.6, 0.5, 0.55, 0.52, 0.85)
    # The training loss has a valley of its own, and so has the test loss.
    training = (2.0, 1.0, 0.8, 0.85, 0.9, 0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82, 0.84)
    test = (2.0, 0.9, 0.5, 0.55, 0.6, 0.65, 0.66, 0.67, 0.68, 0.69, 0.7, 0.71, 0.72)
    return [
        Case("with patience 3", (Rehearsal(wave, training, test), 3, 12)),
        Case("with patience 5 and 6 epochs: they end before the patience does",
             (Rehearsal(falling_then_up, training[:7], test[:7]), 5, 6)),
        Case("with patience 4", (Rehearsal(wave, training, test), 4, 12)),
        Case("with patience 3 and 7 epochs of 12", (Rehearsal(wave, training, test), 3, 7)),
        Case("with patience 2, on a run that makes a new array of weights in each epoch",
             (Rehearsal(wave, training, test, in_place=False), 2, 12)),
    ]


def _training(
    data="validation", keep=lambda weights: weights.copy(), better=lambda loss, best: loss < best,
    runs_out=lambda in_vain, patience: in_vain >= patience, reset=0, against="best", update=True,
    result=lambda run, kept, count, stopped: (kept, count), measure="after", keep_when="better",
):
    """The loop with one of its parts exchanged."""

    def train(run, patience, epochs):
        best, in_vain, count, stopped, previous = np.inf, 0, 0, False, np.inf
        kept = keep(run.weights)
        for _ in range(epochs):
            before, loss_before = run.weights.copy(), run.loss(data)
            run.train_epoch()
            count += 1
            loss = loss_before if measure == "before" else run.loss(data)
            if better(loss, previous if against == "previous" else best):
                best = loss if update else best if np.isfinite(best) else loss
                in_vain = reset if reset is not None else in_vain
                if keep_when == "better":
                    kept = before if measure == "weights before" else keep(run.weights)
            else:
                if keep_when == "worse":
                    kept = keep(run.weights)
                in_vain += 1
                if runs_out(in_vain, patience):
                    stopped = True
                    break
            previous = loss
        return result(run, kept, count, stopped)

    return train


def _diary(run, patience, epochs):
    diary, losses = [], []
    while len(losses) < epochs and (not losses or len(losses) - 1 - int(np.argmin(losses)) < patience):
        run.train_epoch()
        diary.append(np.array(run.weights))
        losses.append(run.loss("validation"))
    return diary[int(np.argmin(losses))], len(losses)


def _first_epoch_first(run, patience, epochs):
    run.train_epoch()
    best, kept, since, count = run.loss("validation"), 1.0 * run.weights, 0, 1
    while count < epochs and since < patience:
        run.train_epoch()
        count += 1
        if run.loss("validation") < best:
            best, kept, since = run.loss("validation"), 1.0 * run.weights, 0
        else:
            since += 1
    return kept, count


def _patience_back(run, patience, epochs):
    diary, best, in_vain = [], np.inf, 0
    for _ in range(epochs):
        run.train_epoch()
        diary.append(run.weights.copy())
        in_vain = 0 if run.loss() < best else in_vain + 1
        best = min(best, run.loss())
        if in_vain == patience:
            break
    return diary[max(len(diary) - 1 - patience, 0)], len(diary)


def _best_counted(run, patience, epochs):
    kept, count = _diary(run, patience, epochs)
    return kept, int(round(kept[0]))  # the weights' first number is their epoch, counted from 1


def _patience_added(run, patience, epochs):
    kept, count = _diary(run, patience, epochs)
    return kept, int(round(kept[0])) + patience


class _Summed:
    """A run whose every loss is that of the training and the validation data together."""

    def __init__(self, run):
        self._run = run

    def __getattr__(self, name):
        return getattr(self._run, name)

    def loss(self, data="validation"):
        return self._run.loss("training") + self._run.loss("validation")


train_and_keep = _KeepTheBest(
    train_and_keep,
    outputs=["weights", "epochs_run"],
    cases=_runs,
    variants=[_training(), _diary, _first_epoch_first, _training(keep=np.array),
              _training(keep=lambda weights: weights + 0.0)],
    mistakes=[
        Mistake(
            "last weights kept",
            "What comes back are the weights of the *last* epoch. The run has been getting no better for some epochs by "
            "then: return those of the best one.",
            _training(result=lambda run, kept, count, stopped: (run.weights.copy(), count)),
        ),
        Mistake(
            "a reference, not a copy",
            "The best weights are noted without copying them. `run.weights` is one array, and the training goes on writing "
            "into it: your note changes with it, and in the end it holds the last epoch's weights. Nothing warns you.",
            _training(keep=lambda weights: weights),
        ),
        Mistake(
            "last weights, where the epochs end first",
            "Where the patience runs out it is right. Where the epochs run out first, the *last* weights come back. Older "
            "versions of Keras did this; the best epoch deserves better.",
            _training(result=lambda run, kept, count, stopped: (kept if stopped else run.weights.copy(), count)),
        ),
        Mistake(
            "counted from 0",
            "The weights are right. `epochs_run` is the number of the last epoch, counted from 0: one less than the "
            "number of epochs that were run.",
            _training(result=lambda run, kept, count, stopped: (kept, count - 1)),
        ),
        Mistake(
            "all epochs counted",
            "`epochs_run` is `epochs`, the number allowed. Asked is how many were run.",
            lambda run, patience, epochs: (_training()(run, patience, epochs)[0], epochs),
        ),
        Mistake(
            "best epoch counted",
            "The weights are right. `epochs_run` is the number of epochs up to the *best* one; those in vain after it have "
            "been run as well.",
            _best_counted,
        ),
        Mistake(
            "patience added",
            "The weights are right. `epochs_run` is calculated, as the best epoch and the patience: it is wrong where the "
            "epochs end first. Count the epochs that are run.",
            _patience_added,
        ),
        Mistake(
            "one epoch too patient",
            "One epoch too patient: the run ends when there are *more* than `patience` epochs in vain. It should end with "
            "the one that makes them as many as `patience`.",
            _training(runs_out=lambda in_vain, patience: in_vain > patience),
        ),
        Mistake(
            "one epoch too impatient",
            "One epoch too impatient: the run ends before there have been `patience` epochs in vain. Does the count start "
            "at 1?",
            _training(runs_out=lambda in_vain, patience: in_vain >= patience - 1),
        ),
        Mistake(
            "patience never reset",
            "The count of epochs in vain is never set back: it adds up over the whole run. Epochs in vain are counted *in "
            "a row*.",
            _training(reset=None),
        ),
        Mistake(
            "ties improve",
            "`<=` where `<` belongs: an epoch as good as the best counts as an improvement. On a plateau such a run never "
            "ends.",
            _training(better=lambda loss, best: loss <= best),
        ),
        Mistake(
            "training loss monitored",
            "The epoch is chosen by the *training* loss. It falls as long as the network learns anything, the noise "
            "included: it can never say that it is enough.",
            _training(data="training"),
        ),
        Mistake(
            "test loss monitored",
            "The epoch is chosen by the *test* loss. Then the test data have taken part in the training, and their error "
            "is no longer that of data nobody has looked at. The validation data are there for choosing.",
            _training(data="test"),
        ),
        Mistake(
            "training and validation loss together",
            "The epoch is chosen by the training and the validation loss *together*. The training loss falls to the end, and "
            "pulls the choice to later epochs. Only the validation loss decides.",
            lambda run, patience, epochs: _training()(_Summed(run), patience, epochs),
        ),
        Mistake(
            "patience of 3 for all",
            "The patience is 3, whatever `patience` says. It is an argument: use it.",
            lambda run, patience, epochs: _training()(run, 3, epochs),
        ),
        Mistake(
            "never stops, last weights",
            "All the epochs are run, and the last weights come back (a list of references to one array is no diary: all its "
            "entries show the last epoch). Stop when the patience runs out, and copy.",
            _training(runs_out=lambda in_vain, patience: False,
                      result=lambda run, kept, count, stopped: (run.weights.copy(), count)),
        ),
        Mistake(
            "never stops",
            "The best weights come back, but all the epochs are run. That is the lecture's algorithm to the letter, and "
            "costs the time that `patience` should save.",
            _training(runs_out=lambda in_vain, patience: False),
        ),
        Mistake(
            "stops without patience",
            "The run ends with the first epoch that is no improvement. `patience` says how many such epochs in a row it "
            "takes.",
            _training(runs_out=lambda in_vain, patience: True),
        ),
        Mistake(
            "compared with the epoch before",
            "Each loss is compared with that of the epoch before. Compare it with the *best* so far: after a bad epoch a "
            "less bad one is no improvement.",
            _training(against="previous"),
        ),
        Mistake(
            "best loss never updated",
            "The best loss stays that of the first epoch, so that nearly every epoch is an improvement. Note the new loss "
            "together with its weights.",
            _training(update=False),
        ),
        Mistake(
            "higher is better",
            "The direction is that of an accuracy: the highest loss is kept.",
            _training(better=lambda loss, best: loss > best or not np.isfinite(best)),
        ),
        Mistake(
            "weights before the epoch",
            "The weights are saved *before* the epoch and judged by the loss *after* it: the weights that come back are "
            "those of one epoch earlier.",
            _training(measure="weights before"),
        ),
        Mistake(
            "measured before the epoch",
            "The loss is measured *before* the epoch and the weights are saved *after* it: the two do not belong together. "
            "Train, then measure, then save.",
            _training(measure="before"),
        ),
        Mistake(
            "worst weights kept",
            "The weights are saved in the branch of the epochs in vain: these are the ones that are no better.",
            _training(keep_when="worse"),
        ),
        Mistake(
            "initial weights kept",
            "What comes back are the weights from before the first epoch. They are to be saved anew with every "
            "improvement.",
            _training(keep_when="never"),
        ),
        Mistake(
            "never trained",
            "`run.train_epoch()` is never called: the loss of the initial weights is measured again and again.",
            lambda run, patience, epochs: (run.weights.copy(), min(patience + 1, epochs)),
        ),
        Mistake(
            "patience epochs back",
            "What comes back are the weights from `patience` epochs before the end. If the patience runs out, these are "
            "the best; if the epochs run out first, they are not.",
            _patience_back,
        ),
    ],
    properties=[
        Property("The weights should be those of an epoch of this run, and are not. Were they changed after being saved?",
                 lambda args, outputs: bool(np.allclose(outputs[0], Rehearsal._at(round(float(outputs[0][0])))))),
        Property("More epochs were run than `epochs` allows.", lambda args, outputs: outputs[1] <= args[2]),
    ],
    points=4,
    hints=[
        "The same notes as in `stop_at`, and one more: the weights of the best epoch. Per epoch: train, measure on the "
        "validation data, then judge.",
        "`run.weights` is one array into which the training writes. What does `kept = run.weights` note, the numbers or "
        "the array? What would be left of it after the next epoch?",
    ],
    insight="The loop is the lecture's algorithm with a patience. The line that is forgotten most is the copy: `kept = "
    "run.weights` notes *where* the weights are, not *what* they are, and the next epoch overwrites them.",
)
