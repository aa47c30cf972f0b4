"""Arguments of the figure functions, refused with what was expected and what came."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def nonempty_mapping(value: Any, argument: str, entry: str) -> Mapping:
    if not isinstance(value, Mapping):
        raise TypeError(f"{argument}: expected a dict of {entry}, got {type(value).__name__}")
    if not value:
        raise ValueError(f"{argument}: expected at least one entry ({entry}), got an empty dict")
    return value


def pair(value: Any, argument: str, expected: str) -> tuple:
    if not isinstance(value, tuple) or len(value) != 2:
        raise TypeError(f"{argument}: expected a pair {expected}, got {type(value).__name__}")
    return value


def numbers(value: ArrayLike, argument: str, *axes: str) -> np.ndarray:
    """`value` as a float array with one dimension for each of `axes` (names for the message)."""
    expected = f"numbers of shape ({', '.join(axes)}{',' * (len(axes) == 1)})"
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{argument}: expected {expected}, got {type(value).__name__}") from None
    if array.ndim != len(axes):
        raise ValueError(f"{argument}: expected {expected}, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{argument}: expected {expected}, got none (shape {array.shape})")
    return array


def steps(value: ArrayLike, argument: str, count: int) -> np.ndarray:
    """Increasing training steps, one for each of `count` values."""
    array = numbers(value, argument, "T")
    if len(array) != count:
        raise ValueError(f"{argument}: expected {count} steps, one a value, got {len(array)}")
    if not (np.diff(array) > 0).all():
        raise ValueError(f"{argument}: expected steps that increase, got {array.tolist()}")
    return array
