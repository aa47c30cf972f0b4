"""A short training run in a notebook, with what was measured on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np

from helpers import nn
from helpers.plots import progress


def train(
    model: nn.Sequential,
    x: np.ndarray,
    y: np.ndarray,
    optimizer: nn.Optimizer,
    *,
    steps: int,
    batch_size: int,
    seed: int,
    measure_at: Collection[int] = (),
    measure: Callable[[nn.Sequential], object] | None = None,
    learning_rate: Callable[[int], float] | None = None,
    loss: Callable = nn.softmax_cross_entropy,
) -> np.ndarray:
    """Train for a number of steps, and measure after some of them.

    The recorded experiments draw their batches from the same stream, so that a live run with a recorded seed repeats
    the recording. A rate that is too large makes NaN: that is a result, and no warning is given.

    Args:
        model: Trained in place.
        x, y: The training examples (N, ...) and their labels (N,), or what else `loss` compares outputs with.
        optimizer: Its `learning_rate` is set before each step where `learning_rate` is given.
        steps, batch_size: An epoch's last batch is smaller where `batch_size` does not divide N.
        seed: Decides the order of the examples (not the initial weights).
        measure_at: The steps, counted from 1, after which `measure(model)` is called.
        measure: Must leave the model as it is. What it returns is recorded.
        learning_rate: The rate of a step, counted from 0.

    Returns:
        What was measured, stacked: (len(measure_at), ...), in order of the steps; empty without `measure`.

    Raises:
        ValueError: If `measure_at` and `measure` do not come together, or a step to measure at is not among the steps.
    """
    if bool(len(measure_at)) != (measure is not None):
        raise ValueError("measure_at and measure: expected both or neither")
    beyond = [step for step in measure_at if not 1 <= step <= steps]
    if beyond:
        raise ValueError(f"measure_at: expected steps from 1 to {steps}, got {beyond}")
    measured = []
    with np.errstate(all="ignore"):
        for step, rows in zip(progress(range(steps), "training"), endless_batches(len(x), batch_size, seed)):
            if learning_rate is not None:
                optimizer.learning_rate = learning_rate(step)
            nn.train_step(model, x[rows], y[rows], optimizer, loss)
            if step + 1 in measure_at:
                measured.append(measure(model))
    return np.array(measured)


def endless_batches(count: int, batch_size: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the indices of minibatches without end, epoch by epoch, each epoch in a new order.

    The stream of random numbers is not the one that made the initial weights of a model with the same seed.

    Raises:
        ValueError: As `nn.batches`.
    """
    rng = np.random.default_rng([seed, 1])
    while True:
        yield from nn.batches(count, batch_size, rng)


def steps_to_reach(level: float, steps: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The first measured step at which each seed has reached a level.

    Args:
        level: Such as an accuracy of 0.9.
        steps: When it was measured, ascending, (T,).
        values: (seeds, T).

    Returns:
        (seeds,), float: infinity for a seed that never reaches it.
    """
    reached = np.asarray(values) >= level
    return np.where(reached.any(axis=1), np.asarray(steps)[reached.argmax(axis=1)], np.inf)
