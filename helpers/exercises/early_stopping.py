"""Exercises of notebook 11."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import Problem
from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)

# --- predict: which curve turns ------------------------------------------------------------------

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
            Mistake("training loss turns", "it is the quantity that every step makes smaller. What would turn it? "
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


# --- code: the split -----------------------------------------------------------------------------


def split(x, y, order, count):
    held_out, kept = order[:count], order[count:]
    return x[kept], y[kept], x[held_out], y[held_out]


def _rows(choose):
    """A split by ``choose(order, count)``: the row numbers for training and for validation."""

    def wrong(x, y, order, count):
        kept, held_out = choose(order, count)
        return x[kept], y[kept], x[held_out], y[held_out]

    return wrong


def _pairs(choose):
    """As ``_rows``, with row numbers of their own for y: ``choose`` returns four."""

    def wrong(x, y, order, count):
        rows = choose(order, count)
        return x[rows[0]], y[rows[1]], x[rows[2]], y[rows[3]]

    return wrong


def _by_mask(order, count):
    mask = np.zeros(len(order), bool)
    mask[order[:count]] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def _inverse(order, count):
    place = np.argsort(order)
    return place[count:], place[:count]


def _by_stride(order, count):
    every = len(order) // count
    held_out = np.arange(len(order))[::every][:count]
    return np.setdiff1d(np.arange(len(order)), held_out), held_out


class _Split(CodeExercise):
    """Says so where ``order`` itself has been put into another order."""

    def _refuse_outcome(self, answer, case, args, outcome):
        order = args[2]
        moved = not np.array_equal(order, case.args[2]) and np.array_equal(np.sort(order), np.arange(len(order)))
        if outcome.error is None and moved:
            return self._verdict(
                "unusable",
                "Your function has put `order` itself into another order: `shuffle` and `sort` do that to the array they "
                "are given. `order` is random already; take the row numbers as they come.",
            )
        return super()._refuse_outcome(answer, case, args, outcome)


def _split_cases():
    cases = []
    for seed, n, count in ((1, 12, 4), (2, 11, 3)):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 2)).round(2) + np.arange(n)[:, None]
        y = np.arange(n) * 3 // n  # in order of the classes
        cases.append(Case(f"with {n} examples, {count} of them for validation", (x, y + 1.0, rng.permutation(n), count)))
    pictures = np.arange(40.0).reshape(10, 2, 2)
    order = np.random.default_rng(3).permutation(10)
    cases.append(Case("with 10 pictures, x of shape (10, 2, 2)", (pictures, np.arange(10) // 5 + 1.0, order, 4)))
    return cases


split = _Split(
    split,
    cases=_split_cases,
    outputs=["x_train", "y_train", "x_validation", "y_validation"],
    mistakes=[
        Mistake(
            "only x shuffled",
            "x follows `order`, y does not: the pictures have other pictures' labels. Nothing complains, and nothing can "
            "be learned.",
            _pairs(lambda order, count: (
                order[count:], np.arange(count, len(order)), order[:count], np.arange(count))),
            ("y_train", "y_validation"),
        ),
        Mistake(
            "only y shuffled",
            "y follows `order`, x does not: the pictures have other pictures' labels. Nothing complains, and nothing can "
            "be learned.",
            _pairs(lambda order, count: (
                np.arange(count, len(order)), order[count:], np.arange(count), order[:count])),
            ("x_train", "x_validation"),
        ),
        Mistake(
            "training rows as they lie",
            "The validation rows follow `order`, the training rows do not: they are the rows from `count` on, as they lie "
            "there. So some rows are in both sets, and some in none.",
            _rows(lambda order, count: (np.arange(count, len(order)), order[:count])),
            ("x_train", "y_train"),
        ),
        Mistake(
            "validation rows as they lie",
            "The training rows follow `order`, the validation rows do not: they are the first `count` rows, as they lie "
            "there. So some rows are in both sets, and some in none.",
            _rows(lambda order, count: (order[count:], np.arange(count))),
            ("x_validation", "y_validation"),
        ),
        Mistake(
            "not shuffled, from the front",
            "The first rows are held out as they lie there, and `order` is not used. These examples are sorted by class: "
            "the validation set then holds one class or two, and the training set lacks them.",
            _rows(lambda order, count: (np.arange(count, len(order)), np.arange(count))),
        ),
        Mistake(
            "not shuffled, from the back",
            "The last rows are held out as they lie there, and `order` is not used. These examples are sorted by class: "
            "the validation set then holds the last classes only, and the training set lacks them.",
            _rows(lambda order, count: (np.arange(len(order) - count), np.arange(len(order) - count, len(order)))),
        ),
        Mistake(
            "every n-th row",
            "Every n-th row is held out, and `order` is not used. Where the rows have a rhythm (a camera, a writer, a day "
            "of the week) the sets differ systematically. Let chance decide: that is what `order` is for.",
            _rows(_by_stride),
        ),
        Mistake(
            "validation rows in training too",
            "The validation examples are in the training set as well: x_train and y_train hold all rows. What has been "
            "learned by heart is no test: the validation loss will fall for ever, and nothing will ever stop the run.",
            _rows(lambda order, count: (order, order[:count])),
        ),
        Mistake(
            "validation rows in training too, unshuffled",
            "x_train and y_train are all the examples, as they came. The validation examples are among them: what has been "
            "learned by heart is no test, and nothing will ever stop the run.",
            _rows(lambda order, count: (np.arange(len(order)), order[:count])),
        ),
        Mistake(
            "everything validates",
            "x_validation and y_validation hold all the examples, the training examples included. What has been learned by "
            "heart is no test.",
            _rows(lambda order, count: (order[count:], order)),
        ),
        Mistake(
            "training and validation swapped",
            "The sets have changed places: `count` examples to train on and all the others to validate. The first `count` "
            "rows of `order` are those held out.",
            _rows(lambda order, count: (order[:count], order[count:])),
        ),
        Mistake(
            "slices from both ends",
            "The training rows are cut off at the end of `order`, the validation rows are taken from its front: some rows "
            "are in both sets, and the last `count` in none. The training set begins where the validation set ends.",
            _rows(lambda order, count: (order[:-count], order[:count])),
            ("x_train", "y_train"),
        ),
        Mistake(
            "the last ones held out",
            "A fair split, but another one: the *last* `count` rows of `order` are held out. Asked are the first. (Whoever "
            "repeats your work needs the same rows.)",
            _rows(lambda order, count: (order[:-count], order[-count:])),
        ),
        Mistake(
            "sorted again",
            "The right examples in each set, but not in the order of `order`: a mask, or a sort, has brought the rows back "
            "into their old order, sorted by class. Whoever takes the first hundred of them gets one class.",
            _rows(_by_mask),
        ),
        Mistake(
            "order turned round",
            "`order` is read the wrong way round, as if `order[i]` were the place to which row i goes. `order[0]` is the "
            "number of the row that comes first.",
            _rows(_inverse),
        ),
        Mistake(
            "by the numbers",
            "A row is held out where `order` is smaller than `count`: that reads `order[i]` as the place of row i. The "
            "first `count` entries of `order` are the numbers of the rows to hold out.",
            _rows(lambda order, count: (np.flatnonzero(order >= count), np.flatnonzero(order < count))),
        ),
        Mistake(
            "one example lost",
            "One example is in neither set: where the validation set ends and where the training set begins must be the "
            "same number. Look at the limits of the slices.",
            _rows(lambda order, count: (order[count + 1:], order[:count])),
        ),
        Mistake(
            "one example too few",
            "The validation set has one example too few, and the training set one too many. A slice ends *before* its "
            "second number.",
            _rows(lambda order, count: (order[count - 1:], order[:count - 1])),
        ),
        Mistake(
            "one example in both",
            "One example is in both sets. Look at the limits of the slices: the first ends *before* its second number.",
            _rows(lambda order, count: (order[count:], order[:count + 1])),
        ),
        Mistake(
            "flattened",
            "The right rows, but x has lost its shape: the examples may be pictures, x of shape (N, ...). Choose rows and "
            "leave the other axes alone.",
            lambda x, y, order, count: (
                x[order[count:]].reshape(len(order) - count, -1), y[order[count:]],
                x[order[:count]].reshape(count, -1), y[order[:count]]),
        ),
        Mistake(
            "drawn with replacement",
            "Row numbers come up more than once in a set: was it drawn with replacement (`rng.choice` or `rng.integers`)? "
            "`order` names each row once.",
            _rows(lambda order, count: (order[count:], order[:count] // 2 * 2)),
        ),
    ],
    properties=[
        Property("The two sets together should have as many examples as came in, and have not.",
                 lambda args, outputs: len(outputs[0]) + len(outputs[2]) == len(args[0])),
        Property("An example is in both sets. Then the validation loss knows what has been learned by heart.",
                 lambda args, outputs: not {o.flat[0] for o in outputs[0]} & {o.flat[0] for o in outputs[2]}),
    ],
    variants=[
        lambda x, y, order, count: (x[order][count:], y[order][count:], x[order][:count], y[order][:count]),
        lambda x, y, order, count: (
            np.take(x, order[count:], axis=0), np.take(y, order[count:]), np.take(x, order[:count], axis=0),
            np.take(y, order[:count])),
        lambda x, y, order, count: (
            np.delete(x[order], np.arange(count), axis=0), np.delete(y[order], np.arange(count)),
            np.array([x[i] for i in order[:count]]), np.array([y[i] for i in order[:count]])),
    ],
    points=2,
    hints=[
        "`x[rows]` with an array of row numbers takes these rows, in this order. The same row numbers for y.",
        "`order[:count]` are the row numbers of the validation set. Which are left?",
    ],
    insight="Two lines, and the most expensive mistakes of a project are in them. A validation example that is also a "
    "training example makes every curve fall. So does a copy of it under another number: a second picture by the same "
    "hand, or a shifted picture, if you augment *before* you split.",
)


# --- predict: read the log -----------------------------------------------------------------------

LOG = (0.90, 0.70, 0.60, 0.55, 0.57, 0.56, 0.54, 0.54, 0.58, 0.56, 0.50, 0.52)

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


# --- code: the rule ------------------------------------------------------------------------------


def stop_at(losses, patience, min_delta):
    best, best_epoch, in_vain = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] + min_delta < best:
            best, best_epoch, in_vain = losses[epoch], epoch, 0
        else:
            in_vain += 1
            if in_vain >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _rule(
    better=lambda loss, best, delta: loss + delta < best, runs_out=lambda in_vain, patience: in_vain >= patience,
    reset=True, reset_to=0, against="best", result=lambda stop, best_epoch, losses: (stop, best_epoch),
    update=True,
):
    """The rule with one of its parts exchanged."""

    def rule(losses, patience, min_delta):
        best, best_epoch, in_vain = losses[0], 0, 0
        for epoch in range(1, len(losses)):
            reference = losses[epoch - 1] if against == "previous" else best
            if better(losses[epoch], reference, min_delta):
                if update:
                    best = losses[epoch]
                best_epoch = epoch
                in_vain = reset_to if reset else in_vain
            else:
                in_vain += 1
                if runs_out(in_vain, patience):
                    return result(epoch, best_epoch, losses)
        return result(len(losses) - 1, best_epoch, losses)

    return rule


def _two_bests(losses, patience, min_delta):
    best, best_epoch, in_vain = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        in_vain = 0 if losses[epoch] + min_delta < best else in_vain + 1
        if losses[epoch] < best:
            best, best_epoch = losses[epoch], epoch
        if in_vain >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _from_behind(losses, patience, min_delta):
    best_epoch = int(np.argmin(losses))
    return min(best_epoch + patience, len(losses) - 1), best_epoch


def _whole_window(losses, patience, min_delta):
    """Stops when the last ``patience`` losses are all above the one before them."""
    for epoch in range(patience, len(losses)):
        if all(losses[epoch - k] + min_delta >= losses[epoch - patience] for k in range(patience)):
            return epoch, epoch - patience
    return len(losses) - 1, int(np.argmin(losses))


def _infinity(losses, patience, min_delta):
    best, best_epoch, in_vain, epoch = np.inf, 0, 0, 0
    for epoch, loss in enumerate(losses):
        if best - loss > min_delta:
            best, best_epoch, in_vain = loss, epoch, 0
            continue
        in_vain += 1
        if in_vain == patience:
            break
    return epoch, best_epoch


def _by_distance(losses, patience, min_delta):
    best_epoch = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best_epoch] - min_delta:
            best_epoch = epoch
        if epoch - best_epoch >= patience:
            return epoch, best_epoch
    return epoch, best_epoch


def _rises_in_a_row(losses, patience, min_delta):
    rises = 0
    for epoch in range(1, len(losses)):
        rises = rises + 1 if losses[epoch] > losses[epoch - 1] else 0
        if rises >= patience:
            return epoch, int(np.argmin(losses[: epoch + 1]))
    return len(losses) - 1, int(np.argmin(losses))


def _creeping_mark(losses, patience, min_delta):
    best, best_epoch, in_vain = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] + min_delta < best:
            best_epoch, in_vain = epoch, 0
        else:
            in_vain += 1
        best = min(best, losses[epoch])
        if in_vain >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _asked_later(losses, patience, min_delta):
    last, best_epoch = _by_distance(losses, patience, min_delta)
    return min(last + 1, len(losses) - 1) if last - best_epoch >= patience else last, best_epoch


def _back_by_previous(losses, patience, min_delta):
    """Keeps the best properly, and sets the count back by comparing with the epoch before."""
    best, best_epoch, in_vain = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] + min_delta < best:
            best, best_epoch = losses[epoch], epoch
        in_vain = 0 if losses[epoch] < losses[epoch - 1] else in_vain + 1
        if in_vain >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _first_in_vain(losses, patience, min_delta):
    best, best_epoch, in_vain = losses[0], 0, 0
    for epoch, loss in enumerate(losses):
        if loss + min_delta < best:
            best, best_epoch, in_vain = loss, epoch, 0
        else:
            in_vain += 1
            if in_vain >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _asked_before_looking(losses, patience, min_delta):
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(losses):
        if epoch - best_epoch >= patience:
            break
        if loss + min_delta < best:
            best, best_epoch = loss, epoch
    return epoch, best_epoch


def _rule_cases():
    # Sixteenths: they are exact, and so is "better by exactly min_delta".
    def losses(*sixteenths):
        return np.array(sixteenths) / 16

    wave = losses(30, 22, 18, 16, 17, 17, 15, 15, 18, 16, 12, 13)
    steps = losses(40, 32, 28, 27, 26, 24, 23, 25, 22, 22, 21, 24, 20, 26)
    creep = losses(20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 12, 12, 12)
    return [
        Case("with patience 3 and min_delta 0", (wave, 3, 0.0)),
        Case("with patience 2 and min_delta 0", (wave, 2, 0.0)),
        Case("with patience 4 and min_delta 0: the list ends first", (wave, 4, 0.0)),
        Case("with patience 2 and min_delta 2/16", (steps, 2, 2 / 16)),
        Case("with patience 3, min_delta 2/16, and losses that fall by 1/16 an epoch", (creep, 3, 2 / 16)),
        Case("with patience 1 and min_delta 0", (losses(9, 7, 8, 5, 6), 1, 0.0)),
        Case("with patience 3, min_delta 0, and a loss that rises first", (losses(12, 14, 10, 9, 13, 15), 3, 0.0)),
    ]


stop_at = CodeExercise(
    stop_at,
    cases=_rule_cases,
    outputs=["last_epoch", "best_epoch"],
    mistakes=[
        Mistake(
            "one epoch too patient",
            "One epoch too patient: the run ends when there are *more* than `patience` epochs in vain. It should end with "
            "the one that makes them as many as `patience`.",
            _rule(runs_out=lambda in_vain, patience: in_vain > patience),
        ),
        Mistake(
            "one epoch too impatient",
            "One epoch too impatient: the run ends before there have been `patience` epochs in vain. Does the count start "
            "at 1?",
            _rule(runs_out=lambda in_vain, patience: in_vain >= patience - 1),
        ),
        Mistake(
            "count set back to 1",
            "After an improvement the count of epochs in vain starts at 1, so the run ends one epoch early from then on. "
            "The epoch that improves is not in vain.",
            _rule(reset_to=1),
        ),
        Mistake(
            "patience never reset",
            "The count of epochs in vain is never set back: it adds up over the whole run, and every long run ends early. "
            "Epochs in vain are counted *in a row*.",
            _rule(reset=False),
        ),
        Mistake(
            "ties improve",
            "`<=` where `<` belongs: a loss that is the same as the best (or better by exactly `min_delta`) is counted as "
            "an improvement. On a plateau such a run never ends.",
            _rule(better=lambda loss, best, delta: loss + delta <= best),
        ),
        Mistake(
            "count set back by the epoch before",
            "The count of epochs in vain is set back by an epoch that is better than the one *before* it. After a bad epoch "
            "that is soon done. Only a new best ends the waiting.",
            _back_by_previous,
        ),
        Mistake(
            "epoch 0 in vain",
            "Epoch 0 counts as in vain: the best loss starts as `losses[0]`, and then epoch 0 is compared with itself. A run "
            "that begins badly ends one epoch early.",
            _first_in_vain,
        ),
        Mistake(
            "asked before looking",
            "Whether the patience has run out is asked *before* this epoch's loss is looked at. The epoch counts as run, but "
            "if it is the one that improves, nobody sees it. Look first, then ask.",
            _asked_before_looking,
        ),
        Mistake(
            "patience of 3 for all",
            "The patience is 3, whatever `patience` says. It is an argument: use it.",
            lambda losses, patience, min_delta: _rule()(losses, 3, min_delta),
        ),
        Mistake(
            "ties improve, without min_delta",
            "Two things: `<=` where `<` belongs, so that a tie counts as an improvement; and `min_delta` is not used.",
            _rule(better=lambda loss, best, delta: loss <= best),
        ),
        Mistake(
            "min_delta ignored",
            "`min_delta` is not used: the smallest improvement sets the patience back. A run that creeps then never ends.",
            _rule(better=lambda loss, best, delta: loss < best),
        ),
        Mistake(
            "sign of min_delta",
            "`min_delta` has the wrong sign: a loss that is *worse* than the best by less than `min_delta` counts as an "
            "improvement. It should ask for more, not for less.",
            _rule(better=lambda loss, best, delta: loss - delta < best),
        ),
        Mistake(
            "relative min_delta",
            "`min_delta` is taken as a share of the best loss. It is a difference, in the unit of the loss.",
            _rule(better=lambda loss, best, delta: loss < best * (1 - delta)),
        ),
        Mistake(
            "any change improves",
            "It is the *size* of the change that is compared with `min_delta`, not its direction: a loss that is much "
            "worse than the best passes for an improvement. Look at `abs`.",
            _rule(better=lambda loss, best, delta: abs(best - loss) > delta),
        ),
        Mistake(
            "compared with the epoch before",
            "Each loss is compared with that of the epoch before. Compare it with the *best* so far: after a bad epoch a "
            "less bad one is no improvement.",
            _rule(against="previous"),
        ),
        Mistake(
            "best loss never updated",
            "The best loss stays that of the first epoch, so that nearly every epoch is an improvement. Note the new loss "
            "together with its epoch.",
            _rule(update=False),
        ),
        Mistake(
            "updated before it is compared",
            "The best loss is updated *before* the comparison, so no epoch ever is better than the best: it already holds "
            "this epoch's loss. Compare first.",
            _rule(better=lambda loss, best, delta: False),
        ),
        Mistake(
            "best starts at 0",
            "The best loss starts at 0, and no loss is below that: the run ends without ever having seen an improvement. "
            "Start with the first loss, or with infinity.",
            lambda losses, patience, min_delta: (patience - 1, 0),
        ),
        Mistake(
            "rises in a row",
            "What is counted are epochs that are worse than the one *before* them. Compare each loss with the best so far: "
            "after a bad epoch a less bad one is no improvement.",
            _rises_in_a_row,
        ),
        Mistake(
            "the mark creeps",
            "The best loss moves with every improvement, also with one that is too small to count. Then creeping "
            "improvements are never counted together. What is no improvement changes nothing.",
            _creeping_mark,
        ),
        Mistake(
            "higher is better",
            "The direction is that of an accuracy: the highest value is kept. These are losses.",
            _rule(better=lambda loss, best, delta: loss - delta > best),
        ),
        Mistake(
            "two bests",
            "Two rules are mixed: any improvement is kept, but only one by more than `min_delta` sets the patience back. "
            "Then creeping improvements move the mark, and are never counted together. One rule for both: what is no "
            "improvement changes nothing.",
            _two_bests,
        ),
        Mistake(
            "lowest of all kept",
            "`best_epoch` is that of the lowest loss in the whole list, the epochs after the stop included. They are never "
            "run. The best is that of the epochs seen.",
            _rule(result=lambda stop, best_epoch, losses: (stop, int(np.argmin(losses)))),
            ("best_epoch",),
        ),
        Mistake(
            "looks into the future",
            "The lowest loss of the whole list is found first, then `patience` is added. A run that is under way does not "
            "know the losses that are still to come: go through the list epoch by epoch.",
            _from_behind,
        ),
        Mistake(
            "lowest until the stop",
            "`best_epoch` is that of the lowest loss until the stop. With a `min_delta` that may be an epoch that did not "
            "count as an improvement: note the epoch when you note the best loss.",
            _rule(result=lambda stop, best_epoch, losses: (stop, int(np.argmin(losses[: stop + 1])))),
            ("best_epoch",),
        ),
        Mistake(
            "last epoch kept",
            "`best_epoch` is the last epoch that was run. Stopping alone keeps a network that has been getting worse for "
            "as many epochs as you were patient.",
            _rule(result=lambda stop, best_epoch, losses: (stop, stop)),
            ("best_epoch",),
        ),
        Mistake(
            "the best loss returned",
            "The second result is the best *loss*. Asked is its epoch.",
            _rule(result=lambda stop, best_epoch, losses: (stop, losses[best_epoch])),
            ("best_epoch",),
        ),
        Mistake(
            "the epoch before the stop",
            "`last_epoch` is one too small where the patience runs out: the epoch that makes it run out has been run, too.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last - (last - best >= patience), best)
            )(*_by_distance(losses, patience, min_delta)),
            ("last_epoch",),
        ),
        Mistake(
            "asked one epoch later",
            "The run ends one epoch late: whether the patience has run out is asked at the beginning of the next epoch, "
            "which then counts as run.",
            _asked_later,
            ("last_epoch",),
        ),
        Mistake(
            "one beyond the list",
            "Where the list ends before the patience does, `last_epoch` is one too large: `len(losses)` is the number of "
            "epochs, and they are counted from 0.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last + (last == len(losses) - 1 and last - best < patience), best)
            )(*_by_distance(losses, patience, min_delta)),
            ("last_epoch",),
        ),
        Mistake(
            "epochs run",
            "The first result is the *number* of epochs that were run. Asked is the last epoch's own number, counted from "
            "0.",
            _rule(result=lambda stop, best_epoch, losses: (stop + 1, best_epoch)),
            ("last_epoch",),
        ),
        Mistake(
            "counted from 1",
            "Epochs are counted from 1. Count from 0, as the list does: `losses[best_epoch]` should be the best loss.",
            _rule(result=lambda stop, best_epoch, losses: (stop + 1, best_epoch + 1)),
        ),
        Mistake(
            "results swapped",
            "The two results have changed places.",
            _rule(result=lambda stop, best_epoch, losses: (best_epoch, stop)),
        ),
        Mistake(
            "stops without patience",
            "The run ends with the first epoch that is no improvement. `patience` says how many such epochs in a row it "
            "takes.",
            _rule(runs_out=lambda in_vain, patience: True),
        ),
        Mistake(
            "never stops",
            "The run goes to the end of the list. It should end with the epoch that makes the number of epochs in vain as "
            "large as `patience`.",
            _rule(runs_out=lambda in_vain, patience: False),
        ),
        Mistake(
            "a window of losses",
            "A window of `patience` losses is compared with the one before it. That is another rule: compare each loss "
            "with the best of *all* epochs so far.",
            _whole_window,
        ),
        Mistake(
            "nothing when it ran to the end",
            "Where the list ends before the patience does, nothing comes back. Such a run has a last epoch and a best one, "
            "too: a `return` belongs behind the loop.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last, best) if last < len(losses) - 1 or last - best >= patience else (-1, -1)
            )(*_by_distance(losses, patience, min_delta)),
        ),
    ],
    properties=[
        Property("`best_epoch` should not come after `last_epoch`, and does.",
                 lambda args, outputs: outputs[1] <= outputs[0]),
        Property("`last_epoch` should be one of the list's epochs, and is not.",
                 lambda args, outputs: 0 <= outputs[0] < len(args[0])),
        Property("The run should end `patience` epochs after the best one, or with the list, and does not.",
                 lambda args, outputs: outputs[0] in (outputs[1] + args[1], len(args[0]) - 1)),
    ],
    variants=[_infinity, _by_distance, _rule(), _rule(better=lambda loss, best, delta: best - loss > delta)],
    points=3,
    hints=[
        "Three notes: the best loss so far, its epoch, and the epochs in vain since. The first epoch always is the best so "
        "far.",
        "In the loop: if the loss is below the best by more than `min_delta`, write down all three anew. Else add one to "
        "the epochs in vain, and see whether they have become as many as `patience`.",
    ],
    insight="Five lines of bookkeeping. Three of them are where people slip: the count starts again at 0, a tie is in "
    "vain, and `min_delta` is measured from the best, not from the epoch before. (So a loss that creeps by half a "
    "`min_delta` an epoch does improve, every third epoch.)",
)


# --- code: keep the weights ----------------------------------------------------------------------


class Rehearsal:
    """A training run that has been written down: after each epoch these weights, with these losses.

    ``train_epoch()`` trains for one epoch. ``weights`` is an array of shape (3,), the weights of the moment.
    ``loss(data)`` is the loss of these weights on the "training", "validation" or "test" data.
    """

    def __init__(self, validation, training=None, test=None, in_place=True):
        steps = np.arange(len(validation))
        self._losses = {
            "training": 3.0 - 2.5 * steps / len(validation) if training is None else training,
            "validation": validation,
            "test": np.asarray(validation)[::-1] if test is None else test,
        }
        self._epoch, self._in_place = 0, in_place
        self.asked = set()  # which losses somebody has looked at
        self.weights = self._at(0)

    @staticmethod
    def _at(epoch):
        return np.array([epoch, 0.5 * epoch**2, 20.0 - 3 * epoch])

    def train_epoch(self):
        if self._epoch + 1 == len(self._losses["validation"]):
            raise RuntimeError("there are no more epochs: `epochs` of them have been trained already")
        self._epoch += 1
        if self._in_place:
            self.weights[...] = self._at(self._epoch)  # as gradient descent does
        else:
            self.weights = self._at(self._epoch)

    def loss(self, data="validation"):
        if data not in self._losses:
            raise ValueError(f'`run.loss` knows "training", "validation" and "test"; got {data!r}')
        self.asked.add(data)
        return float(self._losses[data][self._epoch])


def rehearsal():
    """A run to try your function on: 12 epochs, whose validation losses are the log's."""
    return Rehearsal((1.2, *LOG))


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


