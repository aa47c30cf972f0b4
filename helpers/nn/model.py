"""Layers in a row, and the loop that trains them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from helpers.nn.arrays import check_dtype, copy_weights, is_float_array, kind
from helpers.nn.callbacks import Callback
from helpers.nn.layer import Layer
from helpers.nn.losses import softmax_cross_entropy
from helpers.nn.optimizers import Optimizer

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


class Sequential:
    """Layers applied one after another.

    Args:
        layers: at least one layer; the same layer cannot stand at two places.
        seed: an int or a generator; every random initial weight is drawn from it, layer by layer.

    Raises:
        TypeError: something that is no layer.
        ValueError: no layer, or one twice.
    """

    def __init__(self, layers: Sequence[Layer], seed: int | np.random.Generator = 0) -> None:
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("Sequential expects at least one layer, got none")
        for layer in self.layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"Sequential expects layers of helpers.nn, got {layer!r}")
        if len(set(map(id, self.layers))) < len(self.layers):
            raise ValueError("Sequential got one layer twice: its gradients would be those of the last place only")
        for layer in self.layers:
            layer._in_model = True
        self._seed = seed
        self._built = False
        self.stop_training = False

    def build(self, shape: tuple[int, ...], dtype: np.typing.DTypeLike = np.float32) -> None:
        """Make all weights for inputs of ``shape`` (N, ...); the first call does it otherwise.

        A layer that has weights already keeps them.

        Raises:
            TypeError: a dtype other than float32 or float64.
            ValueError: the shape does not fit a layer.
        """
        check_dtype(dtype)
        rng = np.random.default_rng(self._seed)
        for layer in self.layers:
            if layer.built:
                layer.check_shape(shape)
            else:
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

    def inputs_of(self, kind: type[Layer], x: np.ndarray, training: bool = False) -> list[np.ndarray]:
        """What arrives at each layer of a kind, such as ``nn.Sigmoid``, when the batch ``x`` passes, from below.

        In training mode the layers remember the batch, as in a call.
        """
        if not self._built:
            self.build(x.shape, x.dtype)
        inputs = []
        for layer in self.layers:
            if isinstance(layer, kind):
                inputs.append(x)
            x = layer(x, training)
        return inputs

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
        self._require_weights()
        return [getattr(layer, name) for layer in self.layers for name in layer.trainable_names]

    @property
    def trainable_names(self) -> list[str]:
        """The names of ``trainable_weights``, as in ``weights``."""
        return [
            f"{i}.{layer.name}.{name}" for i, layer in enumerate(self.layers) for name in layer.trainable_names
        ]

    def _require_weights(self) -> None:
        if not self._built:
            raise RuntimeError("the model has no weights yet: call it on a batch, or build() it, first")

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """All weights by name, as "0.Dense.kernel": the arrays themselves, not copies.

        Those that gradient descent changes and those that a layer keeps (moving statistics). Copy them
        (``{name: weight.copy() for ...}``) to keep them: training writes into the same arrays.

        Raises:
            RuntimeError: the model has no weights yet.
        """
        self._require_weights()
        return {
            f"{i}.{layer.name}.{name}": weight
            for i, layer in enumerate(self.layers) for name, weight in layer.weights.items()
        }

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Write ``weights`` (name to array, as ``weights`` gives them) into the model, all of them or none.

        Raises:
            RuntimeError: the model has no weights yet.
            TypeError: the weights are not given by name.
            ValueError: a name is unknown or missing, a shape differs, or a value is no number; nothing is
                changed then.
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
        self._require_weights()
        try:
            with np.load(path, allow_pickle=False) as file:
                if not isinstance(file, np.lib.npyio.NpzFile):
                    raise ValueError("a single array")
                weights = {name: file[name] for name in file.files}
        except FileNotFoundError:
            raise
        except (ValueError, EOFError, OSError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            raise ValueError(f"{str(path)!r} is not a file that save_weights wrote, or it is damaged") from None
        self.set_weights(weights)

    def penalty(self) -> float:
        """Return what the layers' regularizers add to the loss."""
        return sum(layer.penalty() for layer in self.layers)

    @property
    def gradients(self) -> list[np.ndarray]:
        """The last backward's gradients, in the order of ``trainable_weights``."""
        self._require_weights()
        return [layer.gradients[name] for layer in self.layers for name in layer.trainable_names]

    def predict(self, x: np.ndarray, batch_size: int = 1000) -> np.ndarray:
        """Return the outputs for all of ``x``, (N, ...), in inference mode, ``batch_size`` at a time.

        Raises:
            TypeError, ValueError: x is no batch that the layers take, or is empty.
        """
        if not len(x):
            raise ValueError(f"expected at least one example, got shape {np.shape(x)}")
        return np.concatenate([self(x[i:i + batch_size]) for i in range(0, len(x), batch_size)])

    def evaluate(
        self, x: np.ndarray, y: np.ndarray, loss: Loss = softmax_cross_entropy
    ) -> dict[str, float]:
        """Return ``{"loss": ..., "accuracy": ...}`` in inference mode.

        Args:
            x: inputs (N, ...). y: integer labels (N,), or what else ``loss`` compares outputs with.

        The loss includes the layers' penalties, as in Keras. The accuracy is there only for integer labels.

        Raises:
            TypeError, ValueError: as the layers and the loss.
        """
        outputs, y = self.predict(x), np.asarray(y)
        measured = {"loss": loss(outputs, y)[0] + self.penalty()}
        return measured | {"accuracy": accuracy(outputs, y)} if _are_labels(y) else measured


