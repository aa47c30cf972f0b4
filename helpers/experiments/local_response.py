"""Lecture 46: does local response normalization help a small convolutional network?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid

if TYPE_CHECKING:
    import keras

VARIANTS = ("without", "lrn", "lrn_strong", "batch", "both")


def network(variant: str, configuration: Mapping) -> keras.Sequential:
    """Return two blocks of convolution, ReLU and pooling, and a dense layer; not compiled.

    Args:
        variant: "without"; a name in ``constants``: LRN after each ReLU, as in AlexNet; "batch": batch
            normalization before each ReLU, as in its paper, and then the convolutions have no bias; "both":
            that, and "lrn_strong" after each ReLU.
        configuration: ``filters``, ``kernel``, ``classes`` and ``constants`` are read.
    """
    import keras

    class LRN(keras.layers.Layer):
        def __init__(self, k: float, n: int, alpha: float, beta: float) -> None:
            super().__init__()
            self.k, self.n, self.alpha, self.beta = k, n, alpha, beta

        def build(self, shape) -> None:
            i = np.arange(shape[-1])
            self.band = (abs(i[:, None] - i) <= self.n // 2).astype(np.float32)

        def call(self, a):
            # On a CPU faster than tf.nn.local_response_normalization; and exp and log faster than a power.
            base = self.k + self.alpha * keras.ops.matmul(a * a, self.band)
            return a * keras.ops.exp(-self.beta * keras.ops.log(base))

    batch, lrn = variant in ("batch", "both"), "lrn_strong" if variant == "both" else variant
    layers = [keras.layers.Input((28, 28, 1))]
    for filters in configuration["filters"]:
        layers.append(keras.layers.Conv2D(filters, configuration["kernel"], padding="same", use_bias=not batch))
        if batch:
            layers.append(keras.layers.BatchNormalization(momentum=configuration["momentum_of_averages"]))
        layers.append(keras.layers.ReLU())
        if lrn in configuration["constants"]:
            layers.append(LRN(**configuration["constants"][lrn]))
        layers.append(keras.layers.MaxPooling2D(2))
    layers += [keras.layers.Flatten(), keras.layers.Dense(configuration["classes"])]
    return keras.Sequential(layers)


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    import keras

    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = (images[..., None].astype(np.float32) / 255 for images in (x, x_test))
    x_test, y_test = x_test[::configuration["every_test_digit"]], y_test[::configuration["every_test_digit"]]
    if "validation_digits" in configuration:  # in place of test digits: training digits that are not trained on
        rows = slice(configuration["digits"], configuration["digits"] + configuration["validation_digits"])
        x_test, y_test = x[rows], y[rows]
    x, y = x[:configuration["digits"]], y[:configuration["digits"]]
    keras.backend.clear_session()
    keras.utils.set_random_seed(unit["seed"])
    model = network(unit["variant"], configuration)
    model.compile(
        keras.optimizers.SGD(unit["learning_rate"], momentum=configuration["momentum"]),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    rng = np.random.default_rng([unit["seed"], 1])
    marks, accuracies, step = configuration["measured_at"], [], 0
    while step < configuration["steps"]:
        for rows in nn.batches(len(x), configuration["batch_size"], rng):
            model.train_on_batch(x[rows], y[rows])
            step += 1
            if step in marks:
                logits = model.predict(x_test, batch_size=250, verbose=0)
                # A network that has diverged gives NaN, whose argmax is class 0.
                accuracies.append(np.mean(logits.argmax(axis=1) == y_test))
                progress(step / configuration["steps"])
            if step == configuration["steps"]:
                break
    return {"step": np.array(marks, np.int32), "accuracy": np.array(accuracies)}


_CONFIGURATION = {
    "digits": 10_000,
    "every_test_digit": 1,
    "filters": [16, 32],
    "kernel": 3,
    "classes": 10,
    "constants": {
        "lrn": {"k": 2.0, "n": 5, "alpha": 1e-4, "beta": 0.75},  # AlexNet's, for inputs up to 255
        "lrn_strong": {"k": 1.0, "n": 5, "alpha": 1.0, "beta": 0.75},  # felt by activations of 1
    },
    "momentum_of_averages": 0.9,  # Keras' 0.99 lags behind in a run as short as this
    "momentum": 0.9,
    "batch_size": 50,
    "steps": 400,
    "measured_at": [10, 25, 50, 100, 150, 200, 300, 400],
}

_SOURCE = "Krizhevsky, Sutskever and Hinton (2012), section 3.3; Simonyan and Zisserman (2014, arXiv:1409.1556)"

_RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)

LEARNING_RATES = Experiment(
    name="local_response_learning_rates",
    # A rate is chosen, so it is not chosen on the test digits.
    configuration={**_CONFIGURATION, "validation_digits": 2_000},
    units=(
        *grid(variant=VARIANTS[:-1], learning_rate=_RATES, seed=(10, 11, 12)),
        *grid(variant=("both",), learning_rate=_RATES[2:7], seed=(10, 11, 12)),
    ),
    run=_run,
    summary="A small CNN on 10,000 digits without normalization, with LRN (twice), with BN and with both, at several rates.",
    source=_SOURCE,
)

LOCAL_RESPONSE = Experiment(
    name="local_response",
    configuration=_CONFIGURATION,
    # The rate of each that was best in the sweep above, on other seeds.
    units=tuple(
        {"variant": variant, "learning_rate": rate, "seed": seed}
        for variant, rate in {"without": 0.03, "lrn_strong": 0.1, "batch": 0.01, "both": 0.1}.items()
        for seed in range(5)
    ),
    run=_run,
    summary="The same CNN with and without LRN, and with BN and both, each at its best rate, tested on all 10,000 digits.",
    source=_SOURCE,
)
