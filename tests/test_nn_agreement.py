"""`helpers.nn` against its references: the same inputs and weights give the same outputs, gradients and steps.

The reference is Keras wherever it has the part, else TensorFlow, else the formula itself.
"""

import inspect
from collections.abc import Callable, Iterator
from itertools import product

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import nn

DTYPES = ["float32", "float64"]
TRAINING = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
# Largest difference in units of the largest element.
OUTPUTS = {"float32": 1e-6, "float64": 1e-10}
GRADIENTS = {"float32": 1e-5, "float64": 1e-10}
# What a layer of Keras keeps beside its weights.
NOT_WEIGHTS = {"seed_generator_state", "count"}


def assert_agrees(ours: np.ndarray, theirs: object, tolerance: float) -> None:
    theirs = np.asarray(theirs)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    # All inputs are of size 1: where an array is 0 but for rounding, as the gradient of a bias below
    # batch normalization, its own size would be no measure.
    scale = max(np.abs(theirs).max(), 0.1)
    assert np.abs(ours - theirs).max() / scale < tolerance


def described(options: dict) -> str:
    return " ".join(f"{name}={value}" for name, value in options.items())


# ---- Layers -------------------------------------------------------------------------------------


class Drawn:
    """Stands in for a layer's generator: its draws keep the elements of ``kept`` and drop the others."""

    def __init__(self, kept: np.ndarray) -> None:
        self.kept = kept

    def random(self, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        assert shape == self.kept.shape
        return self.kept.astype(dtype)


def weights_of(twin: keras.Layer) -> dict[str, keras.Variable]:
    return {variable.name: variable for variable in twin.variables if variable.name not in NOT_WEIGHTS}


def with_equal_weights(layer: nn.Layer, twin: keras.Layer, x: np.ndarray, rng: np.random.Generator) -> None:
    """Build both layers for x and give both the same weights, all of them positive (variances are).

    What is learned from data without a gradient, each learns for itself.
    """
    if isinstance(layer, nn.Normalization):
        training_data = rng.normal(loc=-1, scale=2, size=(11, *x.shape[1:])).astype(x.dtype)
        layer.adapt(training_data)
        twin.adapt(training_data)
        return
    layer.build(x.shape, x.dtype)
    twin.build(x.shape)
    layer.set_weights({name: rng.uniform(0.5, 2, size=w.shape) for name, w in layer.weights.items()})
    assert set(weights_of(twin)) == set(layer.weights)
    for name, variable in weights_of(twin).items():
        variable.assign(layer.weights[name])


def compare_call(ours: nn.Layer, theirs: keras.Layer, x: np.ndarray, training: bool, seed: int) -> None:
    """Call both layers on x and carry one random gradient back: outputs, gradients and weights must agree.

    The twin may compute in float64 what ours computes in float32.
    """
    dtype = str(x.dtype)
    x_tensor = tf.constant(x.astype(theirs.compute_dtype))
    with tf.GradientTape() as tape:
        tape.watch(x_tensor)
        y = theirs(x_tensor, training=training)
        gradient = np.random.default_rng(seed).normal(size=y.shape).astype(dtype)
        loss = tf.reduce_sum(y * gradient)
    trained = {variable.name: variable.value for variable in theirs.trainable_variables}
    expected = tape.gradient(loss, {"x": x_tensor, **trained})
    expected = {name: np.asarray(value, dtype) for name, value in expected.items()}
    if isinstance(ours, nn.Dropout) and training:
        ours.generator = Drawn(np.asarray(y) != 0)

    assert_agrees(ours(x, training=training), np.asarray(y, dtype), OUTPUTS[dtype])
    assert_agrees(ours.backward(gradient), expected.pop("x"), GRADIENTS[dtype])
    assert set(ours.gradients) == set(expected)
    for name, value in expected.items():
        assert_agrees(ours.gradients[name], value, GRADIENTS[dtype])
    for name, variable in weights_of(theirs).items():
        assert_agrees(ours.weights[name], np.asarray(variable, dtype), OUTPUTS[dtype])


def compare(ours: nn.Layer, theirs: keras.Layer, inputs: tuple[int, ...] | np.ndarray, training: bool, dtype: str):
    """``compare_call`` with random weights, on random inputs of a shape or on the inputs themselves."""
    rng = np.random.default_rng(1)
    x = rng.normal(loc=2, scale=3, size=inputs) if isinstance(inputs, tuple) else inputs
    x = x.astype(dtype)
    with_equal_weights(ours, theirs, x, rng)
    compare_call(ours, theirs, x, training, seed=2)


class RMSOnAnyAxes(keras.layers.RMSNormalization):
    """Keras multiplies by its scale as if the axes were the last ones: here they are, for a moment."""

    def __init__(self, axis: int | tuple[int, ...], **options) -> None:
        self._axes = (axis,) if isinstance(axis, int) else axis
        self._last = tuple(range(-len(self._axes), 0))
        super().__init__(axis=self._last, **options)

    def build(self, shape) -> None:
        super().build((*shape[:1], *(shape[axis] for axis in self._axes)))

    def call(self, x):
        moved = keras.ops.moveaxis(x, self._axes, self._last)
        return keras.ops.moveaxis(super().call(moved), self._last, self._axes)


# Shapes whose sets have 4 elements or more: 3 may lie so near to each other that float32 leaves few digits.
MATRIX, ROWS, PICTURES, FILMS = (8, 6), (2, 5, 4), (3, 6, 5, 4), (2, 3, 2, 5, 4)
ROWS_FIRST, PICTURES_FIRST, FILMS_FIRST = (2, 4, 5), (3, 4, 6, 5), (2, 4, 3, 2, 5)
LAST, FIRST = [MATRIX, ROWS, PICTURES, FILMS], [ROWS_FIRST, PICTURES_FIRST, FILMS_FIRST]
# Where an activation saturates or bends.
EDGES = np.array([[-1e4, -90, -30, -2, -1e-3], [0, 1e-3, 2, 30, 1e4]])

EPSILONS = [{}, {"epsilon": 1e-5}]
PARTS = [{"center": False}, {"scale": False}, {"center": False, "scale": False}]
MOMENTA = [{"momentum": 0.9, "epsilon": 1e-5}, {"momentum": 0.0}]


def layers(
    name: str,
    options: dict,
    inputs: list,
    variants: list[dict] = [{}],
    twin: type[keras.Layer] | None = None,
    twin_options: dict = {},
    reference: str | None = None,
) -> Iterator:
    """Rows of the table: ours with all variants on all inputs, and Keras' of the same name and options.

    Args:
        twin, twin_options: where name and options differ. reference: the dtype in which the twin computes.
    """
    for variant, example in product(variants, inputs):
        given = options | variant
        yield pytest.param(
            getattr(nn, name), given, twin or getattr(keras.layers, name), given | twin_options, example, reference,
            id=f"{name} {described(given)} {example if isinstance(example, tuple) else 'edges'}",
        )


GROUPED = {"twin": keras.layers.GroupNormalization, "twin_options": {"groups": -1}}
# With one element a set, the output is beta. Keras computes x * inv + (beta - mean * inv), with inv up to
# gamma / sqrt(epsilon), 300 times gamma: of float32's digits of beta it leaves four or five.
ALONE = {"reference": "float64"}

TABLE = [
    *layers("BatchNormalization", {}, LAST, EPSILONS + PARTS + MOMENTA),
    *layers("BatchNormalization", {"axis": 1}, [MATRIX, ROWS, *FIRST], EPSILONS + PARTS + MOMENTA),
    *layers("LayerNormalization", {}, LAST, EPSILONS + PARTS),
    *layers("LayerNormalization", {"axis": 1}, [MATRIX, *FIRST], EPSILONS),
    *layers("LayerNormalization", {"axis": (1, 2)}, [ROWS, PICTURES, FILMS], EPSILONS + PARTS),
    *layers("LayerNormalization", {"axis": (1, 2, 3)}, [PICTURES, FILMS], EPSILONS + PARTS),
    *layers("LayerNormalization", {"axis": (-2, -1)}, [ROWS, PICTURES, FILMS], EPSILONS),
    # Keras sorts the axes as they are written, -1 before 1, and so gives gamma's axes the wrong order.
    *layers("LayerNormalization", {"axis": [1, -1]}, [ROWS], EPSILONS, twin_options={"axis": [1, 2]}),
    *layers("LayerNormalization", {"axis": [-1, 1]}, [PICTURES], EPSILONS + PARTS, twin_options={"axis": [1, 3]}),
    *layers("GroupNormalization", {"groups": 1}, LAST, EPSILONS),
    *layers("GroupNormalization", {"groups": 2}, LAST, EPSILONS + PARTS),
    *layers("GroupNormalization", {"groups": 4}, LAST[1:], EPSILONS + PARTS),
    *layers("GroupNormalization", {"groups": -1}, LAST[1:], EPSILONS),
    *layers("GroupNormalization", {"groups": 1, "axis": 1}, [MATRIX, *FIRST], EPSILONS),
    *layers("GroupNormalization", {"groups": 2, "axis": 1}, [MATRIX, *FIRST], EPSILONS + PARTS),
    *layers("GroupNormalization", {"groups": 4, "axis": 1}, FIRST, EPSILONS),
    *layers("GroupNormalization", {"groups": -1, "axis": 1}, FIRST, EPSILONS),
    *layers("GroupNormalization", {"groups": 6}, [MATRIX], EPSILONS + PARTS, **ALONE),
    *layers("GroupNormalization", {"groups": -1, "axis": 1}, [MATRIX], EPSILONS, **ALONE),
    *layers("InstanceNormalization", {}, LAST[1:], EPSILONS + PARTS, **GROUPED),
    *layers("InstanceNormalization", {"axis": 1}, FIRST, EPSILONS, **GROUPED),
    *layers("InstanceNormalization", {}, [MATRIX], EPSILONS + PARTS, **GROUPED, **ALONE),
    *layers("RMSNormalization", {}, LAST, EPSILONS),
    *layers("RMSNormalization", {"axis": (1, 2, 3)}, [PICTURES], EPSILONS),
    *layers("RMSNormalization", {"axis": 1}, FIRST, EPSILONS, twin=RMSOnAnyAxes),
    *layers("RMSNormalization", {"axis": (1, 2)}, [PICTURES, FILMS], EPSILONS, twin=RMSOnAnyAxes),
    *layers("Normalization", {}, LAST),
    *layers("Normalization", {"axis": 1}, [MATRIX, *FIRST]),
    *layers("Normalization", {"axis": (1, 2, 3)}, [PICTURES, FILMS]),
    *layers("Normalization", {"axis": None}, LAST),
    *layers("Dropout", {"rate": 0.0}, [MATRIX]),
    *layers("Dropout", {"rate": 0.3}, LAST),
    *layers("Dropout", {"rate": 0.5}, [MATRIX, PICTURES]),
    *layers("Dense", {"units": 3}, [MATRIX]),
    *layers("Dense", {"units": 3, "use_bias": False}, [MATRIX]),
    *layers("ReLU", {}, [*LAST, EDGES], twin=keras.layers.Activation, twin_options={"activation": "relu"}),
    *layers("Sigmoid", {}, [*LAST, EDGES], twin=keras.layers.Activation, twin_options={"activation": "sigmoid"}),
    *layers("Flatten", {}, LAST),
]


@pytest.mark.parametrize("dtype", DTYPES)
@TRAINING
@pytest.mark.parametrize("ours, options, twin, twin_options, inputs, reference", TABLE)
def test_a_layer(ours, options, twin, twin_options, inputs, reference, training, dtype):
    compare(ours(**options), twin(**twin_options, dtype=reference or dtype), inputs, training, dtype)


# What Keras computes in float32 is itself off by more than the tolerance here: up to 4e-6 in the output of batch
# normalization, by its sums of 50,000 terms.
EXACT = {"reference": "float64"}
LARGE, LARGE_FIRST, LONG = (64, 28, 28, 32), (64, 32, 28, 28), (50_000, 8)
LARGE_INPUTS = [
    *layers("BatchNormalization", {}, [LARGE], **EXACT),
    *layers("BatchNormalization", {"axis": 1}, [LARGE_FIRST], **EXACT),
    *layers("LayerNormalization", {}, [LARGE, LONG], **EXACT),
    *layers("LayerNormalization", {"axis": (1, 2, 3)}, [LARGE], **EXACT),
    *layers("GroupNormalization", {"groups": 8}, [LARGE], **EXACT),
    *layers("GroupNormalization", {"groups": 8, "axis": 1}, [LARGE_FIRST], **EXACT),
    *layers("InstanceNormalization", {}, [LARGE], **GROUPED, **EXACT),
    *layers("RMSNormalization", {}, [LARGE, LONG], **EXACT),
    *layers("RMSNormalization", {"axis": (1, 2, 3)}, [LARGE], **EXACT),
]


@pytest.mark.parametrize("ours, options, twin, twin_options, inputs, reference", LARGE_INPUTS)
def test_a_layer_keeps_its_digits_on_large_inputs(ours, options, twin, twin_options, inputs, reference):
    """Sums of many float32 numbers are where digits get lost."""
    compare(ours(**options), twin(**twin_options, dtype=reference), inputs, training=True, dtype="float32")


@pytest.mark.parametrize("dtype", DTYPES)
def test_moving_statistics_over_several_batches(dtype):
    """From the first weights on, through batches of different lengths, and inference does not move them."""
    rng = np.random.default_rng(3)
    ours = nn.BatchNormalization(momentum=0.8)
    theirs = keras.layers.BatchNormalization(momentum=0.8, dtype=dtype)
    for count, training in [(6, True), (6, True), (4, False), (3, True), (1, True), (9, True), (2, False)]:
        x = rng.normal(loc=-1, scale=2, size=(count, 4, 4, 3)).astype(dtype)
        assert_agrees(ours(x, training=training), theirs(x, training=training), OUTPUTS[dtype])
        assert_agrees(ours.moving_mean, theirs.moving_mean, OUTPUTS[dtype])
        assert_agrees(ours.moving_variance, theirs.moving_variance, OUTPUTS[dtype])


@pytest.mark.parametrize("axis", [-1, (1, 2, 3), None], ids=str)
@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_normalization_learns_from_integers(axis, dtype):
    pictures = np.random.default_rng(4).integers(0, 256, size=(9, 4, 3, 2)).astype(dtype)
    pictures[..., 1] = 7  # a channel that is constant in training
    ours, theirs = nn.Normalization(axis=axis), keras.layers.Normalization(axis=axis)
    ours.adapt(pictures)
    theirs.adapt(pictures)
    x = pictures.astype(np.float32)
    assert_agrees(ours(x), theirs(x), OUTPUTS["float32"])
    x[..., 1] += 1  # where it was constant, a change is divided by epsilon
    for channel in range(2):
        assert_agrees(ours(x)[..., channel], np.asarray(theirs(x))[..., channel], OUTPUTS["float32"])
    for name, variable in weights_of(theirs).items():
        assert_agrees(ours.weights[name], variable, OUTPUTS["float32"])


# Names that only ours have, and names whose default differs.
SIGNATURES = {
    keras.layers.BatchNormalization: (nn.BatchNormalization, set()),
    keras.layers.LayerNormalization: (nn.LayerNormalization, set()),
    keras.layers.GroupNormalization: (nn.GroupNormalization, set()),
    keras.layers.RMSNormalization: (nn.RMSNormalization, set()),
    keras.layers.Normalization: (nn.Normalization, {"epsilon"}),
    keras.layers.Dropout: (nn.Dropout, {"classic"}),
    keras.layers.Dense: (nn.Dense, {"kernel_initializer", "seed"}),
    keras.layers.RandomBrightness: (nn.RandomBrightness, {"value_range"}),
    keras.layers.RandomContrast: (nn.RandomContrast, {"value_range"}),
    keras.layers.RandomFlip: (nn.RandomFlip, set()),
    keras.layers.RandomRotation: (nn.RandomRotation, set()),
    keras.layers.RandomTranslation: (nn.RandomTranslation, set()),
    keras.layers.RandomZoom: (nn.RandomZoom, set()),
    keras.optimizers.SGD: (nn.SGD, set()),
    keras.optimizers.Adam: (nn.Adam, set()),
    keras.optimizers.AdamW: (nn.AdamW, set()),
    keras.regularizers.L1: (nn.L1, set()),
    keras.regularizers.L2: (nn.L2, set()),
    keras.regularizers.L1L2: (nn.L1L2, set()),
    keras.callbacks.EarlyStopping: (nn.EarlyStopping, set()),
}


def arguments(of: type) -> dict[str, object]:
    return {name: argument.default for name, argument in inspect.signature(of).parameters.items()}


@pytest.mark.parametrize("theirs", SIGNATURES, ids=lambda theirs: theirs.__name__)
def test_arguments_and_defaults_are_those_of_keras(theirs):
    ours, own = SIGNATURES[theirs]
    assert ours.__name__ == theirs.__name__
    shared = {name: default for name, default in arguments(ours).items() if name not in own}
    expected = {name: default for name, default in arguments(theirs).items() if name in shared}
    assert list(shared.items()) == list(expected.items())


NORMALIZERS = {
    "BatchNormalization": {}, "LayerNormalization": {"axis": (1, 2)}, "GroupNormalization": {"groups": 2},
    "RMSNormalization": {},
}


@pytest.mark.parametrize("name", NORMALIZERS)
def test_first_weights_are_those_of_keras(name):
    """Dense's kernel is random; its bias starts at 0 in both."""
    x = np.ones((2, 5, 4), np.float32)
    ours, theirs = getattr(nn, name)(**NORMALIZERS[name]), getattr(keras.layers, name)(**NORMALIZERS[name])
    ours(x)
    theirs.build(x.shape)
    assert set(ours.weights) == set(weights_of(theirs))
    for weight_name, variable in weights_of(theirs).items():
        np.testing.assert_array_equal(ours.weights[weight_name], variable)


def test_instance_normalization_is_group_normalization_of_single_channels():
    """Keras has no layer of the name: the arguments are those of its group normalization, but for the groups."""
    expected = arguments(nn.GroupNormalization)
    del expected["groups"]
    assert arguments(nn.InstanceNormalization) == expected


# ---- Local response normalization ---------------------------------------------------------------


class TensorFlowsResponse(keras.Layer):
    """``tf.nn.local_response_normalization`` as a layer, for any number of places."""

    def __init__(self, k: float, n: int, alpha: float, beta: float, **options) -> None:
        super().__init__(**options)
        self._settings = {"depth_radius": n // 2, "bias": k, "alpha": alpha, "beta": beta}

    def call(self, x):
        pictures = tf.reshape(x, (-1, 1, 1, x.shape[-1]))
        return tf.reshape(tf.nn.local_response_normalization(pictures, **self._settings), x.shape)


# TensorFlow has it in float32 only.
@pytest.mark.parametrize("shape", [(3, 8), (2, 3, 8), (2, 5, 6, 8), (2, 2, 3, 2, 8)], ids=str)
@pytest.mark.parametrize("n", [1, 2, 5, 6, 40])
@pytest.mark.parametrize(
    "options", [{"k": 2, "alpha": 1e-4}, {"k": 1, "alpha": 0.5}, {"k": 2, "alpha": 0.5, "beta": 1}], ids=described
)
def test_local_response_across_channels_is_tensorflows(shape, n, options):
    options = {"beta": 0.75} | options
    theirs = TensorFlowsResponse(n=n, **options)
    compare(nn.LocalResponseNormalization(n=n, **options), theirs, shape, training=True, dtype="float32")


def window(index: tuple[int, ...], shape: tuple[int, ...], n: int, mode: str) -> Iterator[tuple[int, ...]]:
    """The elements summed for one of them, as the lecture's formulas have it: bounds i ± n/2, clipped to the input."""
    example, *places, channel = index

    def within_reach(i: int, length: int) -> list[int]:
        return [j for j in range(length) if max(0, i - n / 2) <= j <= min(length - 1, i + n / 2)]

    if mode == "across":
        for j in within_reach(channel, shape[-1]):
            yield (example, *places, j)
    else:
        for neighbours in product(*map(within_reach, places, shape[1:-1])):
            yield (example, *neighbours, channel)


class FormulasResponse(keras.Layer):
    """b = a / (k + alpha * sum a²)^beta, each sum over its own list of elements."""

    def __init__(self, shape: tuple[int, ...], k: float, n: int, alpha: float, beta: float, mode: str, **options):
        super().__init__(**options)
        self._settings = k, alpha, beta
        self._summed = np.zeros((*shape, *shape), self.compute_dtype)
        for index in np.ndindex(shape):
            for neighbour in window(index, shape, n, mode):
                self._summed[(*index, *neighbour)] = 1

    def call(self, a):
        k, alpha, beta = self._settings
        sums = tf.tensordot(self._summed, tf.square(a), axes=len(a.shape))
        return a / (k + alpha * sums) ** beta


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", range(1, 8))
@pytest.mark.parametrize(
    "mode, shape",
    [("across", (3, 6)), ("across", (2, 3, 2, 5)), ("within", (2, 7, 3)), ("within", (2, 4, 5, 2)),
     ("within", (1, 3, 2, 4, 2))],
    ids=str,
)
@pytest.mark.parametrize("options", [{"alpha": 0.5, "beta": 0.75}, {"k": 1.0, "alpha": 0.5, "beta": 1.0}], ids=described)
def test_local_response_is_its_formula(mode, shape, n, options, dtype):
    options = {"k": 2.0, "n": n, "mode": mode} | options
    theirs = FormulasResponse(shape, dtype=dtype, **options)
    compare(nn.LocalResponseNormalization(**options), theirs, shape, training=True, dtype=dtype)


def test_local_response_defaults_are_alexnets():
    assert arguments(nn.LocalResponseNormalization) == {"k": 2.0, "n": 5, "alpha": 1e-4, "beta": 0.75, "mode": "across"}


# ---- Loss ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1, 1000], ids=["ordinary logits", "huge logits"])
def test_softmax_cross_entropy(scale, dtype):
    rng = np.random.default_rng(9)
    logits = (scale * rng.normal(size=(6, 4))).astype(dtype)
    labels = rng.integers(0, 4, size=6)
    tensor = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        expected = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, tensor))
    loss, gradient = nn.softmax_cross_entropy(logits, labels)
    assert loss == pytest.approx(float(expected), rel=OUTPUTS[dtype])
    assert_agrees(gradient, tape.gradient(expected, tensor), GRADIENTS[dtype])
    assert_agrees(nn.softmax(logits), tf.nn.softmax(tensor), OUTPUTS[dtype])


