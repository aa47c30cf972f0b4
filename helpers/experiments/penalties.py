"""Lecture 50: how strong a penalty, at which learning rate, and what it does under batch normalization."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid
from helpers.experiments._live import endless_batches
from helpers.experiments.batch_normalization import with_full_statistics
from helpers.experiments.early_stopping import halved

METHODS = ("L2", "AdamW")
CHOOSING, REPORTING = range(10, 15), range(10)  # seeds: settings are chosen on the first, reported on the others
_VALIDATION = 55_000  # training digits from here on are never trained on


def flipped_digits(seed: int, count: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return training digits (count, 196) from 0 to 1 and their labels (count,), a share of them wrong.

    Args:
        seed: decides the digits and the flips.
        count: how many of the first 55,000.
        share: with this probability a label is replaced by one of the nine others.
    """
    images, labels = load_mnist()[0]
    rng = np.random.default_rng(seed)
    rows = rng.choice(_VALIDATION, count, replace=False)
    other = (labels[rows] + rng.integers(1, 10, count)) % 10
    return halved(images[rows]), np.where(rng.uniform(size=count) < share, other, labels[rows]).astype(np.int64)


def network(units: int, seed: int, penalty: nn.L2 | None = None) -> nn.Sequential:
    """Return a hidden layer of ReLUs and an output layer; the penalty is on both kernels, not on the biases."""
    hidden = nn.Dense(units, kernel_initializer=nn.he_normal, kernel_regularizer=penalty)
    return nn.Sequential([hidden, nn.ReLU(), nn.Dense(10, kernel_regularizer=penalty)], seed=seed)


def normalized_network(units: int, seed: int) -> nn.Sequential:
    """Return two hidden layers of ReLUs behind batch normalization (epsilon 0), built in float64.

    Scaling the kernels of the hidden layers does not change the function in training mode.
    """
    layers: list[nn.Layer] = []
    for _ in range(2):
        layers.append(nn.Dense(units, use_bias=False, kernel_initializer=nn.he_normal))
        layers += [nn.BatchNormalization(epsilon=0), nn.ReLU()]
    model = nn.Sequential([*layers, nn.Dense(10)], seed=seed)
    model.build((1, 196), np.float64)
    return model


def method(name: str, rate: float, strength: float) -> tuple[nn.Adam, nn.L2 | None]:
    """Return an optimizer and a penalty for the kernels.

    Args:
        name: "L2": Adam, the penalty in the cost. "AdamW": no penalty; kernels shrink apart from the gradient.
        rate: the learning rate.
        strength: λ of ``L2(λ)``; for "AdamW" the share of a kernel that a step takes away, so that
            ``weight_decay = strength / rate``. With 0 both are Adam.
    """
    if name == "L2":
        return nn.Adam(rate), nn.L2(strength) if strength else None
    optimizer = nn.AdamW(rate, weight_decay=strength / rate)
    optimizer.exclude_from_weight_decay(["bias"])
    return optimizer, None


