"""Objects that follow a training run, and may end it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from helpers.nn.model import Sequential

# Which way is better, of the quantities that ``fit`` measures.
DIRECTIONS = {"loss": "min", "accuracy": "max"}


class Callback:
    """Called by ``fit``; Keras' names. Setting ``self.model.stop_training = True`` ends the run after the epoch."""

    model: Sequential | None = None

    def set_model(self, model: Sequential) -> None:
        """Called first, with the model that is trained."""
        self.model = model

    def check(self, measured: Collection[str]) -> None:
        """Called before the training with the names of what will be measured: raise here to refuse them."""

    def on_train_begin(self) -> None:
        """Called before the first epoch."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Called after every epoch, counted from 0, with what was measured: "loss", "val_loss" and so on."""

    def on_train_end(self) -> None:
        """Called after the last epoch."""


class EarlyStopping(Callback):
    """Stop when a measured quantity has not improved for some epochs. Keras' arguments and rules.

    After every epoch: if the value is better than the best so far by more than ``min_delta``, it is the new
    best; otherwise one more epoch has passed without improvement, and with the ``patience``-th in a row training stops.

    Args:
        monitor: a name in the history; never one measured on the test set.
        min_delta: the least improvement that counts, at least 0.
        patience: epochs without improvement after which training stops. 0 and 1 both stop at the first one.
        mode: "min", "max", or "auto": min for a loss, max for an accuracy.
        baseline: the count of epochs without improvement starts again only when the best beats this value too.
        restore_best_weights: True puts the best epoch's weights back when training ends, early or not.
        start_from_epoch: epochs before this one, counted from 0, are not looked at.

    Attributes:
        best: the best value; None before the first. best_epoch: its epoch, from 0.
        stopped_epoch: the epoch after which training stopped; 0 if it ran to its end.
        wait: epochs without improvement so far. best_weights: copies, where they are to be restored.

    A NaN never improves on a number, and no number on a first NaN.

    Raises:
        RuntimeError: in a loop of your own, without ``set_model`` before.
        ValueError: an argument out of its range; a direction that "auto" cannot know; before the first
            epoch, a monitored name that is not measured (Keras warns and goes on).

    Source: Prechelt (1998, Early stopping, but when?), for the idea; Keras' callback of the same name for
    the rules.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"EarlyStopping expects mode to be auto, min or max, got {mode!r}")
        if not min_delta >= 0:
            raise ValueError(f"EarlyStopping expects min_delta >= 0, got {min_delta!r}")
        for name, value in {"patience": patience, "start_from_epoch": start_from_epoch}.items():
            if not isinstance(value, (int, np.integer)) or value < 0:
                raise ValueError(f"EarlyStopping expects {name} as an integer >= 0, got {value!r}")
        if mode == "auto":
            mode = DIRECTIONS.get(monitor.removeprefix("val_"))
            if mode is None:
                raise ValueError(
                    f"EarlyStopping does not know whether {monitor!r} should rise or fall: give mode='max' or 'min'"
                )
        self.monitor = monitor
        self.min_delta = min_delta
        self.patience = patience
        self.mode = mode
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.on_train_begin()

    def on_train_begin(self) -> None:
        """Forget the run before: one object may serve several runs."""
        if self.model is not None:
            self.model.stop_training = False
        self.wait = 0
        self.stopped_epoch = 0
        self.best: float | None = None
        self.best_epoch = 0
        self.best_weights: dict[str, np.ndarray] | None = None

    def check(self, measured) -> None:
        if self.monitor not in measured:
            raise ValueError(
                f"EarlyStopping monitors {self.monitor!r}, but measured are only {', '.join(sorted(measured))}"
                + (": give fit() validation_data" if self.monitor.startswith("val_") else "")
            )

    def on_epoch_end(self, epoch, logs) -> None:
        if self.model is None:
            raise RuntimeError("EarlyStopping has no model to stop: pass it to fit(), or call set_model() first")
        self.check(logs)
        value = logs[self.monitor]
        if epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self._improves(value, self.best):
            self.best = value
            self.best_epoch = epoch
            self._keep_weights()
            if self._improves(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _improves(self, value: float, reference: float | None) -> bool:
        if reference is None:
            return True
        if self.mode == "min":
            return value + self.min_delta < reference
        return value - self.min_delta > reference

    def _keep_weights(self) -> None:
        # Copies: training goes on in the same arrays.
        if self.restore_best_weights:
            self.best_weights = {name: weight.copy() for name, weight in self.model.weights.items()}

    def on_train_end(self) -> None:
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
