"""One training step of the batch-normalization paper's network, its matrix products alone, and Keras.

784-100-100-100-10 units, sigmoids behind batch normalization, batches of 60 real digits, float32. Each round
passes over the same few hundred batches, first by one, then by the other, so that what else the machine does
falls on both; the best round counts, the median shows how quiet the machine was.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from time import perf_counter

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments.batch_normalization import SIGMOID_NETWORK, network
from tests.benchmarks.process import in_new_process
from tests.benchmarks.table import Row

BATCH = SIGMOID_NETWORK.configuration["batch_size"]
WIDTHS = [784, *SIGMOID_NETWORK.configuration["hidden"], SIGMOID_NETWORK.configuration["classes"]]
LEARNING_RATE = SIGMOID_NETWORK.configuration["learning_rate"]
FASTER_THAN_KERAS = 2.5
TIMES_THE_PRODUCTS = 1.4

Seconds = dict[str, list[float]]


def rows(quick: bool) -> list[Row]:
    """Measure with one thread for matrix products, as the notebooks run, and with two. Keras has its own."""
    settings = [(1, 1, 3)] if quick else [(1, 15, 300), (2, 15, 300)]
    measured = ((in_new_process("tests.benchmarks.step", *each), each[0]) for each in settings)
    return [row for seconds, threads in measured for row in _rows_of(seconds, threads)]


def _rows_of(seconds: Seconds, threads: int) -> list[Row]:
    best = {name: min(values) for name, values in seconds.items()}

    def row(text: str, name: str) -> Row:
        return Row(text, f"{best[name] * 1e3:.3f} ms (median {statistics.median(seconds[name]) * 1e3:.3f})")

    faster = best["keras"] / best["step"]
    slower = best["step"] / best["products"]
    return [
        row(f"training step, {threads} BLAS thread{'s' * (threads > 1)}: helpers.nn", "step"),
        row("    its matrix products alone", "products"),
        row("    a step of nn.fit, with gathering and accuracy", "fit"),
        row("    a step of Keras' model.fit", "keras"),
        Row(
            "    faster than Keras' model.fit", f"{faster:.2f}×",
            f"≥ {FASTER_THAN_KERAS}×", faster >= FASTER_THAN_KERAS,
        ),
        Row(
            "    time in units of the products alone", f"{slower:.2f}×",
            f"≤ {TIMES_THE_PRODUCTS}×", slower <= TIMES_THE_PRODUCTS,
        ),
        *(Row(f"        {name}", f"{best[name] * 1e3:.3f} ms") for name in seconds if " " in name),
    ]


def measure(rounds: int, count: int) -> Seconds:
    """Time our steps, their products alone, and Keras, in turn.

    Args:
        rounds: how often each is timed.
        count: number of batches, and so of steps, in a round.

    Returns:
        Seconds a step, one number a round: "step", "products", "fit", "keras", and the parts of our step, as
        "Dense forward".
    """
    (images, labels), _ = load_mnist()
    x = images[: count * BATCH].reshape(-1, 784).astype(np.float32) / 255
    y = labels[: count * BATCH].astype(np.int64)
    batches = list(zip(x.reshape(count, BATCH, 784), y.reshape(count, BATCH)))
    contenders = {
        "step": _our_steps(batches),
        "products": _products(batches),
        "fit": _our_fit(x, y),
        "keras": _keras_fit(x, y),
    }
    parts = _parts(batches)
    seconds: Seconds = defaultdict(list)
    for run in contenders.values():
        run()
    for _ in range(rounds):
        for name, run in contenders.items():
            started = perf_counter()
            run()
            seconds[name].append((perf_counter() - started) / count)
        for name, total in parts().items():
            seconds[name].append(total / count)
    return seconds


def _our_network() -> nn.Sequential:
    return network("batch", SIGMOID_NETWORK.configuration, seed=0)


def _our_steps(batches: list) -> Callable[[], None]:
    model, optimizer = _our_network(), nn.SGD(LEARNING_RATE)

    def run() -> None:
        for x, y in batches:
            nn.train_step(model, x, y, optimizer)

    return run


def _our_fit(x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    model, optimizer = _our_network(), nn.SGD(LEARNING_RATE)
    return lambda: nn.fit(model, x, y, optimizer=optimizer, batch_size=BATCH)


def _products(batches: list) -> Callable[[], None]:
    """The products of a step on arrays of the same shapes and layouts, each called as the layers call it."""
    rng = np.random.default_rng(0)
    kernels = [rng.normal(scale=0.1, size=shape).astype(np.float32) for shape in zip(WIDTHS, WIDTHS[1:])]
    of_kernels = [np.empty_like(kernel) for kernel in kernels]
    inputs = [rng.random((BATCH, width), dtype=np.float32) for width in WIDTHS[:-1]]
    gradients = [rng.normal(size=(BATCH, width)).astype(np.float32) for width in WIDTHS[1:]]

    def run() -> None:
        for inputs[0], _ in batches:
            for x, kernel in zip(inputs, kernels):
                x @ kernel
            for i in reversed(range(len(kernels))):
                np.matmul(inputs[i].T, gradients[i], out=of_kernels[i])
                if i > 0:
                    gradients[i] @ kernels[i].T

    return run


def _keras_fit(x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    """The same network, with Keras' default settings for everything about speed."""
    import keras

    initial = keras.initializers.RandomNormal(stddev=0.1, seed=0)
    layers: list[keras.Layer] = []
    for width in WIDTHS[1:-1]:
        layers += [
            keras.layers.Dense(width, use_bias=False, kernel_initializer=initial.clone()),
            keras.layers.BatchNormalization(),
            keras.layers.Activation("sigmoid"),
        ]
    model = keras.Sequential([*layers, keras.layers.Dense(WIDTHS[-1], kernel_initializer=initial.clone())])
    model.compile(
        optimizer=keras.optimizers.SGD(LEARNING_RATE),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return lambda: model.fit(x, y, batch_size=BATCH, verbose=0)


def _parts(batches: list) -> Callable[[], dict[str, float]]:
    """Our step taken apart: total seconds in each kind of layer, in the loss and in the optimizer."""
    model, optimizer = _our_network(), nn.SGD(LEARNING_RATE)
    model.build(batches[0][0].shape)

    def run() -> dict[str, float]:
        total: dict[str, float] = defaultdict(float)

        def timed(name: str, function: Callable, *args: object, **options: object) -> object:
            started = perf_counter()
            result = function(*args, **options)
            total[name] += perf_counter() - started
            return result

        for x, y in batches:
            for layer in model.layers:
                x = timed(f"{layer.name} forward", layer, x, training=True)
            _, gradient = timed("the loss", nn.softmax_cross_entropy, x, y)
            for layer in reversed(model.layers):
                gradient = timed(
                    f"{layer.name} backward", layer.backward, gradient, to_input=layer is not model.layers[0]
                )
            timed("the optimizer", optimizer.apply, model.gradients, model.trainable_weights)
        return total

    return run


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", type=int)
    parser.add_argument("count", type=int)
    json.dump(measure(**vars(parser.parse_args())), sys.stdout)
