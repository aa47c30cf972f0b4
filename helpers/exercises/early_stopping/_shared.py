"""What exercises of notebook 11 share."""

from __future__ import annotations

import numpy as np


LOG = (0.90, 0.70, 0.60, 0.55, 0.57, 0.56, 0.54, 0.54, 0.58, 0.56, 0.50, 0.52)


class Rehearsal:
    """A training run that has been written down: after each epoch these weights, with these losses.

    ``train_epoch()`` trains for one epoch. ``weights`` is an array of shape (3,), the weights of the moment.
    ``loss(data)`` is the loss of these weights on the "training", "validation" or "test" data.
    """

    def __init__(self, validation, training=None, test=None, in_place=True):
        steps = np.arange(len(validation))
        self._losses = {
            "training": 3.0 - 2.5 * steps / len(validation) if training is None else training,
            "validation": validation,
            "test": np.asarray(validation)[::-1] if test is None else test,
        }
        self._epoch, self._in_place = 0, in_place
        self.asked = set()  # which losses somebody has looked at
        self.weights = self._at(0)

    @staticmethod
    def _at(epoch):
        return np.array([epoch, 0.5 * epoch**2, 20.0 - 3 * epoch])

    def train_epoch(self):
        if self._epoch + 1 == len(self._losses["validation"]):
            raise RuntimeError("there are no more epochs: `epochs` of them have been trained already")
        self._epoch += 1
        if self._in_place:
            self.weights[...] = self._at(self._epoch)  # as gradient descent does
        else:
            self.weights = self._at(self._epoch)

    def loss(self, data="validation"):
        if data not in self._losses:
            raise ValueError(f'`run.loss` knows "training", "validation" and "test"; got {data!r}')
        self.asked.add(data)
        return float(self._losses[data][self._epoch])


def rehearsal():
    """A run to try your function on: 12 epochs, whose validation losses are the log's."""
    return Rehearsal((1.2, *LOG))
