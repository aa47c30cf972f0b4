"""Inputs for notebook 07."""

from __future__ import annotations

import numpy as np

from helpers.exercises.underfitting_and_overfitting._shared import fit, predict

count_choose_degree = 100  # a call takes some milliseconds


def fit_polynomial(rng):
    """Degrees 0 to 5, at times with just enough places for them; one new place, as many as old ones, or some."""
    degree = int(rng.choice([0, 1, 2, 3, 4, 5]))
    n = degree + int(rng.integers(1 if degree else 2, 7))
    x = rng.permutation(np.arange(n) + rng.uniform(0.2, 0.8, size=n)) / n
    if rng.random() < 0.5:
        x = np.sort(x)
    if rng.random() < 0.3:
        x = 3 * x - 1
    y = rng.normal() + rng.choice([0.3, 2.0]) * rng.normal(size=n)
    x_new = rng.uniform(x.min() - 0.2, x.max() + 0.2, size=rng.choice([1, n, rng.integers(2, 8)]))
    if rng.random() < 0.3:
        x_new[0] = rng.choice([0.0, 1.0, x[0]])
    return x, y, degree, x_new


def bias_variance(rng):
    """At times one data set, one place, as many of the one as of the other, no noise, or the truth met exactly."""
    sets, places = rng.integers(1, 7, size=2)
    truth = rng.normal(size=places)
    predictions = truth + rng.choice([0.0, 0.5, 2.0]) * rng.normal(size=places) + rng.choice(
        [0.0, 0.3, 1.5]) * rng.normal(size=(sets, places))
    if rng.random() < 0.1:
        predictions = rng.integers(-8, 9, size=(sets, places)) / 8
    return predictions, truth, float(rng.choice([0.0, 0.1, 0.5, 1.0, 1.7]))


def choose_degree(rng):
    """Lists of degrees in any order, at times of one, and folds of unequal size; all marks agree on the best and the worst.

    The text leaves open whether the mean over all examples or over the folds' means counts.
    """
    while True:
        folds = int(rng.choice([2, 3, 4, 5]))
        count = int(rng.integers(2 * folds + 2, 16))
        if rng.random() < 0.6:  # folds of equal size
            count -= count % folds
        highest = count - -(-count // folds) - 2
        degrees = rng.permutation(min(highest + 1, 8))[: rng.choice([1, 2, 3, 4])]
        x = (np.arange(count) + rng.uniform(size=count)) / count
        waves, noise = rng.uniform(0.5, 2.0), rng.choice([0.1, 0.4])
        x_test = rng.uniform(size=rng.integers(1, 8))
        y, y_test = (np.sin(2 * np.pi * waves * v + 1) + noise * rng.normal(size=v.shape) for v in (x, x_test))
        if _clear(x, y, degrees, folds):
            args = x, y, x_test, y_test, degrees.tolist()
            return args if folds == 5 and rng.random() < 0.7 else (*args, folds)


def _clear(x, y, degrees, folds):
    fold = np.arange(len(x)) % folds
    squares = np.empty((len(degrees), len(x)))
    for row, degree in zip(squares, degrees):
        for k in range(folds):
            row[fold == k] = (predict(fit(x[fold != k], y[fold != k], degree), x[fold == k]) - y[fold == k]) ** 2
    by_fold = np.stack([squares[:, fold == k].mean(axis=1) for k in range(folds)])
    marks = np.stack([squares.mean(axis=1), by_fold.mean(axis=0), np.sqrt(by_fold).mean(axis=0)])
    best, worst, rising = marks.argmin(axis=1), marks.argmax(axis=1), np.sort(marks, axis=1)
    agree = (best == best[0]).all() and (worst == worst[0]).all()
    return agree and (len(degrees) == 1 or (rising[:, 1] > 1.02 * rising[:, 0]).all())