def _are_labels(y: np.ndarray) -> bool:
    return y.ndim == 1 and y.dtype.kind in "iu"


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
    """Forward, backward, one optimizer step.

    Args:
        x: a batch of inputs (N, ...). y: its integer labels (N,), or what else ``loss`` compares outputs with.

    Returns:
        The loss before the step, penalties included, and the outputs in training mode, (N, ...).

    Raises:
        TypeError, ValueError: as the layers, the loss and the optimizer.
    """
    outputs = model(x, training=True)
    value, gradient = loss(outputs, y)
    value += model.penalty()
    model.backward(gradient, to_input=False)
    optimizer.apply(model.gradients, model.trainable_weights, model.trainable_names)
    return value, outputs


class History(dict):
    """What a training run measured: name to a list with one number an epoch."""

    def append(self, **values: float) -> None:
        """Add one epoch: a number for each name."""
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
        x: inputs (N, ...), float32 or float64.
        y: integer labels (N,), or what else ``loss`` compares outputs with, N of them.
        optimizer: an object, as ``SGD(0.1)``.
        loss: a function of outputs and y that returns its value and its gradient with respect to the outputs.
        batch_size, epochs: at least 1; the last batch of an epoch may be smaller.
        validation_data: a pair like (x, y), evaluated in inference mode after every epoch.
        callbacks: told of the beginning, of every epoch's end and of the training's end; one of them may stop
            it early, as ``EarlyStopping`` does.
        seed: an int or a generator for the order of the examples.

    Returns:
        ``loss`` and ``accuracy`` an epoch, averaged over the training batches as they passed
        (so with the weights of the moment, in training mode), and ``val_loss``,
        ``val_accuracy`` where validation data were given. Keras' names and meaning. Accuracies are there
        only for integer labels.

    Raises:
        TypeError: x or y is not a NumPy array, validation_data not a pair of them, the optimizer none.
        ValueError: x and y differ in length, an argument is out of range, or a callback monitors what is
            not measured. Nothing is changed then.
    """
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"expected an optimizer object, as nn.SGD(0.1), got {optimizer!r}")
    pairs = {"x, y": (x, y)}
    if validation_data is not None:
        pairs["validation_data"] = validation_data
    for name, pair in pairs.items():
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"expected {name} as a pair of NumPy arrays, got {kind(pair)}")
        for value in pair:
            if not isinstance(value, np.ndarray):
                raise TypeError(f"expected {name} as NumPy arrays, got {kind(value)}")
        if len(pair[0]) != len(pair[1]) or not len(pair[0]):
            raise ValueError(
                f"expected at least one input in {name} and as many labels, got {len(pair[0])} inputs and "
                f"{len(pair[1])} labels"
            )
    if epochs < 1 or batch_size < 1:
        raise ValueError(f"expected at least one epoch and a batch size >= 1, got {epochs} and {batch_size}")
    rng = np.random.default_rng(seed)
    history = History()
    measured = ["loss", "accuracy"] if _are_labels(y) else ["loss"]
    if validation_data is not None:
        measured += [f"val_{name}" for name in measured]
    for callback in callbacks:
        callback.check(measured)
    model.stop_training = False
    for callback in callbacks:
        callback.set_model(model)
        callback.on_train_begin()
    for epoch in range(epochs):
        totals = dict.fromkeys(["loss", "accuracy"] if _are_labels(y) else ["loss"], 0.0)
        for rows in batches(len(x), batch_size, rng):
            value, outputs = train_step(model, x[rows], y[rows], optimizer, loss)
            totals["loss"] += value * len(rows)
            if "accuracy" in totals:
                totals["accuracy"] += accuracy(outputs, y[rows]) * len(rows)
        history.append(**{name: total / len(x) for name, total in totals.items()})
        if validation_data is not None:
            on_validation = model.evaluate(*validation_data, loss=loss)
            history.append(**{f"val_{name}": value for name, value in on_validation.items()})
        for callback in callbacks:
            callback.on_epoch_end(epoch, {name: values[-1] for name, values in history.items()})
        if model.stop_training:
            break
    for callback in callbacks:
        callback.on_train_end()
    return history
