"""Notebook 07: what the checks say to answers that are in no catalogue."""

import numpy as np
import pytest
from numpy.polynomial import Polynomial, polynomial

from helpers.exercises.underfitting_and_overfitting import (
    bias_or_variance, bias_variance, choose_degree, diagnose, fit_polynomial, rescue_degree_15, three_degrees,
)
from helpers.exercises.underfitting_and_overfitting._shared import fit, predict, truth


def told(exercise, answer, expected):
    """``expected``: the names of the mistakes, or "correct", or words that a refusal without a name must have."""
    verdict = exercise.evaluate(answer)
    if expected == "correct":
        assert verdict.passed, str(verdict)
    elif isinstance(expected, tuple):
        assert verdict.mistakes == expected, str(verdict)
        assert not verdict.passed
    else:
        assert not verdict.passed and not verdict.mistakes and expected in str(verdict), str(verdict)


def named(answers):
    return [pytest.param(answer, expected, id=f"{i}: {expected}") for i, (answer, expected) in enumerate(answers)]


# ---- fit_polynomial -----------------------------------------------------------------------------


def solved(x, y, columns, x_new):
    a, b = (np.zeros((len(v), len(columns))) for v in (x, x_new))
    for j, k in enumerate(columns):
        a[:, j], b[:, j] = x**k, x_new**k
    return b @ np.linalg.pinv(a) @ y


def inverted(x, y, degree, x_new):
    return np.vander(x_new, degree + 1) @ np.linalg.inv(np.vander(x, degree + 1)) @ y


def by_descent(x, y, degree, x_new):
    a, w = np.vander(x, degree + 1), np.zeros(degree + 1)
    for _ in range(100):
        w -= 0.1 * a.T @ (a @ w - y) / len(x)
    return np.vander(x_new, degree + 1) @ w


POLYNOMIALS = [
    (lambda x, y, degree, new: Polynomial(Polynomial.fit(x, y, degree).coef)(new), ("coefficients of the scaled x",)),
    (lambda x, y, degree, new: np.poly1d(Polynomial.fit(x, y, degree).coef)(new),
     ("coefficients of the scaled x, order turned",)),
    (lambda x, y, degree, new: Polynomial.fit(x, y, degree).convert()(new), "correct"),
    (lambda x, y, degree, new: polynomial.polyval(new, np.polyfit(x, y, degree)), ("order turned",)),
    (lambda x, y, degree, new: np.polyval(Polynomial.fit(x, y, degree).convert().coef, new), ("order turned",)),
    (lambda x, y, degree, new: Polynomial.fit(x, y, degree).convert().coef, ("numbers returned",)),
    (lambda x, y, degree, new: solved(x, y, range(degree), new), ("one degree too low, degree 0 included",)),
    (lambda x, y, degree, new: solved(x, y, range(1, degree + 1), new), ("no constant",)),
    (lambda x, y, degree, new: np.polyval(np.polyfit(x, y, degree), np.sort(new)), ("new places in order",)),
    (lambda x, y, degree, new: np.polyval(np.polyfit(np.sort(x), y, degree), new), ("x sorted without y",)),
    (lambda x, y, degree, new: np.polyval(np.polyfit(x, y, 2), new), ("always degree 2",)),
    (lambda x, y, degree, new: np.polyval(np.polyfit(x, y, degree), new)[:, None], ("axis of length 1",)),
    (lambda x, y, degree, new: np.round(np.polyval(np.polyfit(x, y, degree), new), 3), "rounded to 3 digits"),
    (inverted, ("solved as if square",)),
    (by_descent, "The first element that differs"),
    (lambda x, y, degree, new: predict(fit(x, y, degree), new), "calls the course's own `predict`"),
    (lambda x, y, degree, new: np.einsum("mk,kn,n->m", new[:, None] ** np.arange(degree + 1), np.linalg.pinv(
        x[:, None] ** np.arange(degree + 1)), y), "correct"),
    (lambda x, y, degree, new: np.poly1d(np.polyfit(x, y, degree))(new).astype(np.float32), "correct"),
]


