"""Notebook 01: what its checks tell."""

import numpy as np
import pytest

from helpers.exercises import input_normalization_and_covariate_shift as exercises


def ids(cases):
    return [str(case[-1]) for case in cases]


def said_of(exercise, answer):
    return " ".join(exercise.evaluate(answer).paragraphs)


# ---- standardize --------------------------------------------------------------------------------


def scaler(mean_of=np.mean, std_of=np.std, guard=lambda std: np.where(std == 0, 1, std), **axis):
    """A student's class: fitted on one part, applied to others."""

    def fit(reference):
        mean, std = mean_of(reference, **(axis or {"axis": 0})), guard(std_of(reference, **(axis or {"axis": 0})))
        return lambda x: (x - mean) / std

    return fit


def scale_of(x):
    return np.where(x.std(0) == 0, 1, x.std(0))


def fit_transform_twice(x_train, x_test):
    return scaler()(x_train)(x_train), scaler()(x_test)(x_test)


def fit_transform_twice_unguarded(x_train, x_test):
    own = scaler(guard=lambda std: std)
    return own(x_train)(x_train), own(x_test)(x_test)


def fit_on_all(x_train, x_test):
    transform = scaler()(np.vstack((x_train, x_test)))
    return transform(x_train), transform(x_test)


def applied(fit, from_test=False):
    return lambda x_train, x_test: tuple(fit(x_test if from_test else x_train)(x) for x in (x_train, x_test))


def if_on_an_array(x_train, x_test):
    mu, sigma = x_train.mean(0), x_train.std(0)
    if sigma == 0:
        sigma = 1
    return (x_train - mu) / sigma, (x_test - mu) / sigma


def inline_if_on_an_array(x_train, x_test):
    sigma = x_train.std(0)
    sigma = 1 if sigma < 1e-8 else sigma
    return (x_train - x_train.mean(0)) / sigma, (x_test - x_train.mean(0)) / sigma


def overwritten(x_train, x_test):
    x_train = (x_train - x_train.mean(axis=0)) / (x_train.std(axis=0) + 1e-8)
    return x_train, (x_test - x_train.mean(axis=0)) / (x_train.std(axis=0) + 1e-8)


def train_mean_test_std(x_train, x_test):
    mu = x_train.mean(axis=0)
    return (x_train - mu) / (x_train.std(axis=0) + 1e-9), (x_test - mu) / (x_test.std(axis=0) + 1e-9)


def train_mean_test_std_for_both(x_train, x_test):
    return tuple((x - x_train.mean(axis=0)) / (x_test.std(axis=0) + 1e-9) for x in (x_train, x_test))


def copied_line(x_train, x_test):
    mu, sigma = x_train.mean(0), np.maximum(x_train.std(0), 1e-8)
    return (x_train - mu) / sigma, (x_train - mu) / sigma


def columns_dropped(x_train, x_test):
    keep = x_train.std(axis=0) > 0
    return applied(scaler())(x_train[:, keep], x_test[:, keep])


def asked_of_the_test_data(x_train, x_test):
    sigma = x_train.std(axis=0)
    sigma[x_test.std(axis=0) == 0] = 1
    return tuple((x - x_train.mean(axis=0)) / sigma for x in (x_train, x_test))


def return_in_the_loop(x_train, x_test):
    train, test = x_train.copy(), x_test.copy()
    for j in range(x_train.shape[1]):
        mu, sigma = x_train[:, j].mean(), x_train[:, j].std() or 1
        train[:, j], test[:, j] = (train[:, j] - mu) / sigma, (test[:, j] - mu) / sigma
        return train, test


def nan_mended_in_train_only(x_train, x_test):
    train, test = applied(scaler(guard=lambda std: std))(x_train, x_test)
    return np.nan_to_num(train), test


