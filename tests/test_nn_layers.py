"""The layers of `helpers.nn`: what holds for every input, and what bad input is told."""

import re
from itertools import combinations

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers import nn

modest = settings(deadline=None, max_examples=40, derandomize=True)
few = settings(modest, max_examples=12)

MATRIX = np.ones((4, 3), np.float32)
PICTURE = np.ones((2, 4, 4, 6), np.float32)
SHAPES = [(8, 5), (1, 5), (4, 3, 3, 2), (2, 3, 4), (2, 4, 2, 6)]
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
    "Dense with a penalty": lambda: nn.Dense(3, seed=1, kernel_regularizer=nn.L1L2(0.1, 0.2)),
    "LayerNormalization": nn.LayerNormalization,
    "LayerNormalization(axis=1)": lambda: nn.LayerNormalization(axis=1),
    "LayerNormalization(axis=(1, -1))": lambda: nn.LayerNormalization(axis=(1, -1)),
    "LayerNormalization(center=False)": lambda: nn.LayerNormalization(center=False),
    "LayerNormalization(scale=False)": lambda: nn.LayerNormalization(scale=False),
    "LayerNormalization without both": lambda: nn.LayerNormalization(center=False, scale=False),
    "InstanceNormalization": nn.InstanceNormalization,
    "InstanceNormalization(axis=1)": lambda: nn.InstanceNormalization(axis=1),
    "GroupNormalization(groups=1)": lambda: nn.GroupNormalization(groups=1),
    "GroupNormalization(groups=2)": lambda: nn.GroupNormalization(groups=2),
    "GroupNormalization(groups=2, axis=1)": lambda: nn.GroupNormalization(groups=2, axis=1),
    "GroupNormalization(groups=-1)": lambda: nn.GroupNormalization(groups=-1),
    "RMSNormalization": nn.RMSNormalization,
    "RMSNormalization(axis=(1, -1))": lambda: nn.RMSNormalization(axis=(1, -1)),
    "LocalResponseNormalization across": lambda: nn.LocalResponseNormalization(n=3, alpha=0.7),
    "LocalResponseNormalization within": lambda: nn.LocalResponseNormalization(n=3, alpha=0.7, mode="within"),
    "Dropout": lambda: nn.Dropout(0.4),
    "Dropout, classic": lambda: nn.Dropout(0.4, classic=True),
    "Normalization": nn.Normalization,
    "Normalization(axis=1)": lambda: nn.Normalization(axis=1),
    "Normalization(axis=None)": lambda: nn.Normalization(axis=None),
}
FITS = {
    "Dense": lambda shape: len(shape) == 2,
    "within": lambda shape: len(shape) > 2,
    "axis=(1, -1)": lambda shape: len(shape) > 2,
    "groups=2)": lambda shape: shape[-1] % 2 == 0,
    "groups=2, axis=1": lambda shape: shape[1] % 2 == 0,
}


def takes(name: str, shape: tuple[int, ...]) -> bool:
    return all(fits(shape) for part, fits in FITS.items() if part in name)


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


def ready(layer: nn.Layer, x: np.ndarray) -> nn.Layer:
    """A layer that may be called on x: one that learns from data has seen x."""
    return layer.adapt(x) if isinstance(layer, nn.Normalization) else layer


def plainly(value: object) -> str:
    """A test's name, the same in every process: no addresses."""
    return type(value).__name__ if isinstance(value, nn.Layer) else str(value)


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


@DTYPES
@pytest.mark.parametrize("axes", every_axes(4), ids=str)
def test_normalize_without_the_mean_divides_by_the_root_mean_square(axes, dtype):
    x = normal((2, 3, 4, 5), dtype)
    wide = x.astype(np.float64)
    square = (wide**2).mean(axis=axes, keepdims=True)
    expected = (wide / np.sqrt(square + 1e-3), np.zeros_like(square), square, 1 / np.sqrt(square + 1e-3))
    for ours, theirs in zip(nn.normalize(x, axes, 1e-3, subtract_mean=False), expected, strict=True):
        assert ours.dtype == x.dtype
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol={"float32": 3e-6, "float64": 1e-13}[dtype])


@pytest.mark.parametrize("axes", every_axes(4), ids=str)
def test_gradient_of_normalize_without_the_mean(axes):
    x, weighting = normal((2, 3, 2, 3)), normal((2, 3, 2, 3), seed=1)
    numeric = nn.numeric_gradient(lambda: np.sum(weighting * nn.normalize(x, axes, 0.1, subtract_mean=False).x_hat), x)
    x_hat, _, _, inverse_rms = nn.normalize(x, axes, 0.1, subtract_mean=False)
    dx = nn.normalize_gradient(weighting, x_hat, inverse_rms, axes, subtract_mean=False)
    assert nn.relative_error(dx, numeric) < 1e-7


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


# ---- Every normalizer: the same, over its own sets -----------------------------------------------

