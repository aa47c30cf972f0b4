"""Notebook 07, code: cross-validation."""

from __future__ import annotations

import itertools

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.underfitting_and_overfitting._shared import blocks


def fold_errors(x, y, fold, learn):
    errors = []
    for k in range(fold.max() + 1):
        held_out = fold == k
        mean, std = x[~held_out].mean(axis=0), x[~held_out].std(axis=0)  # (D,) each
        scaled = (x - mean) / std
        decide = learn(scaled[~held_out], y[~held_out])
        errors.append(((decide(scaled[held_out]) - y[held_out]) ** 2).mean())
    return np.array(errors)  # (K,)


def _by_direction(x, y):
    """A learner for the cases: a mean weighted by the angle at which two examples are seen from 0.

    It feels where the features are centred and how their spreads compare; a factor that all of them share (N or N - 1
    under the root) it does not feel: the text leaves that open.
    """

    def decide(places):
        lengths = np.linalg.norm(places, axis=1)[:, None] * np.linalg.norm(x, axis=1)
        weights = np.exp(2 * places @ x.T / lengths)
        return weights @ y / weights.sum(axis=1)

    return decide


def _fold_cases():
    return [
        _fold_case(3, [0, 2, 1, 0, 1, 1, 2, 0, 2, 0, 1, 2]),
        _fold_case(8, [4, 1, 0, 3, 2, 2, 1, 4, 0, 0, 3, 1, 2, 4, 3, 1]),
        _fold_case(21, [3, 3, 0, 1, 1, 3, 2, 0, 1, 2, 0, 1, 2]),
        _fold_case(5, [1, 0, 0, 1, 1, 0, 1, 0, 0]),
    ]


def _fold_case(seed, fold):
    count, folds = len(fold), max(fold) + 1
    rng = np.random.default_rng(seed)
    x = rng.normal([0.5, -60.0, 2.0], [0.4, 60.0, 3.0], size=(count, 3))
    x[0] += [2.0, 0.0, 0.0]  # one stray value: whether its fold is left out shows in the mean and in the spread
    x[3] += [0.0, 300.0, 9.0]
    y = 2 * x[:, 0] + x[:, 1] / 50 + 3 + rng.normal(scale=0.4, size=count)
    return Case(f"with {count} examples in {folds} folds, dealt at random", (x, y, np.array(fold), _by_direction))


def _folds(one):
    """The errors of ``one(x, y, held_out, learn)`` for each fold."""
    return lambda x, y, fold, learn: np.array([one(x, y, fold == k, learn) for k in range(fold.max() + 1)])


def _scaled(x, reference):
    return (x - reference.mean(axis=0)) / reference.std(axis=0)


def _error(decide, x, y):
    return ((decide(x) - y) ** 2).mean()


def _right_fold(x, y, out, learn, measure=_error):
    scaled = _scaled(x, x[~out])
    return measure(learn(scaled[~out], y[~out]), scaled[out], y[out])


def _scaling(found):
    """The errors with the centre and spread that ``found(x, held_out)`` gives, used for all examples."""

    def one(x, y, out, learn):
        centre, spread = found(x, out)
        scaled = (x - centre) / spread
        return _error(learn(scaled[~out], y[~out]), scaled[out], y[out])

    return _folds(one)


def _list_of_folds(x, y, fold, learn):
    found = []
    for k in np.unique(fold):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        centre, spread = np.mean(x[inside], axis=0), np.std(x[inside], axis=0, ddof=1)
        model = learn((x[inside] - centre) / spread, y[inside])
        found.append(np.mean(np.square(model((x[outside] - centre) / spread) - y[outside])))
    return np.asarray(found)


_SWAPPED = (
    "Training and held-out examples are swapped: the model is trained on the one fold and measured on all the others. "
    "Is the mask the wrong way round?"
)


_NO_NUMBER = (
    "One number comes back. We want the error of each fold, shape (K,): the spread of the errors says how far to "
    "trust them."
)


