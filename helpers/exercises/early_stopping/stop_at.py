"""Notebook 11, code: the rule."""

from __future__ import annotations

import numpy as np

from helpers.exercises.comparing import Problem
from helpers.exercises.engine import Case, Mistake, Property
from helpers.exercises.early_stopping._shared import OneLoop


def stop_at(losses, patience, min_delta):
    best, best_epoch, wait = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] + min_delta < best:
            best, best_epoch, wait = losses[epoch], epoch, 0
        else:
            wait += 1
            if wait >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _rule_cases():
    # Sixteenths: they are exact, and so is "better by exactly min_delta".
    def losses(*sixteenths):
        return np.array(sixteenths) / 16

    wave = losses(30, 22, 18, 16, 18, 17, 15, 16, 19, 17, 12, 13)
    steps = losses(40, 32, 28, 27, 25, 24, 26, 21, 20, 22, 23, 18, 15)
    creep = losses(20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 12, 12, 12)
    return [
        Case("with patience 3 and min_delta 0", (wave, 3, 0.0)),
        Case("with patience 2 and min_delta 0", (wave, 2, 0.0)),
        Case("with patience 4 and min_delta 0: the list ends first", (wave, 4, 0.0)),
        Case("with patience 2 and min_delta 2/16", (steps, 2, 2 / 16)),
        Case("with patience 3, min_delta 5/32, and losses that fall by 2/32 per epoch", (creep, 3, 5 / 32)),
        Case("with patience 2, min_delta 5/32, and losses that fall by 2/32 per epoch", (creep, 2, 5 / 32)),
        # Here a loss without improvement is 1.0: equal to the patience.
        Case("with patience 1 and min_delta 0", (losses(18, 14, 16, 10, 12), 1, 0.0)),
        # The second improvement is to less than half of the best.
        Case("with patience 3, min_delta 0, and a loss that rises first", (losses(12, 14, 5, 13, 15), 3, 0.0)),
        Case("with patience 1 and a second loss that is worse than the first", (losses(8, 9, 7, 6), 1, 0.0)),
        Case("with patience 2 and a loss that improves in the last epoch", (losses(9, 7, 8, 5), 2, 0.0)),
        Case("with losses far above the patience, 2", (16 * losses(30, 22, 23, 21, 24, 25, 20), 2, 0.0)),
        # After a bad second epoch there are falls, and no new best.
        Case("with patience 2, and losses that go up and down", (losses(10, 18, 16, 17, 14, 15), 2, 0.0)),
        # After a bad epoch one is far below the epoch before it, and not below the best by more than min_delta.
        Case("with patience 3, min_delta 5/32, and 10 losses that go up and down",
             (losses(16, 18, 14, 12, 11, 13, 10, 7, 2, 3), 3, 5 / 32)),
        # The last epoch is below the best that counts, and not the lowest of those.
        Case("with patience 3, min_delta 5/32, and 8 losses that go up and down",
             (losses(13, 14, 12, 10, 7, 5, 8, 6), 3, 5 / 32)),
        Case("with patience 5, min_delta 5/64, and losses below 1",
             (losses(8, 7, 8.25, 6.25, 5.75, 4.75, 4.25, 3.25, 2.75), 5, 5 / 64)),
        Case("with patience 3, min_delta 0, and losses that differ by thousandths", (wave / 64, 3, 0.0)),
        Case("where losses only equal the best so far, with patience 2", (losses(20, 16, 16, 16, 16, 12), 2, 0.0), edge=True),
        Case("where an epoch only equals the best and the next one improves, with patience 3",
             (losses(20, 16, 17, 16, 14, 15, 14, 14, 13), 3, 0.0), edge=True),
        Case("where losses are below the best by exactly min_delta, 2/16, with patience 2",
             (losses(32, 30, 29, 27, 25, 23, 26, 20), 2, 2 / 16), edge=True),
        Case("with patience 2 and a single epoch", (losses(8), 2, 0.0), edge=True),
    ]