STANDARDIZE = [
    (fit_transform_twice, "test by its own statistics"),
    (fit_transform_twice_unguarded, "test by its own statistics"),
    (fit_on_all, "statistics of both together"),
    (applied(scaler(), from_test=True), "training data by the test statistics"),
    (train_mean_test_std, "training mean, test std"),
    (train_mean_test_std_for_both, "training mean, test std, for both"),
    (lambda a, b: (scaler()(b)(a), scaler()(a)(b)), "train by the test statistics"),
    (if_on_an_array, "if on an array"),
    (inline_if_on_an_array, "if on an array"),
    (overwritten, "test data forgotten"),
    (copied_line, "training data twice"),
    (columns_dropped, "constant column left out"),
    (nan_mended_in_train_only, "constant column of the test data"),
    (applied(scaler(guard=lambda std: std)), "constant column"),
    (applied(scaler(guard=lambda std: std if std.any() else 1)), "constant column"),
    (applied(scaler(guard=lambda std: np.where(std == 0, std, 1))), "choice the wrong way round"),
    (applied(scaler(guard=lambda std: np.where(std != 0, 1, std))), "choice the wrong way round"),
    (asked_of_the_test_data, "constancy asked of the test data"),
    (return_in_the_loop, "first column only"),
    (applied(scaler(std_of=lambda x, axis: np.sqrt(((x - x.mean(0)) ** 2).sum(0)))), "root of the sum"),
    (applied(scaler(std_of=lambda x, axis: np.var(x, axis, ddof=1))), "variance with N - 1"),
    (applied(scaler(std_of=lambda x, axis: np.std(x - x.mean(0)))), "one std for all, of the centred values"),
    (applied(scaler(guard=lambda std: std if np.all(std > 0) else 1)), "one constant column, no column divided"),
    (applied(scaler(guard=lambda std: np.maximum(std, 1))), "small spreads left"),
    (applied(scaler(guard=lambda std: np.clip(std, 1, None))), "small spreads left"),
    (applied(scaler(guard=lambda std: np.where(std > 1, std, 1))), "small spreads left"),
    (applied(scaler(axis=1, guard=lambda std: std)), "axis=1, without keepdims"),
    (applied(scaler(axis=1, keepdims=True, guard=lambda std: std)), "axis=1, the training examples' for both"),
    (applied(scaler(mean_of=lambda x, axis: x.mean(1))), "mean along axis 1"),
    (applied(scaler(std_of=lambda x, axis: x.std(1))), "std along axis 1"),
    (applied(scaler(std_of=lambda x, axis: x.std())), "one std for all"),
    (applied(scaler(std_of=lambda x, axis: np.sqrt(np.var(x)))), "one std for all"),
    (applied(scaler(std_of=lambda x, axis: np.var(x))), "one variance for all"),
    (applied(scaler(mean_of=lambda x, axis: x.mean())), "one mean for all"),
    (applied(scaler(axis=None)), "one mean and std for all"),
    (applied(scaler(std_of=np.var)), "divided by the variance"),
    (applied(scaler(std_of=np.var, guard=lambda var: var + 1e-8)), "divided by the variance"),
    (applied(scaler(guard=lambda std: np.sqrt(std + 1e-7))), "root too many"),
    (applied(scaler(std_of=lambda x, axis: x.std(axis, ddof=1))), "ddof=1"),
    (applied(scaler(std_of=lambda x, axis: x.std(axis, ddof=1), guard=lambda std: std)), "ddof=1"),
    (applied(scaler(mean_of=lambda x, axis: 0)), "not centred"),
    (applied(scaler(mean_of=np.median)), "median"),
    (applied(scaler(std_of=np.ptp)), "divided by the range"),
    (applied(scaler(mean_of=np.min, std_of=np.ptp)), "min and max"),
    (lambda a, b: applied(scaler())(a, b)[::-1], "another order"),
]


@pytest.mark.parametrize(("answer", "name"), STANDARDIZE, ids=ids(STANDARDIZE))
def test_standardize_is_named(answer, name):
    assert exercises.standardize.evaluate(answer).mistakes == (name,)


@pytest.mark.parametrize("of_test", [fit_transform_twice, lambda a, b: (0, (b - b.mean(0)) / scale_of(a))])
def test_standardize_in_another_order_is_not_told_of_a_copy(of_test):
    said = said_of(exercises.standardize, lambda a, b: (of_test(a, b)[1], scaler()(a)(a)))
    assert "another order" in said and "the standardized training data" not in said


