"""Losses, penalties, optimizers, Sequential, the training loop, callbacks and the gradient check of `helpers.nn`."""

import pickle
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers import nn

modest = settings(deadline=None, max_examples=40, derandomize=True)
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


def two_groups(count: int = 60, dtype: str = "float32") -> tuple[np.ndarray, np.ndarray]:
    """Two well-separated classes in the plane, alternating."""
    labels = np.arange(count) % 2
    x = np.random.default_rng(5).normal(size=(count, 2)) + 6 * labels[:, None]
    return x.astype(dtype), labels


def small_network(seed: int = 0) -> nn.Sequential:
    layers = [nn.Dense(4), nn.BatchNormalization(momentum=0.5), nn.Sigmoid(), nn.Dense(2)]
    return nn.Sequential(layers, seed=seed)


# ---- Loss ---------------------------------------------------------------------------------------


def logits() -> st.SearchStrategy[np.ndarray]:
    shapes = hnp.array_shapes(min_dims=2, max_dims=2, max_side=5)
    return hnp.arrays(np.float64, shapes, elements=st.floats(-1e4, 1e4))


@modest
@given(logits())
def test_softmax_rows_are_probabilities_whatever_the_logits(z):
    p = nn.softmax(z)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_allclose(nn.softmax(z - 50), p, atol=1e-11)


def test_softmax_of_a_stack_is_that_of_each_of_its_matrices():
    stack = np.random.default_rng(0).normal(size=(3, 4, 5))
    np.testing.assert_array_equal(nn.softmax(stack), [nn.softmax(logits) for logits in stack])
    np.testing.assert_array_equal(nn.softmax(stack[0, 0]), nn.softmax(stack[0])[0])


@modest
@given(logits())
def test_cross_entropy_is_the_mean_of_minus_log_softmax(z):
    labels = np.arange(len(z)) % z.shape[1]
    shifted = z - z.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss, gradient = nn.softmax_cross_entropy(z, labels)
    assert isinstance(loss, float)
    assert loss == pytest.approx(-log_softmax[range(len(z)), labels].mean(), abs=1e-9)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-12)


def test_gradient_of_cross_entropy_agrees_with_differences():
    z = np.random.default_rng(0).normal(size=(5, 4))
    labels = np.array([0, 3, 3, 1, 2], np.uint8)
    _, gradient = nn.softmax_cross_entropy(z, labels)
    numeric = nn.numeric_gradient(lambda: nn.softmax_cross_entropy(z, labels)[0], z)
    assert nn.relative_error(gradient, numeric) < 1e-7


def test_cross_entropy_of_equal_logits_is_log_of_the_number_of_classes():
    assert nn.softmax_cross_entropy(np.zeros((3, 10)), np.array([0, 5, 9]))[0] == pytest.approx(np.log(10))


@DTYPES
def test_cross_entropy_keeps_dtype_and_only_reads_its_inputs(dtype):
    z, labels = np.ones((3, 4), dtype), np.array([0, 1, 2])
    z.flags.writeable = labels.flags.writeable = False
    assert nn.softmax_cross_entropy(z, labels)[1].dtype == dtype
    assert nn.softmax(z).dtype == dtype


def test_cross_entropy_passes_nan_on_in_its_row_only():
    z = np.zeros((2, 3))
    z[0, 1] = np.nan
    loss, gradient = nn.softmax_cross_entropy(z, np.array([0, 0]))
    assert np.isnan(loss)
    assert np.isnan(gradient).any(axis=1).tolist() == [True, False]


SCORES = np.zeros((3, 4))


@pytest.mark.parametrize(
    "z, labels, error, message",
    [
        (SCORES, [0, 1, 4], ValueError, "labels from 0 to 3, got 0 to 4"),
        (SCORES, [-1, 1, 2], ValueError, "labels from 0 to 3, got -1 to 2"),
        (SCORES, [0.0, 1.0, 2.0], TypeError, "integer labels, got float64"),
        (SCORES, [True, False, True], TypeError, "integer labels, got bool"),
        (SCORES, [0, 1], ValueError, r"got shapes \(3, 4\) and \(2,\)"),
        (SCORES, [[0], [1], [2]], ValueError, r"labels \(N,\).* got shapes \(3, 4\) and \(3, 1\)"),
        (SCORES, np.eye(4, dtype=int)[:3], ValueError, r"got shapes \(3, 4\) and \(3, 4\)"),
        (np.zeros(3), [0, 1, 2], ValueError, r"logits \(N, classes\).* got shapes \(3,\) and \(3,\)"),
        (np.zeros((0, 4)), np.zeros(0, int), ValueError, r"at least one .* got shapes \(0, 4\) and \(0,\)"),
        (np.zeros((3, 4), int), [0, 1, 2], TypeError, "logits as an array of float32 .* got an array of int"),
        ([[0.0, 1.0]], [0], TypeError, "logits as an array of float32 or float64, got a list"),
        (keras.ops.ones((1, 2)), [0], TypeError, "got a tensorflow.EagerTensor"),
    ],
)
def test_cross_entropy_refuses(z, labels, error, message):
    with pytest.raises(error, match=message):
        nn.softmax_cross_entropy(z, labels)


def test_accuracy():
    outputs = np.array([[0.1, 0.9], [2.0, 1.0], [0.0, 3.0], [5.0, 4.0]])
    assert nn.accuracy(outputs, np.array([1, 0, 0, 0])) == 0.75
    # Against a column, NumPy would compare every output with every label.
    with pytest.raises(ValueError, match=r"got shapes \(4, 2\) and \(4, 1\)"):
        nn.accuracy(outputs, np.array([[1], [0], [0], [0]]))


# ---- Optimizer ----------------------------------------------------------------------------------


def test_sgd_changes_the_weights_in_place_and_nothing_else():
    weight, gradient = np.array([1.0, 2.0]), np.array([10.0, -10.0])
    nn.SGD(0.1).apply([gradient], [weight])
    np.testing.assert_allclose(weight, [0.0, 3.0])
    np.testing.assert_array_equal(gradient, [10.0, -10.0])


@DTYPES
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("momentum", [0, np.float64(0.9)])
def test_sgd_keeps_dtype_with_settings_from_numpy(momentum, nesterov, dtype):
    weight = np.ones(3, dtype)
    optimizer = nn.SGD(np.float64(0.1), momentum=momentum, nesterov=nesterov)
    optimizer.apply([np.ones(3, dtype)], [weight])
    assert weight.dtype == dtype
    np.testing.assert_allclose(weight, 1 - 0.1 * (1 + momentum * nesterov), rtol=1e-6)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_refuses_other_weights(momentum):
    optimizer = nn.SGD(0.1, momentum=momentum)
    optimizer.apply([np.ones((3, 2))], [np.ones((3, 2))])
    weights = [np.ones((3, 4))]
    with pytest.raises(ValueError, match="begun with other weights"):
        optimizer.apply([np.ones((3, 4))], weights)
    with pytest.raises(ValueError, match="begun with other weights"):
        optimizer.apply([np.ones((3, 2))] * 2, [np.ones((3, 2))] * 2)
    with pytest.raises(ValueError, match="got 1 gradients for 2 weights"):
        optimizer.apply([np.ones((3, 2))], [np.ones((3, 2))] * 2)
    np.testing.assert_array_equal(weights[0], np.ones((3, 4)))


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"learning_rate": 0}, "positive learning rate, got 0"),
        ({"learning_rate": -0.1}, "positive learning rate, got -0.1"),
        ({"learning_rate": float("nan")}, "positive learning rate, got nan"),
        ({"momentum": 1.0}, r"momentum in \[0, 1\), got 1.0"),
        ({"momentum": -0.5}, r"momentum in \[0, 1\), got -0.5"),
    ],
)
def test_sgd_refuses_a_setting_out_of_range(settings, message):
    with pytest.raises(ValueError, match=message):
        nn.SGD(**settings)


OPTIMIZERS = {
    "SGD": lambda **settings: nn.SGD(0.1, **settings),
    "momentum": lambda **settings: nn.SGD(0.1, momentum=0.9, **settings),
    "Nesterov": lambda **settings: nn.SGD(0.1, momentum=0.9, nesterov=True, **settings),
    "Adam": lambda **settings: nn.Adam(0.1, **settings),
}
EVERY_OPTIMIZER = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)


