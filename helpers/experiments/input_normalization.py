"""Lecture 46: how the inputs' scale decides the learning rate, and what a small change below does further up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist_rows
from helpers.experiments._experiment import Experiment, Unit, grid
from helpers.experiments._live import train
from helpers.experiments.what_batch_normalization_does import drift

INPUTS = ("0 to 255", "divided by 255", "standardized")
RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)
VARIANTS = ("without", "batch")


def _run_scales(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), (x_test, y_test) = load_mnist_rows()
    kept, held_out = configuration["training"], configuration["validation"]
    x, y, x_validation, y_validation = x[:kept], y[:kept], x[kept:][:held_out], y[kept:][:held_out]
    scale: Callable[[np.ndarray], np.ndarray] = {
        "0 to 255": lambda pixels: 255 * pixels,
        "divided by 255": lambda pixels: pixels,
        "standardized": nn.Normalization(epsilon=configuration["smallest_std"]).adapt(x),
    }[unit["inputs"]]
    held = (scale(x_validation), y_validation), (scale(x_test), y_test)
    model = nn.Sequential([nn.Dense(configuration["hidden"]), nn.ReLU(), nn.Dense(10)], seed=unit["seed"])

    def accuracies(trained: nn.Sequential) -> list[float]:
        progress(0.5)
        with np.errstate(all="ignore"):  # a rate that is too large makes NaN
            return [nn.accuracy(trained.predict(inputs), labels) for inputs, labels in held]

    marks = configuration["measured_at"]
    measured = train(
        model, scale(x), y, nn.SGD(unit["learning_rate"]), steps=marks[-1], batch_size=configuration["batch_size"],
        seed=unit["seed"], measure_at=marks, measure=accuracies,
    )
    validation, test = measured.T
    return {"step": np.array(marks, np.int32), "accuracy_validation": validation, "accuracy": test}


INPUT_SCALES = Experiment(
    name="input_scales",
    configuration={
        "hidden": 64, "training": 12_000, "validation": 10_000, "smallest_std": 0.1, "batch_size": 60,
        "measured_at": [100, 300, 1000],
    },
    units=grid(inputs=INPUTS, learning_rate=RATES, seed=range(5)),
    run=_run_scales,
    summary="Accuracy of a network on pixels from 0 to 255, from 0 to 1, and standardized, at eleven learning rates.",
    source="LeCun, Bottou, Orr & Müller 1998, section 4.3",
)


def _deep_network(variant: str, configuration: dict, seed: int) -> nn.Sequential:
    layers: list[nn.Layer] = []
    for _ in range(configuration["depth"]):
        layers.append(nn.Dense(configuration["hidden"], use_bias=variant == "without", kernel_initializer=nn.he_normal))
        if variant == "batch":
            layers.append(nn.BatchNormalization())
        layers.append(nn.ReLU())
    return nn.Sequential([*layers, nn.Dense(10)], seed=seed)


def _whisper(
    model: nn.Sequential, x: np.ndarray, share: float, rng: np.random.Generator, layers: int | None = None
) -> list[np.ndarray]:
    """Add noise to the kernels; return how far the inputs of the 2nd, 3rd, ... dense layer moved, (2, depth).

    The noise is `share` of the standard deviation of a layer's kernel; it is added in the first `layers` dense layers,
    None: in all, and taken away again. First comes how far the means moved, averaged over the units, then how far the
    inputs of single pictures did, both in standard deviations over the pictures. A ReLU unit that is 0 for every
    picture is left out.
    """
    before = model.inputs_of(nn.Dense, x, training=True)[1:]
    kernels = [weights for name, weights in model.weights.items() if name.endswith("kernel")]
    kept = [weights.copy() for weights in kernels]
    for weights in kernels[:layers]:
        weights += share * weights.std() * rng.normal(size=weights.shape).astype(weights.dtype)
    after = model.inputs_of(nn.Dense, x, training=True)[1:]
    for weights, old in zip(kernels, kept, strict=True):
        weights[...] = old
    pairs = list(zip(before, after, strict=True))
    change = [np.sqrt(((new - old) ** 2).mean() / old.var(axis=0).mean()) for old, new in pairs]
    return [np.array([drift(old, new) for old, new in pairs]), np.array(change)]


def _run_whispering(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), _ = load_mnist_rows()
    x, y, shown = x[: configuration["training"]], y[: configuration["training"]], x[: configuration["pictures"]]
    measured = []
    for steps in configuration["steps"]:
        model = _deep_network(unit["variant"], configuration, unit["seed"])
        if steps:
            train(
                model, x, y, nn.SGD(configuration["learning_rate"]), steps=steps, batch_size=configuration["batch_size"],
                seed=unit["seed"],
            )
        measured.append([
            _whisper(model, shown, configuration["share"], np.random.default_rng([unit["seed"], 2]), layers)
            for layers in (None, 1)
        ])
        progress(len(measured) / len(configuration["steps"]))
    (drifts, changes), (drifts_of_first, changes_of_first) = np.moveaxis(np.array(measured), 0, 2)
    return {
        "step": np.array(configuration["steps"], np.int32),
        "layer": np.arange(2, configuration["depth"] + 2, dtype=np.int32),
        "drift": drifts,  # (steps, layers)
        "change": changes,  # (steps, layers)
        "drift_of_first": drifts_of_first,  # (steps, layers): with noise in the first layer only
        "change_of_first": changes_of_first,  # (steps, layers)
    }


WHISPERING_GAME = Experiment(
    name="whispering_game",
    configuration={
        "depth": 10, "hidden": 100, "training": 12_000, "pictures": 1000, "share": 0.01, "steps": [0, 200],
        "learning_rate": 0.05, "batch_size": 60,
    },
    units=grid(variant=VARIANTS, seed=range(10)),
    run=_run_whispering,
    summary="How far the inputs of ten layers move when noise of 1 % is added to the weights, with and without BN.",
    source="Ioffe & Szegedy 2015, section 2",
)