@pytest.mark.parametrize(("answer", "beside"), [
    (fit_transform_twice, False), (fit_transform_twice_unguarded, True),
    (applied(scaler(std_of=np.var)), False), (applied(scaler(std_of=np.var, guard=lambda var: var)), True),
])
def test_a_division_by_zero_is_told_beside_another_mistake(answer, beside):
    told = "where the last two features are constant, 64 and 0, the results are those of a known mistake"
    assert (told in said_of(exercises.standardize, answer)) == beside


STANDARDIZE_REFUSED = [
    (applied(scaler(std_of=np.var, guard=lambda var: np.sqrt(var + 1e-3))), "at least one is a little less"),
    (applied(scaler(guard=lambda std: std + 1e-2)), "at least one is a little less"),
    (applied(scaler(guard=lambda std: std + 0.5)), "should be 1 (0 for a constant one), and at least one is not"),
    (applied(scaler(std_of=lambda x, axis: np.abs(x - x.mean(0)).mean(0))), "should be 1 (0 for a constant one)"),
    (lambda a, b: (a - a.mean(0)) / a.std(0), "expected 2: `return train, test`"),
    (lambda a, b: (applied(scaler())(a, b)[0], b * np.nan), "Is something divided by 0?"),
    (lambda a, b: (applied(scaler())(a, b)[0], b / b.std(0)), "the test data are not scaled in the same way"),
]


@pytest.mark.parametrize(("answer", "said"), STANDARDIZE_REFUSED, ids=ids(STANDARDIZE_REFUSED))
def test_standardize_is_refused_with_a_word(answer, said):
    assert not exercises.standardize.evaluate(answer).mistakes
    assert said in said_of(exercises.standardize, answer)


def by_columns(x_train, x_test):
    parts = []
    for part in (x_train, x_test):
        columns = []
        for j in range(part.shape[1]):
            mu, sigma = np.mean(x_train[:, j]), np.std(x_train[:, j])
            columns.append((part[:, j] - mu) / sigma if sigma else part[:, j] - mu)
        parts.append(np.array(columns).T)
    return parts


def with_where(x_train, x_test):
    mu = np.einsum("nd->d", x_train) / len(x_train)
    sigma = np.linalg.norm(x_train - mu, axis=0) / len(x_train) ** 0.5
    return [np.divide(x - mu, sigma, out=np.zeros_like(x), where=sigma > 0) for x in (x_train, x_test)]


def by_assignment(x_train, x_test):
    sigma = x_train.std(axis=0)
    sigma[sigma == 0] = 1
    return (x_train - x_train.mean(axis=0)) / sigma, (x_test - x_train.mean(axis=0)) / sigma


def in_single_precision(x_train, x_test):
    return applied(scaler(guard=lambda std: std + 1e-6))(x_train.astype(np.float32), x_test.astype(np.float32))


@pytest.mark.parametrize("answer", [
    by_columns, with_where, by_assignment, in_single_precision,
    applied(scaler(keepdims=True, axis=0)),
    applied(scaler(std_of=np.var, guard=lambda var: np.sqrt(var + 1e-6))),
    applied(scaler(guard=lambda std: np.maximum(std, 1e-8))),
    applied(scaler(guard=lambda std: [s or 1.0 for s in std])),
])
def test_standardize_is_right_in_other_styles(answer):
    assert exercises.standardize.evaluate(answer).state == "correct"


def constancy_of_both(x_train, x_test):
    std = np.vstack([x_train, x_test]).std(axis=0)
    std = np.where(std == 0, 1, x_train.std(axis=0))
    with np.errstate(all="ignore"):
        return (x_train - x_train.mean(axis=0)) / std, (x_test - x_train.mean(axis=0)) / std


def test_constancy_is_a_matter_of_the_training_data():
    verdict = exercises.standardize.evaluate(constancy_of_both)
    assert verdict.mistakes == ("constancy not asked of the training data",) and "One thing is left" in str(verdict)