def _settings(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (images, labels), (test_images, test_labels) = load_mnist()
    seed, steps = unit["seed"], configuration["steps"]
    x, y = flipped_digits(seed, configuration["training"], configuration["flipped"])
    parts = {
        "training": (x, y),
        "validation": (halved(images[_VALIDATION:]), labels[_VALIDATION:]),
        "test": (halved(test_images), test_labels),
    }
    strengths, rates = configuration["strengths"][unit["method"]], configuration["learning_rates"]
    measured = {name: np.empty((len(strengths), len(rates), len(steps)), np.float32) for name in parts}
    for i, strength in enumerate(strengths):
        for j, rate in enumerate(rates):
            optimizer, penalty = method(unit["method"], rate, strength)
            model = network(configuration["units"], seed, penalty)
            rng, done = np.random.default_rng([seed, 2]), 0
            while done < steps[-1]:
                for rows in nn.batches(len(x), configuration["batch_size"], rng):
                    nn.train_step(model, x[rows], y[rows], optimizer)
                    done += 1
                    if done in steps:
                        for name, (inputs, right) in parts.items():
                            k = steps.index(done)
                            measured[name][i, j, k] = nn.accuracy(model.predict(inputs), right)
        progress((i + 1) / len(strengths))
    return measured


def balance_run(
    configuration: Mapping, unit: Unit, progress: Callable[[float], None] = lambda _: None
) -> dict[str, np.ndarray]:
    """Train ``normalized_network`` by plain SGD with an L2 penalty on the two hidden kernels.

    Args:
        configuration: ``training``, ``units``, ``batch_size``, ``steps``, ``late``, ``readings`` and ``marks`` are
            read.
        unit: ``strength`` (λ of ``L2(λ)``) and ``rate``; ``start``: the first kernel begins at this multiple of its
            initial size; ``flipped``: the share of wrong labels; ``seed``.
        progress: called with the fraction done.

    Returns:
        By name, for the two kernels where the shape ends in 2:

        - ``step`` (marks,), counted from 1; ``effective`` (marks, 2), the effective learning rate rate / |w|² before
          that step; and since the mark before ``turn`` (marks, 2), the root mean square of the angle in radians
          between a kernel before and after a step, and ``loss`` (marks,), the mean of the batches' losses without
          the penalty.
        - Over the last ``late`` steps: ``late_effective`` (2,) and ``late_loss``, means; ``late_turn`` (2,) as above;
          ``late_gradient`` (2,), the mean of |w|² |∇L|²; ``late_cosine`` (2,), the largest |cos| of the angle
          between kernel and gradient.
        - In the mean of ``readings`` evenly spaced in these steps: ``training`` and ``test`` accuracy with the
          statistics of all training digits, ``test_moving`` with the moving averages.
    """
    test_images, test_labels = load_mnist()[1]
    x_test = halved(test_images)
    rate, seed, steps = unit["rate"], unit["seed"], configuration["steps"]
    x, y = flipped_digits(seed, configuration["training"], unit["flipped"])
    x = x.astype(np.float64)
    model = normalized_network(configuration["units"], seed)
    model.layers[0].kernel *= unit["start"]
    kernels = model.layers[0].kernel, model.layers[3].kernel
    keep = 1 - 2 * rate * unit["strength"]  # the penalty's part of a step
    batches, losses = endless_batches(len(x), configuration["batch_size"], seed), np.empty(steps)
    sizes, gradients, cosines, turns = (np.empty((steps, 2)) for _ in range(4))  # sizes, gradients: squared
    readings = np.linspace(steps - configuration["late"], steps, configuration["readings"] + 1).astype(int)[1:]
    read = []
    for step in range(steps):
        batch = next(batches)
        losses[step], slope = nn.softmax_cross_entropy(model(x[batch], training=True), y[batch])
        model.backward(slope, to_input=False)
        for weight, gradient in zip(model.trainable_weights, model.gradients):
            k = next((k for k, kernel in enumerate(kernels) if kernel is weight), None)
            if k is None:  # gamma, beta, the last layer
                weight -= rate * gradient
                continue
            before = weight.copy()
            sizes[step, k], gradients[step, k] = np.vdot(before, before), np.vdot(gradient, gradient)
            # A gradient of exactly 0 is at right angles to everything.
            length = np.sqrt(sizes[step, k] * gradients[step, k]) or 1.0
            cosines[step, k] = abs(np.vdot(before, gradient)) / length
            weight *= keep
            weight -= rate * gradient
            # From the chord between the two unit vectors: the arc cosine loses small angles.
            chord = weight / np.linalg.norm(weight) - before / np.sqrt(sizes[step, k])
            turns[step, k] = 2 * np.arcsin(min(np.linalg.norm(chord) / 2, 1))
        if step + 1 in readings:
            full = with_full_statistics(model, x)
            read.append([
                nn.accuracy(full.predict(x), y),
                nn.accuracy(full.predict(x_test), test_labels),
                nn.accuracy(model.predict(x_test), test_labels),
            ])
        progress((step + 1) / steps)
    marks, late = np.array(configuration["marks"]) - 1, slice(steps - configuration["late"], None)
    training, test, test_moving = np.mean(read, axis=0)

    def since_last_mark(values: np.ndarray) -> np.ndarray:
        ends = np.concatenate([[0], marks + 1])
        return np.stack([values[a:b].mean(axis=0) for a, b in itertools.pairwise(ends)])

    return {
        "step": marks + 1,
        "effective": rate / sizes[marks],
        "turn": np.sqrt(since_last_mark(np.square(turns))),
        "loss": since_last_mark(losses),
        "late_effective": (rate / sizes[late]).mean(axis=0),
        "late_gradient": (sizes * gradients)[late].mean(axis=0),
        "late_turn": np.sqrt(np.square(turns[late]).mean(axis=0)),
        "late_cosine": cosines[late].max(axis=0),
        "late_loss": losses[late].mean(),
        "training": training,
        "test": test,
        "test_moving": test_moving,
    }


SETTINGS = Experiment(
    name="penalty_settings",
    configuration={
        "training": 500,
        "flipped": 0.4,
        "units": 64,
        "batch_size": 100,
        "learning_rates": [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02],
        "strengths": {
            "L2": [0, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1],
            "AdamW": [0, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1],
        },
        "steps": [25, 50, 100, 150, 200, 300, 400, 600],
    },
    units=grid(method=METHODS, seed=[*CHOOSING, *REPORTING]),
    run=_settings,
    summary="Accuracy of Adam with L2 and of AdamW on 500 digits with flipped labels: strengths × rates × steps.",
    source="Loshchilov and Hutter (2019), Decoupled weight decay regularization, arXiv:1711.05101",
)

BALANCE = Experiment(
    name="penalty_balance",
    configuration={
        "training": 1000,
        "units": 64,
        "batch_size": 100,
        "steps": 3000,
        "late": 1000,
        "readings": 20,
        "marks": np.unique(np.geomspace(1, 3000, 150).astype(int)).tolist(),
    },
    units=(
        *grid(strength=[0.01], rate=[0.1], start=[1, 0.3, 0.1], flipped=[0.4], seed=range(5)),
        *grid(strength=[0], rate=[0.1], start=[1, 0.3], flipped=[0.4], seed=range(5)),
        *grid(strength=[0.02], rate=[0.05], start=[1], flipped=[0.4], seed=range(5)),  # the same product
        *grid(strength=[0.005], rate=[0.2], start=[1], flipped=[0.4], seed=range(5)),
        *grid(strength=[0.04], rate=[0.1], start=[1], flipped=[0.4], seed=range(5)),  # four times the product
        *grid(strength=[0.01], rate=[0.4], start=[1], flipped=[0.4], seed=range(5)),
        *grid(strength=[0.0025], rate=[0.1], start=[1], flipped=[0.4], seed=range(5)),  # a quarter of it
        *grid(strength=[0.01], rate=[0.025], start=[1], flipped=[0.4], seed=range(5)),
        *grid(strength=[0.01], rate=[0.1], start=[1, 0.3], flipped=[0], seed=range(5)),  # right labels
    ),
    run=balance_run,
    summary="The effective learning rate of a kernel under batch normalization, with an L2 penalty, in 3,000 steps.",
    source="van Laarhoven (2017), L2 regularization versus batch and weight normalization, arXiv:1706.05350",
)
