"""Notebook 01, code: standardize."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def standardize(x_train, x_test):
    mean = x_train.mean(axis=0)
    # Asked of the values themselves: rounding can leave a constant column a tiny spread.
    changes = x_train.max(axis=0) > x_train.min(axis=0)
    std = np.where(changes, x_train.std(axis=0), 1.0)
    return (x_train - mean) / std, (x_test - mean) / std


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


def _spread_is_one(args, outputs):
    return np.allclose(outputs[0].std(axis=0), np.sign(args[0].std(axis=0)), rtol=1e-4, atol=1e-5)


standardize = CodeExercise(
    standardize,
    outputs=["train", "test"],
    cases=_standardize_cases,
    variants=[_column_by_column, _where_std, _with_epsilon, _with_epsilon_outside, _nan_to_num, _in_float32],
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