def after_steps(optimizer: nn.Optimizer, start: np.ndarray, gradients: np.ndarray, names=None) -> np.ndarray:
    weight = start.copy()
    for gradient in gradients:
        optimizer.apply([gradient], [weight], names)
    return weight


def test_adam_is_its_formula():
    """Written out in one number, with the learning rate changed on the way."""
    gradients = np.random.default_rng(0).normal(size=(12, 3))
    optimizer = nn.Adam(0.25, beta_1=0.8, beta_2=0.95, epsilon=1e-3)
    weight, expected = np.ones(3), np.ones(3)
    mean = variance = 0
    for t, gradient in enumerate(gradients, start=1):
        optimizer.learning_rate = rate = 0.25 if t < 6 else 0.01
        optimizer.apply([gradient], [weight])
        mean = 0.8 * mean + 0.2 * gradient
        variance = 0.95 * variance + 0.05 * gradient**2
        rate *= np.sqrt(1 - 0.95**t) / (1 - 0.8**t)
        expected = expected - rate * mean / (np.sqrt(variance) + 1e-3)
        np.testing.assert_allclose(weight, expected, rtol=1e-12)


@modest
@given(hnp.arrays(np.float64, 5, elements=st.floats(0.1, 1e6) | st.floats(-1e6, -0.1)), st.floats(1e-4, 10))
def test_adams_first_step_has_the_size_of_the_learning_rate(gradient, rate):
    """Whatever the gradient's size; only its sign counts."""
    weight = np.zeros(5)
    nn.Adam(rate).apply([gradient], [weight])
    np.testing.assert_allclose(weight, -rate * np.sign(gradient), rtol=1e-4)


def test_adam_does_not_move_along_a_zero_gradient():
    weight = np.ones(3)
    nn.Adam(0.1).apply([np.zeros(3)], [weight])
    np.testing.assert_array_equal(weight, np.ones(3))


@DTYPES
@EVERY_OPTIMIZER
def test_every_optimizer_keeps_dtype_and_array_and_only_reads_the_gradient(make, dtype):
    weight, gradient = np.ones(3, dtype), np.ones(3, dtype)
    gradient.flags.writeable = False
    optimizer = make(weight_decay=np.float64(0.1))
    optimizer.learning_rate = np.float64(0.1)
    for _ in range(3):
        optimizer.apply([gradient], [weight])
    assert weight.dtype == dtype
    assert (weight < 0.9).all()


def test_adam_keeps_dtype_with_settings_from_numpy():
    half = np.float64(0.5)
    weight = np.ones(3, np.float32)
    nn.Adam(half, beta_1=half, beta_2=half, epsilon=half, weight_decay=half).apply([weight.copy()], [weight])
    assert weight.dtype == np.float32


@EVERY_OPTIMIZER
def test_weight_decay_shrinks_apart_from_the_gradient(make):
    """Without a gradient every weight keeps the same share of itself at each step, whatever the rule."""
    start = np.array([1.0, -20, 300])
    weight = after_steps(make(weight_decay=0.5), start, np.zeros((4, 3)))
    np.testing.assert_allclose(weight, start * 0.95**4, rtol=1e-12)
    for nothing in (None, 0):
        np.testing.assert_array_equal(after_steps(make(weight_decay=nothing), start, np.zeros((4, 3))), start)


def test_weight_decay_comes_before_the_step():
    weight = np.array([2.0])
    nn.SGD(0.1, weight_decay=0.5).apply([np.array([3.0])], [weight])
    assert weight[0] == pytest.approx(2 * 0.95 - 0.3)


def test_adamw_is_adam_with_weight_decay():
    gradients = np.random.default_rng(0).normal(size=(5, 3))
    start = np.ones(3)
    for ours, right in [
        (nn.AdamW(), nn.Adam(weight_decay=0.004)),
        (nn.AdamW(0.1, 0.3, 0.8, 0.9, 1e-3), nn.Adam(0.1, 0.8, 0.9, 1e-3, weight_decay=0.3)),
        (nn.AdamW(weight_decay=None), nn.Adam()),
    ]:
        np.testing.assert_array_equal(after_steps(ours, start, gradients), after_steps(right, start, gradients))


def test_excluded_weights_keep_their_size():
    """By the name behind the last dot, and by the whole of it."""
    names = ["0.Dense.kernel", "0.Dense.bias", "bias", "1.Bias.gamma", "2.Dense.bias_too"]
    weights = [np.ones(2) for _ in names]
    optimizer = nn.SGD(0.1, weight_decay=1)
    optimizer.exclude_from_weight_decay(["bias", "beta"])
    optimizer.apply([np.zeros(2)] * 5, weights, names)
    assert [weight[0] for weight in weights] == [0.9, 1, 1, 0.9, 0.9]


def trained_with(optimizer: nn.Optimizer, penalty: nn.L1L2 | None = None) -> list[np.ndarray]:
    x, labels = two_groups(20, "float64")
    model = nn.Sequential(
        [nn.Dense(5, kernel_regularizer=penalty), nn.Sigmoid(), nn.Dense(2, kernel_regularizer=penalty)], seed=3
    )
    optimizer.exclude_from_weight_decay(["bias"])
    for _ in range(6):
        nn.train_step(model, x, labels, optimizer)
    return model.trainable_weights


def test_weight_decay_is_the_l2_penalty_under_plain_gradient_descent():
    decayed, penalized = trained_with(nn.SGD(0.2, weight_decay=0.06)), trained_with(nn.SGD(0.2), nn.L2(0.03))
    for ours, right, without in zip(decayed, penalized, trained_with(nn.SGD(0.2)), strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-12)
        assert np.abs(ours - without).max() > 1e-3


@pytest.mark.parametrize("name", ["momentum", "Nesterov", "Adam"])
def test_weight_decay_is_not_the_l2_penalty_under_other_rules(name):
    make = OPTIMIZERS[name]
    decayed, penalized = trained_with(make(weight_decay=0.06)), trained_with(make(), nn.L2(0.03))
    assert max(np.abs(ours - other).max() for ours, other in zip(decayed, penalized, strict=True)) > 1e-3


@pytest.mark.parametrize(
    "gradients, weights, names, message",
    [
        ([np.ones((3, 2))], [np.ones((3, 2))] * 2, None, "got 1 gradients for 2 weights"),
        ([np.ones(2)], [np.ones((3, 2))], ["kernel"], "got a gradient of shape"),
        ([np.ones((1, 2))], [np.ones((3, 2))], ["kernel"], "got a gradient of shape"),
        ([np.ones((3, 4))], [np.ones((3, 4))], ["kernel"], "begun with other weights"),
        ([np.ones((3, 2))], [np.ones((3, 2))], None, r"by name: apply\(\) needs a name for each weight"),
        ([np.ones((3, 2))], [np.ones((3, 2))], [], r"by name: apply\(\) needs a name for each weight"),
        ([np.ones((3, 2))], [np.ones((3, 2))], ["kernel"] * 2, r"by name: apply\(\) needs a name for each weight"),
    ],
)
@EVERY_OPTIMIZER
def test_a_refused_step_changes_nothing(make, gradients, weights, names, message):
    """Neither the weights, nor what the optimizer remembers: the steps after it are those without it."""
    start, steps = np.ones((3, 2)), np.random.default_rng(0).normal(size=(4, 3, 2))
    optimizer, undisturbed = make(weight_decay=0.1), make(weight_decay=0.1)
    for each in (optimizer, undisturbed):
        each.exclude_from_weight_decay(["bias"])
    weight = start.copy()
    for gradient in steps[:2]:
        optimizer.apply([gradient], [weight], ["kernel"])
    before = [weight.copy() for weight in weights]
    with pytest.raises(ValueError, match=message):
        optimizer.apply(gradients, weights, names)
    np.testing.assert_array_equal(weights, before)
    expected = after_steps(undisturbed, start, steps, ["kernel"])
    for gradient in steps[2:]:
        optimizer.apply([gradient], [weight], ["kernel"])
    np.testing.assert_array_equal(weight, expected)


