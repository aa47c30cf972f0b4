"""A progress bar for a person, and only for a person."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from html import escape
from typing import TypeVar

from .watching import someone_watches

Item = TypeVar("Item")

_PATIENCE = 0.5  # seconds of work before a bar appears
_REFRESH = 0.2  # seconds between two updates


def progress(iterable: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items of `iterable`, with a progress bar under the cell while someone is watching.

    label: what is being done. total: the number of items, where `iterable` has no len().

    The bar appears after half a second and vanishes at the end, also when the loop breaks or raises.
    What the cell prints stays. Nothing is shown, and nothing saved, where no one watches: outside
    IPython, and where a program runs the notebook (nbclient, nbconvert, nbval).
    """
    if total is None and hasattr(iterable, "__len__"):
        total = len(iterable)
    if not someone_watches():
        yield from iterable
        return
    yield from _with_bar(iterable, label, total)


def _with_bar(iterable: Iterable[Item], label: str, total: int | None) -> Iterator[Item]:
    from IPython.display import display

    handle = None
    started = shown = time.monotonic()
    try:
        for done, item in enumerate(iterable):
            now = time.monotonic()
            if handle is None and now - started >= _PATIENCE:
                handle = display(_bar(label, done, total), raw=True, display_id=True)
                shown = now
            elif handle is not None and now - shown >= _REFRESH:
                handle.update(_bar(label, done, total), raw=True)
                shown = now
            yield item
    finally:
        if handle is not None:
            handle.update({}, raw=True)


def _bar(label: str, done: int, total: int | None) -> dict[str, str]:
    if total is None:
        text, state = f"{label}: {done}", ""
    else:
        text, state = f"{label}: {done} of {total}", f" value='{done}' max='{total}'"
    return {
        "text/plain": text,
        "text/html": f"<label>{escape(text)} <progress{state} style='width: 20em'></progress></label>",
    }