@pytest.mark.parametrize("answer", [
    applied(scaler(guard=lambda std: np.maximum(std, 0.1))),
    applied(scaler(guard=lambda std: np.where(std < 0.1, 1, std))),
    applied(scaler(guard=lambda std: np.round(std, 1))),
    applied(scaler(mean_of=lambda x, axis: np.round(x.mean(axis)))),
])
def test_a_floor_and_rounded_statistics_are_refused(answer):
    assert exercises.standardize.evaluate(answer).state == "wrong"


# ---- largest_stable_learning_rate ---------------------------------------------------------------


def hessian(x):
    return x.T @ x / len(x)


LARGEST = [
    (lambda x: 1 / max(np.linalg.eigvals(hessian(x))), "1 / λmax"),
    (lambda x: 4 / np.linalg.eigvalsh(hessian(x)).max(), "4 / λmax"),
    (lambda x: 2 / np.linalg.eigvalsh(hessian(x) / 2).max(), "4 / λmax"),
    (lambda x: 2 / np.linalg.eigvalsh(2 * hessian(x)).max(), "1 / λmax"),
    (lambda x: 2 / np.trace(hessian(x)), "the trace"),
    (lambda x: 2 / np.mean(np.sum(x**2, axis=1)), "the trace"),
    (lambda x: 2 / np.linalg.svd(x, compute_uv=False)[0] ** 2, "no 1/N"),
    (lambda x: 2 / np.linalg.eigvalsh(x @ x.T)[-1], "no 1/N"),
    (lambda x: 2 / np.linalg.eigvalsh(x.T @ x)[-1] / len(x), "1/N on the wrong side"),
    (lambda x: 2 / np.linalg.eigh(hessian(x))[0][0], "λmin"),
    (lambda x: 2 / np.linalg.eigvalsh(hessian(x)).min(), "λmin"),
    (lambda x: 2 / np.linalg.eigvalsh(np.cov(x, rowvar=False))[-1], "covariance, N - 1"),
    (lambda x: 1 / np.linalg.eigvalsh(np.cov(x, rowvar=False))[-1], "1 / λmax, covariance, N - 1"),
    (lambda x: 2 / np.linalg.eigvalsh(np.cov(x.T, ddof=0))[-1], "centred inside"),
    (lambda x: 1 / np.linalg.eigvalsh(hessian(x - x.mean(0)))[-1], "1 / λmax, centred inside"),
    (lambda x: 2 / np.linalg.eigvalsh(hessian((x - x.mean(0)) / x.std(0)))[-1], "correlation matrix"),
    (lambda x: 2 / np.linalg.eigvalsh(x.T @ x / x.shape[1])[-1], "divided by D"),
    (lambda x: 2 / np.linalg.norm(x, 2), "singular value not squared"),
    (lambda x: 2 / np.linalg.norm(hessian(x)), "norm of H"),
    (lambda x: 2 / np.linalg.norm(hessian(x), np.inf), "sum over rows"),
    (lambda x: 2 / np.diag(hessian(x)).max(), "largest diagonal element"),
    (lambda x: 2 / np.max(np.var(x, 0)), "largest variance"),
    (lambda x: 2 / np.linalg.det(hessian(x)), "determinant"),
    (lambda x: np.linalg.cond(hessian(x)), "condition number"),
    (lambda x: np.max(np.linalg.eigvals(hessian(x))), "the eigenvalue itself"),
    (lambda x: 2 / np.linalg.eigvalsh(hessian(np.hstack([x, np.ones((len(x), 1))])))[-1], "a bias added"),
    (lambda x: 2 / np.linalg.eigvalsh(hessian(x)), "all eigenvalues"),
]


@pytest.mark.parametrize(("answer", "name"), LARGEST, ids=ids(LARGEST))
def test_largest_stable_learning_rate_is_named(answer, name):
    assert exercises.largest_stable_learning_rate.evaluate(answer).mistakes == (name,)