def test_a_first_step_refused_for_its_shapes_does_not_bind_the_optimizer():
    optimizer, weight = nn.Adam(0.1), np.zeros(3)
    with pytest.raises(ValueError, match="got a gradient of shape"):
        optimizer.apply([np.ones((2, 1))], [np.ones((2, 2))])
    optimizer.apply([np.ones(3)], [weight])
    np.testing.assert_allclose(weight, -0.1, rtol=1e-5)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.SGD(weight_decay=-0.1), "SGD expects weight_decay >= 0 or None, got -0.1"),
        (lambda: nn.SGD(weight_decay=float("nan")), "weight_decay >= 0 or None, got nan"),
        (lambda: nn.Adam(0), "Adam expects a positive learning rate, got 0"),
        (lambda: nn.Adam(float("nan")), "positive learning rate, got nan"),
        (lambda: nn.Adam(beta_1=1.0), r"Adam expects beta_1 in \[0, 1\), got 1.0"),
        (lambda: nn.Adam(beta_1=-0.1), r"beta_1 in \[0, 1\), got -0.1"),
        (lambda: nn.Adam(beta_2=1.0), r"beta_2 in \[0, 1\), got 1.0"),
        (lambda: nn.Adam(beta_2=float("nan")), r"beta_2 in \[0, 1\), got nan"),
        (lambda: nn.Adam(epsilon=0), "Adam expects epsilon > 0, got 0"),
        (lambda: nn.Adam(epsilon=-1e-7), "epsilon > 0, got -1e-07"),
        (lambda: nn.Adam(weight_decay=-1), "Adam expects weight_decay >= 0 or None, got -1"),
        (lambda: nn.AdamW(weight_decay=-1), "AdamW expects weight_decay >= 0 or None, got -1"),
        (lambda: nn.AdamW(beta_1=2), r"AdamW expects beta_1 in \[0, 1\), got 2"),
        (lambda: nn.AdamW(learning_rate=-1), "AdamW expects a positive learning rate, got -1"),
    ],
)
def test_an_optimizer_refuses_a_setting_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# ---- Penalties ----------------------------------------------------------------------------------

PENALTIES = {"L1": nn.L1(0.3), "L2": nn.L2(0.2), "L1L2": nn.L1L2(0.3, 0.2), "nothing": nn.L1L2()}
EVERY_PENALTY = pytest.mark.parametrize("penalty", PENALTIES.values(), ids=PENALTIES)


def some_weights() -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.float64, (3, 4), elements=st.floats(-10, 10, allow_subnormal=False))


@modest
@given(some_weights(), st.floats(0, 5), st.floats(0, 5))
def test_penalties_are_sums(w, l1, l2):
    expected = l1 * np.abs(w).sum() + l2 * (w**2).sum()
    assert nn.L1L2(l1, l2)(w) == pytest.approx(expected, rel=1e-12)
    assert nn.L1(l1)(w) + nn.L2(l2)(w) == pytest.approx(expected, rel=1e-12)
    assert isinstance(nn.L1L2(l1, l2)(w.astype(np.float32)), float)


def test_the_defaults_are_those_of_keras():
    assert (nn.L1().l1, nn.L1().l2, nn.L2().l1, nn.L2().l2) == (0.01, 0, 0, 0.01)
    assert (nn.L1L2().l1, nn.L1L2().l2) == (0, 0)


@EVERY_PENALTY
def test_gradient_of_a_penalty_agrees_with_differences(penalty):
    w = np.random.default_rng(0).normal(size=(3, 4))
    assert nn.relative_error(penalty.gradient(w), nn.numeric_gradient(lambda: penalty(w), w)) < 1e-7
    np.testing.assert_array_equal(penalty.gradient(np.zeros(2)), [0, 0])


@modest
@given(some_weights(), st.floats(0, 12))
def test_soft_thresholding_moves_towards_0_and_stops_there(w, threshold):
    before = w.copy()
    shrunk = nn.soft_threshold(w, threshold)
    np.testing.assert_array_equal(w, before)
    np.testing.assert_array_equal(np.abs(shrunk), np.maximum(np.abs(w) - threshold, 0))
    assert (shrunk * w >= 0).all()
    np.testing.assert_array_equal(shrunk == 0, np.abs(w) <= threshold)
    np.testing.assert_array_equal(nn.soft_threshold(-w, threshold), -shrunk)
    np.testing.assert_array_equal(nn.soft_threshold(w, 0), w)


@modest
@given(some_weights(), some_weights(), st.floats(0, 12))
def test_soft_thresholding_brings_no_two_weights_further_apart(a, b, threshold):
    apart = np.abs(nn.soft_threshold(a, threshold) - nn.soft_threshold(b, threshold))
    assert (apart <= np.abs(a - b) + 1e-12).all()


@modest
@given(some_weights(), st.floats(0, 3), st.floats(0, 3), st.floats(0.01, 3), st.integers(0, 1000))
def test_the_proximal_step_is_the_best_compromise(w, l1, l2, step, seed):
    """Of the penalty and the distance: every other place costs more, by at least the distance's own curvature."""
    penalty = nn.L1L2(l1, l2)

    def cost(v):
        return penalty(v) + np.sum((v - w) ** 2) / (2 * step)

    best = penalty.proximal(w, step)
    for size in (1e-3, 1):
        moved = np.random.default_rng(seed).normal(scale=size, size=w.shape)
        assert cost(best + moved) >= cost(best) + np.sum(moved**2) / (2 * step) * (1 - 1e-6) - 1e-9
    np.testing.assert_array_equal(penalty.proximal(w, 0), w)


@DTYPES
@EVERY_PENALTY
def test_penalties_keep_dtype_and_only_read_the_weights(penalty, dtype):
    w = np.ones(3, dtype)
    w.flags.writeable = False
    numpys_own = nn.L1L2(np.float64(penalty.l1), np.float64(penalty.l2))
    for each in (penalty, numpys_own):
        assert {array.dtype for array in (each.gradient(w), each.proximal(w, 0.5))} == {np.dtype(dtype)}
    assert nn.soft_threshold(w, np.float64(0.5)).dtype == dtype


