"""`helpers.nn` against Keras: the same inputs and weights give the same outputs, gradients and steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import nn

DTYPES = ["float32", "float64"]
# Largest difference in units of the largest element.
OUTPUTS = {"float32": 1e-6, "float64": 1e-10}
GRADIENTS = {"float32": 1e-5, "float64": 1e-10}


def assert_agrees(ours: np.ndarray, theirs: object, tolerance: float) -> None:
    theirs = np.asarray(theirs)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    # All inputs are of size 1: where an array is 0 but for rounding, as the gradient of a bias below
    # batch normalization, its own size would be no measure.
    scale = max(np.abs(theirs).max(), 0.1)
    assert np.abs(ours - theirs).max() / scale < tolerance


def compare_call(ours: nn.Layer, theirs: keras.Layer, x: np.ndarray, training: bool, seed: int) -> None:
    """Call both layers on x and carry one random gradient back; outputs and gradients must agree."""
    dtype = str(x.dtype)
    x_tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x_tensor)
        y = theirs(x_tensor, training=training)
        gradient = np.random.default_rng(seed).normal(size=y.shape).astype(dtype)
        loss = tf.reduce_sum(y * gradient)
    trained = {variable.name: variable.value for variable in theirs.trainable_variables}
    expected = tape.gradient(loss, {"x": x_tensor, **trained})

    assert_agrees(ours(x, training=training), y, OUTPUTS[dtype])
    assert_agrees(ours.backward(gradient), expected.pop("x"), GRADIENTS[dtype])
    assert set(ours.gradients) == set(expected)
    for name, value in expected.items():
        assert_agrees(ours.gradients[name], value, GRADIENTS[dtype])


def with_random_weights(layer: nn.Layer, twin: keras.Layer, x: np.ndarray, rng: np.random.Generator) -> None:
    """Build both layers for x and give both the same weights, all of them positive (variances are)."""
    layer.build(x.shape, x.dtype)
    twin.build(x.shape)
    layer.set_weights({name: rng.uniform(0.5, 2, size=w.shape) for name, w in layer.weights.items()})
    assert {variable.name for variable in twin.variables} == set(layer.weights)
    for variable in twin.variables:
        variable.assign(layer.weights[variable.name])


BATCHES = {
    "2-D": ((8, 5), -1),
    "3-D": ((2, 3, 4), -1),
    "channels in the middle": ((2, 3, 4), 1),
    "images": ((4, 6, 6, 3), -1),
    "images, channels first": ((4, 3, 6, 6), 1),
}
OPTIONS = {
    "defaults": {},
    "epsilon and momentum": {"epsilon": 1e-5, "momentum": 0.9},
    "no memory": {"momentum": 0.0},
    "center=False": {"center": False},
    "scale=False": {"scale": False},
    "neither": {"center": False, "scale": False},
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize("shape, axis", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_batch_normalization(shape, axis, options, training, dtype):
    rng = np.random.default_rng(1)
    x = rng.normal(loc=2, scale=3, size=shape).astype(dtype)
    ours = nn.BatchNormalization(axis=axis, **options)
    theirs = keras.layers.BatchNormalization(axis=axis, dtype=dtype, **options)
    with_random_weights(ours, theirs, x, rng)
    compare_call(ours, theirs, x, training, seed=2)
    assert_agrees(ours.moving_mean, theirs.moving_mean, OUTPUTS[dtype])
    assert_agrees(ours.moving_variance, theirs.moving_variance, OUTPUTS[dtype])


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


def test_names_and_defaults_are_those_of_keras():
    ours = nn.BatchNormalization()
    settings = keras.layers.BatchNormalization().get_config()
    for name in ("axis", "momentum", "epsilon", "center", "scale"):
        assert getattr(ours, name) == settings[name]
    x = np.ones((2, 3), np.float32)
    ours(x)
    theirs = keras.layers.BatchNormalization()
    theirs.build(x.shape)
    assert set(ours.weights) == {variable.name for variable in theirs.variables}
    for variable in theirs.variables:
        np.testing.assert_array_equal(ours.weights[variable.name], variable)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("use_bias", [True, False])
def test_dense(use_bias, dtype):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(7, 5)).astype(dtype)
    ours = nn.Dense(3, use_bias=use_bias)
    theirs = keras.layers.Dense(3, use_bias=use_bias, dtype=dtype)
    with_random_weights(ours, theirs, x, rng)
    compare_call(ours, theirs, x, training=True, seed=5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["relu", "sigmoid"])
def test_activations(name, dtype):
    """Where they saturate too, and relu at 0."""
    ours = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}[name]()
    x = np.array([[-1e4, -90, -30, -2, -1e-3], [0, 1e-3, 2, 30, 1e4]], dtype)
    compare_call(ours, keras.layers.Activation(name, dtype=dtype), x, training=True, seed=6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_flatten(dtype):
    x = np.random.default_rng(7).normal(size=(3, 2, 4, 5)).astype(dtype)
    compare_call(nn.Flatten(), keras.layers.Flatten(dtype=dtype), x, training=True, seed=8)


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


RULES = {
    "plain": {},
    # Powers of two: Keras keeps the rate and the momentum in float32, whatever the weights are.
    "momentum": {"momentum": 0.875},
    "Nesterov": {"momentum": 0.875, "nesterov": True},
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("options", RULES.values(), ids=RULES)
def test_sgd(options, dtype):
    """Six steps, with the learning rate changed on the way."""
    rng = np.random.default_rng(10)
    weights = [rng.normal(size=shape).astype(dtype) for shape in [(4, 3), (3,)]]
    variables = [keras.Variable(weight, dtype=dtype) for weight in weights]
    ours = nn.SGD(0.125, **options)
    theirs = keras.optimizers.SGD(0.125, **options)
    for step in range(6):
        if step == 3:
            ours.learning_rate = theirs.learning_rate = 0.03125
        gradients = [rng.normal(size=weight.shape).astype(dtype) for weight in weights]
        ours.apply(gradients, weights)
        theirs.apply_gradients(zip(map(tf.constant, gradients), variables))
    for weight, variable in zip(weights, variables):
        assert_agrees(weight, variable, OUTPUTS[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("options", RULES.values(), ids=RULES)
def test_a_whole_network_takes_the_same_steps(options, dtype):
    """Batch normalization before and behind an activation; loss and every weight after each of 3 steps."""
    model = nn.Sequential(
        [nn.Dense(7, use_bias=False), nn.BatchNormalization(), nn.Sigmoid(),
         nn.Dense(6), nn.ReLU(), nn.BatchNormalization(momentum=0.5), nn.Dense(4)],
        seed=11,
    )
    model.build((None, 5), dtype)
    twin = keras.Sequential(
        [keras.layers.Dense(7, use_bias=False, dtype=dtype),
         keras.layers.BatchNormalization(dtype=dtype),
         keras.layers.Activation("sigmoid", dtype=dtype),
         keras.layers.Dense(6, activation="relu", dtype=dtype),
         keras.layers.BatchNormalization(momentum=0.5, dtype=dtype),
         keras.layers.Dense(4, dtype=dtype)]
    )
    twin.build((None, 5))
    ours_with_weights = [layer for layer in model.layers if layer.weights]
    pairs = list(zip(ours_with_weights, [layer for layer in twin.layers if layer.variables], strict=True))
    for layer, keras_layer in pairs:
        for variable in keras_layer.variables:
            variable.assign(layer.weights[variable.name])
    twin.compile(
        optimizer=keras.optimizers.SGD(0.125, **options),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=dtype),
        run_eagerly=True,
    )
    optimizer = nn.SGD(0.125, **options)
    rng = np.random.default_rng(12)
    for _ in range(3):
        x = rng.normal(size=(10, 5)).astype(dtype)
        labels = rng.integers(0, 4, size=10)
        loss, _ = nn.train_step(model, x, labels, optimizer)
        expected = twin.train_on_batch(x, labels, return_dict=True)["loss"]
        assert loss == pytest.approx(float(expected), rel=1e-6)  # Keras reports it in float32
        for layer, keras_layer in pairs:
            for variable in keras_layer.variables:
                assert_agrees(layer.weights[variable.name], variable, GRADIENTS[dtype])
