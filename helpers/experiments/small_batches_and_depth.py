"""Lecture 49: what a small batch costs, layer upon layer, where a statistic sees one value an example."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid


def network(variant: str, depth: int, configuration: Mapping, seed: int) -> nn.Sequential:
    """Return ``depth`` hidden dense layers, each with a normalization and a ReLU, and a linear one.

    Args:
        variant: "batch" or "group".
        configuration: ``width``, ``groups``, ``classes`` and ``momentum_of_averages`` are read.
        seed: decides the initial weights.
    """
    layers: list[nn.Layer] = []
    for _ in range(depth):
        layers.append(nn.Dense(configuration["width"], use_bias=False))
        if variant == "batch":
            layers.append(nn.BatchNormalization(momentum=configuration["momentum_of_averages"]))
        else:
            layers.append(nn.GroupNormalization(configuration["groups"]))
        layers.append(nn.ReLU())
    return nn.Sequential([*layers, nn.Dense(configuration["classes"])], seed=seed)


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = (images.reshape(len(images), -1).astype(np.float32) / 255 for images in (x, x_test))
    size = unit["batch_size"]
    model = network(unit["variant"], unit["depth"], configuration, unit["seed"])
    # A rate in proportion to the batch, for the same number of examples, as in the paper.
    optimizer = nn.SGD(configuration["learning_rate"] * size / configuration["reference_batch"])
    rng = np.random.default_rng([unit["seed"], 1])
    for done, rows in enumerate(nn.batches(configuration["digits"], size, rng)):
        nn.train_step(model, x[rows], y[rows], optimizer)
        progress(done * size / configuration["digits"])
    return {"error": np.array(100 * (1 - nn.accuracy(model.predict(x_test), y_test)))}


DEPTH = Experiment(
    name="small_batches_and_depth",
    configuration={
        "width": 64,
        "groups": 8,
        "classes": 10,
        "digits": 10_000,
        "learning_rate": 0.1,
        "reference_batch": 32,
        "momentum_of_averages": 0.99,
    },
    units=grid(variant=("batch", "group"), depth=(1, 2, 4, 6), batch_size=(32, 8, 4, 2), seed=range(5)),
    run=_run,
    summary="Dense networks of one to six hidden layers with batch and group normalization, at four batch sizes.",
    source="Wu and He (2018, arXiv:1803.08494), section 4.1",
)