@pytest.mark.parametrize(("answer", "expected"), named(POLYNOMIALS))
def test_fit_polynomial(answer, expected):
    told(fit_polynomial, answer, expected)


# ---- bias_variance ------------------------------------------------------------------------------


def of_parts(bias, variance, total=lambda b, v, s: b + v + s**2):
    def answer(predictions, truth, noise):
        b, v = bias(predictions, truth), variance(predictions, truth)
        return b, v, total(b, v, noise)

    return answer


def right_bias(p, t):
    return ((p.mean(axis=0) - t) ** 2).mean()


def right_variance(p, t):
    return p.var(axis=0).mean()


def from_distance(p, t, s):
    return right_bias(p, t), np.var(p, axis=0, ddof=1).mean(), ((p - t) ** 2).mean() + s**2


PARTS = [
    (of_parts(right_bias, lambda p, t: np.cov(p.T).trace() / p.shape[1]), ("ddof=1",)),
    (of_parts(right_bias, lambda p, t: p.var(0, ddof=1).mean(), lambda b, v, s: b + v + s), ("ddof=1, noise not squared",)),
    (from_distance, ("ddof=1, right in the sum",)),
    (of_parts(lambda p, t: (p - t).mean(), right_variance), ("bias not squared",)),
    (of_parts(lambda p, t: (p - t).mean() ** 2, right_variance), ("squared after the mean over places",)),
    (of_parts(lambda p, t: (p - t).mean() ** 2, lambda p, t: p.var()),
     ("squared after the mean over places, right in the sum", "variance over everything, right in the sum")),
    (of_parts(lambda p, t: np.sqrt(right_bias(p, t)), lambda p, t: np.sqrt(right_variance(p, t)),
              lambda b, v, s: b**2 + v**2 + s**2),
     ("root of the bias, right in the sum", "root of the variance, right in the sum")),
    (of_parts(right_bias, lambda p, t: ((p - p.mean(axis=0)) ** 2).sum(axis=0).mean()), ("summed over the data sets",)),
    (of_parts(right_bias, right_variance, lambda b, v, s: b**2 + v + s**2), ("bias squared twice",)),
    (lambda p, t, s: of_parts(right_bias, right_variance)(p, t, s)[::-1], ("another order",)),
    (of_parts(lambda p, t: 0.5 * right_bias(p, t), right_variance), "0.5 times what is expected"),
    (of_parts(right_bias, lambda p, t: (p**2).mean() - (p.mean(axis=0) ** 2).mean()), "correct"),
    (lambda p, t, s: np.array(of_parts(right_bias, right_variance)(p, t, s)), "correct"),
    (lambda p, t, s: [np.linalg.norm(p.mean(0) - t) ** 2 / len(t), right_variance(p, t), ((p - t) ** 2).mean() + s * s],
     "correct"),
]


@pytest.mark.parametrize(("answer", "expected"), named(PARTS))
def test_bias_variance(answer, expected):
    told(bias_variance, answer, expected)


# ---- choose_degree ------------------------------------------------------------------------------


def error(x, y, degree, x_new, y_new):
    return ((predict(fit(x, y, degree), x_new) - y_new) ** 2).mean()


def cross_validated(x, y, degree, parts):
    return np.mean([error(np.delete(x, p), np.delete(y, p), degree, x[p], y[p]) for p in parts])


def dealt(x, folds):
    return [np.arange(k, len(x), folds) for k in range(folds)]


def choose(select, tested=error, parts=dealt):
    """``select`` takes the list of degrees and their errors."""

    def answer(x, y, x_test, y_test, degrees, folds=5):
        degree = select(degrees, [cross_validated(x, y, d, parts(x, folds)) for d in degrees])
        return degree, tested(x, y, degree, x_test, y_test)

    return answer


def best(degrees, errors):
    return degrees[int(np.argmin(errors))]


def last_while_looping(x, y, x_test, y_test, degrees, folds=5):
    lowest = np.inf
    for degree in degrees:
        lowest = min(lowest, cross_validated(x, y, degree, dealt(x, folds)))
    return degree, error(x, y, degree, x_test, y_test)