def lasso(step_of: Callable, steps: int = 400) -> np.ndarray:
    """Gradient descent on ``sum (y - X w)² / 2`` with 20 features, of which 3 matter; ``step_of`` makes each step."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 20))
    y = x[:, :3] @ [3.0, -2.0, 1.5] + rng.normal(size=60)
    rate = 1 / np.linalg.norm(x, 2) ** 2
    w = np.zeros(20)
    for _ in range(steps):
        w = step_of(w, -x.T @ (y - x @ w), rate)
    # What holds at the minimum: the loss' gradient is -l1 * sign(w) where w is not 0, and at most l1 where it is.
    return np.stack([w, -x.T @ (y - x @ w)])


def test_proximal_steps_make_exact_zeros_and_gradient_steps_do_not():
    penalty = nn.L1(20.0)
    w, slope = lasso(lambda w, gradient, rate: penalty.proximal(w - rate * gradient, rate))
    assert (w[:3] != 0).all()
    assert np.count_nonzero(w[3:] == 0) > 10
    np.testing.assert_allclose(slope[w != 0], -20 * np.sign(w[w != 0]), rtol=1e-6)
    assert (np.abs(slope[w == 0]) <= 20).all()

    # Near 0 they step back and forth; small steps come close to the minimum, and never to 0.
    plain, _ = lasso(lambda w, gradient, rate: w - rate / 20 * (gradient + penalty.gradient(w)), steps=4000)
    assert np.count_nonzero(plain == 0) == 0
    np.testing.assert_allclose(plain, w, atol=0.05)


def test_on_an_orthonormal_design_the_lasso_is_soft_thresholding():
    x, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(30, 5)))
    y = np.random.default_rng(1).normal(size=30)
    w = np.full(5, 7.0)
    w = nn.L1(0.4).proximal(w + x.T @ (y - x @ w), 1)
    np.testing.assert_allclose(w, nn.soft_threshold(x.T @ y, 0.4), atol=1e-12)
    assert 0 < np.count_nonzero(w) < 5


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: nn.L1(-0.1), "L1 expects l1 >= 0 and finite, got -0.1"),
        (lambda: nn.L1(float("inf")), "L1 expects l1 >= 0 and finite, got inf"),
        (lambda: nn.L1(float("nan")), "L1 expects l1 >= 0 and finite, got nan"),
        (lambda: nn.L2(-1), "L2 expects l2 >= 0 and finite, got -1"),
        (lambda: nn.L2(float("inf")), "L2 expects l2 >= 0 and finite, got inf"),
        (lambda: nn.L1L2(0.1, -0.1), "L1L2 expects l2 >= 0 and finite, got -0.1"),
        (lambda: nn.L1L2(-0.1, 0.1), "L1L2 expects l1 >= 0 and finite, got -0.1"),
        (lambda: nn.L1L2(0.1, float("nan")), "L1L2 expects l2 >= 0 and finite, got nan"),
        (lambda: nn.L1().proximal(np.ones(2), -1), "proximal expects a step >= 0, got -1"),
        (lambda: nn.L2().proximal(np.ones(2), float("nan")), "proximal expects a step >= 0, got nan"),
        (lambda: nn.soft_threshold(np.ones(2), -1e-9), "soft_threshold expects a threshold >= 0, got -1e-09"),
        (lambda: nn.soft_threshold(np.ones(2), float("nan")), "threshold >= 0, got nan"),
    ],
)
def test_penalties_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def penalized_network(penalty: nn.L1L2 | None) -> nn.Sequential:
    first, last = (nn.Dense(units, kernel_regularizer=penalty) for units in (4, 2))
    return nn.Sequential([first, nn.BatchNormalization(), last], seed=2)


@EVERY_PENALTY
def test_every_reported_loss_is_the_data_loss_and_the_penalty_of_the_kernels(penalty):
    x, labels = two_groups(20, "float64")
    model, plain = penalized_network(penalty), penalized_network(None)
    assert model.penalty() == 0  # no kernels yet
    for network in (model, plain):
        network(x)
    added = penalty(model.layers[0].kernel) + penalty(model.layers[2].kernel)
    assert model.penalty() == pytest.approx(added)
    assert plain.penalty() == 0

    def history(network: nn.Sequential) -> nn.History:
        standing_still = nn.SGD(1e-300)
        return nn.fit(
            network, x, labels, optimizer=standing_still, validation_data=(x, labels), batch_size=20
        )

    for measure in [
        lambda network: network.evaluate(x, labels)["loss"],
        lambda network: nn.train_step(network, x, labels, nn.SGD(1e-300))[0],
        lambda network: history(network)["loss"][0],
        lambda network: history(network)["val_loss"][0],
    ]:
        assert measure(model) == pytest.approx(measure(plain) + added, rel=1e-12)
    assert model.evaluate(x, labels)["accuracy"] == plain.evaluate(x, labels)["accuracy"]


@EVERY_PENALTY
def test_a_networks_gradients_are_those_of_loss_and_penalty_together(penalty):
    x, labels = two_groups(8, "float64")
    model = penalized_network(penalty)

    def loss():
        return nn.softmax_cross_entropy(model(x, training=True), labels)[0] + model.penalty()

    for _ in range(2):  # the penalty's part does not pile up
        model.backward(nn.softmax_cross_entropy(model(x, training=True), labels)[1])
    for name, weight, got in zip(model.trainable_names, model.trainable_weights, model.gradients, strict=True):
        numeric = nn.numeric_gradient(loss, weight)
        assert np.abs(got - numeric).max() < 1e-7 * max(np.abs(numeric).max(), 1e-3), name


# ---- Sequential ---------------------------------------------------------------------------------


def test_sequential_is_its_layers_in_a_row():
    x, labels = two_groups(6, "float64")
    model = small_network()
    y = model(x, training=True)
    gradient = nn.softmax_cross_entropy(y, labels)[1]
    dx = model.backward(gradient)
    stored = [g.copy() for g in model.gradients]

    def loss():
        return nn.softmax_cross_entropy(model(x, training=True), labels)[0]

    assert [w.shape for w in model.trainable_weights] == [(2, 4), (4,), (4,), (4,), (4, 2), (2,)]
    for weight, got in zip(model.trainable_weights, stored, strict=True):
        numeric = nn.numeric_gradient(loss, weight)
        # The first bias is taken out again by batch normalization: its gradient is 0 but for rounding.
        assert np.abs(got - numeric).max() < 1e-7 * max(np.abs(numeric).max(), 1e-3)
    assert nn.relative_error(dx, nn.numeric_gradient(loss, x)) < 1e-7


def test_sequential_without_input_gradient():
    x, labels = two_groups(6)
    model = small_network()
    gradient = nn.softmax_cross_entropy(model(x, training=True), labels)[1]
    model.backward(gradient)
    expected = [g.copy() for g in model.gradients]
    assert model.backward(gradient, to_input=False) is None
    for ours, right in zip(model.gradients, expected, strict=True):
        np.testing.assert_array_equal(ours, right)


@DTYPES
def test_initial_weights_come_from_the_seed_layer_by_layer(dtype):
    x = np.ones((1, 3), dtype)

    def kernels(seed):
        model = nn.Sequential([nn.Dense(3), nn.Dense(3)], seed=seed)
        model(x)
        assert {w.dtype for w in model.trainable_weights} == {np.dtype(dtype)}
        return model.layers[0].kernel, model.layers[1].kernel

    first, second = kernels(1)
    assert (first != second).all()
    np.testing.assert_array_equal((first, second), kernels(1))
    assert (first != kernels(2)[0]).all()


class Watched(nn.ReLU):
    """Counts its backward calls."""

    calls = 0

    def backward(self, gradient, *, to_input=True):
        self.calls += 1
        return super().backward(gradient)


def test_backward_without_input_gradient_ends_at_the_lowest_layer_with_weights():
    x, labels = two_groups(6)
    below, above = Watched(), Watched()
    model = nn.Sequential([below, nn.Dense(3), above, nn.Dense(2)])
    gradient = nn.softmax_cross_entropy(model(x, training=True), labels)[1]
    assert model.backward(gradient, to_input=False) is None
    assert (below.calls, above.calls) == (0, 1)
    expected = [g.copy() for g in model.gradients]
    assert model.backward(gradient).shape == x.shape
    assert (below.calls, above.calls) == (1, 2)
    for ours, right in zip(model.gradients, expected, strict=True):
        np.testing.assert_array_equal(ours, right)


def test_backward_through_layers_without_weights():
    model = nn.Sequential([nn.ReLU(), nn.Dropout(0.5), nn.Sigmoid()])
    x = two_groups(6)[0]
    gradient = model(x, training=True)
    assert model.backward(gradient, to_input=False) is None
    assert model.backward(gradient).shape == x.shape


def picture_network(*first: nn.Layer) -> nn.Sequential:
    return nn.Sequential([*first, nn.Flatten(), nn.Dense(3), nn.ReLU(), nn.Dense(2)], seed=1)


PICTURES = np.random.default_rng(0).random((6, 4, 4, 1)).astype(np.float32)


def test_random_layers_stand_below_the_first_weights():
    labels = np.arange(6) % 2
    model = picture_network(nn.RandomFlip(), nn.RandomRotation(0.1))
    history = nn.fit(model, PICTURES, labels, optimizer=nn.SGD(0.1), epochs=3)
    assert np.isfinite(history["loss"]).all()
    with pytest.raises(NotImplementedError, match="RandomRotation has no gradient: put it below the first layer"):
        model.backward(np.ones((6, 2), np.float32))
    above = nn.Sequential([nn.LayerNormalization(), *model.layers])
    with pytest.raises(NotImplementedError, match="has no gradient: put it below the first layer"):
        nn.train_step(above, PICTURES, labels, nn.SGD(0.1))


def test_augmentation_takes_nothing_from_the_weights_stream():
    plain, augmented = picture_network(), picture_network(nn.RandomFlip(), nn.RandomZoom(0.2))
    for model in (plain, augmented):
        model(PICTURES, training=True)
    for ours, right in zip(augmented.trainable_weights, plain.trainable_weights, strict=True):
        np.testing.assert_array_equal(ours, right)


def test_build_makes_what_the_first_call_would():
    built, called = small_network(), small_network()
    built.build((None, 2))
    called(two_groups()[0])
    for ours, right in zip(built.trainable_weights, called.trainable_weights, strict=True):
        np.testing.assert_array_equal(ours, right)


@pytest.mark.parametrize("count", [1, 7, 12, 13])
def test_predict_in_pieces_is_one_call_in_inference_mode(count):
    x, labels = two_groups(13, "float64")
    model = small_network()
    nn.train_step(model, x, labels, nn.SGD(0.1))
    np.testing.assert_allclose(model.predict(x, batch_size=count), model(x, training=False), rtol=1e-12)


def test_evaluate_reports_loss_and_accuracy_in_inference_mode():
    x, labels = two_groups()
    model = small_network()
    outputs = model(x)
    assert model.evaluate(x, labels) == {
        "loss": nn.softmax_cross_entropy(outputs, labels)[0], "accuracy": nn.accuracy(outputs, labels)
    }


@pytest.mark.parametrize(
    "layers, error, message",
    [
        ([], ValueError, "at least one layer, got none"),
        ([nn.Dense(2), "relu"], TypeError, "layers of helpers.nn, got 'relu'"),
        ([nn.Dense], TypeError, "layers of helpers.nn, got <class"),
    ],
)
def test_sequential_refuses_what_is_no_layer(layers, error, message):
    with pytest.raises(error, match=message):
        nn.Sequential(layers)


@pytest.mark.parametrize(
    "x, error, message",
    [
        (np.ones((2, 3), np.uint8), TypeError, "Dense expects .* got an array of uint8"),
        (np.ones((2, 3), np.float16), TypeError, "Dense expects .* got an array of float16"),
        ([[1.0, 2.0]], TypeError, "Dense expects .* got a list"),
        (keras.ops.ones((2, 3)), TypeError, "Dense expects .* got a tensorflow"),
        (np.ones((0, 3)), ValueError, r"at least one example .* got shape \(0, 3\)"),
        (np.ones((2, 4, 4, 3)), ValueError, r"Dense expects .*got shape \(2, 4, 4, 3\)"),
    ],
)
def test_a_refused_first_batch_leaves_no_trace(x, error, message):
    model, untouched = small_network(), small_network()
    with pytest.raises(error, match=message):
        model(x)
    good = np.ones((2, 3), np.float32)
    output = model(good)
    assert output.dtype == np.float32
    np.testing.assert_array_equal(output, untouched(good))


def test_backward_needs_a_forward_call():
    with pytest.raises(RuntimeError, match="Dense.backward needs a forward call first"):
        small_network().backward(np.ones((2, 2)))


# ---- Weights by name, and in files --------------------------------------------------------------

INPUTS, THEIR_LABELS = two_groups(40)


def full_network(seed: int = 0, dtype: str = "float32", adapted: bool = False, units: int = 4) -> nn.Sequential:
    """With every kind of memory: trained weights, moving and learned statistics, a random stream."""
    model = nn.Sequential(
        [nn.Normalization(), nn.Dense(units), nn.BatchNormalization(momentum=0.5), nn.ReLU(), nn.Dropout(0.3),
         nn.Dense(2)],
        seed=seed,
    )
    model.build(INPUTS.shape, dtype)
    if adapted:
        model.layers[0].adapt(INPUTS.astype(dtype))
    return model


def trained_network(**settings) -> nn.Sequential:
    model = full_network(adapted=True, **settings)
    x = INPUTS.astype(settings.get("dtype", "float32"))
    nn.fit(model, x, THEIR_LABELS, optimizer=nn.Adam(0.1), batch_size=10, epochs=2)
    return model


def copied(model: nn.Sequential) -> dict[str, np.ndarray]:
    return {name: weight.copy() for name, weight in model.weights.items()}


def assert_same_weights(model: nn.Sequential, expected: dict[str, np.ndarray]) -> None:
    assert list(model.weights) == list(expected)
    for name, weight in model.weights.items():
        np.testing.assert_array_equal(weight, expected[name], err_msg=name)


def test_a_networks_weights_have_names_and_are_the_arrays_themselves():
    model = full_network()
    assert {name: weight.shape for name, weight in model.weights.items()} == {
        "0.Normalization.mean": (2,), "0.Normalization.variance": (2,),
        "1.Dense.kernel": (2, 4), "1.Dense.bias": (4,),
        "2.BatchNormalization.gamma": (4,), "2.BatchNormalization.beta": (4,),
        "2.BatchNormalization.moving_mean": (4,), "2.BatchNormalization.moving_variance": (4,),
        "5.Dense.kernel": (4, 2), "5.Dense.bias": (2,),
    }
    assert model.weights["1.Dense.kernel"] is model.layers[1].kernel
    assert model.weights["2.BatchNormalization.moving_mean"] is model.layers[2].moving_mean
    assert len(model.trainable_names) == len(model.trainable_weights) == 6
    for name, weight in zip(model.trainable_names, model.trainable_weights, strict=True):
        assert model.weights[name] is weight


def test_set_weights_makes_a_networks_twin_of_its_own():
    model, twin = trained_network(), full_network(seed=1)
    kernel = twin.layers[1].kernel
    twin.set_weights(model.weights)
    assert_same_weights(twin, copied(model))
    np.testing.assert_array_equal(twin.predict(INPUTS), model.predict(INPUTS))
    assert twin.layers[1].kernel is kernel
    model.layers[1].kernel += 1
    assert (kernel != model.layers[1].kernel).all()


def without(name: str) -> Callable[[dict], dict]:
    return lambda weights: {key: value for key, value in weights.items() if key != name}


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda weights: {}, r"the model has the weights \['0.Normalization.mean', .*, got \[\]"),
        (without("5.Dense.bias"), "the model has the weights"),
        (lambda weights: weights | {"6.Dense.bias": np.ones(2)}, r"got .*'6.Dense.bias'\]"),
        (lambda weights: weights | {"5.Dense.bias": np.ones(3)}, r"model: 5.Dense.bias has .* got shape \(3,\)"),
        (lambda weights: weights | {"5.Dense.bias": 1.0}, r"5.Dense.bias has shape \(2,\), got shape \(\)"),
        (lambda weights: weights | {"5.Dense.bias": ["a", "b"]}, "expects numbers"),
    ],
)
def test_a_networks_set_weights_changes_all_or_nothing(spoil, message):
    model = full_network()
    before = copied(model)
    # All others would be changed, and the layer that learns from data would count as adapted.
    with pytest.raises(ValueError, match=message):
        model.set_weights(spoil({name: weight + 1 for name, weight in before.items()}))
    assert_same_weights(model, before)
    with pytest.raises(RuntimeError, match="has seen no data"):
        model(INPUTS)


@pytest.mark.parametrize("as_path", [str, Path])
def test_a_file_carries_every_weight(tmp_path, as_path):
    model, twin = trained_network(), full_network(seed=1)
    path = as_path(tmp_path / "weights.npz")
    model.save_weights(path)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]
    assert (twin.weights["5.Dense.kernel"] != model.weights["5.Dense.kernel"]).all()
    twin.load_weights(path)
    assert_same_weights(twin, copied(model))
    np.testing.assert_array_equal(twin.predict(INPUTS), model.predict(INPUTS))
    with np.load(path, allow_pickle=False) as file:
        assert {name: file[name].dtype for name in file.files} == {name: np.float32 for name in model.weights}


@pytest.mark.parametrize("saved, loaded", [("float32", "float64"), ("float64", "float32"), ("float64", "float64")])
def test_a_file_goes_into_a_network_of_another_dtype(tmp_path, saved, loaded):
    model, twin = trained_network(dtype=saved), full_network(seed=1, dtype=loaded)
    model.save_weights(tmp_path / "weights.npz")
    twin.load_weights(tmp_path / "weights.npz")
    assert {weight.dtype for weight in twin.weights.values()} == {np.dtype(loaded)}
    assert_same_weights(twin, {name: weight.astype(loaded) for name, weight in model.weights.items()})
    assert twin(INPUTS.astype(loaded)).dtype == loaded


def test_training_goes_on_from_a_file_as_if_never_interrupted(tmp_path):
    """Given the optimizer's memory and the masks' stream, which a file of weights does not hold."""
    model, twin = trained_network(), full_network(seed=1)
    model.save_weights(tmp_path / "weights.npz")
    twin.load_weights(tmp_path / "weights.npz")
    twin.layers[4].generator.bit_generator.state = model.layers[4].generator.bit_generator.state
    data = INPUTS, THEIR_LABELS
    histories = [
        nn.fit(network, *data, optimizer=nn.SGD(0.1), batch_size=7, epochs=3, validation_data=data)
        for network in (model, twin)
    ]
    assert histories[0] == histories[1]
    assert_same_weights(twin, copied(model))


def test_a_network_without_weights_makes_an_empty_file(tmp_path):
    model = nn.Sequential([nn.ReLU(), nn.Dropout(0.5)])
    model(INPUTS)
    assert model.weights == {}
    model.save_weights(tmp_path / "nothing.npz")
    model.load_weights(tmp_path / "nothing.npz")
    with pytest.raises(ValueError, match=r"has the weights \['0.Normalization.mean', .* got \[\]"):
        full_network().load_weights(tmp_path / "nothing.npz")


@pytest.mark.parametrize(
    "other, message",
    [
        (nn.Sequential([nn.Dense(4), nn.Dense(2)]), "the model has the weights .*, got .*'0.Dense.bias'"),
        (full_network(units=5), r"1.Dense.kernel has shape \(2, 4\), got shape \(2, 5\)"),
    ],
    ids=["other layers", "other shapes"],
)
def test_another_networks_file_is_refused(tmp_path, other, message):
    model = trained_network()
    before = copied(model)
    other.build(INPUTS.shape)
    other.save_weights(tmp_path / "other.npz")
    with pytest.raises(ValueError, match=message):
        model.load_weights(tmp_path / "other.npz")
    assert_same_weights(model, before)


class OpensADoor:
    """A pickle of it, once loaded, makes the file at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def write_objects(path: Path, value: object) -> None:
    array = np.empty(1, object)
    array[0] = value
    with path.open("wb") as file:
        np.savez(file, **{name: array for name in full_network().weights})