LARGEST_REFUSED = [
    (lambda x: 2 / np.linalg.eig(hessian(x))[0][0], "is 2 over an eigenvalue of H, but not over the largest"),
    (lambda x: 2 / np.linalg.eig(hessian(x))[0][-1], "is 2 over an eigenvalue of H, but not over the largest"),
    (lambda x: 2 / np.linalg.eigvalsh(hessian(x))[1], "is 2 over an eigenvalue of H, but not over the largest"),
    (lambda x: 0.99 * 2 / np.linalg.eigvalsh(hessian(x))[-1], "Every value is 0.99 times what is expected"),
    (lambda x: -2 / np.linalg.eigvalsh(hessian(x))[-1], "Every value is -1 times"),
    (lambda x: 2 / np.linalg.eigvalsh(x)[-1], "LinAlgError"),
    (lambda x: 2 / np.linalg.eigh(hessian(x))[-1], "has shape (2, 2)"),
    (lambda x: round(2 / np.linalg.eigvalsh(hessian(x))[-1], 4), "rounded to 4 digits"),
    (lambda x: 0.0, "is exactly −1. With your rate it is not."),
]


@pytest.mark.parametrize(("answer", "said"), LARGEST_REFUSED, ids=ids(LARGEST_REFUSED))
def test_largest_stable_learning_rate_is_refused_with_a_word(answer, said):
    assert said in said_of(exercises.largest_stable_learning_rate, answer)
    assert not exercises.largest_stable_learning_rate.evaluate(answer).mistakes


@pytest.mark.parametrize("answer", [
    lambda x: 2 / max(np.linalg.eigvals(hessian(x)).real),
    lambda x: 2 / sorted(np.linalg.eig(hessian(x))[0])[-1],
    lambda x: 2 / np.linalg.eigvalsh(x @ x.T / len(x))[-1],
    lambda x: 2 * len(x) / np.linalg.svd(x)[1].max() ** 2,
    lambda x: 2 / np.linalg.norm(hessian(x), 2),
    lambda x: 2 / np.linalg.eigvalsh(sum(np.outer(row, row) for row in x) / x.shape[0]).max(),
    lambda x: 2 / np.linalg.eigvalsh(np.einsum("ni,nj->ij", x, x) / len(x)).astype(np.float32)[-1],
    lambda x: float(2 / np.linalg.eigvalsh(hessian(x))[-1]),
    lambda x: np.array([2 / np.linalg.eigvalsh(hessian(x))[-1]]),
])
def test_largest_stable_learning_rate_is_right_in_other_styles(answer):
    assert exercises.largest_stable_learning_rate.evaluate(answer).state == "correct"


# ---- estimate_shift -----------------------------------------------------------------------------


def over(spread, sign=1):
    return lambda a, b: sign * (b.mean(axis=0) - a.mean(axis=0)) / spread(a, b)


def cohens_d(a, b):
    n, m = len(a), len(b)
    return np.sqrt(((n - 1) * a.var(0, ddof=1) + (m - 1) * b.var(0, ddof=1)) / (n + m - 2))


def normalized_first(a, b):
    a, b = (a - a.mean(0)) / a.std(0), (b - b.mean(0)) / b.std(0)
    return b.mean(0) - a.mean(0)


