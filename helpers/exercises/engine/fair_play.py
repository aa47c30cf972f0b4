"""Whether an answer has looked at the test digits, on which it is judged.

Meant for honest students: the plain ways are seen, not every one.
"""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

_opened: list[str] | None = None
_hooked = False


@contextmanager
def noticed_files() -> Iterator[list[str]]:
    """Yield a list that is filled while a file of the digits is opened or fetched inside the ``with``.

    One ``with`` may stand inside another: what the inner one notices, the outer one does, too.
    """
    global _opened, _hooked
    if not _hooked:
        sys.addaudithook(_audit)  # cannot be taken away again: outside the ``with`` it does nothing
        _hooked = True
    outer, found = _opened, []
    _opened = found
    try:
        yield found
    finally:
        _opened = outer
        if outer is not None:
            outer += found


def _audit(event: str, args: tuple) -> None:
    if _opened is not None and event in ("open", "urllib.Request") and isinstance(args[0], (str, bytes)):
        path = args[0] if isinstance(args[0], str) else args[0].decode(errors="replace")
        name = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
        # Keras' file and ours have the same name; the original ones of 1998 begin with t10k and train.
        if name.endswith("mnist.npz") or "t10k-" in name:
            _opened.append(name)


@functools.cache
def _fingerprints() -> frozenset[bytes]:
    """Where each test digit has ink, as bytes. Six of these also belong to training digits, all of them ones."""
    return frozenset(_places(digits_for_testing()[0].reshape(-1, 784) > 0))


def _places(ink: np.ndarray) -> list[bytes]:
    return [row.tobytes() for row in np.packbits(ink, axis=1)]


@functools.cache
def digits_for_testing() -> tuple[np.ndarray, np.ndarray]:
    """The test digits (10000, 28, 28), uint8, and their labels."""
    from helpers import datasets

    return datasets.load_mnist()[1]


def holds_test_digits(value: Any) -> bool:
    """Whether an array holds test digits, or all their labels.

    Whatever the scaling: ink is where a pixel is not at its lowest value (in its row, or in its column, as after a
    standardization of each pixel) or, turned round, at its highest. Ten different digits at least, or half of fewer,
    since some training digits have their ink where a test digit has it. Of a large array, some thousand rows are looked
    at.
    """
    array = _as_array(value)
    if array is None or not array.size:
        return False
    labels = digits_for_testing()[1]
    if array.shape[:1] == labels.shape:
        flat = array.argmax(axis=1) if array.ndim == 2 and array.shape[1] == 10 else array.reshape(len(array), -1)[:, 0]
        if np.array_equal(flat, labels):
            return True
    if array.size % 784 or array.ndim < 1:
        return False
    rows = array.reshape(-1, 784)
    rows = rows[:: max(1, len(rows) // 5000)]
    needed = min(10, (len(rows) + 1) // 2)
    for axis in (1, 0):
        for lowest in (rows.min(axis=axis, keepdims=True), rows.max(axis=axis, keepdims=True)):
            if len(_fingerprints().intersection(_places(rows != lowest))) >= needed:
                return True
    return False


def _as_array(value: Any) -> np.ndarray | None:
    if type(value).__module__.split(".")[0] in ("tensorflow", "keras") and hasattr(value, "numpy"):
        try:
            value = value.numpy()
        except Exception:  # noqa: BLE001 - a symbolic tensor holds nothing
            return None
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and value.ndim:
        return value
    return None


def names_with_test_digits(function: Callable) -> tuple[str, ...]:
    """Names that ``function`` uses and that hold test digits: global ones, of its closure, and defaults.

    Looked at as well: functions of the same notebook that it calls, lists, tuples and dictionaries, and attributes
    that it names.
    """
    found: dict[str, None] = {}
    seen: set[int] = set()

    def look(function: Callable) -> None:
        function = inspect.unwrap(function)
        code = getattr(function, "__code__", None)
        if code is None or id(code) in seen:
            return
        seen.add(id(code))
        used, attributes = _names_in(code)
        for name, value in values_used(function, used):
            if inspect.isfunction(value) and value.__globals__ is function.__globals__:
                look(value)
            elif any(map(holds_test_digits, contents(value, attributes))):
                found[name] = None

    look(function)
    return tuple(sorted(found))


def values_used(function: Any, used: set[str]) -> Iterator[tuple[str, Any]]:
    """What a function's global names ``used``, its closure and its defaults stand for."""
    space = function.__globals__
    yield from ((name, space[name]) for name in sorted(used) if name in space)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            yield name, cell.cell_contents
        except ValueError:  # not filled yet
            pass
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.default is not parameter.empty:
            yield name, parameter.default


def contents(value: Any, attributes: set[str], depth: int = 2) -> Iterator[Any]:
    """What is in a container of a few things, and the attributes of an object that are named in the code."""
    yield value
    inside: Iterable[Any] = ()
    if isinstance(value, Mapping) and len(value) <= 100:
        inside = list(value.values())
    elif isinstance(value, (list, tuple)) and len(value) <= 100:
        inside = value
    elif hasattr(value, "__dict__") and not callable(value):
        inside = [item for name, item in vars(value).items() if name in attributes]
    if depth:
        for item in inside:
            yield from contents(item, attributes, depth - 1)


def _names_in(code: Any) -> tuple[set[str], set[str]]:
    """The global names, and the names of attributes, in a function's code and in the functions inside it."""
    used = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    attributes = set(code.co_names) - used
    for constant in code.co_consts:
        if inspect.iscode(constant):
            inner_used, inner_attributes = _names_in(constant)
            used, attributes = used | inner_used, attributes | inner_attributes
    return used, attributes