SPOILED = {
    "empty": lambda path, door: path.write_bytes(b""),
    "text": lambda path, door: path.write_text("kernel: 1, 2, 3"),
    "pickle": lambda path, door: path.write_bytes(pickle.dumps(OpensADoor(door))),
    "pickles in an archive": lambda path, door: write_objects(path, OpensADoor(door)),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_file_of_something_else_is_refused_and_never_run(tmp_path, spoil):
    model = trained_network()
    before = copied(model)
    path, door = tmp_path / "weights.npz", tmp_path / "door"
    spoil(path, door)
    with pytest.raises(ValueError, match=r"weights.npz' is not a file that save_weights wrote, or it is damaged"):
        model.load_weights(path)
    assert not door.exists()
    assert_same_weights(model, before)


@pytest.mark.parametrize("name", ["weights", "weights.npy", "weights.npz.bak", "weights.keras"])
def test_a_path_must_end_in_npz(tmp_path, name):
    """NumPy would add the ending in silence, and the file would not be where it is looked for."""
    with pytest.raises(ValueError, match=f"expected a path that ends in .npz, got .*{name}"):
        trained_network().save_weights(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_files_need_weights_and_a_file(tmp_path):
    unbuilt = nn.Sequential([nn.Dense(2)])
    path = tmp_path / "weights.npz"
    for call in (lambda: unbuilt.weights, lambda: unbuilt.save_weights(path), lambda: unbuilt.load_weights(path),
                 lambda: unbuilt.set_weights({})):
        with pytest.raises(RuntimeError, match=r"no weights yet: call it on a batch, or build\(\) it, first"):
            call()
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        full_network().load_weights(path)


# ---- The training loop --------------------------------------------------------------------------


@modest
@given(st.integers(1, 50), st.integers(1, 60), st.integers(0, 5))
def test_batches_bring_each_example_once(count, batch_size, seed):
    parts = list(nn.batches(count, batch_size, np.random.default_rng(seed)))
    assert sorted(np.concatenate(parts)) == list(range(count))
    assert {len(part) for part in parts[:-1]} <= {batch_size}
    assert 1 <= len(parts[-1]) <= batch_size


def test_batches_are_shuffled_anew_by_the_generator():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(nn.batches(100, 10, rng))) for _ in range(2))
    assert (first != np.arange(100)).any()
    assert (first != second).any()
    np.testing.assert_array_equal(first, np.concatenate(list(nn.batches(100, 10, np.random.default_rng(0)))))


