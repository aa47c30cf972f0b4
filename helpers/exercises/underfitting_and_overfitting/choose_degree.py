"""Notebook 07, code: choose a degree."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.underfitting_and_overfitting._shared import _measured, fit, predict, truth


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


def _bumpy(x):
    return np.sin(2 * np.pi * x) + 0.3 * x


def _choice_cases():
    cases = []
    for seed, count, folds, function, degrees in _CHOICES:
        x, y = _measured(seed, count, 0.15, function)
        x_test, y_test = _measured(seed + 1000, 9, 0.15, function)
        cases.append(Case(
            f"with {count} examples in {folds} folds and the degrees {', '.join(map(str, degrees))}",
            (x, y, x_test, y_test, list(degrees), folds),
        ))
    return cases


_CHOICES = (  # chosen so that no two known mistakes pick the same degrees
    (165, 24, 4, truth, (1, 3, 4, 5, 6, 8, 10)),
    (141, 21, 7, _bumpy, (1, 3, 4, 5, 6, 7, 9)),
    (14, 24, 6, _bumpy, (2, 3, 4, 5, 6, 7, 8, 9)),
    (118, 20, 5, truth, (1, 2, 3, 4, 5, 6, 7, 9)),
    (165, 24, 4, truth, (1, 2, 8)),
)


def _mean_square(w, x, y):
    return ((predict(w, x) - y) ** 2).mean()


def _cross_validated(x, y, degree, fold):
    return np.mean([
        _mean_square(fit(x[fold != k], y[fold != k], degree), x[fold == k], y[fold == k]) for k in range(fold.max() + 1)
    ])


def _interleaved(x, folds):
    return np.arange(len(x)) % folds


def _pick(score, tested=None, best=np.argmin):
    """The degree with the best ``score(x, y, x_test, y_test, degree, folds)``, and its error, refitted or ``tested``."""

    def wrong(x, y, x_test, y_test, degrees, folds=5):
        scores = [score(x, y, x_test, y_test, degree, folds) for degree in degrees]
        degree = degrees[int(best(scores))]
        if tested is None:
            return degree, _mean_square(fit(x, y, degree), x_test, y_test)
        return degree, tested(x, y, x_test, y_test, degree, folds, scores)

    return wrong


def _by_cross_validation(x, y, x_test, y_test, degree, folds):
    return _cross_validated(x, y, degree, _interleaved(x, folds))


def _by_fold_means(x, y, x_test, y_test, degrees, folds=5):
    table = np.array([
        [_mean_square(fit(np.delete(x, slice(k, None, folds)), np.delete(y, slice(k, None, folds)), d),
                      x[k::folds], y[k::folds]) for k in range(folds)]
        for d in degrees
    ])
    degree = int(np.asarray(degrees)[table.sum(axis=1).argmin()])
    return np.array(degree), float(np.square(y_test - predict(fit(x, y, degree), x_test)).mean())


def _over_the_folds(together):
    """A score that takes the folds' errors together in another way than by their mean."""

    def score(x, y, x_test, y_test, degree, folds):
        fold = _interleaved(x, folds)
        return together([
            _mean_square(fit(x[fold != k], y[fold != k], degree), x[fold == k], y[fold == k]) for k in range(folds)
        ])

    return score


def _with_right_degree(tested):
    """The degree of cross-validation, with ``tested(x, y, x_test, y_test, degree, degrees, folds)`` for its error."""

    def wrong(x, y, x_test, y_test, degrees, folds=5):
        degree = _pick(_by_cross_validation)(x, y, x_test, y_test, degrees, folds)[0]
        return degree, tested(x, y, x_test, y_test, degree, degrees, folds)

    return wrong


def _by_index(x, y, x_test, y_test, degrees, folds=5):
    degree, error = _pick(_by_cross_validation)(x, y, x_test, y_test, degrees, folds)
    return list(degrees).index(degree), error