IMAGES = (2, 4, 2, 6)
# What the elements of a set have in common, of example n, row h, column w and channel c; and the axes of the weights.
NORMALIZERS = {
    "BatchNormalization": (nn.BatchNormalization, {}, lambda n, h, w, c: [c], (3,)),
    "BatchNormalization(axis=1)": (nn.BatchNormalization, {"axis": 1}, lambda n, h, w, c: [h], (1,)),
    "LayerNormalization": (nn.LayerNormalization, {}, lambda n, h, w, c: [n, h, w], (3,)),
    "LayerNormalization(axis=1)": (nn.LayerNormalization, {"axis": 1}, lambda n, h, w, c: [n, w, c], (1,)),
    "LayerNormalization(axis=(3, -3))": (nn.LayerNormalization, {"axis": (3, -3)}, lambda n, h, w, c: [n, w], (1, 3)),
    "LayerNormalization(axis=(1, 2, 3))":
        (nn.LayerNormalization, {"axis": (1, 2, 3)}, lambda n, h, w, c: [n], (1, 2, 3)),
    "InstanceNormalization": (nn.InstanceNormalization, {}, lambda n, h, w, c: [n, c], (3,)),
    "InstanceNormalization(axis=1)": (nn.InstanceNormalization, {"axis": 1}, lambda n, h, w, c: [n, h], (1,)),
    "GroupNormalization(groups=1)": (nn.GroupNormalization, {"groups": 1}, lambda n, h, w, c: [n], (3,)),
    "GroupNormalization(groups=2)": (nn.GroupNormalization, {"groups": 2}, lambda n, h, w, c: [n, c // 3], (3,)),
    "GroupNormalization(groups=2, axis=1)":
        (nn.GroupNormalization, {"groups": 2, "axis": 1}, lambda n, h, w, c: [n, h // 2], (1,)),
    "GroupNormalization(groups=-1)": (nn.GroupNormalization, {"groups": -1}, lambda n, h, w, c: [n, c], (3,)),
    "RMSNormalization": (nn.RMSNormalization, {}, lambda n, h, w, c: [n, h, w], (3,)),
    "RMSNormalization(axis=(1, 2, 3))": (nn.RMSNormalization, {"axis": (1, 2, 3)}, lambda n, h, w, c: [n], (1, 2, 3)),
}


class Normalizer:
    """One row of the table: the layer, made anew with every call, and its sets, known without its help."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind, self.settings, self._common, self.weight_axes = NORMALIZERS[name]
        self.centres = self.kind is not nn.RMSNormalization
        common = np.stack(self._common(*np.indices(IMAGES)), axis=-1)
        self.sets = np.unique(common.reshape(-1, common.shape[-1]), axis=0, return_inverse=True)[1].reshape(IMAGES)

    def __call__(self, **settings) -> nn.Layer:
        return self.kind(**self.settings, **settings)

    def of_sets(self, values: np.ndarray) -> np.ndarray:
        """The mean of each set, at each of its elements."""
        sums = np.bincount(self.sets.ravel(), values.ravel())
        return (sums / np.bincount(self.sets.ravel()))[self.sets]

    def along(self, weight: np.ndarray) -> np.ndarray:
        assert weight.shape == tuple(IMAGES[axis] for axis in self.weight_axes)
        return weight.reshape([IMAGES[axis] if axis in self.weight_axes else 1 for axis in range(4)])


def normalizers(*excluded: type) -> pytest.MarkDecorator:
    rows = [Normalizer(name) for name, row in NORMALIZERS.items() if row[0] not in excluded]
    return pytest.mark.parametrize("make", rows, ids=lambda row: row.name)


def images() -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.float64, IMAGES, elements=st.floats(-100, 100, allow_subnormal=False))


@normalizers()
def test_shared_sets_number_the_sets(make):
    sets = make().shared_sets(IMAGES)
    assert sets.dtype.kind == "i"
    np.testing.assert_array_equal(sets, make.sets)


@normalizers()
def test_moving_one_element_moves_its_set_and_nothing_else(make):
    x = normal(IMAGES)
    before = make()(x, training=True)
    for index in np.ndindex(IMAGES):
        moved = x.copy()
        moved[index] += 1
        np.testing.assert_array_equal(make()(moved, training=True) != before, make.sets == make.sets[index])


@normalizers(nn.RMSNormalization)
@few
@given(x=images(), epsilon=st.sampled_from([1e-5, 1e-3, 1.0]))
def test_every_set_has_mean_0_and_a_known_variance(make, x, epsilon):
    y = make(epsilon=epsilon)(x, training=True)
    variance = make.of_sets(np.square(x - make.of_sets(x)))
    np.testing.assert_allclose(make.of_sets(y), 0, atol=1e-9)
    np.testing.assert_allclose(make.of_sets(y * y), 1 / (1 + epsilon / np.maximum(variance, 1e-30)), atol=1e-9)


@normalizers(nn.BatchNormalization, nn.LayerNormalization, nn.InstanceNormalization, nn.GroupNormalization)
@few
@given(x=images(), epsilon=st.sampled_from([1e-5, 1e-3, 1.0]))
def test_every_set_of_rms_normalization_has_a_known_mean_square(make, x, epsilon):
    y = make(epsilon=epsilon)(x)
    square = make.of_sets(x * x)
    np.testing.assert_allclose(make.of_sets(y * y), 1 / (1 + epsilon / np.maximum(square, 1e-30)), atol=1e-9)
    np.testing.assert_array_equal(np.sign(y), np.sign(x))


@normalizers()
def test_weights_lie_along_their_axes(make):
    x = normal(IMAGES)
    layer = built(make(), x)
    expected = make()(x, training=True)
    for name, apply in {"gamma": np.multiply, "scale": np.multiply, "beta": np.add}.items():
        if name in layer.trainable_names:
            expected = apply(expected, make.along(layer.weights[name]))
    np.testing.assert_allclose(layer(x, training=True), expected, rtol=1e-13)


@normalizers()
@few
@given(seed=st.integers(0, 1000), factors=st.sampled_from([(0.5, 2), (1e-3, 1e3)]))
def test_each_set_may_be_scaled_and_shifted_on_its_own(make, seed, factors):
    """Without epsilon the output does not know of it. RMS normalization keeps its mean, so it knows a shift."""
    rng = np.random.default_rng(seed)
    factor = rng.uniform(*factors, size=make.sets.max() + 1)[make.sets]
    shift = rng.normal(size=make.sets.max() + 1)[make.sets] * make.centres
    x = normal(IMAGES, seed=seed)
    layer = built(make(epsilon=0), x)
    np.testing.assert_allclose(layer(factor * x + shift, training=True), layer(x, training=True), atol=1e-9)


# What is taken away: a factor and an offset for each of these.
TAKEN_AWAY = {
    "BatchNormalization": {"channel"},
    "LayerNormalization": {"example", "place"},
    "LayerNormalization(axis=(1, 2, 3))": {"example"},
    "InstanceNormalization": {"example", "channel"},
    "GroupNormalization(groups=1)": {"example"},
    "GroupNormalization(groups=2)": {"example"},
    "GroupNormalization(groups=-1)": {"example", "channel"},
    "RMSNormalization": {"example", "place"},
    "RMSNormalization(axis=(1, 2, 3))": {"example"},
}
ONE_EACH = {"example": (2, 1, 1, 1), "place": (1, 4, 2, 1), "channel": (1, 1, 1, 6)}


@pytest.mark.parametrize("each", ONE_EACH)
@pytest.mark.parametrize("change", [np.multiply, np.add], ids=["factor", "offset"])
@pytest.mark.parametrize("make", [Normalizer(name) for name in TAKEN_AWAY], ids=TAKEN_AWAY)
def test_which_layer_ignores_what(make, change, each):
    x = normal(IMAGES)
    layer = make(epsilon=1e-12)
    changed = change(x, np.random.default_rng(1).uniform(0.5, 2, size=ONE_EACH[each]))
    difference = np.abs(layer(changed, training=True) - layer(x, training=True)).max()
    if each in TAKEN_AWAY[make.name] and (make.centres or change is np.multiply):
        assert difference < 1e-9
    else:
        assert difference > 0.05


@normalizers()
@few
@given(seed=st.integers(0, 1000))
def test_the_input_gradient_has_no_part_along_what_is_ignored(make, seed):
    """Set by set: neither along a shift (but for RMS normalization) nor along x_hat, which is a change of scale."""
    x = normal(IMAGES, seed=seed)
    layer = built(make(epsilon=0), x)
    y = layer(x, training=True)
    dx = layer.backward(normal(y.shape, seed=seed + 1))
    x_hat = make(epsilon=0)(x, training=True)
    np.testing.assert_allclose(make.of_sets(dx * x_hat), 0, atol=1e-12)
    if make.centres:
        np.testing.assert_allclose(make.of_sets(dx), 0, atol=1e-12)
    else:
        assert np.abs(make.of_sets(dx)).max() > 0.01


@normalizers()
def test_nan_stays_in_its_set(make):
    x = normal(IMAGES, "float32")
    x[1, 2, 0, 4] = np.nan
    layer = built(make(), x)
    y = layer(x, training=True)
    own = make.sets == make.sets[1, 2, 0, 4]
    np.testing.assert_array_equal(np.isnan(y), own)
    np.testing.assert_array_equal(np.isnan(layer.backward(np.ones_like(y))), own)


@pytest.mark.parametrize("shape", [(64, 14, 14, 8), (3, 40, 40, 8)], ids=str)
@normalizers()
def test_every_normalizer_keeps_the_digits_beside_a_large_mean(make, shape):
    """At 10,000 the float32 numbers lie 0.001 apart; the rest is the same in float64."""
    x = (np.random.default_rng(0).normal(size=shape) + 1e4).astype(np.float32)
    y = make()(x, training=True)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, make()(x.astype(np.float64), training=True), rtol=0, atol=0.02)


@pytest.mark.parametrize(
    "make, shape",
    [
        (nn.BatchNormalization, (1, 3)),
        (nn.BatchNormalization, (1, 1, 1, 3)),
        (nn.LayerNormalization, (4, 1)),
        (nn.LayerNormalization, (4, 2, 1)),
        (nn.InstanceNormalization, (4, 3)),
        (nn.InstanceNormalization, (4, 1, 1, 3)),
        (lambda: nn.GroupNormalization(3), (4, 3)),
        (lambda: nn.GroupNormalization(-1), (4, 1, 3)),
    ],
)
def test_a_set_of_one_element_gives_beta_and_no_input_gradient(make, shape):
    x = normal(shape)
    layer = built(make(), x)
    gradient = normal(shape, seed=1)
    np.testing.assert_array_equal(layer(x, training=True), np.broadcast_to(layer.beta, shape))
    np.testing.assert_array_equal(layer.backward(gradient), np.zeros(shape))
    np.testing.assert_array_equal(layer.gradients["gamma"], np.zeros_like(layer.gamma))
    np.testing.assert_allclose(layer.gradients["beta"], gradient.reshape(-1, shape[-1]).sum(axis=0), rtol=1e-12)


SAME = [
    ("one group is a whole example", nn.GroupNormalization(groups=1), nn.LayerNormalization(axis=(1, 2, 3)), IMAGES),
    ("one channel a group", nn.GroupNormalization(groups=6), nn.InstanceNormalization(), IMAGES),
    ("groups=-1", nn.GroupNormalization(groups=-1), nn.InstanceNormalization(), IMAGES),
    ("groups=-1, axis=1", nn.GroupNormalization(groups=-1, axis=1), nn.InstanceNormalization(axis=1), IMAGES),
    ("a batch of one picture", nn.BatchNormalization(), nn.InstanceNormalization(), (1, 4, 2, 6)),
    ("channels at every place", nn.LayerNormalization(axis=-1), nn.LayerNormalization(axis=3), IMAGES),
    ("one place", nn.LayerNormalization(axis=1), nn.GroupNormalization(groups=1), (5, 6)),
]


@pytest.mark.parametrize("one, other, shape", [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_two_names_for_one_thing(one, other, shape):
    x, gradient = normal(shape), normal(shape, seed=1)
    np.testing.assert_allclose(one(x, training=True), other(x, training=True), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.backward(gradient), other.backward(gradient), rtol=1e-9, atol=1e-12)
    if one.gamma.shape == other.gamma.shape:
        for name, stored in one.gradients.items():
            np.testing.assert_allclose(stored, other.gradients[name], rtol=1e-9, atol=1e-12)


def test_rms_normalization_of_centred_values_is_layer_normalization():
    x = normal((5, 6))
    x -= x.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(nn.RMSNormalization(epsilon=1e-3)(x), nn.LayerNormalization()(x), rtol=1e-12)


# ---- Examples -----------------------------------------------------------------------------------

OF_THE_BATCH = ("BatchNormalization",)
PICTURE_LAYERS = [
    pytest.param(make, name.startswith(OF_THE_BATCH), id=name)
    for name, make in LAYERS.items() if takes(name, IMAGES) and not name.startswith(("Dropout", "Flatten"))
]


@pytest.mark.parametrize("make, of_the_batch", PICTURE_LAYERS)
def test_other_examples_change_nothing_but_in_batch_normalization(make, of_the_batch):
    """Neither an example's output nor its gradient, whatever the others are and however many."""
    x, gradient = normal((4, *IMAGES[1:])), normal((4, *IMAGES[1:]), seed=1)
    other, other_gradient = x.copy(), gradient.copy()
    other[1:], other_gradient[1:] = normal((2, 3, *IMAGES[1:]), seed=2)
    layer = built(make(), x)

    def first(x, gradient):
        return layer(x, training=True)[0], layer.backward(gradient)[0]

    for batch in [(other, other_gradient), (x[:1], gradient[:1])]:
        for ours, before in zip(first(*batch), first(x, gradient), strict=True):
            if of_the_batch:
                assert np.abs(ours - before).max() > 0.05
            else:
                np.testing.assert_allclose(ours, before, rtol=1e-12, atol=1e-12)


@MODES
@pytest.mark.parametrize("make, of_the_batch", PICTURE_LAYERS)
def test_the_order_of_the_examples_does_not_matter(make, of_the_batch, training):
    x, gradient = normal((5, *IMAGES[1:])), normal((5, *IMAGES[1:]), seed=1)
    order = np.random.default_rng(0).permutation(5)

    def results(x, gradient):
        layer = built(make(), x)
        y, dx = layer(x, training=training), layer.backward(gradient)
        return y, dx, *layer.weights.values(), *layer.gradients.values()

    y, dx, *sums = results(x, gradient)
    for ours, right in zip(results(x[order], gradient[order]), [y[order], dx[order], *sums], strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-11, atol=1e-12)


# ---- Local response normalization ----------------------------------------------------------------


def response_by_loops(x: np.ndarray, axes: range, k: float, n: int, alpha: float, beta: float) -> np.ndarray:
    """The formula, element by element: the window reaches n // 2 along each of ``axes``."""
    y = np.empty_like(x)
    for index in np.ndindex(x.shape):
        window = tuple(
            slice(max(0, i - n // 2), i + n // 2 + 1) if axis in axes else i for axis, i in enumerate(index)
        )
        y[index] = x[index] / (k + alpha * np.sum(x[window] ** 2)) ** beta
    return y


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 50])
@pytest.mark.parametrize(
    "mode, shape, axes",
    [
        ("across", (3, 7), range(1, 2)),
        ("across", (2, 3, 4, 7), range(3, 4)),
        ("within", (2, 7, 3), range(1, 2)),
        ("within", (2, 5, 6, 3), range(1, 3)),
        ("within", (1, 3, 4, 5, 2), range(1, 4)),
    ],
)
def test_local_response_normalization_is_its_formula(mode, shape, axes, n):
    x = normal(shape)
    layer = nn.LocalResponseNormalization(k=1.5, n=n, alpha=0.4, beta=0.6, mode=mode)
    np.testing.assert_allclose(layer(x), response_by_loops(x, axes, 1.5, n, 0.4, 0.6), rtol=1e-12)


@pytest.mark.parametrize("mode, axes", [("across", (3,)), ("within", (1, 2))])
def test_windows_at_their_ends(mode, axes):
    """One that holds all, one that holds the element itself, one without weight or exponent; an even width."""
    x = normal(IMAGES)

    def responses(n, alpha=0.5, beta=0.75):
        return nn.LocalResponseNormalization(k=2, n=n, alpha=alpha, beta=beta, mode=mode)(x)

    everything = np.sum(x * x, axis=axes, keepdims=True)
    np.testing.assert_allclose(responses(12), x / (2 + 0.5 * everything) ** 0.75, rtol=1e-12)
    np.testing.assert_allclose(responses(1), x / (2 + 0.5 * x * x) ** 0.75, rtol=1e-12)
    np.testing.assert_allclose(responses(3, alpha=0), x / 2**0.75, rtol=1e-12)
    np.testing.assert_array_equal(responses(3, beta=0), x)
    np.testing.assert_array_equal(responses(2), responses(3))
    assert np.abs(responses(2) - responses(1)).max() > 0.01


def test_alexnets_settings_are_the_defaults():
    layer = nn.LocalResponseNormalization()
    assert (layer.k, layer.n, layer.alpha, layer.beta, layer.mode) == (2, 5, 1e-4, 0.75, "across")


@modest
@given(
    hnp.arrays(np.float64, (2, 3, 4), elements=st.floats(-1e3, 1e3, allow_subnormal=False)),
    st.sampled_from(["across", "within"]), st.floats(0, 10), st.floats(0, 2), st.integers(1, 6),
)
def test_a_response_keeps_its_sign_and_is_only_ever_damped(x, mode, alpha, beta, n):
    y = nn.LocalResponseNormalization(k=1, n=n, alpha=alpha, beta=beta, mode=mode)(x)
    np.testing.assert_array_equal(np.sign(y), np.sign(x))
    assert (np.abs(y) <= np.abs(x) * (1 + 1e-12)).all()


@pytest.mark.parametrize("mode, own", [("across", np.s_[1, 2, 0, :]), ("within", np.s_[1, :, :, 4])])
def test_nan_stays_in_its_row_of_channels_or_in_its_channel(mode, own):
    x = normal(IMAGES, "float32")
    x[1, 2, 0, 4] = np.nan
    layer = nn.LocalResponseNormalization(alpha=0.5, mode=mode)
    spread = np.zeros(IMAGES, bool)
    spread[own] = True
    y = layer(x)
    np.testing.assert_array_equal(np.isnan(y), spread)
    np.testing.assert_array_equal(np.isnan(layer.backward(np.ones_like(y))), spread)


# ---- Dropout ------------------------------------------------------------------------------------

RATES = pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
FORMS = pytest.mark.parametrize("classic", [False, True], ids=["inverted", "classic"])


def close_to_expected(mean: np.ndarray, expected: np.ndarray, spread: np.ndarray, count: int) -> None:
    """Within 5 standard errors of the mean of ``count`` draws."""
    assert (np.abs(mean - expected) <= 5 * np.abs(spread) / np.sqrt(count)).all()


@RATES
@FORMS
def test_dropout_drops_its_share_and_scales_the_rest(rate, classic):
    x = np.ones((400, 500))
    layer = nn.Dropout(rate, classic=classic, seed=3)
    y = layer(x, training=True)
    assert (layer.mask.shape, layer.mask.dtype) == (x.shape, bool)
    np.testing.assert_allclose(y, layer.mask * (1 if classic else 1 / (1 - rate)), rtol=1e-15)
    close_to_expected(layer.mask.mean(), 1 - rate, np.sqrt(rate * (1 - rate)), x.size)


@RATES
@FORMS
def test_inference_is_the_mean_of_training(rate, classic):
    row = normal((1, 30))
    x = np.repeat(row, 20_000, axis=0)
    layer = nn.Dropout(rate, classic=classic, seed=4)
    spread = row * np.sqrt(rate * (1 - rate)) / (1 if classic else 1 - rate)
    close_to_expected(layer(x, training=True).mean(axis=0), layer(row)[0], spread[0], len(x))
    np.testing.assert_array_equal(layer(row), row * (1 - rate) if classic else row)


def test_each_element_has_a_draw_of_its_own():
    """Along no axis do neighbours share their fate more often than by chance."""
    layer = nn.Dropout(0.5)
    layer(np.ones((20, 15, 12, 10)), training=True)
    for axis in range(4):
        mask = np.moveaxis(layer.mask, axis, 0)
        same = mask[1:] == mask[:-1]
        close_to_expected(same.mean(), 0.5, 0.5, same.size)


def test_a_rate_of_0_drops_nothing():
    x = normal((6, 3))
    for classic in (False, True):
        np.testing.assert_array_equal(nn.Dropout(0, classic=classic)(x, training=True), x)


def masks(layer: nn.Layer, x: np.ndarray, count: int = 3) -> np.ndarray:
    found = []
    for _ in range(count):
        layer(x, training=True)
        found.append(layer.mask)
    return np.array(found)


def test_every_training_call_draws_a_new_mask_from_the_seed():
    x = normal((10, 20))
    first, second, third = drawn = masks(nn.Dropout(0.5, seed=1), x)
    assert (first != second).any() and (second != third).any() and (first != third).any()
    np.testing.assert_array_equal(masks(nn.Dropout(0.5, seed=1), x), drawn)
    np.testing.assert_array_equal(masks(nn.Dropout(0.5, seed=1), x.astype(np.float32)), drawn)
    np.testing.assert_array_equal(masks(nn.Dropout(0.5, seed=1, classic=True), x), drawn)
    np.testing.assert_array_equal(masks(nn.Dropout(0.5, seed=np.random.default_rng(1)), x), drawn)
    np.testing.assert_array_equal(masks(nn.Dropout(0.5), x), masks(nn.Dropout(0.5, seed=0), x))
    assert (masks(nn.Dropout(0.5, seed=2), x) != drawn).any()


def test_inference_draws_nothing():
    x = normal((10, 20))
    layer = nn.Dropout(0.5, seed=1)
    found = []
    for _ in range(3):
        layer(x, training=True)
        found.append(layer.mask)
        layer(x)
        assert layer.mask is found[-1]
    np.testing.assert_array_equal(found, masks(nn.Dropout(0.5, seed=1), x))


@FORMS
def test_backward_uses_the_mask_of_the_last_call(classic):
    x, gradient = normal((10, 20)), normal((10, 20), seed=1)
    layer = nn.Dropout(0.4, classic=classic)
    for _ in range(2):
        layer(x, training=True)
        np.testing.assert_allclose(layer.backward(gradient), gradient * layer.mask * (1 if classic else 1 / 0.6))
    layer(x)
    np.testing.assert_array_equal(layer.backward(gradient), gradient * (0.6 if classic else 1))


def network_with(*dropouts: nn.Layer, seed: int = 5) -> nn.Sequential:
    """Three dense layers, with what is given between them."""
    between = [*dropouts, *[nn.ReLU() for _ in range(2 - len(dropouts))]]
    model = nn.Sequential([nn.Dense(20), between[0], nn.Dense(20), between[1], nn.Dense(20)], seed=seed)
    model(np.ones((10, 20)), training=True)
    return model


def test_dropout_takes_nothing_from_the_weights_stream():
    with_dropout, without = network_with(nn.Dropout(0.5), nn.Dropout(0.5)), network_with()
    for ours, right in zip(with_dropout.trainable_weights, without.trainable_weights, strict=True):
        np.testing.assert_array_equal(ours, right)


def test_masks_of_a_network_come_from_its_seed_layer_by_layer():
    first, second = network_with(nn.Dropout(0.5), nn.Dropout(0.5)).layers[1::2]
    assert 0.3 < (first.mask != second.mask).mean() < 0.7
    again = network_with(nn.Dropout(0.5), nn.Dropout(0.5)).layers[1]
    np.testing.assert_array_equal(again.mask, first.mask)
    other = network_with(nn.Dropout(0.5), nn.Dropout(0.5), seed=6).layers[1]
    assert (other.mask != first.mask).any()
    own = network_with(nn.Dropout(0.5), nn.Dropout(0.5, seed=9)).layers[3]
    np.testing.assert_array_equal(own.mask, masks(nn.Dropout(0.5, seed=9), np.ones((10, 20)), 1)[0])


# ---- Standardization ----------------------------------------------------------------------------


@DTYPES
@pytest.mark.parametrize(
    "axis, averaged",
    [(-1, (0, 1, 2)), (1, (0, 2, 3)), ((3, 1), (0, 2)), ((-1, 2, 1), (0,)), (None, (0, 1, 2, 3))],
    ids=str,
)
def test_adapting_gives_the_training_data_mean_0_and_variance_1(axis, averaged, dtype):
    x = normal((9, 4, 2, 6), dtype) * np.arange(1, 7, dtype=dtype)
    layer = nn.Normalization(axis=axis)
    assert layer.adapt(x) is layer
    wide = x.astype(np.float64)
    np.testing.assert_allclose(layer.mean, wide.mean(averaged), rtol={"float32": 1e-6, "float64": 1e-12}[dtype])
    np.testing.assert_allclose(layer.variance, wide.var(averaged), rtol={"float32": 1e-6, "float64": 1e-12}[dtype])
    y = layer(x)
    np.testing.assert_allclose(y.mean(averaged), 0, atol={"float32": 1e-5, "float64": 1e-12}[dtype])
    np.testing.assert_allclose(y.var(averaged), 1, rtol={"float32": 1e-5, "float64": 1e-12}[dtype])


def test_other_data_pass_through_the_training_datas_numbers():
    x, other = normal((50, 3)), 5 + 3 * normal((7, 3), seed=1)
    layer = nn.Normalization().adapt(x)
    for training in (False, True):
        np.testing.assert_allclose(layer(other, training=training), (other - x.mean(0)) / x.std(0), rtol=1e-12)
    np.testing.assert_array_equal(layer.mean, nn.Normalization().adapt(x).mean)


def test_adapting_sums_in_float64_and_in_pieces():
    """A float32 sum of 3,000 values near 10,000 would miss the mean by more than the standard deviation."""
    x = (np.random.default_rng(0).normal(size=(3000, 400)) / 100 + 1e4).astype(np.float32)
    layer = nn.Normalization(axis=None).adapt(x)
    assert layer.mean == np.float32(x.mean(dtype=np.float64))
    assert layer.variance == pytest.approx(x.var(dtype=np.float64), rel=1e-5)
    columns = nn.Normalization().adapt(x)
    np.testing.assert_allclose(columns.variance, x.astype(np.float64).var(axis=0), rtol=1e-5)


@pytest.mark.parametrize("dtype, weights", [("uint8", "float32"), ("int64", "float32"), ("float16", "float32"),
                                            ("float32", "float32"), ("float64", "float64")])
def test_adapting_to_integers_makes_float32_weights(dtype, weights):
    x = np.random.default_rng(0).integers(0, 256, size=(30, 3)).astype(dtype)
    layer = nn.Normalization().adapt(x)
    assert (layer.mean.dtype, layer.variance.dtype) == (weights, weights)
    np.testing.assert_allclose(layer.variance, x.astype(np.float64).var(axis=0), rtol=1e-6)


@pytest.mark.parametrize("epsilon", [1e-7, 1.0])
def test_a_constant_feature_becomes_0_and_epsilon_divides_what_differs(epsilon):
    x = np.array([[0.0, 1], [0, 3]])
    layer = nn.Normalization(epsilon=epsilon).adapt(x)
    np.testing.assert_array_equal(layer(x), [[0, -1], [0, 1]])
    np.testing.assert_allclose(layer(np.array([[0.5, 2]])), [[0.5 / epsilon, 0]])


@pytest.mark.parametrize(
    "axis, x, error, message",
    [
        (-1, [[1.0, 2.0]], TypeError, "adapt expects an array of real numbers, got a list"),
        (-1, np.array([["a", "b"]]), TypeError, "array of real numbers, got an array of <U1"),
        (-1, np.ones((2, 3), object), TypeError, "got an array of object"),
        (-1, np.ones((2, 3), complex), TypeError, "got an array of complex128"),
        (-1, np.ones((2, 3), bool), TypeError, "got an array of bool"),
        (-1, np.ones((0, 3)), ValueError, r"training inputs of shape \(N, ...\), got shape \(0, 3\)"),
        (-1, np.ones(3), ValueError, r"got shape \(3,\)"),
        (0, np.ones((2, 3)), ValueError, r"axis=\(0,\)\) does not fit an input of shape \(2, 3\).* axis 0 counts"),
        (2, np.ones((2, 3)), ValueError, r"expected axes from 1 to 1, or from the end"),
        (-2, np.ones((2, 3)), ValueError, r"axis=\(-2,\)\) does not fit"),
        ((1, -3), np.ones((2, 3, 4, 5)), ValueError, r"axis=\(1, -3\)\) names an axis twice"),
    ],
)
def test_adapt_refuses(axis, x, error, message):
    layer = nn.Normalization(axis=axis)
    with pytest.raises(error, match=message):
        layer.adapt(x)
    with pytest.raises((RuntimeError, ValueError), match="has seen no data|does not fit"):
        layer(MATRIX)


@pytest.mark.parametrize("refused", [[[1.0]], np.ones((0, 2, 3)), np.ones((5, 2)), np.ones(3)], ids=str)
def test_a_refused_adapt_forgets_nothing(refused):
    x = normal((5, 2, 3))
    layer = nn.Normalization(axis=2).adapt(x)
    expected = layer(x)
    with pytest.raises((TypeError, ValueError)):
        layer.adapt(refused)
    np.testing.assert_array_equal(layer(x), expected)


def test_set_weights_stand_for_adapting():
    layer = nn.Normalization()
    layer.build((None, 2))
    with pytest.raises(RuntimeError, match="has seen no data"):
        layer(np.ones((1, 2)))
    layer.set_weights({"mean": [1, 2], "variance": [4, 9]})
    np.testing.assert_allclose(layer(np.array([[3.0, 8.0]])), [[1, 2]])


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
    x.flags.writeable = False  # writing into it would raise
    layer = ready(make(), x)
    y = layer(x, training=training)
    gradient = normal(y.shape, dtype, seed=1)
    gradient.flags.writeable = False
    dx = layer.backward(gradient)
    arrays = [y, dx, *layer.weights.values(), *layer.gradients.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    assert (y.shape, dx.shape) == (layer.output_shape(shape), shape)


HALF, THREE = np.float64(0.5), np.int64(3)


@MODES
@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.BatchNormalization(axis=np.int64(1), momentum=np.float64(0.9), epsilon=np.float64(1e-3)),
        lambda: nn.LayerNormalization(axis=(np.int64(1),), epsilon=HALF),
        lambda: nn.InstanceNormalization(axis=np.int64(1), epsilon=HALF),
        lambda: nn.GroupNormalization(groups=THREE, axis=np.int64(1), epsilon=HALF),
        lambda: nn.RMSNormalization(axis=np.int64(1), epsilon=HALF),
        lambda: nn.LocalResponseNormalization(k=HALF, n=THREE, alpha=HALF, beta=HALF),
        lambda: nn.Dropout(HALF),
        lambda: nn.Dropout(HALF, classic=True),
        lambda: nn.Normalization(axis=np.int64(1), epsilon=HALF),
        lambda: nn.Dense(THREE, kernel_regularizer=nn.L1L2(HALF, HALF)),
    ],
)
def test_settings_from_numpy_do_not_change_the_dtype(make, training):
    """A sweep over np.logspace hands over float64 scalars, which NumPy 2 does not treat as Python's."""
    layer = ready(make(), MATRIX)
    assert layer(MATRIX, training=training).dtype == np.float32
    assert layer.backward(MATRIX).dtype == np.float32
    assert {array.dtype for array in [*layer.gradients.values(), *layer.weights.values()]} <= {np.dtype("float32")}


@MODES
@pytest.mark.parametrize("make, shape", EVERY_LAYER)
def test_the_order_in_memory_does_not_matter(make, shape, training):
    x = normal(shape)
    layer = built(make(), x)
    state = {name: getattr(layer, name).copy() for name in layer.state_names}
    random_state = layer.generator and layer.generator.bit_generator.state
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
        if random_state:
            layer.generator.bit_generator.state = random_state
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


@MODES
@pytest.mark.parametrize(
    "make, shape", [case for case in EVERY_LAYER if not case.id.startswith("Sigmoid")]
)
def test_writing_into_an_output_leaves_backward_alone(make, shape, training):
    """Sigmoid alone remembers its output itself, and not a copy."""
    x = normal(shape)
    layer = built(make(), x)
    y = layer(x.copy(), training=training)
    gradient = normal(y.shape, seed=1)
    expected = [layer.backward(gradient).copy(), *(g.copy() for g in layer.gradients.values())]
    y[...] = np.nan
    for ours, right in zip([layer.backward(gradient), *layer.gradients.values()], expected, strict=True):
        np.testing.assert_array_equal(ours, right)


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
        (nn.LayerNormalization(axis=2), MATRIX, ValueError, r"LayerNormalization\(axis=\(2,\)\) does not fit"),
        (nn.LayerNormalization(axis=0), MATRIX, ValueError, r"axis=\(0,\)\) .* axis 0 counts the examples"),
        (nn.LayerNormalization(axis=(0, 1)), MATRIX, ValueError, r"axis=\(0, 1\)\) .* axis 0 counts the examples"),
        (nn.LayerNormalization(axis=-2), MATRIX, ValueError, r"from 1 to 1, or from the end -1 to -1"),
        (nn.LayerNormalization(axis=(1, -3)), PICTURE, ValueError, r"axis=\(1, -3\)\) names an axis twice"),
        (nn.RMSNormalization(axis=(1, -3)), PICTURE, ValueError, r"RMSNormalization\(axis=\(1, -3\)\) names an axis"),
        (nn.RMSNormalization(axis=(1, 4)), PICTURE, ValueError, r"shape \(2, 4, 4, 6\): expected axes from 1 to 3"),
        (nn.RMSNormalization(axis=0), MATRIX, ValueError, "axis 0 counts the examples"),
        (nn.InstanceNormalization(axis=0), MATRIX, ValueError, r"InstanceNormalization\(axis=0\) does not fit"),
        (nn.InstanceNormalization(axis=4), PICTURE, ValueError, r"axis=4\) does not fit .* \(2, 4, 4, 6\)"),
        (nn.GroupNormalization(3, axis=-4), PICTURE, ValueError, r"GroupNormalization\(axis=-4\) does not fit"),
        (nn.GroupNormalization(), PICTURE, ValueError, r"groups=32\) does not divide the 6 channels .*4, 4, 6\)"),
        (nn.GroupNormalization(4), PICTURE, ValueError, r"groups=4\) does not divide the 6 channels"),
        (nn.GroupNormalization(3, axis=1), PICTURE, ValueError, r"groups=3\) does not divide the 4 channels"),
        (nn.LocalResponseNormalization(mode="within"), MATRIX, ValueError,
         r"'within'\) expects places to look around in, shape \(N, H, W, C\), got shape \(4, 3\)"),
        (nn.Normalization(), MATRIX, RuntimeError, r"has seen no data: call adapt\(x_train\) first"),
        (nn.Normalization().adapt(MATRIX), MATRIX[:, 1:], ValueError, r"of shape \(4, 3\) .* got shape \(4, 2\)"),
        (nn.Normalization().adapt(MATRIX), PICTURE, ValueError, r"adapted to data of shape \(4, 3\)"),
        (nn.Normalization().adapt(MATRIX), np.ones((4, 3), int), TypeError, "Normalization expects .* array of int"),
        (nn.Dropout(0.5), np.ones((2, 3), int), TypeError, "Dropout expects .* got an array of int"),
        (nn.LocalResponseNormalization(), np.ones(3), ValueError, r"at least one example.* got shape \(3,\)"),
    ],
    ids=plainly,
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
        (nn.LayerNormalization(), (4, 3), (4, 5), r"LayerNormalization .* shape \(3,\) .* got shape \(4, 5\)"),
        (nn.LayerNormalization(axis=(2, 1)), (4, 2, 3), (4, 3, 2), r"weights of shape \(2, 3\) .* shape \(4, 3, 2\)"),
        (nn.InstanceNormalization(), (4, 2, 3), (4, 2, 2, 3), r"rank 3 .* got shape \(4, 2, 2, 3\)"),
        (nn.GroupNormalization(2), (4, 3, 4), (4, 3, 6), r"weights of shape \(4,\) .* got shape \(4, 3, 6\)"),
        (nn.RMSNormalization(axis=(1, 2)), (4, 2, 3), (4, 2, 4), r"weights of shape \(2, 3\) .* \(4, 2, 4\)"),
    ],
    ids=plainly,
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
        (lambda: nn.LayerNormalization(epsilon=-1), "LayerNormalization expects epsilon >= 0, got -1"),
        (lambda: nn.LayerNormalization(axis=()), r"axis, or a tuple of at least one, got \(\)"),
        (lambda: nn.LayerNormalization(axis=1.0), "one integer as axis, or a tuple of at least one, got 1.0"),
        (lambda: nn.LayerNormalization(axis=(1, None)), r"got \(1, None\)"),
        (lambda: nn.LayerNormalization(axis=(1, 1)), r"each axis once, got axis=\(1, 1\)"),
        (lambda: nn.RMSNormalization(axis=[-1, -1]), r"each axis once, got axis=\[-1, -1\]"),
        (lambda: nn.RMSNormalization(epsilon=float("nan")), "RMSNormalization expects epsilon >= 0, got nan"),
        (lambda: nn.InstanceNormalization(axis=(1, 2)), r"one integer as axis, got \(1, 2\)"),
        (lambda: nn.InstanceNormalization(epsilon=-1), "InstanceNormalization expects epsilon >= 0, got -1"),
        (lambda: nn.GroupNormalization(0), "positive number of groups, or -1, got 0"),
        (lambda: nn.GroupNormalization(-2), "positive number of groups, or -1, got -2"),
        (lambda: nn.GroupNormalization(2.5), "positive number of groups, or -1, got 2.5"),
        (lambda: nn.GroupNormalization(2, axis=None), "one integer as axis, got None"),
        (lambda: nn.Dropout(-0.1), r"rate in \[0, 1\), the share that is dropped, got -0.1"),
        (lambda: nn.Dropout(1), r"rate in \[0, 1\), the share that is dropped, got 1"),
        (lambda: nn.Dropout(1.5), r"rate in \[0, 1\), .* got 1.5"),
        (lambda: nn.Dropout(float("nan")), r"rate in \[0, 1\), .* got nan"),
        (lambda: nn.LocalResponseNormalization(k=0), "expects k > 0, got 0"),
        (lambda: nn.LocalResponseNormalization(k=-1), "expects k > 0, got -1"),
        (lambda: nn.LocalResponseNormalization(k=float("nan")), "expects k > 0, got nan"),
        (lambda: nn.LocalResponseNormalization(n=0), "integer n >= 1, got 0"),
        (lambda: nn.LocalResponseNormalization(n=-1), "integer n >= 1, got -1"),
        (lambda: nn.LocalResponseNormalization(n=2.5), "integer n >= 1, got 2.5"),
        (lambda: nn.LocalResponseNormalization(alpha=-1e-4), "alpha >= 0, got -0.0001"),
        (lambda: nn.LocalResponseNormalization(alpha=float("nan")), "alpha >= 0, got nan"),
        (lambda: nn.LocalResponseNormalization(beta=-0.75), "beta >= 0, got -0.75"),
        (lambda: nn.LocalResponseNormalization(beta=float("nan")), "beta >= 0, got nan"),
        (lambda: nn.LocalResponseNormalization(mode="both"), r"one of \('across', 'within'\), got 'both'"),
        (lambda: nn.Normalization(epsilon=0), "Normalization expects epsilon > 0, got 0"),
        (lambda: nn.Normalization(epsilon=float("nan")), "epsilon > 0, got nan"),
        (lambda: nn.Normalization(axis=1.5), "one integer as axis, or a tuple of at least one, got 1.5"),
    ],
)
def test_a_setting_out_of_range_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("name, make", LAYERS.items(), ids=LAYERS)
def test_backward_needs_a_forward_call(name, make):
    layer = make()
    with pytest.raises(RuntimeError, match="backward needs a forward call first"):
        layer.backward(MATRIX)
    layer.build(next(shape for shape in SHAPES if takes(name, shape)))
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
        ({"kernel": np.ones((3, 2)), "bias": ["a", "b"]}, "expects numbers"),
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