def _diary(run, patience, epochs):
    diary, losses = [], []
    while len(losses) < epochs and (not losses or len(losses) - 1 - int(np.argmin(losses)) < patience):
        run.train_epoch()
        diary.append(np.array(run.weights))
        losses.append(run.loss("validation"))
    return diary[int(np.argmin(losses))], len(losses)


def _best_counted(run, patience, epochs):
    kept, count = _diary(run, patience, epochs)
    return kept, int(round(kept[0]))  # the weights' first number is their epoch, counted from 1


def _patience_added(run, patience, epochs):
    kept, count = _diary(run, patience, epochs)
    return kept, int(round(kept[0])) + patience


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


class _Summed:
    """A run whose every loss is that of the training and the validation data together."""

    def __init__(self, run):
        self._run = run

    def __getattr__(self, name):
        return getattr(self._run, name)

    def loss(self, data="validation"):
        return self._run.loss("training") + self._run.loss("validation")


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


train_and_keep = _KeepTheBest(
    train_and_keep,
    cases=_runs,
    outputs=["weights", "epochs_run"],
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
    variants=[_training(), _diary, _first_epoch_first, _training(keep=np.array),
              _training(keep=lambda weights: weights + 0.0)],
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


# --- predict: what Keras does --------------------------------------------------------------------

_WHICH = ("the best epoch", "the last epoch")
_DEFAULT = "restore_best_weights not given: weights of"
_RAN_OUT = "restore_best_weights=True, epochs end before the patience: weights of"
_ZERO = "patience not given (0): epochs in vain until it stops"
_CREEP_5 = "loss falls by 0.004 an epoch, min_delta=0.01, patience=5: stops?"
_CREEP_2 = "the same with patience=2: stops?"
_MODE = "monitor='val_accuracy' rises from 0.5, mode='min', patience=3: keeps epoch"
_START = "lowest loss at epoch 3, start_from_epoch=5: epoch 3 is kept?"

keras_rules = PredictExercise(
    {_DEFAULT: "the last epoch", _RAN_OUT: "the best epoch", _ZERO: 1, _CREEP_5: False, _CREEP_2: True, _MODE: 0,
     _START: False},
    variable="prediction",
    choices={_DEFAULT: _WHICH, _RAN_OUT: _WHICH, _CREEP_5: (True, False), _CREEP_2: (True, False),
             _START: (True, False)},
    mistakes={
        _DEFAULT: [
            Mistake("restoring is not the default", "the default of `restore_best_weights` is False. The run ends with the "
                    "weights it has: those of the last epoch, which is one of those in vain.", "the best epoch"),
        ],
        _RAN_OUT: [
            Mistake("restoring only after a stop", "so it was in Keras 2. The version installed here restores them in "
                    "its `on_train_end`, however the run ends. The trials below show it.", "the last epoch"),
        ],
        _ZERO: [
            Mistake("none", "an epoch must have been in vain before anybody can know it.", 0),
            Mistake("one more", "`patience=0` and `patience=1` are the same: the count reaches 1 with the first epoch in "
                    "vain, and 1 is at least 0.", 2),
            Mistake("all", "it does stop. The patience is how many epochs in vain are allowed, roughly: here none.", 60),
        ],
        _CREEP_5: [
            Mistake("each step too small", "each loss is compared with the *best that counted*, not with the epoch before. "
                    "How far below it is the loss after three epochs?", True),
        ],
        _CREEP_2: [
            Mistake("two are enough", "after two epochs the loss has fallen by 0.008, which is not more than 0.01: two "
                    "epochs in vain.", False),
        ],
        _MODE: [
            Mistake("the highest accuracy", "with `mode='min'` a rising accuracy gets worse from the first epoch on. Which "
                    "epoch is the \"best\"?", 3),
            Mistake("counted from 1", "epochs are counted from 0 in Keras' attributes (and from 1 in what it prints).", 1),
        ],
        _START: [
            Mistake("looked at all the same", "epochs before `start_from_epoch` are not looked at at all: nothing is saved "
                    "in them.", True),
        ],
    },
    points=3,
    hints=[
        "To keep the best weights costs memory. Does a default do what costs, or what costs nothing?",
        "For the creeping loss note the best that counted, 1.000, and compare: 0.996, 0.992, 0.988.",
    ],
    insight="Remember the first one. Whoever writes `EarlyStopping(patience=5)` and nothing else gets the network of five "
    "epochs *after* the best one.",
)


# --- experiment: choose a patience ---------------------------------------------------------------

PATIENCE_START = {"patience": 1, "min_delta": 0.0, "monitor": "accuracy"}
_RUNS_WANTED, _EPOCHS_ALLOWED = 18, 24


def _trial_missing(result):
    wanted = {*PATIENCE_START, "runs within 1 %", "epochs"}
    if not isinstance(result, dict) or not wanted <= set(result):
        return "Pass what `trial` returned: `result = trial(...)`."
    values = [result["runs within 1 %"], result["epochs"], result["min_delta"], result["patience"]]
    if not all(isinstance(value, (int, float, np.number)) and np.isfinite(value) for value in values):
        return "One of the measured values is not a finite number. Did the trial run through?"
    if int(result["patience"]) != result["patience"]:
        return "`patience` counts epochs: a whole number, please."
    return ""


def _fine(result):
    return result["runs within 1 %"] >= _RUNS_WANTED


def _cheap(result):
    return result["epochs"] <= _EPOCHS_ALLOWED


choose_patience = ExperimentExercise(
    measured=_trial_missing,
    attempted=lambda r: any(r[name] != value for name, value in PATIENCE_START.items()),
    met=lambda r: _fine(r) and _cheap(r),
    report=lambda r: (
        f"≈ {r['runs within 1 %']:.0f} of 20 runs keep a validation loss within 1 % of the lowest; they take "
        f"≈ {r['epochs']:.1f} epochs on average."
    ),
    mistakes=[
        Mistake(
            "monitors the accuracy, patiently",
            "With enough patience the accuracy finds *its* best epoch. But the target is the loss, and the epoch of the "
            "highest accuracy is not the one of the lowest loss.",
            lambda r: r["monitor"] == "accuracy" and not _cheap(r),
        ),
        Mistake(
            "monitors the accuracy",
            "The accuracy of 500 digits moves in steps of 1/500 and stands still in between. A short patience takes every "
            "such moment for the end. What does the loss do meanwhile?",
            lambda r: r["monitor"] == "accuracy",
        ),
        Mistake(
            "negative min_delta",
            "A negative `min_delta` takes an epoch that is *worse* for an improvement (Keras turns the sign round without "
            "a word, `helpers.nn` refuses it).",
            lambda r: r["min_delta"] < 0,
        ),
        Mistake(
            "large min_delta",
            "Near its lowest point the loss is flat: with so large a `min_delta` the last improvements do not count, and "
            "the run ends on the slope.",
            lambda r: not _fine(r) and r["min_delta"] > 0.003,
        ),
        Mistake(
            "too impatient",
            "Cheap, but some runs are caught by a single bad epoch on the way down. How many epochs in a row are in vain "
            "there?",
            lambda r: not _fine(r) and _cheap(r),
        ),
        Mistake(
            "too patient",
            "The best epoch is found, and then the run goes on for many epochs more. How few are enough?",
            lambda r: _fine(r) and not _cheap(r),
        ),
    ],
    otherwise="Not yet: change one setting at a time and watch both numbers.",
    solved="""
        result = trial(patience=4, min_delta=0.0, monitor="loss")
        """,
    hints=[
        "Two numbers pull against each other: a longer patience misses less and costs more. Look at the monitored quantity "
        "first.",
        "With the loss, try patience 1, 2, 3 and so on, with min_delta = 0. Each additional epoch of patience costs one "
        "epoch in every run.",
    ],
    insight="For the loss a few epochs of patience are enough, though it goes up and down a little. With the accuracy no "
    "patience does both: its best epoch is another one. Monitor what you want to be good.",
)


# --- predict: shares of the way ------------------------------------------------------------------

_STEEP_GD = "steep direction (h = 1), 10 steps: share reached"
_FLAT_GD = "flat direction (h = 0.1), 10 steps: share reached"
_STEEP_L2 = "L2 with λ = 1, steep direction: share reached"
_FLAT_L2 = "L2 with λ = 1, flat direction: share reached"
_STEPS = "steps whose λ is about 0.01"

shares_reached = PredictExercise(
    {_STEEP_GD: 1 - 0.9**10, _FLAT_GD: 1 - 0.99**10, _STEEP_L2: 0.5, _FLAT_L2: 0.1 / 1.1, _STEPS: 1000},
    variable="prediction",
    tolerance=0.02,
    mistakes={
        _STEEP_GD: [
            Mistake("what is left", "that is what is *left* of the way. Asked is the share that has been reached.", 0.9**10),
            Mistake("straight on", "each step takes the same share of what is *left*, not the same length: after ten steps "
                    "with η·h = 0.1 something is still left.", 1.0),
            Mistake("one step", "that is the share after one step.", 0.1),
        ],
        _FLAT_GD: [
            Mistake("what is left", "that is what is *left* of the way. Asked is the share that has been reached.",
                    0.99**10),
            Mistake("as if steep", "here η·h is 0.01, not 0.1.", 1 - 0.9**10),
            Mistake("straight on", "nearly; but each step takes one hundredth of what is *left*, so after ten steps it is a "
                    "little less than ten hundredths.", 0.1),
            Mistake("one step", "that is the share after one step.", 0.01),
        ],
        _STEEP_L2: [
            Mistake("the penalty's share", "h/(h + λ), with h = 1 and λ = 1.", 1.0),
            Mistake("h λ", "h is divided by the *sum* h + λ.", 2.0),
        ],
        _FLAT_L2: [
            Mistake("without h below", "h/λ; the formula has the sum h + λ below.", 0.1),
            Mistake("the complement", "that is λ/(h + λ), what is left of the way.", 1 / 1.1),
            Mistake("as if steep", "here h is 0.1.", 0.5),
        ],
        _STEPS: [
            Mistake("η forgotten", "1/λ is η·t; η is 0.1 here.", 100),
            Mistake("multiplied by η", "t = 1/(η λ): divide by η.", 10),
        ],
    },
    points=2,
    hints=[
        "In each step what is left is multiplied by 1 − η·h. After t steps it is (1 − η·h) to the power t; the rest has "
        "been reached.",
        "For L2 put the numbers into h/(h + λ). For the last line solve λ = 1/(η t) for t.",
    ],
    insight="0.65 against 0.5 in the steep direction, 0.096 against 0.091 in the flat one: not the same, and yet the same "
    "picture. Both go most of the way where the loss is steep, and hardly start where it is flat.",
)


# --- code: the penalty that equals a number of steps ---------------------------------------------


def equal_penalty(h, rate, steps):
    left = (1 - rate * h) ** steps  # (D,): share of the way that is left
    return h * left / (1 - left)


def _power(h, rate, steps):
    return (1 - rate * h) ** steps


def _penalty_cases():
    return [
        Case("with three directions, 10 steps", (np.array([1.0, 0.3, 0.1]), 0.1, 10)),
        Case("with one step", (np.array([2.0, 0.5]), 0.2, 1)),
        Case("with 40 steps and a small rate", (np.array([1.8, 0.18, 0.05, 0.6]), 0.05, 40)),
    ]


equal_penalty = CodeExercise(
    equal_penalty,
    cases=_penalty_cases,
    outputs=["penalty"],
    mistakes=[
        Mistake(
            "the rule of thumb",
            "That is the rule of thumb 1/(η t), the same for all directions. It holds where η h t is small. Asked is the "
            "exact λ of each direction: set the two shares equal and solve for λ.",
            lambda h, rate, steps: np.full_like(h, 1 / (rate * steps)),
        ),
        Mistake(
            "the rule of thumb, multiplied",
            "η t grows with the steps. More steps are a *weaker* penalty: λ must fall.",
            lambda h, rate, steps: np.full_like(h, rate * steps),
        ),
        Mistake(
            "rule of thumb with h",
            "1/(η h t) is a pure number. λ is added to h, so it has h's unit.",
            lambda h, rate, steps: 1 / (rate * h * steps),
        ),
        Mistake(
            "rule of thumb times h",
            "h/(η h t) is 1/(η t) again, or h/(η t) something of another unit. Set the two shares equal and solve for λ.",
            lambda h, rate, steps: h / (rate * steps),
        ),
        Mistake(
            "reached and left swapped",
            "What is left and what has been reached have changed places: this λ *grows* with the number of steps.",
            lambda h, rate, steps: h * (1 - _power(h, rate, steps)) / _power(h, rate, steps),
        ),
        Mistake(
            "reached and left swapped, h forgotten",
            "Two things: what is left and what has been reached have changed places, so that λ grows with the steps; and "
            "the factor h is missing.",
            lambda h, rate, steps: (1 - _power(h, rate, steps)) / _power(h, rate, steps),
        ),
        Mistake(
            "brackets",
            "Brackets are missing in a quotient: `a / 1 - b` is `(a / 1) - b`.",
            lambda h, rate, steps: h * _power(h, rate, steps) / 1 - _power(h, rate, steps),
        ),
        Mistake(
            "power on h alone",
            "Only h is raised to the power of the steps, not what is left: brackets around 1 − η h.",
            lambda h, rate, steps: h * (1 - rate * h**steps) / (rate * h**steps),
        ),
        Mistake(
            "h forgotten",
            "The factor h is missing: from h/(h + λ) = s follows λ = h·(1 − s)/s, not (1 − s)/s.",
            lambda h, rate, steps: _power(h, rate, steps) / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "only what is left",
            "h times what is left of the way: a division by the share that has been reached is missing. Solve h/(h + λ) = "
            "share for λ once more.",
            lambda h, rate, steps: h * _power(h, rate, steps),
        ),
        Mistake(
            "one over the share",
            "h divided by the share reached is h + λ. Subtract h.",
            lambda h, rate, steps: h / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "sign",
            "λ comes out negative: h − h/share, turned round.",
            lambda h, rate, steps: h - h / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "the share returned",
            "What comes back is the share of the way that has been reached. Asked is the λ that gives the same share.",
            lambda h, rate, steps: 1 - _power(h, rate, steps),
        ),
        Mistake(
            "what is left returned",
            "What comes back is the share of the way that is left. Asked is the λ that leaves the same share.",
            _power,
        ),
        Mistake(
            "exponential",
            "exp(−η h t) in place of (1 − η h)^t: that is gradient descent with infinitely small steps. Near, not equal.",
            lambda h, rate, steps: h / np.expm1(rate * h * steps),
        ),
        Mistake(
            "one step too few",
            "One step too few: after t steps what is left has been multiplied t times. (With one step this λ is "
            "infinite.)",
            lambda h, rate, steps: h * _power(h, rate, steps - 1) / (1 - _power(h, rate, steps - 1)),
        ),
        Mistake(
            "one step too many",
            "One step too many: after t steps the power is t, since before the first one everything is left.",
            lambda h, rate, steps: h * _power(h, rate, steps + 1) / (1 - _power(h, rate, steps + 1)),
        ),
        Mistake(
            "one step",
            "The steps are missing: this is the λ of a single step. Raise what is left to the power of the steps.",
            lambda h, rate, steps: h * (1 - rate * h) / (rate * h),
        ),
        Mistake(
            "power for product",
            "1 − η h t in place of (1 − η h)^t: each step takes its share of what is *left*.",
            lambda h, rate, steps: h * (1 - rate * h * steps) / (rate * h * steps),
        ),
        Mistake(
            "1 + η h",
            "What is left is multiplied by 1 *minus* η h in each step, not plus: it shrinks.",
            lambda h, rate, steps: h * (1 + rate * h) ** steps / (1 - (1 + rate * h) ** steps),
        ),
        Mistake(
            "rate forgotten",
            "The learning rate is missing: a step goes η h of the way that is left, not h.",
            lambda h, rate, steps: h * (1 - h) ** steps / (1 - (1 - h) ** steps),
        ),
        Mistake(
            "h forgotten in the power",
            "h is missing in the power: a step takes η h of what is left, so a flat direction goes more slowly.",
            lambda h, rate, steps: h * (1 - rate) ** steps / (1 - (1 - rate) ** steps),
        ),
        Mistake(
            "half",
            "Half of the right λ. That belongs to a penalty λ‖w‖² without the ½; here it is ½λ‖w‖².",
            lambda h, rate, steps: h * _power(h, rate, steps) / (1 - _power(h, rate, steps)) / 2,
        ),
        Mistake(
            "double",
            "Twice the right λ: where does the 2 come from? The penalty is ½λ‖w‖², its gradient λw.",
            lambda h, rate, steps: 2 * h * _power(h, rate, steps) / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "one λ for all",
            "One number for all directions, a mean. Each direction has a λ of its own: that is the difference between "
            "stopping and L2.",
            lambda h, rate, steps: np.full_like(h, (h * _power(h, rate, steps) / (1 - _power(h, rate, steps))).mean()),
        ),
    ],
    properties=[
        Property("Every λ should be positive, and is not.", lambda args, outputs: bool((outputs[0] > 0).all())),
        Property(
            "Put your λ into h/(h + λ): it should give the share 1 − (1 − η h)^t, and does not.",
            lambda args, outputs: bool(np.allclose(
                args[0] / (args[0] + outputs[0]), 1 - _power(*args), rtol=1e-3)),
        ),
    ],
    variants=[
        lambda h, rate, steps: h / ((1 - rate * h) ** -float(steps) - 1),
        lambda h, rate, steps: h / (1 - (1 - rate * h) ** steps) - h,
        lambda h, rate, steps: -h / np.expm1(steps * np.log1p(-rate * h)) - h,
        lambda h, rate, steps: np.array([c * (1 - rate * c) ** steps / (1 - (1 - rate * c) ** steps) for c in h]),
    ],
    points=3,
    hints=[
        "Call the share that gradient descent has reached s. L2 reaches the same share if h/(h + λ) = s. Solve for λ.",
        "From h = s·(h + λ) follows λ = h·(1 − s)/s. And 1 − s is what is left: (1 − η h) to the power t.",
    ],
    insight="An exact λ, but one for each direction: the steeper, the smaller. Where η h t is small they all are near "
    "1/(η t). So stopping is L2 with a penalty that eases off where the data speak clearly.",
)

name_exercises(globals())