# ---- Regularizers -------------------------------------------------------------------------------

# Powers of two: Keras keeps L1's number in float32, whatever the weights are.
PENALTIES = {
    "L1": {"l1": 0.125},
    "L2": {"l2": 0.25},
    "L1L2": {"l1": 0.5, "l2": 0.03125},
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(5,), (4, 3), (3, 3, 2, 4)], ids=str)
@pytest.mark.parametrize("name", PENALTIES)
def test_penalty_and_its_gradient(name, shape, dtype):
    weights = np.random.default_rng(13).normal(size=shape).astype(dtype)
    weights[0] = 0  # where |w| has a corner
    ours = getattr(nn, name)(**PENALTIES[name])
    theirs = getattr(keras.regularizers, name)(**PENALTIES[name])
    tensor = tf.constant(weights)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        expected = theirs(tensor)
    assert ours(weights) == pytest.approx(float(expected), rel=OUTPUTS[dtype])
    assert_agrees(ours.gradient(weights), tape.gradient(expected, tensor), OUTPUTS[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("step", [0.125, 1.0, 3.0])
@pytest.mark.parametrize("penalty", [nn.L1(0.25), nn.L2(0.5), nn.L1L2(0.5, 0.125), nn.L1L2()], ids=lambda p: f"{p.l1}, {p.l2}")
def test_proximal_step_is_the_minimum(penalty, step, dtype):
    """Of penalty(v) + (v - w)² / (2 * step), against all v on a fine grid; 0 is one of them."""
    spacing = 2.0**-12
    grid = np.arange(-3, 3 + spacing, spacing)
    weights = np.array([-2.5, -1.0, -0.25, -0.03125, 0.0, 0.015625, 0.125, 0.75, 2.0], dtype)

    def objective(v, w):
        return penalty.l1 * abs(v) + penalty.l2 * v**2 + (v - w) ** 2 / (2 * step)

    found = penalty.proximal(weights, step)
    assert (found.shape, found.dtype) == (weights.shape, weights.dtype)
    for v, w in zip(found.astype(np.float64), weights.astype(np.float64)):
        values = objective(grid, w)
        assert objective(v, w) <= values.min() + 1e-7
        nearest = grid[values.argmin()]
        assert abs(v - nearest) <= spacing
        assert (v == 0) == (nearest == 0)


# ---- Optimizers ---------------------------------------------------------------------------------

# Powers of two: Keras keeps the rate and the momentum in float32, whatever the weights are. In float32 it computes
# 1 - 0.999**t to four digits only; with powers of two, all of them are right.
BETAS = {"beta_1": 0.875, "beta_2": 0.9375}
# Adam's defaults as Keras rounds them; with small steps the missing digits do not show.
ROUNDED = {"beta_1": float(np.float32(0.9)), "beta_2": float(np.float32(0.999))}
RULES = {
    "plain": ("SGD", 0.125, {}),
    "momentum": ("SGD", 0.125, {"momentum": 0.875}),
    "Nesterov": ("SGD", 0.125, {"momentum": 0.875, "nesterov": True}),
    "SGD with decay": ("SGD", 0.125, {"weight_decay": 0.25}),
    "Nesterov with decay": ("SGD", 0.125, {"momentum": 0.875, "nesterov": True, "weight_decay": 0.25}),
    "Adam": ("Adam", 0.125, BETAS),
    "Adam, default betas": ("Adam", 2.0**-10, ROUNDED),
    "Adam, large epsilon": ("Adam", 0.125, {"epsilon": 0.25, **BETAS}),
    "Adam with decay": ("Adam", 0.125, {"weight_decay": 0.25, **BETAS}),
    "AdamW": ("AdamW", 0.125, {"weight_decay": 2.0**-8, **BETAS}),
    "AdamW, no decay": ("AdamW", 0.125, {"weight_decay": 0.0, **BETAS}),
}
EVERY_RULE = [pytest.param(*rule, (), id=name) for name, rule in RULES.items()] + [
    pytest.param(*RULES[name], excluded, id=f"{name}, but not of {' and '.join(excluded)}")
    for name in ("SGD with decay", "Adam with decay", "AdamW")
    for excluded in [("bias",), ("gamma", "beta")]
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name, rate, options, excluded", EVERY_RULE)
def test_optimizer(name, rate, options, excluded, dtype):
    """Eight steps, with the learning rate changed on the way; one weight has no gradient in the first four."""
    rng = np.random.default_rng(10)
    shapes = {"kernel": (4, 3), "bias": (3,), "gamma": (5,), "beta": (5,)}
    weights = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    variables = [keras.Variable(weight, dtype=dtype, name=name) for name, weight in weights.items()]
    ours = getattr(nn, name)(rate, **options)
    theirs = getattr(keras.optimizers, name)(rate, **options)
    if excluded:
        ours.exclude_from_weight_decay(excluded)
        theirs.exclude_from_weight_decay(var_names=list(excluded))
    for step in range(8):
        if step == 4:
            ours.learning_rate = theirs.learning_rate = rate / 4
        gradients = [rng.normal(size=shape).astype(dtype) for shape in shapes.values()]
        gradients[0][0, 0] *= step >= 4
        ours.apply(gradients, list(weights.values()), [f"{i}.Layer.{name}" for i, name in enumerate(weights)])
        theirs.apply_gradients(zip(map(tf.constant, gradients), variables))
        for weight, variable in zip(weights.values(), variables, strict=True):
            assert_agrees(weight, variable, OUTPUTS[dtype])


# ---- Whole networks -----------------------------------------------------------------------------

# A unit of the second layer may be active throughout a batch: batch normalization takes its bias out again, and the
# bias' gradient is 0 but for rounding. Epsilon keeps Adam from making a full step of that.
ADAM = ("Adam", 0.125, {"epsilon": 0.25, **BETAS})
NETWORKS = {
    **{name: (RULES[name], None, {}) for name in ("plain", "momentum", "Nesterov", "Nesterov with decay")},
    **{name: (RULES["momentum"], name, options) for name, options in PENALTIES.items()},
    "Adam": (ADAM, None, {}),
    "AdamW": (("AdamW", 0.125, {"weight_decay": 0.25, "epsilon": 0.25, **BETAS}), None, {}),
    "Adam and L2": (ADAM, "L2", PENALTIES["L2"]),
}


@pytest.fixture
def keras_computes_in(dtype) -> Iterator[None]:
    """Keras adds losses and penalties in one dtype for all models, its layers compute in another for all."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    yield
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


@pytest.mark.usefixtures("keras_computes_in")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rule, penalty, strength", NETWORKS.values(), ids=NETWORKS)
def test_a_whole_network_takes_the_same_steps(rule, penalty, strength, dtype):
    """Batch normalization before and behind an activation; loss and every weight after each of 3 steps."""

    def regularized(library) -> dict:
        if penalty is None:
            return {}
        return {"kernel_regularizer": getattr(getattr(library, "regularizers", library), penalty)(**strength)}

    model = nn.Sequential(
        [nn.Dense(7, use_bias=False, **regularized(nn)), nn.BatchNormalization(), nn.Sigmoid(),
         nn.Dense(6), nn.ReLU(), nn.BatchNormalization(momentum=0.5), nn.Dense(4, **regularized(nn))],
        seed=11,
    )
    model.build((None, 5), dtype)
    twin = keras.Sequential(
        [keras.layers.Dense(7, use_bias=False, **regularized(keras)),
         keras.layers.BatchNormalization(),
         keras.layers.Activation("sigmoid"),
         keras.layers.Dense(6, activation="relu"),
         keras.layers.BatchNormalization(momentum=0.5),
         keras.layers.Dense(4, **regularized(keras))]
    )
    twin.build((None, 5))
    ours_with_weights = [layer for layer in model.layers if layer.weights]
    pairs = list(zip(ours_with_weights, [layer for layer in twin.layers if layer.variables], strict=True))
    for layer, keras_layer in pairs:
        for variable in keras_layer.variables:
            variable.assign(layer.weights[variable.name])
    name, rate, options = rule
    twin.compile(
        optimizer=getattr(keras.optimizers, name)(rate, **options),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    optimizer = getattr(nn, name)(rate, **options)
    rng = np.random.default_rng(12)
    for _ in range(3):
        x = rng.normal(size=(10, 5)).astype(dtype)
        labels = rng.integers(0, 4, size=10)
        loss, _ = nn.train_step(model, x, labels, optimizer)
        expected = twin.train_on_batch(x, labels, return_dict=True)["loss"]
        assert loss == pytest.approx(float(expected), rel=OUTPUTS[dtype])
        for layer, keras_layer in pairs:
            for variable in keras_layer.variables:
                assert_agrees(layer.weights[variable.name], variable, GRADIENTS[dtype])
    evaluated = model.evaluate(x, labels)["loss"]
    assert evaluated == pytest.approx(twin.test_on_batch(x, labels, return_dict=True)["loss"], rel=OUTPUTS[dtype])


# ---- Augmentation -------------------------------------------------------------------------------

# TensorFlow computes in float32 which place of the input a pixel comes from.
MOVED = 1e-5
SIZES = [(3, 9, 12, 1), (3, 8, 7, 3)]


def pictures(shape: tuple[int, ...], dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(14).random(shape).astype(dtype)


def one_by_one(layer_for: Callable[..., keras.Layer], x: np.ndarray, *strengths: np.ndarray) -> np.ndarray:
    """Every picture through a layer of its own, whose factors leave it no choice."""
    layers = [layer_for(*own) for own in zip(*(np.broadcast_to(each, len(x)).tolist() for each in strengths))]
    return np.concatenate([layer(x[i:i + 1], training=True) for i, layer in enumerate(layers)])


# What ours is given and, for each picture, the fixed factors for Keras' layer. With these no pixel comes from half-way
# between two, where "nearest" is either of them.
MOVES = {
    "rotate": (nn.rotate, [np.array([37.0, -110.3, 200.7])], keras.layers.RandomRotation, lambda x: [1 / 360]),
    "rotate all": (nn.rotate, [-17.0], keras.layers.RandomRotation, lambda x: [1 / 360]),
    "zoom": (
        nn.zoom, [np.array([0.31, -0.23, 0.87]), np.array([-0.47, 0.59, 0.13])], keras.layers.RandomZoom,
        lambda x: [1, 1],
    ),
    "zoom all, both ways": (nn.zoom, [0.43], keras.layers.RandomZoom, lambda x: [1]),
    "shift": (
        nn.shift, [np.array([1.23, -7.3, 2.0]), np.array([-2.6, 0.4, 6.9])], keras.layers.RandomTranslation,
        lambda x: [1 / x.shape[1], 1 / x.shape[2]],
    ),
    "shift all": (nn.shift, [-1.4, 2.3], keras.layers.RandomTranslation, lambda x: [1 / x.shape[1], 1 / x.shape[2]]),
}


@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "reflect"])
@pytest.mark.parametrize("function, strengths, theirs, units", MOVES.values(), ids=MOVES)
def test_moving_pixels(function, strengths, theirs, units, fill_mode, interpolation, shape):
    border = {"fill_mode": fill_mode, "fill_value": 0.25, "interpolation": interpolation}
    x = pictures(shape)
    factors = [strength * unit for strength, unit in zip(strengths, units(x), strict=True)]
    expected = one_by_one(lambda *fixed: theirs(*((each, each) for each in fixed), **border), x, *factors)
    assert_agrees(function(x, *strengths, **border), expected, MOVED)


@pytest.mark.parametrize("function, strengths, theirs, units", MOVES.values(), ids=MOVES)
def test_moving_pixels_with_the_defaults_and_in_float64(function, strengths, theirs, units):
    x = pictures((3, 9, 12, 1), "float64")
    factors = [strength * unit for strength, unit in zip(strengths, units(x), strict=True)]
    expected = one_by_one(lambda *fixed: theirs(*((each, each) for each in fixed), dtype="float64"), x, *factors)
    assert_agrees(function(x, *strengths), expected, MOVED)


@pytest.mark.parametrize("rows, columns", [(3, -5), (-6, 14), (0, 7), (-8, 16), (21, -40)])
def test_wrapping_around_by_whole_pixels(rows, columns):
    """Between the last pixel and the first, SciPy interpolates and TensorFlow does not: whole pixels only.

    By a whole side or more, TensorFlow leaves pixels black.
    """
    x = pictures((2, 8, 16, 2))
    moved = nn.shift(x, rows, columns, fill_mode="wrap")
    assert_agrees(moved, np.roll(x, (rows, columns), axis=(1, 2)), MOVED)
    if abs(rows) < 7 and abs(columns) < 15:
        theirs = keras.layers.RandomTranslation((rows / 8, rows / 8), (columns / 16, columns / 16), fill_mode="wrap")
        assert_agrees(moved, theirs(x, training=True), MOVED)


@pytest.mark.parametrize("mode", ["horizontal", "vertical", "horizontal_and_vertical"])
def test_flip(mode):
    x = pictures((3, 4, 5, 2))
    theirs = keras.layers.RandomFlip(mode).transform_images(x, {"flips": np.ones((3, 1, 1, 1), bool)}, training=True)
    np.testing.assert_array_equal(nn.flip(x, mode), theirs)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value_range", [(0, 1), (0, 255), (-1, 1)], ids=str)
@pytest.mark.parametrize("factor", [0.0, 1.0, 0.3, np.array([0.2, 1.0, 1.9])], ids=str)
def test_contrast(factor, value_range, dtype):
    low, high = value_range
    x = low + (high - low) * pictures((3, 9, 12, 3), dtype)
    factors = np.broadcast_to(factor, 3).astype(dtype).reshape(3, 1, 1, 1)
    layer = keras.layers.RandomContrast(1.0, value_range, dtype=dtype)
    expected = layer.transform_images(tf.constant(x), {"contrast_factor": factors}, training=True)
    assert_agrees(nn.contrast(x, factor, value_range), expected, OUTPUTS[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value_range", [(0, 1), (0, 255), (-1, 1)], ids=str)
@pytest.mark.parametrize("delta", [0.0, 1.0, -0.25, np.array([0.125, -1.0, 0.75])], ids=str)
def test_brightness(delta, value_range, dtype):
    low, high = value_range
    x = low + (high - low) * pictures((3, 9, 12, 3), dtype)
    expected = one_by_one(
        lambda fixed: keras.layers.RandomBrightness((fixed, fixed), value_range, dtype=dtype), x, delta
    )
    assert_agrees(nn.brightness(x, delta, value_range), expected, OUTPUTS[dtype])


FIXED = {
    "RandomRotation": [(-0.15, -0.15)],
    "RandomTranslation": [(0.23, 0.23), (-0.31, -0.31)],
    "RandomZoom": [(-0.4, -0.4), (0.3, 0.3)],
    "RandomBrightness": [(0.25, 0.25), (0, 1)],
}


@pytest.mark.parametrize("name", FIXED)
def test_a_random_layer_without_a_choice_is_keras(name):
    x = pictures((3, 9, 12, 2))
    ours, theirs = getattr(nn, name)(*FIXED[name]), getattr(keras.layers, name)(*FIXED[name])
    assert_agrees(ours(x, training=True), theirs(x, training=True), MOVED)


CENTRE, SIDE = 16, 33


def own_coordinates(count: int) -> np.ndarray:
    """Pictures whose two channels say in which row and column a pixel lies, counted from the centre."""
    place = np.arange(SIDE, dtype=np.float32) - CENTRE
    return np.tile(np.stack(np.meshgrid(place, place, indexing="ij"), -1), (count, 1, 1, 1))


def read_off(y: np.ndarray) -> dict[str, np.ndarray]:
    """Whatever has been done to ``own_coordinates``, what is left in the centre tells how much of it."""
    origin = y[:, CENTRE, CENTRE]
    down, right = y[:, CENTRE + 1, CENTRE] - origin, y[:, CENTRE, CENTRE + 1] - origin
    return {
        "turns": np.arctan2(right[:, 0], down[:, 0]) / (2 * np.pi),
        "row_scale": down[:, 0],
        "column_scale": right[:, 1],
        "rows": -origin[:, 0] / SIDE,
        "columns": -origin[:, 1] / SIDE,
        "added": origin[:, 0] / 200,
    }


WIDE = (-100, 100)
# Arguments, and the interval that Keras' documentation names for what they draw.
INTERVALS = {
    "RandomRotation 0.2": ("RandomRotation", [0.2], {"turns": (-0.2, 0.2)}),
    "RandomRotation (-0.1, 0.4)": ("RandomRotation", [(-0.1, 0.4)], {"turns": (-0.1, 0.4)}),
    "RandomTranslation 0.2, 0.1": ("RandomTranslation", [0.2, 0.1], {"rows": (-0.2, 0.2), "columns": (-0.1, 0.1)}),
    "RandomTranslation (-0.2, 0.1), (0, 0.3)": (
        "RandomTranslation", [(-0.2, 0.1), (0, 0.3)], {"rows": (-0.2, 0.1), "columns": (0, 0.3)},
    ),
    "RandomZoom 0.3": ("RandomZoom", [0.3], {"row_scale": (0.7, 1.3), "column_scale": (0.7, 1.3)}),
    "RandomZoom (-0.5, 0.2), 0.3": (
        "RandomZoom", [(-0.5, 0.2), 0.3], {"row_scale": (0.5, 1.2), "column_scale": (0.7, 1.3)},
    ),
    "RandomContrast (0.3, 0.3)": ("RandomContrast", [(0.3, 0.3), WIDE], {"row_scale": (0.7, 1.3)}),
    "RandomContrast (0.2, 0.6)": ("RandomContrast", [(0.2, 0.6), WIDE], {"row_scale": (0.8, 1.6)}),
    "RandomBrightness 0.2": ("RandomBrightness", [0.2, WIDE], {"added": (-0.2, 0.2)}),
    "RandomBrightness (-0.1, 0.3)": ("RandomBrightness", [(-0.1, 0.3), WIDE], {"added": (-0.1, 0.3)}),
}


@pytest.mark.parametrize("library", [nn, keras.layers], ids=["ours", "keras"])
@pytest.mark.parametrize("name, factors, intervals", INTERVALS.values(), ids=INTERVALS)
def test_random_strengths_fill_the_interval_that_keras_documents(name, factors, intervals, library):
    """Another one for every picture and every call. Keras passes too: the measuring is right."""
    x = own_coordinates(200)
    layer = getattr(library, name)(*factors, seed=3)
    first, second = (read_off(np.asarray(layer(x, training=True))) for _ in range(2))
    for quantity, (lower, upper) in intervals.items():
        drawn, margin = first[quantity], 0.05 * (upper - lower)
        assert lower - 1e-5 < drawn.min() < lower + margin
        assert upper - margin < drawn.max() < upper + 1e-5
        assert len(np.unique(drawn)) > 190
        assert (second[quantity] != drawn).mean() > 0.9
    if len(intervals) == 2:
        one, other = (first[quantity] for quantity in intervals)
        if len(factors) == 1:  # the width follows the height
            np.testing.assert_allclose(one, other, atol=1e-5)
        else:
            assert abs(np.corrcoef(one, other)[0, 1]) < 0.3


def test_a_contrast_factor_of_one_number_reaches_as_far_down_as_up():
    """As Keras documents it; its layer never draws below 1 (3.15)."""
    drawn = read_off(nn.RandomContrast(0.3, WIDE)(own_coordinates(200), training=True))["row_scale"]
    assert drawn.min() == pytest.approx(0.7, abs=0.03)
    assert drawn.max() == pytest.approx(1.3, abs=0.03)


@pytest.mark.parametrize("library", [nn, keras.layers], ids=["ours", "keras"])
@pytest.mark.parametrize(
    "mode, flipped",
    [("horizontal", ["column_scale"]), ("vertical", ["row_scale"]),
     ("horizontal_and_vertical", ["row_scale", "column_scale"])],
)
def test_random_flips_are_as_often_as_not(mode, flipped, library):
    x = own_coordinates(200)
    signs = read_off(np.asarray(getattr(library, "RandomFlip")(mode, seed=3)(x, training=True)))
    for axis in ("row_scale", "column_scale"):
        assert (abs(signs[axis]) == 1).all()
        assert 0.4 < (signs[axis] < 0).mean() < 0.6 if axis in flipped else (signs[axis] == 1).all()


@pytest.mark.parametrize("name, factors, intervals", INTERVALS.values(), ids=INTERVALS)
def test_random_layers_change_nothing_in_inference(name, factors, intervals):
    x = pictures((3, 9, 12, 2))
    layer = getattr(nn, name)(*factors)
    np.testing.assert_array_equal(layer(x), x)
    state = layer.generator.bit_generator.state
    np.testing.assert_array_equal(layer(x, training=False), x)
    assert layer.generator.bit_generator.state == state
    assert (layer(x, training=True) != x).any()