def _rule(
    better=lambda loss, best, delta: loss + delta < best, runs_out=lambda wait, patience: wait >= patience,
    reset=True, reset_to=0, against="best", result=lambda stop, best_epoch, losses: (stop, best_epoch),
    update=True,
):
    """The rule with one of its parts exchanged."""

    def rule(losses, patience, min_delta):
        best, best_epoch, wait = losses[0], 0, 0
        for epoch in range(1, len(losses)):
            reference = losses[epoch - 1] if against == "previous" else best
            if better(losses[epoch], reference, min_delta):
                if update:
                    best = losses[epoch]
                best_epoch = epoch
                wait = reset_to if reset else wait
            else:
                wait += 1
                if runs_out(wait, patience):
                    return result(epoch, best_epoch, losses)
        return result(len(losses) - 1, best_epoch, losses)

    return rule


def _infinity(losses, patience, min_delta):
    best, best_epoch, wait, epoch = np.inf, 0, 0, 0
    for epoch, loss in enumerate(losses):
        if best - loss > min_delta:
            best, best_epoch, wait = loss, epoch, 0
            continue
        wait += 1
        if wait == patience:
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
    best, best_epoch, wait = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        wait = 0 if losses[epoch] + min_delta < best else wait + 1
        if losses[epoch] < best:
            best, best_epoch = losses[epoch], epoch
        if wait >= patience:
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


def _last_below(losses, patience, min_delta):
    best, best_epoch, wait = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        best_epoch = epoch if losses[epoch] < best else best_epoch
        if losses[epoch] + min_delta < best:
            best, wait = losses[epoch], 0
        else:
            wait += 1
            if wait >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _last_unseen(losses, patience, min_delta):
    if len(losses) == 1:
        return 0, 0
    last, best_epoch = _by_distance(losses[:-1], patience, min_delta)
    return last if last - best_epoch >= patience else len(losses) - 1, best_epoch


def _fall_and_best(gain):
    """Improvement is a fall of more than min_delta from the epoch before, below the best as well (by ``gain`` min_delta)."""

    def rule(losses, patience, min_delta):
        best, best_epoch, wait = losses[0], 0, 0
        for epoch in range(1, len(losses)):
            if losses[epoch] + min_delta < losses[epoch - 1] and losses[epoch] + gain * min_delta < best:
                best, best_epoch, wait = losses[epoch], epoch, 0
            else:
                wait += 1
                if wait >= patience:
                    return epoch, best_epoch
        return len(losses) - 1, best_epoch

    return rule


def _lowest_of_the_falls(losses, patience, min_delta):
    best_epoch, wait = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] + min_delta < losses[epoch - 1]:
            wait = 0
            if losses[epoch] < losses[best_epoch]:
                best_epoch = epoch
        else:
            wait += 1
            if wait >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _creeping_mark(losses, patience, min_delta):
    best, best_epoch, wait = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] + min_delta < best:
            best_epoch, wait = epoch, 0
        else:
            wait += 1
        best = min(best, losses[epoch])
        if wait >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _asked_later(losses, patience, min_delta):
    last, best_epoch = _by_distance(losses, patience, min_delta)
    return min(last + 1, len(losses) - 1) if last - best_epoch >= patience else last, best_epoch


def _back_by_previous(fall=0, gain=1):
    """Keeps the best, and sets the count back by comparing with the epoch before; each with min_delta (1) or without (0)."""

    def rule(losses, patience, min_delta):
        best, best_epoch, wait = losses[0], 0, 0
        for epoch in range(1, len(losses)):
            if losses[epoch] + gain * min_delta < best:
                best, best_epoch = losses[epoch], epoch
            wait = 0 if losses[epoch] + fall * min_delta < losses[epoch - 1] else wait + 1
            if wait >= patience:
                return epoch, best_epoch
        return len(losses) - 1, best_epoch

    return rule