def test_a_train_step_reports_the_loss_before_it_and_lowers_it():
    x, labels = two_groups()
    model = small_network()
    model.build(x.shape, x.dtype)
    before = [w.copy() for w in model.trainable_weights]
    loss, outputs = nn.train_step(model, x, labels, nn.SGD(0.1))
    assert loss == nn.softmax_cross_entropy(outputs, labels)[0]
    # The last layer's input was not changed by the step before it was read.
    for weight, old, gradient in zip(model.trainable_weights, before, model.gradients, strict=True):
        np.testing.assert_allclose(weight, old - 0.1 * gradient, rtol=1e-6, atol=1e-7)
    assert nn.softmax_cross_entropy(model(x, training=True), labels)[0] < loss


def test_fit_learns_and_keeps_a_history_with_keras_names():
    x, labels = two_groups()
    model = small_network()
    history = nn.fit(
        model, x, labels, optimizer=nn.SGD(0.3), batch_size=15, epochs=12, validation_data=(x, labels)
    )
    assert {name: len(values) for name, values in history.items()} == {
        "loss": 12, "accuracy": 12, "val_loss": 12, "val_accuracy": 12
    }
    assert history["loss"][-1] < 0.3 * history["loss"][0]
    assert history["val_accuracy"][-1] == 1.0
    last = {name: history[f"val_{name}"][-1] for name in ("loss", "accuracy")}
    assert last == model.evaluate(x, labels)


def test_fit_averages_over_examples_not_over_batches():
    """With the weights standing still, an epoch in uneven batches reports what one batch of all does."""
    x, labels = two_groups(10, "float64")
    x[0] += 100  # its loss is unlike the others', and it lies in a batch of 4 or in the last one of 2
    for seed in range(4):
        model = nn.Sequential([nn.Dense(2)])
        expected = model.evaluate(x, labels)
        history = nn.fit(model, x, labels, optimizer=nn.SGD(1e-300), batch_size=4, seed=seed)
        assert history == {name: [pytest.approx(value)] for name, value in expected.items()}


def test_fit_gives_the_same_numbers_for_the_same_seed():
    x, labels = two_groups()

    def losses(seed):
        return nn.fit(small_network(), x, labels, optimizer=nn.SGD(0.1), batch_size=8, epochs=2, seed=seed)

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)


def test_fit_takes_another_loss():
    x = np.linspace(-1, 1, 20).reshape(-1, 1)
    model = nn.Sequential([nn.Dense(1)])

    def squared_error(outputs, labels):
        difference = outputs[:, 0] - labels
        return float(np.mean(difference**2)), (2 * difference / len(labels))[:, None]

    labels = np.arange(20) // 10
    history = nn.fit(model, x, labels, optimizer=nn.SGD(0.2), loss=squared_error, epochs=50, batch_size=20)
    # The least-squares line's own error.
    line = np.polyval(np.polyfit(x[:, 0], labels, 1), x[:, 0])
    assert history["loss"][-1] == pytest.approx(np.mean((line - labels) ** 2), rel=1e-3)


X, LABELS = two_groups(6)


@pytest.mark.parametrize(
    "x, y, options, error, message",
    [
        (X, LABELS[:5], {}, ValueError, "got 6 inputs and 5 labels"),
        (X, LABELS, {"epochs": 0}, ValueError, "at least one epoch .*, got 0"),
        (X, LABELS, {"batch_size": 0}, ValueError, "batch size >= 1, got 1 and 0"),
        (X[:0], LABELS[:0], {}, ValueError, "at least one input in x, y .* got 0 inputs"),
        (X, LABELS + 0.5, {}, TypeError, "integer labels, got float64"),
        (X, LABELS + 1, {}, ValueError, "labels from 0 to 1, got 1 to 2"),
        (X.astype(int), LABELS, {}, TypeError, "Dense expects .* got an array of int64"),
        (X.tolist(), LABELS, {}, TypeError, "x, y as NumPy arrays, got a list"),
        (X, LABELS.tolist(), {}, TypeError, "x, y as NumPy arrays, got a list"),
        (keras.ops.convert_to_tensor(X), LABELS, {}, TypeError, "x, y as NumPy arrays, got a tensorflow"),
    ],
)
def test_fit_refuses(x, y, options, error, message):
    with pytest.raises(error, match=message):
        nn.fit(small_network(), x, y, optimizer=nn.SGD(0.1), **options)


@pytest.mark.parametrize(
    "options", [{"epochs": 0}, {"batch_size": 0}, {"y": LABELS[:5]}, {"y": LABELS.tolist()}], ids=str
)
def test_a_refused_fit_leaves_the_weights_and_moving_statistics_alone(options):
    model = small_network()
    nn.train_step(model, X, LABELS, nn.SGD(0.1))
    before = copied(model)
    with pytest.raises((TypeError, ValueError)):
        nn.fit(model, **{"x": X, "y": LABELS, "optimizer": nn.SGD(0.1), **options})
    assert_same_weights(model, before)


