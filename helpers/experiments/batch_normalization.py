"""Lecture 47: the first experiment of the batch-normalization paper."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist_rows
from helpers.experiments._experiment import Experiment, Unit, grid
from helpers.experiments._live import train

VARIANTS = ("without", "batch")


def _steps(total: int, every: int, early: tuple[int, ...]) -> list[int]:
    return sorted({*early, *range(every, total + 1, every)})


def network(variant: str, configuration: Mapping, seed: int) -> nn.Sequential:
    """Return the paper's network: sigmoid layers and a linear one, with or without normalization.

    Args:
        variant: "without" or "batch". With batch normalization the dense layers have no bias.
        configuration: ``hidden``, ``classes`` and ``initial_std`` are read.
        seed: decides the initial weights.
    """
    initial = nn.random_normal(configuration["initial_std"])
    layers: list[nn.Layer] = []
    for units in configuration["hidden"]:
        layers.append(nn.Dense(units, use_bias=variant == "without", kernel_initializer=initial))
        if variant == "batch":
            layers.append(nn.BatchNormalization())
        layers.append(nn.Sigmoid())
    layers.append(nn.Dense(configuration["classes"], kernel_initializer=initial))
    return nn.Sequential(layers, seed=seed)


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), (x_test, y_test) = load_mnist_rows()
    # The last training digits may be held out, to choose a learning rate on them.
    kept = len(x) - configuration.get("validation", 0)
    x, y, x_validation, y_validation = x[:kept], y[:kept], x[kept:], y[kept:]
    model = network(unit["variant"], configuration, unit["seed"])
    optimizer = nn.SGD(unit.get("learning_rate") or configuration["learning_rate"])
    # The initial weights and the order of the examples must not come from one stream of numbers.
    rng = np.random.default_rng([unit["seed"], 1])
    marks = configuration["measured_at"]
    accuracies, accuracies_validation, percentiles, percentiles_moving = [], [], [], []
    step = 0
    while step < configuration["steps"]:
        for rows in nn.batches(len(x), configuration["batch_size"], rng):
            nn.train_step(model, x[rows], y[rows], optimizer)
            step += 1
            if step in marks:
                inputs, outputs = _last_sigmoid(model, x_test, training=False)
                accuracies.append(nn.accuracy(outputs, y_test))
                if len(x_validation):
                    accuracies_validation.append(model.evaluate(x_validation, y_validation)["accuracy"])
                percentiles_moving.append(_percentiles(inputs, configuration))
                # A copy: this big batch must leave no trace in the moving statistics.
                inputs, _ = _last_sigmoid(copy.deepcopy(model), x_test, training=True)
                percentiles.append(_percentiles(inputs, configuration))
                progress(step / configuration["steps"])
            if step == configuration["steps"]:
                break
    chosen_on = {"accuracy_validation": np.array(accuracies_validation)} if len(x_validation) else {}
    return {
        "step": np.array(marks, np.int32),
        "accuracy": np.array(accuracies),
        **chosen_on,
        # Over the test digits: normalized as one big batch, and by the moving statistics.
        "percentiles": np.array(percentiles),
        "percentiles_moving": np.array(percentiles_moving),
    }


def _percentiles(inputs: np.ndarray, configuration: dict) -> np.ndarray:
    return np.percentile(inputs[:, configuration["unit"]], configuration["percentiles"])


def _last_sigmoid(model: nn.Sequential, x: np.ndarray, training: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs of the last sigmoids (N, 100) and the logits (N, 10)."""
    x = model.inputs_of(nn.Sigmoid, x, training)[-1]
    return x, model.layers[-1](model.layers[-2](x))


SIGMOID_NETWORK = Experiment(
    name="sigmoid_network",
    configuration={
        "hidden": [100, 100, 100],
        "classes": 10,
        # The paper says "small random Gaussian values" and gives no learning rate.
        "initial_std": 0.1,
        "learning_rate": 0.1,
        "batch_size": 60,
        "steps": 50_000,
        "measured_at": _steps(50_000, every=250, early=(1, 25, 50, 100, 150, 200)),
        # The sigmoid whose input is followed: the first of the last hidden layer, chosen beforehand.
        "unit": 0,
        "percentiles": [15, 50, 85],
    },
    units=grid(variant=VARIANTS, seed=range(10)),
    run=_run,
    summary="Test accuracy of a three-layer sigmoid network on MNIST, with and without batch normalization.",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 4.1, figure 1",
)

LEARNING_RATES = Experiment(
    name="sigmoid_network_learning_rates",
    configuration={
        **SIGMOID_NETWORK.configuration,
        "learning_rate": None,  # a unit's own
        "validation": 10_000,
        "steps": 5_000,
        "measured_at": _steps(5_000, every=500, early=()),
    },
    units=grid(variant=VARIANTS, learning_rate=(0.03, 0.1, 0.3, 1.0, 3.0, 10.0), seed=range(5)),
    run=_run,
    summary="The same network for 5,000 steps at six learning rates: how much of the advantage is our choice?",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 4.1, which gives no learning rate",
)


def _run_statistics(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), test = load_mnist_rows()
    marks = configuration["measured_at"]
    accuracies = train(
        network("batch", configuration, unit["seed"]),
        x,
        y,
        nn.SGD(configuration["learning_rate"]),
        steps=configuration["steps"],
        batch_size=configuration["batch_size"],
        seed=unit["seed"],
        measure_at=marks,
        measure=lambda model: (
            model.evaluate(*test)["accuracy"],
            with_full_statistics(model, x).evaluate(*test)["accuracy"],
        ),
    )
    progress(1.0)
    return {"step": np.array(marks, np.int32), "moving": accuracies[:, 0], "full": accuracies[:, 1]}


def with_full_statistics(model: nn.Sequential, x: np.ndarray) -> nn.Sequential:
    """Return a copy whose moving statistics are those of all of ``x`` (N, ...) as one batch."""
    model = copy.deepcopy(model)
    for layer in model.layers:
        if isinstance(layer, nn.BatchNormalization):
            layer.momentum = 0.0
    model(x, training=True)
    return model


STATISTICS = Experiment(
    name="sigmoid_network_statistics",
    configuration={
        **{
            name: SIGMOID_NETWORK.configuration[name]
            for name in ("hidden", "classes", "initial_std", "learning_rate", "batch_size")
        },
        "steps": 1_000,
        "measured_at": [25, 50, 100, 150, 200, 300, 400, 600, 1_000],
    },
    units=grid(seed=range(10)),
    run=_run_statistics,
    summary="The same network with batch normalization, tested by moving averages and by the full training set's statistics.",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 3.1 and algorithm 2; Lecture 47",
)
