"""Lecture 50: a small network on few digits, measured after every epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid

LABELS = ("right", "flipped")


def halved(images: np.ndarray) -> np.ndarray:
    """Return images (N, 28, 28), ink from 0 to 255, as rows (N, 196) from 0 to 1: means of 2 × 2 pixels."""
    small = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255
    return small.reshape(-1, 196).astype(np.float32)


def drawn_digits(labels: str, configuration: Mapping, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row numbers of the 60,000, their labels, and which of these labels are wrong, (count,) each.

    Args:
        labels: "right", or "flipped": a share of the labels is replaced by one of the nine others.
        configuration: ``training``, ``validation`` and ``flipped`` are read.
        seed: decides the rows and the flips.

    The first ``training`` rows are those to train on, the others those to validate on. Both have the same
    share of wrong labels: it is one data set, split.
    """
    right = load_mnist()[0][1].astype(np.int64)
    count = configuration["training"] + max(configuration["validation"])
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(right))[:count]
    wrong = rng.uniform(size=count) < (configuration["flipped"] if labels == "flipped" else 0)
    others = (right[rows] + rng.integers(1, 10, size=count)) % 10
    return rows, np.where(wrong, others, right[rows]), wrong


def network(configuration: Mapping, seed: int) -> nn.Sequential:
    """Return the network: one hidden layer of ReLUs."""
    hidden = nn.Dense(configuration["units"], kernel_initializer=nn.he_normal)
    return nn.Sequential([hidden, nn.ReLU(), nn.Dense(10)], seed=seed)


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (images, _), (test_images, test_labels) = load_mnist()
    rows, y, _ = drawn_digits(unit["labels"], configuration, unit["seed"])
    x, x_test, count = halved(images[rows]), halved(test_images), configuration["training"]
    sizes, parts = configuration["validation"], configuration["test_parts"]
    model = network(configuration, unit["seed"])
    optimizer = nn.Adam(configuration["learning_rate"])
    rng = np.random.default_rng([unit["seed"], 1])  # not the stream of the digits
    measured: dict[str, list] = {}

    def note(**values) -> None:
        for name, value in values.items():
            measured.setdefault(name, []).append(value)

    for epoch in range(configuration["epochs"]):
        for batch in nn.batches(count, configuration["batch_size"], rng):
            nn.train_step(model, x[batch], y[batch], optimizer)
        losses, correct = _each(model.predict(x), y)
        _, correct_on_test = _each(model.predict(x_test), test_labels)
        note(
            training_loss=losses[:count].mean(),
            training_accuracy=correct[:count].mean(),
            # One set inside the other: the first 20 of the validation digits, the first 50, ...
            validation_loss=[losses[count:count + size].mean() for size in sizes],
            validation_accuracy=[correct[count:count + size].mean() for size in sizes],
            test_accuracy=correct_on_test.mean(),
            test_correct=correct_on_test.reshape(parts, -1).sum(axis=1, dtype=np.uint8),
            weights=np.sqrt(sum(float((w**2).sum()) for w in model.trainable_weights)),
        )
        progress((epoch + 1) / configuration["epochs"])
    return {
        name: np.array(values, np.uint8 if name == "test_correct" else np.float32)
        for name, values in measured.items()
    }


def _each(outputs: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The loss of each example, and whether it is classified right, (N,) each."""
    own = nn.softmax(outputs)[np.arange(len(labels)), labels]
    return -np.log(np.maximum(own, 1e-30)), outputs.argmax(axis=1) == labels


EARLY_STOPPING = Experiment(
    name="early_stopping",
    configuration={
        "training": 500,
        "validation": [20, 50, 100, 200, 500, 1000, 2000, 5000],
        "test_parts": 100,  # of 100 digits each
        "flipped": 0.2,
        "units": 64,
        "learning_rate": 0.002,
        "batch_size": 20,
        "epochs": 60,
    },
    units=grid(labels=LABELS, seed=range(20)),
    run=_run,
    summary="Losses and accuracies of a small network on 500 digits, after each of 60 epochs, for 20 seeds.",
    source="Lecture 50; the question is Prechelt's (1998), Early stopping, but when?",
)
