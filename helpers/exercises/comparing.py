"""Are two results the same, and if not, where do they differ first?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

RELATIVE = 1e-4
ABSOLUTE = 1e-5


@dataclass(frozen=True)
class Problem:
    """A result that cannot be compared, in words for the student."""

    text: str


def as_array(value: Any, expected: np.ndarray, what: str) -> np.ndarray | Problem:
    """Turn one returned value into an array of the expected shape, or say what is wrong with it.

    Axes of length 1 may be there or not (what they mean is judged apart), float32 and float64 are
    equally welcome, and whole numbers where the expected values are whole. Shapes are otherwise
    compared exactly.
    """
    if value is None:
        why = "Is the `return` missing, or did you `print` instead of returning?"
        return Problem(f"{what} is `None`." + f" {why}" * (what == "The result"))
    if value is Ellipsis:
        return Problem(f"{what} is `...`: that part is still to be written.")
    module = type(value).__module__.split(".")[0]
    if module in ("tensorflow", "keras", "torch", "jax", "jaxlib"):
        return Problem(
            f"{what} is a {module} tensor. This exercise is in NumPy: return an array "
            "(`np.asarray(tensor)` converts, but use NumPy's functions to compute)."
        )
    if isinstance(value, (list, tuple)):
        wanted = "a NumPy array: `np.array(...)`" if expected.ndim else "one number"
        return Problem(f"{what} is a {type(value).__name__}. Return {wanted}.")
    if not isinstance(value, (np.ndarray, np.generic, int, float)) or isinstance(value, bool):
        return Problem(f"{what} is a `{type(value).__name__}`. Return a NumPy array.")
    array = np.asarray(value)
    if array.dtype == object and any(item is None for item in array.flat):
        return Problem(f"{what} contains `None`. Which of the functions that you call returns nothing?")
    if array.dtype.kind in "iu" and (array.ndim == expected.ndim == 0 or _whole(expected)):
        array = array.astype(expected.dtype)
    if array.dtype.kind != "f" and expected.dtype.kind == "f":
        lost = " Where do the decimals get lost?" if array.dtype.kind in "iub" else ""
        return Problem(f"{what} has dtype `{array.dtype}`, expected float32 or float64.{lost}")
    if array.dtype == np.float16:
        return Problem(f"{what} has dtype `float16`, which keeps three digits. Stay in float32 or float64.")
    if _squeezed(array.shape) != _squeezed(expected.shape):
        return Problem(f"{what} has shape {array.shape}, expected {expected.shape}.")
    return array.reshape(expected.shape)


def _whole(values: np.ndarray) -> bool:
    """Whole numbers by nature, such as steps, with "never" as infinity or NaN."""
    finite = values[np.isfinite(values)]
    return finite.size > 0 and bool((finite == np.round(finite)).all())


def rounded(got: np.ndarray, expected: np.ndarray) -> set[int]:
    """All numbers of digits after the decimal point, 1 to 6, to which ``got`` is ``expected`` rounded."""
    return {d for d in range(1, 7) if np.allclose(got, np.round(expected, d), rtol=0, atol=1e-9, equal_nan=True)}


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """True when the arrays agree to four digits, NaN with NaN. As `np.allclose`, which is slow on small arrays."""
    if a.shape != b.shape:
        return False
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    with np.errstate(all="ignore"):  # a student's number may be huge
        if (np.abs(a - b) <= ABSOLUTE + RELATIVE * np.abs(b)).all():
            return not np.isinf(b).any() or np.array_equal(a[np.isinf(b)], b[np.isinf(b)])
        if np.isfinite(a).all() and np.isfinite(b).all():
            return False
        return bool(np.allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True))


def same_up_to_ones(a: np.ndarray, b: np.ndarray) -> bool:
    """As ``same``, whatever axes of length 1 there are."""
    a, b = np.asarray(a), np.asarray(b)
    return _squeezed(a.shape) == _squeezed(b.shape) and same(a.reshape(-1), b.reshape(-1))


def first_difference(got: np.ndarray, expected: np.ndarray, what: str) -> str:
    """Name the first element (in C order) that differs, with both values and how many differ."""
    differs = ~np.isclose(got, expected, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    if got.ndim == 0:
        return "{}: expected {}, got {}.".format(what, *_pair(expected, got))
    index = tuple(int(i) for i in np.argwhere(differs)[0])
    place = f"{what}[{', '.join(map(str, index))}]"
    return "The first element that differs is `{}`: expected {}, got {} ({} of {} elements differ).".format(
        place, *_pair(expected[index], got[index]), int(differs.sum()), got.size
    )


def _pair(expected: float, got: float) -> tuple[str, str]:
    """Both values, with as many digits as it takes to see that they differ."""
    texts = ((number(expected, digits), number(got, digits)) for digits in (4, 6, 8, 10))
    return next((pair for pair in texts if pair[0] != pair[1]), (number(expected), number(got)))


def number(value: float, digits: int = 4) -> str:
    """Four significant digits: enough to see a difference, few enough to be the same everywhere.

    What rounding leaves where 0 belongs differs from CPU to CPU, so it is shown as 0.
    """
    value = float(value)
    return f"{0.0 if abs(value) < 1e-9 else value:.{digits}g}"
