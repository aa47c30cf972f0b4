"""The layers of `helpers.nn`: what holds for every input, and what bad input is told."""

from itertools import combinations

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers import nn

modest = settings(deadline=None, max_examples=40, derandomize=True)

MATRIX = np.ones((4, 3), np.float32)
SHAPES = [(8, 5), (1, 5), (4, 3, 3, 2), (2, 3, 4)]
LAYERS = {
    "Dense": lambda: nn.Dense(3, seed=1),
    "Dense without bias": lambda: nn.Dense(3, use_bias=False, seed=1),
    "Sigmoid": nn.Sigmoid,
    "ReLU": nn.ReLU,
    "Flatten": nn.Flatten,
    "BatchNormalization": nn.BatchNormalization,
    "BatchNormalization(axis=1)": lambda: nn.BatchNormalization(axis=1),
    "BatchNormalization(center=False)": lambda: nn.BatchNormalization(center=False),
    "BatchNormalization(scale=False)": lambda: nn.BatchNormalization(scale=False),
    "BatchNormalization without both": lambda: nn.BatchNormalization(center=False, scale=False),
}


def takes(name: str, shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or not name.startswith("Dense")


EVERY_LAYER = [
    pytest.param(make, shape, id=f"{name} {shape}")
    for name, make in LAYERS.items() for shape in SHAPES if takes(name, shape)
]
MODES = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


def normal(shape: tuple[int, ...], dtype: str = "float64", seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(loc=1, scale=2, size=shape).astype(dtype)


def built(layer: nn.Layer, x: np.ndarray, seed: int = 1) -> nn.Layer:
    """Give a layer built for x random weights, all of them positive (variances are)."""
    layer.build(x.shape, x.dtype)
    rng = np.random.default_rng(seed)
    layer.set_weights({name: rng.uniform(0.5, 2, size=w.shape) for name, w in layer.weights.items()})
    return layer


def every_axes(rank: int) -> list[tuple[int, ...]]:
    return [axes for count in range(rank + 1) for axes in combinations(range(rank), count)]


# ---- normalize ----------------------------------------------------------------------------------


@DTYPES
@pytest.mark.parametrize("axes", every_axes(4), ids=str)
def test_normalize_over_every_set_of_axes(axes, dtype):
    x = normal((2, 3, 4, 5), dtype)
    wide = x.astype(np.float64)
    mean = wide.mean(axis=axes, keepdims=True)
    variance = wide.var(axis=axes, keepdims=True)
    expected = ((wide - mean) / np.sqrt(variance + 1e-3), mean, variance, 1 / np.sqrt(variance + 1e-3))
    for ours, theirs in zip(nn.normalize(x, axes, 1e-3), expected, strict=True):
        assert ours.dtype == x.dtype
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=0, atol={"float32": 4e-6, "float64": 1e-13}[dtype])


@pytest.mark.parametrize("axes", every_axes(4), ids=str)
def test_gradient_of_normalize_over_every_set_of_axes(axes):
    x, weighting = normal((2, 3, 2, 3)), normal((2, 3, 2, 3), seed=1)
    numeric = nn.numeric_gradient(lambda: np.sum(weighting * nn.normalize(x, axes, 0.1).x_hat), x)
    x_hat, _, _, inverse_std = nn.normalize(x, axes, 0.1)
    dx = nn.normalize_gradient(weighting, x_hat, inverse_std, axes)
    # Where each element is its own set, both are 0 but for rounding.
    assert np.abs(dx - numeric).max() < 1e-7 * np.abs(weighting).max()


@pytest.mark.parametrize("shape", [(60, 100), (64, 14, 14, 8)], ids=str)
@pytest.mark.parametrize("axis", [-1, 1])
def test_a_large_mean_leaves_the_digits(shape, axis):
    """At 10,000 the float32 numbers lie 0.001 apart; E[x²] - E[x]² would be wrong by more than 1."""
    x = (np.random.default_rng(0).normal(size=shape) + 1e4).astype(np.float32)
    axes = tuple(i for i in range(len(shape)) if i != axis % len(shape))
    wide = x.astype(np.float64)
    expected = (wide - wide.mean(axes, keepdims=True)) / np.sqrt(wide.var(axes, keepdims=True) + 1e-3)
    got = nn.normalize(x, axes, 1e-3)
    np.testing.assert_allclose(got.variance, wide.var(axes, keepdims=True), rtol=2e-2)
    np.testing.assert_allclose(got.x_hat, expected, rtol=0, atol=0.1)


# ---- Batch normalization ------------------------------------------------------------------------


def batches(min_side: int = 1) -> st.SearchStrategy[np.ndarray]:
    """Float64 batches of rank 2 to 4; constant channels, zeros and repeated values among them."""
    return hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=4, min_side=min_side, max_side=4),
        elements=st.floats(-100, 100, allow_subnormal=False),
    )