SHIFT = [
    (over(lambda a, b: np.sqrt((a.var(0) + b.var(0)) / 2), sign=-1), "sign"),
    (lambda a, b: abs(over(lambda a, b: np.hypot(a.std(0), b.std(0)) / 2**0.5)(a, b)), "absolute value"),
    (over(lambda a, b: a.std(0)), "standard deviation of batch 1"),
    (over(lambda a, b: b.std(0), sign=-1), "standard deviation of batch 2, sign"),
    (over(lambda a, b: (a.var(0) + b.var(0)) / 2), "divided by the variance"),
    (over(lambda a, b: a.var(0) + b.var(0)), "divided by the sum of the variances"),
    (over(lambda a, b: np.vstack([a, b]).std(0)), "pooled over the concatenation"),
    (over(lambda a, b: np.mean([a.std(0), b.std(0)], axis=0)), "mean of the standard deviations"),
    (over(lambda a, b: np.hypot(a.std(0), b.std(0))), "no half"),
    (over(lambda a, b: np.hypot(a.std(0), b.std(0)) / 2), "half outside the root"),
    (over(lambda a, b: np.sqrt(a.std(0) ** 2 + b.std(0) ** 2 / 2)), "half of one variance"),
    (over(lambda a, b: np.sqrt(np.mean([a.std(0), b.std(0)], axis=0))), "root of the mean standard deviation"),
    (over(lambda a, b: np.sqrt((a.var() + b.var()) / 2)), "spread over everything"),
    (over(lambda a, b: np.sqrt((a.var(0, ddof=1) + b.var(0, ddof=1)) / 2)), "ddof=1"),
    (over(cohens_d), "variances weighted, N - 1"),
    (over(lambda a, b: np.sqrt(a.var(0) / len(a) + b.var(0) / len(b))), "t statistic"),
    (over(lambda a, b: 1), "not divided"),
    (over(lambda a, b: a.mean(0)), "relative to the mean"),
    (lambda a, b: b.mean(0) - a.mean(0) / np.sqrt((a.var(0) + b.var(0)) / 2), "brackets"),
    (lambda a, b: (b - a).mean(0) / np.sqrt((a.var(0) + b.var(0)) / 2), "rows paired"),
    (lambda a, b: (b.mean(0) + a.mean(0)) / np.sqrt((a.var(0) + b.var(0)) / 2), "means added"),
    (lambda a, b: (b - a).mean(0) / (b - a).std(0), "rows paired, spread of the differences"),
    (lambda a, b: (b.mean(1) - a.mean(1)) / np.sqrt((a.var(1) + b.var(1)) / 2), "axis=1"),
    (lambda a, b: (b.mean() - a.mean()) / np.sqrt((a.var() + b.var()) / 2), "mean over everything"),
    (normalized_first, "nothing but zeros"),
    (lambda a, b: np.mean(over(lambda a, b: np.sqrt((a.var(0) + b.var(0)) / 2))(a, b)), "averaged over features"),
    (over(lambda a, b: b.var(0), sign=-1), "variance of batch 2, sign"),
    (over(lambda a, b: 1 / np.sqrt((a.var(0) + b.var(0)) / 2)), "multiplied"),
]


@pytest.mark.parametrize(("answer", "name"), SHIFT, ids=ids(SHIFT))
def test_estimate_shift_is_named(answer, name):
    assert exercises.estimate_shift.evaluate(answer).mistakes == (name,)


SHIFT_REFUSED = [
    (over(lambda a, b: np.sqrt((a.var(0) - b.var(0)) / 2)), "Is something negative under the root"),
    (over(lambda a, b: np.minimum(a.std(0), b.std(0))), "Here the signs are right, but the sizes are not"),
    (over(lambda a, b: np.maximum(a.std(0), b.std(0))), "Here the signs are right, but the sizes are not"),
    (lambda a, b: (a.mean(0) - b.mean(0)) / np.minimum(a.std(0), b.std(0)), "Not all of the signs are right"),
    (over(lambda a, b: 2 * np.sqrt((a.var(0) + b.var(0)) / 2)), "Every value is 0.5 times what is expected"),
    (over(lambda a, b: np.sqrt((a.var(0) + b.var(1)) / 2)), "could not be broadcast"),
    (over(lambda a, b: np.sqrt((a.var(0) + b.var(0)) / 2)[:, None]), "has shape (3, 3)"),
]


@pytest.mark.parametrize(("answer", "said"), SHIFT_REFUSED, ids=ids(SHIFT_REFUSED))
def test_estimate_shift_is_refused_with_a_word(answer, said):
    assert said in said_of(exercises.estimate_shift, answer)
    assert not exercises.estimate_shift.evaluate(answer).mistakes


@pytest.mark.parametrize("answer", [
    over(lambda a, b: np.sqrt(np.mean([a.var(0), b.var(0)], axis=0))),
    over(lambda a, b: np.hypot(a.std(0), b.std(0)) * 0.5**0.5),
    over(lambda a, b: np.sqrt(0.5 * (np.diag(np.cov(a.T, ddof=0)) + np.diag(np.cov(b.T, ddof=0))))),
    lambda a, b: (b.mean(0, keepdims=True) - a.mean(0, keepdims=True)) / np.sqrt((a.var(0) + b.var(0)) / 2),
    lambda a, b: np.array([(v.mean() - u.mean()) / ((u.var() + v.var()) / 2) ** 0.5 for u, v in zip(a.T, b.T)]),
    lambda a, b: over(lambda a, b: np.sqrt((a.var(0) + b.var(0)) / 2))(a, b).astype(np.float32),
])
def test_estimate_shift_is_right_in_other_styles(answer):
    assert exercises.estimate_shift.evaluate(answer).state == "correct"


