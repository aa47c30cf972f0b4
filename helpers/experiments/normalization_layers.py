"""Lecture 49: batch, layer, instance and group normalization on one network, and small batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid

if TYPE_CHECKING:
    import keras

VARIANTS = ("without", "batch", "layer", "instance", "group")


def network(variant: str, maps: int, configuration: Mapping) -> keras.Sequential:
    """Return five convolutions with a normalization before each ReLU, an average over places, a dense layer.

    Args:
        variant: one of ``VARIANTS``. "layer" is Wu and He's: one mean a picture, gamma and beta one a channel,
            which is group normalization with one group.
        maps: the side of the last layer's maps, a key of ``strides``. Networks that differ in it only have the
            same number of weights: what differs is how many values a statistic of batch normalization sees.
        configuration: ``filters``, ``classes``, ``groups``, ``momentum_of_averages`` and ``strides`` are read.
    """
    import keras

    def normalization() -> keras.layers.Layer:
        if variant == "batch":
            return keras.layers.BatchNormalization(momentum=configuration["momentum_of_averages"])
        groups = {"layer": 1, "instance": -1, "group": configuration["groups"]}[variant]
        return keras.layers.GroupNormalization(groups)

    layers = [keras.layers.Input((28, 28, 1))]
    for stride in configuration["strides"][str(maps)]:
        layers.append(keras.layers.Conv2D(configuration["filters"], 3, strides=stride, padding="same",
                                          use_bias=variant == "without"))
        if variant != "without":
            layers.append(normalization())
        layers.append(keras.layers.ReLU())
    return keras.Sequential(
        [*layers, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(configuration["classes"])]
    )


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    import keras
    import tensorflow as tf

    # Each unit compiles a training loop of its own; that is meant, and TensorFlow would warn of it.
    tf.get_logger().setLevel("ERROR")
    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = (images[..., None].astype(np.float32) / 255 for images in (x, x_test))
    x_test, y_test = x_test[::configuration["every_test_digit"]], y_test[::configuration["every_test_digit"]]
    if "validation_digits" in configuration:  # in place of test digits: training digits that are not trained on
        rows = slice(configuration["digits"], configuration["digits"] + configuration["validation_digits"])
        x_test, y_test = x[rows], y[rows]
    x, y = x[:configuration["digits"]], y[:configuration["digits"]]
    keras.backend.clear_session()
    keras.utils.set_random_seed(unit["seed"])
    model = network(unit["variant"], unit["maps"], configuration)
    weights = model.trainable_variables
    optimizer = keras.optimizers.SGD(momentum=configuration["momentum"])
    optimizer.build(weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def train(x, y, batches):  # batches (steps, batch size): the rows of each step
        for rows in batches:
            with tf.GradientTape() as tape:
                value = loss(tf.gather(y, rows), model(tf.gather(x, rows), training=True))
            optimizer.apply(tape.gradient(value, weights), weights)

    @tf.function
    def wrong(x, y, batches, training):
        count = tf.constant(0)
        for rows in batches:
            guess = tf.argmax(model(tf.gather(x, rows), training=training), axis=1, output_type=tf.int32)
            count += tf.reduce_sum(tf.cast(guess != tf.gather(y, rows), tf.int32))
        return count

    def error(batch_size: int, training: bool) -> float:
        """On the digits that are tested on, in percent."""
        batches = tf.reshape(tf.range(len(x_test) // batch_size * batch_size), (-1, batch_size))
        return 100 * int(wrong(*test, batches, training)) / int(tf.size(batches))

    size = unit["batch_size"]
    train_data, test = ((tf.constant(a), tf.constant(b, tf.int32)) for a, b in ((x, y), (x_test, y_test)))
    # The linear rule of Goyal et al. (2017), as in the group-normalization paper: a rate in proportion to the
    # batch, for the same number of examples. Divided by 10 for the last rounds.
    rate = unit["learning_rate"] * size / configuration["reference_batch"]
    rng = np.random.default_rng([unit["seed"], 1])
    for epoch in range(configuration["epochs"]):
        optimizer.learning_rate = rate / (10 if epoch in configuration["slow_epochs"] else 1)
        order = rng.permutation(len(x))[:len(x) // size * size]
        train(*train_data, tf.constant(order.reshape(-1, size), tf.int32))
        progress((epoch + 1) / configuration["epochs"])
    measured = {"error": error(configuration["test_batch"], False)}  # as papers test: by moving averages
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0  # what is remembered is the next batch, and nothing else
    model(x[:configuration["digits_for_statistics"]], training=True)
    measured["error_full_statistics"] = error(configuration["test_batch"], False)
    # Each test digit among the others of its batch, as in training. Last: it spoils what is remembered.
    measured["error_in_batches"] = error(size, True)
    return {name: np.array(value) for name, value in measured.items()}


_CONFIGURATION = {
    "digits": 10_000,
    "every_test_digit": 1,  # all 10,000
    "filters": 16,
    "classes": 10,
    "groups": 4,
    # Side of the last maps: the strides of the five convolutions. 28 -> 14 -> 7 -> 4 -> 2 -> 1.
    "strides": {"14": [2, 1, 1, 1, 1], "4": [2, 2, 2, 1, 1], "2": [2, 2, 2, 2, 1], "1": [2, 2, 2, 2, 2]},
    "momentum": 0.9,
    "momentum_of_averages": 0.99,  # with 0.9 the averages of a batch of 2 would hold twenty digits only
    "reference_batch": 32,
    "epochs": 3,
    "slow_epochs": [2],
    "digits_for_statistics": 2_000,
    "test_batch": 250,
}

_SOURCE = "Wu and He (2018, arXiv:1803.08494), section 4.1"

LEARNING_RATES = Experiment(
    name="normalization_layers_learning_rates",
    # A rate is chosen, so it is not chosen on the test digits.
    configuration={**_CONFIGURATION, "validation_digits": 2_000},
    units=grid(
        variant=VARIANTS, maps=(4,), batch_size=(32,), learning_rate=(0.03, 0.1, 0.3, 1.0), seed=(10, 11)
    ),
    run=_run,
    summary="The four normalizations and none on one small CNN at batch 32, at four learning rates.",
    source=_SOURCE,
)

SMALL_BATCH_RATES = Experiment(
    name="small_batches_learning_rates",
    configuration=LEARNING_RATES.configuration,
    units=grid(
        variant=("batch", "group"),
        maps=(1,),
        batch_size=(2,),
        learning_rate=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
        seed=(10, 11),
    ),
    run=_run,
    summary="Is it the learning rate? The network with the smallest maps at batch 2, at six rates.",
    source=_SOURCE,
)

# The rate 0.1 is the paper's. In the first sweep (two seeds) it is the best of four for batch and layer normalization
# and for the network without any; instance normalization is better at 0.3, group normalization at 0.03. In the second
# sweep batch normalization at batch 2 is far behind at every rate: the linear rule is not all there is to blame.
_BOTH = ("batch", "group")

FOUR = Experiment(
    name="normalization_layers",
    configuration=_CONFIGURATION,
    units=tuple(
        {"variant": variant, "maps": 4, "batch_size": 32, "learning_rate": rate, "seed": seed}
        for variant in VARIANTS
        for rate in {"instance": (0.1, 0.3), "group": (0.03, 0.1)}.get(variant, (0.1,))
        for seed in range(5)
    ),
    run=_run,
    summary="The four normalizations and none on one small CNN at batch 32, at the rate 0.1 and at each one's best.",
    source="Wu and He (2018, arXiv:1803.08494), section 4.1, table 1",
)

SMALL_BATCHES = Experiment(
    name="small_batches",
    configuration=_CONFIGURATION,
    units=grid(
        variant=_BOTH, maps=(1,), batch_size=(32, 16, 8, 4, 2), learning_rate=(0.1,), seed=range(5)
    ),
    run=_run,
    summary="Batch and group normalization as the batch shrinks, in a network whose maps end at 1 × 1.",
    source="Wu and He (2018, arXiv:1803.08494), section 4.1, table 2",
)

MAPS = Experiment(
    name="small_batches_and_maps",
    configuration=_CONFIGURATION,
    # Batch 32 with maps of 4 × 4 is among the runs of the four normalizations.
    units=tuple(
        {"variant": variant, "maps": maps, "batch_size": size, "learning_rate": rate, "seed": seed}
        for maps, size, rate, variants in (
            (1, 2, 0.003, ("batch",)), (2, 2, 0.1, _BOTH), (4, 2, 0.1, _BOTH), (14, 2, 0.1, _BOTH), (14, 32, 0.1, _BOTH)
        )
        for variant in variants
        for seed in range(5)
    ),
    run=_run,
    summary="The same weights over larger maps, at batch 2: how few values can a statistic bear?",
    source=_SOURCE,
)
