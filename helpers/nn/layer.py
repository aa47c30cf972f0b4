"""What every layer has in common: weights with names, a forward call, a backward call."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers.nn.arrays import check_dtype, copy_weights, is_float_array, kind


class Layer:
    """A function with weights that can also carry a gradient backwards.

    ``layer(x, training=False)`` computes the output and keeps what ``backward`` needs.
    ``layer.backward(gradient)`` takes the loss' gradient with respect to the output (same shape
    as the output), stores the gradient of every trainable weight in ``layer.gradients`` and
    returns the gradient with respect to the input (same shape as the input).

    Weights are plain arrays, made at the first call, in the dtype of that call's input (``build``
    makes them before, in float32 unless told otherwise). Their names are Keras': ``kernel``,
    ``bias``, ``gamma``, ``beta``, ``moving_mean``, ``moving_variance``. ``trainable_names`` lists
    those that gradient descent changes, ``state_names`` those that the layer itself keeps. The arrays in ``gradients`` are written
    again by the next backward call: copy one to keep it. Inputs and outputs may share memory with
    what backward needs: copy them before you write into them.
    """

    trainable_names: tuple[str, ...] = ()
    state_names: tuple[str, ...] = ()
    seed: int | np.random.Generator | None = None
    generator: np.random.Generator | None = None  # of a layer that draws at every training call
    _first = "call it on a batch, or build() it, first"
    _in_model = False

    def __init__(self) -> None:
        self.gradients: dict[str, np.ndarray] = {}
        self._built_for: tuple[int, ...] | None = None
        self._accepted: tuple[int, ...] | None = None
        self._cache: tuple | None = None
        self._output_shape: tuple[int, ...] | None = None

    def __call__(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """Return the layer's output for a batch ``x`` whose first axis counts the examples.

        Raises:
            TypeError: ``x`` is not a NumPy array of float32 or float64.
            ValueError: the batch is empty, or its shape is not one this layer takes.
            RuntimeError: the layer stands in a model that is not built: it would not follow the model's seed.
        """
        if not is_float_array(x):
            raise TypeError(f"{self.name} expects a NumPy array of float32 or float64, got {kind(x)}")
        if x.shape != self._accepted:
            self._accept(x)
        y = self.forward(x, training)
        self._output_shape = y.shape
        return y

    def _accept(self, x: np.ndarray) -> None:
        if x.size == 0 or x.ndim < 2:
            raise ValueError(
                f"{self.name} expects a batch with at least one example and one feature, "
                f"shape (N, ...), got shape {x.shape}"
            )
        if self._built_for is None:
            if self._in_model:
                raise RuntimeError(
                    f"{self.name} stands in a model that has no weights yet, and alone it would not follow the model's "
                    "seed: build() the model, or call it, first"
                )
            self.build(x.shape, x.dtype)
        self.check_shape(x.shape)
        self._accepted = x.shape

    def build(
        self,
        shape: tuple[int, ...],
        dtype: np.typing.DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
    ) -> None:
        """Make the weights for inputs of ``shape`` (the batch first; its length does not matter)."""
        check_dtype(dtype)
        self._built_for = tuple(shape)
        self._accepted = None
        # Written in place by every backward: fresh memory of this size costs more than the sums.
        self.gradients = {name: np.zeros_like(getattr(self, name)) for name in self.trainable_names}

    def _start_generator(self, rng: np.random.Generator | None) -> None:
        """Start this layer's own stream of random numbers.

        From its seed, if it has one; else from a child of the model's generator, which goes on as if
        nothing had been taken from it; else from the seed 0.
        """
        if self.seed is None and rng is not None:
            self.generator = rng.spawn(1)[0]
        else:
            self.generator = np.random.default_rng(0 if self.seed is None else self.seed)

    def check_shape(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless inputs of ``shape`` fit the weights."""

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the output's shape for inputs of ``shape``."""
        return tuple(shape)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Compute the output. Called by ``__call__`` with a checked ``x``."""
        raise NotImplementedError

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Store the weights' gradients and return the input's.

        Args:
            gradient: gradient of the loss with respect to the last output, of its shape.
            to_input: False lets a layer leave out the input's gradient and return None:
                nobody needs it below the first layer of a network.

        Raises:
            RuntimeError: the layer has not been called yet.
            ValueError: the gradient has another shape than the last output.
        """
        raise NotImplementedError

    @property
    def built(self) -> bool:
        """Whether the layer has its weights."""
        return self._built_for is not None

    def penalty(self) -> float:
        """Return what the layer's regularizers add to the loss; ``backward`` adds their gradient."""
        return 0.0

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """All weights by name: the arrays themselves, not copies.

        Raises:
            RuntimeError: the layer has no weights yet.
        """
        names = self.trainable_names + self.state_names
        if names and not self.built:
            raise RuntimeError(f"{self.name} has no weights yet: {self._first}")
        return {name: getattr(self, name) for name in names}

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Write ``weights`` (name to array) into the layer, all of them or none.

        Raises:
            RuntimeError: the layer has no weights yet.
            TypeError: the weights are not given by name.
            ValueError: a name is unknown or missing, a shape differs, or a value is no number; nothing is
                changed then.
        """
        copy_weights(self.name, weights, self.weights)
        self.weights_were_set()

    def weights_were_set(self) -> None:
        """Called when ``set_weights``, of the layer or of its model, has written into the weights."""

    def _recall(self, gradient: np.ndarray) -> tuple:
        """Return what ``forward`` kept, once ``gradient`` is known to fit the output."""
        if self._cache is None:
            raise RuntimeError(f"{self.name}.backward needs a forward call first: layer(x, training=True)")
        if gradient.shape != self._output_shape:
            raise ValueError(
                f"{self.name}.backward expects a gradient of the last output's shape {self._output_shape}, "
                f"got shape {gradient.shape}"
            )
        return self._cache
