"""Notebook 01, code: standardize."""

from __future__ import annotations

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import same
from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def standardize(x_train, x_test):
    mean = x_train.mean(axis=0)
    # Asked of the values themselves: rounding can leave a constant column a tiny spread.
    changes = x_train.max(axis=0) > x_train.min(axis=0)
    std = np.where(changes, x_train.std(axis=0), 1.0)
    return (x_train - mean) / std, (x_test - mean) / std


def _features(rng, rows, means, spreads):
    """Random features with exactly these standard deviations."""
    x = rng.normal(size=(rows, len(means)))
    return np.array(means) + np.array(spreads) * (x - x.mean(axis=0)) / x.std(axis=0)


def _standardize_cases():
    rng = np.random.default_rng(1)
    # One feature's test values are below all training values, one's above.
    train = _features(rng, 7, [190.0, -120.0, 2.0], [40.0, 60.0, 0.5])
    test = _features(rng, 4, [220.0, -390.0, 1.5], [65.0, 45.0, 0.9])
    # Square: statistics of the rows fit beside the columns, and nothing raises.
    # The first feature is narrow, and its mean is no round number: a floor of 0.1 shows, and an epsilon of 1e-6 does not.
    square = _features(rng, 4, [3.37, -50.0, 0.0, 8.0], [0.09, 20.0, 5.0, 2.0])
    more = _features(rng, 6, [3.12, -20.0, 1.0, 29.0], [0.23, 30.0, 2.0, 3.0])
    with_constants = (np.column_stack([x, np.full(len(x), 64.0), np.zeros(len(x))]) for x in (train, test))
    constant_in_test = test.copy()
    constant_in_test[:, 0] = 220.0
    return [
        Case("on `x_train` of shape (7, 3) and `x_test` of shape (4, 3)", (train, test)),
        Case("on `x_train` of shape (4, 4) and `x_test` of shape (6, 4)", (square, more)),
        Case("where the last two features are constant, 64 and 0", tuple(with_constants), edge=True),
        Case("where the first feature is constant in `x_test` alone", (train, constant_in_test), edge=True),
    ]


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
    std = np.sqrt(x_train.var(axis=0, keepdims=True) + 1e-6)
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


def _guarded(std):
    return np.where(np.asarray(std) > 1e-12, std, 1.0)


def _alike(function):
    """Both parts by ``function(x, mean, std)`` with the training statistics; a standard deviation of 0 is mended."""
    return lambda x_train, x_test: tuple(
        function(x, x_train.mean(axis=0), _guarded(x_train.std(axis=0))) for x in (x_train, x_test)
    )


def _each_alone(function):
    """Each part by ``function(x, mean, std)`` with its own statistics."""
    return lambda x_train, x_test: tuple(
        function(x, x.mean(axis=0), _guarded(x.std(axis=0))) for x in (x_train, x_test)
    )


def _by(of_train, of_test, ddof=0, guard=_guarded):
    """The parts by the statistics of the part with this number: 0 training, 1 test, 2 both together."""

    def answer(x_train, x_test):
        parts = x_train, x_test, np.concatenate([x_train, x_test])
        chosen = parts[of_train], parts[of_test]
        return tuple(
            (x - part.mean(axis=0)) / guard(part.std(axis=0, ddof=ddof)) for x, part in zip((x_train, x_test), chosen)
        )

    return answer


def _test_by(function):
    """The training data as they should be, the test data by ``function(x_train, x_test)``."""
    return lambda x_train, x_test: (_column_by_column(x_train, x_test)[0], function(x_train, x_test))


def _without_the_constant(x_train, x_test):
    changes = x_train.max(axis=0) > x_train.min(axis=0)
    return tuple(part[:, changes] for part in _column_by_column(x_train, x_test))


def _first_column_only(x_train, x_test):
    right = _column_by_column(x_train, x_test)
    return tuple(np.column_stack([one[:, :1], x[:, 1:]]) for one, x in zip(right, (x_train, x_test)))


def _asked_with_if(x_train, x_test):
    if x_train.std(axis=0) == 0:
        return x_train, x_test
    return _column_by_column(x_train, x_test)


def _min_max(x, reference):
    low, high = reference.min(axis=0), reference.max(axis=0)
    return (x - low) / np.where(high > low, high - low, 1.0)


_TEST_OWN = (
    "The test data are scaled with their own mean and standard deviation. Then the output for a test example depends "
    "on the other test examples, and the model gets inputs in a different unit from the one it was trained on. Every "
    "number must come from the training data."
)