@modest
@given(batches(), st.sampled_from([1e-5, 1e-3, 1.0]), st.sampled_from([-1, 1]))
def test_training_output_has_mean_beta_and_a_known_variance(x, epsilon, axis):
    layer = built(nn.BatchNormalization(axis=axis, epsilon=epsilon), x)
    y = np.moveaxis(layer(x, training=True), axis, -1).reshape(-1, len(layer.gamma))
    variance = np.moveaxis(x, axis, -1).reshape(-1, len(layer.gamma)).var(axis=0)
    np.testing.assert_allclose(y.mean(axis=0), layer.beta, atol=1e-9)
    np.testing.assert_allclose(y.var(axis=0), layer.gamma**2 * variance / (variance + epsilon), atol=1e-9)


@modest
@given(batches(), st.floats(-1000, 1000))
def test_shifting_the_input_changes_nothing(x, shift):
    layer = built(nn.BatchNormalization(), x)
    np.testing.assert_allclose(layer(x + shift, training=True), layer(x, training=True), atol=1e-8)


@modest
@given(st.integers(0, 1000), st.floats(0.01, 100), st.sampled_from([(6, 3), (2, 4, 4, 3)]))
def test_scaling_the_input_changes_nothing_without_epsilon(seed, factor, shape):
    x = normal(shape, seed=seed)
    layer = built(nn.BatchNormalization(epsilon=0), x)
    np.testing.assert_allclose(layer(factor * x, training=True), layer(x, training=True), rtol=1e-9)


@modest
@given(batches(), st.integers(0, 1000))
def test_input_gradient_has_no_part_along_a_shift_or_x_hat(x, seed):
    """With epsilon 0 the output ignores shift and scale, so the gradient cannot point along them."""
    assume((x.reshape(-1, x.shape[-1]).std(axis=0) > 0.1).all())
    layer = built(nn.BatchNormalization(epsilon=0), x)
    y = layer(x, training=True)
    dx = layer.backward(np.random.default_rng(seed).normal(size=x.shape))
    x_hat = (y - layer.beta) / layer.gamma
    axes = tuple(range(x.ndim - 1))
    np.testing.assert_allclose(dx.sum(axis=axes), 0, atol=1e-9)
    np.testing.assert_allclose((dx * x_hat).sum(axis=axes), 0, atol=1e-9)


@pytest.mark.parametrize("shape", [(6, 4), (6, 3, 3, 4)], ids=str)
def test_an_example_depends_on_its_batch_in_training_only(shape):
    x = normal(shape)
    other = x.copy()
    other[1:] += normal(shape, seed=1)[1:]
    layer = built(nn.BatchNormalization(), x)
    assert np.abs(layer(x, training=True)[0] - layer(other, training=True)[0]).max() > 0.1
    np.testing.assert_array_equal(layer(x)[0], layer(other)[0])
    np.testing.assert_array_equal(layer(x)[:1], layer(x[:1]))


