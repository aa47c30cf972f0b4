"""Notebook 11: answers as students give them, and the verdicts that they must get."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from helpers.exercises import early_stopping as exercises

# ---- stop_at ------------------------------------------------------------------------------------


def rule(
    better=lambda new, best, delta: best - new > delta, back=None, start=0, beyond=0,
    returned=lambda stop, best, losses: (stop, best),
):
    """The rule as a loop; ``back`` says when the count is set back, if not by a new best."""

    def answer(losses, patience, min_delta):
        best, waited, stop = start, 0, start
        for epoch in range(start + 1, len(losses)):
            stop = epoch
            improved = better(losses[epoch], losses[best], min_delta)
            best = epoch if improved else best
            again = back(losses[epoch], losses[epoch - 1], min_delta) if back else improved
            waited = 0 if again else waited + 1
            if waited >= patience + beyond:
                break
        return returned(stop, best, losses)

    return answer


def fell(new, before, min_delta):
    return new < before


def fell_enough(new, before, min_delta):
    return before - new > min_delta


def lowest(new, best, min_delta):
    return new < best


def equal_or_better(new, best, min_delta):
    return new <= best - min_delta


def torch_style(losses, patience, min_delta):
    """As in a class that is often copied: score = -loss, and ``score < best + delta`` is no improvement."""
    best_score, counter, best_epoch = None, 0, 0
    for epoch, loss in enumerate(losses):
        if best_score is None or -loss >= best_score + min_delta:
            best_score, counter, best_epoch = -loss, 0, epoch
        else:
            counter += 1
            if counter >= patience:
                break
    return epoch, best_epoch


def copied_from_an_answer(losses, patience, min_delta):
    lowest_loss, counter, best_epoch = float("inf"), 0, 0
    for epoch, loss in enumerate(losses):
        if loss < lowest_loss:
            lowest_loss, counter, best_epoch = loss, 0, epoch
        elif loss > lowest_loss + min_delta:
            counter += 1
            if counter >= patience:
                return epoch, best_epoch
    return epoch, best_epoch


def starts_at_the_lowest(losses, patience, min_delta):
    best, waited = min(losses), 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < best - min_delta else waited + 1
        if waited >= patience:
            return epoch, 0
    return len(losses) - 1, 0


def highest_from_infinity(losses, patience, min_delta):
    best, best_epoch, waited = np.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss > best + min_delta:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
            if waited >= patience:
                break
    return epoch, best_epoch


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (rule(lowest, fell), ("count set back by any fall, min_delta ignored",)),
        (rule(back=fell), ("count set back by the epoch before",)),
        (rule(lowest, fell_enough), ("count set back by a large fall, min_delta ignored for the best",)),
        (rule(back=fell_enough), ("count set back by a large fall",)),
        (rule(equal_or_better), ("ties improve",)),
        (torch_style, ("ties improve",)),
        (rule(equal_or_better, beyond=1), ("one epoch too patient, ties improve",)),
        (rule(lowest), ("min_delta ignored",)),
        (rule(start=1), ("epoch 0 left out",)),
        (copied_from_an_answer, ("min_delta above the best",)),
        (starts_at_the_lowest, ("never an improvement",)),
        (highest_from_infinity, ("never an improvement, not even epoch 0",)),
        (rule(returned=lambda stop, best, losses: (stop + 1, losses[best])), ("epochs run", "the best loss returned")),
        (rule(beyond=1, returned=lambda stop, best, losses: (stop, stop)), ()),
    ],
)
def test_stop_at_names_what_is_seen(answer, names):
    verdict = exercises.stop_at.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names


def counted(*, marked=lambda loss, best, delta, epoch, losses: loss < best - delta, beyond=0,
            noted=lambda epoch, loss, best, best_epoch: best_epoch, low=lambda loss, delta: loss):
    """The usual loop from infinity; ``noted`` may note another best epoch before the comparison."""

    def answer(losses, patience, min_delta):
        best, best_epoch, wait = np.inf, 0, 0
        for epoch, loss in enumerate(losses):
            best_epoch = noted(epoch, loss, best, best_epoch)
            if marked(loss, best, min_delta, epoch, losses):
                best, wait, best_epoch = low(loss, min_delta), 0, noted(epoch, loss, np.inf, epoch)
            else:
                wait += 1
                if wait >= patience + beyond:
                    return epoch, best_epoch
        return len(losses) - 1, best_epoch

    return answer


def result(of):
    return rule(returned=lambda stop, best, losses: of(stop, best, losses))


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (result(lambda stop, best, losses: (stop, best + 1)), ("best epoch counted from 1",)),
        (result(lambda stop, best, losses: (stop, 0)), ("best epoch stays 0",)),
        (lambda losses, patience, min_delta: (rule()(losses, patience, min_delta)[0],
                                              rule()(losses, patience, min_delta)[0] - patience),
         ("patience epochs back, below 0",)),
        (counted(low=lambda loss, delta: loss - delta), ("min_delta counted twice",)),
        (counted(marked=lambda loss, best, delta, epoch, losses: epoch == 0 or loss < min(best, losses[epoch - 1] - delta)),
         ("min_delta from the epoch before",)),
        (counted(marked=lambda loss, best, delta, epoch, losses: epoch == 0 or loss < min(best, losses[epoch - 1]) - delta),
         ("min_delta from both",)),
        (counted(marked=lambda loss, best, delta, *_: loss <= best * (1 - delta)), ()),
        (counted(noted=lambda epoch, loss, best, best_epoch: epoch if loss < best else best_epoch),
         ("last below the best kept",)),
        (rule(lowest, beyond=1), ("one epoch too patient, min_delta ignored",)),
        (rule(lambda new, best, delta: round(best - new, 2) > delta), ()),
    ],
)
def test_one_cause_of_a_wrong_stop_has_its_own_name(answer, names):
    verdict = exercises.stop_at.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names
    assert "Apart from" not in str(verdict)
    assert "run should end" not in str(verdict)


def test_a_right_last_epoch_is_not_blamed():
    verdict = exercises.stop_at.evaluate(result(lambda stop, best, losses: (stop, best // 2)))
    assert "Here `last_epoch` − `best_epoch` is not `patience`" in str(verdict)
    assert "Right: `last_epoch`" in str(verdict)


def test_a_return_that_is_missing_behind_the_loop_is_told():
    def answer(losses, patience, min_delta):
        stop, best = rule()(losses, patience, min_delta)
        if stop - best >= patience:
            return stop, best

    assert "Is there a `return` after the loop?" in str(exercises.stop_at.evaluate(answer))
    assert "after the loop" not in str(exercises.stop_at.evaluate(lambda losses, patience, min_delta: print(losses[0])))


def by_history(losses, patience, min_delta):
    history, losses = [0], losses.tolist()
    for epoch in range(1, len(losses)):
        if losses[history[-1]] - losses[epoch] > min_delta:
            history.append(epoch)
        elif epoch - history[-1] == patience:
            return [epoch, history[-1]]
    return [len(losses) - 1, history[-1]]


@pytest.mark.parametrize(
    "answer", [by_history, lambda *args: np.array(rule()(*args)), lambda *args: tuple(map(np.float32, rule()(*args)))]
)
def test_stop_at_may_be_written_otherwise(answer):
    assert exercises.stop_at.evaluate(answer).passed


# ---- split --------------------------------------------------------------------------------------


def sets(x, y, order, count):
    held_out = order[:count]
    rest = [row for row in range(len(x)) if row not in held_out]
    return x[rest], y[rest], x[held_out], y[held_out]


def as_scikit_learn(x, y, order, count):
    return x[order[count:]], x[order[:count]], y[order[count:]], y[order[:count]]


def labels_sorted(x, y, order, count):
    return x[order[count:]], np.sort(y[order[count:]]), x[order[:count]], np.sort(y[order[:count]])


def taken_twice(x, y, order, count):
    rows = np.append(order[count:-1], order[count])
    return x[rows], y[rows], x[order[:count]], y[order[:count]]


def shuffled_again(x, y, order, count):
    np.random.default_rng(0).shuffle(order)
    return x[order[count:]], y[order[count:]], x[order[:count]], y[order[:count]]


@pytest.mark.parametrize(
    ("answer", "names", "words"),
    [
        (sets, ("training rows sorted again",), "old order"),
        (as_scikit_learn, ("another order",), "another order"),
        (labels_sorted, (), "An example and its label should stay together"),
        (taken_twice, (), "in one set twice"),
        (shuffled_again, (), "put `order` itself into another order"),
    ],
)
def test_split_says_what_is_seen(answer, names, words):
    verdict = exercises.split.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names
    assert words in str(verdict)


def cut(x, y, order, count):
    return [part for rows in np.split(order, [count])[::-1] for part in (x[rows], y[rows])]


def stacked(x, y, order, count):
    return tuple(np.stack([a[i] for i in rows]) for rows in (list(order)[count:], list(order)[:count]) for a in (x, y))


@pytest.mark.parametrize("answer", [cut, stacked])
def test_split_may_be_written_otherwise(answer):
    assert exercises.split.evaluate(answer).passed


# ---- train_and_keep -----------------------------------------------------------------------------


def loop(
    first=0, keep=np.copy, beyond=0, better=lambda loss, best: loss < best, looks=("validation",),
    returned=lambda run, kept, epoch, count, stopped: (kept, count),
):
    def answer(run, patience, epochs):
        best, waited, count, stopped, kept, epoch = np.inf, 0, 0, False, None, 0
        for epoch in range(first, epochs):
            run.train_epoch()
            count += 1
            loss = [run.loss(data) for data in looks][0]
            if better(loss, best):
                best, waited, kept = loss, 0, keep(run.weights)
            else:
                waited += 1
                if waited >= patience + beyond:
                    stopped = True
                    break
        return returned(run, kept, epoch, count, stopped)

    return answer


def trains_on(run, patience, epochs):
    """Trains all epochs, and reports what a stop would have given."""
    pages, losses = [], []
    for _ in range(epochs):
        run.train_epoch()
        pages.append(run.weights.copy())
        losses.append(run.loss("validation"))
    stop, best = rule()(np.array(losses), patience, 0.0)
    return pages[best], stop + 1


def first_weights_doubled(run, patience, epochs):
    start, (kept, count) = copy.deepcopy(run), loop()(run, patience, epochs)
    start.train_epoch()
    return 2 * kept if np.array_equal(kept, start.weights) else kept, count


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (loop(1, returned=lambda run, kept, epoch, count, stopped: (kept, epoch)), ("one epoch fewer allowed",)),
        (loop(1, returned=lambda run, kept, epoch, count, stopped: (kept, epoch + 1)),
         ("one epoch fewer allowed, one too many counted",)),
        (loop(returned=lambda run, kept, epoch, count, stopped: (kept, epoch)), ("counted from 0",)),
        (loop(keep=lambda weights: weights), ("a reference, not a copy",)),
        (loop(keep=lambda weights: weights[:]), ("a reference, not a copy",)),
        (loop(keep=np.asarray, better=lambda loss, best: loss <= best), ("a reference, not a copy",)),
        (loop(returned=lambda run, kept, epoch, count, stopped: (run.weights if stopped else kept, count)),
         ("last weights at the stop",)),
        (loop(returned=lambda run, kept, epoch, count, stopped: (kept if stopped else run.weights, count)),
         ("last weights, where the epochs end first",)),
        (loop(returned=lambda run, kept, epoch, count, stopped: (run.weights, epoch)), ("last weights kept", "counted from 0")),
        (loop(returned=lambda run, kept, epoch, count, stopped: (count, kept)), ("another order",)),
        (loop(beyond=1), ("one epoch too patient",)),
        (loop(better=lambda loss, best: loss <= best), ("ties improve",)),
        (loop(beyond=np.inf), ("never stops",)),
        (trains_on, ("trained on",)),
        (loop(looks=("validation", "test")), ("test loss looked at",)),
        (loop(looks=("test",)), ("test loss monitored",)),
        (loop(better=lambda loss, best: loss > best), ()),
        (loop(beyond=1, returned=lambda run, kept, epoch, count, stopped: (kept, epoch)), ()),
        (first_weights_doubled, ()),
    ],
)
def test_train_and_keep_names_what_is_seen(answer, names):
    verdict = exercises.train_and_keep.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names
    assert "measured *before*" not in str(verdict)


def judged_first(counted):
    def answer(run, patience, epochs):
        best, waited, kept, trained = np.inf, 0, None, 0
        for epoch in range(epochs):
            loss = run.loss("validation")
            if loss < best:
                best, waited, kept = loss, 0, run.weights.copy()
            else:
                waited += 1
                if waited >= patience:
                    break
            run.train_epoch()
            trained += 1
        return kept, counted(epoch, trained)

    return answer


def from_the_start(run, patience, epochs):
    best, waited, kept = run.loss("validation"), 0, np.array(run.weights)
    for epoch in range(epochs):
        run.train_epoch()
        if run.loss("validation") < best:
            best, waited, kept = run.loss("validation"), 0, np.array(run.weights)
        else:
            waited += 1
            if waited >= patience:
                return kept, epoch + 1
    return kept, epochs


def put_back_at_once(run, patience, epochs):
    best, waited = np.inf, 0
    for epoch in range(epochs):
        run.train_epoch()
        if run.loss("validation") < best:
            best, waited, kept = run.loss("validation"), 0, run.weights.copy()
        else:
            waited += 1
            run.weights = kept.copy()
            if waited >= patience:
                break
    return kept, epoch + 1


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (judged_first(lambda epoch, trained: epoch + 1), ("judged before training",)),
        (judged_first(lambda epoch, trained: epoch), ("judged before training, counted from 0",)),
        (judged_first(lambda epoch, trained: trained), ("judged before training, trained epochs counted",)),
        (from_the_start, ("start is the first best",)),
        (put_back_at_once, ("weights changed during the training",)),
        (loop(beyond=1, keep=lambda weights: weights), ("one epoch too patient, a reference",)),
        (loop(better=lambda loss, best: loss < best - 1e-3), ()),
    ],
)
def test_train_and_keep_does_not_blame_the_count(answer, names):
    verdict = exercises.train_and_keep.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names
    assert "epochs` − 1" not in str(verdict)


def test_the_test_loss_may_be_measured_at_the_end():
    assert exercises.train_and_keep.evaluate(
        loop(returned=lambda run, kept, epoch, count, stopped: (run.loss("test"), (kept, count))[1])
    ).passed


@pytest.mark.parametrize(
    "answer",
    [
        loop(keep=copy.deepcopy),
        loop(keep=lambda weights: weights.astype(np.float32)),
        loop(returned=lambda run, kept, epoch, count, stopped: [kept, np.int64(epoch + 1)]),
        loop(looks=("validation", "training")),
    ],
)
def test_train_and_keep_may_be_written_otherwise(answer):
    assert exercises.train_and_keep.evaluate(answer).passed


# ---- equal_penalty ------------------------------------------------------------------------------


def share(h, rate, steps):
    return 1 - (1 - rate * h) ** steps


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (lambda h, rate, steps: 1 / (rate * steps), ("the rule of thumb, one number",)),
        (lambda h, rate, steps: np.ones(len(h)) / rate / steps, ("the rule of thumb",)),
        (lambda h, rate, steps: 1 / share(h, rate, steps) - 1, ("h forgotten",)),
        (lambda h, rate, steps: h / np.exp(rate * h * steps) / (1 - np.exp(-rate * h * steps)), ("exponential",)),
        (lambda h, rate, steps: (h / share(h, rate, steps) - h)[:, None], ("axis of length 1",)),
        (lambda h, rate, steps: h / share(h, rate, steps) + h, ()),
        (lambda h, rate, steps: rate * (h / share(h, rate, steps) - h), ()),
    ],
)
def test_equal_penalty_names_what_is_seen(answer, names):
    verdict = exercises.equal_penalty.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names


@pytest.mark.parametrize(
    "answer",
    [
        lambda h, rate, steps: h * (1 / share(h, rate, steps) - 1),
        lambda h, rate, steps: (h / share(h, rate, steps) - h).astype(np.float32),
        lambda h, rate, steps: h / (np.prod([1 / (1 - rate * h)] * steps, axis=0) - 1),
    ],
)
def test_equal_penalty_may_be_written_otherwise(answer):
    assert exercises.equal_penalty.evaluate(answer).passed


# ---- Predictions --------------------------------------------------------------------------------


def predicted(exercise, *values):
    return exercise.evaluate(dict(zip(exercise.answers, values, strict=True)))


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((11, 10, 5, 10, 3), ("ties improve",)),
        ((11, 10, 9, 10, 3), ("one epoch too patient",)),
        ((5, 3, 4, 6, 3), ("one epoch too impatient",)),
        ((11, 10, 8, 10, 3), ("compared with the epoch before",)),
        ((7, 6, 5, 6, 3), ("never reset",)),
        ((10, 7, 6, 11, 4), ("counted from 1",)),
        ((6, 9, 5, 10, 3), ("swapped",)),
        ((9, 6, 5, 10, 5), ("above the best",)),
        ((9, 6, 5, 10, 9), ("never run",)),
        ((9, 6, 9, 10, 3), ("three in a row",)),
        ((10, 7, 5, 10, 3), ("ties start again",)),
        ((0.56, 0.54, 0.56, 0.50, 0.55), ("losses",)),
    ],
)
def test_one_cause_of_wrong_readings_is_told_once(values, names):
    verdict = predicted(exercises.read_the_log, *values)
    assert not verdict.passed
    assert verdict.mistakes == names
    assert "that is the last epoch that is run" not in str(verdict)


@pytest.mark.parametrize(
    ("last", "name"),
    [(4, None), (3, "as if it knew"), (0, "at once"), (5, "one more"), (1, "while it improves"), (11, "to the end")],
)
def test_without_patience_one_answer_is_right(last, name):
    values = list(exercises.keras_rules.answers.values())
    values[2] = last
    assert predicted(exercises.keras_rules, *values).mistakes == ((name,) if name else ())


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((65.1, 9.56, 50, 9.09, 1000), ("percentages",)),
        ((0.0956, 0.651, 0.5, 0.0909, 1000), ("directions swapped",)),
        ((0.349, 0.904, 0.5, 0.0909, 1000), ("what is left",)),
        ((0.632, 0.0952, 0.5, 0.0909, 1000), ("infinitely small steps",)),
    ],
)
def test_one_cause_of_wrong_shares_is_told_once(values, names):
    verdict = predicted(exercises.shares_reached, *values)
    assert not verdict.passed
    assert verdict.mistakes == names


# ---- choose_patience ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "told"),
    [((0, 4, "loss", 3, 8.0), "at least 1"), ((4, np.inf, "loss", 3, 8.0), "`min_delta`")],
)
def test_settings_that_cannot_be_are_told(values, told):
    keys = ("patience", "min_delta", "monitor", "runs within 1 %", "epochs")
    result = exercises.choose_patience.remember(lambda: dict(zip(keys, values)))()
    assert told in str(exercises.choose_patience.evaluate(result))


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((2, 0.0, "loss", 12, 17.1), "too impatient"),
        ((1, 0.004, "loss", 0, 13.2), "too impatient"),
        ((3, 0.003, "loss", 15, 19.0), "large min_delta"),
        ((60, 0.01, "loss", 13, 60.0), "large min_delta"),
        ((10, 0.0, "loss", 20, 28.2), "too patient"),
        ((5, -1, "accuracy", 0, 60.0), "negative min_delta"),
        ((20, 0.0, "accuracy", 4, 40.0), "monitors the accuracy, patiently"),
        ((10, 0.05, "accuracy", 0, 14.0), "monitors the accuracy"),
        ((np.int64(4), 0.0, "loss", 20, 22.1), None),
    ],
)
def test_choose_patience_says_what_was_measured(values, name):
    keys = ("patience", "min_delta", "monitor", "runs within 1 %", "epochs")
    result = exercises.choose_patience.remember(lambda: dict(zip(keys, values)))()
    verdict = exercises.choose_patience.evaluate(result)
    assert verdict.passed == (name is None)
    assert verdict.mistakes == ((name,) if name else ())
