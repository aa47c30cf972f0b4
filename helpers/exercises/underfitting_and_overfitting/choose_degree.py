"""Notebook 07, code: choose a degree."""

from __future__ import annotations

import functools

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.underfitting_and_overfitting._shared import _measured, blocks, fit, predict, truth


def choose_degree(x, y, x_test, y_test, degrees, folds=5):
    fold = np.arange(len(x)) % folds
    errors = []
    for degree in degrees:
        squares = np.empty(len(x))
        for k in range(folds):
            held_out = fold == k
            w = fit(x[~held_out], y[~held_out], degree)
            squares[held_out] = (predict(w, x[held_out]) - y[held_out]) ** 2
        errors.append(squares.mean())
    best = degrees[int(np.argmin(errors))]
    return best, ((predict(fit(x, y, best), x_test) - y_test) ** 2).mean()


def _steep(x):
    return 20 * truth(x)


_CHOICES = (  # searched: any two wrong ways to choose differ somewhere, mostly in several cases, and right ways agree
    (7270, 0.15, 12, 3, truth, (1, 5, 3, 2, 4)),
    (7410, 3.0, 13, 5, _steep, (2, 5, 4, 0, 7)),
    (86, 0.15, 11, 3, truth, (4, 3, 0, 1, 5, 2)),
    (8729, 6.0, 11, 3, _steep, (4, 0, 5, 3, 2, 1)),
    (3268, 0.3, 15, 5, truth, (4, 5, 3, 1, 2, 6)),
    (8960, 6.0, 12, 2, _steep, (2, 3, 1, 4, 0)),
    (8273, 3.0, 15, 5, _steep, (5, 6, 7, 2, 4, 3)),
    (2324, 0.15, 15, 5, truth, (1, 0, 7, 5, 3, 6)),
    (961, 0.15, 12, 3, truth, (1, 5, 3, 2, 4)),
)


def _choice_cases():
    return [_choice_case(*choice) for choice in _CHOICES]


def _choice_case(seed, noise, count, folds, function, degrees):
    """The default number of folds is left out."""
    x, y = _measured(seed, count, noise, function)
    x_test, y_test = _measured(seed + 1000, 6, noise, function)
    listed = f"degree{'s' * (len(degrees) > 1)} {', '.join(map(str, degrees))}"
    text = f"with {count} examples in {folds} folds and the {listed}"
    args = (x, y, x_test, y_test, list(degrees))
    return Case(text, args if folds == 5 else (*args, folds))


# ---- What wrong answers do ----------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def _remembered(degree, *arrays):
    x, y, x_new, y_new = (np.frombuffer(array) for array in arrays)
    return ((predict(fit(x, y, degree), x_new) - y_new) ** 2).mean()


def _error(x, y, degree, x_new, y_new):
    """The error of a fit to x, y on other examples; most known mistakes need the same ones."""
    return _remembered(int(degree), *(np.asarray(array, float).tobytes() for array in (x, y, x_new, y_new)))


def _of_folds(x, y, degree, fold):
    """Each fold's error, by a fit to the others."""
    return [_error(x[fold != k], y[fold != k], degree, x[fold == k], y[fold == k]) for k in range(fold.max() + 1)]


def _in_turn(x, folds):
    return np.arange(len(x)) % folds


def _over_all(x, y, degree, fold):
    """The mean over all examples."""
    return np.average(_of_folds(x, y, degree, fold), weights=np.bincount(fold))


def _by_cross_validation(x, y, x_test, y_test, degree, folds):
    return _over_all(x, y, degree, _in_turn(x, folds))


def _refitted(x, y, x_test, y_test, degree, degrees, folds):
    return _error(x, y, degree, x_test, y_test)


def _choice(score, tested=_refitted, best=np.argmin):
    """The degree with the best ``score(x, y, x_test, y_test, degree, folds)``, and ``tested(..., degrees, folds)``."""

    def wrong(x, y, x_test, y_test, degrees, folds=5):
        degree = degrees[int(best([score(x, y, x_test, y_test, degree, folds) for degree in degrees]))]
        return degree, tested(x, y, x_test, y_test, degree, degrees, folds)

    return wrong


def _over_the_folds(together):
    """A score that takes the folds' errors together in another way than by their mean."""
    return lambda x, y, x_test, y_test, degree, folds: together(_of_folds(x, y, degree, _in_turn(x, folds)))