def test_inference_changes_no_weight_and_training_only_the_moving_statistics():
    x = normal((6, 3))
    layer = built(nn.BatchNormalization(), x)
    before = {name: weight.copy() for name, weight in layer.weights.items()}
    layer(x)
    for name, weight in layer.weights.items():
        np.testing.assert_array_equal(weight, before[name])
    layer(x, training=True)
    changed = {name for name, weight in layer.weights.items() if not np.array_equal(weight, before[name])}
    assert changed == {"moving_mean", "moving_variance"}


@DTYPES
@pytest.mark.parametrize("shape", [(1, 3), (5, 3), (2, 4, 4, 3)], ids=str)
def test_one_example_and_constant_channels_give_beta(shape, dtype):
    x = np.full(shape, [0.7, 7, 7e4], dtype)
    layer = built(nn.BatchNormalization(), x)
    # 0.7 is no float: the mean of many may be off in its last digit.
    tolerance = {"float32": 2e-2, "float64": 1e-9}[dtype] if len(x) > 1 else 0
    np.testing.assert_allclose(layer(x, training=True), np.broadcast_to(layer.beta, x.shape), rtol=tolerance)


def test_one_example_has_variance_0_and_no_input_gradient():
    x = normal((1, 3))
    layer = nn.BatchNormalization(momentum=0)
    layer(x, training=True)
    np.testing.assert_array_equal(layer.moving_variance, np.zeros(3))
    np.testing.assert_array_equal(layer.moving_mean, x[0])
    np.testing.assert_array_equal(layer.backward(np.ones((1, 3))), np.zeros((1, 3)))


@MODES
@pytest.mark.parametrize("axis", [-1, 1])
def test_nan_stays_in_its_channel(training, axis):
    x = normal((4, 3, 3, 3), "float32")
    x[1, 2, 0, 2] = np.nan
    layer = built(nn.BatchNormalization(axis=axis), x)
    y = layer(x, training=training)
    dx = layer.backward(np.ones_like(y))
    channel = [c for c in range(3) if np.isnan(np.moveaxis(y, axis, -1)[..., c]).any()]
    assert channel == [2]
    if training:
        assert np.isnan(np.moveaxis(y, axis, -1)[..., 2]).all()
        assert np.isnan(layer.moving_mean).tolist() == [False, False, True]
        assert np.isnan(np.moveaxis(dx, axis, -1)).all(axis=(0, 1, 2)).tolist() == [False, False, True]
    else:
        assert np.isnan(y).sum() == 1
        assert np.isfinite(dx).all()


# ---- The pictures' source -----------------------------------------------------------------------


@pytest.mark.parametrize("shape, axis", [((4, 3), -1), ((2, 3, 2), -1), ((2, 3, 2), 1), ((2, 2, 2, 3), -1)])
def test_shared_sets_are_the_elements_whose_means_move_together(shape, axis):
    """Move one element: the statistics that follow, and only those, belong to its set."""
    sets = nn.BatchNormalization(axis=axis).shared_sets(shape)
    assert (sets.shape, sets.dtype.kind) == (shape, "i")
    x = normal(shape)

    def means(x):
        layer = nn.BatchNormalization(axis=axis, momentum=0)
        layer(x, training=True)
        along = [1] * len(shape)
        along[axis] = -1
        return np.broadcast_to(layer.moving_mean.reshape(along), shape)

    for index in np.ndindex(shape):
        moved = x.copy()
        moved[index] += 1
        np.testing.assert_array_equal(means(moved) != means(x), sets == sets[index])


# ---- Every layer --------------------------------------------------------------------------------


@MODES
@pytest.mark.parametrize("make, shape", EVERY_LAYER)
def test_gradients_agree_with_differences(make, shape, training):
    x = normal(shape)
    x[np.abs(x) < 0.01] = 0.5  # away from the corner of ReLU
    layer = built(make(), x)
    if shape[0] == 1 and training and isinstance(layer, nn.BatchNormalization) and len(shape) == 2:
        layer(x, training=True)
        assert not layer.backward(normal(shape, seed=1)).any()
        return
    errors = nn.gradient_check(layer, x, training=training)
    assert set(errors) == {"x", *layer.trainable_names}
    assert max(errors.values()) < 1e-7, errors


