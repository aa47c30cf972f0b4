"""Losses, the optimizer, Sequential, the training loop and the gradient check of `helpers.nn`."""

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
        (X, LABELS, {"epochs": 0}, ValueError, "at least one epoch, got 0"),
        (X, LABELS, {"batch_size": 0}, ValueError, "batch size >= 1, got 6 and 0"),
        (X[:0], LABELS[:0], {}, ValueError, "at least one example .* got 0 and 32"),
        (X, LABELS + 0.5, {}, TypeError, "integer labels, got float64"),
        (X, LABELS + 1, {}, ValueError, "labels from 0 to 1, got 1 to 2"),
        (X.astype(int), LABELS, {}, TypeError, "Dense expects .* got an array of int64"),
        (X.tolist(), LABELS, {}, TypeError, "x as a NumPy array, got a list"),
        (X, LABELS.tolist(), {}, TypeError, "y as a NumPy array, got a list"),
        (keras.ops.convert_to_tensor(X), LABELS, {}, TypeError, "x as a NumPy array, got a tensorflow"),
    ],
)
def test_fit_refuses(x, y, options, error, message):
    with pytest.raises(error, match=message):
        nn.fit(small_network(), x, y, optimizer=nn.SGD(0.1), **options)


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
