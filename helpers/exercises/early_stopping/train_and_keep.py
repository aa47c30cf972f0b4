"""Notebook 11, code: keep the weights."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises.comparing import Problem
from helpers.exercises.engine import Case, Mistake, Property
from helpers.exercises.early_stopping._shared import OneLoop, Rehearsal


def train_and_keep(run, patience, epochs):
    best, wait = np.inf, 0
    for epoch in range(epochs):
        run.train_epoch()
        loss = run.loss("validation")
        if loss < best:
            best, wait = loss, 0
            kept = run.weights.copy()
        else:
            wait += 1
            if wait >= patience:
                break
    return kept, epoch + 1


class _KeepTheBest(OneLoop):
    """Says so where nothing was ever saved, and where more was done than the results tell."""

    facts = frozenset({
        "last weights kept", "a reference, not a copy", "last weights, where the epochs end first", "last weights at the stop",
        "counted from 0", "one too many counted", "all epochs counted", "best epoch counted", "best epoch counted from 0",
    })

    def evaluate(self, answer):
        self._seen = []  # for each case: the run as the answer left it, and the number of epochs that were due
        verdict = super().evaluate(answer)
        if not verdict.passed:
            return verdict
        run, due = next(((run, due) for run, due in self._seen if run.trained != due), (None, 0))
        if run:
            return self._verdict(
                "known mistake",
                f"The results are right, but `run.train_epoch()` was called {run.trained} times where {due} epochs are to be "
                "run. The patience should end the *training*: that is the time it saves.",
                mistakes=("trained on",),
            )
        if any(run.disturbed for run, _ in self._seen):
            return self._verdict(
                "known mistake",
                "The results are right for these runs, which are written down. But `run.weights` is changed between two "
                "epochs, and a real training would go on from there. Put the best weights back when the training has ended, "
                "not before.",
                mistakes=("weights changed during the training",),
            )
        if any(after < run.trained for run, _ in self._seen for after in run.asked.get("test", ())):
            return self._verdict(
                "known mistake",
                "The right weights and the right number of epochs. But the *test* loss is measured during the "
                "training. Even if it decides nothing here: a number that is seen after every epoch is used sooner or "
                "later. Use the test data once, at the end, and not here.",
                mistakes=("test loss looked at",),
            )
        return verdict

    def _refuse_call(self, case, args, outcome):
        due = next(int(expected[1]) for known, expected in self._reference if known is case)
        self._seen.append((args[0], due))
        return super()._refuse_call(case, args, outcome)

    def _arrays(self, value, expected, case):
        if isinstance(value, (tuple, list)) and len(value) == 2 and value[0] is None:
            return Problem(
                "`weights` is `None`: either no epoch was ever saved, or something else is returned. With what value "
                "does the best loss start, and can any loss be below this value?"
            )
        return super()._arrays(value, expected, case)


def _runs():
    wave = (1.2, 0.9, 0.7, 0.6, 0.55, 0.57, 0.56, 0.54, 0.545, 0.58, 0.56, 0.5, 0.52)
    falling_then_up = (1.0, 0.8, 0.6, 0.5, 0.55, 0.52, 0.85)
    up_and_down = (1.4, 1.0, 1.3, 1.2, 1.25, 1.1, 1.15, 0.9)
    plateau = (1.2, 0.9, 0.7, 0.7, 0.8, 0.7, 0.75, 0.6, 0.65)
    pairs = (1.2, 0.9, 0.9, 0.6, 0.7, 0.7, 0.7)
    # The training loss has a valley of its own, and so has the test loss.
    training = (2.0, 1.0, 0.8, 0.85, 0.9, 0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82, 0.84)
    test = (2.0, 0.9, 0.5, 0.55, 0.6, 0.65, 0.66, 0.67, 0.68, 0.69, 0.7, 0.71, 0.72)

    def run(validation, in_place=True):
        return Rehearsal(validation, training[: len(validation)], test[: len(validation)], in_place)

    return [
        Case("with patience 3", (run(wave), 3, 12)),
        Case("with 6 epochs and patience 7: the epochs end first", (run(falling_then_up), 7, 6)),
        Case("with patience 4, and losses far above it", (run(100 * np.array(wave)), 4, 12)),
        Case("with patience 3 and 7 epochs of 12", (run(wave), 3, 7)),
        Case("with patience 2, on a run that makes a new array of weights in each epoch", (run(wave, in_place=False), 2, 12)),
        # The first epoch is the best: after a bad second one there are falls, and no new best.
        Case("with patience 3, on losses that first rise", (run(up_and_down), 3, 7)),
        Case("with patience 1", (run((1.4, 1.0, 0.9, 0.95, 0.8, 0.7)), 1, 5)),
        Case("with patience 3, and losses that differ by thousandths", (run(0.5 + np.array(wave) / 20), 3, 12)),
        Case("with patience 2, where the weights at the start are better than those of the first epochs",
             (run((0.65, *wave[1:])), 2, 12)),
        Case("with a single epoch", (run(wave), 2, 1), edge=True),
        Case("with patience 4, where losses only equal the best so far", (run(plateau), 4, 8), edge=True),
        Case("with patience 3, where losses only equal the one before", (run(pairs), 3, 6), edge=True),
    ]


def _training(
    data="validation", keep=lambda weights: weights.copy(), better=lambda loss, best: loss < best,
    runs_out=lambda wait, patience: wait >= patience, reset=0, against="best", update=True,
    result=lambda run, kept, count, stopped: (kept, count), measure="after", keep_when="better",
):
    """The loop with one of its parts exchanged."""

    def train(run, patience, epochs):
        best, wait, count, stopped, previous = np.inf, 0, 0, False, np.inf
        kept = keep(run.weights)
        for _ in range(epochs):
            before, loss_before = run.weights.copy(), run.loss(data)
            run.train_epoch()
            count += 1
            loss = loss_before if measure == "before" else run.loss(data)
            if better(loss, previous if against == "previous" else best):
                best = loss if update else best if np.isfinite(best) else loss
                wait = reset if reset is not None else wait
                if keep_when == "better":
                    kept = before if measure == "weights before" else keep(run.weights)
            else:
                if keep_when == "worse":
                    kept = keep(run.weights)
                wait += 1
                if runs_out(wait, patience):
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
    diary, best, wait = [], np.inf, 0
    for _ in range(epochs):
        run.train_epoch()
        diary.append(run.weights.copy())
        wait = 0 if run.loss() < best else wait + 1
        best = min(best, run.loss())
        if wait == patience:
            break
    return diary[max(len(diary) - 1 - patience, 0)], len(diary)


def _judged_before(counted, last=True):
    """The start is judged as if it were an epoch; ``counted`` says which number comes back.

    Without ``last`` nothing is trained after the last judgement: the results are the same.
    """

    def train(run, patience, epochs):
        best, wait, kept, trained = np.inf, 0, None, 0
        for epoch in range(epochs):
            if run.loss() < best:
                best, wait, kept = run.loss(), 0, run.weights.copy()
            else:
                wait += 1
                if wait >= patience:
                    break
            if last or epoch + 1 < epochs:
                run.train_epoch()
            trained += 1
        return kept, counted(epoch, trained)

    return train


def _start_is_the_first_best(run, patience, epochs):
    best, kept, wait, count = run.loss(), run.weights.copy(), 0, 0
    while count < epochs and wait < patience:
        run.train_epoch()
        count, wait = count + 1, wait + 1
        if run.loss() < best:
            best, kept, wait = run.loss(), run.weights.copy(), 0
    return kept, count


def _asked_at_the_top(run, patience, epochs):
    best, wait, kept, count = np.inf, 0, None, 0
    for _ in range(epochs):
        run.train_epoch()
        count += 1
        if wait >= patience:
            break
        wait += 1
        if run.loss() < best:
            best, kept, wait = run.loss(), run.weights.copy(), 0
    return kept, count


def _best_counted(run, patience, epochs):
    kept, count = _diary(run, patience, epochs)
    return kept, int(round(kept[0]))  # the weights' first number is their epoch, counted from 1


def _patience_added(run, patience, epochs):
    kept, count = _diary(run, patience, epochs)
    return kept, int(round(kept[0])) + patience


def _back_by_previous(run, patience, epochs):
    best, kept, wait, previous, count = np.inf, None, 0, np.inf, 0
    while count < epochs and wait < patience:
        run.train_epoch()
        count += 1
        wait = 0 if run.loss() < previous else wait + 1
        if run.loss() < best:
            best, kept = run.loss(), run.weights.copy()
        previous = run.loss()
    return kept, count


def _epochs(difference, counted=0):
    """At most so many epochs more than allowed, and so many more counted than were run."""

    def train(run, patience, epochs):
        kept, count = _training()(run, patience, epochs + difference)
        return kept, count + counted

    return train


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
            "The function returns the weights of the *last* epoch. An earlier epoch was better: return its weights.",
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
            "Where the patience runs out, the answer is right. Where the epochs run out first, the *last* weights come "
            "back. (Older versions of Keras did the same.) Return the best ones there, too.",
            _training(result=lambda run, kept, count, stopped: (kept if stopped else run.weights.copy(), count)),
        ),
        Mistake(
            "last weights at the stop",
            "Where the epochs run out first, the answer is right. Where the patience runs out, the *last* weights come "
            "back.",
            _training(result=lambda run, kept, count, stopped: (run.weights.copy() if stopped else kept, count)),
        ),
        Mistake(
            "one epoch fewer allowed",
            "At most `epochs` − 1 epochs are trained. The difference shows where the epochs end first. From which "
            "number to which does the loop count?",
            _epochs(-1),
        ),
        Mistake(
            "one epoch fewer allowed, one too many counted",
            "At most `epochs` − 1 epochs are trained, and `epochs_run` is one more than were trained. From which "
            "number to which does the loop count?",
            _epochs(-1, 1),
        ),
        Mistake(
            "one too many counted",
            "`epochs_run` is one more than the number of epochs that were run.",
            _epochs(0, 1),
        ),
        Mistake(
            "count set back by the epoch before",
            "The count of epochs without improvement is reset by an epoch that is better than the one *before* it. "
            "After a bad epoch this happens soon. Only a new best should reset it.",
            _back_by_previous,
        ),
        Mistake(
            "counted from 0",
            "`epochs_run` is the number of the last epoch, counted from 0: one less than the number of epochs that were run.",
            _training(result=lambda run, kept, count, stopped: (kept, count - 1)),
        ),
        Mistake(
            "all epochs counted",
            "`epochs_run` is `epochs`, the number allowed. Return how many were run.",
            lambda run, patience, epochs: (_training()(run, patience, epochs)[0], epochs),
        ),
        Mistake(
            "best epoch counted",
            "`epochs_run` is the number of epochs up to the *best* one; those after it have been run as well.",
            _best_counted,
        ),
        Mistake(
            "best epoch counted from 0",
            "`epochs_run` is the number of the *best* epoch, counted from 0. Return how many epochs were run.",
            lambda run, patience, epochs: (lambda kept, best: (kept, best - 1))(*_best_counted(run, patience, epochs)),
        ),
        Mistake(
            "patience added",
            "`epochs_run` is calculated as the best epoch plus the patience. This is wrong where the epochs end first. "
            "Count the epochs that are run.",
            _patience_added,
        ),
        Mistake(
            "one epoch too patient",
            "One epoch too patient: the run ends with *more* than `patience` epochs without improvement. It should end as "
            "soon as there are `patience` of them in a row.",
            _training(runs_out=lambda wait, patience: wait > patience),
        ),
        Mistake(
            "one epoch too patient, a reference",
            "Two things: the run ends with *more* than `patience` epochs without improvement, one too late; and the best "
            "weights are noted without copying them, so that your note changes with `run.weights`.",
            _training(runs_out=lambda wait, patience: wait > patience, keep=lambda weights: weights),
        ),
        Mistake(
            "one epoch too patient, last weights",
            "Two things: the run ends with *more* than `patience` epochs without improvement, one too late; and the "
            "function returns the weights of the *last* epoch.",
            _training(runs_out=lambda wait, patience: wait > patience,
                      result=lambda run, kept, count, stopped: (run.weights.copy(), count)),
        ),
        Mistake(
            "asked before judging",
            "After the patience has run out, one more epoch is trained, and its loss is not judged. Check whether the "
            "patience has run out *after* the loss has been judged, or before the next epoch is trained.",
            _asked_at_the_top,
        ),
        Mistake(
            "start is the first best",
            "The loss of the weights at the *start* is taken as the first best. Find the best of the *epochs*: the "
            "first epoch is the first best, even if the start was better.",
            _start_is_the_first_best,
        ),
        Mistake(
            "one epoch too impatient",
            "One epoch too impatient: the run ends before there have been `patience` epochs without improvement. At "
            "what number does the count start, and when is it compared with `patience`?",
            _training(runs_out=lambda wait, patience: wait >= patience - 1),
        ),
        Mistake(
            "patience never reset",
            "The epochs without improvement add up over the whole run. They are counted *in a row*: an improvement sets the "
            "count back to 0.",
            _training(reset=None),
        ),
        Mistake(
            "ties improve",
            "An epoch that only equals the best counts as an improvement. On a plateau such a run does not stop early.",
            _training(better=lambda loss, best: loss <= best),
        ),
        Mistake(
            "training loss monitored",
            "The epoch is chosen by the *training* loss. It falls as long as the network learns anything, the noise "
            "included, so it cannot tell when to stop.",
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
            "All the epochs are run, and the last weights come back. Stop when the patience runs out. And copy the best weights: "
            "a note without a copy also shows the last epoch's.",
            _training(runs_out=lambda wait, patience: False,
                      result=lambda run, kept, count, stopped: (run.weights.copy(), count)),
        ),
        Mistake(
            "never stops",
            "The best weights come back, but all the epochs are run. That is exactly the lecture's algorithm, but it "
            "costs the time that `patience` should save.",
            _training(runs_out=lambda wait, patience: False),
        ),
        Mistake(
            "stops without patience",
            "The run ends with the first epoch that is no improvement. `patience` says how many such epochs in a row it "
            "takes.",
            _training(runs_out=lambda wait, patience: True),
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
            "The comparison is the one for an accuracy: the highest loss is kept.",
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
        *(
            Mistake(
                name,
                "The weights from *before* the training are measured and judged as if they were those of the first epoch, and "
                "so on: each epoch's loss comes one round too late. Train first, then measure, then judge.",
                _judged_before(counted, last),
            )
            for name, counted, last in (
                ("judged before training", lambda epoch, trained: epoch + 1, False),
                ("judged before training, counted from 0", lambda epoch, trained: epoch, True),
                ("judged before training, trained epochs counted", lambda epoch, trained: trained, True),
            )
        ),
        Mistake(
            "worst weights kept",
            "The weights that come back are those of the last epoch *without* improvement. Save them with every improvement.",
            _training(keep_when="worse"),
        ),
        Mistake(
            "initial weights kept",
            "The function returns the weights from before the first epoch. Save the weights again at every "
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
            "The function returns the weights from `patience` epochs before the end. If the patience runs out, these "
            "are the best; if the epochs run out first, they are not.",
            _patience_back,
        ),
    ],
    properties=[
        Property("The weights should be those of an epoch of this run, but are not. Were they changed after being "
                 "saved?",
                 lambda args, outputs: bool(np.allclose(outputs[0], Rehearsal._at(np.round(outputs[0][0]))))),
        Property("`epochs_run` is larger than `epochs`, the number allowed.", lambda args, outputs: outputs[1] <= args[2]),
    ],
    points=4,
    hints=[
        "The same notes as in `stop_at`, and one more: the weights of the best epoch. Per epoch: train, measure on the "
        "validation data, then judge.",
        "`run.weights` is one array into which the training writes. Does `kept = run.weights` save the numbers, or "
        "only a reference to the array? What would `kept` hold after the next epoch?",
    ],
    insight="The loop is the lecture's algorithm with a patience. The copy is what people forget most often: `kept = "
    "run.weights` is only a reference to the array, and the next epoch overwrites the numbers in it.",
)
