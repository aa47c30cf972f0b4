"""Exercises of notebook 01."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)

# --- predict: a steep and a flat direction -------------------------------------------------------

steep_and_flat = PredictExercise(
    {
        "largest eigenvalue": 2500.0,
        "condition number": 625.0,
        "learning rates must stay below": 0.0008,
        "condition number after standardizing": 1.0,
    },
    variable="prediction",
    mistakes={
        "largest eigenvalue": [
            Mistake("the standard deviation", "50 is the standard deviation. What stands on H's diagonal?", 50.0),
            Mistake("the smallest eigenvalue", "4 belongs to the flat direction. The largest is asked for.", 4.0),
            Mistake("the trace", "2504 is the sum of both eigenvalues; the largest is one of them.", 2504.0),
            Mistake("the smaller deviation", "2 is the smaller of the two standard deviations.", 2.0),
            Mistake("halved", "the ½ of the loss goes when it is differentiated twice: H is XᵀX/N.", 1250.0),
            Mistake("doubled", "there is no 2 in H: the ½ of the loss takes it away.", 5000.0),
            Mistake("product of deviations", "100 is 50 · 2. Each eigenvalue belongs to one feature alone.", 100.0),
        ],
        "condition number": [
            Mistake("of the deviations", "25 is 50/2. The eigenvalues are variances, not standard deviations.", 25.0),
            Mistake("upside down", "it is the largest over the smallest, and so never below 1.", 0.0016),
            Mistake("upside down, of the deviations", "it is the largest over the smallest; and of variances.", 0.04),
            Mistake("difference", "2496 is the difference of the eigenvalues. It is their quotient.", 2496.0),
            Mistake("root again", "5 is a root too many: 2500/4 is already a quotient of variances.", 5.0),
            Mistake("product", "10,000 is the product of the eigenvalues. It is their quotient.", 10_000.0),
            Mistake("the largest eigenvalue", "2500 is the largest eigenvalue. It is to be divided by the other.", 2500.0),
        ],
        "learning rates must stay below": [
            Mistake("one over", "1/2500 is where the steep direction arrives in a single step. It is stable up to 2/2500.",
                    0.0004),
            Mistake("from the smallest", "2/4 is what the flat direction alone could bear. The steep one sets the limit.",
                    0.5),
            Mistake("one over the smallest", "1/4 comes from the flat direction. The steep one sets the limit.", 0.25),
            Mistake("from the deviation", "2/50 divides by the standard deviation. The eigenvalue is the variance.", 0.04),
            Mistake("one over the deviation", "1/50 divides by the standard deviation, and the 2 is missing.", 0.02),
            Mistake("from the mean eigenvalue", "the mean of the eigenvalues limits nothing; the largest does.",
                    2 / 1252),
            Mistake("upside down", "that is λmax / 2. A steeper loss needs a smaller rate.", 1250.0),
            Mistake("any rate", "a rate of 1 multiplies the distance along the steep direction by 1 − 2500.", 1.0),
            Mistake("half the eigenvalue", "2/1250 takes H for half of what it is: the ½ of the loss goes when it is "
                    "differentiated twice.", 0.0016),
            Mistake("from the condition number", "2/κ has no unit, but the rate depends on the scale of the loss.",
                    2 / 625),
        ],
        "condition number after standardizing": [
            Mistake("unchanged", "that is the old one. Both variances become 1.", 625.0),
            Mistake("quotient of deviations", "25 was 50/2 before. Both standard deviations become 1.", 25.0),
            Mistake("zero", "a condition number is at least 1. Both eigenvalues become 1.", 0.0),
        ],
    },
    points=2,
    hints=[
        "H = XᵀX/N. For centred features its diagonal holds the variances, and for uncorrelated ones the rest is 0.",
        "A diagonal matrix has its diagonal as eigenvalues. A variance is the square of a standard deviation.",
        "The limit is 2 over the largest eigenvalue, the condition number the largest over the smallest. After "
        "standardizing both variances are 1.",
    ],
    insight="A factor 25 between the spreads is a factor 625 in the number of steps: the condition number goes with the "
    "square. The features of the digits are correlated, so theirs will not become 1.",
)


# --- code: the largest stable learning rate ------------------------------------------------------


def largest_stable_learning_rate(x):
    h = x.T @ x / len(x)
    return 2 / np.linalg.eigvalsh(h)[-1]


def _limit(of_eigenvalues, hessian=lambda x: x.T @ x / len(x)):
    """The limit with another ``of_eigenvalues(eigenvalues in rising order)`` or ``hessian(x)``."""
    return lambda x: of_eigenvalues(np.linalg.eigvalsh(hessian(x)))


def _two_over_largest(eigenvalues):
    return 2 / eigenvalues[-1]


def _limit_of(hessian):
    return _limit(_two_over_largest, hessian)


def _centred(x):
    return x - x.mean(axis=0)


def _by_singular_value(x):
    return 2 * len(x) / np.linalg.norm(x, ord=2) ** 2


def _by_power_iteration(x):
    v = np.ones(x.shape[1])
    for _ in range(500):
        v = x.T @ (x @ v) / len(x)
        v = v / np.linalg.norm(v)
    return 2.0 / (v @ (x.T @ (x @ v)) / len(x))


def _by_general_eigenvalues(x):
    return 2 / np.max(np.real(np.linalg.eig(np.cov(x.T, bias=True) + np.outer(x.mean(0), x.mean(0)))[0]))


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


largest_stable_learning_rate = CodeExercise(
    largest_stable_learning_rate,
    cases=_limit_cases,
    outputs=["rate"],
    mistakes=[
        Mistake(
            "1 / λmax",
            "That is 1/λmax: the rate at which the steep direction arrives in one step. The iteration is stable up to "
            "twice that. (It is also what you get from a loss without the ½: there H is twice as large.)",
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
            "It divides by the sum of the eigenvalues, the trace of H. That is safe, since the sum is never smaller "
            "than the largest, but it is not the limit. Which eigenvalue sets it?",
            _limit(lambda e: 2 / e.sum()),
        ),
        Mistake(
            "1 / trace",
            "It is one over the sum of the eigenvalues, the trace. Two things: which eigenvalue, and the 2.",
            _limit(lambda e: 1 / e.sum()),
        ),
        Mistake(
            "no 1/N",
            "The 1/N is missing: XᵀX grows with the number of examples, and H, a mean over them, does not.",
            _limit_of(lambda x: x.T @ x),
        ),
        Mistake(
            "1 / λmax without 1/N",
            "Two things: the 1/N of H is missing, so the result shrinks with the number of examples; and the limit is "
            "2 over the eigenvalue, not 1.",
            _limit(lambda e: 1 / e[-1], lambda x: x.T @ x),
        ),
        Mistake(
            "trace without 1/N",
            "Two things: the 1/N of H is missing, and it divides by the sum of all eigenvalues (the trace) and not by "
            "the largest.",
            _limit(lambda e: 2 / e.sum(), lambda x: x.T @ x),
        ),
        Mistake(
            "λmin",
            "It divides by the smallest eigenvalue: that is what the flattest direction alone could bear. At this rate "
            "the steepest one flies apart. (`eigvalsh` gives them in rising order, `eig` in none.)",
            _limit(lambda e: 2 / e[0]),
        ),
        Mistake(
            "1 / λmin",
            "It is one over the smallest eigenvalue. The steepest direction sets the limit, and at this rate it flies "
            "apart.",
            _limit(lambda e: 1 / e[0]),
        ),
        Mistake(
            "the mean eigenvalue",
            "It divides by the mean of the eigenvalues. The steepest direction alone sets the limit.",
            _limit(lambda e: 2 / e.mean()),
        ),
        Mistake(
            "the best rate",
            "2/(λmin + λmax) is the rate that makes the slower of the two directions as fast as possible: a useful "
            "number, but below the limit that is asked for.",
            _limit(lambda e: 2 / (e[0] + e[-1])),
        ),
        Mistake(
            "correlation matrix",
            "The eigenvalue is that of the correlation matrix: as if x had been standardized first. Take x as it is; "
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
            "The eigenvalue is that of `np.cov`, which subtracts the mean and divides by N − 1. The loss is a mean "
            "over N, and x is to be taken as it is, centred or not.",
            _limit_of(lambda x: np.cov(x.T)),
        ),
        Mistake(
            "centred inside",
            "On centred features it is right. But it subtracts the mean, and x is to be taken as it is: a mean that is "
            "not 0 makes the loss steeper, and the limit has to know.",
            _limit_of(lambda x: _centred(x).T @ _centred(x) / len(x)),
        ),
        Mistake(
            "N - 1",
            "XᵀX is divided by N − 1. The loss is a mean over N examples, and so is its Hessian.",
            _limit_of(lambda x: x.T @ x / (len(x) - 1)),
        ),
        Mistake(
            "divided by D",
            "It is divided by the number of features (or X and Xᵀ have changed places: XXᵀ is a matrix of examples "
            "against examples, with the same eigenvalues). H is a mean over the examples: over which axis of x do they "
            "run?",
            _limit_of(lambda x: x.T @ x / x.shape[1]),
        ),
        Mistake(
            "singular value not squared",
            "It divides by a singular value of X, not by an eigenvalue of XᵀX/N. The eigenvalues of XᵀX are the "
            "*squares* of the singular values, and the 1/N is still to come.",
            lambda x: 2 / np.linalg.norm(x, ord=2),
        ),
        Mistake(
            "singular value of x over N",
            "It divides by a singular value of X over N. The eigenvalues of XᵀX are the *squares* of the singular "
            "values.",
            lambda x: 2 * len(x) / np.linalg.norm(x, ord=2),
        ),
        Mistake(
            "root of the eigenvalue",
            "It divides by the square root of the eigenvalue, a spread. The factor of one step is 1 − ηλ, with λ "
            "itself.",
            _limit(lambda e: 2 / np.sqrt(e[-1])),
        ),
        Mistake(
            "largest diagonal element",
            "It divides by the largest diagonal element of H. That is the largest eigenvalue only where the features "
            "are not correlated; with correlation the steepest direction runs between the axes, and is steeper.",
            lambda x: 2 / (x**2).mean(axis=0).max(),
        ),
        Mistake(
            "largest variance",
            "It divides by the largest variance. That is the largest eigenvalue only where the features are centred "
            "and not correlated.",
            lambda x: 2 / x.var(axis=0).max(),
        ),
        Mistake(
            "largest standard deviation",
            "It divides by the largest standard deviation. What counts is the largest eigenvalue of H.",
            lambda x: 2 / x.std(axis=0).max(),
        ),
        Mistake(
            "norm of H",
            "It divides by the norm of H, the root of the sum of its squared elements (`np.linalg.norm` of a matrix "
            "gives it). The largest eigenvalue alone sets the limit.",
            _limit(lambda e: 2 / np.sqrt((e**2).sum())),
        ),
        Mistake(
            "sum over rows",
            "It divides by the largest sum of a row of H (`ord=inf` or `ord=1`). That is never smaller than the "
            "largest eigenvalue, so it is safe, but it is not the limit.",
            lambda x: 2 / np.abs(x.T @ x / len(x)).sum(axis=1).max(),
        ),
        Mistake(
            "½ / λmax",
            "That is 1/(2λmax), four times too small. The 2 belongs above: the factor 1 − ηλ may fall to −1, not only "
            "to ½.",
            _limit(lambda e: 1 / (2 * e[-1])),
        ),
        Mistake(
            "divided by N · D",
            "XᵀX is divided by the number of all elements of x (`x.size`, or a mean over everything). It is a mean "
            "over the N examples.",
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
            "It divides by the variance of all elements of x together. What counts is the steepest direction, the "
            "largest eigenvalue of H.",
            lambda x: 2 / x.var(),
        ),
        Mistake(
            "determinant",
            "It divides by the determinant of H, the product of its eigenvalues. The largest alone sets the limit.",
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
            "That is 2λmin/λmax. Only the largest eigenvalue is asked for.",
            _limit(lambda e: 2 * e[0] / e[-1]),
        ),
        Mistake(
            "all eigenvalues",
            "It returns one limit for each eigenvalue. One learning rate serves all directions: which of the limits "
            "holds for all of them?",
            _limit(lambda e: 2 / e),
        ),
    ],
    properties=[
        Property(
            "At the limit the factor 1 − ηλmax along the steepest direction is exactly −1. With your rate it is not.",
            lambda args, outputs: np.isclose(
                1 - outputs[0] * np.linalg.eigvalsh(args[0].T @ args[0] / len(args[0]))[-1], -1, atol=1e-3
            ),
        ),
    ],
    variants=[_by_singular_value, _by_power_iteration, _by_general_eigenvalues],
    points=3,
    hints=[
        "Two steps: build H, of shape (D, D); find its largest eigenvalue.",
        "H is a mean over the N examples of $x_i x_i^T$, in one matrix product. For symmetric matrices NumPy has "
        "`np.linalg.eigvalsh`, in rising order.",
    ],
    insight="At this rate the factor along the steepest direction is exactly −1: it leaps from wall to wall for ever. A "
    "little below, it converges. Notice that a mean that is not 0 makes the limit smaller.",
)


# --- code: standardize ---------------------------------------------------------------------------


def standardize(x_train, x_test):
    mean = x_train.mean(axis=0)
    # Asked of the values themselves: rounding can leave a constant column a tiny spread.
    changes = x_train.max(axis=0) > x_train.min(axis=0)
    std = np.where(changes, x_train.std(axis=0), 1.0)
    return (x_train - mean) / std, (x_test - mean) / std


def _guarded(std):
    return np.where(np.asarray(std) > 1e-12, std, 1.0)


def _unguarded(std):
    return std


def _apart(train, test):
    """Both parts by functions of their own, ``part(x_train, x_test, guard)``; ``guard`` mends a deviation of 0."""
    return lambda guard: lambda x_train, x_test: (train(x_train, x_test, guard), test(x_train, x_test, guard))


def _alike(function):
    """Both parts by ``function(x, mean, std)`` with the training statistics."""

    def part(chosen):
        return lambda x_train, x_test, guard: function(
            (x_train, x_test)[chosen], x_train.mean(axis=0), guard(x_train.std(axis=0))
        )

    return _apart(part(0), part(1))


def _of(chosen, reference, ddof=0):
    """The part ``chosen`` by the statistics of the part ``reference``: 0 training, 1 test, 2 both together."""

    def part(x_train, x_test, guard):
        parts = x_train, x_test, np.concatenate([x_train, x_test])
        return (parts[chosen] - parts[reference].mean(axis=0)) / guard(parts[reference].std(axis=0, ddof=ddof))

    return part


_RIGHT = _of(0, 0)
_AND_CONSTANT = " (And a column that is constant gives NaN or infinity: what could you divide by instead?)"


def _guarded_or_not(name, message, make, outputs=()):
    """The mistake with a deviation of 0 mended, and with it left: students make it either way."""
    return [
        Mistake(name, message, make(_guarded), outputs),
        Mistake(f"{name}, constant column", message + _AND_CONSTANT, make(_unguarded)),
    ]


def _each_by_own_rows(guard):
    return lambda x_train, x_test: tuple(
        (x - x.mean(axis=1, keepdims=True)) / guard(x.std(axis=1, keepdims=True)) for x in (x_train, x_test)
    )


def _min_max(x, reference):
    low, high = reference.min(axis=0), reference.max(axis=0)
    return (x - low) / np.where(high > low, high - low, 1.0)


def _column_by_column(x_train, x_test):
    train, test = np.zeros(x_train.shape), np.zeros(x_test.shape)
    for j in range(x_train.shape[1]):
        mean, std = np.mean(x_train[:, j]), np.std(x_train[:, j])
        if std > 0:
            train[:, j], test[:, j] = (x_train[:, j] - mean) / std, (x_test[:, j] - mean) / std
    return train, test


def _where_std(x_train, x_test):
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    std = np.where(std > 0, std, 1.0)
    return (x_train - mean) / std, (x_test - mean) / std


def _with_epsilon(x_train, x_test):
    mean = x_train.mean(axis=0, keepdims=True)
    std = np.sqrt(x_train.var(axis=0, keepdims=True) + 1e-3)
    return [(x_train - mean) / std, (x_test - mean) / std]


def _with_epsilon_outside(x_train, x_test):
    std = np.std(x_train, 0) + 1e-7
    return (x_train - np.mean(x_train, 0)) / std, (x_test - np.mean(x_train, 0)) / std


def _nan_to_num(x_train, x_test):
    with np.errstate(all="ignore"):
        mean, std = x_train.mean(0), x_train.std(0)
        return np.nan_to_num((x_train - mean) / std), np.nan_to_num((x_test - mean) / std)


def _in_float32(x_train, x_test):
    return tuple(part.astype(np.float32) for part in _column_by_column(x_train, x_test))


def _spread_is_one(args, outputs):
    return np.allclose(outputs[0].std(axis=0), np.sign(args[0].std(axis=0)), rtol=1e-4, atol=1e-5)


def _standardize_cases():
    rng = np.random.default_rng(1)
    # Spreads so large that no reasonable epsilon shows.
    train = rng.normal([190.0, -120.0, 75.0], [40.0, 60.0, 50.0], size=(7, 3))
    test = rng.normal([220.0, -190.0, 62.0], [65.0, 45.0, 80.0], size=(4, 3))
    with_constant = (np.column_stack([part, np.full(len(part), 64.0)]) for part in (train, test))
    return [
        Case("on `x_train` of shape (7, 3) and `x_test` of shape (4, 3)", (train, test)),
        Case("on a test set of one example", (train, test[:1])),
        Case("on features of which the last is 64 everywhere", tuple(with_constant)),
    ]


_TEST_OWN = (
    "The test data are scaled with their own mean and standard deviation. Then the output for a test example depends "
    "on the others beside it, and the model gets inputs in another unit than it was trained on. Every number must come "
    "from the training data."
)
_PER_EXAMPLE = (
    "Mean and standard deviation are taken along axis 1, over the features of one example. Ink and width would be "
    "averaged with each other. Each *feature* has its own: average over the examples."
)
_DDOF = (
    "The standard deviation divides by N − 1. That would do no harm to a model, as long as training and test data get "
    "the same numbers; but the formula above divides by N, and so do Keras and scikit-learn. Look for `ddof=1`."
)
_NOT_CENTRED = "The values are divided by the standard deviation, but the mean is not subtracted first."
_MEAN_BRACKETS = (
    "Only the mean is divided by the standard deviation. The division comes before the subtraction unless brackets say "
    "otherwise."
)


def _tiny_added(std):
    return std + 1e-8


standardize = CodeExercise(
    standardize,
    cases=_standardize_cases,
    outputs=["train", "test"],
    mistakes=[
        *_guarded_or_not("test by its own statistics", _TEST_OWN, _apart(_RIGHT, _of(1, 1)), ("test",)),
        *_guarded_or_not(
            "test by both together",
            "The training data are right. The test data are scaled with the statistics of both together: two different "
            "scalings for one model. Use the training data's for both.",
            _apart(_RIGHT, _of(1, 2)),
            ("test",),
        ),
        *_guarded_or_not(
            "statistics of both together",
            "Mean and standard deviation come from training and test data together. That is a leak: the test data have "
            "had a say in the preparation of the training. Use the training data alone.",
            _apart(_of(0, 2), _of(1, 2)),
        ),
        *_guarded_or_not(
            "training data by the test statistics",
            "The statistics come from the test data. It is the training data that has them.",
            _apart(_of(0, 1), _of(1, 1)),
        ),
        Mistake("axis=1", _PER_EXAMPLE, _each_by_own_rows(_guarded)),
        Mistake("axis=1, without keepdims", _PER_EXAMPLE, lambda x_train, x_test: x_train - x_train.mean(axis=1)),
        Mistake(
            "one mean and std for all",
            "One mean and one standard deviation serve all features. Then they keep their different scales, and the "
            "gorge stays a gorge. Each feature has its own.",
            lambda x_train, x_test: tuple((x - x_train.mean()) / x_train.std() for x in (x_train, x_test)),
        ),
        Mistake(
            "one mean and std for all, test by its own",
            "Two things. One mean and one standard deviation serve all features, and each has its own. And the test "
            "data are scaled with their own numbers, not with the training data's.",
            lambda x_train, x_test: tuple((x - x.mean()) / x.std() for x in (x_train, x_test)),
        ),
        Mistake(
            "one std for all",
            "Each feature has its own mean, but one standard deviation serves all of them: the different scales stay.",
            lambda x_train, x_test: tuple((x - x_train.mean(axis=0)) / x_train.std() for x in (x_train, x_test)),
        ),
        *_guarded_or_not(
            "one mean for all",
            "Each feature has its own standard deviation, but one mean serves all of them.",
            lambda guard: lambda x_train, x_test: tuple(
                (x - x_train.mean()) / guard(x_train.std(axis=0)) for x in (x_train, x_test)
            ),
        ),
        *_guarded_or_not(
            "divided by the variance",
            "The centred values are divided by the variance, not by its root: the spread of the result is one over the "
            "old one, and not 1.",
            _alike(lambda x, mean, std: (x - mean) / std**2),
        ),
        *_guarded_or_not(
            "variance, and test by its own",
            "Two things. The centred values are divided by the variance, not by its root. And the test data are scaled "
            "with their own numbers, not with the training data's.",
            lambda guard: lambda x_train, x_test: tuple(
                (x - x.mean(axis=0)) / guard(x.std(axis=0)) ** 2 for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "constant column",
            "With ordinary columns it is right. A column that is constant in the training data has the standard "
            "deviation 0, and 0 / 0 is NaN: one such feature makes every output of a network NaN. What could you "
            "divide by instead?",
            _apart(_RIGHT, _of(1, 0))(_unguarded),
        ),
        Mistake(
            "constant column as it was",
            "The constant column comes back as it was. It is to become 0: subtract its mean all the same.",
            _alike(lambda x, mean, std: np.where(std == 1.0, x, (x - mean) / std))(_guarded),
        ),
        Mistake(
            "constant column to 1",
            "The constant column becomes 1. Subtract its mean, and it is 0.",
            _alike(lambda x, mean, std: np.where(std == 1.0, 1.0, (x - mean) / std))(_guarded),
        ),
        *_guarded_or_not("ddof=1", _DDOF, _apart(_of(0, 0, ddof=1), _of(1, 0, ddof=1))),
        *_guarded_or_not(
            "ddof=1, test by its own",
            "Two things. " + _TEST_OWN + " And the standard deviations divide by N − 1, where the formula has N.",
            _apart(_of(0, 0, ddof=1), _of(1, 1, ddof=1)),
        ),
        *_guarded_or_not("not centred", _NOT_CENTRED, _alike(lambda x, mean, std: x / std)),
        Mistake("not centred, tiny epsilon", _NOT_CENTRED, _alike(lambda x, mean, std: x / std)(_tiny_added)),
        Mistake(
            "only centred",
            "The mean is subtracted, but nothing is divided: the features keep their different scales.",
            _alike(lambda x, mean, std: x - mean)(_guarded),
        ),
        *_guarded_or_not(
            "sign turned",
            "The sign is turned: x is subtracted from the mean, not the mean from x.",
            _alike(lambda x, mean, std: (mean - x) / std),
        ),
        *_guarded_or_not("brackets", _MEAN_BRACKETS, _alike(lambda x, mean, std: x - mean / std)),
        Mistake("brackets, tiny epsilon", _MEAN_BRACKETS, _alike(lambda x, mean, std: x - mean / std)(_tiny_added)),
        Mistake(
            "mean and std swapped",
            "Mean and standard deviation have changed places: the mean is subtracted, the standard deviation divides.",
            _alike(lambda x, mean, std: (x - std) / mean)(_unguarded),
        ),
        Mistake(
            "multiplied",
            "The centred values are multiplied by the standard deviation. To bring every spread to 1, divide.",
            _alike(lambda x, mean, std: (x - mean) * std)(_unguarded),
        ),
        *_guarded_or_not(
            "root too many",
            "It divides by the root of the standard deviation. `std` is already the root of the variance.",
            _alike(lambda x, mean, std: (x - mean) / np.sqrt(std)),
        ),
        Mistake(
            "epsilon too large",
            "A constant as large as 1 is added to every standard deviation: no spread becomes 1 then. It should act "
            "where the standard deviation is 0 and be too small to notice elsewhere.",
            _alike(lambda x, mean, std: (x - mean) / (std + 1))(_unguarded),
        ),
        *_guarded_or_not(
            "median",
            "The median is subtracted. A fair choice against outliers, but asked for is the mean.",
            lambda guard: lambda x_train, x_test: tuple(
                (x - np.median(x_train, axis=0)) / guard(x_train.std(axis=0)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "min and max",
            "This brings each feature to the range from 0 to 1, by its minimum and maximum. A fair way to scale, and "
            "one that a single outlier can spoil; asked for is mean 0 and standard deviation 1.",
            lambda x_train, x_test: (_min_max(x_train, x_train), _min_max(x_test, x_train)),
        ),
        Mistake(
            "min and max, each its own",
            "This brings each feature to the range from 0 to 1, and the test data by their own minimum and maximum. "
            "Asked for is mean 0 and standard deviation 1, both with the training statistics.",
            lambda x_train, x_test: (_min_max(x_train, x_train), _min_max(x_test, x_test)),
        ),
        Mistake(
            "unit length",
            "Each example is scaled to length 1. Standardizing goes feature by feature, over the examples.",
            lambda x_train, x_test: tuple(x / np.linalg.norm(x, axis=1, keepdims=True) for x in (x_train, x_test)),
        ),
        Mistake(
            "test data forgotten",
            "The test data come back as they were. They need the same scaling, with the same numbers, or the model "
            "gets inputs in another unit than it was trained on. (Were the statistics taken after the training data "
            "had been standardized? Then they are 0 and 1, and change nothing.)",
            lambda x_train, x_test: (_column_by_column(x_train, x_test)[0], x_test),
            ("test",),
        ),
        Mistake(
            "test data forgotten, constant column",
            "The test data come back as they were: they need the same scaling, with the same numbers." + _AND_CONSTANT,
            lambda x_train, x_test: (_RIGHT(x_train, x_test, _unguarded), x_test),
        ),
        Mistake(
            "statistics taken after standardizing",
            "The statistics for the test data are taken from the training data *after* these were standardized: mean 0 "
            "and "
            "standard deviation 1, which change nothing. Take them before." + _AND_CONSTANT,
            lambda x_train, x_test: (
                _RIGHT(x_train, x_test, _unguarded), np.where(x_train.std(axis=0) > 0, x_test, np.nan)
            ),
        ),
        Mistake(
            "training data forgotten",
            "The training data come back as they were.",
            lambda x_train, x_test: (x_train, _column_by_column(x_train, x_test)[1]),
            ("train",),
        ),
        Mistake(
            "returned in the other order",
            "The two results have changed places: return the training data first.",
            lambda x_train, x_test: _column_by_column(x_train, x_test)[::-1],
        ),
        *_guarded_or_not(
            "test mean, training std",
            "The test data are divided by the training standard deviation, but it is their own mean that is "
            "subtracted.",
            _apart(_RIGHT, lambda x_train, x_test, guard: (x_test - x_test.mean(axis=0)) / guard(x_train.std(axis=0))),
            ("test",),
        ),
        *_guarded_or_not(
            "training mean, test std",
            "From the test data the training mean is subtracted, but it is their own standard deviation that divides.",
            _apart(_RIGHT, lambda x_train, x_test, guard: (x_test - x_train.mean(axis=0)) / guard(x_test.std(axis=0))),
            ("test",),
        ),
    ],
    properties=[
        Property(
            "The mean of each column of `train` should be 0, and is not.",
            lambda args, outputs: np.allclose(outputs[0].mean(axis=0), 0, atol=1e-3),
        ),
        Property(
            "The standard deviation of each column of `train` is nearly 1 and should be 1: is a number that you add "
            "too large?",
            lambda args, outputs: _spread_is_one(args, outputs) or np.abs(outputs[0].std(axis=0) - 1).min() > 0.1,
        ),
        Property(
            "The standard deviation of each column of `train` should be 1 (0 for a constant one), and is not.",
            lambda args, outputs: _spread_is_one(args, outputs),
        ),
        Property(
            "`train` is right; a test example that equals a training example should get the same numbers, and does "
            "not.",
            lambda args, outputs: np.allclose(outputs[1], _column_by_column(*args)[1], atol=1e-3),
        ),
    ],
    variants=[_column_by_column, _where_std, _with_epsilon, _with_epsilon_outside, _nan_to_num, _in_float32],
    points=3,
    hints=[
        "Compute the mean and the standard deviation once, from `x_train`, each of shape (D,). Then use them twice.",
        "For the constant column: its centred values are 0 already, so any divisor that is not 0 will do. `np.where` "
        "can put a 1 there. (A tiny number added to every standard deviation passes, too; but think of a test value "
        "that is not that constant.)",
    ],
    insight="The test data passed through the training data's numbers, so they do not have exactly mean 0 and standard "
    "deviation 1. That is as it should be. And a column that never changed in training: with 1 for its divisor a test "
    "value that is off by one becomes 1, with a tiny number in its place a hundred million.",
)


# --- predict: what is repaired -------------------------------------------------------------------

_EFFECTS = ("repairs", "repairs in part", "no help", "harms")
_CONTRAST = "contrast halved: ink becomes half, width stays"
_FOG = "fog: 0.1 added to every pixel of every picture"
_RULE = "the rule moved: the same inputs, other labels"
_SHARES = "same light, but 95 of 100 digits are ones"

what_is_repaired = PredictExercise(
    {_CONTRAST: "repairs", _FOG: "repairs in part", _RULE: "no help", _SHARES: "harms"},
    variable="prediction",
    mistakes={
        _CONTRAST: [
            Mistake("in part", "one factor for all values of a feature: what does dividing by the spread make of it?",
                    "repairs in part"),
            Mistake("no help", "halving the ink halves its mean and its spread, too. Put that into (x − μ)/σ.", "no help"),
            Mistake("harms", "halving the ink halves its mean and its spread, too. Put that into (x − μ)/σ.", "harms"),
        ],
        _FOG: [
            Mistake("all of it", "for the ink it would, if it is the same amount for all. But fog on the left and right "
                    "edge changes the *width* of a narrow digit more than that of a wide one: no single shift and "
                    "factor undoes that.", "repairs"),
            Mistake("no help", "much of what fog does is the same for all pictures: everything gets more ink and more "
                    "width. That much is subtracted.", "no help"),
            Mistake("harms", "much of what fog does is the same for all pictures, and that much is subtracted.", "harms"),
        ],
        _RULE: [
            Mistake("repairs", "the inputs are the same, so there is no shift to remove. The labels are not looked at.",
                    "repairs"),
            Mistake("in part", "the inputs are the same, so there is no shift to remove. The labels are not looked at.",
                    "repairs in part"),
            Mistake("harms", "the inputs are the same, so their mean and spread are, too: nearly nothing changes.",
                    "harms"),
        ],
        _SHARES: [
            Mistake("repairs", "there is nothing to repair: with the statistics of batch 1 each digit is where it was. "
                    "What is the mean of a batch of ones, and where do they go when it is subtracted?", "repairs"),
            Mistake("in part", "there is nothing to repair: with the statistics of batch 1 each digit is where it was. "
                    "Where do the ones go when their own mean is subtracted?", "repairs in part"),
            Mistake("no help", "it is worse than that. The mean of such a batch is nearly the mean of the ones. Where "
                    "do they go when it is subtracted?", "no help"),
        ],
    },
    choices={entry: _EFFECTS for entry in (_CONTRAST, _FOG, _RULE, _SHARES)},
    points=2,
    hints=[
        "Normalizing by own statistics removes one shift and one factor for each feature, and nothing else.",
        "Ask for each case: is what changed the same for all digits of the batch? And is it something that should "
        "have been removed?",
    ],
    insight="Normalizing each batch removes one shift and one factor a feature. Exactly that is gone afterwards: where "
    "the light did it, good; where the classes did it, bad. The next cells measure all four.",
)


# --- code: how far did the inputs move -----------------------------------------------------------


def estimate_shift(batch_1, batch_2):
    pooled_variance = (batch_1.var(axis=0) + batch_2.var(axis=0)) / 2
    return (batch_2.mean(axis=0) - batch_1.mean(axis=0)) / np.sqrt(pooled_variance)


def _shift_over(divisor):
    """The difference of the means over ``divisor(batch_1, batch_2)``."""
    return lambda a, b: (b.mean(axis=0) - a.mean(axis=0)) / divisor(a, b)


def _pooled(a, b):
    return np.sqrt((a.var(axis=0) + b.var(axis=0)) / 2)


def _weighted_variance(a, b):
    return (len(a) * a.var(axis=0) + len(b) * b.var(axis=0)) / (len(a) + len(b))


def _sample_weighted_variance(a, b):
    squares = len(a) * a.var(axis=0) + len(b) * b.var(axis=0)
    return squares / (len(a) + len(b) - 2)


def _in_a_loop(a, b):
    result = np.empty(a.shape[1])
    for j in range(a.shape[1]):
        variance = 0.5 * np.var(a[:, j]) + 0.5 * np.var(b[:, j])
        result[j] = (np.mean(b[:, j]) - np.mean(a[:, j])) / variance**0.5
    return result


def _by_sums(a, b):
    mean_1, mean_2 = a.sum(0) / len(a), b.sum(0) / len(b)
    variance_1 = ((a - mean_1) ** 2).sum(0) / len(a)
    variance_2 = ((b - mean_2) ** 2).sum(0) / len(b)
    return np.sqrt(2) * (mean_2 - mean_1) / np.sqrt(variance_1 + variance_2 + 1e-8)


def _shift_cases():
    rng = np.random.default_rng(7)
    first = rng.normal([4.0, -2.0, 1.0], [1.0, 3.0, 0.6], size=(9, 3))
    second = rng.normal([6.5, -4.0, 1.8], [2.2, 1.2, 1.3], size=(5, 3))
    return [
        Case("on two batches of shape (5, 3)", (first[:5], second)),  # of one length: axis=1 must not raise
        Case("on batches of shapes (9, 3) and (5, 3)", (first, second)),
        Case("on the same two batches, the second one first", (second, first)),
    ]


_SIGN = "The sign is turned: it is the mean of batch 2 minus that of batch 1, so that an increase is positive."
_ABSOLUTE = (
    "The sign is lost. Whether the ink became more or less is worth knowing: leave the absolute value (or the square "
    "and its root) out."
)


def _with_every_sign(name, message, divisor):
    """Another divisor, and the same with the sign turned or lost: two mistakes that are often made together."""
    return [
        Mistake(name, message, _shift_over(divisor)),
        Mistake(f"{name}, sign", f"Two things. {message} {_SIGN}", lambda a, b: -_shift_over(divisor)(a, b)),
        Mistake(f"{name}, absolute", f"Two things. {message} {_ABSOLUTE}", lambda a, b: np.abs(_shift_over(divisor)(a, b))),
    ]


estimate_shift = CodeExercise(
    estimate_shift,
    cases=_shift_cases,
    outputs=["d"],
    mistakes=[
        Mistake("sign", _SIGN, lambda a, b: -_shift_over(_pooled)(a, b)),
        Mistake("absolute value", _ABSOLUTE, lambda a, b: np.abs(_shift_over(_pooled)(a, b))),
        *_with_every_sign(
            "standard deviation of batch 1",
            "The difference is divided by the standard deviation of batch 1 alone. Then the answer depends on which of "
            "the two is called batch 1. Both spreads enter alike: pool them.",
            lambda a, b: a.std(axis=0),
        ),
        *_with_every_sign(
            "standard deviation of batch 2",
            "The difference is divided by the standard deviation of batch 2 alone. Both spreads enter alike: pool "
            "them.",
            lambda a, b: b.std(axis=0),
        ),
        *_with_every_sign(
            "divided by the variance",
            "It divides by the pooled variance, without the root: the result changes with the unit of the feature.",
            lambda a, b: _pooled(a, b) ** 2,
        ),
        *_with_every_sign(
            "divided by the sum of the variances",
            "It divides by the sum of the two variances. Take their mean, and then the root.",
            lambda a, b: a.var(axis=0) + b.var(axis=0),
        ),
        *_with_every_sign(
            "pooled over the concatenation",
            "The spread is that of both batches put together. It contains the shift itself: the further apart the "
            "batches, the larger the divisor, and the result never exceeds about 2. Take the spreads *within* the "
            "batches.",
            lambda a, b: np.concatenate([a, b]).std(axis=0),
        ),
        *_with_every_sign(
            "variance of the concatenation",
            "It divides by the variance of both batches put together. Take the spreads *within* the batches; and a "
            "spread is the root of a variance.",
            lambda a, b: np.concatenate([a, b]).var(axis=0),
        ),
        *_with_every_sign(
            "mean of the standard deviations",
            "The two standard deviations are averaged. It is the *variances* that are averaged, and then the root "
            "taken.",
            lambda a, b: (a.std(axis=0) + b.std(axis=0)) / 2,
        ),
        *_with_every_sign(
            "sum of the standard deviations",
            "The two standard deviations are added. It is the variances whose mean is taken, and then the root.",
            lambda a, b: a.std(axis=0) + b.std(axis=0),
        ),
        *_with_every_sign(
            "no half",
            "The variances are added and not averaged: the ½ is missing, and the result is too small by a factor √2.",
            lambda a, b: np.sqrt(a.var(axis=0) + b.var(axis=0)),
        ),
        *_with_every_sign(
            "half outside the root",
            "The ½ stands outside the root. It belongs to the mean of the variances, under it.",
            lambda a, b: np.sqrt(a.var(axis=0) + b.var(axis=0)) / 2,
        ),
        *_with_every_sign(
            "half of one variance",
            "Only the variance of batch 2 is halved. The division comes before the addition unless brackets say "
            "otherwise.",
            lambda a, b: np.sqrt(a.var(axis=0) + b.var(axis=0) / 2),
        ),
        *_with_every_sign(
            "root of the mean standard deviation",
            "The root is taken of the mean of the *standard deviations*. Under the root stand the variances.",
            lambda a, b: np.sqrt((a.std(axis=0) + b.std(axis=0)) / 2),
        ),
        *_with_every_sign(
            "variances weighted",
            "The variances are weighted by the numbers of examples. That is a usual pooling, too; in the formula above "
            "both batches count alike.",
            lambda a, b: np.sqrt(_weighted_variance(a, b)),
        ),
        *_with_every_sign(
            "variances weighted, N - 1",
            "This is the pooling of Cohen's d: variances weighted by the numbers of examples, less 1 for each batch. "
            "In the formula above both batches count alike, and each divides by its own N.",
            lambda a, b: np.sqrt(_sample_weighted_variance(a, b)),
        ),
        *_with_every_sign(
            "ddof=1",
            "The variances divide by N − 1. That is a usual estimate, too; here each is divided by its own N. Look for "
            "`ddof=1`.",
            lambda a, b: np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / 2),
        ),
        *_with_every_sign(
            "t statistic",
            "This divides by the standard error, which shrinks with the number of examples: it says how *sure* the "
            "shift is, not how large. Divide by the spread of the examples.",
            lambda a, b: np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b)),
        ),
        *_with_every_sign(
            "t statistic, N - 1",
            "This is the t statistic (Welch): it says how *sure* the shift is, not how large, and grows with the "
            "number of examples. Divide by the spread of the examples.",
            lambda a, b: np.sqrt(a.var(axis=0, ddof=1) / len(a) + b.var(axis=0, ddof=1) / len(b)),
        ),
        *_with_every_sign(
            "not divided",
            "That is the difference of the means, in the feature's own unit: ink and width cannot be compared in it. "
            "Divide by the spread.",
            lambda a, b: 1.0,
        ),
        *_with_every_sign(
            "geometric mean",
            "The spread is the root of the product of the two standard deviations. The mean of the variances is asked "
            "for.",
            lambda a, b: np.sqrt(a.std(axis=0) * b.std(axis=0)),
        ),
        *_with_every_sign(
            "spread over everything",
            "The means are right; the spread is taken over the whole batch, features and all. Each feature has its "
            "own.",
            lambda a, b: np.sqrt((a.var() + b.var()) / 2),
        ),
        Mistake(
            "relative to the mean",
            "The difference is divided by the mean of batch 1. A mean may be 0 and says nothing about the spread.",
            _shift_over(lambda a, b: a.mean(axis=0)),
        ),
        Mistake(
            "relative to the new mean",
            "The difference is divided by the mean of batch 2. A mean may be 0 and says nothing about the spread.",
            _shift_over(lambda a, b: b.mean(axis=0)),
        ),
        Mistake(
            "each mean over its own spread",
            "Each mean is divided by the spread of its own batch, and then they are subtracted. Subtract first: the "
            "difference is divided by one common spread.",
            lambda a, b: b.mean(axis=0) / b.std(axis=0) - a.mean(axis=0) / a.std(axis=0),
        ),
        Mistake(
            "squared",
            "The difference is squared, and its sign lost.",
            lambda a, b: _shift_over(_pooled)(a, b) ** 2,
        ),
        Mistake(
            "averaged over features",
            "It is averaged over the features, into one number. One number for each feature is asked for: two features "
            "that move in opposite directions would cancel.",
            lambda a, b: np.mean(_shift_over(_pooled)(a, b)),
        ),
        Mistake(
            "summed over features",
            "It is summed over the features, into one number. One number for each feature is asked for.",
            lambda a, b: np.sum(_shift_over(_pooled)(a, b)),
        ),
        Mistake(
            "absolute values averaged",
            "The absolute values are averaged over the features, into one number. One number for each feature is asked "
            "for, with its sign.",
            lambda a, b: np.mean(np.abs(_shift_over(_pooled)(a, b))),
        ),
        Mistake(
            "length of the shift",
            "It is the length of the vector of shifts, one number. One number for each feature is asked for.",
            lambda a, b: np.linalg.norm(_shift_over(_pooled)(a, b)),
        ),
        Mistake(
            "mean over everything",
            "The means and spreads are taken over the whole batch, features and all. Each feature has its own: average "
            "over axis 0.",
            lambda a, b: (b.mean() - a.mean()) / np.sqrt((a.var() + b.var()) / 2),
        ),
        Mistake(
            "means over everything, spread by feature",
            "The means are taken over the whole batch, features and all; the spreads are right. Average over axis 0.",
            lambda a, b: (b.mean() - a.mean()) / _pooled(a, b),
        ),
        Mistake(
            "axis=1",
            "Means and spreads are taken along axis 1, over the features of one example. Average over the examples.",
            lambda a, b: (b.mean(axis=1) - a.mean(axis=1)) / np.sqrt((a.var(axis=1) + b.var(axis=1)) / 2),
        ),
        Mistake(
            "medians",
            "The difference is that of the medians. The formula has means.",
            lambda a, b: (np.median(b, axis=0) - np.median(a, axis=0)) / _pooled(a, b),
        ),
        Mistake(
            "sums",
            "The sums of the batches are subtracted, not their means: the larger batch wins.",
            lambda a, b: (b.sum(axis=0) - a.sum(axis=0)) / _pooled(a, b),
        ),
        Mistake(
            "brackets",
            "Only the mean of batch 1 is divided. Put brackets around the difference.",
            lambda a, b: b.mean(axis=0) - a.mean(axis=0) / _pooled(a, b),
        ),
        Mistake(
            "each normalized first",
            "Each batch is normalized by its own statistics first; then both means are 0 and nothing is left to see.",
            lambda a, b: np.zeros(a.shape[1]),
        ),
    ],
    properties=[
        Property(
            "Where the mean of batch 2 is the larger one the result should be positive, elsewhere negative. It is not.",
            lambda args, outputs: np.array_equal(np.sign(outputs[0]), np.sign(args[1].mean(0) - args[0].mean(0))),
        ),
        Property(
            "The signs are right. The number by which the differences are divided is not the root of the mean of the "
            "two variances.",
            lambda args, outputs: np.allclose(outputs[0], _shift_over(_pooled)(*args), rtol=1e-3),
        ),
    ],
    variants=[_in_a_loop, _by_sums],
    points=3,
    hints=[
        "A difference above, a spread below, each of shape (D,). All means and variances run over the examples.",
        "The spread: the variance of each batch, the mean of the two variances, then the root.",
    ],
    insight="No label was needed. A shift of 0.2 is hard to see, 0.8 is plain, at 2 two bell curves of equal "
    "width have a third of their area in common. It sees a moved mean only: a batch with another spread, or a moved rule, passes unnoticed.",
)


# --- experiment: the cure worse than the illness -------------------------------------------------

_TARGET = 0.2
_BATCH_START = {"contrast": 0.7, "ones": 0.5}


def _batch_missing(result):
    names = ("contrast", "ones", "by batch 1", "by its own")
    numbers = (int, float, np.integer, np.floating)
    if not isinstance(result, dict) or not all(isinstance(result.get(name), numbers) for name in names):
        return "Pass what `faded_batch(...)` returned: `check(result)`."
    return ""


def _lost(result):
    return result["by batch 1"] - result["by its own"]


worse_than_nothing = ExperimentExercise(
    measured=_batch_missing,
    attempted=lambda r: any(r[name] != value for name, value in _BATCH_START.items()),
    met=lambda r: 0 < r["contrast"] <= 0.7 and _lost(r) >= _TARGET,
    report=lambda r: (
        f"Accuracy on batch 2: ≈ {r['by batch 1']:.2f} by the statistics of batch 1, ≈ {r['by its own']:.2f} by its "
        f"own."
    ),
    mistakes=[
        Mistake(
            "not faded",
            "The contrast is above 0.7: this batch is not faded, and the faded one is what is asked for.",
            lambda r: r["contrast"] > 0.7,
        ),
        Mistake("no light", "Without any contrast the pictures are black.", lambda r: r["contrast"] <= 0),
        Mistake(
            "balanced",
            "The classes are balanced as in batch 1, or nearly: then whatever the contrast, the batch's own statistics "
            "repair it. What makes a batch's own mean the wrong thing to subtract?",
            lambda r: abs(r["ones"] - 0.5) < 0.15,
        ),
        Mistake(
            "mostly zeros",
            "The batch holds mostly zeros. Its own statistics are misled by that; but fading does harm as well, and to "
            "the zeros: with less ink they look like ones. So both ways lose. Which digits does fading leave alone?",
            lambda r: r["ones"] < 0.5,
        ),
        Mistake(
            "not far enough",
            "The right direction: fading hardly harms the ones. Make the batch's own mean still more misleading.",
            lambda r: r["ones"] < 0.9,
        ),
    ],
    otherwise="The two ways are too close. Think of which digits look like the other class when they fade, and of what "
    "the batch's own mean becomes when one class is rare.",
    solved="""
        result = faded_batch(contrast=0.7, ones=0.95)
        """,
    hints=[
        "Normalizing by own statistics goes wrong when one class is rare. Doing nothing goes wrong for those digits "
        "that look like the other class when they fade.",
        "A faded zero has little ink, like a one. A faded one looks like even more of a one. So of which class should "
        "there be many?",
    ],
    insight="Two things at once, as in real life: the light changed *and* the shares did. Most of the faded digits are "
    "still on the right side of the border, and the batch's own mean, which is nearly the mean of the common class, "
    "pushes half of that class across. Whether to normalize a batch by itself depends on why its mean moved, and the numbers alone do not say.",
)

name_exercises(globals())