# ---- Callbacks ----------------------------------------------------------------------------------


class Recorder(nn.Callback):
    """Writes down what it is told; ends the run after the epoch ``last``."""

    def __init__(self, name: str = "", events: list | None = None, last: int | None = None) -> None:
        self.name, self.last = name, last
        self.events = [] if events is None else events

    def set_model(self, model):
        super().set_model(model)
        self.events.append(f"{self.name} model")

    def on_train_begin(self):
        assert self.model.stop_training is False
        self.events.append(f"{self.name} begin")

    def on_epoch_end(self, epoch, logs):
        self.events.append(f"{self.name} epoch {epoch}")
        self.logs = [*getattr(self, "logs", []), dict(logs)]
        self.model.stop_training |= epoch == self.last

    def on_train_end(self):
        self.events.append(f"{self.name} end")


def test_callbacks_are_told_in_their_order():
    events = []
    pair = [Recorder("a", events), Recorder("b", events)]
    nn.fit(small_network(), X, LABELS, optimizer=nn.SGD(0.1), epochs=2, callbacks=pair)
    assert events == [
        "a model", "a begin", "b model", "b begin",
        "a epoch 0", "b epoch 0", "a epoch 1", "b epoch 1", "a end", "b end",
    ]


@pytest.mark.parametrize("validation", [None, (X, LABELS)], ids=["training only", "validation"])
def test_callbacks_see_what_the_history_keeps(validation):
    recorder = Recorder()
    history = nn.fit(
        small_network(), X, LABELS, optimizer=nn.SGD(0.1), epochs=3, validation_data=validation, callbacks=[recorder]
    )
    assert {name: [logs[name] for logs in recorder.logs] for name in history} == history
    assert {frozenset(logs) for logs in recorder.logs} == {frozenset(history)}


def test_a_callback_ends_the_run_after_its_epoch_and_this_run_only():
    model, events = small_network(), []
    pair = [Recorder("a", events, last=1), Recorder("b", events)]
    history = nn.fit(model, X, LABELS, optimizer=nn.SGD(0.1), epochs=5, callbacks=pair)
    assert {len(values) for values in history.values()} == {2}
    assert events[-4:] == ["a epoch 1", "b epoch 1", "a end", "b end"]
    assert len(nn.fit(model, X, LABELS, optimizer=nn.SGD(0.1), epochs=5)["loss"]) == 5


def test_callbacks_do_not_change_the_run():
    def run(*callbacks):
        return nn.fit(small_network(), X, LABELS, optimizer=nn.SGD(0.1), epochs=3, batch_size=2, callbacks=callbacks)

    assert run() == run(nn.Callback(), Recorder(), nn.EarlyStopping("loss", patience=9))


def stopped_by(values: list[float], monitor: str = "val_loss", **settings) -> nn.EarlyStopping:
    """Early stopping shown these values, one an epoch, until it stops."""
    callback = nn.EarlyStopping(monitor, **settings)
    callback.set_model(nn.Sequential([nn.Dense(1)]))
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {monitor: value})
        if callback.model.stop_training:
            break
    callback.on_train_end()
    return callback


NAN = float("nan")


@pytest.mark.parametrize(
    "values, settings, best_epoch, stopped_epoch",
    [
        ([3, 2, 1, 0], {}, 3, 0),
        ([3, 2, 2, 1], {}, 1, 2),
        ([3, 2, 2, 1], {"patience": 1}, 1, 2),
        ([3, 2, 4, 1, 5, 6, 0], {"patience": 2}, 3, 5),
        ([3, 2, 4, 4, 1, 5, 6, 7, 0], {"patience": 3}, 4, 7),
        ([3, 2.5, 2, 1.5], {"min_delta": 0.5}, 0, 1),
        ([3, 2.5, 2, 1.4], {"min_delta": 0.5, "patience": 9}, 3, 0),
        ([3, 2, 1], {"mode": "max"}, 0, 1),
        ([1, 2, 3, 2], {"mode": "max"}, 2, 3),
        ([1, 2, 3, 2], {"monitor": "val_accuracy"}, 2, 3),
        ([1, 2, 3, 2], {"monitor": "accuracy"}, 2, 3),
        ([3, 1, 2, 2], {"monitor": "loss"}, 1, 2),
        ([9, 3, 2, 3], {"start_from_epoch": 1}, 2, 3),
        ([1, 9, 8, 7, 6], {"start_from_epoch": 1}, 4, 0),
        ([5, 4, 3, 2], {"baseline": 1, "patience": 2}, 3, 0),
        ([5, 4, 4, 3], {"baseline": 1, "patience": 2}, 1, 2),
        ([5, 0.5, 4, 4], {"baseline": 1, "patience": 2}, 1, 3),
        ([3, NAN, 2, NAN, NAN], {"patience": 2}, 2, 4),
        ([NAN, 2, 1], {"patience": 2}, 0, 2),
    ],
)
def test_early_stopping_counts_epochs_in_vain(values, settings, best_epoch, stopped_epoch):
    callback = stopped_by(values, **settings)
    assert (callback.best_epoch, callback.stopped_epoch) == (best_epoch, stopped_epoch)
    np.testing.assert_equal(callback.best, values[best_epoch])


def test_early_stopping_puts_the_best_epochs_weights_back():
    x, labels = two_groups(30)
    validation = (x[::3], np.roll(labels[::3], 1))  # wrong labels: what is learned makes it worse

    def run(**settings):
        model = trained_network()
        callback = nn.EarlyStopping(patience=2, **settings)
        history = nn.fit(
            model, x, labels, optimizer=nn.SGD(0.1), epochs=20, validation_data=validation, callbacks=[callback]
        )
        return model, callback, history["val_loss"]

    model, callback, losses = run(restore_best_weights=True)
    assert len(losses) == callback.best_epoch + 3 < 20
    assert callback.stopped_epoch == len(losses) - 1
    assert callback.best == min(losses) == losses[callback.best_epoch]
    assert model.evaluate(*validation)["loss"] == callback.best < losses[-1]

    model, callback, losses = run()
    assert callback.best_weights is None
    assert model.evaluate(*validation)["loss"] == losses[-1] > callback.best


def test_the_best_weights_come_back_when_training_ran_to_its_end():
    model, callback = trained_network(), nn.EarlyStopping("loss", mode="max", patience=9, restore_best_weights=True)
    before_last = []
    recorder = Recorder()
    recorder.on_epoch_end = lambda epoch, logs: before_last.append(copied(model))
    nn.fit(model, INPUTS, THEIR_LABELS, optimizer=nn.SGD(0.5), epochs=4, callbacks=[callback, recorder])
    assert callback.stopped_epoch == 0 and callback.best_epoch < 3
    assert_same_weights(model, before_last[callback.best_epoch])
    assert (before_last[3]["1.Dense.kernel"] != model.layers[1].kernel).any()


def test_one_early_stopping_serves_several_runs():
    model, callback = small_network(), nn.EarlyStopping("loss", mode="max", patience=2, restore_best_weights=True)
    runs = []
    for _ in range(2):
        history = nn.fit(model, *two_groups(), optimizer=nn.SGD(0.3), epochs=9, callbacks=[callback])
        runs.append((len(history["loss"]), callback.best_epoch, callback.best == history["loss"][0]))
    assert runs == [(3, 0, True)] * 2


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"mode": "down"}, "mode to be auto, min or max, got 'down'"),
        ({"mode": None}, "mode to be auto, min or max, got None"),
        ({"patience": -1}, "patience as an integer >= 0, got -1"),
        ({"patience": 1.5}, "patience as an integer >= 0, got 1.5"),
        ({"start_from_epoch": -1}, "start_from_epoch as an integer >= 0, got -1"),
        ({"start_from_epoch": 0.0}, "start_from_epoch as an integer >= 0, got 0.0"),
        ({"min_delta": -1}, "min_delta >= 0, got -1"),
        ({"min_delta": NAN}, "min_delta >= 0, got nan"),
        ({"monitor": "val_f1"}, "does not know whether 'val_f1' should rise or fall: give mode='max' or 'min'"),
    ],
)
def test_early_stopping_refuses_a_setting(settings, message):
    with pytest.raises(ValueError, match=message):
        nn.EarlyStopping(**settings)


