"""Layers in a row, and the loop that trains them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from helpers.nn.layer import Layer, is_float_array, kind
from helpers.nn.losses import softmax_cross_entropy
from helpers.nn.optimizers import SGD

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


class Sequential:
    """Layers applied one after another.

    Args:
        layers: at least one layer.
        seed: an int or a generator; every random initial weight is drawn from it, layer by layer.
    """

    def __init__(self, layers: Sequence[Layer], seed: int | np.random.Generator = 0) -> None:
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("Sequential expects at least one layer, got none")
        for layer in self.layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"Sequential expects layers of helpers.nn, got {layer!r}")
        self._seed = seed
        self._built = False

    def build(self, shape: tuple[int, ...], dtype: np.typing.DTypeLike = np.float32) -> None:
        """Make all weights for inputs of ``shape`` (N, ...); the first call does it otherwise."""
        rng = np.random.default_rng(self._seed)
        for layer in self.layers:
            layer.build(shape, dtype, rng)
            shape = layer.output_shape(shape)
        self._built = True

    def __call__(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """Return the last layer's output for the batch ``x``."""
        if not self._built and is_float_array(x) and x.size:
            self.build(x.shape, x.dtype)
        for layer in self.layers:
            x = layer(x, training)
        return x

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Carry the output's gradient back through all layers; see ``Layer.backward``."""
        for layer in self.layers[:0:-1]:
            gradient = layer.backward(gradient)
        return self.layers[0].backward(gradient, to_input=to_input)

    @property
    def trainable_weights(self) -> list[np.ndarray]:
        """The arrays that gradient descent changes, layer by layer."""
        return [getattr(layer, name) for layer in self.layers for name in layer.trainable_names]

    @property
    def gradients(self) -> list[np.ndarray]:
        """The last backward's gradients, in the order of ``trainable_weights``."""
        return [layer.gradients[name] for layer in self.layers for name in layer.trainable_names]

    def predict(self, x: np.ndarray, batch_size: int = 1000) -> np.ndarray:
        """Return the outputs for all of ``x`` in inference mode, ``batch_size`` at a time."""
        return np.concatenate([self(x[i:i + batch_size]) for i in range(0, len(x), batch_size)])

    def evaluate(
        self, x: np.ndarray, y: np.ndarray, loss: Loss = softmax_cross_entropy
    ) -> dict[str, float]:
        """Return ``{"loss": ..., "accuracy": ...}`` in inference mode; y holds integer labels (N,)."""
        outputs = self.predict(x)
        return {"loss": loss(outputs, y)[0], "accuracy": accuracy(outputs, y)}


def accuracy(outputs: np.ndarray, labels: np.ndarray) -> float:
    """Share of rows of ``outputs`` (N, classes) whose largest entry is at ``labels`` (N,).

    Raises:
        ValueError: the shapes do not fit.
    """
    if outputs.ndim != 2 or labels.shape != outputs.shape[:1]:
        raise ValueError(
            f"expected outputs (N, classes) and labels (N,), got shapes {outputs.shape} and {labels.shape}"
        )
    return float(np.mean(outputs.argmax(axis=1) == labels))


def batches(count: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the indices of one epoch's minibatches: each of ``count`` examples once, shuffled.

    The last batch is smaller where ``batch_size`` does not divide ``count``.

    Raises:
        ValueError: no examples, or a batch size below 1.
    """
    if count < 1 or batch_size < 1:
        raise ValueError(f"expected at least one example and a batch size >= 1, got {count} and {batch_size}")
    order = rng.permutation(count)
    for start in range(0, count, batch_size):
        yield order[start:start + batch_size]


def train_step(
    model: Sequential, x: np.ndarray, y: np.ndarray, optimizer: SGD, loss: Loss = softmax_cross_entropy
) -> tuple[float, np.ndarray]:
    """Forward, backward, one optimizer step. Return the loss before the step, and the outputs."""
    outputs = model(x, training=True)
    value, gradient = loss(outputs, y)
    model.backward(gradient, to_input=False)
    optimizer.apply(model.gradients, model.trainable_weights)
    return value, outputs


class History(dict):
    """What a training run measured: name to a list with one number an epoch."""

    def append(self, **values: float) -> None:
        for name, value in values.items():
            self.setdefault(name, []).append(value)


def fit(
    model: Sequential,
    x: np.ndarray,
    y: np.ndarray,
    *,
    optimizer: SGD,
    loss: Loss = softmax_cross_entropy,
    batch_size: int = 32,
    epochs: int = 1,
    validation_data: tuple[np.ndarray, np.ndarray] | None = None,
    seed: int | np.random.Generator = 0,
) -> History:
    """Train ``model`` for some epochs and return its history.

    Args:
        x: inputs (N, ...), float32 or float64. y: integer labels (N,).
        validation_data: a pair like (x, y), evaluated in inference mode after every epoch.
        seed: an int or a generator for the order of the examples.

    Returns:
        ``loss`` and ``accuracy`` an epoch, averaged over the training batches as they passed
        (so with the weights of the moment, in training mode), and ``val_loss``,
        ``val_accuracy`` where validation data were given. Keras' names and meaning.

    Raises:
        TypeError: x or y is not a NumPy array.
        ValueError: x and y differ in length, or an argument is out of range.
    """
    for name, value in {"x": x, "y": y}.items():
        if not isinstance(value, np.ndarray):
            raise TypeError(f"expected {name} as a NumPy array, got {kind(value)}")
    if len(x) != len(y):
        raise ValueError(f"expected as many labels as inputs, got {len(x)} inputs and {len(y)} labels")
    if epochs < 1:
        raise ValueError(f"expected at least one epoch, got {epochs}")
    rng = np.random.default_rng(seed)
    history = History()
    for _ in range(epochs):
        total_loss = total_correct = 0.0
        for rows in batches(len(x), batch_size, rng):
            value, outputs = train_step(model, x[rows], y[rows], optimizer, loss)
            total_loss += value * len(rows)
            total_correct += accuracy(outputs, y[rows]) * len(rows)
        history.append(loss=total_loss / len(x), accuracy=total_correct / len(x))
        if validation_data is not None:
            measured = model.evaluate(*validation_data, loss=loss)
            history.append(**{f"val_{name}": value for name, value in measured.items()})
    return history