# What goes into learning and measuring, wrong: name, message, ``one(x, y, held_out, learn, measure)``.
_PREPARED = [
    (
        "scaling leaks", "The mean and the standard deviation are taken from all examples, the held-out ones included.",
        lambda x, y, out, learn, measure: measure(learn(_scaled(x, x)[~out], y[~out]), _scaled(x, x)[out], y[out]),
    ),
    (
        "held-out scaled by itself",
        "The held-out examples are standardized with their own mean and standard deviation, in place of those of the training "
        "folds.",
        lambda x, y, out, learn, measure: measure(
            learn(_scaled(x[~out], x[~out]), y[~out]), _scaled(x[out], x[out]), y[out]),
    ),
    (
        "not standardized", "The features are not standardized.",
        lambda x, y, out, learn, measure: measure(learn(x[~out], y[~out]), x[out], y[out]),
    ),
    (
        "measured on the training folds, scaling leaks",
        "The mean and the standard deviation are taken from all examples, and the error is measured on the examples the model "
        "was trained on.",
        lambda x, y, out, learn, measure: measure(learn(_scaled(x, x)[~out], y[~out]), _scaled(x, x)[~out], y[~out]),
    ),
    (
        "trained on everything", "The model is trained on all examples, the held-out ones included.",
        lambda x, y, out, learn, measure: measure(learn(_scaled(x, x[~out]), y), _scaled(x[out], x[~out]), y[out]),
    ),
]
_MEASURED = [
    ("root taken", "And the root is taken: we want the mean *squared* error.",
     lambda decide, x, y: np.sqrt(_error(decide, x, y))),
    ("absolute errors", "And these are mean absolute errors: we want the mean *squared* error.",
     lambda decide, x, y: np.abs(decide(x) - y).mean()),
    ("squares summed", "And the squared errors of a fold are summed: take their mean.",
     lambda decide, x, y: ((decide(x) - y) ** 2).sum()),
]
_COLLECTED = [
    ("averaged over the folds", "And one number comes back: we want the error of each fold, shape (K,).", np.mean),
    ("a fold missing", "And the last fold is missing: `range` stops before its end.", lambda errors: errors[:-1]),
    ("last fold only", "And only the last fold's error comes back.", lambda errors: errors[-1]),
]


def _two_things():
    """A wrong preparation, and something wrong in the measure or in what is collected."""
    for (name, text, one), (also, more, measure) in itertools.product(_PREPARED, _MEASURED):
        yield Mistake(f"{name}, {also}", f"Two things. {text} {more}", _measured_by(one, measure))
    for (name, text, one), (also, more, collect) in itertools.product(_PREPARED, _COLLECTED):
        yield Mistake(f"{name}, {also}", f"Two things. {text} {more}", _collected_by(one, collect))
    name, text, one = _PREPARED[3]
    yield Mistake(name, f"Two things. {text}", _measured_by(one, _error))


def _measured_by(one, measure):
    return _folds(lambda x, y, out, learn: one(x, y, out, learn, measure))


def _collected_by(one, collect):
    return lambda *args: collect(_measured_by(one, _error)(*args))


def _measure(measure):
    """The right scaling and learning with another ``measure(decide, x, y)``."""
    return _folds(lambda x, y, out, learn: _right_fold(x, y, out, learn, measure))


def _divided(by):
    """The squared errors of a fold, summed, divided ``by(x, held_out)``."""
    return _folds(lambda x, y, out, learn: _right_fold(
        x, y, out, learn, lambda decide, a, b: ((decide(a) - b) ** 2).sum()) / by(x, out))


def _scaled_once(x, y, fold, learn):
    return np.array([
        _error(learn(_scaled(x, x[fold != 0])[fold != k], y[fold != k]), _scaled(x, x[fold != 0])[fold == k], y[fold == k])
        for k in range(fold.max() + 1)
    ])


def _for_each_example(x, y, fold, learn):
    """All squared errors in the order of x, each with its fold held out."""
    found = np.empty(len(x))
    for k in range(fold.max() + 1):
        out = fold == k
        found[out] = _right_fold(x, y, out, learn, lambda decide, a, b: (decide(a) - b) ** 2)
    return found