_TEST_OWN_TOO = "And the test data are scaled with their own statistics, not with the training data's."


_FEATURES_OF_ONE = (
    "over the features of one example: ink and width would be averaged with each other. Each *feature* has its own: "
    "average over the examples."
)


_PER_EXAMPLE = f"Mean and standard deviation are taken along axis 1, {_FEATURES_OF_ONE}"


_DDOF = (
    "The standard deviation divides by N − 1. That would do no harm to a model, as long as training and test data get "
    "the same numbers; but the formula above divides by N, and so do Keras and scikit-learn. Look for `ddof=1`."
)


def _spreads(args, outputs):
    """The standard deviations that the columns of ``train`` have, without those of constant columns."""
    return outputs[0].std(axis=0)[np.ptp(args[0], axis=0) > 0]


def _spread_is_one(args, outputs):
    return np.allclose(_spreads(args, outputs), 1, rtol=1e-4)


def _spread_is_a_little_less(args, outputs):
    return not _spread_is_one(args, outputs) and 0.9 < _spreads(args, outputs).min() <= _spreads(args, outputs).max() < 1.0001


class _Standardize(CodeExercise):
    """Checks one thing more. What becomes of the test values of a feature that is constant in training is left open, so
    there only `train` can be compared.
    """

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if not verdict.passed:
            return verdict
        args = _features(np.random.default_rng(2), 5, [1.0, 2.0], [3.0, 0.0]), np.array([[1.0, 7.0], [5.0, -2.0]])
        expected = self._solution(*args)[0]
        outcome = sandbox.call(lambda: answer(*args))
        if outcome.error is None and same(np.asarray(outcome.value[0]), expected):
            return verdict
        return self._verdict(
            "known mistake",
            "One thing is left: a feature that is constant in the training data, but not in the test data. Its `train` "
            "should be 0. Which data decide whether a feature is constant?",
            mistakes=("constancy not asked of the training data",),
        )