def test_early_stopping_follows_any_name_in_a_given_direction():
    assert stopped_by([1, 2, 3, 2], "val_f1", mode="max").best_epoch == 2


@pytest.mark.parametrize(
    "monitor, message",
    [
        ("val_loss", r"monitors 'val_loss', but measured are only accuracy, loss: give fit\(\) validation_data"),
        ("f1", "monitors 'f1', but measured are only accuracy, loss$"),
    ],
)
def test_early_stopping_says_what_was_not_measured(monitor, message):
    callback = nn.EarlyStopping(monitor, mode="min", start_from_epoch=3)
    with pytest.raises(ValueError, match=message):
        nn.fit(small_network(), X, LABELS, optimizer=nn.SGD(0.1), callbacks=[callback])
    assert (callback.wait, callback.best, callback.best_weights) == (0, None, None)


def test_early_stopping_needs_a_model():
    with pytest.raises(RuntimeError, match=r"no model to stop: pass it to fit\(\), or call set_model\(\) first"):
        nn.EarlyStopping().on_epoch_end(0, {"val_loss": 1.0})


# ---- The gradient check -------------------------------------------------------------------------


def test_numeric_gradient_of_a_known_function_leaves_the_array_as_it_was():
    a = np.array([[1.0, 2.0], [-3.0, 0.5]])
    before = a.copy()
    np.testing.assert_allclose(nn.numeric_gradient(lambda: float((a**3).sum()), a), 3 * before**2, rtol=1e-8)
    np.testing.assert_array_equal(a, before)


def test_numeric_gradient_refuses_float32():
    with pytest.raises(TypeError, match="needs float64, got float32"):
        nn.numeric_gradient(lambda: 0.0, np.ones(3, np.float32))


def test_relative_error():
    assert nn.relative_error(np.array([1.0, 4.0]), np.array([1.0, 3.0])) == 0.25
    assert nn.relative_error(np.zeros(2), np.zeros(2)) == 0.0
    assert np.isnan(nn.relative_error(np.array([np.nan]), np.ones(1)))
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(3,\)"):
        nn.relative_error(np.ones(2), np.ones(3))


class ForgetsTheVariance(nn.BatchNormalization):
    def backward(self, gradient, *, to_input=True):
        dx = super().backward(gradient)
        _, inverse_std, _ = self._recall(gradient)
        self.gradients["beta"] /= len(gradient)
        return dx + 0.01 * inverse_std


def test_gradient_check_finds_a_wrong_gradient_and_names_it():
    x = np.random.default_rng(0).normal(size=(5, 3))
    errors = nn.gradient_check(ForgetsTheVariance(), x)
    assert errors["gamma"] < 1e-7
    assert errors["x"] > 1e-3
    assert errors["beta"] == pytest.approx(0.8)


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
def test_gradient_check_leaves_the_layer_and_x_as_they_were(training):
    x = np.random.default_rng(0).normal(size=(5, 3))
    layer = nn.BatchNormalization()
    layer(x + 1, training=True)
    before, x_before = {name: weight.copy() for name, weight in layer.weights.items()}, x.copy()
    nn.gradient_check(layer, x, training=training)
    np.testing.assert_array_equal(x, x_before)
    for name, weight in layer.weights.items():
        np.testing.assert_array_equal(weight, before[name])


def test_gradient_check_is_not_misled_by_inputs_from_the_same_seed():
    """With x as the outputs' weighting, batch normalization's gradient would be near 0, and all noise."""
    x = np.random.default_rng(0).normal(loc=1, scale=2, size=(8, 5))
    assert max(nn.gradient_check(nn.BatchNormalization(), x, seed=0).values()) < 1e-7


# ---- What else a model keeps, and refuses ---------------------------------------------------------


@DTYPES
def test_mean_squared_error_agrees_with_keras_and_with_differences(dtype):
    rng = np.random.default_rng(0)
    outputs, targets = rng.normal(size=(2, 5, 3)).astype(dtype)
    loss, gradient = nn.mean_squared_error(outputs, targets)
    assert loss == pytest.approx(float(np.mean(keras.losses.mean_squared_error(targets, outputs))), rel=1e-6)
    assert gradient.dtype == dtype
    wide = outputs.astype(np.float64)
    numeric = nn.numeric_gradient(lambda: nn.mean_squared_error(wide, targets)[0], wide)
    assert nn.relative_error(gradient, numeric) < {"float32": 1e-6, "float64": 1e-7}[dtype]


def test_mean_squared_error_refuses_what_numpy_would_broadcast():
    with pytest.raises(ValueError, match=r"of one shape, got \(4, 1\) and \(4,\)"):
        nn.mean_squared_error(np.ones((4, 1)), np.ones(4))


def test_fit_without_labels_measures_the_loss_only():
    x = np.random.default_rng(0).normal(size=(20, 3))
    model = nn.Sequential([nn.Dense(3)])
    history = nn.fit(
        model, x, x, optimizer=nn.SGD(0.3), loss=nn.mean_squared_error, epochs=5, validation_data=(x, x),
        callbacks=[nn.EarlyStopping()],
    )
    assert set(history) == {"loss", "val_loss"}
    assert history["val_loss"][-1] < history["val_loss"][0]


def test_a_network_keeps_what_its_layers_have_learned_before():
    x, labels = two_groups()
    standardize = nn.Normalization().adapt(x)
    mean = standardize.mean.copy()
    first = nn.Sequential([standardize, nn.Dense(4), nn.ReLU(), nn.Dense(2)])
    nn.fit(first, x, labels, optimizer=nn.SGD(0.1), epochs=2)
    kernel = first.layers[1].kernel.copy()
    second = nn.Sequential([*first.layers[:3], nn.Dense(3)])
    second(x)
    first.build(x.shape)
    np.testing.assert_array_equal(standardize.mean, mean)
    np.testing.assert_array_equal(second.layers[1].kernel, kernel)


def test_one_layer_at_two_places_is_refused():
    layer = nn.Dense(3)
    with pytest.raises(ValueError, match="one layer twice"):
        nn.Sequential([layer, nn.ReLU(), layer])


def test_a_callback_refuses_before_anything_is_trained():
    x, labels = two_groups()
    model = small_network()
    model(x)
    before = {name: weight.copy() for name, weight in model.weights.items()}
    with pytest.raises(ValueError, match="monitors 'val_loss', but measured are only accuracy, loss"):
        nn.fit(model, x, labels, optimizer=nn.SGD(0.1), callbacks=[nn.EarlyStopping()])
    for name, weight in model.weights.items():
        np.testing.assert_array_equal(weight, before[name])


@pytest.mark.parametrize("optimizer", ["adam", nn.Adam, None], ids=str)
def test_fit_wants_an_optimizer_object(optimizer):
    with pytest.raises(TypeError, match="expected an optimizer object"):
        nn.fit(small_network(), *two_groups(), optimizer=optimizer)


def test_another_networks_arrays_of_the_same_shapes_are_refused():
    x, labels = two_groups()
    optimizer = nn.Adam()
    nn.train_step(small_network(), x, labels, optimizer)
    with pytest.raises(ValueError, match="begun with other weights"):
        nn.train_step(small_network(), x, labels, optimizer)


def test_the_inputs_of_a_kind_of_layer():
    x = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    model = nn.Sequential([nn.Dense(3), nn.Sigmoid(), nn.Dense(2), nn.Sigmoid()], seed=5)
    first, second = model.inputs_of(nn.Sigmoid, x)
    np.testing.assert_array_equal(first, model.layers[0](x))
    np.testing.assert_array_equal(second, model.layers[2](model.layers[1](first)))
    built_otherwise = nn.Sequential([nn.Dense(3), nn.Sigmoid(), nn.Dense(2), nn.Sigmoid()], seed=5)
    np.testing.assert_array_equal(model(x), built_otherwise(x))
    assert model.inputs_of(nn.ReLU, x) == []


def test_a_layer_of_a_model_without_weights_is_not_called_alone():
    """It would be built from a seed of its own: every seed of the model would give the same network."""
    x = np.ones((2, 3), np.float32)
    model = nn.Sequential([nn.Dense(3), nn.Dropout(0.5)], seed=5)
    for layer in model.layers:
        with pytest.raises(RuntimeError, match="stands in a model that has no weights yet"):
            layer(x)
    model.build(x.shape)
    assert model.layers[0](x).shape == (2, 3)