# ---- Predictions --------------------------------------------------------------------------------


def predicted(exercise, *values):
    return exercise.evaluate(dict(zip(exercise.answers, values)))


@pytest.mark.parametrize(("values", "names", "following"), [
    ((50, 25, 0.04, 1), ("deviations for variances",), 0),
    ((50, 25, 0.02, 1), ("deviations for variances", "one over the deviation"), 0),
    ((1250, 625, 0.0016, 1), ("halved",), 1),
    ((5000, 1250, 0.0004, 1), ("doubled",), 2),
    ((2504, 626, 2 / 2504, 1), ("the trace",), 2),
    ((4, 625, 0.5, 1), ("the smallest eigenvalue",), 1),
    ((100, 25, 0.02, 1), ("product of deviations",), 2),
    ((2500, 625, 0.0016, 1), ("half the eigenvalue",), 0),
    ((2500, 625, 0.0004, 625), ("one over", "unchanged"), 0),
    ((2500, 0.0016, 0.0008, 1), ("upside down",), 0),
    ((50**0.5, 5, 2 / 50**0.5, 1), ("roots of the deviations",), 0),
    ((2500, 5, 0.001, 1), ("root again", "rounded"), 0),
])
def test_steep_and_flat_tells_a_cause_once(values, names, following):
    verdict = predicted(exercises.steep_and_flat, *values)
    assert verdict.mistakes == names
    assert sum("this fits your `largest eigenvalue`" in text for text in verdict.paragraphs) == following


@pytest.mark.parametrize("values", [(2500, 625, 8e-4, 1), (np.int64(2500), np.float32(625), 1 / 1250, 1.0)])
def test_steep_and_flat_takes_numbers_of_any_kind(values):
    assert predicted(exercises.steep_and_flat, *values).passed


def test_what_is_repaired_says_what_fog_does_to_the_width():
    verdict = predicted(exercises.what_is_repaired, "Repairs", "repairs", "no help", "harms")
    assert verdict.mistakes == ("all of it",)
    assert "zeros and ones become about equally wide" in verdict.paragraphs[0]


# ---- worse_than_nothing -------------------------------------------------------------------------


def measured(contrast, ones, by_batch_1, by_its_own):
    """What ``faded_batch`` of the notebook gave, to three digits."""
    result = {"contrast": contrast, "ones": ones, "by batch 1": by_batch_1, "by its own": by_its_own}
    exercises.worse_than_nothing.remember(lambda: result)()
    return exercises.worse_than_nothing.evaluate(result)


@pytest.mark.parametrize(("result", "name"), [
    ((0.75, 0.95, 0.975, 0.636), "not faded, the rest right"),
    ((1.5, 0.5, 0.961, 0.967), "not faded"),
    ((0.3, 0.6, 0.694, 0.942), "balanced"),
    ((0.7, 0.2, 0.869, 0.822), "mostly zeros"),
    ((0.01, 0, 0.002, 0.552), "mostly zeros"),
    ((0.5, 0.8, 0.926, 0.807), "not far enough"),
])
def test_worse_than_nothing_is_named(result, name):
    assert measured(*result).mistakes == (name,)


@pytest.mark.parametrize("result", [(0.7, 0.95, 0.982, 0.636), (0.7, 0.05, 0.842, 0.619), (0.6, 0.85, 0.9, 0.7)])
def test_worse_than_nothing_is_met(result):
    assert measured(*result).passed


def test_a_batch_that_its_own_statistics_do_not_repair_is_not_told_that_they_do():
    verdict = measured(0.5, 0.64, 0.95, 0.85)
    assert "repair" not in " ".join(verdict.paragraphs)