def never_updated(x, y, x_test, y_test, degrees, folds=5):
    chosen, lowest = degrees[0], np.inf
    for degree in degrees:
        lowest = min(lowest, cross_validated(x, y, degree, dealt(x, folds)))
    return chosen, error(x, y, chosen, x_test, y_test)


def lowest_never_updated(x, y, x_test, y_test, degrees, folds=5):
    for degree in degrees:
        if cross_validated(x, y, degree, dealt(x, folds)) < np.inf:
            chosen = degree
    return chosen, error(x, y, chosen, x_test, y_test)


def by_test(x, y, x_test, y_test, degrees, folds=5):
    errors = [error(x, y, degree, x_test, y_test) for degree in degrees]
    return degrees[int(np.argmin(errors))], min(errors)


def by_test_root(*args):
    degree, found = by_test(*args)
    return degree, np.sqrt(found)


def by_training(x, y, x_test, y_test, degrees, folds=5):
    degree = min(degrees, key=lambda d: error(x, y, d, x, y))
    return degree, error(x, y, degree, x_test, y_test)


def split_order(x, x_test, y, y_test, degrees, folds=5):
    fold = np.arange(len(x)) % folds
    errors = [
        np.mean([error(x[fold != k], y[fold != k], d, x[fold == k], y[fold == k]) for k in range(folds)]) for d in degrees
    ]
    return best(degrees, errors), error(x, y, best(degrees, errors), x_test, y_test)


def places(x, y, x_test, y_test, degrees, folds=5):
    return choose(best)(x, y, x_test, y_test, list(range(len(degrees))), folds)


def by_roots(x, y, x_test, y_test, degrees, folds=5):
    errors = [
        np.mean([np.sqrt(error(np.delete(x, p), np.delete(y, p), d, x[p], y[p])) for p in dealt(x, folds)]) for d in degrees
    ]
    return best(degrees, errors), error(x, y, best(degrees, errors), x_test, y_test)


def root(*args):
    return np.sqrt(error(*args))


CHOICES = [
    (last_while_looping, ("the last degree",)),
    (never_updated, ("the first degree",)),
    (lowest_never_updated, ("the last degree",)),
    (by_test, ("chosen on the test set",)),
    (by_test_root, ("chosen on the test set, another test error",)),
    (by_training, ("chosen on the training error",)),
    (choose(lambda degrees, errors: int(np.argmin(errors)), root), ("the place, not the degree",)),
    (choose(best, root), ("root of the test error",)),
    (choose(lambda degrees, errors: degrees[int(np.argmax(errors))]), ("the worst",)),
    (choose(best, parts=lambda x, folds: np.array_split(np.arange(len(x)), folds)), ("contiguous blocks",)),
    (choose(best, parts=lambda x, folds: dealt(x, folds)[1:]), ("fold 0 missing",)),
    (choose(best, parts=lambda x, folds: dealt(x, 5)), ("folds fixed at 5",)),
    (choose(best, parts=lambda x, folds: dealt(x, len(x))), ("each example alone",)),
    (choose(best, parts=lambda x, folds: [np.random.default_rng(0).permutation(len(x))[k::folds] for k in range(folds)]),
     "every fold held out once"),
    (places, ("places for degrees",)),
    (split_order, ("test data masked",)),
    (lambda *args: choose(best)(*args)[::-1], ("another order",)),
    (by_roots, ("roots of the folds' errors",)),
    (choose(best), "correct"),
    (lambda *args: np.array(choose(best)(*args)), "correct"),
    (lambda *args: [np.int64(choose(best)(*args)[0]), np.float32(choose(best)(*args)[1])], "correct"),
]


@pytest.mark.parametrize(("answer", "expected"), named(CHOICES))
def test_choose_degree(answer, expected):
    told(choose_degree, answer, expected)


