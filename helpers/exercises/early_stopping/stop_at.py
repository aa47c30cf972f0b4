"""Notebook 11, code: the rule."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


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
        Case("with patience 1 and a second loss that is worse than the first", (losses(8, 9, 7, 6), 1, 0.0)),
        Case("with patience 2 and a loss that improves in the last epoch", (losses(9, 7, 8, 5), 2, 0.0)),
        Case("with losses far above the patience, 2", (16 * losses(30, 22, 23, 21, 24, 25, 20), 2, 0.0)),
        Case("with patience 2 and a single epoch", (losses(8), 2, 0.0), edge=True),
    ]


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


stop_at = CodeExercise(
    stop_at,
    outputs=["last_epoch", "best_epoch"],
    cases=_rule_cases,
    variants=[_infinity, _by_distance, _rule(), _rule(better=lambda loss, best, delta: best - loss > delta)],
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
            lambda losses, patience, min_delta: (min(patience, len(losses)) - 1, 0),
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
