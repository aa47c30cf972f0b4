"""Losses that return their value together with its gradient."""

from __future__ import annotations

import numpy as np

from helpers.nn.arrays import is_float_array, kind


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn logits (..., classes), floats, into probabilities of the same shape that sum to 1 along the last axis."""
    # Shifting a row changes nothing in the quotient; the largest exponent becomes 0.
    p = logits - logits.max(axis=-1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=-1, keepdims=True)
    return p


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of ``-log softmax(logits)[label]`` over the batch, and its gradient.

    Keras' name: ``SparseCategoricalCrossentropy(from_logits=True)``.

    Args:
        logits: (N, classes), float.
        labels: (N,), integers from 0 to classes - 1.

    Returns:
        The loss in nats, and its gradient with respect to the logits, (N, classes).

    Raises:
        ValueError: the shapes do not fit, there is no example, or a label is no class.
        TypeError: the logits are not an array of floats, or the labels not integers.

    Source: Goodfellow, Bengio and Courville (2016, Deep Learning), section 6.2.2.3; the gradient is
    softmax(logits) minus the one-hot label.
    """
    if not is_float_array(logits):
        raise TypeError(f"expected logits as an array of float32 or float64, got {kind(logits)}")
    labels = np.asarray(labels)
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or not logits.size:
        raise ValueError(
            "expected logits (N, classes) and labels (N,) of at least one example, "
            f"got shapes {logits.shape} and {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"expected integer labels, got {labels.dtype}")
    count, classes = logits.shape
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"expected labels from 0 to {classes - 1}, got {labels.min()} to {labels.max()}")
    own = (np.arange(count), labels)
    gradient = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
    of_labels = gradient[own]
    np.exp(gradient, out=gradient)
    normalizer = np.add.reduce(gradient, axis=1, keepdims=True)
    loss = float(np.log(normalizer).sum() - of_labels.sum()) / count
    gradient /= normalizer
    gradient[own] -= 1
    gradient /= count
    return loss, gradient


def mean_squared_error(outputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of ``(output - target)²`` over all elements, and its gradient. Keras' name and factor.

    Args:
        outputs: any shape, float. targets: of the same shape, numbers.

    Returns:
        The loss, and its gradient with respect to the outputs, of their shape and dtype.

    Raises:
        TypeError: the outputs are not an array of floats.
        ValueError: the shapes differ (NumPy would broadcast (N, 1) and (N,) to (N, N)), or are empty.

    Source: Goodfellow, Bengio and Courville (2016, Deep Learning), section 5.1.4.
    """
    if not is_float_array(outputs):
        raise TypeError(f"expected outputs as an array of float32 or float64, got {kind(outputs)}")
    targets = np.asarray(targets)
    if outputs.shape != targets.shape or not outputs.size:
        raise ValueError(f"expected outputs and targets of one shape, got {outputs.shape} and {targets.shape}")
    error = np.subtract(outputs, targets, dtype=outputs.dtype)
    loss = float(np.square(error).mean())
    error *= 2 / outputs.size
    return loss, error