@DTYPES
@MODES
@pytest.mark.parametrize("make, shape", EVERY_LAYER)
def test_the_dtype_is_kept_and_the_inputs_are_only_read(make, shape, training, dtype):
    x = normal(shape, dtype)
    layer = make()
    x.flags.writeable = False  # writing into it would raise
    y = layer(x, training=training)
    gradient = normal(y.shape, dtype, seed=1)
    gradient.flags.writeable = False
    dx = layer.backward(gradient)
    arrays = [y, dx, *layer.weights.values(), *layer.gradients.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    assert (y.shape, dx.shape) == (layer.output_shape(shape), shape)


@MODES
def test_settings_from_numpy_do_not_change_the_dtype(training):
    """A sweep over np.logspace hands over float64 scalars, which NumPy 2 does not treat as Python's."""
    layer = nn.BatchNormalization(momentum=np.float64(0.9), epsilon=np.float64(1e-3))
    assert layer(MATRIX, training=training).dtype == np.float32
    assert layer.backward(MATRIX).dtype == np.float32


@MODES
@pytest.mark.parametrize("make, shape", EVERY_LAYER)
def test_the_order_in_memory_does_not_matter(make, shape, training):
    x = normal(shape)
    layer = built(make(), x)
    state = {name: getattr(layer, name).copy() for name in layer.state_names}
    y = layer(x, training=training)
    gradient = normal(y.shape, seed=2)
    expected = [y, layer.backward(gradient), *(g.copy() for g in layer.gradients.values())]

    def transposed(a):
        return np.ascontiguousarray(a.T).T

    def strided(a):
        return np.repeat(a, 2, axis=-1)[..., ::2]

    def reversed_(a):
        return np.ascontiguousarray(a[::-1])[::-1]

    for rearranged in (transposed, strided, reversed_):
        for name, value in state.items():
            getattr(layer, name)[...] = value
        got = [layer(rearranged(x), training=training), layer.backward(rearranged(gradient))]
        for ours, right in zip([*got, *layer.gradients.values()], expected, strict=True):
            np.testing.assert_allclose(ours, right, rtol=1e-12, atol=1e-12)


def test_writing_into_the_normalized_output_leaves_backward_alone():
    x = normal((6, 3))
    for layer in (nn.BatchNormalization(), nn.BatchNormalization(center=False, scale=False)):
        layer(x, training=True)
        expected = layer.backward(x)
        layer(x, training=True)[...] = 0
        np.testing.assert_array_equal(layer.backward(x), expected)


def test_sigmoid_and_relu_pass_nan_on():
    x = np.array([[np.nan, 1.0]], np.float32)
    for layer in (nn.Sigmoid(), nn.ReLU()):
        assert np.isnan(layer(x)).tolist() == [[True, False]]


def test_a_layer_without_input_gradient_stores_its_weights_gradients():
    x = normal((4, 3))
    layer = nn.Dense(2)
    layer(x)
    gradient = normal((4, 2), seed=1)
    assert layer.backward(gradient, to_input=False) is None
    np.testing.assert_allclose(layer.gradients["kernel"], x.T @ gradient)


def test_initial_weights_have_the_promised_spread_and_depend_on_the_seed():
    shape = (300, 200)
    rng = np.random.default_rng(0)
    limit = np.sqrt(6 / 500)
    glorot = nn.glorot_uniform(rng, shape)
    assert 0.99 * limit < np.abs(glorot).max() <= limit
    assert nn.he_normal(rng, shape).std() == pytest.approx(np.sqrt(2 / 300), rel=0.02)
    assert nn.random_normal(0.3)(rng, shape).std() == pytest.approx(0.3, rel=0.02)

    def kernel(seed):
        layer = nn.Dense(4, seed=seed)
        layer(np.ones((1, 3)))
        return layer.kernel

    np.testing.assert_array_equal(kernel(1), kernel(1))
    assert (kernel(1) != kernel(2)).all()


# ---- Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer, x, error, message",
    [
        (nn.Dense(2), np.ones((2, 3, 4)), ValueError, r"expects .*\(N, inputs\), got shape \(2, 3, 4\)"),
        (nn.Dense(2), np.ones((0, 3)), ValueError, r"at least one example.* got shape \(0, 3\)"),
        (nn.Dense(2), np.ones((3, 0)), ValueError, r"example and one feature.* got shape \(3, 0\)"),
        (nn.Dense(2), np.ones(3), ValueError, r"shape \(N, \.\.\.\), got shape \(3,\)"),
        (nn.Sigmoid(), np.ones(()), ValueError, r"got shape \(\)"),
        (nn.Sigmoid(), np.float32(1), TypeError, "got a numpy.float32"),
        (nn.BatchNormalization(), np.ones((0, 3)), ValueError, r"at least one example.* got shape \(0, 3\)"),
        (nn.BatchNormalization(), np.ones(3), ValueError, r"got shape \(3,\)"),
        (nn.BatchNormalization(axis=2), MATRIX, ValueError, r"axis=2\) .* expected .* from 1 to 1, or .* -1 to -1"),
        (nn.BatchNormalization(axis=-3), MATRIX, ValueError, r"axis=-3\) does not fit .* \(4, 3\)"),
        (nn.BatchNormalization(axis=0), MATRIX, ValueError, r"axis=0\) does not fit"),
        (nn.BatchNormalization(axis=-2), MATRIX, ValueError, r"axis=-2\) does not fit"),
        (nn.ReLU(), np.ones((2, 3), int), TypeError, r"ReLU expects .* float64, got an array of int"),
        (nn.Dense(2), np.ones((2, 3), np.uint8), TypeError, "Dense expects .* got an array of uint8"),
        (nn.Dense(2), np.ones((2, 3), np.float16), TypeError, "got an array of float16"),
        (nn.Sigmoid(), np.ones((2, 3), complex), TypeError, "got an array of complex128"),
        (nn.BatchNormalization(), np.ones((2, 3), object), TypeError, "got an array of object"),
        (nn.BatchNormalization(), [[1.0, 2.0]], TypeError, "expects a NumPy array .* got a list"),
        (nn.BatchNormalization(), None, TypeError, "got a NoneType"),
    ],
    ids=str,
)
def test_a_layer_refuses(layer, x, error, message):
    with pytest.raises(error, match=message):
        layer(x)


