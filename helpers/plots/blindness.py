"""Which layers do not see which changes of their input, found by calling them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from . import checks
from .style import CourseFigure, new_figure, style, styled, titled, wrap

_FAINT = "#666666"  # of text on white: a contrast of 5.7
_PAPER = 0.8  # how far a layer's colour is moved towards white, behind its text


@styled
def blind_spots(
    layers: Mapping[str, Callable[..., ArrayLike]],
    x: ArrayLike,
    changes: Mapping[str, tuple[Any, float, float]],
    *,
    tolerance: float = 0.01,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Which layers give the first example the same output after a change: a row per change, a column per layer.

    layers: label -> a layer, called as `layer(x, training=True)`; its output has the shape of x. x: (N, …).
    changes: label -> (where, factor, shift): an index of x, and what x is multiplied by there and what is then added.
    tolerance: a layer is blind to a change if no element of its output for the first example moves by more; the
    epsilon of a layer alone moves it a little.
    styles: see `style`.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    checks.nonempty_mapping(layers, "layers", "label: layer")
    checks.nonempty_mapping(changes, "changes", "label: (where, factor, shift)")
    x = np.asarray(x, float)
    for label, layer in layers.items():
        if not callable(layer):
            raise TypeError(f"layers[{label!r}]: expected a layer, got {type(layer).__name__}")
    looks = {label: style(label, styles) for label in layers}
    before = {label: _first(layer, x) for label, layer in layers.items()}
    blind = {}
    for change, entry in changes.items():
        after = _changed(x, entry, f"changes[{change!r}]")
        blind[change] = [
            label for label, layer in layers.items() if np.abs(_first(layer, after) - before[label]).max() <= tolerance
        ]

    figure = new_figure(0.9 + 0.68 * len(changes), title)
    axes = figure.subplots()
    for row, seeing in enumerate(blind.values()):
        for column, (label, look) in enumerate(looks.items()):
            if label in seeing:
                color = np.array(to_rgb(look.color))
                axes.add_patch(FancyBboxPatch(
                    (column - 0.4, row - 0.34), 0.8, 0.68, boxstyle="round,pad=0,rounding_size=0.1",
                    facecolor=color + _PAPER * (1 - color), edgecolor=look.color, linewidth=2.5,
                ))
            axes.text(column, row, "blind" if label in seeing else "notices", ha="center", va="center", fontsize=16,
                      color=_dark(look.text_color) if label in seeing else _FAINT,
                      fontweight="bold" if label in seeing else "normal")
    axes.set_xlim(-0.55, len(looks) - 0.45)
    axes.set_ylim(len(changes) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(looks)), [wrap(label, max(6, 46 // len(looks))) for label in looks])
    axes.set_yticks(range(len(changes)), [wrap(change, 24) for change in changes])
    axes.tick_params(length=0, labelsize=16)
    for tick, look in zip(axes.get_xticklabels(), looks.values(), strict=True):
        tick.set_color(look.text_color)
        tick.set_fontweight("bold")
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.description = " ".join([
        f"A table{titled(title)}: which layers notice a change of the input in their output for the first example, and "
        "which are blind to it, found by calling them.",
        *(f"{change}: blind: {', '.join(seeing) or 'none'}; notice it: "
          f"{', '.join(label for label in looks if label not in seeing) or 'none'}." for change, seeing in blind.items()),
    ])
    return figure


def _first(layer: Callable[..., ArrayLike], x: np.ndarray) -> np.ndarray:
    """The output for the first example, in training mode; the layer may keep the array."""
    return np.asarray(layer(x.copy(), training=True))[0]


def _changed(x: np.ndarray, entry: Any, argument: str) -> np.ndarray:
    if not isinstance(entry, tuple) or len(entry) != 3:
        raise TypeError(f"{argument}: expected (where, factor, shift), got {type(entry).__name__}")
    where, factor, shift = entry
    new = x.copy()
    try:
        new[where] = factor * new[where] + shift
    except (IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{argument}: expected an index of x, of shape {x.shape}, got {where!r}") from error
    return new


def _dark(color: str) -> tuple[float, ...]:
    """Darker than text on white has to be: the paper behind it is tinted."""
    return tuple(0.8 * np.array(to_rgb(color)))
