"""Dropout: in training every element is dropped with a fixed probability."""

from __future__ import annotations

import numpy as np

from helpers.nn.layer import Layer


class Dropout(Layer):
    """Set a random share of the elements to 0 in training; let everything pass in inference.

    Two forms, equal in expectation:

        inverted (the default, and Keras'):  training  y = x * mask / (1 - rate)    inference  y = x
        classic (the paper's):               training  y = x * mask                 inference  y = x * (1 - rate)

    A new mask is drawn for every training call, one draw for each element. The layer has a random
    generator of its own: with or without dropout, a network begins with the same weights and sees the same
    batches.

    Args:
        rate: the share that is dropped, in [0, 1), as in Keras. The paper's p is the share kept, 1 - rate.
        classic: True for the paper's form.
        seed: an int or a generator for the masks. None: in a ``Sequential`` a stream of the model's
            seed, different for each layer; alone, the seed 0.

    Shapes: any, with N first, to the same shape. No weights. ``mask`` holds the last training call's
    mask, True where an element was kept.

    Raises:
        ValueError: rate outside [0, 1).

    Source: Srivastava et al. (2014, Dropout: a simple way to prevent neural networks from overfitting,
    JMLR 15), section 4 for the classic form, section 10 for the inverted one.
    """

    def __init__(
        self, rate: float, *, classic: bool = False, seed: int | np.random.Generator | None = None
    ) -> None:
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"Dropout expects a rate in [0, 1), the share that is dropped, got {rate!r}")
        self.rate = float(rate)
        self.classic = classic
        self.seed = seed
        self.mask: np.ndarray | None = None

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        self._start_generator(rng)
        super().build(shape, dtype, rng)

    def forward(self, x, training) -> np.ndarray:
        kept = 1 - self.rate
        if not training:
            self._cache = (None, kept if self.classic else 1.0)
            return x * self._cache[1]
        # Drawn in float32 whatever x is: one seed, one mask.
        self.mask = self.generator.random(x.shape, np.float32) >= self.rate
        self._cache = (self.mask, 1.0 if self.classic else 1 / kept)
        return self._masked(x)

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        self._recall(gradient)
        return self._masked(gradient)

    def _masked(self, values: np.ndarray) -> np.ndarray:
        mask, factor = self._cache
        if mask is None:
            return values * factor
        kept = np.where(mask, values, 0)  # not a product: 0 times infinity is no 0
        kept *= factor
        return kept