def _with_folds(dealt):
    """The mean over folds that are dealt in another way: ``dealt(count, folds)``."""
    return lambda x, y, x_test, y_test, degree, folds: _over_all(x, y, degree, dealt(len(x), folds))


def _signed(x, y, degree, folds):
    fold = _in_turn(x, folds)
    return [predict(fit(x[fold != k], y[fold != k], degree), x[fold == k]) - y[fold == k] for k in range(folds)]


def _swapped(x, y, x_test, y_test, degree, folds):
    fold = _in_turn(x, folds)
    return np.mean([_error(x[fold == k], y[fold == k], degree, x[fold != k], y[fold != k]) for k in range(folds)])


def _fifth_at_the_end(x, y, x_test, y_test, degree, folds):
    cut = int(0.8 * len(x))
    return _error(x[:cut], y[:cut], degree, x[cut:], y[cut:])


def _overlapping(x, y, x_test, y_test, degree, folds):
    out = [np.arange(len(x)) % (k + 2) == 0 for k in range(folds)]
    return np.mean([_error(x[~held], y[~held], degree, x[held], y[held]) for held in out])


def _of_fold_models(x, y, x_test, y_test, degree, folds):
    """The test errors of the rounds' polynomials."""
    fold = _in_turn(x, folds)
    return [_error(x[fold != k], y[fold != k], degree, x_test, y_test) for k in range(folds)]


def _mean_of_fold_models(x, y, x_test, y_test, degree, degrees, folds):
    return np.mean(_of_fold_models(x, y, x_test, y_test, degree, folds))


def _last_round(x, y, x_test, y_test, degree, degrees, folds):
    return _of_fold_models(x, y, x_test, y_test, degree, folds)[-1]


def _left_over(x, y, x_test, y_test, degree, degrees, folds):
    return _last_round(x, y, x_test, y_test, degrees[-1], degrees, folds)


def _best_round(x, y, x_test, y_test, degree, degrees, folds):
    best = int(np.argmin(_of_folds(x, y, degree, _in_turn(x, folds))))
    return _of_fold_models(x, y, x_test, y_test, degree, folds)[best]


def _place_as_degree(x, y, x_test, y_test, degrees, folds=5):
    place = list(degrees).index(_choice(_by_cross_validation)(x, y, x_test, y_test, degrees, folds)[0])
    return place, _error(x, y, place, x_test, y_test)


def _arguments_as_split(x, x_test, y, y_test, degrees, folds=5):
    return choose_degree._solution(x, y, x_test, y_test, degrees, folds)


# ---- Right answers in other styles --------------------------------------------------------------


def _by_fold_means(x, y, x_test, y_test, degrees, folds=5):
    table = np.array([
        [((predict(fit(np.delete(x, slice(k, None, folds)), np.delete(y, slice(k, None, folds)), d), x[k::folds])
           - y[k::folds]) ** 2).mean() for k in range(folds)]
        for d in degrees
    ])
    degree = int(np.asarray(degrees)[table.sum(axis=1).argmin()])
    return np.array(degree), float(np.square(y_test - predict(fit(x, y, degree), x_test)).mean())


def _by_lowest_so_far(x, y, x_test, y_test, degrees, folds=5):
    fold, best, lowest = np.arange(len(x)) % folds, None, np.inf
    for degree in degrees:
        total = 0.0
        for k in range(folds):
            w = fit(x[fold != k], y[fold != k], degree)
            total += np.sum((predict(w, x[fold == k]) - y[fold == k]) ** 2)
        if total < lowest:
            best, lowest = degree, total
    return best, np.mean((predict(fit(x, y, best), x_test) - y_test) ** 2)


# ---- The exercise -------------------------------------------------------------------------------


def _wrong_degree(name, message, score, **options):
    """A wrong choice, with the test error of the degree chosen, or with another."""
    yield Mistake(name, message, _choice(score, **options))
    yield Mistake(
        f"{name}, another test error", message, _choice(score, lambda *args: np.nan, **options), ("degree",)
    )


def _wrong_test_error(name, message, tested):
    return Mistake(name, message, _choice(_by_cross_validation, tested), ("test_error",))


_ON_TEST = (
    "The degree is the one with the smallest error on the test set. Then the test set has been used to choose, and its "
    "error is no longer an error on unseen data: it is too small. Choose with the training data alone."
)


_OF_FOLDS = (
    "The second result is the error of cross-validation. We want the error on the test set, which has had no part in "
    "the choice."
)


