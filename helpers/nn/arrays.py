"""What layers and models check and move: arrays by name, axes by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Shape = tuple[int, ...]

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


# ---- Arrays -------------------------------------------------------------------------------------


def is_float_array(x: object) -> bool:
    """Whether ``x`` is a plain NumPy array of float32 or float64."""
    return type(x) is np.ndarray and x.dtype in _FLOATS


def kind(x: object) -> str:
    """Say what ``x`` is, for an error message: "an array of int64", "a list", "a numpy.memmap of float32"."""
    if type(x) is np.ndarray:
        return f"an array of {x.dtype}"
    name = f"a {type(x).__module__.split('.')[0]}.{type(x).__name__}".replace("builtins.", "")
    return f"{name} of {x.dtype}" if isinstance(x, np.ndarray) else name


def check_dtype(dtype: np.typing.DTypeLike) -> None:
    """Raise TypeError unless weights can be made in ``dtype``."""
    if np.dtype(dtype) not in _FLOATS:
        raise TypeError(f"expected weights of float32 or float64, got {np.dtype(dtype)}")


def copy_weights(owner: str, weights: Mapping[str, np.ndarray], into: dict[str, np.ndarray]) -> None:
    """Write each of ``weights`` into the array of its name, all of them or none.

    Raises:
        TypeError: the weights are not given by name.
        ValueError: a name is unknown or missing, a shape differs, or a value is no number.
    """
    if not isinstance(weights, Mapping):
        raise TypeError(f"{owner} expects its weights by name, as `weights` gives them, got {kind(weights)}")
    if set(weights) != set(into):
        raise ValueError(f"{owner} has the weights {sorted(into)}, got {sorted(weights)}")
    values = {name: np.asarray(value) for name, value in weights.items()}
    for name, value in values.items():
        if value.dtype.kind not in "biuf":
            raise ValueError(f"{owner}: {name} expects numbers, got {value.dtype}")
        if value.shape != into[name].shape:
            raise ValueError(f"{owner}: {name} has shape {into[name].shape}, got shape {value.shape}")
    for name, value in values.items():
        into[name][...] = value


# ---- Axes ---------------------------------------------------------------------------------------


def checked_axis(owner: str, axis: int) -> int:
    """``axis`` as a Python int. Raises ValueError for anything but one integer."""
    if not isinstance(axis, (int, np.integer)):
        raise ValueError(f"{owner} expects one integer as axis, got {axis!r}")
    return int(axis)


def checked_axes(owner: str, axis: int | Sequence[int]) -> Shape:
    """``axis`` as a tuple of Python ints. Raises ValueError for none, one named twice, or no integers."""
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
    if not axes or not all(isinstance(each, (int, np.integer)) for each in axes):
        raise ValueError(f"{owner} expects one integer as axis, or a tuple of at least one, got {axis!r}")
    if len(set(axes)) < len(axes):
        raise ValueError(f"{owner} expects each axis once, got axis={axis!r}")
    return tuple(int(each) for each in axes)


def resolved_axes(owner: str, axis: int | Sequence[int], shape: Shape) -> Shape:
    """The axes as numbers from 1 up, ascending. Raises ValueError for one that ``shape`` does not have."""
    rank = len(shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    positive = sorted(each + rank if each < 0 else each for each in axes)
    if not all(0 < each < rank for each in positive):
        raise ValueError(
            f"{owner}(axis={axis}) does not fit an input of shape {tuple(shape)}: expected axes from 1 to "
            f"{rank - 1}, or from the end -1 to {1 - rank}; axis 0 counts the examples"
        )
    if len(set(positive)) < len(positive):
        raise ValueError(f"{owner}(axis={axis}) names an axis twice for an input of shape {tuple(shape)}")
    return tuple(positive)


def lengths_on(shape: Shape, axes: Sequence[int]) -> Shape:
    """``shape`` with 1 in place of every axis that is not among ``axes``."""
    return tuple([length if axis in axes else 1 for axis, length in enumerate(shape)])


def with_ones(shape: Shape, axes: Sequence[int]) -> Shape:
    """``shape`` with 1 in place of each of ``axes``: what ``keepdims=True`` leaves."""
    return tuple([1 if axis in axes else length for axis, length in enumerate(shape)])