def _slack_above(losses, patience, min_delta):
    best, best_epoch, wait = losses[0], 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best, best_epoch, wait = losses[epoch], epoch, 0
        elif losses[epoch] > best + min_delta:
            wait += 1
            if wait >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _from_epoch_1(losses, patience, min_delta):
    if len(losses) == 1:
        return 0, 0
    last, best_epoch = _by_distance(losses[1:], patience, min_delta)
    return last + 1, best_epoch + 1


def _first_wait(losses, patience, min_delta):
    best, best_epoch, wait = losses[0], 0, 0
    for epoch, loss in enumerate(losses):
        if loss + min_delta < best:
            best, best_epoch, wait = loss, epoch, 0
        else:
            wait += 1
            if wait >= patience:
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


_BACK = (
    "The count of epochs without improvement is reset by an epoch that is better than the one *before* it. After a bad "
    "epoch this happens soon."
)


class _StopAt(OneLoop):
    """Says where ``None`` comes from if only a list that ends first gives it."""

    facts = frozenset({
        "epochs run", "the best loss returned", "last epoch kept", "best epoch counted from 1", "best epoch stays 0",
        "one beyond the list", "one beyond the stop", "the epoch before the stop",
    })

    def _arrays(self, value, expected, case):
        losses, patience, _ = case.args
        if value is None and expected[0] - expected[1] < patience:
            return Problem(
                f"It returned `None` for a list of {len(losses)} epochs that ends before the patience runs out. Such a run "
                "has a last epoch and a best one, too. Is there a `return` after the loop?"
            )
        return super()._arrays(value, expected, case)