_REFIT = "Once the degree is chosen, fit it again to all training data."


choose_degree = CodeExercise(
    choose_degree,
    outputs=["degree", "test_error"],
    given=lambda: {"fit": fit, "predict": predict},
    cases=_choice_cases,
    variants=[_by_fold_means, _by_lowest_so_far],
    mistakes=[
        _wrong_test_error(
            "polynomial left over from the loop",
            "The test error is that of a polynomial left over from the loop: of the last degree in the list, and without "
            f"the last fold. {_REFIT}",
            _left_over,
        ),
        _wrong_test_error(
            "the last degree refitted",
            "The test error is that of the *last* degree in the list, fitted to all training data. We want that of "
            "the degree that cross-validation finds best.",
            lambda x, y, x_test, y_test, degree, degrees, folds: _error(x, y, degrees[-1], x_test, y_test),
        ),
        _wrong_test_error(
            "smallest test error",
            "The test error is the smallest that any of the degrees has: then the test set has chosen after all. We "
            "want that of the degree that cross-validation finds best.",
            lambda x, y, x_test, y_test, degree, degrees, folds: min(_error(x, y, d, x_test, y_test) for d in degrees),
        ),
        _wrong_test_error(
            "best round kept for the test",
            "The test error is that of the polynomial of the degree's best round, which has not seen one of the folds. "
            + _REFIT,
            _best_round,
        ),
        *_wrong_degree(
            "chosen on the test set",
            _ON_TEST,
            lambda x, y, x_test, y_test, degree, folds: _error(x, y, degree, x_test, y_test),
        ),
        *_wrong_degree(
            "chosen on the test set, models of the folds",
            _ON_TEST + " (It is the mean test error of the rounds' polynomials.)",
            lambda x, y, x_test, y_test, degree, folds: np.mean(_of_fold_models(x, y, x_test, y_test, degree, folds)),
        ),
        *_wrong_degree(
            "chosen on the training error",
            "The degree is the one with the smallest error on the examples of the fit itself. That is always the "
            "highest one, whatever the data. Measure on examples that were held out.",
            lambda x, y, x_test, y_test, degree, folds: -degree,
        ),
        Mistake(
            "trained on everything",
            "The degree is the one with the smallest training error, and that training error comes back in place of the "
            "test error. Are the held-out examples part of the fit?",
            _choice(lambda x, y, x_test, y_test, degree, folds: -degree,
                    lambda x, y, x_test, y_test, degree, degrees, folds: _error(x, y, degree, x, y)),
        ),
        Mistake(
            "measured on the training folds",
            "The degree is the one with the smallest error on the examples of the fit itself, the highest. And the test "
            f"error is that of a polynomial that has not seen the last fold. {_REFIT}",
            _choice(lambda x, y, x_test, y_test, degree, folds: -degree, _last_round),
        ),
        *_wrong_degree(
            "the last degree",
            "The degree that comes back is the last one in the list, whatever the errors are. Is the best one kept?",
            lambda x, y, x_test, y_test, degree, folds: 0.0,
            best=lambda scores: len(scores) - 1,
        ),
        *_wrong_degree(
            "the first degree",
            "The degree that comes back is the first one in the list, whatever the errors are. Does your code switch "
            "to a later one that is better?",
            lambda x, y, x_test, y_test, degree, folds: 0.0,
        ),
        Mistake(
            "the last degree, not refitted",
            "The degree that comes back is the last one in the list, whatever the errors are, and the test error is that of "
            f"the last round's polynomial. Keep the best degree. {_REFIT}",
            _choice(lambda x, y, x_test, y_test, degree, folds: 0.0, _last_round, best=lambda scores: len(scores) - 1),
        ),
        *_wrong_degree(
            "one fold only",
            "Only the first fold's error counts. Each fold should have its turn: with one alone, chance decides.",
            _over_the_folds(lambda errors: errors[0]),
        ),
        *_wrong_degree(
            "last fold only",
            "Only the last fold's error counts: is it overwritten in each round? Average over the folds.",
            _over_the_folds(lambda errors: errors[-1]),
        ),
        *_wrong_degree(
            "last fold missing",
            "The last fold is never held out, or its error does not count. The folds are numbered from 0 to `folds` − 1.",
            _over_the_folds(lambda errors: np.mean(errors[:-1])),
        ),
        *_wrong_degree(
            "fold 0 missing",
            "Fold 0 is never held out, or its error does not count. The folds are numbered from 0.",
            _over_the_folds(lambda errors: np.mean(errors[1:])),
        ),
        *_wrong_degree(
            "contiguous blocks",
            "The folds are blocks of neighbours. The x are in ascending order, so each fold is a whole stretch of the "
            "interval, and the polynomial must guess where it has no data at all. Example i belongs to fold i % folds.",
            _with_folds(blocks),
        ),
        *_wrong_degree(
            "each example alone",
            "Each example is held out alone (leave-one-out), whatever `folds` says. Example i belongs to fold i % folds.",
            _with_folds(lambda count, folds: np.arange(count)),
        ),
        *_wrong_degree(
            "one split",
            "The last fifth of the x is held out once, and that is all. The x are in ascending order: the polynomial "
            "must guess at the end of the interval, and it is tested only once. Example i belongs to fold i % folds.",
            _fifth_at_the_end,
        ),
        *_wrong_degree(
            "test data in the folds",
            "The folds are dealt from training *and* test data together. Then the test data take part in the choice.",
            lambda x, y, x_test, y_test, degree, folds: _over_all(
                np.append(x, x_test), np.append(y, y_test), degree, np.arange(len(x) + len(x_test)) % folds),
        ),
        *_wrong_degree(
            "smallest fold error",
            "A degree is judged by its *best* fold. One lucky fold says nothing: average over the folds.",
            _over_the_folds(np.min),
        ),
        Mistake(
            "best round kept",
            "The degree and the polynomial of the best single round are kept. One lucky fold says nothing: average over "
            "the folds for each degree, and at the end fit again with all training data.",
            _choice(_over_the_folds(np.min), _best_round),
        ),
        *_wrong_degree(
            "largest fold error",
            "A degree is judged by its *worst* fold. That is cautious, but we want the mean over the folds.",
            _over_the_folds(np.max),
        ),
        *_wrong_degree(
            "median of the folds",
            "A degree is judged by the median of the folds' errors. We want the mean.",
            _over_the_folds(np.median),
        ),
        *_wrong_degree(
            "roots of the folds' errors",
            "The root of each fold's error is taken before the mean. We want the mean of the squared errors.",
            _over_the_folds(lambda errors: np.mean(np.sqrt(errors))),
        ),
        *_wrong_degree(
            "folds overlap",
            "Example i is held out in the folds whose number divides i, not in one fold alone: the folds overlap. Example "
            "i belongs to fold i % folds, and each example is held out exactly once.",
            _overlapping,
        ),
        *_wrong_degree(
            "folds swapped",
            "Training and held-out examples are swapped: the polynomial is fitted to one fold and measured on the "
            "others.",
            _swapped,
        ),
        Mistake(
            "the place, not the degree",
            "What comes back is the *index* of the best degree in the list, not the degree: `argmin` counts from 0.",
            lambda *args: (_place_as_degree(*args)[0], np.nan),
            ("degree",),
        ),
        Mistake(
            "place used as the degree",
            "The *index* of the best degree in the list is used as the degree, in the refit as well: `argmin` counts "
            "from 0, and the list need not begin with degree 0.",
            _place_as_degree,
        ),
        Mistake(
            "places for degrees",
            "The indices in the list (0, 1, 2, ...) are used as the degrees. The degrees are the numbers in the list.",
            lambda x, y, x_test, y_test, degrees, folds=5: _choice(_by_cross_validation)(
                x, y, x_test, y_test, range(len(degrees)), folds),
        ),
        *_wrong_degree("the worst", "The degree with the *largest* error is taken.", _by_cross_validation, best=np.argmax),
        *_wrong_degree(
            "errors not squared",
            "The errors are averaged without squaring: errors of opposite sign cancel.",
            lambda x, y, x_test, y_test, degree, folds: np.concatenate(_signed(x, y, degree, folds)).mean(),
        ),
        *_wrong_degree(
            "absolute errors",
            "The absolute errors are averaged. We want the mean of their squares.",
            lambda x, y, x_test, y_test, degree, folds: np.abs(np.concatenate(_signed(x, y, degree, folds))).mean(),
        ),
        _wrong_test_error(
            "error of cross-validation returned",
            _OF_FOLDS,
            lambda x, y, x_test, y_test, degree, degrees, folds: _by_cross_validation(
                x, y, x_test, y_test, degree, folds),
        ),
        _wrong_test_error(
            "error of cross-validation returned, mean over the folds",
            _OF_FOLDS,
            lambda x, y, x_test, y_test, degree, degrees, folds: np.mean(_of_folds(x, y, degree, _in_turn(x, folds))),
        ),
        _wrong_test_error(
            "training error returned",
            "The second result is the error on the training data. We want that on the test set.",
            lambda x, y, x_test, y_test, degree, degrees, folds: _error(x, y, degree, x, y),
        ),
        _wrong_test_error(
            "not refitted",
            f"The test error is that of the last round's polynomial, which has not seen the last fold. {_REFIT}",
            _last_round,
        ),
        _wrong_test_error(
            "mean of the folds' models",
            f"The test error is the mean over the rounds' polynomials, each of which has missed a fold. {_REFIT}",
            _mean_of_fold_models,
        ),
        _wrong_test_error(
            "fitted to the test set",
            "The polynomial is fitted to the test data, and measured on them. Fit it to the training data.",
            lambda x, y, x_test, y_test, degree, degrees, folds: _error(x_test, y_test, degree, x_test, y_test),
        ),
        _wrong_test_error(
            "fitted to both",
            "The last polynomial is fitted to training *and* test data, so the test error is not an error on new data.",
            lambda x, y, x_test, y_test, degree, degrees, folds: _error(
                np.append(x, x_test), np.append(y, y_test), degree, x_test, y_test),
        ),
        _wrong_test_error(
            "root of the test error",
            "The root of the test error is taken. We want the mean squared error.",
            lambda *args: np.sqrt(_refitted(*args)),
        ),
        _wrong_test_error(
            "test squares summed",
            "The squared test errors are summed. Take the mean.",
            lambda x, y, x_test, *rest: len(x_test) * _refitted(x, y, x_test, *rest),
        ),
        _wrong_test_error(
            "absolute test errors",
            "The absolute test errors are averaged. We want the mean of their squares.",
            lambda x, y, x_test, y_test, degree, degrees, folds: np.abs(
                predict(fit(x, y, degree), x_test) - y_test).mean(),
        ),
        _wrong_test_error(
            "test errors not squared",
            "The test errors are averaged without squaring: errors of opposite sign cancel.",
            lambda x, y, x_test, y_test, degree, degrees, folds: (
                predict(fit(x, y, degree), x_test) - y_test).mean(),
        ),
        Mistake(
            "degrees of its own",
            "The degree is chosen from other degrees than those in `degrees`. Use the argument.",
            lambda x, y, x_test, y_test, degrees, folds=5: _choice(_by_cross_validation)(
                x, y, x_test, y_test, range(10), folds),
        ),
        Mistake(
            "folds fixed at 5",
            "There are always 5 folds. Use the argument `folds`.",
            lambda x, y, x_test, y_test, degrees, folds=5: _choice(_by_cross_validation)(
                x, y, x_test, y_test, degrees, 5),
        ),
        Mistake(
            "test data masked",
            "An array of the test data is split by the folds of the training data. Only x and y are dealt into "
            "folds. Are the arguments in the order of the stub? (scikit-learn's `train_test_split` returns another "
            "order.)",
            _arguments_as_split,
        ),
    ],
    properties=[
        Property("The degree should be one of those in `degrees`, but it is not.",
                 lambda args, outputs: float(outputs[0]) in [float(d) for d in args[4]]),
        Property(
            "The test error should be that of a polynomial of the degree you return, fitted to all training data, "
            "but it is not.",
            lambda args, outputs: np.isclose(outputs[1], _error(*args[:2], outputs[0], *args[2:4]), rtol=1e-3),
        ),
        Property(
            "The test error is that of the degree you chose, but cross-validation finds another one better. Is example i "
            "in fold i % folds, is every fold held out once, and is a degree judged by the mean over all of them?",
            lambda args, outputs: int(outputs[0]) == choose_degree._solution(*args)[0],
        ),
    ],
    points=4,
    hints=[
        "Two loops: over the degrees, and inside it over the folds. For each degree you want one number, from examples "
        "that the fit has not seen.",
        "`fold = np.arange(len(x)) % folds`. When all degrees have their number: take the degree with the smallest "
        "one, fit once more with *all* training data, and only then look at the test data.",
    ],
    insight="The test data were touched once, at the very end. Whatever is chosen with data (a degree, a learning "
    "rate, when to stop) is fitted to these data, and its error on them is too small. The next lab measures by how "
    "much.",
)