@pytest.mark.parametrize("make, shape", EVERY_LAYER)
def test_a_gradient_of_another_shape_is_refused(make, shape):
    """NumPy would broadcast it without a word, and every gradient would be wrong."""
    layer = built(make(), normal(shape))
    y = layer(normal(shape), training=True)
    for other in (y.shape[1:], (*y.shape, 1), (y.shape[0] + 1, *y.shape[1:])):
        message = f"expects a gradient of the last output's shape {y.shape}, got shape {other}"
        with pytest.raises(ValueError, match=re.escape(message)):
            layer.backward(np.ones(other))


@pytest.mark.parametrize("make, shape", EVERY_LAYER)
def test_a_refused_call_leaves_no_trace(make, shape):
    """Weights, moving statistics, random stream and what backward needs are as if it had not been."""
    x = normal(shape)

    def after(*refused):
        layer = built(make(), x)
        y = layer(x, training=True)
        for error, call in refused:
            with pytest.raises(error):
                call(layer)
        dx = layer.backward(normal(y.shape, seed=1))
        return [y, dx, *layer.weights.values(), *layer.gradients.values(), layer(x, training=True)]

    refused = [
        (TypeError, lambda layer: layer(x.astype(int), training=True)),
        (ValueError, lambda layer: layer(x[:0], training=True)),
        (ValueError, lambda layer: layer(x[0, ..., 0].ravel(), training=True)),
        (ValueError, lambda layer: layer.backward(np.ones((2, 9, 9, 9)))),
        (ValueError, lambda layer: layer.set_weights({"other": x})),
    ]
    if built(make(), x).weights:
        refused.append((ValueError, lambda layer: layer(x[..., None], training=True)))
    for ours, right in zip(after(*refused), after(), strict=True):
        np.testing.assert_array_equal(ours, right)
