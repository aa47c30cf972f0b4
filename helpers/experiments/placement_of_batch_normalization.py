"""Lecture 47: batch normalization before the activation or after it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}
PLACES = ("without", "before", "after")


def network(place: str, activation: str, configuration: Mapping, seed: int) -> nn.Sequential:
    """Return dense layers with batch normalization before their activations, after them, or without it.

    Args:
        place: "without", "before" or "after". Only "before" makes the dense layers' biases superfluous.
        activation: "relu" or "sigmoid".
        configuration: ``hidden`` and ``classes`` are read.
        seed: decides the initial weights: the same for all three places.
    """
    layers: list[nn.Layer] = []
    for units in configuration["hidden"]:
        layers.append(nn.Dense(units, use_bias=place != "before"))
        if place == "before":
            layers.append(nn.BatchNormalization())
        layers.append(ACTIVATIONS[activation]())
        if place == "after":
            layers.append(nn.BatchNormalization())
    layers.append(nn.Dense(configuration["classes"]))
    return nn.Sequential(layers, seed=seed)


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = (images.reshape(len(images), -1).astype(np.float32) / 255 for images in (x, x_test))
    model = network(unit["place"], unit["activation"], configuration, unit["seed"])
    optimizer = nn.SGD(unit["learning_rate"])
    # The initial weights and the order of the examples must not come from one stream of numbers.
    rng = np.random.default_rng([unit["seed"], 1])
    accuracies, accuracies_full, step = [], [], 0
    with np.errstate(all="ignore"):  # a rate that is too large makes NaN: that is a result
        while step < configuration["steps"]:
            for rows in nn.batches(len(x), configuration["batch_size"], rng):
                nn.train_step(model, x[rows], y[rows], optimizer)
                step += 1
                if step in configuration["measured_at"]:
                    accuracies.append(model.evaluate(x_test, y_test)["accuracy"])
                    full = _with_full_statistics(model, x)
                    accuracies_full.append(full.evaluate(x_test, y_test)["accuracy"])
                    progress(step / configuration["steps"])
                if step == configuration["steps"]:
                    break
    return {
        "step": np.array(configuration["measured_at"], np.int32),
        # With the moving averages, and with the statistics of the full training set.
        "accuracy": np.array(accuracies),
        "accuracy_full": np.array(accuracies_full),
    }


def _with_full_statistics(model: nn.Sequential, x: np.ndarray) -> nn.Sequential:
    """Return a copy whose moving statistics are those of all training digits (N, 784) as one batch."""
    model = copy.deepcopy(model)
    for layer in model.layers:
        if isinstance(layer, nn.BatchNormalization):
            layer.momentum = 0.0
    model(x, training=True)
    return model


PLACEMENT = Experiment(
    name="placement_of_batch_normalization",
    configuration={
        "hidden": [100, 100, 100],
        "classes": 10,
        "batch_size": 60,
        "steps": 2_000,
        "measured_at": [100, 200, 500, 1_000, 2_000],
    },
    units=grid(
        place=PLACES, activation=tuple(ACTIVATIONS), learning_rate=(0.03, 0.1, 0.3, 1.0), seed=range(10)
    ),
    run=_run,
    summary="Test accuracy on MNIST with batch normalization before the activation, after it, and without.",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 3.2, and the notes of Lecture 47",
)