def _last_fold_model(x, y, x_test, y_test, degree, folds, scores):
    fold = _interleaved(x, folds)
    return _mean_square(fit(x[fold != folds - 1], y[fold != folds - 1], degree), x_test, y_test)


def _mean_of_fold_models(x, y, x_test, y_test, degree, folds, scores):
    fold = _interleaved(x, folds)
    return np.mean([_mean_square(fit(x[fold != k], y[fold != k], degree), x_test, y_test) for k in range(folds)])


def _best_model_of_all(x, y, x_test, y_test, degree, folds, scores):
    fold = _interleaved(x, folds)
    rounds = [fit(x[fold != k], y[fold != k], degree) for k in range(folds)]
    errors = [_mean_square(w, x[fold == k], y[fold == k]) for k, w in enumerate(rounds)]
    return _mean_square(rounds[int(np.argmin(errors))], x_test, y_test)


_ON_TEST = (
    "The degree is the one with the smallest error on the test set. Then the test set has been used to choose, and its "
    "error is no longer that of data nobody has looked at: it is too good. Choose with the training data alone."
)


choose_degree = CodeExercise(
    choose_degree,
    outputs=["degree", "test_error"],
    given=lambda: {"fit": fit, "predict": predict},
    cases=_choice_cases,
    variants=[
        _by_fold_means,
        _pick(_by_cross_validation),
        _pick(_over_the_folds(np.sum)),
        _pick(_over_the_folds(lambda errors: np.mean(np.sqrt(errors)))),
    ],
    mistakes=[
        Mistake(  # the first four come first: where the degree is right, the ones below must not claim it is not
            "polynomial left over from the loop",
            "The degree is right. The test error is that of a polynomial left over from the loop: of the last degree, and "
            "without the last fold. Once the degree is chosen, fit it again to all training data.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: _last_fold_model(
                x, y, x_test, y_test, degrees[-1], folds, None)),
            ("test_error",),
        ),
        Mistake(
            "the last degree refitted",
            "The degree is right. The test error is that of the *last* degree in the list, fitted to all training data. Fit "
            "the one you have chosen.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: _mean_square(
                fit(x, y, degrees[-1]), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "smallest test error",
            "The degree is right. The test error is the smallest that any degree has: then the test set has chosen after "
            "all. Asked is that of the degree you have chosen.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: min(
                _mean_square(fit(x, y, d), x_test, y_test) for d in degrees)),
            ("test_error",),
        ),
        Mistake(
            "best round kept for the test",
            "The degree is right. The test error is that of its best round's polynomial, which has not seen one of the "
            "folds. Once the degree is chosen, fit again with all training data.",
            _with_right_degree(lambda x, y, x_test, y_test, degree, degrees, folds: _best_model_of_all(
                x, y, x_test, y_test, degree, folds, None)),
            ("test_error",),
        ),
        Mistake(
            "chosen on the test set",
            _ON_TEST,
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(fit(x, y, degree), x_test, y_test)),
        ),
        Mistake(
            "chosen on the test set, models of the folds",
            _ON_TEST + " (The models of the folds are averaged, but all of them are measured on the test set.)",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_of_fold_models(
                x, y, x_test, y_test, degree, folds, None)),
        ),
        Mistake(
            "chosen on the training error",
            "The degree is the one with the smallest training error. That always is the highest one, whatever the data.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(fit(x, y, degree), x, y)),
        ),
        Mistake(
            "trained on everything",
            "In each round the polynomial is fitted to all training examples, the held-out ones included: what is "
            "measured is training error, and the highest degree wins.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(fit(x, y, degree), x, y),
                  lambda x, y, x_test, y_test, degree, folds, scores: min(scores)),
        ),
        Mistake(
            "measured on the training folds",
            "In each round the error is measured on the examples of the fit. Measure on the held-out ones.",
            _pick(lambda x, y, x_test, y_test, degree, folds: -degree, _last_fold_model),
        ),
        Mistake(
            "one fold only",
            "Only the first fold is ever held out. Each fold has its turn; with one alone, chance decides.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(
                fit(x[_interleaved(x, folds) != 0], y[_interleaved(x, folds) != 0], degree), x[::folds], y[::folds])),
        ),
        Mistake(
            "last fold only",
            "Only the last fold's error counts: is it overwritten in each round? Average over the folds.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(
                fit(x[_interleaved(x, folds) != folds - 1], y[_interleaved(x, folds) != folds - 1], degree),
                x[folds - 1 :: folds], y[folds - 1 :: folds])),
        ),
        Mistake(
            "contiguous blocks",
            "The folds are blocks of neighbours. The x are in rising order, so each fold is a whole stretch of the "
            "interval, and the polynomial must guess where it has no data at all. Example i belongs to fold i % folds.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _cross_validated(
                x, y, degree, np.arange(len(x)) * folds // len(x))),
        ),
        Mistake(
            "one split",
            "The last fifth of the x is held out once, and that is all. The x are in rising order: the polynomial must "
            "guess at the end of the interval, and it has only one try. Example i belongs to fold i % folds.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _mean_square(
                fit(x[: int(0.8 * len(x))], y[: int(0.8 * len(x))], degree), x[int(0.8 * len(x)) :],
                y[int(0.8 * len(x)) :])),
        ),
        Mistake(
            "test data in the folds",
            "The folds are dealt from training *and* test data together. Then the test data take part in the choice.",
            _pick(lambda x, y, x_test, y_test, degree, folds: _cross_validated(
                np.append(x, x_test), np.append(y, y_test), degree, np.arange(len(x) + len(x_test)) % folds)),
        ),
        Mistake(
            "smallest fold error",
            "A degree is judged by its *best* fold. One lucky fold says nothing: average over the folds.",
            _pick(_over_the_folds(np.min)),
        ),
        Mistake(
            "best round kept",
            "The degree and the polynomial of the best single round are kept. One lucky fold says nothing: average over "
            "the folds for each degree, and at the end fit again with all training data.",
            _pick(_over_the_folds(np.min), _best_model_of_all),
        ),
        Mistake(
            "largest fold error",
            "A degree is judged by its *worst* fold. Careful, but asked is the mean over the folds.",
            _pick(_over_the_folds(np.max)),
        ),
        Mistake(
            "median of the folds",
            "A degree is judged by the median of the folds' errors. Asked is the mean.",
            _pick(_over_the_folds(np.median)),
        ),
        Mistake(
            "folds overlap",
            "Example i is held out in the folds whose number divides i, not in one fold alone: the folds overlap. Example "
            "i belongs to fold i % folds, and each example is held out exactly once.",
            _pick(lambda x, y, x_test, y_test, degree, folds: np.mean([
                _mean_square(fit(x[np.arange(len(x)) % (k + 2) != 0], y[np.arange(len(x)) % (k + 2) != 0], degree),
                             x[:: k + 2], y[:: k + 2]) for k in range(folds)])),
        ),
        Mistake(
            "folds swapped",
            "Training and held-out examples have changed places: the polynomial is fitted to one fold and measured on the "
            "others.",
            _pick(lambda x, y, x_test, y_test, degree, folds: np.mean([
                _mean_square(fit(x[k::folds], y[k::folds], degree), x[_interleaved(x, folds) != k],
                             y[_interleaved(x, folds) != k]) for k in range(folds)])),
        ),
        Mistake(
            "the place, not the degree",
            "What comes back is the *place* of the best degree in the list, not the degree: `argmin` counts from 0.",
            _by_index,
            ("degree",),
        ),
        Mistake(
            "place used as the degree",
            "The *place* of the best degree in the list is used as the degree, in the refit as well: `argmin` counts from "
            "0, and the list need not begin with degree 0.",
            lambda x, y, x_test, y_test, degrees, folds=5: (
                lambda place: (place, _mean_square(fit(x, y, place), x_test, y_test))
            )(_by_index(x, y, x_test, y_test, degrees, folds)[0]),
        ),
        Mistake(
            "the worst",
            "The degree with the *largest* error is taken.",
            _pick(_by_cross_validation, best=np.argmax),
        ),
        Mistake(
            "errors not squared",
            "The errors are averaged without squaring: too high and too low cancel.",
            _pick(lambda x, y, x_test, y_test, degree, folds: np.mean([
                (predict(fit(x[_interleaved(x, folds) != k], y[_interleaved(x, folds) != k], degree), x[k::folds])
                 - y[k::folds]).mean() for k in range(folds)])),
        ),
        Mistake(
            "error of cross-validation returned",
            "The degree is right. The second result is the error of cross-validation; asked is the error on the test set, "
            "which has had no part in the choice.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: min(scores)),
            ("test_error",),
        ),
        Mistake(
            "training error returned",
            "The degree is right. The second result is the error on the training data; asked is that on the test set.",
            _pick(_by_cross_validation,
                  lambda x, y, x_test, y_test, degree, folds, scores: _mean_square(fit(x, y, degree), x, y)),
            ("test_error",),
        ),
        Mistake(
            "not refitted",
            "The degree is right. The test error is that of the last round's polynomial, which has not seen the last "
            "fold. Once the degree is chosen, fit again with all training data.",
            _pick(_by_cross_validation, _last_fold_model),
            ("test_error",),
        ),
        Mistake(
            "mean of the folds' models",
            "The degree is right. The test error is the mean over the rounds' polynomials, each of which has missed a "
            "fold. Once the degree is chosen, fit again with all training data.",
            _pick(_by_cross_validation, _mean_of_fold_models),
            ("test_error",),
        ),
        Mistake(
            "fitted to the test set",
            "The degree is right. Then the polynomial is fitted to the test data, and measured on them.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: _mean_square(
                fit(x_test, y_test, degree), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "fitted to both",
            "The degree is right. Then the polynomial is fitted to training *and* test data, so the test error is not of "
            "new data.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: _mean_square(
                fit(np.append(x, x_test), np.append(y, y_test), degree), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "root of the test error",
            "The degree is right. Of the test error the root is taken; asked is the mean squared error.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: np.sqrt(
                _mean_square(fit(x, y, degree), x_test, y_test))),
            ("test_error",),
        ),
        Mistake(
            "test squares summed",
            "The degree is right. The squared test errors are summed; take the mean.",
            _pick(_by_cross_validation, lambda x, y, x_test, y_test, degree, folds, scores: len(x_test)
                  * _mean_square(fit(x, y, degree), x_test, y_test)),
            ("test_error",),
        ),
        Mistake(
            "degrees of its own",
            "The degree is chosen from other degrees than those in `degrees`. Use the argument.",
            lambda x, y, x_test, y_test, degrees, folds=5: _pick(_by_cross_validation)(
                x, y, x_test, y_test, range(10), folds),
        ),
        Mistake(
            "folds fixed at 5",
            "There always are 5 folds. Use the argument `folds`.",
            lambda x, y, x_test, y_test, degrees, folds=5: _pick(_by_cross_validation)(
                x, y, x_test, y_test, degrees, 5),
        ),
    ],
    properties=[
        Property("The degree should be one of those in `degrees`, and is not.",
                 lambda args, outputs: float(outputs[0]) in [float(d) for d in args[4]]),
        Property(
            "The degree is among those offered. The test error should be that of a polynomial of this degree, fitted to "
            "all training data, and is not.",
            lambda args, outputs: np.isclose(
                outputs[1], _mean_square(fit(args[0], args[1], int(outputs[0])), args[2], args[3]), rtol=1e-3),
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
        "`fold = np.arange(len(x)) % folds`. When all degrees have their number: the smallest one's degree, one more fit "
        "with *all* training data, and only then a look at the test data.",
    ],
    insight="The test data were touched once, at the very end. Whatever is chosen with data (a degree, a learning rate, "
    "when to stop) is fitted to these data, and its error on them flatters. How much, the next cells measure.",
)
