"""Layers in a row, and the loop that trains them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from helpers.nn.callbacks import Callback
from helpers.nn.layer import Layer, copy_weights, is_float_array, kind
from helpers.nn.losses import softmax_cross_entropy
from helpers.nn.optimizers import Optimizer

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
        self.stop_training = False

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
        """Carry the output's gradient back through all layers; see ``Layer.backward``.

        With ``to_input=False`` it ends at the lowest layer with weights to train, and returns None.
        """
        lowest = 0
        if not to_input:
            lowest = next((i for i, layer in enumerate(self.layers) if layer.trainable_names), len(self.layers))
        for layer in self.layers[:lowest:-1]:
            gradient = layer.backward(gradient)
        return self.layers[lowest].backward(gradient, to_input=to_input) if lowest < len(self.layers) else None

    @property
    def trainable_weights(self) -> list[np.ndarray]:
        """The arrays that gradient descent changes, layer by layer."""
        return [getattr(layer, name) for layer in self.layers for name in layer.trainable_names]

    @property
    def trainable_names(self) -> list[str]:
        """The names of ``trainable_weights``, as in ``weights``."""
        return [
            f"{i}.{layer.name}.{name}" for i, layer in enumerate(self.layers) for name in layer.trainable_names
        ]

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """All weights by name, as "0.Dense.kernel": the arrays themselves, not copies.

        Those that gradient descent changes and those that a layer keeps (moving statistics). Copy them
        (``{name: weight.copy() for ...}``) to keep them: training writes into the same arrays.

        Raises:
            RuntimeError: the model has no weights yet.
        """
        if not self._built:
            raise RuntimeError("the model has no weights yet: call it on a batch, or build() it, first")
        return {
            f"{i}.{layer.name}.{name}": weight
            for i, layer in enumerate(self.layers) for name, weight in layer.weights.items()
        }

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Write ``weights`` (name to array, as ``weights`` gives them) into the model, all of them or none.

        Raises:
            RuntimeError: the model has no weights yet.
            ValueError: a name is unknown or missing, or a shape differs; nothing is changed then.
        """
        copy_weights("the model", weights, self.weights)
        for layer in self.layers:
            layer.weights_were_set()

    def save_weights(self, path: str | Path) -> None:
        """Write all weights into one file, ``.npz``: plain arrays by name, no pickle.

        Raises:
            RuntimeError: the model has no weights yet.
            ValueError: the path does not end in ".npz", which NumPy would add in silence.
        """
        if Path(path).suffix != ".npz":
            raise ValueError(f"expected a path that ends in .npz, got {str(path)!r}")
        np.savez_compressed(path, **self.weights)

    def load_weights(self, path: str | Path) -> None:
        """Read the weights that ``save_weights`` wrote into a model of the same layers.

        Raises:
            RuntimeError: the model has no weights yet.
            FileNotFoundError: there is no such file.
            ValueError: not a file of weights, or of another model's; nothing is changed then.
        """
        self.weights  # says so where there are none, whatever the file is
        try:
            with np.load(path, allow_pickle=False) as file:
                if not isinstance(file, np.lib.npyio.NpzFile):
                    raise ValueError("a single array")
                weights = {name: file[name] for name in file.files}
        except (ValueError, EOFError, zipfile.BadZipFile):
            raise ValueError(f"{str(path)!r} is not a file that save_weights wrote, or it is damaged") from None
        self.set_weights(weights)

    def penalty(self) -> float:
        """Return what the layers' regularizers add to the loss."""
        return sum(layer.penalty() for layer in self.layers)

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
        """Return ``{"loss": ..., "accuracy": ...}`` in inference mode; y holds integer labels (N,).

        The loss includes the layers' penalties, as in Keras.
        """
        outputs = self.predict(x)
        return {"loss": loss(outputs, y)[0] + self.penalty(), "accuracy": accuracy(outputs, y)}


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
    model: Sequential, x: np.ndarray, y: np.ndarray, optimizer: Optimizer, loss: Loss = softmax_cross_entropy
) -> tuple[float, np.ndarray]:
    """Forward, backward, one optimizer step. Return the loss before the step, penalties included, and the outputs."""
    outputs = model(x, training=True)
    value, gradient = loss(outputs, y)
    value += model.penalty()
    model.backward(gradient, to_input=False)
    optimizer.apply(model.gradients, model.trainable_weights, model.trainable_names)
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
    optimizer: Optimizer,
    loss: Loss = softmax_cross_entropy,
    batch_size: int = 32,
    epochs: int = 1,
    validation_data: tuple[np.ndarray, np.ndarray] | None = None,
    callbacks: Sequence[Callback] = (),
    seed: int | np.random.Generator = 0,
) -> History:
    """Train ``model`` for some epochs and return its history.

    Args:
        x: inputs (N, ...), float32 or float64. y: integer labels (N,).
        validation_data: a pair like (x, y), evaluated in inference mode after every epoch.
        callbacks: told of the beginning, of every epoch's end and of the training's end; one of them may stop
            it early, as ``EarlyStopping`` does.
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
    model.stop_training = False
    for callback in callbacks:
        callback.set_model(model)
        callback.on_train_begin()
    for epoch in range(epochs):
        total_loss = total_correct = 0.0
        for rows in batches(len(x), batch_size, rng):
            value, outputs = train_step(model, x[rows], y[rows], optimizer, loss)
            total_loss += value * len(rows)
            total_correct += accuracy(outputs, y[rows]) * len(rows)
        history.append(loss=total_loss / len(x), accuracy=total_correct / len(x))
        if validation_data is not None:
            measured = model.evaluate(*validation_data, loss=loss)
            history.append(**{f"val_{name}": value for name, value in measured.items()})
        for callback in callbacks:
            callback.on_epoch_end(epoch, {name: values[-1] for name, values in history.items()})
        if model.stop_training:
            break
    for callback in callbacks:
        callback.on_train_end()
    return history