def test_a_layer_refuses_a_keras_tensor():
    for tensor in (keras.ops.ones((2, 3)), keras.Input((3,))):
        with pytest.raises(TypeError, match="expects a NumPy array .* got a (tensorflow|keras)"):
            nn.BatchNormalization()(tensor)


@pytest.mark.parametrize(
    "layer, first, then, message",
    [
        (nn.Dense(2), (4, 3), (4, 5), r"built for 3 inputs, got a batch of shape \(4, 5\)"),
        (nn.Dense(2), (4, 3), (4, 3, 1), r"expects .* \(N, inputs\), got shape \(4, 3, 1\)"),
        (nn.BatchNormalization(), (4, 3), (4, 5), r"weights of shape \(3,\) .*\(4, 3\)\), got shape \(4, 5\)"),
        (nn.BatchNormalization(), (4, 3), (4, 2, 2, 3), r"rank 2 .* got shape \(4, 2, 2, 3\)"),
        (nn.BatchNormalization(axis=1), (4, 3, 2), (4, 2, 3), r"weights of shape \(3,\) .* got shape \(4, 2, 3\)"),
    ],
    ids=str,
)
def test_a_built_layer_refuses_another_shape(layer, first, then, message):
    layer(np.ones(first))
    with pytest.raises(ValueError, match=message):
        layer(np.ones(then))
    layer(np.ones((9, *first[1:])))  # another number of examples is no other shape