fold_errors = CodeExercise(
    fold_errors,
    outputs=["errors"],
    cases=_fold_cases,
    variants=[_list_of_folds, _folds(_right_fold)],
    mistakes=[
        Mistake(
            "scaling leaks",
            "The mean and the standard deviation are taken from all examples, the held-out ones included. Then they "
            "influence what the model gets to see. Each fold must be prepared as if its held-out examples did not "
            "exist.",
            _scaling(lambda x, out: (x.mean(axis=0), x.std(axis=0))),
        ),
        Mistake(
            "mean leaks",
            "The standard deviation is that of the training folds, but the mean is taken from all examples, the "
            "held-out ones included. Compute both as if the held-out examples did not exist.",
            _scaling(lambda x, out: (x.mean(axis=0), x[~out].std(axis=0))),
        ),
        Mistake(
            "spread leaks",
            "The mean is that of the training folds, but the standard deviation is taken from all examples, the "
            "held-out ones included. Compute both as if the held-out examples did not exist.",
            _scaling(lambda x, out: (x[~out].mean(axis=0), x.std(axis=0))),
        ),
        Mistake(
            "held-out scaled by itself",
            "The held-out examples are standardized with their own mean and standard deviation. The model was "
            "trained on another scale: use those of the training folds for both.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), _scaled(x[out], x[out]), y[out])),
        ),
        Mistake(
            "held-out not scaled",
            "The training folds are standardized, but the held-out examples are not. Both need the same scaling.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), x[out], y[out])),
        ),
        Mistake(
            "training folds not scaled",
            "The held-out examples are standardized, but the training folds are not. Both need the same scaling.",
            _folds(lambda x, y, out, learn: _error(learn(x[~out], y[~out]), _scaled(x[out], x[~out]), y[out])),
        ),
        Mistake(
            "not standardized",
            "The features reach the model as they were: nothing is standardized. Then the feature with the largest values "
            "decides nearly alone.",
            _folds(lambda x, y, out, learn: _error(learn(x[~out], y[~out]), x[out], y[out])),
        ),
        Mistake(
            "only centred",
            "The features are centred, but their spreads are as unequal as before: the one with the largest values decides "
            "nearly alone. Each feature has a standard deviation of its own.",
            _scaling(lambda x, out: (x[~out].mean(axis=0), 1.0)),
        ),
        Mistake(
            "only centred, by all examples",
            "Two things. The features are centred, but their spreads are as unequal as before. And the mean is taken from "
            "all examples, the held-out ones included.",
            _scaling(lambda x, out: (x.mean(axis=0), 1.0)),
        ),
        Mistake(
            "not centred",
            "The features are divided by their standard deviations, but not centred: the mean is not subtracted.",
            _scaling(lambda x, out: (0.0, x[~out].std(axis=0))),
        ),
        Mistake(
            "one mean for all features",
            "One mean and one standard deviation are used for all features. Each feature has its own, over the "
            "examples (axis 0).",
            _scaling(lambda x, out: (x[~out].mean(), x[~out].std())),
        ),
        Mistake(
            "one mean for all features, own spreads",
            "One mean is used for all features. Each feature has its own, over the examples (axis 0).",
            _scaling(lambda x, out: (x[~out].mean(), x[~out].std(axis=0))),
        ),
        Mistake(
            "one mean for all features, scaling leaks",
            "Two things. One mean and one standard deviation are used for all features, where each has its own. And "
            "they are taken from all examples, the held-out ones included.",
            _scaling(lambda x, out: (x.mean(), x.std())),
        ),
        Mistake(
            "held-out divided by its own spread",
            "The held-out examples are divided by their own standard deviation. The model was trained on another "
            "scale: use the mean and the standard deviation of the training folds for both.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), (x[out] - x[~out].mean(axis=0)) / x[out].std(axis=0), y[out])),
        ),
        Mistake(
            "brought to the range from 0 to 1",
            "Each feature is brought to the range from 0 to 1 by its smallest and largest value. To standardize is to "
            "subtract the mean and to divide by the standard deviation.",
            _scaling(lambda x, out: (x[~out].min(axis=0), np.ptp(x[~out], axis=0))),
        ),
        Mistake(
            "scaled by the held-out fold",
            "The mean and the standard deviation are those of the held-out examples, for all. They must come from the "
            "training folds.",
            _scaling(lambda x, out: (x[out].mean(axis=0), x[out].std(axis=0))),
        ),
        Mistake(
            "spread of the held-out fold",
            "The mean is that of the training folds, but the standard deviation is that of the held-out examples. Both "
            "must come from the training folds.",
            _scaling(lambda x, out: (x[~out].mean(axis=0), x[out].std(axis=0))),
        ),
        Mistake(
            "mean of the held-out fold",
            "The standard deviation is that of the training folds, but the mean is that of the held-out examples. Both "
            "must come from the training folds.",
            _scaling(lambda x, out: (x[out].mean(axis=0), x[~out].std(axis=0))),
        ),
        Mistake(
            "trained on everything",
            "The model is trained on all examples, the held-out ones included. Then it has already seen the answers: "
            "that is training error.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[~out]), y), _scaled(x[out], x[~out]), y[out])),
        ),
        Mistake(
            "trained on everything, scaling leaks",
            "Two things. The model is trained on all examples, the held-out ones included: that is training error. And "
            "the mean and standard deviation come from all of them, too.",
            _folds(lambda x, y, out, learn: _error(learn(_scaled(x, x), y), _scaled(x, x)[out], y[out])),
        ),
        Mistake(
            "measured on the training folds",
            "The error is measured on the examples the model was trained on. Measure on those that were held out.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), _scaled(x[~out], x[~out]), y[~out])),
        ),
        Mistake(
            "measured on everything",
            "The error is measured on all examples, those of the training folds included. Measure on the held-out ones "
            "alone.",
            _folds(lambda x, y, out, learn: _error(learn(_scaled(x[~out], x[~out]), y[~out]), _scaled(x, x[~out]), y)),
        ),
        Mistake(
            "folds swapped",
            _SWAPPED,
            _folds(lambda x, y, out, learn: _right_fold(x, y, ~out, learn)),
        ),
        Mistake(
            "folds swapped in learning",
            _SWAPPED + " (The scaling is right.)",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[~out])[out], y[out]), _scaled(x, x[~out])[~out], y[~out])),
        ),
        Mistake(
            "folds swapped, each scaled by itself",
            "Two things. " + _SWAPPED + " And each part is standardized with its own mean and standard deviation: use those "
            "of the training folds for both.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[out], x[out]), y[out]), _scaled(x[~out], x[~out]), y[~out])),
        ),
        Mistake(
            "folds swapped, not standardized",
            "Two things. " + _SWAPPED + " And nothing is standardized.",
            _folds(lambda x, y, out, learn: _error(learn(x[out], y[out]), x[~out], y[~out])),
        ),
        Mistake(
            "learned from the held-out fold",
            "The model is trained on the held-out examples and measured on the same ones: is the mask the wrong way round "
            "in `learn`?",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[~out])[out], y[out]), _scaled(x, x[~out])[out], y[out])),
        ),
        Mistake(
            "learned from the held-out fold, scaled by it",
            "The held-out examples alone are used: for the scaling, for learning and for measuring. Is the mask the "
            "wrong way round? Scale and learn with the other examples.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[out], x[out]), y[out]), _scaled(x[out], x[out]), y[out])),
        ),
        Mistake(
            "measured on the training folds, scaled by the held-out one",
            "Two things. The mean and the standard deviation are those of the held-out examples. And the error is measured "
            "on the examples the model was trained on.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x, x[out])[~out], y[~out]), _scaled(x, x[out])[~out], y[~out])),
        ),
        Mistake(
            "folds swapped, scaling leaks",
            "Two things. " + _SWAPPED + " And the mean and standard deviation are taken from all examples.",
            _folds(lambda x, y, out, learn: _error(learn(_scaled(x, x)[out], y[out]), _scaled(x, x)[~out], y[~out])),
        ),
        Mistake(
            "averaged over the folds",
            _NO_NUMBER,
            lambda x, y, fold, learn: np.mean(_list_of_folds(x, y, fold, learn)),
        ),
        Mistake(
            "summed over the folds",
            _NO_NUMBER + " (And a sum grows with the number of folds.)",
            lambda x, y, fold, learn: np.sum(_list_of_folds(x, y, fold, learn)),
        ),
        Mistake(
            "last fold only",
            "Only the last fold's error comes back: is the `return` inside the loop, or is the result overwritten in each "
            "round?",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[-1],
        ),
        Mistake(
            "first fold only",
            "Only the first fold's error comes back: the `return` stands inside the loop.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[0],
        ),
        Mistake(
            "a fold missing",
            "The last fold is missing. The folds are numbered from 0 to `fold.max()`, and `range` stops before its end.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[:-1],
        ),
        Mistake(
            "fold 0 missing",
            "Fold 0 is missing: the folds are numbered from 0.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[1:],
        ),
        Mistake(
            "root taken",
            "The root is taken. We want the mean *squared* error.",
            lambda x, y, fold, learn: np.sqrt(_list_of_folds(x, y, fold, learn)),
        ),
        Mistake(
            "squares summed",
            "The squared errors of a fold are summed. Take the mean, or a large fold looks worse than a small one.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: ((decide(x) - y) ** 2).sum())),
        ),
        Mistake(
            "absolute errors",
            "These are mean absolute errors. We want the mean squared error.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: np.abs(decide(x) - y).mean())),
        ),
        Mistake(
            "errors not squared",
            "The errors are averaged without squaring: errors of opposite sign cancel.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: (decide(x) - y).mean())),
        ),
        Mistake(
            "squared after the mean",
            "The mean comes before the square: errors of opposite sign cancel. Square first.",
            _folds(lambda x, y, out, learn: _right_fold(
                x, y, out, learn, lambda decide, x, y: (decide(x) - y).mean() ** 2)),
        ),
        Mistake(
            "divided by all examples",
            "The sum of a fold's squared errors is divided by the number of all examples. Divide by the fold's own.",
            lambda x, y, fold, learn: np.array([
                _right_fold(x, y, fold == k, learn, lambda decide, a, b: ((decide(a) - b) ** 2).sum()) / len(y)
                for k in range(fold.max() + 1)
            ]),
        ),
        Mistake(
            "each example standardized",
            "Each example is standardized over its own features (axis 1). A feature is standardized over the examples.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x.T, x.T).T[~out], y[~out]), _scaled(x.T, x.T).T[out], y[out])),
        ),
        Mistake(
            "y standardized",
            "y is standardized as well. We want the error in the unit of y: leave y as it is.",
            _folds(lambda x, y, out, learn: _right_fold(x, (y - y.mean()) / y.std(), out, learn)),
        ),
        Mistake(
            "y standardized in each round",
            "y is standardized as well, in each round. We want the error in the unit of y: leave y as it is.",
            _folds(lambda x, y, out, learn: _right_fold(x, (y - y[~out].mean()) / y[~out].std(), out, learn)),
        ),
        Mistake(
            "variance for spread",
            "The centred features are divided by the variance, not by its root.",
            _scaling(lambda x, out: (x[~out].mean(axis=0), x[~out].var(axis=0))),
        ),
        Mistake(
            "multiplied by the spread",
            "The centred features are multiplied by the standard deviation. Divide: otherwise unequal spreads become more "
            "unequal.",
            _scaling(lambda x, out: (x[~out].mean(axis=0), 1 / x[~out].std(axis=0))),
        ),
        Mistake(
            "folds dealt in turn",
            "The folds are dealt in turn (0, 1, 2, ...), whatever `fold` says. The argument gives each example's fold.",
            lambda x, y, fold, learn: _list_of_folds(x, y, np.arange(len(x)) % (fold.max() + 1), learn),
        ),
        Mistake(
            "folds in blocks",
            "The folds are blocks of neighbours, whatever `fold` says. The argument gives each example's fold.",
            lambda x, y, fold, learn: _list_of_folds(x, y, blocks(len(x), fold.max() + 1), learn),
        ),
        Mistake(
            "scaled once",
            "The mean and the standard deviation of the first round are kept for all rounds. Each fold has other training "
            "examples: compute both again.",
            _scaled_once,
        ),
        Mistake(
            "held-out centred by itself",
            "The held-out examples are centred with their own mean; the rest is right. Use the mean of the training folds for "
            "both.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out]), (x[out] - x[out].mean(axis=0)) / x[~out].std(axis=0), y[out])),
        ),
        Mistake(
            "only the mean divided",
            "Only the mean is divided by the standard deviation. The division comes before the subtraction unless brackets say "
            "otherwise.",
            _folds(lambda x, y, out, learn: (lambda z: _error(learn(z[~out], y[~out]), z[out], y[out]))(
                x - x[~out].mean(axis=0) / x[~out].std(axis=0))),
        ),
        Mistake(
            "every prediction with every y",
            "Every prediction is compared with *every* y of the fold: a column beside a row broadcasts to a table. Both have "
            "shape (n,).",
            _measure(lambda decide, x, y: ((decide(x) - y[:, None]) ** 2).mean()),
        ),
        Mistake(
            "share of errors",
            "That is the share of predictions that differ from y. The predictions are numbers, and hardly one is "
            "exactly right: take the mean of the squared differences.",
            _measure(lambda decide, x, y: (decide(x) != y).mean()),
        ),
        Mistake(
            "y centred, mean not added again",
            "It learns from y without its mean, so the mean is missing in the predictions. But it compares them with "
            "y itself. Leave y as it is.",
            _folds(lambda x, y, out, learn: _error(
                learn(_scaled(x[~out], x[~out]), y[~out] - y[~out].mean()), _scaled(x[out], x[~out]), y[out])),
        ),
        Mistake(
            "divided by the training examples",
            "The sum of a fold's squared errors is divided by the number of *training* examples. Divide by the fold's own.",
            _divided(lambda x, out: np.sum(~out)),
        ),
        Mistake(
            "divided by the mean size of a fold",
            "The sum of a fold's squared errors is divided by N/K. The folds may differ in size: divide by the fold's own number.",
            lambda x, y, fold, learn: _divided(lambda x, out: len(x) / (fold.max() + 1))(x, y, fold, learn),
        ),
        Mistake(
            "variance of the errors",
            "That is the variance of a fold's errors: their mean is subtracted before they are squared. An error "
            "that all of them share counts, too.",
            _measure(lambda decide, x, y: (decide(x) - y).var()),
        ),
        Mistake(
            "a round for each example",
            "There is a round for each *example*, with its fold held out. There should be one round for each fold, "
            "from 0 to `fold.max()`.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[fold],
        ),
        Mistake(
            "all squared errors",
            "These are the squared errors of all examples, shape (N,). Take their mean in each fold, shape (K,).",
            _for_each_example,
        ),
        Mistake(
            "folds in order of appearance",
            "The errors are those of the folds, in the order in which the folds appear in `fold`. Fold 0 comes first.",
            lambda x, y, fold, learn: _list_of_folds(x, y, fold, learn)[list(dict.fromkeys(fold.tolist()))],
        ),
        Mistake(
            "folds counted from 1",
            "The folds are numbered from 0 to K − 1, and here it counts from 1 to K: fold 0 is missing, and fold K has no "
            "example, which gives NaN.",
            lambda x, y, fold, learn: np.append(_list_of_folds(x, y, fold, learn)[1:], np.nan),
        ),
        Mistake(
            "sign turned",
            "The errors are negative, as scikit-learn's scores are, for which larger is better. We want the error "
            "itself.",
            lambda *args: -_list_of_folds(*args),
        ),
        *_two_things(),
        Mistake(
            "always five folds",
            "The number of folds is fixed at 5. It depends on `fold`, whose numbers run from 0 to K − 1.",
            lambda x, y, fold, learn: np.array([_right_fold(x, y, fold == k, learn) for k in range(5)]),
        ),
    ],
    properties=[
        Property("Every error should be a positive number. Not all of them are.",
                 lambda args, outputs: bool(np.all(outputs[0] > 0))),
    ],
    points=3,
    hints=[
        "A loop over the folds. `held_out = fold == k` is a mask of shape (N,), and `~held_out` are the others.",
        "Each round has four steps: mean and standard deviation of the others, scale everything with them, `learn` "
        "from the others, measure on the held-out ones.",
    ],
    insight="Whatever is learned from data belongs inside the loop: the scaling, the choice of features, filling in "
    "what is missing. Ask of every number in your program: would it be different if the held-out examples did not "
    "exist?",
)
