"""Notebook 01, code: the largest stable learning rate."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def largest_stable_learning_rate(x):
    h = x.T @ x / len(x)
    return 2 / np.linalg.eigvalsh(h)[-1]


def _centred(x):
    return x - x.mean(axis=0)


def _limit_cases():
    rng = np.random.default_rng(46)
    mixing = np.array([[2.0, 0.3, 0.0], [0.0, 1.0, 0.4], [0.5, 0.0, 0.6]])
    # The steep direction last: whoever takes the first of `eig`'s eigenvalues, in no order, is caught.
    two = _centred(rng.normal(size=(8, 2)) * [1.5, 6.0])
    three = rng.normal(size=(10, 3)) @ mixing + [1.5, -0.7, 0.4]
    return [
        Case("on centred features of shape (8, 2)", (two,)),
        Case("on features of shape (10, 3) that are not centred", (three,)),
        Case("on features of shape (6, 3) that are all small", (0.05 * three[:6],)),
    ]


def _by_singular_value(x):
    return 2 * len(x) / np.linalg.norm(x, ord=2) ** 2


def _by_power_iteration(x):
    h = x.T @ x / len(x)
    v = np.linalg.matrix_power(h / np.trace(h), 200) @ np.ones(len(h))
    return 2.0 * (v @ v) / (v @ h @ v)


def _by_general_eigenvalues(x):
    return 2 / np.max(np.real(np.linalg.eig(np.cov(x.T, bias=True) + np.outer(x.mean(0), x.mean(0)))[0]))


def _eigenvalues(x):
    return np.linalg.eigvalsh(x.T @ x / len(x))


def _limit(of_eigenvalues, hessian=lambda x: x.T @ x / len(x)):
    """The limit with another ``of_eigenvalues(eigenvalues in rising order)`` or ``hessian(x)``."""
    return lambda x: of_eigenvalues(np.linalg.eigvalsh(hessian(x)))


def _two_over_largest(eigenvalues):
    return 2 / eigenvalues[-1]


def _limit_of(hessian):
    return _limit(_two_over_largest, hessian)


largest_stable_learning_rate = CodeExercise(
    largest_stable_learning_rate,
    outputs=["rate"],
    cases=_limit_cases,
    variants=[_by_singular_value, _by_power_iteration, _by_general_eigenvalues],
    mistakes=[
        Mistake(
            "1 / λmax",
            "That is 1/λmax: the rate at which the steep direction reaches its minimum in one step. The iteration is stable up "
            "to twice that. (A loss without the ½ has this limit: there H is twice as large.)",
            _limit(lambda e: 1 / e[-1]),
        ),
        Mistake(
            "4 / λmax",
            "That is 4/λmax, twice too large. The ½ of the loss disappears when it is differentiated twice: H is "
            "XᵀX/N, without a ½ of its own.",
            _limit(lambda e: 4 / e[-1]),
        ),
        Mistake(
            "the trace",
            "You divide by the sum of the eigenvalues, the trace of H. That is safe, since the sum is never smaller "
            "than the largest, but it is not the limit. Which eigenvalue sets the limit?",
            _limit(lambda e: 2 / e.sum()),
        ),
        Mistake(
            "1 / trace",
            "This is one over the sum of the eigenvalues, the trace. Check two things: which eigenvalue, and the 2.",
            _limit(lambda e: 1 / e.sum()),
        ),
        Mistake(
            "no 1/N",
            "The 1/N is missing: XᵀX grows with the number of examples. H is a mean over them and does not grow.",
            _limit_of(lambda x: x.T @ x),
        ),
        Mistake(
            "1/N on the wrong side",
            "The 1/N is applied to the result. It should be applied to XᵀX.",
            lambda x: 2 / np.linalg.eigvalsh(x.T @ x)[-1] / len(x),
        ),
        Mistake(
            "1 / λmax without 1/N",
            "Two things: the 1/N of H is missing, so the result shrinks with the number of examples; and the limit is "
            "2 over the eigenvalue, not 1.",
            _limit(lambda e: 1 / e[-1], lambda x: x.T @ x),
        ),
        Mistake(
            "trace without 1/N",
            "Two things: the 1/N of H is missing, and you divide by the sum of all eigenvalues (the trace), not by the "
            "largest.",
            _limit(lambda e: 2 / e.sum(), lambda x: x.T @ x),
        ),
        Mistake(
            "λmin",
            "You divide by the smallest eigenvalue: that gives the limit of the flattest direction alone. At this rate "
            "the steepest one diverges. (`eigvalsh` returns the eigenvalues in ascending order, `eig` in no particular "
            "order.)",
            _limit(lambda e: 2 / e[0]),
        ),
        Mistake(
            "1 / λmin",
            "This is one over the smallest eigenvalue. The steepest direction sets the limit, and at this rate it "
            "diverges.",
            _limit(lambda e: 1 / e[0]),
        ),
        Mistake(
            "the mean eigenvalue",
            "You divide by the mean of the eigenvalues. The steepest direction alone sets the limit.",
            _limit(lambda e: 2 / e.mean()),
        ),
        Mistake(
            "the best rate",
            "2/(λmin + λmax) is the rate that makes the slower of the two directions as fast as possible: a useful "
            "number, but it is below the limit. The exercise asks for the limit.",
            _limit(lambda e: 2 / (e[0] + e[-1])),
        ),
        Mistake(
            "correlation matrix",
            "You use an eigenvalue of the correlation matrix, as if x had been standardized first. Take x as it is; "
            "the scale of the features is what this is about.",
            _limit_of(lambda x: np.corrcoef(x.T)),
        ),
        Mistake(
            "scaled inside",
            "x is divided by its standard deviations first. Take it as it is; the scale of the features is what this "
            "is about.",
            _limit_of(lambda x: (x / x.std(axis=0)).T @ (x / x.std(axis=0)) / len(x)),
        ),
        Mistake(
            "covariance, N - 1",
            "You use an eigenvalue of `np.cov`, which subtracts the mean and divides by N − 1. The loss is a mean over "
            "N. Take x as it is, centred or not.",
            _limit_of(lambda x: np.cov(x.T)),
        ),
        Mistake(
            "centred inside",
            "On centred features this is right. But you subtract the mean. Take x as it is: a mean that is not 0 can "
            "make the loss steeper and the limit lower.",
            _limit_of(lambda x: _centred(x).T @ _centred(x) / len(x)),
        ),
        Mistake(
            "N - 1",
            "XᵀX is divided by N − 1. The loss is a mean over N examples, and so is its Hessian.",
            _limit_of(lambda x: x.T @ x / (len(x) - 1)),
        ),
        Mistake(
            "divided by D",
            "You divide by the number of features. (Or X and Xᵀ have changed places: XXᵀ is a matrix of examples "
            "against examples, with the same eigenvalues.) H is a mean over the examples: which axis of x counts them?",
            _limit_of(lambda x: x.T @ x / x.shape[1]),
        ),
        Mistake(
            "singular value not squared",
            "You divide by a singular value of X, not by an eigenvalue of XᵀX/N. The eigenvalues of XᵀX are the "
            "*squares* of the singular values, and the 1/N is still missing.",
            lambda x: 2 / np.linalg.norm(x, ord=2),
        ),
        Mistake(
            "singular value of x over N",
            "You divide by a singular value of X over N. The eigenvalues of XᵀX are the *squares* of the singular "
            "values.",
            lambda x: 2 * len(x) / np.linalg.norm(x, ord=2),
        ),
        Mistake(
            "root of the eigenvalue",
            "You divide by the square root of the eigenvalue, a spread. One step multiplies by 1 − ηλ, with λ itself.",
            _limit(lambda e: 2 / np.sqrt(e[-1])),
        ),
        Mistake(
            "largest diagonal element",
            "You divide by the largest diagonal element of H. That is the largest eigenvalue only where the features "
            "are not correlated; with correlation the steepest direction runs between the axes, and is steeper.",
            lambda x: 2 / (x**2).mean(axis=0).max(),
        ),
        Mistake(
            "largest diagonal element, 1 over",
            "Two things: the limit is 2 over the eigenvalue, not 1; and the largest diagonal element of H is the largest "
            "eigenvalue only where the features are not correlated.",
            lambda x: 1 / (x**2).mean(axis=0).max(),
        ),
        Mistake(
            "1 / λmax, centred inside",
            "Two things: you subtract the mean, but x should be taken as it is; and the limit is 2 over the "
            "eigenvalue, not 1.",
            _limit(lambda e: 1 / e[-1], lambda x: np.cov(x.T, bias=True)),
        ),
        Mistake(
            "1 / λmax, covariance, N - 1",
            "Two things. `np.cov` subtracts the mean and divides by N − 1, but x should be taken as it is, and the "
            "loss is a mean over N. And the limit is 2 over the eigenvalue, not 1.",
            _limit(lambda e: 1 / e[-1], lambda x: np.cov(x.T)),
        ),
        Mistake(
            "largest variance",
            "You divide by the largest variance. That is the largest eigenvalue only where the features are centred "
            "and not correlated.",
            lambda x: 2 / x.var(axis=0).max(),
        ),
        Mistake(
            "largest standard deviation",
            "You divide by the largest standard deviation. What counts is the largest eigenvalue of H.",
            lambda x: 2 / x.std(axis=0).max(),
        ),
        Mistake(
            "norm of H",
            "You divide by the norm of H, the root of the sum of its squared elements (`np.linalg.norm` of a matrix "
            "gives it). The largest eigenvalue alone sets the limit.",
            _limit(lambda e: 2 / np.sqrt((e**2).sum())),
        ),
        Mistake(
            "sum over rows",
            "You divide by the largest sum of a row of H (`ord=inf` or `ord=1`). That is never smaller than the "
            "largest eigenvalue, so it is safe, but it is not the limit.",
            lambda x: 2 / np.abs(x.T @ x / len(x)).sum(axis=1).max(),
        ),
        Mistake(
            "½ / λmax",
            "That is 1/(2λmax), four times too small. The 2 belongs in the numerator: the factor 1 − ηλ may fall to "
            "−1, not only to ½.",
            _limit(lambda e: 1 / (2 * e[-1])),
        ),
        Mistake(
            "divided by N · D",
            "XᵀX is divided by the number of all elements of x (`x.size`, or a mean over everything). H is a mean over "
            "the N examples.",
            _limit_of(lambda x: x.T @ x / x.size),
        ),
        Mistake(
            "covariance of the examples",
            "`np.cov` takes the rows as variables unless it is told otherwise: this is a matrix of examples against "
            "examples. (It also subtracts means and divides by one less.)",
            _limit_of(np.cov),
        ),
        Mistake(
            "largest diagonal element without 1/N",
            "Two things: the 1/N of H is missing; and its largest diagonal element is the largest eigenvalue only "
            "where the features are not correlated.",
            lambda x: 2 / (x**2).sum(axis=0).max(),
        ),
        Mistake(
            "variance of everything",
            "You divide by the variance of all elements of x together. What counts is the steepest direction, the "
            "largest eigenvalue of H.",
            lambda x: 2 / x.var(),
        ),
        Mistake(
            "determinant",
            "You divide by the determinant of H, the product of its eigenvalues. The largest alone sets the limit.",
            _limit(lambda e: 2 / np.prod(e)),
        ),
        Mistake(
            "the eigenvalue itself",
            "That is λmax. Good; the limit is 2 over it.",
            _limit(lambda e: e[-1]),
        ),
        Mistake(
            "upside down",
            "That is λmax/2, upside down: a steeper loss needs a smaller rate.",
            _limit(lambda e: e[-1] / 2),
        ),
        Mistake(
            "condition number",
            "That is the condition number, λmax/λmin. It says how many steps are needed; the limit is 2/λmax.",
            _limit(lambda e: e[-1] / e[0]),
        ),
        Mistake(
            "2 / condition number",
            "That is 2λmin/λmax. Only the largest eigenvalue is needed.",
            _limit(lambda e: 2 * e[0] / e[-1]),
        ),
        Mistake(
            "a bias added",
            "A column of ones is added to x, as for a bias. The model here is w·x, with x as it is.",
            lambda x: 2 / np.linalg.eigvalsh(np.c_[x, np.ones(len(x))].T @ np.c_[x, np.ones(len(x))] / len(x))[-1],
        ),
        Mistake(
            "all eigenvalues",
            "You return one limit for each eigenvalue. One learning rate is used for all directions: which of the "
            "limits holds for all of them?",
            _limit(lambda e: 2 / e),
        ),
    ],
    properties=[
        Property(
            "Your rate is 2 over an eigenvalue of H, but not over the largest. (`eigvalsh` returns the eigenvalues in "
            "ascending order, `eig` in no particular order.)",
            lambda args, outputs: not np.isclose(2 / outputs[0], _eigenvalues(args[0])[:-1], rtol=1e-3).any(),
        ),
        Property(
            "At the limit the factor 1 − ηλmax along the steepest direction is exactly −1. With your rate it is not.",
            lambda args, outputs: np.isclose(1 - outputs[0] * _eigenvalues(args[0])[-1], -1, atol=1e-4),
        ),
    ],
    points=3,
    hints=[
        "Two steps: build H, of shape (D, D); find its largest eigenvalue.",
        "H is XᵀX/N, with one example in each row of X. One matrix product computes it. For symmetric matrices "
        "NumPy has `np.linalg.eigvalsh`, which returns the eigenvalues in ascending order.",
    ],
    insight="At this rate the factor along the steepest direction is exactly −1: gradient descent leaps from wall to "
    "wall forever. A little below, it converges. Notice that a mean that is not 0 can make the limit smaller.",
)