stop_at = _StopAt(
    stop_at,
    outputs=["last_epoch", "best_epoch"],
    cases=_rule_cases,
    variants=[_infinity, _by_distance, _rule(), _rule(better=lambda loss, best, delta: best - loss > delta)],
    mistakes=[
        Mistake(
            "one epoch too patient",
            "One epoch too patient: the run ends with *more* than `patience` epochs without improvement. It should end as "
            "soon as there are `patience` of them in a row.",
            _rule(runs_out=lambda wait, patience: wait > patience),
        ),
        Mistake(
            "one epoch too patient, min_delta ignored",
            "Two things: the run ends with *more* than `patience` epochs without improvement, one too late; and `min_delta` "
            "makes no difference.",
            _rule(runs_out=lambda wait, patience: wait > patience, better=lambda loss, best, delta: loss < best),
        ),
        Mistake(
            "one epoch too patient, ties improve",
            "Two things: the run ends with *more* than `patience` epochs without improvement, one too late; and a loss that "
            "only equals the best (or is below it by exactly `min_delta`) counts as an improvement.",
            _rule(runs_out=lambda wait, patience: wait > patience, better=lambda loss, best, delta: loss + delta <= best),
        ),
        Mistake(
            "one epoch too impatient",
            "One epoch too impatient: the run ends before there have been `patience` epochs without improvement. At "
            "what number does the count start, and when is it compared with `patience`?",
            _rule(runs_out=lambda wait, patience: wait >= patience - 1),
        ),
        Mistake(
            "count set back to 1",
            "After an improvement the run ends one epoch early, as if the epoch that improves were the first one "
            "without improvement. From what number does the count start again?",
            _rule(reset_to=1),
        ),
        Mistake(
            "patience never reset",
            "The epochs without improvement add up over the whole run, so a long run ends early. They are counted *in a "
            "row*: an improvement sets the count back to 0.",
            _rule(reset=False),
        ),
        Mistake(
            "ties improve",
            "A loss that only equals the best (or is below it by exactly `min_delta`) counts as an improvement. With a "
            "`min_delta` of 0 a run on a plateau then never ends.",
            _rule(better=lambda loss, best, delta: loss + delta <= best),
        ),
        Mistake(
            "lowest of the falls",
            "Each loss is compared with that of the epoch before. Compare it with the *best* so far: after a bad epoch a "
            "less bad one is no improvement.",
            _lowest_of_the_falls,
        ),
        Mistake(
            "min_delta from the epoch before",
            "`min_delta` is measured from the epoch *before*: a new best has to be below that one by more than `min_delta`. "
            "Measure from the best so far. Otherwise small improvements never add up.",
            _fall_and_best(0),
        ),
        Mistake(
            "min_delta from both",
            "A new best has to be below the best *and* below the epoch before, each by more than `min_delta`. Only the best "
            "counts. Otherwise small improvements never add up.",
            _fall_and_best(1),
        ),
        Mistake(
            "min_delta counted twice",
            "An improvement has to be larger than *twice* `min_delta`. Is `min_delta` subtracted from the best loss "
            "twice, perhaps once where the best loss is noted?",
            _rule(better=lambda loss, best, delta: loss + 2 * delta < best),
        ),
        Mistake(
            "the last loss never seen",
            "The last loss of the list is never looked at. Where does the loop end?",
            _last_unseen,
        ),
        Mistake(
            "count set back by the epoch before",
            _BACK + " Only a new best should reset it.",
            _back_by_previous(),
        ),
        Mistake(
            "count set back by a large fall",
            _BACK + " Only a new best should reset it.",
            _back_by_previous(fall=1),
        ),
        Mistake(
            "count set back by a large fall, min_delta ignored for the best",
            _BACK + " Only a new best should reset it, and a new best must be better by more than `min_delta`.",
            _back_by_previous(fall=1, gain=0),
        ),
        Mistake(
            "count set back by any fall, min_delta ignored",
            _BACK + " Only a new best should reset it. (And `min_delta` makes no difference.)",
            _back_by_previous(gain=0),
        ),
        Mistake(
            "min_delta above the best",
            "Any loss below the best counts as an improvement, and a loss that is above the best by no more than "
            "`min_delta` is not counted at all. `min_delta` belongs on the other side: an epoch whose loss is not "
            "*below* the best by more than `min_delta` is an epoch without improvement.",
            _slack_above,
        ),
        Mistake(
            "epoch 0 left out",
            "Epoch 0 is left out: the first best is epoch 1. If the losses rise from there, the best epoch is missed.",
            _from_epoch_1,
        ),
        Mistake(
            "epoch 0 counted",
            "Epoch 0 counts as an epoch without improvement, so a run that begins badly ends one epoch early. Is its "
            "loss compared with itself? Epoch 0 is the first best.",
            _first_wait,
        ),
        Mistake(
            "asked before looking",
            "The last epoch counts as run, but its loss is not looked at: the patience is checked first. If this epoch "
            "improves, it goes unnoticed. Look at the loss first, then check the patience.",
            _asked_before_looking,
        ),
        Mistake(
            "patience of 3 for all",
            "The patience is 3, whatever `patience` says. It is an argument: use it.",
            lambda losses, patience, min_delta: _rule()(losses, 3, min_delta),
        ),
        Mistake(
            "ties improve, without min_delta",
            "Two things: a loss that only equals the best counts as an improvement, and `min_delta` makes no difference.",
            _rule(better=lambda loss, best, delta: loss <= best),
        ),
        Mistake(
            "min_delta ignored",
            "`min_delta` makes no difference: even the smallest improvement resets the count. A run whose loss falls "
            "very slowly then never ends.",
            _rule(better=lambda loss, best, delta: loss < best),
        ),
        Mistake(
            "sign of min_delta",
            "`min_delta` has the wrong sign: a loss that is *worse* than the best by less than `min_delta` counts as "
            "an improvement. `min_delta` should make it harder to count as an improvement, not easier.",
            _rule(better=lambda loss, best, delta: loss - delta < best),
        ),
        Mistake(
            "relative min_delta",
            "`min_delta` is taken as a share of the best loss. It is a difference, in the unit of the loss.",
            _rule(better=lambda loss, best, delta: loss < best * (1 - delta)),
        ),
        Mistake(
            "any change improves",
            "Only the *size* of the change is compared with `min_delta`, not its direction: a loss that is much worse "
            "than the best counts as an improvement. Check your use of `abs`.",
            _rule(better=lambda loss, best, delta: abs(best - loss) > delta),
        ),
        Mistake(
            "compared with the epoch before",
            "Each loss is compared with that of the epoch before. Compare it with the *best* so far: after a bad epoch a "
            "less bad one is no improvement.",
            _rule(against="previous"),
        ),
        Mistake(
            "compared with the epoch before, min_delta ignored",
            "Two things: each loss is compared with that of the epoch before, not with the *best* so far; and `min_delta` "
            "makes no difference.",
            _rule(against="previous", better=lambda loss, best, delta: loss < best),
        ),
        Mistake(
            "best loss never updated",
            "The best loss stays that of the first epoch, so that nearly every epoch is an improvement. Note the new loss "
            "together with its epoch.",
            _rule(update=False),
        ),
        Mistake(
            "never an improvement",
            "No epoch after epoch 0 counts as an improvement. What does the best loss hold at the "
            "moment of the comparison? Perhaps already this epoch's own loss, or one that comes later.",
            _rule(better=lambda loss, best, delta: False),
        ),
        Mistake(
            "never an improvement, not even epoch 0",
            "No epoch counts as an improvement, not even epoch 0: the run ends after `patience` epochs. With what "
            "value does the best loss start, and is any loss better than this value?",
            lambda losses, patience, min_delta: (min(patience, len(losses)) - 1, 0),
        ),
        Mistake(
            "rises in a row",
            "Only epochs that are worse than the one *before* them are counted. Compare each loss with the best so far: "
            "after a bad epoch a less bad one is no improvement.",
            _rises_in_a_row,
        ),
        Mistake(
            "the mark creeps",
            "The best loss is updated by every improvement, even one that is too small to count. Then small "
            "improvements never add up. An epoch that does not count as an improvement should change nothing.",
            _creeping_mark,
        ),
        Mistake(
            "higher is better",
            "The comparison is the one for an accuracy: the highest value is kept. These are losses.",
            _rule(better=lambda loss, best, delta: loss - delta > best),
        ),
        Mistake(
            "two bests",
            "Two rules are mixed: any improvement is kept, but only one by more than `min_delta` resets the count. "
            "Then small improvements lower the best loss and never add up. Use one rule for both: an epoch that does "
            "not count as an improvement should change nothing.",
            _two_bests,
        ),
        Mistake(
            "lowest of all kept",
            "`best_epoch` is the epoch of the lowest loss in the whole list, including the epochs after the stop. "
            "These are never run. Take the best of the epochs that are run.",
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
            "`best_epoch` is the epoch of the lowest loss until the stop. With a `min_delta` that may be an epoch that "
            "did not count as an improvement: note the epoch when you note the best loss.",
            _rule(result=lambda stop, best_epoch, losses: (stop, int(np.argmin(losses[: stop + 1])))),
            ("best_epoch",),
        ),
        Mistake(
            "last below the best kept",
            "`best_epoch` is the last epoch whose loss is below the best, even by less than `min_delta`. Such an epoch "
            "is no improvement: note the epoch when you note the best loss.",
            _last_below,
            ("best_epoch",),
        ),
        Mistake(
            "best epoch counted from 1",
            "`best_epoch` is one too large. Count epochs from 0, as the list does: `losses[best_epoch]` should be the best loss.",
            _rule(result=lambda stop, best_epoch, losses: (stop, best_epoch + 1)),
            ("best_epoch",),
        ),
        Mistake(
            "best epoch stays 0",
            "`best_epoch` is always 0. Note the epoch when you note the best loss.",
            _rule(result=lambda stop, best_epoch, losses: (stop, 0)),
            ("best_epoch",),
        ),
        Mistake(
            "last epoch kept",
            "`best_epoch` is the last epoch that was run. It came after the best one: where the patience ran out, `patience` "
            "epochs after it.",
            _rule(result=lambda stop, best_epoch, losses: (stop, stop)),
            ("best_epoch",),
        ),
        Mistake(
            "the best loss returned",
            "The second result is the best *loss*. Return its epoch.",
            _rule(result=lambda stop, best_epoch, losses: (stop, losses[best_epoch])),
            ("best_epoch",),
        ),
        Mistake(
            "the epoch before the stop",
            "`last_epoch` is one too small where the patience runs out: the epoch in which it runs out has been run, "
            "too.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last - (last - best >= patience), best)
            )(*_by_distance(losses, patience, min_delta)),
            ("last_epoch",),
        ),
        Mistake(
            "asked one epoch later",
            "Where the patience runs out and the list goes on, `last_epoch` is one too large. Is the patience checked "
            "only after the next epoch has begun?",
            _asked_later,
            ("last_epoch",),
        ),
        Mistake(
            "one beyond the stop",
            "Where the patience runs out, `last_epoch` is one too large: the epoch in which it runs out is the last "
            "one.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last + (last - best >= patience), best)
            )(*_by_distance(losses, patience, min_delta)),
            ("last_epoch",),
        ),
        Mistake(
            "patience epochs back",
            "`best_epoch` is `patience` epochs before the last one. That is true where the patience runs out, and wrong "
            "where the list ends first.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last, max(last - patience, 0))
            )(*_by_distance(losses, patience, min_delta)),
            ("best_epoch",),
        ),
        Mistake(
            "patience epochs back, below 0",
            "`best_epoch` is `patience` epochs before the last one. That is true where the patience runs out, and wrong "
            "where the list ends first: it may even be negative.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last, last - patience)
            )(*_by_distance(losses, patience, min_delta)),
            ("best_epoch",),
        ),
        Mistake(
            "one beyond the list",
            "Where the list ends before the patience runs out, `last_epoch` is one too large: `len(losses)` is the number of "
            "epochs, and they are counted from 0.",
            lambda losses, patience, min_delta: (
                lambda last, best: (last + (last == len(losses) - 1 and last - best < patience), best)
            )(*_by_distance(losses, patience, min_delta)),
            ("last_epoch",),
        ),
        Mistake(
            "epochs run",
            "The first result is the *number* of epochs that were run. Return the last epoch's own number, counted "
            "from 0.",
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
            _rule(runs_out=lambda wait, patience: True),
        ),
        Mistake(
            "never stops",
            "The run goes to the end of the list. It should end as soon as there are `patience` epochs without improvement in "
            "a row.",
            _rule(runs_out=lambda wait, patience: False),
        ),
        Mistake(
            "a window of losses",
            "A window of `patience` losses is compared with the loss before it. That is another rule: compare each loss "
            "with the best of *all* epochs so far.",
            _whole_window,
        ),
    ],
    properties=[
        Property("`best_epoch` should not come after `last_epoch`, but does.",
                 lambda args, outputs: outputs[1] <= outputs[0]),
        Property("`last_epoch` should be one of the list's epochs, but is not.",
                 lambda args, outputs: 0 <= outputs[0] < len(args[0])),
        Property("A run that stops before the end of the list stops `patience` epochs after the best one. Here "
                 "`last_epoch` − `best_epoch` is not `patience`.",
                 lambda args, outputs: outputs[0] in (outputs[1] + args[1], len(args[0]) - 1)),
    ],
    points=3,
    hints=[
        "Three notes: the best loss so far, its epoch, and the number of epochs since then without improvement. The first "
        "epoch is the first best.",
        "In the loop: if the loss is below the best by more than `min_delta`, update all three notes. Otherwise add "
        "one to the number of epochs without improvement, and check whether it has reached `patience`.",
    ],
    insight="Five lines of bookkeeping, with three traps: the count starts again at 0, a tie is no improvement, and "
    "`min_delta` is measured from the best, not from the epoch before. (So a loss that falls by half a `min_delta` per "
    "epoch does improve, every third epoch.)",
)