def test_a_place_returned_with_another_fault_is_not_told_that_the_degree_is_right():
    def answer(x, y, x_test, y_test, degrees, folds=5):
        degree, found = choose(best, root)(x, y, x_test, y_test, degrees, folds)
        return degrees.index(degree), found

    verdict = choose_degree.evaluate(answer)
    assert verdict.mistakes == ("the place, not the degree", "root of the test error")
    assert "degree is right" not in str(verdict) and "Right: `degree`" not in str(verdict)


# ---- The predictions ----------------------------------------------------------------------------

LINE, HIGH, LINE_3000, VARIANCE_TIMES, BIAS_TIMES = bias_or_variance.answers
A, B, C, D, E, REMEDY_A, REMEDY_B = diagnose.answers


@pytest.mark.parametrize(("exercise", "changes", "expected"), [
    (three_degrees, {"lowest training error": 4, "lowest error on new measurements": 15}, ("exchanged",)),
    (bias_or_variance, {LINE: "variance", HIGH: "bias", LINE_3000: "variance"}, ("words exchanged",)),
    (bias_or_variance, {LINE: "variance", LINE_3000: "variance"}, ("a line that swings",)),
    (bias_or_variance, {VARIANCE_TIMES: 1, BIAS_TIMES: 4}, ("factors exchanged",)),
    (bias_or_variance, {VARIANCE_TIMES: 2, BIAS_TIMES: 2}, ("both doubled",)),
    (diagnose, {A: "overfits", B: "underfits", REMEDY_A: "more measurements", REMEDY_B: "a higher degree"}, ("exchanged",)),
    (diagnose, {C: "overfits", D: "overfits"}, ("any gap is overfitting",)),
    (diagnose, {A: "cannot tell", C: "cannot tell", D: "cannot tell"}, ("undecided",)),
    (three_degrees, {"training error of degree 29": 0.1 * (1 - 29 / 30)**0.5}, ("as of degree 28",)),
    (diagnose, {A: "fits", REMEDY_A: "neither"}, ("no gap, so it fits",)),
    (diagnose, {REMEDY_A: "neither"}, ("hopeless line",)),
])
def test_one_cause_is_told_once(exercise, changes, expected):
    verdict = exercise.evaluate(exercise.answers | changes)
    assert verdict.mistakes == expected and verdict.state == "known mistake", str(verdict)


# ---- The experiment -----------------------------------------------------------------------------


def duel(measurements, noise):
    rng = np.random.default_rng(10)
    grid, runs = np.linspace(0, 1, 201), []
    for _ in range(20):
        x = (np.arange(measurements) + rng.uniform(size=measurements)) / measurements
        y = truth(x) + noise * rng.normal(size=measurements)
        runs.append([np.sqrt(((predict(fit(x, y, d), grid) - truth(grid)) ** 2).mean()) for d in (4, 15)])
    small, large = np.median(runs, axis=0)
    return {"measurements": measurements, "noise": noise, "degree 4": small, "degree 15": large}


@pytest.mark.parametrize(("measurements", "noise", "expected"), [
    (1000, 0.04, "correct"),
    (60, 0.01, "correct"),
    (3000, 0.15, "Degree 15 is ahead, but it is not yet twice"),  # more noise, and yet degree 15 is ahead
    (30, 0.2, ("more noise",)),
    (30, 0.05, ("degree 4 still ahead",)),
    (25, 0.05, ("fewer measurements",)),
    (5, 0.5, ("fewer than 16",)),  # twice as near by chance
    (300, np.nan, ("not a number",)),
    (600, 0.1, ("hardly apart",)),
    (1, 0.01, ("fewer than 16",)),  # ahead by chance: its bias is not tiny there
    (16, 0.0, ("no noise at all",)),
    (3500, 0.5, ("more than 3000",)),
])
def test_rescue_degree_15(measurements, noise, expected):
    told(rescue_degree_15, rescue_degree_15.remember(lambda: duel(measurements, noise))(), expected)


def test_too_few_measurements_are_told_in_the_report():
    result = rescue_degree_15.remember(lambda: duel(5, 0.8))()
    assert "Fewer than 16 measurements" in str(rescue_degree_15.evaluate(result))