standardize = _Standardize(
    standardize,
    outputs=["train", "test"],
    cases=_standardize_cases,
    variants=[_column_by_column, _where_std, _with_epsilon, _with_epsilon_outside, _nan_to_num, _in_float32],
    mistakes=[
        Mistake("test by its own statistics", _TEST_OWN, _by(0, 1), ("test",)),
        Mistake(
            "test by both together",
            "The training data are right. The test data are scaled with the statistics of both together: two different "
            "scalings for one model. Use the training data's for both.",
            _by(0, 2),
            ("test",),
        ),
        Mistake(
            "statistics of both together",
            "Mean and standard deviation come from training and test data together. That is a leak: the test data have "
            "influenced how the training was prepared. Use the training data alone.",
            _by(2, 2),
        ),
        Mistake(
            "training data by the test statistics",
            "The statistics come from the test data. They should come from the training data.",
            _by(1, 1),
        ),
        Mistake(
            "train by the test statistics",
            "The training data are scaled with the statistics of the test data. All statistics should come from the "
            "training data.",
            _by(1, 0),
            ("train",),
        ),
        Mistake(
            "training mean, test std, for both",
            "The mean comes from the training data, but for both parts the standard deviation comes from the test "
            "data. Take it from the training data, too.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / _guarded(x_test.std(axis=0)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "test mean, training std, for both",
            "The standard deviation comes from the training data, but for both parts the mean comes from the test "
            "data. Take it from the training data, too.",
            lambda x_train, x_test: tuple(
                (x - x_test.mean(axis=0)) / _guarded(x_train.std(axis=0)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "test mean, training std",
            "The test data are divided by the training standard deviation, but their own mean is subtracted.",
            _test_by(lambda x_train, x_test: (x_test - x_test.mean(axis=0)) / _guarded(x_train.std(axis=0))),
            ("test",),
        ),
        Mistake(
            "training mean, test std",
            "The training mean is subtracted from the test data, but they are divided by their own standard deviation.",
            _test_by(lambda x_train, x_test: (x_test - x_train.mean(axis=0)) / _guarded(x_test.std(axis=0))),
            ("test",),
        ),
        Mistake(
            "axis=1",
            _PER_EXAMPLE,
            lambda x_train, x_test: tuple(
                (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "axis=1, without keepdims",
            _PER_EXAMPLE,
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=1)) / x_train.std(axis=1) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "axis=1, the training examples' for both",
            _PER_EXAMPLE,
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=1, keepdims=True)) / x_train.std(axis=1, keepdims=True) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "axis=1, each by its own, without keepdims",
            _PER_EXAMPLE + " (And each part is scaled with its own statistics; use those of the training data for "
                           "both.)",
            lambda x_train, x_test: tuple((x - x.mean(axis=1)) / x.std(axis=1) for x in (x_train, x_test)),
        ),
        Mistake(
            "mean along axis 1",
            f"The mean is taken along axis 1, {_FEATURES_OF_ONE}",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=1)) / _guarded(x_train.std(axis=0)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "std along axis 1",
            f"The standard deviation is taken along axis 1, {_FEATURES_OF_ONE}",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / x_train.std(axis=1) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "one mean and std for all",
            "One mean and one standard deviation are used for all features. The features then keep their different "
            "scales, and the narrow valley stays narrow. Each feature has its own.",
            lambda x_train, x_test: tuple((x - x_train.mean()) / x_train.std() for x in (x_train, x_test)),
        ),
        Mistake(
            "one mean and std for all, test by its own",
            "Two things. One mean and one standard deviation are used for all features, but each feature has its "
            "own. " + _TEST_OWN_TOO,
            lambda x_train, x_test: tuple((x - x.mean()) / x.std() for x in (x_train, x_test)),
        ),
        Mistake(
            "one std for all",
            "Each feature has its own mean, but one standard deviation is used for all of them: the different scales "
            "stay.",
            lambda x_train, x_test: tuple((x - x_train.mean(axis=0)) / x_train.std() for x in (x_train, x_test)),
        ),
        Mistake(
            "one std for all, of the centred values",
            "Each feature has its own mean, but one standard deviation, that of all centred values, is used for all of "
            "them: the different scales stay.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / (x_train - x_train.mean(axis=0)).std() for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "one mean and variance for all",
            "Two things. One mean and one divisor are used for all features, but each feature has its own. And that "
            "divisor is a variance, not its root.",
            lambda x_train, x_test: tuple((x - x_train.mean()) / x_train.var() for x in (x_train, x_test)),
        ),
        Mistake(
            "one variance for all",
            "Two things. All features are divided by one number, but each has a spread of its own. And that number is "
            "a variance, not its root.",
            lambda x_train, x_test: tuple((x - x_train.mean(axis=0)) / x_train.var() for x in (x_train, x_test)),
        ),
        Mistake(
            "one mean for all",
            "Each feature has its own standard deviation, but one mean is used for all of them.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean()) / _guarded(x_train.std(axis=0)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "divided by the variance",
            "The centred values are divided by the variance, not by its root: the spread of the result is then 1 / "
            "(the old spread), and not 1.",
            _alike(lambda x, mean, std: (x - mean) / std**2),
        ),
        Mistake(
            "variance, and test by its own",
            "Two things. The centred values are divided by the variance, not by its root. " + _TEST_OWN_TOO,
            _each_alone(lambda x, mean, std: (x - mean) / std**2),
        ),
        Mistake(
            "constant column",
            "Ordinary columns are right. A column that is constant in the training data has the standard deviation 0, "
            "and 0 / 0 is NaN: one such feature makes every output of a network NaN. What could you divide by instead?",
            _by(0, 0, guard=lambda std: std),
        ),
        Mistake(
            "constant column of the test data",
            "Ordinary columns are right, and so are the training data. In the test data, a column that is constant in "
            "the training data becomes NaN: the divisor is 0 there, too.",
            _test_by(lambda x_train, x_test: (x_test - x_train.mean(axis=0)) / x_train.std(axis=0)),
            ("test",),
        ),
        Mistake(
            "constant column as it was",
            "A constant column comes back as it was. It should become 0: subtract its mean, as for the other columns.",
            _alike(lambda x, mean, std: np.where(std == 1.0, x, (x - mean) / std)),
        ),
        Mistake(
            "constant column to 1",
            "A constant column becomes 1. It should become 0: subtract its mean.",
            _alike(lambda x, mean, std: np.where(std == 1.0, 1.0, (x - mean) / std)),
        ),
        Mistake(
            "constant column left out",
            "Constant columns are left out. The result should have as many columns as the input, with 0 in these.",
            _without_the_constant,
        ),
        Mistake(
            "one constant column, no column divided",
            "Because a column is constant, no column is divided. Only a constant one needs another divisor; the others "
            "should still get the standard deviation 1.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / (x_train.std(axis=0) if x_train.std(axis=0).all() else 1.0)
                for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "choice the wrong way round",
            "The choice of the divisor is the wrong way round: a constant column is divided by its standard deviation, 0, "
            "and every other column is not divided.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / np.where(x_train.std(axis=0) > 1e-12, 1.0, 0.0) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "constancy asked of the test data",
            "A column that is constant in the test data is not divided by its standard deviation. Whether a column needs "
            "another divisor depends on the training data alone.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / np.where(x_test.std(axis=0) > 1e-12, x_train.std(axis=0), 1.0)
                for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "first column only",
            "Only the first column is standardized; the others come back as they were. Is the `return` inside the loop?",
            _first_column_only,
        ),
        Mistake(
            "if on an array",
            "An `if` (or `and`, `or`, `not`) needs one yes or no, and an array has one per element. NumPy can choose "
            "element by element.",
            _asked_with_if,
        ),
        Mistake(
            "small spreads left",
            "Columns with a standard deviation below 1 are not divided, or are divided by 1. Only a standard deviation "
            "of 0 needs another divisor.",
            _alike(lambda x, mean, std: (x - mean) / np.maximum(std, 1)),
        ),
        Mistake("ddof=1", _DDOF, _by(0, 0, ddof=1)),
        Mistake(
            "root of the sum",
            "You divide by the root of the *sum* of the squared deviations. The variance is their mean: 1/N is "
            "missing.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / _guarded(x_train.std(axis=0) * len(x_train) ** 0.5) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "variance with N - 1",
            "Two things. The centred values are divided by the variance, not by its root. And that variance divides by "
            "N − 1, where the formula has N.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / _guarded(x_train.var(axis=0, ddof=1)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "statistics of both together, ddof=1",
            "Two things. Mean and standard deviation come from training and test data together; use the training data "
            "alone. And the standard deviation divides by N − 1, where the formula has N.",
            _by(2, 2, ddof=1),
        ),
        Mistake(
            "ddof=1, test by its own",
            "Two things. " + _TEST_OWN + " And the standard deviations divide by N − 1, where the formula has N.",
            _by(0, 1, ddof=1),
        ),
        Mistake(
            "not centred",
            "The values are divided by the standard deviation, but the mean is not subtracted first.",
            _alike(lambda x, mean, std: x / std),
        ),
        Mistake(
            "test not centred",
            "The training data are right. The test data are divided by the training standard deviation, but the "
            "training mean is not subtracted from them.",
            _test_by(lambda x_train, x_test: x_test / _guarded(x_train.std(axis=0))),
            ("test",),
        ),
        Mistake(
            "only centred",
            "The mean is subtracted, but nothing is divided: the features keep their different scales.",
            _alike(lambda x, mean, std: x - mean),
        ),
        Mistake(
            "test only centred",
            "The training data are right. The training mean is subtracted from the test data, but they are not divided "
            "by the training standard deviation.",
            _test_by(lambda x_train, x_test: x_test - x_train.mean(axis=0)),
            ("test",),
        ),
        Mistake(
            "sign turned",
            "The sign is flipped: x is subtracted from the mean, not the mean from x.",
            _alike(lambda x, mean, std: (mean - x) / std),
        ),
        Mistake(
            "brackets",
            "Only the mean is divided by the standard deviation. The division comes before the subtraction unless "
            "brackets say otherwise.",
            _alike(lambda x, mean, std: x - mean / std),
        ),
        Mistake(
            "mean and std swapped",
            "Mean and standard deviation have changed places. Subtract the mean, and divide by the standard deviation.",
            lambda x_train, x_test: tuple(
                (x - x_train.std(axis=0)) / x_train.mean(axis=0) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "multiplied",
            "The centred values are multiplied by the standard deviation. To bring every spread to 1, divide.",
            _alike(lambda x, mean, std: (x - mean) * std),
        ),
        Mistake(
            "root too many",
            "You divide by the root of the standard deviation. `std` is already the root of the variance.",
            _alike(lambda x, mean, std: (x - mean) / np.sqrt(std)),
        ),
        Mistake(
            "root too many, test by its own",
            "Two things. You divide by the root of the standard deviation, which is already the root of the variance. "
            + _TEST_OWN_TOO,
            _each_alone(lambda x, mean, std: (x - mean) / np.sqrt(std)),
        ),
        Mistake(
            "epsilon too large",
            "A constant as large as 1 is added to every standard deviation: then no spread becomes 1. Such a constant "
            "should matter where the standard deviation is 0 and be too small to notice elsewhere.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / (x_train.std(axis=0) + 1) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "median",
            "You subtract the median. That is a fair choice against outliers, but the exercise asks for the mean.",
            lambda x_train, x_test: tuple(
                (x - np.median(x_train, axis=0)) / _guarded(x_train.std(axis=0)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "min and max",
            "This brings each feature to the range from 0 to 1, by its minimum and maximum. That is a fair way to "
            "scale, but a single outlier can spoil it. The exercise asks for mean 0 and standard deviation 1.",
            lambda x_train, x_test: (_min_max(x_train, x_train), _min_max(x_test, x_train)),
        ),
        Mistake(
            "min and max, each its own",
            "This brings each feature to the range from 0 to 1, and the test data by their own minimum and maximum. "
            "The exercise asks for mean 0 and standard deviation 1, both with the training statistics.",
            lambda x_train, x_test: (_min_max(x_train, x_train), _min_max(x_test, x_test)),
        ),
        Mistake(
            "divided by the range",
            "You subtract the mean and then divide by the range, maximum minus minimum. Divide by the standard "
            "deviation.",
            lambda x_train, x_test: tuple(
                (x - x_train.mean(axis=0)) / _guarded(np.ptp(x_train, axis=0)) for x in (x_train, x_test)
            ),
        ),
        Mistake(
            "unit length",
            "Each example is scaled to length 1. Standardizing goes feature by feature, over the examples.",
            lambda x_train, x_test: tuple(x / np.linalg.norm(x, axis=1, keepdims=True) for x in (x_train, x_test)),
        ),
        Mistake(
            "test data forgotten",
            "The test data come back as they were. They need the same scaling, with the same numbers, or the model "
            "gets inputs in a different unit from the one it was trained on. (Were the statistics taken after the "
            "training data had been standardized? Then they are 0 and 1, and change nothing.)",
            _test_by(lambda x_train, x_test: x_test),
            ("test",),
        ),
        Mistake(
            "training data forgotten",
            "The training data come back as they were.",
            lambda x_train, x_test: (x_train, _column_by_column(x_train, x_test)[1]),
            ("train",),
        ),
        Mistake(
            "training data twice",
            "The second result is the standardized training data. It should be the test data, with the same scaling.",
            _test_by(lambda x_train, x_test: _column_by_column(x_train, x_test)[0]),
            ("test",),
        ),
    ],
    properties=[
        Property(
            "Not every number of the result is finite. Is something divided by 0?",
            lambda args, outputs: all(np.isfinite(output).all() for output in outputs),
        ),
        Property(
            "The mean of each column of `train` should be 0, and at least one is not.",
            lambda args, outputs: np.allclose(outputs[0].mean(axis=0), 0, atol=1e-3),
        ),
        Property(
            "The standard deviation of each column of `train` should be 1, and at least one is a little less: is a "
            "number that you add too large?",
            lambda args, outputs: not _spread_is_a_little_less(args, outputs),
        ),
        Property(
            "The standard deviation of each column of `train` should be 1 (0 for a constant one), and at least one is "
            "not.",
            lambda args, outputs: _spread_is_one(args, outputs),
        ),
        Property(
            "`train` is right, but the test data are not scaled in the same way: subtract the same means from them and "
            "divide by the same standard deviations, column by column.",
            lambda args, outputs: not np.allclose(outputs[0], _column_by_column(*args)[0], atol=1e-3)
            or np.allclose(outputs[1], _column_by_column(*args)[1], atol=1e-3),
        ),
    ],
    points=3,
    hints=[
        "Compute the mean and the standard deviation once, from `x_train`, each of shape (D,). Then use them twice.",
        "For the constant column: its centred values are 0 already, so any divisor that is not 0 will do. `np.where` "
        "can put a 1 there. (A tiny number added to every standard deviation passes, too; but think of a test value "
        "that differs from that constant.)",
    ],
    insight="The test data were scaled with the training data's statistics, so they do not have exactly mean 0 and "
    "standard deviation 1. That is as it should be. Think also of a column that never changed in training. A test "
    "value that differs from it by 1 becomes 1 if it is divided by 1, but a hundred million if it is divided by 1e-8.",
)
