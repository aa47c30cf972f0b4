"""Is a gradient right? Compare it with differences of the function itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helpers.nn.layer import Layer


def numeric_gradient(function: Callable[[], float], array: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Central differences of ``function()`` with respect to every element of ``array``.

    Args:
        function: takes nothing, reads ``array``, returns a number.
        array: float64; changed element by element and put back.
        step: h in (f(a + h) - f(a - h)) / 2h; the error is of the order h² + 1e-16 / h.

    Raises:
        TypeError: ``array`` is not float64: in float32 the difference would be rounding noise.
    """
    if array.dtype != np.float64:
        raise TypeError(f"a numeric gradient needs float64, got {array.dtype}")
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        try:
            array[index] = kept + step
            above = function()
            array[index] = kept - step
            below = function()
        finally:
            array[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference between two arrays, in units of their largest element; 0 when both are 0.

    Raises:
        ValueError: the shapes differ.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"cannot compare shapes {a.shape} and {b.shape}")
    scale = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / scale) if scale else 0.0


def gradient_check(layer: Layer, x: np.ndarray, training: bool = True, seed: int = 0) -> dict[str, float]:
    """Relative error of every gradient of ``layer`` at ``x`` against the numeric one.

    The loss is a random weighted sum of the outputs, which gives every output its own gradient.
    Correct code in float64 is below 1e-7 where the function is smooth. What the layer remembers
    (moving statistics) is put back after every evaluation; what it draws is the same in each of them.

    Args:
        layer: any layer; if it was not called before, its weights are made in float64.
        x: inputs, float64.

    Returns:
        ``{"x": ..., "gamma": ..., ...}``: one number for the input and one for each trained weight.

    Raises:
        TypeError: x, or a weight that was made before, is not float64.
        ValueError: x does not fit the layer.
    """
    x = np.array(x)
    if x.dtype != np.float64:
        raise TypeError(f"a gradient check needs float64, got {x.dtype}")
    # In inference mode: the first call makes the weights and must not move what the layer remembers.
    shape = layer(x, training=False).shape
    # Not the stream of default_rng(seed): x may come from it, and the gradient would be near 0.
    weighting = np.random.default_rng([seed, 1]).normal(size=shape)
    state = {name: getattr(layer, name).copy() for name in layer.state_names}
    random_state = layer.generator.bit_generator.state if layer.generator is not None else None

    def loss() -> float:
        if random_state is not None:
            layer.generator.bit_generator.state = random_state
        value = float(np.sum(weighting * layer(x, training=training))) + layer.penalty()
        for name, kept in state.items():
            getattr(layer, name)[...] = kept
        return value

    loss()
    analytic = {"x": layer.backward(weighting)} | dict(layer.gradients)
    arrays = {"x": x} | {name: getattr(layer, name) for name in layer.trainable_names}
    return {name: relative_error(analytic[name], numeric_gradient(loss, arrays[name])) for name in arrays}
