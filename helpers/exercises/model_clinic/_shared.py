"""What the patients of notebook 12 share: measurements, and what is judged on held-out digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from helpers.exercises.engine.clinic import accuracy_of, held_out_digits, percent, plain


def scores_of(model: Any, x: np.ndarray) -> np.ndarray:
    """The scores (N, 10) that a model gives to rows (N, 784) in inference mode; of Keras or of ``helpers.nn``."""
    if not hasattr(model, "predict"):
        raise TypeError(f"`model` must be a network, not a `{type(model).__name__}`")
    quiet = {"verbose": 0} if type(model).__module__.startswith("keras") else {}
    return np.asarray(model.predict(x, batch_size=500, **quiet))


def held_out_accuracy(model: Any) -> dict[str, float]:
    """Percent right on the held-out digits, over all and in the class that comes off worst."""
    x, y = held_out_digits()
    scores = scores_of(model, x)
    return {
        "accuracy": accuracy_of(scores, y),
        "worst class": min(accuracy_of(scores[y == digit], y[y == digit]) for digit in range(10)),
    }


def parts(run: Mapping[str, Any], of: str) -> dict[str, np.ndarray]:
    """The rows ("x") or the labels ("y") of both parts, from a run's `training` and `validation`, each (rows, labels)."""
    return {f"{part} rows": run[part]["xy".index(of)] for part in ("training", "validation")}


def classes_in(labels_of: Mapping[str, np.ndarray]) -> str:
    """Which digits are in each part: "training rows: 0 to 7; validation rows: 8, 9"."""
    return "; ".join(f"{part}: {_digits(np.unique(labels))}" for part, labels in labels_of.items())


def _digits(digits: np.ndarray) -> str:
    if len(digits) > 2 and digits[-1] - digits[0] == len(digits) - 1:
        return f"{digits[0]} to {digits[-1]}"
    return ", ".join(map(str, digits)) or "none"


def pixels_in(rows_of: Mapping[str, np.ndarray]) -> str:
    """Mean and standard deviation of the pixels of each part."""
    return "; ".join(f"{part}: mean {plain(x.mean())}, standard deviation {plain(x.std())}" for part, x in rows_of.items())


def best_epoch(history: Mapping[str, Any]) -> str:
    """The highest validation accuracy of the run, and the last."""
    values = 100 * np.asarray(history["val_accuracy"])
    return f"The highest validation accuracy of all epochs is {percent(values.max())}, the last {percent(values[-1])}."