def test_building_again_forgets_the_shape_before():
    layer = nn.Dense(2)
    layer(MATRIX)
    layer.build((4, 5))
    with pytest.raises(ValueError, match="built for 5 inputs"):
        layer(MATRIX)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.BatchNormalization(momentum=1.1), r"momentum in \[0, 1\], got 1.1"),
        (lambda: nn.BatchNormalization(momentum=-0.1), r"momentum in \[0, 1\], got -0.1"),
        (lambda: nn.BatchNormalization(momentum=float("nan")), r"momentum in \[0, 1\], got nan"),
        (lambda: nn.BatchNormalization(epsilon=-1e-9), "epsilon >= 0, got -1e-09"),
        (lambda: nn.BatchNormalization(epsilon=float("nan")), "epsilon >= 0, got nan"),
        (lambda: nn.BatchNormalization(axis=(0, 1)), r"one integer as axis, got \(0, 1\)"),
        (lambda: nn.BatchNormalization(axis=1.0), "one integer as axis, got 1.0"),
        (lambda: nn.Dense(0), "positive number of units, got 0"),
        (lambda: nn.Dense(2.5), "positive number of units, got 2.5"),
    ],
)
def test_a_setting_out_of_range_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_backward_needs_a_forward_call(make):
    layer = make()
    with pytest.raises(RuntimeError, match="backward needs a forward call first"):
        layer.backward(MATRIX)
    layer.build((4, 3))
    with pytest.raises(RuntimeError, match=f"{layer.name}.backward needs a forward call first"):
        layer.backward(MATRIX)


@pytest.mark.parametrize(
    "weights, message",
    [
        ({"kernel": np.ones((3, 2))}, r"has the weights \['bias', 'kernel'\], got \['kernel'\]"),
        ({"kernel": np.ones((3, 2)), "bias": [1, 2], "gamma": [1]}, r"got \['bias', 'gamma', 'kernel'\]"),
        ({"kernel": np.ones((3, 2)), "bias": np.ones(3)}, r"Dense: bias has shape \(2,\), got shape \(3,\)"),
        ({"kernel": np.ones((2, 3)), "bias": np.ones(2)}, r"kernel has shape \(3, 2\), got shape \(2, 3\)"),
        ({"kernel": np.ones((3, 2)), "bias": 1.0}, r"Dense: bias has shape \(2,\), got shape \(\)"),
        ({"kernel": np.ones((3, 2)), "bias": ["a", "b"]}, "could not convert"),
    ],
)
def test_set_weights_changes_all_or_nothing(weights, message):
    layer = nn.Dense(2)
    layer(np.ones((1, 3)))
    before = {name: weight.copy() for name, weight in layer.weights.items()}
    with pytest.raises(ValueError, match=message):
        layer.set_weights(weights)
    for name, weight in layer.weights.items():
        np.testing.assert_array_equal(weight, before[name])


def test_set_weights_copies_into_the_layers_own_arrays():
    layer = nn.Dense(2)
    layer(np.ones((1, 3), np.float32))
    kernel = layer.kernel
    values = {"kernel": np.full((3, 2), 0.5), "bias": [1, 2]}
    layer.set_weights(values)
    values["kernel"][...] = 9
    assert layer.kernel is kernel
    np.testing.assert_array_equal(layer(np.ones((1, 3), np.float32)), [[2.5, 3.5]])


def test_set_weights_needs_weights():
    with pytest.raises(RuntimeError, match="Dense has no weights yet: call it on a batch"):
        nn.Dense(2).set_weights({})


@pytest.mark.parametrize(
    "layer", [nn.Dense(3), nn.ReLU(), nn.Sigmoid(), nn.Flatten(), nn.BatchNormalization()], ids=lambda layer: layer.name
)
def test_a_gradient_of_another_shape_is_refused(layer):
    """NumPy would broadcast it without a word, and every gradient would be wrong."""
    y = layer(np.ones((4, 3)), training=True)
    with pytest.raises(ValueError, match=r"expects a gradient of the last output's shape \(4, 3\), got shape \(3,\)"):
        layer.backward(np.ones(y.shape[1:]))
