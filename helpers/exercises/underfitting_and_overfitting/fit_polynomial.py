"""Notebook 07, code: fit a polynomial."""

from __future__ import annotations

import dis

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.underfitting_and_overfitting._shared import _measured, fit, predict, truth


def fit_polynomial(x, y, degree, x_new):
    features = np.stack([x**k for k in range(degree + 1)], axis=1)          # (N, degree + 1)
    w = np.linalg.lstsq(features, y, rcond=None)[0]                         # (degree + 1,)
    new_features = np.stack([x_new**k for k in range(degree + 1)], axis=1)  # (M, degree + 1)
    return new_features @ w                                                 # (M,)


def _polynomial_cases():
    x, y = _measured(7, 9)
    new = np.array([0.9, 0.05, 0.4, 0.62, 0.2])
    uneven = np.array([0.55, 0.1, 0.95, 0.4, 0.6, 0.15])
    return [
        Case("with degree 2, 9 points and 5 new positions", (x, y, 2, new)),
        Case("with degree 4, 9 points and 5 new positions", (x, y, 4, new)),
        Case("with degree 1 and 6 points, as many as new positions", (uneven, y[:6] + 2, 1, np.linspace(0.2, 0.8, 6))),
        Case("with degree 0", (x, y + 1, 0, new)),
    ]


def _least_squares(features, y):
    return np.linalg.lstsq(features, y, rcond=None)[0]


def _by_polyfit(x, y, degree, x_new):
    return np.polyval(np.polyfit(x, y, degree), x_new)


def _by_polynomial(x, y, degree, x_new):
    return np.polynomial.Polynomial.fit(x, y, degree)(x_new)


def _by_powers(x, y, degree, x_new):
    return np.vander(x_new, degree + 1, increasing=True) @ _least_squares(np.vander(x, degree + 1, increasing=True), y)


def _by_normal_equations(x, y, degree, x_new):
    features = x[:, None] ** np.arange(degree + 1)
    w = np.linalg.solve(features.T @ features, features.T @ y)
    return (x_new[:, None] ** np.arange(degree + 1)) @ w


def _by_pinv(x, y, degree, x_new):
    w = np.linalg.pinv(np.vander(x, degree + 1)) @ y
    return sum(w[degree - k] * x_new**k for k in range(degree + 1))


def _by_legendre(x, y, degree, x_new):
    series = np.polynomial.legendre
    return series.legval(2 * x_new - 1, series.legfit(2 * x - 1, y, degree))


def _with_powers(powers):
    """Least squares on the powers ``powers(degree)`` alone."""

    def wrong(x, y, degree, x_new):
        columns = list(powers(degree))
        w = np.linalg.lstsq(np.stack([x**k for k in columns], axis=1), y, rcond=None)[0]
        return np.stack([x_new**k for k in columns], axis=1) @ w

    return wrong


def _with_features(features):
    """Least squares on ``features(x, k)``, k from 0 to the degree."""

    def wrong(x, y, degree, x_new):
        w = np.linalg.lstsq(np.stack([features(x, k) for k in range(degree + 1)], axis=1), y, rcond=None)[0]
        return np.stack([features(x_new, k) for k in range(degree + 1)], axis=1) @ w

    return wrong


def _with_weights(weights):
    """The right features, with the numbers ``weights(features, y)``."""

    def wrong(x, y, degree, x_new):
        w = weights(np.vander(x, degree + 1, increasing=True), y)
        return np.vander(x_new, degree + 1, increasing=True) @ w

    return wrong


def _own_scale(x, y, degree, x_new):
    def scaled(values):
        return np.vander((values - values.mean()) / values.std(), degree + 1, increasing=True)

    return scaled(x_new) @ _least_squares(scaled(x), y)


def _own_range(x, y, degree, x_new):
    def scaled(values):
        return np.vander((values - values.min()) / np.ptp(values), degree + 1, increasing=True)

    return scaled(x_new) @ _least_squares(scaled(x), y)


_ALWAYS = "The polynomial always has degree {}. Is the degree written into the code? Use the argument."


_NO_CONSTANT = "The constant is missing, the power 0: every curve then goes through the origin."


