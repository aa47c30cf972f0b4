"""Forward and backward of the normalization layers in training mode, beside Keras', and their memory.

Keras' layer runs in a ``tf.function`` under ``tf.GradientTape``, with the threads TensorFlow chooses; ours with
one thread, as in the notebooks. Both get the same float32 input and the same gradient of the output, in turn, so
that what else the machine does falls on both; the best round counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tracemalloc
from collections import defaultdict
from collections.abc import Callable
from time import perf_counter

import numpy as np

from helpers import nn
from tests.benchmarks.process import in_new_process
from tests.benchmarks.table import Row

SHAPES = [(256, 512), (64, 28, 28, 32), (8, 112, 112, 16)]
TIMES_KERAS = 1.0
COPIES_OF_INPUT = 4.0
WIDTHS = (3, 31)  # of the window of local response normalization
TIMES_NARROW = 1.2

Arrays = tuple[np.ndarray, np.ndarray]


def rows(quick: bool) -> list[Row]:
    """Measure with one BLAS thread, as the notebooks run."""
    measured = in_new_process("tests.benchmarks.layers", 1, 1 if quick else 40)
    found = []
    for shape in SHAPES:
        found.append(Row(f"forward + backward at {shape}, float32", ""))
        for name in _layers(shape):
            ours, keras, copies = (measured[f"{shape} {name} {what}"] for what in ("ours", "keras", "copies"))
            times = min(ours) / min(keras)
            found += [
                Row(
                    f"    {name}: {min(ours) * 1e3:.2f} ms (median {statistics.median(ours) * 1e3:.2f}), "
                    f"Keras {min(keras) * 1e3:.2f} ms (median {statistics.median(keras) * 1e3:.2f})",
                    f"{times:.2f}×", f"≤ {TIMES_KERAS}×", times <= TIMES_KERAS,
                ),
                Row("        peak memory in copies of the input", f"{copies:.2f}", f"≤ {COPIES_OF_INPUT:.0f}",
                    copies <= COPIES_OF_INPUT),
            ]
        for mode in _modes(shape):
            narrow, wide = (measured[f"{shape} {mode} n={n}"] for n in WIDTHS)
            times = min(wide) / min(narrow)
            copies = measured[f"{shape} {mode} copies"]
            found += [
                Row(
                    f"    LocalResponseNormalization {mode}: {min(narrow) * 1e3:.2f} ms with n = {WIDTHS[0]}; "
                    f"n = {WIDTHS[1]} in units of it",
                    f"{times:.2f}×", f"≤ {TIMES_NARROW}×", times <= TIMES_NARROW,
                ),
                Row("        peak memory in copies of the input", f"{copies:.2f}", f"≤ {COPIES_OF_INPUT:.0f}",
                    copies <= COPIES_OF_INPUT),
            ]
    return found


def _layers(shape: tuple[int, ...]) -> dict[str, tuple[Callable[[], nn.Layer], Callable[[], object]]]:
    """Name -> how to make our layer, and Keras'."""
    import keras

    example = tuple(range(1, len(shape)))
    found = {
        "BatchNormalization": (nn.BatchNormalization, keras.layers.BatchNormalization),
        "LayerNormalization": (nn.LayerNormalization, keras.layers.LayerNormalization),
        f"LayerNormalization(axis={example})": (
            lambda: nn.LayerNormalization(example), lambda: keras.layers.LayerNormalization(list(example))
        ),
        "InstanceNormalization": (nn.InstanceNormalization, lambda: keras.layers.GroupNormalization(-1)),
        "GroupNormalization(8)": (lambda: nn.GroupNormalization(8), lambda: keras.layers.GroupNormalization(8)),
        "RMSNormalization": (nn.RMSNormalization, keras.layers.RMSNormalization),
    }
    if len(shape) == 2:  # the whole example is the last axis
        del found[f"LayerNormalization(axis={example})"]
    return found


def _modes(shape: tuple[int, ...]) -> tuple[str, ...]:
    return ("across", "within") if len(shape) > 2 else ("across",)


def measure(rounds: int) -> dict:
    """Return seconds a call, one number a round, under "SHAPE LAYER ours" and "... keras", and the copies."""
    measured: dict = defaultdict(list)
    for shape in SHAPES:
        rng = np.random.default_rng(0)
        x, gradient = (rng.normal(size=shape).astype(np.float32) for _ in range(2))
        for name, (ours, keras) in _layers(shape).items():
            run = _ours(ours(), x, gradient)
            contenders = {"ours": run, "keras": _keras(keras(), x, gradient)}
            _time({f"{shape} {name} {who}": contender for who, contender in contenders.items()}, rounds, measured)
            measured[f"{shape} {name} copies"] = _peak(run) / x.nbytes
        for mode in _modes(shape):
            contenders = {
                f"{shape} {mode} n={n}": _ours(nn.LocalResponseNormalization(n=n, mode=mode), x, gradient)
                for n in WIDTHS
            }
            _time(contenders, rounds, measured)
            measured[f"{shape} {mode} copies"] = _peak(contenders[f"{shape} {mode} n={WIDTHS[0]}"]) / x.nbytes
    return measured


def _time(contenders: dict[str, Callable[[], object]], rounds: int, measured: dict) -> None:
    for run in contenders.values():
        run()
    for _ in range(rounds):
        for name, run in contenders.items():
            started = perf_counter()
            run()
            measured[name].append(perf_counter() - started)


def _peak(run: Callable[[], object]) -> int:
    """Bytes that NumPy holds at most at one time while `run` runs, its result included."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _ours(layer: nn.Layer, x: np.ndarray, gradient: np.ndarray) -> Callable[[], Arrays]:
    def run() -> Arrays:
        layer._cache = None  # what the call before kept is not this call's memory
        return layer(x, training=True), layer.backward(gradient)

    return run


def _keras(layer, x: np.ndarray, gradient: np.ndarray) -> Callable[[], object]:
    import tensorflow as tf

    layer.build(x.shape)
    x, gradient = tf.constant(x), tf.constant(gradient)

    @tf.function
    def run(x, gradient):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        sources = [x, *(variable.value for variable in layer.trainable_variables)]
        return y, tape.gradient(y, sources, output_gradients=gradient)

    return lambda: run(x, gradient)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", type=int)
    json.dump(measure(**vars(parser.parse_args())), sys.stdout)