class _OwnFit(CodeExercise):
    """Refuses an answer that calls the course's ``fit`` or ``predict``, which the notebook imports."""

    def _not_a_fitting_function(self, answer):
        refusal = super()._not_a_fitting_function(answer)
        if refusal is None and (borrowed := _borrowed(answer)):
            return self._verdict(
                "wrong", f"Your function calls the course's own `{borrowed}`. Write the fit yourself, with NumPy."
            )
        return refusal


def _borrowed(function):
    """The global name under which the function uses ``fit`` or ``predict`` itself, or ""."""
    code, names = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    steps = dis.get_instructions(code) if code else ()
    used = [step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    return next((name for name in used if names.get(name) is fit or names.get(name) is predict), "")


fit_polynomial = _OwnFit(
    fit_polynomial,
    outputs=["y_new"],
    cases=_polynomial_cases,
    variants=[_by_polyfit, _by_polynomial, _by_powers, _by_normal_equations, _by_pinv, _by_legendre],
    mistakes=[
        Mistake(
            "one degree too low",
            "The highest power is missing: the polynomial is one degree too low. `range(degree)` ends at degree − 1.",
            _with_powers(lambda degree: range(degree) if degree else [0]),
        ),
        Mistake(
            "one degree too low, degree 0 included",
            "The highest power is missing: the polynomial is one degree too low, and with degree 0 nothing is left. "
            "`range(degree)` ends at degree − 1.",
            lambda x, y, degree, x_new: (
                _with_powers(range)(x, y, degree, x_new) if degree else np.zeros(len(x_new))
            ),
        ),
        Mistake(
            "one degree too low, empty stack",
            "The highest power is missing: the polynomial is one degree too low, and with degree 0 no column is left. "
            "`range(degree)` ends at degree − 1.",
            lambda x, y, degree, x_new: _with_powers(range)(x, y, degree, x_new),
        ),
        Mistake(
            "one degree too high",
            "There is one power too many: the polynomial is one degree too high.",
            _with_powers(lambda degree: range(degree + 2)),
        ),
        Mistake(
            "no constant",
            _NO_CONSTANT,
            lambda x, y, degree, x_new: (
                _with_powers(lambda d: range(1, d + 1))(x, y, degree, x_new) if degree else np.zeros(len(x_new))
            ),
        ),
        Mistake(
            "no constant, empty stack",
            _NO_CONSTANT + " With degree 0 no column is left.",
            lambda x, y, degree, x_new: _with_powers(lambda d: range(1, d + 1))(x, y, degree, x_new),
        ),
        Mistake(
            "no constant, nothing to join",
            _NO_CONSTANT + " With degree 0 no column is left, and NumPy has nothing to join.",
            lambda x, y, degree, x_new: np.column_stack([x_new**k for k in range(1, degree + 1)]) @ _least_squares(
                np.column_stack([x**k for k in range(1, degree + 1)]), y
            ),
        ),
        Mistake(
            "no constant, empty array",
            _NO_CONSTANT + " With degree 0 the list of columns is empty.",
            lambda x, y, degree, x_new: np.array([x_new**k for k in range(1, degree + 1)]).T @ _least_squares(
                np.array([x**k for k in range(1, degree + 1)]).T, y
            ),
        ),
        Mistake(
            "no constant in the prediction",
            "The constant is fitted, and then left out where the polynomial is evaluated. Begin with the power 0 there, "
            "too.",
            lambda x, y, degree, x_new: _by_powers(x, y, degree, x_new) - _least_squares(
                np.vander(x, degree + 1, increasing=True), y
            )[0],
        ),
        Mistake(
            "powers shifted by one",
            "The powers run from 1 to degree + 1: all of them are one too high. The first is 0, the constant.",
            _with_powers(lambda degree: range(1, degree + 2)),
        ),
        Mistake(
            "only the highest power",
            "Only the constant and the highest power are used. A polynomial has all powers in between, each with a "
            "coefficient of its own.",
            _with_powers(lambda degree: [0, degree] if degree else [0]),
        ),
        Mistake(
            "the highest power alone",
            "Only the highest power is used. A polynomial has all powers from 0 up, each with a coefficient of its own.",
            _with_powers(lambda degree: [degree]),
        ),
        Mistake(
            "multiples for powers",
            "The columns are multiples of x, not powers: `x * k` where `x ** k` belongs. All of them are the same "
            "straight line, and the constant has become 0.",
            _with_features(lambda x, k: x * k),
        ),
        Mistake(
            "base and exponent swapped",
            "Base and exponent are swapped: k to the power x, not x to the power k.",
            _with_features(lambda x, k: np.float64(k) ** x),
        ),
        Mistake(
            "predicted at the old places",
            "These are the predictions at x, the positions of the measurements. We want those at `x_new`: evaluate the "
            "polynomial there.",
            lambda x, y, degree, x_new: _by_polyfit(x, y, degree, x),
        ),
        Mistake(
            "numbers returned",
            "What comes back are the polynomial's coefficients, one for each power. We want its value at each of the "
            "positions `x_new`.",
            lambda x, y, degree, x_new: np.polyfit(x, y, degree)[::-1],
        ),
        Mistake(
            "numbers returned, highest first",
            "What comes back are the polynomial's coefficients (the highest power first, as `np.polyfit` gives "
            "them). We want its value at each of the positions `x_new`.",
            lambda x, y, degree, x_new: np.polyfit(x, y, degree),
        ),
        Mistake(
            "order turned",
            "The coefficients are used in the wrong order: that of the constant goes to the highest power, and so on. "
            "`np.polyfit`, `np.polyval` and `np.vander` begin with the highest power, `np.polynomial` with the lowest.",
            lambda x, y, degree, x_new: np.vander(x_new, degree + 1) @ _least_squares(
                np.vander(x, degree + 1, increasing=True), y
            ),
        ),
        Mistake(
            "lstsq not unpacked",
            "`np.linalg.lstsq` returns four things; the coefficients are the first of them.",
            lambda x, y, degree, x_new: np.vander(x_new, degree + 1, increasing=True) @ np.linalg.lstsq(
                np.vander(x, degree + 1, increasing=True), y, rcond=None
            ),
        ),
        Mistake(
            "scaled by itself",
            "The new positions are standardized with their own mean and spread. Then x = 0.4 means one thing in the "
            "fit and another in the prediction. Use the mean and spread of x for both.",
            _own_scale,
        ),
        Mistake(
            "scaled by its own range",
            "The new positions are brought to the range from 0 to 1 by their own smallest and largest value. Then x = "
            "0.4 means one thing in the fit and another in the prediction. Use those of x for both.",
            _own_range,
        ),
        Mistake(
            "new places not scaled",
            "x is standardized for the fit, but the new positions are not. Both need the same scaling.",
            lambda x, y, degree, x_new: _by_polyfit((x - x.mean()) / x.std(), y, degree, x_new),
        ),
        Mistake(
            "columns one by one",
            "Each coefficient is found alone, as if the other powers were not there. Their columns are correlated: all "
            "coefficients must be found together, as least squares does.",
            _with_weights(lambda features, y: features.T @ y / (features**2).sum(axis=0)),
        ),
        Mistake(
            "not solved",
            "The product of the transposed features with y is used as it is. That is the right-hand side of the "
            "equations; they still have to be solved.",
            _with_weights(lambda features, y: features.T @ y),
        ),
        Mistake(
            "not solved, averaged",
            "The product of the transposed features with y, over N, is used as it is. That is the right-hand side of "
            "the equations; they still have to be solved.",
            _with_weights(lambda features, y: features.T @ y / len(y)),
        ),
        Mistake(
            "large ridge",
            "Something is added to the matrix before it is solved, large enough to change the curve: that is a penalty "
            "on the coefficients (notebook 08). Plain least squares is asked for.",
            _with_weights(lambda features, y: np.linalg.solve(
                features.T @ features + np.eye(features.shape[1]), features.T @ y)),
        ),
        Mistake(
            "interpolated",
            "This joins the measurements by straight lines. A polynomial of the degree asked for does not go through "
            "every point.",
            lambda x, y, degree, x_new: np.interp(x_new, x, y),
        ),
        Mistake(
            "always the same degree",
            _ALWAYS.format(4),
            lambda x, y, degree, x_new: _by_polyfit(x, y, 4, x_new),
        ),
        *(
            Mistake(
                f"always degree {fixed}",
                _ALWAYS.format(fixed),
                lambda x, y, degree, x_new, fixed=fixed: _by_polyfit(x, y, fixed, x_new),
            )
            for fixed in (1, 2, 3)
        ),
        Mistake(
            "through every point",
            "This curve goes through every measurement: it is the polynomial of degree N − 1. Fit the degree asked for.",
            lambda x, y, degree, x_new: _by_legendre(x, y, len(x) - 1, x_new),
        ),
        Mistake(
            "coefficients of the scaled x",
            "These coefficients belong to x brought to the range from −1 to 1, as `Polynomial.fit` does it, but they "
            "are used with powers of x itself. Its `convert()` gives the coefficients for x.",
            lambda x, y, degree, x_new: np.polynomial.polynomial.polyval(
                x_new, np.polynomial.Polynomial.fit(x, y, degree).coef),
        ),
        Mistake(
            "coefficients of the scaled x, order turned",
            "Two things. These coefficients belong to x brought to the range from −1 to 1, as `Polynomial.fit` does "
            "it, but they are used with powers of x itself. And they are in the opposite order: `np.polyval` begins "
            "with the highest power.",
            lambda x, y, degree, x_new: np.polyval(np.polynomial.Polynomial.fit(x, y, degree).coef, x_new),
        ),
        Mistake(
            "coefficients of the scaled x returned",
            "What comes back are the coefficients that `Polynomial.fit` has found, for x brought to the range from "
            "−1 to 1. We want the polynomial's value at each of the positions `x_new`.",
            lambda x, y, degree, x_new: np.polynomial.Polynomial.fit(x, y, degree).coef,
        ),
        Mistake(
            "Legendre coefficients with powers",
            "The coefficients are those of Legendre polynomials, but they are used with powers of x.",
            lambda x, y, degree, x_new: np.polynomial.polynomial.polyval(
                x_new, np.polynomial.legendre.legfit(x, y, degree)),
        ),
        Mistake(
            "new places in order",
            "The values belong to the new positions in ascending order. Keep them in the order of `x_new`.",
            lambda x, y, degree, x_new: _by_polyfit(x, y, degree, np.sort(x_new)),
        ),
        Mistake(
            "x sorted without y",
            "x is sorted but y is not, so x and y no longer belong together. Least squares needs no order.",
            lambda x, y, degree, x_new: _by_polyfit(np.sort(x), y, degree, x_new),
        ),
        Mistake(
            "x and y swapped",
            "x and y are swapped: this is a polynomial in y that gives x.",
            lambda x, y, degree, x_new: np.polyval(np.polyfit(y, x, degree), x_new),
        ),
        Mistake(
            "features in rows",
            "The powers lie in rows. The matrix of features has one row per *measurement* and one column per power: shape "
            "(N, degree + 1). Look at `axis` in `np.stack`, or transpose.",
            lambda x, y, degree, x_new: np.linalg.lstsq(np.stack([x**k for k in range(degree + 1)]), y, rcond=None)[0],
        ),
        Mistake(
            "solved as if square",
            "There are more measurements than coefficients. In general no such curve meets all of them, and "
            "`np.linalg.solve` takes square matrices only. Least squares needs another function.",
            lambda x, y, degree, x_new: np.linalg.solve(np.vander(x, degree + 1), y),
        ),
        Mistake(
            "mean of y",
            "Every prediction is the mean of y. That is the polynomial of degree 0.",
            lambda x, y, degree, x_new: np.full(len(x_new), y.mean()),
        ),
        Mistake(
            "the true function",
            "These are values of the true function. With only measurements, nobody knows it.",
            lambda x, y, degree, x_new: truth(x_new),
        ),
    ],
    properties=[
        Property(
            "With degree 0 every prediction should be the mean of y, but it is not.",
            lambda args, outputs: args[2] != 0 or np.allclose(outputs[0], args[1].mean(), atol=1e-3),
        ),
        Property(
            "With degree 1 the predictions should lie on a straight line, but they do not.",
            lambda args, outputs: args[2] != 1 or np.allclose(np.diff(outputs[0], 2), 0, atol=1e-4),
        ),
    ],
    points=3,
    hints=[
        "Linear regression with degree + 1 features: the columns are 1, x, x², and so on. Make the same columns for "
        "`x_new`.",
        "`np.linalg.lstsq(features, y, rcond=None)[0]` gives the coefficients, (degree + 1,). A prediction is the "
        "product of the new features with them.",
    ],
    insight="Fitting a polynomial is linear regression: the curve is bent in x, but linear in its coefficients. That "
    "is why the best coefficients can be computed in one step, and why hundreds of data sets take no time. "
    "(At high degrees the powers of x are nearly the same column; the next lab shows how much that matters.)",
)
